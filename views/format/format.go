// Package format writes times, numbers, sizes and other people's text for the window. It
// draws nothing and knows no control.
package format

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"lamplighter/app/topics"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/textfit"
)

// menuLength bounds a name in a menu, in runes.
const menuLength = 40

// MenuName cuts a name to what a menu has room for, 40 characters with the …
func MenuName(s string) string {
	if r := []rune(s); len(r) > menuLength {
		return string(r[:menuLength-1]) + textfit.Ellipsis
	}
	return s
}

// Time is a time as people say it: today's by the clock, yesterday's as
// such, others with their date.
func Time(t, now time.Time) string {
	t = t.In(now.Location())
	clock := t.Format("15:04")
	y, m, d := now.Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, now.Location())
	switch {
	case !t.Before(midnight):
		return clock
	case !t.Before(midnight.AddDate(0, 0, -1)):
		return i18n.T("lamps.time.yesterday", "Time", clock)
	}
	return i18n.T("lamps.time.date", "Date", t.Format(time.DateOnly), "Time", clock)
}

// noticedLength bounds what is shown of a client's own words, in runes.
const noticedLength = 48

// ClientText is a client's own words in one line that can be shown, cut to 48 characters.
func ClientText(words string) string { return Cut(words, noticedLength) }

// Cut is somebody else's text in one line that can be shown, of at most most characters
// and … where there was more.
func Cut(text string, most int) string {
	safe, cut := topics.Display(text, most)
	if cut {
		safe += textfit.Ellipsis
	}
	return safe
}

// Seconds is a time in whole seconds, rounded up, at least 1.
func Seconds(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }

// Number writes a number as short as it can be read.
func Number(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e9 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', 5, 64)
}

// FileName makes a topic into a name that every system takes.
func FileName(topic, ext string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, topic)
	name = strings.Trim(name[:min(len(name), 60)], "-")
	if name == "" || reservedName(name) {
		name = strings.TrimSuffix("topics-"+name, "-")
	}
	return name + "." + ext
}

// reservedName reports whether Windows takes a file's name for a device, whatever
// its ending is.
func reservedName(name string) bool {
	name = strings.ToLower(name)
	switch len(name) {
	case 3:
		return name == "con" || name == "prn" || name == "aux" || name == "nul"
	case 4:
		return (name[:3] == "com" || name[:3] == "lpt") && name[3] >= '0' && name[3] <= '9'
	}
	return false
}

// Size writes a number of bytes.
func Size(n int) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return i18n.N("topics.bytes", n)
}

// Port is a port as it stands in a field; 0 is an empty field.
func Port(port int) string {
	if port == 0 {
		return ""
	}
	return strconv.Itoa(port)
}

// SafeLine is text from a board or a stranger as it can be shown in one line.
func SafeLine(t device.Text) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) && !unicode.In(r, unicode.Cf) || r == '\u200d' {
			return r
		}
		return unicode.ReplacementChar
	}, t.String())
}

// Pieces cuts a line into pieces of at most most characters, for lists whose lines do
// not wrap.
func Pieces(line string, most int) []string {
	runes := []rune(line)
	pieces := []string{}
	for len(runes) > most {
		pieces = append(pieces, string(runes[:most]))
		runes = runes[most:]
	}
	return append(pieces, string(runes))
}
