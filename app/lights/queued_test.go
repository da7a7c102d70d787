package lights_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/lights"
	"lamplighter/device"
)

// queueOf puts lamps on a panel whose commands wait for their turn: lamp-1,
// lamp-2, … are off, and "silent" never confirms.
func queueOf(t *testing.T, n int) *bench {
	b := newBench(t, "class")
	for i := range n {
		base := lampOf(i + 1)
		b.kept(base+"/light", "off")
		b.kept(base+"/status", "online")
	}
	if err := b.AddKnown(lights.Entry{Base: "silent", Topics: device.Topics{Set: "silent"}}); err != nil {
		t.Fatal(err)
	}
	b.paced = true
	return b
}

func lampOf(i int) string { return "class/lamp-" + string(rune('0'+i)) }

func TestACommandThatWaitsForItsTurnSaysSoAndItsBoardsTimeBeginsWhenItIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := queueOf(t, 2)
		for i := range 2 {
			if err := b.Switch(lampOf(i+1), true); err != nil {
				t.Fatal(err)
			}
		}
		is := func(phase lights.Phase, state lights.State, ahead int) {
			t.Helper()
			l := b.at(t, lampOf(2))
			if l.Phase != phase || l.State != state || l.Turn.Ahead != ahead {
				t.Fatalf("phase %v, state %v, %d ahead: %+v", l.Phase, l.State, l.Turn.Ahead, l)
			}
		}
		is(lights.Queued, lights.Off, 1)
		if l := b.Lights()[1]; l.Turn.Ahead != 1 || l.Turn.Wait != 2*time.Second || !l.Waiting || l.DisplayState() != lights.On {
			t.Fatalf("%+v", l)
		}
		b.wait(time.Minute)
		is(lights.Queued, lights.Off, 1)
		b.next()
		is(lights.Queued, lights.Off, 0)
		b.next()
		is(lights.Waiting, lights.Off, 0)
		b.wait(2 * time.Second)
		is(lights.Waiting, lights.Off, 0)
		b.wait(2 * time.Second)
		is(lights.NoAnswer, lights.Off, 0)
		b.says(lampOf(2)+"/light", "on")
		is(lights.Confirmed, lights.On, 0)
		if l := b.at(t, lampOf(2)); l.ChangedBy != lights.ActorThisPC {
			t.Fatalf("%+v", l)
		}
	})
}

func TestAGroupCountsWhoWaitsWhoWasAskedAndWhoseTurnNeverCame(t *testing.T) {
	b := queueOf(t, 3)
	b.SwitchAll(true, nil)
	want := lights.Group{On: true, Asked: 3, Queued: 4}
	is := func() {
		t.Helper()
		if g, _ := b.Group(); g != want {
			t.Fatalf("%+v, want %+v", g, want)
		}
	}
	is()
	b.next()
	want.Queued = 3
	is()
	b.says(lampOf(2)+"/light", "on") // at the board itself: it was not asked yet
	b.says(lampOf(1)+"/light", "on")
	want.Confirmed = 1
	is()
	late := errors.New("too late")
	b.Withdraw(lampOf(3) + "/light/set")
	b.Unsent(lampOf(3)+"/light/set", late)
	want.Queued, want.Asked, want.NotSent = 2, 2, 1
	is()
	if l := b.at(t, lampOf(3)); l.Phase != lights.NotSent || !errors.Is(l.Err, late) || l.Waiting {
		t.Fatalf("%+v", l)
	}
	if l := b.at(t, "silent"); l.Phase != lights.Queued {
		t.Fatalf("it waits, and is told as sent: %+v", l)
	}
	b.next()
	b.next()
	want.Queued, want.Sent = 0, 1
	is()
	if l := b.at(t, "silent"); l.Phase != lights.SentOnly || l.Target != lights.On {
		t.Fatalf("%+v", l)
	}
}

func TestOfWhatWaitsForALampOnlyTheLastWishIsEverSent(t *testing.T) {
	b := queueOf(t, 2)
	b.SwitchAll(true, nil)
	b.SwitchAll(false, nil)
	if err := b.Toggle(lampOf(2)); err != nil { // it was asked for off
		t.Fatal(err)
	}
	if g, _ := b.Group(); g != (lights.Group{Asked: 1, Queued: 2}) {
		t.Fatalf("%+v", g)
	}
	for len(b.queue) > 0 {
		b.next()
	}
	slices.Sort(b.sent)
	want := []string{lampOf(1) + "/light/set off", lampOf(2) + "/light/set on", "silent off"}
	if !slices.Equal(b.sent, want) {
		t.Fatalf("%q", b.sent)
	}
	// One that was sent and not answered is followed by the next.
	if err := b.Switch(lampOf(2), false); err != nil {
		t.Fatal(err)
	}
	b.says(lampOf(2)+"/light", "on")
	if l := b.at(t, lampOf(2)); l.Phase != lights.Queued || l.State != lights.On || l.Target != lights.Off {
		t.Fatalf("%+v", l)
	}
	b.next()
	b.says(lampOf(2)+"/light", "off")
	if l := b.at(t, lampOf(2)); l.Phase != lights.Confirmed || l.State != lights.Off {
		t.Fatalf("%+v", l)
	}
}

