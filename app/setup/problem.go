package setup

import (
	"errors"

	"lamplighter/app/broker/presets"
	"lamplighter/device"
	"lamplighter/device/fault"
)

// answered takes a problem off the page that is not about the answers any more:
// what it was about is another answer now, or a value that no board can take is
// mended.
func answered(s State, before Answers) State {
	switch s := s.(type) {
	case WiFi:
		was, now := before.WiFi, s.Answers.WiFi
		retyped := FaultOf(s.Problem) == fault.WiFiPassword && was.Password != now.Password
		if was.SSID != now.SSID || retyped || mended(s.Problem, checkWiFi(s.Draft)) {
			s.Problem = nil
		}
		return s
	case Broker:
		if past(s.Problem, before.Broker, s.Answers.Broker) {
			s.Problem = nil
		}
		return s
	case Naming:
		if isTaken(s.Problem) && before.Place == s.Answers.Place {
			return s
		}
		own := s.ownFault(s.Problem) && before.Place != s.Answers.Place
		if own || mended(s.Problem, checkName(s.Answers)) {
			s.Problem = nil
		}
		return s
	}
	return s
}

// isTaken reports whether a platform's field is refused for another lamp's sake.
func isTaken(problem error) bool {
	var f *presets.FieldError
	return errors.As(problem, &f) && f.Reason == device.Taken
}

// past reports whether a broker's problem was about an answer that is another now.
func past(problem error, before, now BrokerChoice) bool {
	switch {
	case before.place() != now.place():
		return true
	case FaultOf(problem) == fault.BadValue:
		return mended(problem, checkBroker(now))
	}
	return before != now && !aboutPlace(FaultOf(problem))
}

// place is where a choice leads, without its login.
func (c BrokerChoice) place() BrokerChoice {
	host, port := c.Endpoint()
	return BrokerChoice{
		BuiltIn: c.BuiltIn, Preset: c.Preset, API: c.API,
		Other: device.Broker{Host: host, Port: port, TLS: c.Other.TLS, CA: c.Other.CA},
	}
}

// aboutPlace reports whether a fault is about the way to the broker, whoever logs in.
func aboutPlace(f fault.Fault) bool {
	switch f {
	case fault.NameNotFound, fault.Unreachable, fault.Refused, fault.BadCertificate, fault.MalformedCertificate, fault.BadTLS,
		fault.WrongServerName, fault.NoTLS, fault.TLSOnly, fault.NotBroker, fault.WrongPath, fault.WebDown, fault.Firewall, fault.Isolated,
		fault.OtherNetwork, fault.WrongAddress, fault.OwnLoopback, fault.BrokerDown:
		return true
	}
	return false
}

// mended reports whether a refused value can be taken now, or another one is what
// can't.
func mended(problem, now error) bool {
	if FaultOf(problem) != fault.BadValue {
		return false
	}
	was := valueOf(problem)
	return now == nil || was != nil && was != valueOf(now)
}

// valueOf is which value can't be taken, and why; nil where an error is another.
func valueOf(err error) any {
	var v *device.ValueError
	var f *presets.FieldError
	switch {
	case errors.As(err, &v):
		return *v
	case errors.As(err, &f):
		return *f
	}
	return nil
}
