package broker

import (
	"cmp"
	"errors"
	"net"

	"github.com/mochi-mqtt/server/v2/packets"

	"lamplighter/app/broker/siot"
)

// SetSIoT makes the broker stand in for SIoT from now on: programs log in as
// [siot.User], with a pupil's rights and every topic of two levels besides, and
// SIoT's web addresses are served on port (0 = [siot.DefaultPort]), on a free
// one where that is taken, and not at all where none is free; both are told by
// a notice. Or it ends that: such programs are disconnected, and the messages
// that were noted for the web addresses are forgotten.
//
// The password is known to everybody who has the book, so while it is on anyone
// in this network may switch the classroom's lamps.
func (b *Broker) SetSIoT(on bool, port int) {
	if !on {
		b.siot.Stop()
		b.hook.disconnect(func(v *clientInfo) bool { return v.rights.Role == Lesson })
		return
	}
	port = cmp.Or(port, siot.DefaultPort)
	switch at, err := b.siot.Start(port); {
	case errors.Is(err, net.ErrClosed):
	case err != nil:
		b.log.Error("the web addresses for SIoT lessons can't be served", "err", err)
		b.notices.add(Notice{Kind: WebFailed, Wanted: port, Err: err})
	case at != port:
		b.notices.add(Notice{Kind: WebMoved, Port: at, Wanted: port})
	}
}

// SIoT reports whether the broker stands in for SIoT, where its web addresses
// are (0 = nowhere), and the port that another program has, where one had to be
// given up, or 0.
func (b *Broker) SIoT() (on bool, port, wanted int) {
	port, wanted = b.siot.Ports()
	return b.siot.On(), port, wanted
}

const webClientID = "lamplighter-siot-web"

// newSIoT makes the stand-in, whose web addresses publish as a client of mochi's that
// has no connection.
func (b *Broker) newSIoT() *siot.Service {
	lesson := b.hook.rightsOf(Account{User: siot.User, Role: Lesson})
	inner, other := net.Pipe()
	_ = other.Close() // nothing is ever sent to it
	c := &conn{Conn: inner}
	c.info.Store(&clientInfo{id: webClientID, user: siot.User, name: siot.User, rights: lesson})
	client := b.server.NewClient(c, webClientID, webClientID, true)
	return siot.New(siot.Options{
		Host: b.o.Host, MayPublish: lesson.mayPublish, MayReceive: lesson.mayReceive,
		Publish: func(topic string, payload []byte) error {
			return b.server.InjectPacket(client, packets.Packet{
				FixedHeader: packets.FixedHeader{Type: packets.Publish}, TopicName: topic, Payload: payload,
			})
		},
		Denied: func(topic, addr string) {
			n := Notice{Kind: Denied, User: siot.User, Topic: shorten(topic), Addr: addr}
			if lesson.isHeldBack(topic) {
				n.Kind, n.Topic = HeldBack, ""
			}
			b.notices.add(n)
		},
		BadLogin: func(user, addr string) {
			name := b.accounts.shownName(user)
			b.notices.add(Notice{Kind: BadLogin, User: name, Unknown: name != shorten(user), Addr: addr})
		},
	})
}
