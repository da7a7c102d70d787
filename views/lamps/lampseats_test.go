package lamps

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"lamplighter/app/roster"
	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/viewtest"
)

// seatWindow is a window with three lamps and their page.
func seatWindow(t *testing.T) (*viewtest.Window, *lampPage) {
	t.Helper()
	w, loop := viewtest.NewWindow(t, nil)
	room := newLampRoom(t, loop)
	for _, board := range []string{"lamp-01", "lamp-02", "lamp-03"} {
		room.here(board, "", "off")
	}
	w.Parts.Lights = room.Panel
	p := newLampPage(envOf(w))
	t.Cleanup(p.Close)
	p.Shown()
	p.Content().Resize(fyne.NewSize(1000, 600))
	return w, p
}

func TestACardShowsWhoseTheLampIsAndIsFoundByThat(t *testing.T) {
	_, p := seatWindow(t)
	p.env.Class.Replace([]roster.Pupil{{Name: "李小明", Group: "红队", Board: "class/lamp-02"}, {Name: "王芳", Board: "class/lamp-02"}})
	card := func(base string) *lampCard { return p.grid.field.bound[p.grid.find(base)] }
	if c := card("class/lamp-02"); !strings.HasPrefix(c.DebugText(), "李小明"+i18n.T("class.between")+"王芳\n") || c.markWords() != "lamp-02" {
		t.Errorf("the card says %q, marked %q", c.DebugText(), c.markWords())
	}
	if c := card("class/lamp-01"); !strings.HasPrefix(c.DebugText(), "lamp-01\n") {
		t.Errorf("the card says %q", c.DebugText())
	}
	for _, word := range []string{"小明", "红队", "lamp-02"} {
		p.tools.find.SetText(word)
		if len(p.grid.lights) != 1 || p.grid.lights[0].Base != "class/lamp-02" {
			t.Errorf("%q finds %d", word, len(p.grid.lights))
		}
	}
}

func TestLampsLieAsTheirPupilsSit(t *testing.T) {
	w, p := seatWindow(t)
	p.env.Class.SetPlan(roster.Plan{Rows: 2, Columns: 3})
	p.env.Class.Replace([]roster.Pupil{
		{Name: "a", Board: "class/lamp-01", Seat: roster.Seat{Row: 2, Column: 3}}, {Name: "b", Board: "class/lamp-02", Seat: roster.Seat{Row: 1, Column: 1}},
	})
	p.classDialog()
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("class.lamps.plan"))
	g := p.grid
	at := func(board string) int { return g.cell(g.find("class/" + board)) }
	if at("lamp-01") != 5 || at("lamp-02") != 0 || at("lamp-03") != 6 {
		t.Errorf("they lie at %d, %d, %d", at("lamp-01"), at("lamp-02"), at("lamp-03"))
	}
	for _, step := range []struct {
		key  fyne.KeyName
		want string
	}{{fyne.KeyHome, "lamp-02"}, {fyne.KeyRight, "lamp-01"}, {fyne.KeyEnd, "lamp-03"}, {fyne.KeyUp, "lamp-02"}, {fyne.KeyDown, "lamp-03"}, {fyne.KeyLeft, "lamp-01"}} {
		g.TypedKey(viewtest.Key(step.key))
		if l, _ := g.light(); l.Base != "class/"+step.want {
			t.Errorf("%s leads to %s, want %s", step.key, l.Base, step.want)
		}
	}
	w.Parts.Settings.Update(func(v *settings.Values) { v.Seats = false })
	p.update()
	if g.seated() {
		t.Error("they lie in the plan still")
	}
}

func init() {
	seated := func(e *viewtest.Env, r *lampRoom) *lampRoom {
		for i := range 30 {
			r.here(fmt.Sprintf("lamp-%02d", i+1), "", []string{"on", "off", "on"}[i%3])
		}
		r.says("lamp-04/status", "offline")
		viewtest.Enrol(e.Parts, 30)
		e.Parts.Settings.Update(func(v *settings.Values) { v.Seats = true })
		return nil
	}
	lampScene("class-plan", seated, func(p *lampPage) { p.env.Window().Canvas().Focus(p.grid); p.grid.moveTo(7) })
	lampScene("class-wide-plan", func(e *viewtest.Env, r *lampRoom) *lampRoom {
		seated(e, r)
		e.Parts.Class.SetPlan(roster.Plan{Rows: 5, Columns: 9})
		return nil
	})
	viewtest.ForPictures(func() {
		lampScene("class-names", func(e *viewtest.Env, r *lampRoom) *lampRoom {
			r.here("lamp-01", "", "on")
			r.here("lamp-02", "", "off")
			r.here("lamp-03", "Door 门口", "on")
			viewtest.Enrol(e.Parts, 2)
			return nil
		})
	})
}
