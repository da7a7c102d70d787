package topics

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"lamplighter/app/watch"
	"lamplighter/device/topic"
)

// DefaultBudget is the memory that messages and topics may take, in bytes.
const DefaultBudget = 256 << 20

// MinBudget is the smallest budget that New takes, in bytes.
const MinBudget = 1 << 20

// Message is one message as it came from the broker.
type Message struct {
	Topic    string
	Payload  []byte
	QoS      byte
	Retained bool // the broker had kept it
	Past     bool // it comes from a recording: its place is at its time, not at the end
	At       time.Time
}

// Entry is one message of a topic's history. The payload may be held for as
// long as it is wanted, and must not be changed.
type Entry struct {
	At       time.Time
	Payload  []byte
	Size     int // bytes of the payload as it came
	QoS      byte
	Retained bool
	Omitted  bool // the payload found no room in memory; Payload is empty
}

// Counts says what became of every message.
type Counts struct {
	Received  uint64 // InMemory + Waiting + Dropped() + Forgotten
	InMemory  uint64 // in memory now
	Waiting   uint64 // held back by a pause
	Lost      uint64 // came faster than they could be taken, as told to Receive
	Refused   uint64 // of new topics for which there is no memory, or with an impossible topic
	Outdated  uint64 // oldest history that made room for newer messages
	Forgotten uint64 // cleared by the user

	Full     uint64 // of Refused, for want of memory since the last Clear or SetBudget
	Omitted  uint64 // kept without their payload, for want of memory
	Topics   int    // topics in memory, without $SYS and its like
	Internal int    // topics that begin with $
	Bytes    int64  // memory in use
	Budget   int64  // memory allowed
}

// Dropped is the number of messages that are not here and that nobody cleared.
func (c Counts) Dropped() uint64 { return c.Lost + c.Refused + c.Outdated }

// Tree is every topic that was heard.
type Tree struct {
	// Changed is raised once for each batch and for each act of the user.
	Changed watch.Signal

	budget int64
	nodes  nodes
	store  store
	counts Counts
	last   int64 // bytes of all last values
	stars  map[string]bool
	// expected are topics that the broker keeps a message of, but that were not
	// heard yet.
	expected map[string]bool
	rows     rows
	search   *search
	pause    pause

	recorder  *Recorder
	followers []*func([]Message, int)
}

// New makes an empty tree that takes at most budget bytes, MinBudget or more.
func New(budget int64) *Tree {
	t := &Tree{stars: map[string]bool{}, expected: map[string]bool{}}
	t.budget = max(budget, MinBudget)
	t.empty()
	return t
}

func (t *Tree) empty() {
	t.nodes = newNodes(t.nodes.newest + 1)
	t.store = newStore(t.budget)
	t.last = 0
	t.rows.reset(t)
	if t.search != nil {
		t.search = newSearch(t.search.filter)
	}
}

// SetBudget changes the memory allowed, in bytes; history that has no room any
// more goes at once, last values stay.
func (t *Tree) SetBudget(budget int64) {
	t.budget = max(budget, MinBudget)
	t.counts.Full = 0
	t.makeRoom(0)
	t.Changed.Raise()
}

// Counts says what became of every message up to now.
func (t *Tree) Counts() Counts {
	c := t.counts
	c.Topics = int(t.nodes.at(0).topics) - c.Internal
	c.Bytes, c.Budget = t.bytes(), t.budget
	c.Waiting = uint64(len(t.pause.waiting))
	c.Received = c.InMemory + c.Waiting + c.Dropped() + c.Forgotten
	return c
}

// bytes is all memory that is in use, with what the open branches take.
func (t *Tree) bytes() int64 { return t.nodes.bytes() + t.store.bytes() + t.rows.bytes() }

// Receive takes a batch in its order, and the number of messages that were
// lost on the way to it.
func (t *Tree) Receive(batch []Message, lost int) {
	t.counts.Lost += uint64(lost)
	for _, f := range t.followers {
		(*f)(batch, lost)
	}
	for i := range batch {
		t.add(&batch[i])
	}
	if t.pause.bytes > t.budget/4 {
		t.pause.on = false
	}
	if !t.pause.on {
		t.letIn()
	}
	t.Changed.Raise()
}

