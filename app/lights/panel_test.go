package lights_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/lights"
	"lamplighter/device"
	"lamplighter/device/fault"
)

const lamp7 = "class/lamp-07"

// bench is a panel with a broker that only notes what is sent.
type bench struct {
	*lights.Panel
	loop    *apptest.Loop
	sent    []string
	cleared []string
	saved   []lights.Entry
	forgot  []string
	refuse  error
	paced   bool // commands wait for next
	queue   [][2]string
	raised  int
}

func (b *bench) Publish(topic string, payload []byte, _ bool) (queued bool, err error) {
	b.Withdraw(topic)
	if b.refuse != nil {
		return false, b.refuse
	}
	if b.paced {
		b.queue = append(b.queue, [2]string{topic, string(payload)})
		return true, nil
	}
	b.sent = append(b.sent, topic+" "+string(payload))
	return false, nil
}

func (b *bench) Withdraw(topic string) {
	b.queue = slices.DeleteFunc(b.queue, func(m [2]string) bool { return m[0] == topic })
}

func (b *bench) Turns() map[string]lights.Turn {
	all := map[string]lights.Turn{}
	for i, m := range b.queue {
		all[m[0]] = lights.Turn{Ahead: i, Wait: time.Duration(i+1) * time.Second}
	}
	return all
}

// next sends what waits longest.
func (b *bench) next() {
	m := b.queue[0]
	b.queue = b.queue[1:]
	b.sent = append(b.sent, m[0]+" "+m[1])
	b.Sent(m[0], []byte(m[1]))
}

func newBench(t testing.TB, classroom string) *bench {
	b := &bench{loop: apptest.NewLoop(t)}
	b.Panel = lights.New(lights.Options{
		Publisher: b, Post: b.loop.Post, Classroom: classroom,
		Clear:  func(topic string) error { b.cleared = append(b.cleared, topic); return nil },
		Save:   func(e lights.Entry) error { b.saved = append(b.saved, e); return nil },
		Forget: func(base string) error { b.forgot = append(b.forgot, base); return nil },
	})
	b.Changed.Listen(func() { b.raised++ })
	b.SetConnected(true)
	t.Cleanup(b.Close)
	return b
}

// kept delivers a message that the broker had kept; says, one that comes live.
func (b *bench) kept(topic, payload string) { b.Receive(topic, []byte(payload), true, time.Now()) }
func (b *bench) says(topic, payload string) { b.Receive(topic, []byte(payload), false, time.Now()) }

func (b *bench) at(t testing.TB, base string) lights.Light {
	t.Helper()
	l, ok := b.Light(base)
	if !ok {
		t.Fatalf("no lamp %q among %v", base, names(b.Lights()))
	}
	return l
}

func names(all []lights.Light) (n []string) {
	for _, l := range all {
		n = append(n, l.Name)
	}
	return n
}

// wait lets time pass in a synctest bubble, and runs what was posted.
func (b *bench) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
	b.loop.Run()
}

// lampHere puts a lamp on the panel whose board is online and off.
func (b *bench) lampHere(t testing.TB) {
	b.kept(lamp7+"/light", "off")
	b.kept(lamp7+"/status", "online")
	wantPhase(t, b, lights.Confirmed, lights.Off)
}

func wantPhase(t testing.TB, b *bench, p lights.Phase, s lights.State) {
	t.Helper()
	if l := b.at(t, lamp7); l.Phase != p || l.State != s {
		t.Fatalf("phase %v state %v, want phase %v state %v: %+v", l.Phase, l.State, p, s, l)
	}
}

