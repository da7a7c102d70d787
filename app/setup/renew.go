package setup

import (
	"net/netip"
	"slices"

	"lamplighter/device/fault"
)

// renewed takes over what the app can fill in now: the built-in broker was
// switched on, this PC has another address, a broker was added in the settings.
// What a person chose stays.
func renewed(s State, e DefaultsChanged) State {
	d := s.CurrentDraft()
	if !answersSent(s) {
		d.Answers.Broker = follow(d.Answers.Broker, d.Defaults, e.Defaults)
	}
	d.Defaults, d.Connections = e.Defaults, e.Connections
	b, waits := s.with(d).(Broker)
	if !waits {
		return s.with(d)
	}
	if FaultOf(b.Problem) == fault.BrokerDown && d.Defaults.Port != 0 {
		b.Problem = nil
	}
	return b
}

// answersSent reports whether the answers are on their way to the board, or
// there: then they stay what the board was told.
func answersSent(s State) bool {
	switch s.(type) {
	case Writing, Proving, Finished:
		return true
	}
	return false
}

// follow keeps the choice of this PC's broker at its port, and at the best
// address where nobody chose another one that is still there.
func follow(c BrokerChoice, before, now Defaults) BrokerChoice {
	c.Port = now.Port
	if c.Address == "" || c.Address == before.best() || !now.has(c.Address) {
		c.Address = now.best()
	}
	if !c.BuiltIn && c.Other.Host == "" && c.Port != 0 {
		c.BuiltIn = true // it was not to be had, and nothing else was named
	}
	return c
}

// best is this PC's best address for boards, or "".
func (d Defaults) best() string {
	if len(d.Addresses) == 0 {
		return ""
	}
	return d.Addresses[0].Prefix.Addr().String()
}

// has reports whether host is one of this PC's addresses.
func (d Defaults) has(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && slices.ContainsFunc(d.Addresses, func(a Address) bool { return a.Prefix.Addr() == ip })
}
