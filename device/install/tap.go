package install

import (
	"bytes"
	"errors"
	"io"
	"sync"

	"lamplighter/device/repl"
)

// tap is a line that lets somebody listen to what comes from the board while a
// script runs.
type tap struct {
	Line
	mu     sync.Mutex
	listen func([]byte)
}

func newTap(l Line) *tap { return &tap{Line: l} }

// Read reads from the board.
func (t *tap) Read(b []byte) (int, error) {
	n, err := t.Line.Read(b)
	t.mu.Lock()
	defer t.mu.Unlock()
	if n > 0 && t.listen != nil {
		t.listen(b[:n])
	}
	return n, err
}

// setListener sets who listens; nil = nobody, and after that nobody is called.
func (t *tap) setListener(f func([]byte)) {
	t.mu.Lock()
	t.listen = f
	t.mu.Unlock()
}

// plain is the tap as a line for the REPL: with Reset where the port has it.
func (t *tap) plain() io.ReadWriter {
	if _, ok := t.Line.(repl.Resetter); ok {
		return resettable{t}
	}
	return t
}

type resettable struct{ *tap }

// Reset restarts the board by its control lines.
func (r resettable) Reset() error {
	port, ok := r.Line.(repl.Resetter)
	if !ok {
		return errors.ErrUnsupported
	}
	return port.Reset()
}

// maxLine bounds a line that a board prints, in bytes.
const maxLine = 1024

// splitter makes lines of what comes in pieces.
type splitter struct{ rest []byte }

// add calls each for every line that has come to its end. What follows a line
// longer than maxLine is left out up to its end.
func (s *splitter) add(b []byte, each func(line []byte)) {
	for {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			break
		}
		s.keep(b[:i])
		each(bytes.TrimRight(s.rest, "\r"))
		s.rest, b = s.rest[:0], b[i+1:]
	}
	s.keep(b)
}

func (s *splitter) keep(b []byte) {
	s.rest = append(s.rest, b[:min(len(b), maxLine-len(s.rest))]...)
}
