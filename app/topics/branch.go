package topics

import (
	"cmp"
	"slices"

	"lamplighter/device/topic"
)

// kid is a child of an open branch; key decides most comparisons without a
// look at the name.
type kid struct {
	key      uint64
	node     uint32
	open     bool
	internal bool
}

// branch is an open branch: its children in their order, and those that came
// since.
type branch struct {
	kids   []kid
	fresh  []uint32
	skip   int // bytes that all names have in common
	sorted bool
}

// mark says whether a child is open.
func (b *branch) mark(node uint32, open bool) {
	for k := range b.kids {
		if b.kids[k].node == node {
			b.kids[k].open = open
			return
		}
	}
}

// merge puts what came in its place.
func (b *branch) merge(t *Tree, self uint32) {
	if b.sorted && len(b.fresh) == 0 {
		return
	}
	if b.sorted && t.rows.sort == ByName && b.sharesPrefix(t) {
		b.insert(t, self)
		return
	}
	for _, n := range b.fresh {
		b.kids = append(b.kids, kid{node: n})
	}
	b.fresh = b.fresh[:0]
	b.skip = b.commonPrefix(t)
	for k := range b.kids {
		b.kids[k] = b.kid(t, self, b.kids[k].node)
	}
	slices.SortFunc(b.kids, func(x, y kid) int { return t.order(x, y) })
	b.sorted = true
}

// insert merges new children from the back, in place.
func (b *branch) insert(t *Tree, self uint32) {
	fresh := make([]kid, len(b.fresh))
	for k, n := range b.fresh {
		fresh[k] = b.kid(t, self, n)
	}
	b.fresh = b.fresh[:0]
	slices.SortFunc(fresh, func(x, y kid) int { return t.order(x, y) })
	end := len(b.kids)
	b.kids = append(b.kids, fresh...)
	for f := len(fresh) - 1; f >= 0; f-- {
		at, _ := slices.BinarySearchFunc(b.kids[:end], fresh[f], t.order)
		copy(b.kids[at+f+1:], b.kids[at:end])
		b.kids[at+f] = fresh[f]
		end = at
	}
}

func (b *branch) kid(t *Tree, self, n uint32) kid {
	p := t.nodes.at(n)
	name := t.nodes.nameOf(n)
	k := kid{node: n, internal: self == 0 && topic.IsInternal(name)}
	if t.search != nil {
		k.open = t.search.isOpen(n)
	} else {
		k.open = p.flags&isOpen != 0
	}
	switch t.rows.sort {
	case ByCount:
		k.key = ^p.messages
	case ByNewest:
		k.key = ^uint64(p.changed)
	default:
		k.key = naturalKey(name[min(b.skip, len(name)):])
	}
	return k
}

// order compares two children of one branch. The broker's own topics are last.
func (t *Tree) order(x, y kid) int {
	if x.internal != y.internal {
		if x.internal {
			return 1
		}
		return -1
	}
	if c := cmp.Compare(x.key, y.key); c != 0 {
		return c
	}
	return natural(t.nodes.nameOf(x.node), t.nodes.nameOf(y.node))
}

func (b *branch) sharesPrefix(t *Tree) bool {
	if len(b.kids) == 0 {
		return false
	}
	first := t.nodes.nameOf(b.kids[0].node)[:b.skip]
	for _, n := range b.fresh {
		if name := t.nodes.nameOf(n); len(name) < b.skip || name[:b.skip] != first {
			return false
		}
	}
	return true
}

// commonPrefix is how much all names have in common, without a part of a
// number.
func (b *branch) commonPrefix(t *Tree) int {
	if len(b.kids) == 0 {
		return 0
	}
	first := t.nodes.nameOf(b.kids[0].node)
	n := len(first)
	for _, k := range b.kids[1:] {
		name := t.nodes.nameOf(k.node)
		n = min(n, len(name))
		for i := range n {
			if name[i] != first[i] {
				n = i
				break
			}
		}
	}
	for n > 0 && isDigit(first[n-1]) {
		n--
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// naturalKey is the first eight bytes of a form of a name whose order is the
// natural one: a number is '0', its length, its digits.
func naturalKey(name string) uint64 {
	var key uint64
	n := 0
	put := func(c byte) {
		if n < 8 {
			key |= uint64(c) << (56 - 8*n)
		}
		n++
	}
	for i := 0; i < len(name) && n < 8; {
		if !isDigit(name[i]) {
			put(name[i])
			i++
			continue
		}
		digits, next := number(name, i)
		put('0')
		put(byte(min(len(digits), 255)))
		for k := 0; k < len(digits) && n < 8; k++ {
			put(digits[k])
		}
		i = next
	}
	return key
}

// number reads the number at i, without its leading zeros.
func number(s string, i int) (digits string, next int) {
	for i < len(s) && s[i] == '0' {
		i++
	}
	start := i
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return s[start:i], i
}

// natural compares names as people do: numbers by their value. Names that
// differ only in leading zeros are told apart by their bytes.
func natural(x, y string) int {
	i, j := 0, 0
	for i < len(x) && j < len(y) {
		if isDigit(x[i]) && isDigit(y[j]) {
			var a, b string
			a, i = number(x, i)
			b, j = number(y, j)
			// As in naturalKey, lengths from 255 on are alike.
			if c := cmp.Compare(min(len(a), 255), min(len(b), 255)); c != 0 {
				return c
			}
			if c := cmp.Compare(a, b); c != 0 {
				return c
			}
			continue
		}
		a, b := x[i], y[j]
		if a != b {
			return cmp.Compare(a, b)
		}
		i++
		j++
	}
	if c := cmp.Compare(len(x)-i, len(y)-j); c != 0 {
		return c
	}
	return cmp.Compare(x, y)
}