func TestAClickIsShownOnlyWhenTheBoardConfirmsIt(t *testing.T) {
	b := newBench(t, "class")
	b.lampHere(t)
	if err := b.Switch(lamp7, true); err != nil {
		t.Fatal(err)
	}
	wantPhase(t, b, lights.Waiting, lights.Off)
	if want := []string{lamp7 + "/light/set on"}; !slices.Equal(b.sent, want) {
		t.Fatalf("sent %q, want %q", b.sent, want)
	}
	b.says(lamp7+"/light/set", "on") // our own command comes back
	wantPhase(t, b, lights.Waiting, lights.Off)
	b.says(lamp7+"/light", "on")
	wantPhase(t, b, lights.Confirmed, lights.On)
	if l := b.at(t, lamp7); l.ChangedBy != lights.ActorThisPC || l.Retained {
		t.Fatalf("%+v", l)
	}
}

func TestABoardThatSaysNothingGivesNoAnswerAndALateOneHeals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "class")
		b.lampHere(t)
		_ = b.Switch(lamp7, true)
		b.wait(2 * time.Second)
		wantPhase(t, b, lights.Waiting, lights.Off)
		b.wait(2 * time.Second)
		wantPhase(t, b, lights.NoAnswer, lights.Off)
		b.says(lamp7+"/light", "on")
		wantPhase(t, b, lights.Confirmed, lights.On)
	})
}

func TestTheTimeForAnAnswerFollowsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "class")
		b.lampHere(t)
		b.SetConfirmTimeout(8 * time.Second)
		_ = b.Switch(lamp7, true)
		b.wait(7 * time.Second)
		wantPhase(t, b, lights.Waiting, lights.Off)
		b.wait(2 * time.Second)
		wantPhase(t, b, lights.NoAnswer, lights.Off)
	})
}

func TestTheAnswerToAnEarlierClickDoesNotEndTheWaitingForALaterOne(t *testing.T) {
	b := newBench(t, "class")
	b.lampHere(t)
	for range 3 {
		_ = b.Toggle(lamp7) // on, off, on
	}
	if want := []string{"on", "off", "on"}; len(b.sent) != 3 || !strings.HasSuffix(b.sent[2], want[2]) || !strings.HasSuffix(b.sent[1], want[1]) {
		t.Fatalf("sent %q", b.sent)
	}
	for _, step := range []struct {
		says  string
		phase lights.Phase
		state lights.State
	}{{"on", lights.Waiting, lights.On}, {"off", lights.Waiting, lights.Off}, {"on", lights.Confirmed, lights.On}} {
		b.says(lamp7+"/light", step.says)
		wantPhase(t, b, step.phase, step.state)
	}
}

func TestARepeatedWordIsNotTakenForTheAnswerToALaterClick(t *testing.T) {
	b := newBench(t, "class")
	b.lampHere(t)
	for range 3 {
		_ = b.Toggle(lamp7)
	}
	b.says(lamp7+"/light", "on")
	b.says(lamp7+"/light", "on") // again, as with MQTT's "at least once"
	wantPhase(t, b, lights.Waiting, lights.On)
	b.says(lamp7+"/light", "off")
	b.says(lamp7+"/light", "on")
	wantPhase(t, b, lights.Confirmed, lights.On)
}

func TestABoardThatAnswersOnlyTheLastOfSeveralClicksHasAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "class")
		b.lampHere(t)
		for range 3 {
			_ = b.Toggle(lamp7)
		}
		b.says(lamp7+"/light", "on")
		b.wait(4 * time.Second)
		wantPhase(t, b, lights.Confirmed, lights.On)
	})
}

func TestABoardThatSaysTheContraryIsBelieved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "class")
		b.lampHere(t)
		_ = b.Switch(lamp7, true)
		b.says(lamp7+"/light", "off")
		wantPhase(t, b, lights.Waiting, lights.Off)
		b.wait(4 * time.Second)
		wantPhase(t, b, lights.Contradicted, lights.Off)
		b.says(lamp7+"/light", "on")
		wantPhase(t, b, lights.Confirmed, lights.On)
	})
}

