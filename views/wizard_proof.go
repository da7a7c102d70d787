package views

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
)

// proofPage is the list that ticks itself off from what the board says and what
// the broker sees.
type proofPage struct {
	w       *wizard
	all     fyne.CanvasObject
	trouble *trouble
	lines   []*checkRow
	which   []setup.CheckLine
	note    *widget.Label
	name    *widget.Label // makes room for a problem
}

var checkWords = map[setup.CheckLine]string{
	setup.CheckJoined: "joined", setup.CheckReached: "reached", setup.CheckAccepted: "accepted",
	setup.CheckSubscribed: "subscribed", setup.CheckSwitched: "switched", setup.CheckConfirmed: "confirmed",
}

func newProofPage(w *wizard, s setup.Proving) *proofPage {
	p := &proofPage{w: w, trouble: newTrouble(w.desk), which: setup.Lines(s.Answers.Goal), note: small("")}
	list := container.New(&stackLayout{})
	for range p.which {
		r := newCheckRow()
		p.lines = append(p.lines, r)
		list.Add(r)
	}
	p.name = title(i18n.T("wizard.proof.title"))
	p.all = padded(unit*2, container.NewBorder(rows(p.name, p.trouble.box), nil, nil, nil, scrollBox(rows(card(list), p.note))))
	return p
}

func (p *proofPage) content() fyne.CanvasObject { return p.all }
func (p *proofPage) focus() fyne.Focusable      { return nil }

func (p *proofPage) update(state setup.State) {
	s, ok := state.(setup.Proving)
	if !ok {
		return
	}
	current := s.Checks.Current(s.Answers.Goal)
	for i, l := range p.which {
		key := "wizard.proof." + checkWords[l]
		text := i18n.T(key)
		if s.Checks.Marks[l] == setup.Passed && l == setup.CheckJoined && s.Checks.IP != "" {
			text = i18n.T("wizard.proof.joined-at", "Address", s.Checks.IP)
		}
		p.lines[i].set(s.Checks.Marks[l], l == current && !s.Away, text, i18n.T(key+"-term"))
	}
	key := "wizard.proof.note"
	if s.Away {
		key = "wizard.proof.away"
	}
	setText(p.note, i18n.T(key))
	p.trouble.show(ofBoard(s.Problem, s.Answers.Broker), p.details()...)
	show(p.name, s.Problem == nil)
	show(p.note, s.Problem == nil)
	p.all.Refresh()
}

// details shows what the board printed, beside the error's own text.
func (p *proofPage) details() []fyne.CanvasObject {
	return []fyne.CanvasObject{quietButton(i18n.T("wizard.proof.lines"), nil, func() {
		now, ok := p.w.state().(setup.Proving)
		if !ok {
			return
		}
		all := make([]string, len(now.Lines))
		for i, l := range now.Lines {
			all[i] = safeText(device.Text(l))
		}
		if len(all) == 0 {
			all = []string{i18n.T("wizard.proof.no-lines")}
		}
		text := code(strings.Join(all, "\n"))
		text.Wrapping = fyne.TextWrapBreak
		box := container.NewVScroll(text)
		box.SetMinSize(fyne.NewSize(0, 240))
		p.w.desk.show(i18n.T("wizard.proof.lines"), "", box)
	})}
}

func (p *proofPage) foot(state setup.State) foot {
	f := p.w.backFoot()
	s, ok := state.(setup.Proving)
	if !ok || s.Problem == nil {
		return f
	}
	f.next, f.onNext = i18n.T("common.retry"), p.w.send(setup.Retry{})
	switch step, _ := s.Fixable(); step {
	case setup.WiFiStep:
		f.extra, f.onExtra = f.next, f.onNext
		f.next, f.onNext = i18n.T("wizard.proof.fix-wifi"), p.w.send(setup.Fix{})
	case setup.NameStep:
		f.extra, f.onExtra = i18n.T("wizard.proof.fix-name"), p.w.send(setup.Fix{})
	case setup.BrokerStep:
		f.extra, f.onExtra = i18n.T("wizard.proof.fix-broker"), p.w.send(setup.Fix{})
	}
	return f
}

// checkRow is one line of the proof: a mark, words and the field's own term.
type checkRow struct {
	widget.BaseWidget
	mark    setup.Mark
	current bool
	text    string
	term    string
	grown   float32 // 0 to 1: how much of the tick is there
}

