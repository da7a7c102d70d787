// Package siot is what SIoT (github.com/vvlink/SIoT, V1) is beside an MQTT broker: the
// login that all of its programs use, topics of two levels, and web addresses that
// publish and that tell what was published. Many Chinese schoolbooks are written for
// it, so a broker that stands in for it runs their programs unchanged.
//
// It knows no connection, no account and no rights: the broker says who may what, and
// publishes. It keeps messages in memory only, within bounds, and never answers a page
// of the internet.
package siot

import (
	"crypto/subtle"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"lamplighter/device/topic"
)

// The login of SIoT, as its documentation prints it.
const (
	User     = "siot"
	Password = "dfrobot"
)

// DefaultPort is where SIoT serves its web addresses.
const DefaultPort = 8080

// IsLogin reports whether this is the well-known login.
func IsLogin(user, password string) bool {
	return user == User && subtle.ConstantTimeCompare([]byte(password), []byte(Password)) == 1
}

// IsTopic reports whether a topic has SIoT's form, "project/device". Home
// Assistant's topics are no lesson's, and $ begins the broker's own.
func IsTopic(name string) bool { return topic.HasLevels(name, 2) && isLessons(name) }

// Overlaps reports whether a filter matches some topic of that form.
func Overlaps(filter string) bool { return topic.MatchesLevels(filter, 2) && isLessons(filter) }

func isLessons(s string) bool { return !topic.IsInternal(s) && !topic.IsBelow(s, "homeassistant") }

// Options are what a Service asks of its broker. The functions are called from any
// goroutine.
type Options struct {
	Host       string                                   // where the web addresses are; "" = every interface
	Publish    func(topic string, payload []byte) error // as a program of a lesson
	MayPublish func(topic string) bool                  // the rights of such a program
	MayReceive func(topic string) bool
	Denied     func(topic, addr string) // told of a publish that is not allowed, from an IP address
	BadLogin   func(user, addr string)  // told of a login that is not SIoT's
	Now        func() time.Time         // nil = time.Now
}

// Service is SIoT's web addresses and the messages that they tell of. Its methods may
// be called from any goroutine. While it is off it costs one atomic load a message.
type Service struct {
	o    Options
	on   atomic.Bool
	past *history

	mu     sync.Mutex
	closed bool
	web    *web // nil = off, or nowhere to listen
	wanted int  // the port that another program has, or 0
}

// New makes a Service that is off.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{o: o, past: newHistory(o.Now)}
}

// Start begins to note messages and to serve the web addresses: on port, or on
// another one where that is taken, which it returns. Where they can't be served it
// fails, and is on all the same; after Close it fails with [net.ErrClosed].
func (s *Service) Start(port int) (at int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end()
	if s.closed {
		return 0, net.ErrClosed
	}
	s.on.Store(true)
	if s.web, err = serve(s, port); err != nil {
		return 0, err
	}
	if at = s.web.port(); at != port {
		s.wanted = port
	}
	return at, nil
}

// Stop ends that, and forgets the messages that were noted.
func (s *Service) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end()
	s.on.Store(false)
	s.past.clear()
}

// Close ends the web addresses for good.
func (s *Service) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.end()
}

// end ends the web addresses. The caller holds the lock.
func (s *Service) end() {
	s.web.close()
	s.web, s.wanted = nil, 0
}

// On reports whether it is on.
func (s *Service) On() bool { return s.on.Load() }

// Ports returns where the web addresses are (0 = nowhere), and the port that another
// program has, where one had to be given up, or 0.
func (s *Service) Ports() (port, wanted int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.web != nil {
		port = s.web.port()
	}
	return port, s.wanted
}

// Note notes a message for the web addresses, if it is a lesson's.
func (s *Service) Note(topic string, payload []byte) {
	if s.on.Load() && IsTopic(topic) && len(payload) > 0 {
		s.past.add(topic, payload)
	}
}
