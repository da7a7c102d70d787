package class

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/lights"
	"lamplighter/app/roster"
	"lamplighter/i18n"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// PupilNames are the names of those who share a lamp.
func PupilNames(all []roster.Pupil) string {
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	return strings.Join(names, i18n.T("class.between"))
}

// pupilLine is a pupil in the list: name, number, group, seat and board.
type pupilLine struct {
	box   *fyne.Container
	back  *canvas.Rectangle
	texts [5]*canvas.Text
	words [5]string
	size  fyne.Size
	head  bool // it says what the columns hold
}

// tableHead is the line above the list.
func tableHead() fyne.CanvasObject {
	l := newPupilLine()
	l.head = true
	l.words = [5]string{i18n.T("class.name"), i18n.T("class.number"), i18n.T("class.group"), i18n.T("class.column.seat"), i18n.T("class.board")}
	return ui.HeadLine(l)
}

func newPupilLine() *pupilLine {
	l := &pupilLine{back: canvas.NewRectangle(color.Transparent)}
	l.box = container.New(ui.Still{}, l.back)
	for i := range l.texts {
		l.texts[i] = canvas.NewText("", color.Transparent)
		l.box.Add(l.texts[i])
	}
	return l
}

// Box holds the line's texts.
func (l *pupilLine) Box() *fyne.Container { return l.box }

// pupilColumns are where the columns begin, in parts of the width.
var pupilColumns = [6]float32{0, 0.3, 0.45, 0.6, 0.78, 1}

// Place puts the texts into their columns.
func (l *pupilLine) Place(size fyne.Size) {
	l.size = size
	l.back.Resize(size)
	l.write()
}

// Restyle takes colours and sizes anew.
func (l *pupilLine) Restyle() {
	l.write()
	l.back.Refresh()
}

func (l *pupilLine) write() {
	for i, t := range l.texts {
		style, tint := fyne.TextStyle{Bold: i == 0 || l.head}, ui.ColorSoft
		if i == 0 {
			tint = theme.ColorNameForeground
		}
		from, to := pupilColumns[i]*l.size.Width+ui.Unit, pupilColumns[i+1]*l.size.Width
		ui.WriteText(t, textfit.Line(l.words[i], theme.TextSize(), style, max(0, to-from)), theme.TextSize(), style, tint)
		t.Move(fyne.NewPos(from, (l.size.Height-t.MinSize().Height)/2))
	}
}

// bindLine shows a pupil in a line.
func (d *dialog) bindLine(i int, line ui.ListLine, chosen bool) {
	l, p := line.(*pupilLine), d.rows[i]
	fill := color.Color(color.Transparent)
	if chosen {
		fill = ui.Color(theme.ColorNameSelection)
	}
	if l.back.FillColor != fill {
		l.back.FillColor = fill
		l.back.Refresh()
	}
	if words := [5]string{p.Name, p.Number, p.Group, seatWords(p.Seat), d.boardWords(p)}; l.words != words {
		l.words = words
		l.write()
	}
}

// sideButtons change how many seats there are, and seat those who have none.
func (d *dialog) sideButtons() *fyne.Container {
	step := func(icon string, row, column int) *ui.Button {
		return ui.QuietButton("", ui.Icon(icon), func() {
			p := d.class.Plan()
			d.change(func() { d.class.SetPlan(roster.Plan{Rows: p.Rows + row, Columns: p.Columns + column}) })
		})
	}
	all := ui.QuietButton(i18n.T("class.seat-all"), nil, func() { d.change(d.class.Seated) })
	return container.New(&ui.FlowLayout{Gap: ui.Unit},
		ui.Row(ui.Label(i18n.T("class.rows")), step("minus", -1, 0), step("plus", 1, 0)),
		ui.Row(ui.Label(i18n.T("class.columns")), step("minus", 0, -1), step("plus", 0, 1)), all)
}

// SeatCells are where lamps lie in the plan of their pupils' seats, by base; those
// without a seat come in the rows behind it, in their order. Seated reports whether
// one has a seat.
func SeatCells(all []lights.Light, owners map[string][]roster.Pupil, plan roster.Plan) (cells map[string]int, seated bool) {
	cells = map[string]int{}
	next := plan.Rows * plan.Columns
	taken := map[int]bool{}
	for _, l := range all {
		at := -1
		for _, p := range owners[l.Base] {
			if place := plan.At(p.Seat); place >= 0 && !taken[place] && at < 0 {
				at = place
			}
		}
		if at < 0 {
			at = next
			next++
		} else {
			seated = true
		}
		cells[l.Base], taken[at] = at, true
	}
	return cells, seated
}