func newCheckRow() *checkRow {
	r := &checkRow{}
	r.ExtendBaseWidget(r)
	return r
}

// set shows how a line stands. A tick that is new grows once.
func (r *checkRow) set(mark setup.Mark, current bool, text, term string) {
	if r.mark == mark && r.current == current && r.text == text {
		return
	}
	ticked := mark == setup.Passed && r.mark != setup.Passed && r.text != ""
	r.mark, r.current, r.text, r.term, r.grown = mark, current, text, term, 1
	if ticked {
		r.grown = 0
		fyne.NewAnimation(kindleTime, func(done float32) {
			r.grown = done
			r.Refresh()
		}).Start()
	}
	r.Refresh()
}

func (r *checkRow) debugText() string { return r.text }

// CreateRenderer draws the line.
func (r *checkRow) CreateRenderer() fyne.WidgetRenderer {
	c := &checkRowRenderer{
		r: r, disc: canvas.NewCircle(color.Transparent), sign: canvas.NewImageFromResource(nil),
		text: oneLine(""), term: oneLine(""), glow: canvas.NewRectangle(color.Transparent),
	}
	c.sign.FillMode = canvas.ImageFillContain
	c.glow.CornerRadius = unit
	c.term.SizeName, c.term.Importance = sizeSmall, widget.LowImportance
	c.term.Alignment = fyne.TextAlignTrailing
	c.Refresh()
	return c
}

type checkRowRenderer struct {
	r          *checkRow
	glow       *canvas.Rectangle
	disc       *canvas.Circle
	sign       *canvas.Image
	text, term *widget.Label
}

const markSide = unit * 3.5

func (c *checkRowRenderer) Destroy()           {}
func (c *checkRowRenderer) MinSize() fyne.Size { return fyne.NewSize(320, unit*5) }

func (c *checkRowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{c.glow, c.disc, c.sign, c.text, c.term}
}

func (c *checkRowRenderer) Layout(size fyne.Size) {
	c.glow.Resize(size)
	y := (size.Height - markSide) / 2
	c.disc.Move(fyne.NewPos(unit, y))
	c.disc.Resize(fyne.NewSquareSize(markSide))
	side := (markSide - unit) * c.r.grown
	off := (markSide - side) / 2
	c.sign.Move(fyne.NewPos(unit+off, y+off))
	c.sign.Resize(fyne.NewSquareSize(side))
	left := markSide + unit*2
	h := c.text.MinSize().Height
	split := left + (size.Width-left)*0.62
	c.text.Move(fyne.NewPos(left, (size.Height-h)/2))
	c.text.Resize(fyne.NewSize(split-left, h))
	h = c.term.MinSize().Height
	c.term.Move(fyne.NewPos(split, (size.Height-h)/2))
	c.term.Resize(fyne.NewSize(size.Width-split, h))
}

func (c *checkRowRenderer) Refresh() {
	r := c.r
	c.glow.FillColor = color.Transparent
	c.disc.FillColor, c.disc.StrokeColor, c.disc.StrokeWidth = color.Transparent, shade(theme.ColorNameInputBorder), 2
	c.sign.Resource = nil
	c.text.Importance, c.text.TextStyle.Bold = widget.LowImportance, false
	switch {
	case r.mark == setup.Passed:
		c.disc.FillColor, c.disc.StrokeColor = shade(theme.ColorNameSuccess), shade(theme.ColorNameSuccess)
		c.sign.Resource = tinted("check", theme.ColorNameForegroundOnSuccess)
		c.text.Importance = widget.MediumImportance
	case r.mark == setup.Stopped:
		c.disc.FillColor, c.disc.StrokeColor = shade(theme.ColorNameError), shade(theme.ColorNameError)
		c.sign.Resource = tinted("cross", theme.ColorNameForegroundOnError)
		c.text.Importance, c.text.TextStyle.Bold = widget.MediumImportance, true
		c.glow.FillColor = shade(colorFail)
	case r.current:
		c.disc.StrokeColor, c.disc.StrokeWidth = shade(theme.ColorNamePrimary), 4
		c.text.Importance, c.text.TextStyle.Bold = widget.MediumImportance, true
		c.glow.FillColor = shade(colorChosen)
	}
	show(c.sign, c.sign.Resource != nil)
	c.text.SetText(r.text)
	c.term.SetText(r.term)
	c.text.Refresh()
	c.sign.Refresh()
	c.Layout(r.Size())
	canvas.Refresh(r)
}

