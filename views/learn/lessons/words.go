package lessons

import (
	"lamplighter/app/course"
	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// flawWords are what is wrong with a line of a lesson's file.
var flawWords = map[course.Flaw]string{
	course.FlawLarge: "learn.wrong.large", course.FlawEncoding: "learn.wrong.encoding", course.FlawTitle: "learn.wrong.title", course.FlawNoAim: "learn.wrong.no-aim",
	course.FlawNoTake: "learn.wrong.no-take", course.FlawNoSteps: "learn.wrong.no-steps", course.FlawNoCheck: "learn.wrong.no-check", course.FlawWord: "learn.wrong.word",
	course.FlawTwice: "learn.wrong.twice", course.FlawEmpty: "learn.wrong.empty", course.FlawLong: "learn.wrong.long", course.FlawMany: "learn.wrong.many",
	course.FlawTool: "learn.wrong.tool", course.FlawPlace: "learn.wrong.place", course.FlawWait: "learn.wrong.wait", course.FlawCheck: "learn.wrong.check",
	course.FlawParameter: "learn.wrong.parameter", course.FlawMissing: "learn.wrong.missing", course.FlawValue: "learn.wrong.value", course.FlawUnread: "learn.wrong.unreadable",
}

// wrongWords say which file is wrong, in which line, and what.
func wrongWords(e *course.ParseError) string {
	what := i18n.T(flawWords[e.Flaw], "Word", ui.SafeText(e.Word))
	if e.Line == 0 {
		return i18n.T("learn.wrong.file", "File", ui.SafeText(e.File), "What", what)
	}
	return i18n.T("learn.wrong.line", "File", ui.SafeText(e.File), "Line", e.Line, "What", what)
}
