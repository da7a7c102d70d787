package ui

import (
	"cmp"
	"image/color"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/i18n"
	"lamplighter/views/textfit"
)

// Fyne gives a key to the widget that has the focus and to nobody else, so that
// F1 on a focused button would do nothing. The controls here are Fyne's, but
// hand the window's keys on to the window. Views use them and no others.

// windowKey reports whether a key belongs to the window wherever the focus is.
func windowKey(name fyne.KeyName) bool {
	return name == fyne.KeyF1 || name == fyne.KeyF11 || name == fyne.KeyEscape
}

// PassKey hands one of the window's keys on, and reports whether it did.
func PassKey(w fyne.CanvasObject, e *fyne.KeyEvent) bool {
	if !windowKey(e.Name) {
		return false
	}
	if c := canvasOf(w); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
	return true
}

// passShortcut hands one of the window's shortcuts on, and reports whether it did.
func passShortcut(w fyne.CanvasObject, s fyne.Shortcut) bool {
	c := ShortcutsOf(canvasOf(w))
	if c != nil {
		c.TypedShortcut(s)
	}
	return c != nil
}

// ShortcutsOf is what takes a canvas's shortcuts, or nil. Fyne's test driver has the
// canvas that takes them in another.
func ShortcutsOf(c fyne.Canvas) fyne.Shortcutable {
	if s, ok := c.(fyne.Shortcutable); ok {
		return s
	}
	if v := reflect.Indirect(reflect.ValueOf(c)); v.Kind() == reflect.Struct {
		if inner := v.FieldByName("WindowlessCanvas"); inner.IsValid() {
			s, _ := inner.Interface().(fyne.Shortcutable)
			return s
		}
	}
	return nil
}

// canvasOf is the canvas that a control is on. The program has one window; so
// where Fyne doesn't know a control, as one inside another, it is on that.
func canvasOf(w fyne.CanvasObject) fyne.Canvas {
	d := fyne.CurrentApp().Driver()
	if c := d.CanvasForObject(w); c != nil {
		return c
	}
	if all := d.AllWindows(); len(all) > 0 {
		return all[0].Canvas()
	}
	return nil
}

// TakeFocus brings the keyboard to a widget, where it is shown.
func TakeFocus(w focusable) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(w); c != nil {
		c.Focus(w)
	}
}

type focusable interface {
	fyne.CanvasObject
	fyne.Focusable
}

// Button is a button that Enter presses too.
type Button struct {
	widget.Button
	focused   bool
	keepFocus bool // the focus, over a press by keyboard
}

// NewButton makes a button with a text, an icon (nil = none) and what it does.
func NewButton(text string, r fyne.Resource, tapped func()) *Button {
	b := &Button{}
	b.Text, b.Icon, b.OnTapped = text, r, tapped
	b.ExtendBaseWidget(b)
	return b
}

// PrimaryButton is the one button of a page that does what the page is for.
func PrimaryButton(text string, r fyne.Resource, tapped func()) *Button {
	b := NewButton(text, r, tapped)
	b.Importance = widget.HighImportance
	return b
}

// QuietButton is a button without a background, for what is seldom needed.
func QuietButton(text string, r fyne.Resource, tapped func()) *Button {
	b := NewButton(text, r, tapped)
	b.Importance = widget.LowImportance
	return b
}

// SetText changes what the button says. It is drawn anew only where that is news.
func (b *Button) SetText(text string) {
	if b.Text != text {
		b.Button.SetText(text)
	}
}

// SetImportance changes how the button stands out. It is drawn anew only where that is news.
func (b *Button) SetImportance(i widget.Importance) {
	if b.Importance != i {
		b.Importance = i
		b.Refresh()
	}
}

// MinSize leaves room for a finger.
func (b *Button) MinSize() fyne.Size {
	m := b.Button.MinSize()
	if b.Text != "" {
		m.Width += Unit
	}
	return fyne.NewSize(max(m.Width, touch), max(m.Height, touch))
}

// FocusGained shows the focus, and scrolls it into view. Fyne's tint, which makes a
// button look chosen, is left out.
func (b *Button) FocusGained() {
	b.focused = true
	b.Refresh()
	Reveal(b)
}

// FocusLost hides the focus.
func (b *Button) FocusLost() {
	b.focused, b.keepFocus = false, false
	b.Refresh()
}

