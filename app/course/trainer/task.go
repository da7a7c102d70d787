package trainer

import (
	"slices"
	"strings"

	"lamplighter/device/topic"
)

// Kind is what a task asks for.
type Kind int

// The kinds.
const (
	One       Kind = iota // the topic Prefix alone
	Below                 // Prefix and everything below it
	Direct                // what is directly below Prefix, and nothing deeper
	Each                  // Suffix below each level that is below Prefix
	Ending                // each topic of Levels levels whose last is Suffix
	All                   // everything but the broker's own topics
	Internal              // the broker's own topics below Prefix
	kindCount             // how many there are
)

// Task asks for a filter.
type Task struct {
	Kind           Kind
	Prefix, Suffix string
	Levels         int
	Wanted         []string // what the filter has to match, of all topics; never empty
	Answer         string   // a filter that does it
}

// taskTries bounds how often a task is thrown away before the plainest is set.
const taskTries = 200

// Next sets another task.
func (t *Trainer) Next() {
	before := t.task
	t.tries, t.done, t.shown = 0, false, false
	defer t.remember()
	for range taskTries {
		task := t.propose(Kind(t.random.IntN(int(kindCount))), t.topics[t.random.IntN(len(t.topics))])
		if task.Answer != "" && !slices.Contains(t.recent, task.Answer) && (task.Kind != before.Kind || task.Kind == One) {
			t.task = task
			return
		}
	}
	t.task = t.propose(One, t.topics[t.random.IntN(len(t.topics))])
}

// maxRecent is how many tasks have to come before one comes again.
const maxRecent = 10

// remember keeps the answer of the task that is set.
func (t *Trainer) remember() {
	if t.recent = append(t.recent, t.task.Answer); len(t.recent) > maxRecent {
		t.recent = t.recent[1:]
	}
}

// Leading is a topic that is wanted and begins with /, so that its first level is empty,
// or "".
func (t Task) Leading() string {
	if i := slices.IndexFunc(t.Wanted, topic.HasEmptyFirstLevel); i >= 0 {
		return t.Wanted[i]
	}
	return ""
}

// HasEmptyLevel reports whether a topic that is wanted has a level without text.
func (t Task) HasEmptyLevel() bool {
	return slices.ContainsFunc(t.Wanted, topic.HasEmptyLevel)
}

// propose makes a task of a kind from a topic. It has no answer where the topics
// give none that teaches anything.
func (t *Trainer) propose(k Kind, name string) Task {
	levels := strings.Split(name, "/")
	cut := t.random.IntN(len(levels)) // levels of the prefix
	task := Task{Kind: k, Prefix: strings.Join(levels[:cut], "/")}
	switch {
	case k == One:
		task.Prefix, task.Answer = name, name
	case k == All:
		task.Prefix, task.Answer = "", "#"
	case task.Prefix == "" || topic.IsInternal(name) != (k == Internal):
		return Task{}
	case k == Below || k == Internal:
		task.Answer = task.Prefix + "/#"
	case k == Direct:
		task.Answer = task.Prefix + "/+"
	case k == Each && cut+2 <= len(levels):
		task.Suffix = strings.Join(levels[cut+1:], "/")
		task.Answer = task.Prefix + "/+/" + task.Suffix
	case k == Ending && levels[len(levels)-1] != "":
		task.Prefix, task.Suffix, task.Levels = "", levels[len(levels)-1], len(levels)
		task.Answer = strings.Repeat("+/", len(levels)-1) + task.Suffix
	default:
		return Task{}
	}
	task.Wanted = matching(t.topics, task.Answer)
	if !t.teaches(task) {
		return Task{}
	}
	return task
}

// teaches reports whether a task tells its filter from plainer ones.
func (t *Trainer) teaches(task Task) bool {
	n := len(task.Wanted)
	switch task.Kind {
	case One:
		return true
	case All:
		return n > 1
	case Direct: // else # is as good
		return n > 1 && len(matching(t.topics, task.Prefix+"/#")) > n
	case Below, Internal:
		return n > 1 && n < len(t.topics)
	}
	return n > 1 && n < len(t.topics) && !slices.Equal(task.Wanted, matching(t.topics, "#"))
}
