// Package devicetest has boards for tests: a scripted one that speaks the raw
// REPL byte for byte with any oddity that a test asks for, and real MicroPython.
// It is never part of the program.
package devicetest

import (
	"errors"
	"io"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Script says how a scripted board behaves. The zero Script is a new firmware
// without a main.py, whose scripts print nothing.
type Script struct {
	Old    bool   // firmware of 2017: no raw paste, "soft reboot" without a prefix
	Prefix string // before "soft reboot"; "" = "MPY: "
	Window int    // of a raw paste, bytes; 0 = 128
	Refuse int    // raw pastes that are taken before the firmware refuses them; 0 = all are taken
	ROM    string // printed by the chip at power-on and after a hard reset
	Boot   func(*Process)
	Main   func(*Process) // nil = no main.py
	// Run is the interpreter: it runs the code of the raw REPL and gives the
	// traceback, or "". Code that it does not know it hands to AnswerProbe.
	Run     func(p *Process, code string) string
	RX      int    // bytes that the UART keeps while code runs; the rest is lost; 0 = nothing is lost
	Tick    string // a timer prints it before OK, inside the framing and after the prompt
	Bare    bool   // not MicroPython: Main talks to the line, and there is no REPL
	NoReset bool   // the line has no control lines
	Deaf    bool   // Ctrl-C never interrupts boot.py and main.py
}

// Scripted is a board and its line. Reads give (0, nil) after 20 ms without a
// byte, as a serial port does.
type Scripted struct {
	s    Script
	done chan struct{}

	mu       sync.Mutex
	toHost   []byte
	toBoard  []byte
	arrived  chan struct{} // closed and replaced when something changes
	running  bool          // code runs: Ctrl-C interrupts
	deaf     bool          // micropython.kbd_intr(-1)
	ctrlC    int           // Ctrl-C that came while code ran
	reset    bool
	closed   bool
	gone     bool
	lost     int
	pastes   int
	sentHost int
	cutAfter int // bytes to the board after which the line breaks; -1 = never
	resetAt  int // bytes to the board after which it restarts; -1 = never
}

// StartScripted starts a board and stops it when the test ends.
func StartScripted(t testing.TB, s Script) *Scripted {
	t.Helper()
	if s.Prefix == "" && !s.Old {
		s.Prefix = "MPY: "
	}
	if s.Window == 0 {
		s.Window = 128
	}
	b := &Scripted{s: s, done: make(chan struct{}), arrived: make(chan struct{}), cutAfter: -1, resetAt: -1}
	go b.live()
	t.Cleanup(func() {
		_ = b.Close() // always nil
		<-b.done
	})
	return b
}

// change runs f under the lock and wakes whoever waits.
func (b *Scripted) change(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
	close(b.arrived)
	b.arrived = make(chan struct{})
}

// Read is the host's side of the line.
func (b *Scripted) Read(p []byte) (int, error) {
	limit := time.After(20 * time.Millisecond)
	for {
		b.mu.Lock()
		n := copy(p, b.toHost)
		b.toHost = b.toHost[n:]
		over, wait := b.closed || b.gone, b.arrived
		b.mu.Unlock()
		switch {
		case n > 0:
			return n, nil
		case over:
			return 0, io.EOF
		}
		select {
		case <-wait:
		case <-limit:
			return 0, nil
		}
	}
}

// Write is the host's side of the line. Ctrl-C is taken at once while code runs,
// and what a busy UART can't keep is lost.
func (b *Scripted) Write(p []byte) (n int, err error) {
	b.change(func() {
		for _, c := range p {
			if b.cutAfter >= 0 && b.sentHost >= b.cutAfter {
				b.gone = true
			}
			if b.closed || b.gone {
				err = syscall.EIO
				return
			}
			if b.resetAt >= 0 && b.sentHost >= b.resetAt {
				b.resetAt, b.reset, b.toBoard = -1, true, nil
			}
			n++
			b.sentHost++
			switch {
			case c == 3 && b.running && !b.deaf:
				b.ctrlC++
			case b.running && b.s.RX > 0 && len(b.toBoard) >= b.s.RX:
				b.lost++
			default:
				b.toBoard = append(b.toBoard, c)
			}
		}
	})
	return n, err
}

// Close ends the board.
func (b *Scripted) Close() error {
	b.change(func() { b.closed = true })
	return nil
}

// Reset restarts the board by its control lines.
func (b *Scripted) Reset() error {
	if b.s.NoReset {
		return errors.ErrUnsupported
	}
	b.change(func() { b.reset, b.toBoard = true, nil })
	return nil
}

// Unplug breaks the line: reads give EOF, writes EIO.
func (b *Scripted) Unplug() { b.change(func() { b.gone = true }) }

// CutAfter breaks the line after n more bytes to the board.
func (b *Scripted) CutAfter(n int) { b.change(func() { b.cutAfter = b.sentHost + n }) }

// ResetAfter restarts the board, as a watchdog does, after n more bytes to it.
func (b *Scripted) ResetAfter(n int) { b.change(func() { b.resetAt = b.sentHost + n }) }

// Lost tells how many bytes came that the board had no room for.
func (b *Scripted) Lost() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lost
}

// Sent tells how many bytes went to the board.
func (b *Scripted) Sent() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sentHost
}

// signals that end what the board does.
type (
	resetSignal     struct{} // hard reset
	softSignal      struct{} // sys.exit()
	closedSignal    struct{} // the test is over
	interruptSignal struct{} // KeyboardInterrupt
)

// check panics with the signal that is due. The lock is held.
func (b *Scripted) check() {
	switch {
	case b.closed:
		panic(closedSignal{})
	case b.reset:
		b.reset = false
		panic(resetSignal{})
	case b.running && b.ctrlC > 0:
		b.ctrlC = 0
		panic(interruptSignal{})
	}
}

// next waits for a byte from the host.
func (b *Scripted) next() byte {
	for {
		c, ok, wait := b.poll()
		if ok {
			return c
		}
		<-wait
	}
}

func (b *Scripted) poll() (c byte, ok bool, wait <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.check()
	if len(b.toBoard) > 0 {
		c = b.toBoard[0]
		b.toBoard = b.toBoard[1:]
		return c, true, nil
	}
	return 0, false, b.arrived
}

func (b *Scripted) print(s string) {
	b.change(func() { b.toHost = append(b.toHost, s...) })
}

// run runs code, with Ctrl-C enabled unless it is deaf, and tells what ended it.
func (b *Scripted) run(f func(*Process), deaf bool) (end any) {
	b.change(func() { b.running, b.deaf, b.ctrlC = true, deaf, 0 })
	defer func() {
		end = recover()
		b.change(func() { b.running, b.deaf, b.ctrlC = false, false, 0 })
		switch end.(type) {
		case nil, softSignal, interruptSignal:
		default:
			panic(end)
		}
	}()
	f(&Process{b})
	return nil
}
