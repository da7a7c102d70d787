package ui

// Field is an entry that shows an answer. What a person types is never written
// over with what it was read as.
type Field struct {
	In     *Entry // not embedded: the entry itself is the widget
	shown  string
	typing bool
}

// NewField makes an entry whose changes are typed, and whose Enter is enter.
func NewField(e *Entry, shown string, typed func(string), enter func()) *Field {
	f := &Field{In: e, shown: shown}
	e.SetText(shown)
	if !e.MultiLine {
		e.CursorColumn = len([]rune(shown)) // typing goes on at the end
	}
	e.OnChanged = func(text string) {
		f.typing = true
		typed(text)
		f.typing = false
	}
	e.OnSubmitted = func(string) { enter() }
	return f
}

// Show shows an answer that did not come from this field.
func (f *Field) Show(text string) {
	if text == f.shown {
		return
	}
	f.shown = text
	if f.typing || f.In.Text == text {
		return
	}
	changed := f.In.OnChanged
	f.In.OnChanged = nil
	f.In.SetText(text)
	f.In.OnChanged = changed
}
