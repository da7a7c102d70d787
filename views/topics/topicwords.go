package topics

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"lamplighter/app/topics"
	"lamplighter/i18n"
)

// countWords writes a number with thin gaps between thousands, and big ones in
// millions.
func countWords(n uint64) string {
	if n >= 10_000_000 {
		return fmt.Sprintf("%.1f M", float64(n)/1e6)
	}
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u00a0" + s[i:]
	}
	return s
}

// countN is a text with a number of things in it.
func countN(key string, n int) string {
	return i18n.N(key, n, "Count", countWords(uint64(max(n, 0))))
}

// clockWords is a time of day; with a date where it was not today.
func clockWords(at, now time.Time) string {
	if sameDay(at, now) {
		return at.Local().Format("15:04:05")
	}
	return at.Local().Format("2006-01-02 15:04:05")
}

func sameDay(a, b time.Time) bool {
	a, b = a.Local(), b.Local()
	return a.YearDay() == b.YearDay() && a.Year() == b.Year()
}

// preciseWords is a time with thousandths, for a history; the date stands before
// it where it is another day than today.
func preciseWords(at, now time.Time) string {
	if !sameDay(at, now) {
		return at.Local().Format("2006-01-02 15:04:05.000")
	}
	return at.Local().Format("15:04:05.000")
}

// gapWords is the time between two messages.
func gapWords(d time.Duration) string {
	switch {
	case d < 0:
		return ""
	case d < time.Second:
		return i18n.T("topics.gap.ms", "N", d.Milliseconds())
	case d < time.Minute:
		return i18n.T("topics.gap.s", "N", fmt.Sprintf("%.1f", d.Seconds()))
	case d < time.Hour:
		return i18n.T("topics.gap.min", "N", int(d.Minutes()))
	}
	return i18n.T("topics.gap.h", "N", fmt.Sprintf("%.1f", d.Hours()))
}

// plainWords tells a message as a person would: who said what, and when.
func plainWords(topic string, e topics.Entry, now time.Time) string {
	who, what := speaker(topic)
	value := shortValue(e, 60)
	time := clockWords(e.At, now)
	key := "topics.plain.says"
	switch {
	case what == "set":
		key = "topics.plain.told"
	case what != "":
		key = "topics.plain.about"
	}
	line := i18n.T(key, "Time", time, "Who", who, "What", what, "Value", value)
	if e.Retained {
		return i18n.T("topics.plain.kept", "Line", line)
	}
	return line
}

// speaker is whom a topic of a lamp is about: <classroom>/<board>/light says
// what the board says, …/set what it is told; other topics speak for themselves.
func speaker(topic string) (who, what string) {
	_, rest, _ := strings.Cut(topic, "/")
	board, rest, deep := strings.Cut(rest, "/")
	board = levelName(board)
	switch {
	case deep && (rest == "set" || strings.HasSuffix(rest, "/set")):
		return board, "set"
	case deep && (rest == "light" || rest == "status"):
		return board, ""
	case deep && len(topic) < 100:
		levels := strings.Split(rest, "/")
		for i, l := range levels {
			levels[i] = levelName(l)
		}
		return board, strings.Join(levels, "/")
	}
	safe, _ := topics.Display(topic, 60)
	return safe, ""
}
