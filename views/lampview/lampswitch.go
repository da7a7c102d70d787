package lampview

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/lights"
	"lamplighter/views/ui"
)

// Switch stands where the board says, at I or at O. While an answer is
// waited for it stands in the middle, for then it is neither. It never moves by
// being tapped, only by being told.
type Switch struct {
	widget.BaseWidget
	light    lights.Light
	OnTapped func()
}

var (
	_ fyne.Tappable      = (*Switch)(nil)
	_ desktop.Cursorable = (*Switch)(nil)
)

// NewSwitch makes a switch for a lamp of which nothing is known.
func NewSwitch(tapped func()) *Switch {
	s := &Switch{OnTapped: tapped}
	s.ExtendBaseWidget(s)
	return s
}

// SetLight tells the switch what is known.
func (s *Switch) SetLight(l lights.Light) {
	if s.light != l {
		s.light = l
		s.Refresh()
	}
}

// enabled reports whether a tap asks for something. The card says why not.
func (s *Switch) enabled() bool { return !s.light.IsUnreachable() && !s.light.ReadOnly }

// Tapped asks; it changes nothing by itself.
func (s *Switch) Tapped(*fyne.PointEvent) {
	if s.enabled() && s.OnTapped != nil {
		s.OnTapped()
	}
}

// Cursor shows a hand where a tap does something.
func (s *Switch) Cursor() desktop.Cursor {
	if s.enabled() {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// KnobPosition is where the knob stands, 0 for O to 1 for I.
func (s *Switch) KnobPosition() float32 {
	switch {
	case s.light.Waiting || s.light.DisplayState() == lights.Unknown:
		return 0.5
	case s.light.DisplayState() == lights.On:
		return 1
	}
	return 0
}

// CreateRenderer draws track, knob and the signs I and O.
func (s *Switch) CreateRenderer() fyne.WidgetRenderer {
	r := &lampSwitchRenderer{s: s}
	for _, o := range []**canvas.Rectangle{&r.track, &r.bar, &r.ring, &r.knob} {
		*o = canvas.NewRectangle(color.Transparent)
		(*o).CornerRadius = canvas.RadiusMaximum
	}
	for i := range r.dots {
		r.dots[i] = canvas.NewRectangle(color.Transparent)
		r.dots[i].CornerRadius = canvas.RadiusMaximum
	}
	r.All = []fyne.CanvasObject{r.track, r.bar, r.ring, r.knob, r.dots[0], r.dots[1], r.dots[2]}
	r.Refresh()
	return r
}

type lampSwitchRenderer struct {
	ui.Drawing
	s                      *Switch
	track, bar, ring, knob *canvas.Rectangle
	dots                   [3]*canvas.Rectangle
}

func (r *lampSwitchRenderer) MinSize() fyne.Size { return fyne.NewSize(ui.Unit*12, ui.Unit*6) }

func (r *lampSwitchRenderer) Layout(size fyne.Size) {
	h, w := size.Height, size.Width
	r.track.Resize(size)
	gap := h * 0.1
	side := h - 2*gap
	x := gap + (w-2*gap-side)*r.s.KnobPosition()
	ui.SetBounds(r.knob, x, gap, side, side)
	ui.SetBounds(r.bar, w*0.25-h*0.04, h*0.32, h*0.08, h*0.36)
	ui.SetBounds(r.ring, w*0.75-h*0.15, h*0.35, h*0.3, h*0.3)
	r.ring.StrokeWidth = h * 0.07
	r.track.StrokeWidth, r.knob.StrokeWidth = 1.5, 1.5
	for i, d := range r.dots {
		ui.SetBounds(d, x+side*(0.5+float32(i-1)*0.24-0.06), h*0.5-side*0.06, side*0.12, side*0.12)
	}
}

func (r *lampSwitchRenderer) Refresh() {
	l := r.s.light
	at := r.s.KnobPosition()
	on := IsLit(l) && at == 1
	line := ui.Color(theme.ColorNameInputBorder)
	r.track.FillColor, r.track.StrokeColor = ui.Color(theme.ColorNameButton), line
	r.knob.FillColor, r.knob.StrokeColor = ui.Color(ui.ColorCard), ui.Color(ui.ColorSoft)
	if brightness(ui.Color(ui.ColorCard)) < 0.5 {
		r.knob.FillColor = ui.Color(ui.ColorSoft)
	}
	sign := ui.Color(ui.ColorSoft)
	if on {
		r.track.FillColor, r.track.StrokeColor = ui.Color(theme.ColorNamePrimary), ui.Color(theme.ColorNamePrimary)
		r.knob.FillColor = ui.Color(ui.ColorCard)
		sign = ui.Color(theme.ColorNameForegroundOnPrimary)
	}
	if !r.s.enabled() || l.Phase == lights.SentOnly || l.Phase == lights.Stale {
		r.track.FillColor, r.knob.FillColor = color.Transparent, color.Transparent
		r.knob.StrokeColor = line
	}
	r.bar.FillColor, r.ring.StrokeColor = sign, sign
	ui.SetVisible(r.bar, at > 0.9)
	ui.SetVisible(r.ring, at < 0.1)
	for _, d := range r.dots {
		d.FillColor = ui.Color(ui.ColorSoft)
		if brightness(ui.Color(ui.ColorCard)) < 0.5 {
			d.FillColor = ui.Color(ui.ColorCard)
		}
		ui.SetVisible(d, l.Waiting)
	}
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}
