package topics

import (
	"slices"
	"strings"
)

// searchedBytes is how much of each value a filter looks at.
const searchedBytes = 64 << 10

// autoOpen is how many found topics a branch may hold to be opened by itself.
const autoOpen = 200

// Filter says which topics are shown. The zero Filter shows all.
type Filter struct {
	Text    string // part of the topic or of the last value (its first 64 KiB), in any case
	Starred bool   // only topics with a star, or below a level with one
}

// search is a filter at work: it walks the topics bit by bit, and keeps up with
// what comes.
type search struct {
	filter   Filter
	needle   string
	at       uint32 // topics below this slot have been looked at
	hit      []bool // by slot: this topic is found
	hits     []uint32
	listed   []bool // by slot: is in its parent's branch
	branches map[uint32]*branch
	chosen   map[uint32]bool // opened or closed by the user
	list     []row
	stale    bool
	purge    bool
	topic    []byte
	read     int // bytes of values, since somebody set it to 0
}

func newSearch(f Filter) *search {
	return &search{
		filter: f, needle: strings.ToLower(f.Text), stale: true,
		branches: map[uint32]*branch{0: {}}, chosen: map[uint32]bool{},
	}
}

// SetFilter chooses what is shown. The search itself is done by Search, bit by
// bit, so that typing never waits for it.
func (t *Tree) SetFilter(f Filter) {
	t.search = nil
	if f != (Filter{}) {
		t.search = newSearch(f)
	}
	t.rows.stale = true
	t.Changed.Raise()
}

// Filter is the filter that was set.
func (t *Tree) Filter() Filter {
	if t.search == nil {
		return Filter{}
	}
	return t.search.filter
}

// searchedAtOnce is how much of a value takes as long to look through as a topic
// with a short one, in bytes.
const searchedAtOnce = 256

// Search looks at some more topics, at fewer where values are long, and tells how
// many it has found and how many it has yet to look at; 0 means that the filter is
// exact from here on.
func (t *Tree) Search(some int) (found, left int) {
	s := t.search
	if s == nil {
		return 0, 0
	}
	for ; some > 0 && s.at < t.nodes.count; some -= 1 + s.read/searchedAtOnce {
		s.read = 0
		s.match(t, s.at)
		s.at++
	}
	s.fit(t)
	return int(s.hits[0]), int(t.nodes.count - s.at)
}

// fit makes room for slots that came since.
func (s *search) fit(t *Tree) {
	if n := int(t.nodes.count); n > len(s.hit) {
		n += n/4 + 64
		s.hit = append(s.hit, make([]bool, n-len(s.hit))...)
		s.hits = append(s.hits, make([]uint32, n-len(s.hits))...)
		s.listed = append(s.listed, make([]bool, n-len(s.listed))...)
	}
}

// recheck looks again at a topic that has a new value.
func (s *search) recheck(t *Tree, i uint32) {
	if i < s.at {
		s.match(t, i)
	}
}

// match decides about one topic.
func (s *search) match(t *Tree, i uint32) {
	s.fit(t)
	p := t.nodes.at(i)
	found := p.flags&(isTopic|isUsed) == isTopic|isUsed && s.matches(t, i)
	if found == s.hit[i] {
		return
	}
	s.hit[i] = found
	s.stale = true
	for j := i; ; j = t.nodes.at(j).parent {
		if found {
			s.hits[j]++
			s.show(t, j)
		} else {
			s.hits[j]--
			s.purge = s.purge || s.hits[j] == 0
		}
		if j == 0 {
			return
		}
	}
}

// show puts a level in its parent's branch.
func (s *search) show(t *Tree, j uint32) {
	if j == 0 || s.listed[j] {
		return
	}
	s.listed[j] = true
	up := t.nodes.at(j).parent
	b := s.branches[up]
	if b == nil {
		b = &branch{}
		s.branches[up] = b
	}
	b.fresh = append(b.fresh, j)
}

// finds reports whether a topic is found, looked at or not.
func (s *search) finds(t *Tree, i uint32) bool {
	if i < s.at && int(i) < len(s.hit) {
		return s.hit[i]
	}
	return s.matches(t, i)
}

func (s *search) matches(t *Tree, i uint32) bool {
	p := t.nodes.at(i)
	if s.filter.Starred && !t.underStar(i) {
		return false
	}
	if s.needle == "" {
		return true
	}
	s.topic = t.nodes.appendTopic(s.topic[:0], i)
	if containsFold(s.topic, s.needle) {
		return true
	}
	r := t.store.record(p.last)
	value := r[recHead : recHead+storedLen(r)]
	value = value[:min(len(value), searchedBytes)]
	s.read += len(value)
	return containsFold(value, s.needle)
}

// underStar reports whether a topic or a level above it has a star.
func (t *Tree) underStar(i uint32) bool {
	for ; i != 0; i = t.nodes.at(i).parent {
		if t.nodes.at(i).flags&isStarred != 0 {
			return true
		}
	}
	return false
}

// containsFold looks for a lower-case needle in any case. Letters beyond ASCII
// are compared as strings.ToLower sees them.
func containsFold(text []byte, needle string) bool {
	ascii := true
	for _, c := range []byte(needle) {
		ascii = ascii && c < 0x80
	}
	if !ascii {
		return strings.Contains(strings.ToLower(string(text)), needle)
	}
	first := needle[0]
	upper := first
	if 'a' <= first && first <= 'z' {
		upper -= 'a' - 'A'
	}
	for k := 0; k+len(needle) <= len(text); k++ {
		if c := text[k]; (c == first || c == upper) && hasPrefixFold(text[k:], needle) {
			return true
		}
	}
	return false
}

func hasPrefixFold(text []byte, needle string) bool {
	for i := range len(needle) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != needle[i] {
			return false
		}
	}
	return true
}

// holds reports whether a level is shown by the filter.
func (s *search) holds(i uint32) bool { return int(i) < len(s.hits) && s.hits[i] > 0 }

// isOpen reports whether a level's children are rows: by the user's choice, or
// because it holds few enough of what was found.
func (s *search) isOpen(i uint32) bool {
	if open, ok := s.chosen[i]; ok {
		return open && s.branches[i] != nil
	}
	return s.branches[i] != nil && s.hits[i] <= autoOpen
}

func (s *search) setOpen(t *Tree, i uint32, open bool) {
	s.chosen[i] = open
	if b := s.branches[t.nodes.at(i).parent]; b != nil {
		b.mark(i, s.isOpen(i))
	}
	s.stale = true
}

// buildRows makes the rows of what was found.
func (s *search) buildRows(t *Tree) bool {
	if !s.stale {
		return false
	}
	s.stale = false
	s.fit(t)
	if s.purge {
		s.purge = false
		s.drop()
	}
	for n, b := range s.branches {
		b.merge(t, n)
		for k := range b.kids {
			b.kids[k].open = s.isOpen(b.kids[k].node)
		}
	}
	s.list = t.flatten(s.list[:0], s.branches)
	return true
}

// drop takes out what is not found any more.
func (s *search) drop() {
	gone := func(n uint32) bool {
		if s.hits[n] > 0 {
			return false
		}
		s.listed[n] = false
		return true
	}
	for n, b := range s.branches {
		b.kids = slices.DeleteFunc(b.kids, func(k kid) bool { return gone(k.node) })
		b.fresh = slices.DeleteFunc(b.fresh, gone)
		if n != 0 && len(b.kids)+len(b.fresh) == 0 {
			delete(s.branches, n)
		}
	}
}
