package topics

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Display is a form of any bytes that is safe to draw in one line and never
// looks like something else: bytes that are no UTF-8, control characters,
// invisible ones and those that turn the direction of writing are written out.
// At most most runes are given; cut says that there was more.
func Display(s string, most int) (safe string, cut bool) {
	plain := len(s) <= most
	for i := 0; plain && i < len(s); i++ {
		plain = ' ' <= s[i] && s[i] < 0x7F
	}
	if plain {
		return s, false
	}
	var b strings.Builder
	var before rune
	for n := 0; len(s) > 0; n++ {
		if n >= most {
			return b.String(), true
		}
		r, size := utf8.DecodeRuneInString(s)
		writeSafe(&b, r, size, s[0], before)
		before, s = r, s[size:]
	}
	return b.String(), false
}

func writeSafe(b *strings.Builder, r rune, size int, first byte, before rune) {
	const joiner = '\u200D' // of emoji
	switch {
	case r == utf8.RuneError && size == 1:
		fmt.Fprintf(b, `\x%02X`, first)
	case r == '\n':
		b.WriteString("↵")
	case r == '\t':
		b.WriteString("→")
	case unicode.IsPrint(r), r == joiner && isEmoji(before):
		b.WriteRune(r)
	case r == '\u3000' || r == '\u00A0':
		b.WriteByte(' ')
	case r <= 0xFF:
		fmt.Fprintf(b, `\x%02X`, r)
	default:
		fmt.Fprintf(b, "<U+%04X>", r)
	}
}

// isEmoji reports whether an emoji ends in this, as in a picture, its colour of skin
// or the sign that asks for a picture.
func isEmoji(r rune) bool {
	return unicode.Is(unicode.So, r) || '\U0001F3FB' <= r && r <= '\U0001F3FF' || r == '\uFE0F'
}

// Text is the form of a payload for a box of many lines: line breaks and tabs
// stay, everything else is as in Display. At most most bytes of the payload are
// read; cut says that there was more.
func Text(payload []byte, most int) (safe string, cut bool) {
	if len(payload) > most {
		payload, cut = payload[:most], true
	}
	var b strings.Builder
	for i, line := range strings.Split(strings.ReplaceAll(string(payload), "\r\n", "\n"), "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		for j, cell := range strings.Split(line, "\t") {
			if j > 0 {
				b.WriteString("    ")
			}
			safe, _ := Display(cell, len(cell)+1)
			b.WriteString(safe)
		}
	}
	return b.String(), cut
}

// HexLine writes count bytes from an offset as offset, hex and text; what is
// beyond the payload's end stays empty.
func HexLine(payload []byte, at, count int) string {
	var b strings.Builder
	line := payload[at:min(at+count, len(payload))]
	fmt.Fprintf(&b, "%06x ", at)
	for i := range count {
		if i < len(line) {
			fmt.Fprintf(&b, " %02x", line[i])
		} else {
			b.WriteString("   ")
		}
	}
	b.WriteString("  ")
	for _, c := range line {
		if c < ' ' || c > '~' {
			c = '.'
		}
		b.WriteByte(c)
	}
	return b.String()
}
