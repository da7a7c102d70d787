package setup

import (
	"lamplighter/device"
	"lamplighter/device/fault"
)

// The pages with fields: network, broker, name.

func (s WiFi) next(e Event) (State, Task) {
	switch e := e.(type) {
	case Forward:
		if err := checkWiFi(s.Draft); err != nil {
			s.Problem = err
			return s, None
		}
		s.Untested = false
		return Joining{Draft: s.Draft}, Join
	case SkipTest:
		if s.Problem != nil && checkWiFi(s.Draft) == nil {
			s.Untested = true
			return onward(s.Draft, WiFiStep)
		}
	case ByHand:
		s.Draft.ByHand = e.On
		s.Answers.WiFi.Hidden = e.On
		return s, None
	case Back:
		return s.back()
	default:
		return s.scanned(e)
	}
	return s, None
}

// scanned is what comes of the scan.
func (s WiFi) scanned(e Event) (State, Task) {
	switch e := e.(type) {
	case Rescan:
		if s.Scanning {
			return s, None
		}
		s.Scanning, s.Problem = true, nil
		return s, Scan
	case Scanned:
		if !s.Scanning {
			return s, None
		}
		s.Scanning, s.Networks = false, e.Networks
		if s.unanswered() {
			s.Answers.WiFi = firstNetwork(s.Draft)
		}
	case TaskFailed:
		s.Scanning, s.Problem = false, e.Err
	}
	return s, None
}

// unanswered reports whether nobody has chosen a network yet: there is none, or
// the last board's, which was filled in and is not to be seen here.
func (s WiFi) unanswered() bool {
	w := s.Answers.WiFi
	if _, seen := networkOf(s.Draft); seen || s.Draft.ByHand || w.Hidden {
		return false
	}
	last, filled := s.Defaults.remembered(w.SSID)
	return w.SSID == "" || filled && last == w
}

// firstNetwork is the strongest network that was used before.
func firstNetwork(d Draft) device.WiFi {
	for _, n := range d.Networks {
		if w, ok := d.Defaults.remembered(n.SSID); ok {
			return w
		}
	}
	return device.WiFi{}
}

// enter keeps the list of a board that was asked already.
func (s WiFi) enter() (State, Task) {
	s.Scanning, s.Problem = len(s.Networks) == 0, nil
	if s.Scanning {
		return s, Scan
	}
	return s, Stop
}

func (s WiFi) back() (State, Task) {
	if s.Known() {
		return Offering{Draft: s.Draft}, Stop
	}
	return Choosing{Draft: s.Draft}, ReleaseLine
}

func (s Joining) next(e Event) (State, Task) {
	switch e := e.(type) {
	case Joined:
		s.IP = e.IP
		return onward(s.Draft, WiFiStep)
	case TaskFailed:
		return WiFi{Draft: s.Draft, Problem: e.Err}, Stop
	case Back:
		return s.back()
	}
	return s, None
}

func (s Joining) enter() (State, Task) { return s, Join }
func (s Joining) back() (State, Task)  { return WiFi{Draft: s.Draft}, Stop }

func (s Broker) next(e Event) (State, Task) {
	switch e.(type) {
	case Forward:
		if err := checkBroker(s.Answers.Broker); err != nil {
			s.Problem = err
			return s, None
		}
		s.Answers.Broker = s.Answers.Broker.inOneForm()
		return Checking{Draft: s.Draft}, Check
	case SkipTest:
		if s.Problem != nil && checkBroker(s.Answers.Broker) == nil {
			s.Answers.Broker = s.Answers.Broker.inOneForm()
			return onward(s.Draft, BrokerStep)
		}
	case Back:
		return s.back()
	}
	return s, None
}

func (s Broker) enter() (State, Task) { return s, Stop }

func (s Broker) back() (State, Task) {
	if s.Part == BrokerPart {
		return Offering{Draft: s.Draft}, Stop
	}
	return WiFi{Draft: s.Draft}.enter()
}

func (s Checking) next(e Event) (State, Task) {
	switch e := e.(type) {
	case Checked:
		if e.IP != "" {
			s.IP = e.IP
		}
		return onward(s.Draft, BrokerStep)
	case TaskFailed:
		if wifiFault(e.Err) {
			return WiFi{Draft: s.Draft, Problem: e.Err}, Stop
		}
		return Broker{Draft: s.Draft, Problem: e.Err}, Stop
	case Back:
		return s.back()
	}
	return s, None
}

func (s Checking) enter() (State, Task) { return s, Check }
func (s Checking) back() (State, Task)  { return Broker{Draft: s.Draft}, Stop }

// wifiFault reports whether the network's page is where an error is put right.
func wifiFault(err error) bool {
	switch FaultOf(err) {
	case fault.WiFiNotFound, fault.WiFiPassword, fault.WiFiNoAddress, fault.WiFiTimeout, fault.WiFiEnterprise,
		fault.WiFiFull, fault.WiFiRefused, fault.WiFiWeak, fault.WiFiSecurity:
		return true
	}
	return false
}

// brokerFault reports whether the broker's page is where an error is put right.
func brokerFault(err error) bool {
	switch FaultOf(err) {
	case fault.NameNotFound, fault.Unreachable, fault.Refused, fault.BrokerClosed, fault.BadCertificate,
		fault.MalformedCertificate, fault.BadTLS, fault.WrongServerName, fault.CertificateWanted, fault.CertificateRefused, fault.OwnCertificate, fault.NoTLS, fault.TLSOnly,
		fault.NotBroker, fault.WrongPath, fault.WebLogin, fault.WebDown, fault.LoginRefused,
		fault.BadProtocol, fault.BadClientID, fault.Unavailable, fault.BadLogin, fault.NotAllowed, fault.TopicRefused,
		fault.Firewall, fault.Isolated, fault.OtherNetwork, fault.WrongAddress, fault.OwnLoopback, fault.BrokerDown:
		return true
	}
	return false
}

func (s Naming) next(e Event) (State, Task) {
	switch e := e.(type) {
	case Forward:
		if err := checkName(s.Answers); err != nil {
			s.Problem = err
			return s, None
		}
		return Writing{Draft: s.Draft}, Write
	case Blink:
		if err := s.Answers.Lamp.Check(); err != nil {
			s.Problem = err
			return s, None
		}
		if s.Blinking || s.Answers.Goal == device.SettingsOnly {
			return s, None
		}
		s.Blinking, s.Problem = true, nil
		return s, ShowLamp
	case Blinked:
		s.Blinking = false
	case TaskFailed:
		s.Blinking, s.Problem = false, e.Err
	case Back:
		return s.back()
	}
	return s, None
}

func (s Naming) enter() (State, Task) { return Naming{Draft: s.Draft}, Stop }

func (s Naming) back() (State, Task) {
	if s.Part == NamePart {
		return Offering{Draft: s.Draft}, Stop
	}
	return Broker{Draft: s.Draft}, Stop
}
