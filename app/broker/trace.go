package broker

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"lamplighter/device/topic"
)

// TraceKind is what a TraceEvent tells of.
type TraceKind int

// The kinds of events.
const (
	TraceStarted      TraceKind = iota // a trace began, or the broker that it follows: Sessions and RetainedTopics have what was before
	TraceConnected                     // a client logged in; Session is its session
	TraceDisconnected                  // a client left, as Departure says; SessionKept says whether its session is
	TraceSubscribed                    // the filter Topic was granted with QoS, or refused for Reason
	TraceUnsubscribed                  // the subscription to the filter Topic ended
	TracePublished                     // a client published a message, as it may by Right
	TraceWillSent                      // the broker published the will of a client that was lost
	TraceRefused                       // what a client published went nowhere, for Right
	TraceRetained                      // the message is retained on its topic
	TraceCleared                       // nothing is retained on Topic any more
	TraceNotRetained                   // the message was to be retained and is not, for Reason
	TraceDelivered                     // the message was written to a client with QoS
	TraceRetainedSent                  // a message that was retained was written to a client that has subscribed just now
	TraceDropped                       // Size messages for a client were dropped, for Reason
)

// Reason is why something was not done.
type Reason int

// The reasons.
const (
	NoReason      Reason = iota
	ReasonRights         // the rights of the client's account
	ReasonBounds         // too many subscriptions, or a filter that is too long or none
	ReasonCommand        // a guest's command to a board is never retained
	ReasonNoRoom         // too much is retained already
	ReasonSlow           // the client takes messages too slowly, or is away
)

// TracePayload is how much of a payload an event has, in bytes.
const TracePayload = 1024

// TraceEvent is one thing that the broker did. Fields that make no sense for its kind
// are empty.
type TraceEvent struct {
	Kind        TraceKind
	At          time.Time
	Client      string // client id, at most 256 bytes; "" = the broker itself
	User        string // as notices tell it
	Topic       string // or filter, at most 1024 bytes
	Payload     []byte // at most TracePayload bytes; not to be written to
	Size        int    // of the whole payload, in bytes
	QoS         byte
	Retain      bool   // the message was published to be retained
	SessionKept bool   // of TraceDisconnected
	Message     uint64 // joins what becomes of a message to its publish; 0 = published before the trace began
	Right       Right
	Reason      Reason
	Departure   Departure
	Session     *Session // of TraceConnected; not to be written to
}

// Session is what the broker knows of one client.
type Session struct {
	Client        string // client id
	User          string // as notices tell it
	Role          Role
	Guest         bool   // let in without an account
	Base          string // of a board: the topic below which it publishes
	Addr          string // IP address
	Connected     bool   // false = away; its session is kept
	Since         time.Time
	KeepAlive     time.Duration // 0 = none
	Version       byte          // 3 = MQTT 3.1, 4 = 3.1.1, 5 = 5
	Will          *Will         // nil = none
	Subscriptions []Subscription
	Classroom     string // the first level of the topics that pupils may hear
}

// MayReceive reports whether the client is sent messages on a topic, where one of its
// filters matches.
func (s Session) MayReceive(name string) bool {
	return rights{Account: Account{Role: s.Role, Base: s.Base}, classroom: s.Classroom}.mayReceive(name)
}

// Will is what a client has the broker publish when it is lost.
type Will struct {
	Topic   string
	Payload []byte // at most TracePayload bytes
	QoS     byte
	Retain  bool
}

// Subscription is one of a session's.
type Subscription struct {
	Filter string
	QoS    byte
}

// tracers are who follows what the broker does. Where nobody does, that costs an
// atomic load for each thing.
type tracers struct {
	list     atomic.Pointer[[]*tracer] // nil = nobody
	messages atomic.Uint64             // that were numbered

	mu sync.Mutex // held while the list is changed
}

type tracer struct{ emit func(TraceEvent) }

// Trace has put told of all that the broker does from now on, until stop is called.
// Put runs on the broker's goroutines, several at once, and must not block. The
// messages that the broker publishes below $SYS are told when they are delivered only.
func (b *Broker) Trace(put func(TraceEvent)) (stop func()) {
	t := &b.hook.tracers
	me := &tracer{put}
	t.change(func(all []*tracer) []*tracer { return append(all, me) })
	return func() {
		t.change(func(all []*tracer) []*tracer {
			return slices.DeleteFunc(all, func(x *tracer) bool { return x == me })
		})
	}
}

func (t *tracers) change(how func([]*tracer) []*tracer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []*tracer
	if old := t.list.Load(); old != nil {
		all = slices.Clone(*old)
	}
	if all = how(all); len(all) == 0 {
		t.list.Store(nil)
		return
	}
	t.list.Store(&all)
}

// on reports whether anybody follows.
func (t *tracers) on() bool { return t.list.Load() != nil }

// number numbers a message, with 0 while nobody follows.
func (t *tracers) number() uint64 {
	if !t.on() {
		return 0
	}
	return t.messages.Add(1)
}

// emit tells everybody who follows.
func (t *tracers) emit(e TraceEvent) {
	all := t.list.Load()
	if all == nil {
		return
	}
	e.At = time.Now()
	for _, x := range *all {
		x.emit(e)
	}
}

// traceConnected tells of a client that has logged in.
func (g *hook) traceConnected(cl *mqtt.Client, v *clientInfo) {
	if g.tracers.on() {
		g.tracers.emit(TraceEvent{Kind: TraceConnected, Client: v.id, User: v.name, Session: sessionNow(cl)})
	}
}

