package viewtest

import (
	"image"
	"image/draw"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"lamplighter/views/ui"
)

// paint draws a canvas as the window does. Fyne's own picture forgets a scroll's
// edge inside another one's, and moves a rounded box that begins before its
// scroll does; so each part is painted alone, and clipped here.
func paint(c fyne.Canvas) image.Image {
	size := c.Size()
	p := &painter{picture: image.NewNRGBA(image.Rect(0, 0, int(size.Width), int(size.Height)))}
	draw.Draw(p.picture, p.picture.Bounds(), image.NewUniform(ui.Color(theme.ColorNameBackground)), image.Point{}, draw.Src)
	p.walk(c.Content(), fyne.Position{}, p.picture.Bounds())
	for _, o := range c.Overlays().List() {
		p.walk(o, fyne.Position{}, p.picture.Bounds())
	}
	return p.picture
}

type painter struct{ picture *image.NRGBA }

// walk paints what can be seen of o inside clip.
func (p *painter) walk(o fyne.CanvasObject, at fyne.Position, clip image.Rectangle) {
	if o == nil || !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	_, scrolls := o.(fyne.Scrollable)
	if scrolls {
		clip = clip.Intersect(pixels(at, o.Size()))
	}
	switch v := o.(type) {
	case *fyne.Container:
		for _, child := range v.Objects {
			p.walk(child, at, clip)
		}
	case fyne.Widget:
		r := test.WidgetRenderer(v)
		if _, clips := r.(interface{ IsClip() }); clips {
			clip = clip.Intersect(pixels(at, o.Size()))
		}
		for _, child := range r.Objects() {
			p.walk(child, at, clip)
		}
	default:
		p.part(o, at, clip)
	}
}

// bleed is how far a part may be drawn beyond its own size: strokes, slanted letters.
const bleed = 8

// part paints one part whole, and takes over what lies inside clip.
func (p *painter) part(o fyne.CanvasObject, at fyne.Position, clip image.Rectangle) {
	room := o.Size().Max(o.MinSize()).AddWidthHeight(2*bleed, 2*bleed)
	whole := pixels(at.SubtractXY(bleed, bleed), room)
	inside := whole.Intersect(clip)
	if inside.Empty() {
		return
	}
	// The part keeps its place, for it is on the window's canvas too. What lies
	// between two pixels is rounded as the window rounds it.
	box := container.NewWithoutLayout(o)
	box.Move(fyne.NewPos(at.X-float32(whole.Min.X), at.Y-float32(whole.Min.Y)).Subtract(o.Position()))
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(container.NewWithoutLayout(box))
	c.Resize(room)
	draw.Draw(p.picture, inside, c.Capture(), inside.Min.Sub(whole.Min), draw.Over)
}

// pixels is where a part lies, at one pixel a unit.
func pixels(at fyne.Position, size fyne.Size) image.Rectangle {
	round := func(f float32) int { return int(math.Round(float64(f))) }
	return image.Rect(round(at.X), round(at.Y), round(at.X+size.Width), round(at.Y+size.Height))
}
