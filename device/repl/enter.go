package repl

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lamplighter/device"
	"lamplighter/device/fault"
)

const (
	patience      = 20 * time.Second
	slot          = 2 * time.Second // one attempt
	listen        = 300 * time.Millisecond
	bootTime      = 2500 * time.Millisecond // from the chip's first words to the prompt
	interruptTime = 3 * time.Second         // Ctrl-C after a hardware reset
	interruptGap  = 20 * time.Millisecond
	heardMax      = 400 // characters
)

// attempt is one way to break in.
type attempt struct {
	reset bool
	burst int // how many Ctrl-C at once
}

// attempts plans n of them: politely, then a program that swallows Ctrl-C is met
// with bursts, for one of them hits while it handles another; in between a
// hardware reset catches the board before main.py.
func attempts(n int, canReset bool) []attempt {
	plan := []attempt{{burst: 1}, {burst: 100}, {reset: true}, {burst: 500}, {burst: 1000}, {burst: 1000}, {reset: true}, {burst: 1000}}
	all := make([]attempt, n)
	for i := range all {
		a := plan[min(i, len(plan)-1)]
		if a.reset && !canReset {
			a = attempt{burst: 500}
		}
		all[i] = a
	}
	return all
}

// enter breaks in. See Enter.
func (r *REPL) enter(ctx context.Context) error {
	r.raw, r.helpers = false, false
	if err := r.awaitBoot(ctx); err != nil {
		return r.failEntry(ctx, err)
	}
	_, canReset := r.w.rw.(Resetter)
	plan := attempts(max(1, int(r.o.Patience/slot)), canReset)
	if r.restarted && canReset { // its main.py must not come to start the watchdog again
		plan = slices.Insert(plan, 0, attempt{reset: true})
	}
	r.restarted = false
	stuck := false
	for i, a := range plan {
		if stuck && !a.reset { // nothing else makes a board read again
			continue
		}
		r.report(a, i+1, len(plan))
		ok, err := r.try(ctx, a)
		if stuck = errors.Is(err, errStuck) && canReset; err != nil && !stuck {
			return r.failEntry(ctx, err)
		}
		if ok {
			return r.extendWatchdog(ctx)
		}
	}
	if stuck {
		return r.failEntry(ctx, errStuck)
	}
	kind := r.classify()
	if kind == fault.NoMicroPython && r.reacts(ctx) {
		kind = fault.BoardBusy
	}
	return r.fail("enter the raw REPL", kind, entryCause(r.w.tail))
}

// reacts reports whether a line that is quiet otherwise answers each Ctrl-C with
// text: that is a program which catches KeyboardInterrupt, for nothing else
// takes this byte without a line end.
func (r *REPL) reacts(ctx context.Context) bool {
	for range 3 {
		r.w.discard()
		if r.w.wait(ctx, 150*time.Millisecond) == nil || r.w.send(ctx, []byte{3}) != nil {
			return false
		}
		if r.w.awaitSilence(ctx, 100*time.Millisecond, 200*time.Millisecond) != nil || printable(string(r.w.buf)) == "" {
			return false
		}
	}
	return !garbled(r.w.buf)
}

func (r *REPL) report(a attempt, done, total int) {
	if r.o.Report == nil {
		return
	}
	step := "interrupt"
	if a.reset {
		step = "reset"
	}
	r.o.Report(device.Progress{Step: step, Done: done, Total: total})
}

// awaitBoot listens to what comes by itself. A board that opening the port has
// reset is given the time to start.
func (r *REPL) awaitBoot(ctx context.Context) error {
	if err := r.w.awaitSilence(ctx, listen, listen); err != nil {
		return err
	}
	if bootText.Match(r.w.buf) || bytes.Contains(r.w.buf, []byte("=$%#=")) {
		return r.untilPrompt(ctx, bootTime)
	}
	return nil
}

// untilPrompt waits for a friendly prompt, or for limit.
func (r *REPL) untilPrompt(ctx context.Context, limit time.Duration) error {
	err := r.w.until(ctx, limit, func(b []byte) int {
		if bytes.HasSuffix(b, []byte(prompt)) {
			return len(b)
		}
		return -1
	})
	if errors.Is(err, errQuiet) {
		return nil
	}
	return err
}

// try makes one attempt of about one slot.
func (r *REPL) try(ctx context.Context, a attempt) (bool, error) {
	end := time.Now().Add(slot)
	if a.reset {
		err := r.reset(ctx)
		if errors.Is(err, errors.ErrUnsupported) {
			a = attempt{burst: 500}
		} else if err != nil {
			return false, err
		}
		end = time.Now().Add(slot)
	}
	for {
		if r.loops() {
			if err := r.floodInterrupts(ctx); err != nil {
				return false, err
			}
		}
		ok, err := r.breakIn(ctx, a.burst)
		if ok || err != nil || time.Now().After(end) {
			return ok, err
		}
	}
}

