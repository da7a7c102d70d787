// Package trainer teaches MQTT's topic filters on topics that are there: it shows
// level by level what a filter matches, and sets tasks the other way round, for
// which a filter is to be found (MQTT 3.1.1, section 4.7).
package trainer

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"

	"lamplighter/app/topics"
	"lamplighter/device/topic"
)

// MaxTopics is how many topics a trainer works with; of more it takes the first.
const MaxTopics = 200

// maxLevels bounds the levels of a topic that is trained with: a row needs room.
const maxLevels = 12

// maxLen bounds a topic that is trained with, in bytes.
const maxLen = 200

// Example is the tree of the mPython tutorial, with what makes filters hard: a
// name that is only nearly the same, an empty level, and the broker's own topics.
func Example() []string {
	return []string{
		"$SYS/broker/uptime", "$SYS/broker/version",
		"/Sensor/outside", "/Sensor/room1/humidity", "/Sensor/room1/temperature", "/Sensor/room1/window/left", "/Sensor/room1/window/right",
		"/Sensor/room10/temperature", "/Sensor/room2/humidity", "/Sensor/room2/temperature", "/Sensor//temperature",
		"Sensor/room1/temperature", "room1/light",
	}
}

// FromTree lists the topics of a tree that a trainer can work with.
func FromTree(t *topics.Tree) (all []string) {
	t.Below(topics.Root, func(_ topics.ID, name string) bool {
		if isFit(name) {
			all = append(all, name)
		}
		return len(all) < MaxTopics
	})
	return all
}

func isFit(name string) bool {
	return len(name) <= maxLen && strings.Count(name, "/") < maxLevels && topic.ValidName(name)
}

// Trainer is a tree of topics with the task that is set for it.
type Trainer struct {
	topics []string // sorted level by level
	random *rand.Rand
	task   Task
	tries  int // at this task, wrong ones
	done   bool
	shown  bool     // an answer to this task was shown
	recent []string // answers to the last tasks
	solved int
}

// New makes a trainer for topics, with its first task. The same seed sets the same
// tasks. Where no topic is fit it has Example's.
func New(names []string, seed uint64) *Trainer {
	t := &Trainer{random: rand.New(rand.NewPCG(seed, seed))}
	for _, name := range names {
		if len(t.topics) < MaxTopics && isFit(name) {
			t.topics = append(t.topics, name)
		}
	}
	if len(t.topics) == 0 {
		t.topics = Example()
	}
	slices.SortFunc(t.topics, byLevels)
	t.topics = slices.Compact(t.topics)
	t.Next()
	return t
}

