package broker

import (
	"crypto/subtle"
	"sync"
	"sync/atomic"

	"lamplighter/device/topic"
)

// SIoT (github.com/vvlink/SIoT, V1) is the MQTT server that many Chinese
// schoolbooks are written for. This broker can stand in for it, so that their
// programs run unchanged: the login that all of them use, topics of two levels,
// and SIoT's web addresses (siot_web.go).

// The login of SIoT, as its documentation prints it.
const (
	SIoTUser     = "siot"
	SIoTPassword = "dfrobot"
)

// DefaultSIoTPort is where SIoT serves its web addresses.
const DefaultSIoTPort = 8080

// siot is the stand-in. While it is off it costs one atomic load a message.
type siot struct {
	on   atomic.Bool
	past *history

	mu     sync.Mutex
	closed bool
	web    *siotWeb // nil = off, or nowhere to listen
	wanted int      // the port that another program has, or 0
}

// SetSIoT makes the broker stand in for SIoT from now on: programs log in as
// [SIoTUser], with a pupil's rights and every topic of two levels besides, and
// SIoT's web addresses are served on port (0 = [DefaultSIoTPort]), on a free
// one where that is taken, and not at all where none is free; both are told by
// a notice. Or it ends that: such programs are disconnected, and the messages
// that were noted for the web addresses are forgotten.
//
// The password is known to everybody who has the book, so while it is on anyone
// in this network may switch the classroom's lamps.
func (b *Broker) SetSIoT(on bool, port int) {
	s := b.siot
	s.mu.Lock()
	defer s.mu.Unlock()
	s.web.close()
	s.web, s.wanted = nil, 0
	if s.closed {
		return
	}
	s.on.Store(on)
	b.accounts.setSIoT(on)
	if !on {
		s.past.clear()
		b.hook.disconnect(func(v *clientInfo) bool { return v.rights.Role == Lesson })
		return
	}
	if port == 0 {
		port = DefaultSIoTPort
	}
	web, err := serveSIoT(b, port)
	if err != nil {
		b.log.Error("the web addresses for SIoT lessons can't be served", "err", err)
		b.notices.say(Notice{Kind: WebFailed, Wanted: port, Err: err})
		return
	}
	s.web = web
	if web.port() != port {
		s.wanted = port
		b.notices.say(Notice{Kind: WebMoved, Port: web.port(), Wanted: port})
	}
}

// SIoT reports whether the broker stands in for SIoT, where its web addresses
// are (0 = nowhere), and the port that another program has, where one had to be
// given up, or 0.
func (b *Broker) SIoT() (on bool, port, wanted int) {
	s := b.siot
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.web != nil {
		port = s.web.port()
	}
	return s.on.Load(), port, s.wanted
}

func (s *siot) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.web.close()
	s.web = nil
}

// keep notes a message for the web addresses.
func (s *siot) keep(topic string, payload []byte) {
	if s.on.Load() && isPair(topic) && len(payload) > 0 {
		s.past.add(topic, payload)
	}
}

// isSIoT reports whether this is the well-known login.
func isSIoT(user, password string) bool {
	return user == SIoTUser && subtle.ConstantTimeCompare([]byte(password), []byte(SIoTPassword)) == 1
}

// isPair reports whether a topic has SIoT's form, "project/device". Home
// Assistant's topics are no lesson's, and $ begins the broker's own.
func isPair(name string) bool { return topic.HasLevels(name, 2) && isLessons(name) }

// meetsPair reports whether a filter matches some topic of that form.
func meetsPair(filter string) bool { return topic.MatchesLevels(filter, 2) && isLessons(filter) }

func isLessons(s string) bool { return !topic.IsInternal(s) && !topic.IsBelow(s, discovery) }