// CreateRenderer draws Fyne's button, and the ring of the focus.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	return WithRing(b.Button.CreateRenderer(), Unit, false, func() bool { return b.focused && !b.Disabled() })
}

// TypedKey presses the button with Space and Enter.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	if PassKey(b, e) {
		return
	}
	if e.Name == fyne.KeySpace || e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		b.press()
	}
}

// press does what a click does, and leaves the focus on the button as long as that can
// be seen. After a click Fyne takes the focus away: whoever has only a keyboard would
// begin at the window's first widget again after every button.
func (b *Button) press() {
	c := canvasOf(b)
	if b.Disabled() || c == nil {
		return
	}
	at := c.Focused() // b, or the widget that embeds it
	if b.keepFocus && !inSight(at) {
		c.Unfocus()
		return
	}
	tapped := b.OnTapped
	b.OnTapped = nil
	b.Tapped(nil)
	b.OnTapped = tapped
	c.Focus(at)
	b.keepFocus = inSight(at)
	Call(tapped)
	if c.Focused() == at && !inSight(at) {
		c.Unfocus()
	}
}

// inSight reports whether a widget is on a page or a dialog that is shown.
func inSight(f fyne.Focusable) bool {
	o, ok := f.(fyne.CanvasObject)
	return ok && pathTo(o) != nil
}

// Entry is a line to type into.
type Entry struct {
	widget.Entry
	focused  bool
	wrong    bool                   // its edge says so
	selected bool                   // by SelectAll
	OnPaste  func(text string) bool // sees what is pasted; true = it took it
}

// NewEntry makes an empty field of one line.
func NewEntry(placeholder string) *Entry {
	e := &Entry{}
	e.PlaceHolder = placeholder
	e.ExtendBaseWidget(e)
	return e
}

// NewPasswordEntry is a line for a password, with an eye that shows it.
func NewPasswordEntry(placeholder string) *Entry {
	e := NewEntry(placeholder)
	e.Password = true
	return e
}

// NewTextEntry is a field of several lines.
func NewTextEntry(placeholder string) *Entry {
	e := NewEntry(placeholder)
	e.MultiLine, e.Wrapping = true, fyne.TextWrapBreak
	return e
}

// FocusGained shows the focus, and scrolls it into view.
func (e *Entry) FocusGained() {
	e.focused = true
	e.Entry.FocusGained()
	Reveal(e)
}

// FocusLost hides the focus.
func (e *Entry) FocusLost() {
	e.focused = false
	e.Entry.FocusLost()
}

// setWrong marks the entry's edge, or not any more.
func (e *Entry) setWrong(yes bool) {
	if e.wrong != yes {
		e.wrong = yes
		e.Refresh()
	}
}

// MinSize leaves room for a finger.
func (e *Entry) MinSize() fyne.Size {
	m := e.Entry.MinSize()
	return fyne.NewSize(max(m.Width, touch), max(m.Height, touch))
}

// PlaceholderWidth is how wide a field of one line has to be to show its placeholder
// whole.
func (e *Entry) PlaceholderWidth() float32 {
	wide := textfit.Width(e.PlaceHolder, theme.TextSize(), e.TextStyle) + 2*theme.InnerPadding()
	if e.Icon != nil {
		wide += theme.IconInlineSize() + theme.InnerPadding()
	}
	if e.ActionItem != nil {
		wide += e.ActionItem.MinSize().Width
	}
	return wide
}

// SetText ends what SelectAll selected in the old text: Fyne 2.7 keeps its place, and the
// next key would erase there.
func (e *Entry) SetText(text string) {
	if e.selected {
		e.selected = false
		e.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	}
	e.Entry.SetText(text)
}

// SelectAll has the next key replace what stands in the field: a password that
// was refused, a name that was filled in.
func (e *Entry) SelectAll() {
	e.selected = e.Text != ""
	e.Entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// TypedKey hands the window's keys on.
func (e *Entry) TypedKey(k *fyne.KeyEvent) {
	if !PassKey(e, k) {
		e.Entry.TypedKey(k)
	}
}

// TypedShortcut hands the window's shortcuts on.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	if p, ok := s.(*fyne.ShortcutPaste); ok && e.pasted(p.Clipboard.Content()) {
		return
	}
	if c, ok := s.(*desktop.CustomShortcut); !ok || editing(c) || !passShortcut(e, s) {
		e.Entry.TypedShortcut(s)
	}
}

