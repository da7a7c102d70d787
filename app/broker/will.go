package broker

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// will is what a client wants published when it is lost.
type will struct {
	packet packets.Packet
	delay  time.Duration // MQTT 5, 3.1.3.2.2
}

// pendingWills are those whose clients are lost and may come back in time, by client
// id. mochi would send them from a goroutine of its own, past every lock
// (server.go, sendDelayedLWT).
type pendingWills struct {
	mu      sync.Mutex
	waiting map[string]*waitingWill
}

type waitingWill struct {
	timer *time.Timer
	send  func()
}

// OnSessionEstablish takes what a client wants of us out of its CONNECT: its
// will, unless it may not publish it, and its session.
func (g *hook) OnSessionEstablish(cl *mqtt.Client, pk packets.Packet) {
	v := infoOf(cl)
	if v == nil {
		return
	}
	cl.Properties.Props.User, cl.Properties.Props.AuthenticationData = nil, nil // nobody asks for them
	if pk.Connect.WillFlag {
		v.will = g.willOf(cl, v, pk)
		cl.Properties.Will = mqtt.Will{Flag: cl.Properties.Will.Flag} // that there is one is all that mochi needs
	}
	v.queue = g.session(cl, v, pk.Connect.Clean)
	v.session.Store(sessionOf(cl, v, pk))
}

// willOf is the will in a CONNECT, or nil for one that its client may not
// publish: mochi does not ask.
func (g *hook) willOf(cl *mqtt.Client, v *clientInfo, pk packets.Packet) *will {
	topic, props := pk.Connect.WillTopic, pk.Connect.WillProperties
	if !isTopic(topic) || strings.HasPrefix(topic, "$") || !v.rights.mayPublish(topic) {
		g.report(Denied, v, connOf(cl), topic)
		return nil
	}
	if v.rights.Role.isGuests() {
		props.User = nil // kept for as long as the connection, and longer
	}
	retain := pk.Connect.WillRetain
	if retain && !v.mayRetain(topic) {
		retain = false
		g.report(CommandNotRetained, v, connOf(cl), topic)
	}
	payload := pk.Connect.WillPayload
	if c := connOf(cl); c != nil && c.connect.emptyWill {
		payload = nil
	}
	seconds := min(props.WillDelayInterval, cl.Properties.Props.SessionExpiryInterval, sessionTime)
	return &will{delay: time.Duration(seconds) * time.Second, packet: detach(packets.Packet{
		FixedHeader: packets.FixedHeader{Type: packets.Publish, Retain: retain, Qos: pk.Connect.WillQos},
		TopicName:   topic, Payload: payload, Origin: cl.ID, ProtocolVersion: pk.ProtocolVersion, Properties: props,
	})}
}

// nowhere is a topic that no filter of anybody matches.
const nowhere = "$lamplighter/nowhere"

// OnWill sends the will of a client that was lost, now or when its time has come,
// and leaves mochi one to nowhere. That of a client which has only been replaced
// is not sent.
func (g *hook) OnWill(cl *mqtt.Client, _ mqtt.Will) (mqtt.Will, error) {
	if v := infoOf(cl); v != nil && v.will != nil && !v.replaced.Load() {
		w := v.will
		v.will = nil
		if w.delay > 0 {
			g.wills.wait(cl.ID, w.delay, func() { g.sendWill(cl, w) })
		} else {
			g.sendWill(cl, w)
		}
	}
	return mqtt.Will{TopicName: nowhere}, nil
}

// sendWill publishes a will.
func (g *hook) sendWill(cl *mqtt.Client, w *will) {
	pk := w.packet
	pk.Created = time.Now().Unix()
	if life := pk.Properties.MessageExpiryInterval; life > 0 {
		pk.Expiry = pk.Created + int64(life)
	}
	g.publish(TraceWillSent, infoOf(cl), connOf(cl), pk, infoOf(cl).rights.publishing(pk.TopicName))
	g.store.ForgetWill(cl.ID)
}

// wait has send run after delay, unless the client with that id comes back.
func (w *pendingWills) wait(id string, delay time.Duration, send func()) {
	w.cancel(id)
	w.mu.Lock()
	defer w.mu.Unlock()
	it := &waitingWill{send: send}
	it.timer = time.AfterFunc(delay, func() {
		if w.claim(id, it) {
			send()
		}
	})
	w.waiting[id] = it
}

// claim reports whether it was still waiting, and ends that.
func (w *pendingWills) claim(id string, it *waitingWill) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting[id] != it {
		return false
	}
	delete(w.waiting, id)
	return true
}

// cancel forgets the will of a client that is back. It reports whether there was
// one.
func (w *pendingWills) cancel(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	it := w.waiting[id]
	if it != nil {
		it.timer.Stop()
		delete(w.waiting, id)
	}
	return it != nil
}

// hasten sends a will now, for its client's session has ended (MQTT 5, 3.1.3.2.2).
func (w *pendingWills) hasten(id string) {
	w.mu.Lock()
	it := w.waiting[id]
	w.mu.Unlock()
	if it != nil && w.claim(id, it) {
		it.timer.Stop()
		it.send()
	}
}

// end sends all wills that wait.
func (w *pendingWills) end() {
	w.mu.Lock()
	ids := slices.Collect(maps.Keys(w.waiting))
	w.mu.Unlock()
	for _, id := range ids {
		w.hasten(id)
	}
}
