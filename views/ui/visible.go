package ui

import (
	"fyne.io/fyne/v2"
)

// SetVisible shows or hides an object. One that is so already is not drawn again.
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

// ShowOnly has a container hold one object. It is laid out anew only where that is news.
func ShowOnly(c *fyne.Container, o fyne.CanvasObject) {
	if len(c.Objects) != 1 || c.Objects[0] != o {
		c.Objects = []fyne.CanvasObject{o}
		c.Refresh()
	}
}

// Either is the first of two values where something is so, else the second.
func Either[T any](so bool, yes, no T) T {
	if so {
		return yes
	}
	return no
}
