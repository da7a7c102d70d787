package setup

import (
	"errors"
	"testing"

	"lamplighter/device"
	"lamplighter/device/fault"
)

func TestTheWizardTakesAnAddressAsItIsDialledAndNoOther(t *testing.T) {
	for typed, want := range map[string]string{
		"[::1]": "::1", "2001:DB8::1": "2001:db8::1", "端.example": "xn--suz.example", "１９２．１６８．１．５": "192.168.1.5", "MQTT.school.cn.": "mqtt.school.cn",
		"mqtt%20": "", "fe80::1%eth0": "", "aa:bb:cc:dd:ee:ff": "", "127.0.0.1:1883:1": "", "127.0.0.1:1883": "", "a|b": "", "": "", "192.168.1.300": "", "mqtt://h": "",
	} {
		for name, c := range map[string]BrokerChoice{
			"another broker": {Other: device.Broker{Host: typed, Port: 1883}},
			"this computer":  {BuiltIn: true, Address: typed, Port: 1883},
		} {
			var s State = Broker{Draft: Draft{Answers: Answers{Broker: c}}}
			s, task := Next(s, Forward{})
			if want == "" {
				b, stayed := s.(Broker)
				var v *device.ValueError
				if !stayed || !errors.As(b.Problem, &v) || v.Field != "broker.host" {
					t.Errorf("%s, %q: %T, %+v", name, typed, s, b.Problem)
				}
				continue
			}
			if host, _ := s.CurrentDraft().Answers.Broker.Endpoint(); task != Check || host != want {
				t.Errorf("%s, %q: %q, %T", name, typed, host, s)
			}
		}
	}
	for _, port := range []int{-1, 0, 65536} {
		s, _ := Next(Broker{Draft: Draft{Answers: Answers{Broker: BrokerChoice{Other: device.Broker{Host: "h", Port: port}}}}}, Forward{})
		if b, stayed := s.(Broker); !stayed || FaultOf(b.Problem) != fault.BadValue {
			t.Errorf("port %d: %+v", port, s)
		}
	}
}
