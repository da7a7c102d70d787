package setup

import (
	"errors"
	"testing"

	"lamplighter/app/broker/presets"
	"lamplighter/device"
	"lamplighter/device/fault"
)

func TestAProblemGoesWithTheAnswerThatItWasAbout(t *testing.T) {
	refused := func(f fault.Fault, why ...error) error { return &fault.Error{Fault: f, Err: errors.Join(why...)} }
	value := &fault.Error{Fault: fault.BadValue, Err: &device.ValueError{Field: "name", Reason: device.Missing}}
	lamp := device.Lamp{Kind: device.LampPin, Pin: "12"}
	named := Answers{Name: "lamp", Base: "class/lamp", Lamp: lamp}
	host := func(h string) Answers {
		return Answers{Broker: BrokerChoice{Other: device.Broker{Host: h, Port: 1883}}}
	}
	at := func(change func(*device.Broker)) Answers {
		a := host("a")
		change(&a.Broker.Other)
		return a
	}
	retyped := at(func(b *device.Broker) { b.Password = "another" })
	user := at(func(b *device.Broker) { b.User = "me" })
	field := func(k presets.Key) error {
		return refused(fault.BadValue, &presets.FieldError{Preset: "adafruit", Key: k, Reason: device.Malformed})
	}
	adafruit := func(user, key device.Text) Answers {
		return Answers{Broker: BrokerChoice{Preset: "adafruit", Other: device.Broker{Host: "a", Port: 1883, User: user, Password: key}}}
	}
	wifi := func(ssid, pass string) Answers {
		return Answers{WiFi: device.WiFi{SSID: device.Text(ssid), Password: device.Text(pass)}}
	}
	problem := func(s State) error {
		switch s := s.(type) {
		case WiFi:
			return s.Problem
		case Broker:
			return s.Problem
		case Naming:
			return s.Problem
		}
		return nil
	}
	for _, c := range []struct {
		name  string
		state State
		typed Answers
		stays bool
	}{
		{"another network", WiFi{Draft: Draft{Answers: wifi("a", "12345678")}, Problem: refused(fault.WiFiPassword)}, wifi("b", ""), false},
		{"its password is typed again", WiFi{Draft: Draft{Answers: wifi("a", "12345678")}, Problem: refused(fault.WiFiPassword)}, wifi("a", "1"), false},
		{"a network that is not there, and its password", WiFi{Draft: Draft{Answers: wifi("a", "12345678")}, Problem: refused(fault.WiFiNotFound)}, wifi("a", "1"), true},
		{"long enough now", WiFi{Draft: Draft{Answers: wifi("a", "1234567")}, Problem: refused(fault.BadValue)}, wifi("a", "12345678"), false},
		{"still too short", WiFi{Draft: Draft{Answers: wifi("a", "123456")}, Problem: refused(fault.BadValue)}, wifi("a", "1234567"), true},
		{"another broker", Broker{Draft: Draft{Answers: host("a")}, Problem: refused(fault.NameNotFound)}, host("b"), false},
		{"the same broker", Broker{Draft: Draft{Answers: host("a")}, Problem: refused(fault.BadLogin)}, host("a"), true},
		{"a password that was refused", Broker{Draft: Draft{Answers: host("a")}, Problem: refused(fault.BadLogin)}, retyped, false},
		{"a user that was refused", Broker{Draft: Draft{Answers: host("a")}, Problem: refused(fault.NotAllowed)}, user, false},
		{"what nobody can explain", Broker{Draft: Draft{Answers: host("a")}, Problem: refused(fault.Unknown)}, user, false},
		{"a broker that is not there, and a password", Broker{Draft: Draft{Answers: host("a")}, Problem: refused(fault.Unreachable)}, retyped, true},
		{"a port that is shut", Broker{Draft: Draft{Answers: host("a")}, Problem: refused(fault.Refused)}, at(func(b *device.Broker) { b.TLS = true }), false},
		{"a certificate", Broker{Draft: Draft{Answers: host("a")}, Problem: refused(fault.BadCertificate)}, at(func(b *device.Broker) { b.CA = "PEM" }), false},
		{"a field that was not of its form", Broker{Draft: Draft{Answers: adafruit("a/b", "")}, Problem: field(presets.User)}, adafruit("me", ""), false},
		{"a field that is still not", Broker{Draft: Draft{Answers: adafruit("a/b", "")}, Problem: field(presets.User)}, adafruit("a/b", "key"), true},
		{"a name", Naming{Problem: value}, named, false},
		{"still no name", Naming{Problem: value}, Answers{Base: "class/lamp", Lamp: lamp}, true},
		{"a lamp that could not be shown", Naming{Problem: refused(fault.ScriptFailed)}, named, true},
	} {
		s, _ := Next(c.state, Typed{Answers: c.typed})
		if got := problem(s); (got != nil) != c.stays {
			t.Errorf("%s: the problem is %v", c.name, got)
		}
	}
}

func TestOldNewsIsNoProof(t *testing.T) {
	asked := Proving{}
	asked.Checks.upTo(CheckSwitched)
	for _, l := range []Lamp{
		{Known: true, On: true, Waiting: true},
		{Known: true, On: true, NoAnswer: true},
		{Known: true, On: true, NotSent: true},
		{Known: true, On: true, Offline: true},
		{Known: true, On: true, Outdated: true},
		{Known: true},
		{On: true},
	} {
		s, _ := Next(asked, LampHeard{Lamp: l})
		if p, ok := s.(Proving); !ok || p.Checks.Marks[CheckConfirmed] == Passed {
			t.Errorf("%+v was taken as the board's own word", l)
		}
	}
	s, _ := Next(asked, LampHeard{Lamp: Lamp{Known: true, On: true, Online: true}})
	if _, ok := s.(Finished); !ok {
		t.Error("the board's own word was no proof")
	}
}
