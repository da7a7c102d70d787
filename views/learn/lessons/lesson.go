package lessons

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/course"
	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// lessonView is an open lesson: its steps on the left, its tools on the right.
type lessonView struct {
	p         *page
	id, title string
	key       string // of what the steps show
	steps     *fyne.Container
	scroll    *fyne.Container
	focus     fyne.Focusable
	isSolved  bool
	content   fyne.CanvasObject

	lamp       *lampTool
	me, friend *clientTool
	line       *lineTool
	program    *programTool
}

func newLessonView(p *page, state course.State) *lessonView {
	v := &lessonView{p: p, id: state.Lesson.ID, title: state.Lesson.Title, steps: ui.Rows()}
	tools := v.tools(state.Lesson)
	v.scroll = ui.Scrolled(v.steps)
	v.content = v.scroll
	if tools != nil {
		v.content = container.New(ui.BesideLayout{Left: 0.46}, v.scroll, ui.Scrolled(tools))
	}
	v.update(state)
	return v
}

const toolWidth = 320 // of a tool at least, where two stand beside each other

// tools makes what the lesson needs.
func (v *lessonView) tools(l course.Lesson) fyne.CanvasObject {
	p, column := v.p, ui.Grid(toolWidth*ui.TextFactor())
	if l.Has(course.LampTool) {
		v.lamp = newLampTool(p.s, p.parts, v.ways(course.GoSetup))
		column.Add(v.lamp.content)
	}
	if l.Has(course.LineTool) {
		v.line = newLineTool(p.c)
		column.Add(v.line.content)
	}
	if l.Has(course.ProgramTool) {
		v.program = newProgramTool(p.s, p.c)
		column.Add(v.program.content)
	}
	if l.Has(course.ClientTool) {
		v.me = newClientTool(p.s, i18n.T("learn.client.me"), course.MyID, p.c.Me, p.c.Login, p.isBrokerOff, needsOf(l))
		column.Add(v.me.content)
	}
	if l.Has(course.FriendTool) {
		v.friend = newClientTool(p.s, i18n.T("learn.client.friend"), course.FriendID, p.c.Friend, p.c.Login, p.isBrokerOff, needsOf(l))
		column.Add(v.friend.content)
	}
	if len(column.Objects) == 0 {
		return nil
	}
	if v.me != nil && v.friend != nil { // one of them is below the window's edge
		return ui.Rows(ui.Card(ui.Rows(ui.Small(i18n.T("learn.client.newest")), v.me.last, v.friend.last)), column)
	}
	return column
}

// firstFocus is the way on where the lesson is solved, else the pupil's client.
func (v *lessonView) firstFocus() fyne.Focusable {
	if v.me != nil && v.me.named.Visible() && !v.isSolved {
		return v.me.id
	}
	return v.focus
}

// update shows how the lesson stands.
func (v *lessonView) update(state course.State) {
	if v.lamp != nil {
		v.lamp.update()
	}
	for _, t := range []*clientTool{v.me, v.friend} {
		if t != nil {
			t.update()
		}
	}
	if v.line != nil {
		v.line.update()
	}
	if v.program != nil {
		v.program.update()
	}
	b := v.p.c.Blanks()
	key := fmt.Sprint(state.Step, state.Met, len(state.Hints), state.Lost, state.Resumed, b, v.p.parts.Settings.Values().Connection, v.p.isBrokerOff())
	if key == v.key {
		return
	}
	v.key = key
	v.show(state, b)
}

// show writes the steps.
func (v *lessonView) show(state course.State, b course.Blanks) {
	l := state.Lesson
	back := ui.QuietButton(i18n.T("learn.lessons.back"), ui.Icon("left"), v.p.c.Leave)
	v.focus, v.isSolved = back, state.IsSolved()
	v.steps.Objects = []fyne.CanvasObject{ui.Row(back), ui.TitleWrapped(l.Title), ui.Body(b.Fill(l.Aim))}
	if other := v.p.otherBroker(); other != nil {
		v.steps.Add(other)
	}
	for i, s := range l.Steps {
		switch {
		case i < state.Step:
			v.steps.Add(stepLine("check", "success", b.Fill(s.Heading), widget.MediumImportance))
			if i == state.Step-1 && s.Conclusion != "" {
				v.steps.Add(ui.Notice(ui.Remark, b.Fill(s.Conclusion)))
			}
		case i == state.Step:
			v.steps.Add(v.current(s, state, b))
		default:
			v.steps.Add(stepLine("dot", ui.ColorSoft, b.Fill(s.Heading), widget.LowImportance))
		}
	}
	if state.IsSolved() {
		v.steps.Add(v.solved(b.Fill(l.Takeaway)))
	}
	v.steps.Refresh()
	v.scroll.Refresh()
}