// traceRetaining puts into the trace what became of a message that was to be retained.
func (g *hook) traceRetaining(k TraceKind, m *message, why Reason) {
	g.tracers.emit(TraceEvent{Kind: k, Client: m.origin, Topic: m.topic, Size: len(m.payload), QoS: m.qos, Message: m.number, Reason: why})
}

// traceMessage tells of what a client published.
func (g *hook) traceMessage(k TraceKind, v *clientInfo, m *message, right Right) {
	if g.tracers.on() {
		g.tracers.emit(TraceEvent{
			Kind: k, Client: v.id, User: v.name, Topic: m.topic, Payload: beginning(m.payload), Size: len(m.payload),
			QoS: m.qos, Retain: m.retain, Message: m.number, Right: right,
		})
	}
}

// traceRefused tells of a publish that goes nowhere.
func (g *hook) traceRefused(v *clientInfo, pk packets.Packet, right Right) {
	if g.tracers.on() {
		g.tracers.emit(TraceEvent{
			Kind: TraceRefused, Client: v.id, User: v.name, Topic: bounded(pk.TopicName), Payload: beginning(pk.Payload), Size: len(pk.Payload),
			QoS: pk.FixedHeader.Qos, Retain: pk.FixedHeader.Retain, Message: g.tracers.number(), Right: right,
		})
	}
}

// traceSent tells of a message that was written to a client.
func (g *hook) traceSent(cl *mqtt.Client, o outgoing) {
	if o.pk.FixedHeader.Type != packets.Publish || !g.tracers.on() {
		return
	}
	e := TraceEvent{
		Kind: TraceDelivered, Client: cl.ID, Topic: o.pk.TopicName, Size: len(o.pk.Payload), QoS: o.pk.FixedHeader.Qos,
		Retain: o.pk.FixedHeader.Retain, Message: o.number,
	}
	if o.retained {
		e.Kind, e.Payload = TraceRetainedSent, beginning(o.pk.Payload)
	}
	g.tracers.emit(e)
}

// traceSubscribed tells what became of the filters of a SUBSCRIBE.
func (g *hook) traceSubscribed(cl *mqtt.Client, v *clientInfo, filters packets.Subscriptions, codes []byte) {
	if v == nil || !g.tracers.on() {
		return
	}
	for i, sub := range filters {
		e := TraceEvent{Kind: TraceSubscribed, Client: cl.ID, User: v.name, Topic: sub.Filter, QoS: sub.Qos}
		switch {
		case i >= len(codes) || codes[i] <= packets.CodeGrantedQos2.Code:
		case !mqtt.IsValidFilter(sub.Filter, false):
			e.Reason = ReasonBounds
		default:
			e.Reason = ReasonRights
		}
		g.tracers.emit(e)
	}
}

// OnUnsubscribed tells of subscriptions that ended.
func (g *hook) OnUnsubscribed(cl *mqtt.Client, pk packets.Packet) {
	if v := infoOf(cl); v != nil && g.tracers.on() {
		for _, sub := range pk.Filters {
			g.tracers.emit(TraceEvent{Kind: TraceUnsubscribed, Client: cl.ID, User: v.name, Topic: bounded(sub.Filter)})
		}
	}
}

// beginning is what an event has of a payload. It keeps no more of it in memory.
func beginning(payload []byte) []byte {
	if len(payload) > TracePayload {
		return bytes.Clone(payload[:TracePayload])
	}
	return payload
}

// bounded is what an event has of a topic that may be longer than this broker takes.
func bounded(s string) string {
	if len(s) > maxTopic {
		return strings.ToValidUTF8(s[:maxTopic], "")
	}
	return s
}

// sessionOf is a session as its CONNECT has it.
func sessionOf(cl *mqtt.Client, v *clientInfo, pk packets.Packet) *Session {
	s := &Session{
		Client: v.id, User: v.name, Role: v.rights.Role, Guest: v.guest, Base: v.rights.Base, Since: time.Now(),
		KeepAlive: time.Duration(pk.Connect.Keepalive) * time.Second, Version: pk.ProtocolVersion, Classroom: v.rights.classroom,
	}
	if c := connOf(cl); c != nil {
		s.Addr = c.ip()
	}
	if w := v.will; w != nil {
		s.Will = &Will{
			Topic: w.packet.TopicName, Payload: beginning(w.packet.Payload), QoS: w.packet.FixedHeader.Qos, Retain: w.packet.FixedHeader.Retain,
		}
	}
	return s
}

// sessionNow is a client's session with its subscriptions, or nil for a client that
// has not logged in.
func sessionNow(cl *mqtt.Client) *Session {
	v := infoOf(cl)
	if v == nil || v.session.Load() == nil {
		return nil
	}
	s := *v.session.Load()
	s.Connected = v.in.Load()
	for filter, sub := range cl.State.Subscriptions.GetAll() {
		s.Subscriptions = append(s.Subscriptions, Subscription{filter, sub.Qos})
	}
	slices.SortFunc(s.Subscriptions, func(a, b Subscription) int { return strings.Compare(a.Filter, b.Filter) })
	return &s
}

// Sessions lists the sessions of all clients, those of clients that are away among
// them, by client id. This program's own is there too.
func (b *Broker) Sessions() []Session {
	var all []Session
	for _, cl := range b.server.Clients.GetAll() {
		if s := sessionNow(cl); s != nil {
			all = append(all, *s)
		}
	}
	slices.SortFunc(all, func(a, b Session) int { return strings.Compare(a.Client, b.Client) })
	return all
}

// RetainedTopics lists the topics on which a message is retained, but for those of the
// broker itself, in their order.
func (b *Broker) RetainedTopics() []string {
	var all []string
	for name := range b.server.Topics.Retained.GetAll() {
		if !topic.IsInternal(name) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}
