package broker

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"lamplighter/app/broker/retained"
)

// What is published goes to its subscribers here, not in mochi: 2.7.9 copies a
// message for every subscriber, counts messages where bytes are what runs out,
// and has one list for the packet identifiers of both directions, so that a
// client's own publish makes it forget what it has sent (server.go,
// publishToClient and processPublish). mochi is told that every publish is to be
// ignored, which it acknowledges all the same.

// publish keeps a message where it is to be retained, and puts it into the queues
// of all who may hear it. Nothing in it waits for a client.
func (g *hook) publish(k TraceKind, v *clientInfo, c *conn, pk packets.Packet, right Right) {
	if right == HeldForTeacher { // a will of before
		g.deny(v, c, pk, right)
		return
	}
	m := newMessage(pk)
	m.guest, m.number = v.rights.Role.isGuests(), g.tracers.number()
	g.traceMessage(k, v, m, right)
	if pk.FixedHeader.Retain && len(pk.Payload) > 0 && !v.mayRetain(pk.TopicName) {
		pk.FixedHeader.Retain, m.retain = false, false
		g.report(CommandNotRetained, v, c, pk.TopicName)
		g.traceRetaining(TraceNotRetained, m, ReasonCommand)
	}
	if pk.FixedHeader.Retain {
		g.retaining.Lock()
		defer g.retaining.Unlock()
		m.retain = g.retain(v, c, pk, m)
	}
	g.fanOut(m)
}

// mayRetain reports whether what is published to a topic may be retained: a
// guest's command to a board may not, for the board would hear it at every start.
func (v *clientInfo) mayRetain(topic string) bool {
	return !v.rights.Role.isGuests() || !v.rights.owned(topic)
}

// retain keeps a message, and reports whether there was room for it. Without,
// what the topic held goes: nobody is told an old value for the newest. The caller
// holds the lock.
func (g *hook) retain(v *clientInfo, c *conn, pk packets.Packet, m *message) bool {
	if v.rights.Role.isGuests() {
		pk.Properties.User = nil // what a program of a lesson says beside its value is for who hears it now
	}
	kept := detach(pk)
	most, ok := g.store.Retain(kept, ownerFor(v, c))
	if !ok {
		n := g.notice(RetainedFull, v, c, pk.TopicName)
		n.Holder, n.HolderAddr = shorten(cmp.Or(most.User, most.Addr)), most.Addr
		g.notices.add(n)
		kept.Payload = nil
	}
	g.server.Topics.RetainMessage(kept)
	switch {
	case !ok:
		g.traceRetaining(TraceNotRetained, m, ReasonNoRoom)
		g.traceRetaining(TraceCleared, m, NoReason)
	case len(kept.Payload) == 0:
		g.traceRetaining(TraceCleared, m, NoReason)
	default:
		g.traceRetaining(TraceRetained, m, NoReason)
	}
	atomic.StoreInt64(&g.server.Info.Retained, int64(g.server.Topics.Retained.Len()))
	return ok
}

// shares are those of who may not be a guest.
var shares = map[Role]retained.Share{Board: retained.Boards, App: retained.Program}

// ownerFor is whose share a client's messages take.
func ownerFor(v *clientInfo, c *conn) retained.Owner {
	o := retained.Owner{Share: shares[v.rights.Role], User: v.name} // else the guests'
	if c != nil && o.Share != retained.Program {
		o.Addr = c.ip()
	}
	return o
}

// OnRetainedExpired notes that a retained message has expired (MQTT 5).
func (g *hook) OnRetainedExpired(topic string) {
	g.store.Forget(topic)
	g.tracers.emit(TraceEvent{Kind: TraceCleared, Topic: topic})
}

// fanOut puts a message into the queues of all who may hear it.
func (g *hook) fanOut(m *message) {
	subscribers := g.server.Topics.Subscribers(m.topic)
	if len(subscribers.Shared) > 0 {
		subscribers.SelectShared()
		subscribers.MergeSharedSelected()
	}
	for id, sub := range subscribers.Subscriptions {
		cl, ok := g.server.Clients.Get(id)
		if !ok || sub.NoLocal && m.origin == id { // MQTT 5, 3.8.3.1
			continue
		}
		if v := infoOf(cl); v != nil && v.queue != nil && v.rights.mayReceive(m.topic) {
			retain := m.retain && cl.Properties.ProtocolVersion >= 5 && sub.RetainAsPublished
			g.dropped(cl, v.queue.enqueue(delivery{m: m, qos: min(m.qos, sub.Qos), retain: retain, ids: identifiers(sub)}))
		}
	}
}

