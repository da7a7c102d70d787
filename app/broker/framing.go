package broker

import (
	"bytes"

	"github.com/mochi-mqtt/server/v2/packets"
)

// Bounds of one MQTT packet, in bytes. One that is larger ends its client's
// connection, before a buffer is made for it.
const (
	maxConnectPacket = 160 << 10 // a CONNECT: two of its fields, of 64 KB each, and then some
	maxGuestPacket   = 256 << 10
)

// framing follows where the packets in what a client sends begin and end.
type framing struct {
	body   int64 // bytes of the current packet that are to come
	length int64 // of the packet whose fixed header is being read
	shift  uint  // of the next digit of that length
	inside bool  // the fixed header is being read
}

// feed follows p up to the end of the first packet in it, and returns how much of
// p that is. It fails with packets.ErrPacketTooLarge as soon as a fixed header
// announces more than limit bytes.
func (f *framing) feed(p []byte, limit int64) (n int, ended bool, err error) {
	for n < len(p) {
		if f.body > 0 {
			step := min(f.body, int64(len(p)-n))
			f.body -= step
			n += int(step)
			if f.body == 0 {
				return n, true, nil
			}
			continue
		}
		b := p[n]
		n++
		if !f.inside {
			f.inside, f.length, f.shift = true, 0, 0
			continue
		}
		f.length |= int64(b&127) << f.shift
		f.shift += 7
		if f.length > limit {
			return n, false, packets.ErrPacketTooLarge
		}
		if b >= 128 {
			if f.shift > 21 { // mochi reads on, and would take another length
				return n, false, packets.ErrMalformedVariableByteInteger
			}
			continue
		}
		f.inside, f.body = false, f.length
		if f.body == 0 {
			return n, true, nil
		}
	}
	return n, false, nil
}

// limit is how large a packet the client may send.
func (c *conn) limit() int64 {
	switch {
	case !c.isIn():
		return maxConnectPacket
	case c.info.Load().rights.Role.isGuests():
		return maxGuestPacket
	}
	return MaxPacket
}

// Read hands over what was read up to a packet that is too large. While nobody
// has logged in it stops at the end of a packet: how large the next may be is
// known only then.
func (c *conn) Read(p []byte) (int, error) {
	n := copy(p, c.ahead)
	c.ahead = c.ahead[n:]
	var err error
	if n == 0 {
		if n, err = c.Conn.Read(p); n == 0 {
			return 0, err
		}
	}
	limit, whole := c.limit(), 0
	for at := 0; at < n; {
		step, ended, tooLarge := c.frames.feed(p[at:n], limit)
		if tooLarge != nil {
			return whole, tooLarge
		}
		at += step
		if ended {
			whole = at
		}
		if ended && c.info.Load() == nil {
			c.ahead = append(bytes.Clone(p[at:n]), c.ahead...)
			return at, nil
		}
	}
	return n, err
}
