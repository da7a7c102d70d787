package prefs

import (
	"testing"

	"fyne.io/fyne/v2"

	"lamplighter/app"
	"lamplighter/app/link"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func TestTheFocusIsScrolledIntoView(t *testing.T) {
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) {
		p.Status = func() app.Status { return app.Status{Link: link.Online} }
	})
	w.Win.Resize(viewtest.SmallScreen)
	w.Visit(ui.PlaceSettings, "")
	c := w.Win.Canvas()
	limit := viewtest.SmallScreen.Height - w.StatusBar.Size().Height
	seen := map[fyne.Focusable]bool{}
	for range 60 {
		c.FocusNext()
		f := c.Focused()
		if f == nil || seen[f] {
			continue
		}
		seen[f] = true
		o := f.(fyne.CanvasObject)
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
		inLine := at.Y >= limit-ui.Unit && at.Y+o.Size().Height <= viewtest.SmallScreen.Height+1 // the status line's own
		if at.Y < 0 || at.Y+o.Size().Height > limit+1 && !inLine {
			t.Errorf("%T is at %v with height %.0f, out of view", f, at, o.Size().Height)
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d things have had the focus", len(seen))
	}
}
