// Package lossy is a line that loses MQTT packets, on this computer only: a proxy
// before a broker. TCP sends again what is lost on the way, so what is lost for good
// is lost with the connection: the line swallows a packet and then breaks, as a radio
// link does that is gone for too long.
package lossy

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"lamplighter/device/crash"
)

// Fate is what becomes of one PUBLISH of a client.
type Fate int

// The fates.
const (
	Passes     Fate = iota
	LosesIt         // it never reaches the broker
	LosesReply      // it reaches the broker, and the broker's answer is lost
)

// Plan says what becomes of each PUBLISH of a client, counted from 0 through all
// connections. It is called by one goroutine at a time.
type Plan func(n int) Fate

// Every is a plan of ten messages and those after them: the third and the eighth are
// lost, and the answer to the fifth.
func Every(n int) Fate {
	switch n % 10 {
	case 2, 7:
		return LosesIt
	case 4:
		return LosesReply
	}
	return Passes
}

// Bounds.
const (
	maxConns  = 8        // connections at once; more are closed
	maxPacket = 64 << 10 // bytes; a larger packet breaks the line
	dialTime  = 5 * time.Second
	endTime   = 2 * time.Second // for the broker to end its side
)

// Lost is what a line has lost.
type Lost struct {
	Messages int // that never reached the broker
	Replies  int // of the broker
}

// Line is the proxy.
type Line struct {
	target   string
	plan     Plan
	listener net.Listener

	mu    sync.Mutex
	count int           // of PUBLISH
	more  chan struct{} // closed at the next one
	lost  Lost
	conns map[net.Conn]bool
	shut  bool
	all   sync.WaitGroup
}

// Listen begins a line to a broker, host and port, at a port of this computer.
func Listen(target string, plan Plan) (*Line, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	line := &Line{target: target, plan: plan, listener: l, conns: map[net.Conn]bool{}, more: make(chan struct{})}
	line.all.Add(1)
	crash.Go(line.accept)
	return line, nil
}

// Port is where the line begins, on 127.0.0.1.
func (l *Line) Port() int {
	if a, ok := l.listener.Addr().(*net.TCPAddr); ok {
		return a.Port
	}
	return 0
}

// Lost is what was lost so far.
func (l *Line) Lost() Lost {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// Published is how many PUBLISH came to the line so far, lost ones among them; more is
// closed when there is another one.
func (l *Line) Published() (n int, more <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count, l.more
}

// Close lets no connection over the line any more, and ends those that have not ended
// by themselves within two seconds.
func (l *Line) Close() {
	l.mu.Lock()
	l.shut = true
	l.mu.Unlock()
	_ = l.listener.Close()
	late := time.AfterFunc(endTime, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		for c := range l.conns {
			_ = c.Close()
		}
	})
	defer late.Stop()
	l.all.Wait()
}

func (l *Line) accept() {
	defer l.all.Done()
	for {
		client, err := l.listener.Accept()
		if err != nil {
			return
		}
		if !l.keep(client) {
			_ = client.Close()
			continue
		}
		crash.Go(func() { l.serve(client) })
	}
}

// keep notes a connection, so that Close ends it, and reports whether it may be.
func (l *Line) keep(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shut || len(l.conns) >= 2*maxConns {
		return false
	}
	l.conns[c] = true
	l.all.Add(1)
	return true
}

func (l *Line) forget(c net.Conn) {
	_ = c.Close()
	l.mu.Lock()
	delete(l.conns, c)
	l.mu.Unlock()
	l.all.Done()
}

func (l *Line) serve(client net.Conn) {
	defer l.forget(client)
	broker, err := net.DialTimeout("tcp", l.target, dialTime)
	if err != nil {
		return
	}
	if !l.keep(broker) {
		_ = broker.Close()
		return
	}
	defer l.forget(broker)
	c := &carrier{line: l, client: client, broker: broker, sent: map[uint16]bool{}}
	over := make(chan struct{})
	crash.Go(func() {
		defer close(over)
		c.down()
	})
	c.up()
	_ = client.Close()
	c.finish()
	<-over
}

