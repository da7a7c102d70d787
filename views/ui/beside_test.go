package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestAButtonGoesBelowAFieldThatWouldCutItsPlaceholder(t *testing.T) {
	test.NewTempApp(t)
	field, button := NewEntry("Topic to subscribe to"), NewButton("Subscribe", nil, nil)
	box := Beside(field, button, field.PlaceholderWidth)
	enough := field.PlaceholderWidth() + besideGap + button.MinSize().Width
	for _, wide := range []float32{enough, enough - 1} {
		box.Resize(fyne.NewSize(wide, box.MinSize().Height))
		if below := button.Position().Y > 0; below != (wide < enough) || field.Size().Width < field.PlaceholderWidth() {
			t.Errorf("%.0f wide, of %.0f: the field has %v, the button is at %v", wide, enough, field.Size(), button.Position())
		}
	}
	if high := button.Position().Y + button.Size().Height; box.MinSize().Height < high {
		t.Errorf("both need %.0f, and ask for %.0f", high, box.MinSize().Height)
	}
	button.Hide()
	box.Resize(fyne.NewSize(enough/2, 40))
	if field.Size().Width != enough/2 {
		t.Errorf("a hidden button takes room: the field has %v", field.Size())
	}
}
