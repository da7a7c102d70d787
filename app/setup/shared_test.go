package setup

import (
	"testing"

	"lamplighter/device"
)

// A board of a class gets everybody's network, broker and lamp, and a name of its own.
func TestABoardOfAClassIsLikeTheOthersButForItsName(t *testing.T) {
	kit := Kit{Lamp: device.Lamp{Kind: device.LampPin, Pin: "12"}, Button: device.Button{Pin: "9"}}
	with := func(change func(*Greeted)) Greeted {
		e := Greeted{Board: known, Defaults: defaults, Base: "class/lamp-01"}
		e.Defaults.Kits = map[string]Kit{known.Model: kit}
		change(&e)
		return e
	}
	for name, c := range map[string]struct {
		e          Greeted
		called, at string
	}{
		"a fresh one":             {with(func(e *Greeted) { e.Board = fresh }), "lamp-01", "class/lamp-01"},
		"of the roster":           {with(func(e *Greeted) { e.Defaults.Name, e.Defaults.Base = "Zoe's", "class/lamp-09" }), "Zoe's", "class/lamp-09"},
		"of the class, elsewhere": {with(func(*Greeted) {}), "window", "class/window"},
		"of another class":        {with(func(e *Greeted) { e.Defaults.Classroom = "lab" }), "lamp-01", "class/lamp-01"},
		"with another's topic":    {with(func(e *Greeted) { e.Moved = true }), "lamp-01", "class/lamp-01"},
	} {
		d := Draft{Port: usbPort, Class: true, Answers: Answers{WiFi: device.WiFi{SSID: "new term", Password: "12345678"}, Broker: BuiltIn(defaults)}}
		s, task := Greeting{Draft: d}.greeted(c.e)
		n, ok := s.(Naming)
		if !ok || task != ShowName {
			t.Errorf("%s: it stands at %T", name, s)
			continue
		}
		a := n.Answers
		if a.Name != c.called || a.Base != c.at || a.WiFi.SSID != "new term" || !a.Broker.BuiltIn || a.Lamp != kit.Lamp || a.Button != kit.Button {
			t.Errorf("%s: it gets %q at %q, %v, %+v", name, a.Name, a.Base, a.WiFi.SSID, a.Lamp)
		}
	}
}
