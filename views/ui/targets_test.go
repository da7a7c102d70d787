package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/settings"
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

func TestAButtonPressedByKeyboardKeepsTheFocus(t *testing.T) {
	test.NewTempApp(t)
	pressed, entry := 0, NewEntry("")
	b := NewButton("x", nil, func() { pressed++ })
	c := test.NewTempWindow(t, Rows(b, entry)).Canvas()
	for n, name := range []fyne.KeyName{fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter} {
		c.Focus(b)
		b.TypedKey(&fyne.KeyEvent{Name: name})
		if pressed != n+1 || c.Focused() != b {
			t.Errorf("%s: pressed %d times, and the focus is at %v", name, pressed, c.Focused())
		}
	}
	b.OnTapped = func() { c.Focus(entry) }
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if c.Focused() != entry {
		t.Error("what the button does can't move the focus")
	}
}

func TestWhatIsTypedAfterANewTextIsWhole(t *testing.T) {
	test.NewTempApp(t)
	unseen := NewPasswordEntry("") // on no screen yet
	unseen.SelectAll()
	unseen.SetText("x")
	for _, e := range []*Entry{NewEntry(""), NewPasswordEntry("")} {
		c := test.NewTempWindow(t, e).Canvas()
		e.SetText("class/lamp-01/#")
		c.Focus(e)
		e.SelectAll()
		e.SetText("a")
		test.Type(e, "bcd")
		if e.Text != "abcd" {
			t.Errorf("%q", e.Text)
		}
	}
}

func TestAButtonThatIsGoneHasNoFocusAndIsNotPressed(t *testing.T) {
	test.NewTempApp(t)
	pressed := 0
	b := NewButton("x", nil, func() { pressed++ })
	page := Rows(b)
	c := test.NewTempWindow(t, page).Canvas()
	key := &fyne.KeyEvent{Name: fyne.KeyReturn}
	c.Focus(b)
	b.TypedKey(key)
	page.Hide()
	b.TypedKey(key)
	if pressed != 1 || c.Focused() != nil {
		t.Errorf("hidden since: pressed %d times, and the focus is at %v", pressed, c.Focused())
	}
	page.Show()
	c.Focus(b)
	b.OnTapped = page.Hide
	b.TypedKey(key)
	if c.Focused() != nil {
		t.Error("what hid itself has the focus")
	}
}

func TestLargeTargetsMakeRowsBoxesAndThumbsLarger(t *testing.T) {
	a := test.NewTempApp(t)
	heights := func(large bool) map[string]float32 {
		a.Settings().SetTheme(NewLook(settings.LightTheme, 1, large))
		list := NewLineList(func() int { return 1 }, func() ListLine { return NewCodeLine(false) }, func(int, ListLine, bool) {})
		menu := widget.NewPopUpMenu(fyne.NewMenu("", fyne.NewMenuItem("x", nil), fyne.NewMenuItem("y", nil)), test.Canvas())
		return map[string]float32{
			"list's row": list.lineHeight(), "menu's row": menu.MinSize().Height / 2, "slider": widget.NewSlider(0, 1).MinSize().Height, "box": theme.IconInlineSize(),
		}
	}
	usual := heights(false)
	for name, h := range heights(true) {
		least := LargeRow
		if name == "slider" || name == "box" {
			least = 28
		}
		if h < least || h < usual[name] {
			t.Errorf("a %s is %v high, usually %v", name, h, usual[name])
		}
	}
	if usual["list's row"] >= LargeRow {
		t.Errorf("without large targets a list's row is %v high", usual["list's row"])
	}
}

func TestASelectThatFitsItsOptionsHasRoomForTheWidest(t *testing.T) {
	test.NewTempApp(t)
	options := []string{"x", "a much wider option than the others", "y"}
	plain, fits := NewSelect(options, nil), NewSelect(options, nil)
	fits.FitOptions()
	need := fyne.MeasureText(options[1], theme.TextSize(), fyne.TextStyle{}).Width
	if plain.MinSize().Width > need || fits.MinSize().Width < need {
		t.Errorf("%v wide and %v, which needs %v", plain.MinSize().Width, fits.MinSize().Width, need)
	}
}
