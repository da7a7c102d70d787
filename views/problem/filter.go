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
	switch f {
	case topic.NoFlaw:
		return ""
	case topic.FlawHashEnd:
		return i18n.T("learn.flaw.hash-end")
	case topic.FlawHashPart:
		return i18n.T("learn.flaw.hash-part")
	case topic.FlawPlusPart:
		return i18n.T("learn.flaw.plus-part")
	case topic.FlawEmpty:
		return i18n.T("learn.flaw.empty")
	}
	return i18n.T("learn.flaw.other")
}
