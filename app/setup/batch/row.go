package batch

import (
	"time"

	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/fault"
)

// Phase is where a row stands.
type Phase int

// The phases.
const (
	Waiting  Phase = iota // for its turn to be greeted
	Greeting              // the board is asked what it is
	Ready                 // for a person's word to go on
	Queued                // for its turn to be written
	Writing
	Proving
	Done
	Failed
	Pulled // half done, and off its cable
)

// Working reports whether a row in the phase takes one of the AtWork places.
func (p Phase) Working() bool { return p == Greeting || p == Writing || p == Proving }

// Row is how a board stands.
type Row struct {
	Key      int         // of this row, as long as it is there
	Port     device.Port // where it is, or was
	Plugged  bool        // it is on its cable
	Phase    Phase
	Pupil    string          // who has the board or gets it; "" = nobody
	Name     string          // "" before it was greeted
	Board    device.Identity // as it was greeted
	Known    bool            // it was in the roster before
	Part     float64         // of all the work, 0 to 1
	Err      error           // why it Failed
	Lamp     setup.Lamp      // as it is now, where it is Done
	Blinking bool
	Took     time.Duration // from its first word to Done
}

// row is a Row with what works for it.
type row struct {
	key         int
	port        device.Port
	plugged     bool
	asked       bool
	afresh      bool              // it waits to be greeted again
	state       setup.State       // the last of a session that is over; nil = none yet
	session     *setup.Session    // nil: it waits for its turn, or is over
	provisioner setup.Provisioner // nil until its first turn
	unhear      func()
	from        time.Time // of its turn
	took        time.Duration
}

// current is where the setup of the row stands, nil before it began.
func (r *row) current() setup.State {
	if r.session != nil {
		return r.session.State()
	}
	return r.state
}

// greeted is the identity of the row's board, once that is known.
func (r *row) greeted() (device.Identity, bool) {
	if s := r.current(); s != nil {
		d := s.CurrentDraft()
		return d.Board, d.Greeted
	}
	return device.Identity{}, false
}

func (r *row) phase() Phase {
	if r.afresh {
		return Waiting
	}
	return phaseOf(r.current(), r.session != nil, r.asked)
}

// keep keeps where a session ended that told what the board is, or the first.
func (r *row) keep(s setup.State) {
	if r.state == nil || s.CurrentDraft().Greeted {
		r.state = s
	}
}

// phaseOf is the phase of a row whose setup stands at s, and has a session; asked
// tells that it is to go on by itself.
func phaseOf(s setup.State, live, asked bool) Phase {
	switch s := s.(type) {
	case setup.Greeting, setup.Choosing:
		if live {
			return Greeting
		}
	case setup.Naming:
		switch {
		case s.Problem != nil:
			return Failed
		case !live:
			return Pulled
		case asked:
			return Queued
		}
		return Ready
	case setup.Writing:
		if live {
			return Writing
		}
		return Pulled
	case setup.Proving:
		switch {
		case s.Problem != nil:
			return Failed
		case live:
			return Proving
		}
		return Pulled
	case setup.Finished:
		return Done
	case setup.Unplugged:
		return Pulled
	case setup.Failed:
		return Failed
	}
	return Waiting
}

// view is the row as others see it.
func (r *row) view() Row {
	v := Row{Key: r.key, Port: r.port, Plugged: r.plugged, Phase: r.phase(), Took: r.took}
	s := r.current()
	if s == nil {
		return v
	}
	v.Err, v.Part = troubleOf(s), partOf(s)
	if r.session != nil && r.state != nil && !s.CurrentDraft().Greeted {
		s = r.state // it is greeted again
	}
	if d := s.CurrentDraft(); d.Greeted {
		v.Name, v.Board, v.Known, v.Pupil = d.Answers.Name, d.Board, d.Defaults.Base != "", d.Defaults.Pupil.Name
	}
	switch s := s.(type) {
	case setup.Naming:
		v.Blinking = s.Blinking
	case setup.Finished:
		v.Lamp = s.Lamp
	}
	return v
}

// troubleOf is what holds a setup up, or nil.
func troubleOf(s setup.State) error {
	switch s := s.(type) {
	case setup.Naming:
		return s.Problem
	case setup.Proving:
		return s.Problem
	case setup.Failed:
		return s.Err
	}
	return nil
}

// What of all the work is done when a board is greeted, and when it is written.
const (
	greetedPart = 0.1
	writtenPart = 0.6
)

// partOf is how much of the work is done, 0 to 1.
func partOf(s setup.State) float64 {
	switch s := s.(type) {
	case setup.Naming:
		return greetedPart
	case setup.Writing:
		if s.Progress.Total <= 0 {
			return greetedPart
		}
		return greetedPart + (writtenPart-greetedPart)*min(1, float64(s.Progress.Done)/float64(s.Progress.Total))
	case setup.Proving:
		lines := setup.Lines(s.Answers.Goal)
		passed := 0
		for _, l := range lines {
			if s.Checks.Marks[l] == setup.Passed {
				passed++
			}
		}
		return writtenPart + (1-writtenPart)*float64(passed)/float64(len(lines))
	case setup.Unplugged:
		return partOf(s.Resume)
	case setup.Failed:
		return partOf(s.From)
	case setup.Finished:
		return 1
	}
	return 0
}

// gone is why a row failed whose board could not be asked anything, though the
// system still lists its port.
func gone(p device.Port) error {
	return &fault.Error{Fault: fault.PortGone, Op: "greet", Where: p.Name}
}

// restarts reports whether a port that leaves may come back by itself: that of a
// board with USB of its own is away while it restarts. A bridge stays.
func restarts(p device.Port) bool {
	switch p.VID {
	case "10C4", "1A86", "0403", "067B", "":
		return false
	}
	return p.Serial != ""
}

// samePort reports whether a port of the list is the one that a row has.
func samePort(a, b device.Port) bool {
	return a.Name == b.Name && a.VID == b.VID && a.PID == b.PID && a.Serial == b.Serial
}