// breakIn interrupts, asks for the raw REPL and lets the board prove that it is
// one.
func (r *REPL) breakIn(ctx context.Context, burst int) (bool, error) {
	const gap = 50 * time.Millisecond
	r.w.discard()
	first := "\r" + strings.Repeat("\x03", burst) // CR ends an input(), or a line of paste mode
	if err := r.sendInterrupts(ctx, burst); err != nil {
		return false, err
	}
	for _, s := range []string{first, "\x03", "\x03"} {
		if err := r.w.send(ctx, []byte(s)); err != nil {
			return false, err
		}
		if err := r.w.awaitSilence(ctx, gap, 2*gap); err != nil {
			return false, err
		}
	}
	r.w.discard()
	if err := r.w.send(ctx, []byte("\r\x01")); err != nil {
		return false, err
	}
	err := r.atBanner(ctx, 600*time.Millisecond)
	if errors.Is(err, errQuiet) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return r.prove(ctx)
}

// sendInterrupts sends Ctrl-C one by one before a burst: USB hands a board up to 64 bytes
// at a time, which then count as one.
func (r *REPL) sendInterrupts(ctx context.Context, burst int) error {
	for i := range burst / 10 {
		if err := r.w.send(ctx, []byte{3}); err != nil {
			return err
		}
		if err := r.w.sleep(ctx, time.Duration(i%4)*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// proof asks for a sum, which a device that only echoes, or a program that is
// still there, can't give. It silences the log of the ESP firmware, which would
// print inside the replies.
const proof = "import sys\ntry:\n import esp\n esp.osdebug(None)\nexcept Exception:pass\nprint('py',sys.implementation.name,6*7919)"

// prove lets the board run the proof. A board without memory for so little is
// restarted.
func (r *REPL) prove(ctx context.Context) (bool, error) {
	short, done := context.WithTimeout(ctx, slot)
	defer done()
	if err := r.w.awaitSilence(short, 20*time.Millisecond, 60*time.Millisecond); err != nil {
		return false, outerError(ctx, err)
	}
	r.raw = true
	out, err := r.exec(short, proof, nil)
	if raised, ok := errors.AsType[*ScriptError](err); ok && raised.Type == "MemoryError" {
		if err = r.softReset(ctx); err == nil {
			out, err = r.exec(ctx, proof, nil)
		}
	}
	if err != nil {
		r.raw = false
		if e, ok := errors.AsType[*fault.Error](err); ok && e.Fault == fault.PortGone {
			return false, err
		}
		return false, ctx.Err()
	}
	_, name, found := strings.Cut(string(out), "py ")
	name, _, sum := strings.Cut(name, " 47514")
	if !found || !sum {
		r.raw = false
		return false, nil
	}
	if name != "micropython" {
		r.raw = false
		return false, r.fail("enter the raw REPL", fault.NoMicroPython, &UnexpectedOutput{Text: printable(name)})
	}
	return true, nil
}

// outerError is err where it is the line's or the outer context's, else nil.
func outerError(ctx context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return ctx.Err()
	}
	return err
}

// reset restarts the board by its lines and sends Ctrl-C while it starts, so
// that it is caught in boot.py or early in main.py.
func (r *REPL) reset(ctx context.Context) error {
	line, ok := r.w.rw.(Resetter)
	if !ok {
		return errors.ErrUnsupported
	}
	r.resets++
	if err := line.Reset(); err != nil {
		return err
	}
	r.w.discard()
	end := time.Now().Add(interruptTime)
	for time.Now().Before(end) {
		if err := r.w.send(ctx, []byte{3}); err != nil {
			return err
		}
		if err := r.w.sleep(ctx, interruptGap); err != nil {
			return err
		}
		if bytes.HasSuffix(r.w.buf, []byte(prompt)) {
			return nil
		}
	}
	return nil
}

// loops reports whether the board started more often than it was reset and its
// port opened: its program restarts it.
func (r *REPL) loops() bool { return r.w.boots > r.resets+1 }

// floodInterrupts sends Ctrl-C without a pause, for the moment of a board between its start
// and its own restart is short. It ends at a prompt, or after a slot.
func (r *REPL) floodInterrupts(ctx context.Context) error {
	r.w.discard()
	for end := time.Now().Add(slot); time.Now().Before(end); {
		if err := r.w.send(ctx, bytes.Repeat([]byte{3}, 32)); err != nil {
			return err
		}
		if err := r.w.sleep(ctx, stormGap); err != nil {
			return err
		}
		if bytes.HasSuffix(r.w.buf, []byte(prompt)) {
			return nil
		}
	}
	return nil
}

// stormGap is how long 32 bytes are on the wire at 115200 baud.
const stormGap = 3 * time.Millisecond

// extendWatchdogScript has an ESP32's watchdog wait for two minutes. It can't be stopped, but a
// second WDT sets the first one's time (machine.WDT, esp_task_wdt_reconfigure).
const extendWatchdogScript = "import sys\nif sys.platform=='esp32':\n import machine\n machine.WDT(timeout=120000)"

// extendWatchdog keeps a watchdog that main.py has started from biting, on a board that
// has restarted in the middle of scripts although it was caught after a reset, or
// can't be reset. On others it would start one.
func (r *REPL) extendWatchdog(ctx context.Context) error {
	_, canReset := r.w.rw.(Resetter)
	if r.restarts == 0 || r.restarts == 1 && canReset {
		return nil
	}
	r.guarded = time.Now()
	_, err := r.exec(ctx, extendWatchdogScript, nil)
	if _, ok := errors.AsType[*ScriptError](err); ok {
		return nil // this firmware can't
	}
	return err
}

// failEntry is the error of an entry that could not go on.
func (r *REPL) failEntry(ctx context.Context, err error) error {
	var e *fault.Error
	switch {
	case errors.As(err, &e):
		return err
	case ctx.Err() != nil:
		return r.fail("enter the raw REPL", fault.Unknown, ctx.Err())
	case errors.Is(err, errStuck) && (r.w.wrote.Load() || len(r.w.tail) > 0): // its program does not read
		return r.fail("enter the raw REPL", fault.BoardBusy, err)
	case errors.Is(err, errStuck):
		return r.fail("enter the raw REPL", fault.BoardSilent, err)
	}
	return r.fail("enter the raw REPL", fault.PortGone, err)
}

// signs are texts that only MicroPython, or a program of ours, prints.
var signs = []string{
	"MicroPython", "mpython", "MPY: ", ">>> ", "Traceback (most recent call last)", "KeyboardInterrupt", "soft reboot",
	"raw REPL; CTRL-B", device.StageMark,
}

// classify tells from what was heard why a board did not let itself be entered.
func (r *REPL) classify() fault.Fault {
	tail := r.w.tail
	switch {
	case r.w.brownouts > 1:
		return fault.WeakPower
	case bytes.Contains(tail, []byte("CircuitPython")):
		return fault.NoMicroPython
	case r.loops():
		return fault.BoardRestarts
	case len(bytes.TrimSpace(romLog.ReplaceAll(tail, nil))) == 0: // the chip's own words prove nothing
		return fault.BoardSilent
	}
	for _, s := range signs {
		if bytes.Contains(tail, []byte(s)) {
			return fault.BoardBusy
		}
	}
	if garbled(tail[max(0, len(tail)-512):]) {
		return fault.LineNoise
	}
	return fault.NoMicroPython
}

// romLog are the lines that an ESP chip's ROM prints before any firmware runs.
var romLog = regexp.MustCompile(`(?m)^(?:ets [A-Z][a-z]{2} |ESP-ROM:|Build:|rst:0x|configsip:|clk_drv:|mode:|load:|entry |SPIWP:|SPI mode:|Saved PC:|csum|tail |chksum|waiting for).*$`)

// garbled reports whether more than three characters in ten are none that a
// program prints, as with a wrong baud rate.
func garbled(b []byte) bool {
	bad, all := 0, 0
	for len(b) > 0 {
		c, n := utf8.DecodeRune(b)
		b = b[n:]
		all++
		if c == utf8.RuneError && n == 1 || !unicode.IsPrint(c) && !unicode.IsSpace(c) && (c < 1 || c > 5) && c != 0x1b {
			bad++
		}
	}
	return bad*10 > all*3
}

// entryCause is the cause of a failed entry, or nil where the board was silent.
func entryCause(tail []byte) error {
	if len(tail) == 0 {
		return nil
	}
	return &UnexpectedOutput{Text: printable(string(tail))}
}

// printable is the last part of s in characters that can be shown.
func printable(s string) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case c == '\n':
			return c
		case c == utf8.RuneError || !unicode.IsPrint(c):
			return -1
		}
		return c
	}, s)
	runes := []rune(strings.TrimSpace(s))
	return string(runes[max(0, len(runes)-heardMax):])
}

// identifier reports whether name can be a variable of Python.
func identifier(name string) bool {
	for i, c := range name {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}
