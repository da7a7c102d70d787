package topics

import "slices"

// Sort is an order of the levels below one level.
type Sort int

// The orders.
const (
	ByName   Sort = iota // as people count: lamp-2 before lamp-10
	ByCount              // most messages first
	ByNewest             // newest message first
)

// Row is one line of the flattened tree.
type Row struct {
	ID     ID
	Depth  int  // 0 for the first level of a topic
	Branch bool // has levels below
	Open   bool
}

// row is what a Row is made of; a million of them are made many times.
type row struct {
	node  uint32
	depth uint16
	open  bool
}

// rows is the flattened tree. It is made anew by UpdateRows only, from sorted
// lists that are kept for each open branch, and never by walking the tree.
type rows struct {
	list     []row
	branches map[uint32]*branch
	stale    bool
	internal bool // topics that begin with $ are shown
	sort     Sort
	kids     int64 // in all branches, for bytes
}

func (r *rows) reset(t *Tree) {
	r.list = r.list[:0]
	r.branches = map[uint32]*branch{}
	r.kids = 0
	t.nodes.at(0).flags |= isOpen
	r.branches[0] = &branch{}
	r.stale = true
}

func (r *rows) bytes() int64 { return int64(cap(r.list))*8 + r.kids*16 }

// born hears of a new level.
func (r *rows) born(t *Tree, i uint32) {
	p := t.nodes.at(i)
	up := t.nodes.at(p.parent)
	if up.flags&isOpen != 0 {
		b := r.branches[p.parent]
		b.fresh = append(b.fresh, i)
		r.kids++
		r.stale = true
		return
	}
	// A first child gives a visible level its triangle; that is drawn anew with
	// the row, and is no change of structure.
}

// gone hears that a level is forgotten.
func (r *rows) gone(i uint32) {
	if b := r.branches[i]; b != nil {
		r.kids -= int64(len(b.kids) + len(b.fresh))
		delete(r.branches, i)
	}
}

// lost hears that levels were forgotten.
func (r *rows) lost(t *Tree) {
	for i, b := range r.branches {
		r.fill(t, i, b)
	}
	r.stale = true
}

// fill reads a branch's children anew.
func (r *rows) fill(t *Tree, i uint32, b *branch) {
	r.kids -= int64(len(b.kids) + len(b.fresh))
	b.kids, b.fresh = b.kids[:0], b.fresh[:0]
	for k := t.nodes.at(i).child; k != none; k = t.nodes.at(k).next {
		b.fresh = append(b.fresh, k)
	}
	r.kids += int64(len(b.fresh))
}

// UpdateRows brings the rows up to date with topics that came, and reports whether
// rows came, went or moved. Between two calls rows stand still, so that the
// view decides how often lines may move. The time it takes grows with the
// number of rows, and only when there was something to do.
func (t *Tree) UpdateRows() bool {
	if t.search != nil {
		return t.search.buildRows(t)
	}
	if !t.rows.stale {
		return false
	}
	t.rows.stale = false
	t.rows.list = t.flatten(t.rows.list[:0], t.rows.branches)
	return true
}

// Stale says that UpdateRows has something to do.
func (t *Tree) Stale() bool {
	if t.search != nil {
		return t.search.stale
	}
	return t.rows.stale
}

// flatten writes the rows of open branches. Its stack is its own, for a topic
// may be 65,535 levels deep.
func (t *Tree) flatten(list []row, open map[uint32]*branch) []row {
	type frame struct {
		b     *branch
		at    int
		depth uint16
	}
	top := open[0]
	top.merge(t, 0)
	stack := []frame{{top, 0, 0}}
	for len(stack) > 0 {
		f := &stack[len(stack)-1]
		if f.at == len(f.b.kids) {
			stack = stack[:len(stack)-1]
			continue
		}
		k := f.b.kids[f.at]
		f.at++
		if f.depth == 0 && k.internal && !t.rows.internal {
			continue
		}
		list = append(list, row{k.node, f.depth, k.open})
		if !k.open {
			continue
		}
		b := open[k.node]
		b.merge(t, k.node)
		stack = append(stack, frame{b, 0, min(f.depth+1, 1<<16-1)})
	}
	return list
}

func (t *Tree) list() []row {
	if t.search != nil {
		return t.search.list
	}
	return t.rows.list
}

