package views

import (
	"image/color"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
)

// stepper shows the wizard's steps: those that are done, the one that is on, and
// those to come; by shape and word, not by colour alone.
type stepper struct {
	widget.BaseWidget
	at   setup.Step
	done bool // all of them
}

func newStepper() *stepper {
	s := &stepper{at: -1}
	s.ExtendBaseWidget(s)
	return s
}

var stepWords = [setup.Steps]string{"board", "wifi", "broker", "name", "write", "proof"}

func (s *stepper) show(at setup.Step, done bool) {
	if s.at != at || s.done != done {
		s.at, s.done = at, done
		s.Refresh()
	}
}

// CreateRenderer draws a disc and a word for each step, and lines between them.
func (s *stepper) CreateRenderer() fyne.WidgetRenderer {
	r := &stepperRenderer{s: s}
	for i := range r.steps {
		st := &r.steps[i]
		st.disc, st.line = canvas.NewCircle(color.Transparent), canvas.NewRectangle(color.Transparent)
		st.sign, st.word = canvas.NewText("", color.Transparent), canvas.NewText(i18n.T("wizard.step."+stepWords[i]), color.Transparent)
		st.check = canvas.NewImageFromResource(tinted("check", theme.ColorNameForegroundOnPrimary))
		st.check.FillMode = canvas.ImageFillContain
		st.sign.TextStyle.Bold = true
		if i > 0 {
			r.objects = append(r.objects, st.line)
		}
		r.objects = append(r.objects, st.disc, st.sign, st.check, st.word)
	}
	r.Refresh()
	return r
}

type stepperRenderer struct {
	s     *stepper
	steps [setup.Steps]struct {
		disc       *canvas.Circle
		line       *canvas.Rectangle
		sign, word *canvas.Text
		check      *canvas.Image
	}
	objects []fyne.CanvasObject
}

const discSide float32 = 26

func (r *stepperRenderer) Destroy()                     {}
func (r *stepperRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *stepperRenderer) MinSize() fyne.Size {
	return fyne.NewSize(float32(setup.Steps)*90, discSide+unit/2+theme.Size(sizeSmall)*1.5)
}

func (r *stepperRenderer) Layout(size fyne.Size) {
	each := size.Width / float32(setup.Steps)
	for i := range r.steps {
		st := &r.steps[i]
		middle := each * (float32(i) + 0.5)
		st.disc.Resize(fyne.NewSquareSize(discSide))
		st.disc.Move(fyne.NewPos(middle-discSide/2, 0))
		st.check.Resize(fyne.NewSquareSize(discSide - unit))
		st.check.Move(fyne.NewPos(middle-discSide/2+unit/2, unit/2))
		m := st.sign.MinSize()
		st.sign.Move(fyne.NewPos(middle-m.Width/2, (discSide-m.Height)/2))
		m = st.word.MinSize()
		st.word.Move(fyne.NewPos(middle-m.Width/2, discSide+unit/2))
		st.line.Move(fyne.NewPos(middle-each+discSide/2+unit/2, discSide/2-1))
		st.line.Resize(fyne.NewSize(each-discSide-unit, 2))
	}
}

func (r *stepperRenderer) Refresh() {
	for i := range r.steps {
		st := &r.steps[i]
		step := setup.Step(i)
		past, here := step < r.s.at || r.s.done, step == r.s.at && !r.s.done
		fill, stroke, text := color.Color(color.Transparent), shade(theme.ColorNameInputBorder), shade(colorSoft)
		if past || here {
			fill, stroke = shade(theme.ColorNamePrimary), shade(theme.ColorNamePrimary)
			text = shade(theme.ColorNameForegroundOnPrimary)
		}
		st.disc.FillColor, st.disc.StrokeColor, st.disc.StrokeWidth = fill, stroke, 2
		st.sign.Text, st.sign.Color, st.sign.TextSize = string(rune('1'+i)), text, theme.Size(sizeSmall)
		show(st.check, past)
		show(st.sign, !past)
		st.word.Text, st.word.TextSize = i18n.T("wizard.step."+stepWords[i]), theme.Size(sizeSmall)
		st.word.Color, st.word.TextStyle.Bold = shade(colorSoft), here
		if here {
			st.word.Color = shade(theme.ColorNameForeground)
		}
		st.line.FillColor = shade(theme.ColorNameSeparator)
		if step <= r.s.at {
			st.line.FillColor = shade(theme.ColorNamePrimary)
		}
	}
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}

