package views

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/i18n"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func TestEveryPlaceHasAPageAWordHelpAndAnIconInEveryLanguage(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	lang := i18n.Language()
	t.Cleanup(func() { _ = i18n.Use(lang) })
	for _, l := range i18n.Languages() {
		if err := i18n.Use(l.Tag); err != nil {
			t.Fatal(err)
		}
		for _, p := range w.Places {
			for _, key := range []string{"rail." + string(p.ID), "help." + string(p.ID)} {
				if !i18n.Has(key) {
					t.Errorf("%s has no text %q", l.Tag, key)
				}
			}
			ui.Icon(p.Icon) // panics where there is none
		}
	}
}

func TestThePagesOfThePlacesBeginAtOneEdgeAndOnOneLine(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	w.Win.Resize(viewtest.SmallScreen)
	var first fyne.Position
	for i, id := range []ui.Place{ui.PlaceLamps, ui.PlaceTopics, ui.PlaceSettings} {
		w.Visit(id, "")
		at, found := fyne.Position{}, false
		for _, o := range test.LaidOutObjects(w.Win.Content()) {
			if l, ok := o.(*widget.Label); ok && l.SizeName == theme.SizeNameHeadingText && l.Text == i18n.T("rail."+string(id)) {
				at, found = fyne.CurrentApp().Driver().AbsolutePositionForObject(l), true
			}
		}
		if i == 0 {
			first = at
		}
		if !found || at != first {
			t.Errorf("the title of %s is at %v, that of %s at %v", id, at, ui.PlaceLamps, first)
		}
	}
}
