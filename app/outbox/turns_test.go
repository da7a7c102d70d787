package outbox_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/outbox"
	"lamplighter/device"
)

// room is a class whose platform has a rate, without a network: its boards
// answer at once, and each message is noted with when it went.
type room struct {
	*outbox.Outbox
	Lights  *lights.Panel
	t       *testing.T
	loop    *apptest.Loop
	limiter *presets.Limiter
	began   time.Time
	sent    []string
	at      []time.Time
	mute    bool
	fails   error
}

// line is the room's connection.
type line struct{ *room }

func (r line) Publish(topic string, payload []byte, _ byte, _ bool) error {
	if r.fails != nil {
		return r.fails
	}
	r.sent, r.at = append(r.sent, topic+" "+string(payload)), append(r.at, time.Now())
	if !r.mute {
		at := time.Now()
		r.loop.Post(func() {
			r.Flush()
			r.limiter.Observe(topic+"-says", payload, false, at)
			r.Lights.Receive(topic+"-says", payload, false, at)
		})
	}
	return nil
}

// newRoom is one with so many lamps: l01, l02, …, all off.
func newRoom(t *testing.T, preset string, lamps int) *room {
	r := &room{t: t, loop: apptest.NewLoop(t), began: time.Now(), limiter: presets.ByID(preset).Limiter(presets.Inputs{User: "u"})}
	r.Outbox = outbox.New(r.loop.Post)
	r.SetTransport("c", r.limiter, line{r})
	r.Online()
	commands := r.Commands()
	r.Lights = lights.New(lights.Options{Publisher: commands, Post: r.loop.Post, Answer: 6 * time.Second})
	commands.Serve(r.Lights)
	r.Lights.SetConnected(true)
	for i := range lamps {
		if err := r.Lights.AddKnown(lights.Entry{Base: base(i + 1), Topics: device.Topics{Set: r.set(i + 1), State: r.set(i+1) + "-says"}}); err != nil {
			t.Fatal(err)
		}
		r.Lights.Receive(r.set(i+1)+"-says", []byte("off"), false, time.Now())
	}
	t.Cleanup(func() { r.Outbox.Close(); r.Lights.Close() })
	return r
}

func base(i int) string { return fmt.Sprintf("class/l%02d", i) }

func (r *room) set(i int) string {
	if r.limiter.Preset.ID == "adafruit" {
		return fmt.Sprintf("u/feeds/l%02d", i)
	}
	return fmt.Sprintf("l%02d", i)
}

// pass lets time pass, with what happens in it.
func (r *room) pass(d time.Duration) {
	const step = 50 * time.Millisecond
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(step)
		synctest.Wait()
		r.loop.Run()
	}
}

func (r *room) light(i int) lights.Light {
	l, ok := r.Lights.Light(base(i))
	if !ok {
		r.t.Fatalf("no lamp %d", i)
	}
	return l
}

// longestTurn is for how long a lamp's command may wait; a wait is told in steps.
const longestTurn, turnStep = 90 * time.Second, 5 * time.Second

func about(d time.Duration) time.Duration { return (d + turnStep - 1).Truncate(turnStep) }

// count counts the lamps by phase.
func (r *room) count() map[lights.Phase]int {
	n := map[lights.Phase]int{}
	for _, l := range r.Lights.Lights() {
		n[l.Phase]++
	}
	return n
}

func TestAllLampsOfAClassAreSwitchedAtThePlatformsPace(t *testing.T) {
	for preset, within := range map[string]time.Duration{"easyiot": 40 * time.Second, "adafruit": 65 * time.Second, "bemfa": time.Second, "public": time.Second} {
		synctest.Test(t, func(t *testing.T) {
			r := newRoom(t, preset, 30)
			r.Lights.SwitchAll(true, nil)
			if n := r.count(); n[lights.Queued]+n[lights.Waiting] != 30 || n[lights.Queued] != r.State().Waiting {
				t.Fatalf("%s: %v", preset, n)
			}
			r.pass(within)
			if g, _ := r.Lights.Group(); g != (lights.Group{On: true, Asked: 30, Confirmed: 30}) || len(r.sent) != 30 {
				t.Errorf("%s: %+v after %d messages", preset, g, len(r.sent))
			}
			if r.State().Dropped != 0 || r.State().Waiting != 0 {
				t.Errorf("%s: %d were dropped, %d wait", preset, r.State().Dropped, r.State().Waiting)
			}
			most, burst := r.limiter.Preset.Rules.PerMinute, r.limiter.Preset.Rules.Burst
			for i := range r.at {
				if burst != 0 && i > 0 && r.at[i].Sub(r.at[i-1]) < time.Minute/time.Duration(most) {
					t.Errorf("%s: messages %d and %d lie %v apart", preset, i-1, i, r.at[i].Sub(r.at[i-1]))
				}
				if half := most / 2; burst == 0 && i >= half && r.at[i].Sub(r.at[i-half]) < time.Minute {
					t.Errorf("%s: %d messages and their answers within %v", preset, half+1, r.at[i].Sub(r.at[i-half]))
				}
			}
		})
	}
}

