// Package install does a setup's work on a board with MicroPython: it greets
// the board, has it scan and join WiFi, puts the lamp program on it so that a
// cable pulled at any byte leaves a board that boots, proves that it works, and
// gives back what was there before.
//
// It never opens a port by itself, never draws, and never pastes a value into
// program text: values reach the board as data, through repl.REPL.Set, whose
// literal holds letters, digits and hex escapes only, or inside streamed files.
// Passwords leave it towards the board and nowhere else.
package install

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"sync"
	"time"

	"lamplighter/device"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
	"lamplighter/device/repl"
)

// The longest that each piece of work may take, in whatever state the board is.
const (
	greetTime   = 90 * time.Second
	scanTime    = 60 * time.Second
	joinTime    = 90 * time.Second
	reachTime   = 60 * time.Second
	blinkTime   = 60 * time.Second
	installTime = 10 * time.Minute
	proveTime   = 30 * time.Minute
	restoreTime = 2 * time.Minute
	tidyTime    = 5 * time.Second
	partingTime = 2 * time.Second
)

// Line is an open port.
type Line = io.ReadWriteCloser

// Provisioner does the work. The line to the board stays open between calls, until
// Release, until it breaks, or until another port is used. Calls from several
// goroutines wait for each other.
type Provisioner struct {
	files  fs.FS
	open   func(context.Context, device.Port) (Line, error)
	watch  func(context.Context, func([]device.Port))
	turn   chan struct{} // holds one token while a call runs
	glance time.Duration // between two glances at the WiFi
	prove  time.Duration // the longest proof
	helper time.Duration // the longest proof of the helper module
	keys   func(boardID string) (old, own string)
	newKey func(boardID string)

	mu       sync.Mutex
	released int // how many times Release was called

	// These belong to whoever holds the turn.
	cable *cable
	seen  map[string][]device.Network // the last scan, by port name
	hide  secretFilter                // what no line and no error from a board may show
}

// cable is the line that is open.
type cable struct {
	port    device.Port
	line    *tap
	board   *repl.REPL
	stopped bool // something that ran may have been interrupted
	pure    bool // nothing but this package's scripts ran since the last soft reset
	before  int  // Provisioner.released when it was opened
}

// New returns a Provisioner. files is the folder with the files that go onto boards;
// open opens a port (usb.Open in the program, a pseudo-terminal in tests), and
// may give a line that is a repl.Resetter as well; watch is usb.Watch.
func New(files fs.FS, open func(context.Context, device.Port) (Line, error), watch func(context.Context, func([]device.Port))) *Provisioner {
	return &Provisioner{
		files: files, open: open, watch: watch,
		turn: make(chan struct{}, 1), seen: map[string][]device.Network{}, glance: 100 * time.Millisecond,
		prove: proveTime, helper: helperTime,
	}
}

// RenewKeys has Greet give a board whose settings hold the old secret for finding
// the broker (device.Find) its own; keys tells both, "" = there is none. renewed is
// told afterwards, from the goroutine of Greet. Call it before the first Greet.
func (b *Provisioner) RenewKeys(keys func(boardID string) (old, own string), renewed func(boardID string)) {
	b.keys, b.newKey = keys, renewed
}

// Watch reports the ports now and after every change, until ctx ends.
func (b *Provisioner) Watch(ctx context.Context, report func([]device.Port)) { b.watch(ctx, report) }

// Release lets go of the board's line, as soon as the call that runs has
// ended, and lets the board run its program again. It does not wait.
func (b *Provisioner) Release() {
	b.mu.Lock()
	b.released++
	b.mu.Unlock()
	crash.Go(func() {
		b.turn <- struct{}{}
		b.closeLine(false)
		<-b.turn
	})
}

// Close is Release for the end of the program: it waits, at most some seconds.
func (b *Provisioner) Close() {
	select {
	case b.turn <- struct{}{}:
		b.closeLine(true)
		<-b.turn
	case <-time.After(partingTime):
	}
}

// closeLine closes the line, where it was opened before the last Release or in any
// case. The caller holds the turn.
func (b *Provisioner) closeLine(always bool) {
	c := b.cable
	if c == nil || !always && c.before == b.releases() {
		return
	}
	b.cable = nil
	if c.stopped {
		ctx, done := context.WithTimeout(context.Background(), partingTime)
		_ = c.board.Start(ctx) // a kindness to what ran before; the board boots without it too
		done()
	}
	_ = c.board.Close()
	_ = c.line.Close()
}

func (b *Provisioner) releases() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.released
}

// job is one piece of work: what it is called in errors, where, and for how
// long at most.
type job struct {
	op     string
	port   device.Port
	limit  time.Duration
	report func(device.Progress) // of the attempts to interrupt the board; may be nil
	hide   []string              // secrets that go to the board
	once   bool                  // it makes no sense again on a board that has restarted
}

