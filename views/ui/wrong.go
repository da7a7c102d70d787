package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Wrong is the line that says what is wrong with what was typed, and marks the field
// that it is about: the one dress of such an error. What failed in doing is a Notice.
type Wrong struct {
	Box   *fyne.Container // hidden while nothing is wrong
	words *widget.Label
	field *Entry
}

// NewWrong makes the line, below the fields that it is for.
func NewWrong() *Wrong {
	w := &Wrong{words: Body("")}
	w.words.Importance = widget.DangerImportance
	sign := container.NewVBox(Padded(Unit*1.1, IconImage(Tinted("warning", theme.ColorNameError), 18)))
	w.Box = container.NewBorder(nil, nil, sign, nil, w.words)
	w.Box.Hide()
	return w
}

// Set says what is wrong with a field, nil for no single one, and "" that nothing is
// any more. It reports false, for the button that could not do its work.
func (w *Wrong) Set(field *Entry, text string) bool {
	if w.field != nil && (w.field != field || text == "") {
		w.field.setWrong(false)
	}
	if w.field = field; field != nil && text != "" {
		field.setWrong(true)
	}
	SetText(w.words, text)
	SetVisible(w.Box, text != "")
	return false
}

// Refuse says what is wrong with a field and brings the keyboard there, so that the
// next key types it anew.
func (w *Wrong) Refuse(field *Entry, text string) bool {
	if field != nil {
		TakeFocus(field)
		field.SelectAll()
	}
	return w.Set(field, text)
}

// Text is what is said.
func (w *Wrong) Text() string { return w.words.Text }