func TestWhatBecomesOfAnEarlierWishSaysNothingOfTheOneThatWaits(t *testing.T) {
	for name, then := range map[string]func(*bench){
		"the board left":        func(b *bench) { b.says(lampOf(1)+"/status", "offline"); b.says(lampOf(1)+"/status", "online") },
		"messages were lost":    func(b *bench) { b.MarkStale() },
		"the board was slow":    func(b *bench) { b.says(lampOf(1)+"/light", "on") },
		"the board contradicts": func(b *bench) { b.says(lampOf(1)+"/light", "off") },
	} {
		b := queueOf(t, 1)
		b.paced = false
		if err := b.Switch(lampOf(1), true); err != nil {
			t.Fatal(err)
		}
		b.paced = true
		b.SwitchAll(true, []string{lampOf(1)})
		then(b)
		if g, _ := b.Group(); g != (lights.Group{On: true, Asked: 1, Queued: 1}) {
			t.Errorf("%s: %+v", name, g)
		}
		if l := b.at(t, lampOf(1)); l.Phase != lights.Queued || l.Target != lights.On {
			t.Errorf("%s: %+v", name, l)
		}
		b.next()
		b.says(lampOf(1)+"/light", "on")
		if name == "the board contradicts" { // the earlier request waits still
			b.says(lampOf(1)+"/light", "on")
		}
		if g, _ := b.Group(); g != (lights.Group{On: true, Asked: 1, Confirmed: 1}) {
			t.Errorf("%s: in the end %+v", name, g)
		}
		if l := b.at(t, lampOf(1)); l.Phase != lights.Confirmed || l.State != lights.On {
			t.Errorf("%s: in the end %+v", name, l)
		}
	}
}

func TestAWordFromBeforeACommandWasSentIsNoAnswerToIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := queueOf(t, 1)
		b.paced = false
		_ = b.Switch(lampOf(1), true)
		b.paced = true
		_ = b.Switch(lampOf(1), false)
		b.says(lampOf(1)+"/light", "off") // and nothing more
		b.next()
		b.wait(5 * time.Second)
		if l := b.at(t, lampOf(1)); l.Phase != lights.NoAnswer {
			t.Fatalf("%+v", l)
		}
	})
}

func TestALampThatLeftIsNotAskedForWhatNobodyWantsAnyMore(t *testing.T) {
	b := queueOf(t, 2)
	b.SwitchAll(true, nil)
	b.says(lampOf(1)+"/status", "offline")
	b.SwitchAll(false, []string{lampOf(1)})
	if err := b.Remove(lampOf(2)); err != nil {
		t.Fatal(err)
	}
	for len(b.queue) > 0 {
		b.next()
	}
	if want := []string{"silent on"}; !slices.Equal(b.sent, want) {
		t.Fatalf("%q", b.sent)
	}
	if l := b.at(t, lampOf(1)); l.Phase != lights.Offline || l.Waiting {
		t.Fatalf("%+v", l)
	}
}

func TestTwoLampsOnOneTopicWaitForOneCommand(t *testing.T) {
	b := queueOf(t, 0)
	for _, base := range []string{"a", "b"} {
		if err := b.AddKnown(lights.Entry{Base: base, Topics: device.Topics{Set: "both", State: base + "/says"}}); err != nil {
			t.Fatal(err)
		}
	}
	b.SwitchAll(true, []string{"a", "b"})
	if len(b.queue) != 1 {
		t.Fatalf("%q", b.queue)
	}
	b.next()
	for _, base := range []string{"a", "b"} {
		if l := b.at(t, base); l.Phase != lights.Waiting || l.Target != lights.On {
			t.Fatalf("%+v", l)
		}
	}
	b.SwitchAll(true, []string{"a", "b"})
	if err := b.Switch("b", false); err != nil {
		t.Fatal(err)
	}
	b.Replaced("both", []byte("off"))
	if l := b.at(t, "a"); l.Phase != lights.Waiting { // for the answer to the first
		t.Fatalf("nobody asks it for on any more: %+v", l)
	}
	if g, _ := b.Group(); g.Queued != 0 {
		t.Fatalf("%+v", g)
	}
	b.next()
	if l := b.at(t, "b"); l.Phase != lights.Waiting || l.Target != lights.Off {
		t.Fatalf("%+v", l)
	}
}

func TestALampThatNeverConfirmsIsNotToldAsSentWhatWasNot(t *testing.T) {
	b := queueOf(t, 0)
	_ = b.Switch("silent", true)
	b.next()
	_ = b.Switch("silent", false)
	b.Unsent("silent", lights.ErrNoLink)
	b.SetConnected(false)
	b.SetConnected(true)
	if l := b.at(t, "silent"); l.Phase != lights.SentOnly || l.Target != lights.On {
		t.Fatalf("%+v", l)
	}
}

func TestAColourThatWaitsForItsTurnIsTheOneThatBrightnessIsOf(t *testing.T) {
	b := queueOf(t, 1)
	b.says(lampOf(1)+"/light/rgb", "255,255,255")
	if err := b.SetColor(lampOf(1), lights.RGB{R: 200}); err != nil {
		t.Fatal(err)
	}
	if err := b.SetLevel(lampOf(1), 50); err != nil {
		t.Fatal(err)
	}
	if l := b.at(t, lampOf(1)); l.Phase != lights.Queued || l.Color.G != 255 {
		t.Fatalf("%+v", l)
	}
	b.next()
	if len(b.queue) != 0 || b.sent[0] != lampOf(1)+"/light/rgb/set 128,0,0" {
		t.Fatalf("%q", b.sent)
	}
	b.Unsent("nobody", nil)
	b.says(lampOf(1)+"/light/rgb", "128,0,0")
	if l := b.at(t, lampOf(1)); l.Phase != lights.Confirmed {
		t.Fatalf("%+v", l)
	}
}
