package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"lamplighter/views/textfit"
)

// CodeLine is one line of a value or a list: a sign, a text and a remark on the
// right, of one letter width where it is code.
type CodeLine struct {
	objects            *fyne.Container
	back               *canvas.Rectangle
	sign, text, remark *canvas.Text
	mono               bool
	size               fyne.Size
	fitText, fitRemark textfit.Widths
	now                CodeText
	drawn              bool
}

// CodeText is what a CodeLine says.
type CodeText struct {
	Sign, Text, Remark string
	Depth              int
	Color, Fill        fyne.ThemeColorName // "" = plain
}

// NewCodeLine makes an empty line, in the font for code where mono is set.
func NewCodeLine(mono bool) *CodeLine {
	c := &CodeLine{
		back: canvas.NewRectangle(color.Transparent), sign: canvas.NewText("", nil), text: canvas.NewText("", nil), remark: canvas.NewText("", nil), mono: mono,
	}
	c.remark.Alignment = fyne.TextAlignTrailing
	c.objects = container.New(Still{}, c.back, c.sign, c.text, c.remark)
	return c
}

// Box holds the line's objects.
func (c *CodeLine) Box() *fyne.Container { return c.objects }

// Restyle takes over the theme and its sizes.
func (c *CodeLine) Restyle() {
	for _, t := range []*canvas.Text{c.sign, c.text, c.remark} {
		t.TextSize = theme.TextSize()
		t.TextStyle = fyne.TextStyle{Monospace: c.mono}
	}
	c.remark.TextSize, c.remark.TextStyle = theme.CaptionTextSize(), fyne.TextStyle{}
	c.drawn = false
}

func (c *CodeLine) Place(size fyne.Size) {
	if c.size != size {
		c.size, c.drawn = size, false
	}
}

// Write shows a line; one that is shown already is not touched.
func (c *CodeLine) Write(t CodeText) {
	if c.drawn && c.now == t {
		return
	}
	c.now, c.drawn = t, true
	c.back.FillColor = Color(orElse(t.Fill, ColorCard))
	if t.Fill == "" {
		c.back.FillColor = color.Transparent
	}
	c.back.Resize(c.size)
	c.back.Refresh()
	tint := Color(orElse(t.Color, theme.ColorNameForeground))
	x := Unit/2 + float32(min(t.Depth, MaxIndent))*Indent
	c.drawText(c.sign, t.Sign, x)
	c.sign.Color, c.text.Color, c.remark.Color = Color(ColorSoft), tint, Color(ColorSoft)
	x += Unit * 2
	room := c.size.Width - x
	remark := c.fitRemark.Fit(t.Remark, c.remark.TextSize, c.remark.TextStyle, room*0.6)
	width := c.fitRemark.Width(remark, c.remark.TextSize, c.remark.TextStyle)
	if remark != "" {
		room -= width + Unit
	}
	c.drawText(c.text, c.fitText.Fit(t.Text, c.text.TextSize, c.text.TextStyle, room), x)
	c.drawText(c.remark, remark, c.size.Width-width-Unit/2)
	c.remark.Resize(fyne.NewSize(width, textfit.LineHeight(c.remark)))
}

func (c *CodeLine) drawText(t *canvas.Text, s string, x float32) {
	t.Text = s
	t.Move(fyne.NewPos(x, (c.size.Height-textfit.LineHeight(t))/2))
	t.Refresh()
}

func orElse(name, other fyne.ThemeColorName) fyne.ThemeColorName {
	if name == "" {
		return other
	}
	return name
}

// Indent is the width of one level, in units of the canvas.
const Indent = Unit * 2

// MaxIndent is how many levels are indented; deeper ones stand below each other.
const MaxIndent = 14
