package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"lamplighter/views/textfit"
)

// SubtitleWrapped is a bold text that breaks into lines.
func SubtitleWrapped(text string) *widget.Label {
	l := Body(text)
	l.TextStyle = fyne.TextStyle{Bold: true}
	return l
}

// Title is the name of a page.
func Title(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.SizeName, l.TextStyle = sizeTitle, fyne.TextStyle{Bold: true}
	return l
}

// Subtitle is the name of a part of a page.
func Subtitle(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.TextStyle = fyne.TextStyle{Bold: true}
	return l
}

// TitleWrapped is the name of a page or a dialog that may be long.
func TitleWrapped(text string) *widget.Label {
	l := Title(textfit.Breakable(text))
	l.Wrapping = fyne.TextWrapWord
	return l
}

// Body is text that wraps.
func Body(text string) *widget.Label {
	l := widget.NewLabel(textfit.Breakable(text))
	l.Wrapping = fyne.TextWrapWord
	return l
}

// OneLine is text that does not wrap, and ends in … where room lacks.
func OneLine(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}

// Label is text in one line that is never cut.
func Label(text string) *widget.Label { return widget.NewLabel(text) }

// Small is a remark: small text that wraps.
func Small(text string) *widget.Label {
	l := Body(text)
	l.SizeName, l.Importance = SizeSmall, widget.LowImportance
	return l
}

// Code is text to be read letter by letter: an address, a password, a topic. What
// people may want to copy has a Copy button beside it: a label that can be
// selected would be one more stop of Tab.
func Code(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.TextStyle = fyne.TextStyle{Monospace: true}
	return l
}

// SetText changes a label that says something else.
func SetText(l *widget.Label, text string) {
	if l.Wrapping == fyne.TextWrapWord {
		text = textfit.Breakable(text)
	}
	if l.Text != text {
		l.SetText(text)
	}
}

// SetOrHide changes a label that says something else, or takes no room where there is nothing
// to say.
func SetOrHide(l *widget.Label, text string) {
	SetText(l, text)
	SetVisible(l, text != "")
}

// WriteText sets what a text on a canvas that is laid out by hand says and how, and draws it
// anew where that is another.
func WriteText(t *canvas.Text, text string, size float32, style fyne.TextStyle, c fyne.ThemeColorName) {
	tint := Color(c)
	if t.Text == text && t.TextSize == size && t.TextStyle == style && t.Color == tint {
		return
	}
	t.Text, t.TextSize, t.TextStyle, t.Color = text, size, style, tint
	t.Resize(t.MinSize())
	t.Refresh()
}
