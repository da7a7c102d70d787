package views

import (
	"slices"
	"time"

	"lamplighter/app/settings"
	"lamplighter/i18n"
)

// expiryTime is how long before its end a board's password is worth a warning.
const expiryTime = 30 * 24 * time.Hour

// ending tells whether a board's password ends soon or has ended.
func ending(expires, now time.Time) bool {
	return !expires.IsZero() && expires.Sub(now) <= expiryTime
}

// over tells whether it has ended.
func over(expires, now time.Time) bool { return !expires.IsZero() && !now.Before(expires) }

// expiryOf looks at the boards on a connection.
func expiryOf(boards []settings.Board, connection string, now time.Time) (e Expiry) {
	for _, b := range boards {
		if b.Connection != connection || b.Hidden || !ending(b.Expires, now) {
			continue
		}
		e.Count++
		if over(b.Expires, now) {
			e.Ended++
		}
		if e.At.IsZero() || b.Expires.Before(e.At) {
			e.Name, e.At = b.Name, b.Expires
		}
	}
	e.Over = over(e.At, now)
	return e
}

// nextExpiry is when there will be something else to say of the boards on a
// connection: a password is soon to end, or has ended. Zero = never.
func nextExpiry(boards []settings.Board, connection string, now time.Time) (next time.Time) {
	for _, b := range boards {
		if b.Connection != connection || b.Hidden || b.Expires.IsZero() {
			continue
		}
		for _, at := range []time.Time{b.Expires.Add(-expiryTime), b.Expires} {
			if at.After(now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}

// expiries are the passwords that end soon or have ended, by their lamps' bases.
func expiries(v settings.Values, now time.Time) map[string]time.Time {
	all := map[string]time.Time{}
	for _, b := range v.Boards {
		if b.Connection == v.Connection && ending(b.Expires, now) {
			all[b.Base] = b.Expires
		}
	}
	return all
}

// expiryClock has the passwords looked at when time alone makes a difference.
type expiryClock struct {
	now  func() time.Time
	post func(func())
	look func() // looks at them, and sets the clock again

	next time.Time
	stop func() // nil = it does not run
	turn int    // counts timers, so that an old one does nothing
}

// longestNap bounds how long the clock trusts a timer: those of a computer that
// sleeps stand still.
const longestNap = time.Hour

// set has them looked at when next has come; zero = not at all.
func (c *expiryClock) set(next time.Time) {
	if c.stop != nil && c.next.Equal(next) {
		return
	}
	if c.stop != nil {
		c.stop()
		c.stop = nil
	}
	c.next = next
	c.turn++
	if next.IsZero() {
		return
	}
	turn := c.turn
	c.stop = after(min(next.Sub(c.now()), longestNap), c.post, func() {
		if c.turn == turn {
			c.stop = nil
			c.look()
		}
	})
}

// dateWords is a day.
func dateWords(t time.Time) string { return t.Local().Format(time.DateOnly) }

// expiryWords says until when a board's password is valid.
func expiryWords(expires, now time.Time) string {
	if !over(expires, now) {
		return i18n.T("expiry.until", "Date", dateWords(expires))
	}
	return i18n.T("expiry.over", "Date", dateWords(expires))
}

// expiryLine is the status line's warning.
func expiryLine(e Expiry) string {
	name := shown(e.Name)
	key := "expiry.status.until"
	if e.Over {
		key = "expiry.status.over"
	}
	if e.Count > 1 {
		return i18n.N(key+".more", e.Count-1, "Name", name, "Date", dateWords(e.At))
	}
	return i18n.T(key, "Name", name, "Date", dateWords(e.At))
}

// showExpiry says which boards' passwords end, and what to do.
func (d *desk) showExpiry(now time.Time) {
	v := d.Settings.Values()
	var boards []settings.Board
	for _, b := range v.Boards {
		if b.Connection == v.Connection && !b.Hidden && ending(b.Expires, now) {
			boards = append(boards, b)
		}
	}
	slices.SortStableFunc(boards, func(a, b settings.Board) int { return a.Expires.Compare(b.Expires) })
	lines := rows()
	for _, b := range boards {
		lines.Add(body(i18n.T("expiry.board", "Name", shown(b.Name), "When", expiryWords(b.Expires, now))))
	}
	d.show(i18n.T("expiry.title"), i18n.T("expiry.what"), lines)
}

// expiresOf is until when the password of the board at base is valid on the
// broker in use; zero = for ever, or there is no such board.
func expiresOf(v settings.Values, base string) time.Time {
	for _, b := range v.Boards {
		if b.Base == base && b.Connection == v.Connection {
			return b.Expires
		}
	}
	return time.Time{}
}
