package setup

import (
	"strings"

	"lamplighter/device"
)

// Shared are the answers that the boards of a class have in common, where an
// earlier board has tried them and each board needs nothing else: those of the
// board that is finished, or of the last one that was set up.
func Shared(s State) (Answers, bool) {
	d := s.CurrentDraft()
	a := Answers{WiFi: d.Answers.WiFi, Broker: d.Answers.Broker}
	switch s := s.(type) {
	case Finished:
		if s.Answers.Goal != device.MakeLamp || s.Port.Kind == device.Practice || s.Untested {
			return Answers{}, false
		}
	case Choosing:
		last, remembered := d.Defaults.remembered(d.Defaults.LastNetwork)
		if d.Defaults.LastNetwork == "" || !remembered {
			return Answers{}, false
		}
		a.WiFi, a.Broker = last, firstBroker(d.Defaults, d.Connections)
	default:
		return Answers{}, false
	}
	a.Broker = a.Broker.inOneForm()
	d.Answers = a
	return a, a.WiFi.Check() == nil && d.brokerReady() && !a.Broker.asksEach()
}

// asksEach reports whether the broker's platform asks something for each board.
func (c BrokerChoice) asksEach() bool {
	if c.BuiltIn {
		return false
	}
	p := c.platform()
	return len(p.FieldsOf(p.TopicScheme(c.TopicScheme), true)) > 0
}

// NewShared begins the setup of one of several boards, at a port, with the answers
// that they share. Its rules ask a person nothing but to go on, in Naming. It does
// not watch the ports: whoever does lets it handle PortsChanged.
func NewShared(provisioner Provisioner, backend Backend, post func(func()), p device.Port, a Answers) *Session {
	s := newSession(provisioner, backend, post)
	d := s.state.CurrentDraft()
	d.Port, d.Ports, d.Answers, d.Class = p, []device.Port{p}, a, true
	s.state = Choosing{Draft: d}
	s.Handle(Forward{})
	return s
}

// likeOthers gives a board of a class its answers. It keeps the name that it has
// in the roster or, set up for this classroom elsewhere, its own.
func likeOthers(d Draft, e Greeted) Draft {
	a := &d.Answers
	if kit, has := e.Defaults.Kits[e.Board.Model]; has {
		a.Lamp, a.Button = kit.Lamp, kit.Button
	}
	base, has := assignedBase(e.Board.Settings)
	switch {
	case e.Defaults.Base != "":
		a.Base = e.Defaults.Base
	case has && !e.Moved && strings.HasPrefix(base, e.Defaults.Classroom+"/") && device.CheckName(e.Board.Settings.Name) == nil:
		a.Name, a.Base = e.Board.Settings.Name, base
	}
	a.Pupil = e.Defaults.Pupil.ID
	d.Moved = false
	return d
}
