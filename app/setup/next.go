package setup

import (
	"errors"
	"slices"
	"strings"

	"lamplighter/app/broker/presets"
	"lamplighter/device"
	"lamplighter/device/fault"
)

// Next is all the rules: what comes of an event in a state, and the work that
// it asks for. It is pure and total; an event that does not fit changes
// nothing.
func Next(s State, e Event) (State, Task) {
	switch e := e.(type) {
	case PortsChanged:
		return portsChanged(s, e)
	case DefaultsChanged:
		return renewed(s, e), None
	case Typed:
		return typed(s, e), None
	case TaskFailed:
		if gone(e.Err) {
			return pulled(s)
		}
	}
	return s.next(e)
}

// typed takes the answers over on the pages that have fields.
func typed(s State, e Typed) State {
	d := s.CurrentDraft()
	switch s.(type) {
	case Choosing, WiFi, Broker, Naming:
	default:
		return s
	}
	if d.Answers.WiFi != e.Answers.WiFi {
		d.IP, d.Untested = "", false
	}
	before := d.Answers
	d.Answers = e.Answers
	return answered(s.with(d), before)
}

func portsChanged(s State, e PortsChanged) (State, Task) {
	d := s.CurrentDraft()
	before := d.Ports
	d.Ports = e.Ports
	switch s := s.(type) {
	case Choosing:
		return s.portsChanged(d), None
	case Greeting:
		// A board with USB of its own is not on it while a hardware reset breaks into
		// it. Its line waits for it, and tells when it does not come back.
		if p, ok := d.replugged(before); ok {
			d.Port = p
		}
		return s.with(d), None
	case Unplugged:
		if p, ok := d.replugged(before); ok {
			d.Port = p
			return s.with(d).(Unplugged).replugged()
		}
	case Proving:
		return s.portsChanged(d, before)
	}
	s = s.with(d)
	if d.plugged() {
		return s, None
	}
	return pulled(s)
}

// plugged reports whether the chosen board's port is there. A port that was typed
// is in no list.
func (d Draft) plugged() bool {
	return d.Port.Kind == device.Typed || slices.ContainsFunc(d.Ports, func(p device.Port) bool { return p.Name == d.Port.Name })
}

// replugged finds the port under which the chosen board came back: some systems
// give it another name. A port that was there before is another board's, even
// with the same serial number: makers of cheap chips give all of them one.
func (d Draft) replugged(before []device.Port) (device.Port, bool) {
	was := d.Port
	i := slices.IndexFunc(d.Ports, func(p device.Port) bool {
		return p.Name == was.Name && (was.Serial == "" || p.Serial == was.Serial && p.VID == was.VID)
	})
	if i >= 0 {
		return d.Ports[i], true
	}
	like := slices.DeleteFunc(slices.Clone(d.Ports), func(p device.Port) bool {
		return p.Kind != was.Kind || p.VID != was.VID || p.Serial != was.Serial || was.Serial == "" && p.PID != was.PID ||
			slices.ContainsFunc(before, func(b device.Port) bool { return b.Name == p.Name })
	})
	if len(like) == 1 && was.VID != "" {
		return like[0], true
	}
	return device.Port{}, false
}

// gone reports whether an error is a pulled plug.
func gone(err error) bool {
	var e *fault.Error
	return errors.As(err, &e) && (e.Fault == fault.PortGone || e.Fault == fault.PortMissing)
}

// FaultOf is the fault of an error from a Provisioner or a Backend.
func FaultOf(err error) fault.Fault {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Fault
	}
	return fault.Unknown
}

// pulled waits for the plug, where a board is needed to go on.
func pulled(s State) (State, Task) {
	d := s.CurrentDraft()
	d.IP = ""
	s = s.with(d)
	switch s := s.(type) {
	case Offering, Joining, Checking, Writing, Undoing:
		return Unplugged{Draft: d, Resume: s}, ReleaseLine
	case WiFi:
		s.Scanning = false
		return Unplugged{Draft: d, Resume: s}, ReleaseLine
	case Broker:
		return Unplugged{Draft: d, Resume: s}, ReleaseLine
	case Naming:
		s.Blinking = false
		return Unplugged{Draft: d, Resume: s}, ReleaseLine
	case Greeting:
		if s.Resume != nil {
			return Unplugged{Draft: d, Resume: s.Resume}, ReleaseLine
		}
		// A typed port that is not there is a slip of the pen.
		if d.Port.Kind == device.Typed {
			return Failed{Draft: d, Err: &fault.Error{Fault: fault.PortMissing, Op: "open", Where: d.Port.Name}, From: s}, ReleaseLine
		}
		return Unplugged{Draft: d, Resume: Choosing{Draft: d}}, ReleaseLine
	case Proving:
		s.Away = true
		if d.Port.Kind == device.Typed {
			if s.Missed++; s.Missed == int(absence/awaitPause) {
				s = s.timedOut()
			}
			return s, Await // it is in no list, so nobody else sees it come back
		}
		return s, AwaitReplug
	}
	return s, None
}

