package setup

import (
	"reflect"
	"testing"

	"lamplighter/device"
	"lamplighter/device/fault"
)

func TestASwitchedOnBrokerCanBeChosenWithoutBeginningAgain(t *testing.T) {
	off := defaults
	off.Port = 0
	d := fill(Draft{Ports: []device.Port{usbPort}, Port: usbPort}, Greeted{Board: fresh, Defaults: off, Base: "class/lamp-01"})
	s, _ := Next(Broker{Draft: d, Problem: &fault.Error{Fault: fault.BrokerDown}}, DefaultsChanged{Defaults: defaults})
	b := s.(Broker)
	if c := b.Answers.Broker; !c.BuiltIn || c.Port != 1883 || c.Address != "192.168.1.5" {
		t.Errorf("the choice is %+v", c)
	}
	if b.Problem != nil {
		t.Errorf("the page still says %v", b.Problem)
	}
	if s, task := Next(b, Forward{}); task != Check {
		t.Errorf("Forward came to %T with task %v", s, task)
	}
}

func TestNewsOfThisPCLeavesWhatAPersonChose(t *testing.T) {
	two := defaults
	two.Addresses = lan("192.168.1.5/24", "10.0.0.7/8")
	moved := two
	moved.Addresses = lan("192.168.1.99/24", "10.0.0.7/8")
	gone := two
	gone.Addresses = lan("192.168.1.5/24")
	other := BrokerChoice{Other: device.Broker{Host: "mqtt.example", Port: 8883}}
	for _, c := range []struct {
		name        string
		has         BrokerChoice
		now         Defaults
		wantBuiltIn bool
		wantAddress string
	}{
		{"the best address moved", BrokerChoice{BuiltIn: true, Address: "192.168.1.5", Port: 1883}, moved, true, "192.168.1.99"},
		{"a chosen address is still there", BrokerChoice{BuiltIn: true, Address: "10.0.0.7", Port: 1883}, moved, true, "10.0.0.7"},
		{"a chosen address is gone", BrokerChoice{BuiltIn: true, Address: "10.0.0.7", Port: 1883}, gone, true, "192.168.1.5"},
		{"another broker was named", other, moved, false, "192.168.1.99"},
	} {
		d := Draft{Defaults: two, Answers: Answers{Name: "Lamp", Broker: c.has}}
		s, _ := Next(Broker{Draft: d}, DefaultsChanged{Defaults: c.now})
		got := s.CurrentDraft().Answers
		if got.Broker.BuiltIn != c.wantBuiltIn || got.Broker.Address != c.wantAddress || got.Broker.Other != c.has.Other || got.Name != "Lamp" {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestWhatABoardWasToldStaysWhileItIsWritten(t *testing.T) {
	d := draft()
	moved := defaults
	moved.Addresses, moved.Port = lan("192.168.1.99/24"), 1999
	for _, s := range []State{Writing{Draft: d}, Proving{Draft: d}, Finished{Draft: d}} {
		after, task := Next(s, DefaultsChanged{Defaults: moved})
		if task != None || !reflect.DeepEqual(after.CurrentDraft().Answers, d.Answers) {
			t.Errorf("%T: task %v, answers %+v", s, task, after.CurrentDraft().Answers.Broker)
		}
	}
}

func TestABoardOnThisPCsBrokerIsShownAsSuchWhileThatIsOff(t *testing.T) {
	off := defaults
	off.Port = 0
	d := fill(Draft{Port: usbPort}, Greeted{Board: known, Defaults: off, Base: "class/lamp-07"})
	if !d.Answers.Broker.BuiltIn {
		t.Errorf("its login %q is offered for another broker", d.Answers.Broker.Other.User)
	}
}
