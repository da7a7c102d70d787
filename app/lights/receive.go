package lights

import (
	"strings"
	"time"

	"lamplighter/device"
)

// kind is what a topic is to a lamp.
type kind int

const (
	kindState kind = iota
	kindSet
	kindRGB
	kindStatus
	kindInfo
)

// route leads from a topic to a lamp.
type route struct {
	topic string
	lamp  *lamp
	kind  kind
}

// suffixes are the usual topics after a base. Lamps appear by themselves from them.
var suffixes = []struct {
	text string
	kind kind
}{{"/light", kindState}, {"/light/set", kindSet}, {"/light/rgb", kindRGB}, {"/status", kindStatus}, {"/info", kindInfo}}

// routes are the topics of a lamp, the board's own words before the commands:
// where one topic serves for both, it is a word only if it is said to be one.
func routes(l *lamp) []route {
	t := l.light.Topics
	return []route{
		{t.State, l, kindState}, {t.Set, l, kindSet}, {t.RGB, l, kindRGB}, {t.Status, l, kindStatus}, {t.Info, l, kindInfo},
	}
}

// usual takes a usual topic of any classroom apart.
func usual(topic string) (base string, k kind, ok bool) {
	for _, s := range suffixes {
		base, ok := strings.CutSuffix(topic, s.text)
		if !ok || strings.Count(base, "/") != 1 {
			continue
		}
		class, board, _ := strings.Cut(base, "/")
		if board != "" && class != "" && !strings.HasPrefix(class, "$") {
			return base, s.kind, true
		}
	}
	return "", 0, false
}

// split takes a usual topic of this classroom apart.
func (p *Panel) split(topic string) (base string, k kind, ok bool) {
	base, k, ok = usual(topic)
	return base, k, ok && (p.o.Classroom == "" || strings.HasPrefix(base, p.o.Classroom+"/"))
}

// Receive takes in a message. Retained is the message's own flag: the broker
// had kept it, and hands it to a new subscriber. Topics that are no lamp's are
// none of the panel's business.
func (p *Panel) Receive(topic string, payload []byte, retained bool, at time.Time) {
	r, ok := p.topics[topic]
	if !ok {
		if r, ok = p.discover(topic, payload); !ok {
			return
		}
	}
	l := r.lamp
	was := l.light
	if !p.take(r, payload, retained, at) {
		l.light.Ignored++
	}
	p.settle(l)
	if !l.shown && l.light.Presence == PresenceUnknown {
		p.drop(l) // the broker was made to forget all of it
	}
	if l.light != was {
		p.raiseLater()
	}
}

// discover makes a lamp from a usual topic that nobody has yet. A message that
// makes no sense makes no lamp, nor does a command alone.
func (p *Panel) discover(topic string, payload []byte) (route, bool) {
	base, k, ok := p.split(topic)
	if !ok || p.lamps[base] != nil || !sensible(k, payload) {
		return route{}, false
	}
	if len(p.listed) >= MaxLights || p.hidden >= MaxLights {
		p.leaveOut(base)
		p.raiseLater()
		return route{}, false
	}
	l := p.add(base, device.LampTopics(base))
	return route{topic, l, k}, true
}

func sensible(k kind, payload []byte) (ok bool) {
	switch k {
	case kindState:
		_, ok = parseState(payload)
	case kindRGB:
		_, ok = parseRGB(payload)
	case kindStatus:
		_, ok = parseStatus(payload)
	case kindInfo:
		_, ok = parseInfo(payload)
	}
	return ok
}

// take gives a message to the part that it is about, and says whether it made sense.
func (p *Panel) take(r route, payload []byte, retained bool, at time.Time) bool {
	l := r.lamp
	switch r.kind {
	case kindState:
		return p.takeState(l, payload, retained, at)
	case kindSet:
		return p.takeCommand(l, payload, retained, at)
	case kindRGB:
		return p.takeRGB(l, payload, retained)
	case kindStatus:
		return p.takeStatus(l, payload, retained, at)
	}
	return p.takeInfo(l, payload)
}

