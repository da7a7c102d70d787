package ui

import (
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Divider is a thin line between parts.
func Divider() fyne.CanvasObject { return widget.NewSeparator() }

// Hyperlink leads to a page on the internet, in the browser.
func Hyperlink(text string, to *url.URL) fyne.CanvasObject { return widget.NewHyperlink(text, to) }

// Progress is a bar, 0 to 1, without words: on its dark half they would have no
// contrast.
func Progress() *widget.ProgressBar {
	b := widget.NewProgressBar()
	b.TextFormatter = func() string { return "" }
	return b
}

// Activity moves while something goes on that nobody can measure. It must be started
// and stopped.
func Activity() *widget.Activity { return widget.NewActivity() }

// Slider is a slider with the ring of the focus.
type Slider struct {
	widget.Slider
	focused bool
}

// NewSlider makes a slider of whole steps.
func NewSlider(from, to float64) *Slider {
	s := &Slider{}
	s.Min, s.Max, s.Step, s.Value = from, to, 1, from
	s.ExtendBaseWidget(s)
	return s
}

// MinSize leaves room for a finger.
func (s *Slider) MinSize() fyne.Size {
	m := s.Slider.MinSize()
	return fyne.NewSize(m.Width, max(m.Height, touch))
}

// FocusGained shows the focus, and scrolls it into view.
func (s *Slider) FocusGained() {
	s.focused = true
	s.Refresh()
	Reveal(s)
}

// FocusLost hides the focus.
func (s *Slider) FocusLost() { s.focused = false; s.Refresh() }

// TypedKey hands the window's keys on, and moves.
func (s *Slider) TypedKey(e *fyne.KeyEvent) {
	if !PassKey(s, e) {
		s.Slider.TypedKey(e)
	}
}

// CreateRenderer draws Fyne's slider, and the ring of the focus.
func (s *Slider) CreateRenderer() fyne.WidgetRenderer {
	return WithRing(s.Slider.CreateRenderer(), Unit, false, func() bool { return s.focused })
}