// stepLine is a step that is done, or that is to come.
func stepLine(icon string, tint fyne.ThemeColorName, heading string, importance widget.Importance) fyne.CanvasObject {
	words := ui.Body(heading)
	words.Importance = importance
	return container.NewBorder(nil, nil, ui.Centred(ui.IconImage(ui.Tinted(icon, tint), 20)), nil, words)
}

// current is the step in hand.
func (v *lessonView) current(s course.Step, state course.State, b course.Blanks) fyne.CanvasObject {
	rows := ui.Rows(ui.SubtitleWrapped(b.Fill(s.Heading)))
	for _, text := range s.Texts {
		rows.Add(ui.Body(b.Fill(text)))
	}
	if state.Resumed && (state.Lesson.Has(course.ClientTool) || state.Lesson.Has(course.ProgramTool)) {
		rows.Add(ui.Notice(ui.Remark, i18n.T("learn.lessons.again")))
	}
	if len(state.Met) > 1 {
		for i, met := range state.Met {
			rows.Add(checkLine(checkWords(s.Checks[i], b), met))
		}
	}
	if state.Lost {
		rows.Add(ui.Notice(ui.Warning, i18n.T("learn.lessons.lost")))
	}
	for _, h := range state.Hints {
		rows.Add(ui.Notice(ui.Remark, b.Fill(h.Text)))
	}
	if buttons := v.ways(s.Place); len(buttons) > 0 {
		rows.Add(flow(buttons...))
	}
	return ui.Card(rows)
}

// checkLine is one of several things that a step asks for.
func checkLine(words string, met bool) fyne.CanvasObject {
	if met {
		return stepLine("check", "success", words, widget.MediumImportance)
	}
	return stepLine("dot", ui.ColorSoft, words, widget.LowImportance)
}

// ways are the buttons that lead to where a step is done.
func (v *lessonView) ways(at course.Place) []fyne.CanvasObject {
	way := func(text, icon string, to ui.Place, target string) fyne.CanvasObject {
		return ui.NewButton(text, ui.Icon(icon), func() { v.p.s.Visit(to, target) })
	}
	switch at {
	case course.GoLamps:
		return []fyne.CanvasObject{way(i18n.T("rail.lamps"), "lamp", ui.PlaceLamps, v.p.c.Lamp())}
	case course.GoTopics:
		return []fyne.CanvasObject{way(i18n.T("rail.topics"), "topics", ui.PlaceTopics, "")}
	case course.GoBroker:
		return []fyne.CanvasObject{way(i18n.T("rail.settings"), "settings", ui.PlaceSettings, "")}
	case course.GoFilter:
		return []fyne.CanvasObject{way(i18n.T("learn.part.filters"), "filter", ui.PlaceLearn, "filters")}
	case course.GoSetup:
		return []fyne.CanvasObject{way(i18n.T("rail.setup"), "setup", ui.PlaceSetup, ""), ui.NewButton(i18n.T("learn.lessons.practice"), ui.Icon("lamp"), func() {
			v.p.s.Visit(ui.PlaceSetup, "")
			v.p.parts.Setup().TryPractice()
		})}
	}
	return nil
}

// solved is the sentence to take home, and the way on.
func (v *lessonView) solved(take string) fyne.CanvasObject {
	buttons := []fyne.CanvasObject{ui.NewButton(i18n.T("learn.lessons.repeat"), ui.Icon("refresh"), v.p.c.Restart)}
	if next, ok := v.p.c.Next(); ok {
		b := ui.PrimaryButton(i18n.T("learn.lessons.next"), ui.Icon("right"), func() { v.p.c.Open(next) })
		v.focus = b
		buttons = append([]fyne.CanvasObject{b}, buttons...)
	}
	words := ui.SubtitleWrapped(take)
	return ui.NoticeWith(ui.Success, ui.Rows(ui.Small(i18n.T("learn.lessons.take")), words, flow(buttons...)))
}
