package platformtest

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/listeners"

	"lamplighter/device/devicetest"
)

const (
	connectTime = 10 * time.Second // from the first byte to CONNECT
	writeTime   = 10 * time.Second // one write on a socket that is stuck
)

// conn is one connection. A client that reads nothing can't stop the platform.
type conn struct {
	net.Conn
	session *session // nil before CONNECT
}

func (c *conn) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// SetDeadline sets the deadline of reads only: mochi means the keepalive by it,
// and writes have their own.
func (c *conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// listener hands TCP connections to mochi, and ends them itself: mochi may hang
// when a client leaves just then.
type listener struct {
	net net.Listener

	mu     sync.Mutex
	live   map[*conn]struct{}
	closed bool
	wg     sync.WaitGroup
}

func newListener(l net.Listener) *listener { return &listener{net: l, live: map[*conn]struct{}{}} }

// Init, ID, Address, Protocol, Serve and Close are what mochi asks of a listener.
func (l *listener) Init(*slog.Logger) error { return nil }

// ID names the listener.
func (l *listener) ID() string { return "tcp" }

// Address is where it listens.
func (l *listener) Address() string { return l.net.Addr().String() }

// Protocol is the network's name.
func (l *listener) Protocol() string { return "tcp" }

// Serve accepts connections until Close.
func (l *listener) Serve(establish listeners.EstablishFn) {
	for {
		inner, err := l.net.Accept()
		if err != nil {
			return
		}
		c := &conn{Conn: inner}
		if !l.enter(c) {
			_ = inner.Close()
			return
		}
		go func() {
			defer l.remove(c)
			if c.SetDeadline(time.Now().Add(connectTime)) == nil {
				_ = establish(l.ID(), c) // how a connection ended is no news here
			}
		}()
	}
}

func (l *listener) enter(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.live[c] = struct{}{}
	l.wg.Add(1)
	return true
}

func (l *listener) remove(c *conn) {
	_ = c.Close()
	l.mu.Lock()
	delete(l.live, c)
	l.mu.Unlock()
	l.wg.Done()
}

// Close stops listening and ends all connections.
func (l *listener) Close(listeners.CloseFn) {
	_ = l.net.Close()
	l.mu.Lock()
	l.closed = true
	for c := range l.live {
		_ = c.Close()
	}
	l.mu.Unlock()
	l.wg.Wait()
}

// web is a platform's HTTP server; nil where it has none.
type web struct {
	handler http.Handler
	addr    string
	server  *http.Server
}

// newWeb gives a platform's HTTP server an address that stays the same.
func newWeb(t testing.TB, h http.Handler) *web {
	return &web{handler: h, addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(devicetest.Port(t)))}
}

func (w *web) start() error {
	if w == nil {
		return nil
	}
	l, err := net.Listen("tcp", w.addr)
	if err != nil {
		return err
	}
	w.server = &http.Server{Handler: w.handler, ReadHeaderTimeout: connectTime}
	go func(s *http.Server) { _ = s.Serve(l) }(w.server) // ends with stop
	return nil
}

func (w *web) stop() {
	if w == nil || w.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if w.server.Shutdown(ctx) != nil {
		_ = w.server.Close()
	}
	w.server = nil
}
