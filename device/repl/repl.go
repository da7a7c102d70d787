// Package repl speaks MicroPython's raw REPL over any line: it breaks into a
// running program, runs scripts, streams bytes into a running script, restarts
// the board and follows what it prints.
//
// It never opens a port, never knows what the scripts are for, and never pastes
// a value into program text unquoted. Protocol: MicroPython's
// docs/reference/repl.rst.
package repl

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	"lamplighter/device"
	"lamplighter/device/fault"
)

// Resetter is what a line may offer besides reading and writing: a reset of the
// board by its control lines. A line that can't
// gives [errors.ErrUnsupported].
type Resetter interface{ Reset() error }

// Options tells Enter about the line. The zero value is good for a USB cable.
type Options struct {
	Port     string                // names the line in errors
	Report   func(device.Progress) // told of every attempt of Enter; may be nil
	Plain    bool                  // never raw paste, never streaming: as on old firmware
	Baud     int                   // bits a second for pacing the plain mode; 0 = 115200
	Patience time.Duration         // how long Enter tries before it gives up; 0 = 20 s
	MaxReply int                   // bytes of one reply; 0 = 256 KiB
}

// REPL is a board that waits in the raw REPL. One call runs at a time.
type REPL struct {
	w          *serialLine
	o          Options
	raw        bool   // the board is at the raw prompt
	paste      answer // whether the firmware takes a raw paste
	streamMode int    // how bytes are streamed; known once asked
	asked      bool
	helpers    bool          // the board holds the functions for streaming
	restarted  bool          // in the middle of a script, as by a watchdog
	restarts   int           // how often
	resets     int           // by the control lines
	guarded    time.Time     // when a watchdog of main.py was put off last; zero = never
	pieceDelay time.Duration // after each small piece of a script; 0 = large pieces, at the line's speed
}

// answer is what is known of a question.
type answer int

const (
	unknown answer = iota
	yes
	no
)

// Enter brings the board into the raw REPL, whatever it does at the moment:
// first politely, then with bursts of Ctrl-C, then with a hardware reset where
// line is a [Resetter]. Each attempt is reported (Step "interrupt" or "reset",
// Done and Total in attempts). It ends early with ctx.
//
// The error is a *fault.Error with the fault BoardSilent, BoardBusy,
// NoMicroPython (its cause is a *[UnexpectedOutput]), LineNoise or PortGone; Unknown with
// the context's error where ctx ended.
func Enter(ctx context.Context, line io.ReadWriter, o Options) (*REPL, error) {
	o.Baud = cmp.Or(o.Baud, 115200)
	o.Patience = cmp.Or(o.Patience, patience)
	o.MaxReply = cmp.Or(o.MaxReply, 256<<10)
	r := &REPL{w: newSerialLine(line), o: o}
	if o.Plain {
		r.paste = no
	}
	if err := r.enter(ctx); err != nil {
		r.w.close()
		return nil, err
	}
	return r, nil
}

// Exec runs code (Python, "\n" between lines; at most 1 KB on small boards) and
// gives what it printed. A script that raised is a *[ScriptError]; everything
// else is a *fault.Error, and one whose cause is [ErrRestarted] tells that the
// board restarted in the middle and that its globals are gone. Where the board
// is no longer in the raw REPL, as after Start, it is interrupted first. The script is
// interrupted when ctx ends, or after 30 s where ctx has no deadline. Binary
// output must be encoded by the script, as hex or base64.
func (r *REPL) Exec(ctx context.Context, code string) ([]byte, error) {
	ctx, done := within(ctx, execTime)
	defer done()
	if r.raw && !r.guarded.IsZero() && time.Since(r.guarded) > feedTime {
		if err := r.extendWatchdog(ctx); err != nil {
			return nil, err
		}
	}
	code, err := r.ahead(ctx, code)
	if err != nil {
		return nil, err
	}
	return r.retry(ctx, code, unread)
}

// feedTime is after how long a watchdog that was put off is put off again.
const feedTime = 30 * time.Second

// within bounds a context that has no deadline.
func within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, d)
}

// callTries is how often an answer is asked for that something else printed into.
const callTries = 3

// Call runs code and decodes the last line of JSON that it printed into v; other
// lines, as those of timers and of the firmware's log, are no answer. Where a
// thread of the board's program printed in the middle of the answer, the code
// runs again.
func (r *REPL) Call(ctx context.Context, code string, v any) error {
	var noise error
	for range callTries {
		out, err := r.Exec(ctx, code)
		if err != nil {
			return err
		}
		if noise = lastJSON(out, v); noise == nil {
			return nil
		}
	}
	return r.fail("read the script's answer", fault.LineNoise, noise)
}

