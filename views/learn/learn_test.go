package learn

import (
	"strings"
	"testing"

	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.Places[ui.PlaceLearn] = func(s *ui.Shell, b *backend.Parts) (func() ui.Page, func()) {
		return func() ui.Page { return New(s, b) }, nil
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
