package topic

import (
	"slices"
	"strings"
	"testing"
)

func TestFiltersMatchAsTheSpecificationSays(t *testing.T) {
	for _, c := range []struct {
		filter, name string
		match        bool
	}{
		// 4.7.1.1: the topic level separator
		{"/", "/", true},
		{"a//b", "a//b", true},
		{"a//b", "a/b", false},
		{"a/+/b", "a//b", true},
		// 4.7.1.2: the multi-level wildcard
		{"sport/tennis/player1/#", "sport/tennis/player1", true},
		{"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
		{"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
		{"sport/tennis/player1/#", "sport/tennis/player2", false},
		{"sport/#", "sport", true},
		{"sport/#", "sports", false},
		{"sport/tennis/#", "sport", false},
		{"#", "anything/at/all", true},
		{"#", "/", true},
		{"#", "", true},
		// 4.7.1.3: the single level wildcard
		{"sport/tennis/+", "sport/tennis/player1", true},
		{"sport/tennis/+", "sport/tennis/player2", true},
		{"sport/tennis/+", "sport/tennis/player1/ranking", false},
		{"sport/+", "sport", false},
		{"sport/+", "sport/", true},
		{"+", "sport", true},
		{"+/tennis/#", "sport/tennis", true},
		{"+/tennis/#", "sport/tennis/player1", true},
		{"sport/+/player1", "sport/tennis/player1", true},
		{"sport/+/player1", "sport/tennis/player2", false},
		{"+/+", "/finance", true},
		{"/+", "/finance", true},
		{"+", "/finance", false},
		// 4.7.2: names beginning with $
		{"#", "$SYS/uptime", false},
		{"+/monitor/Clients", "$SYS/monitor/Clients", false},
		{"+/#", "$SYS", false},
		{"$SYS/#", "$SYS/uptime", true},
		{"$SYS/#", "$SYS", true},
		{"$SYS/monitor/+", "$SYS/monitor/Clients", true},
		{"$SYS/+", "$SYS/$x", true},
		{"a/#", "a/$SYS", true},
		{"a/+", "a/$SYS", true},
		// 4.7.3: case, spaces, a leading or trailing separator
		{"ACCOUNTS", "Accounts", false},
		{"Accounts payable", "Accounts payable", true},
		{"/finance", "finance", false},
		{"finance/", "finance", false},
		{"灯/+", "灯/1", true},
		// MQTT 5, 4.8.2: shared subscriptions
		{"$share/group/a/+", "a/b", true},
		{"$share/group/#", "a/b", true},
		{"$share/group/#", "$SYS/x", false},
		{"$share/group//a", "/a", true},
		{"$share/group", "a/b", false},
		{"$share/group/b", "a/b", false},
		{"$share/#", "a/b", false},
		{"$shared/a", "$shared/a", true},
	} {
		if Matches(c.filter, c.name) != c.match {
			t.Errorf("filter %q, name %q: %v", c.filter, c.name, !c.match)
		}
	}
}

func TestAWrongFilterSaysWhatIsWrong(t *testing.T) {
	for filter, want := range map[string]Flaw{
		"": FlawEmpty, "a\x00b": FlawNull, "\xff": FlawNotUTF8, "\xed\xa0\x80": FlawNotUTF8, // a surrogate
		strings.Repeat("a", MaxLen): NoFlaw, strings.Repeat("a", MaxLen+1): FlawTooLong,
		"/": NoFlaw, "a b": NoFlaw, "a//b": NoFlaw, "\ufeffa": NoFlaw,
		"#": NoFlaw, "/#": NoFlaw, "sport/tennis/#": NoFlaw, "sport/tennis#": FlawHashPart, "#a": FlawHashPart, "##": FlawHashPart, "+#": FlawHashPart, "sport/tennis/#/ranking": FlawHashEnd, "#/": FlawHashEnd,
		"+": NoFlaw, "+/tennis/#": NoFlaw, "sport/+/player1": NoFlaw, "+/": NoFlaw, "sport+": FlawPlusPart, "++": FlawPlusPart,
		"$share": FlawShare, "$share/": FlawShare, "$share/g": FlawShare, "$share/g/": FlawShare, "$share//a": FlawShare, "$share/+/a": FlawShare, "$share/#/a": FlawShare,
		"$share/g/#": NoFlaw, "$share/g//": NoFlaw, "$share/g/a#": FlawHashPart, "$shared": NoFlaw, "$SYS/#": NoFlaw,
	} {
		if got := CheckFilter(filter); got != want || ValidFilter(filter) != (want == NoFlaw) {
			t.Errorf("filter %.20q: %v, want %v", filter, got, want)
		}
	}
}

func TestAWrongNameSaysWhatIsWrong(t *testing.T) {
	for name, want := range map[string]Flaw{
		"": FlawEmpty, "a\x00": FlawNull, "\xff": FlawNotUTF8, strings.Repeat("a", MaxLen+1): FlawTooLong, strings.Repeat("/", MaxLen): NoFlaw,
		"a/+": FlawWildcard, "a/#": FlawWildcard, "a+b": FlawWildcard, "a b/灯": NoFlaw, "/": NoFlaw, "$SYS/x": NoFlaw, "$share/g/a": NoFlaw,
	} {
		if got := CheckName(name); got != want || ValidName(name) != (want == NoFlaw) {
			t.Errorf("name %.20q: %v, want %v", name, got, want)
		}
	}
}

func TestAFilterCoversWhatItMatchesOnly(t *testing.T) {
	for _, c := range []struct {
		a, b   string
		covers bool
	}{
		{"#", "class/+/light", true},
		{"class/#", "class", true},
		{"class/+/light", "class/lamp-07/light", true},
		{"class/+/light", "class/+/status", false},
		{"class/+", "class/#", false},
		{"class/+/#", "class/#", false},
		{"class", "class/#", false},
		{"+/a", "b/a/c", false},
		{"+/#", "#", true},
		{"#", "$SYS/#", false},
		{"+/broker", "$SYS/broker", false},
		{"$SYS/#", "$SYS/broker/uptime", true},
		{"#", "$share/g/a", false}, // one of the group has the message, the other all of them
		{"$share/g/#", "a", false},
		{"$share/g/#", "$share/g/a", true},
		{"$share/g/#", "$share/h/a", false},
		{"$share/g/#", "$share/g/$SYS/a", false},
	} {
		if Covers(c.a, c.b) != c.covers {
			t.Errorf("%s covers %s: %v", c.a, c.b, !c.covers)
		}
	}
}

func TestLevelsAreCounted(t *testing.T) {
	for _, c := range []struct {
		s string
		n int
	}{{"a", 1}, {"a/b", 2}, {"+/#", 2}, {"a/b/c", 3}, {"", 0}, {"/", 0}, {"a/", 0}, {"/a", 0}, {"a//b", 0}} {
		for n := 1; n < 5; n++ {
			if HasLevels(c.s, n) != (n == c.n) {
				t.Errorf("%q has %d levels: %v", c.s, n, n != c.n)
			}
		}
		if HasEmptyLevel(c.s) != (c.n == 0) {
			t.Errorf("%q has an empty level: %v", c.s, c.n != 0)
		}
	}
	for _, c := range []struct {
		name, base string
		below      bool
	}{{"a/b", "a", true}, {"a", "a", true}, {"a/b/c", "a/b", true}, {"ab", "a", false}, {"a", "a/b", false}, {"a", "", false}, {"/a", "", false}} {
		if IsBelow(c.name, c.base) != c.below {
			t.Errorf("%q is below %q: %v", c.name, c.base, !c.below)
		}
	}
}

// reference is section 4.7 word by word.
func reference(filter, name []string, first bool) bool {
	switch {
	case len(filter) == 0:
		return len(name) == 0
	case filter[0] == "#":
		return !first || !strings.HasPrefix(name[0], "$")
	case len(name) == 0:
		return false
	case filter[0] == "+":
		if first && strings.HasPrefix(name[0], "$") {
			return false
		}
	case filter[0] != name[0]:
		return false
	}
	return reference(filter[1:], name[1:], false)
}

func FuzzMatchesIsTheSpecification(f *testing.F) {
	f.Add("a/+/#", "a/b")
	f.Add("+/+", "$SYS/x")
	f.Add("#", "/")
	f.Add("$share/g/+/#", "a")
	f.Fuzz(func(t *testing.T, filter, name string) {
		if !ValidFilter(filter) || !ValidName(name) {
			return
		}
		levels := strings.Split(filter, "/")
		if levels[0] == "$share" {
			levels = levels[2:]
		}
		want := reference(levels, strings.Split(name, "/"), true)
		if Matches(filter, name) != want {
			t.Fatalf("filter %q, name %q: %v", filter, name, !want)
		}
		if levels[0] == strings.Split(filter, "/")[0] && Overlaps(filter, name) != want && !strings.HasPrefix(name, "$share/") {
			t.Fatalf("filter %q overlaps %q: %v", filter, name, !want)
		}
	})
}

func TestAFilterIsKnownToMatchNamesOfSomeLevels(t *testing.T) {
	names := slices.DeleteFunc(paths([]string{"a", "$a", "other"}, 3), HasEmptyLevel)
	for _, f := range paths([]string{"a", "", "$a", "+", "#"}, 4) {
		for n := 1; n < 4 && ValidFilter(f); n++ {
			want := slices.ContainsFunc(names, func(name string) bool { return HasLevels(name, n) && Matches(f, name) })
			if HasEmptyLevel(f) {
				want = false
			}
			if MatchesLevels(f, n) != want {
				t.Errorf("%q matches some name of %d levels: %v", f, n, !want)
			}
		}
	}
}

// Every pair of filters of up to three levels is held against every name of up to
// four: a level that no filter has stands for all the others. The empty name, which
// nobody can publish to, counts as one empty level.
func TestCoversAndOverlapsAreWhatEveryNameSays(t *testing.T) {
	names := paths([]string{"a", "", "$a", "other"}, 4)
	filters := slices.DeleteFunc(paths([]string{"a", "", "$a", "+", "#"}, 3), func(f string) bool { return !ValidFilter(f) })
	matched := map[string][]bool{}
	for _, f := range filters {
		for _, n := range names {
			matched[f] = append(matched[f], reference(strings.Split(f, "/"), strings.Split(n, "/"), true))
		}
	}
	for _, a := range filters {
		for _, b := range filters {
			covers, overlaps := true, false
			for i := range names {
				covers = covers && (matched[a][i] || !matched[b][i])
				overlaps = overlaps || matched[a][i] && matched[b][i]
			}
			if Covers(a, b) != covers || Overlaps(a, b) != overlaps {
				t.Errorf("%q and %q: covers %v, overlaps %v", a, b, !covers, !overlaps)
			}
		}
	}
}

// paths lists all paths of one to n of these levels.
func paths(levels []string, n int) []string {
	all := slices.Clone(levels)
	if n > 1 {
		for _, rest := range paths(levels, n-1) {
			for _, l := range levels {
				all = append(all, l+"/"+rest)
			}
		}
	}
	return all
}
