package views

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// codeLine is one line of a value or a list: a sign, a text and a remark on the
// right, of one letter width where it is code.
type codeLine struct {
	objects            *fyne.Container
	back               *canvas.Rectangle
	sign, text, remark *canvas.Text
	mono               bool
	size               fyne.Size
	fitText, fitRemark widths
	now                codeText
	drawn              bool
}

// codeText is what a codeLine says.
type codeText struct {
	sign, text, remark string
	depth              int
	tint, fill         fyne.ThemeColorName // "" = plain
}

func newCodeLine(mono bool) *codeLine {
	c := &codeLine{
		back: canvas.NewRectangle(color.Transparent), sign: canvas.NewText("", nil), text: canvas.NewText("", nil), remark: canvas.NewText("", nil), mono: mono,
	}
	c.remark.Alignment = fyne.TextAlignTrailing
	c.objects = container.New(still{}, c.back, c.sign, c.text, c.remark)
	return c
}

func (c *codeLine) box() *fyne.Container { return c.objects }

func (c *codeLine) restyle() {
	for _, t := range []*canvas.Text{c.sign, c.text, c.remark} {
		t.TextSize = theme.TextSize()
		t.TextStyle = fyne.TextStyle{Monospace: c.mono}
	}
	c.remark.TextSize, c.remark.TextStyle = theme.CaptionTextSize(), fyne.TextStyle{}
	c.drawn = false
}

func (c *codeLine) place(size fyne.Size) {
	if c.size != size {
		c.size, c.drawn = size, false
	}
}

// write shows a line; one that is shown already is not touched.
func (c *codeLine) write(t codeText) {
	if c.drawn && c.now == t {
		return
	}
	c.now, c.drawn = t, true
	c.back.FillColor = shade(orElse(t.fill, colorCard))
	if t.fill == "" {
		c.back.FillColor = color.Transparent
	}
	c.back.Resize(c.size)
	c.back.Refresh()
	tint := shade(orElse(t.tint, theme.ColorNameForeground))
	x := unit/2 + float32(min(t.depth, maxIndent))*indent
	c.put(c.sign, t.sign, x)
	c.sign.Color, c.text.Color, c.remark.Color = shade(colorSoft), tint, shade(colorSoft)
	x += unit * 2
	room := c.size.Width - x
	remark := c.fitRemark.fit(t.remark, c.remark.TextSize, c.remark.TextStyle, room*0.6)
	width := c.fitRemark.width(remark, c.remark.TextSize, c.remark.TextStyle)
	if remark != "" {
		room -= width + unit
	}
	c.put(c.text, c.fitText.fit(t.text, c.text.TextSize, c.text.TextStyle, room), x)
	c.put(c.remark, remark, c.size.Width-width-unit/2)
	c.remark.Resize(fyne.NewSize(width, lineRoom(c.remark)))
}

func (c *codeLine) put(t *canvas.Text, s string, x float32) {
	t.Text = s
	t.Move(fyne.NewPos(x, (c.size.Height-lineRoom(t))/2))
	t.Refresh()
}

func orElse(name, other fyne.ThemeColorName) fyne.ThemeColorName {
	if name == "" {
		return other
	}
	return name
}