// pickRow is one of several things to choose from, as wide as its list. Space
// chooses, Enter chooses and goes on, the arrows walk.
type pickRow struct {
	widget.BaseWidget
	name, remark string
	icon         string
	right        []string // icons at the right end
	badge        string
	chosen       bool
	off          bool // can't be chosen; remark says why
	mark         bool // shows a ring for one of several
	focused      bool
	over         bool
	OnPick       func()
	OnEnter      func()
}

var (
	_ fyne.Tappable      = (*pickRow)(nil)
	_ fyne.Focusable     = (*pickRow)(nil)
	_ fyne.Disableable   = (*pickRow)(nil)
	_ desktop.Hoverable  = (*pickRow)(nil)
	_ desktop.Cursorable = (*pickRow)(nil)
)

func newPickRow(iconName, name, remark string, picked func()) *pickRow {
	p := &pickRow{icon: iconName, name: name, remark: remark, mark: true, OnPick: picked}
	p.ExtendBaseWidget(p)
	return p
}

// set shows other words, icons or another choice.
func (p *pickRow) set(name, remark string, chosen bool, right ...string) {
	if p.name == name && p.remark == remark && p.chosen == chosen && strings.Join(p.right, " ") == strings.Join(right, " ") {
		return
	}
	p.name, p.remark, p.chosen, p.right = name, remark, chosen, right
	p.Refresh()
}

// choose shows whether this is the one.
func (p *pickRow) choose(yes bool) { p.set(p.name, p.remark, yes, p.right...) }

