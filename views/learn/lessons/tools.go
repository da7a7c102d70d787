package lessons

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/course"
	"lamplighter/app/lights"
	"lamplighter/app/program"
	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/format"
	"lamplighter/views/lampview"
	"lamplighter/views/problem"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

const lampSide = 64

// lampTool is the lesson's lamp, with its topics and its plug.
type lampTool struct {
	s     *ui.Shell
	parts *backend.Parts
	c     *course.Course

	picture      *lampview.Picture
	name, word   *widget.Label
	topics       *widget.Label
	copy         *ui.Button // of the topic that its topics begin with
	which        *ui.Select
	bases        []string
	plug, button *ui.Button
	setup        *fyne.Container // the ways to a lamp, where there is none
	content      *ui.Surface
}

func newLampTool(s *ui.Shell, parts *backend.Parts, ways []fyne.CanvasObject) *lampTool {
	t := &lampTool{s: s, parts: parts, c: parts.Course(), picture: lampview.NewPicture(), name: ui.OneLine(""), word: ui.Small(""), topics: ui.Code("")}
	t.name.TextStyle = fyne.TextStyle{Bold: true}
	t.topics.Wrapping, t.topics.SizeName = fyne.TextWrapBreak, ui.SizeSmall
	t.which = ui.NewSelect(nil, func(i int) {
		if i >= 0 && i < len(t.bases) {
			t.c.SetLamp(t.bases[i])
		}
	})
	t.plug = ui.NewButton("", ui.Icon("power"), t.doPlug)
	t.button = ui.NewButton(i18n.T("learn.lamp.button"), nil, func() { t.atBoard(backend.PracticeBoard.PressButton) })
	t.copy = ui.NewButton("", ui.Icon("copy"), func() { s.CopyText(t.c.Lamp()) })
	t.setup = flow(ways...)
	box := container.New(&pictureBox{t.picture}, t.picture.Objects...)
	t.content = ui.Card(ui.Rows(
		ui.Beside(container.NewBorder(nil, nil, box, nil, container.New(&ui.TightLayout{}, t.name, t.word)), t.plug, t.headWidth),
		t.which, t.topics, t.setup, flow(t.copy, t.button),
	))
	t.picture.Paint()
	t.update()
	return t
}

// headWidth is how much room the lamp's picture and its name need.
func (t *lampTool) headWidth() float32 {
	return lampSide + ui.Unit*3 + textfit.Width(format.MenuName(t.name.Text), theme.TextSize(), t.name.TextStyle)
}

// pictureBox gives a lamp its square.
type pictureBox struct{ p *lampview.Picture }

func (b *pictureBox) Layout([]fyne.CanvasObject, fyne.Size) {
	b.p.Layout(fyne.NewPos(0, ui.Unit), lampSide)
}

func (*pictureBox) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(lampSide+ui.Unit, lampSide+2*ui.Unit)
}

func (t *lampTool) board() (backend.PracticeBoard, bool) {
	if t.parts.Practice == nil {
		return nil, false
	}
	return t.parts.Practice(t.c.Lamp())
}

// atBoard does something at the practice board, which may wait.
func (t *lampTool) atBoard(do func(backend.PracticeBoard)) {
	if b, ok := t.board(); ok {
		ui.InBackground(t.s.Post, func() { do(b) }, t.update)
	}
}

func (t *lampTool) doPlug() {
	t.atBoard(func(b backend.PracticeBoard) {
		if b.Plugged() {
			b.Unplug()
		} else {
			b.Plug()
		}
	})
}

func (t *lampTool) update() {
	base := t.c.Lamp()
	light, known := t.parts.Lights.Light(base)
	if known {
		t.show(light)
		w := lampview.Describe(light, time.Now())
		ui.SetText(t.name, format.ClientText(light.Name))
		ui.SetText(t.word, w.Word)
	} else {
		t.show(lights.Light{Phase: lights.Unheard})
		ui.SetText(t.name, i18n.T("learn.lamp.none"))
		ui.SetText(t.word, i18n.T("learn.lamp.none-why"))
	}
	ui.SetText(t.topics, topicWords(base, light))
	ui.SetVisible(t.topics, known)
	ui.SetVisible(t.setup, !known)
	t.copy.SetText(i18n.T("learn.lamp.copy", "Topic", format.MenuName(format.ClientText(base))))
	ui.SetVisible(t.copy, known)
	t.choices(base)
	b, practice := t.board()
	ui.SetVisible(t.plug, practice)
	ui.SetVisible(t.button, practice && b.Plugged())
	if practice {
		t.plug.SetText(i18n.T(ui.Either(b.Plugged(), "learn.lamp.pull", "learn.lamp.plug")))
	}
	t.content.Refresh()
}

