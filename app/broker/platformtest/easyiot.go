package platformtest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lamplighter/device/topic"
)

// EasyIoTOptions say what the platform has.
type EasyIoTOptions struct {
	ID       string   // Iot_id
	Password string   // Iot_pwd
	Topics   []string // that the platform has made, as "Bkgk2zXb4"

	// Nobody has documented whether it keeps retained messages or takes a will.
	Retains     bool
	RefusesWill bool

	Now func() time.Time // nil = the system's clock
}

// EasyIoTBroker stands in for DFRobot's Easy IoT.
type EasyIoTBroker struct {
	*Server
}

// EasyIoT starts DFRobot's Easy IoT. Documented: the login, and that topics are
// made by the platform. Assumed, for there is no document: QoS 0 only, no
// wildcards, no more than one message a second from a client, as they arrive: a
// line that delays some may bring two or three at once.
func EasyIoT(t testing.TB, o EasyIoTOptions) *EasyIoTBroker {
	t.Helper()
	b := &EasyIoTBroker{}
	b.Server = start(t, "Easy IoT", 0, o.Now, func(d *Server) rules {
		return &easyRules{d: d, o: o, probed: map[string]bool{}}
	})
	return b
}

// burst is how many messages of a client may arrive at once, at one a second on average.
const burst = 3

type easyRules struct {
	lenient
	d      *Server
	o      EasyIoTOptions
	probed map[string]bool // topics on which a client found out about retained messages
}

func (r *easyRules) login(s *session, c connect) answer {
	s.key = &bucket{left: burst, at: r.d.now()}
	if c.user != r.o.ID || c.password != r.o.Password {
		return badLogin
	}
	if c.will == nil {
		return welcome
	}
	if !slices.Contains(r.o.Topics, c.will.topic) {
		r.d.broke(s, "has a will on %q, which the platform has not made", c.will.topic)
		return forbidden
	}
	if r.o.RefusesWill {
		return forbidden
	}
	return welcome
}

func (r *easyRules) subscribe(s *session, filter string, qos byte) bool {
	switch {
	case topic.HasWildcard(filter):
		r.d.broke(s, "subscribed with a wildcard: %q", filter)
		return false
	case !slices.Contains(r.o.Topics, filter):
		r.d.broke(s, "subscribed to %q, which the platform has not made", filter)
		return false
	case qos > 0:
		r.d.broke(s, "subscribed to %q at QoS %d", filter, qos)
	}
	return true
}

func (r *easyRules) publish(s *session, m message) {
	if b, ok := s.key.(*bucket); ok && !m.will && !b.allow(r.d.now()) {
		r.d.broke(s, "sent more than one message a second, the last to %q", m.topic)
	}
	if m.qos > 0 {
		r.d.broke(s, "published to %q at QoS %d", m.topic, m.qos)
	}
	if !slices.Contains(r.o.Topics, m.topic) {
		r.d.broke(s, "published to %q, which the platform has not made", m.topic)
		return
	}
	r.retain(s, m)
	r.d.deliver(m.topic, m.payload, nil) // to the sender too: both directions are one topic
}

// retain allows a retained message only where a client finds out what becomes of
// it, and the empty one with which it cleans up.
func (r *easyRules) retain(s *session, m message) {
	if !m.retain {
		return
	}
	if strings.HasPrefix(string(m.payload), "probe") {
		r.probed[m.topic] = true
	} else if len(m.payload) > 0 || !r.probed[m.topic] {
		r.d.broke(s, "published to %q to be retained, and nobody knows whether the platform does", m.topic)
	}
	if r.o.Retains {
		r.d.keep(m)
	}
}

// bucket fills by one a second.
type bucket struct {
	left float64
	at   time.Time
}

func (b *bucket) allow(now time.Time) bool {
	b.left = min(burst, b.left+now.Sub(b.at).Seconds())
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}
