package lamps

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/lesson"
	"lamplighter/app/watch"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// The columns of the table, after the name: their share of the width.
const (
	happenedName   = 0.34
	happenedColumn = (1 - happenedName) / 5
	happenedWidth  = 900
)

// happenedDialog shows what happened to each lamp in this lesson, and writes it into
// a file.
func (d *lessonDialogs) happenedDialog() {
	rows := d.env.Lesson.Rows()
	list := ui.NewLineList(func() int { return len(rows) }, func() ui.ListLine { return newHappenedLine() }, func(i int, l ui.ListLine, _ bool) {
		l.(*happenedLine).show(d.happenedCells(rows[i]))
	})
	since := ui.Small("")
	update := func() {
		rows = d.env.Lesson.Rows()
		ui.SetText(since, i18n.T("happened.since", "Time", format.Time(d.env.Lesson.CountedSince(), d.now())))
		list.Update()
	}
	head := newHappenedLine()
	head.bold = true
	head.show([]string{
		i18n.T("happened.lamp"), i18n.T("happened.commands"), i18n.T("happened.confirmed"), i18n.T("happened.unanswered"), i18n.T("happened.left"), i18n.T("happened.away"),
	})
	named := ui.NewCheck(i18n.T("happened.named"), func(bool) {})
	anew := ui.NewButton(i18n.T("happened.anew"), ui.Icon("refresh"), d.env.Lesson.ResetCounts)
	save := ui.NewButton(i18n.T("happened.save"), ui.Icon("save"), func() { d.env.SaveText("lesson.csv", lesson.CSV(d.env.Lesson.Rows(), csvHeads(named.Checked))) })
	m := &ui.Dialog{Shell: d.env.Shell}
	end := ui.PrimaryButton(i18n.T("common.close"), nil, m.Cancel)
	m.Cancelled = watch.Stops{d.panel.Changed.Listen(update), d.env.Lesson.Changed.Listen(update)}.Stop
	update()
	sized := container.New(&happenedLayout{d.env.Window()}, list)
	table := container.NewBorder(container.NewVBox(ui.Rows(since), ui.HeadLine(head)), ui.Rows(named), nil, nil, sized)
	m.Show(ui.Question{Title: i18n.T("happened.title"), Content: table, ExtraButton: save, Width: happenedWidth}, anew, end)
	d.env.Window().Canvas().Focus(end)
}

// csvHeads are the words for the columns of a file.
func csvHeads(named bool) lesson.Heads {
	h := lesson.Heads{
		Board: i18n.T("happened.csv.board"), Commands: i18n.T("happened.commands"), Pupils: i18n.T("happened.csv.pupils"), Confirmed: i18n.T("happened.confirmed"),
		Unanswered: i18n.T("happened.unanswered"), Left: i18n.T("happened.left"), Away: i18n.T("happened.csv.away"),
	}
	if named {
		h.Name = i18n.T("happened.csv.name")
	}
	return h
}

func (d *lessonDialogs) happenedCells(r lesson.Row) []string {
	unanswered := strconv.Itoa(r.Unanswered())
	if r.Silent {
		unanswered = i18n.T("happened.silent")
	}
	return []string{d.owners.nameOf(r.Base, r.Name), strconv.Itoa(r.Commands), strconv.Itoa(r.Confirmed), unanswered, strconv.Itoa(r.Times), awayWords(r.Away)}
}

// awayWords is a time as minutes and seconds.
func awayWords(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s == 0 {
		return i18n.T("happened.never")
	}
	return i18n.T("happened.time", "Minutes", s/60, "Seconds", s%60)
}

// happenedLine is a line of the table.
type happenedLine struct {
	box   *fyne.Container
	cells []*canvas.Text
	texts []string
	bold  bool
}

func newHappenedLine() *happenedLine {
	l := &happenedLine{box: container.New(ui.Still{})}
	for range 6 {
		t := canvas.NewText("", nil)
		l.cells = append(l.cells, t)
		l.box.Add(t)
	}
	return l
}

func (l *happenedLine) Box() *fyne.Container { return l.box }

func (l *happenedLine) show(texts []string) {
	l.texts = texts
	l.Place(l.box.Size())
}

// Place writes every cell as long as there is room.
func (l *happenedLine) Place(size fyne.Size) {
	x := float32(ui.Unit)
	size.Width -= x
	style := fyne.TextStyle{Bold: l.bold}
	for i, t := range l.cells {
		wide := size.Width * happenedColumn
		if i == 0 {
			wide = size.Width * happenedName
		}
		text, high := "", theme.TextSize()
		if i < len(l.texts) {
			text = l.texts[i]
		}
		if long := textfit.Width(text, high, style); l.bold && long > wide-ui.Unit {
			high = max(smallWord, 0.98*high*(wide-ui.Unit)/long) // a heading is not cut
		}
		ui.WriteText(t, textfit.Middle(text, high, style, wide-ui.Unit), high, style, theme.ColorNameForeground)
		at := fyne.NewPos(x, (size.Height-t.MinSize().Height)/2)
		if i > 0 { // numbers stand under each other
			at.X += wide - t.MinSize().Width - ui.Unit
		}
		t.Move(at)
		t.Resize(t.MinSize())
		x += wide
	}
}

func (l *happenedLine) Restyle() { l.Place(l.box.Size()) }

// happenedLayout gives the table what height the window has for it.
type happenedLayout struct{ window fyne.Window }

func (l *happenedLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

func (l *happenedLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(1, max(ui.Unit*12, l.window.Canvas().Size().Height-ui.Unit*(27+19*ui.TextFactor())))
}

var _ ui.ListLine = (*happenedLine)(nil)