func TestALastWillMakesALampOfflineAndKeepsItsLastWord(t *testing.T) {
	b := newBench(t, "class")
	b.lampHere(t)
	b.says(lamp7+"/light", "on")
	_ = b.Switch(lamp7, false)
	b.says(lamp7+"/status", "offline")
	wantPhase(t, b, lights.Offline, lights.On)
	l := b.at(t, lamp7)
	if l.Waiting || l.Since.IsZero() {
		t.Fatalf("%+v", l)
	}
	b.says(lamp7+"/status", "online")
	b.says(lamp7+"/light", "off")
	wantPhase(t, b, lights.Confirmed, lights.Off)
}

func TestAnOldWillThatComesLateDoesNotOutliveTheBoardsOwnWord(t *testing.T) {
	b := newBench(t, "class")
	b.lampHere(t)
	b.says(lamp7+"/status", "offline") // of the connection before this one
	b.says(lamp7+"/light", "on")
	wantPhase(t, b, lights.Confirmed, lights.On)
}

func TestAWillThatWasKeptHasNoTime(t *testing.T) {
	b := newBench(t, "class")
	b.kept(lamp7+"/light", "on")
	b.kept(lamp7+"/status", "offline")
	wantPhase(t, b, lights.Offline, lights.On)
	if l := b.at(t, lamp7); !l.Since.IsZero() {
		t.Fatalf("since %v: nobody knows since when", l.Since)
	}
}

func TestKeptNewsCountsOnlyForABoardThatIsHere(t *testing.T) {
	b := newBench(t, "class")
	b.kept(lamp7+"/light", "on")
	wantPhase(t, b, lights.Stale, lights.On)
	b.kept(lamp7+"/status", "online")
	wantPhase(t, b, lights.Confirmed, lights.On)
	if l := b.at(t, lamp7); !l.Retained || l.ChangedBy != lights.ActorUnknown {
		t.Fatalf("%+v", l)
	}
}

func TestABoardWithoutAStatusTopicIsBelievedForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "class")
		b.says(lamp7+"/light", "on")
		wantPhase(t, b, lights.Confirmed, lights.On)
		b.wait(10 * time.Minute)
		b.says(lamp7+"/light", "on")
		b.wait(10 * time.Minute)
		wantPhase(t, b, lights.Confirmed, lights.On)
		b.wait(10 * time.Minute)
		wantPhase(t, b, lights.Stale, lights.On)
		b.says(lamp7+"/light", "on")
		wantPhase(t, b, lights.Confirmed, lights.On)
	})
}

func TestWithoutALinkAllNewsIsOldAndNothingIsSentLater(t *testing.T) {
	b := newBench(t, "class")
	b.lampHere(t)
	b.kept("class/lamp-08/light", "on")
	b.kept("class/lamp-08/status", "online")
	_ = b.Switch(lamp7, true)
	b.SetConnected(false)
	wantPhase(t, b, lights.NoAnswer, lights.Off)
	if l := b.at(t, "class/lamp-08"); l.Phase != lights.Stale {
		t.Fatalf("%+v", l)
	}
	sent := len(b.sent)
	if err := b.Switch(lamp7, true); !errors.Is(err, lights.ErrNoLink) {
		t.Fatalf("error %v", err)
	}
	wantPhase(t, b, lights.NotSent, lights.Off)
	b.SetConnected(true)
	if len(b.sent) != sent {
		t.Fatalf("sent %q after the link came back", b.sent[sent:])
	}
	wantPhase(t, b, lights.Stale, lights.Off)
	b.kept(lamp7+"/light", "off")
	wantPhase(t, b, lights.Stale, lights.Off) // the board may have left meanwhile
	if l := b.at(t, lamp7); l.Presence != lights.PresenceUnknown {
		t.Fatalf("nobody has said that the board is here: %+v", l)
	}
	b.kept(lamp7+"/status", "online")
	wantPhase(t, b, lights.Confirmed, lights.Off)
}

func TestLostMessagesMakeTheNewsOld(t *testing.T) {
	b := newBench(t, "class")
	b.lampHere(t)
	b.MarkStale()
	wantPhase(t, b, lights.Stale, lights.Off)
	b.says(lamp7+"/light", "on")
	wantPhase(t, b, lights.Confirmed, lights.On)
}

