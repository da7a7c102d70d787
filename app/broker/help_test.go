package broker

import (
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

// heard gathers what goroutines tell, and lets a test wait for it.
type heard[T any] struct {
	mu   sync.Mutex
	all  []T
	news chan struct{}
}

func newHeard[T any]() *heard[T] { return &heard[T]{news: make(chan struct{}, 1)} }

func (h *heard[T]) put(v T) {
	h.mu.Lock()
	h.all = append(h.all, v)
	h.mu.Unlock()
	select {
	case h.news <- struct{}{}:
	default:
	}
}

func (h *heard[T]) list() []T {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]T(nil), h.all...)
}

// wait waits until one fits.
func (h *heard[T]) wait(t *testing.T, what string, fits func(T) bool) T {
	t.Helper()
	var found T
	until(t, what, func() bool {
		for _, v := range h.list() {
			if fits(v) {
				found = v
				return true
			}
		}
		return false
	})
	return found
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	end := time.Now().Add(time.Minute) // says nothing about speed
	for !done() {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func begin(t *testing.T, o Options) (*Broker, *heard[Notice]) {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	if o.Port == 0 {
		o.Port = devicetest.Port(t)
	}
	o.Host, o.Classroom = "127.0.0.1", "class"
	notices := newHeard[Notice]()
	o.Notice = notices.put
	b, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	b.accounts.rounds = 1000 // the slow hash is slower still under the race detector
	t.Cleanup(func() { _ = b.Close() })
	return b, notices
}

func account(t *testing.T, b *Broker, a Account, password string) {
	t.Helper()
	if err := b.SetAccount(a, password); err != nil {
		t.Fatal(err)
	}
}

func options(b *Broker, user, password string) link.Options {
	host, port := b.LocalAddr()
	return link.Options{Endpoint: endpoint.Endpoint{Host: host, Port: port}, User: user, Password: password}
}

func appOptions(b *Broker) link.Options {
	user, password := b.App()
	return options(b, user, password)
}

// client is a link whose states and messages a test can wait for.
type client struct {
	*link.Link
	states   *heard[link.State]
	messages *heard[link.Message]
	subs     *heard[link.SubState]
}

func join(t *testing.T, o link.Options, filters ...string) *client {
	t.Helper()
	c := &client{states: newHeard[link.State](), messages: newHeard[link.Message](), subs: newHeard[link.SubState]()}
	o.Subscribed = c.subs.put
	c.Link = link.Dial(o, c.messages.put, c.states.put)
	t.Cleanup(c.Close)
	c.states.wait(t, "online", func(s link.State) bool { return s.Phase == link.Online })
	for _, f := range filters {
		if err := c.Subscribe(f, 2); err != nil {
			t.Fatal(err)
		}
		c.subs.wait(t, "the subscription to "+f, func(s link.SubState) bool { return s.Filter == f })
	}
	return c
}

func (c *client) send(t *testing.T, topic, payload string, qos byte, retained bool) {
	t.Helper()
	if err := c.Publish(topic, []byte(payload), qos, retained); err != nil {
		t.Fatal(err)
	}
}

func (c *client) hears(t *testing.T, topic, payload string) link.Message {
	t.Helper()
	return c.messages.wait(t, topic+" = "+payload, func(m link.Message) bool {
		return m.Topic == topic && string(m.Payload) == payload
	})
}

// stayed reports whether the connection was never lost.
func (c *client) stayed() bool {
	online := 0
	for _, s := range c.states.list() {
		if s.Phase == link.Online {
			online++
		}
	}
	return online == 1 && c.State().Phase == link.Online
}

func wantFault(t *testing.T, err error, want fault.Fault) {
	t.Helper()
	var e *fault.Error
	if err == nil || !asError(err, &e) || e.Fault != want {
		t.Errorf("got %v, want the fault %v", err, want)
	}
}

// rawConnect logs in by hand from a local address, and tells the CONNACK code.
func rawConnect(t *testing.T, b *Broker, from, id, user, password string) (net.Conn, byte) {
	t.Helper()
	return rawLogin(t, b, from, id, user, password, 0xC2)
}

// rawLogin is rawConnect with other connect flags (MQTT 3.1.1, 3.1.2.3).
func rawLogin(t *testing.T, b *Broker, from, id, user, password string, flags byte) (net.Conn, byte) {
	t.Helper()
	return rawClient(t, b, from, id, user, password, flags, 60)
}

// rawClient is rawLogin with another keepalive, in seconds.
func rawClient(t *testing.T, b *Broker, from, id, user, password string, flags, keepAlive byte) (net.Conn, byte) {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: time.Minute}
	c, err := d.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(b.Port())))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	text := func(s string) []byte { return append([]byte{byte(len(s) >> 8), byte(len(s))}, s...) }
	body := append(text("MQTT"), 4, flags, 0, keepAlive)
	for _, s := range []string{id, user, password} {
		body = append(body, text(s)...)
	}
	if _, err := c.Write(append([]byte{0x10, byte(len(body))}, body...)); err != nil {
		t.Fatal(err)
	}
	var ack [4]byte
	if _, err := c.Read(ack[:]); err != nil {
		t.Fatalf("no CONNACK: %v", err)
	}
	if ack[0] != 0x20 {
		t.Fatalf("got % x for a CONNACK", ack)
	}
	return c, ack[3]
}

// present lists who is connected.
func present(b *Broker) (all []*clientInfo) {
	for _, c := range b.hook.conns.all() {
		if v := c.info.Load(); v != nil && v.in.Load() {
			all = append(all, v)
		}
	}
	return all
}
