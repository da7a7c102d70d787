package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// RingWidth is how thick the ring around what has the keyboard is.
const RingWidth = 3

// ringGap is between a control and its ring.
const ringGap = 2

// ringRoom is how far a ring is around its control.
const ringRoom = ringGap + RingWidth

// WithRing draws a ring around a control while focused reports that it has the
// keyboard: the one sign of it in the window, beside the tint that Fyne's own menus
// have. The radius is the control's. What has an edge, or room
// around its words, has the ring in its place, any other control around itself.
func WithRing(r fyne.WidgetRenderer, radius float32, edge bool, focused func() bool) fyne.WidgetRenderer {
	ring := canvas.NewRectangle(color.Transparent)
	w := &ringRenderer{overlay: overlay{r, ring}, ring: ring, focused: focused}
	w.ring.CornerRadius, w.ring.StrokeWidth = radius, RingWidth
	if !edge {
		w.out = ringRoom
	}
	if radius != canvas.RadiusMaximum {
		w.ring.CornerRadius += w.out
	}
	w.show()
	return w
}

type ringRenderer struct {
	overlay
	ring    *canvas.Rectangle
	out     float32 // how far the ring is around the control
	focused func() bool
}

func (r *ringRenderer) show() {
	r.ring.StrokeColor = Color(ColorRing)
	SetVisible(r.ring, r.focused())
}

func (r *ringRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.ring.Resize(size.AddWidthHeight(2*r.out, 2*r.out))
	r.ring.Move(fyne.NewSquareOffsetPos(-r.out))
}

func (r *ringRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.show()
	r.ring.Refresh()
}

// edgeWidth is how thick the edge is of a field with something wrong in it.
const edgeWidth = 2

// edgeRenderer draws that edge, inside the ring where the field has the keyboard, and
// the ground of a field that can't be typed into, which Fyne leaves as it is.
type edgeRenderer struct {
	overlay
	edge  *canvas.Rectangle
	entry *Entry
}

func newEdge(r fyne.WidgetRenderer, e *Entry) fyne.WidgetRenderer {
	edge := canvas.NewRectangle(color.Transparent)
	edge.StrokeWidth = edgeWidth
	d := &edgeRenderer{overlay: overlay{r, edge}, edge: edge, entry: e}
	d.show()
	return d
}

func (r *edgeRenderer) show() {
	if ground, ok := r.WidgetRenderer.Objects()[0].(*canvas.Rectangle); ok && r.entry.Disabled() {
		ground.FillColor = Color(theme.ColorNameDisabledButton)
	}
	r.edge.StrokeColor = Color(theme.ColorNameError)
	SetVisible(r.edge, r.entry.wrong)
	in := float32(0)
	if r.entry.focused {
		in = RingWidth
	}
	r.edge.CornerRadius = Unit - in
	r.edge.Move(fyne.NewPos(in, in))
	r.edge.Resize(r.entry.Size().SubtractWidthHeight(2*in, 2*in))
}

func (r *edgeRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.show()
}

func (r *edgeRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.show()
	r.edge.Refresh()
}