// pasted takes what OnPaste wants, and, in a field of one line, the one line
// that was copied with its end: as a space at the end of a password it could not
// be seen. What is longer than any field needs is cut.
func (e *Entry) pasted(text string) bool {
	if e.OnPaste != nil && e.OnPaste(text) {
		return true
	}
	if e.MultiLine {
		return false
	}
	line := strings.Trim(text, "\r\n")
	if strings.ContainsAny(line, "\r\n") {
		line = text // several, which Fyne joins
	}
	line = cutPaste(line, Either(e.Password, longestPassword, longestPaste))
	if line == text {
		return false
	}
	e.Entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: lineClipboard{line}})
	return true
}

// What a field of one line takes from the clipboard, in characters. Fyne draws the whole
// text at each change, 1.6 ms for each change between Chinese and Latin letters: a lesson
// that was pasted by mistake would stop the window. A password is drawn as dots.
const (
	longestPaste    = 512
	longestPassword = 4096
)

// cutPaste cuts a text to most characters; the … shows that it was cut.
func cutPaste(text string, most int) string {
	if len(text) <= most {
		return text
	}
	runes := []rune(text[:min(len(text), (most+1)*utf8.UTFMax)])
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + textfit.Ellipsis
}

// lineClipboard holds one line, and takes nothing.
type lineClipboard struct{ line string }

func (c lineClipboard) Content() string { return c.line }

func (lineClipboard) SetContent(string) {}

// editing reports whether a shortcut moves or deletes in an entry.
func editing(s *desktop.CustomShortcut) bool {
	switch s.KeyName {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyHome, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyDelete:
		return true
	}
	return false
}

// Select is a list of options that folds out.
type Select struct {
	widget.Select
	focused bool
}

// NewSelect makes a choice of which nothing is chosen yet; changed gets the index of
// what a person chooses.
func NewSelect(options []string, changed func(index int)) *Select {
	c := &Select{}
	c.Options, c.PlaceHolder = options, i18n.T("common.choose")
	c.OnChanged = func(string) {
		if changed != nil {
			changed(c.SelectedIndex())
		}
	}
	c.ExtendBaseWidget(c)
	return c
}

// FitOptions makes a select of which one option is always chosen at least as wide as
// the widest option needs: Fyne gives it the width of the words that ask to choose.
func (c *Select) FitOptions() {
	wide := func(option string) float32 { return textfit.Width(option, theme.TextSize(), fyne.TextStyle{}) }
	c.PlaceHolder = slices.MaxFunc(append([]string{c.PlaceHolder}, c.Options...), func(a, b string) int { return cmp.Compare(wide(a), wide(b)) })
}

// SetQuietly chooses an option without telling about it. It is drawn anew only where that
// is news.
func (c *Select) SetQuietly(index int) {
	if index == c.SelectedIndex() {
		return
	}
	changed := c.OnChanged
	c.OnChanged = nil
	c.SetSelectedIndex(index)
	c.OnChanged = changed
}

// SetOptionsQuietly lists other options, and chooses none of them.
func (c *Select) SetOptionsQuietly(options []string) {
	changed := c.OnChanged
	c.OnChanged = nil
	c.SetOptions(options)
	c.ClearSelected()
	c.OnChanged = changed
}

// Tapped folds the options out.
func (c *Select) Tapped(*fyne.PointEvent) {
	if on := canvasOf(c); on != nil && !c.Disabled() {
		on.Focus(c)
		c.foldOut(on)
	}
}

