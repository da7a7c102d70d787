package livemap

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"lamplighter/app/broker"
	"lamplighter/device/topic"
)

// HeldMessage is one message that passed, with all that happened to it: it stands still to be
// looked at, and has arrived long ago.
type HeldMessage struct {
	Message   broker.TraceEvent // TracePublished, TraceRefused or TraceWillSent
	From      *Client           // as it was then; nil = not known
	Compared  []Comparison      // those that match first
	Retention broker.TraceEvent // TraceRetained, TraceNotRetained or TraceCleared; zero where it was not to be retained
	Delivered []broker.TraceEvent
	Omitted   int // deliveries that are not in Delivered, for there are too many
}

// Comparison is a filter that somebody had subscribed to when a message passed.
type Comparison struct {
	Filter  string
	Levels  []topic.LevelMatch
	Matches bool
	Clients []Subscriber
}

// Subscriber is a client with a filter.
type Subscriber struct {
	Client     *Client // as it was then
	QoS        byte
	MayReceive bool // its rights let it receive the topic
}

// Bounds of a message that is held.
const (
	MaxCompared  = 60 // filters; those that match first
	maxDelivered = 400
)

// hold is a request for the next message, and the message once it has come.
type hold struct {
	filter  string // "" = any
	message *HeldMessage
}

// Hold asks for the next message that passes and whose topic a filter matches; "" is
// for any. Messages of the broker's own do not count.
func (m *Map) Hold(filter string) { m.hold = &hold{filter: filter} }

// Release ends what Hold began.
func (m *Map) Release() { m.hold = nil }

// Held is the message that is held, or nil, and whether one is waited for.
func (m *Map) Held() (h *HeldMessage, waits bool) {
	if m.hold == nil {
		return nil, false
	}
	return m.hold.message, m.hold.message == nil
}

// observe looks at what the broker did.
func (h *hold) observe(m *Map, e *broker.TraceEvent) {
	switch {
	case h.message == nil && isMessage(e) && (h.filter == "" || topic.Matches(h.filter, e.Topic)):
		h.message = m.capture(e)
	case h.message == nil || e.Message == 0 || e.Message != h.message.Message.Message:
	case e.Kind == broker.TraceRetained || e.Kind == broker.TraceNotRetained || e.Kind == broker.TraceCleared && h.message.Retention.Kind != broker.TraceNotRetained:
		h.message.Retention = *e
	case e.Kind == broker.TraceDelivered && len(h.message.Delivered) < maxDelivered:
		h.message.Delivered = append(h.message.Delivered, *e)
	case e.Kind == broker.TraceDelivered:
		h.message.Omitted++
	}
}

func isMessage(e *broker.TraceEvent) bool {
	return e.Kind == broker.TracePublished || e.Kind == broker.TraceRefused || e.Kind == broker.TraceWillSent
}

// capture holds a message, with whoever had subscribed when it passed.
func (m *Map) capture(e *broker.TraceEvent) *HeldMessage {
	h := &HeldMessage{Message: *e}
	if c := m.byID[e.Client]; c != nil {
		h.From = c.copied()
	}
	if e.Kind == broker.TraceRefused {
		return h // it is compared with nothing
	}
	at := map[string]int{}
	for _, c := range m.subscribers() {
		as := c.copied()
		for _, s := range c.Sessions {
			for _, sub := range s.Subscriptions {
				i, known := at[sub.Filter]
				if !known {
					i = len(h.Compared)
					at[sub.Filter] = i
					h.Compared = append(h.Compared, Comparison{Filter: sub.Filter, Matches: topic.Matches(sub.Filter, e.Topic)})
				}
				h.Compared[i].Clients = append(h.Compared[i].Clients, Subscriber{Client: as, QoS: sub.QoS, MayReceive: s.MayReceive(e.Topic)})
			}
		}
	}
	slices.SortStableFunc(h.Compared, func(a, b Comparison) int {
		return cmp.Or(btoi(b.Matches)-btoi(a.Matches), strings.Compare(a.Filter, b.Filter))
	})
	for i := range h.Compared[:min(len(h.Compared), MaxCompared)] {
		h.Compared[i].Levels = topic.Explain(h.Compared[i].Filter, e.Topic)
	}
	return h
}

// subscribers lists the clients, as Clients does, those without a place among them.
func (m *Map) subscribers() []*Client {
	return slices.SortedFunc(maps.Values(m.clients), func(a, b *Client) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Key, b.Key))
	})
}

// copied is a client as it is now, without what is on its line.
func (c *Client) copied() *Client {
	return &Client{Key: c.Key, Kind: c.Kind, Base: c.Base, Sessions: slices.Clone(c.Sessions), Connected: c.Connected}
}
