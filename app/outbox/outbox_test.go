package outbox_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/broker/presets"
	"lamplighter/app/outbox"
	"lamplighter/device/fault"
)

// wire notes what is sent, and what became of what waited.
type wire struct {
	sent, told []string
	fails      error
	lost       int
}

func (w *wire) Publish(topic string, payload []byte, _ byte, _ bool) error {
	if w.fails != nil {
		return w.fails
	}
	w.sent = append(w.sent, topic+" "+string(payload))
	return nil
}

func (w *wire) Dropped() int { return w.lost }

func (w *wire) settled(o outbox.Outcome) {
	word := "sent"
	switch {
	case o.Replaced:
		word = "replaced by " + string(o.Payload)
	case o.Err != nil:
		word = "not sent"
	}
	w.told = append(w.told, o.Topic+" "+word)
}

// paced is an outbox on a platform with a rate, on which a first message went.
func paced(t *testing.T) (*outbox.Outbox, *wire, *apptest.Loop) {
	t.Helper()
	loop, w := apptest.NewLoop(t), &wire{}
	o := outbox.New(loop.Post)
	t.Cleanup(o.Close)
	o.SetTransport("c", presets.ByID("easyiot").Limiter(presets.Inputs{}), w)
	o.Online()
	if ticket := o.Send(w.command("first", "on")); ticket != (outbox.Ticket{}) {
		t.Fatalf("%+v", ticket)
	}
	return o, w, loop
}

func (w *wire) command(topic, payload string) outbox.Command {
	return outbox.Command{Topic: topic, Payload: []byte(payload), Patience: time.Minute, Settled: w.settled}
}

func TestWhatBecomesOfACommandIsNeverToldWhileItsSenderSends(t *testing.T) {
	o, w, loop := paced(t)
	raised := 0
	o.Changed.Listen(func() { raised++ })
	for _, payload := range []string{"on", "off", "off"} {
		if ticket := o.Send(w.command("lamp", payload)); !ticket.Waits || ticket.Err != nil {
			t.Fatalf("%+v", ticket)
		}
	}
	if len(w.told) > 0 || raised > 0 {
		t.Fatalf("told at once: %q, raised %d times", w.told, raised)
	}
	if s := o.State(); s.Waiting != 1 {
		t.Errorf("%+v", s)
	}
	loop.Run()
	if want := []string{"lamp replaced by off"}; !slices.Equal(w.told, want) || raised != 1 {
		t.Errorf("told %q, raised %d times", w.told, raised)
	}
	loop.RunUntil(func() bool { return len(w.sent) == 2 }, "its turn")
	if want := []string{"lamp replaced by off", "lamp sent", "lamp sent"}; !slices.Equal(w.told, want) || w.sent[1] != "lamp off" {
		t.Errorf("told %q of %q: one that is sent answers for the same before it", w.told, w.sent)
	}
}

func TestACommandThatTheTransportRefusesInPlaceOfAnotherEndsBoth(t *testing.T) {
	o, w, loop := paced(t)
	o.Send(w.command("lamp", "on"))
	o.SetLimiter(presets.ByID(presets.Free).Limiter(presets.Inputs{})) // no rate any more, so the next goes at once
	w.fails = errors.New("full")
	if ticket := o.Send(w.command("lamp", "off")); ticket.Waits || !errors.Is(ticket.Err, w.fails) {
		t.Errorf("%+v", ticket)
	}
	loop.Run()
	if want := []string{"lamp not sent"}; !slices.Equal(w.told, want) {
		t.Errorf("told %q", w.told)
	}
}

func TestACommandThatIsWithdrawnIsNeitherSentNorTold(t *testing.T) {
	o, w, loop := paced(t)
	o.Send(w.command("lamp", "on"))
	o.Withdraw("lamp")
	o.Send(w.command("other", "on"))
	loop.RunUntil(func() bool { return len(w.told) > 0 }, "the other's turn")
	if want := []string{"other sent"}; !slices.Equal(w.told, want) || strings.Contains(strings.Join(w.sent, ","), "lamp") {
		t.Errorf("told %q, sent %q", w.told, w.sent)
	}
}

func TestWithoutAConnectionNothingIsSentAndItSaysWhy(t *testing.T) {
	o, w, loop := paced(t)
	o.Send(w.command("lamp", "on"))
	o.Offline(&fault.Error{Fault: fault.BadLogin, Op: "connect"})
	if want := []string{"lamp not sent"}; !slices.Equal(w.told, want) {
		t.Errorf("told %q", w.told)
	}
	var e *fault.Error
	if err := o.Publish("lamp", nil, 0, false); !errors.As(err, &e) || e.Fault != fault.BadLogin {
		t.Errorf("%v", err)
	}
	if err := o.SendNow(outbox.Command{Topic: "lamp"}); err == nil {
		t.Error("the program's own command went")
	}
	o.Online()
	loop.Run()
	if len(w.sent) != 1 {
		t.Errorf("sent %q", w.sent)
	}
}

func TestWhatWasNotSentIsCountedUntilItIsReadOrAnotherConnectionIsUsed(t *testing.T) {
	o, w, _ := paced(t)
	limiter := presets.ByID(presets.Free).Limiter(presets.Inputs{})
	count := func(want int, when string) {
		t.Helper()
		if got := o.State().Dropped; got != want {
			t.Errorf("%s %d, want %d", when, got, want)
		}
	}
	o.Send(w.command("lamp", "on"))
	w.lost = 2 // with the connection
	count(2, "lost")
	o.Offline(nil)
	count(3, "dropped too")
	o.MarkRead()
	count(0, "read")
	w.lost = 3
	count(1, "lost since")
	o.Detach()
	o.SetTransport("c", limiter, &wire{})
	count(0, "what the last transport lost")
	o.Online()
	o.SetLimiter(presets.ByID("easyiot").Limiter(presets.Inputs{}))
	o.Send(w.command("a", "on"))
	o.Send(w.command("b", "on"))
	o.Detach()
	count(1, "dropped on the same connection")
	o.SetTransport("another", limiter, nil)
	count(0, "on another")
}

func TestOnlyWhatAPlatformKeepsIsCleared(t *testing.T) {
	o, w, _ := paced(t) // nobody knows whether EasyIoT keeps messages
	if err := o.Clear("lamp"); err != nil || len(w.sent) != 1 {
		t.Errorf("%v, %q", err, w.sent)
	}
	o.SetLimiter(presets.ByID(presets.Free).Limiter(presets.Inputs{}))
	if err := o.Clear("lamp"); err != nil || !slices.Equal(w.sent, []string{"first on", "lamp "}) {
		t.Errorf("%v, %q", err, w.sent)
	}
}

func TestWhatAPlatformSaysOfItselfIsBoundedAndKeptUntilItIsRead(t *testing.T) {
	o, _, _ := paced(t)
	o.SetLimiter(presets.ByID("adafruit").Limiter(presets.Inputs{User: "u"}))
	o.Observe("u/throttle", []byte(strings.Repeat("x", 1000)), false, time.Now())
	if s := o.State().PlatformMessage; s.Word != presets.Throttled || len(s.Text) != 256 {
		t.Errorf("%v, %d bytes", s.Word, len(s.Text))
	}
	o.MarkRead()
	if s := o.State().PlatformMessage; s != (outbox.PlatformMessage{}) {
		t.Errorf("%+v", s)
	}
}
