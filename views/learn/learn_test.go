package learn

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"lamplighter/i18n"
	"lamplighter/i18n/lessons"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.Places[ui.PlaceLearn] = func(s *ui.Shell, p *backend.Parts) (func() ui.Page, func()) {
		return func() ui.Page { return New(s, p) }, nil
	}
	viewtest.RegisterScene("learn", ui.PlaceLearn, func(e *viewtest.Env) fyne.CanvasObject {
		p := New(e.Shell, e.Parts).(*page)
		p.Target("lessons")
		read := func() bool { return len(e.Parts.Course().Entries(true)) > 0 }
		e.Loop.RunUntil(read, "the lessons")
		return p.Content()
	})
}

func TestPicturesOfAllScenesFitTheWindow(t *testing.T) { viewtest.CheckScenes(t) }

func TestEachPartIsBuiltWhenItIsChosenAndEscGoesToIt(t *testing.T) {
	w, loop := viewtest.NewWindow(t, nil)
	w.Visit(ui.PlaceLearn, "")
	p := w.PageAt(ui.PlaceLearn).(*page)
	if len(p.built) != 1 || p.chosen != p.parts[0].id {
		t.Errorf("%d parts are built, %q is shown", len(p.built), p.chosen)
	}
	w.Visit(ui.PlaceLearn, "lessons")
	c := w.Parts.Course()
	c.Read(lessons.In("en"))
	loop.RunUntil(func() bool { return c.Open("01-publish") }, "a lesson is open")
	viewtest.Press(w, fyne.KeyEscape)
	if _, open := c.State(); open {
		t.Error("Esc does not leave the lesson")
	}
	viewtest.PressNamed(t, p.root, i18n.T("learn.part.filters"))
	if p.chosen != "filters" || p.FirstFocus() == nil {
		t.Errorf("%q is shown", p.chosen)
	}
	p.Submit() // an empty filter is no answer
	w.Visit(ui.PlaceLearn, "nonsense")
	if p.chosen != "filters" {
		t.Error("a part that is not there was chosen")
	}
}

func TestAnOpenLessonIsShownAgainAfterAChangeOfTheWindow(t *testing.T) {
	w, loop := viewtest.NewWindow(t, nil)
	c := w.Parts.Course()
	c.Read(lessons.In("en"))
	loop.RunUntil(func() bool { return c.Open("02-subscribe") }, "a lesson is open")
	w.Visit(ui.PlaceLearn, "")
	if p := w.PageAt(ui.PlaceLearn).(*page); p.chosen != "lessons" {
		t.Errorf("%q is shown", p.chosen)
	}
}

func TestPartsAreFollowedOnlyWhileTheyAreShown(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	trace := w.Parts.Trace.(*viewtest.Trace)
	w.Visit(ui.PlaceLearn, "map")
	p := w.PageAt(ui.PlaceLearn).(*page)
	if p.chosen != "map" || !trace.Followed() {
		t.Errorf("%s is shown, followed: %v", p.chosen, trace.Followed())
	}
	w.Visit(ui.PlaceLearn, "program")
	if p.chosen != "program" || trace.Followed() {
		t.Errorf("%s is shown, followed: %v", p.chosen, trace.Followed())
	}
	w.Visit(ui.PlaceLearn, "nonsense")
	if p.chosen != "program" {
		t.Errorf("%s is shown", p.chosen)
	}
	viewtest.PressNamed(t, p.root, i18n.T("learn.part.map"))
	if p.chosen != "map" || !trace.Followed() || !strings.Contains(strings.Join(viewtest.TextsIn(p.content), " "), i18n.T("map.legend.in")) {
		t.Errorf("%s is shown", p.chosen)
	}
}
