// Package lessons is the part of Learn in which a pupil works through lessons on MQTT:
// the list, an open lesson with its steps and tools, and what the teacher decides.
package lessons

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/course"
	"lamplighter/app/watch"
	"lamplighter/i18n"
	"lamplighter/i18n/lessons"
	"lamplighter/views/backend"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// page shows the list, the open lesson, or what the teacher decides.
type page struct {
	s     *ui.Shell
	parts *backend.Parts
	c     *course.Course
	root  *fyne.Container
	stops watch.Stops
	shown bool

	mode  mode
	key   string // of what the list shows; another one has it built again
	open  *lessonView
	first fyne.Focusable // where the keyboard begins in the list
}

type mode int

const (
	forPupils mode = iota
	forTeacher
)

// New builds the part.
func New(s *ui.Shell, parts *backend.Parts) ui.Page {
	p := &page{s: s, parts: parts, c: parts.Course(), root: container.NewStack()}
	p.c.Read(lessons.In(i18n.Language()))
	p.stops = append(p.stops, p.c.Changed.Listen(p.update), parts.Lights.Changed.Listen(p.lampsChanged), parts.StatusChanged.Listen(p.update))
	p.update()
	return p
}

// IsOpen reports whether a lesson is open, as after a change of language.
func IsOpen(parts *backend.Parts) bool {
	_, open := parts.Course().State()
	return open
}

func (p *page) Content() fyne.CanvasObject { return p.root }

func (p *page) Shown() {
	p.shown = true
	p.update()
}

func (p *page) Hidden() { p.shown = false }

func (p *page) Close() {
	p.stops.Stop()
}

// FirstFocus is the first lesson, or the first field of the one that is open.
func (p *page) FirstFocus() fyne.Focusable {
	if p.open != nil {
		return p.open.firstFocus()
	}
	return p.first
}

// Escape leaves the lesson, or what the teacher decides.
func (p *page) Escape() bool {
	switch {
	case p.open != nil:
		p.c.Leave()
	case p.mode == forTeacher:
		p.decide(forPupils)
	default:
		return false
	}
	return true
}

func (p *page) decide(m mode) {
	p.mode = m
	p.update()
}

func (p *page) lampsChanged() {
	if p.open != nil && p.open.lamp != nil {
		p.open.lamp.update()
	}
}

// update shows what is so now.
func (p *page) update() {
	state, open := p.c.State()
	switch {
	case open && (p.open == nil || p.open.id != state.Lesson.ID || p.open.title != state.Lesson.Title):
		p.open, p.key = newLessonView(p, state), ""
		p.showPage(p.open.content)
	case open:
		p.open.update(state)
	case p.mode == forTeacher:
		p.open = nil
		p.rebuild("teacher"+p.teacherKey(), p.teacher)
	default:
		p.open = nil
		p.rebuild(p.listKey(), p.list)
	}
}

// rebuild puts up what build makes, where it would be another than before.
func (p *page) rebuild(key string, build func() fyne.CanvasObject) {
	if key != p.key {
		p.key, p.first = key, nil
		p.showPage(build())
	}
}

// showPage puts up another page, and leads the keyboard to its beginning.
func (p *page) showPage(o fyne.CanvasObject) {
	p.root.Objects = []fyne.CanvasObject{o}
	p.root.Refresh()
	if first := p.FirstFocus(); p.shown && first != nil && !p.s.InDialog() {
		p.s.Window().Canvas().Focus(first)
	}
}

func (p *page) listKey() string {
	key := fmt.Sprint(p.c.Keeps())
	for _, e := range p.c.Entries(false) {
		key += fmt.Sprint("\n", e.ID, e.Title, e.Done)
	}
	return key + p.parts.Settings.Values().Connection + fmt.Sprint(p.isBrokerOff(), p.people())
}

// list is all lessons that the teacher shows.
func (p *page) list() fyne.CanvasObject {
	rows := ui.Sections(listWidth)
	if other := p.otherBroker(); other != nil {
		rows.Add(other)
	}
	rows.Add(ui.Body(i18n.T("learn.lessons.what")))
	if keeps, who := p.c.Keeps(); keeps {
		rows.Add(p.whoLearns(who))
	}
	all := ui.Rows()
	for i, e := range p.c.Entries(false) {
		r := ui.NewPickRow(entryIcon(e), i18n.T("learn.lessons.title", "N", i+1, "Title", e.Title), entryWords(e), nil)
		r.Mark = false
		r.OnPick = func() { p.c.Open(e.ID) }
		if p.first == nil && !e.IsSolved() {
			p.first = r
		}
		all.Add(r)
	}
	rows.Add(all)
	rows.Add(ui.Row(ui.QuietButton(i18n.T("learn.teacher.open"), ui.Icon("settings"), func() { p.decide(forTeacher) })))
	return ui.Scrolled(rows)
}

const listWidth = 760

func entryIcon(e course.Entry) string {
	if e.IsSolved() {
		return "check"
	}
	return "learn"
}

func entryWords(e course.Entry) string {
	switch {
	case e.IsSolved():
		return i18n.T("learn.lessons.solved", "Take", e.Takeaway)
	case e.Done > 0:
		return i18n.T("learn.lessons.begun", "Done", e.Done, "All", len(e.Steps), "Aim", e.Aim)
	}
	return e.Aim
}

func (p *page) isBrokerOff() bool { return p.parts.Settings.Values().BuiltIn.Off }

