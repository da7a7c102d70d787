package wizard

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"lamplighter/app/setup"
	"lamplighter/app/watch"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
)

// wizard shows where a setup stands: the steps on top, one page for each kind of
// state, and the buttons at the bottom. A page stays as long as its kind of
// state does, so that nothing is rebuilt under a person's fingers.
type wizard struct {
	env    *env
	state  func() setup.State
	handle func(setup.Event)
	stop   watch.Stops
	inView bool

	stepper *stepper
	head    fyne.CanvasObject
	area    *fyne.Container
	foot    *wizardFoot
	all     *fyne.Container
	key     string // which page is there
	page    wizardPage
	dirty   bool // the page in the area is not the state's
}

// wizardPage is the page of one kind of state.
type wizardPage interface {
	content() fyne.CanvasObject
	// update shows what changed. It leaves alone what a person types.
	update(setup.State)
	foot(setup.State) foot
	// focus is where typing begins, or nil: then it is the primary button.
	focus() fyne.Focusable
}

// moving pages have something that moves, and end it when they are left.
type moving interface{ leave() }

var _, _, _ moving = (*brokerPage)(nil), (*busyPage)(nil), (*proofPage)(nil)

// arriving pages bring something into view when they have come.
type arriving interface{ arrive() }

var _ arriving = (*brokerPage)(nil)

// foot is what the buttons at the bottom say and do. One without a text is not
// there; next with a reason is there, can't be pressed, and says why.
type foot struct {
	back, extra, next string
	reason            string
	onBack            func()
	onEscape          func() // Esc, where it does no harm
	onExtra           func()
	onNext            func()
}

// New builds the page of the setup wizard.
func New(s *ui.Shell, p *backend.Parts) ui.Page {
	session := p.Setup()
	return newWizard(&env{Shell: s, Parts: p}, session.State, session.Handle, &session.Changed)
}

func newWizard(d *env, state func() setup.State, handle func(setup.Event), changed *watch.Signal) *wizard {
	w := &wizard{env: d, state: state, handle: handle, stepper: newStepper(), area: container.NewStack(), foot: newWizardFoot()}
	w.head = ui.Padded(ui.Unit, w.stepper)
	w.all = container.NewBorder(w.head, w.foot.content, nil, nil, w.area)
	w.update()
	w.stop = append(w.stop, changed.Listen(w.update))
	if d.Several != nil {
		w.stop = append(w.stop, d.Several.Listen(w.update))
	}
	return w
}

func (w *wizard) Content() fyne.CanvasObject { return w.all }

func (w *wizard) Close() {
	w.stop.Stop()
}

func (w *wizard) Hidden() {
	w.inView = false
	w.leavePage()
}

func (w *wizard) leavePage() {
	if m, ok := w.page.(moving); ok {
		m.leave()
	}
}

func (w *wizard) Shown() {
	w.inView = true
	w.update()
}

// send lets something happen.
func (w *wizard) send(e setup.Event) func() { return func() { w.handle(e) } }

// edit changes the answers.
func (w *wizard) edit(change func(*setup.Answers)) {
	a := w.state().CurrentDraft().Answers
	change(&a)
	w.handle(setup.Typed{Answers: a})
}

// update shows the state: on the page that is there, or on a new one.
func (w *wizard) update() {
	s := w.state()
	if key := w.pageKey(s); key != w.key {
		w.leavePage()
		w.key, w.page = key, w.build(s)
		ui.SetVisible(w.head, key != manyKey)
		w.area.Objects = []fyne.CanvasObject{w.page.content()}
		w.area.Refresh()
		w.dirty = true
	}
	w.page.update(s)
	w.foot.show(w.page.foot(s))
	w.stepper.show(setup.StepOf(s), finished(s))
	if w.dirty && w.inView {
		w.dirty = false
		if p, ok := w.page.(arriving); ok {
			p.arrive()
		}
		w.focusPage()
	}
}

// pageKey tells pages apart: kinds of state, and failures from each other. The
// table of several boards is a page of its own.
func (w *wizard) pageKey(s setup.State) string {
	if w.many() {
		return manyKey
	}
	if f, ok := s.(setup.Failed); ok {
		return fmt.Sprintf("%T %v", s, f.Err)
	}
	return fmt.Sprintf("%T", s)
}

// finished reports whether all steps are done, and their proof still holds.
func finished(s setup.State) bool {
	f, ok := s.(setup.Finished)
	return ok && works(f)
}