func (s Choosing) next(e Event) (State, Task) {
	switch e := e.(type) {
	case Picked:
		s.Port = e.Port
		return s, None
	case PortTyped:
		s.PortTyped = e.Name
		s.Port = device.Port{}
		if name := strings.TrimSpace(e.Name); name != "" {
			s.Port = device.Port{Name: name, Kind: device.Typed}
		}
		return s, None
	case Forward:
		if s.Port.Name == "" || s.Port.Other {
			return s, None
		}
		return s.greet(nil)
	}
	return s, None
}

// portsChanged keeps the choice where it can be kept, and chooses the only
// board where there is one.
func (s Choosing) portsChanged(d Draft) State {
	s.Draft = d
	if d.Port.Name != "" && d.plugged() || strings.TrimSpace(d.PortTyped) != "" {
		return s
	}
	s.Port = device.Port{}
	boards := slices.DeleteFunc(slices.Clone(d.Ports), func(p device.Port) bool { return p.Kind != device.USB || p.Other })
	if len(boards) == 1 {
		s.Port = boards[0]
	}
	return s
}

func (s Choosing) enter() (State, Task) { return s, ReleaseLine }
func (s Choosing) back() (State, Task)  { return s, None }

func (d Draft) greet(resume State) (State, Task) {
	return Greeting{Draft: d, Left: int(GreetTime.Seconds()), Resume: resume}, Greet
}

func (s Greeting) next(e Event) (State, Task) {
	switch e := e.(type) {
	case Ticked:
		s.Left = e.Left
	case Progressed:
		s.Progress = e.Progress
	case Back, Retry:
		return s.back()
	case TaskFailed:
		return Failed{Draft: s.Draft, Err: e.Err, From: s}, ReleaseLine
	case Greeted:
		return s.greeted(e)
	}
	return s, None
}

func (s Greeting) greeted(e Greeted) (State, Task) {
	same := s.Draft.Greeted && s.Board.ID == e.Board.ID
	d := fill(s.Draft, e)
	switch {
	case !e.Board.HasWiFi:
		return Failed{Draft: d, Err: &fault.Error{Fault: fault.NoWiFi, Op: "greet", Where: d.Port.Name}, From: s}, ReleaseLine
	case same && s.Resume != nil:
		return s.Resume.with(d).enter()
	case d.Class:
		return Naming{Draft: d}, ShowName
	case d.Known():
		return Offering{Draft: d}, Stop
	}
	return WiFi{Draft: d}.enter()
}

func (s Greeting) enter() (State, Task) { return s.greet(s.Resume) }
func (s Greeting) back() (State, Task)  { return Choosing{Draft: s.Draft}, ReleaseLine }

func (s Offering) next(e Event) (State, Task) {
	switch e := e.(type) {
	case Change:
		d := s.Draft.whole()
		d.Part = e.Part
		if e.Part != AllParts {
			d.Answers.Goal = device.SettingsOnly
			if d.Board.Main == device.OurMain {
				d.Answers.Goal = device.MakeLamp
			}
		}
		return onward(d, BoardStep)
	case Restore:
		if s.Board.Backup {
			return Undoing{Draft: s.Draft}, Undo
		}
	case Remove:
		return Undoing{Draft: s.Draft, Remove: true}, Undo
	case Back:
		return s.back()
	}
	return s, None
}

func (s Offering) enter() (State, Task) { return s, Stop }
func (s Offering) back() (State, Task)  { return Choosing{Draft: s.Draft.whole()}, ReleaseLine }

// whole is the draft without a choice of what is changed.
func (d Draft) whole() Draft {
	if d.Part != AllParts {
		d.Part, d.Answers.Goal = AllParts, d.Goal
	}
	return d
}

// onward is the first page after a step that there is something to ask on.
func onward(d Draft, after Step) (State, Task) {
	switch {
	case after < WiFiStep && (d.asks(WiFiPart) || !d.wifiReady()):
		return WiFi{Draft: d}.enter()
	case after < BrokerStep && (d.asks(BrokerPart) || !d.brokerReady()):
		return Broker{Draft: d}, Stop
	case after < BrokerStep && d.Part == WiFiPart && !d.Untested:
		return Checking{Draft: d}, Check
	case after < NameStep && (d.asks(NamePart) || d.Moved || checkName(d.Answers) != nil):
		return Naming{Draft: d}, Stop
	}
	return Writing{Draft: d}, Write
}

