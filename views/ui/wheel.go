package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// wheel lies over a line of text and hands the mouse wheel to what scrolls
// around it. Fyne's entry has a scroller of its own, which would swallow it: a
// form would stand still wherever the pointer comes to a field.
type wheel struct {
	widget.BaseWidget
	over *Entry
}

func newWheel(over *Entry) *wheel {
	w := &wheel{over: over}
	w.ExtendBaseWidget(w)
	return w
}

// CreateRenderer draws nothing.
func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// Scrolled turns the wheel of the innermost scroller around the line.
func (w *wheel) Scrolled(e *fyne.ScrollEvent) {
	for _, o := range pathTo(w.over) {
		if s, ok := o.(*container.Scroll); ok {
			s.Scrolled(e)
			return
		}
	}
}

// CreateRenderer draws Fyne's entry, lays a wheel over one line of text, and draws
// the ring of the focus.
func (e *Entry) CreateRenderer() fyne.WidgetRenderer {
	r := e.Entry.CreateRenderer()
	if !e.MultiLine {
		r = &entryRenderer{overlay{r, newWheel(e)}}
	}
	return WithRing(newEdge(r, e), Unit, true, func() bool { return e.focused })
}

type entryRenderer struct{ overlay }

func (r *entryRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.top.Resize(size)
}
