package devicetest

import (
	"strings"
	"time"
)

// Process is the code that a scripted board runs.
type Process struct{ b *Scripted }

// Tracebacks that are none: the script framed its reply itself, or restarted the
// board.
const (
	framed  = "\x00framed"
	leftRaw = "\x00left"
)

// Print prints s.
func (p *Process) Print(s string) { p.b.print(s) }

// Framed ends a script whose prints were its whole reply, frame and all.
func (p *Process) Framed() string { return framed }

// Restart is machine.reset(): the chip's words, boot.py and main.py again, and
// raw mode is gone.
func (p *Process) Restart() string {
	p.Print(p.b.s.ROM)
	return leftRaw
}

// Exit is sys.exit().
func (p *Process) Exit() { panic(softSignal{}) }

// DisableInterrupt is micropython.kbd_intr(-1): Ctrl-C is a byte like any other.
func (p *Process) DisableInterrupt() { p.b.change(func() { p.b.deaf = true }) }

// Read reads n bytes from sys.stdin.buffer.
func (p *Process) Read(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = p.b.next()
	}
	return b
}

// Sleep waits for d or for Ctrl-C. What arrives meanwhile stays in the UART.
func (p *Process) Sleep(d time.Duration) {
	end := time.After(d)
	for {
		p.b.mu.Lock()
		wait := p.b.arrived
		p.checkUnlock()
		select {
		case <-wait:
		case <-end:
			return
		}
	}
}

func (p *Process) checkUnlock() {
	defer p.b.mu.Unlock()
	p.b.check()
}

// RunForever never ends by itself.
func (p *Process) RunForever() {
	for {
		p.Sleep(time.Hour)
	}
}

// CatchInterrupts is a main.py that catches KeyboardInterrupt and goes on, and breaks
// only where n Ctrl-C come at once, so that one hits while another is handled.
func CatchInterrupts(n int) func(*Process) {
	return func(p *Process) {
		for {
			if taken := p.catch(); taken >= n {
				panic(interruptSignal{})
			}
			p.Print("not now\r\n")
		}
	}
}

// catch waits for Ctrl-C, and tells how many came with it.
func (p *Process) catch() (taken int) {
	for {
		p.b.mu.Lock()
		taken, p.b.ctrlC = p.b.ctrlC, 0
		wait := p.b.arrived
		p.checkUnlock()
		if taken > 0 {
			return taken
		}
		<-wait
	}
}

// Ticker is a main.py that prints line every 50 ms until Ctrl-C.
func Ticker(line string) func(*Process) {
	return func(p *Process) {
		for {
			p.Print(line + "\r\n")
			p.Sleep(50 * time.Millisecond)
		}
	}
}

// Input is a main.py in input(): a line is read, Ctrl-A prints nothing, Ctrl-C
// raises.
func Input(p *Process) {
	for {
		for p.b.next() != '\r' {
		}
		p.Print("\r\nname? ")
	}
}

// AnswerProbe knows the script that proves an interpreter. Other code prints nothing.
func AnswerProbe(p *Process, code string) string {
	if strings.Contains(code, "6*7919") {
		p.Print("py micropython 47514\r\n")
	}
	return ""
}
