package broker

import (
	"slices"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// connect is what a client's CONNECT says that mochi does not keep.
type connect struct {
	odd       bool // a protocol name and level that are of no version of MQTT here
	bridge    bool // mosquitto's mark of a bridge in the level; it asks again without
	noID      bool // an empty client id, and a session that is to be kept: MQTT 3.1.1, 3.1.3.1
	emptyWill bool // a will with a payload of no bytes, which erases what is retained
}

// bridgeBit is set in the protocol level of a mosquitto bridge that tries whether
// the broker is a mosquitto too.
const bridgeBit = 0x80

// levels are the protocol levels that go with a protocol name.
var levels = map[string][]byte{"MQIsdp": {3}, "MQTT": {4, 5}}

// readConnect lets in what the standard allows and mochi refuses: a will without
// a payload (3.1.3.3), and a password of no bytes (3.1.3.5).
func readConnect(c *conn, pk packets.Packet) packets.Packet {
	name, level := string(pk.Connect.ProtocolName), pk.ProtocolVersion
	c.connect = connect{
		odd:    !slices.Contains(levels[name], level),
		bridge: name == "MQTT" && level == 4|bridgeBit || name == "MQIsdp" && level == 3|bridgeBit,
		noID:   level < 5 && !pk.Connect.Clean && pk.Connect.ClientIdentifier == "",
	}
	if pk.Connect.PasswordFlag && len(pk.Connect.Password) == 0 {
		pk.Connect.PasswordFlag = false
	}
	if pk.Connect.WillFlag && len(pk.Connect.WillPayload) == 0 {
		c.connect.emptyWill, pk.Connect.WillPayload = true, []byte{0}
	}
	return pk
}

// refusal is mochi's CONNACK in the codes that the client's version has (MQTT
// 3.1.1, 3.2.2.3), where mochi refuses before the login; ok is false where the
// connection is to end without an answer.
func (g *hook) refusal(cl *mqtt.Client, pk packets.Packet) (_ packets.Packet, ok bool) {
	c := connOf(cl)
	v := &clientInfo{id: cl.ID}
	switch {
	case c.connect.odd:
		pk.ReasonCode, pk.ProtocolVersion = connackProtocol, 4
		if !c.connect.bridge {
			g.report(BadProtocol, v, c, "")
		}
	case c.connect.noID:
		pk.ReasonCode = connackID
		g.report(NoID, v, c, "")
	case cl.Properties.ProtocolVersion < 5 && pk.ReasonCode > connackDenied:
		return pk, false
	}
	return pk, true
}
