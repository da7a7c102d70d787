package repl

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

const (
	rawBanner   = "raw REPL; CTRL-B to exit\r\n>"
	rebootMark  = "soft reboot\r\n" // "MPY: soft reboot", "mpython: soft reboot", "soft reboot"
	noiseMemory = 4096              // bytes of noise before a reply that are looked at
)

// reply reads what the board answers to a script: noise, "OK" (not after a raw
// paste), output, \x04, traceback, \x04, ">". Output may hold \x04, so the end is
// the first "\x04>" that has another \x04 before it.
type reply struct {
	max     int
	started bool // OK was seen
	buf     []byte
	scanned int
	prev    int // the \x04 before last, or -1
	last    int // the last \x04, or -1
	looked  int // bytes that restarted has seen
	boot    bool
	banner  bool

	done bool
	long bool // more than max came
	soft bool // ended by a soft reset, as after sys.exit()
	out  []byte
	err  []byte
	rest []byte // what came after the end
}

func newReply(paste bool, limit int) *reply {
	return &reply{max: limit, started: paste, prev: -1, last: -1}
}

// feed takes the next bytes. After done they are kept in rest.
func (p *reply) feed(b []byte) {
	if p.done || p.long {
		return
	}
	p.buf = append(p.buf, b...)
	if !p.started && !p.start() {
		return
	}
	p.scan()
	if !p.done && len(p.buf) > p.max {
		p.long = true
	}
}

// start skips noise before OK.
func (p *reply) start() bool {
	i := bytes.Index(p.buf, []byte("OK"))
	if i < 0 {
		if over := len(p.buf) - noiseMemory; over > 0 {
			p.buf = append(p.buf[:0], p.buf[over:]...)
		}
		return false
	}
	p.started = true
	p.buf = p.buf[i+2:]
	return true
}

func (p *reply) scan() {
	for {
		i := bytes.IndexByte(p.buf[p.scanned:], 4)
		if i < 0 {
			p.scanned = len(p.buf)
			break
		}
		i += p.scanned
		if i+1 == len(p.buf) && p.last >= 0 {
			p.scanned = i // what follows decides
			break
		}
		if p.last >= 0 && p.buf[i+1] == '>' {
			p.finish(p.last, i, i+2)
			return
		}
		p.prev, p.last, p.scanned = p.last, i, i+1
	}
	p.scanSoft()
}

// scanSoft finds the end of a script that restarted the interpreter.
func (p *reply) scanSoft() {
	from, to := p.prev, p.last
	if n := len(p.buf); p.scanned == n-1 && p.buf[n-1] == 4 {
		return
	}
	if from < 0 {
		return
	}
	after := p.buf[to:]
	r := bytes.Index(after, []byte(rebootMark))
	if r < 0 {
		return
	}
	b := bytes.Index(after[r:], []byte(rawBanner))
	if b < 0 {
		return
	}
	p.soft = true
	p.finish(from, to, to+r+b+len(rawBanner))
}

// finish splits at the two \x04; end is where the reply ends.
func (p *reply) finish(outEnd, errEnd, end int) {
	p.done = true
	p.out = p.buf[:outEnd]
	p.err = p.buf[outEnd+1 : errEnd]
	p.rest = p.buf[end:]
}

// lax ends a reply that noise kept from its proper end: two \x04 and a ">" at
// the very end of a line that has gone quiet.
func (p *reply) lax() {
	if !p.done && p.prev >= 0 && bytes.HasSuffix(p.buf, []byte(">")) {
		p.finish(p.prev, p.last, len(p.buf))
	}
}

var bootText = regexp.MustCompile(`(?:^|\n)(?:ets [A-Z][a-z]{2} |rst:0x|ESP-ROM:)`)

// restarted reports whether the reply holds what a board prints when it starts;
// sure is true when it has come to the friendly prompt. Each call looks at what
// is new since the last.
func (p *reply) restarted() (maybe, sure bool) {
	const overlap = 64 // longer than any of the texts
	b := p.buf[max(0, min(p.looked, len(p.buf))-overlap):]
	p.looked = len(p.buf)
	p.boot = p.boot || bootText.Match(b)
	p.banner = p.banner || bytes.Contains(b, []byte(`Type "help()" for more`))
	sure = p.banner && bytes.HasSuffix(b, []byte(prompt))
	return p.boot || sure, sure
}

var (
	excLine  = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_.]*(?:Error|Exception|Interrupt|Exit|Iteration))(?::\s*(.*))?$`)
	anyLine  = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_.]*)(?::\s*(.*))?$`)
	errnoNum = regexp.MustCompile(`^(?:\[Errno (-?\d+)\]|\(?(-?\d+)(?:,|\)|$))`)
)

// raised reads a traceback. Text without an exception is the noise of timers or
// of the firmware's log, and no error.
func raised(out, text []byte) *ScriptError {
	s := strings.ToValidUTF8(string(text), "\uFFFD")
	at := strings.Index(s, "Traceback (most recent call last)")
	pattern := excLine
	if at >= 0 {
		pattern = anyLine
	}
	lines := strings.Split(s[max(at, 0):], "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		m := pattern.FindStringSubmatch(strings.TrimRight(lines[i], "\r "))
		if m == nil {
			continue
		}
		return &ScriptError{Type: m[1], Errno: errno(m[1], m[2]), Traceback: strings.TrimSpace(s), Out: out}
	}
	if at >= 0 {
		return &ScriptError{Type: "Exception", Traceback: strings.TrimSpace(s), Out: out}
	}
	return nil
}

// errno reads the number of an OSError, in the forms of old and new firmware:
// "28", "[Errno 28] ENOSPC" and "(-202, 'text')".
func errno(class, message string) int {
	if class != "OSError" {
		return 0
	}
	m := errnoNum.FindStringSubmatch(message)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1] + m[2])
	return n
}
