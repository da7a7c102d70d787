package views

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// plate is a rounded rectangle with a border. Fyne computes how far each pixel of
// one is from its corners, which on a computer that draws without a graphics
// card takes twice the time of a plain one; so a large plate is rounded in two
// strips only, and plain between them.
type plate struct {
	all          []fyne.CanvasObject
	whole        *canvas.Rectangle    // of a small plate
	strips       [4]*canvas.Rectangle // top and bottom, each as border and what is within
	sides        [2]*canvas.Rectangle // the border on the left and on the right
	middle       *canvas.Rectangle
	radius, line float32
}

// plateLimit is from when on a plate is large, in square units.
const plateLimit = 64 * 1024

func newPlate() *plate {
	p := &plate{}
	add := func() *canvas.Rectangle {
		r := canvas.NewRectangle(nil)
		p.all = append(p.all, r)
		return r
	}
	p.whole = add()
	for i := range p.strips {
		p.strips[i] = add()
	}
	for i := range p.sides {
		p.sides[i] = add()
	}
	p.middle = add()
	return p
}

// paint sets how it looks; border nil is none.
func (p *plate) paint(radius float32, fill, border color.Color) {
	p.radius, p.line = radius, 0
	if border != nil {
		p.line = 1
	}
	p.whole.CornerRadius, p.whole.StrokeColor, p.whole.StrokeWidth = radius, border, p.line
	p.whole.FillColor, p.middle.FillColor = fill, fill
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
	for _, s := range p.sides {
		s.FillColor = border
	}
	for _, o := range p.all {
		o.Refresh()
	}
}

func (p *plate) resize(size fyne.Size) {
	strip := 2 * p.radius
	large := size.Width*size.Height > plateLimit && size.Height > 3*strip && size.Width > 3*strip && p.radius > 1
	for _, o := range p.all {
		show(o, large == (o != p.whole))
	}
	if !large {
		p.whole.Resize(size)
		return
	}
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	// An edge of a rounded rectangle is soft, so the plain ones reach into it.
	const reach = 3
	w, h, line := size.Width, size.Height, p.line
	put(p.strips[0], 0, 0, w, strip)
	put(p.strips[1], line, line, w-2*line, strip-line)
	put(p.strips[2], 0, h-strip, w, strip)
	put(p.strips[3], line, h-strip, w-2*line, strip-line)
	put(p.sides[0], 0, strip-reach, line, h-2*(strip-reach))
	put(p.sides[1], w-line, strip-reach, line, h-2*(strip-reach))
	put(p.middle, line, strip-reach, w-2*line, h-2*(strip-reach))
}
