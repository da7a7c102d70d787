package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// plate is a rounded rectangle with a border. Fyne computes for each pixel of one
// how far it is from the corners, and for each pixel of a plain one whether it is
// within; a computer that draws without a graphics card takes most of a frame for
// that. So a large plate is rounded in two strips only, and between them is a thick
// line, which takes half the time.
type plate struct {
	all          []fyne.CanvasObject
	whole        *canvas.Rectangle    // of a small plate
	strips       [4]*canvas.Rectangle // top and bottom, each as border and what is within
	middle       *canvas.Line         // from top to bottom, as thick as the plate is wide
	edges, sides [2]*canvas.Rectangle // on the left and on the right: the fill's edge, for a line's is not exact, and the border
	radius, line float32
}

// PlateLimit is from when on a plate is large, in square units. The pictures
// raise it, for the painter of Fyne's tests moves a thick line where it is
// clipped, and the window's does not.
var PlateLimit float32 = 40 * 1024

func newPlate() *plate {
	p := &plate{middle: canvas.NewLine(nil)}
	add := func() *canvas.Rectangle {
		r := canvas.NewRectangle(nil)
		p.all = append(p.all, r)
		return r
	}
	p.whole = add()
	for i := range p.strips {
		p.strips[i] = add()
	}
	p.all = append(p.all, p.middle)
	for i := range p.edges {
		p.edges[i], p.sides[i] = add(), add()
	}
	return p
}

// paint sets how it looks; border nil is none.
func (p *plate) paint(radius float32, fill, border color.Color) {
	p.radius, p.line = radius, 0
	if border != nil {
		p.line = 1
	}
	p.whole.CornerRadius, p.whole.StrokeColor, p.whole.StrokeWidth = radius, border, p.line
	p.whole.FillColor, p.middle.StrokeColor = fill, fill
	for i, s := range p.strips {
		s.FillColor = border
		r := radius
		if i%2 == 1 { // within the border
			s.FillColor, r = fill, radius-p.line
		}
		if i < 2 {
			s.TopLeftCornerRadius, s.TopRightCornerRadius = r, r
		} else {
			s.BottomLeftCornerRadius, s.BottomRightCornerRadius = r, r
		}
	}
	for i := range p.edges {
		p.edges[i].FillColor, p.sides[i].FillColor = fill, border
	}
	for _, o := range p.all {
		o.Refresh()
	}
}

func (p *plate) resize(size fyne.Size) {
	const reach = 3.0 // the edge of a rounded rectangle is soft, so what is plain reaches into it
	strip := p.radius + reach
	large := size.Width*size.Height > PlateLimit && size.Height > 3*strip && size.Width > 3*strip
	for _, o := range p.all {
		SetVisible(o, large == (o != p.whole))
	}
	for i := range p.strips {
		SetVisible(p.strips[i], large && p.radius > 0 && (i%2 == 1 || p.line > 0))
	}
	for i := range p.sides {
		SetVisible(p.sides[i], large && p.line > 0)
	}
	if !large {
		p.whole.Resize(size)
		return
	}
	w, h, line := size.Width, size.Height, p.line
	SetBounds(p.strips[0], 0, 0, w, strip)
	SetBounds(p.strips[1], line, line, w-2*line, strip-line)
	SetBounds(p.strips[2], 0, h-strip, w, strip)
	SetBounds(p.strips[3], line, h-strip, w-2*line, strip-line)
	top := p.radius
	p.middle.StrokeWidth = w - 2*line - reach
	SetBounds(p.middle, w/2, top, 0, h-2*top)
	for i, x := range []float32{line, w - line - reach} {
		SetBounds(p.edges[i], x, top, reach, h-2*top)
	}
	for i, x := range []float32{0, w - line} {
		SetBounds(p.sides[i], x, top, line, h-2*top)
	}
}
