package trainer

import (
	"slices"
	"strings"
	"testing"

	"lamplighter/app/topics"
	"lamplighter/device/topic"
)

// asked is a trainer with these topics, of which the first are wanted.
func asked(wanted []string, others ...string) *Trainer {
	t := New(append(slices.Clone(wanted), others...), 1)
	t.task = Task{Wanted: wanted}
	return t
}

func TestEachRuleOfFiltersIsToldByTheTopicThatBreaksIt(t *testing.T) {
	one := func(names ...string) []string { return names }
	for _, c := range []struct {
		rule   string
		wanted []string
		other  string
		filter string
		want   Verdict
	}{
		{"a filter has a character at least", one("a"), "b", "", Verdict{Flaw: topic.FlawEmpty}},
		{"# is the last level", one("a/b"), "b", "#/b", Verdict{Flaw: topic.FlawHashEnd}},
		{"# stands alone in its level", one("a/b"), "b", "a/b#", Verdict{Flaw: topic.FlawHashPart}},
		{"+ stands alone in its level", one("room1"), "b", "room+", Verdict{Flaw: topic.FlawPlusPart}},
		{"no U+0000", one("a"), "b", "a\x00", Verdict{Flaw: topic.FlawNull}},
		{"a text matches itself alone", one("a/b"), "a/c", "a/c", Verdict{Missed: true, Topic: "a/b", Reason: ByText, Level: 1}},
		{"capitals count", one("a/Room"), "b", "a/room", Verdict{Missed: true, Topic: "a/Room", Reason: ByCase, Level: 1}},
		{"spaces count", one("a b"), "b", "ab", Verdict{Missed: true, Topic: "a b", Reason: ByText}},
		{"+ is one level", one("a/b/c"), "b", "a/+", Verdict{Missed: true, Topic: "a/b/c", Reason: ByShort, Level: 2}},
		{"+ is one level, not none", one("a"), "b", "a/+", Verdict{Missed: true, Topic: "a", Reason: ByLong, Level: 1}},
		{"+ takes any text", one("a/b"), "a/c", "a/+", Verdict{Topic: "a/c", Reason: ByAnyLevel, Level: 1}},
		{"# takes all below", one("a/b"), "a/c/d", "a/#", Verdict{Topic: "a/c/d", Reason: ByAnyBelow, Level: 1}},
		{"# takes the level above", one("a/b"), "a", "a/#", Verdict{Topic: "a", Reason: ByParent, Level: 1}},
		{"a / at the front is an empty level", one("/a"), "b", "a", Verdict{Missed: true, Topic: "/a", Reason: ByLeading}},
		{"a / at the front of the filter is one, too", one("a"), "b", "/a", Verdict{Missed: true, Topic: "a", Reason: ByLeading}},
		{"// is an empty level", one("a//b"), "b", "a/x/b", Verdict{Missed: true, Topic: "a//b", Reason: ByEmpty, Level: 1}},
		{"a / at the end is an empty level", one("a/"), "b", "a", Verdict{Missed: true, Topic: "a/", Reason: ByShort, Level: 1}},
		{"+ takes an empty level", one("a/b"), "a/", "a/+", Verdict{Topic: "a/", Reason: ByAnyLevel, Level: 1}},
		{"# at the front takes no $", one("$SYS/a", "b"), "c", "#", Verdict{Missed: true, Topic: "$SYS/a", Reason: ByInternal}},
		{"+ at the front takes no $", one("$SYS/a"), "b", "+/a", Verdict{Missed: true, Topic: "$SYS/a", Reason: ByInternal}},
		{"$ is asked for by name", one("$SYS/a"), "b", "$SYS/#", Verdict{Correct: true}},
		{"+ further on takes a $", one("a/$b"), "b", "a/+", Verdict{Correct: true}},
		{"+ takes an empty first level", one("/a"), "b", "+/a", Verdict{Correct: true}},
		{"+ and + take /a", one("/a"), "b", "+/+", Verdict{Correct: true}},
		{"+ alone does not take /a", one("/a"), "b", "+", Verdict{Missed: true, Topic: "/a", Reason: ByShort, Level: 1}},
		{"the name itself is a filter", one("a/b"), "c", "a/b", Verdict{Correct: true}},
		{"the whole name is not what was asked", one("c"), "a/b", "a/b", Verdict{Missed: true, Topic: "c", Reason: ByText}},
	} {
		got := asked(c.wanted, c.other).Check(c.filter)
		if got.Topic != "" && len(got.Levels) == 0 {
			t.Errorf("%s: nothing is explained", c.rule)
		}
		got.Levels = nil
		if got.Flaw != c.want.Flaw || got.Missed != c.want.Missed || got.Topic != c.want.Topic || got.Reason != c.want.Reason || got.Level != c.want.Level || got.Correct != c.want.Correct {
			t.Errorf("%s: filter %q of %q and %q: %+v, want %+v", c.rule, c.filter, c.wanted, c.other, got, c.want)
		}
	}
}

func TestTheShortestCounterExampleIsTold(t *testing.T) {
	v := asked([]string{"a/b/c/d", "a/bb", "a/b"}, "z").Check("z")
	if v.Topic != "a/b" || !v.Missed {
		t.Errorf("%+v", v)
	}
	v = asked([]string{"a/b"}, "long/er", "x/y", "q/r/s").Check("#")
	if v.Topic != "x/y" || v.Missed {
		t.Errorf("%+v", v)
	}
}

