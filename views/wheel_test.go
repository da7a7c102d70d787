package views

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func TestTheWheelScrollsAFormAlsoOverItsFields(t *testing.T) {
	win, _ := viewtest.NewWindow(t, nil)
	list := ui.Rows()
	for range 40 {
		list.Add(ui.NewEntry(""))
	}
	for name, e := range map[string]*ui.Entry{"a password": ui.NewPasswordEntry(""), "a line": ui.NewEntry("")} {
		scroll := container.NewVScroll(ui.Rows(e, list))
		m := win.Shell.Ask(ui.Question{Title: "form", Content: ui.Rows(), Yes: "yes"})
		m.Overlay.Objects = []fyne.CanvasObject{scroll}
		m.Overlay.Layout = &ui.StackLayout{}
		scroll.Resize(fyne.NewSize(300, 300))
		c := win.Win.Canvas()
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(e)
		test.Scroll(c, at.AddXY(20, 10), 0, -30)
		if scroll.Offset.Y != 30 {
			t.Errorf("over %s the wheel moves the form by %v", name, scroll.Offset.Y)
		}
		m.Cancel()
	}
}
