package frame

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/views/ui"
)

// railItem is one place of the rail: an icon with its word under it.
type railItem struct {
	widget.BaseWidget
	iconName, Word         string
	tapped                 func()
	chosen, focused, hover bool
}

func newRailItem(iconName, word string, tapped func()) *railItem {
	r := &railItem{iconName: iconName, Word: word, tapped: tapped}
	r.ExtendBaseWidget(r)
	return r
}

func (r *railItem) choose(on bool) {
	if r.chosen != on {
		r.chosen = on
		r.Refresh()
	}
}

// Tapped goes to the place.
func (r *railItem) Tapped(*fyne.PointEvent) { r.tapped() }

// FocusGained shows the focus, and the item.
func (r *railItem) FocusGained() {
	r.focused = true
	r.Refresh()
	ui.Reveal(r)
}

// FocusLost hides the focus.
func (r *railItem) FocusLost() { r.focused = false; r.Refresh() }

// TypedRune does nothing: letters mean nothing to the rail.
func (r *railItem) TypedRune(rune) {}

// TypedKey goes to the place with Space and Enter.
func (r *railItem) TypedKey(e *fyne.KeyEvent) {
	if ui.PassKey(r, e) {
		return
	}
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		r.tapped()
	}
}

// Cursor is a hand.
func (r *railItem) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn shows that it can be clicked.
func (r *railItem) MouseIn(*desktop.MouseEvent) { r.hover = true; r.Refresh() }

// MouseMoved does nothing.
func (r *railItem) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (r *railItem) MouseOut() { r.hover = false; r.Refresh() }

func (r *railItem) DebugText() string { return r.Word }

// CreateRenderer draws the item.
func (r *railItem) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = ui.Unit * 1.5
	picture := ui.IconImage(ui.Icon(r.iconName), 28)
	word := canvas.NewText(r.Word, nil)
	word.Alignment = fyne.TextAlignCenter
	d := &railItemRenderer{item: r, back: back, picture: picture, word: word}
	d.inside = container.New(layout.NewCustomPaddedLayout(ui.Unit*1.25, ui.Unit, ui.Unit/2, ui.Unit/2),
		container.New(layout.NewCustomPaddedVBoxLayout(ui.Unit/2), container.NewCenter(picture), word))
	d.Refresh()
	return d
}

type railItemRenderer struct {
	item    *railItem
	back    *canvas.Rectangle
	picture *canvas.Image
	word    *canvas.Text
	inside  *fyne.Container
}

func (d *railItemRenderer) Destroy() {}

func (d *railItemRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{d.back, d.inside}
}

// MinSize has room for the bold word, chosen or not: the page beside the rail
// stays where it is.
func (d *railItemRenderer) MinSize() fyne.Size {
	m := d.inside.MinSize()
	bold := fyne.MeasureText(d.word.Text, d.word.TextSize, fyne.TextStyle{Bold: true}).Width + ui.Unit
	return fyne.NewSize(max(m.Width, bold, 96), m.Height)
}

func (d *railItemRenderer) Layout(size fyne.Size) {
	d.back.Resize(size)
	d.inside.Resize(size)
}

func (d *railItemRenderer) Refresh() {
	d.back.FillColor, d.back.StrokeWidth = color.Transparent, 0
	switch {
	case d.item.chosen:
		d.back.FillColor = ui.Color(ui.ColorChosen)
	case d.item.hover:
		d.back.FillColor = ui.Color(theme.ColorNameHover)
	}
	if d.item.focused {
		d.back.StrokeColor, d.back.StrokeWidth = ui.Color(ui.ColorRing), ui.RingWidth
	}
	tint := ui.ColorSoft
	if d.item.chosen {
		tint = theme.ColorNameForeground
	}
	d.picture.Resource = ui.Tinted(d.item.iconName, tint)
	d.word.Text, d.word.Color = d.item.Word, ui.Color(tint)
	d.word.TextSize = theme.Size(ui.SizeSmall)
	d.word.TextStyle = fyne.TextStyle{Bold: d.item.chosen}
	d.back.Refresh()
	d.picture.Refresh()
	d.word.Refresh()
}