func TestAtAnotherBrokerNothingIsKnownOfTheLastOnesLamps(t *testing.T) {
	b := newBench(t, "class")
	b.lampHere(t)
	b.kept("class/lamp-08/light", "on")
	b.SwitchAll(true, nil)
	if err := b.Reset([]lights.Entry{{Base: lamp7, Name: "Window"}, {Base: ""}}); !errors.Is(err, lights.ErrNoLight) {
		t.Fatalf("error %v", err)
	}
	if all := b.Lights(); len(all) != 1 || all[0].Name != "Window" || all[0].Phase != lights.Unheard || all[0].Presence != lights.PresenceUnknown {
		t.Fatalf("%+v", all)
	}
	if _, asked := b.Group(); asked {
		t.Fatal("the last broker's count is still told")
	}
}

func TestTheLampsOfAnEarlierClassroomShareTheirFilters(t *testing.T) {
	b := newBench(t, "class")
	for i := range 100 {
		b.kept(fmt.Sprintf("class/lamp-%d/light", i), "on")
	}
	if err := b.AddKnown(lights.Entry{Base: "odd", Topics: device.Topics{Set: "a/lamp", State: "a/lamp/now"}}); err != nil {
		t.Fatal(err)
	}
	b.SetClassroom("room")
	want := []string{
		"room/+/light", "room/+/light/set", "room/+/light/rgb", "room/+/status", "room/+/info",
		"a/lamp", "a/lamp/now", "class/+/info", "class/+/light", "class/+/light/rgb", "class/+/light/set", "class/+/status",
	}
	if got := b.Filters(); !slices.Equal(got, want) {
		t.Fatalf("filters %q", got)
	}
	b.says("class/lamp-7/light", "off")
	if l := b.at(t, "class/lamp-7"); l.State != lights.Off {
		t.Fatalf("%+v", l)
	}
}

func TestAWishThatCannotBeSentSaysSo(t *testing.T) {
	b := newBench(t, "class")
	b.lampHere(t)
	b.refuse = errors.New("full")
	if err := b.Switch(lamp7, true); !errors.Is(err, b.refuse) {
		t.Fatalf("error %v", err)
	}
	wantPhase(t, b, lights.NotSent, lights.Off)
	if err := b.Switch("class/nobody", true); !errors.Is(err, lights.ErrNoLight) {
		t.Fatalf("error %v", err)
	}
}

func TestThePanelTellsWhoChangedALamp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "class")
		b.lampHere(t)
		want := func(who lights.Actor) {
			t.Helper()
			if l := b.at(t, lamp7); l.ChangedBy != who {
				t.Fatalf("who %v, want %v: %+v", l.ChangedBy, who, l)
			}
		}
		b.says(lamp7+"/light/set", "toggle")
		b.says(lamp7+"/light", "on")
		want(lights.ActorOther)
		b.says(lamp7+"/light", "off")
		want(lights.ActorBoard)
		_ = b.Switch(lamp7, true)
		b.says(lamp7+"/light", "on") // before our own command comes back
		b.says(lamp7+"/light/set", "on")
		want(lights.ActorThisPC)
		b.says(lamp7+"/light", "on") // no change: nobody else changed it
		want(lights.ActorThisPC)
		b.wait(time.Minute)
		b.says(lamp7+"/light", "off")
		want(lights.ActorBoard)
		_ = b.Switch(lamp7, true) // gets lost
		b.wait(time.Minute)
		b.says(lamp7+"/light", "on")
		want(lights.ActorBoard)
		b.says(lamp7+"/light", "off")
		_ = b.Switch(lamp7, false)        // it is off: changes nothing
		b.says(lamp7+"/light/set", "off") // ours
		b.says(lamp7+"/light", "off")
		b.says(lamp7+"/light/set", "on") // not ours
		b.says(lamp7+"/light", "on")
		want(lights.ActorOther)
	})
}

