package lesson

import (
	"slices"
	"strings"
	"time"

	"lamplighter/app/lights"
)

const (
	maxRows = 2 * lights.MaxLights // lamps that are counted, those that have left the panel among them
	// maxPending bounds the commands of a lamp that are not answered yet.
	maxPending = 64
	// lateTime is after what time nobody waits for an answer any more.
	lateTime = time.Minute
	// comeTime is after what time a board that nobody has heard counts as away, from
	// the beginning.
	comeTime = time.Minute
)

// Row is what happened to one lamp.
type Row struct {
	Base      string
	Name      string // as it was called last
	Silent    bool   // it never confirms
	Commands  int    // to switch it, by whomever
	Pupils    int    // of those: by the pupils' page
	Confirmed int    // of those: confirmed by the board, be it late
	Waiting   int    // of those: not confirmed, and not given up
	Present   bool
	Times     int           // how often it left
	Away      time.Duration // all that time together, until now
}

// Unanswered is how many commands were not confirmed, and are not waited for.
func (r Row) Unanswered() int {
	if r.Silent {
		return 0
	}
	return r.Commands - r.Confirmed - r.Waiting
}

// row is a Row with what it is made of.
type row struct {
	sum     Row
	pending []lights.Event // asked and not answered, the oldest first
	left    time.Time      // since when it is away; zero = it is not
	times   int
	away    time.Duration
}

// Observe counts what befell a lamp.
func (l *Lesson) Observe(n lights.Event) {
	r := l.row(n.Base)
	if r == nil {
		return
	}
	if !n.Asked {
		r.answer(n)
		return
	}
	if l.isDark() && n.State == lights.On && n.Base != l.spotlight {
		delete(l.before, n.Base) // the teacher has lit it, and knows why
	}
	r.sum.Commands++
	if n.By == lights.ActorPupil {
		r.sum.Pupils++
	}
	if r.pending = append(r.pending, n); len(r.pending) > maxPending {
		r.pending = slices.Delete(r.pending, 0, 1)
	}
}

// answer takes a board's word as the answer to the oldest command that it fits.
// Those before it were passed over: boards answer in turn.
func (r *row) answer(n lights.Event) {
	r.pending = slices.DeleteFunc(r.pending, func(x lights.Event) bool { return n.At.Sub(x.At) > lateTime })
	i := slices.IndexFunc(r.pending, func(x lights.Event) bool { return x.State == lights.Unknown || x.State == n.State })
	if i >= 0 {
		r.sum.Confirmed++
		r.pending = slices.Delete(r.pending, 0, i+1)
	}
}

// row is the row of a lamp, or nil where there are too many.
func (l *Lesson) row(base string) *row {
	r := l.rows[base]
	if r == nil && len(l.rows) < maxRows {
		r = &row{sum: Row{Base: base, Name: base}}
		l.rows[base] = r
	}
	return r
}

// follow counts a lamp's time away.
func (l *Lesson) follow(x lights.Light, now time.Time) {
	if x.Unlisted {
		return
	}
	r := l.row(x.Base)
	if r == nil {
		return
	}
	r.sum.Name, r.sum.Silent, r.sum.Present = x.Name, x.Silent, x.IsOnline()
	gone := x.Presence == lights.PresenceOffline && x.Phase != lights.Returning
	never := x.Source == lights.OwnBoard && x.Presence != lights.PresenceOnline && x.Presence != lights.PresenceOffline && now.Sub(l.began) > comeTime
	switch {
	case (gone || never) && r.left.IsZero():
		r.left = now
		if never {
			r.left = l.began
		}
		if x.Since.After(l.began) {
			r.left = x.Since
			r.times++
		}
	case !gone && !r.left.IsZero() && x.Presence == lights.PresenceOnline:
		r.away += now.Sub(r.left)
		r.left = time.Time{}
	}
}

// CountedSince is when the count began.
func (l *Lesson) CountedSince() time.Time { return l.began }

// Rows lists what happened to each lamp, in the panel's order, and last those that
// are not on the panel any more.
func (l *Lesson) Rows() []Row {
	now := l.o.Now()
	var all []Row
	shown := map[string]bool{}
	for _, x := range l.o.Lamps.Lights() {
		l.follow(x, now)
		if r := l.rows[x.Base]; r != nil && !x.Unlisted {
			shown[x.Base] = true
			all = append(all, r.view(now, l.o.Lamps.Answer()))
		}
	}
	at := len(all)
	for base, r := range l.rows {
		if !shown[base] && r.sum.Commands > 0 {
			all = append(all, r.view(now, l.o.Lamps.Answer()))
		}
	}
	slices.SortFunc(all[at:], func(a, b Row) int { return strings.Compare(a.Base, b.Base) })
	return all
}

// view is the row as others see it; patience is how long a board may take to answer.
func (r *row) view(now time.Time, patience time.Duration) Row {
	v := r.sum
	v.Times, v.Away = r.times, r.away
	if !r.left.IsZero() {
		v.Away += now.Sub(r.left)
	}
	for _, x := range r.pending {
		if now.Sub(x.At) < patience && !v.Silent {
			v.Waiting++
		}
	}
	return v
}

// ResetCounts begins the count anew.
func (l *Lesson) ResetCounts() {
	l.began = l.o.Now()
	clear(l.rows)
	l.update()
	l.Changed.Raise()
}
