package lights

import (
	"errors"
	"fmt"
	"strings"

	"lamplighter/app/lights/codec"
	"lamplighter/device"
	"lamplighter/device/fault"
)

// AddKnown takes in what the roster knows of a lamp; it shows from then on, heard
// or not. A zero Topics means the usual ones.
func (p *Panel) AddKnown(e Entry) error {
	if e.Foreign {
		p.knowForeign(e)
		return nil
	}
	if e.Topics == (device.Topics{}) {
		e.Topics = device.LampTopics(e.Base)
	}
	if e.Base == "" || e.Topics.Set == "" {
		return ErrNoLight
	}
	if e.Topics.State == e.Topics.Set && e.Topics.Prefix == "" && e.Topics.SetTo == "" {
		// On one topic for both, our own command would pass for the board's word.
		e.Topics.State = ""
	}
	l := p.lamps[e.Base]
	if l != nil && l.light.Topics != e.Topics {
		p.drop(l) // what was heard under other topics says nothing
		l = nil
	}
	if l == nil {
		if !p.makeRoom() {
			p.list.countOmitted(e.Base)
			return nil
		}
		p.yield(e.Topics)
		l = p.add(e.Base, codec.Plain(e.Topics), OwnBoard)
	}
	l.entry, l.roster = e, true
	p.recompute(l)
	p.meetLater() // one of them may be this board
	p.Changed.Raise()
	return nil
}

// Reset forgets everything that was heard and begins with this roster, as at
// another broker: what the last one's boards said is not known there. It fails
// with ErrNoLight for entries that are no lamps, and takes the others.
func (p *Panel) Reset(roster []Entry) error {
	for _, l := range p.lamps {
		p.drop(l)
	}
	clear(p.list.leftOut)
	clear(p.foreign.entries)
	p.clearForeign()
	p.group = nil
	var failed error
	for _, e := range roster {
		if err := p.AddKnown(e); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%w: %q", err, e.Base))
		}
	}
	p.Changed.Raise()
	return failed
}

// Add puts a lamp on the panel and into the roster, for a board that speaks on
// other topics than the usual.
func (p *Panel) Add(e Entry) error {
	if l := p.find(e.Base); l != nil && l.shown {
		return ErrTaken
	}
	if err := checkLength(e.Name); err != nil {
		return err
	}
	e.Name = codec.Clean(e.Name)
	return p.keep(e)
}

// keep has the roster keep what the user gave to a lamp.
func (p *Panel) keep(e Entry) error {
	if p.o.Save != nil {
		if err := p.o.Save(e); err != nil {
			return err
		}
	}
	return p.AddKnown(e)
}

// Rename gives a lamp another name on this computer; "" is the board's own
// name for itself again.
func (p *Panel) Rename(base, name string) error {
	l := p.find(base)
	if l == nil || !l.shown {
		return ErrNoLight
	}
	if err := checkLength(name); err != nil {
		return err
	}
	e := p.entryOf(l)
	e.Name = codec.Clean(name)
	return p.keep(e)
}

// checkLength refuses a name that the wizard would refuse for a board.
func checkLength(name string) error {
	if len(strings.TrimSpace(name)) <= device.MaxName {
		return nil
	}
	return &fault.Error{Fault: fault.BadValue, Op: "name", Err: &device.ValueError{Field: "name", Reason: device.TooLong}}
}

func (p *Panel) entryOf(l *lamp) Entry {
	if l.roster {
		return l.entry
	}
	if !isOwn(l) {
		e := p.foreign.entries[l.light.Base]
		e.Base, e.Foreign = l.light.Base, true
		return e
	}
	return Entry{Base: l.light.Base, Topics: l.light.Topics, Practice: l.light.Practice}
}

// RemovedTopics lists the topics that Remove makes the broker forget: none of a lamp of
// another system, which keeps there what it needs.
func (p *Panel) RemovedTopics(base string) []string {
	l := p.find(base)
	if l == nil || !isOwn(l) {
		return nil
	}
	t := l.light.Topics
	var all []string
	for _, topic := range []string{t.State, t.RGB, t.Status, t.Info, t.Config} {
		if topic != "" {
			all = append(all, topic)
		}
	}
	if l.light.RetainedCommand {
		all = append(all, t.Set)
	}
	return all
}

// Remove takes a lamp off the panel and out of the roster, and makes the broker
// forget it, for all who look. A board that is still switched on comes back
// with its next word. A lamp of another system is only hidden here, until
// ShowHidden.
func (p *Panel) Remove(base string) error {
	l := p.find(base)
	if l == nil {
		return ErrNoLight
	}
	if !isOwn(l) {
		e := p.entryOf(l)
		e.Hidden = true
		return p.keep(e)
	}
	if !p.linked && p.o.Clear != nil {
		return ErrNoLink
	}
	if p.o.Forget != nil {
		if err := p.o.Forget(base); err != nil {
			return err
		}
	}
	var failed error
	if p.o.Clear != nil {
		for _, topic := range p.RemovedTopics(base) {
			failed = errors.Join(failed, p.o.Clear(topic))
		}
	}
	p.drop(l)
	p.Changed.Raise()
	return failed
}

// ClearCommand makes the broker forget a command that somebody kept there.
func (p *Panel) ClearCommand(base string) error {
	l := p.find(base)
	if l == nil || p.o.Clear == nil {
		return ErrNoLight
	}
	if !p.linked {
		return ErrNoLink
	}
	if err := p.o.Clear(l.light.Topics.Set); err != nil {
		return err
	}
	l.light.RetainedCommand = false
	p.Changed.Raise()
	return nil
}
