package topics

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// isLate reports whether a message from a recording is older than its topic's
// last value, which then stays the last one.
func (t *Tree) isLate(i uint32, m *Message) bool {
	if !m.Past {
		return false
	}
	r := t.store.record(t.nodes.at(i).last)
	return r != nil && m.At.UnixNano() < timeOf(r)
}

// keepLate writes a late message between its topic's last value and the others.
// History puts it at its time.
func (t *Tree) keepLate(i uint32, m *Message, size int, omit bool) {
	p := t.nodes.at(i)
	at := t.write(i, m, size, omit, getPlace(t.store.record(p.last)[recPrev:]), recLate)
	encodePlace(t.store.record(p.last)[recPrev:], at)
	p.flags |= isMixed
}

// overtaken reports whether the message before a last value lies behind it, so
// that it would be lost when the last value's segment goes.
func (t *Tree) overtaken(last place) bool {
	r := t.store.record(last)
	if r == nil {
		return false
	}
	prev := getPlace(r[recPrev:])
	if t.store.record(prev) == nil {
		return false
	}
	return last.seg >= oldBit || prev.seg > last.seg || prev.seg == last.seg && prev.off > last.off
}

// renew writes a last value that was overtaken again, behind the others, for a
// newer one comes.
func (t *Tree) renew(p *node, size int) place {
	was := p.last
	r := t.store.record(was)
	n := recordSize(r)
	r = r[:n]
	p.last = place{}
	if was.seg < oldBit {
		t.store.moved[was] = true
	}
	t.makeRoom(int64(size + n))
	now := t.store.append(n, func(b []byte) { copy(b, r) })
	if was.seg >= oldBit {
		t.store.releaseOld(was, n)
		t.compact()
	}
	return now
}

// byTime gives a topic's newest messages where some came late: the last value,
// then the others by their time.
func (t *Tree) byTime(p *node, most int) []Entry {
	type found struct {
		at int64
		r  []byte
	}
	var all []found
	for at := p.last; ; {
		r := t.store.record(at)
		if r == nil {
			break
		}
		all = append(all, found{timeOf(r), r})
		at = getPlace(r[recPrev:])
	}
	if len(all) > 1 {
		slices.SortStableFunc(all[1:], func(a, b found) int { return cmp.Compare(b.at, a.at) })
	}
	entries := make([]Entry, 0, min(len(all), most))
	for _, f := range all[:min(len(all), most)] {
		entries = append(entries, entry(f.r))
	}
	return entries
}

// isMoved reports whether a record of the young log was renewed, so that it counts
// no more; asked when its segment goes.
func (s *store) isMoved(p place) bool {
	if len(s.moved) == 0 || !s.moved[p] {
		return false
	}
	delete(s.moved, p)
	return true
}

// ownedBy names the topic of a record: its node and generation.
func ownedBy(r []byte) uint64 { return binary.LittleEndian.Uint64(r) }
