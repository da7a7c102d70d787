// Package payloadlines makes lines of what a message carries: JSON with what changed, and
// text that is too big to be shown at once. It never keeps or fetches a message.
package payloadlines

import (
	"encoding/json"
	"unicode"
	"unicode/utf8"

	"lamplighter/app/topics"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// Text is a text of which only the lines in view are made: where each line
// begins is all that is kept, four bytes a line.
type Text struct {
	payload []byte // what is shown
	columns int
	starts  []uint32
	source  []byte // what came
	json    bool   // was asked for as JSON
	bad     bool   // but is none
}

// Of reports whether it is of this very payload at this width already.
func (b *Text) Of(payload []byte, columns int, json bool) bool {
	return b != nil && b.columns == columns && b.json == json && len(b.source) == len(payload) && &b.source[0] == &payload[0]
}

// Rows is how many lines there are.
func (b *Text) Rows() int { return len(b.starts) }

// JSON reports whether a line was asked for each value of JSON, and Bad whether that was none.
func (b *Text) JSON() bool { return b.json }

func (b *Text) Bad() bool { return b.bad }

// BreakJSON is Break with a line for each value, where the text is JSON.
func BreakJSON(payload []byte, columns int) *Text {
	shown := payload
	valid := json.Valid(payload)
	if valid {
		shown = indentJSON(payload)
	}
	b := Break(shown, columns)
	b.source, b.json, b.bad = payload, true, !valid
	return b
}

// indentMost is how many spaces an indented text may have for each of its bytes:
// with 10,000 levels, most of it would be spaces.
const indentMost = 3

// indentJSON begins a line for each value of valid JSON, deeper ones further in.
func indentJSON(text []byte) []byte {
	out := make([]byte, 0, len(text)*2)
	depth, spaces, quoted := 0, len(text)*indentMost, false
	line := func() {
		out = append(out, '\n')
		for range min(depth*2, 80, spaces) {
			out = append(out, ' ')
			spaces--
		}
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted:
			if out = append(out, c); c == '\\' {
				i++
				out = append(out, text[i])
			}
			quoted = c != '"'
		case c == '"':
			quoted = true
			out = append(out, c)
		case c == '{' || c == '[':
			out = append(out, c)
			depth++
			line()
		case c == '}' || c == ']':
			depth--
			line()
			out = append(out, c)
		case c == ',':
			out = append(out, c)
			line()
		case c == ':':
			out = append(out, c, ' ')
		case c > ' ':
			out = append(out, c)
		}
	}
	return out
}

// Row is one line, in a form that is safe to draw.
func (b *Text) Row(i int) ui.CodeText {
	end := len(b.payload)
	if i+1 < len(b.starts) {
		end = int(b.starts[i+1])
	}
	part := b.payload[b.starts[i]:end]
	if n := len(part); n > 0 && part[n-1] == '\n' {
		part = part[:n-1]
	}
	safe, _ := topics.Text(part, len(part))
	return ui.CodeText{Text: safe}
}

// Break finds the lines of a text that is not empty; it reads some 100 MB a
// second.
func Break(payload []byte, columns int) *Text {
	b := &Text{payload: payload, source: payload, columns: columns, starts: []uint32{0}}
	used := 0
	for i := 0; i < len(payload); {
		size, wide := 1, 1
		switch c := payload[i]; {
		case c == '\n':
			i, used = i+1, 0
			if i < len(payload) {
				b.starts = append(b.starts, uint32(i))
			}
			continue
		case c < ' ' || c >= 0x7F:
			size, wide = letterRoom(payload[i:])
		}
		if used += wide; used > columns {
			b.starts, used = append(b.starts, uint32(i)), wide
		}
		i += size
	}
	return b
}

// letterRoom is how many bytes a character beyond plain ASCII has, and how many
// columns it may take where it is written out.
func letterRoom(text []byte) (size, wide int) {
	r, size := utf8.DecodeRune(text)
	switch {
	case r <= 0xFF || r == utf8.RuneError:
		return size, 4
	case !unicode.IsPrint(r):
		return size, 8
	case textfit.Ideograph(r) || r > 0xffff:
		return size, 2
	}
	return size, 1
}

// Wrap breaks a line after so many letters, of which wide ones count twice.
func Wrap(line string, columns int) (parts []string) {
	columns = max(columns, 12)
	start, used := 0, 0
	for i, r := range line {
		wide := 1
		if textfit.Ideograph(r) || r > 0xffff {
			wide = 2
		}
		if used += wide; used > columns {
			parts = append(parts, line[start:i])
			start, used = i, wide
		}
	}
	return append(parts, line[start:])
}