func (c *Select) foldOut(on fyne.Canvas) {
	items := make([]*fyne.MenuItem, len(c.Options))
	for i, option := range c.Options {
		items[i] = fyne.NewMenuItem(option, func() { c.SetSelectedIndex(i) })
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(c)
	m := newMenu(on, items)
	m.current = c.SelectedIndex()
	m.show(menuLayout{at: at.AddXY(0, c.Size().Height), under: c.Size()})
}

// FocusGained shows the focus, and scrolls it into view.
func (c *Select) FocusGained() {
	c.focused = true
	c.Refresh()
	Reveal(c)
}

// FocusLost hides the focus.
func (c *Select) FocusLost() { c.focused = false; c.Refresh() }

// MinSize leaves room for a finger.
func (c *Select) MinSize() fyne.Size {
	m := c.Select.MinSize()
	return fyne.NewSize(m.Width, max(m.Height, touch))
}

// CreateRenderer draws Fyne's select, its edge, and the ring of the focus.
func (c *Select) CreateRenderer() fyne.WidgetRenderer {
	edge := canvas.NewRectangle(color.Transparent)
	return WithRing(&selectRenderer{overlay{c.Select.CreateRenderer(), edge}, edge}, Unit, true, func() bool { return c.focused })
}

// selectRenderer draws an edge around a select, which Fyne's has not: on a card it
// would not be seen.
type selectRenderer struct {
	overlay
	edge *canvas.Rectangle
}

func (r *selectRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.edge.Resize(size)
	r.draw()
}

func (r *selectRenderer) draw() {
	r.edge.StrokeColor, r.edge.StrokeWidth, r.edge.CornerRadius = Color(theme.ColorNameInputBorder), 1.5, Unit
}

func (r *selectRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.draw()
	r.edge.Refresh()
}

// TypedKey folds the options out, or goes to the one before or after.
func (c *Select) TypedKey(e *fyne.KeyEvent) {
	if PassKey(c, e) {
		return
	}
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyUp, fyne.KeyDown:
		if on := canvasOf(c); on != nil && !c.Disabled() {
			c.foldOut(on)
		}
	default:
		c.Select.TypedKey(e)
	}
}

// SetEnabled lets a control be used, or not. It is drawn anew only where that is news.
func SetEnabled(w fyne.Disableable, on bool) {
	if on == !w.Disabled() {
		return
	}
	if on {
		w.Enable()
	} else {
		w.Disable()
	}
}

// Check is a box to tick.
type Check struct {
	widget.Check
	focused bool
}

// NewCheck makes a check box that is not ticked.
func NewCheck(text string, changed func(bool)) *Check {
	t := &Check{}
	t.Text, t.OnChanged = text, changed
	t.ExtendBaseWidget(t)
	return t
}

// SetQuietly ticks or unticks without telling about it. It is drawn anew only where that
// is news.
func (t *Check) SetQuietly(on bool) {
	if t.Checked != on {
		t.Checked = on
		t.Refresh()
	}
}

// FocusGained shows the focus, and scrolls it into view.
func (t *Check) FocusGained() {
	t.focused = !t.Disabled()
	t.Refresh()
	Reveal(t)
}

// FocusLost hides the focus.
func (t *Check) FocusLost() { t.focused = false; t.Refresh() }

// MinSize leaves room for a finger.
func (t *Check) MinSize() fyne.Size {
	m := t.Check.MinSize()
	return fyne.NewSize(m.Width, max(m.Height, touch))
}

// Tapped ticks or unticks. Fyne's box takes only what hits its words.
func (t *Check) Tapped(e *fyne.PointEvent) {
	at := *e
	at.Position.Y = t.Size().Height / 2
	t.Check.Tapped(&at)
}

// MouseMoved shows that a tap here would tick it.
func (t *Check) MouseMoved(e *desktop.MouseEvent) {
	at := *e
	at.Position.Y = 0
	t.Check.MouseMoved(&at)
}

// MouseIn is as MouseMoved.
func (t *Check) MouseIn(e *desktop.MouseEvent) { t.MouseMoved(e) }

// Hide gives the keyboard back.
func (t *Check) Hide() {
	if c := canvasOf(t); t.focused && c != nil {
		c.Unfocus()
	}
	t.Check.Hide()
}

// CreateRenderer draws Fyne's box and words, and the ring of the focus, in the room
// that Fyne leaves around them.
func (t *Check) CreateRenderer() fyne.WidgetRenderer {
	return WithRing(t.Check.CreateRenderer(), Unit, true, func() bool { return t.focused })
}

// TypedKey hands the window's keys on, and ticks with Enter.
func (t *Check) TypedKey(e *fyne.KeyEvent) {
	if PassKey(t, e) {
		return
	}
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		t.Check.TypedRune(' ')
		return
	}
	t.Check.TypedKey(e)
}
