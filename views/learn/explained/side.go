package explained

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/program/explain"
	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// lineWords are what is told of the line that is chosen, beside the program.
type lineWords struct {
	head    *widget.Label
	whole   *widget.Label // the line, which may be longer than there is room
	meaning *widget.Label
	packet  *widget.Label
	onMap   *ui.Button
	change  *widget.Label
	last    *widget.Label
	real    *widget.Label
	box     *fyne.Container
}

func newLineWords(toMap func()) *lineWords {
	w := &lineWords{
		head: ui.SubtitleWrapped(""), whole: ui.Code(""), meaning: ui.Body(""), packet: ui.Body(""), change: ui.Body(""), last: ui.Body(""), real: ui.Small(""),
		onMap: ui.QuietButton(i18n.T("explained.onmap"), ui.Icon("eye"), toMap),
	}
	w.change.Importance, w.whole.Wrapping = widget.WarningImportance, fyne.TextWrapBreak
	w.box = container.New(&ui.StackLayout{Gap: -ui.Unit}, w.head, w.whole, w.meaning, w.packet, w.change, w.last, ui.Row(w.onMap), ui.SubtitleWrapped(i18n.T("explained.real")), w.real)
	return w
}

// showNone tells that there is no program.
func (w *lineWords) showNone() {
	ui.SetOrHide(w.head, i18n.T("explained.noprogram"))
	for _, l := range []*widget.Label{w.whole, w.meaning, w.packet, w.change, w.last} {
		ui.SetOrHide(l, "")
	}
}

// show explains a line, with the last message that it has really made, and the board's
// newest traffic.
func (w *lineWords) show(number int, l explain.Line, wish explain.Choices, last, real string) {
	ui.SetOrHide(w.head, i18n.T("explained.line", "N", number))
	ui.SetOrHide(w.whole, strings.TrimSpace(l.Text))
	ui.SetOrHide(w.meaning, kindWords(l.Kind))
	ui.SetOrHide(w.packet, packetWords(l.Kind))
	ui.SetVisible(w.onMap, packetWords(l.Kind) != "" && l.Kind != explain.Ping)
	ui.SetOrHide(w.change, changeWords(l, wish))
	ui.SetOrHide(w.last, last)
	ui.SetOrHide(w.real, real)
	w.box.Refresh()
}
