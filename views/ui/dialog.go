package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/worker"
	"lamplighter/i18n"
)

// DialogWidth is how wide a dialog is, so that its lines stay readable.
const DialogWidth = 560

// Dialog is a dialog: a question that has no place on a page. Esc is its Cancel.
type Dialog struct {
	Shell     *Shell
	Overlay   *fyne.Container
	Cancelled func()
}

// Question is what a dialog asks.
type Question struct {
	Title, Text string
	Content     fyne.CanvasObject // under the text, or nil
	Outcome     *fyne.Container   // always in sight above the buttons, or nil
	ExtraButton fyne.CanvasObject // a button at the other end of the row, or nil
	Yes         string            // what the button does, as a verb
	Danger      bool              // it takes something away
	Do          func() bool       // Yes was chosen; false keeps the dialog open
	Cancelled   func()            // it was not, or nil
	Lines       []*Entry          // in which Enter does what Yes does
	Width       float32           // how wide the dialog is where there is room; 0 = DialogWidth
}

// Ask shows a dialog with two ways out.
func (s *Shell) Ask(q Question) *Dialog {
	m := &Dialog{Shell: s, Cancelled: q.Cancelled}
	do := func() {
		if q.Do == nil || q.Do() {
			m.Close()
		}
	}
	for _, e := range q.Lines {
		e.OnSubmitted = func(string) { do() }
	}
	yes := PrimaryButton(q.Yes, nil, do)
	if q.Danger {
		yes.Importance = widget.DangerImportance
	}
	no := NewButton(i18n.T("common.cancel"), nil, m.Cancel)
	m.Show(q, no, yes)
	if q.Danger {
		s.Window().Canvas().Focus(no)
	} else if f := firstFocusable(q.Content); f != nil {
		s.Window().Canvas().Focus(f)
	} else {
		s.Window().Canvas().Focus(yes)
	}
	return m
}

// Confirm asks before something is done.
func (s *Shell) Confirm(name, text, yes string, danger bool, do func()) *Dialog {
	return s.Ask(Question{Title: name, Text: text, Yes: yes, Danger: danger, Do: func() bool { do(); return true }})
}

// ShowInformation shows a dialog with one way out.
func (s *Shell) ShowInformation(name, text string) *Dialog { return s.Show(name, text, nil) }

// Show shows a dialog with content and one way out.
func (s *Shell) Show(name, text string, content fyne.CanvasObject) *Dialog {
	return s.ShowWide(name, text, content, DialogWidth)
}

// ShowWide is Show in a dialog of another width, where there is room.
func (s *Shell) ShowWide(name, text string, content fyne.CanvasObject, wide float32) *Dialog {
	m := &Dialog{Shell: s}
	ok := PrimaryButton(i18n.T("common.close"), nil, m.Cancel)
	m.Show(Question{Title: name, Text: text, Content: content, Width: wide}, ok)
	s.Window().Canvas().Focus(ok)
	return m
}

// Show opens the dialog with a question and its buttons, the last of which is the one
// to be pressed.
func (m *Dialog) Show(q Question, buttons ...fyne.CanvasObject) {
	parts := Rows()
	if q.Text != "" {
		parts.Add(Body(q.Text))
	}
	if q.Content != nil {
		parts.Add(q.Content)
	}
	head := TitleWrapped(q.Title)
	foot := container.NewHBox()
	if q.ExtraButton != nil {
		foot.Add(q.ExtraButton)
	}
	foot.Objects = append(append(foot.Objects, layout.NewSpacer()), buttons...)
	under := Rows(foot)
	if q.Outcome != nil {
		under = Rows(q.Outcome, foot)
	}
	inset := container.New(layout.NewCustomPaddedLayout(ringRoom, ringRoom, Unit, Unit*2), parts) // room for the ring and the scroll bar
	l := &sheetLayout{head: head, body: inset, Scroll: container.NewVScroll(inset), foot: under}
	sheet := NewSurface(theme.ColorNameOverlayBackground, Unit*2, container.New(l, head, l.Scroll, under))
	sheet.Border = theme.ColorNameSeparator
	m.Overlay = container.New(&DialogLayout{sheet, l, max(q.Width, DialogWidth)}, canvas.NewRectangle(Color(theme.ColorNameShadow)), sheet)
	m.Shell.Dialogs = append(m.Shell.Dialogs, m)
	c := m.Shell.Window().Canvas()
	c.Overlays().Add(m.Overlay)
	m.Overlay.Resize(c.Size())
}

// Fill shows content on the whole window, in place of a sheet. Esc leaves it, as any
// dialog.
func (m *Dialog) Fill(content fyne.CanvasObject) {
	m.Overlay = container.NewStack(canvas.NewRectangle(Color(theme.ColorNameBackground)), content)
	m.Shell.Dialogs = append(m.Shell.Dialogs, m)
	c := m.Shell.Window().Canvas()
	c.Overlays().Add(m.Overlay)
	m.Overlay.Resize(c.Size())
}

// DialogLayout puts a veil over the window and the sheet into its middle, as
// high as its text needs, or as the window where that is lower.
type DialogLayout struct {
	sheet  *Surface
	Inside *sheetLayout
	wide   float32
}

func (l *DialogLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	width, wanted, most := l.measure(size)
	height := min(wanted, most)
	SetBounds(l.sheet, (size.Width-width)/2, (size.Height-height)/2, width, height)
}

