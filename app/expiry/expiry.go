// Package expiry watches the ends of boards' passwords: a platform's token is
// valid until a date, and a board with one that has ended is not let in.
package expiry

import (
	"time"

	"lamplighter/app/settings"
)

// Warning is how long before its end a board's password is worth a warning.
const Warning = 30 * 24 * time.Hour

// EndsSoon reports whether a password ends soon or has ended; zero never ends.
func EndsSoon(expires, now time.Time) bool {
	return !expires.IsZero() && expires.Sub(now) <= Warning
}

// Expired reports whether a password has ended; zero never ends.
func Expired(expires, now time.Time) bool { return !expires.IsZero() && !now.Before(expires) }

// Summary is about the boards' passwords that end soon or have ended.
type Summary struct {
	Name    string    // of the board whose password is the first to end
	At      time.Time // when it ends; zero = there is none
	Expired bool      // it has ended
	Count   int       // boards whose password ends soon or has ended
	Ended   int       // those of them whose password has ended
}

// Of summarises the boards in view on a connection.
func Of(boards []settings.Board, connection string, now time.Time) (s Summary) {
	for _, b := range boards {
		if b.Connection != connection || b.Hidden || !EndsSoon(b.Expires, now) {
			continue
		}
		s.Count++
		if Expired(b.Expires, now) {
			s.Ended++
		}
		if s.At.IsZero() || b.Expires.Before(s.At) {
			s.Name, s.At = b.Name, b.Expires
		}
	}
	s.Expired = Expired(s.At, now)
	return s
}

// Next is when there will be something else to say of the boards on a
// connection: a password is soon to end, or has ended. Zero = never.
func Next(boards []settings.Board, connection string, now time.Time) (next time.Time) {
	for _, b := range boards {
		if b.Connection != connection || b.Hidden || b.Expires.IsZero() {
			continue
		}
		for _, at := range []time.Time{b.Expires.Add(-Warning), b.Expires} {
			if at.After(now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}

// ByBase returns the passwords that end soon or have ended on the broker in use,
// by their lamps' base topics.
func ByBase(v settings.Values, now time.Time) map[string]time.Time {
	all := map[string]time.Time{}
	for _, b := range v.Boards {
		if b.Connection == v.Connection && EndsSoon(b.Expires, now) {
			all[b.Base] = b.Expires
		}
	}
	return all
}

// EndOf is until when the password of the board at base is valid on the broker in
// use; zero = for ever, or there is no such board.
func EndOf(v settings.Values, base string) time.Time {
	for _, b := range v.Boards {
		if b.Base == base && b.Connection == v.Connection {
			return b.Expires
		}
	}
	return time.Time{}
}

// longestTimer bounds how long a clock trusts a timer: those of a computer that
// sleeps stand still.
const longestTimer = time.Hour

// Clock has the passwords looked at when time alone makes a difference. It
// belongs to the UI goroutine.
type Clock struct {
	now    func() time.Time
	post   func(func())
	update func()

	next  time.Time
	timer *time.Timer // nil = it does not run
	turn  int         // counts timers, so that an old one does nothing
}

// NewClock returns a clock that posts look, which looks at the passwords and sets
// the clock again.
func NewClock(now func() time.Time, post func(func()), look func()) *Clock {
	return &Clock{now: now, post: post, update: look}
}

// Set has look posted when next has come; zero = not at all.
func (c *Clock) Set(next time.Time) {
	if c.timer != nil {
		if c.next.Equal(next) {
			return
		}
		c.timer.Stop()
		c.timer = nil
	}
	c.next = next
	c.turn++
	if next.IsZero() {
		return
	}
	turn := c.turn
	c.timer = time.AfterFunc(min(next.Sub(c.now()), longestTimer), func() {
		c.post(func() {
			if c.turn == turn {
				c.timer = nil
				c.update()
			}
		})
	})
}