// Tapped chooses, and brings the keyboard here.
func (p *pickRow) Tapped(*fyne.PointEvent) {
	if p.off {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(p); c != nil {
		c.Focus(p)
	}
	call(p.OnPick)
}

// FocusGained shows that the keyboard is here.
func (p *pickRow) FocusGained() { p.focused = true; p.Refresh() }

// FocusLost shows that it left.
func (p *pickRow) FocusLost() { p.focused = false; p.Refresh() }

// TypedRune chooses with Space.
func (p *pickRow) TypedRune(r rune) {
	if r == ' ' && !p.off {
		call(p.OnPick)
	}
}

// TypedKey walks, chooses and goes on.
func (p *pickRow) TypedKey(e *fyne.KeyEvent) {
	if passKey(p, e) {
		return
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(p)
	switch e.Name {
	case fyne.KeyDown:
		c.FocusNext()
	case fyne.KeyUp:
		c.FocusPrevious()
	case fyne.KeyReturn, fyne.KeyEnter:
		if !p.off {
			call(p.OnPick)
			call(p.OnEnter)
		}
	}
}

// Disabled tells whether it can't be chosen.
func (p *pickRow) Disabled() bool { return p.off }

// Enable lets it be chosen.
func (p *pickRow) Enable() { p.off = false; p.Refresh() }

// Disable keeps it from being chosen; its remark should say why.
func (p *pickRow) Disable() { p.off = true; p.Refresh() }

// MouseIn lights the row up.
func (p *pickRow) MouseIn(*desktop.MouseEvent) { p.over = true; p.Refresh() }

// MouseMoved does nothing.
func (p *pickRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (p *pickRow) MouseOut() { p.over = false; p.Refresh() }

// Cursor shows a hand.
func (p *pickRow) Cursor() desktop.Cursor {
	if p.off {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

func (p *pickRow) debugText() string { return strings.TrimSpace(p.name + "\n" + p.remark) }

// CreateRenderer draws the row.
func (p *pickRow) CreateRenderer() fyne.WidgetRenderer {
	r := &pickRowRenderer{p: p, back: canvas.NewRectangle(color.Transparent), dot: canvas.NewCircle(color.Transparent), ring: canvas.NewCircle(color.Transparent)}
	r.back.CornerRadius = unit
	r.picture = iconImage(icon(p.icon), 24)
	r.name, r.remark, r.badge = oneLine(""), body(""), label("")
	r.name.TextStyle.Bold = true
	r.remark.SizeName, r.badge.SizeName = sizeSmall, sizeSmall
	r.right = row()
	ring := container.NewGridWrap(fyne.NewSquareSize(22), container.NewStack(r.ring, padded(5, r.dot)))
	r.left = row(ring, r.picture)
	r.words = container.New(&tightLayout{}, r.name, r.remark)
	r.line = container.NewBorder(nil, nil, centred(r.left), centred(r.right), r.words)
	r.ringBox = ring
	r.Refresh()
	return r
}

// tightLayout puts a name and its remark close under each other, and centres
// them.
type tightLayout struct{}

const tight = unit * 1.25 // what labels leave around their text

func (tightLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	heights, all := make([]float32, len(objects)), float32(0)
	for i, o := range objects {
		if o.Visible() {
			heights[i] = rowHeight([]fyne.CanvasObject{o}, size.Width)
			all += heights[i] - tight
		}
	}
	y := (size.Height - all - tight) / 2
	for i, o := range objects {
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, heights[i]))
		if o.Visible() {
			y += heights[i] - tight
		}
	}
}

func (tightLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(120, tight)
	for _, o := range objects {
		if o.Visible() {
			size.Height += o.MinSize().Height - tight
		}
	}
	return size
}

type pickRowRenderer struct {
	p                    *pickRow
	back                 *canvas.Rectangle
	ring, dot            *canvas.Circle
	picture              *canvas.Image
	name, remark, badge  *widget.Label
	left, right, ringBox *fyne.Container
	words, line          *fyne.Container
}

func (r *pickRowRenderer) Destroy() {}

func (r *pickRowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.line}
}

func (r *pickRowRenderer) MinSize() fyne.Size {
	m := r.line.MinSize()
	return fyne.NewSize(m.Width+unit*2, max(m.Height, touch+unit/2))
}

func (r *pickRowRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	r.line.Move(fyne.NewPos(unit, 0))
	r.line.Resize(fyne.NewSize(size.Width-2*unit, size.Height))
}

func (r *pickRowRenderer) Refresh() {
	p := r.p
	r.back.FillColor, r.back.StrokeColor, r.back.StrokeWidth = shade(colorCard), shade(theme.ColorNameSeparator), 1
	if p.chosen {
		r.back.FillColor, r.back.StrokeColor = shade(colorChosen), shade(theme.ColorNamePrimary)
	} else if p.over && !p.off {
		r.back.FillColor = mixOver(shade(colorCard), shade(theme.ColorNameHover))
	}
	if p.focused {
		r.back.StrokeColor, r.back.StrokeWidth = shade(theme.ColorNamePrimary), 3
	}
	r.ring.StrokeColor, r.ring.StrokeWidth = shade(theme.ColorNameInputBorder), 2
	r.dot.FillColor = color.Transparent
	if p.chosen {
		r.ring.StrokeColor, r.dot.FillColor = shade(theme.ColorNamePrimary), shade(theme.ColorNamePrimary)
	}
	show(r.ringBox, p.mark)
	r.picture.Resource = icon(p.icon)
	if p.off {
		r.picture.Resource = tinted(p.icon, theme.ColorNameDisabled)
	}
	r.texts()
	r.rights()
	r.back.Refresh()
	r.line.Refresh()
	r.Layout(p.Size())
}

func (r *pickRowRenderer) texts() {
	p := r.p
	r.name.Importance, r.remark.Importance = widget.MediumImportance, widget.LowImportance
	if p.off {
		r.name.Importance = widget.LowImportance
	}
	r.name.SetText(p.name)
	r.remark.SetText(p.remark)
	show(r.remark, p.remark != "")
}

func (r *pickRowRenderer) rights() {
	r.right.Objects = nil
	if r.p.badge != "" {
		r.badge.SetText(r.p.badge)
		b := newSurface(colorNotice, 0, r.badge)
		r.right.Add(b)
	}
	for _, name := range r.p.right {
		r.right.Add(iconImage(tinted(name, colorSoft), 20))
	}
	r.right.Refresh()
}

// mixOver lays a see-through colour over another.
func mixOver(under, over color.Color) color.Color {
	o := color.NRGBAModel.Convert(over).(color.NRGBA)
	part := float32(o.A) / 255
	o.A = 255
	return mix(under, o, part)
}

// scrollBox scrolls content up and down, and leaves room for its border and for
// the bar.
func scrollBox(content fyne.CanvasObject) *container.Scroll {
	return container.NewVScroll(container.New(layout.NewCustomPaddedLayout(2, 2, 2, unit), content))
}

// trouble is the place for a problem on a page; it is empty most of the time.
type trouble struct {
	desk *desk
	box  *fyne.Container
	err  error
}

func newTrouble(d *desk) *trouble {
	t := &trouble{desk: d, box: container.NewStack()}
	t.box.Hide()
	return t
}

// show shows a problem with the buttons that help, or nothing.
func (t *trouble) show(err error, actions ...fyne.CanvasObject) {
	if textOf(err) == textOf(t.err) {
		return
	}
	t.err = err
	if err == nil {
		t.box.Objects = nil
		t.box.Hide()
		return
	}
	t.box.Objects = []fyne.CanvasObject{t.desk.wizardProblem(err, actions...)}
	t.box.Show()
	t.box.Refresh()
}

func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// wizardProblem is a problem on its page: what happened, what to do, and what
// else can be done. A value that no board can take says which and why.
func (d *desk) wizardProblem(err error, actions ...fyne.CanvasObject) fyne.CanvasObject {
	p := explain(err)
	if key := valueKey(err); key != "" {
		return notice(warning, i18n.T(key))
	}
	buttons := append([]fyne.CanvasObject{}, actions...)
	if p.Detail != "" {
		buttons = append(buttons, quietButton(i18n.T("common.details"), nil, func() { d.showDetail(p) }))
	}
	return noticeWith(failure, container.New(&tightLayout{}, subtitleWrapped(p.Title), body(p.Advice)), buttons...)
}

// safeText is text from a board or a stranger as it can be shown in one line.
func safeText(t device.Text) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) && !unicode.In(r, unicode.Cf) || r == '\u200d' {
			return r
		}
		return unicode.ReplacementChar
	}, t.String())
}

