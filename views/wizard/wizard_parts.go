package wizard

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/setup"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
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
		st.check = canvas.NewImageFromResource(ui.Tinted("check", theme.ColorNameForegroundOnPrimary))
		st.check.FillMode = canvas.ImageFillContain
		st.sign.TextStyle.Bold = true
		if i > 0 {
			r.All = append(r.All, st.line)
		}
		r.All = append(r.All, st.disc, st.sign, st.check, st.word)
	}
	r.Refresh()
	return r
}

type stepperRenderer struct {
	ui.Drawing
	s     *stepper
	steps [setup.Steps]struct {
		disc       *canvas.Circle
		line       *canvas.Rectangle
		sign, word *canvas.Text
		check      *canvas.Image
	}
}

const (
	discSide  float32 = 26
	checkSide         = discSide - ui.Unit
)

func (r *stepperRenderer) MinSize() fyne.Size {
	return fyne.NewSize(float32(setup.Steps)*90, discSide+ui.Unit/2+theme.Size(ui.SizeSmall)*1.5)
}

func (r *stepperRenderer) Layout(size fyne.Size) {
	each := size.Width / float32(setup.Steps)
	for i := range r.steps {
		st := &r.steps[i]
		middle := each * (float32(i) + 0.5)
		ui.SetBounds(st.disc, middle-discSide/2, 0, discSide, discSide)
		ui.SetBounds(st.check, middle-checkSide/2, ui.Unit/2, checkSide, checkSide)
		m := st.sign.MinSize()
		st.sign.Move(fyne.NewPos(middle-m.Width/2, (discSide-m.Height)/2))
		m = st.word.MinSize()
		st.word.Move(fyne.NewPos(middle-m.Width/2, discSide+ui.Unit/2))
		ui.SetBounds(st.line, middle-each+discSide/2+ui.Unit/2, discSide/2-1, each-discSide-ui.Unit, 2)
	}
}

func (r *stepperRenderer) Refresh() {
	for i := range r.steps {
		st := &r.steps[i]
		step := setup.Step(i)
		past, here := step < r.s.at || r.s.done, step == r.s.at && !r.s.done
		fill, stroke, text := color.Color(color.Transparent), ui.Color(theme.ColorNameInputBorder), ui.Color(ui.ColorSoft)
		if past || here {
			fill, stroke = ui.Color(theme.ColorNamePrimary), ui.Color(theme.ColorNamePrimary)
			text = ui.Color(theme.ColorNameForegroundOnPrimary)
		}
		st.disc.FillColor, st.disc.StrokeColor, st.disc.StrokeWidth = fill, stroke, 2
		st.sign.Text, st.sign.Color, st.sign.TextSize = string(rune('1'+i)), text, theme.Size(ui.SizeSmall)
		ui.SetVisible(st.check, past)
		ui.SetVisible(st.sign, !past)
		st.word.Text, st.word.TextSize = i18n.T("wizard.step."+stepWords[i]), theme.Size(ui.SizeSmall)
		st.word.Color, st.word.TextStyle.Bold = ui.Color(ui.ColorSoft), here
		if here {
			st.word.Color = ui.Color(theme.ColorNameForeground)
		}
		st.line.FillColor = ui.Color(theme.ColorNameSeparator)
		if step <= r.s.at {
			st.line.FillColor = ui.Color(theme.ColorNamePrimary)
		}
	}
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}

// scrollBox scrolls content up and down, and leaves room for its border and for
// the bar.
func scrollBox(content fyne.CanvasObject) *container.Scroll {
	return container.NewVScroll(container.New(layout.NewCustomPaddedLayout(2, 2, 2, ui.Unit), content))
}

// trouble is the place for a problem on a page; it is empty most of the time.
type trouble struct {
	env   *env
	box   *fyne.Container
	wrong *ui.Wrong
	err   error
}

func newTrouble(d *env) *trouble {
	t := &trouble{env: d, box: container.NewStack(), wrong: ui.NewWrong()}
	t.box.Hide()
	return t
}

// show shows a problem with the buttons that help, or nothing.
func (t *trouble) show(err error, actions ...fyne.CanvasObject) {
	if !t.fresh(err) {
		return
	}
	if err == nil {
		t.box.Objects = nil
		t.box.Hide()
		return
	}
	t.setContent(problem.View(t.env.Shell, err, nil, actions...))
}

// refuse says what is wrong with an answer, at its field.
func (t *trouble) refuse(err error, field *ui.Field, words string) {
	if !t.fresh(err) {
		return
	}
	var at *ui.Entry
	if field != nil {
		at = field.In
	}
	t.wrong.Set(at, words)
	t.setContent(t.wrong.Box)
}

// fresh reports whether a problem is another than that which is shown.
func (t *trouble) fresh(err error) bool {
	if errorText(err) == errorText(t.err) {
		return false
	}
	t.err = err
	t.wrong.Set(nil, "")
	return true
}

func (t *trouble) setContent(o fyne.CanvasObject) {
	t.box.Objects = []fyne.CanvasObject{o}
	t.box.Show()
	t.box.Refresh()
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// newField makes an entry of a page, whose Enter goes forward.
func (w *wizard) newField(e *ui.Entry, shown string, typed func(string)) *ui.Field {
	return ui.NewField(e, shown, typed, w.forward)
}

// busyPage is a page on which the program works and a person waits.
type busyPage struct {
	w        *wizard
	all      fyne.CanvasObject
	name     *widget.Label
	text     *widget.Label
	bar      *widget.ProgressBar
	sign     *widget.Label // what the bar stands for; on the bar itself its dark half would take its contrast
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
	p := &busyPage{w: w, name: ui.TitleWrapped(""), text: ui.Body(""), bar: ui.Progress(), sign: ui.Small(""), activity: ui.Activity(), look: look}
	p.name.Alignment, p.text.Alignment, p.sign.Alignment = fyne.TextAlignCenter, fyne.TextAlignCenter, fyne.TextAlignCenter
	p.sign.Importance = widget.MediumImportance
	p.all = container.New(ui.MiddleLayout{}, ui.Rows(
		container.NewCenter(ui.IconImage(ui.Tinted(iconName, theme.ColorNamePrimary), ui.Unit*8)), p.name, p.text, p.bar, p.sign,
		container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(ui.Unit*5), p.activity)),
	))
	p.update(s)
	return p
}

func (p *busyPage) content() fyne.CanvasObject { return p.all }

func (p *busyPage) focus() fyne.Focusable { return nil }

func (p *busyPage) foot(setup.State) foot { return p.w.workFoot() }

// leave ends the movement.
func (p *busyPage) leave() { p.activity.Stop() }

func (p *busyPage) update(s setup.State) {
	b := p.look(s)
	ui.SetText(p.name, b.name)
	ui.SetText(p.text, b.text)
	ui.SetText(p.sign, b.sign)
	ui.SetVisible(p.bar, b.part >= 0)
	ui.SetVisible(p.sign, b.part >= 0 && b.sign != "")
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