func TestEachLampTellsHowManyAreBeforeItAndWhenItsTurnComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "easyiot", 30)
		r.Lights.SwitchAll(true, nil)
		if s := r.State().Wait; s != 40*time.Second || r.State().Waiting != 29 {
			t.Errorf("%d wait for %v", r.State().Waiting, s)
		}
		for _, l := range []int{2, 12, 30} {
			want := lights.Turn{Ahead: l - 2, Wait: about(time.Duration(l-1) * 1250 * time.Millisecond)}
			if got := r.light(l).Turn; got != want {
				t.Errorf("lamp %d: %+v, want %+v", l, got, want)
			}
		}
		raised := 0
		r.Lights.Changed.Listen(func() { raised++ })
		r.pass(10 * time.Second)
		if got := r.light(30).Turn; got.Ahead != 20 || got.Wait != 30*time.Second {
			t.Errorf("after 10 s: %+v", got)
		}
		if raised < 10 {
			t.Errorf("nobody is told that they come nearer: %d", raised)
		}
	})
}

func TestTheLastWishForALampIsTheOnlyOneThatIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "easyiot", 30)
		r.Lights.SwitchAll(true, nil)
		r.pass(6 * time.Second) // five have been asked
		on := len(r.sent)
		r.Lights.SwitchAll(false, nil)
		if n := r.State().Waiting; n != 30 {
			t.Fatalf("%d wait", n)
		}
		r.pass(45 * time.Second)
		if g, _ := r.Lights.Group(); g != (lights.Group{Asked: 30, Confirmed: 30}) {
			t.Errorf("%+v", g)
		}
		for i, m := range r.sent {
			if want := map[bool]string{true: " on", false: " off"}[i < on]; !strings.HasSuffix(m, want) {
				t.Errorf("message %d is %q", i, m)
			}
		}
		if len(r.sent) != on+30 || r.sent[on] != "l01 off" { // those that are on come first
			t.Errorf("%q", r.sent)
		}
	})
}

func TestWhatAPersonAsksOfOneLampGoesBeforeTheRestOfAGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "easyiot", 30)
		r.Lights.SwitchAll(true, nil)
		r.pass(3 * time.Second)
		before := len(r.sent)
		for _, l := range []int{30, 1} {
			if err := r.Lights.Switch(base(l), false); err != nil {
				t.Fatal(err)
			}
		}
		if l := r.light(30); l.Turn.Ahead != 0 || l.Target != lights.Off {
			t.Errorf("%+v", l)
		}
		if l := r.light(1); l.Turn.Ahead != 1 {
			t.Errorf("%+v", l)
		}
		r.pass(3 * time.Second)
		if got := r.sent[before:]; len(got) < 2 || got[0] != "l30 off" || got[1] != "l01 off" {
			t.Errorf("%q", got)
		}
		r.pass(40 * time.Second)
		for _, m := range r.sent[before+2:] {
			if strings.HasPrefix(m, "l30") || strings.HasPrefix(m, "l01") {
				t.Errorf("the group's wish was sent all the same: %q", m)
			}
		}
	})
}

func TestNoCommandIsSentLaterThanItsCardMayTell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "easyiot", 100)
		sum := r.Lights.SwitchAll(true, nil)
		if sum.NotSent != 27 || sum.Queued != 72 || r.State().Waiting != 72 {
			t.Errorf("%+v", sum)
		}
		var rule *presets.RuleError
		if l := r.light(100); l.Phase != lights.NotSent || !errors.As(l.Err, &rule) || rule.Rule != presets.RateRule || rule.Wait <= longestTurn {
			t.Errorf("%+v", l)
		}
		// Somebody's own messages take the turns of the last.
		for range 8 {
			r.pass(10 * time.Second)
			if err := r.Outbox.Publish("own", []byte("1"), 0, false); err != nil {
				t.Fatal(err)
			}
		}
		r.pass(20 * time.Second)
		late := 0
		for i, m := range r.sent {
			if strings.HasPrefix(m, "l") && r.at[i].Sub(r.began) > longestTurn {
				t.Errorf("%q was sent after %v", m, r.at[i].Sub(r.began))
			}
			if m == "own 1" {
				late++
			}
		}
		g, _ := r.Lights.Group()
		if late != 8 || g.NotSent != 27+r.State().Dropped || r.State().Dropped == 0 || g.Queued != 0 || g.Asked+g.NotSent != 100 {
			t.Errorf("%+v, %d dropped, %d of somebody's own", g, r.State().Dropped, late)
		}
	})
}