// asks reports whether a part is among what is asked for.
func (d Draft) asks(p Part) bool { return d.Part == AllParts || d.Part == p }

// wifiReady reports whether the network is known with its password.
func (d Draft) wifiReady() bool {
	_, known := d.Defaults.remembered(d.Answers.WiFi.SSID)
	return d.IP != "" || d.Untested || known && d.Answers.WiFi.Check() == nil
}

// brokerReady reports whether the broker is known with its password.
func (d Draft) brokerReady() bool {
	c := d.Answers.Broker
	return checkBroker(c) == nil && (c.BuiltIn || c.Other.User == "" || c.Other.Password != "")
}

func (s Writing) next(e Event) (State, Task) {
	switch e := e.(type) {
	case Progressed:
		s.Progress = e.Progress
	case Back:
		return s.back()
	case TaskFailed:
		return Failed{Draft: s.Draft, Err: e.Err, From: s}, Stop
	case Refused:
		return Naming{Draft: s.Draft, Problem: refused(e.Conflict)}, Stop
	case Written:
		s.SentOnly = e.Account.Watched().State == ""
		return s.prove()
	}
	return s, None
}

func (s Writing) enter() (State, Task) { return Writing{Draft: s.Draft}, Write }
func (s Writing) back() (State, Task) {
	if s.Part != AllParts {
		return Offering{Draft: s.Draft}, Stop
	}
	return Naming{Draft: s.Draft}, Stop
}

func (s Finished) next(e Event) (State, Task) {
	switch e := e.(type) {
	case LampHeard:
		if !s.SentOnly {
			s.Lamp = e.Lamp
		}
	case Switch:
		if s.Answers.Goal == device.SettingsOnly {
			return s, None
		}
		if s.SentOnly {
			s.Lamp.On = e.On // what was sent last; nobody will say more
		}
		if e.On {
			return s, SwitchOn
		}
		return s, SwitchOff
	case NextBoard:
		return another(s.Draft, e), ReleaseLine
	}
	return s, None
}

func (s Finished) enter() (State, Task) { return s, ReleaseLine }
func (s Finished) back() (State, Task)  { return s, None }

// another begins with the next board: network, broker and goal are the same for
// a whole class, the rest is the board's own.
func another(d Draft, e NextBoard) State {
	a := d.whole().Answers
	a.Name, a.Base, a.Lamp, a.Button, a.Place = "", "", device.Lamp{}, device.Button{}, presets.BoardFields{}
	return Choosing{Draft: Draft{Ports: d.Ports, Defaults: e.Defaults, Connections: d.Connections, Answers: a}}
}

func (s Undoing) next(e Event) (State, Task) {
	switch e := e.(type) {
	case Progressed:
		s.Progress = e.Progress
	case Back:
		return s.back()
	case TaskFailed:
		return Failed{Draft: s.Draft, Err: e.Err, From: s}, Stop
	case Undone:
		d := s.Draft
		d.Greeted, d.Board = false, device.Identity{}
		return Restored{Draft: d, Removed: s.Remove}, ReleaseLine
	}
	return s, None
}

func (s Undoing) enter() (State, Task) {
	return Undoing{Draft: s.Draft, Remove: s.Remove}, Undo
}
func (s Undoing) back() (State, Task) { return Offering{Draft: s.Draft}, Stop }

func (s Restored) next(e Event) (State, Task) {
	if e, ok := e.(NextBoard); ok {
		return another(s.Draft, e), ReleaseLine
	}
	return s, None
}

func (s Restored) enter() (State, Task) { return s, ReleaseLine }
func (s Restored) back() (State, Task)  { return s, None }

func (s Unplugged) next(e Event) (State, Task) {
	switch e.(type) {
	case Retry, Forward:
		return s.replugged()
	case Back:
		return s.back()
	}
	return s, None
}

func (s Unplugged) replugged() (State, Task) {
	if c, ok := s.Resume.(Choosing); ok {
		c.Draft = s.Draft
		return c.greet(nil)
	}
	return s.greet(s.Resume)
}

func (s Unplugged) enter() (State, Task) { return s, ReleaseLine }
func (s Unplugged) back() (State, Task)  { return Choosing{Draft: s.Draft}, ReleaseLine }

func (s Failed) next(e Event) (State, Task) {
	switch e.(type) {
	case Retry, Forward:
		return s.From.with(s.Draft).enter()
	case Back:
		return s.back()
	}
	return s, None
}

func (s Failed) enter() (State, Task) { return s, Stop }
func (s Failed) back() (State, Task)  { return s.From.with(s.Draft).back() }
