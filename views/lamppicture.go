package views

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/lights"
)

// The shape of a lamp says how it is, as its colour does: rays when it is on, a
// dashed outline when its board is away, a ring while it is waited for, and a
// mark in it for anything that wants to be looked at.

const (
	rays      = 8
	socketRay = 4 // points down, where the socket is
	dashes    = 12
)

// lampPicture draws one lamp. It is no widget: its card lays it out.
type lampPicture struct {
	glow    *canvas.RadialGradient
	rays    [rays]*canvas.Line
	bulb    *canvas.Rectangle
	socket  [2]*canvas.Rectangle
	ring    *canvas.Rectangle
	mark    *canvas.Image
	dashes  [dashes]*canvas.Arc
	objects []fyne.CanvasObject

	lit    float32 // 0 to 1: how far it has faded in
	breath float32 // 0 to 1: how strong the ring is
	light  lights.Light
}

func newLampPicture() *lampPicture {
	p := &lampPicture{
		glow: canvas.NewRadialGradient(color.Transparent, color.Transparent),
		bulb: canvas.NewRectangle(color.Transparent), ring: canvas.NewRectangle(color.Transparent),
		mark: canvas.NewImageFromResource(nil),
	}
	p.mark.FillMode = canvas.ImageFillContain
	p.objects = append(p.objects, p.glow, p.ring)
	for i := range p.rays {
		p.rays[i] = canvas.NewLine(color.Transparent)
		p.objects = append(p.objects, p.rays[i])
	}
	for i := range p.socket {
		p.socket[i] = canvas.NewRectangle(color.Transparent)
		p.objects = append(p.objects, p.socket[i])
	}
	p.objects = append(p.objects, p.bulb)
	for i := range p.dashes {
		step := float32(360) / dashes
		from := float32(i) * step
		p.dashes[i] = &canvas.Arc{StartAngle: from, EndAngle: from + step*0.55, CutoutRatio: 0.88}
		p.objects = append(p.objects, p.dashes[i])
	}
	p.objects = append(p.objects, p.mark)
	return p
}

// marks are the icons in lamps that want to be looked at.
var marks = map[lights.Phase]string{
	lights.Unheard: "help", lights.NoAnswer: "warning", lights.NotSent: "warning", lights.Contradicted: "warning",
	lights.Queued: "queue", lights.Offline: "offline", lights.Stale: "clock", lights.SentOnly: "send",
}

// shines tells whether the board's word is on, and can be relied on.
func shines(l lights.Light) bool {
	return l.State == lights.On && !l.Old && l.Phase != lights.Offline
}

