package problem

import (
	"cmp"
	"strings"

	"lamplighter/device/topic"
	"lamplighter/i18n"
)

// UnseenWords say what is wrong with a topic or filter that can hardly be seen, or "":
// it would be taken, and match nothing.
func UnseenWords(text string) string {
	switch {
	case strings.TrimSpace(text) != text:
		return i18n.T("learn.flaw.space")
	case strings.ContainsAny(text, "／＋＃＄"):
		return i18n.T("learn.flaw.wide")
	}
	return ""
}

// FilterWords say to a pupil what is wrong with a filter, or "".
func FilterWords(filter string) string {
	return cmp.Or(UnseenWords(filter), filterFlaw(topic.CheckFilter(filter)))
}

func filterFlaw(f topic.Flaw) string {
	if f == topic.NoFlaw {
		return ""
	}
	return i18n.T(cmp.Or(flawKeys[f], "learn.flaw.other"))
}

// flawKeys are the flaws that pupils are told of one by one.
var flawKeys = map[topic.Flaw]string{
	topic.FlawHashEnd: "learn.flaw.hash-end", topic.FlawHashPart: "learn.flaw.hash-part",
	topic.FlawPlusPart: "learn.flaw.plus-part", topic.FlawEmpty: "learn.flaw.empty",
}
