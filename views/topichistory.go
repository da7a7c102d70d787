package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/topics"
	"lamplighter/i18n"
)

// historyLines is how many messages of a topic are listed; older ones are in
// exports.
const historyLines = 10_000

// topicHistory lists a topic's messages, the newest first.
type topicHistory struct {
	page  *topicPage
	lines *lineList
	note  *widget.Label
	show  *button
	all   []topics.Entry
	topic string
	box   *fyne.Container
}

func newTopicHistory(p *topicPage) *topicHistory {
	h := &topicHistory{page: p}
	h.lines = newLineList(func() int { return len(h.all) }, func() listLine { return newCodeLine(false) }, h.bind)
	h.lines.choose = func(int) { h.label() }
	h.lines.key = func(e *fyne.KeyEvent) bool {
		if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
			h.details()
			return true
		}
		return false
	}
	h.note = small("")
	h.show = newButton(i18n.T("topics.history.show"), icon("eye"), h.details)
	export := newButton(i18n.T("topics.export"), icon("save"), func() { p.exportDialog(h.topic) })
	h.box = container.NewBorder(nil, container.New(&stackLayout{}, h.note, row(h.show, export)), nil, nil, h.lines)
	h.label()
	return h
}

func (h *topicHistory) content() fyne.CanvasObject { return h.box }

func (h *topicHistory) reset() {
	h.lines.top, h.lines.current = 0, -1
	h.all = nil
	h.label()
}

// update keeps the line that was chosen, and what is in view, where it is.
func (h *topicHistory) update(id topics.ID, l topics.Level) {
	before := len(h.all)
	var chosen topics.Entry
	if c := h.lines.current; c >= 0 && c < before {
		chosen = h.all[c]
	}
	h.topic = h.page.tree.Topic(id)
	h.all = h.page.tree.History(id, historyLines)
	if c := h.lines.current; c >= 0 {
		h.lines.current = -1
		for i, e := range h.all {
			if e.At.Equal(chosen.At) && e.Size == chosen.Size {
				if h.lines.top > 0 {
					h.lines.top += i - c
				}
				h.lines.current = i
				break
			}
		}
	}
	text := i18n.T("topics.history.note", "Kept", countWords(uint64(l.Kept)), "All", countWords(l.Messages))
	if !l.Topic {
		text = i18n.T("topics.history.none")
	}
	setText(h.note, text)
	h.lines.update()
	h.label()
}

func (h *topicHistory) label() {
	if on := h.lines.current >= 0 && h.lines.current < len(h.all); on == h.show.Disabled() {
		if on {
			h.show.Enable()
		} else {
			h.show.Disable()
		}
	}
}

// bind writes a message: when, what, how long after the one before, and how a
// number moved.
func (h *topicHistory) bind(i int, line listLine, chosen bool) {
	e := h.all[i]
	t := codeText{text: i18n.T("topics.history.line", "Time", preciseWords(e.At, h.page.now()), "Value", shortValue(e, 100))}
	if e.Retained {
		t.sign = "●"
	}
	if i+1 < len(h.all) {
		t.remark = i18n.T("topics.history.gap", "Gap", gapWords(e.At.Sub(h.all[i+1].At)))
		if d := moved(h.all[i+1], e); d != "" {
			t.remark = i18n.T("topics.history.moved", "By", d, "Gap", gapWords(e.At.Sub(h.all[i+1].At)))
		}
	}
	if chosen {
		t.fill = colorChosen
	}
	line.(*codeLine).write(t)
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
	i := h.lines.current
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
	room := container.NewGridWrap(fyne.NewSize(dialogWidth-unit*6, unit*38), v.content())
	h.page.desk.show(i18n.T("topics.history.message", "Time", preciseWords(e.At, h.page.now())), plainWords(h.topic, e, h.page.now()), room)
}
