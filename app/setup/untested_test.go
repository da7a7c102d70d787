package setup

import (
	"testing"

	"lamplighter/device"
)

// What was found out about the network holds for the board as it stood, and for
// the network that was typed then.
func TestWhetherABoardHasJoinedIsAskedAgainAfterItsPlugWasPulled(t *testing.T) {
	d := samples()["broker"].CurrentDraft()
	d.IP = "192.168.1.77"
	d.Port = device.Port{Name: "COM7", Kind: device.USB}
	s, task := Next(Broker{Draft: d}, PortsChanged{})
	if _, pulled := s.(Unplugged); !pulled || task != ReleaseLine || s.CurrentDraft().IP != "" {
		t.Errorf("%T, %v, joined at %q", s, task, s.CurrentDraft().IP)
	}
}

func TestANetworkThatWasNotTestedIsTestedWhenAPersonGoesOnFromItsPage(t *testing.T) {
	d := samples()["wifi"].CurrentDraft()
	d.Answers.WiFi, d.Untested = device.WiFi{SSID: "school", Password: "12345678"}, true
	s, task := Next(WiFi{Draft: d}, Forward{})
	if _, joining := s.(Joining); !joining || task != Join || s.CurrentDraft().Untested {
		t.Errorf("%T, %v, untested: %v", s, task, s.CurrentDraft().Untested)
	}
}
