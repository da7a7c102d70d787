package topics

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// historyLines is how many messages of a topic are listed; older ones are in
// exports.
const historyLines = 10_000

// topicHistory lists a topic's messages, the newest first.
type topicHistory struct {
	page  *topicPage
	lines *ui.LineList
	note  *widget.Label
	show  *ui.Button
	all   []topics.Entry
	topic string
	box   *fyne.Container
}

func newTopicHistory(p *topicPage) *topicHistory {
	h := &topicHistory{page: p}
	h.lines = ui.NewLineList(func() int { return len(h.all) }, func() ui.ListLine { return ui.NewCodeLine(false) }, h.bind)
	h.lines.OnChoose = func(int) { h.label() }
	h.lines.OnKey = func(e *fyne.KeyEvent) bool {
		if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
			h.details()
			return true
		}
		return false
	}
	h.note = ui.Small("")
	h.show = ui.NewButton(i18n.T("topics.history.show"), ui.Icon("eye"), h.details)
	export := ui.NewButton(i18n.T("topics.export"), ui.Icon("save"), func() { p.exportDialog(h.topic) })
	h.box = container.NewBorder(nil, container.New(&ui.StackLayout{}, h.note, ui.Row(h.show, export)), nil, nil, h.lines)
	h.label()
	return h
}

func (h *topicHistory) content() fyne.CanvasObject { return h.box }

func (h *topicHistory) reset() {
	h.lines.Top, h.lines.Current = 0, -1
	h.all = nil
	h.label()
}

// update keeps the line that was chosen, and what is in view, where it is.
func (h *topicHistory) update(id topics.ID, l topics.Level) {
	before := len(h.all)
	var chosen topics.Entry
	if c := h.lines.Current; c >= 0 && c < before {
		chosen = h.all[c]
	}
	h.topic = h.page.tree.Topic(id)
	h.all = h.page.tree.History(id, historyLines)
	if c := h.lines.Current; c >= 0 {
		h.lines.Current = -1
		for i, e := range h.all {
			if e.At.Equal(chosen.At) && e.Size == chosen.Size {
				if h.lines.Top > 0 {
					h.lines.Top += i - c
				}
				h.lines.Current = i
				break
			}
		}
	}
	text := i18n.T("topics.history.note", "Kept", countWords(uint64(l.InMemory)), "All", countWords(l.Messages))
	if !l.Topic {
		text = i18n.T("topics.history.none")
	}
	ui.SetText(h.note, text)
	h.lines.Update()
	h.label()
}

func (h *topicHistory) label() {
	ui.SetEnabled(h.show, h.lines.Current >= 0 && h.lines.Current < len(h.all))
}

// bind writes a message: when, what, how long after the one before, and how a
// number moved.
func (h *topicHistory) bind(i int, line ui.ListLine, chosen bool) {
	e := h.all[i]
	t := ui.CodeText{Text: i18n.T("topics.history.line", "Time", preciseWords(e.At, h.page.now()), "Value", shortValue(e, 100))}
	if e.Retained {
		t.Sign = "●"
	}
	if i+1 < len(h.all) {
		t.Remark = i18n.T("topics.history.gap", "Gap", gapWords(e.At.Sub(h.all[i+1].At)))
		if d := moved(h.all[i+1], e); d != "" {
			t.Remark = i18n.T("topics.history.moved", "By", d, "Gap", gapWords(e.At.Sub(h.all[i+1].At)))
		}
	}
	if chosen {
		t.Fill = ui.ColorChosen
	}
	line.(*ui.CodeLine).Write(t)
}

// moved is by how much a number changed, or "".
func moved(before, now topics.Entry) string {
	if topics.KindOf(clip(now.Payload, 64)) != topics.KindNumber || topics.KindOf(clip(before.Payload, 64)) != topics.KindNumber {
		return ""
	}
	a, _ := topics.NumberIn(before.Payload, "")
	b, _ := topics.NumberIn(now.Payload, "")
	return signedNumber(b - a)
}

// details shows one message whole, with what it changed.
func (h *topicHistory) details() {
	i := h.lines.Current
	if i < 0 || i >= len(h.all) {
		return
	}
	e := h.all[i]
	v := newTopicValue(h.page)
	v.entry = e
	if i+1 < len(h.all) {
		v.before = h.all[i+1].Payload
	}
	v.write()
	room := ui.AtLeastHigh(ui.Unit*38, v.content())
	h.page.env.Show(i18n.T("topics.history.message", "Time", preciseWords(e.At, h.page.now())), plainWords(h.topic, e, h.page.now()), room)
}
