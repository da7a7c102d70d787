package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// openMenu shows a menu of four items, of which the third is disabled.
func openMenu(t *testing.T, at fyne.Position) (w fyne.Window, chosen *string) {
	t.Helper()
	test.NewApp()
	w = test.NewWindow(canvas.NewRectangle(nil))
	w.Resize(fyne.NewSize(400, 300))
	t.Cleanup(w.Close)
	chosen = new(string)
	item := func(name string) *fyne.MenuItem { return fyne.NewMenuItem(name, func() { *chosen = name }) }
	off := item("Delete")
	off.Disabled = true
	newMenu(w.Canvas(), []*fyne.MenuItem{item("Rename"), fyne.NewMenuItemSeparator(), off, item("Colour")}).show(menuLayout{at: at})
	return w, chosen
}

func keys(w fyne.Window, names ...fyne.KeyName) {
	for _, name := range names {
		if f := w.Canvas().Focused(); f != nil {
			f.TypedKey(&fyne.KeyEvent{Name: name})
		}
	}
}

func TestAMenuIsWalkedWithTheKeyboard(t *testing.T) {
	for want, names := range map[string][]fyne.KeyName{
		"Rename": {fyne.KeyDown, fyne.KeyReturn},
		"Colour": {fyne.KeyDown, fyne.KeyDown, fyne.KeySpace}, // over the line and what is disabled
		"":       {fyne.KeyReturn, fyne.KeyEscape},
	} {
		w, chosen := openMenu(t, fyne.NewPos(10, 10))
		keys(w, names...)
		if *chosen != want || w.Canvas().Overlays().Top() != nil {
			t.Errorf("%v chose %q, want %q", names, *chosen, want)
		}
	}
	w, chosen := openMenu(t, fyne.NewPos(10, 10))
	w.Canvas().Focused().TypedRune('c')
	keys(w, fyne.KeyUp, fyne.KeyUp, fyne.KeyEnter) // to the first, and round
	if *chosen != "Colour" {
		t.Errorf("chose %q", *chosen)
	}
}

func TestAMenuStaysInTheWindow(t *testing.T) {
	for _, at := range []fyne.Position{{X: -50, Y: -50}, {X: 10, Y: 10}, {X: 900, Y: 900}} {
		w, _ := openMenu(t, at)
		plate := w.Canvas().Overlays().Top().(*fyne.Container).Objects[1]
		p, s := plate.Position(), plate.Size()
		if p.X < 0 || p.Y < 0 || p.X+s.Width > 400 || p.Y+s.Height > 300 {
			t.Errorf("at %v it lies at %v, %v large", at, p, s)
		}
	}
}

func TestAClickBesideAMenuClosesIt(t *testing.T) {
	w, chosen := openMenu(t, fyne.NewPos(10, 10))
	test.TapCanvas(w.Canvas(), fyne.NewPos(390, 290))
	if w.Canvas().Overlays().Top() != nil || *chosen != "" {
		t.Errorf("chose %q", *chosen)
	}
}

func TestASelectsOptionsAreAboveItWhereThereIsNoRoomBelow(t *testing.T) {
	test.NewApp()
	options := make([]string, 40)
	for i := range options {
		options[i] = string(rune('a' + i%26))
	}
	got := -1
	s := NewSelect(options[:26], func(i int) { got = i })
	box := container.NewWithoutLayout(s)
	w := test.NewWindow(box)
	defer w.Close()
	w.Resize(fyne.NewSize(400, 300))
	s.Resize(fyne.NewSize(200, 40))
	s.Move(fyne.NewPos(20, 240))
	test.Tap(s)
	plate := w.Canvas().Overlays().Top().(*fyne.Container).Objects[1]
	top := fyne.CurrentApp().Driver().AbsolutePositionForObject(s).Y
	if p := plate.Position(); p.Y < 0 || p.Y+plate.Size().Height > top {
		t.Errorf("the options lie at %v, %v large, over the select at %v", p, plate.Size(), top)
	}
	w.Canvas().Focused().TypedRune('x')
	keys(w, fyne.KeyReturn)
	if got != 23 || w.Canvas().Focused() != s {
		t.Errorf("chose %d, the focus is on %T", got, w.Canvas().Focused())
	}
	if !slices.Contains(options, s.Selected) {
		t.Errorf("shows %q", s.Selected)
	}
}
