package lights

import (
	"strings"
	"time"

	"lamplighter/app/lights/codec"
	"lamplighter/device"
)

// split takes a usual topic of this classroom apart.
func (p *Panel) split(topic string) (base string, ok bool) {
	base, _, ok = codec.UsualBase(topic)
	return base, ok && (p.o.Classroom == "" || strings.HasPrefix(base, p.o.Classroom+"/"))
}

// Receive takes in a message. Retained is the message's own flag: the broker
// had kept it, and hands it to a new subscriber. Topics that are no lamp's are
// none of the panel's business.
func (p *Panel) Receive(topic string, payload []byte, retained bool, at time.Time) {
	p.receiveForeign(topic, payload, retained, at)
	all := p.index.concerned(topic)
	if len(all) == 0 {
		if l, ok := p.discover(topic, payload); ok {
			all = []*lamp{l}
		}
	}
	for _, l := range all {
		p.deliver(l, topic, payload, retained, at)
	}
}

// deliver gives a message to a lamp.
func (p *Panel) deliver(l *lamp, topic string, payload []byte, retained bool, at time.Time) {
	was := l.light
	h, ok := l.talk.Decode(topic, payload)
	if !ok || !p.apply(l, h, len(payload) == 0, retained, at) {
		l.light.Ignored++
	}
	p.recompute(l)
	if !l.shown && l.light.Presence == PresenceUnknown && l.light.Source == OwnBoard {
		p.drop(l) // the broker was made to forget all of it
	}
	if l.light != was {
		p.raiseLater()
	}
}

// discover makes a lamp from a usual topic that nobody has yet. A message that
// makes no sense makes no lamp, nor does a command alone.
func (p *Panel) discover(topic string, payload []byte) (*lamp, bool) {
	base, ok := p.split(topic)
	if !ok || p.lamps[base] != nil {
		return nil, false
	}
	usual := device.LampTopics(base)
	talk := codec.Plain(usual)
	if h, ok := talk.Decode(topic, payload); !ok || h.Has(codec.SaysCommand) || len(payload) == 0 {
		return nil, false
	}
	if p.list.full() || p.list.hidden >= MaxLights || p.list.closed && p.crowded() {
		p.list.countOmitted(base)
		p.raiseLater()
		return nil, false
	}
	l := p.add(base, talk, OwnBoard)
	p.meetLater() // one of them may be this board
	return l, true
}

// apply gives what was heard to the parts that it is about, and reports whether it
// made sense.
func (p *Panel) apply(l *lamp, h codec.Report, empty, retained bool, at time.Time) bool {
	if h.Has(codec.SaysPresence) {
		p.applyPresence(l, h.Presence, retained, at)
	}
	if h.Has(codec.SaysTarget) {
		p.applyTarget(l, h.Target)
	}
	if h.Has(codec.SaysState) {
		p.applyState(l, h.State, retained, at)
	}
	if h.Has(codec.SaysColor) {
		l.applyColor(h.Color, retained)
	}
	if h.Has(codec.SaysLevel) {
		l.applyLevel(h.Level, retained)
	}
	if h.Has(codec.SaysInfo) {
		l.light.Info = h.Info
	}
	if h.Has(codec.SaysCommand) {
		return p.applyCommand(l, h.Command, empty, retained, at)
	}
	return true
}

// applyState is the only way in which a lamp becomes on or off.
func (p *Panel) applyState(l *lamp, s State, retained bool, at time.Time) {
	if s == Unknown { // cleared at the broker
		l.light.State, l.light.ChangedBy, l.light.Confirmed, l.light.Retained = Unknown, ActorUnknown, time.Time{}, false
		return
	}
	d := &l.light
	before := d.State
	d.State, l.fresh = s, true
	if d.Silent && !retained { // what it says counts more than what it was told
		l.lastSent, d.Target = Unknown, Unknown
	}
	if s == l.target {
		l.target = Unknown
	}
	// A kept word that is known already is no news: it answers nothing.
	if !retained || s != before {
		d.Confirmed, d.Retained = at, retained
		p.answerWith(l, s, before)
		l.credit(s, before, retained, at)
	}
	if !retained {
		l.alive(at)
		p.o.Observe(Event{Base: d.Base, State: s, At: at})
	}
	if !retained || d.Topics.RepublishSec > 0 {
		p.believe(l)
	}
}

// alive: a board that talks is here, whatever its will said; a will may come
// after the board is back.
func (l *lamp) alive(at time.Time) {
	if l.light.Presence == PresenceOffline {
		l.light.Presence, l.light.Since = PresenceOnline, at
	}
}

