package chart

import (
	"image/color"
	"math"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/topics"
	"lamplighter/views/format"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// writeLabels writes the values on the left and the times below.
func (c *Chart) writeLabels(at fyne.Position, size fyne.Size) {
	for len(c.labels) < gridLines+4 {
		c.labels = append(c.labels, canvas.NewText("", color.Transparent))
	}
	empty := true
	for _, l := range c.Lines {
		empty = empty && len(l.Points) == 0
	}
	for i, t := range c.labels {
		t.Color, t.TextSize = ui.Color(ui.ColorSoft), theme.CaptionTextSize()
		switch {
		case empty:
			t.Text = ""
		case i <= gridLines:
			down := float64(i) / gridLines
			t.Text = axisNumber(c.high*(1-down)+c.low*down, c.high/gridLines-c.low/gridLines)
			m := t.MinSize()
			t.Move(fyne.NewPos(max(0, at.X-m.Width-ui.Unit/2), at.Y+size.Height*float32(i)/gridLines-m.Height/2))
			t.Resize(m)
		default:
			k := float32(i-gridLines-1) / 2
			when := time.Unix(0, c.first+int64(float64(c.last-c.first)*float64(k)))
			t.Text = when.Local().Format(axisTime(time.Duration(c.last - c.first)))
			m := t.MinSize()
			t.Move(fyne.NewPos(at.X+size.Width*k-m.Width*k, at.Y+size.Height+ui.Unit/2))
			t.Resize(m)
		}
		t.Refresh()
	}
}

// axisNumber writes a value with as many digits as tell it from the next one, a
// step away.
func axisNumber(v, step float64) string {
	digits := 0
	if step > 0 && step < 10 {
		digits = min(1-int(math.Floor(math.Log10(step))), 12)
	}
	if p := math.Pow(10, float64(digits)); math.Abs(v) < 1e12 {
		return strconv.FormatFloat(math.Round(v*p)/p, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}

// axisTime is the form of a time where so much of it is in view.
func axisTime(span time.Duration) string {
	switch {
	case span < 10*time.Second:
		return "15:04:05.000"
	case span > 20*time.Hour:
		return "01-02 15:04"
	}
	return "15:04:05"
}

func (c *Chart) writeLegend() {
	for len(c.legend) < len(c.Lines) {
		c.legend = append(c.legend, canvas.NewText("", color.Transparent))
	}
	for i, t := range c.legend {
		if i >= len(c.Lines) {
			t.Text = ""
			t.Refresh()
			continue
		}
		l := c.Lines[i]
		text := "● " + l.Name
		if len(c.Lines) > 1 {
			text = strconv.Itoa(i+1) + " " + text
		}
		if n := len(l.Points); n > 0 {
			text += " = " + format.Number(l.Points[n-1].V)
		}
		t.Color, t.TextSize = curveColor(i), theme.CaptionTextSize()
		t.Text = textfit.Line(text, t.TextSize, t.TextStyle, c.Size().Width-ui.Unit*2)
		t.Move(fyne.NewPos(ui.Unit, float32(i)*t.TextSize*1.5))
		t.Resize(t.MinSize())
		t.Refresh()
	}
}

// writeEnds writes each curve's number at the last of its points in view.
func (c *Chart) writeEnds(at fyne.Position, size fyne.Size) {
	for len(c.ends) < len(c.Lines) {
		c.ends = append(c.ends, canvas.NewText("", color.Transparent))
	}
	for i, t := range c.ends {
		p, ok := c.end(i)
		if !ok || len(c.Lines) < 2 {
			ui.SetVisible(t, false)
			continue
		}
		t.Text, t.TextSize, t.Color = strconv.Itoa(i+1), theme.CaptionTextSize(), curveColor(i)
		t.TextStyle = fyne.TextStyle{Bold: true}
		m := t.MinSize()
		x, y := at.X+size.Width*float32(c.width(p.At)), at.Y+size.Height*float32(c.height(p.V))
		t.Move(fyne.NewPos(max(at.X, x-m.Width), max(at.Y, y-m.Height)))
		t.Resize(m)
		ui.SetVisible(t, true)
		t.Refresh()
	}
}

// end is the newest point of a curve that is in view.
func (c *Chart) end(i int) (topics.Point, bool) {
	if i >= len(c.Lines) {
		return topics.Point{}, false
	}
	for _, p := range slices.Backward(c.Lines[i].Points) {
		if p.At >= c.first && p.At <= c.last {
			return p, true
		}
	}
	return topics.Point{}, false
}
