package link

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// How a socket is read.
const (
	readAhead = 64 << 10 // bytes at a time, at most
	// A broker sends each message of a flood on its own, and a read for each
	// costs more than all that is done with it. So after readsInARow reads that
	// had not to wait and brought little, each waits a little for more.
	readsInARow = 32
	readLittle  = readAhead / 4
	readPause   = 4 * time.Millisecond
)

// MQTT 3.1.1, section 2.2 and 3.2.1.
const (
	connack     = 0x20
	publishMask = 0xF6 // of a PUBLISH's first byte: all but RETAIN and, where QoS is 0, nothing
	publishQoS0 = 0x30
	typeMask    = 0xF0
	puback      = 0x40
	pubrec      = 0x50
	pubrel      = 0x60
	pubcomp     = 0x70
	suback      = 0x90
	unsuback    = 0xB0
	maxHead     = 5 // bytes of a fixed header
)

// packetConn is a socket on which no write blocks for ever, and which remembers the
// broker's first answer. It takes messages of QoS 0, of which there may be very
// many and which nobody must acknowledge, out of what Paho reads: Paho leads
// each over four goroutines. The order of messages stays the broker's.
type packetConn struct {
	net.Conn
	in      *bufio.Reader
	receive func(Message)
	writing sync.Mutex // a WebSocket's deadline belongs to one write at a time

	// Of the goroutine that reads.
	left   int    // bytes of the packet that Paho reads just now
	passed uint64 // messages that Paho got

	handed atomic.Uint64 // messages that Paho gave back

	began bool // the broker has given its first answer

	mu    sync.Mutex
	ended error       // why the connection has ended by itself, or nil
	onEnd func(error) // called once when the connection ends by itself
}

func newPacketConn(c net.Conn, receive func(Message)) *packetConn {
	var in io.Reader = c
	if _, plain := c.(*net.TCPConn); plain { // of others a read gives a record, however much is there
		in = &gatherer{in: c}
	}
	return &packetConn{Conn: c, in: bufio.NewReaderSize(in, readAhead), receive: receive}
}

func (w *packetConn) Write(p []byte) (int, error) {
	w.writing.Lock()
	defer w.writing.Unlock()
	if err := w.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return 0, err
	}
	return w.Conn.Write(p)
}

// Read gives Paho all but the messages that it need not see.
func (w *packetConn) Read(p []byte) (int, error) {
	if w.left == 0 {
		if err := w.next(); err != nil {
			w.end(err)
			return 0, err
		}
	}
	n, err := w.in.Read(p[:min(len(p), w.left)])
	w.left -= n
	if err != nil {
		w.end(err)
	}
	return n, err
}

// end notes why the connection has ended, unless this side has closed it.
func (w *packetConn) end(err error) {
	if errors.Is(err, net.ErrClosed) {
		return
	}
	w.mu.Lock()
	told := w.onEnd
	w.ended, w.onEnd = cmp.Or(w.ended, err), nil
	w.mu.Unlock()
	if told != nil {
		told(err)
	}
}

// watch has f told, once, when the connection ends by itself, or has ended.
func (w *packetConn) watch(f func(error)) {
	w.mu.Lock()
	ended := w.ended
	if ended == nil {
		w.onEnd = f
	}
	w.mu.Unlock()
	if ended != nil {
		f(ended)
	}
}

// endError is why the connection has ended by itself, or nil.
func (w *packetConn) endError() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ended
}

// next hands messages over until a packet comes that is for Paho.
func (w *packetConn) next() error {
	for {
		kind, head, body, err := w.header()
		if err != nil {
			return err
		}
		switch {
		case !w.began:
			if err := w.first(kind, head, body); err != nil {
				return err
			}
		case !isWhole(kind, body):
			return errNotMQTT
		case kind&publishMask == publishQoS0 && w.passed == w.handed.Load():
			if err := w.readPublish(kind, head, body); err != nil {
				return err
			}
			continue
		case kind&typeMask == publishQoS0:
			w.passed++
		}
		w.left = head + body
		return nil
	}
}

