package views

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/i18n"
	"lamplighter/views/frame"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func TestEveryPlaceHasAPageAWordHelpAndAnIconInEveryLanguage(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	lang := i18n.Language()
	t.Cleanup(func() { _ = i18n.SetLanguage(lang) })
	for _, l := range i18n.Languages() {
		if err := i18n.SetLanguage(l.Tag); err != nil {
			t.Fatal(err)
		}
		for _, p := range w.Places {
			for _, key := range []string{"rail." + string(p.ID), "help." + string(p.ID)} {
				if !i18n.Has(key) {
					t.Errorf("%s has no text %q", l.Tag, key)
				}
			}
			ui.Icon(p.Icon) // panics where there is none
			if p.Build == nil {
				t.Errorf("%s has no page", p.ID)
			}
		}
	}
}

func TestHelpNamesEveryPlacesKeyInEveryLanguage(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	t.Cleanup(func() { _ = i18n.SetLanguage("en") })
	for _, l := range i18n.Languages() {
		if err := i18n.SetLanguage(l.Tag); err != nil {
			t.Fatal(err)
		}
		for i, p := range w.Places {
			if key := fmt.Sprintf("Ctrl+%d %s", i+1, p.Word()); !strings.Contains(i18n.T("help.keys"), key) {
				t.Errorf("help.keys of %s does not say %q", l.Tag, key)
			}
		}
	}
}

func TestTheRailScrollsToAPlaceThatHasNoRoom(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	var last ui.Place
	for i := range 10 {
		last = ui.Place(fmt.Sprint("more-", i))
		w.Places = append(w.Places, frame.Place{ID: last, Icon: "help", Build: w.Places[0].Build})
	}
	w.Rebuild()
	w.Win.Resize(viewtest.SmallScreen)
	if need := w.Win.Content().MinSize(); need.Height > viewtest.SmallScreen.Height {
		t.Errorf("the window needs %v", need)
	}
	for name, show := range map[string]func(id ui.Place){
		"Tab":   func(id ui.Place) { w.Win.Canvas().Focus(w.Items[id]) },
		"a key": func(id ui.Place) { w.Visit(id, "") },
	} {
		w.Win.Canvas().Focus(w.Items[w.Places[0].ID])
		show(last)
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(w.Items[last])
		if bottom := at.Y + w.Items[last].Size().Height; at.Y < 0 || bottom > viewtest.SmallScreen.Height {
			t.Errorf("by %s the last place is at %v, down to %v", name, at.Y, bottom)
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
