package platformtest

import (
	"slices"
	"sync"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"lamplighter/device/topic"
)

// session is one connection of a client.
type session struct {
	cl     *mqtt.Client
	id     string // as the client says it
	answer answer
	key    any // what a platform's rules remember of it

	filters map[string]struct{} // granted; under Server.mu
	asked   map[string]byte     // QoS of the SUBSCRIBE that is looked at; of the client's goroutine
}

// hangUp ends the connection; mochi then publishes its will.
func (s *session) hangUp() { _ = s.cl.Net.Conn.Close() }

// isSubscribed reports whether the client subscribed to a topic.
func (s *session) isSubscribed(name string) bool {
	for f := range s.filters {
		if topic.Matches(f, name) {
			return true
		}
	}
	return false
}

// send hands the client a message, at QoS 0: no platform here promises more.
func (s *session) send(topic string, payload []byte, retained bool) {
	_ = s.cl.WritePacket(packets.Packet{ // one that has gone needs nothing
		FixedHeader: packets.FixedHeader{Type: packets.Publish, Retain: retained},
		TopicName:   topic,
		Payload:     slices.Clone(payload),
	})
}

// rate counts what happened within a span of time that moves on.
type rate struct{ times []time.Time }

// count tells how often it happened since now-within.
func (r *rate) count(now time.Time, within time.Duration) int {
	r.times = slices.DeleteFunc(r.times, func(t time.Time) bool { return now.Sub(t) >= within })
	return len(r.times)
}

// add counts one more and tells how many there are.
func (r *rate) add(now time.Time, within time.Duration) int {
	r.times = append(r.times, now)
	return r.count(now, within)
}

// free tells when the oldest is forgotten.
func (r *rate) free(now time.Time, within time.Duration) time.Duration {
	if len(r.times) == 0 {
		return 0
	}
	return within - now.Sub(r.times[0])
}

// Clock is a clock that a test moves by hand.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock makes a clock that shows this moment and stands still.
func NewClock() *Clock { return &Clock{at: time.Now()} }

// Now is what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Add moves the clock on.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
