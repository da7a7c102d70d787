package views

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/settings"
	"lamplighter/i18n"
)

func init() {
	lampScene("expiry", func(e *sceneEnv, r *lampRoom) *lampRoom {
		mixedRoom(r, strings.Contains(e.Name(), "zh-Hans"))
		e.parts.Settings.Update(func(v *settings.Values) {
			v.Boards = []settings.Board{
				{ID: "a1", Base: "class/lamp-01", Name: "lamp-01", Expires: sceneTime.AddDate(0, 0, 12)},
				{ID: "a2", Base: "class/lamp-02", Name: "lamp-02", Expires: sceneTime.AddDate(0, 0, 30)},
				{ID: "a4", Base: "class/lamp-04", Name: "lamp-04", Expires: sceneTime.AddDate(0, 0, -1)},
				{ID: "a5", Base: "class/lamp-05", Name: "lamp-05", Expires: sceneTime.AddDate(1, 0, 0)},
			}
		})
		return nil
	})
	lampScene("expiry-one", func(e *sceneEnv, r *lampRoom) *lampRoom {
		r.here("lamp-02", "Door 门口", "on")
		e.parts.Settings.Update(func(v *settings.Values) { v.Boards = expiringBoards(sceneTime) })
		return nil
	})
}

// watched is a clock over some boards, and what was seen at each look.
type watchedExpiry struct {
	*expiryClock
	boards []settings.Board
	asleep time.Duration // for which the computer has slept
	looks  int
	seen   []Expiry // those that are news
	queue  chan func()
}

func watchExpiry(boards []settings.Board) *watchedExpiry {
	w := &watchedExpiry{boards: boards, queue: make(chan func(), 16)}
	w.expiryClock = &expiryClock{now: func() time.Time { return time.Now().Add(w.asleep) }, post: func(f func()) { w.queue <- f }}
	w.look = func() {
		w.looks++
		if e := expiryOf(w.boards, "", w.now()); len(w.seen) == 0 || w.seen[len(w.seen)-1] != e {
			w.seen = append(w.seen, e)
		}
		w.set(nextExpiry(w.boards, "", w.now()))
	}
	w.look()
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
		told := func(in time.Duration, want ...Expiry) {
			t.Helper()
			w.pass(in)
			if len(w.seen) != len(want) || w.seen[len(w.seen)-1] != want[len(want)-1] {
				t.Errorf("it told %+v, want %+v", w.seen, want)
			}
		}
		soon := Expiry{Name: "lamp-07", At: ends, Count: 1}
		over := Expiry{Name: "lamp-07", At: ends, Count: 1, Over: true, Ended: 1}
		told(10*day-time.Second, Expiry{})
		told(time.Second, Expiry{}, soon)
		told(30*day-time.Second, Expiry{}, soon)
		told(time.Second, Expiry{}, soon, over)
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
		w.pass(longestNap)
		if e := w.seen[len(w.seen)-1]; e.Count != 1 {
			t.Errorf("it tells %+v", e)
		}
		w.set(time.Time{})
	})
}

func TestAPasswordThatWasRenewedIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watchExpiry([]settings.Board{{Name: "lamp-07", Expires: time.Now().Add(30*day + 2*time.Minute)}})
		w.boards = nil
		w.look()
		looks := w.looks
		w.pass(day)
		if w.looks != looks || w.stop != nil {
			t.Errorf("it looked %d times more", w.looks-looks)
		}
	})
}

func TestALampsCardSaysThatItsBoardsPasswordEnds(t *testing.T) {
	p, _ := lampWindow(t, func(r *lampRoom) {
		r.here("lamp-01", "", "on")
		r.here("lamp-02", "", "on")
	})
	ends := sceneTime.Add(40 * day)
	p.desk.Settings.Update(func(v *settings.Values) {
		v.Boards = []settings.Board{{ID: "a1", Base: "class/lamp-01", Name: "lamp-01"}, {ID: "a2", Base: "class/lamp-02", Name: "lamp-02", Expires: ends}}
	})
	for _, c := range []struct {
		now  time.Time
		want string
	}{
		{sceneTime, ""},
		{ends.Add(-30 * day), "expiry.card.soon"},
		{ends.Add(-time.Second), "expiry.card.soon"},
		{ends, "expiry.card.over"},
	} {
		p.now = func() time.Time { return c.now }
		p.desk.StatusChanged.Raise()
		for _, key := range []string{"expiry.card.soon", "expiry.card.over"} {
			if said := strings.Contains(p.card(t, "class/lamp-02").debugText(), i18n.T(key)); said != (key == c.want) {
				t.Errorf("at %v the card says %q: %v", c.now, i18n.T(key), said)
			}
			if strings.Contains(p.card(t, "class/lamp-01").debugText(), i18n.T(key)) {
				t.Errorf("at %v another card says %q", c.now, i18n.T(key))
			}
		}
	}
	c := p.card(t, "class/lamp-02")
	at := fyne.NewPos(cardRoom*c.scale+5, c.Size().Height-cardRoom*c.scale-5)
	p.card(t, "class/lamp-01").Tapped(&fyne.PointEvent{Position: at})
	if len(p.desk.frame.dialogs) != 0 {
		t.Fatal("another card's foot opens a dialog")
	}
	c.Tapped(&fyne.PointEvent{Position: at})
	if len(p.desk.frame.dialogs) != 1 {
		t.Fatal("what to do is not told")
	}
	if said := strings.Join(textsIn(p.desk.frame.dialogs[0].overlay), "\n"); !strings.Contains(said, i18n.T("expiry.what")) || !strings.Contains(said, "lamp-02") {
		t.Errorf("it says %q", said)
	}
}
