package lights

import (
	"slices"

	"lamplighter/app/lights/codec"
)

// request is what was asked of a lamp: a state, or a colour.
type request struct {
	message codec.Message
	state   State
	color   *RGB
	by      Actor
}

// queuedAt is where a lamp's request under a topic waits, or -1.
func (l *lamp) queuedAt(topic string) int {
	return slices.IndexFunc(l.queued, func(w request) bool { return w.message.Topic == topic })
}

// unqueue takes out the request that waits under a topic.
func (l *lamp) unqueue(topic string) (w request, waited bool) {
	i := l.queuedAt(topic)
	if i < 0 {
		return request{}, false
	}
	w = l.queued[i]
	if l.queued = slices.Delete(l.queued, i, i+1); len(l.queued) == 0 {
		l.queued = nil
	}
	return w, true
}

// asksLater reports whether the last request for on or off waits for its turn.
func (l *lamp) asksLater() bool {
	return slices.ContainsFunc(l.queued, func(w request) bool { return w.color == nil })
}

// wanted is the colour that was asked for last and is not confirmed, or nil.
func (l *lamp) wanted() *RGB {
	for _, w := range l.queued {
		if w.color != nil {
			return w.color
		}
	}
	return l.pendingColor
}

// inTurn is a lamp as it is shown, with its turn. Turns are asked for once.
func (p *Panel) inTurn(l *lamp, turns *map[string]Turn) Light {
	d := l.light
	if len(l.queued) == 0 {
		return d
	}
	if *turns == nil {
		*turns = p.o.Publisher.Turns()
	}
	d.Turn = (*turns)[l.queued[0].message.Topic]
	return d
}

// Sent tells that a command which waited is on its way: its board's time to
// answer begins. Where two lamps listen to one topic, it is for both.
func (p *Panel) Sent(topic string, payload []byte) {
	for _, l := range p.lamps {
		w, waited := l.unqueue(topic)
		if !waited {
			continue
		}
		if w.message.Payload == string(payload) {
			p.group.sent(l)
			p.sent(l, w)
		} else {
			p.group.remove(l)
		}
		p.recompute(l)
		p.raiseLater()
	}
}

// Replaced tells that another message took a command's place in the queue. What
// it was meant for is not asked for any more, unless it is the same.
func (p *Panel) Replaced(topic string, payload []byte) {
	for _, l := range p.lamps {
		if i := l.queuedAt(topic); i >= 0 && l.queued[i].message.Payload != string(payload) {
			l.unqueue(topic)
			p.group.remove(l)
			p.recompute(l)
			p.raiseLater()
		}
	}
}

// Unsent tells that a command which waited was not sent after all, and why: the
// board whose topic it is was never asked.
func (p *Panel) Unsent(topic string, err error) {
	for _, l := range p.lamps {
		w, waited := l.unqueue(topic)
		if !waited {
			continue
		}
		l.notSent = &refusal{err}
		if w.color != nil {
			l.pendingColor = nil
		} else {
			l.unconfirmed = nil
			p.group.unsent(l)
		}
		l.stopAnswer()
		p.recompute(l)
		p.raiseLater()
	}
}

// withdraw takes what waits for a lamp out of the queue, where no other lamp
// waits for the same.
func (p *Panel) withdraw(l *lamp) {
	all := l.queued
	l.queued = nil
	p.group.unqueue(l)
	for _, w := range all {
		shared := false
		for _, other := range p.lamps {
			shared = shared || other.queuedAt(w.message.Topic) >= 0
		}
		if !shared {
			p.o.Publisher.Withdraw(w.message.Topic)
		}
	}
}
