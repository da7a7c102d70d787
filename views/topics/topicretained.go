package topics

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/app/topics"
	"lamplighter/app/traffic"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// retainedDialog shows what the broker keeps in a branch, before it is erased.
func (p *topicPage) retainedDialog(topic string) {
	id, ok := p.tree.Find(topic)
	if !ok {
		return
	}
	list, count := p.tree.Retained(id, traffic.MaxErased)
	slices.SortFunc(list, func(a, b topics.Kept) int { return strings.Compare(a.Topic, b.Topic) })
	safe, _ := topics.Display(topic, 60)
	if count == 0 {
		p.desk.Tell(i18n.T("topics.retained.title", "Topic", safe), i18n.T("topics.retained.none"))
		return
	}
	lines := ui.NewLineList(func() int { return len(list) }, func() ui.ListLine { return ui.NewCodeLine(false) }, func(i int, l ui.ListLine, _ bool) {
		k := list[i]
		name, _ := topics.Display(k.Topic, 200)
		l.(*ui.CodeLine).Write(ui.CodeText{Text: name, Remark: shortValue(topics.Entry{Payload: k.Payload, Size: len(k.Payload)}, 30)})
	})
	text := countN("topics.retained.text", count)
	if count > len(list) {
		text = i18n.T("topics.retained.most", "Count", countWords(uint64(count)), "Most", countWords(traffic.MaxErased))
	}
	p.desk.Ask(ui.Question{
		Title: i18n.T("topics.retained.title", "Topic", safe), Text: text,
		Content: container.NewGridWrap(fyne.NewSize(ui.DialogWidth-ui.Unit*6, ui.Unit*26), lines),
		Yes:     countN("topics.retained.yes", len(list)), Danger: true,
		Do: func() bool { p.work.eraser.Erase(list); return true },
	})
}

// tellErasing tells how the erasing stands.
func (w *topicWork) tellErasing() {
	e := w.eraser.State()
	switch e.Phase {
	case traffic.EraserWorking:
		w.progress(taskErase, func() string { return erasingWords(w.eraser.State()) }, "topics.stop", w.eraser.Halt)
	case traffic.EraserStuck:
		w.setTask(taskErase, func() fyne.CanvasObject {
			return ui.Rows(problem.View(w.desk.Shell, e.Err, w.eraser.Retry), ui.Row(ui.NewButton(i18n.T("topics.stop"), ui.Icon("stop"), w.eraser.Halt)))
		})
	case traffic.EraserEnded:
		w.setTask(taskErase, func() fyne.CanvasObject { return w.erased(e) })
	default:
		w.setTask(taskErase, nil)
	}
}

// erasingWords tell how far it is.
func erasingWords(e traffic.EraserState) string {
	key := "topics.retained.doing"
	if e.Undo {
		key = "topics.retained.undoing"
	}
	return i18n.T(key, "Done", countWords(uint64(e.Done)), "All", countWords(uint64(e.All)))
}

// erased tells how it ended, with the way back.
func (w *topicWork) erased(e traffic.EraserState) fyne.CanvasObject {
	n := countWords(uint64(e.Done))
	away := ui.QuietButton("", ui.Icon("cross"), w.eraser.Dismiss)
	if e.Undo {
		return ui.Notice(ui.Success, i18n.T("topics.retained.undone", "Count", n), away)
	}
	undo := ui.NewButton(i18n.T("topics.retained.undo"), nil, w.eraser.Undo)
	return ui.Notice(ui.Success, i18n.T("topics.retained.done", "Count", n), undo, away)
}
