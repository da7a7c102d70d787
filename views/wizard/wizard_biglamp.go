package wizard

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/lights"
	"lamplighter/views/lampview"
	"lamplighter/views/ui"
)

// bigLamp is the panel's picture of a lamp, large.
type bigLamp struct {
	widget.BaseWidget
	picture *lampview.Picture
}

const bigSide float32 = 132

func newBigLamp() *bigLamp {
	b := &bigLamp{picture: lampview.NewPicture()}
	b.ExtendBaseWidget(b)
	return b
}

func (b *bigLamp) setLight(l lights.Light) {
	b.picture.Light = l
	b.picture.Lit = 0
	if lampview.IsLit(l) {
		b.picture.Lit = 1
	}
	b.picture.Paint()
}

// CreateRenderer draws the lamp.
func (b *bigLamp) CreateRenderer() fyne.WidgetRenderer {
	return &bigLampRenderer{ui.Drawing{All: b.picture.Objects}, b}
}

type bigLampRenderer struct {
	ui.Drawing
	b *bigLamp
}

func (r *bigLampRenderer) MinSize() fyne.Size { return fyne.NewSize(bigSide*1.5, bigSide*1.4) }

func (r *bigLampRenderer) Refresh() { r.b.picture.Paint() }

func (r *bigLampRenderer) Layout(size fyne.Size) {
	r.b.picture.Layout(fyne.NewPos((size.Width-bigSide)/2, (size.Height-bigSide)/2), bigSide)
}

// bigSwitch is the panel's switch, larger, and with the keyboard: Space and
// Enter switch.
type bigSwitch struct {
	lampview.Switch
	focused bool
}

func newBigSwitch(tapped func()) *bigSwitch {
	s := &bigSwitch{}
	s.OnTapped = tapped
	s.ExtendBaseWidget(s)
	return s
}

// MinSize is twice the panel's.
func (s *bigSwitch) MinSize() fyne.Size { return fyne.NewSize(ui.Unit*20, ui.Unit*10) }

// FocusGained shows a ring around the switch.
func (s *bigSwitch) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost takes it away.
func (s *bigSwitch) FocusLost() { s.focused = false; s.Refresh() }

// TypedRune switches with Space.
func (s *bigSwitch) TypedRune(r rune) {
	if r == ' ' {
		s.Tapped(nil)
	}
}

// TypedKey switches with Enter, and hands the window's keys on.
func (s *bigSwitch) TypedKey(e *fyne.KeyEvent) {
	if !ui.PassKey(s, e) && (e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter) {
		s.Tapped(nil)
	}
}

// CreateRenderer draws the panel's switch and a ring for the keyboard.
func (s *bigSwitch) CreateRenderer() fyne.WidgetRenderer {
	return ui.WithRing(s.Switch.CreateRenderer(), canvas.RadiusMaximum, false, func() bool { return s.focused })
}
