package topic

import "strings"

// Rule is what decides whether one level of a filter matches the level of a name
// that stands beside it.
type Rule int

// The rules, after MQTT 3.1.1, section 4.7.
const (
	Same        Rule = iota // both levels are the same text
	AnyLevel                // + matches one level, an empty one too
	AnyBelow                // # matches this level and all below it
	Parent                  // # matches the level above it too, where the name ends
	Different               // the texts differ, if only in a capital letter or a space
	Internal                // a + or # as the first level matches no name that begins with $
	NameEnds                // the filter has a level more than the name
	FilterEnds              // the name has a level more than the filter
	NotCompared             // a level before it has decided
)

// Matches reports whether a level is matched by this rule.
func (r Rule) Matches() bool { return r <= Parent }

// LevelMatch is one level of a filter and the level of a name that stands beside it.
type LevelMatch struct {
	Filter string // "" also below a # and where the filter has ended
	Name   string // "" also where the name has ended
	Rule   Rule
}

// Explain compares a filter, shared or not, with a name, level by level, as far as the
// longer of both. The filter matches the name where every level is matched. Both are
// valid.
func Explain(filter, name string) []LevelMatch {
	filters, names := strings.Split(Inner(filter), "/"), strings.Split(name, "/")
	all := make([]LevelMatch, max(len(filters), len(names)))
	decided, below := false, false
	for i := range all {
		m := &all[i]
		m.Filter, m.Name = at(filters, i), at(names, i)
		switch {
		case decided:
			m.Rule = NotCompared
		case below:
			m.Rule = AnyBelow
		default:
			m.Rule = ruleAt(filters, names, i)
		}
		decided = decided || !m.Rule.Matches()
		below = below || m.Rule == AnyBelow
	}
	return all
}

func ruleAt(filters, names []string, i int) Rule {
	switch {
	case i >= len(filters):
		return FilterEnds
	case i >= len(names) && filters[i] == "#":
		return Parent
	case i >= len(names):
		return NameEnds
	case i == 0 && IsInternal(names[0]) && (filters[0] == "+" || filters[0] == "#"):
		return Internal
	case filters[i] == "#":
		return AnyBelow
	case filters[i] == "+":
		return AnyLevel
	case filters[i] == names[i]:
		return Same
	}
	return Different
}

func at(levels []string, i int) string {
	if i < len(levels) {
		return levels[i]
	}
	return ""
}
