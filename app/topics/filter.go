package topics

import (
	"strings"
	"unicode/utf8"
)

// Flaw is what is wrong with a topic filter or a topic. The zero Flaw is none.
type Flaw int

// The flaws, after MQTT 3.1.1, sections 4.7 and 1.5.3.
const (
	NoFlaw       Flaw = iota
	FlawEmpty         // nothing written
	FlawTooLong       // more than 65,535 bytes
	FlawNull          // holds the character U+0000
	FlawNotUTF8       // is no UTF-8
	FlawHashEnd       // # is not the last level
	FlawHashPart      // # shares its level with something else
	FlawPlusPart      // + shares its level with something else
	FlawWildcard      // + or # in a topic that is published to
	FlawShare         // a shared subscription without a group or a filter
)

// CheckFilter says what is wrong with a topic filter (MQTT 3.1.1, section 4.7), or
// with that of a shared subscription (MQTT 5, section 4.8.2).
func CheckFilter(filter string) Flaw {
	if f := checkText(filter); f != NoFlaw {
		return f
	}
	if filter == "$share" || strings.HasPrefix(filter, "$share/") {
		if shared(filter) == filter {
			return FlawShare // some brokers hang up
		}
		filter = shared(filter)
	}
	for rest, more := filter, true; more; {
		var level string
		level, rest, more = strings.Cut(rest, "/")
		switch {
		case level == "#" && more:
			return FlawHashEnd
		case level == "#" || level == "+":
		case strings.Contains(level, "#"):
			return FlawHashPart
		case strings.Contains(level, "+"):
			return FlawPlusPart
		}
	}
	return NoFlaw
}

// CheckTopic says what is wrong with a topic to publish to (MQTT 3.1.1,
// sections 3.3.2.1 and 4.7.3).
func CheckTopic(topic string) Flaw {
	if f := checkText(topic); f != NoFlaw {
		return f
	}
	if strings.ContainsAny(topic, "+#") {
		return FlawWildcard
	}
	return NoFlaw
}

func checkText(s string) Flaw {
	switch {
	case s == "":
		return FlawEmpty
	case len(s) > MaxTopic:
		return FlawTooLong
	case !utf8.ValidString(s):
		return FlawNotUTF8
	case strings.IndexByte(s, 0) >= 0:
		return FlawNull
	}
	return NoFlaw
}

// shared is what a filter of a shared subscription, as $share/<group>/<filter>,
// matches (MQTT 5, section 4.8.2; many brokers have it for MQTT 3.1.1 too).
func shared(filter string) string {
	rest, ok := strings.CutPrefix(filter, "$share/")
	if group, inner, both := strings.Cut(rest, "/"); ok && both && group != "" && inner != "" && !strings.ContainsAny(group, "+#") {
		return inner
	}
	return filter
}

// previewSteps is how many levels Preview looks at.
const previewSteps = 50_000

// Preview counts the known topics that a filter matches and names at most most
// of them. After MQTT 3.1.1, section 4.7, + is one level, # is its parent level
// and everything below, and neither, as the first level, matches a topic that
// begins with $. It goes down the tree as the filter does and looks at no more than
// 50,000 levels, so that it can be asked at each key; all says whether that were
// enough.
func (t *Tree) Preview(filter string, most int) (matched int, some []string, all bool) {
	if CheckFilter(filter) != NoFlaw {
		return 0, nil, true
	}
	v := preview{t: t, most: most, left: previewSteps}
	v.from(0, shared(filter))
	return v.matched, v.some, v.left > 0
}

// preview counts what a filter matches.
type preview struct {
	t       *Tree
	matched int
	some    []string
	most    int
	left    int // levels that may be looked at
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
			if v.left--; up != 0 || !isInternal(t.nodes.nameOf(k)) {
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
	t.Below(t.nodes.id(up), func(id ID, topic string) bool {
		if i := uint32(id); up != 0 || !t.internal(i) {
			v.name(i)
		}
		v.left--
		return len(v.some) < v.most && v.left > 0
	})
}

func (v *preview) name(i uint32) {
	if len(v.some) < v.most {
		v.some = append(v.some, v.t.nodes.topic(i))
	}
}
