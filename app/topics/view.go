package topics

import (
	"maps"
	"slices"
	"time"
)

// Level is what is known of one level of the tree.
type Level struct {
	Name     string // the level's exact bytes; show it by Display
	Topics   int    // topics in this branch, itself counted
	Messages uint64 // messages received in this branch
	Changed  time.Time
	Children bool
	Topic    bool // has had a message of its own
	Starred  bool
	Retained bool // the broker was seen to keep a value for it
	InMemory int  // messages of this topic that are in memory
	Last     Entry
}

// Level tells about a level; false for one that is forgotten. It copies
// nothing but a few words, so that it can be asked for each visible row.
func (t *Tree) Level(id ID) (Level, bool) {
	i, ok := t.nodes.lookup(id)
	if !ok {
		return Level{}, false
	}
	p := t.nodes.at(i)
	l := Level{
		Name: t.nodes.nameOf(i), Topics: int(p.topics), Messages: p.messages, Changed: time.Unix(0, p.changed),
		Children: p.child != none, Topic: p.flags&isTopic != 0, Starred: p.flags&isStarred != 0,
		Retained: p.flags&isRetained != 0, InMemory: int(p.inMemory),
	}
	if r := t.store.record(p.last); r != nil {
		l.Last = entry(r)
	}
	return l, true
}

// OwnMessages is how many messages a topic has had itself, without those below it, and
// whether some of them stand in its history before others that came earlier. It
// looks at every level right below.
func (t *Tree) OwnMessages(id ID) (messages uint64, mixed bool) {
	i, ok := t.nodes.lookup(id)
	if !ok {
		return 0, false
	}
	p := t.nodes.at(i)
	messages = p.messages
	for k := p.child; k != none; k = t.nodes.at(k).next {
		messages -= t.nodes.at(k).messages
	}
	return messages, p.flags&isMixed != 0
}

// Topic is the exact topic of a level, "" for a forgotten one and for Root.
func (t *Tree) Topic(id ID) string {
	i, ok := t.nodes.lookup(id)
	if !ok {
		return ""
	}
	return t.nodes.topic(i)
}

// Find gives the level at a topic, which may have no message of its own.
func (t *Tree) Find(topic string) (ID, bool) {
	i := t.nodes.find(topic)
	if i == none {
		return 0, false
	}
	return t.nodes.id(i), true
}

// Parent is the level above; Root is above itself.
func (t *Tree) Parent(id ID) ID {
	i, ok := t.nodes.lookup(id)
	if !ok || i == 0 {
		return Root
	}
	return t.nodes.id(t.nodes.at(i).parent)
}

// History gives the newest messages of a topic, the newest first, at most most.
// Those of a recording stand at their time; where there are such, it sorts them,
// some 0.2 µs for each message of the topic.
func (t *Tree) History(id ID, most int) []Entry {
	i, ok := t.nodes.lookup(id)
	if !ok {
		return nil
	}
	p := t.nodes.at(i)
	if p.flags&isMixed != 0 {
		return t.byTime(p, most)
	}
	all := make([]Entry, 0, min(int(p.inMemory), most))
	for at := p.last; len(all) < most; {
		r := t.store.record(at)
		if r == nil {
			break
		}
		all = append(all, entry(r))
		at = getPlace(r[recPrev:])
	}
	return all
}

// SetStar gives or takes a star.
func (t *Tree) SetStar(id ID, on bool) {
	i, ok := t.nodes.lookup(id)
	if !ok || i == 0 {
		return
	}
	t.star(i, on)
	t.Changed.Raise()
}

func (t *Tree) star(i uint32, on bool) {
	topic := t.nodes.topic(i)
	if on {
		t.stars[topic] = true
		t.nodes.at(i).flags |= isStarred
	} else {
		delete(t.stars, topic)
		t.nodes.at(i).flags &^= isStarred
	}
	if t.search != nil && t.search.filter.Starred {
		t.search = newSearch(t.search.filter)
	}
}

// Stars lists the starred topics, also those that were not heard yet.
func (t *Tree) Stars() []string { return slices.Sorted(maps.Keys(t.stars)) }

// SetStars replaces all stars, as at the start.
func (t *Tree) SetStars(all []string) {
	for topic := range t.stars {
		if i := t.nodes.find(topic); i != none {
			t.star(i, false)
		}
	}
	clear(t.stars)
	for _, topic := range all {
		t.stars[topic] = true
		if i := t.nodes.find(topic); i != none {
			t.star(i, true)
		}
	}
	t.Changed.Raise()
}

// Below calls visit for every topic in a branch that has had a message, until
// visit says no. The order is the tree's own, not the sorted one.
func (t *Tree) Below(id ID, visit func(id ID, topic string) bool) {
	top, ok := t.nodes.lookup(id)
	if !ok {
		return
	}
	for i := top; ; {
		if t.nodes.at(i).flags&isTopic != 0 && !visit(t.nodes.id(i), t.nodes.topic(i)) {
			return
		}
		if k := t.nodes.at(i).child; k != none {
			i = k
			continue
		}
		for t.nodes.at(i).next == none || i == top {
			if i == top {
				return
			}
			i = t.nodes.at(i).parent
		}
		i = t.nodes.at(i).next
	}
}

// Complete lists at most most levels that a typed topic may go on with, as
// whole topics; one that has levels below ends in a slash.
func (t *Tree) Complete(typed string, most int) []string {
	up, at := uint32(0), 0
	for k := len(typed) - 1; k >= 0; k-- {
		if typed[k] == '/' {
			at = k + 1
			if up = t.nodes.find(typed[:k]); up == none {
				return nil
			}
			break
		}
	}
	var all []string
	start := typed[at:]
	// A level with very many children is looked at in part: this runs at each
	// key that is typed.
	seen := 0
	for k := t.nodes.at(up).child; k != none && seen < 20000; k = t.nodes.at(k).next {
		seen++
		name := t.nodes.nameOf(k)
		if len(name) < len(start) || !hasPrefixFold([]byte(name), lowerASCII(start)) {
			continue
		}
		full := typed[:at] + name
		if t.nodes.at(k).child != none {
			full += "/"
		}
		all = append(all, full)
	}
	slices.SortFunc(all, natural)
	return all[:min(len(all), most)]
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}
