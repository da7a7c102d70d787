package topics

import (
	"fmt"
	"strings"
	"testing"
)

func TestFiltersMatchAsTheSpecificationSays(t *testing.T) {
	// The examples of MQTT 3.1.1, section 4.7.1 to 4.7.3.
	for _, c := range []struct {
		filter, topic string
		match         bool
	}{
		{"sport/tennis/player1/#", "sport/tennis/player1", true},
		{"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
		{"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
		{"sport/#", "sport", true},
		{"#", "anything/at/all", true},
		{"sport/tennis/+", "sport/tennis/player1", true},
		{"sport/tennis/+", "sport/tennis/player1/ranking", false},
		{"sport/+", "sport", false},
		{"sport/+", "sport/", true},
		{"+/+", "/finance", true},
		{"/+", "/finance", true},
		{"+", "/finance", false},
		{"#", "$SYS/uptime", false},
		{"+/monitor/Clients", "$SYS/monitor/Clients", false},
		{"$SYS/#", "$SYS/uptime", true},
		{"$SYS/monitor/+", "$SYS/monitor/Clients", true},
		{"ACCOUNTS", "Accounts", false},
		{"/finance", "finance", false},
	} {
		if got := matches(c.filter, c.topic); got != c.match {
			t.Errorf("filter %q, topic %q: %v", c.filter, c.topic, got)
		}
	}
}

func TestAWrongFilterSaysWhatIsWrong(t *testing.T) {
	for filter, want := range map[string]Flaw{
		"": FlawEmpty, "sport/tennis#": FlawHashPart, "sport/#/ranking": FlawHashEnd, "sport+": FlawPlusPart, "+/tennis/#": NoFlaw,
		"a\x00b": FlawNull, "\xff": FlawNotUTF8, strings.Repeat("a", MaxTopic+1): FlawTooLong, "/": NoFlaw, "#": NoFlaw, "+": NoFlaw,
		"$share": FlawShare, "$share/": FlawShare, "$share/g": FlawShare, "$share/g/": FlawShare, "$share//a": FlawShare, "$share/+/a": FlawShare,
		"$share/g/#": NoFlaw, "$share/g/a#": FlawHashPart, "$shared": NoFlaw,
	} {
		if got := CheckFilter(filter); got != want {
			t.Errorf("filter %.20q: %v, want %v", filter, got, want)
		}
	}
	if CheckTopic("a/+") != FlawWildcard || CheckTopic("a/#") != FlawWildcard || CheckTopic("a b/灯") != NoFlaw {
		t.Error("topics to publish to are checked wrongly")
	}
}

// matches asks a tree that knows one topic.
func matches(filter, topic string) bool {
	tree := New(MinBudget)
	tree.Insert(Message{Topic: topic})
	n, some, all := tree.Preview(filter, 5)
	return all && n == 1 && len(some) == 1 && some[0] == topic
}

func TestAFilterOfASharedSubscriptionMatchesWhatItsFilterDoes(t *testing.T) {
	for filter, want := range map[string]bool{"$share/group/a/+": true, "$share/group/#": true, "$share/group": false, "$share/group/b": false, "$share/#": false} {
		if got := matches(filter, "a/b"); got != want {
			t.Errorf("filter %q: %v", filter, got)
		}
	}
}

func TestAFilterIsPreviewedWithoutALookAtEveryTopic(t *testing.T) {
	tree := New(DefaultBudget)
	for i := range 60_000 {
		tree.Insert(Message{Topic: fmt.Sprintf("school/%d/%d", i/1000, i)})
	}
	tree.Insert(Message{Topic: "$SYS/uptime"})
	for filter, want := range map[string]int{"#": 60_000, "school/#": 60_000, "school/7/+": 1000, "+/7/7007": 1, "$SYS/#": 1} {
		if n, some, all := tree.Preview(filter, 3); n != want || len(some) != min(3, want) || !all {
			t.Errorf("filter %q: %d, %q, all: %v", filter, n, some, all)
		}
	}
	if n, _, all := tree.Preview("+/+/+", 3); all || n == 0 || n > previewSteps {
		t.Errorf("%d, all: %v", n, all)
	}
}

// naiveMatch is section 4.7 word by word.
func naiveMatch(filter, topic []string, first bool) bool {
	switch {
	case len(filter) == 0:
		return len(topic) == 0
	case filter[0] == "#":
		return !first || !strings.HasPrefix(topic[0], "$")
	case len(topic) == 0:
		return false
	case filter[0] == "+":
		if first && strings.HasPrefix(topic[0], "$") {
			return false
		}
	case filter[0] != topic[0]:
		return false
	}
	return naiveMatch(filter[1:], topic[1:], false)
}

func FuzzMatchIsTheSpecification(f *testing.F) {
	f.Add("a/+/#", "a/b")
	f.Add("+/+", "$SYS/x")
	f.Add("#", "/")
	f.Fuzz(func(t *testing.T, filter, topic string) {
		if CheckFilter(filter) != NoFlaw || topic == "" {
			return
		}
		want := naiveMatch(strings.Split(filter, "/"), strings.Split(topic, "/"), true)
		if got := matches(filter, topic); got != want {
			t.Fatalf("filter %q, topic %q: %v, want %v", filter, topic, got, want)
		}
	})
}