// carrier carries the packets of one connection.
type carrier struct {
	line           *Line
	client, broker net.Conn

	mu      sync.Mutex
	swallow uint16          // packet id whose answer is lost; 0 = none
	sent    map[uint16]bool // packet ids of what the client has published on this connection
}

// finish lets the broker read all that came so far, before it sees the end.
func (c *carrier) finish() {
	_ = c.broker.SetReadDeadline(time.Now().Add(endTime))
	if tcp, ok := c.broker.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
}

// up carries what the client says, until the line breaks.
func (c *carrier) up() {
	in := bufio.NewReader(c.client)
	for {
		p, err := readPacket(in)
		if err != nil {
			return
		}
		if p[0]>>4 == publish && !c.passes(p) {
			return
		}
		if _, err := c.broker.Write(p); err != nil {
			return
		}
	}
}

// passes reports whether a PUBLISH goes on, and has its answer lost where that is
// its fate. A message of QoS 0 has no answer: it passes.
func (c *carrier) passes(p []byte) bool {
	l := c.line
	l.mu.Lock()
	defer l.mu.Unlock()
	fate := l.plan(l.count)
	l.count++
	defer func() {
		close(l.more)
		l.more = make(chan struct{})
	}()
	c.mu.Lock()
	defer c.mu.Unlock()
	id := packetID(p)
	c.sent[id] = true
	if fate == LosesReply {
		c.swallow = id
	}
	if fate == LosesIt {
		l.lost.Messages++
	}
	return fate != LosesIt
}

// down carries what the broker says, until the line breaks, and lets the broker say
// the rest to nobody.
func (c *carrier) down() {
	in := bufio.NewReader(c.broker)
	for {
		p, err := readPacket(in)
		if err != nil || c.swallows(p) {
			break
		}
		if c.isEarly(p) {
			continue
		}
		if _, err := c.client.Write(p); err != nil {
			break
		}
	}
	_ = c.client.Close()
	_, _ = io.Copy(io.Discard, in)
}

// isEarly reports whether a PUBREC answers nothing of this connection: mochi sends it by
// itself to a session that it has kept, and Paho may then publish once more what it has
// released just before.
func (c *carrier) isEarly(p []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return p[0]>>4 == pubrec && len(p) >= 4 && !c.sent[binary.BigEndian.Uint16(p[2:])]
}

func (c *carrier) swallows(p []byte) bool {
	kind := p[0] >> 4
	if kind != puback && kind != pubrec || len(p) < 4 {
		return false
	}
	c.mu.Lock()
	lost := c.swallow != 0 && binary.BigEndian.Uint16(p[2:]) == c.swallow
	c.mu.Unlock()
	if lost {
		c.line.mu.Lock()
		c.line.lost.Replies++
		c.line.mu.Unlock()
	}
	return lost
}

// MQTT 3.1.1, section 2.2.1.
const (
	publish = 3
	puback  = 4
	pubrec  = 5
)

var errPacket = errors.New("not an MQTT packet that this line carries")

// readPacket reads one packet whole (MQTT 3.1.1, section 2.2).
func readPacket(in *bufio.Reader) ([]byte, error) {
	first, err := in.ReadByte()
	if err != nil {
		return nil, err
	}
	p, size := []byte{first}, 0
	for shift := 0; ; shift += 7 {
		b, err := in.ReadByte()
		if err != nil {
			return nil, err
		}
		p = append(p, b)
		size |= int(b&0x7F) << shift
		if b < 0x80 {
			break
		}
		if shift == 21 {
			return nil, errPacket
		}
	}
	if size > maxPacket {
		return nil, errPacket
	}
	head := len(p)
	p = append(p, make([]byte, size)...)
	_, err = io.ReadFull(in, p[head:])
	return p, err
}

// packetID is the id of a PUBLISH, or 0 where it is of QoS 0 or cut.
func packetID(p []byte) uint16 {
	head := 1
	for head < len(p) && p[head] >= 0x80 {
		head++
	}
	if head++; p[0]&0x06 == 0 || len(p) < head+2 {
		return 0
	}
	at := head + 2 + int(binary.BigEndian.Uint16(p[head:]))
	if len(p) < at+2 {
		return 0
	}
	return binary.BigEndian.Uint16(p[at:])
}
