package install

import (
	"context"
	"errors"
	"strings"
	"time"

	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/device/repl"
)

const (
	maxShown    = 200 // characters of a line that is shown
	maxOther    = 500 // lines that are no stages, in one proof
	maxStages   = 5000
	helperTime  = 3 * time.Minute
	helperProof = "import classroom\nclassroom.prove()"
)

// Prove restarts the board, so that its main.py runs, and reports what it
// prints until ctx ends (nil), the board is gone (PortGone), or half an hour is
// over (NoAnswer). Where main.py is not
// Lamplighter's, the helper module's own proof runs once instead, and Prove
// waits for ctx after it. Lines that are no stages come as Stage{Detail: line},
// printable and cut, and only so many of them.
func (b *Provisioner) Prove(ctx context.Context, p device.Port, report func(device.Stage)) error {
	outer := ctx
	err := b.do(ctx, job{op: "prove", port: p, limit: b.prove, once: true}, func(ctx context.Context, r *repl.REPL) error {
		if _, err := r.Exec(ctx, tools); err != nil {
			return err
		}
		head, err := readBytes(ctx, r, mainPath, headBytes)
		if err != nil {
			return err
		}
		teller := &stageReader{report: report, hide: b.hide}
		if !isOurs(head) {
			return b.proveHelper(ctx, r, teller)
		}
		if err := r.Start(ctx); err != nil {
			return err
		}
		b.cable.stopped, b.cable.pure = false, false
		return r.Lines(ctx, teller.line)
	})
	switch {
	case outer.Err() != nil:
		return nil
	case err == nil: // the proof's own time was over
		return &fault.Error{Fault: fault.NoAnswer, Op: "prove", Where: p.Name}
	}
	return err
}

// proveHelper runs the helper's proof and reports its lines while it runs.
func (b *Provisioner) proveHelper(ctx context.Context, r *repl.REPL, t *stageReader) error {
	if err := r.SoftReset(ctx); err != nil { // so that the new module is taken, not an imported old one
		return err
	}
	b.cable.pure = false
	running, done := context.WithTimeout(ctx, b.helper)
	defer done()
	var split splitter
	b.cable.line.setListener(func(piece []byte) { split.add(piece, func(line []byte) { t.stage(line) }) })
	_, err := r.Exec(running, helperProof)
	b.cable.line.setListener(nil)
	if err != nil {
		return unproved(err)
	}
	<-ctx.Done()
	return nil
}

// unproved tells what became of a board on which the helper did not end: one
// that restarted, or says nothing at all, lost its power, and one that still
// tries got no answer.
func unproved(err error) error {
	var e *fault.Error
	switch {
	case errors.Is(err, repl.ErrRestarted), errors.As(err, &e) && e.Fault == fault.BoardSilent:
		return &fault.Error{Fault: fault.PortGone, Op: "follow the proof", Err: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &fault.Error{Fault: fault.NoAnswer, Op: "follow the proof", Err: err}
	}
	return err
}

// stageReader makes stages of lines.
type stageReader struct {
	report        func(device.Stage)
	hide          secretFilter
	stages, other int
}

// stage reports a line if it is a stage.
func (t *stageReader) stage(line []byte) bool {
	s, ok := device.ParseStage(line)
	if !ok || t.stages == maxStages {
		return ok
	}
	t.stages++
	s.Detail = t.printable(s.Detail)
	t.report(s)
	return true
}

// line reports any line.
func (t *stageReader) line(line []byte) {
	if t.stage(line) || t.other == maxOther {
		return
	}
	if text := t.printable(string(line)); text != "" {
		t.other++
		t.report(device.Stage{Detail: text})
	}
}

// printable is the text without secrets and control characters, cut.
func (t *stageReader) printable(s string) string {
	s = printed(t.hide.redact(s))
	if runes := []rune(s); len(runes) > maxShown {
		s = string(runes[:maxShown]) + "…"
	}
	return strings.TrimSpace(s)
}
