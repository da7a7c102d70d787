package ui

import (
	"testing"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

func TestWhatIsWrongIsSaidBelowAndMarksItsFieldAlone(t *testing.T) {
	test.NewTempApp(t)
	a, b, w := NewEntry(""), NewEntry(""), NewWrong()
	win := test.NewTempWindow(t, container.NewVBox(a, b, w.Box))
	marked := func() (got [2]bool) {
		for i, e := range []*Entry{a, b} {
			got[i] = e.wrong
		}
		return got
	}
	if w.Box.Visible() {
		t.Error("something is wrong from the start")
	}
	a.SetText("12345")
	if w.Refuse(a, "too long") || !w.Box.Visible() || w.Text() != "too long" || marked() != [2]bool{true, false} {
		t.Errorf("says %q, marks %v", w.Text(), marked())
	}
	if win.Canvas().Focused() != a || a.SelectedText() != "12345" {
		t.Error("the next key does not type it anew")
	}
	if w.Set(b, "empty"); marked() != [2]bool{false, true} {
		t.Errorf("another field: marks %v", marked())
	}
	if w.Set(b, ""); w.Box.Visible() || marked() != [2]bool{} {
		t.Errorf("nothing is wrong any more: marks %v", marked())
	}
}
