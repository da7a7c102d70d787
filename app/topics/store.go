package topics

import (
	"encoding/binary"
	"time"
)

// place is where a record lies. Young segments count up from 1, old ones from
// oldBit; the zero place is nowhere.
type place struct{ seg, off uint32 }

const oldBit = 1 << 31

// A record is a header and the payload.
const (
	recNode  = 0  // uint32
	recGen   = 4  // uint32
	recPrev  = 8  // place of the topic's message before this one
	recAt    = 16 // int64, Unix nanoseconds
	recLen   = 24 // uint32, of the payload as it came
	recFlags = 28
	recHead  = 29
)

// Flags of a record: the low two bits are the QoS.
const (
	recRetained = 1 << 2
	recOmitted  = 1 << 3 // the payload found no room
	recLate     = 1 << 4 // older than the last value when it came
)

type segment struct {
	buf  []byte
	live int64 // old segments: bytes of records that are last values
}

// store keeps messages in two generations. The young one is a log in the order
// of arrival, whose oldest segment goes first; last values in a segment that
// goes move to the old one, so that they stay. A segment's bytes never change
// once written, so a payload that was handed out stays good.
type store struct {
	segment int // usual size of a segment
	young   []segment
	first   uint32 // number of young[0]
	old     map[uint32]*segment
	nextOld uint32
	fill    uint32 // the old segment that is being filled, or 0

	// moved are records of the young log that stand in it again further on.
	moved map[place]bool

	youngBytes, oldBytes int64 // allocated
	oldLive              int64
}

func newStore(budget int64) store {
	size := int(min(max(budget/256, 1<<12), 1<<18))
	return store{segment: size, first: 1, old: map[uint32]*segment{}, nextOld: oldBit, moved: map[place]bool{}}
}

func (s *store) bytes() int64 { return s.youngBytes + s.oldBytes }

// record gives the bytes of a record and what follows it, or nil when it is
// not in memory any more.
func (s *store) record(p place) []byte {
	if p.seg >= oldBit {
		if g := s.old[p.seg]; g != nil {
			return g.buf[p.off:]
		}
		return nil
	}
	if p.seg < s.first || p.seg == 0 {
		return nil
	}
	return s.young[p.seg-s.first].buf[p.off:]
}

func recordSize(r []byte) int { return recHead + storedLen(r) }

func storedLen(r []byte) int {
	if r[recFlags]&recOmitted != 0 {
		return 0
	}
	return int(binary.LittleEndian.Uint32(r[recLen:]))
}

// append appends a record to the young log.
func (s *store) append(size int, write func([]byte)) place {
	last := len(s.young) - 1
	if last < 0 || len(s.young[last].buf)+size > cap(s.young[last].buf) {
		room := max(s.segment, size)
		s.young = append(s.young, segment{buf: make([]byte, 0, room)})
		s.youngBytes += int64(room)
		last++
	}
	g := &s.young[last]
	off := len(g.buf)
	g.buf = g.buf[:off+size]
	write(g.buf[off:])
	return place{s.first + uint32(last), uint32(off)}
}

// copyOld copies a last value to the old generation.
func (s *store) copyOld(r []byte) place {
	g := s.old[s.fill]
	if g == nil || len(g.buf)+len(r) > cap(g.buf) {
		room := max(s.segment, len(r))
		g = &segment{buf: make([]byte, 0, room)}
		s.fill = s.nextOld
		s.nextOld++
		s.old[s.fill] = g
		s.oldBytes += int64(room)
	}
	off := len(g.buf)
	g.buf = append(g.buf, r...)
	g.live += int64(len(r))
	s.oldLive += int64(len(r))
	return place{s.fill, uint32(off)}
}

// releaseOld says that a record in the old generation is no last value any more.
func (s *store) releaseOld(p place, size int) {
	g := s.old[p.seg]
	g.live -= int64(size)
	s.oldLive -= int64(size)
	if g.live == 0 {
		s.dropOld(p.seg)
	}
}

func (s *store) dropOld(id uint32) {
	s.oldBytes -= int64(cap(s.old[id].buf))
	delete(s.old, id)
	if s.fill == id {
		s.fill = 0
	}
}

// each walks the records of a segment.
func each(buf []byte, visit func(off int, r []byte)) {
	for off := 0; off < len(buf); {
		n := recordSize(buf[off:])
		visit(off, buf[off:off+n])
		off += n
	}
}

// entry reads a record.
func entry(r []byte) Entry {
	flags := r[recFlags]
	n := storedLen(r)
	return Entry{
		At:       time.Unix(0, int64(binary.LittleEndian.Uint64(r[recAt:]))),
		Payload:  r[recHead : recHead+n : recHead+n],
		Size:     int(binary.LittleEndian.Uint32(r[recLen:])),
		QoS:      flags & 3,
		Retained: flags&recRetained != 0,
		Omitted:  flags&recOmitted != 0,
	}
}

func getPlace(b []byte) place {
	return place{binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])}
}

func encodePlace(b []byte, p place) {
	binary.LittleEndian.PutUint32(b, p.seg)
	binary.LittleEndian.PutUint32(b[4:], p.off)
}
