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
)

// CheckFilter says what is wrong with a topic filter (MQTT 3.1.1, section 4.7).
func CheckFilter(filter string) Flaw {
	if f := checkText(filter); f != NoFlaw {
		return f
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

// Match says whether a filter without flaw matches a topic (MQTT 3.1.1, section
// 4.7): + is one level, # is its parent level and everything below, and
// neither, as the first level, matches a topic that begins with $.
func Match(filter, topic string) bool {
	if topic == "" || filter == "" || topic[0] == '$' && (filter[0] == '+' || filter[0] == '#') {
		return false
	}
	for {
		want, wants, deeper := strings.Cut(filter, "/")
		if want == "#" {
			return true
		}
		have, rest, more := strings.Cut(topic, "/")
		if want != "+" && want != have {
			return false
		}
		switch {
		case !deeper:
			return !more
		case !more:
			return wants == "#"
		}
		filter, topic = wants, rest
	}
}

// Preview counts the known topics that a filter matches and names at most most
// of them. It looks at 100,000 topics at the most, so that it can be asked at
// each key; all says whether it saw every topic.
func (t *Tree) Preview(filter string, most int) (matched int, some []string, all bool) {
	if CheckFilter(filter) != NoFlaw {
		return 0, nil, true
	}
	seen := 0
	t.Below(Root, func(_ ID, topic string) bool {
		seen++
		if Match(filter, topic) {
			matched++
			if len(some) < most {
				some = append(some, topic)
			}
		}
		return seen < 100_000
	})
	return matched, some, seen < 100_000
}