// takeState is the only way in which a lamp becomes on or off.
func (p *Panel) takeState(l *lamp, payload []byte, retained bool, at time.Time) bool {
	if len(payload) == 0 { // cleared at the broker
		l.light.State, l.light.Who, l.light.Confirmed, l.light.Kept = Unknown, WhoUnknown, time.Time{}, false
		return true
	}
	s, ok := parseState(payload)
	if !ok {
		return false
	}
	d := &l.light
	before := d.State
	d.State, l.fresh = s, true
	// A kept word that is known already is no news: it answers nothing.
	if !retained || s != before {
		d.Confirmed, d.Kept = at, retained
		p.answerWith(l, s, before)
		p.credit(l, s, before, retained, at)
	}
	if !retained {
		p.alive(l, at)
		p.believe(l)
	}
	return true
}

// alive: a board that talks is here, whatever its will said; a will may come
// after the board is back.
func (p *Panel) alive(l *lamp, at time.Time) {
	if l.light.Presence == Gone {
		l.light.Presence, l.light.Since = Here, at
	}
}

// believe starts the time for which a board without a status topic is believed.
func (p *Panel) believe(l *lamp) {
	l.old = false
	if l.light.Presence != PresenceUnknown {
		return
	}
	if l.stale != nil {
		l.stale.Stop()
	}
	var t *time.Timer
	t = time.AfterFunc(p.o.Stale, func() {
		p.o.Post(func() {
			if l.stale != t || p.lamps[l.light.Base] != l { // a newer word came, or the lamp is gone
				return
			}
			l.old = true
			p.settle(l)
			p.Changed.Raise()
		})
	})
	l.stale = t
}

func (p *Panel) takeRGB(l *lamp, payload []byte, retained bool) bool {
	if len(payload) == 0 {
		l.light.HasColor, l.light.Color = false, RGB{}
		return true
	}
	c, ok := parseRGB(payload)
	if !ok {
		return false
	}
	replay := retained && l.light.HasColor && c == l.light.Color
	l.light.HasColor, l.light.Color = true, c
	if l.tint != nil && !replay {
		l.tint = nil
		p.stopAnswer(l)
	}
	return true
}

func (p *Panel) takeStatus(l *lamp, payload []byte, retained bool, at time.Time) bool {
	d := &l.light
	if len(payload) == 0 {
		d.Presence, d.Since = PresenceUnknown, time.Time{}
		p.believe(l)
		return true
	}
	s, ok := parseStatus(payload)
	if !ok {
		return false
	}
	if s == d.Presence {
		return true
	}
	d.Presence, d.Since = s, at
	if retained {
		d.Since = time.Time{}
	}
	if s == Gone {
		p.giveUp(l)
	}
	return true
}

func (p *Panel) takeInfo(l *lamp, payload []byte) bool {
	if len(payload) == 0 {
		l.light.Info = Info{}
		return true
	}
	in, ok := parseInfo(payload)
	if ok {
		l.light.Info = in
	}
	return ok
}

// Connected tells whether there is a connection to the broker. Without one all
// news is old, and what waits gets no answer.
func (p *Panel) Connected(yes bool) {
	if p.linked == yes {
		return
	}
	p.linked = yes
	for _, l := range p.lamps {
		if yes {
			l.notSent = false
		} else {
			p.doubt(l)
		}
		p.settle(l)
	}
	p.Changed.Raise()
}

// Doubt tells that messages were lost on their way here: what is known may be
// outdated, and what waits may have been answered.
func (p *Panel) Doubt() {
	for _, l := range p.lamps {
		p.doubt(l)
		p.settle(l)
	}
	p.Changed.Raise()
}

// doubt makes what is known of a lamp old news, until its board or the broker
// says it again. Whether a board is here is not known either; one that left is
// believed to be away, for it must come back with a word.
func (p *Panel) doubt(l *lamp) {
	l.fresh = false
	if l.light.Presence == Here {
		l.light.Presence, l.light.Since, l.old = PresenceUnknown, time.Time{}, true
	}
	p.giveUp(l)
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
