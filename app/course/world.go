package course

import (
	"slices"

	"lamplighter/app/broker"
)

// Bounds of what a lesson follows.
const (
	maxClients  = 512
	maxMessages = 256
)

// world is what a lesson knows of the broker: who is there, by client id, and the
// payloads of the last messages, which are told only when they are published.
type world struct {
	clients  map[string]broker.Session
	payloads map[uint64][]byte // by the message's number
	numbers  []uint64          // of payloads, the oldest first
}

func newWorld() world {
	return world{clients: map[string]broker.Session{}, payloads: map[uint64][]byte{}}
}

// begin takes in who is there, when the trace begins.
func (w *world) begin(all []broker.Session) {
	*w = newWorld()
	for _, s := range all {
		if s.Connected && len(w.clients) < maxClients {
			w.clients[s.Client] = s
		}
	}
}

// follow keeps up with what an event changes.
func (w *world) follow(e broker.TraceEvent) {
	s, known := w.clients[e.Client]
	switch e.Kind {
	case broker.TraceConnected:
		if e.Session != nil && (known || len(w.clients) < maxClients) {
			w.clients[e.Client] = *e.Session
		}
	case broker.TraceDisconnected:
		if e.Departure != broker.LeftTakenOver { // else its id has another client already
			delete(w.clients, e.Client)
		}
	case broker.TraceSubscribed, broker.TraceUnsubscribed:
		if !known || e.Reason != broker.NoReason {
			return
		}
		s.Subscriptions = slices.DeleteFunc(slices.Clone(s.Subscriptions), func(x broker.Subscription) bool { return x.Filter == e.Topic })
		if e.Kind == broker.TraceSubscribed {
			s.Subscriptions = append(s.Subscriptions, broker.Subscription{Filter: e.Topic, QoS: e.QoS})
		}
		w.clients[e.Client] = s
	case broker.TracePublished, broker.TraceWillSent:
		w.note(e)
	}
}

func (w *world) note(e broker.TraceEvent) {
	if e.Message == 0 {
		return
	}
	w.payloads[e.Message] = e.Payload
	if w.numbers = append(w.numbers, e.Message); len(w.numbers) > maxMessages {
		delete(w.payloads, w.numbers[0])
		w.numbers = w.numbers[1:]
	}
}

// whole is an event with the payload of its message.
func (w *world) whole(e broker.TraceEvent) broker.TraceEvent {
	if e.Kind == broker.TraceDelivered && e.Payload == nil {
		e.Payload = w.payloads[e.Message]
	}
	return e
}

// still lists what is so now as events: who is connected, and what is subscribed to.
func (w *world) still() (all []broker.TraceEvent) {
	for id, s := range w.clients {
		all = append(all, broker.TraceEvent{Kind: broker.TraceConnected, Client: id, User: s.User, Session: &s})
		for _, sub := range s.Subscriptions {
			all = append(all, broker.TraceEvent{Kind: broker.TraceSubscribed, Client: id, User: s.User, Topic: sub.Filter, QoS: sub.QoS})
		}
	}
	return all
}