func TestTasksAreEndlessSolvableAndTheSameForOneSeed(t *testing.T) {
	for _, names := range [][]string{Example(), {"a"}, {"class/lamp-01/light", "class/lamp-01/status", "class/lamp-02/light", "class/lamp-02/status", "$SYS/a"}} {
		one, two := New(names, 7), New(names, 7)
		kinds := map[Kind]bool{}
		for range 300 {
			task := one.Task()
			if len(task.Wanted) == 0 || !topic.ValidFilter(task.Answer) || !one.Check(task.Answer).Correct {
				t.Fatalf("the task %+v is not solved by its own answer", task)
			}
			if other := two.Task(); other.Answer != task.Answer || other.Kind != task.Kind {
				t.Fatalf("the same seed sets %+v and %+v", task, other)
			}
			kinds[task.Kind] = true
			one.Next()
			two.Next()
		}
		if want := int(kindCount); len(names) == len(Example()) && len(kinds) != want {
			t.Errorf("%d kinds of task in 300, of %d", len(kinds), want)
		}
	}
	if a, b := New(Example(), 1).Task(), New(Example(), 2).Task(); a.Answer == b.Answer && a.Kind == b.Kind {
		t.Error("another seed begins with the same task")
	}
}

func TestTriesAndSolvedTasksAreCounted(t *testing.T) {
	one := New(Example(), 3)
	one.Answer("no/such")
	one.Answer("#/")
	if one.Tries() != 2 || one.Solved() != 0 {
		t.Errorf("%d tries, %d solved", one.Tries(), one.Solved())
	}
	one.Answer(one.Task().Answer)
	one.Answer(one.Task().Answer) // once more is no other task
	one.Next()
	if one.Tries() != 0 || one.Solved() != 1 {
		t.Errorf("%d tries, %d solved after the first", one.Tries(), one.Solved())
	}
}

func TestLevelsLightUpAsFarAsTheFilterGoes(t *testing.T) {
	one := New([]string{"a/b/c", "a/b", "x/y", "$SYS/u"}, 1)
	for filter, want := range map[string]string{
		"":       "$SYS:0 $SYS/u:0 a:0 a/b:0 a/b/c:0 x:0 x/y:0",
		"a/+":    "$SYS:0 $SYS/u:0 a:1 a/b:2 a/b/c:0 x:0 x/y:0",
		"#":      "$SYS:0 $SYS/u:0 a:1 a/b:2 a/b/c:2 x:1 x/y:2",
		"a/#":    "$SYS:0 $SYS/u:0 a:1 a/b:2 a/b/c:2 x:0 x/y:0",
		"+/y":    "$SYS:0 $SYS/u:0 a:1 a/b:0 a/b/c:0 x:1 x/y:2",
		"a/b#":   "$SYS:0 $SYS/u:0 a:0 a/b:0 a/b/c:0 x:0 x/y:0",
		"$SYS/+": "$SYS:1 $SYS/u:2 a:0 a/b:0 a/b/c:0 x:0 x/y:0",
	} {
		var got []string
		for _, r := range one.Rows(filter) {
			got = append(got, r.Path+":"+string(rune('0'+r.Mark)))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: %s, want %s", filter, s, want)
		}
	}
}

func TestATreeGivesAtMostTheTopicsThatFit(t *testing.T) {
	tree := topics.New(topics.MinBudget)
	for i := range 2 * MaxTopics {
		tree.Insert(topics.Message{Topic: "t/" + strings.Repeat("x", i%300) + string(rune('a'+i%26)), Payload: []byte("1")})
	}
	tree.Insert(topics.Message{Topic: strings.Repeat("/", 40), Payload: []byte("1")})
	all := FromTree(tree)
	if len(all) == 0 || len(all) > MaxTopics || slices.ContainsFunc(all, func(s string) bool { return !isFit(s) }) {
		t.Errorf("%d topics", len(all))
	}
	if got := New(nil, 1).Topics(); len(got) != len(Example()) {
		t.Errorf("an empty tree is trained with %q", got)
	}
}

func TestATaskComesAgainOnlyAfterManyOthers(t *testing.T) {
	one := New(Example(), 5)
	var before []string
	for range 60 {
		if a := one.Task().Answer; slices.Contains(before[max(0, len(before)-5):], a) {
			t.Errorf("%q comes again after %q", a, before[max(0, len(before)-5):])
		}
		before = append(before, one.Task().Answer)
		one.Next()
	}
}

func TestAnAnswerThatIsShownIsNotSolvedAndNothingTypedIsNoTry(t *testing.T) {
	one := New(Example(), 3)
	one.Answer("")
	if one.Tries() != 0 {
		t.Error("nothing typed is a try")
	}
	if v := one.Answer(one.Show()); !v.Correct || one.Solved() != 0 {
		t.Errorf("%+v, %d solved", v, one.Solved())
	}
	one.Next()
	if one.Answer(one.Task().Answer); one.Solved() != 1 {
		t.Error("the next task is not counted")
	}
}

func TestASlashAtTheFrontIsBlamedOnlyWhereItIsTheDifference(t *testing.T) {
	for filter, want := range map[string]Reason{"$SYS/#": ByText, "aaaa": ByText, " /Sensor/#": ByText, "Sensor/#": ByLeading, "Sensor/outside": ByLeading} {
		if got := asked([]string{"/Sensor/outside"}, "b").Check(filter); got.Reason != want {
			t.Errorf("%q: reason %d, want %d", filter, got.Reason, want)
		}
	}
}
