package topic

import (
	"slices"
	"strings"
	"testing"
)

func TestAnExplanationNamesTheRuleOfEachLevel(t *testing.T) {
	for _, c := range []struct {
		filter, name string
		rules        []Rule
	}{
		{"a/b", "a/b", []Rule{Same, Same}},
		{"a/b", "a/c", []Rule{Same, Different}},
		{"a/+/c", "a/b/c", []Rule{Same, AnyLevel, Same}},
		{"a/+", "a/", []Rule{Same, AnyLevel}},
		{"a/+", "a", []Rule{Same, NameEnds}},
		{"a", "a/b/c", []Rule{Same, FilterEnds, NotCompared}},
		{"b/c/d", "a/c/d", []Rule{Different, NotCompared, NotCompared}},
		{"a/#", "a", []Rule{Same, Parent}},
		{"a/#", "a/b/c", []Rule{Same, AnyBelow, AnyBelow}},
		{"#", "$SYS/uptime", []Rule{Internal, NotCompared}},
		{"+/uptime", "$SYS/uptime", []Rule{Internal, NotCompared}},
		{"$SYS/+", "$SYS/uptime", []Rule{Same, AnyLevel}},
		{"a/+", "a/$b", []Rule{Same, AnyLevel}},
		{"$share/g/+", "a", []Rule{AnyLevel}},
		{"Lamp", "lamp", []Rule{Different}},
	} {
		var rules []Rule
		for _, m := range Explain(c.filter, c.name) {
			rules = append(rules, m.Rule)
		}
		if !slices.Equal(rules, c.rules) {
			t.Errorf("filter %q, name %q: %v, want %v", c.filter, c.name, rules, c.rules)
		}
	}
}

func TestAnExplanationAndTheComparisonAgree(t *testing.T) {
	names := paths([]string{"a", "", "$a", "other"}, 4)
	for _, f := range paths([]string{"a", "", "$a", "+", "#"}, 4) {
		if !ValidFilter(f) {
			continue
		}
		for _, name := range names {
			all := Explain(f, name)
			matches := !slices.ContainsFunc(all, func(m LevelMatch) bool { return !m.Rule.Matches() })
			if want := reference(strings.Split(f, "/"), strings.Split(name, "/"), true); matches != want {
				t.Errorf("filter %q, name %q: explained as %v, want %v", f, name, matches, want)
			}
		}
	}
}
