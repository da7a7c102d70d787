package lampview

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/lights"
	"lamplighter/views/ui"
)

// KindleTime is how long a lamp takes to light when its board has confirmed.
const KindleTime = 120 * time.Millisecond

// The shape of a lamp says how it is, as its colour does: rays when it is on, a
// dashed outline when its board is away, a ring while it is waited for, and a
// mark in it for anything that wants to be looked at.

const (
	rays      = 8
	socketRay = 4 // points down, where the socket is
	dashes    = 12
)

// Picture draws one lamp. It is no widget: its card lays it out.
type Picture struct {
	glow    *canvas.RadialGradient
	Rays    [rays]*canvas.Line
	Bulb    *canvas.Rectangle
	socket  [2]*canvas.Rectangle
	Ring    *canvas.Rectangle
	Mark    *canvas.Image
	Dashes  [dashes]*canvas.Arc
	Objects []fyne.CanvasObject

	Lit    float32 // 0 to 1: how far it has faded in
	breath float32 // 0 to 1: how strong the ring is
	Light  lights.Light
}

// NewPicture makes the picture of a lamp of which nothing is known.
func NewPicture() *Picture {
	p := &Picture{
		glow: canvas.NewRadialGradient(color.Transparent, color.Transparent),
		Bulb: canvas.NewRectangle(color.Transparent), Ring: canvas.NewRectangle(color.Transparent),
		Mark: canvas.NewImageFromResource(nil),
	}
	p.Mark.FillMode = canvas.ImageFillContain
	p.Objects = append(p.Objects, p.glow, p.Ring)
	for i := range p.Rays {
		p.Rays[i] = canvas.NewLine(color.Transparent)
		p.Objects = append(p.Objects, p.Rays[i])
	}
	for i := range p.socket {
		p.socket[i] = canvas.NewRectangle(color.Transparent)
		p.Objects = append(p.Objects, p.socket[i])
	}
	p.Objects = append(p.Objects, p.Bulb)
	for i := range p.Dashes {
		step := float32(360) / dashes
		from := float32(i) * step
		p.Dashes[i] = &canvas.Arc{StartAngle: from, EndAngle: from + step*0.55, CutoutRatio: 0.88}
		p.Objects = append(p.Objects, p.Dashes[i])
	}
	p.Objects = append(p.Objects, p.Mark)
	return p
}

// Marks are the icons in lamps that want to be looked at.
var Marks = map[lights.Phase]string{
	lights.Unheard: "help", lights.NoAnswer: "warning", lights.NotSent: "warning", lights.Contradicted: "warning",
	lights.Queued: "queue", lights.Offline: "offline", lights.Returning: "clock", lights.Stale: "clock", lights.SentOnly: "send",
}

// IsLit reports whether the board's word is on, and can be relied on: one that does
// not answer may be dark.
func IsLit(l lights.Light) bool {
	return l.State == lights.On && !l.Outdated && !l.IsUnreachable() && l.Phase != lights.NoAnswer
}

// LampColor is the colour in which a lamp is drawn: its own at full strength,
// for a dimmed lamp is still to be seen; dimming shows in its glow.
func LampColor(l lights.Light) color.NRGBA {
	top := max(l.Color.R, l.Color.G, l.Color.B)
	if !l.HasColor || top == 0 {
		return color.NRGBAModel.Convert(ui.Color(ui.ColorLamp)).(color.NRGBA)
	}
	full := func(v uint8) uint8 { return uint8(int(v) * 255 / int(top)) }
	return color.NRGBA{R: full(l.Color.R), G: full(l.Color.G), B: full(l.Color.B), A: 255}
}

// strength is how strongly a lamp glows, 0.4 to 1.
func strength(l lights.Light) float32 {
	if !l.HasLevel {
		return 1
	}
	return 0.4 + 0.6*float32(l.Level)/100
}

// Layout puts the bulb into the square at pos with a side of side.
func (p *Picture) Layout(pos fyne.Position, side float32) {
	at := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(pos.AddXY(x*side, y*side))
		o.Resize(fyne.NewSize(w*side, h*side))
	}
	at(p.glow, -0.18, -0.25, 1.36, 1.36)
	at(p.Ring, 0.06, -0.01, 0.88, 0.88)
	at(p.Bulb, 0.16, 0.09, 0.68, 0.68)
	at(p.socket[0], 0.36, 0.74, 0.28, 0.11)
	at(p.socket[1], 0.40, 0.88, 0.20, 0.08)
	at(p.Mark, 0.34, 0.27, 0.32, 0.32)
	p.Ring.CornerRadius, p.Ring.StrokeWidth = canvas.RadiusMaximum, side*0.05
	p.Bulb.CornerRadius, p.Bulb.StrokeWidth = canvas.RadiusMaximum, max(1.5, side*0.025)
	for _, s := range p.socket {
		s.CornerRadius = side * 0.03
	}
	for _, d := range p.Dashes {
		d.Move(pos.AddXY(0.14*side, 0.07*side))
		d.Resize(fyne.NewSquareSize(0.72 * side))
	}
	middle := pos.AddXY(side/2, 0.43*side)
	for i, r := range p.Rays {
		x, y := compass(i)
		r.Position1 = middle.AddXY(x*side*0.42, y*side*0.42)
		r.Position2 = middle.AddXY(x*side*0.53, y*side*0.53)
		r.StrokeWidth = max(2, side*0.045)
	}
}