// isWhole reports whether a packet has room for what its kind has: Paho takes that
// for granted, and as many answers in a SUBACK (MQTT 3.1.1, section 3.9) as it
// asked for filters, which is one at a time.
func isWhole(kind byte, body int) bool {
	switch kind & typeMask {
	case suback:
		return body == 3
	case puback, pubrec, pubrel, pubcomp, unsuback:
		return body >= 2
	}
	return true
}

// header looks at a packet's fixed header (MQTT 3.1.1, section 2.2): its first
// byte, how long the header is, and how much follows.
func (w *packetConn) header() (kind byte, head, body int, err error) {
	b, err := w.in.Peek(1)
	if err != nil {
		return 0, 0, 0, err
	}
	if !w.began && b[0] != connack {
		return 0, 0, 0, w.notConnack(b[0]) // Paho would wait for as many bytes as the next one says
	}
	for head = 1; head < maxHead; head++ {
		if b, err = w.in.Peek(head + 1); err != nil {
			return 0, 0, 0, eof(err, len(b))
		}
		body |= int(b[head]&0x7F) << (7 * (head - 1))
		if b[head] < 0x80 {
			return b[0], head + 1, body, nil
		}
	}
	return 0, 0, 0, errNotMQTT
}

// eof tells an end between two packets from one within.
func eof(err error, had int) error {
	if errors.Is(err, io.EOF) && had > 0 {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readPublish reads a PUBLISH of QoS 0 (MQTT 3.1.1, section 3.3).
func (w *packetConn) readPublish(kind byte, head, size int) error {
	if _, err := w.in.Discard(head); err != nil {
		return err
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(w.in, body); err != nil {
		return eof(err, head)
	}
	if size < 2 {
		return errNotMQTT
	}
	end := 2 + int(binary.BigEndian.Uint16(body))
	if end > size {
		return errNotMQTT
	}
	w.receive(Message{Topic: string(body[2:end]), Payload: body[end:], Retained: kind&1 != 0, At: time.Now()})
	return nil
}

// RefusedError is a CONNACK that lets nobody in, with its code: MQTT 3.1.1,
// 3.2.2.3, or MQTT 5, 3.2.2.2.
type RefusedError struct{ Code byte }

func (e *RefusedError) Error() string { return "refused by CONNACK " + strconv.Itoa(int(e.Code)) }

// first looks at the CONNACK. Whatever its length, a code that is not 0 is a
// refusal: brokers that know only MQTT 5 answer in its form, and Paho takes
// codes that it does not know for a success.
func (w *packetConn) first(kind byte, head, body int) error {
	if kind != connack || body < 2 {
		return errNotMQTT
	}
	b, err := w.in.Peek(head + 2)
	if err != nil {
		return eof(err, len(b))
	}
	const flags = 0x01 // of which a CONNACK has one: MQTT 5, 3.2.2.1
	switch code := b[head+1]; {
	case body > 2 && b[head] > flags: // a text that begins with a space
		return errNotMQTT
	case code != 0:
		return &RefusedError{Code: code}
	case body != 2: // what follows would be in another form too
		return errVersion
	}
	w.began = true
	return nil
}

// notConnack says what speaks there, by its first byte.
func (w *packetConn) notConnack(b byte) error {
	const alert, handshake, disconnect = 0x15, 0x16, 0xE0
	switch b {
	case alert, handshake:
		if two, err := w.in.Peek(2); err == nil && two[1] == 3 { // the version of every TLS record
			return errTLSOnly
		}
	case disconnect: // only MQTT 5 has it from a broker
		return errVersion
	}
	return errNotMQTT
}

// gatherer reads a socket in bigger pieces while a flood comes, and at once
// otherwise.
type gatherer struct {
	in    io.Reader
	quick int // reads in a row that had not to wait
}

func (g *gatherer) Read(p []byte) (int, error) {
	if g.quick >= readsInARow {
		time.Sleep(readPause)
	}
	began := time.Now()
	n, err := g.in.Read(p)
	if n < readLittle && time.Since(began) < readPause/4 {
		g.quick = min(g.quick+1, readsInARow)
	} else {
		g.quick = 0
	}
	return n, err
}
