package payloadlines

import (
	"lamplighter/app/topics"
	"lamplighter/views/ui"
)

// Rows are what a payload is shown as. Of a big one only those in view are made.
type Rows interface {
	Rows() int
	Row(i int) ui.CodeText
}

// Plain is a text whose lines are few.
type Plain []string

// Rows is how many lines there are.
func (p Plain) Rows() int { return len(p) }

// Row is one of them.
func (p Plain) Row(i int) ui.CodeText { return ui.CodeText{Text: p[i]} }

// Hex is a dump with so many bytes in a line.
type Hex struct {
	Payload []byte
	Bytes   int
}

// Rows is how many lines there are.
func (h Hex) Rows() int { return (len(h.Payload) + h.Bytes - 1) / h.Bytes }

// Row is one of them.
func (h Hex) Row(i int) ui.CodeText {
	return ui.CodeText{Text: topics.HexLine(h.Payload, i*h.Bytes, h.Bytes)}
}
