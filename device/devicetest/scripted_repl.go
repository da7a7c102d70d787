package devicetest

import "strings"

const (
	helpBanner = "\r\nMicroPython v1.29.0 on 2026-01-01; Scripted board with ESP32\r\nType \"help()\" for more information.\r\n>>> "
	rawPrompt  = "raw REPL; CTRL-B to exit\r\n>"
	ctrlCTrace = "Traceback (most recent call last):\r\n  File \"<stdin>\", line 1, in <module>\r\nKeyboardInterrupt: \r\n"
)

// live is the board's life: power-on, then prompt after prompt.
func (b *Scripted) live() {
	defer close(b.done)
	for b.powered() {
	}
}

// powered runs from one hard reset to the next; false at the end of the test.
func (b *Scripted) powered() (again bool) {
	defer func() {
		switch e := recover(); e.(type) {
		case nil, resetSignal:
			again = true
		case closedSignal:
			again = false
		default:
			panic(e)
		}
	}()
	b.print(b.s.ROM)
	if b.s.Bare {
		b.run(b.s.Main, b.s.Deaf)
		for {
			b.next()
		}
	}
	b.start(true)
	for {
		b.friendly()
		b.raw()
	}
}

// start runs boot.py and, unless the raw REPL is meant, main.py and the banner.
// sys.exit() in main.py is a soft reset.
func (b *Scripted) start(main bool) {
	for again := true; again; {
		again = false
		failed := b.s.Boot != nil && b.program(b.s.Boot) != nil
		if main && !failed && b.s.Main != nil {
			_, again = b.program(b.s.Main).(softSignal)
		}
		if again {
			b.print(b.s.Prefix + "soft reboot\r\n")
		}
	}
	if main {
		b.print(helpBanner)
	}
}

// program runs boot.py or main.py and prints what Ctrl-C leaves behind.
func (b *Scripted) program(f func(*Process)) any {
	end := b.run(f, b.s.Deaf)
	if _, ok := end.(interruptSignal); ok {
		b.print(strings.Replace(ctrlCTrace, "<stdin>", "main.py", 1))
	}
	return end
}

// friendly is the ">>> " prompt. It returns for the raw REPL.
func (b *Scripted) friendly() {
	for {
		switch c := b.next(); c {
		case 1:
			b.print("\r\n" + rawPrompt)
			return
		case 2:
			b.print(helpBanner)
		case 3, '\r':
			b.print("\r\n>>> ")
		case 4:
			b.print("\r\n" + b.s.Prefix + "soft reboot\r\n")
			b.start(true)
		case 5:
			b.pasteMode()
		default:
			b.print(string(rune(c)))
		}
	}
}

// pasteMode echoes until Ctrl-C or Ctrl-D.
func (b *Scripted) pasteMode() {
	b.print("\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== ")
	for {
		switch c := b.next(); c {
		case 3, 4:
			b.print("\r\n>>> ")
			return
		default:
			b.print(string(rune(c)))
		}
	}
}

// raw is the raw REPL. It returns for the friendly prompt.
func (b *Scripted) raw() {
	var code []byte
	for {
		c := b.next()
		switch {
		case c == 1:
			b.print(rawPrompt)
			code = nil
		case c == 2:
			b.print(helpBanner)
			return
		case c == 3:
			code = nil
		case c == 4 && len(code) == 0:
			b.print("OK\r\n" + b.s.Prefix + "soft reboot\r\n")
			b.start(false)
			b.print(rawPrompt)
		case c == 4:
			b.print(b.s.Tick + "OK")
			if !b.execute(string(code)) {
				return
			}
			code = nil
		case c == 5 && len(code) == 0 && !b.s.Old:
			if !b.rawPaste() {
				return
			}
		case c == '\r' && len(code) == 0: // ends nothing
		default:
			code = append(code, c)
		}
	}
}

// rawPaste answers \x05; false where raw mode was left.
func (b *Scripted) rawPaste() bool {
	if b.next() != 'A' || b.next() != 1 {
		b.print("R\x00>")
		return true
	}
	b.pastes++
	if b.s.Refuse > 0 && b.pastes > b.s.Refuse {
		b.print("R\x00")
		return true
	}
	w := b.s.Window
	b.print("R\x01" + string([]byte{byte(w), byte(w >> 8)}) + "\x01")
	var code []byte
	for granted := 2 * w; ; {
		c := b.next()
		b.overrun(granted - len(code))
		switch c {
		case 3:
			b.print("\x04\x04KeyboardInterrupt: \r\n\x04>")
			return true
		case 4:
			b.print(b.s.Tick + "\x04")
			return b.execute(string(code))
		}
		code = append(code, c)
		if len(code)%w == 0 {
			b.print("\x01")
			granted += w
		}
		if strings.Contains(string(code), "def def") { // what no compiler reads on from
			b.print("\x04")
			for b.next() != 4 {
			}
			b.print("\x04Traceback (most recent call last):\r\n  File \"<stdin>\", line 1\r\nSyntaxError: invalid syntax\r\n\x04>")
			return true
		}
	}
}

// overrun counts bytes of a raw paste beyond what was granted as lost. The final
// \x04 needs no grant.
func (b *Scripted) overrun(left int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lost += max(0, len(b.toBoard)-left)
}

// execute runs a script and frames its reply; false where raw mode was left.
func (b *Scripted) execute(code string) bool {
	trace := ""
	verbatim, left := false, false
	end := b.run(func(p *Process) {
		switch {
		case b.s.Run != nil:
			trace = b.s.Run(p, code)
		default:
			trace = AnswerProbe(p, code)
		}
		verbatim, left = trace == framed, trace == leftRaw
	}, false)
	switch end.(type) {
	case interruptSignal:
		trace = ctrlCTrace
	case softSignal:
		b.print("\x04\x04" + b.s.Prefix + "soft reboot\r\n")
		b.start(false)
		b.print(rawPrompt)
		return true
	}
	if left {
		b.start(true)
		return false
	}
	if !verbatim {
		b.print("\x04" + trace + b.s.Tick + "\x04>" + b.s.Tick)
	}
	return true
}
