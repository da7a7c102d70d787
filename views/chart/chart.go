// Package chart draws curves over time. It never reads or keeps messages: it is given points.
package chart

import (
	"image"
	"image/color"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/topics"
	"lamplighter/views/ui"
)

// Line is a curve with its name.
type Line struct {
	Name   string
	Points []topics.Point // the oldest first
}

// curveColor is the i-th curve's.
func curveColor(i int) color.NRGBA {
	return color.NRGBAModel.Convert(ui.Color(ui.CurveColors[i%len(ui.CurveColors)])).(color.NRGBA)
}

// The room around the curves.
const (
	chartLeft, chartBottom = ui.Unit * 8, ui.Unit * 3
	gridLines              = 4
)

// Chart draws curves over time. The wheel zooms around the pointer, dragging
// moves, the keys + − ← → do the same, 0 shows all.
type Chart struct {
	widget.BaseWidget
	Lines    []Line
	From, To int64 // what is in view; both 0 = all
	follow   time.Duration
	raster   *canvas.Raster
	labels   []*canvas.Text
	legend   []*canvas.Text
	ends     []*canvas.Text // the curves' numbers
	ring     *canvas.Rectangle
	low      float64
	high     float64
	first    int64 // in view
	last     int64
	oldest   int64 // there is
	newest   int64
}

var (
	_ fyne.Scrollable = (*Chart)(nil)
	_ fyne.Draggable  = (*Chart)(nil)
	_ fyne.Focusable  = (*Chart)(nil)
)

// New makes a chart without curves.
func New() *Chart {
	c := &Chart{ring: canvas.NewRectangle(color.Transparent)}
	c.ring.StrokeWidth, c.ring.CornerRadius = ui.RingWidth, ui.Unit/2
	c.ring.Hide()
	c.raster = canvas.NewRaster(c.draw)
	c.ExtendBaseWidget(c)
	return c
}

// Set replaces the curves; the view stays.
func (c *Chart) Set(lines []Line) {
	c.Lines = lines
	c.Refresh()
}

// Zoom shows the newest span; 0 shows all.
func (c *Chart) Zoom(span time.Duration) {
	c.From, c.To, c.follow = 0, 0, span
	c.Refresh()
}

// measure finds what is in view.
func (c *Chart) measure() {
	c.oldest, c.newest = math.MaxInt64, math.MinInt64
	for _, l := range c.Lines {
		if n := len(l.Points); n > 0 {
			c.oldest, c.newest = min(c.oldest, l.Points[0].At), max(c.newest, l.Points[n-1].At)
		}
	}
	if c.oldest > c.newest {
		c.oldest, c.newest = 0, 0
	}
	if c.newest == c.oldest {
		c.newest = c.oldest + int64(time.Second)
	}
	c.first, c.last = c.oldest, c.newest
	if c.From != 0 || c.To != 0 {
		c.first, c.last = c.From, c.To
	} else if c.follow > 0 {
		c.first = max(c.first, c.last-int64(c.follow))
	}
	c.measureValues()
}

// measureValues finds the lowest and the highest value in view, with some room.
// It halves, for the two may be as far apart as no number is.
func (c *Chart) measureValues() {
	c.low, c.high = math.Inf(1), math.Inf(-1)
	for _, l := range c.Lines {
		for _, p := range l.Points {
			if p.At >= c.first && p.At <= c.last {
				c.low, c.high = min(c.low, p.V), max(c.high, p.V)
			}
		}
	}
	if c.low > c.high {
		c.low, c.high = 0, 1
	}
	pad := (c.high/2 - c.low/2) * 0.12
	if c.high-pad == c.high || c.low+pad == c.low {
		pad = max(1, math.Abs(c.high)/1000)
	}
	c.low, c.high = roundSteps(max(c.low-pad, -math.MaxFloat64), min(c.high+pad, math.MaxFloat64))
}

// roundSteps widens a range until the lines of its grid are at numbers that a person
// would choose. What is too small or too large for that stays.
func roundSteps(low, high float64) (float64, float64) {
	step := high/gridLines - low/gridLines
	if size := max(math.Abs(low), math.Abs(high)); !(step > size*1e-9) || size > 1e15 || step < 1e-9 {
		return low, high
	}
	ten := math.Pow(10, math.Floor(math.Log10(step)))
	for _, m := range []float64{1, 2, 2.5, 3, 4, 5, 10, 20, 25} {
		bottom := math.Floor(low/(m*ten)) * m * ten
		if top := bottom + gridLines*m*ten; top >= high {
			return bottom, top
		}
	}
	return low, high
}

