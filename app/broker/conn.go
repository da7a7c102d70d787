package broker

import (
	"cmp"
	"errors"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lamplighter/app/listen"
	"lamplighter/device/crash"

	"github.com/mochi-mqtt/server/v2/listeners"
)

// conn is one client's connection. No write on it blocks for ever, and one that
// fails ends it: half a packet must never be followed by another.
type conn struct {
	net.Conn
	info   atomic.Pointer[clientInfo] // nil before the login
	done   chan struct{}              // closed when mochi is done with it
	number uint64                     // counts up from connection to connection

	frames  framing // of the reading goroutine
	connect connect // what its CONNECT said; of mochi's goroutine for it
	ahead   []byte  // read already, and not handed over; the same

	mu     sync.Mutex
	corked bool   // small writes are gathered
	out    []byte // what was gathered
}

// corkBytes is how much is gathered at most.
const corkBytes = 16 << 10

// Write writes p, or gathers it until uncork.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.corked && len(c.out)+len(p) <= corkBytes {
		c.out = append(c.out, p...)
		return len(p), nil
	}
	if err := c.flush(); err != nil {
		return 0, err
	}
	return c.write(p)
}

// cork gathers small writes from now on, until uncork.
func (c *conn) cork() {
	c.mu.Lock()
	c.corked = true
	c.mu.Unlock()
}

// uncork writes what was gathered.
func (c *conn) uncork() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.corked = false
	return c.flush()
}

// flush writes what was gathered. The caller holds the lock.
func (c *conn) flush() error {
	if len(c.out) == 0 {
		return nil
	}
	_, err := c.write(c.out)
	c.out = c.out[:0]
	return err
}

func (c *conn) write(p []byte) (int, error) {
	err := c.SetWriteDeadline(time.Now().Add(writeTime))
	if err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	if err != nil {
		_ = c.Close()
	}
	return n, err
}

// SetDeadline sets the deadline of reads only: mochi means the keepalive by it,
// and writes have their own.
func (c *conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// ip is where the client is, without its port.
func (c *conn) ip() string {
	if a := listen.Host(c.RemoteAddr().String()); a.IsValid() {
		return a.String()
	}
	return c.RemoteAddr().String()
}

// isIn reports whether its client has logged in.
func (c *conn) isIn() bool {
	v := c.info.Load()
	return v != nil && v.refuse == 0
}

func (c *conn) isLoopback() bool {
	return listen.Host(c.RemoteAddr().String()).IsLoopback()
}

// connLimiter is every connection of a broker, whichever listener it came through.
type connLimiter struct {
	full    func(c *conn, holder string) // told of a connection that was refused or ended, and of the address that has most
	broken  func(*conn, any)             // told of a connection on which mochi panicked, and why
	left    func(*conn)                  // told of a connection that is over
	goodbye func()                       // tells all clients that the broker ends

	mu     sync.Mutex
	live   map[*conn]struct{}
	count  uint64 // of all that there ever were
	closed bool
	wg     sync.WaitGroup
}

func newConnLimiter() *connLimiter {
	return &connLimiter{
		full: func(*conn, string) {}, broken: func(*conn, any) {}, left: func(*conn) {}, goodbye: func() {},
		live: map[*conn]struct{}{},
	}
}

// serve runs one connection to its end on a goroutine of its own, if there is
// room for it.
func (w *connLimiter) serve(inner net.Conn, run func(net.Conn)) {
	c := &conn{Conn: inner, done: make(chan struct{})}
	if !w.enter(c) {
		_ = inner.Close()
		return
	}
	crash.Go(func() {
		defer w.release(c)
		defer w.rescue(c)
		// mochi sets deadlines only after CONNECT.
		if c.SetDeadline(time.Now().Add(connectTime)) == nil {
			run(c)
		}
	})
}

// rescue keeps one client's packet from ending the whole program: mochi 2.7.9
// reads beyond the end of a SUBSCRIBE of version 5 (packets.go, SubscribeDecode).
func (w *connLimiter) rescue(c *conn) {
	if why := recover(); why != nil {
		w.broken(c, why)
	}
}

// enter reports whether there is room for a connection. Where there is none, the
// one that has been silent for longest without a login ends, of the address that
// has most such.
func (w *connLimiter) enter(c *conn) bool {
	limit := maxClients
	if c.isLoopback() {
		limit += reserved
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	if len(w.live) >= limit {
		silent, holder := w.most(func(c *conn) bool { return !c.isIn() })
		if len(silent) == 0 {
			_, holder = w.most(func(*conn) bool { return true })
			w.full(c, holder)
			return false
		}
		w.drop(silent[0], holder)
	}
	w.count++
	c.number = w.count
	w.live[c] = struct{}{}
	w.wg.Add(1)
	return true
}

// login reports whether there is a place for who has logged in as v, and gives it
// to him. Guests have no more than what boards leave to them, and where these are
// taken they are shared out among the addresses; a board that has many connections
// loses the oldest.
func (w *connLimiter) login(c *conn, v *clientInfo) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	guest := func(c *conn) bool { return c.isIn() && c.info.Load().rights.Role.isGuests() }
	switch {
	case v.rights.Role.isGuests() && w.number(guest) >= maxClients-boardPlaces:
		theirs, holder := w.most(guest)
		mine := w.number(func(o *conn) bool { return guest(o) && o.ip() == c.ip() })
		if len(theirs) <= mine+1 {
			w.full(c, holder)
			return false
		}
		w.drop(theirs[len(theirs)-1], holder)
	case v.rights.Role == Board:
		own := w.list(func(o *conn) bool { return o.isIn() && o.info.Load().user == v.user })
		if len(own) >= maxOfBoard {
			w.drop(own[0], own[0].ip())
		}
	}
	c.info.Store(v)
	return true
}

// has reports whether a connection is still among them.
func (w *connLimiter) has(c *conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.live[c]
	return ok && !w.closed
}

// drop ends a connection to make room for another. The caller holds the lock.
func (w *connLimiter) drop(c *conn, holder string) {
	delete(w.live, c)
	if v := c.info.Load(); v != nil {
		v.removed.Store(true)
	}
	_ = c.Close()
	w.full(c, holder)
}

// most lists the connections, of those that pick picks, of the address that has
// most of them, the oldest first. The caller holds the lock.
func (w *connLimiter) most(pick func(*conn) bool) (list []*conn, addr string) {
	at := map[string][]*conn{}
	for _, c := range w.list(pick) {
		at[c.ip()] = append(at[c.ip()], c)
	}
	for a, l := range at {
		if len(l) > len(list) || len(l) == len(list) && l[0].number < list[0].number {
			list, addr = l, a
		}
	}
	return list, addr
}

// list lists the connections that pick picks, the oldest first. The caller holds
// the lock.
func (w *connLimiter) list(pick func(*conn) bool) (list []*conn) {
	for c := range w.live {
		if pick(c) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *conn) int { return cmp.Compare(a.number, b.number) })
	return list
}

