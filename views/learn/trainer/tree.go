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
	"lamplighter/views/format"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// treeLine is one level of the tree. Its mark is a shape as well as a colour.
type treeLine struct {
	row  trainer.Row
	back *canvas.Rectangle
	mark *canvas.Circle
	name *canvas.Text
	box  *fyne.Container
}

func newTreeLine() *treeLine {
	l := &treeLine{back: canvas.NewRectangle(color.Transparent), mark: canvas.NewCircle(color.Transparent), name: canvas.NewText("", nil)}
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

// Place writes the line. A filled circle is a match, a hollow one leads on.
func (l *treeLine) Place(size fyne.Size) {
	text, fill := theme.ColorNameForeground, color.Color(color.Transparent)
	l.mark.FillColor, l.mark.StrokeColor, l.mark.StrokeWidth = color.Transparent, color.Transparent, 2
	switch l.row.Mark {
	case trainer.Matched:
		fill = ui.Color(ui.ColorGood)
		l.mark.FillColor = ui.Color(theme.ColorNameSuccess)
	case trainer.OnTheWay:
		l.mark.StrokeColor = ui.Color(theme.ColorNamePrimary)
	default:
		text = ui.ColorSoft
	}
	step := ui.Unit * 2.5 * ui.TextFactor()
	x := ui.Unit + step*float32(l.row.Depth)
	l.back.FillColor = fill
	ui.SetBounds(l.back, x-ui.Unit/2, 1, max(0, size.Width-x), size.Height-2)
	side := theme.TextSize() * 0.7
	ui.SetBounds(l.mark, x, (size.Height-side)/2, side, side)
	x += step
	name := safe(l.row.Level)
	if l.row.Level == "" {
		name = i18n.T("topics.level.empty")
	}
	l.name.TextStyle.Bold = l.row.Mark == trainer.Matched
	l.name.Text, l.name.Color, l.name.TextSize = textfit.Middle(name, theme.TextSize(), l.name.TextStyle, max(0, size.Width-x-ui.Unit)), ui.Color(text), theme.TextSize()
	l.name.Move(fyne.NewPos(x, (size.Height-l.name.MinSize().Height)/2))
	l.name.Resize(l.name.MinSize())
	for _, o := range []fyne.CanvasObject{l.back, l.mark, l.name} {
		o.Refresh()
	}
}

func (l *treeLine) Restyle() { l.Place(l.box.Size()) }

// levelTable shows a filter and a topic level by level, as far as they are compared.
func levelTable(v trainer.Verdict) fyne.CanvasObject {
	row := container.New(&ui.FlowLayout{Gap: ui.Unit / 2}, cell(ui.ColorCard, i18n.T("learn.filters.your"), i18n.T("learn.filters.its")))
	for _, m := range v.Levels {
		row.Add(levelCell(m))
	}
	return row
}

// levelCell is one level: what the filter has over what the topic has, with a sign
// between them.
func levelCell(m topic.LevelMatch) fyne.CanvasObject {
	level := func(text string, there bool) string {
		switch {
		case !there:
			return "–"
		case text == "":
			return i18n.T("topics.level.empty")
		}
		return format.MenuName(safe(text))
	}
	compared := m.Rule != topic.NotCompared
	filter := level(m.Filter, m.Filter != "" || compared && m.Rule != topic.FilterEnds && m.Rule != topic.AnyBelow)
	name := level(m.Name, m.Name != "" || compared && m.Rule != topic.NameEnds && m.Rule != topic.Parent)
	switch {
	case !compared:
		return cell(ui.ColorNotice, filter, name)
	case m.Rule.Matches():
		return cell(ui.ColorGood, filter, name)
	}
	return cell(ui.ColorFail, i18n.T("learn.filters.wrong-level", "Level", filter), name)
}

func cell(fill fyne.ThemeColorName, above, below string) fyne.CanvasObject {
	return ui.NewSurface(fill, ui.Unit/2, container.New(&ui.StackLayout{Gap: -ui.Unit * 1.5}, smallCode(above), smallCode(below)))
}

func smallCode(text string) *widget.Label {
	l := ui.Code(text)
	l.SizeName = ui.SizeSmall
	return l
}
