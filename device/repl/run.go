package repl

import (
	"bytes"
	"context"
	"errors"
	"time"

	"lamplighter/device/fault"
)

const (
	rebootTime = 10 * time.Second // for boot.py, as in mpremote
	maxLine    = 4096             // bytes
	prompt     = ">>> "
)

// softReset restarts the interpreter from the raw prompt.
func (r *REPL) softReset(ctx context.Context) error {
	r.w.discard()
	r.helpers = false
	if err := r.w.send(ctx, []byte("\x03\x04")); err != nil {
		return err
	}
	return r.w.until(ctx, rebootTime, func(b []byte) int {
		i := bytes.Index(b, []byte(rebootMark))
		if i < 0 {
			return -1
		}
		j := bytes.Index(b[i:], []byte(rawBanner))
		if j < 0 {
			return -1
		}
		return i + j + len(rawBanner)
	})
}

// start leaves the raw REPL and restarts from the friendly prompt. What the
// board prints afterwards stays for Lines.
func (r *REPL) start(ctx context.Context) error {
	r.w.discard()
	r.raw, r.helpers = false, false
	if err := r.w.send(ctx, []byte("\r\x02")); err != nil {
		return err
	}
	if err := r.untilPrompt(ctx, 2*time.Second); err != nil { // where sys.ps1 is another, time passes
		return err
	}
	if err := r.w.send(ctx, []byte("\x04")); err != nil {
		return err
	}
	return r.w.until(ctx, rebootTime, func(b []byte) int {
		i := bytes.Index(b, []byte(rebootMark))
		if i < 0 {
			return -1
		}
		return i + len(rebootMark)
	})
}

// lines reports lines until the wait fails.
func (r *REPL) lines(ctx context.Context, report func([]byte)) error {
	for {
		r.w.pending()
		used := split(r.w.buf, report)
		r.w.buf = append(r.w.buf[:0], r.w.buf[used:]...)
		err := r.w.wait(ctx, time.Second)
		if err != nil && !errors.Is(err, errQuiet) {
			return err
		}
	}
}

// split reports the whole lines of b and gives how many bytes it used.
func split(b []byte, report func([]byte)) int {
	used := 0
	for {
		rest := b[used:]
		i := bytes.IndexByte(rest, '\n')
		switch {
		case i >= 0 && i <= maxLine:
			report(bytes.TrimRight(rest[:i], "\r"))
			used += i + 1
		case len(rest) >= maxLine:
			report(rest[:maxLine])
			used += maxLine
		case string(rest) == prompt:
			report(rest)
			return len(b)
		default:
			return used
		}
	}
}

// failRun is the error of a restart that did not come.
func (r *REPL) failRun(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return r.fail(op, fault.Unknown, err)
	case errors.Is(err, errQuiet), errors.Is(err, context.DeadlineExceeded), errors.Is(err, errStuck):
		return r.fail(op, fault.BoardSilent, err)
	}
	return r.fail(op, fault.PortGone, err)
}
