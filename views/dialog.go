package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/i18n"
)

// dialogWidth is how wide a dialog is, so that its lines stay readable.
const dialogWidth = 560

// modal is a dialog: a question that has no place on a page. Esc is its Cancel.
type modal struct {
	shell     *shell
	overlay   *fyne.Container
	cancelled func()
}

// question is what a dialog asks.
type question struct {
	Title, Text string
	Content     fyne.CanvasObject // under the text, or nil
	Outcome     *fyne.Container   // always in sight above the buttons, or nil
	More        fyne.CanvasObject // a button at the other end of the row, or nil
	Yes         string            // what the button does, as a verb
	Danger      bool              // it takes something away
	Do          func() bool       // Yes was chosen; false keeps the dialog open
	Cancelled   func()            // it was not, or nil
	Wide        float32           // how wide the dialog is where there is room; 0 = dialogWidth
}

// ask shows a dialog with two ways out.
func (d *shell) ask(q question) *modal {
	m := &modal{shell: d, cancelled: q.Cancelled}
	yes := primaryButton(q.Yes, nil, func() {
		if q.Do == nil || q.Do() {
			m.close()
		}
	})
	if q.Danger {
		yes.Importance = widget.DangerImportance
	}
	no := newButton(i18n.T("common.cancel"), nil, m.cancel)
	m.show(q, no, yes)
	if q.Danger {
		d.window().Canvas().Focus(no)
	} else if f := firstFocusable(q.Content); f != nil {
		d.window().Canvas().Focus(f)
	} else {
		d.window().Canvas().Focus(yes)
	}
	return m
}

// confirm asks before something is done.
func (d *shell) confirm(name, text, yes string, danger bool, do func()) *modal {
	return d.ask(question{Title: name, Text: text, Yes: yes, Danger: danger, Do: func() bool { do(); return true }})
}

// tell shows a dialog with one way out.
func (d *shell) tell(name, text string) *modal { return d.show(name, text, nil) }

// show shows a dialog with content and one way out.
func (d *shell) show(name, text string, content fyne.CanvasObject) *modal {
	m := &modal{shell: d}
	ok := primaryButton(i18n.T("common.close"), nil, m.cancel)
	m.show(question{Title: name, Text: text, Content: content}, ok)
	d.window().Canvas().Focus(ok)
	return m
}

func (m *modal) show(q question, buttons ...fyne.CanvasObject) {
	parts := rows()
	if q.Text != "" {
		parts.Add(body(q.Text))
	}
	if q.Content != nil {
		parts.Add(q.Content)
	}
	head := titleWrapped(q.Title)
	foot := container.NewHBox()
	if q.More != nil {
		foot.Add(q.More)
	}
	foot.Objects = append(append(foot.Objects, layout.NewSpacer()), buttons...)
	under := rows(foot)
	if q.Outcome != nil {
		under = rows(q.Outcome, foot)
	}
	inset := container.New(layout.NewCustomPaddedLayout(0, 0, 0, unit*2), parts) // room for the scroll bar
	l := &sheetLayout{head: head, body: inset, scroll: container.NewVScroll(inset), foot: under}
	sheet := newSurface(theme.ColorNameOverlayBackground, unit*2, container.New(l, head, l.scroll, under))
	sheet.border = theme.ColorNameSeparator
	m.overlay = container.New(&dialogLayout{sheet, l, max(q.Wide, dialogWidth)}, canvas.NewRectangle(shade(theme.ColorNameShadow)), sheet)
	m.shell.dialogs = append(m.shell.dialogs, m)
	c := m.shell.window().Canvas()
	c.Overlays().Add(m.overlay)
	m.overlay.Resize(c.Size())
}

// dialogLayout puts a veil over the window and the sheet into its middle, as
// high as its text needs, or as the window where that is lower.
type dialogLayout struct {
	sheet  *surface
	inside *sheetLayout
	wide   float32
}

