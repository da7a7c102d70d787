package lamps

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/viewtest"
)

func init() {
	lampScene("expiry", func(e *viewtest.Env, r *lampRoom) *lampRoom {
		mixedRoom(r, strings.Contains(e.Name(), "zh-Hans"))
		e.Parts.Settings.Update(func(v *settings.Values) {
			v.Boards = []settings.Board{
				{ID: "a1", Base: "class/lamp-01", Name: "lamp-01", Expires: sceneTime.AddDate(0, 0, 12)},
				{ID: "a2", Base: "class/lamp-02", Name: "lamp-02", Expires: sceneTime.AddDate(0, 0, 30)},
				{ID: "a4", Base: "class/lamp-04", Name: "lamp-04", Expires: sceneTime.AddDate(0, 0, -1)},
				{ID: "a5", Base: "class/lamp-05", Name: "lamp-05", Expires: sceneTime.AddDate(1, 0, 0)},
			}
		})
		return nil
	})
	lampScene("expiry-one", func(e *viewtest.Env, r *lampRoom) *lampRoom {
		r.here("lamp-02", "Door 门口", "on")
		e.Parts.Settings.Update(func(v *settings.Values) { v.Boards = viewtest.ExpiringBoards(sceneTime) })
		return nil
	})
}

const day = 24 * time.Hour

func TestALampsCardSaysThatItsBoardsPasswordEnds(t *testing.T) {
	p, _ := lampWindow(t, func(r *lampRoom) {
		r.here("lamp-01", "", "on")
		r.here("lamp-02", "", "on")
	})
	ends := sceneTime.Add(40 * day)
	p.env.Settings.Update(func(v *settings.Values) {
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
		p.env.StatusChanged.Raise()
		for _, key := range []string{"expiry.card.soon", "expiry.card.over"} {
			if said := strings.Contains(p.card(t, "class/lamp-02").DebugText(), i18n.T(key)); said != (key == c.want) {
				t.Errorf("at %v the card says %q: %v", c.now, i18n.T(key), said)
			}
			if strings.Contains(p.card(t, "class/lamp-01").DebugText(), i18n.T(key)) {
				t.Errorf("at %v another card says %q", c.now, i18n.T(key))
			}
		}
	}
	c := p.card(t, "class/lamp-02")
	at := fyne.NewPos(cardRoom*c.scale+5, c.Size().Height-cardRoom*c.scale-5)
	p.card(t, "class/lamp-01").Tapped(&fyne.PointEvent{Position: at})
	if len(p.env.Dialogs) != 0 {
		t.Fatal("another card's foot opens a dialog")
	}
	c.Tapped(&fyne.PointEvent{Position: at})
	if len(p.env.Dialogs) != 1 {
		t.Fatal("what to do is not told")
	}
	if said := strings.Join(viewtest.TextsIn(p.env.Dialogs[0].Overlay), "\n"); !strings.Contains(said, i18n.T("expiry.what")) || !strings.Contains(said, "lamp-02") {
		t.Errorf("it says %q", said)
	}
}
