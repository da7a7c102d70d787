package prefs

import (
	"testing"

	"fyne.io/fyne/v2"

	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func TestTheKeysWorkWhereverTheFocusIs(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	w.Visit(ui.PlaceSettings, "")
	p := w.PageAt(ui.PlaceSettings).(*settingsPage)
	for name, f := range map[string]fyne.Focusable{
		"nothing": nil, "entry": p.broker.port.entry, "choice": p.broker.address, "tick": p.broker.run, "button": p.broker.open,
		"rail": w.Items[ui.PlaceSettings],
	} {
		w.Visit(ui.PlaceSettings, "")
		w.Win.Canvas().Focus(f)
		viewtest.Press(w, fyne.KeyF1)
		if len(w.Shell.Dialogs) != 1 {
			t.Fatalf("with the focus on %s: F1 opened %d dialogs", name, len(w.Shell.Dialogs))
		}
		viewtest.Press(w, fyne.KeyEscape)
		if len(w.Shell.Dialogs) != 0 || len(w.Win.Canvas().Overlays().List()) != 0 {
			t.Fatalf("with the focus on %s: Esc left the dialog", name)
		}
		w.Win.Canvas().Focus(f)
		viewtest.Press(w, fyne.KeyF11)
		if !w.Win.FullScreen() {
			t.Errorf("with the focus on %s: F11 did not fill the screen", name)
		}
		viewtest.Press(w, fyne.KeyEscape)
		if w.Win.FullScreen() {
			t.Errorf("with the focus on %s: Esc did not leave the full screen", name)
		}
		viewtest.Ctrl(w, fyne.Key1)
		if w.Current != ui.PlaceLamps {
			t.Errorf("with the focus on %s: Ctrl+1 went to %s", name, w.Current)
		}
	}
}

func TestAClosedWindowListensToNothing(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	w.Visit(ui.PlaceSettings, "")
	p := w.PageAt(ui.PlaceSettings).(*settingsPage)
	w.Close()
	w.Parts.Broker.(*viewtest.App).State = backend.BrokerState{}
	w.Parts.Broker.Changed().Raise()
	if p.broker.open.Disabled() {
		t.Error("a closed page was updated")
	}
}
