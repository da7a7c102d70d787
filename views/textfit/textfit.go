// Package textfit measures, cuts and breaks text for canvases that are laid out by hand. It
// never draws.
package textfit

import (
	"sort"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
)

// Text on canvases that are laid out by hand is cut and broken here, for Fyne's
// own labels are too slow for hundreds of cards.

// Ellipsis ends text that was cut.
const Ellipsis = "…"

// Width is how wide text is in one line.
func Width(s string, size float32, style fyne.TextStyle) float32 {
	return fyne.MeasureText(s, size, style).Width
}

// fitting is how many of the runes fit into width: by halving, for text is the
// wider the longer it is.
func fitting(runes []rune, size float32, style fyne.TextStyle, width float32) int {
	low, high := 0, len(runes)
	for low < high {
		mid := (low + high + 1) / 2
		if Width(string(runes[:mid]), size, style) <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return low
}

// Line cuts text to one line, with an ellipsis where something is missing.
func Line(s string, size float32, style fyne.TextStyle, width float32) string {
	if Width(s, size, style) <= width {
		return s
	}
	runes := []rune(s)
	n := fitting(runes, size, style, width-Width(Ellipsis, size, style))
	return strings.TrimRightFunc(string(runes[:n]), unicode.IsSpace) + Ellipsis
}

// WrapMiddle breaks text into at most most lines; where that is not enough, as many
// characters as need be are left out of its middle.
func WrapMiddle(s string, size float32, style fyne.TextStyle, width float32, most int) []string {
	if whole := Wrap(s, size, style, width, most+1); len(whole) <= most {
		return whole
	}
	runes := []rune(s)
	lines := func(n int) []string { // with n runes out of the middle
		kept := len(runes) - n
		return Wrap(string(runes[:(kept+1)/2])+Ellipsis+string(runes[len(runes)-kept/2:]), size, style, width, most+1)
	}
	return lines(1 + sort.Search(len(runes)-1, func(n int) bool { return len(lines(n+1)) <= most }))
}

// Middle cuts text to one line in its middle, for names are told apart by their
// ends too.
func Middle(s string, size float32, style fyne.TextStyle, width float32) string {
	if Width(s, size, style) <= width { // most do
		return s
	}
	return strings.Join(WrapMiddle(s, size, style, width, 1), "")
}

// Wrap breaks text into at most most lines; what is left over ends the
// last one with an ellipsis.
func Wrap(s string, size float32, style fyne.TextStyle, width float32, most int) []string {
	var lines []string
	for s != "" {
		if len(lines) == most-1 {
			return append(lines, Line(s, size, style, width))
		}
		runes := []rune(s)
		n := max(1, fitting(runes, size, style, width)) // a letter a line at least, or there is no end
		if n < len(runes) {
			n = breakAt(runes, n)
		}
		lines = append(lines, strings.TrimSpace(string(runes[:n])))
		s = strings.TrimSpace(string(runes[n:]))
	}
	return lines
}

// breakAt finds the last place at or before n where a line may end: at a space,
// or beside a Chinese character; never before punctuation that closes. A word
// that is longer than the line is broken anywhere.
func breakAt(runes []rune, n int) int {
	for i := n; i > 0; i-- {
		next, last := runes[i], runes[i-1]
		if !Closes(next) && (unicode.IsSpace(next) || unicode.IsSpace(last)) || mayPart(last, next) {
			return i
		}
	}
	return n
}

// Closes reports whether a line may not begin with a character.
func Closes(r rune) bool {
	return strings.ContainsRune("，。、；：？！）》】”’…·％,.;:?!)%", r)
}

// Opens reports whether a character may not end a line.
func Opens(r rune) bool { return strings.ContainsRune("（《【“‘(", r) }

// mayPart reports whether a line may end between two characters of which one is
// Chinese.
func mayPart(last, next rune) bool {
	return (Ideograph(last) || Ideograph(next)) && !Closes(next) && !Opens(last)
}

// BreakMark is where a label may end a line though there is no space: white
// space to the label, and not drawn.
const BreakMark = '\r'

// Breakable is text for a label that wraps. Fyne ends a line at a space alone, so
// that Chinese would end early, before a word in Latin letters, or anywhere, and
// the next line begin with a comma.
func Breakable(text string) string {
	var b strings.Builder
	last := ' '
	for _, r := range text {
		if !unicode.IsSpace(last) && !unicode.IsSpace(r) && mayPart(last, r) {
			b.WriteRune(BreakMark)
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// Ideograph reports whether a character is as wide as a Chinese one, between which lines
// may break.
func Ideograph(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef
}