// height is where a value is, from 0 at the top to 1 at the bottom.
func (c *Chart) height(v float64) float64 { return 1 - (v/2-c.low/2)/(c.high/2-c.low/2) }

// width is where a time is, from 0 on the left to 1 on the right.
func (c *Chart) width(at int64) float64 { return float64(at-c.first) / float64(c.last-c.first) }

// draw makes the picture of the curves, in real pixels.
func (c *Chart) draw(w, h int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	if w < 2 || h < 2 {
		return img
	}
	grid := color.NRGBAModel.Convert(ui.Color(theme.ColorNameSeparator)).(color.NRGBA)
	for i := range gridLines + 1 {
		y := (h - 1) * i / gridLines
		for x := range w {
			img.SetNRGBA(x, y, grid)
		}
	}
	for i, l := range c.Lines {
		c.drawLine(img, l.Points, curveColor(i), float64(w), float64(h))
	}
	return img
}

// drawLine fills, column by column, what the curve passes through.
func (c *Chart) drawLine(img *image.NRGBA, points []topics.Point, tint color.NRGBA, w, h float64) {
	const thick = 1.4
	px := func(p topics.Point) (x, y float64) {
		return c.width(p.At) * (w - 1), c.height(p.V) * (h - 1)
	}
	for i, p := range points {
		x1, y1 := px(p)
		if i == 0 || len(points) < 60 {
			dot(img, x1, y1, 3, tint)
		}
		if i == 0 {
			continue
		}
		x0, y0 := px(points[i-1])
		if x1 < 0 || x0 > w {
			continue
		}
		for x := max(0, math.Floor(x0)); x <= min(w-1, math.Ceil(x1)); x++ {
			a, b := along(x-0.5, x0, y0, x1, y1), along(x+0.5, x0, y0, x1, y1)
			span(img, int(x), min(a, b)-thick, max(a, b)+thick, tint)
		}
	}
}

// along is the height of a stretch at x, or at its nearer end.
func along(x, x0, y0, x1, y1 float64) float64 {
	if x1 <= x0 {
		if x < x0 {
			return y0
		}
		return y1
	}
	f := min(max((x-x0)/(x1-x0), 0), 1)
	return y0 + (y1-y0)*f
}

// span paints a column from y0 to y1 with soft ends.
func span(img *image.NRGBA, x int, y0, y1 float64, tint color.NRGBA) {
	h := img.Rect.Dy()
	for y := max(0, int(math.Floor(y0))); y <= min(h-1, int(math.Ceil(y1))); y++ {
		cover := min(float64(y)+1, y1) - max(float64(y), y0)
		if cover <= 0 {
			continue
		}
		o := img.PixOffset(x, y)
		if a := uint8(min(cover, 1) * 255); a >= img.Pix[o+3] || img.Pix[o] != tint.R {
			img.Pix[o], img.Pix[o+1], img.Pix[o+2], img.Pix[o+3] = tint.R, tint.G, tint.B, max(a, img.Pix[o+3])
		}
	}
}

func dot(img *image.NRGBA, x, y, r float64, tint color.NRGBA) {
	for dx := -r; dx <= r; dx++ {
		if px := int(x + dx); px >= 0 && px < img.Rect.Dx() {
			half := math.Sqrt(r*r - dx*dx)
			span(img, px, y-half, y+half, tint)
		}
	}
}

// inner is where the curves are.
func (c *Chart) inner() (at fyne.Position, size fyne.Size) {
	top := float32(len(c.Lines))*theme.CaptionTextSize()*1.5 + ui.Unit
	return fyne.NewPos(chartLeft, top), fyne.NewSize(max(1, c.Size().Width-chartLeft-ui.Unit), max(1, c.Size().Height-top-chartBottom))
}

// Scrolled zooms around the pointer.
func (c *Chart) Scrolled(e *fyne.ScrollEvent) {
	at, size := c.inner()
	c.Scale(math.Pow(0.9, float64(e.Scrolled.DY)/10), float64((e.Position.X-at.X)/size.Width))
}

// Bounds of the time in view.
const (
	shortestView = float64(time.Millisecond)
	longestView  = float64(10 * time.Second) // or four times what there is
)

