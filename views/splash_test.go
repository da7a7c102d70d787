package views

import (
	"testing"

	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func TestTheFirstFrameHasTheNameAloneAndTheNextEverything(t *testing.T) {
	other, loop := viewtest.NewWindow(t, nil)
	other.Parts.Settings.Update(func(v *settings.Values) { v.Welcomed, v.Interrupted = true, "lamp-07" })
	w := NewWithSplash(viewtest.TestApp(), loop.Post, other.Parts)
	t.Cleanup(func() {
		w.Close()
		w.Win.Close()
	})
	w.Visit(ui.PlaceTopics, "") // a key, before there is anything
	built := func() bool { return w.StatusBar != nil }
	if built() || len(w.Pages) > 0 || len(w.Shell.Dialogs) > 0 || w.Win.Title() != i18n.T("app.name") {
		t.Error("the first frame has more than the name")
	}
	for range 2 {
		w.Win.Canvas().Capture()
		loop.RunUntil(built, "the places")
	}
	if w.Current != ui.PlaceLamps || len(w.Shell.Dialogs) != 1 {
		t.Errorf("it begins at %q with %d dialogs", w.Current, len(w.Shell.Dialogs))
	}
}
