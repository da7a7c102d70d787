package views

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"lamplighter/i18n"
)

// Fyne gives a key to the widget that has the focus and to nobody else, so that
// F1 on a focused button would do nothing. The controls here are Fyne's, but
// hand the window's keys on to the window. Views use them and no others.

// windowKey tells whether a key belongs to the window wherever the focus is.
func windowKey(name fyne.KeyName) bool {
	return name == fyne.KeyF1 || name == fyne.KeyF11 || name == fyne.KeyEscape
}

// passKey hands one of the window's keys on, and tells whether it did.
func passKey(w fyne.CanvasObject, e *fyne.KeyEvent) bool {
	if !windowKey(e.Name) {
		return false
	}
	if c := canvasOf(w); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
	return true
}

// passShortcut hands one of the window's shortcuts on, and tells whether it did.
func passShortcut(w fyne.CanvasObject, s fyne.Shortcut) bool {
	c, ok := canvasOf(w).(interface{ TypedShortcut(fyne.Shortcut) })
	if ok {
		c.TypedShortcut(s)
	}
	return ok
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

// button is a button that Enter presses too.
type button struct{ widget.Button }

func newButton(text string, r fyne.Resource, tapped func()) *button {
	b := &button{}
	b.Text, b.Icon, b.OnTapped = text, r, tapped
	b.ExtendBaseWidget(b)
	return b
}

// primaryButton is the one button of a page that does what the page is for.
func primaryButton(text string, r fyne.Resource, tapped func()) *button {
	b := newButton(text, r, tapped)
	b.Importance = widget.HighImportance
	return b
}

// quietButton is a button without a background, for what is seldom needed.
func quietButton(text string, r fyne.Resource, tapped func()) *button {
	b := newButton(text, r, tapped)
	b.Importance = widget.LowImportance
	return b
}

// MinSize leaves room for a finger.
func (b *button) MinSize() fyne.Size {
	m := b.Button.MinSize()
	if b.Text != "" {
		m.Width += unit
	}
	return fyne.NewSize(m.Width, max(m.Height, touch))
}

// FocusGained shows the focus, and scrolls it into view.
func (b *button) FocusGained() {
	b.Button.FocusGained()
	reveal(b)
}

// TypedKey presses the button with Space and Enter.
func (b *button) TypedKey(e *fyne.KeyEvent) {
	if passKey(b, e) {
		return
	}
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		b.Tapped(nil)
		return
	}
	b.Button.TypedKey(e)
}

// entry is a line to type into.
type entry struct {
	widget.Entry
	onPaste func(text string) bool // sees what is pasted; true = it took it
}

func newEntry(placeholder string) *entry {
	e := &entry{}
	e.PlaceHolder = placeholder
	e.ExtendBaseWidget(e)
	return e
}

// newPasswordEntry is a line for a password, with an eye that shows it.
func newPasswordEntry(placeholder string) *entry {
	e := newEntry(placeholder)
	e.Password = true
	return e
}

// newTextEntry is a field of several lines.
func newTextEntry(placeholder string) *entry {
	e := newEntry(placeholder)
	e.MultiLine, e.Wrapping = true, fyne.TextWrapBreak
	return e
}

// FocusGained shows the focus, and scrolls it into view.
func (e *entry) FocusGained() {
	e.Entry.FocusGained()
	reveal(e)
}

// selectAll has the next key replace what stands in the field: a password that
// was refused, a name that was filled in.
func (e *entry) selectAll() { e.Entry.TypedShortcut(&fyne.ShortcutSelectAll{}) }

// TypedKey hands the window's keys on.
func (e *entry) TypedKey(k *fyne.KeyEvent) {
	if !passKey(e, k) {
		e.Entry.TypedKey(k)
	}
}

// TypedShortcut hands the window's shortcuts on.
func (e *entry) TypedShortcut(s fyne.Shortcut) {
	if p, ok := s.(*fyne.ShortcutPaste); ok && e.pasted(p.Clipboard.Content()) {
		return
	}
	if c, ok := s.(*desktop.CustomShortcut); !ok || editing(c) || !passShortcut(e, s) {
		e.Entry.TypedShortcut(s)
	}
}

// pasted takes what onPaste wants, and, in a field of one line, the one line
// that was copied with its end: as a space at the end of a password it could not
// be seen.
func (e *entry) pasted(text string) bool {
	if e.onPaste != nil && e.onPaste(text) {
		return true
	}
	line := strings.Trim(text, "\r\n")
	if e.MultiLine || line == text || strings.ContainsAny(line, "\r\n") {
		return false
	}
	e.Entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: lineClipboard{line}})
	return true
}

// lineClipboard holds one line, and takes nothing.
type lineClipboard struct{ line string }

func (c lineClipboard) Content() string { return c.line }
func (lineClipboard) SetContent(string) {}

// editing tells whether a shortcut moves or deletes in an entry.
func editing(s *desktop.CustomShortcut) bool {
	switch s.KeyName {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyHome, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyDelete:
		return true
	}
	return false
}

// choice is a list of options that folds out.
type choice struct{ widget.Select }

func newChoice(options []string, changed func(index int)) *choice {
	c := &choice{}
	c.Options, c.PlaceHolder = options, i18n.T("common.choose")
	c.OnChanged = func(string) {
		if changed != nil {
			changed(c.SelectedIndex())
		}
	}
	c.ExtendBaseWidget(c)
	return c
}

// setQuietly chooses an option without telling about it.
func (c *choice) setQuietly(index int) {
	changed := c.OnChanged
	c.OnChanged = nil
	c.SetSelectedIndex(index)
	c.OnChanged = changed
}

// setOptionsQuietly lists other options, and chooses none of them.
func (c *choice) setOptionsQuietly(options []string) {
	changed := c.OnChanged
	c.OnChanged = nil
	c.SetOptions(options)
	c.ClearSelected()
	c.OnChanged = changed
}

// FocusGained shows the focus, and scrolls it into view.
func (c *choice) FocusGained() {
	c.Select.FocusGained()
	reveal(c)
}

// TypedKey hands the window's keys on, and folds the list out with Enter.
func (c *choice) TypedKey(e *fyne.KeyEvent) {
	if passKey(c, e) {
		return
	}
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		e = &fyne.KeyEvent{Name: fyne.KeySpace}
	}
	c.Select.TypedKey(e)
}

// enable lets a control be used, or not. It is drawn anew only where that is news.
func enable(w fyne.Disableable, on bool) {
	if on == !w.Disabled() {
		return
	}
	if on {
		w.Enable()
	} else {
		w.Disable()
	}
}

// tick is a box to tick.
type tick struct{ widget.Check }

func newTick(text string, changed func(bool)) *tick {
	t := &tick{}
	t.Text, t.OnChanged = text, changed
	t.ExtendBaseWidget(t)
	return t
}

// setQuietly ticks or unticks without telling about it.
func (t *tick) setQuietly(on bool) {
	t.Checked = on
	t.Refresh()
}

// FocusGained shows the focus, and scrolls it into view.
func (t *tick) FocusGained() {
	t.Check.FocusGained()
	reveal(t)
}

// TypedKey hands the window's keys on, and ticks with Enter.
func (t *tick) TypedKey(e *fyne.KeyEvent) {
	if passKey(t, e) {
		return
	}
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		t.Check.TypedRune(' ')
		return
	}
	t.Check.TypedKey(e)
}