// Follow has f told of each batch that is received, those of recordings among them,
// until stop is called. F may not keep the slice.
func (t *Tree) Follow(f func(batch []Message, lost int)) (stop func()) {
	me := &f
	t.followers = append(slices.Clip(t.followers), me)
	return func() {
		t.followers = slices.DeleteFunc(slices.Clone(t.followers), func(x *func([]Message, int)) bool { return x == me })
	}
}

// Insert takes one message.
func (t *Tree) Insert(m Message) { t.Receive([]Message{m}, 0) }

func (t *Tree) add(m *Message) {
	if t.recorder != nil && !m.Past {
		t.recorder.add(m)
	}
	if t.pause.on || len(t.pause.waiting) > 0 {
		t.hold(m)
		return
	}
	t.insert(m)
}

func (t *Tree) insert(m *Message) {
	if m.Topic == "" || len(m.Topic) > topic.MaxLen {
		t.counts.Refused++
		return
	}
	i := t.nodes.find(m.Topic)
	size := recHead + len(m.Payload)
	if i == none {
		if !t.fits(t.cost(m.Topic) + int64(recHead)) {
			t.counts.Refused++
			t.counts.Full++
			return
		}
		i = t.grow(m.Topic)
	}
	p := t.nodes.at(i)
	before := int64(0)
	if r := t.store.record(p.last); r != nil {
		before = int64(recordSize(r))
	}
	omit := !t.fits(int64(size) - before)
	if omit {
		size = recHead
		t.counts.Omitted++
	}
	t.makeRoom(int64(size))
	if t.isLate(i, m) {
		t.keepLate(i, m, size, omit)
	} else {
		t.keep(i, m, size, omit)
		t.last += int64(size) - before
	}
	t.count(i, m)
	if t.search != nil {
		t.search.recheck(t, i)
	}
}

// fits reports whether topics and last values stay within their share, seven
// eighths of the budget; the rest is always there for history.
func (t *Tree) fits(more int64) bool {
	return more <= 0 || t.nodes.needed()+t.last+more <= t.budget/8*7
}

// cost is the most that a new topic may add to the structure.
func (t *Tree) cost(topic string) int64 {
	return int64(strings.Count(topic, "/")+1)*(nodeSize+16) + int64(len(topic))
}

// grow makes the levels of a topic that are missing.
func (t *Tree) grow(topic string) uint32 {
	var at uint32
	var h uint64
	rest, more := topic, true
	for more {
		var level string
		level, rest, more = strings.Cut(rest, "/")
		h = t.nodes.step(h, level)
		next := t.nodes.childOf(at, level, h)
		if next == none {
			next = t.nodes.add(at, level, h)
			t.rows.born(t, next)
		}
		at = next
	}
	if len(t.stars) > 0 && t.stars[topic] {
		t.nodes.at(at).flags |= isStarred
	}
	return at
}

// keep writes the message behind its topic's older ones.
func (t *Tree) keep(i uint32, m *Message, size int, omit bool) {
	p := t.nodes.at(i)
	previous := p.last
	switch {
	case previous.seg >= oldBit && !t.overtaken(previous):
		previous = t.promote(p, size)
	case t.overtaken(previous):
		previous = t.renew(p, size)
	}
	p.last = t.write(i, m, size, omit, previous, 0)
}

// write puts a message into the young log, behind its topic's older ones.
func (t *Tree) write(i uint32, m *Message, size int, omit bool, previous place, flags byte) place {
	p := t.nodes.at(i)
	p.inMemory++
	t.counts.InMemory++
	return t.store.append(size, func(b []byte) {
		binary.LittleEndian.PutUint32(b[recNode:], i)
		binary.LittleEndian.PutUint32(b[recGen:], p.gen)
		encodePlace(b[recPrev:], previous)
		binary.LittleEndian.PutUint64(b[recAt:], uint64(m.At.UnixNano()))
		binary.LittleEndian.PutUint32(b[recLen:], uint32(len(m.Payload)))
		b[recFlags] = m.QoS&3 | flags
		if m.Retained {
			b[recFlags] |= recRetained
		}
		if omit {
			b[recFlags] |= recOmitted
			return
		}
		copy(b[recHead:], m.Payload)
	})
}