func (l *dialogLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	width := min(l.wide, size.Width-4*unit)
	height := min(l.inside.height(width-2*l.sheet.room)+2*l.sheet.room, size.Height-4*unit)
	l.sheet.Resize(fyne.NewSize(width, height))
	l.sheet.Move(fyne.NewPos((size.Width-width)/2, (size.Height-height)/2))
}

func (l *dialogLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

// sheetLayout is a dialog's title, its content, which scrolls where it must,
// and its buttons.
type sheetLayout struct {
	head       *widget.Label
	body, foot *fyne.Container
	scroll     *container.Scroll
}

// height is what everything needs at a width, at which wrapped text is wrapped.
func (l *sheetLayout) height(width float32) float32 {
	body := float32(0)
	for range 2 { // the second time, what the first changed is known
		body = rowHeight([]fyne.CanvasObject{l.body}, width)
		l.body.Resize(fyne.NewSize(width, body))
	}
	return rowHeight([]fyne.CanvasObject{l.head}, width) + body + 2*unit + l.under(width)
}

// under is the height of what is always in sight.
func (l *sheetLayout) under(width float32) float32 {
	for range 2 { // as in height: a notice wraps at the first time
		l.foot.Resize(fyne.NewSize(width, l.foot.MinSize().Height))
	}
	return l.foot.MinSize().Height
}

func (l *sheetLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	head, foot := rowHeight([]fyne.CanvasObject{l.head}, size.Width), l.under(size.Width)
	l.head.Resize(fyne.NewSize(size.Width, head))
	l.scroll.Move(fyne.NewPos(0, head))
	l.scroll.Resize(fyne.NewSize(size.Width, size.Height-head-foot-2*unit))
	l.foot.Move(fyne.NewPos(0, size.Height-foot))
	l.foot.Resize(fyne.NewSize(size.Width, foot))
}

func (l *sheetLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

// fit gives the dialog the height that its content needs now.
func (m *modal) fit() { m.overlay.Refresh() }

// cancel leaves the dialog without doing anything.
func (m *modal) cancel() {
	m.close()
	if m.cancelled != nil {
		m.cancelled()
	}
}

func (m *modal) close() {
	open := m.shell.dialogs
	for i, o := range open {
		if o == m {
			m.shell.dialogs = append(open[:i:i], open[i+1:]...)
		}
	}
	m.shell.window().Canvas().Overlays().Remove(m.overlay)
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

func newToastLayer(post func(func())) *toastLayer {
	l := &toastLayer{post: post}
	l.ExtendBaseWidget(l)
	l.Hide()
	return l
}

func (l *toastLayer) say(text string) {
	l.text = text
	l.turn++
	turn := l.turn
	l.Show()
	l.Refresh()
	after(toastTime, l.post, func() {
		if l.turn == turn {
			l.Hide()
		}
	})
}

func (l *toastLayer) debugText() string { return l.text }

// CreateRenderer draws the remark at the bottom of the window.
func (l *toastLayer) CreateRenderer() fyne.WidgetRenderer {
	words := label("")
	r := &toastRenderer{layer: l, words: words}
	r.box = newSurface(theme.ColorNameOverlayBackground, unit/2, container.NewHBox(padded(unit, iconImage(tinted("check", "success"), 20)), words))
	r.box.border = theme.ColorNamePrimary
	return r
}

type toastRenderer struct {
	layer *toastLayer
	words *widget.Label
	box   *surface
}

func (r *toastRenderer) Destroy()                     {}
func (r *toastRenderer) MinSize() fyne.Size           { return fyne.NewSize(0, 0) }
func (r *toastRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.box} }

func (r *toastRenderer) Layout(size fyne.Size) {
	m := r.box.MinSize()
	r.box.Resize(m)
	r.box.Move(fyne.NewPos((size.Width-m.Width)/2, size.Height-m.Height-unit*8))
}

func (r *toastRenderer) Refresh() {
	r.words.SetText(r.layer.text)
	r.Layout(r.layer.Size())
	r.box.Refresh()
}