// Len is the number of rows, as of the last UpdateRows.
func (t *Tree) Len() int { return len(t.list()) }

// At gives row i, 0 ≤ i < Len. After a Forget or Clear call UpdateRows first.
func (t *Tree) At(i int) Row {
	r := t.list()[i]
	p := t.nodes.at(r.node)
	return Row{ID: t.nodes.id(r.node), Depth: int(r.depth), Branch: p.child != none, Open: r.open}
}

// IndexOf is the row of a level, or -1 where it has none.
func (t *Tree) IndexOf(id ID) int {
	n, ok := t.nodes.lookup(id)
	if !ok {
		return -1
	}
	return slices.IndexFunc(t.list(), func(r row) bool { return r.node == n })
}

// SetOpen opens or closes a branch; the rows follow at the next UpdateRows.
func (t *Tree) SetOpen(id ID, open bool) {
	i, ok := t.nodes.lookup(id)
	if !ok || i == 0 {
		return
	}
	if t.search != nil {
		t.search.setOpen(t, i, open)
	} else {
		t.setOpen(i, open)
	}
	t.Changed.Raise()
}

func (t *Tree) setOpen(i uint32, open bool) {
	p := t.nodes.at(i)
	if (p.flags&isOpen != 0) == open || open && p.child == none {
		return
	}
	r := &t.rows
	r.stale = true
	p.flags ^= isOpen
	if open {
		b := &branch{}
		r.branches[i] = b
		r.fill(t, i, b)
	} else {
		r.gone(i)
	}
	if up := r.branches[p.parent]; up != nil {
		up.mark(i, open)
	}
}

// RevealTopic opens the way to a topic and gives its row, or -1 where nothing is known
// of it. A filter that hides it is taken away.
func (t *Tree) RevealTopic(topic string) int {
	i := t.nodes.find(topic)
	if i == none {
		return -1
	}
	if t.search != nil && !t.search.holds(i) {
		t.search = nil
		t.rows.stale = true
	}
	for j := t.nodes.at(i).parent; j != 0; j = t.nodes.at(j).parent {
		if t.search != nil {
			t.search.setOpen(t, j, true)
		} else {
			t.setOpen(j, true)
		}
	}
	t.rows.internal = t.rows.internal || t.internal(i)
	t.UpdateRows()
	t.Changed.Raise()
	return t.IndexOf(t.nodes.id(i))
}

// OpenAll opens every branch below a level, as long as not more than limit rows
// come of it; it reports whether that was all.
func (t *Tree) OpenAll(id ID, limit int) bool {
	top, ok := t.nodes.lookup(id)
	if !ok || t.search != nil {
		return false
	}
	queue := []uint32{top}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for k := t.nodes.at(i).child; k != none; k = t.nodes.at(k).next {
			if limit--; limit < 0 {
				t.Changed.Raise()
				return false
			}
			if t.nodes.at(k).child != none {
				queue = append(queue, k)
			}
		}
		if i != 0 {
			t.setOpen(i, true)
		}
	}
	t.Changed.Raise()
	return true
}

// CloseAll closes every branch.
func (t *Tree) CloseAll() {
	for i := range t.rows.branches {
		if i != 0 {
			t.nodes.at(i).flags &^= isOpen
		}
	}
	t.rows.reset(t)
	t.rows.fill(t, 0, t.rows.branches[0])
	t.Changed.Raise()
}

// SetSort chooses the order. Orders that move with each message are made anew
// by Resort.
func (t *Tree) SetSort(s Sort) {
	t.rows.sort = s
	t.Resort()
	t.Changed.Raise()
}

// Order is the order that was chosen.
func (t *Tree) Order() Sort { return t.rows.sort }

// Resort puts the open branches in order anew.
func (t *Tree) Resort() {
	for _, b := range t.rows.branches {
		b.sorted = false
	}
	t.rows.stale = true
	if t.search != nil {
		for _, b := range t.search.branches {
			b.sorted = false
		}
		t.search.stale = true
	}
}

// ShowInternal shows or hides the broker's own topics, which begin with $.
func (t *Tree) ShowInternal(show bool) {
	t.rows.internal = show
	t.rows.stale = true
	if t.search != nil {
		t.search.stale = true
	}
	t.Changed.Raise()
}

// InternalShown reports whether the broker's own topics are shown.
func (t *Tree) InternalShown() bool { return t.rows.internal }
