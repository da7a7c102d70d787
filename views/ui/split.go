package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// HSplit puts two columns beside each other, with a gap between them that can be
// dragged. Fyne draws the gap as a bar, as dark as a shadow.
func HSplit(left, right fyne.CanvasObject) *container.Split {
	gap, handle := canvas.NewRectangle(Color(theme.ColorNameBackground)), canvas.NewRectangle(Color(theme.ColorNameInputBorder))
	handle.CornerRadius = handleWide / 2
	return container.NewHSplit(left, container.New(gapLayout{}, gap, handle, right))
}

// The handle's size, in units of the screen.
const (
	handleWide = Unit / 2
	handleHigh = Unit * 4
)

// gapLayout covers the gap to the left of the right column, and draws a handle there.
type gapLayout struct{}

func (gapLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	gap, handle, right := objects[0], objects[1], objects[2]
	wide := theme.Size(theme.SizeNameSplitThickness)
	SetBounds(gap, -wide, 0, wide, size.Height)
	SetBounds(handle, -(wide+handleWide)/2, (size.Height-handleHigh)/2, handleWide, handleHigh)
	right.Move(fyne.NewPos(0, 0))
	right.Resize(size)
}

func (gapLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[2].MinSize() }