// Set gives the board's global variable name the value data, as bytes. It is for
// paths, names and other short values; name must be a Python identifier.
func (r *REPL) Set(ctx context.Context, name string, data []byte) error {
	if !identifier(name) {
		return r.fail("set a variable", fault.BadValue, errName)
	}
	ctx, done := within(ctx, execTime)
	defer done()
	n := fits(data, pieceCode-len(name))
	_, err := r.setAndRun(ctx, name, data[:n], "pass")
	for err == nil && n < len(data) {
		data = data[n:]
		n = fits(data, pieceCode-len(name))
		_, err = r.setAndRun(ctx, "_d", data[:n], name+"+=_d")
	}
	return err
}

// Sink is what the board does with streamed bytes. Each line of code is a
// statement without indentation; Each finds the bytes (1 to 2048 of them) in d
// and may be run any number of times, so Begin, Each and End share globals. Where bytes got lost, all
// starts again from Begin.
type Sink struct {
	Begin string // once before, as "f=open(p,'wb')"
	Each  string // for every block, as "f.write(d)"
	End   string // once after, as "f.close()"
}

// Stream carries data to the board and hands it block by block to the sink. It
// uses about one byte on the wire for each byte of data where the firmware has
// sys.stdin.buffer, four for three where it has only sys.stdin, and executed
// pieces of at most 1 KB on older firmware. The board asks for every window of
// bytes, and nothing is in flight while the sink's code runs, so that a UART
// without flow control and slow flash lose nothing. Ctrl-C works throughout: a
// host that vanishes leaves a board that can be interrupted. report (may be nil)
// is told how many bytes of data were taken. It gives what the sink printed;
// errors are those of Exec.
func (r *REPL) Stream(ctx context.Context, s Sink, data []byte, report func(done int)) ([]byte, error) {
	ctx, done := within(ctx, execTime+time.Duration(len(data))*streamTime)
	defer done()
	return r.stream(ctx, s, data, report)
}

// RawPaste reports whether the firmware took a raw paste on this connection.
func (r *REPL) RawPaste() bool { return r.paste == yes }

// SoftReset restarts the interpreter and stays in the raw REPL: boot.py runs,
// main.py does not. Timers, threads and globals are gone afterwards; a watchdog
// is not.
func (r *REPL) SoftReset(ctx context.Context) error {
	if !r.raw {
		if err := r.Interrupt(ctx); err != nil {
			return err
		}
	}
	err := r.softReset(ctx)
	if errors.Is(err, errQuiet) { // boot.py does not come to its end
		return r.Interrupt(ctx)
	}
	r.raw = err == nil
	return r.failRun("soft reset", err)
}

// Start leaves the raw REPL and restarts the interpreter, so that boot.py and
// main.py run. Lines follows; Interrupt comes back.
func (r *REPL) Start(ctx context.Context) error {
	if !r.raw {
		if err := r.Interrupt(ctx); err != nil {
			return err
		}
	}
	line, ok := r.w.rw.(Resetter)
	if ok && !r.guarded.IsZero() && line.Reset() == nil { // else the watchdog bites the new program
		r.raw, r.helpers, r.guarded, r.restarts = false, false, time.Time{}, 0
		r.resets++
		return nil
	}
	return r.failRun("start the program", r.start(ctx))
}

// Lines reports every line that the board prints, without its line end, cut
// into pieces of at most 4096 bytes, until ctx ends (nil) or the line breaks (a
// *fault.Error). The friendly prompt ">>> " counts as a line, for it tells that
// the program has ended. The slice is valid during the call only.
func (r *REPL) Lines(ctx context.Context, report func(line []byte)) error {
	err := r.lines(ctx, report)
	if ctx.Err() != nil {
		return nil
	}
	return r.fail("follow the program", fault.PortGone, err)
}

// Interrupt comes back to the raw REPL, after Start or ErrRestarted, as Enter
// does.
func (r *REPL) Interrupt(ctx context.Context) error { return r.enter(ctx) }

// Close leaves the raw REPL where the line still works, and stops reading. It
// does not close the line. It takes at most a second.
func (r *REPL) Close() error {
	var err error
	if r.raw {
		r.raw = false
		ctx, done := context.WithTimeout(context.Background(), 500*time.Millisecond)
		defer done()
		err = r.w.send(ctx, []byte("\r\x02"))
	}
	r.w.close()
	return err
}

// fail makes the error of an operation. An error that names its fault already
// keeps it.
func (r *REPL) fail(op string, f fault.Fault, err error) error {
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	return &fault.Error{Fault: f, Op: op, Where: r.o.Port, Err: err}
}
