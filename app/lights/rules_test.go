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

// ruled is a bench with one lamp whose platform has rules of its own.
func ruled(t testing.TB, topics device.Topics) *bench {
	t.Helper()
	b := newBench(t, "class")
	if err := b.AddKnown(lights.Entry{Base: lamp7, Topics: topics}); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOnOneTopicOnlyWhatHasThePrefixIsTheBoardsWord(t *testing.T) {
	b := ruled(t, device.Topics{Set: "Bkgk2zXb4", State: "Bkgk2zXb4", Status: "Bkgk2zXb4", Prefix: "state:"})
	wantPhase(t, b, lights.Unheard, lights.Unknown)
	_ = b.Switch(lamp7, true)
	b.says("Bkgk2zXb4", "on") // the platform gives our own command back
	wantPhase(t, b, lights.Waiting, lights.Unknown)
	b.says("Bkgk2zXb4", "state:on")
	wantPhase(t, b, lights.Confirmed, lights.On)
	if l := b.at(t, lamp7); l.ChangedBy != lights.ActorThisPC || l.Presence != lights.PresenceOnline {
		t.Fatalf("%+v", l)
	}
	b.says("Bkgk2zXb4", "off") // somebody else's command
	wantPhase(t, b, lights.Confirmed, lights.On)
	b.says("Bkgk2zXb4", "state:off")
	wantPhase(t, b, lights.Confirmed, lights.Off)
	if l := b.at(t, lamp7); l.ChangedBy != lights.ActorOther {
		t.Fatalf("%+v", l)
	}
	b.says("Bkgk2zXb4", "offline") // no board says it like this
	if l := b.at(t, lamp7); l.Presence != lights.PresenceOnline || l.Ignored != 1 {
		t.Fatalf("%+v", l)
	}
	b.says("Bkgk2zXb4", "state:offline")
	wantPhase(t, b, lights.Offline, lights.Off)
	b.says("Bkgk2zXb4", "state:online")
	wantPhase(t, b, lights.Confirmed, lights.Off)
	if l := b.at(t, lamp7); l.Ignored != 1 {
		t.Fatalf("%+v", l)
	}
}

func TestAKeptCommandOnTheSharedTopicSwitchesAgainAndAKeptWordDoesNot(t *testing.T) {
	b := ruled(t, device.Topics{Set: "one", State: "one", Prefix: "state:"})
	b.kept("one", "state:on")
	if l := b.at(t, lamp7); l.State != lights.On || l.RetainedCommand {
		t.Fatalf("%+v", l)
	}
	b.kept("one", "off")
	if l := b.at(t, lamp7); l.State != lights.On || !l.RetainedCommand {
		t.Fatalf("%+v", l)
	}
	b.says("one", "")
	if l := b.at(t, lamp7); l.State != lights.Unknown || l.RetainedCommand {
		t.Fatalf("%+v", l)
	}
}

func TestCommandsGoWhereThePlatformTakesThem(t *testing.T) {
	b := ruled(t, device.Topics{Set: "led002", State: "led002", SetTo: "led002/set"})
	_ = b.Switch(lamp7, true)
	if want := []string{"led002/set on"}; !slices.Equal(b.sent, want) {
		t.Fatalf("sent %q", b.sent)
	}
	if slices.Contains(b.Filters(), "led002/set") || !slices.Contains(b.Filters(), "led002") {
		t.Fatalf("filters %q", b.Filters())
	}
	b.says("led002", "off") // another program's command, or the board: nobody can tell
	if l := b.at(t, lamp7); l.Phase != lights.SentOnly || l.State != lights.Unknown || l.ChangedBy != lights.ActorOther || l.Target != lights.Off {
		t.Fatalf("%+v", l)
	}
}

func TestTheEchoOfACommandIsKnownWhereItWasSent(t *testing.T) {
	b := ruled(t, device.Topics{Set: "a/cmd", State: "a/state", SetTo: "a/cmd/set"})
	_ = b.Switch(lamp7, true)
	b.says("a/cmd/set", "on") // ours
	b.says("a/state", "on")
	wantPhase(t, b, lights.Confirmed, lights.On)
	b.says("a/state", "off") // nobody was heard to ask for it
	if l := b.at(t, lamp7); l.ChangedBy != lights.ActorBoard {
		t.Fatalf("%+v", l)
	}
}

func TestASharedTopicWithAPrefixConfirmsWhereverCommandsGo(t *testing.T) {
	b := ruled(t, device.Topics{Set: "led002", State: "led002", SetTo: "led002/set", Prefix: "state:"})
	_ = b.Switch(lamp7, true)
	wantPhase(t, b, lights.Waiting, lights.Unknown)
	b.says("led002", "state:on")
	wantPhase(t, b, lights.Confirmed, lights.On)
}

func TestPresenceOnTheStateTopicIsNoWordAndAWordMeansTheBoardIsHere(t *testing.T) {
	b := ruled(t, device.Topics{Set: "x/set", State: "x/state", Status: "x/state", Retain: true})
	b.kept("x/state", "on")
	wantPhase(t, b, lights.Confirmed, lights.On)
	if l := b.at(t, lamp7); l.Presence != lights.PresenceOnline || !l.Retained {
		t.Fatalf("%+v", l)
	}
	b.says("x/state", "offline")
	wantPhase(t, b, lights.Offline, lights.On)
	b.says("x/state", "off")
	wantPhase(t, b, lights.Confirmed, lights.Off)
	if l := b.at(t, lamp7); l.Ignored != 0 {
		t.Fatalf("%+v", l)
	}
}

func TestABoardThatSaysItsStateAgainAndAgainIsOldNewsWhenItStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := ruled(t, device.Topics{Set: "x/set", State: "x/state", Status: "x/state", RepublishSec: 60})
		for range 3 {
			b.says("x/state", "on")
			b.wait(2 * time.Minute)
			wantPhase(t, b, lights.Confirmed, lights.On)
		}
		b.wait(31 * time.Second)
		wantPhase(t, b, lights.Stale, lights.On)
		if l := b.at(t, lamp7); l.Presence != lights.PresenceUnknown {
			t.Fatalf("nobody says any more that the board is here: %+v", l)
		}
		b.says("x/state", "on")
		wantPhase(t, b, lights.Confirmed, lights.On)
	})
}

// rule is an error that is no comparable value.
type rule []string

func (r rule) Error() string { return r[0] }

func TestWhatThePlatformRefusesSaysWhy(t *testing.T) {
	b := newBench(t, "class")
	b.lampHere(t)
	b.refuse = rule{"30 messages a minute"}
	_ = b.Switch(lamp7, true)
	l := b.at(t, lamp7)
	var why rule
	if l.Phase != lights.NotSent || !errors.As(l.Err, &why) || why[0] != "30 messages a minute" {
		t.Fatalf("%+v", l)
	}
	if l != b.at(t, lamp7) { // must not panic
		t.Fatal("a lamp differs from itself")
	}
	b.refuse = nil
	_ = b.Switch(lamp7, true)
	if l = b.at(t, lamp7); l.Phase != lights.Waiting || l.Err != nil {
		t.Fatalf("%+v", l)
	}
	b.SetConnected(false)
	_ = b.Switch(lamp7, true)
	if l = b.at(t, lamp7); !errors.Is(l.Err, lights.ErrNoLink) {
		t.Fatalf("%+v", l)
	}
}
