package ui

import "fyne.io/fyne/v2"

// Drawing is what the renderers of widgets that are drawn by hand have in common: the
// objects that they draw, the lowest first, and nothing to let go of.
type Drawing struct{ All []fyne.CanvasObject }

// Objects are those of the widget.
func (d *Drawing) Objects() []fyne.CanvasObject { return d.All }

// Destroy does nothing.
func (*Drawing) Destroy() {}

// overlay draws one more object over what another renderer draws.
type overlay struct {
	fyne.WidgetRenderer
	top fyne.CanvasObject
}

// Objects are the other renderer's, and the one over them.
func (r *overlay) Objects() []fyne.CanvasObject {
	all := r.WidgetRenderer.Objects()
	return append(all[:len(all):len(all)], r.top)
}