// build is the one place that knows which page a state has.
func (w *wizard) build(s setup.State) wizardPage {
	if w.many() {
		return newManyPage(w)
	}
	switch s := s.(type) {
	case setup.Choosing:
		return newBoardPage(w, s)
	case setup.Greeting:
		return newGreetPage(w, s)
	case setup.Offering:
		return newOfferPage(w, s)
	case setup.WiFi:
		return newWiFiPage(w, s)
	case setup.Joining:
		return newJoinPage(w, s)
	case setup.Broker:
		return newBrokerPage(w, s)
	case setup.Checking:
		return newCheckPage(w, s)
	case setup.Naming:
		return newNamePage(w, s)
	case setup.Writing:
		return newWritePage(w, s)
	case setup.Undoing:
		return newUndoPage(w, s)
	case setup.Proving:
		return newProofPage(w, s)
	case setup.Finished:
		return newFinishPage(w, s)
	case setup.Restored:
		return newRestoredPage(w, s)
	case setup.Unplugged:
		return newUnpluggedPage(w, s)
	case setup.Failed:
		return newFailedPage(w, s)
	}
	panic(fmt.Sprintf("no page for %T", s))
}

func (w *wizard) FirstFocus() fyne.Focusable {
	if f := w.page.focus(); f != nil {
		return f
	}
	if w.foot.next.Visible() && !w.foot.next.Disabled() {
		return w.foot.next
	}
	return nil
}

func (w *wizard) focusPage() {
	f := w.FirstFocus()
	if f == nil {
		w.env.Unfocus()
		return
	}
	w.env.Window().Canvas().Focus(f)
	if e, ok := f.(*ui.Entry); ok {
		e.SelectAll()
	}
}

// focusIdle gives the keyboard to the page where nothing in the window has it.
func (w *wizard) focusIdle() {
	if w.inView && w.env.Window().Canvas().Focused() == nil {
		w.focusPage()
	}
}

// forward is Enter: the page's primary action, where it can be done.
func (w *wizard) forward() {
	if f := w.page.foot(w.state()); f.next != "" && f.reason == "" && f.onNext != nil {
		f.onNext()
	}
}

func (w *wizard) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		w.forward()
	}
}

func (w *wizard) TypedRune(rune) {}

// Escape goes back a page where that does no harm, and never leaves the wizard.
func (w *wizard) Escape() bool {
	ui.Call(w.foot.now.onEscape)
	return true
}

// wizardFoot is the row of buttons: back on the left, on with it on the right.
type wizardFoot struct {
	back, extra, next *ui.Button
	reason            *fyne.Container
	reasonText        string
	content           fyne.CanvasObject
	now               foot
}

func newWizardFoot() *wizardFoot {
	f := &wizardFoot{}
	f.back = ui.NewButton("", ui.Icon("left"), func() { ui.Call(f.now.onBack) })
	f.extra = ui.NewButton("", nil, func() { ui.Call(f.now.onExtra) })
	f.next = ui.PrimaryButton("", nil, func() { ui.Call(f.now.onNext) })
	f.reason = container.New(ui.LevelLayout{}, ui.OneLine(""))
	line := container.NewBorder(nil, nil, ui.Centred(f.back), ui.Row(f.extra, f.next), f.reason)
	back := ui.NewSurface(ui.ColorRail, 0, container.New(layout.NewCustomPaddedLayout(ui.Unit, ui.Unit, ui.PagePadding, ui.PagePadding), line))
	back.Radius = 0
	f.content = back
	return f
}

func (f *wizardFoot) show(n foot) {
	f.now = n
	label := func(b *ui.Button, text string) {
		b.SetText(text)
		ui.SetVisible(b, text != "")
	}
	label(f.back, n.back)
	label(f.extra, n.extra)
	label(f.next, n.next)
	ui.SetEnabled(f.next, n.reason == "")
	if f.reasonText != n.reason {
		f.reasonText = n.reason
		words := ui.Body(n.reason)
		words.Alignment = fyne.TextAlignTrailing
		words.SizeName = ui.SizeSmall
		f.reason.Objects = []fyne.CanvasObject{words}
	}
	f.content.Refresh()
}

// backFoot is a foot whose left button goes back.
func (w *wizard) backFoot() foot {
	return foot{back: i18n.T("wizard.back"), onBack: w.send(setup.Back{}), onEscape: w.send(setup.Back{})}
}

// workFoot is the foot while the program works: the left button stops it.
func (w *wizard) workFoot() foot {
	return foot{back: i18n.T("wizard.stop"), onBack: w.send(setup.Back{})}
}