func TestWithTheConnectionWhatIsQueuedIsDroppedAndSaidAsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "easyiot", 30)
		r.Lights.SwitchAll(true, nil)
		r.pass(6 * time.Second)
		asked, waited := len(r.sent), r.State().Waiting
		r.Offline(nil)
		r.Lights.SetConnected(false)
		if g, _ := r.Lights.Group(); g.NotSent != waited || g.Queued != 0 || r.State().Dropped != waited || r.State().Wait != 0 {
			t.Errorf("%+v, %d dropped of %d", g, r.State().Dropped, waited)
		}
		if l := r.light(30); l.Phase != lights.NotSent || !errors.Is(l.Err, lights.ErrNoLink) {
			t.Errorf("%+v", l)
		}
		r.Online()
		r.Lights.SetConnected(true)
		r.pass(2 * time.Minute)
		if len(r.sent) != asked {
			t.Errorf("a ghost: %q", r.sent[asked:])
		}
	})
}

func TestAMessageThatTheConnectionRefusesIsCountedAndTheOthersGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "easyiot", 4)
		r.Lights.SwitchAll(true, nil)
		r.fails = errors.New("full")
		r.pass(time.Second)
		time.Sleep(300 * time.Millisecond)
		synctest.Wait()
		r.loop.Run()
		if r.State().Dropped != 3 || r.count()[lights.NotSent] != 3 { // none of them takes a turn
			t.Errorf("%d dropped, %v", r.State().Dropped, r.count())
		}
	})
}

func TestWhatIsTypedForALampTakesThePlaceOfWhatWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "easyiot", 3)
		r.Lights.SwitchAll(true, nil)
		if err := r.Outbox.Publish("l03", []byte("off"), 0, false); err != nil {
			t.Fatal(err)
		}
		r.loop.Run()
		if l := r.light(3); l.Waiting || r.State().Waiting != 2 || r.Commands().Turns()["l03"].Ahead != 0 {
			t.Errorf("%+v, %+v", l, r.Commands().Turns())
		}
		r.pass(5 * time.Second)
		if got := strings.Join(r.sent, ","); got != "l01 on,l03 off,l02 on" {
			t.Error(got)
		}
	})
}

func TestAfterAPlatformSaysTooManyWhatIsQueuedWaitsForTheEndOfItsSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "adafruit", 3)
		r.limiter.Observe("u/throttle", []byte("slow down"), false, time.Now())
		r.Lights.SwitchAll(true, nil)
		if l := r.light(1); l.Phase != lights.Queued || l.Turn.Wait != 30*time.Second {
			t.Errorf("%+v", l)
		}
		raised := 0
		r.Lights.Changed.Listen(func() { raised++ })
		r.pass(13 * time.Second)
		if l := r.light(1); raised < 12 || l.Turn.Wait != 20*time.Second {
			t.Errorf("told %d times: %+v", raised, l)
		}
		r.pass(16 * time.Second)
		if len(r.sent) != 0 {
			t.Errorf("%q", r.sent)
		}
		r.pass(2 * time.Second)
		if r.count()[lights.Confirmed] != 3 {
			t.Errorf("%v", r.count())
		}
	})
}

func TestTheLastOfSeveralQuickWishesIsTheOneThatItsLampWaitsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "easyiot", 3)
		r.Lights.SwitchAll(true, nil)
		for _, on := range []bool{false, true} { // before anybody is told of the one before
			if err := r.Lights.Switch(base(2), on); err != nil {
				t.Fatal(err)
			}
		}
		r.loop.Run()
		if l := r.light(2); l.Phase != lights.Queued || l.Target != lights.On {
			t.Errorf("%+v", l)
		}
		r.pass(3 * time.Second)
		if l := r.light(2); l.Phase != lights.Confirmed || l.State != lights.On {
			t.Errorf("after its turn: %+v", l)
		}
	})
}

func TestAnAnswerThatWasUnderWayConfirmsACommandThatWentInAnothersPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "easyiot", 2)
		r.Lights.SwitchAll(true, nil)
		r.loop.Run()
		time.Sleep(2 * time.Second) // its turn has come, and nobody has looked yet
		if err := r.Outbox.Publish(r.set(2), []byte("on"), 0, false); err != nil {
			t.Fatal(err)
		}
		r.loop.Run()
		if l := r.light(2); l.Phase != lights.Confirmed || l.State != lights.On {
			t.Errorf("%+v", l)
		}
		r.pass(10 * time.Second)
		if l := r.light(2); l.Phase != lights.Confirmed {
			t.Errorf("long after the answer: %+v", l)
		}
	})
}
