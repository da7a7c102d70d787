package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/settings"
)

func TestWordsFieldsAndBoxesStandAtOneLeftEdge(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewLook(settings.LightTheme, 1, false))
	words, small, tick, entry, field := Body("words"), Small("small"), NewCheck("tick", nil), NewEntry(""), NewEntry("")
	name := Label("name")
	button, notice := NewButton("do", nil, nil), Notice(Failure, "wrong")
	test.NewTempWindow(t, container.NewWithoutLayout()).SetContent(Rows(words, small, tick, entry, Form(name, field), button, notice))
	left := func(o fyne.CanvasObject) float32 { return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).X }
	for what, x := range map[string]float32{
		"words": left(words) + theme.InnerPadding(), "small words": left(small) + theme.InnerPadding(), "a name": left(name) + theme.InnerPadding(),
		"a box": left(tick) + theme.InnerPadding(), "a button": left(button), "a notice": left(notice),
	} {
		if x != left(entry) {
			t.Errorf("%s stands at %v, a field at %v", what, x, left(entry))
		}
	}
}
