package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// RingWidth is how thick the ring around what has the keyboard is.
const RingWidth = 3

// ringGap is between a control and its ring.
const ringGap = 2

// WithRing draws a ring around a control while focused reports that it has the
// keyboard: the one sign of it in the window, beside the tint that Fyne's own menus
// have. The radius is the control's. What has an edge has the ring in its place, any
// other control around itself.
func WithRing(r fyne.WidgetRenderer, radius float32, edge bool, focused func() bool) fyne.WidgetRenderer {
	w := &ringRenderer{WidgetRenderer: r, ring: canvas.NewRectangle(color.Transparent), focused: focused}
	w.ring.CornerRadius, w.ring.StrokeWidth = radius, RingWidth
	if !edge {
		w.out = ringGap + RingWidth
	}
	if radius != canvas.RadiusMaximum {
		w.ring.CornerRadius += w.out
	}
	w.show()
	return w
}

type ringRenderer struct {
	fyne.WidgetRenderer
	ring    *canvas.Rectangle
	out     float32 // how far the ring is around the control
	focused func() bool
}

func (r *ringRenderer) show() {
	r.ring.StrokeColor = Color(ColorRing)
	SetVisible(r.ring, r.focused())
}

func (r *ringRenderer) Objects() []fyne.CanvasObject {
	all := r.WidgetRenderer.Objects()
	return append(all[:len(all):len(all)], r.ring)
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