// do runs work on the board at a port, in the raw REPL.
func (b *Provisioner) do(ctx context.Context, j job, work func(context.Context, *repl.REPL) error) error {
	ctx, done := context.WithTimeout(ctx, j.limit)
	defer done()
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return j.fail(ctx.Err())
	}
	defer func() { <-b.turn }()
	b.hide.add(j.hide...)
	if err := b.reach(ctx, j); err != nil {
		return j.fail(b.hide.redactError(err))
	}
	var err error
	for range workTries {
		if err = work(ctx, b.cable.board); err == nil {
			break
		}
		b.cable.pure = false
		if j.once || !restarted(err) {
			break
		}
	}
	if broken(err) {
		c := b.cable
		b.cable = nil
		_ = c.board.Close()
		_ = c.line.Close()
	}
	return j.fail(b.hide.redactError(err))
}

// reach sees to it that the line to the job's port is open and the board waits
// in the raw REPL.
func (b *Provisioner) reach(ctx context.Context, j job) error {
	b.closeLine(false)
	if b.cable != nil && !b.cable.leadsTo(j.port) {
		b.closeLine(true)
	}
	if b.cable != nil {
		return nil
	}
	before := b.releases()
	for n := 1; ; n++ {
		err := b.enter(ctx, j, before)
		var e *fault.Error
		switch {
		case !errors.As(err, &e) || e.Fault != fault.PortGone || ctx.Err() != nil:
			return err
		case n == enterTries: // it was there again each time
			return &fault.Error{Fault: fault.BoardRestarts, Op: e.Op, Where: e.Where, Err: err}
		}
	}
}

// enterTries is how often a line is opened that breaks while the board is being
// interrupted: one with USB of its own takes its port away when it restarts.
const enterTries = 4

// enter opens the line and interrupts the board.
func (b *Provisioner) enter(ctx context.Context, j job, before int) error {
	line, err := b.open(ctx, j.port)
	if err != nil {
		return err
	}
	t := newTap(line)
	board, err := repl.Enter(ctx, t.plain(), repl.Options{Port: j.port.Name, Report: j.report})
	if err != nil {
		_ = t.Close()
		return err
	}
	b.cable = &cable{port: j.port, line: t, board: board, stopped: true, before: before}
	return nil
}

// leadsTo reports whether the line is open at a port. A board with USB of its own
// comes back from a reset under another name perhaps, which its line knows.
func (c *cable) leadsTo(p device.Port) bool {
	now := c.port
	if l, ok := c.line.Line.(interface{ Port() device.Port }); ok {
		now = l.Port()
	}
	late := p.Name == c.port.Name && p.Serial != "" && p.Serial == now.Serial // that name, from before
	return p.Kind == c.port.Kind && (p.Name == now.Name || late)
}

// quiet stops everything on the board, frees its memory, gives it the tools, and
// finishes what an earlier installation began.
// The caller holds the turn.
func (b *Provisioner) quiet(ctx context.Context) error {
	c := b.cable
	if !c.pure {
		if err := c.board.SoftReset(ctx); err != nil {
			return err
		}
		c.pure = true
	}
	if _, err := c.board.Exec(ctx, tools); err != nil {
		return err
	}
	_, err := c.board.Exec(ctx, redo)
	return err
}

// workTries is how often a piece of work is begun on a board that restarts in
// the middle, as by a watchdog. Caught before main.py it bites no more.
const workTries = 3

// restarted reports whether the board has restarted: seen, or between two scripts,
// of which the second then misses what the first has made.
func restarted(err error) bool {
	var script *repl.ScriptError
	return errors.Is(err, repl.ErrRestarted) || errors.As(err, &script) && script.Type == "NameError"
}

// broken reports whether the line can't be used again after an error.
func broken(err error) bool {
	var e *fault.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Fault {
	case fault.PortGone, fault.PortMissing, fault.BoardSilent, fault.NoMicroPython, fault.BoardRestarts, fault.WeakPower:
		return true
	}
	return false
}

// fail gives err the form of a *fault.Error with the job's name.
func (j job) fail(err error) error {
	if err == nil {
		return nil
	}
	kind := fault.Unknown
	var script *repl.ScriptError
	var e *fault.Error
	switch {
	case errors.As(err, &script):
		kind = script.Fault()
		if garbled(script.Type) {
			kind = fault.LineNoise
		}
	case errors.As(err, &e):
		kind = e.Fault
		if e.Op == "" && e.Err == nil {
			err = nil
		}
	}
	return &fault.Error{Fault: kind, Op: j.op, Where: j.port.Name, Err: err}
}

// garbled tells an exception that no script of this package can raise unless
// its text was damaged on the way: the raw REPL has no checksum.
func garbled(exception string) bool {
	switch exception {
	case "SyntaxError", "IndentationError", "NameError":
		return true
	}
	return false
}

// a fault without a cause of its own.
func found(f fault.Fault) error { return &fault.Error{Fault: f} }