// otherBroker tells that the lessons are held at this computer's broker, where the
// window uses another one or none runs.
func (p *page) otherBroker() fyne.CanvasObject {
	v := p.parts.Settings.Values()
	switch {
	case p.isBrokerOff():
		return ui.Notice(ui.Warning, i18n.T("learn.lessons.no-broker"), ui.NewButton(i18n.T("rail.settings"), nil, func() { p.s.Visit(ui.PlaceSettings, "") }))
	case v.Connection != "":
		return ui.Notice(ui.Remark, i18n.T("learn.lessons.other-broker"), ui.NewButton(i18n.T("rail.settings"), nil, func() { p.s.Visit(ui.PlaceSettings, "") }))
	}
	return nil
}

// person is somebody who may learn here: a practice board, or a pupil of the class.
type person struct{ id, name string }

func (p *page) people() (all []person) {
	for _, b := range p.parts.Settings.Values().Boards {
		if b.Practice {
			all = append(all, person{course.BoardLearner + b.ID, format.ClientText(b.Name)})
		}
	}
	for _, x := range p.parts.Class.Pupils() {
		all = append(all, person{course.PupilLearner + x.ID, format.ClientText(x.Name)})
	}
	return all
}

// nameOf is the name of who solved something.
func (p *page) nameOf(who string) string {
	for _, x := range p.people() {
		if x.id == who {
			return x.name
		}
	}
	return i18n.T("learn.teacher.gone")
}

// whoLearns asks who learns at this computer now.
func (p *page) whoLearns(now string) fyne.CanvasObject {
	people := p.people()
	names, chosen := []string{i18n.T("learn.lessons.nobody")}, 0
	for i, x := range people {
		names = append(names, x.name)
		if x.id == now {
			chosen = i + 1
		}
	}
	s := ui.NewSelect(names, func(i int) {
		if i > 0 {
			p.c.SetLearner(people[i-1].id)
		} else {
			p.c.SetLearner("")
		}
	})
	s.SetQuietly(chosen)
	return ui.Labelled(i18n.T("learn.lessons.who"), s)
}

// teacherKey is another one where what the teacher sees is.
func (p *page) teacherKey() string {
	key := fmt.Sprint(p.c.Keeps())
	for _, e := range p.c.Entries(true) {
		key += fmt.Sprint("\n", e.ID, e.Title, e.Hidden)
	}
	return key + fmt.Sprint(len(p.c.Solved()), p.c.Wrong())
}

// teacher is what the teacher decides: which lessons are shown and in which order,
// whether it is kept who solved what, and lessons of their own.
func (p *page) teacher() fyne.CanvasObject {
	back := ui.QuietButton(i18n.T("learn.lessons.back"), ui.Icon("left"), func() { p.decide(forPupils) })
	p.first = back
	return ui.Scrolled(ui.Sections(listWidth, ui.Row(back), p.orderCard(), p.keepCard(), p.ownCard()))
}

func (p *page) orderCard() fyne.CanvasObject {
	rows := ui.Rows()
	for _, e := range p.c.Entries(true) {
		show := ui.NewCheck("", func(on bool) { p.c.Hide(e.ID, !on) })
		show.SetQuietly(!e.Hidden)
		name := ui.OneLine(e.Title)
		if e.Hidden {
			name.Importance = widget.LowImportance
		}
		rows.Add(ui.Between(show, name, ui.Row(
			ui.QuietButton("", ui.Icon("up"), func() { p.c.Move(e.ID, -1) }), ui.QuietButton("", ui.Icon("down"), func() { p.c.Move(e.ID, 1) }),
		)))
	}
	return ui.TitledCard(i18n.T("learn.teacher.order"), i18n.T("learn.teacher.order-what"), rows)
}

func (p *page) keepCard() fyne.CanvasObject {
	keeps, _ := p.c.Keeps()
	box := ui.NewCheck(i18n.T("learn.teacher.keep"), p.c.SetKeep)
	box.SetQuietly(keeps)
	rows := []fyne.CanvasObject{box}
	if n := len(p.c.Solved()); n > 0 {
		rows = append(rows, ui.Body(i18n.N("learn.teacher.solved", n)), flow(
			ui.NewButton(i18n.T("learn.teacher.export"), ui.Icon("save"), p.export),
			ui.NewButton(i18n.T("learn.teacher.erase"), ui.Icon("trash"), p.askErase),
		))
	}
	return ui.TitledCard(i18n.T("learn.teacher.solved-title"), i18n.T("learn.teacher.keep-what"), rows...)
}

func (p *page) export() {
	data := p.c.CSV(course.Heads{
		Learner: i18n.T("learn.teacher.csv.who"), Lesson: i18n.T("learn.teacher.csv.lesson"), Date: i18n.T("learn.teacher.csv.date"), Time: i18n.T("learn.teacher.csv.time"),
	}, p.nameOf)
	p.s.SaveText("lessons.csv", data)
}

func (p *page) askErase() {
	p.s.Confirm(i18n.T("learn.teacher.erase"), i18n.T("learn.teacher.erase-ask"), i18n.T("learn.teacher.erase-yes"), true, p.c.Erase)
}

// show tells what went wrong, where something did.
func (p *page) show(err error) {
	if err != nil {
		p.s.ShowProblem(err)
	}
}

func (p *page) ownCard() fyne.CanvasObject {
	rows := []fyne.CanvasObject{flow(
		ui.NewButton(i18n.T("learn.teacher.example"), ui.Icon("plus"), func() { p.c.CopyExample(p.show) }),
		ui.NewButton(i18n.T("learn.teacher.folder"), ui.Icon("folder"), func() {
			p.show(p.parts.About.OpenFolder())
		}),
		ui.NewButton(i18n.T("learn.teacher.again"), ui.Icon("refresh"), p.c.ReadAgain),
	)}
	for _, e := range p.c.Wrong() {
		rows = append(rows, ui.Notice(ui.Failure, wrongWords(e)))
	}
	return ui.TitledCard(i18n.T("learn.teacher.own"), i18n.T("learn.teacher.own-what"), rows...)
}
