package trainer

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/course/trainer"
	"lamplighter/device/topic"
	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// treeLine is one level of the tree. Its mark is a shape as well as a colour.
type treeLine struct {
	row        trainer.Row
	back       *canvas.Rectangle
	mark, name *canvas.Text
	box        *fyne.Container
}

func newTreeLine() *treeLine {
	l := &treeLine{back: canvas.NewRectangle(color.Transparent), mark: canvas.NewText("", nil), name: canvas.NewText("", nil)}
	l.name.TextStyle = fyne.TextStyle{Monospace: true}
	l.back.CornerRadius = ui.Unit / 2
	l.box = container.New(ui.Still{}, l.back, l.mark, l.name)
	return l
}

func (l *treeLine) Box() *fyne.Container { return l.box }

func (l *treeLine) show(r trainer.Row) {
	if l.row != r {
		l.row = r
		l.Place(l.box.Size())
	}
}

// marks are the shapes of the marks.
var marks = map[trainer.Mark]string{trainer.Unmatched: "", trainer.OnTheWay: "○", trainer.Matched: "●"}

// Place writes the line.
func (l *treeLine) Place(size fyne.Size) {
	text, tint, fill := theme.ColorNameForeground, theme.ColorNamePrimary, color.Color(color.Transparent)
	switch l.row.Mark {
	case trainer.Matched:
		fill = ui.Color(ui.ColorGood)
		tint = theme.ColorNameSuccess
	case trainer.Unmatched:
		if !l.row.Topic {
			text = ui.ColorSoft
		}
	}
	const indent = ui.Unit * 2.5
	x := ui.Unit + indent*float32(l.row.Depth)
	l.back.FillColor = fill
	l.back.Move(fyne.NewPos(x-ui.Unit/2, 1))
	l.back.Resize(fyne.NewSize(max(0, size.Width-x), size.Height-2))
	write := func(t *canvas.Text, s string, at float32, c fyne.ThemeColorName) {
		t.Text, t.Color, t.TextSize = s, ui.Color(c), theme.TextSize()
		t.Move(fyne.NewPos(at, (size.Height-t.MinSize().Height)/2))
		t.Resize(t.MinSize())
	}
	write(l.mark, marks[l.row.Mark], x, tint)
	x += ui.Unit * 2.5
	name := safe(l.row.Level)
	if l.row.Level == "" {
		name = i18n.T("topics.level.empty")
	}
	l.name.TextStyle.Bold = l.row.Mark == trainer.Matched
	write(l.name, ui.FitMiddle(name, theme.TextSize(), l.name.TextStyle, max(0, size.Width-x-ui.Unit)), x, text)
	for _, o := range []fyne.CanvasObject{l.back, l.mark, l.name} {
		o.Refresh()
	}
}

func (l *treeLine) Restyle() { l.Place(l.box.Size()) }

// levelTable shows a filter and a topic level by level, as far as they are compared.
func levelTable(v trainer.Verdict) fyne.CanvasObject {
	row := container.New(&ui.FlowLayout{Gap: ui.Unit / 2})
	for _, m := range v.Levels {
		row.Add(levelCell(m))
	}
	return container.NewBorder(nil, nil, container.New(&ui.TightLayout{}, smallCode(i18n.T("learn.filters.your")), smallCode(i18n.T("learn.filters.its"))), nil, row)
}

func levelCell(m topic.LevelMatch) fyne.CanvasObject {
	fill := ui.ColorGood
	switch {
	case m.Rule == topic.NotCompared:
		fill = ui.ColorNotice
	case !m.Rule.Matches():
		fill = ui.ColorFail
	}
	level := func(text string, there bool) *widget.Label {
		switch {
		case !there:
			text = "–"
		case text == "":
			text = i18n.T("topics.level.empty")
		default:
			text = ui.Shorten(safe(text))
		}
		l := smallCode(text)
		l.Alignment = fyne.TextAlignCenter
		return l
	}
	filter := m.Rule != topic.FilterEnds && (m.Rule != topic.AnyBelow || m.Filter != "")
	name := m.Rule != topic.NameEnds && m.Rule != topic.Parent
	return ui.NewSurface(fill, 0, container.NewVBox(level(m.Filter, filter), level(m.Name, name)))
}

func smallCode(text string) *widget.Label {
	l := ui.Code(text)
	l.SizeName = ui.SizeSmall
	return l
}