// Scale makes the time in view longer or shorter around a place between 0 and 1.
func (c *Chart) Scale(by, around float64) {
	c.measure()
	span := float64(c.last - c.first)
	most := max(longestView, 4*float64(c.newest-c.oldest), span)
	by = min(max(by, shortestView/span), most/span)
	middle := float64(c.first) + span*min(max(around, 0), 1)
	c.setRange(middle-(middle-float64(c.first))*by, middle+(float64(c.last)-middle)*by)
}

func (c *Chart) move(by float64) {
	c.measure()
	d := float64(c.last-c.first) * by
	c.setRange(float64(c.first)+d, float64(c.last)+d)
}

// setRange brings a stretch of time into view, or the nearest one of which at least a
// twentieth is of a time that there is something of.
func (c *Chart) setRange(from, to float64) {
	edge := (to - from) / 20
	back := max(from+edge-float64(c.newest), 0) + min(to-edge-float64(c.oldest), 0)
	c.From, c.To = int64(from-back), int64(to-back)
	c.Refresh()
}

// Dragged moves through time.
func (c *Chart) Dragged(e *fyne.DragEvent) {
	_, size := c.inner()
	c.move(float64(-e.Dragged.DX / size.Width))
}

// DragEnd is nothing to do.
func (c *Chart) DragEnd() {}

// Tapped takes the keyboard.
func (c *Chart) Tapped(*fyne.PointEvent) {
	ui.TakeFocus(c)
}

// FocusGained shows where the keyboard is.
func (c *Chart) FocusGained() { ui.SetVisible(c.ring, true) }

// FocusLost hides it.
func (c *Chart) FocusLost() { ui.SetVisible(c.ring, false) }

// TypedKey moves through time.
func (c *Chart) TypedKey(e *fyne.KeyEvent) {
	switch {
	case ui.PassKey(c, e):
	case e.Name == fyne.KeyLeft:
		c.move(-0.2)
	case e.Name == fyne.KeyRight:
		c.move(0.2)
	case e.Name == fyne.KeyUp:
		c.Scale(0.7, 0.5)
	case e.Name == fyne.KeyDown:
		c.Scale(1/0.7, 0.5)
	}
}

// TypedRune zooms.
func (c *Chart) TypedRune(r rune) {
	switch r {
	case '+', '=':
		c.Scale(0.7, 0.5)
	case '-':
		c.Scale(1/0.7, 0.5)
	case '0':
		c.Zoom(0)
	}
}

// MinSize leaves room for the numbers.
func (c *Chart) MinSize() fyne.Size { return fyne.NewSize(ui.Unit*24, ui.Unit*16*ui.TextFactor()) }

// CreateRenderer draws axes, names and curves.
func (c *Chart) CreateRenderer() fyne.WidgetRenderer { return &chartRenderer{c} }

type chartRenderer struct{ c *Chart }

func (r *chartRenderer) Destroy() {}

func (r *chartRenderer) MinSize() fyne.Size { return r.c.MinSize() }

func (r *chartRenderer) Layout(fyne.Size) { r.Refresh() }

func (r *chartRenderer) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{r.c.raster, r.c.ring}
	for _, t := range r.c.labels {
		all = append(all, t)
	}
	for _, t := range append(r.c.legend, r.c.ends...) {
		all = append(all, t)
	}
	return all
}

func (r *chartRenderer) Refresh() {
	c := r.c
	c.measure()
	at, size := c.inner()
	c.ring.StrokeColor = ui.Color(ui.ColorRing)
	c.ring.Resize(c.Size())
	c.raster.Move(at)
	c.raster.Resize(size)
	c.writeLabels(at, size)
	c.writeLegend()
	c.writeEnds(at, size)
	c.raster.Refresh()
	c.ring.Refresh()
}

// The size of a chart's picture, in units of the screen.
const pictureWide, pictureHigh = 1280, 720

// Picture draws what is in view, larger. A canvas of its own gives it that size:
// software.Render would draw it as small as it can be.
func (c *Chart) Picture() image.Image {
	big := New()
	big.Lines, big.From, big.To, big.follow = c.Lines, c.From, c.To, c.follow
	paper := software.NewCanvas()
	paper.SetPadded(false)
	paper.SetContent(big)
	paper.Resize(fyne.NewSize(pictureWide, pictureHigh))
	return paper.Capture()
}
