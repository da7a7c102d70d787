package views

import (
	"unicode"
	"unicode/utf8"

	"lamplighter/app/topics"
)

// bigText is a text of which only the lines in view are made: where each line
// begins is all that is kept, four bytes a line.
type bigText struct {
	payload []byte
	columns int
	starts  []uint32
}

// same tells whether it is of this very payload at this width already.
func (b *bigText) same(payload []byte, columns int) bool {
	return b != nil && b.columns == columns && len(b.payload) == len(payload) && &b.payload[0] == &payload[0]
}

// line is one line, in a form that is safe to draw.
func (b *bigText) line(i int) string {
	end := len(b.payload)
	if i+1 < len(b.starts) {
		end = int(b.starts[i+1])
	}
	part := b.payload[b.starts[i]:end]
	if n := len(part); n > 0 && part[n-1] == '\n' {
		part = part[:n-1]
	}
	safe, _ := topics.Text(part, len(part))
	return safe
}

// breakText finds the lines of a text that is not empty; it reads some 100 MB a
// second.
func breakText(payload []byte, columns int) *bigText {
	b := &bigText{payload, columns, []uint32{0}}
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
	case ideograph(r) || r > 0xffff:
		return size, 2
	}
	return size, 1
}
