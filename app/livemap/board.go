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
		b.stop = b.trace.Trace(b.take)
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

// take takes in what the broker did.
func (b *BoardTraffic) take(batch []broker.TraceEvent, lost int) {
	if lost > 0 {
		b.know(false)
	}
	before := len(b.events)
	for _, e := range batch {
		b.see(e)
	}
	if more := len(b.events) - MaxBoardEvents; more > 0 {
		b.events = slices.Delete(b.events, 0, more)
		before = 0
	}
	if len(b.events) != before {
		b.Changed.Raise()
	}
}

func (b *BoardTraffic) see(e broker.TraceEvent) {
	switch e.Kind {
	case broker.TraceStarted:
		b.know(true)
		return
	case broker.TraceConnected:
		if e.Session.Base != b.base {
			delete(b.ids, e.Client)
			return
		}
		b.ids[e.Client] = true
	case broker.TracePublished, broker.TraceWillSent:
		b.payloads[e.Message%lastPayloads] = e
	case broker.TraceDelivered:
		if p := b.payloads[e.Message%lastPayloads]; e.Message != 0 && p.Message == e.Message {
			e.Payload = p.Payload
		}
	case broker.TraceRetained, broker.TraceNotRetained, broker.TraceCleared:
		return
	}
	if b.ids[e.Client] {
		b.events = append(b.events, e)
	}
}

// know takes in the clients that the board has now; telling, also that they connected
// and what they have subscribed to, of which the time is not known.
func (b *BoardTraffic) know(telling bool) {
	clear(b.ids)
	for _, s := range b.trace.Sessions() {
		if s.Base != b.base || s.Role != broker.Board {
			continue
		}
		b.ids[s.Client] = true
		if s.Connected && telling {
			b.events = append(b.events, broker.TraceEvent{Kind: broker.TraceConnected, At: s.Since, Client: s.Client, User: s.User, Session: &s})
			for _, sub := range s.Subscriptions {
				b.events = append(b.events, broker.TraceEvent{Kind: broker.TraceSubscribed, Client: s.Client, Topic: sub.Filter, QoS: sub.QoS})
			}
		}
	}
}