// promote brings the value before, from the old generation, next to the one
// that comes, so that the two can be compared.
func (t *Tree) promote(p *node, size int) place {
	was := p.last
	r := t.store.record(was)
	n := recordSize(r)
	r = r[:n]
	p.last = place{}
	var now place
	if n <= t.store.segment {
		t.makeRoom(int64(size + n))
		now = t.store.append(n, func(b []byte) { copy(b, r) })
	} else {
		p.inMemory--
		t.counts.InMemory--
		t.counts.Outdated++
	}
	t.store.releaseOld(was, n)
	t.compact()
	return now
}

// count tells the way up that a message came.
func (t *Tree) count(i uint32, m *Message) {
	p := t.nodes.at(i)
	first := p.flags&isTopic == 0
	p.flags |= isTopic
	switch {
	case m.Past: // today's broker need not keep what was kept then
	case m.Retained:
		p.flags |= isRetained
	case len(m.Payload) == 0:
		p.flags &^= isRetained // an empty retained message clears the broker's copy
	}
	if first && len(m.Payload) > 0 {
		t.expect(p, m.Topic)
	}
	if first && t.internal(i) {
		t.counts.Internal++
	}
	at := m.At.UnixNano()
	for {
		p.messages++
		p.changed = max(p.changed, at)
		if first {
			p.topics++
		}
		if i == 0 {
			return
		}
		i = p.parent
		p = t.nodes.at(i)
	}
}

// internal says that a topic belongs to the broker itself, as $SYS does.
func (t *Tree) internal(i uint32) bool {
	for t.nodes.at(i).parent != 0 {
		i = t.nodes.at(i).parent
	}
	return topic.IsInternal(t.nodes.nameOf(i))
}

// Clear forgets every topic and every message; the counts go on.
func (t *Tree) Clear() {
	t.counts.Forgotten += t.counts.InMemory
	t.counts.Forgotten += uint64(len(t.pause.waiting))
	t.counts.InMemory, t.counts.Internal, t.counts.Full = 0, 0, 0
	t.pause.waiting, t.pause.bytes = nil, 0
	t.empty()
	t.Changed.Raise()
}

// Forget forgets a branch with all that it holds. A message that comes later
// brings its topic back.
func (t *Tree) Forget(id ID) {
	top, ok := t.nodes.lookup(id)
	if !ok {
		return
	}
	if top == 0 {
		t.Clear()
		return
	}
	branch := t.nodes.at(top)
	topics, messages := branch.topics, branch.messages
	if t.internal(top) {
		t.counts.Internal -= int(topics)
	}
	up := branch.parent
	for j := up; ; j = t.nodes.at(j).parent {
		p := t.nodes.at(j)
		p.topics -= topics
		p.messages -= messages
		if j == 0 {
			break
		}
	}
	t.nodes.unlink(top)
	t.remove(top)
	// Levels that led to this branch only go with it.
	for up != 0 {
		p := t.nodes.at(up)
		if p.child != none || p.flags&isTopic != 0 {
			break
		}
		next := p.parent
		t.nodes.unlink(up)
		t.remove(up)
		up = next
	}
	t.nodes.compactNames()
	t.rows.lost(t)
	if t.search != nil {
		t.search = newSearch(t.search.filter)
	}
	t.Changed.Raise()
}

// remove returns a branch that hangs nowhere any more, the deepest first.
func (t *Tree) remove(top uint32) {
	for i := top; ; {
		for t.nodes.at(i).child != none {
			i = t.nodes.at(i).child
		}
		p := t.nodes.at(i)
		t.counts.Forgotten += uint64(p.inMemory)
		t.counts.InMemory -= uint64(p.inMemory)
		if r := t.store.record(p.last); r != nil {
			n := recordSize(r)
			t.last -= int64(n)
			if p.last.seg >= oldBit {
				t.store.releaseOld(p.last, n)
			}
		}
		up := p.parent
		if i == top {
			t.rows.gone(i)
			t.nodes.release(i)
			return
		}
		t.nodes.unlink(i)
		t.rows.gone(i)
		t.nodes.release(i)
		i = up
	}
}
