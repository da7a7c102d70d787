package discover

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
	"strings"
)

// The form of DNS messages (RFC 1035, 4), as far as services need it.

// name is a domain name's labels, without the root.
type name []string

// key is the same for names that are the same (RFC 6762, 16: only ASCII letters
// are alike).
func (n name) key() string {
	b := []byte(strings.Join(n, "\x00"))
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func (n name) is(o name) bool { return n.key() == o.key() }

// under reports whether n is one label below o, as a service is below its kind.
func (n name) under(o name) bool { return len(n) == len(o)+1 && n[1:].is(o) }

// Kinds of records (RFC 1035, 3.2.2; RFC 3596; RFC 2782).
const (
	kindA    = 1
	kindPTR  = 12
	kindTXT  = 16
	kindAAAA = 28
	kindSRV  = 33
	kindAny  = 255
)

// The class, and the bit in it that mDNS has for itself (RFC 6762, 18.12 and 18.13).
const (
	classIN  = 1
	classBit = 0x8000
)

// question asks for records of a name.
type question struct {
	name name
	kind uint16
}

// record is one record. What its kind does not have is zero.
type record struct {
	name   name
	kind   uint16
	unique bool // nobody else has records of this name and kind
	ttl    uint32
	target name // of PTR and SRV
	port   uint16
	addr   netip.Addr // of A and AAAA
}

// message is a question, or an answer.
type message struct {
	id        uint16
	answer    bool
	questions []question
	records   []record // answers, and what came with them
	claims    []record // of a probe: what its sender wants to have
}

// Bits of a message's flags.
const (
	flagAnswer        = 1 << 15
	flagAuthoritative = 1 << 10
	flagOpcode        = 0xF << 11
)

var errWire = errors.New("not a DNS message")

// Bounds of a message that is read.
const (
	maxRecords  = 256
	maxFullName = 255 // bytes (RFC 1035, 2.3.4)
)

// reader reads a message from b.
type reader struct {
	b  []byte
	at int
}

func (r *reader) uint16() (uint16, error) {
	if r.at+2 > len(r.b) {
		return 0, errWire
	}
	v := binary.BigEndian.Uint16(r.b[r.at:])
	r.at += 2
	return v, nil
}

// name reads a name, which may go on at an earlier place. Each jump leads
// further back, so it ends.
func (r *reader) name() (name, error) {
	var n name
	at, end, size, limit := r.at, -1, 0, r.at
	for {
		if at >= len(r.b) {
			return nil, errWire
		}
		c := int(r.b[at])
		at++
		switch {
		case c == 0:
			if end < 0 {
				end = at
			}
			r.at = end
			return n, nil
		case c&0xC0 == 0xC0:
			if at >= len(r.b) {
				return nil, errWire
			}
			to := (c&0x3F)<<8 | int(r.b[at])
			if end < 0 {
				end = at + 1
			}
			if to >= limit {
				return nil, errWire
			}
			at, limit = to, to
		case c&0xC0 != 0 || at+c > len(r.b):
			return nil, errWire
		default:
			if size += c + 1; size >= maxFullName {
				return nil, errWire
			}
			n = append(n, string(r.b[at:at+c]))
			at += c
		}
	}
}

// parse reads a message. Records of kinds that services don't need are left out.
func parse(b []byte) (message, error) {
	r := &reader{b: b}
	var head [6]uint16
	for i := range head {
		v, err := r.uint16()
		if err != nil {
			return message{}, err
		}
		head[i] = v
	}
	m := message{id: head[0], answer: head[1]&flagAnswer != 0}
	if head[1]&flagOpcode != 0 {
		return message{}, errWire
	}
	if int(head[2])+int(head[3])+int(head[4])+int(head[5]) > maxRecords {
		return message{}, errWire
	}
	for range head[2] {
		q, err := r.question()
		if err != nil {
			return message{}, err
		}
		m.questions = append(m.questions, q)
	}
	for section, count := range head[3:] {
		for range count {
			x, known, err := r.record()
			if err != nil {
				return message{}, err
			}
			switch {
			case !known:
			case section == 1 && !m.answer:
				m.claims = append(m.claims, x)
			default:
				m.records = append(m.records, x)
			}
		}
	}
	return m, nil
}

func (r *reader) question() (q question, err error) {
	if q.name, err = r.name(); err != nil {
		return q, err
	}
	if q.kind, err = r.uint16(); err != nil {
		return q, err
	}
	_, err = r.uint16() // the class
	return q, err
}

func (r *reader) record() (x record, known bool, err error) {
	if x.name, err = r.name(); err != nil {
		return x, false, err
	}
	var f [5]uint16 // kind, class, ttl in two halves, length
	for i := range f {
		if f[i], err = r.uint16(); err != nil {
			return x, false, err
		}
	}
	end := r.at + int(f[4])
	if end > len(r.b) {
		return x, false, errWire
	}
	x.kind, x.unique, x.ttl = f[0], f[1]&classBit != 0, uint32(f[2])<<16|uint32(f[3])
	known, err = r.data(&x, end)
	if f[1]&^classBit != classIN {
		known = false
	}
	r.at = end
	return x, known, err
}

// data reads what a record says; it ends at end.
func (r *reader) data(x *record, end int) (known bool, err error) {
	switch x.kind {
	case kindPTR:
		x.target, err = r.name()
	case kindSRV:
		var f [3]uint16 // priority, weight, port
		for i := range f {
			if f[i], err = r.uint16(); err != nil {
				return false, err
			}
		}
		x.port = f[2]
		x.target, err = r.name()
	case kindA, kindAAAA:
		a, ok := netip.AddrFromSlice(r.b[r.at:end])
		if ok = ok && a.Is4() == (x.kind == kindA); ok {
			x.addr = a.Unmap()
		}
		return ok, nil
	default:
		return false, nil
	}
	if err == nil && r.at != end {
		err = errWire
	}
	return err == nil, err
}

// pack writes a message. Names are written in full.
func (m message) pack() []byte {
	flags := 0
	if m.answer {
		flags = flagAnswer | flagAuthoritative
	}
	b := make([]byte, 0, 512)
	for _, v := range []int{int(m.id), flags, len(m.questions), len(m.records), len(m.claims), 0} {
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	}
	for _, q := range m.questions {
		b = appendName(b, q.name)
		b = binary.BigEndian.AppendUint16(b, q.kind)
		b = binary.BigEndian.AppendUint16(b, classIN)
	}
	for _, x := range slices.Concat(m.records, m.claims) {
		b = x.append(b)
	}
	return b
}

func (x record) append(b []byte) []byte {
	class := uint16(classIN)
	if x.unique {
		class |= classBit
	}
	b = appendName(b, x.name)
	b = binary.BigEndian.AppendUint16(b, x.kind)
	b = binary.BigEndian.AppendUint16(b, class)
	b = binary.BigEndian.AppendUint32(b, x.ttl)
	data := x.data()
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

func (x record) data() []byte {
	switch x.kind {
	case kindPTR:
		return appendName(nil, x.target)
	case kindSRV:
		return appendName([]byte{0, 0, 0, 0, byte(x.port >> 8), byte(x.port)}, x.target)
	case kindA, kindAAAA:
		return x.addr.AsSlice()
	}
	return []byte{0} // a TXT that says nothing (RFC 6763, 6.1)
}

func appendName(b []byte, n name) []byte {
	for _, label := range n {
		b = append(b, byte(len(label)))
		b = append(b, label...)
	}
	return append(b, 0)
}