func TestTheTutorialsOwnProgramIsShownAsSentOnly(t *testing.T) {
	b := newBench(t, "class")
	if err := b.AddKnown(lights.Entry{Base: "my/led", Name: "Mei", Topics: device.Topics{Set: "led", State: "led"}}); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(b.Filters(), "led") {
		t.Fatalf("filters %q", b.Filters())
	}
	if err := b.Switch("my/led", true); err != nil {
		t.Fatal(err)
	}
	b.says("led", "on")
	l := b.at(t, "my/led")
	if l.Phase != lights.SentOnly || l.State != lights.Unknown || l.DisplayState() != lights.On || l.ChangedBy != lights.ActorThisPC {
		t.Fatalf("%+v", l)
	}
	b.says("led", "on") // the same again, and not ours
	if l = b.at(t, "my/led"); l.ChangedBy != lights.ActorOther {
		t.Fatalf("%+v", l)
	}
	b.says("led", "off")
	if l = b.at(t, "my/led"); l.Phase != lights.SentOnly || l.DisplayState() != lights.Off || l.ChangedBy != lights.ActorOther {
		t.Fatalf("%+v", l)
	}
}

func TestLampsAppearByThemselvesAndOnlyInTheirClassroom(t *testing.T) {
	b := newBench(t, "class")
	b.kept("class/lamp-10/light", "on")
	b.kept("class/lamp-2/light", "OFF")
	b.kept("class/b/info", `{"name":"  Anna\u0000\u202e 的灯 ","id":"a4cf12","ip":"10.0.0.7","rssi":-61}`)
	b.kept("class/heater/status", "online") // may be any device
	b.kept("other/lamp-1/light", "on")
	b.kept("class/lamp-3/light", "purple")
	b.kept("class/lamp-4/light/set", "on") // a command alone is no lamp
	b.kept("class/x/y/light", "on")
	b.kept("$SYS/x/light", "on")
	if got, want := names(b.Lights()), []string{"Anna 的灯", "lamp-2", "lamp-10"}; !slices.Equal(got, want) {
		t.Fatalf("lamps %q, want %q", got, want)
	}
	if in := b.at(t, "class/b").Info; in.ID != "a4cf12" || in.IP != "10.0.0.7" || in.RSSI != -61 {
		t.Fatalf("%+v", in)
	}
	b.kept("class/heater/light", "on")
	if l := b.at(t, "class/heater"); l.Phase != lights.Confirmed {
		t.Fatalf("the status that came first is forgotten: %+v", l)
	}
}

func TestABurstOfMessagesIsOneChange(t *testing.T) {
	b := newBench(t, "class")
	b.loop.Run()
	b.raised = 0
	for i := range 30 {
		b.kept(fmt.Sprintf("class/lamp-%d/light", i), "on")
	}
	b.loop.Run()
	if b.raised != 1 {
		t.Fatalf("raised %d times", b.raised)
	}
	b.says("class/lamp-3/light", "on")
	b.loop.Run()
	b.raised = 0
	b.kept("class/lamp-3/light", "on")
	b.says("class/lamp-3/x", "on")
	b.loop.Run()
	if b.raised != 0 {
		t.Fatalf("raised %d times for nothing", b.raised)
	}
}

func TestAllAsksWhoIsHereAndCountsTheAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "class")
		for i := range 5 {
			b.kept(fmt.Sprintf("class/lamp-%d/light", i), "off")
			b.kept(fmt.Sprintf("class/lamp-%d/status", i), "online")
		}
		b.says("class/lamp-4/status", "offline")
		if g := b.SwitchAll(true, nil); g.Asked != 4 || g.LeftOut != 1 || g.Confirmed+g.NoAnswer != 0 {
			t.Fatalf("%+v", g)
		}
		b.says("class/lamp-0/light", "on")
		b.says("class/lamp-1/light", "on")
		b.wait(4 * time.Second)
		if g, _ := b.Group(); g.Confirmed != 2 || g.NoAnswer != 2 {
			t.Fatalf("%+v", g)
		}
		b.says("class/lamp-2/light", "on") // late
		_ = b.Switch("class/lamp-3", true) // asked anew by hand
		if g, _ := b.Group(); g.Asked != 3 || g.Confirmed != 3 || g.NoAnswer != 0 {
			t.Fatalf("%+v", g)
		}
		if g := b.SwitchAll(false, []string{"class/lamp-2", "class/none"}); g.Asked != 1 {
			t.Fatalf("%+v", g)
		}
	})
}

