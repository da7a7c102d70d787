package ui

import (
	"fyne.io/fyne/v2"
)

func SetVisible(o fyne.CanvasObject, yes bool) {
	if yes == o.Visible() {
		return
	}
	if yes {
		o.Show()
	} else {
		o.Hide()
	}
}
