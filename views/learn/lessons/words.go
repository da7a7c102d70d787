package lessons

import (
	"lamplighter/app/course"
	"lamplighter/i18n"
	"lamplighter/views/format"
)

// flawWords are what is wrong with a line of a lesson's file.
var flawWords = map[course.Flaw]string{
	course.FlawLarge: "learn.wrong.large", course.FlawEncoding: "learn.wrong.encoding", course.FlawTitle: "learn.wrong.title", course.FlawNoAim: "learn.wrong.no-aim",
	course.FlawNoTake: "learn.wrong.no-take", course.FlawNoSteps: "learn.wrong.no-steps", course.FlawNoCheck: "learn.wrong.no-check", course.FlawWord: "learn.wrong.word",
	course.FlawTwice: "learn.wrong.twice", course.FlawEmpty: "learn.wrong.empty", course.FlawLong: "learn.wrong.long", course.FlawMany: "learn.wrong.many",
	course.FlawTool: "learn.wrong.tool", course.FlawPlace: "learn.wrong.place", course.FlawWait: "learn.wrong.wait", course.FlawCheck: "learn.wrong.check",
	course.FlawParameter: "learn.wrong.parameter", course.FlawMissing: "learn.wrong.missing", course.FlawValue: "learn.wrong.value", course.FlawUnread: "learn.wrong.unreadable",
}

// checkKeys are what a check asks for in words, by the check's name.
var checkKeys = map[string]string{
	"lamp-here": "learn.check.lamp-here", "connected": "learn.check.connected", "left": "learn.check.left", "login-refused": "learn.check.login-refused",
	"subscribed": "learn.check.subscribed", "unsubscribed": "learn.check.unsubscribed", "published": "learn.check.published", "refused": "learn.check.refused",
	"delivered": "learn.check.delivered", "retained": "learn.check.retained", "cleared": "learn.check.cleared", "will-sent": "learn.check.will-sent",
	"payload": "learn.check.published", "numbers": "learn.check.numbers",
}

// whoKeys are who a check is about in words.
var whoKeys = map[course.Actor]string{
	course.Me: "learn.who.me", course.Friend: "learn.who.friend", course.Sender: "learn.who.line", course.Program: "learn.who.program",
	course.Window: "learn.who.window", course.Lamp: "learn.who.lamp", course.Board: "learn.who.board",
}

// checkWords say what a check asks for, without what the pupil is to find out.
func checkWords(c course.CheckSpec, b course.Blanks) string {
	key := whoKeys[course.Actor(c.Params["by"]+c.Params["to"])] // no check has both
	if key == "" {
		key = "learn.who.anyone"
	}
	return i18n.T(checkKeys[c.Name], "Who", i18n.T(key), "Topic", format.ClientText(b.Fill(c.Params["topic"])))
}

// wrongWords say which file is wrong, in which line, and what.
func wrongWords(e *course.ParseError) string {
	what := i18n.T(flawWords[e.Flaw], "Word", format.ClientText(e.Word))
	if e.Line == 0 {
		return i18n.T("learn.wrong.file", "File", format.ClientText(e.File), "What", what)
	}
	return i18n.T("learn.wrong.line", "File", format.ClientText(e.File), "Line", e.Line, "What", what)
}
