//go:build linux

package devicetest

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Direction is one of the two ways along a board's line.
type Direction int

// The directions.
const (
	ToBoard Direction = iota
	FromBoard
)

const (
	bitsPerByte = 10                    // 8N1: a start bit, eight bits, a stop bit
	pacedChunk  = 32                    // bytes that go by at once on a line with a speed
	fastChunk   = 4096                  // and on one without
	idleGap     = 20 * time.Millisecond // a pause longer than this is not made up for
	afterglow   = 2 * time.Millisecond  // what a board's capacitors last after its cable is cut
)

// line is the cable between a program and a test board, where its faults live.
type line struct {
	t       testing.TB
	perByte time.Duration // 0 = no limit
	toBoard func([]byte)
	power   func() // switches the board off
	term    *terminal
	port    string     // name of the terminal
	pulling sync.Mutex // held while the cable and the power go

	mu         sync.Mutex
	end        io.ReadWriteCloser // the program's end, nil while unplugged or never asked for
	output     []byte             // from the board, on its way
	ready      chan struct{}      // there is output
	gone       chan struct{}      // the test is over
	directions [2]direction
	running    bool // the pump of the board's output runs
}

// direction is one direction of a line.
type direction struct {
	filter func([]byte) []byte
	count  int
	cutAt  int // 0 = never
	cut    chan struct{}
	due    time.Time // when what was sent so far has arrived
}

var errUnplugged = errors.New("unplugged")

func newLine(t testing.TB, baud int, toBoard func([]byte), power func()) *line {
	l := &line{t: t, toBoard: toBoard, power: power, ready: make(chan struct{}, 1), gone: make(chan struct{}), port: "ttyUSB0"}
	if baud > 0 {
		l.perByte = time.Second * bitsPerByte / time.Duration(baud)
	}
	t.Cleanup(l.close)
	return l
}

// close ends the line's goroutines.
func (l *line) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.end != nil {
		l.end.Close()
	}
	l.end, l.output = nil, nil
	close(l.gone)
}

func (l *line) conn() io.ReadWriteCloser {
	ours, theirs := net.Pipe()
	l.attach(ours)
	return theirs
}

// attach makes end the program's end of the line.
func (l *line) attach(end io.ReadWriteCloser) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.end != nil {
		l.end.Close()
	}
	l.end, l.output = end, nil
	if !l.running {
		l.running = true
		go l.pumpOutput()
	}
	go l.pumpInput(end)
}

// attached is the program's end, or nil.
func (l *line) attached() io.ReadWriteCloser {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.end
}

func (l *line) chunk() int {
	if l.perByte > 0 {
		return pacedChunk
	}
	return fastChunk
}

func (l *line) pumpInput(end io.ReadWriteCloser) {
	buf := make([]byte, l.chunk())
	for {
		n, err := end.Read(buf)
		if n > 0 && l.pass(ToBoard, end, buf[:n], func(b []byte) error { l.toBoard(b); return nil }) != nil {
			return
		}
		if err != nil {
			return
		}
	}
}

// fromBoard takes what the board sends. It never blocks. What nobody is there
// to read is lost, as on a UART.
func (l *line) fromBoard(b []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.end == nil {
		return
	}
	l.output = append(l.output, b...)
	select {
	case l.ready <- struct{}{}:
	default:
	}
}

func (l *line) readOutput() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(len(l.output), l.chunk())
	b := append([]byte(nil), l.output[:n]...)
	if l.output = l.output[n:]; len(l.output) == 0 {
		l.output = nil
	}
	return b
}

func (l *line) pumpOutput() {
	for {
		select {
		case <-l.gone:
			return
		case <-l.ready:
		}
		for b := l.readOutput(); len(b) > 0; b = l.readOutput() {
			end := l.attached()
			if end == nil {
				break
			}
			_ = l.pass(FromBoard, end, b, func(b []byte) error { _, err := end.Write(b); return err })
		}
	}
}

// pass sends bytes one way along the cable to end, as fast as the line is, and
// cuts it where the test wants that. What a cable carries when it is pulled is lost.
func (l *line) pass(d Direction, end io.Closer, b []byte, deliver func([]byte) error) error {
	l.pace(d, len(b))
	l.mu.Lock()
	if end != l.end {
		l.mu.Unlock()
		return errUnplugged
	}
	w := &l.directions[d]
	if w.filter != nil {
		b = w.filter(b)
	}
	cut := w.cutAt > 0 && w.count+len(b) >= w.cutAt
	done := w.cut
	if cut {
		b, w.cutAt = b[:w.cutAt-w.count], 0
	}
	w.count += len(b)
	l.mu.Unlock()
	err := deliver(b)
	if cut {
		time.Sleep(afterglow)
		l.pull(end)
		close(done)
		return errUnplugged
	}
	return err
}

// pace waits until n bytes have gone by.
func (l *line) pace(d Direction, n int) {
	if l.perByte == 0 {
		return
	}
	l.mu.Lock()
	w := &l.directions[d]
	if now := time.Now(); now.Sub(w.due) > idleGap {
		w.due = now
	}
	w.due = w.due.Add(time.Duration(n) * l.perByte)
	due := w.due
	l.mu.Unlock()
	time.Sleep(time.Until(due))
}

func (l *line) cutAfter(d Direction, n int) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := &l.directions[d]
	w.cutAt, w.cut = w.count+max(n, 1), make(chan struct{})
	return w.cut
}

func (l *line) filter(d Direction, f func([]byte) []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.directions[d].filter = f
}

func (l *line) sent(d Direction) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.directions[d].count
}

// unplug pulls the cable, whichever it is, and the power with it.
func (l *line) unplug() {
	l.pulling.Lock()
	defer l.pulling.Unlock()
	if end := l.attached(); end != nil {
		l.detach(end)
	}
	l.power()
}

// pull does the same with one cable. Where that is gone already, it does nothing:
// the board may be on its next one.
func (l *line) pull(end io.Closer) {
	l.pulling.Lock()
	defer l.pulling.Unlock()
	if l.attached() == end {
		l.detach(end)
		l.power()
	}
}

// detach ends a cable, and with it the cuts that were still to come.
func (l *line) detach(end io.Closer) {
	l.mu.Lock()
	l.end, l.output = nil, nil
	for d := range l.directions {
		l.directions[d].cutAt = 0
	}
	l.mu.Unlock()
	end.Close()
}

func (l *line) replug(name string) {
	if name != "" {
		l.port = name
	}
	if l.term != nil {
		l.term = nil
		l.path()
	}
}

// path is the terminal's name; the first call plugs it in.
func (l *line) path() string {
	l.t.Helper()
	if l.term == nil {
		term, err := newTerminal(l.t.TempDir(), l.port)
		if err != nil {
			l.t.Fatalf("pseudo-terminal: %v", err)
		}
		l.t.Cleanup(func() { term.Close() })
		l.term = term
		l.attach(term)
	}
	return l.term.name
}
