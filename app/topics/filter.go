package topics

import (
	"strings"

	"lamplighter/device/topic"
)

// previewSteps is how many levels Preview looks at.
const previewSteps = 50_000

// Preview counts the known topics that a filter matches and names at most most
// of them. After MQTT 3.1.1, section 4.7, + is one level, # is its parent level
// and everything below, and neither, as the first level, matches a topic that
// begins with $. It goes down the tree as the filter does and looks at no more than
// 50,000 levels, so that it can be asked at each key; all says whether that were
// enough.
func (t *Tree) Preview(filter string, most int) (matched int, some []string, all bool) {
	if !topic.ValidFilter(filter) {
		return 0, nil, true
	}
	v := preview{t: t, most: most, left: previewSteps}
	v.from(0, topic.Inner(filter))
	return v.matched, v.examples, v.left > 0
}

// preview counts what a filter matches.
type preview struct {
	t        *Tree
	matched  int
	examples []string
	most     int
	left     int // levels that may be looked at
}

// from counts below a level what the rest of a filter matches.
func (v *preview) from(up uint32, filter string) {
	t := v.t
	want, rest, deeper := strings.Cut(filter, "/")
	switch want {
	case "#":
		v.whole(up)
		return
	case "+":
		for k := t.nodes.at(up).child; k != none && v.left > 0; k = t.nodes.at(k).next {
			if v.left--; up != 0 || !topic.IsInternal(t.nodes.nameOf(k)) {
				v.at(k, rest, deeper)
			}
		}
		return
	}
	if v.left--; v.left > 0 {
		if k := t.nodes.childOf(up, want, t.nodes.step(t.nodes.at(up).hash, want)); k != none {
			v.at(k, rest, deeper)
		}
	}
}

// at counts a level that fits, or goes on below it.
func (v *preview) at(k uint32, rest string, deeper bool) {
	switch {
	case deeper:
		v.from(k, rest)
	case v.t.nodes.at(k).flags&isTopic != 0:
		v.matched++
		v.name(k)
	}
}

// whole counts a branch with its own level.
func (v *preview) whole(up uint32) {
	t := v.t
	v.matched += int(t.nodes.at(up).topics)
	if up == 0 {
		v.matched -= t.counts.Internal
	}
	t.Below(t.nodes.id(up), func(id ID, _ string) bool {
		if i := uint32(id); up != 0 || !t.internal(i) {
			v.name(i)
		}
		v.left--
		return len(v.examples) < v.most && v.left > 0
	})
}

func (v *preview) name(i uint32) {
	if len(v.examples) < v.most {
		v.examples = append(v.examples, v.t.nodes.topic(i))
	}
}