// topicWords are the lamp's topics, with what it published last about its light.
func topicWords(base string, l lights.Light) string {
	key, last := "learn.lamp.topics-last", "on"
	switch l.State {
	case lights.Unknown:
		key = "learn.lamp.topics"
	case lights.Off:
		last = "off"
	}
	return i18n.T(key, "Command", base+"/light/set", "State", base+"/light", "Status", base+"/status", "Last", last)
}

// show draws the lamp, without a fade: the class looks at what is, not at what was.
func (t *lampTool) show(l lights.Light) {
	if t.picture.Light == l {
		return
	}
	t.picture.Light, t.picture.Lit = l, 0
	if lampview.IsLit(l) {
		t.picture.Lit = 1
	}
	t.picture.Paint()
}

// choices lists the lamps, where there are several.
func (t *lampTool) choices(base string) {
	bases := t.c.Lamps()
	ui.SetVisible(t.which, len(bases) > 1)
	if !slices.Equal(bases, t.bases) {
		t.bases = bases
		names := make([]string, len(bases))
		for i, b := range bases {
			names[i] = b
			if l, ok := t.parts.Lights.Light(b); ok {
				names[i] = format.ClientText(l.Name)
			}
		}
		t.which.SetOptionsQuietly(names)
	}
	t.which.SetQuietly(slices.Index(bases, base))
}

// lineTool sends numbers over the lossy line.
type lineTool struct {
	c       *course.Course
	buttons [3]*ui.Button
	state   *widget.Label
	content *ui.Surface
}

func newLineTool(c *course.Course) *lineTool {
	t := &lineTool{c: c, state: ui.Body("")}
	names := qosNames()
	row := flow()
	for i := range t.buttons {
		t.buttons[i] = ui.NewButton(names[i], ui.Icon("send"), func() { c.SendNumbers(byte(i)) })
		row.Add(t.buttons[i])
	}
	t.content = ui.TitledCard(i18n.T("learn.line.title"), i18n.T("learn.line.what", "Topic", c.Blanks().TopicPrefix+"/numbers"), row, t.state)
	t.update()
	return t
}

func (t *lineTool) update() {
	s := t.c.Line.Sent()
	for _, b := range t.buttons {
		ui.SetEnabled(b, !s.Running)
	}
	text := i18n.T("learn.line.ready")
	switch {
	case s.Err != nil:
		text = problem.Explain(s.Err).Title
	case s.Running || s.Numbers > 0:
		text = i18n.T("learn.line.state", "QoS", s.QoS, "Sent", s.Numbers, "Messages", s.Lost.Messages, "Replies", s.Lost.Replies)
	}
	ui.SetText(t.state, text)
	t.content.Refresh()
}

// programTool is a pupil's program, to be copied, or played by this computer.
type programTool struct {
	c       *course.Course
	state   *widget.Label
	last    *widget.Label // what it received last
	content *ui.Surface
}

func newProgramTool(s *ui.Shell, c *course.Course) *programTool {
	t := &programTool{c: c, state: ui.Small(""), last: ui.Code("")}
	part := func(name, text string, lamp bool) []fyne.CanvasObject {
		code := ui.Code(text)
		code.SizeName = ui.SizeSmall
		code.Wrapping = fyne.TextWrapBreak
		return []fyne.CanvasObject{ui.SubtitleWrapped(name), code, flow(
			s.CopyButton(text),
			ui.NewButton(i18n.T("learn.program.run"), ui.Icon("play"), func() { c.RunProgram(lamp) }),
		)}
	}
	rows := part(i18n.T("learn.program.two"), program.TwoLines(), false)
	rows = append(rows, part(i18n.T("learn.program.lamp"), program.Lamp(c.LampTopic()), true)...)
	t.last.Wrapping = fyne.TextWrapBreak
	rows = append(rows, t.state, t.last)
	t.content = ui.Card(ui.Rows(rows...))
	t.update()
	return t
}

func (t *programTool) update() {
	phase, err := t.c.Own.Phase()
	ui.SetText(t.state, i18n.T("learn.program.state", "State", phaseWords(phase, err, t.c.Own.ID())))
	all, _ := t.c.Own.Received()
	ui.SetVisible(t.last, len(all) > 0)
	if len(all) > 0 {
		m := all[len(all)-1]
		payload, _ := topics.Display(string(m.Payload), maxChars)
		name, _ := topics.Display(m.Topic, maxChars)
		ui.SetText(t.last, i18n.T("learn.program.got", "Topic", name, "Payload", payload))
	}
	t.content.Refresh()
}