// believe starts the time for which a board is believed that has no status
// topic, or that says its state again and again.
func (p *Panel) believe(l *lamp) {
	l.outdated = false
	if l.stale != nil {
		l.stale.Stop()
	}
	beat := l.light.Topics.RepublishSec > 0
	if !beat && l.light.Presence != PresenceUnknown {
		return
	}
	var t *time.Timer
	t = time.AfterFunc(p.patience(l), func() {
		p.o.Post(func() {
			if l.stale != t || p.lamps[l.light.Base] != l { // a newer word came, or the lamp is gone
				return
			}
			l.outdated = true
			if beat && l.light.Presence == PresenceOnline { // it said so once, and says nothing any more
				l.light.Presence, l.light.Since = PresenceUnknown, time.Time{}
			}
			p.recompute(l)
			p.Changed.Raise()
		})
	})
	l.stale = t
}

// patience is how long a lamp's word is believed: of one that says it again and
// again, two may be lost on the way.
func (p *Panel) patience(l *lamp) time.Duration {
	if beat := l.light.Topics.RepublishSec; beat > 0 {
		return time.Duration(beat) * time.Second * 5 / 2
	}
	return p.o.Stale
}

// applyTarget hears what a lamp says it is on its way to.
func (p *Panel) applyTarget(l *lamp, s State) {
	l.target = Unknown
	if s == l.light.State || s == Unknown {
		return
	}
	if l.target = s; len(l.unconfirmed) == 0 && !l.asksLater() {
		l.light.Target = s
		p.waitForAnswer(l)
	}
}

func (l *lamp) applyColor(c *RGB, retained bool) {
	if c == nil {
		l.light.HasColor, l.light.Color = false, RGB{}
		return
	}
	replay := retained && l.light.HasColor && *c == l.light.Color
	l.light.HasColor, l.light.Color = true, *c
	l.shaded(replay)
}

func (l *lamp) applyLevel(percent int, retained bool) {
	if _, able := l.talk.EncodeLevel(max(percent, 1), l.light.Color); !able {
		return // a control that does nothing is worse than none
	}
	replay := retained && l.dims && percent == l.light.Level
	l.dims, l.light.Level = true, percent
	l.shaded(replay)
}

// shaded ends the waiting for a colour or a brightness.
func (l *lamp) shaded(replay bool) {
	if l.pendingColor != nil && !replay {
		l.pendingColor = nil
		l.stopAnswer()
	}
}

func (p *Panel) applyPresence(l *lamp, s Presence, retained bool, at time.Time) {
	d := &l.light
	if s == PresenceUnknown {
		d.Presence, d.Since = PresenceUnknown, time.Time{}
		p.believe(l)
		return
	}
	if s == d.Presence {
		return
	}
	d.Presence, d.Since = s, at
	if retained {
		d.Since = time.Time{}
	}
	if s == PresenceOffline {
		p.endWaiting(l)
	}
}

// SetConnected sets whether there is a connection to the broker. Without one all
// news is old, and what waits gets no answer.
func (p *Panel) SetConnected(yes bool) {
	if p.linked == yes {
		return
	}
	p.linked = yes
	if !yes {
		p.foreign.forgetRecent()
	}
	for _, l := range p.lamps {
		if yes {
			l.forgetUnsent()
		} else {
			p.markStale(l)
		}
		p.recompute(l)
	}
	p.Changed.Raise()
}

// returnTime is how long a board may take to come back to a broker that has just
// started: it tries within seconds, and its WiFi may be slow.
const returnTime = time.Minute

// BrokerStarted says when the broker in use started, zero where that is not known. A
// broker that ends publishes its boards' wills, and keeps them: they say nothing of
// the boards.
func (p *Panel) BrokerStarted(at time.Time) {
	if p.waited != nil {
		p.waited.Stop()
		p.waited = nil
	}
	if p.started = at; at.IsZero() {
		return
	}
	p.waited = time.AfterFunc(returnTime-p.o.Now().Sub(at)+time.Millisecond, func() {
		p.o.Post(func() {
			for _, l := range p.lamps {
				p.recompute(l)
			}
			p.Changed.Raise()
		})
	})
}

// forgetUnsent takes back what was said of a request that was not sent. A lamp that
// never confirms is as the last one that was sent left it.
func (l *lamp) forgetUnsent() {
	if l.notSent != nil && l.light.Silent {
		l.light.Target = l.lastSent
	}
	l.notSent = nil
}

// MarkStale tells that messages were lost on their way here: what is known may be
// outdated, and what waits may have been answered.
func (p *Panel) MarkStale() {
	for _, l := range p.lamps {
		p.markStale(l)
		p.recompute(l)
	}
	p.Changed.Raise()
}

// markStale makes what is known of a lamp old news, until its board or the broker
// says it again. Whether a board is here is not known either; one that left is
// believed to be away, for it must come back with a word.
func (p *Panel) markStale(l *lamp) {
	l.fresh = false
	l.talk.ForgetPresence()
	if l.light.Presence == PresenceOnline {
		l.light.Presence, l.light.Since, l.outdated = PresenceUnknown, time.Time{}, true
	}
	p.endWaiting(l)
}

// raiseLater raises Changed once for all that is received until the state's
// goroutine comes to it.
func (p *Panel) raiseLater() {
	if p.raising {
		return
	}
	p.raising = true
	p.o.Post(func() {
		p.raising = false
		p.Changed.Raise()
	})
}