func TestColourAndBrightnessCountWhenTheBoardSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "class")
		b.lampHere(t)
		if err := b.SetColor(lamp7, lights.RGB{R: 255}); !errors.Is(err, lights.ErrNoLight) {
			t.Fatalf("a lamp without colour: error %v", err)
		}
		b.kept(lamp7+"/light/rgb", "200, 100,0")
		if err := b.SetLevel(lamp7, 50); err != nil {
			t.Fatal(err)
		}
		if got := b.sent[len(b.sent)-1]; got != lamp7+"/light/rgb/set 128,64,0" {
			t.Fatalf("sent %q", got)
		}
		wantPhase(t, b, lights.Waiting, lights.Off)
		b.says(lamp7+"/light/rgb", "128,64,0")
		wantPhase(t, b, lights.Confirmed, lights.Off)
		if l := b.at(t, lamp7); l.Color != (lights.RGB{R: 128, G: 64}) || l.Level != 50 {
			t.Fatalf("%+v", l)
		}
		_ = b.SetColor(lamp7, lights.RGB{B: 9})
		b.wait(4 * time.Second)
		wantPhase(t, b, lights.NoAnswer, lights.Off)
	})
}

func TestARenamedLampIsSavedAndAnEmptyNameIsTheBoardsOwnAgain(t *testing.T) {
	b := newBench(t, "class")
	b.lampHere(t)
	b.kept(lamp7+"/info", `{"name":"Window"}`)
	if err := b.Rename(lamp7, " Door \x00"); err != nil {
		t.Fatal(err)
	}
	if l := b.at(t, lamp7); l.Name != "Door" || l.Phase != lights.Confirmed || len(b.saved) != 1 || b.saved[0].Name != "Door" {
		t.Fatalf("%+v, saved %+v", l, b.saved)
	}
	var e *fault.Error
	if err := b.Rename(lamp7, strings.Repeat("灯", device.MaxName/3+1)); !errors.As(err, &e) || e.Fault != fault.BadValue || b.at(t, lamp7).Name != "Door" {
		t.Errorf("a name that no board can have: %v, %q", err, b.at(t, lamp7).Name)
	}
	if _ = b.Rename(lamp7, ""); b.at(t, lamp7).Name != "Window" {
		t.Fatalf("%+v", b.at(t, lamp7))
	}
}

func TestARemovedLampIsForgottenEverywhereUntilItsBoardSpeaks(t *testing.T) {
	b, other := newBench(t, "class"), newBench(t, "class")
	for _, x := range []*bench{b, other} {
		x.lampHere(t)
		x.kept(lamp7+"/light/set", "on") // somebody kept a command
	}
	want := []string{lamp7 + "/light", lamp7 + "/light/rgb", lamp7 + "/status", lamp7 + "/info", lamp7 + "/light/set"}
	if got := b.RemovedTopics(lamp7); !slices.Equal(got, want) {
		t.Fatalf("clears %q", got)
	}
	if err := b.Remove(lamp7); err != nil || !slices.Equal(b.cleared, want) || !slices.Equal(b.forgot, []string{lamp7}) {
		t.Fatalf("error %v, cleared %q, forgot %q", err, b.cleared, b.forgot)
	}
	for _, topic := range b.cleared {
		b.says(topic, "")
		other.says(topic, "")
	}
	if len(b.Lights())+len(other.Lights())+len(other.RemovedTopics(lamp7)) != 0 {
		t.Fatalf("still there: %v %v", b.Lights(), other.Lights())
	}
	b.says(lamp7+"/light", "on")
	wantPhase(t, b, lights.Confirmed, lights.On)
}