// finishPage ends with a big lamp and a big switch that work, or with the two
// lines for a program of one's own.
type finishPage struct {
	w       *wizard
	all     fyne.CanvasObject
	picture *bigLamp
	sw      *bigSwitch
	truth   *widget.Label
	goal    device.Goal
}

func newFinishPage(w *wizard, s setup.Finished) *finishPage {
	p := &finishPage{w: w, goal: s.Answers.Goal, truth: body("")}
	name := titleWrapped(i18n.T("wizard.finish.title", "Name", safeText(device.Text(s.Answers.Name))))
	name.Alignment = fyne.TextAlignCenter
	p.truth.Alignment = fyne.TextAlignCenter
	if p.goal == device.SettingsOnly {
		p.all = scrolled(rows(name, p.lines(s.Answers)))
		return p
	}
	p.picture = newBigLamp()
	p.sw = newBigSwitch(func() {
		if f, ok := w.state().(setup.Finished); ok {
			w.handle(setup.Switch{On: !f.Lamp.On})
		}
	})
	at := p.topic(s.Answers)
	topic := small(i18n.T("wizard.finish.topic", "Topic", at))
	topic.Alignment = fyne.TextAlignCenter
	show(topic, at != "")
	p.all = container.New(middleLayout{}, rows(name, container.NewCenter(p.picture), container.NewCenter(p.sw), p.truth, topic))
	return p
}

// topic is where the board is found: a platform's own topic as the board has it,
// or "" where nobody but this program has a use for it.
func (p *finishPage) topic(a setup.Answers) string {
	preset := presetOf(a.Broker)
	switch {
	case a.Broker.BuiltIn || preset.ID == presets.Free:
		return a.Base
	case preset.Rules.Remote != "":
		return ""
	}
	for _, b := range p.w.desk.Settings.Values().Boards {
		if b.Base == a.Base {
			return b.Topics.State
		}
	}
	return topicOf(a)
}

// ownProgram is how a pupil's program uses the helper module that is on the
// board now.
const ownProgram = "from classroom import connect\nclient = connect()"

func (p *finishPage) lines(a setup.Answers) fyne.CanvasObject {
	text := code(ownProgram)
	copyIt := newButton(i18n.T("common.copy"), icon("copy"), func() { p.w.desk.copyText(ownProgram) })
	parts := rows(body(i18n.T("wizard.finish.own")), card(container.NewBorder(nil, nil, nil, centred(copyIt), text)), small(i18n.T("wizard.finish.own-more")))
	if a.Broker.BuiltIn {
		parts.Add(small(i18n.T("wizard.finish.own-topics", "Topic", a.Base)))
	}
	return parts
}

func (p *finishPage) content() fyne.CanvasObject { return p.all }

func (p *finishPage) focus() fyne.Focusable {
	if p.sw != nil {
		return p.sw
	}
	return nil
}

func (p *finishPage) update(state setup.State) {
	s, ok := state.(setup.Finished)
	if !ok || p.sw == nil {
		return
	}
	l := lightOf(s.Lamp)
	if s.SentOnly {
		l.Phase, l.Target = lights.SentOnly, lights.Off
		if s.Lamp.On {
			l.Target = lights.On
		}
	}
	p.picture.setLight(l)
	p.sw.setLight(l)
	setText(p.truth, i18n.T("wizard.finish."+finishKey(s)))
}

// finishKey names the text about the finished lamp. What the board does not say
// now is never said as if it did.
func finishKey(s setup.Finished) string {
	switch {
	case s.SentOnly:
		return "sent"
	case s.Lamp.Gone:
		return "offline"
	case s.Lamp.NotSent:
		return "not-sent"
	case s.Lamp.NoAnswer:
		return "no-answer"
	case s.Lamp.Waiting:
		return "waiting"
	case s.Lamp.Old:
		return "stale"
	case s.Lamp.On:
		return "on"
	}
	return "off"
}

// lightOf is the wizard's lamp as the panel's drawings take it.
func lightOf(l setup.Lamp) lights.Light {
	out := lights.Light{Phase: lights.Unheard, Waiting: l.Waiting}
	if l.Known {
		out.Phase, out.State = lights.Confirmed, lights.Off
		if l.On {
			out.State = lights.On
		}
	}
	switch {
	case l.Gone:
		out.Phase = lights.Offline
	case l.NotSent:
		out.Phase, out.Old = lights.NotSent, true
	case l.NoAnswer:
		out.Phase = lights.NoAnswer
	case l.Old:
		out.Phase, out.Old = lights.Stale, true
	case l.Waiting:
		out.Phase, out.Target = lights.Waiting, lights.On
		if l.On {
			out.Target = lights.Off
		}
	}
	return out
}

