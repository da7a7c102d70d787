// Package platformtest stands in for the platforms that schools use, in tests: each
// server keeps one platform's documented rules, does to a client that breaks one
// what the platform would do, and notes it as a sentence, so that a test can
// demand that there is none.
//
// It is test support: the program never imports it. It listens on 127.0.0.1
// only. What it knows of a platform, and how surely, stands where the rule is:
// "documented" is the platform's own text, "measured" what somebody published
// who tried it, and "assumed" is ours, for want of both.
package platformtest

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"

	"lamplighter/device/devicetest"
	"lamplighter/device/topic"
)

// Bounds of what is noted; a client in a loop must not fill the memory.
const (
	maxNotes    = 1000
	maxMessages = 20000
)

// Server is what all platforms have in common. Its methods may be called from
// any goroutine.
type Server struct {
	t     testing.TB
	name  string // of the platform
	rules rules
	now   func() time.Time
	qos   byte // the highest that a subscription is granted
	port  int

	server *mqtt.Server // of the test's goroutine
	web    *web

	mu         sync.Mutex // held while any rule is looked at
	sessions   map[*session]struct{}
	violations []string
	kicks      []string
	retained   map[string][]byte
	published  map[string][][]byte
	count      int
	secrets    []string
	serial     int
}

// rules are what one platform allows. All are called with Server.mu held.
type rules interface {
	// login answers a CONNECT.
	login(s *session, c connect) answer
	// subscribing sees a SUBSCRIBE before its filters are looked at.
	subscribing(s *session, filters int)
	// subscribe reports whether one filter is granted.
	subscribe(s *session, filter string, qos byte) bool
	// publish does what a platform does with a message, and with a will.
	publish(s *session, m message)
}

// lenient sees nothing in a SUBSCRIBE as such.
type lenient struct{}

func (lenient) subscribing(*session, int) {}

// answer is a CONNACK return code of MQTT 3.1.1 (3.2.2.3), or hangUp.
type answer int

const (
	welcome    answer = 0
	badVersion answer = 1
	badID      answer = 2
	badLogin   answer = 4
	forbidden  answer = 5
	hangUp     answer = -1 // the connection ends without a CONNACK
)

// connect is what a client says of itself.
type connect struct {
	id, user, password string
	version            byte
	keepAlive          int // seconds
	clean              bool
	will               *message
}

// message is what was published, or is sent.
type message struct {
	topic   string
	payload []byte
	qos     byte
	retain  bool
	will    bool
}

// start makes a server listen; it ends with the test.
func start(t testing.TB, name string, qos byte, now func() time.Time, r func(*Server) rules) *Server {
	t.Helper()
	if now == nil {
		now = time.Now
	}
	d := &Server{
		t: t, name: name, now: now, qos: qos, port: devicetest.Port(t), sessions: map[*session]struct{}{},
		retained: map[string][]byte{}, published: map[string][][]byte{},
	}
	d.rules = r(d)
	d.Start()
	t.Cleanup(d.Stop)
	return d
}

// Host is where the server listens.
func (d *Server) Host() string { return "127.0.0.1" }

// Port is where the server listens for MQTT; it stays the same over Stop and Start.
func (d *Server) Port() int { return d.port }

// Web is the address of the platform's HTTP server, as http://127.0.0.1:8080,
// or "" where it has none.
func (d *Server) Web() string {
	if d.web == nil {
		return ""
	}
	return "http://" + d.web.addr
}

// Start listens again after Stop. It does nothing while the server listens.
func (d *Server) Start() {
	d.t.Helper()
	if d.server != nil {
		return
	}
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", d.port))
	if err != nil {
		d.t.Fatalf("%s: %v", d.name, err)
	}
	if d.server, err = serve(d, l); err != nil {
		d.t.Fatalf("%s: %v", d.name, err)
	}
	if err := d.web.start(); err != nil {
		d.t.Fatalf("%s: %v", d.name, err)
	}
}

// Stop ends all connections and listens no more, as a platform that is down.
// What the platform has kept stays.
func (d *Server) Stop() {
	if d.server == nil {
		return
	}
	d.web.stop()
	_ = d.server.Close() // its hooks and listener give no error
	d.server = nil
}

// Violations are the rules that clients broke, in order, as English sentences.
func (d *Server) Violations() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.violations)
}

// Clients are the client ids of who is connected, sorted; an id that is there
// twice is listed twice.
func (d *Server) Clients() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var ids []string
	for s := range d.sessions {
		ids = append(ids, s.id)
	}
	slices.Sort(ids)
	return ids
}

// TakenOver are the client ids that a second connection took from a first one.
func (d *Server) TakenOver() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.kicks)
}

// Published are the payloads that clients published to exactly this topic, in
// order, wills and what the platform refused among them.
func (d *Server) Published(topic string) [][]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.published[topic])
}

// Drop cuts the connections with a client id, as a network that fails: the
// client's will is published.
func (d *Server) Drop(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for s := range d.sessions {
		if s.id == id {
			s.hangUp()
		}
	}
}

// ForbidSecret notes every message that holds a secret, as a WiFi password.
func (d *Server) ForbidSecret(secret string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.secrets = append(d.secrets, secret)
}

// Send publishes a message as the platform's own page does, to all subscribers.
func (d *Server) Send(topic, payload string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.deliver(topic, []byte(payload), nil)
}

// broke notes that a client broke a rule. The sentence goes on after the
// platform's and the client's name.
func (d *Server) broke(s *session, format string, args ...any) {
	if len(d.violations) < maxNotes {
		d.violations = append(d.violations, fmt.Sprintf("%s: the client %q ", d.name, s.id)+fmt.Sprintf(format, args...))
	}
}

// note keeps what was published.
func (d *Server) note(s *session, m message) {
	if d.count++; d.count <= maxMessages {
		d.published[m.topic] = append(d.published[m.topic], slices.Clone(m.payload))
	}
	for _, secret := range d.secrets {
		if strings.Contains(m.topic, secret) || strings.Contains(string(m.payload), secret) {
			d.broke(s, "sent a secret to %q", m.topic)
		}
	}
}

// keep is what a broker does with a message whose retain flag is set.
func (d *Server) keep(m message) {
	switch {
	case !m.retain:
	case len(m.payload) == 0:
		delete(d.retained, m.topic)
	default:
		d.retained[m.topic] = m.payload
	}
}

// deliver sends a message to everybody who subscribed to its topic, but for one.
func (d *Server) deliver(topic string, payload []byte, but *session) {
	for s := range d.sessions {
		if s != but && s.isSubscribed(topic) {
			s.send(topic, payload, false)
		}
	}
}

// hand sends what is kept to who has just subscribed.
func (d *Server) hand(s *session, filters []string) {
	for name, payload := range d.retained {
		if slices.ContainsFunc(filters, func(f string) bool { return topic.Matches(f, name) }) {
			s.send(name, payload, true)
		}
	}
}

// find is the connection of a client id, or nil.
func (d *Server) find(id string) *session {
	for s := range d.sessions {
		if s.id == id {
			return s
		}
	}
	return nil
}
