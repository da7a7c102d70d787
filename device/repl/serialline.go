package repl

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"lamplighter/device/crash"
)

const (
	chunks    = 256              // pieces read ahead of the reader
	pieceSize = 4096             // bytes of one read
	maxPend   = 1 << 20          // bytes kept unread; older ones are dropped
	tailSize  = 2048             // bytes kept as evidence of what was heard
	writeTime = 10 * time.Second // for a line that takes nothing
)

var (
	errQuiet = errors.New("nothing came in time")
	errStuck = errors.New("the line takes no bytes")
	errGone  = errors.New("the line is closed")
)

// serialLine is the line with one goroutine that pumps what arrives, so that every
// wait can end with a context. All fields but in, err and stopped belong to the
// caller of REPL's methods.
type serialLine struct {
	rw      io.ReadWriter
	in      chan []byte
	err     error         // why the pump ended; read it after in is closed
	stop    chan struct{} // closed by close
	stopped chan struct{} // closed by the pump
	writing chan struct{} // holds a token while a write is on its way
	buf     []byte        // arrived, not yet used
	tail    []byte        // the last bytes that arrived, used or not
	wrote   atomic.Bool   // the line has taken bytes

	boots, brownouts int // how often the chip said that it starts, and that its voltage drops
}

func newSerialLine(rw io.ReadWriter) *serialLine {
	w := &serialLine{
		rw: rw, in: make(chan []byte, chunks), stop: make(chan struct{}),
		stopped: make(chan struct{}), writing: make(chan struct{}, 1),
	}
	crash.Go(w.pump)
	return w
}

func (w *serialLine) pump() {
	defer close(w.stopped)
	defer close(w.in)
	b := make([]byte, pieceSize)
	for {
		start := time.Now()
		n, err := w.rw.Read(b)
		if n > 0 {
			select {
			case w.in <- append([]byte(nil), b[:n]...):
			case <-w.stop:
				return
			}
		}
		if err != nil {
			w.err = err
			return
		}
		if n == 0 && !w.pause(start) {
			return
		}
	}
}

// pause keeps a line whose reads give (0, nil) at once from spinning. It tells
// whether to go on.
func (w *serialLine) pause(start time.Time) bool {
	if time.Since(start) < time.Millisecond {
		time.Sleep(5 * time.Millisecond)
	}
	select {
	case <-w.stop:
		return false
	default:
		return true
	}
}

func (w *serialLine) receive(b []byte) {
	w.buf = append(w.buf, b...)
	if over := len(w.buf) - maxPend; over > 0 {
		w.buf = append(w.buf[:0], w.buf[over:]...)
	}
	w.boots += newIn(w.tail, b, bootMark)
	w.brownouts += newIn(w.tail, b, brownout)
	w.tail = append(w.tail, b...)
	if over := len(w.tail) - tailSize; over > 0 {
		w.tail = append(w.tail[:0], w.tail[over:]...)
	}
}

// What an ESP chip prints when it starts, once each time, and when its voltage drops.
const (
	bootMark = "rst:0x"
	brownout = "Brownout detector was triggered"
)

// newIn counts how often text ends in b, which follows before.
func newIn(before, b []byte, text string) int {
	seam := bytes.Clone(before[max(0, len(before)-len(text)+1):])
	return bytes.Count(append(seam, b...), []byte(text))
}

// gone is the pump's reason. Call it after in was found closed.
func (w *serialLine) gone() error {
	if w.err == nil {
		return errGone
	}
	return w.err
}

// wait waits until bytes arrive: nil, or errQuiet after d, the context's error,
// or why the line broke.
func (w *serialLine) wait(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case b, ok := <-w.in:
		if !ok {
			return w.gone()
		}
		w.receive(b)
		return nil
	case <-time.After(d):
		return errQuiet
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pending takes what has arrived already, without waiting.
func (w *serialLine) pending() {
	for {
		select {
		case b, ok := <-w.in:
			if !ok {
				return
			}
			w.receive(b)
		default:
			return
		}
	}
}

// discard forgets everything that has arrived.
func (w *serialLine) discard() {
	w.pending()
	w.buf = w.buf[:0]
}

// awaitSilence listens until the line is quiet for d, or for at most limit.
func (w *serialLine) awaitSilence(ctx context.Context, d, limit time.Duration) error {
	end := time.Now().Add(limit)
	for {
		err := w.wait(ctx, min(d, max(0, time.Until(end))))
		if errors.Is(err, errQuiet) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// until waits until found gives the number of bytes (>= 0) that it used, and
// removes them. It looks at everything unread, and gives errQuiet after d.
func (w *serialLine) until(ctx context.Context, d time.Duration, found func([]byte) int) error {
	end := time.Now().Add(d)
	w.pending()
	for {
		if n := found(w.buf); n >= 0 {
			w.buf = append(w.buf[:0], w.buf[n:]...)
			return nil
		}
		if err := w.wait(ctx, time.Until(end)); err != nil {
			return err
		}
	}
}

// send writes b, and goes on listening meanwhile, so that a board which prints
// can't block it. A write that the system holds up ends with the context or
// after writeTime; it then counts as under way, and the next one waits for it.
func (w *serialLine) send(ctx context.Context, b []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := time.NewTimer(writeTime)
	defer t.Stop()
	done := make(chan error, 1)
	token := w.writing
	in := w.in
	for {
		select {
		case token <- struct{}{}:
			token = nil
			mine := bytes.Clone(b)
			crash.Go(func() { w.write(mine, done) })
		case err := <-done:
			return err
		case got, ok := <-in:
			if !ok {
				return w.gone()
			}
			w.receive(got)
		case <-t.C:
			return errStuck
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (w *serialLine) write(b []byte, done chan<- error) {
	_, err := w.rw.Write(b)
	if err == nil {
		w.wrote.Store(true)
	}
	<-w.writing
	done <- err
}

// close stops the pump. A line whose reads never return keeps its goroutine
// until the line itself is closed.
func (w *serialLine) close() {
	select {
	case <-w.stop:
		return
	default:
		close(w.stop)
	}
	select {
	case <-w.stopped:
	case <-time.After(250 * time.Millisecond):
	}
}

// sleep waits for d, listening.
func (w *serialLine) sleep(ctx context.Context, d time.Duration) error {
	end := time.Now().Add(d)
	for {
		left := time.Until(end)
		if left <= 0 {
			return ctx.Err()
		}
		if err := w.wait(ctx, left); err != nil && !errors.Is(err, errQuiet) {
			return err
		}
	}
}
