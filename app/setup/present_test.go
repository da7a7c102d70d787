package setup

import (
	"context"
	"testing"

	"lamplighter/device"
)

func TestABoardOfAPublicBrokerKeepsItsClassroomWhenItComesAgain(t *testing.T) {
	others := []Connection{{BrokerChoice: BrokerChoice{Other: device.Broker{Host: "127.0.0.1", Port: 1}, Preset: "public", API: "http://127.0.0.1:2"}}}
	a := Answers{Base: "class/lamp-01"}
	present(&a, device.Config{
		Broker: device.Broker{Host: "127.0.0.1", Port: 1}, Topics: device.LampTopics("class-x7kq2mzpaw/lamp-01"),
	}, Defaults{}, others)
	if a.Base != "class/lamp-01" || a.Broker.Preset != "public" || a.Broker.BuiltIn || a.Broker.API != "http://127.0.0.1:2" {
		t.Errorf("%+v", a)
	}
}

func TestABoardComesBackToTheAccountThatItWasGiven(t *testing.T) {
	var others []Connection
	for _, secret := range []device.Text{"aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"} {
		others = append(others, Connection{BrokerChoice: BrokerChoice{Other: device.Broker{Host: "127.0.0.1", Port: 1, Password: secret}, Preset: "bemfa"}})
	}
	for _, o := range others {
		var a Answers
		present(&a, device.Config{Broker: device.Broker{Host: "127.0.0.1", Port: 1, ClientID: string(o.Other.Password)}}, Defaults{}, others)
		if a.Broker.Other != o.Other {
			t.Errorf("the board of %s goes to %s", o.Other.Password, a.Broker.Other.Password)
		}
	}
}

func TestABoardFromAnotherRoomIsNoSecondLampOfANameThatThisRoomHas(t *testing.T) {
	theirs := func(b *fakeBench, _ *fakeBackend) {
		b.greet = func(context.Context) (device.Identity, error) { return known, nil }
	}
	for rostered, want := range map[string]Answers{
		"class/window": {Name: "lamp-01", Base: "class/lamp-01"}, // that window is another board
		"class/door":   {Name: "window", Base: "class/window"},
	} {
		d := newDesk(t, theirs)
		d.backend.rostered = map[string]bool{rostered: true}
		d.Handle(Forward{})
		part := func(d desk) Draft {
			kept := d.State().CurrentDraft()
			kept.Part = BrokerPart
			return kept
		}
		if a := to[Offering](d).Answers; a.Name != want.Name || a.Base != want.Base {
			t.Errorf("where the roster has %s, it is %s at %s", rostered, a.Name, a.Base)
		}
		// The name that it has here is seen before it is written, whatever is changed.
		s, _ := onward(part(d), BrokerStep)
		if _, asks := s.(Naming); asks != (rostered == "class/window") {
			t.Errorf("where the roster has %s, a change of the broker leads to %T", rostered, s)
		}
	}
}
