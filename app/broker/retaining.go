package broker

import (
	"strings"
	"sync"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// retaining keeps apart who changes a retained message and who is handed those
// that there are: mochi 2.7.9 reads a level's topic without the lock under which
// it writes it (topics.go, scanMessages), and a half-written string ends the
// whole program.
//
// A publish holds it between OnPublish, or OnWill, and OnRetainMessage, where
// mochi only stores; a subscription between OnPacketSent and OnPacketProcessed.
// Nothing is written to a client meanwhile: one that takes nothing would keep
// every board from saying its state.
type retaining struct{ sync.RWMutex }

// store is called when mochi is about to store a retained message, on the same
// goroutine as OnRetainMessage after it.
func (r *retaining) store() { r.Lock() }

// OnRetainMessage tells that a message was stored. A will that was delayed
// (MQTT 5) comes here without OnWill before it.
func (g *guard) OnRetainMessage(_ *mqtt.Client, pk packets.Packet, _ int64) {
	if pk.Connect.WillProperties.WillDelayInterval == 0 {
		g.retaining.Unlock()
	}
}

// hand is called when a client is about to be handed what is retained.
func (r *retaining) hand(v *visitor) {
	v.handed = true
	r.RLock()
}

// OnPacketSent tells that a SUBACK was sent: what is retained follows, on the
// same goroutine.
func (g *guard) OnPacketSent(cl *mqtt.Client, pk packets.Packet, _ []byte) {
	if pk.FixedHeader.Type != packets.Suback {
		return
	}
	if v := visitorOf(cl); v != nil {
		g.retaining.hand(v)
	}
}

// OnPacketProcessed ends what OnPacketSent began, and hands over what mochi
// leaves out: who subscribes to a/# hears a as well (MQTT 3.1.1, 4.7.1.2). It is
// at QoS 0, for mochi has no way in for a message that waits for an answer.
func (g *guard) OnPacketProcessed(cl *mqtt.Client, pk packets.Packet, _ error) {
	v := visitorOf(cl)
	if v == nil || !v.handed {
		return
	}
	v.handed = false
	roots := g.atRoots(cl, v, pk.Filters)
	g.retaining.RUnlock()
	for _, m := range roots {
		if cl.WritePacket(m) != nil {
			return // it is gone
		}
	}
}

// atRoots lists what is retained at the very topics whose branches a client has
// just subscribed to.
func (g *guard) atRoots(cl *mqtt.Client, v *visitor, filters packets.Subscriptions) (all []packets.Packet) {
	for _, f := range filters {
		root, branch := strings.CutSuffix(f.Filter, "/#")
		_, granted := cl.State.Subscriptions.Get(f.Filter)
		if !branch || !granted || mqtt.IsSharedFilter(f.Filter) || f.RetainHandling != 0 {
			continue
		}
		for _, m := range g.server.Topics.Messages(root) {
			if v.rights.mayHear(m.TopicName) {
				head := packets.FixedHeader{Type: packets.Publish, Retain: true}
				all = append(all, packets.Packet{FixedHeader: head, TopicName: m.TopicName, Payload: m.Payload})
			}
		}
	}
	return all
}
