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
// have. The radius is the control's.
func WithRing(r fyne.WidgetRenderer, radius float32, focused func() bool) fyne.WidgetRenderer {
	ring := canvas.NewRectangle(color.Transparent)
	ring.CornerRadius, ring.StrokeWidth = radius, RingWidth
	if radius != canvas.RadiusMaximum {
		ring.CornerRadius += ringGap + RingWidth
	}
	w := &ringRenderer{r, ring, focused}
	w.show()
	return w
}

type ringRenderer struct {
	fyne.WidgetRenderer
	ring    *canvas.Rectangle
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
	const out = ringGap + RingWidth
	r.WidgetRenderer.Layout(size)
	r.ring.Resize(size.AddWidthHeight(2*out, 2*out))
	r.ring.Move(fyne.NewSquareOffsetPos(-out))
}

func (r *ringRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.show()
	r.ring.Refresh()
}
