package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestTargetsAreLargeEnoughForAFinger(t *testing.T) {
	test.NewTempApp(t)
	for name, o := range map[string]fyne.CanvasObject{
		"button": NewButton("x", nil, nil), "icon": QuietButton("", Icon("more"), nil), "select": NewSelect([]string{"x"}, nil),
		"check": NewCheck("x", nil), "row": NewPickRow("board", "x", "", nil), "entry": NewEntry("x"),
	} {
		if m := o.MinSize(); m.Height < touch || m.Width < touch {
			t.Errorf("a %s may be as small as %v", name, m)
		}
	}
}

func TestTheRingIsTheOnlySignOfTheKeyboard(t *testing.T) {
	test.NewTempApp(t)
	for name, o := range map[string]fyne.Focusable{"button": NewButton("x", nil, nil), "select": NewSelect([]string{"x"}, nil), "check": NewCheck("x", nil), "entry": NewEntry("x")} {
		w := test.NewTempWindow(t, o.(fyne.CanvasObject))
		ring, ok := test.WidgetRenderer(o.(fyne.Widget)).(*ringRenderer)
		if !ok {
			t.Fatalf("a %s has no ring", name)
		}
		if ring.ring.Visible() {
			t.Errorf("a %s has a ring without the keyboard", name)
		}
		w.Canvas().Focus(o)
		if !ring.ring.Visible() || ring.ring.StrokeColor != Color(ColorRing) {
			t.Errorf("a %s with the keyboard has no ring", name)
		}
		w.Canvas().Unfocus()
		if ring.ring.Visible() {
			t.Errorf("a %s keeps its ring", name)
		}
	}
}
