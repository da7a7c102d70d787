package livemap

import (
	"slices"

	"lamplighter/app/broker"
	"lamplighter/app/watch"
)

// MaxBoardEvents is how much of a board's traffic is kept, the newest.
const MaxBoardEvents = 60

// lastPayloads is how many messages' payloads are kept for their deliveries.
const lastPayloads = 256

// BoardTraffic is what passes between one board and this computer's broker.
type BoardTraffic struct {
	Changed watch.Signal

	trace    Trace
	base     string
	ids      map[string]bool
	stop     func()
	events   []broker.TraceEvent // the newest last
	payloads [lastPayloads]broker.TraceEvent
}

// NewBoardTraffic makes one that follows nothing yet.
func NewBoardTraffic(t Trace) *BoardTraffic { return &BoardTraffic{trace: t, ids: map[string]bool{}} }

// Follow follows the board whose topics are below base, from now on; "" follows none.
func (b *BoardTraffic) Follow(base string) {
	if b.stop != nil {
		b.stop()
		b.stop = nil
	}
	b.base, b.events, b.ids = base, nil, map[string]bool{}
	if base != "" {
		b.stop = b.trace.Trace(b.observe)
	}
}

// Events are the board's newest, the newest last. One whose time is not known has none.
func (b *BoardTraffic) Events() []broker.TraceEvent { return b.events }

// Last finds the newest event that fits.
func (b *BoardTraffic) Last(fits func(broker.TraceEvent) bool) (e broker.TraceEvent, ok bool) {
	for _, e := range slices.Backward(b.events) {
		if fits(e) {
			return e, true
		}
	}
	return broker.TraceEvent{}, false
}

// observe takes in what the broker did.
func (b *BoardTraffic) observe(batch []broker.TraceEvent, lost int) {
	if lost > 0 {
		b.know(false)
	}
	changed := false
	for _, e := range batch {
		changed = b.add(e) || changed
	}
	if more := len(b.events) - MaxBoardEvents; more > 0 {
		b.events = slices.Delete(b.events, 0, more)
	}
	if changed {
		b.Changed.Raise()
	}
}

// add takes in one thing that the broker did, and reports whether Events has changed.
func (b *BoardTraffic) add(e broker.TraceEvent) (changed bool) {
	switch e.Kind {
	case broker.TraceStarted:
		return b.know(true)
	case broker.TraceConnected:
		if e.Session.Base != b.base {
			delete(b.ids, e.Client)
			return false
		}
		b.ids[e.Client] = true
		if b.isTold(e) {
			return false
		}
	case broker.TraceSubscribed:
		b.untell(e)
	case broker.TracePublished, broker.TraceWillSent:
		b.payloads[e.Message%lastPayloads] = e
	case broker.TraceDelivered:
		if p := b.payloads[e.Message%lastPayloads]; e.Message != 0 && p.Message == e.Message {
			e.Payload = p.Payload
		}
	case broker.TraceRetained, broker.TraceNotRetained, broker.TraceCleared:
		return false
	}
	if b.ids[e.Client] {
		b.events = append(b.events, e)
	}
	return b.ids[e.Client]
}

// isTold reports whether a connection is among the events: the broker had it already
// when know asked who is there, and reports it only now.
func (b *BoardTraffic) isTold(e broker.TraceEvent) bool {
	return slices.ContainsFunc(b.events, func(x broker.TraceEvent) bool {
		return x.Kind == e.Kind && x.Client == e.Client && x.Session.Since.Equal(e.Session.Since)
	})
}

// untell takes away a subscription that know has told, where the broker reports it, with
// its time, only now.
func (b *BoardTraffic) untell(e broker.TraceEvent) {
	b.events = slices.DeleteFunc(b.events, func(x broker.TraceEvent) bool {
		return x.Kind == e.Kind && x.Client == e.Client && x.Topic == e.Topic && x.At.IsZero()
	})
}

// know takes in the clients that the board has now; telling, also that they connected
// and what they have subscribed to, of which the time is not known. It reports whether
// Events has changed.
func (b *BoardTraffic) know(telling bool) (changed bool) {
	clear(b.ids)
	for _, s := range b.trace.Sessions() {
		if s.Base != b.base || s.Role != broker.Board {
			continue
		}
		b.ids[s.Client] = true
		if s.Connected && telling {
			changed = true
			b.events = append(b.events, broker.TraceEvent{Kind: broker.TraceConnected, At: s.Since, Client: s.Client, User: s.User, Session: &s})
			for _, sub := range s.Subscriptions {
				b.events = append(b.events, broker.TraceEvent{Kind: broker.TraceSubscribed, Client: s.Client, Topic: sub.Filter, QoS: sub.QoS})
			}
		}
	}
	return changed
}
