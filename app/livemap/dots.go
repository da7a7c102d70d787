package livemap

import (
	"slices"
	"time"
)

// Edge is one direction of a client's line.
type Edge struct {
	Count uint64 // messages that passed, or are on their way
	Rate  int    // messages in the last second

	rated   uint64 // Count when Rate was counted last
	flying  Dot    // Count 0 = none
	waiting Dot
	due     time.Time // of what waits
}

// Dot is what is seen of messages that travel on a line: one, or as many as came while
// the last dot was on its way.
type Dot struct {
	Serial   uint64 // counts up from dot to dot
	Client   *Client
	Out      bool // from the broker to the client
	Count    int
	Refused  int    // of Count: go nowhere
	Retained int    // of Count: were retained, for a new subscriber
	Will     bool   // the broker sends a will
	Topic    string // of the newest message
	Mixed    bool   // there are other topics among them
	Start    time.Time
}

// Progress is how much of its way a dot has behind it, from 0 to 1.
func (d *Dot) Progress(now time.Time) float32 {
	return min(max(float32(now.Sub(d.Start))/float32(Travel), 0), 1)
}

// add has a message travel from due on, or later where another is on its way.
func (e *Edge) add(topic string, due time.Time) *Dot {
	w := &e.waiting
	if w.Count == 0 {
		e.due = due
	} else if w.Topic != topic {
		w.Mixed = true
	}
	w.Count++
	w.Topic = topic
	return w
}

// gather takes in an edge whose client has no place of its own.
func (e *Edge) gather(o *Edge) {
	e.Count += o.Count
	w := o.waiting
	o.waiting, o.flying = Dot{}, Dot{}
	if w.Count == 0 {
		return
	}
	if e.waiting.Count == 0 {
		e.waiting, e.due = w, o.due
		return
	}
	e.waiting.Mixed = e.waiting.Mixed || w.Mixed || w.Topic != e.waiting.Topic
	e.waiting.Count += w.Count
	e.waiting.Refused += w.Refused
	e.waiting.Retained += w.Retained
}

// send has a message travel on a client's line.
func (m *Map) send(c *Client, out bool, topic string, due time.Time) *Dot {
	e := &c.In
	if out {
		e = &c.Out
	}
	e.Count++
	if c.place != nil {
		e = &c.place.In
		if out {
			e = &c.place.Out
		}
		e.Count++
	}
	return e.add(topic, due)
}

// Advance moves everything on, and gives the dots that are on their way. It reports
// whether there will be anything else at a later time without any news. The slice is
// used again at the next call.
func (m *Map) Advance(now time.Time) (dots []Dot, more bool) {
	more = m.forgetLeft(now)
	m.dots = m.dots[:0]
	for _, c := range m.Clients() {
		more = m.advance(c, &c.In, false, now) || more
		more = m.advance(c, &c.Out, true, now) || more
	}
	if now.Sub(m.ratedAt) >= rateTime {
		m.rate(now)
	}
	return m.dots, more || m.busy()
}

func (m *Map) advance(c *Client, e *Edge, out bool, now time.Time) (more bool) {
	if e.flying.Count > 0 && now.Sub(e.flying.Start) >= Travel {
		e.flying = Dot{}
	}
	if e.flying.Count == 0 && e.waiting.Count > 0 && !e.due.After(now) {
		m.serial++
		e.flying, e.waiting = e.waiting, Dot{}
		e.flying.Serial, e.flying.Client, e.flying.Out, e.flying.Start = m.serial, c, out, now
	}
	if e.flying.Count > 0 {
		m.dots = append(m.dots, e.flying)
	}
	return e.flying.Count > 0 || e.waiting.Count > 0
}

// rate counts the messages of the last second.
func (m *Map) rate(now time.Time) {
	for _, c := range m.Clients() {
		for _, e := range []*Edge{&c.In, &c.Out} {
			e.rated = min(e.rated, e.Count) // fewer are gathered than were
			e.Rate = int(float64(e.Count-e.rated)*float64(rateTime)/float64(now.Sub(m.ratedAt)) + 0.5)
			e.rated = e.Count
		}
	}
	m.ratedAt = now
}

// busy reports whether some line has had messages in the last second.
func (m *Map) busy() bool {
	return slices.ContainsFunc(m.Clients(), func(c *Client) bool { return c.In.Rate > 0 || c.Out.Rate > 0 })
}

// lands is when the next dot on an edge from a client is at the broker, where it sets
// out now or after the one that is on its way.
func (c *Client) lands(now time.Time) time.Time {
	e := &c.In
	if c.place != nil {
		e = &c.place.In
	}
	start := now
	if e.flying.Count > 0 {
		if free := e.flying.Start.Add(Travel); free.After(start) {
			start = free
		}
	}
	return start.Add(Travel)
}
