package livemap

import (
	"time"

	"lamplighter/app/broker"
)

// observe takes in what the broker did.
func (m *Map) observe(batch []broker.TraceEvent, lost int) {
	if m.tooLongAway() {
		m.Stop()
		return
	}
	now := m.o.Now()
	if lost > 0 {
		m.totals.Lost += uint64(lost)
		m.resync()
	}
	for i := range batch {
		m.event(&batch[i], now)
		if m.hold != nil {
			m.hold.observe(m, &batch[i])
		}
	}
	m.Changed.Raise()
}

func (m *Map) event(e *broker.TraceEvent, now time.Time) {
	switch e.Kind {
	case broker.TraceStarted:
		m.numbers = [maxNumbers]numbered{}
		m.resync()
	case broker.TraceConnected:
		m.join(*e.Session)
	case broker.TraceDisconnected:
		if c := m.byID[e.Client]; c != nil {
			m.part(c, e.Client, now, *e)
		}
	case broker.TraceSubscribed, broker.TraceUnsubscribed:
		m.subscribe(e)
	case broker.TracePublished, broker.TraceRefused:
		m.published(e, now)
	case broker.TraceWillSent:
		m.willSent(e, now)
	case broker.TraceRetained:
		m.pin(e.Topic, true)
	case broker.TraceCleared:
		m.pin(e.Topic, false)
	case broker.TraceDelivered, broker.TraceRetainedSent:
		m.delivered(e, now)
	case broker.TraceDropped:
		m.totals.Dropped += uint64(e.Size)
		m.client(e.Client, e.User).Dropped += uint64(e.Size)
	}
}

// published has a message travel to the broker.
func (m *Map) published(e *broker.TraceEvent, now time.Time) {
	c := m.client(e.Client, e.User)
	m.totals.Published++
	m.numbers[e.Message%maxNumbers] = numbered{e.Message, c.lands(now)}
	d := m.send(c, false, e.Topic, now)
	c.carry(e, false)
	if e.Kind == broker.TraceRefused {
		m.totals.Refused++
		c.Refused++
		d.Refused++
		return
	}
	m.note(e)
}

// willSent has the broker send what a client that was lost left with it.
func (m *Map) willSent(e *broker.TraceEvent, now time.Time) {
	m.totals.Wills++
	m.numbers[e.Message%maxNumbers] = numbered{e.Message, now}
	m.note(e)
	if c := m.byID[e.Client]; c != nil {
		c.WillSent = true
	}
}

// delivered has a message travel on to a subscriber, once it is at the broker.
func (m *Map) delivered(e *broker.TraceEvent, now time.Time) {
	c := m.client(e.Client, "")
	m.totals.Delivered++
	due := now
	if n := m.numbers[e.Message%maxNumbers]; e.Message != 0 && n.message == e.Message {
		due = n.lands
	}
	d := m.send(c, true, e.Topic, due)
	c.carry(e, true)
	if e.Kind == broker.TraceRetainedSent {
		d.Retained++
		if t := m.topics[e.Topic]; t == nil {
			m.noteRetained(e)
		}
	}
}

// noteRetained keeps what a newcomer was sent as the last message of its topic, where
// nothing newer is known.
func (m *Map) noteRetained(e *broker.TraceEvent) {
	if len(m.topics) < MaxTopics {
		m.topics[e.Topic] = &Topic{Name: e.Topic, Last: *e}
	}
}
