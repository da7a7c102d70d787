package broker

import (
	"bytes"
	"strings"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"

	"lamplighter/app/broker/retained"
)

// message is what was published. All whose queues it waits in share it, so it is
// never written to.
type message struct {
	topic   string
	payload []byte
	origin  string // client id of who published it
	created int64  // seconds since 1970
	expiry  int64  // the same; 0 = never
	qos     byte
	retain  bool
	guest   bool                // a guest published it
	version byte                // of the protocol that it came by
	props   *packets.Properties // nil = none
	number  uint64              // of those that are traced, or 0
}

// newMessage makes a message of a PUBLISH.
func newMessage(pk packets.Packet) *message {
	m := &message{
		topic: pk.TopicName, payload: pk.Payload, origin: pk.Origin, created: pk.Created, expiry: pk.Expiry,
		qos: pk.FixedHeader.Qos, retain: pk.FixedHeader.Retain, version: pk.ProtocolVersion,
	}
	if p := pk.Properties; p.PayloadFormatFlag || p.ContentType != "" || p.ResponseTopic != "" || len(p.CorrelationData) > 0 || len(p.User) > 0 {
		m.props = &packets.Properties{
			PayloadFormat: p.PayloadFormat, PayloadFormatFlag: p.PayloadFormatFlag, ContentType: p.ContentType,
			ResponseTopic: p.ResponseTopic, CorrelationData: p.CorrelationData, User: p.User,
		}
	}
	return m
}

// expired reports whether a message's time is over (MQTT 5, 3.3.2.3.3).
func (m *message) expired(now time.Time) bool { return m.expiry > 0 && m.expiry < now.Unix() }

// size is what a message costs in memory, in bytes.
func (m *message) size() int {
	n := retained.MessageCost + len(m.topic) + len(m.payload)
	if m.props != nil {
		n += retained.PropertiesSize(*m.props)
	}
	return n
}

// detach copies what a packet shares with the buffer in which it came, so that
// what is kept of it does not keep the whole buffer.
func detach(pk packets.Packet) packets.Packet {
	pk.TopicName = strings.Clone(pk.TopicName)
	pk.Payload = bytes.Clone(pk.Payload)
	p := &pk.Properties
	p.ContentType, p.ResponseTopic = strings.Clone(p.ContentType), strings.Clone(p.ResponseTopic)
	p.CorrelationData = bytes.Clone(p.CorrelationData)
	user := make([]packets.UserProperty, 0, len(p.User))
	for _, u := range p.User {
		user = append(user, packets.UserProperty{Key: strings.Clone(u.Key), Val: strings.Clone(u.Val)})
	}
	p.User = user
	return pk
}
