package setup

import (
	"context"
	"log/slog"
	"reflect"
	"slices"
	"time"

	"lamplighter/app/watch"
	"lamplighter/device"
	"lamplighter/device/crash"
)

const (
	// GreetTime is how long a board is asked for an answer; the session gives up
	// a little later than the line itself does (repl.Options.Patience).
	GreetTime = 20 * time.Second
	greetOver = 15 * time.Second // a hardware reset and the questions come on top

	// silence is how long a board may say nothing at all while it proves itself:
	// joining a WiFi takes a board up to 20 s, and then the broker's turn comes.
	silence = 30 * time.Second

	// absence is how long a board that proves itself may be off the cable: a restart
	// takes a few seconds.
	absence = 20 * time.Second
)

// Session runs one setup: it applies the rules to what happens, and does the
// work that they ask for. It belongs to the state's goroutine; the work runs
// elsewhere, one piece at a time.
type Session struct {
	Changed watch.Signal // raised after each event that changed something

	provisioner Provisioner
	backend     Backend
	post        func(func())
	state       State

	closed  bool
	end     context.CancelFunc // of the session's context, which Watch has
	number  int                // of the present task; outcomes of others are dropped
	cancel  context.CancelFunc // of the present task
	settled chan struct{}      // closed when the present task, and all before it, are over

	started  time.Time // when the proof began
	watched  string    // base of the lamp that is watched
	stopLamp func()
}

// NewSession begins a setup. Post leads to the state's goroutine, which is the
// caller's.
func NewSession(provisioner Provisioner, backend Backend, post func(func())) *Session {
	s := newSession(provisioner, backend, post)
	ctx, end := context.WithCancel(context.Background())
	s.end = end
	crash.Go(func() {
		provisioner.Watch(ctx, func(ports []device.Port) {
			post(func() { s.Handle(PortsChanged{Ports: ports}) })
		})
	})
	return s
}

// newSession is one that does not hear of ports by itself.
func newSession(provisioner Provisioner, backend Backend, post func(func())) *Session {
	over := make(chan struct{})
	close(over)
	return &Session{
		provisioner: provisioner, backend: backend, post: post, settled: over, end: func() {}, cancel: func() {}, stopLamp: func() {},
		state: Choosing{Draft: Draft{Defaults: backend.Defaults(""), Connections: backend.Connections()}},
	}
}

// State is where the setup stands.
func (s *Session) State() State { return s.state }

// Idle is closed when no work runs any more. It may be asked for after Close,
// to wait for the board's line to be let go.
func (s *Session) Idle() <-chan struct{} { return s.settled }

// Handle lets something happen.
func (s *Session) Handle(e Event) {
	if s.closed {
		return
	}
	e = s.prepare(e)
	if r, ok := e.(DefaultsChanged); ok && s.has(r) {
		return
	}
	next, task := Next(s.state, e)
	if task == Write { // whichever way led here
		d := next.CurrentDraft()
		if held := s.backend.Conflict(d.Answers, d.Board.ID); held != nil {
			next, task = Next(next, Refused{Conflict: held})
		}
	}
	s.noteWriting(next)
	s.state = next
	s.watchLamp()
	s.run(task)
	s.Changed.Raise()
}

// noteWriting tells the app when a board begins to be written, and when that ends.
func (s *Session) noteWriting(next State) {
	_, was := s.state.(Writing)
	_, is := next.(Writing)
	switch {
	case is && !was:
		s.backend.WriteBegun(next.CurrentDraft().Answers.Name)
	case was && !is:
		s.backend.WriteEnded()
	}
}

// Close ends all work and lets go of the board's line. It does not wait.
func (s *Session) Close() {
	if s.closed {
		return
	}
	s.start(ReleaseLine)
	s.closed = true
	s.end()
	s.stopLamp()
}