// field is an entry that shows an answer. What a person types is never written
// over with what it was read as.
type field struct {
	in     *entry // not embedded: the entry itself is the widget
	shown  string
	typing bool
}

// newField makes an entry whose changes are typed, and whose Enter goes forward.
func (w *wizard) newField(e *entry, shown string, typed func(string)) *field {
	f := &field{in: e, shown: shown}
	e.SetText(shown)
	e.OnChanged = func(text string) {
		f.typing = true
		typed(text)
		f.typing = false
	}
	e.OnSubmitted = func(string) { w.forward() }
	return f
}

// show shows an answer that did not come from this field.
func (f *field) show(text string) {
	if text == f.shown {
		return
	}
	f.shown = text
	if f.typing || f.in.Text == text {
		return
	}
	changed := f.in.OnChanged
	f.in.OnChanged = nil
	f.in.SetText(text)
	f.in.OnChanged = changed
}

// labelled is a field with its name above it.
func labelled(name string, o fyne.CanvasObject) fyne.CanvasObject {
	l := label(name)
	l.SizeName = sizeSmall
	return container.New(&tightFieldLayout{}, l, o)
}

// tightFieldLayout puts a label close above its field.
type tightFieldLayout struct{}

func (tightFieldLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h := objects[0].MinSize().Height - unit/2
	objects[0].Move(fyne.NewPos(-unit, 0))
	objects[0].Resize(fyne.NewSize(size.Width+unit, h))
	objects[1].Move(fyne.NewPos(0, h))
	objects[1].Resize(fyne.NewSize(size.Width, max(objects[1].MinSize().Height, size.Height-h)))
}

func (tightFieldLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height-unit/2+b.Height)
}

// busyPage is a page on which the program works and a person waits.
type busyPage struct {
	w        *wizard
	all      fyne.CanvasObject
	name     *widget.Label
	text     *widget.Label
	bar      *widget.ProgressBar
	activity *widget.Activity
	look     func(setup.State) busy
}

// busy is what such a page says: how far it is, 0 to 1, or less than 0 where
// that is not known.
type busy struct {
	name, text, sign string
	part             float64
}

func newBusyPage(w *wizard, iconName string, s setup.State, look func(setup.State) busy) *busyPage {
	p := &busyPage{w: w, name: title(""), text: body(""), bar: widget.NewProgressBar(), activity: widget.NewActivity(), look: look}
	p.name.Alignment, p.text.Alignment = fyne.TextAlignCenter, fyne.TextAlignCenter
	p.name.Wrapping = fyne.TextWrapWord
	p.all = container.New(middleLayout{}, rows(
		container.NewCenter(iconImage(tinted(iconName, theme.ColorNamePrimary), unit*8)), p.name, p.text, p.bar,
		container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(unit*5), p.activity)),
	))
	p.update(s)
	return p
}

func (p *busyPage) content() fyne.CanvasObject { return p.all }
func (p *busyPage) focus() fyne.Focusable      { return nil }
func (p *busyPage) foot(setup.State) foot      { return p.w.workFoot() }

// leave ends the movement.
func (p *busyPage) leave() { p.activity.Stop() }

func (p *busyPage) update(s setup.State) {
	b := p.look(s)
	setText(p.name, b.name)
	setText(p.text, b.text)
	p.bar.TextFormatter = func() string { return b.sign }
	show(p.bar, b.part >= 0)
	if b.part >= 0 {
		p.bar.SetValue(min(b.part, 1))
		p.activity.Stop()
		p.activity.Hide()
		return
	}
	p.activity.Show()
	if p.w.inView {
		p.activity.Start()
	}
}

// setText changes a label that says something else.
func setText(l *widget.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
}
