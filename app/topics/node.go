package topics

import (
	"hash/maphash"
	"strings"
	"unsafe"
)

// ID names a level in the tree. It holds until that level is forgotten; an ID
// of a forgotten level is known to be stale and answers as nothing.
type ID uint64

// Root is the level above all topics.
const Root ID = 0

const (
	chunkBits = 12
	chunkLen  = 1 << chunkBits
	shards    = 256
	// none is no node; node 0 is the root, which is nobody's child.
	none = 0
)

// Marks of a node.
const (
	isOpen     = 1 << iota // its children are rows
	isStarred              // the user's star
	isTopic                // has had a message of its own
	isRetained             // the broker was seen to keep a value for it
	isUsed                 // in the tree, not on the free list
	isMixed                // its messages did not all come in the order of their times
)

// node is one level of the tree. It holds no pointer, so that a million of
// them cost the garbage collector nothing.
type node struct {
	hash     uint64
	messages uint64 // received in this branch
	changed  int64  // newest message in this branch, Unix nanoseconds
	last     place
	name     uint64 // position in names
	parent   uint32
	child    uint32 // first child; on the free list: next free node
	next     uint32 // next sibling
	prev     uint32 // previous sibling
	topics   uint32 // topics in this branch, itself counted
	inMemory uint32 // messages of this topic that are in memory
	gen      uint32 // how often this slot was used before
	length   uint16 // of the name
	flags    uint8
}

const nodeSize = int64(unsafe.Sizeof(node{}))

// nodes is a slab of levels with a hash table from whole paths to levels. The
// table is cut in shards that grow one by one, so that no message pays for a
// big table at once.
type nodes struct {
	seed   maphash.Seed
	chunks [][]node
	count  uint32 // slots ever used, the root counted
	live   uint32 // slots in use
	free   uint32
	born   uint32 // gen of a slot that was never used
	newest uint32 // gen of any slot, at most
	table  [shards]shard
	slots  int64
	names  names
}

type shard struct {
	slots []uint32
	used  int
}

// newNodes begins with the root. No ID of a tree whose newest gen was before born
// names anything here.
func newNodes(born uint32) nodes {
	n := nodes{seed: maphash.MakeSeed(), born: born, newest: born}
	n.alloc()
	*n.at(0) = node{flags: isUsed}
	return n
}

func (n *nodes) at(i uint32) *node { return &n.chunks[i>>chunkBits][i&(chunkLen-1)] }

// alloc gives a slot for a new node.
func (n *nodes) alloc() uint32 {
	n.live++
	if n.free != none {
		i := n.free
		p := n.at(i)
		n.free = p.child
		*p = node{gen: p.gen + 1}
		n.newest = max(n.newest, p.gen)
		return i
	}
	if n.count&(chunkLen-1) == 0 {
		n.chunks = append(n.chunks, make([]node, chunkLen))
	}
	n.count++
	n.at(n.count - 1).gen = n.born
	return n.count - 1
}

// release returns a slot that is in no list any more.
func (n *nodes) release(i uint32) {
	p := n.at(i)
	n.unindex(i)
	n.names.dead += int64(p.length)
	*p = node{gen: p.gen, child: n.free}
	n.free = i
	n.live--
}

func (n *nodes) id(i uint32) ID { return ID(n.at(i).gen)<<32 | ID(i) }

// lookup gives the slot of an ID, and false for a stale one.
func (n *nodes) lookup(id ID) (uint32, bool) {
	i := uint32(id)
	if i >= n.count {
		return 0, false
	}
	p := n.at(i)
	return i, p.gen == uint32(id>>32) && p.flags&isUsed != 0
}

// step is the hash of a path that is one level longer. The seed is random, so
// that nobody can choose topics that collide.
func (n *nodes) step(h uint64, level string) uint64 {
	h = (h ^ maphash.String(n.seed, level)) * 0x9E3779B97F4A7C15
	return h ^ h>>29
}

// pathHash is the hash of a whole topic.
func (n *nodes) pathHash(topic string) uint64 {
	var h uint64
	for {
		level, rest, more := strings.Cut(topic, "/")
		h = n.step(h, level)
		if !more {
			return h
		}
		topic = rest
	}
}

// find gives the node of a topic, or none.
func (n *nodes) find(topic string) uint32 {
	h := n.pathHash(topic)
	s := &n.table[h>>56]
	if len(s.slots) == 0 {
		return none
	}
	mask := uint64(len(s.slots) - 1)
	for k := h & mask; ; k = (k + 1) & mask {
		i := s.slots[k]
		if i == none {
			return none
		}
		if n.at(i).hash == h && n.isPath(i, topic) {
			return i
		}
	}
}

// isPath compares a whole topic with the way up from a node.
func (n *nodes) isPath(i uint32, topic string) bool {
	for {
		p := n.at(i)
		cut := len(topic) - int(p.length)
		if cut < 0 || topic[cut:] != n.names.get(p.name, p.length) {
			return false
		}
		if p.parent == 0 {
			return cut == 0
		}
		if cut == 0 || topic[cut-1] != '/' {
			return false
		}
		topic, i = topic[:cut-1], p.parent
	}
}

