package views

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/i18n"
)

// dialogWidth is how wide a dialog is, so that its lines stay readable.
const dialogWidth = 520

// modal is a dialog: a question that has no place on a page. Esc is its Cancel.
type modal struct {
	desk      *desk
	popup     *widget.PopUp
	cancelled func()
}

// question is what a dialog asks.
type question struct {
	Title, Text string
	Content     fyne.CanvasObject // under the text, or nil
	Yes         string            // what the button does, as a verb
	Danger      bool              // it takes something away
	Do          func() bool       // Yes was chosen; false keeps the dialog open
	Cancelled   func()            // it was not, or nil
}

// ask shows a dialog with two ways out.
func (d *desk) ask(q question) *modal {
	m := &modal{desk: d, cancelled: q.Cancelled}
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
func (d *desk) confirm(name, text, yes string, danger bool, do func()) *modal {
	return d.ask(question{Title: name, Text: text, Yes: yes, Danger: danger, Do: func() bool { do(); return true }})
}

// tell shows a dialog with one way out.
func (d *desk) tell(name, text string) *modal { return d.show(name, text, nil) }

// show shows a dialog with content and one way out.
func (d *desk) show(name, text string, content fyne.CanvasObject) *modal {
	m := &modal{desk: d}
	ok := primaryButton(i18n.T("common.close"), nil, m.cancel)
	m.show(question{Title: name, Text: text, Content: content}, ok)
	d.window().Canvas().Focus(ok)
	return m
}

func (m *modal) show(q question, buttons ...fyne.CanvasObject) {
	parts := []fyne.CanvasObject{}
	if q.Text != "" {
		parts = append(parts, body(q.Text))
	}
	if q.Content != nil {
		parts = append(parts, q.Content)
	}
	width := canvas.NewRectangle(color.Transparent)
	width.SetMinSize(fyne.NewSize(dialogWidth, 0))
	inside := container.NewBorder(container.NewStack(width, title(q.Title)),
		container.NewHBox(append([]fyne.CanvasObject{layout.NewSpacer()}, buttons...)...), nil, nil, rows(parts...))
	m.popup = widget.NewModalPopUp(padded(unit*2, inside), m.desk.window().Canvas())
	m.desk.frame.dialogs = append(m.desk.frame.dialogs, m)
	m.popup.Show()
	// Wrapped text knows its height only now.
	m.popup.Resize(fyne.NewSize(dialogWidth, m.popup.MinSize().Height))
}

// cancel leaves the dialog without doing anything.
func (m *modal) cancel() {
	m.close()
	if m.cancelled != nil {
		m.cancelled()
	}
}

func (m *modal) close() {
	open := m.desk.frame.dialogs
	for i, o := range open {
		if o == m {
			m.desk.frame.dialogs = append(open[:i:i], open[i+1:]...)
		}
	}
	m.popup.Hide()
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
