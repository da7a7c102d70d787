package expiry

import (
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/settings"
)

// watched is a clock over some boards, and what was seen at each look.
type watchedExpiry struct {
	*Clock
	boards []settings.Board
	asleep time.Duration // for which the computer has slept
	looks  int
	seen   []Summary // those that are news
	queue  chan func()
}

func watchExpiry(boards []settings.Board) *watchedExpiry {
	w := &watchedExpiry{boards: boards, queue: make(chan func(), 16)}
	w.Clock = &Clock{now: func() time.Time { return time.Now().Add(w.asleep) }, post: func(f func()) { w.queue <- f }}
	w.update = func() {
		w.looks++
		if e := Of(w.boards, "", w.now()); len(w.seen) == 0 || w.seen[len(w.seen)-1] != e {
			w.seen = append(w.seen, e)
		}
		w.Set(Next(w.boards, "", w.now()))
	}
	w.update()
	return w
}

// pass lets time pass, with what is posted meanwhile.
func (w *watchedExpiry) pass(d time.Duration) {
	for end := time.After(d); ; {
		select {
		case f := <-w.queue:
			f()
		case <-end:
			synctest.Wait()
			for len(w.queue) > 0 {
				(<-w.queue)()
			}
			return
		}
	}
}

const day = 24 * time.Hour

func TestTimeAloneTellsThatAPasswordEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ends := time.Now().Add(40 * day)
		w := watchExpiry([]settings.Board{{Name: "lamp-07", Expires: ends}, {Name: "other", Expires: ends, Connection: "x"}})
		told := func(in time.Duration, want ...Summary) {
			t.Helper()
			w.pass(in)
			if len(w.seen) != len(want) || w.seen[len(w.seen)-1] != want[len(want)-1] {
				t.Errorf("it told %+v, want %+v", w.seen, want)
			}
		}
		soon := Summary{Name: "lamp-07", At: ends, Count: 1}
		over := Summary{Name: "lamp-07", At: ends, Count: 1, Expired: true, Ended: 1}
		told(10*day-time.Second, Summary{})
		told(time.Second, Summary{}, soon)
		told(30*day-time.Second, Summary{}, soon)
		told(time.Second, Summary{}, soon, over)
		if most := 40*24 + 4; w.looks > most {
			t.Errorf("it looked %d times in 40 days", w.looks)
		}
		looks := w.looks
		w.pass(100 * day)
		if w.looks != looks {
			t.Errorf("with nothing to wait for it looked %d times more", w.looks-looks)
		}
	})
}

func TestAComputerThatSleptTellsWithinTheHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watchExpiry([]settings.Board{{Name: "lamp-07", Expires: time.Now().Add(40 * day)}})
		w.pass(time.Minute)
		w.asleep = 20 * day
		w.pass(longestTimer)
		if e := w.seen[len(w.seen)-1]; e.Count != 1 {
			t.Errorf("it tells %+v", e)
		}
		w.Set(time.Time{})
	})
}

func TestAPasswordThatWasRenewedIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watchExpiry([]settings.Board{{Name: "lamp-07", Expires: time.Now().Add(30*day + 2*time.Minute)}})
		w.boards = nil
		w.update()
		looks := w.looks
		w.pass(day)
		if w.looks != looks || w.timer != nil {
			t.Errorf("it looked %d times more", w.looks-looks)
		}
	})
}

func TestAPasswordThatEndsIsToldThirtyDaysBefore(t *testing.T) {
	ends := time.Date(2027, 3, 31, 10, 0, 0, 0, time.UTC)
	boards := []settings.Board{{Name: "late", Expires: ends.AddDate(1, 0, 0), Connection: "c"}, {Name: "lamp-07", Expires: ends, Connection: "c"}}
	for _, c := range []struct {
		now  time.Time
		want Summary
	}{
		{ends.Add(-30*24*time.Hour - time.Second), Summary{}},
		{ends.Add(-30 * 24 * time.Hour).Add(time.Second), Summary{Name: "lamp-07", At: ends, Count: 1}},
		{ends.Add(-time.Second), Summary{Name: "lamp-07", At: ends, Count: 1}},
		{ends, Summary{Name: "lamp-07", At: ends, Count: 1, Expired: true, Ended: 1}},
		{ends.AddDate(1, 0, 0), Summary{Name: "lamp-07", At: ends, Count: 2, Expired: true, Ended: 2}},
	} {
		if got := Of(boards, "c", c.now); got != c.want {
			t.Errorf("at %v: %+v, want %+v", c.now, got, c.want)
		}
	}
	if got := Of(boards, "", ends); got != (Summary{}) {
		t.Errorf("on another broker: %+v", got)
	}
	if got := Of(expiringBoards(ends), "", ends); got.Name != "lamp-03" || got.Count != 2 || !got.Expired {
		t.Errorf("of several: %+v", got)
	}
}

// expiringBoards are three boards: one whose password is over, one with twelve
// days left, and one that has time.
func expiringBoards(now time.Time) []settings.Board {
	return []settings.Board{
		{ID: "a1", Base: "class/lamp-01", Name: "lamp-01", Expires: now.AddDate(2, 0, 0)},
		{ID: "a2", Base: "class/lamp-02", Name: "lamp-02", Expires: now.AddDate(0, 0, 12)},
		{ID: "a3", Base: "class/lamp-03", Name: "lamp-03", Expires: now.AddDate(0, 0, -1)},
		{ID: "a4", Base: "class/lamp-04", Name: "lamp-04"},
		{ID: "a5", Base: "class/lamp-05", Name: "lamp-05", Expires: now, Connection: "another"},
	}
}