// childOf finds a child by name, or none; h is the child's path hash.
func (n *nodes) childOf(parent uint32, level string, h uint64) uint32 {
	s := &n.table[h>>56]
	if len(s.slots) == 0 {
		return none
	}
	mask := uint64(len(s.slots) - 1)
	for k := h & mask; ; k = (k + 1) & mask {
		i := s.slots[k]
		if i == none {
			return none
		}
		if p := n.at(i); p.hash == h && p.parent == parent && n.names.get(p.name, p.length) == level {
			return i
		}
	}
}

// add makes a child that is not there yet.
func (n *nodes) add(parent uint32, level string, h uint64) uint32 {
	i := n.alloc()
	p := n.at(i)
	p.hash, p.parent, p.flags = h, parent, isUsed
	p.name, p.length = n.names.add(level), uint16(len(level))
	up := n.at(parent)
	if p.next = up.child; p.next != none {
		n.at(p.next).prev = i
	}
	up.child = i
	n.index(i)
	return i
}

// unlink takes a node out of its parent's children.
func (n *nodes) unlink(i uint32) {
	p := n.at(i)
	if p.prev != none {
		n.at(p.prev).next = p.next
	} else {
		n.at(p.parent).child = p.next
	}
	if p.next != none {
		n.at(p.next).prev = p.prev
	}
	p.prev, p.next = none, none
}

func (n *nodes) index(i uint32) {
	s := &n.table[n.at(i).hash>>56]
	if 4*(s.used+1) > 3*len(s.slots) {
		n.grow(s)
	}
	s.add(n, i)
	s.used++
}

func (s *shard) add(n *nodes, i uint32) {
	mask := uint64(len(s.slots) - 1)
	k := n.at(i).hash & mask
	for s.slots[k] != none {
		k = (k + 1) & mask
	}
	s.slots[k] = i
}

func (n *nodes) grow(s *shard) {
	old := s.slots
	s.slots = make([]uint32, max(8, 2*len(old)))
	n.slots += int64(len(s.slots) - len(old))
	for _, i := range old {
		if i != none {
			s.add(n, i)
		}
	}
}

// unindex takes a node out of the table and closes the gap behind it.
func (n *nodes) unindex(i uint32) {
	h := n.at(i).hash
	s := &n.table[h>>56]
	mask := uint64(len(s.slots) - 1)
	k := h & mask
	for s.slots[k] != i {
		k = (k + 1) & mask
	}
	for j := (k + 1) & mask; s.slots[j] != none; j = (j + 1) & mask {
		home := n.at(s.slots[j]).hash & mask
		if (j-home)&mask >= (j-k)&mask {
			s.slots[k], k = s.slots[j], j
		}
	}
	s.slots[k] = none
	s.used--
}

// bytes is what the structure takes.
func (n *nodes) bytes() int64 {
	return int64(n.count)*nodeSize + 4*n.slots + n.names.size
}

// needed is bytes without the slots that wait for new levels.
func (n *nodes) needed() int64 { return n.bytes() - int64(n.count-n.live)*nodeSize }

// nameOf is a level's exact bytes.
func (n *nodes) nameOf(i uint32) string {
	p := n.at(i)
	return n.names.get(p.name, p.length)
}

// topic is the exact topic of a node.
func (n *nodes) topic(i uint32) string {
	return string(n.appendTopic(nil, i))
}

// appendTopic appends the exact topic of a node, without a recursion that a
// topic of 65,535 slashes could make deep.
func (n *nodes) appendTopic(b []byte, i uint32) []byte {
	if i == 0 {
		return b
	}
	size, start := 0, len(b)
	for j := i; j != 0; j = n.at(j).parent {
		size += int(n.at(j).length) + 1
	}
	size--
	for cap(b) < start+size {
		b = append(b[:cap(b)], 0)
	}
	b = b[:start+size]
	end := start + size
	for j := i; j != 0; j = n.at(j).parent {
		name := n.nameOf(j)
		end -= len(name)
		copy(b[end:], name)
		if end > start {
			end--
			b[end] = '/'
		}
	}
	return b
}

// compactNames makes the names anew when most of them belong to nobody.
func (n *nodes) compactNames() {
	if n.names.dead < namesChunk || 2*n.names.dead < n.names.size {
		return
	}
	var fresh names
	for i := uint32(1); i < n.count; i++ {
		if p := n.at(i); p.flags&isUsed != 0 {
			p.name = fresh.add(n.names.get(p.name, p.length))
		}
	}
	n.names = fresh
}

const namesChunk = 1 << 16

// names holds the levels' bytes one after the other, in chunks that never
// move, so that a string of them stays good.
type names struct {
	chunks [][]byte
	size   int64
	dead   int64
}

func (a *names) add(s string) uint64 {
	last := len(a.chunks) - 1
	if last < 0 || len(a.chunks[last])+len(s) > cap(a.chunks[last]) {
		if last >= 0 {
			a.size += int64(cap(a.chunks[last]) - len(a.chunks[last])) // lost at the end
		}
		a.chunks = append(a.chunks, make([]byte, 0, namesChunk))
		last++
	}
	c := a.chunks[last]
	at := uint64(last)<<16 | uint64(len(c))
	a.chunks[last] = append(c, s...)
	a.size += int64(len(s))
	return at
}

func (a *names) get(at uint64, length uint16) string {
	if length == 0 {
		return ""
	}
	c := a.chunks[at>>16]
	return unsafe.String(&c[at&0xFFFF], int(length))
}
