package topics

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// byteOrderMark is what some editors put in front of UTF-8.
const byteOrderMark = "\ufeff"

// lines reads a file line by line. A line that can be none of a recording, for
// it is longer than most or does not begin as one, takes no memory and is given
// as an empty text.
type lines struct {
	in   *bufio.Reader
	most int
	text []byte // the line, until the next one
	err  error  // why there is no next one, where that is not the file's end

	buf  []byte
	junk bool
	over bool
}

func newLines(in io.Reader, most int) *lines {
	l := &lines{in: bufio.NewReaderSize(in, 1<<16), most: most}
	if head, err := l.in.Peek(len(byteOrderMark)); err == nil && string(head) == byteOrderMark {
		_, _ = l.in.Discard(len(byteOrderMark))
	}
	return l
}

// next reads the next line that is not blank, and reports whether there was one.
func (l *lines) next() bool {
	for !l.over {
		l.read()
		if l.text = bytes.TrimSpace(l.buf); l.junk || len(l.text) > 0 {
			return true
		}
	}
	return false
}

// read gathers one line.
func (l *lines) read() {
	if l.junk = false; cap(l.buf) > 1<<20 {
		l.buf = nil // a huge line's
	}
	l.buf = l.buf[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		l.gather(part)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if l.over = err != nil; l.over && !errors.Is(err, io.EOF) {
			l.err = err
		}
		return
	}
}

func (l *lines) gather(part []byte) {
	if len(l.buf) == 0 {
		part = bytes.TrimLeft(part, " \t\r\n")
		l.junk = l.junk || len(part) > 0 && part[0] != '{'
	}
	if l.junk = l.junk || len(l.buf)+len(part) > l.most; l.junk {
		l.buf = l.buf[:0]
		return
	}
	l.buf = append(l.buf, part...)
}
