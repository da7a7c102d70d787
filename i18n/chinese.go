package i18n

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Chinese has a space before and after a word in Latin letters, but none
// between its own characters: "移除 lamp-07？", and "移除窗边？". A text can't know
// what its blank will hold, so it has the spaces, and they go where they must not be.

// fence stands where a value begins or ends with a Chinese character.
const fence = "\x01"

// fenced is a blank's value with its ends marked.
func fenced(value any) any {
	s, ok := value.(string)
	if !ok || current != "zh-Hans" {
		return value
	}
	s = strings.ReplaceAll(s, fence, "")
	if first, _ := utf8.DecodeRuneInString(s); chinese(first) {
		s = fence + s
	}
	if last, _ := utf8.DecodeLastRuneInString(s); chinese(last) {
		s += fence
	}
	return s
}

// closeUp takes the fences away, and with each the space between it and a
// Chinese character of the text around it.
func closeUp(text string) string {
	if !strings.Contains(text, fence) {
		return text
	}
	parts := strings.Split(text, fence)
	out := parts[0]
	for _, next := range parts[1:] {
		before, _ := utf8.DecodeLastRuneInString(strings.TrimSuffix(out, " "))
		after, _ := utf8.DecodeRuneInString(strings.TrimPrefix(next, " "))
		if chinese(before) && chinese(after) {
			out, next = strings.TrimSuffix(out, " "), strings.TrimPrefix(next, " ")
		}
		out += next
	}
	return out
}

// chinese reports whether r is a Chinese character or one of its signs.
func chinese(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3001 && r <= 0x303f || r >= 0xff01 && r <= 0xff65
}
