package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// title is the name of a page.
func title(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.SizeName, l.TextStyle = sizeTitle, fyne.TextStyle{Bold: true}
	return l
}

// subtitle is the name of a part of a page.
func subtitle(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.TextStyle = fyne.TextStyle{Bold: true}
	return l
}

// titleWrapped is the name of a page or a dialog that may be long.
func titleWrapped(text string) *widget.Label {
	l := title(breakable(text))
	l.Wrapping = fyne.TextWrapWord
	return l
}

// body is text that wraps.
func body(text string) *widget.Label {
	l := widget.NewLabel(breakable(text))
	l.Wrapping = fyne.TextWrapWord
	return l
}

// oneLine is text that does not wrap, and ends in … where room lacks.
func oneLine(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}

// label is text in one line that is never cut.
func label(text string) *widget.Label { return widget.NewLabel(text) }

// small is a remark: small text that wraps.
func small(text string) *widget.Label {
	l := body(text)
	l.SizeName, l.Importance = sizeSmall, widget.LowImportance
	return l
}

// code is text to be read letter by letter: an address, a password, a topic. What
// people may want to copy has a Copy button beside it: a label that can be
// selected would be one more stop of Tab.
func code(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.TextStyle = fyne.TextStyle{Monospace: true}
	return l
}

// setText changes a label that says something else.
func setText(l *widget.Label, text string) {
	if l.Wrapping == fyne.TextWrapWord {
		text = breakable(text)
	}
	if l.Text != text {
		l.SetText(text)
	}
}