// prepare adds what only the app knows to an event.
func (s *Session) prepare(e Event) Event {
	switch e := e.(type) {
	case Greeted:
		e.Defaults = s.backend.Defaults(e.Board.ID)
		e.Connections = s.backend.Connections()
		e.Base = s.base(e.Defaults, e.Defaults.Name, e.Board.ID)
		if base, has := assignedBase(e.Board.Settings); has {
			e.Moved = s.backend.Rostered(base, e.Board.ID)
		}
		return e
	case DefaultsChanged:
		e.Defaults = s.backend.Defaults(s.state.CurrentDraft().Board.ID)
		e.Connections = s.backend.Connections()
		return e
	case NextBoard:
		e.Defaults = s.backend.Defaults("")
		return e
	case Typed:
		d := s.state.CurrentDraft()
		if e.Answers.Name != d.Answers.Name {
			// A board that has its topics keeps them: others may know them.
			e.Answers.Base = d.Answers.Base
			if !d.Known() || e.Answers.Base == "" {
				e.Answers.Base = s.base(d.Defaults, e.Answers.Name, d.Board.ID)
			}
		}
		return e
	case Written:
		d := s.state.CurrentDraft()
		if err := s.backend.Remember(d.Answers, d.Board, e.Account); err != nil {
			return TaskFailed{Err: err}
		}
	case Undone:
		if u, ok := s.state.(Undoing); ok {
			if err := s.backend.Forget(u.Board.ID); err != nil {
				slog.Warn("setup: the roster could not be kept", "err", err)
			}
		}
	}
	return e
}

// has reports whether there is nothing new in what the app can fill in.
func (s *Session) has(r DefaultsChanged) bool {
	d := s.state.CurrentDraft()
	return reflect.DeepEqual(d.Defaults, r.Defaults) && slices.Equal(d.Connections, r.Connections)
}

func (s *Session) base(d Defaults, name, id string) string {
	return Base(d.Classroom, name, func(base string) bool { return s.backend.Taken(base, id) })
}

// watchLamp follows the lamp of the board that proves itself or is finished.
func (s *Session) watchLamp() {
	base := ""
	switch state := s.state.(type) {
	case Proving:
		base = state.Answers.Base
	case Finished:
		base = state.Answers.Base
	}
	if base == s.watched {
		return
	}
	s.stopLamp()
	s.watched, s.stopLamp = base, func() {}
	if base != "" {
		s.stopLamp = s.backend.WatchLamp(base, func(l Lamp) {
			s.Handle(LampHeard{Lamp: l, Fresh: l.Since.After(s.started)})
		})
	}
}

// run does what the rules ask for.
func (s *Session) run(t Task) {
	switch t {
	case None:
	case SwitchOn, SwitchOff:
		s.backend.Switch(s.state.CurrentDraft().Answers.Base, t == SwitchOn)
	case Prove:
		s.started = time.Now()
		s.start(t)
	default:
		s.start(t)
	}
}

// start ends what runs, and begins a task as soon as that is over: a board's
// line takes one call at a time.
func (s *Session) start(t Task) {
	s.cancel()
	s.number++
	number, before, settled := s.number, s.settled, make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.settled = cancel, settled
	w := work{
		provisioner: s.provisioner, backend: s.backend, draft: s.state.CurrentDraft(), find: s.backend.Find(),
		report: func(e Event) {
			s.post(func() {
				if s.number == number {
					s.Handle(e)
				}
			})
		},
	}
	if u, ok := s.state.(Undoing); ok {
		w.remove = u.Remove
	}
	crash.Go(func() {
		defer close(settled)
		defer cancel()
		<-before
		switch {
		case t == ReleaseLine:
			s.provisioner.Release()
		case t != Stop && ctx.Err() == nil:
			var e Event
			if err := crash.Catch(func() { e = w.do(ctx, t) }); err != nil {
				e = TaskFailed{Err: err}
			}
			if e != nil && ctx.Err() == nil {
				w.report(e)
			}
		}
	})
}
