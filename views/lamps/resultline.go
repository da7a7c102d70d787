package lamps

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/i18n"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// lampLine is below the page's title: how many lamps there are, and what goes for all.
type lampLine struct {
	counts, result *widget.Label
	undo           *ui.Button
	pupils         *ui.Button // leads to their page, while it is open
	attention      *ui.Button // takes the switches from the pupils
	layout         *summaryLayout
	box            *fyne.Container
}

func newLampLine(p *lampPage) *lampLine {
	l := &lampLine{counts: ui.Label(""), result: ui.OneLine(""), layout: &summaryLayout{}}
	l.counts.Importance = widget.MediumImportance
	l.undo = ui.QuietButton(i18n.T("lamps.undo"), ui.Icon("undo"), p.last.undo)
	l.pupils = ui.QuietButton("", ui.Icon("people"), p.pupilsDialog)
	l.attention = ui.QuietButton(i18n.T("attention.take"), ui.Icon("lock"), func() { p.env.Lesson.SetAttention(true) })
	l.box = container.New(l.layout, container.NewStack(p.filter.bar, ui.Centred(l.counts)), l.result, ui.Row(l.undo, l.pupils, l.attention))
	return l
}

// summaryLayout lays out three objects: what is there, at the left; a result, which may be
// long; and buttons, at the right. The result is between the two, in two small lines where
// one is not enough. What is longer still has a row of its own below them, and keeps it
// until below is reset, or the cards would jump under the pointer.
type summaryLayout struct{ below bool }

func (l *summaryLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left, result, right := objects[0], objects[1].(*widget.Label), objects[2]
	high := max(left.MinSize().Height, right.MinSize().Height)
	a, b := left.MinSize().Width, right.MinSize().Width
	ui.SetBounds(left, 0, 0, a, high)
	ui.SetBounds(right, size.Width-b, 0, b, high)
	room := size.Width - a - b - 2*theme.Padding()
	if lines, _ := resultLines(result.Text, room); lines > 2 {
		l.below = true
	}
	x, y, w := a+theme.Padding(), float32(0), room
	if l.below {
		x, y, w = -theme.InnerPadding(), high, size.Width+theme.InnerPadding() // the words at the left edge
	}
	lines, small := resultLines(result.Text, w)
	setResult(result, lines, small)
	result.Resize(fyne.NewSize(w, result.MinSize().Height))
	h := result.MinSize().Height
	if !l.below {
		y = (high - h) / 2
	}
	ui.SetBounds(result, x, y, w, h)
}

func (l *summaryLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	left, right := objects[0].MinSize(), objects[2].MinSize()
	m := fyne.NewSize(left.Width+right.Width, max(left.Height, right.Height))
	if l.below {
		m.Height += max(objects[1].MinSize().Height, objects[1].Size().Height)
	}
	return m
}

// resultLines is how many lines text takes, three at most, and whether in small letters.
func resultLines(text string, width float32) (lines int, small bool) {
	room := width - 2*theme.InnerPadding()
	if textfit.Width(text, theme.TextSize(), fyne.TextStyle{}) <= room {
		return 1, false
	}
	return len(textfit.Wrap(text, theme.Size(ui.SizeSmall), fyne.TextStyle{}, room, 3)), true
}

// setResult shows a result in one line, or in two small ones; what is longer ends in ….
func setResult(l *widget.Label, lines int, small bool) {
	wrap, cut, size := fyne.TextWrapOff, fyne.TextTruncateEllipsis, ui.SizeBody
	if small {
		size = ui.SizeSmall
	}
	if lines == 2 {
		wrap, cut = fyne.TextWrapWord, fyne.TextTruncateOff
	}
	if l.Wrapping != wrap || l.Truncation != cut || l.SizeName != size {
		l.Wrapping, l.Truncation, l.SizeName = wrap, cut, size
		l.Refresh()
	}
}
