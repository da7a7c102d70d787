package ui

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/settings"
)

func TestWordsFieldsAndBoxesStandAtOneLeftEdge(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewLook(settings.LightTheme, 1, false))
	words, small, tick, entry, field := Body("words"), Small("small"), NewCheck("tick", nil), NewEntry(""), NewEntry("")
	name, first := Label("name"), Label("first of a row")
	button, notice := NewButton("do", nil, nil), Notice(Failure, "wrong")
	test.NewTempWindow(t, container.NewWithoutLayout()).SetContent(Rows(words, small, tick, entry, Form(name, field), Row(first, NewButton("do", nil, nil)), button, notice))
	left := func(o fyne.CanvasObject) float32 { return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).X }
	for what, x := range map[string]float32{
		"words": left(words) + theme.InnerPadding(), "small words": left(small) + theme.InnerPadding(), "a name": left(name) + theme.InnerPadding(), "a row": left(first) + theme.InnerPadding(),
		"a box": left(tick) + theme.InnerPadding(), "a button": left(button), "a notice": left(notice),
	} {
		if x != left(entry) {
			t.Errorf("%s stands at %v, a field at %v", what, x, left(entry))
		}
	}
}

func TestAFocusedBoxHasItsRingInsideTheDialogsScroll(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewLook(settings.LightTheme, 1, false))
	tick := NewCheck("tick", nil)
	ring := test.WidgetRenderer(tick).(*ringRenderer)
	tick.Resize(fyne.NewSize(200, 40))
	ring.Layout(tick.Size())
	if at := ring.ring.Position(); at.X < 0 || at.Y < 0 || ring.ring.Size() != tick.Size() {
		t.Errorf("the ring of a box is at %v, %v large, around a box %v large", at, ring.ring.Size(), tick.Size())
	}
}

func TestAFieldThatCannotBeTypedIntoHasAnotherGround(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewLook(settings.LightTheme, 1, false))
	e := NewEntry("")
	test.NewTempWindow(t, e)
	ground := func() color.Color { return test.WidgetRenderer(e).Objects()[0].(*canvas.Rectangle).FillColor }
	if ground() != Color(theme.ColorNameInputBackground) {
		t.Errorf("a field's ground is %v", ground())
	}
	e.Disable()
	if ground() != Color(theme.ColorNameDisabledButton) {
		t.Errorf("the ground of a disabled field is %v", ground())
	}
	e.Enable()
	if ground() != Color(theme.ColorNameInputBackground) {
		t.Errorf("the ground of a field that is enabled again is %v", ground())
	}
}

func TestTheGapBetweenColumnsIsThePagesGroundAndCanBeDragged(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewLook(settings.LightTheme, 1, false))
	left, right := NewButton("l", nil, nil), NewButton("r", nil, nil)
	split := HSplit(left, right)
	test.NewTempWindow(t, split).Resize(fyne.NewSize(400, 200))
	gap := split.Trailing.(*fyne.Container).Objects[0]
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject
	if from, to := at(left).X+left.Size().Width, at(right).X; at(gap).X != from || gap.Size().Width != to-from {
		t.Errorf("the gap is from %v, %v wide; the columns leave %v to %v", at(gap).X, gap.Size().Width, from, to)
	}
	was := at(right).X
	test.Drag(fyne.CurrentApp().Driver().CanvasForObject(split), fyne.NewPos(was-8, 100), 50, 0)
	if at(right).X == was {
		t.Error("dragging the gap moves nothing")
	}
}
