package wizard

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/setup"
	"lamplighter/views/lampview"
	"lamplighter/views/ui"
)

// checkRow is one line of the proof: a mark, words and the field's own term.
type checkRow struct {
	widget.BaseWidget
	mark    setup.Mark
	current bool
	text    string
	term    string
	grown   float32 // 0 to 1: how much of the tick is there
}

func newCheckRow() *checkRow {
	r := &checkRow{}
	r.ExtendBaseWidget(r)
	return r
}

// set shows how a line stands. A tick that is new grows once.
func (r *checkRow) set(mark setup.Mark, current bool, text, term string) {
	if r.mark == mark && r.current == current && r.text == text {
		return
	}
	ticked := mark == setup.Passed && r.mark != setup.Passed && r.text != ""
	r.mark, r.current, r.text, r.term, r.grown = mark, current, text, term, 1
	if ticked {
		r.grown = 0
		fyne.NewAnimation(lampview.KindleTime, func(done float32) {
			r.grown = done
			r.Refresh()
		}).Start()
	}
	r.Refresh()
}

func (r *checkRow) DebugText() string { return r.text }

// CreateRenderer draws the line.
func (r *checkRow) CreateRenderer() fyne.WidgetRenderer {
	c := &checkRowRenderer{
		r: r, disc: canvas.NewCircle(color.Transparent), sign: canvas.NewImageFromResource(nil),
		text: ui.OneLine(""), term: ui.OneLine(""), glow: canvas.NewRectangle(color.Transparent),
	}
	c.sign.FillMode = canvas.ImageFillContain
	c.glow.CornerRadius = ui.Unit
	c.term.SizeName, c.term.Importance = ui.SizeSmall, widget.LowImportance
	c.term.Alignment = fyne.TextAlignTrailing
	c.All = []fyne.CanvasObject{c.glow, c.disc, c.sign, c.text, c.term}
	c.Refresh()
	return c
}

type checkRowRenderer struct {
	ui.Drawing
	r          *checkRow
	glow       *canvas.Rectangle
	disc       *canvas.Circle
	sign       *canvas.Image
	text, term *widget.Label
}

const markSide = ui.Unit * 3.5

func (c *checkRowRenderer) MinSize() fyne.Size { return fyne.NewSize(320, ui.Unit*5) }

func (c *checkRowRenderer) Layout(size fyne.Size) {
	c.glow.Resize(size)
	y := (size.Height - markSide) / 2
	ui.SetBounds(c.disc, ui.Unit, y, markSide, markSide)
	side := (markSide - ui.Unit) * c.r.grown
	off := (markSide - side) / 2
	ui.SetBounds(c.sign, ui.Unit+off, y+off, side, side)
	left := markSide + ui.Unit*2
	h := c.text.MinSize().Height
	split := left + (size.Width-left)*0.62
	ui.SetBounds(c.text, left, (size.Height-h)/2, split-left, h)
	h = c.term.MinSize().Height
	ui.SetBounds(c.term, split, (size.Height-h)/2, size.Width-split, h)
}

func (c *checkRowRenderer) Refresh() {
	r := c.r
	c.glow.FillColor = color.Transparent
	c.disc.FillColor, c.disc.StrokeColor, c.disc.StrokeWidth = color.Transparent, ui.Color(theme.ColorNameInputBorder), 2
	c.sign.Resource = nil
	c.text.Importance, c.text.TextStyle.Bold = widget.LowImportance, false
	switch {
	case r.mark == setup.Passed:
		c.disc.FillColor, c.disc.StrokeColor = ui.Color(theme.ColorNameSuccess), ui.Color(theme.ColorNameSuccess)
		c.sign.Resource = ui.Tinted("check", theme.ColorNameForegroundOnSuccess)
		c.text.Importance = widget.MediumImportance
	case r.mark == setup.Stopped:
		c.disc.FillColor, c.disc.StrokeColor = ui.Color(theme.ColorNameError), ui.Color(theme.ColorNameError)
		c.sign.Resource = ui.Tinted("cross", theme.ColorNameForegroundOnError)
		c.text.Importance, c.text.TextStyle.Bold = widget.MediumImportance, true
		c.glow.FillColor = ui.Color(ui.ColorFail)
	case r.current:
		c.disc.StrokeColor, c.disc.StrokeWidth = ui.Color(theme.ColorNamePrimary), 4
		c.text.Importance, c.text.TextStyle.Bold = widget.MediumImportance, true
		c.glow.FillColor = ui.Color(ui.ColorChosen)
	}
	ui.SetVisible(c.sign, c.sign.Resource != nil)
	c.text.SetText(r.text)
	c.term.SetText(r.term)
	c.text.Refresh()
	c.sign.Refresh()
	c.Layout(r.Size())
	canvas.Refresh(r)
}
