// Package cleantext makes what people type fit to be shown. It knows no lengths.
package cleantext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line is a text on one line, of letters that can be seen, without space around it
// and with one space between words.
func Line(text string) string {
	seen := strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c), unicode.IsControl(c):
			return ' '
		case !unicode.IsPrint(c), c == utf8.RuneError:
			return -1
		}
		return c
	}, text)
	return strings.Join(strings.Fields(seen), " ")
}