// compass is the direction of the i-th of eight rays.
func compass(i int) (x, y float32) {
	const half = 0.70710678
	return [rays]float32{0, half, 1, half, 0, -half, -1, -half}[i], [rays]float32{-1, -half, 0, half, 1, half, 0, -half}[i]
}

// Paint gives everything its colour. It belongs after every change.
func (p *Picture) Paint() {
	l := p.Light
	own, line, dark := LampColor(l), ui.Color(ui.ColorSoft), ui.Color(ui.ColorLampDark)
	hollow := l.IsUnreachable() || l.Phase == lights.Unheard || l.Phase == lights.SentOnly
	p.glow.StartColor, p.glow.EndColor = faded(GlowColor(own), 0.75*p.Lit*strength(l)), faded(GlowColor(own), 0)
	ui.SetVisible(p.glow, p.Lit > 0)

	p.Bulb.FillColor, p.Bulb.StrokeColor = ui.Mix(dark, own, p.Lit), ui.Mix(line, deepened(own), p.Lit)
	switch {
	case hollow:
		p.Bulb.FillColor = color.Transparent
	case l.State == lights.On && p.Lit == 0 && (l.Outdated || l.Phase == lights.NoAnswer):
		p.Bulb.FillColor = ui.Mix(dark, own, 0.25) // it was on, as far as is known
	}
	ui.SetVisible(p.Bulb, !l.IsUnreachable())
	for _, d := range p.Dashes {
		d.FillColor = line
		ui.SetVisible(d, l.IsUnreachable())
	}
	for _, s := range p.socket {
		s.FillColor = line
		if hollow {
			s.FillColor = faded(line, 0.45)
		}
	}
	for i, r := range p.Rays {
		r.StrokeColor = faded(deepened(own), p.Lit)
		ui.SetVisible(r, p.Lit > 0 && i != socketRay)
	}
	p.Ring.StrokeColor = faded(ui.Color(theme.ColorNamePrimary), 0.25+0.75*p.breath)
	ui.SetVisible(p.Ring, l.Phase == lights.Waiting)
	p.paintMark()
	for _, o := range p.Objects {
		if o.Visible() {
			o.Refresh()
		}
	}
}

func (p *Picture) paintMark() {
	name := Marks[p.Light.Phase]
	ui.SetVisible(p.Mark, name != "")
	if name == "" {
		return
	}
	tint := theme.ColorNameForeground
	if p.Lit > 0.5 {
		tint = theme.ColorNameForegroundOnPrimary // dark on the lit lamp
	}
	p.Mark.Resource = ui.Tinted(name, tint)
}

// SetRingStrength paints the ring alone, in few steps: each is a frame of the window.
func (p *Picture) SetRingStrength(strength float32) {
	const steps = 7
	strength = float32(int(strength*steps+0.5)) / steps
	if strength == p.breath {
		return
	}
	p.breath = strength
	p.Ring.StrokeColor = faded(ui.Color(theme.ColorNamePrimary), 0.25+0.75*strength)
	p.Ring.Refresh()
}

// deepened is a colour dark enough to be seen on a light card.
func deepened(c color.NRGBA) color.NRGBA {
	if brightness(ui.Color(ui.ColorCard)) < 0.5 {
		return c
	}
	return ui.Mix(c, color.NRGBA{R: 60, G: 40, B: 10, A: 255}, 0.28)
}

// GlowColor is the colour of the light around a lamp. White light on a white card
// would not be seen, so there it is warm.
func GlowColor(c color.NRGBA) color.NRGBA {
	if brightness(ui.Color(ui.ColorCard)) < 0.5 || brightness(c) < 0.85 {
		return c
	}
	return ui.Mix(c, ui.Color(ui.ColorLamp), 0.5)
}

// brightness is how bright a colour looks, 0 to 1.
func brightness(c color.Color) float32 {
	r, g, b, _ := c.RGBA()
	return (0.299*float32(r) + 0.587*float32(g) + 0.114*float32(b)) / 0xffff
}

// faded is a colour with a part of its opacity.
func faded(c color.Color, part float32) color.NRGBA {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	n.A = uint8(float32(n.A)*min(max(part, 0), 1) + 0.5)
	return n
}
