package platformtest

import (
	"errors"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// hook lets a platform's rules decide. mochi keeps the connections and the
// protocol's forms; who hears what is decided here alone, so that a rule may
// send a message to one client, to all but the sender, or to nobody.
type hook struct {
	mqtt.HookBase
	d *Server
}

// serve starts mochi on a listener.
func serve(d *Server, l net.Listener) (*mqtt.Server, error) {
	c := mqtt.NewDefaultServerCapabilities()
	c.MaximumSessionExpiryInterval = 0
	s := mqtt.New(&mqtt.Options{Capabilities: c, Logger: slog.New(slog.DiscardHandler), SysTopicResendInterval: 1 << 20})
	if err := s.AddHook(&hook{d: d}, nil); err != nil {
		return nil, err
	}
	if err := s.AddListener(newListener(l)); err != nil {
		return nil, err
	}
	return s, s.Serve()
}

// ID names the hook.
func (h *hook) ID() string { return "rules" }

// Provides tells mochi what to ask.
func (h *hook) Provides(b byte) bool {
	return slices.Contains([]byte{
		mqtt.OnConnect, mqtt.OnConnectAuthenticate, mqtt.OnACLCheck, mqtt.OnSessionEstablish, mqtt.OnDisconnect,
		mqtt.OnPacketRead, mqtt.OnPacketEncode, mqtt.OnPacketProcessed, mqtt.OnSubscribe, mqtt.OnUnsubscribed,
		mqtt.OnPublish, mqtt.OnWill,
	}, b)
}

func sessionOf(cl *mqtt.Client) *session {
	if c, ok := cl.Net.Conn.(*conn); ok {
		return c.session
	}
	return nil
}

var errHungUp = errors.New("the platform hung up")

// OnConnect asks the rules for their answer.
func (h *hook) OnConnect(cl *mqtt.Client, pk packets.Packet) error {
	c, ok := cl.Net.Conn.(*conn)
	if !ok {
		return errHungUp
	}
	p := pk.Connect
	s := &session{cl: cl, id: p.ClientIdentifier, filters: map[string]struct{}{}}
	said := connect{
		id: p.ClientIdentifier, user: string(p.Username), password: string(p.Password),
		version: pk.ProtocolVersion, keepAlive: int(p.Keepalive), clean: p.Clean,
	}
	if p.WillFlag {
		said.will = &message{topic: p.WillTopic, payload: p.WillPayload, qos: p.WillQos, retain: p.WillRetain, will: true}
	}
	h.d.mu.Lock()
	defer h.d.mu.Unlock()
	s.answer = h.d.rules.login(s, said)
	if _, shared := h.d.rules.(sharesIDs); shared {
		h.d.serial++
		cl.ID = "connection-" + strconv.Itoa(h.d.serial) // else mochi ends the one before
	}
	c.session = s
	if s.answer == hangUp {
		return errHungUp
	}
	return nil
}

// sharesIDs is a platform where a client id may be connected several times.
type sharesIDs interface{ sharesIDs() }

// OnConnectAuthenticate gives the answer.
func (h *hook) OnConnectAuthenticate(cl *mqtt.Client, _ packets.Packet) bool {
	s := sessionOf(cl)
	return s != nil && s.answer == welcome
}

// OnSessionEstablish notes who is in, and whom that throws out.
func (h *hook) OnSessionEstablish(cl *mqtt.Client, _ packets.Packet) {
	s := sessionOf(cl)
	h.d.mu.Lock()
	defer h.d.mu.Unlock()
	for old := range h.d.sessions {
		if old.cl.ID == cl.ID {
			h.d.kicks = append(h.d.kicks, s.id)
			delete(h.d.sessions, old)
		}
	}
	h.d.sessions[s] = struct{}{}
}

// OnDisconnect notes that a client left.
func (h *hook) OnDisconnect(cl *mqtt.Client, _ error, _ bool) {
	h.d.mu.Lock()
	defer h.d.mu.Unlock()
	delete(h.d.sessions, sessionOf(cl))
}

// hidden stands before a topic that begins with $: mochi drops what a client
// publishes to $SYS in any case of its letters, and OneNET's begin with $sys.
const hidden = "dollar/"

// OnPacketRead hides a topic from mochi.
func (h *hook) OnPacketRead(_ *mqtt.Client, pk packets.Packet) (packets.Packet, error) {
	if pk.FixedHeader.Type == packets.Publish && strings.HasPrefix(pk.TopicName, "$") {
		pk.TopicName = hidden + pk.TopicName
	}
	return pk, nil
}

// OnPublish hands a message to the rules. mochi acknowledges it and does nothing else.
func (h *hook) OnPublish(cl *mqtt.Client, pk packets.Packet) (packets.Packet, error) {
	topic := pk.TopicName
	if rest, ok := strings.CutPrefix(topic, hidden+"$"); ok {
		topic = "$" + rest
	}
	h.message(cl, message{topic: topic, payload: slices.Clone(pk.Payload), qos: pk.FixedHeader.Qos, retain: pk.FixedHeader.Retain})
	return pk, packets.CodeSuccessIgnore
}

// nowhere is a topic that nobody can subscribe to here.
const nowhere = "$double/nowhere"

// OnWill hands a will to the rules, and sends mochi's own to nowhere.
func (h *hook) OnWill(cl *mqtt.Client, w mqtt.Will) (mqtt.Will, error) {
	h.message(cl, message{topic: w.TopicName, payload: slices.Clone(w.Payload), qos: w.Qos, retain: w.Retain, will: true})
	return mqtt.Will{TopicName: nowhere}, nil
}

func (h *hook) message(cl *mqtt.Client, m message) {
	s := sessionOf(cl)
	if s == nil {
		return
	}
	h.d.mu.Lock()
	defer h.d.mu.Unlock()
	h.d.note(s, m)
	h.d.rules.publish(s, m)
}

// OnSubscribe grants no more than the platform's QoS.
func (h *hook) OnSubscribe(cl *mqtt.Client, pk packets.Packet) packets.Packet {
	s := sessionOf(cl)
	if s == nil {
		return pk
	}
	s.asked = map[string]byte{}
	pk.Filters = slices.Clone(pk.Filters)
	for i, f := range pk.Filters {
		s.asked[f.Filter] = f.Qos
		pk.Filters[i].Qos = min(f.Qos, h.d.qos)
	}
	h.d.mu.Lock()
	defer h.d.mu.Unlock()
	h.d.rules.subscribing(s, len(pk.Filters))
	return pk
}

// OnACLCheck asks the rules about a filter, once. Publishes are decided in
// OnPublish; what mochi itself would hand over, as its $SYS topics, is held back.
func (h *hook) OnACLCheck(cl *mqtt.Client, filter string, write bool) bool {
	s := sessionOf(cl)
	if write || s == nil {
		return write
	}
	qos, asked := s.asked[filter]
	if !asked {
		return false
	}
	delete(s.asked, filter)
	h.d.mu.Lock()
	defer h.d.mu.Unlock()
	if !h.d.rules.subscribe(s, filter, qos) {
		return false
	}
	s.filters[filter] = struct{}{}
	return true
}

// OnPacketProcessed hands over what is kept, after the SUBACK.
func (h *hook) OnPacketProcessed(cl *mqtt.Client, pk packets.Packet, _ error) {
	s := sessionOf(cl)
	if s == nil || pk.FixedHeader.Type != packets.Subscribe {
		return
	}
	h.d.mu.Lock()
	defer h.d.mu.Unlock()
	var granted []string
	for _, f := range pk.Filters {
		if _, ok := s.filters[f.Filter]; ok {
			granted = append(granted, f.Filter)
		}
	}
	h.d.hand(s, granted)
}

// OnUnsubscribed ends subscriptions.
func (h *hook) OnUnsubscribed(cl *mqtt.Client, pk packets.Packet) {
	s := sessionOf(cl)
	if s == nil {
		return
	}
	h.d.mu.Lock()
	defer h.d.mu.Unlock()
	for _, f := range pk.Filters {
		delete(s.filters, f.Filter)
	}
}

// OnPacketEncode puts the platform's answer into the CONNACK. A broker sends no
// DISCONNECT before MQTT 5. It is called with and without Server.mu.
func (h *hook) OnPacketEncode(cl *mqtt.Client, pk packets.Packet) packets.Packet {
	s := sessionOf(cl)
	switch {
	case cl.Properties.ProtocolVersion >= 5:
	case pk.FixedHeader.Type == packets.Disconnect:
		pk.FixedHeader.Type = packets.Reserved // which mochi refuses to write
	case pk.FixedHeader.Type == packets.Connack && s != nil && s.answer > welcome:
		pk.ReasonCode = byte(s.answer)
	}
	return pk
}
