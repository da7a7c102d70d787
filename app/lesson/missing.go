package lesson

import (
	"slices"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/lights"
)

// departure is what this computer's broker knows of a board that left.
type departure struct {
	at      time.Time
	leave   broker.Departure
	known   bool          // leave says how
	refused broker.Notice // why it is not let in, or was thrown off; zero = it was not
}

// refusals are the notices that tell why a board is not let in, or thrown off.
var refusals = []broker.NoticeKind{
	broker.BadLogin, broker.NoLogin, broker.BadProtocol, broker.NoID, broker.IDTaken, broker.DuplicateClient, broker.DuplicateProgram, broker.Crowded, broker.TooBig,
}

// Refuses reports whether a notice tells that somebody was not let in, or thrown off.
func Refuses(k broker.NoticeKind) bool { return slices.Contains(refusals, k) }

// Missing is a board of the roster that is not here.
type Missing struct {
	lights.Light
	Away  time.Time // since when; zero = since before this program looked
	Times int       // how often it left in this lesson

	Departure      broker.Departure // how it left, where DepartureKnown is true
	DepartureKnown bool
	// Refused is why this computer's broker does not let it in, or has thrown it off;
	// its Count is 0 where it has not.
	Refused broker.Notice
}

// LampOf is the lamp whose board has an account at this computer's broker.
func (l *Lesson) LampOf(user string) (lights.Light, bool) {
	base, ok := l.o.BoardOf(user)
	if !ok {
		return lights.Light{}, false
	}
	return l.o.Lamps.Light(base)
}

// Missing lists the boards that are not here, the ones first that left last.
func (l *Lesson) Missing() (all []Missing) {
	now := l.o.Now()
	for _, x := range l.o.Lamps.Lights() {
		l.follow(x, now) // the panel may not have told of it yet
		if x.Source != lights.OwnBoard || x.Unlisted || x.IsOnline() || x.Phase == lights.Returning {
			continue
		}
		m := Missing{Light: x, Away: x.Since}
		if d, ok := l.left[x.Base]; ok {
			m.Departure, m.DepartureKnown, m.Refused = d.leave, d.known, d.refused
			if m.Away.IsZero() && d.known {
				m.Away = d.at
			}
		}
		if r := l.rows[x.Base]; r != nil {
			m.Times = r.times
			if !r.left.IsZero() && m.Away.IsZero() {
				m.Away = r.left
			}
		}
		all = append(all, m)
	}
	slices.SortStableFunc(all, func(a, b Missing) int { return b.Away.Compare(a.Away) })
	return all
}