// lampColor is the colour in which a lamp is drawn: its own at full strength,
// for a dimmed lamp is still to be seen; dimming shows in its glow.
func lampColor(l lights.Light) color.NRGBA {
	top := max(l.Color.R, l.Color.G, l.Color.B)
	if !l.HasColor || top == 0 {
		return color.NRGBAModel.Convert(shade(colorLamp)).(color.NRGBA)
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

// layout puts the bulb into the square at pos with a side of side.
func (p *lampPicture) layout(pos fyne.Position, side float32) {
	at := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(pos.AddXY(x*side, y*side))
		o.Resize(fyne.NewSize(w*side, h*side))
	}
	at(p.glow, -0.18, -0.25, 1.36, 1.36)
	at(p.ring, 0.06, -0.01, 0.88, 0.88)
	at(p.bulb, 0.16, 0.09, 0.68, 0.68)
	at(p.socket[0], 0.36, 0.74, 0.28, 0.11)
	at(p.socket[1], 0.40, 0.88, 0.20, 0.08)
	at(p.mark, 0.34, 0.27, 0.32, 0.32)
	p.ring.CornerRadius, p.ring.StrokeWidth = canvas.RadiusMaximum, side*0.05
	p.bulb.CornerRadius, p.bulb.StrokeWidth = canvas.RadiusMaximum, max(1.5, side*0.025)
	for _, s := range p.socket {
		s.CornerRadius = side * 0.03
	}
	for _, d := range p.dashes {
		d.Move(pos.AddXY(0.14*side, 0.07*side))
		d.Resize(fyne.NewSquareSize(0.72 * side))
	}
	middle := pos.AddXY(side/2, 0.43*side)
	for i, r := range p.rays {
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

// paint gives everything its colour. It belongs after every change.
func (p *lampPicture) paint() {
	l := p.light
	own, line, dark := lampColor(l), shade(colorSoft), shade(colorLampDark)
	hollow := l.Phase == lights.Offline || l.Phase == lights.Unheard || l.Phase == lights.SentOnly
	p.glow.StartColor, p.glow.EndColor = faded(halo(own), 0.75*p.lit*strength(l)), faded(halo(own), 0)
	show(p.glow, p.lit > 0)

	p.bulb.FillColor, p.bulb.StrokeColor = mix(dark, own, p.lit), mix(line, deepened(own), p.lit)
	switch {
	case hollow:
		p.bulb.FillColor = color.Transparent
	case l.State == lights.On && p.lit == 0 && l.Old:
		p.bulb.FillColor = mix(dark, own, 0.25) // it was on, as far as is known
	}
	show(p.bulb, l.Phase != lights.Offline)
	for _, d := range p.dashes {
		d.FillColor = line
		show(d, l.Phase == lights.Offline)
	}
	for _, s := range p.socket {
		s.FillColor = line
		if hollow {
			s.FillColor = faded(line, 0.45)
		}
	}
	for i, r := range p.rays {
		r.StrokeColor = faded(deepened(own), p.lit)
		show(r, p.lit > 0 && i != socketRay)
	}
	p.ring.StrokeColor = faded(shade(theme.ColorNamePrimary), 0.25+0.75*p.breath)
	show(p.ring, l.Phase == lights.Waiting)
	p.paintMark()
	for _, o := range p.objects {
		if o.Visible() {
			o.Refresh()
		}
	}
}

func (p *lampPicture) paintMark() {
	name := marks[p.light.Phase]
	show(p.mark, name != "")
	if name == "" {
		return
	}
	tint := theme.ColorNameForeground
	if p.lit > 0.5 {
		tint = theme.ColorNameForegroundOnPrimary // dark on the lit lamp
	}
	p.mark.Resource = tinted(name, tint)
}

// breathe paints the ring alone, in few steps: each is a frame of the window.
func (p *lampPicture) breathe(strength float32) {
	const steps = 7
	strength = float32(int(strength*steps+0.5)) / steps
	if strength == p.breath {
		return
	}
	p.breath = strength
	p.ring.StrokeColor = faded(shade(theme.ColorNamePrimary), 0.25+0.75*strength)
	p.ring.Refresh()
}

func show(o fyne.CanvasObject, yes bool) {
	if yes == o.Visible() {
		return
	}
	if yes {
		o.Show()
	} else {
		o.Hide()
	}
}

// deepened is a colour dark enough to be seen on a light card.
func deepened(c color.NRGBA) color.NRGBA {
	if brightness(shade(colorCard)) < 0.5 {
		return c
	}
	return mix(c, color.NRGBA{R: 60, G: 40, B: 10, A: 255}, 0.28)
}

// halo is the colour of the light around a lamp. White light on a white card
// would not be seen, so there it is warm.
func halo(c color.NRGBA) color.NRGBA {
	if brightness(shade(colorCard)) < 0.5 || brightness(c) < 0.85 {
		return c
	}
	return mix(c, shade(colorLamp), 0.5)
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

// mix is a colour between two, part of the way from a to b.
func mix(a, b color.Color, part float32) color.NRGBA {
	x, y := color.NRGBAModel.Convert(a).(color.NRGBA), color.NRGBAModel.Convert(b).(color.NRGBA)
	part = min(max(part, 0), 1)
	between := func(u, v uint8) uint8 { return uint8(float32(u) + (float32(v)-float32(u))*part + 0.5) }
	return color.NRGBA{R: between(x.R, y.R), G: between(x.G, y.G), B: between(x.B, y.B), A: between(x.A, y.A)}
}
