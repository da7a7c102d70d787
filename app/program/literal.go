package program

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bytes writes any bytes as a Python expression with exactly that value, on one
// line: b"…" where all of it is ASCII, "…".encode() where it is text that can be
// read, and b"…" with \x escapes for everything else. MicroPython since 1.12 and
// Python 3 read it alike.
func Bytes(s string) string {
	if !plainASCII(s) && readable(s) {
		return Str(s) + ".encode()"
	}
	var b strings.Builder
	b.WriteString(`b"`)
	for i := range len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			writeASCII(&b, c)
			continue
		}
		fmt.Fprintf(&b, `\x%02x`, c)
	}
	b.WriteByte('"')
	return b.String()
}

// Str writes text as a Python str literal on one line. What is no UTF-8 becomes
// U+FFFD, for a str can't hold it.
func Str(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			writeASCII(&b, byte(r))
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func writeASCII(b *strings.Builder, c byte) {
	switch {
	case c == '"' || c == '\\':
		b.WriteByte('\\')
		b.WriteByte(c)
	case c < ' ' || c == 0x7f:
		fmt.Fprintf(b, `\x%02x`, c)
	default:
		b.WriteByte(c)
	}
}

func plainASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// readable reports whether s is text that an editor shows as it is: nothing that
// is invisible, or that turns the direction of a line.
func readable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// comment is text that stays inside a line's comment.
func comment(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