func TestAKeptCommandIsFoundAndCanBeCleared(t *testing.T) {
	b := newBench(t, "class")
	b.lampHere(t)
	b.kept(lamp7+"/light/set", "on")
	if !b.at(t, lamp7).RetainedCommand {
		t.Fatal("not seen")
	}
	wantPhase(t, b, lights.Confirmed, lights.Off)
	if err := b.ClearCommand(lamp7); err != nil || b.at(t, lamp7).RetainedCommand || !slices.Equal(b.cleared, []string{lamp7 + "/light/set"}) {
		t.Fatalf("error %v, cleared %q", err, b.cleared)
	}
}

func TestTheRosterSettlesWhoseATopicIs(t *testing.T) {
	b := newBench(t, "")
	b.kept("a/b/light", "on") // looks like a lamp's word
	if err := b.AddKnown(lights.Entry{Base: "mine", Topics: device.Topics{Set: "a/b/light"}}); err != nil {
		t.Fatal(err)
	}
	b.says("a/b/light", "off")
	if all := b.Lights(); len(all) != 1 || all[0].Base != "mine" || all[0].DisplayState() != lights.Off {
		t.Fatalf("%+v", all)
	}
}

func TestThePanelIsBoundedAndCountsWhatItLeavesOut(t *testing.T) {
	b := newBench(t, "class")
	for i := range lights.MaxLights + 3 {
		b.kept(fmt.Sprintf("class/lamp-%d/light", i), "on")
	}
	if len(b.Lights()) != lights.MaxLights || b.Omitted() != 3 {
		t.Fatalf("%d lamps, %d left out", len(b.Lights()), b.Omitted())
	}
}

func TestNonsenseIsCountedAndChangesNothing(t *testing.T) {
	b := newBench(t, "class")
	b.lampHere(t)
	for _, payload := range []string{"purple", strings.Repeat("on", 500), "{", `{"state":7}`, "\xff\xfe"} {
		b.says(lamp7+"/light", payload)
		b.says(lamp7+"/status", payload)
		b.says(lamp7+"/light/rgb", payload)
		b.says(lamp7+"/light/set", payload)
	}
	wantPhase(t, b, lights.Confirmed, lights.Off)
	if l := b.at(t, lamp7); l.Ignored != 20 || l.HasColor {
		t.Fatalf("%+v", l)
	}
}

func TestAfterABrokersStartItsBoardsAreWaitedForBeforeTheyAreOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		posts := make(chan func(), 16)
		p := lights.New(lights.Options{Publisher: &bench{}, Post: func(f func()) { posts <- f }, Classroom: "class"})
		defer p.Close()
		phase := func(base string) lights.Phase { l, _ := p.Light(base); return l.Phase }
		begin := time.Now()
		p.BrokerStarted(begin)
		p.SetConnected(true)
		for _, lamp := range []string{"class/a", "class/b"} {
			p.Receive(lamp+"/light", []byte("on"), true, begin)
			p.Receive(lamp+"/status", []byte("offline"), true, begin)
		}
		p.Receive("class/c/light", []byte("on"), false, begin)
		p.Receive("class/c/status", []byte("offline"), false, begin) // by itself
		if phase("class/a") != lights.Returning || phase("class/c") != lights.Offline {
			t.Errorf("a is %v, c %v", phase("class/a"), phase("class/c"))
		}
		p.Receive("class/b/status", []byte("online"), false, begin)
		if phase("class/b") == lights.Returning {
			t.Error("b is here, and still waited for")
		}
		for phase("class/a") == lights.Returning {
			(<-posts)()
		}
		l, _ := p.Light("class/a")
		if took := time.Since(begin); l.Phase != lights.Offline || !l.Started.Equal(begin) || took < time.Minute || took > time.Minute+time.Second {
			t.Errorf("after %v it is %+v", took, l)
		}
		p.BrokerStarted(time.Time{})
	})
}
