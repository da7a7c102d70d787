package views

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

func TestTheWheelScrollsAFormAlsoOverItsFields(t *testing.T) {
	win, _ := newTestWindow(t, nil)
	list := rows()
	for range 40 {
		list.Add(newEntry(""))
	}
	for name, e := range map[string]*entry{"a password": newPasswordEntry(""), "a line": newEntry("")} {
		scroll := container.NewVScroll(rows(e, list))
		m := win.shell.ask(question{Title: "form", Content: rows(), Yes: "yes"})
		m.overlay.Objects = []fyne.CanvasObject{scroll}
		m.overlay.Layout = &stackLayout{}
		scroll.Resize(fyne.NewSize(300, 300))
		c := win.Fyne().Canvas()
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(e)
		test.Scroll(c, at.AddXY(20, 10), 0, -30)
		if scroll.Offset.Y != 30 {
			t.Errorf("over %s the wheel moves the form by %v", name, scroll.Offset.Y)
		}
		m.cancel()
	}
}