// number counts the connections that pick picks. The caller holds the lock.
func (w *connLimiter) number(pick func(*conn) bool) (n int) {
	for c := range w.live {
		if pick(c) {
			n++
		}
	}
	return n
}

func (w *connLimiter) release(c *conn) {
	_ = c.Close()
	w.mu.Lock()
	delete(w.live, c)
	w.mu.Unlock()
	w.left(c)
	close(c.done)
	w.wg.Done()
}

// all lists the connections.
func (w *connLimiter) all() []*conn {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Keys(w.live))
}

// end lets nobody in any more, says goodbye, ends every connection and waits
// until mochi is done with them.
func (w *connLimiter) end() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	late := time.AfterFunc(goodbyeTime, w.hangUp) // for a client that takes nothing any more
	w.goodbye()
	late.Stop()
	w.hangUp()
	w.wg.Wait()
}

func (w *connLimiter) hangUp() {
	for _, c := range w.all() {
		_ = c.Close()
	}
}

// listener hands TCP connections to mochi.
type listener struct {
	id    string
	net   net.Listener
	conns *connLimiter
}

// Init, Serve, ID, Address, Protocol and Close are what mochi asks of a listener.
func (l *listener) Init(*slog.Logger) error { return nil }

// ID names the listener.
func (l *listener) ID() string { return l.id }

// Address is where it listens.
func (l *listener) Address() string { return l.net.Addr().String() }

// Protocol is the network's name.
func (l *listener) Protocol() string { return "tcp" }

// Serve accepts connections until Close.
func (l *listener) Serve(establish listeners.EstablishFn) {
	for {
		c, err := l.net.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			time.Sleep(50 * time.Millisecond) // out of files, say: not a reason to stop for ever
			continue
		}
		l.conns.serve(c, func(c net.Conn) { _ = establish(l.id, c) })
	}
}

// Close stops listening and ends all connections. What mochi gives for that is
// not used: 2.7.9 locks its list of clients for reading twice (clients.go,
// GetByListener), and hangs for ever if one leaves just then.
func (l *listener) Close(listeners.CloseFn) {
	_ = l.net.Close()
	l.conns.end()
}

func (l *listener) port() int { return listen.Port(l.net.Addr()) }
