package topics

import "encoding/binary"

// makeRoom lets the oldest history go until more bytes fit. One segment always
// stays open for what comes.
func (t *Tree) makeRoom(more int64) {
	s := &t.store
	for len(s.young) > 1 && t.bytes()+more > t.budget {
		t.evict()
	}
}

// evict lets the oldest segment go. Last values move on, history is counted.
func (t *Tree) evict() {
	s := &t.store
	g := s.young[0]
	number := s.first
	each(g.buf, func(off int, r []byte) {
		i := binary.LittleEndian.Uint32(r[recNode:])
		if s.isMoved(place{number, uint32(off)}) {
			return
		}
		p := t.nodes.at(i)
		if p.gen != binary.LittleEndian.Uint32(r[recGen:]) || p.flags&isUsed == 0 {
			return // forgotten and counted as that
		}
		if p.last == (place{number, uint32(off)}) {
			p.last = t.survive(g.buf, r)
			return
		}
		p.inMemory--
		t.counts.InMemory--
		t.counts.Outdated++
	})
	s.young[0] = segment{}
	s.young = s.young[1:]
	s.first++
	s.youngBytes -= int64(cap(g.buf))
}

// survive moves a last value to the old generation. A big one that has its
// segment to itself moves without being copied.
func (t *Tree) survive(buf, r []byte) place {
	s := &t.store
	if len(buf) != len(r) || len(r) < s.segment {
		return s.copyOld(r)
	}
	id := s.nextOld
	s.nextOld++
	s.old[id] = &segment{buf: buf, live: int64(len(r))}
	s.oldBytes += int64(cap(buf))
	s.oldLive += int64(len(r))
	return place{id, 0}
}

// compact copies last values out of the emptiest old segment when too much of
// the old generation is dead.
func (t *Tree) compact() {
	s := &t.store
	if s.oldBytes-s.oldLive <= s.oldLive/8+2*int64(s.segment) {
		return
	}
	var worst uint32
	dead := int64(0)
	for id, g := range s.old {
		if d := int64(len(g.buf)) - g.live; id != s.fill && d > dead {
			worst, dead = id, d
		}
	}
	if worst == 0 {
		return
	}
	g := s.old[worst]
	each(g.buf, func(off int, r []byte) {
		p := t.nodes.at(binary.LittleEndian.Uint32(r[recNode:]))
		if p.last == (place{worst, uint32(off)}) {
			p.last = s.copyOld(r)
			s.oldLive -= int64(len(r))
		}
	})
	s.dropOld(worst)
}