// measure is a dialog's width in a window, the height that its content needs at that, and
// the height that there is: the status line stays in sight.
func (l *DialogLayout) measure(window fyne.Size) (width, wanted, most float32) {
	width = min(l.wide*TextFactor(), window.Width-4*Unit)
	return width, l.Inside.height(width-2*l.sheet.padding) + 2*l.sheet.padding, window.Height - 12*Unit
}

func (l *DialogLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

// sheetLayout is a dialog's title, its content, which scrolls where it must,
// and its buttons.
type sheetLayout struct {
	head       *widget.Label
	body, foot *fyne.Container
	Scroll     *container.Scroll
}

// footGap is between what scrolls, which has room of its own for a ring, and the
// buttons.
const footGap = 2*Unit - ringRoom

// height is what everything needs at a width, at which wrapped text is wrapped.
func (l *sheetLayout) height(width float32) float32 {
	body := float32(0)
	for range 2 { // the second time, what the first changed is known
		body = rowHeight([]fyne.CanvasObject{l.body}, width+Unit)
		l.body.Resize(fyne.NewSize(width+Unit, body))
	}
	return rowHeight([]fyne.CanvasObject{l.head}, width+edge(l.head)) + body + footGap + l.under(width)
}

// under is the height of what is always in sight.
func (l *sheetLayout) under(width float32) float32 {
	for range 2 { // as in height: a notice wraps at the first time
		l.foot.Resize(fyne.NewSize(width, l.foot.MinSize().Height))
	}
	return l.foot.MinSize().Height
}

func (l *sheetLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	e := edge(l.head)
	head, foot := rowHeight([]fyne.CanvasObject{l.head}, size.Width+e), l.under(size.Width)
	SetBounds(l.head, -e, 0, size.Width+e, head)
	SetBounds(l.Scroll, -Unit, head, size.Width+Unit, size.Height-head-foot-footGap)
	SetBounds(l.foot, 0, size.Height-foot, size.Width, foot)
}

func (l *sheetLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

// SpareHeight is how much higher the content could be before it scrolls; below 0 it does.
func (m *Dialog) SpareHeight() float32 {
	_, wanted, most := m.Overlay.Layout.(*DialogLayout).measure(m.Shell.Window().Canvas().Size())
	return most - wanted
}

// Fit gives the dialog the height that its content needs now.
func (m *Dialog) Fit() { m.Overlay.Refresh() }

// Cancel leaves the dialog without doing anything.
func (m *Dialog) Cancel() {
	m.Close()
	if m.Cancelled != nil {
		m.Cancelled()
	}
}

// Close takes the dialog away; one that is closed stays so.
func (m *Dialog) Close() {
	open := m.Shell.Dialogs
	for i, o := range open {
		if o == m {
			m.Shell.Dialogs = append(open[:i:i], open[i+1:]...)
		}
	}
	m.Shell.Window().Canvas().Overlays().Remove(m.Overlay)
}

// firstFocusable is the first thing in content that can have the focus.
func firstFocusable(o fyne.CanvasObject) fyne.Focusable {
	if o == nil || !o.Visible() {
		return nil
	}
	if f, ok := o.(fyne.Focusable); ok {
		return f
	}
	if c, ok := o.(*fyne.Container); ok {
		for _, child := range c.Objects {
			if f := firstFocusable(child); f != nil {
				return f
			}
		}
	}
	return nil
}

// toastLayer lies over the window and shows one remark at a time.
type toastLayer struct {
	widget.BaseWidget
	post func(func())
	text string
	turn int // counts remarks, so that an old one's time ends nothing new
}

// NewToastLayer makes the layer for remarks, with none to be seen.
func NewToastLayer(post func(func())) *toastLayer {
	l := &toastLayer{post: post}
	l.ExtendBaseWidget(l)
	l.Hide()
	return l
}

func (l *toastLayer) show(text string) {
	l.text = text
	l.turn++
	turn := l.turn
	l.Show()
	l.Refresh()
	worker.After(toastTime, l.post, func() {
		if l.turn == turn {
			l.Hide()
		}
	})
}

func (l *toastLayer) DebugText() string { return l.text }

// CreateRenderer draws the remark at the bottom of the window.
func (l *toastLayer) CreateRenderer() fyne.WidgetRenderer {
	words := Label("")
	r := &toastRenderer{layer: l, words: words}
	r.box = NewSurface(theme.ColorNameOverlayBackground, Unit/2, container.NewHBox(Padded(Unit, IconImage(Tinted("check", "success"), 20)), words))
	r.box.Border = theme.ColorNamePrimary
	r.All = []fyne.CanvasObject{r.box}
	return r
}

type toastRenderer struct {
	Drawing
	layer *toastLayer
	words *widget.Label
	box   *Surface
}

func (r *toastRenderer) MinSize() fyne.Size { return fyne.NewSize(0, 0) }

func (r *toastRenderer) Layout(size fyne.Size) {
	m := r.box.MinSize()
	r.box.Resize(m)
	r.box.Move(fyne.NewPos((size.Width-m.Width)/2, size.Height-m.Height-Unit*8))
}

func (r *toastRenderer) Refresh() {
	r.words.SetText(r.layer.text)
	r.Layout(r.layer.Size())
	r.box.Refresh()
}