func (p *finishPage) foot(setup.State) foot {
	next := p.w.send(setup.NextBoard{})
	return foot{
		next: i18n.T("wizard.finish.next"), onNext: next,
		extra: i18n.T("wizard.finish.lamps"), onExtra: func() {
			base := p.w.state().Kept().Answers.Base
			next()
			p.w.desk.visit(placeLamps, base)
		},
	}
}

// bigLamp is the panel's picture of a lamp, large.
type bigLamp struct {
	widget.BaseWidget
	picture *lampPicture
}

const bigSide float32 = 132

func newBigLamp() *bigLamp {
	b := &bigLamp{picture: newLampPicture()}
	b.ExtendBaseWidget(b)
	return b
}

func (b *bigLamp) setLight(l lights.Light) {
	b.picture.light = l
	b.picture.lit = 0
	if shines(l) {
		b.picture.lit = 1
	}
	b.picture.paint()
}

// CreateRenderer draws the lamp.
func (b *bigLamp) CreateRenderer() fyne.WidgetRenderer { return &bigLampRenderer{b} }

type bigLampRenderer struct{ b *bigLamp }

func (r *bigLampRenderer) Destroy()                     {}
func (r *bigLampRenderer) MinSize() fyne.Size           { return fyne.NewSize(bigSide*1.5, bigSide*1.4) }
func (r *bigLampRenderer) Objects() []fyne.CanvasObject { return r.b.picture.objects }
func (r *bigLampRenderer) Refresh()                     { r.b.picture.paint() }

func (r *bigLampRenderer) Layout(size fyne.Size) {
	r.b.picture.layout(fyne.NewPos((size.Width-bigSide)/2, (size.Height-bigSide)/2), bigSide)
}

// bigSwitch is the panel's switch, larger, and with the keyboard: Space and
// Enter switch.
type bigSwitch struct {
	lampSwitch
	focused bool
}

func newBigSwitch(tapped func()) *bigSwitch {
	s := &bigSwitch{}
	s.OnTapped = tapped
	s.ExtendBaseWidget(s)
	return s
}

// MinSize is twice the panel's.
func (s *bigSwitch) MinSize() fyne.Size { return fyne.NewSize(unit*20, unit*10) }

// FocusGained shows a ring around the switch.
func (s *bigSwitch) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost takes it away.
func (s *bigSwitch) FocusLost() { s.focused = false; s.Refresh() }

// TypedRune switches with Space.
func (s *bigSwitch) TypedRune(r rune) {
	if r == ' ' {
		s.Tapped(nil)
	}
}

// TypedKey switches with Enter, and hands the window's keys on.
func (s *bigSwitch) TypedKey(e *fyne.KeyEvent) {
	if !passKey(s, e) && (e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter) {
		s.Tapped(nil)
	}
}

// CreateRenderer draws the panel's switch and a ring for the keyboard.
func (s *bigSwitch) CreateRenderer() fyne.WidgetRenderer {
	ring := canvas.NewRectangle(color.Transparent)
	ring.CornerRadius = canvas.RadiusMaximum
	return &bigSwitchRenderer{WidgetRenderer: s.lampSwitch.CreateRenderer(), s: s, ring: ring}
}

type bigSwitchRenderer struct {
	fyne.WidgetRenderer
	s    *bigSwitch
	ring *canvas.Rectangle
}

func (r *bigSwitchRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.ring}, r.WidgetRenderer.Objects()...)
}

func (r *bigSwitchRenderer) Layout(size fyne.Size) {
	r.ring.Resize(size.AddWidthHeight(unit, unit))
	r.ring.Move(fyne.NewSquareOffsetPos(-unit / 2))
	r.WidgetRenderer.Layout(size)
}

func (r *bigSwitchRenderer) Refresh() {
	r.ring.StrokeColor, r.ring.StrokeWidth = color.Transparent, 3
	if r.s.focused {
		r.ring.StrokeColor = shade(theme.ColorNamePrimary)
	}
	r.ring.Refresh()
	r.WidgetRenderer.Refresh()
}
