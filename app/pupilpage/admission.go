package pupilpage

import (
	"crypto/subtle"
	"net"
	"net/netip"
	"sync"
	"time"

	"lamplighter/app/listen"
	"lamplighter/device/random"
)

// Bounds of who is let in.
const (
	commandRate   = 5   // a second of one pupil, and as many at once
	classRate     = 100 // commands a second of all pupils
	classBurst    = 200
	addressRate   = 100
	addressBurst  = 300
	codeRate      = 2 // codes tried a second from one address
	codeBurst     = 40
	maxAddresses  = 1024 // whose rates are kept
	maxConns      = 256
	maxOfAddress  = 128 // connections: a whole class may be behind one router
	maxStreams    = 3   // of one pupil
	maxAllStreams = 192
)

// bucket bounds a rate. The zero bucket is full.
type bucket struct {
	used float64
	at   time.Time
}

// allow reports whether one more is within the rate.
func (b *bucket) allow(now time.Time, perSecond, burst float64) bool {
	b.used = max(0, b.used-now.Sub(b.at).Seconds()*perSecond)
	b.at = now
	if b.used+1 > burst {
		return false
	}
	b.used++
	return true
}

// guest is a pupil as the server knows it.
type guest struct {
	id      int
	rate    bucket
	streams int
}

// caller is an address as the server knows it.
type caller struct {
	requests, codes bucket
	conns           int
}

// admission says who comes in, and how fast. Its methods may be called from any
// goroutine and never wait for the state's.
type admission struct {
	mu      sync.Mutex
	code    string
	guests  map[string]*guest // by token
	callers map[netip.Addr]*caller
	class   bucket
	conns   int
	streams int
	now     func() time.Time
}

func newAdmission(code string, now func() time.Time) *admission {
	return &admission{code: code, guests: map[string]*guest{}, callers: map[netip.Addr]*caller{}, now: now}
}

// caller finds an address, and makes room for it. The caller holds the lock.
func (d *admission) caller(a netip.Addr) *caller {
	c := d.callers[a]
	if c != nil {
		return c
	}
	if len(d.callers) >= maxAddresses {
		for old, x := range d.callers {
			if x.conns == 0 {
				delete(d.callers, old)
			}
		}
	}
	c = &caller{}
	d.callers[a] = c
	return c
}

// connect reports whether there is room for a connection; disconnect ends one.
func (d *admission) connect(a netip.Addr) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.caller(a)
	if d.conns >= maxConns || c.conns >= maxOfAddress {
		return false
	}
	d.conns++
	c.conns++
	return true
}

func (d *admission) disconnect(a netip.Addr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conns--
	d.caller(a).conns--
}

// mayAsk reports whether a request of an address is within its rate.
func (d *admission) mayAsk(a netip.Addr) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.caller(a).requests.allow(d.now(), addressRate, addressBurst)
}

// knows reports whether a code is right, or why it is refused. One of 49 bits is not
// found in a lesson at the rate of an address's requests.
func (d *admission) knows(a netip.Addr, code string) refusal {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case subtle.ConstantTimeCompare([]byte(code), []byte(d.code)) == 1:
		return "" // a class behind one address comes at once
	case !d.caller(a).codes.allow(d.now(), codeRate, codeBurst):
		return tooFast
	}
	return wrongCode
}

// admit gives a pupil a token.
func (d *admission) admit(id int) (token string) {
	token = random.Hex(16)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.guests[token] = &guest{id: id}
	return token
}

// dismiss takes a pupil's token.
func (d *admission) dismiss(id int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for token, g := range d.guests {
		if g.id == id {
			delete(d.guests, token)
		}
	}
}

// guest is whose token it is, and whether it may ask for something now.
func (d *admission) guest(token string) (id int, why refusal) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := d.guests[token]
	switch {
	case g == nil:
		return 0, lessonOver
	case !g.rate.allow(d.now(), commandRate, commandRate):
		return g.id, tooFast
	case !d.class.allow(d.now(), classRate, classBurst):
		return g.id, isBusy
	}
	return g.id, ""
}

// openStream reports whether a pupil may have one more; closeStream ends one.
func (d *admission) openStream(token string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := d.guests[token]
	if g == nil || g.streams >= maxStreams || d.streams >= maxAllStreams {
		return false
	}
	g.streams++
	d.streams++
	return true
}

func (d *admission) closeStream(token string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.streams--
	if g := d.guests[token]; g != nil {
		g.streams--
	}
}

// gate is a listener that closes connections for which there is no room.
type gate struct {
	net.Listener
	admission *admission
	refused   func()
}

// sendBuffer bounds what the system keeps for a page that does not read, in bytes.
const sendBuffer = 64 << 10

// Accept gives the next connection for which there is room.
func (g *gate) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		a := listen.Host(c.RemoteAddr().String())
		if !g.admission.connect(a) {
			g.refused()
			_ = c.Close()
			continue
		}
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetWriteBuffer(sendBuffer) // a wish; the system's own bound holds otherwise
		}
		return &counted{Conn: c, over: sync.OnceFunc(func() { g.admission.disconnect(a) })}, nil
	}
}

// counted is a connection that is counted until it is closed.
type counted struct {
	net.Conn
	over func()
}

// Close closes the connection.
func (c *counted) Close() error {
	c.over()
	return c.Conn.Close()
}
