package repl

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lamplighter/device/fault"
)

const (
	execTime   = 30 * time.Second // for a script where the context has no deadline
	stopTime   = 2 * time.Second  // to stop a script that has no more time
	creditTime = 5 * time.Second  // for a board to take a window of a raw paste
	okTime     = 5 * time.Second  // for the OK of the plain raw REPL, which comes before the script runs
	laxTime    = 500 * time.Millisecond
	restartGap = 2 * time.Second // without an end after what looks like a restart
	pieceBytes = 256             // of the plain raw REPL; MicroPython's mpremote uses the same
)

// exec is Exec without its defaults: ask sends the script, then the reply is
// read. step, where it is not nil, is given the output so far whenever it grew.
func (r *REPL) exec(ctx context.Context, code string, step func(out []byte) error) ([]byte, error) {
	if !r.raw {
		if err := r.Interrupt(ctx); err != nil {
			return nil, err
		}
	}
	r.w.discard()
	p, err := r.ask(ctx, code)
	if err == nil {
		err = r.read(ctx, p, step)
	}
	if err != nil {
		return nil, r.broke(ctx, err)
	}
	if p.soft {
		r.helpers = false
	}
	if e := raised(p.out, p.err); e != nil {
		return nil, e
	}
	return p.out, nil
}

// ask sends the script in the best way that the board knows.
func (r *REPL) ask(ctx context.Context, code string) (*reply, error) {
	if r.paste != no {
		ok, err := r.rawPaste(ctx, code)
		if ok || err != nil {
			return newReply(true, r.o.MaxReply), err
		}
		r.paste = no
	}
	return newReply(false, r.o.MaxReply), r.plain(ctx, code)
}

// carefulBytes is for a board whose UART keeps little, as a micro:bit's 64 bytes.
const carefulBytes = 32

// SmallPieceDelay is long enough for boards that are known.
const SmallPieceDelay = 10 * time.Millisecond

// SetPieceDelay sends scripts in small pieces with a rest after each from now on; 0
// ends that. It matters only where there is no flow control: for a board of
// which nothing is known yet, or one that has lost bytes.
func (r *REPL) SetPieceDelay(rest time.Duration) { r.pieceDelay = rest }

func (r *REPL) piece() int {
	if r.pieceDelay > 0 {
		return carefulBytes
	}
	return pieceBytes
}

// plain sends the script at the speed of the line: this mode has no flow
// control, and no board reads faster.
func (r *REPL) plain(ctx context.Context, code string) error {
	start, sent := time.Now(), 0
	for b := []byte(code + "\x04"); len(b) > 0; {
		n := min(r.piece(), len(b))
		if err := r.w.send(ctx, b[:n]); err != nil {
			return err
		}
		sent += n
		b = b[n:]
		due := start.Add(time.Duration(sent) * 10 * time.Second / time.Duration(r.o.Baud))
		if r.pieceDelay > 0 {
			due = time.Now().Add(r.pieceDelay)
		}
		if err := r.w.sleep(ctx, time.Until(due)); err != nil {
			return err
		}
	}
	return nil
}

// read reads the reply to its end.
func (r *REPL) read(ctx context.Context, p *reply, step func([]byte) error) error {
	var boot time.Time // when words of a starting board were first seen
	asked := time.Now()
	for {
		p.feed(r.w.buf)
		r.w.buf = r.w.buf[:0]
		if p.done {
			r.w.buf = append(r.w.buf, p.rest...)
			return nil
		}
		if p.long {
			return ErrReplyTooLong
		}
		if step != nil && p.started {
			if err := step(p.buf); err != nil {
				return err
			}
		}
		if len(r.w.buf) > 0 { // came while step was sending
			continue
		}
		maybe, sure := p.restarted()
		if maybe && boot.IsZero() {
			boot = time.Now()
		}
		if sure || !boot.IsZero() && time.Since(boot) >= restartGap {
			return ErrRestarted
		}
		if !p.started && time.Since(asked) >= okTime { // the end of the script was lost
			return errStall
		}
		err := r.w.wait(ctx, laxTime)
		if errors.Is(err, errQuiet) {
			p.lax()
		} else if err != nil {
			return err
		}
	}
}

// broke turns what ended a script early into its error, and brings the board
// back to the raw prompt where the line still works.
func (r *REPL) broke(ctx context.Context, err error) error {
	if errors.Is(err, errQuiet) && bootText.Match(r.w.buf) {
		err = ErrRestarted
	}
	switch {
	case errors.Is(err, ErrRestarted):
		r.raw, r.helpers, r.restarted = false, false, true
		r.restarts++
		return r.fail("run a script", fault.BoardBusy, err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, ErrReplyTooLong), errors.Is(err, errStall):
		stop, done := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer done()
		r.raw = r.resync(stop) == nil
	default:
		r.raw = false
	}
	return r.fail("run a script", r.faultOf(err), err)
}

// faultOf is what an interrupted script means.
func (r *REPL) faultOf(err error) fault.Fault {
	switch {
	case errors.Is(err, context.Canceled):
		return fault.Unknown
	case errors.Is(err, errStall) && r.raw:
		return fault.LineNoise
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, errQuiet), errors.Is(err, errStuck), errors.Is(err, errStall):
		if r.raw {
			return fault.BoardBusy
		}
		return fault.BoardSilent
	case errors.Is(err, ErrReplyTooLong):
		return fault.ScriptFailed
	}
	return fault.PortGone
}