// identifiers lists the identifiers of the subscriptions that a message fits.
func identifiers(sub packets.Subscription) (ids []int) {
	if sub.Identifiers == nil && sub.Identifier > 0 {
		return []int{sub.Identifier}
	}
	for _, id := range sub.Identifiers {
		if id > 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// dropped tells that messages for a client are lost, for it takes them too
// slowly or is away.
func (g *hook) dropped(cl *mqtt.Client, count int) {
	v := infoOf(cl)
	if v == nil || count == 0 {
		return
	}
	atomic.AddInt64(&g.server.Info.MessagesDropped, int64(count))
	n := g.notice(TooSlow, v, connOf(cl), "")
	n.Count = count
	g.notices.add(n)
	g.tracers.emit(TraceEvent{Kind: TraceDropped, Client: cl.ID, User: v.name, Size: count, Reason: ReasonSlow})
}

// session gives a newcomer the queue of its session, which is its predecessor's
// where mochi takes that for the same session (server.go, inheritClientSession).
func (g *hook) session(cl *mqtt.Client, v *clientInfo, clean bool) *queue {
	if old, ok := g.server.Clients.Get(cl.ID); ok {
		if o := infoOf(old); o != nil && o.queue != nil {
			if !clean && (!old.Properties.Clean || old.Properties.ProtocolVersion >= 5) {
				return o.queue
			}
			o.queue.close()
		}
		g.wills.hasten(cl.ID)
	}
	return newQueue(v.rights.Role, &g.pool, g.server.Topics.Retained.Get)
}

// deliver sends a client what it has not acknowledged before and what waits for it,
// until its connection ends.
func (g *hook) deliver(cl *mqtt.Client, c *conn, q *queue, again []delivery) {
	for _, d := range again {
		if o, ok := q.resend(d); !ok || !g.send(cl, q, o) {
			q.acknowledge(d.id)
		}
	}
	for {
		o, ok, wait := q.next(cl)
		if ok {
			c.cork()
			g.send(cl, q, o)
			if o.pk.FixedHeader.Type != packets.Publish {
				infoOf(cl).unacked.Add(-1)
			}
			continue
		}
		_ = c.uncork()            // its connection is closed where that fails
		var late <-chan time.Time // nil = never
		if wait > 0 {
			late = time.After(wait)
		}
		select {
		case <-q.wake:
		case <-late:
		case <-c.done:
			return
		}
	}
}

// send writes a packet. It reports false for one that is larger than its client
// takes (MQTT 5, 3.1.2.11.4).
func (g *hook) send(cl *mqtt.Client, q *queue, o outgoing) bool {
	err := cl.WritePacket(o.pk)
	if err == nil {
		g.traceSent(cl, o)
	}
	if !errors.Is(err, packets.ErrPacketTooLarge) {
		return true
	}
	if o.pk.PacketID > 0 {
		q.acknowledge(o.pk.PacketID)
	}
	g.dropped(cl, 1)
	return false
}

// answered deals with what a client answers to messages of QoS 1 and 2, and
// leaves mochi an answer to nothing.
func (g *hook) answered(cl *mqtt.Client, v *clientInfo, pk packets.Packet) packets.Packet {
	switch pk.FixedHeader.Type {
	case packets.Puback, packets.Pubcomp:
		v.queue.acknowledge(pk.PacketID)
	case packets.Pubrec:
		g.received(cl, v, pk)
	}
	return packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Puback}, ProtocolVersion: pk.ProtocolVersion}
}

// received answers a PUBREC (MQTT 5, 4.3.3).
func (g *hook) received(cl *mqtt.Client, v *clientInfo, pk packets.Packet) {
	if pk.ReasonCode >= packets.ErrUnspecifiedError.Code {
		v.queue.acknowledge(pk.PacketID)
		return
	}
	release := packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Pubrel, Qos: 1}, PacketID: pk.PacketID}
	if !v.queue.receive(pk.PacketID) {
		release.ReasonCode = packets.ErrPacketIdentifierNotFound.Code
	}
	_ = cl.WritePacket(release) // it may be gone by now
}

// maxUnackedIn bounds the publishes of one client that wait for the disk; then it
// is read no further.
const maxUnackedIn = 1024

// acknowledge acknowledges a publish when what is retained of it is on the disk,
// and not before those that came earlier (MQTT 5, 4.6).
func (g *hook) acknowledge(cl *mqtt.Client, v *clientInfo, pk packets.Packet) {
	ack := packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Puback}, PacketID: pk.PacketID, Created: pk.Created}
	if pk.FixedHeader.Qos == 2 { // as mochi does (server.go, processPublish)
		ack.FixedHeader.Type = packets.Pubrec
		cl.State.Inflight.DecreaseReceiveQuota()
		if cl.State.Inflight.Set(ack) {
			atomic.AddInt64(&g.server.Info.Inflight, 1)
		}
	}
	full := v.unacked.Add(1) >= maxUnackedIn
	written := make(chan struct{})
	g.store.After(func() {
		v.queue.enqueueAck(cl, ack)
		close(written)
	})
	if full {
		<-written
	}
}

// handOver puts what is retained on the topics of a new subscription into its
// client's queue, by name: what is sent is what is retained then. Who subscribes
// to a/# hears a as well, which mochi leaves out (MQTT 3.1.1, 4.7.1.2).
func (g *hook) handOver(cl *mqtt.Client, v *clientInfo, sub packets.Subscription) {
	g.retaining.RLock()
	list := g.server.Topics.Messages(sub.Filter)
	if root, ok := strings.CutSuffix(sub.Filter, "/#"); ok {
		list = append(list, g.server.Topics.Messages(root)...)
	}
	g.retaining.RUnlock()
	lost := 0
	for _, m := range list {
		if !v.rights.mayReceive(m.TopicName) {
			continue
		}
		lost += v.queue.enqueue(delivery{topic: m.TopicName, qos: sub.Qos, retain: true, ids: identifiers(sub)})
	}
	g.dropped(cl, lost)
}