func byLevels(a, b string) int { return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/")) }

// Topics lists what the trainer works with, level by level.
func (t *Trainer) Topics() []string { return slices.Clone(t.topics) }

// Task is the task that is set.
func (t *Trainer) Task() Task { return t.task }

// Solved is how many tasks were solved.
func (t *Trainer) Solved() int { return t.solved }

// Tries is how many wrong answers this task has had.
func (t *Trainer) Tries() int { return t.tries }

// Show is an answer to the task, which then is not counted as solved.
func (t *Trainer) Show() string {
	t.shown = true
	return t.task.Answer
}

// IsShown reports whether an answer to the task was shown.
func (t *Trainer) IsShown() bool { return t.shown }

// Mark is how far a filter goes along a row of the tree.
type Mark int

// The marks.
const (
	Unmatched Mark = iota // some level up to here does not match
	OnTheWay              // each level up to here matches, and the filter goes on
	Matched               // the filter matches the topic that ends here
)

// Row is one level of the tree, with all above it.
type Row struct {
	Path  string // the levels up to here
	Level string // the last of them, may be empty
	Depth int    // 0 = the first level
	Topic bool   // messages are published to Path
	Mark  Mark
}

// Rows is the tree, from the top, marked for a filter. A filter that is none
// marks nothing.
func (t *Trainer) Rows(filter string) (rows []Row) {
	valid := topic.ValidFilter(filter)
	var above []string
	for _, name := range t.topics {
		levels := strings.Split(name, "/")
		for i := range levels {
			if i < len(above) && slices.Equal(levels[:i+1], above[:i+1]) {
				continue
			}
			r := Row{Path: strings.Join(levels[:i+1], "/"), Level: levels[i], Depth: i, Topic: i == len(levels)-1}
			if valid {
				r.Mark = mark(filter, r)
			}
			rows = append(rows, r)
		}
		above = levels
	}
	for i := range rows {
		if isLeaf := i+1 == len(rows) || rows[i+1].Depth <= rows[i].Depth; isLeaf && rows[i].Mark == OnTheWay {
			rows[i].Mark = Unmatched // it leads nowhere
		}
	}
	return rows
}

// mark compares a filter with a row.
func mark(filter string, r Row) Mark {
	for _, m := range topic.Explain(filter, r.Path) {
		switch {
		case m.Rule == topic.NameEnds:
			return OnTheWay
		case !m.Rule.Matches():
			return Unmatched
		}
	}
	if r.Topic {
		return Matched
	}
	if strings.HasSuffix(filter, "#") {
		return OnTheWay
	}
	return Unmatched
}

// matching lists what a filter matches of names.
func matching(names []string, filter string) (all []string) {
	for _, name := range names {
		if topic.Matches(filter, name) {
			all = append(all, name)
		}
	}
	return all
}

// Reason is why a filter fails at a topic, or catches it.
type Reason int

// The reasons.
const (
	NoReason    Reason = iota
	ByText             // a level's text differs
	ByCase             // it differs only in capital letters
	ByEmpty            // one has an empty level there: of // or of a / at the end
	ByLeading          // one begins with / and the other does not: that is an empty first level
	ByInternal         // + and # at the front match nothing that begins with $
	ByLong             // the filter has more levels than the topic
	ByShort            // the topic has more levels than the filter
	ByAnyLevel         // + matches whatever stands in a level
	ByAnyBelow         // # matches everything below
	ByParent           // # matches the level above it as well
	BySame             // it is that topic, letter by letter
	reasonCount        // how many there are
)

// Verdict is what is to be said of an answer. The zero Verdict is right.
type Verdict struct {
	Flaw    topic.Flaw // it is no filter at all; the rest is empty then
	Missed  bool       // it misses Topic; else it catches it, where there is one
	Topic   string     // the shortest topic that it gets wrong; "" = none
	Reason  Reason
	Level   int // of the filter and the topic at which Reason shows, counted from 0
	Levels  []topic.LevelMatch
	Correct bool
}

// Answer judges a filter as the task's answer, and counts it. A task that is solved, or
// whose answer was shown, counts no more, and nothing typed is no try.
func (t *Trainer) Answer(filter string) Verdict {
	v := t.Check(filter)
	switch {
	case t.done || t.shown || v.Flaw == topic.FlawEmpty:
	case v.Correct:
		t.done = true
		t.solved++
	default:
		t.tries++
	}
	return v
}

// Check judges a filter as the task's answer. It finds the shortest topic that the
// filter misses, else the shortest that it catches and should not.
func (t *Trainer) Check(filter string) Verdict {
	if f := topic.CheckFilter(filter); f != topic.NoFlaw {
		return Verdict{Flaw: f}
	}
	var missed, caught []string
	for _, name := range t.topics {
		want, got := slices.Contains(t.task.Wanted, name), topic.Matches(filter, name)
		switch {
		case want && !got:
			missed = append(missed, name)
		case got && !want:
			caught = append(caught, name)
		}
	}
	switch {
	case len(missed) > 0:
		return wrong(filter, shortest(missed), true)
	case len(caught) > 0:
		return wrong(filter, shortest(caught), false)
	}
	return Verdict{Correct: true}
}

func shortest(names []string) string {
	return slices.MinFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
}

func wrong(filter, name string, missed bool) Verdict {
	v := Verdict{Topic: name, Missed: missed, Levels: topic.Explain(filter, name)}
	for i, m := range v.Levels {
		if !m.Rule.Matches() {
			v.Level, v.Reason = i, whyNot(v.Levels, i)
			return v
		}
		if r := whyYes(m.Rule); r != NoReason && (v.Reason == NoReason || r != BySame) {
			v.Level, v.Reason = i, r // the widest wildcard says most
		}
		if m.Rule == topic.AnyBelow {
			break
		}
	}
	return v
}

func whyYes(r topic.Rule) Reason {
	switch r {
	case topic.AnyLevel:
		return ByAnyLevel
	case topic.AnyBelow:
		return ByAnyBelow
	case topic.Parent:
		return ByParent
	case topic.Same:
		return BySame
	}
	return NoReason
}

func whyNot(levels []topic.LevelMatch, level int) Reason {
	m := levels[level]
	switch {
	case m.Rule == topic.Internal:
		return ByInternal
	case m.Rule == topic.NameEnds:
		return ByLong
	case m.Rule == topic.FilterEnds:
		return ByShort
	case level == 0 && len(levels) > 1 && differsByLeading(levels):
		return ByLeading
	case level == 0 && (m.Filter == "" || m.Name == ""):
		return ByText
	case m.Filter == "" || m.Name == "":
		return ByEmpty
	case strings.EqualFold(m.Filter, m.Name):
		return ByCase
	}
	return ByText
}

// differsByLeading reports whether a filter and a topic begin alike, apart from a / at
// the front of one of them.
func differsByLeading(levels []topic.LevelMatch) bool {
	first, second := levels[0], levels[1]
	switch {
	case first.Name == "":
		return strings.EqualFold(first.Filter, second.Name)
	case first.Filter == "":
		return second.Filter == "+" || second.Filter == "#" || strings.EqualFold(second.Filter, first.Name)
	}
	return false
}