// resync breaks off whatever the board does with a script, and comes to an
// empty raw prompt. It works in the middle of a raw paste as well, and where
// Ctrl-C gives no answer at all.
func (r *REPL) resync(ctx context.Context) error {
	for {
		if err := r.w.send(ctx, []byte("\r\x03\x03")); err != nil {
			return err
		}
		if err := r.w.awaitSilence(ctx, 100*time.Millisecond, 300*time.Millisecond); err != nil {
			return err
		}
		r.w.buf = r.w.buf[:0]
		if err := r.w.send(ctx, []byte("\r\x01")); err != nil {
			return err
		}
		err := r.atBanner(ctx, 600*time.Millisecond)
		if !errors.Is(err, errQuiet) {
			return err
		}
	}
}

// atBanner waits for the raw prompt.
func (r *REPL) atBanner(ctx context.Context, d time.Duration) error {
	return r.w.until(ctx, d, func(b []byte) int {
		i := bytes.LastIndex(b, []byte(rawBanner))
		if i < 0 {
			return -1
		}
		return i + len(rawBanner)
	})
}

// rawPaste sends the script in windows that the board asks for. It is false
// where the firmware does not know how.
func (r *REPL) rawPaste(ctx context.Context, code string) (bool, error) {
	window, err := r.probe(ctx)
	if err != nil || window == 0 {
		return false, err
	}
	r.paste = yes
	body, credit := []byte(code), window
	for len(body) > 0 {
		grants, over := r.credits()
		credit += grants * window
		if over { // the compiler gave up early; the board waits for our \x04
			return true, r.w.send(ctx, []byte{4})
		}
		if bootText.Match(r.w.buf) {
			return true, ErrRestarted
		}
		if credit == 0 {
			if err := r.w.wait(ctx, creditTime); err != nil {
				return true, err
			}
			continue
		}
		n := min(credit, len(body))
		if err := r.w.send(ctx, body[:n]); err != nil {
			return true, err
		}
		body, credit = body[n:], credit-n
	}
	if err := r.w.send(ctx, []byte{4}); err != nil {
		return true, err
	}
	return true, r.w.until(ctx, creditTime, func(b []byte) int {
		if i := bytes.IndexByte(b, 4); i >= 0 {
			return i + 1
		}
		return -1
	})
}

// credits takes the windows that have been granted, and reports whether the board
// broke off. What else has arrived stays: it may be the words of a restart.
func (r *REPL) credits() (grants int, over bool) {
	r.w.pending()
	noise := r.w.buf[:0]
	for i, c := range r.w.buf {
		switch c {
		case 1:
			grants++
		case 4:
			r.w.buf = append(noise[:0], r.w.buf[i+1:]...)
			return grants, true
		default:
			noise = append(noise, c)
		}
	}
	r.w.buf = noise
	return grants, false
}

// probe asks for a raw paste and gives its window in bytes, or 0 where the
// firmware has none or refuses.
func (r *REPL) probe(ctx context.Context) (int, error) {
	if err := r.w.send(ctx, []byte("\x05A\x01")); err != nil {
		return 0, err
	}
	window, refused := 0, false
	err := r.w.until(ctx, 2*time.Second, func(b []byte) int {
		for _, no := range []string{rawBanner, "R\x00"} {
			if i := bytes.Index(b, []byte(no)); i >= 0 {
				refused = true
				return i + len(no)
			}
		}
		i := bytes.Index(b, []byte("R\x01"))
		if i < 0 || len(b) < i+4 {
			return -1
		}
		window = int(b[i+2]) | int(b[i+3])<<8
		return i + 4
	})
	if errors.Is(err, errQuiet) || err == nil && window == 0 && !refused {
		return 0, r.resync(ctx)
	}
	return window, err
}

// lastJSON decodes the last line that is JSON and fits v.
func lastJSON(out []byte, v any) error {
	lines := bytes.Split(out, []byte("\n"))
	for i := len(lines) - 1; i >= 0; i-- {
		line := bytes.TrimSpace(lines[i])
		if len(line) == 0 || !json.Valid(line) {
			continue
		}
		if err := json.Unmarshal(line, v); err != nil {
			return fmt.Errorf("the answer of the script: %w", err)
		}
		return nil
	}
	return errNoAnswer
}

// literal writes data as a bytes literal of Python. Only letters, digits and a
// few harmless marks stay as they are, so that no value can become program text.
func literal(data []byte) string {
	const hex = "0123456789abcdef"
	b := append(make([]byte, 0, len(data)*2+3), "b'"...)
	for _, c := range data {
		if plainByte(c) {
			b = append(b, c)
			continue
		}
		b = append(b, '\\', 'x', hex[c>>4], hex[c&15])
	}
	return string(append(b, '\''))
}

func plainByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || bytes.IndexByte([]byte(" !#$%&()*+,-./:;<=>?@[]^_`{|}~"), c) >= 0
}
