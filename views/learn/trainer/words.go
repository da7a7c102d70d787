package trainer

import (
	"strings"

	"lamplighter/app/course/trainer"
	"lamplighter/device/topic"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
)

const maxChars = 120 // of a topic in a sentence

// taskWords put a task into a sentence.
func taskWords(t trainer.Task) string {
	prefix, suffix := safe(t.Prefix), safe(t.Suffix)
	switch t.Kind {
	case trainer.Below:
		return i18n.T("learn.task.below", "Prefix", prefix)
	case trainer.Direct:
		return i18n.T("learn.task.direct", "Prefix", prefix)
	case trainer.Each:
		return i18n.T("learn.task.each", "Prefix", prefix, "Suffix", suffix)
	case trainer.Ending:
		if example := t.Leading(); example != "" {
			return i18n.N("learn.task.ending-slash", t.Levels, "Suffix", suffix, "Topic", safe(example))
		}
		if t.HasEmptyLevel() {
			return i18n.N("learn.task.ending-empty", t.Levels, "Suffix", suffix)
		}
		return i18n.N("learn.task.ending", t.Levels, "Suffix", suffix)
	case trainer.All:
		return i18n.T("learn.task.all")
	case trainer.Internal:
		return i18n.T("learn.task.internal", "Prefix", prefix)
	}
	return i18n.T("learn.task.one", "Prefix", prefix)
}

func safe(text string) string { return format.Cut(text, maxChars) }

// verdictWords say which topic an answer gets wrong, and why.
func verdictWords(v trainer.Verdict) string {
	if v.Missed {
		return i18n.T("learn.verdict.missed", "Topic", safe(v.Topic), "Why", i18n.T(reasonWords[v.Reason], "Level", v.Level+1))
	}
	return i18n.T("learn.verdict.caught", "Topic", safe(v.Topic), "Why", i18n.T(reasonWords[v.Reason], "Level", v.Level+1))
}

// slashWords explain the empty first level, where levels are counted of a filter or topic
// that begins with /; else they are "".
func slashWords(filter string, v trainer.Verdict) string {
	if v.Topic == "" || v.Reason == trainer.ByLeading || v.Reason == trainer.ByInternal {
		return ""
	}
	for _, text := range []string{v.Topic, filter} {
		if topic.HasEmptyFirstLevel(text) {
			return i18n.N("learn.filters.slash", strings.Count(text, "/")+1, "Text", safe(text))
		}
	}
	return ""
}

var reasonWords = map[trainer.Reason]string{
	trainer.ByText: "learn.reason.text", trainer.ByCase: "learn.reason.case", trainer.ByEmpty: "learn.reason.empty", trainer.ByLeading: "learn.reason.leading",
	trainer.ByInternal: "learn.reason.internal", trainer.ByLong: "learn.reason.long", trainer.ByShort: "learn.reason.short",
	trainer.ByAnyLevel: "learn.reason.any-level", trainer.ByAnyBelow: "learn.reason.any-below", trainer.ByParent: "learn.reason.parent", trainer.BySame: "learn.reason.same",
}

// flawWords say what is wrong with a filter, or "". Who trains filters may know of shared
// subscriptions, too.
func flawWords(filter string) string {
	words := problem.FilterWords(filter)
	if words != "" && problem.UnseenWords(filter) == "" && topic.CheckFilter(filter) == topic.FlawShare {
		return i18n.T("learn.flaw.share")
	}
	return words
}
