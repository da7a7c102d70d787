package topics

import (
	"fmt"
	"testing"

	"lamplighter/device/topic"
)

// matches asks a tree that knows one topic.
func matches(filter, name string) bool {
	tree := New(MinBudget)
	tree.Insert(Message{Topic: name})
	n, some, all := tree.Preview(filter, 5)
	return all && n == 1 && len(some) == 1 && some[0] == name
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

func FuzzThePreviewFindsWhatAFilterMatches(f *testing.F) {
	for filter, name := range map[string]string{
		"sport/tennis/player1/#": "sport/tennis/player1", "sport/#": "sport/tennis/player1", "sport/+": "sport/", "+/+": "/finance", "+": "/finance",
		"#": "$SYS/uptime", "+/monitor/Clients": "$SYS/monitor/Clients", "$SYS/#": "$SYS/uptime", "$SYS/monitor/+": "$SYS/monitor/Clients",
		"ACCOUNTS": "Accounts", "/finance": "finance", "$share/group/a/+": "a/b", "$share/group/#": "a/b", "$share/group/b": "a/b", "$shared/#": "$shared",
	} {
		f.Add(filter, name)
	}
	f.Fuzz(func(t *testing.T, filter, name string) {
		if name == "" {
			return
		}
		want := topic.ValidFilter(filter) && topic.Matches(filter, name)
		if got := matches(filter, name); got != want {
			t.Fatalf("filter %q, topic %q: %v, want %v", filter, name, got, want)
		}
	})
}
