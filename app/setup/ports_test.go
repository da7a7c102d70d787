package setup

import (
	"testing"

	"lamplighter/device"
)

// Two boards with cheap chips, which all have the same serial number.
var (
	first  = device.Port{Name: "/dev/ttyUSB0", VID: "10C4", PID: "EA60", Serial: "0001"}
	second = device.Port{Name: "/dev/ttyUSB1", VID: "10C4", PID: "EA60", Serial: "0001"}
)

func at(p device.Port, all ...device.Port) Draft {
	d := draft()
	d.Port, d.Ports = p, all
	return d
}

func portsAre(s State, all ...device.Port) (State, Task) { return Next(s, PortsChanged{Ports: all}) }

func TestAnotherBoardWithTheSameSerialNumberIsNotTakenForTheOneThatWasPulledOut(t *testing.T) {
	s, _ := portsAre(Naming{Draft: at(second, first, second)}, first)
	if _, ok := s.(Unplugged); !ok {
		t.Fatalf("pulled out: %T", s)
	}
	if s, task := portsAre(s, first, device.Port{Name: "COM9"}); task != None || s.CurrentDraft().Port != second {
		t.Fatalf("something else was plugged in: %T at %v, task %v", s, s.CurrentDraft().Port, task)
	}
	renamed := second
	renamed.Name = "/dev/ttyUSB2"
	s, task := portsAre(s, first, renamed)
	if _, ok := s.(Greeting); !ok || task != Greet || s.CurrentDraft().Port != renamed {
		t.Errorf("plugged in again: %T at %v, task %v", s, s.CurrentDraft().Port, task)
	}
}

func TestAProofStaysWithItsBoardWhenAnotherWithTheSameSerialNumberIsPluggedIn(t *testing.T) {
	s, task := portsAre(Proving{Draft: at(second, second)}, first, second)
	if p := s.(Proving); p.Port != second || p.Away || task != None {
		t.Errorf("at %v, away %v, task %v", p.Port, p.Away, task)
	}
}

func TestABoardThatVanishesWhileAResetBreaksIntoItIsWaitedFor(t *testing.T) {
	own := device.Port{Name: "/dev/ttyACM0", VID: "303A", PID: "1001", Serial: "24:0A:C4:A1:B2:C3"}
	s, task := portsAre(Greeting{Draft: at(own, own)})
	if _, ok := s.(Greeting); !ok || task != None {
		t.Fatalf("while it is away: %T, task %v", s, task)
	}
	back := own
	back.Name = "/dev/ttyACM1"
	s, task = portsAre(s, back)
	if _, ok := s.(Greeting); !ok || task != None || s.CurrentDraft().Port != back {
		t.Errorf("when it is back: %T at %v, task %v", s, s.CurrentDraft().Port, task)
	}
	if s, task = Next(s, TaskFailed{Err: unplug}); task != ReleaseLine {
		t.Errorf("when its line gives it up: %T, task %v", s, task)
	}
}
