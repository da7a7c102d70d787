package topics

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/topics"
	"lamplighter/app/traffic"
	"lamplighter/app/worker"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// retainedDialog asks the broker what it keeps in a branch, and shows that before it is
// erased.
func (p *topicPage) retainedDialog(topic string) {
	w := p.work
	stop := func() { w.stopAsking(); w.setTask(taskAsk, nil) }
	stop()
	w.progress(taskAsk, func() string { return i18n.T("topics.retained.asking") }, "topics.stop", stop)
	w.asking = w.env.Traffic.AskRetained(branch(topic), func(list []topics.Message, whole bool, err error) {
		w.setTask(taskAsk, nil)
		if err != nil {
			w.setTask(taskAsk, func() fyne.CanvasObject {
				return w.failed(err, func() {
					if w.page != nil {
						w.page.retainedDialog(topic)
					}
				}, taskAsk)
			})
			return
		}
		w.env.Topics.ConfirmRetained(branch(topic), list, whole)
		if w.page != nil {
			w.page.listRetained(topic, list, whole)
		}
	})
}

// branch is the filter of a topic and all below it.
func branch(topic string) string { return topic + "/#" }

// stopAsking forgets what was asked of the broker.
func (w *topicWork) stopAsking() {
	w.asking()
	w.asking = func() {}
}

// confirmTime is how long a topic is open before the broker is asked whether it keeps
// a message of it.
const confirmTime = 400 * time.Millisecond

// confirmSoon asks this computer's broker whether it keeps a message of the topic that
// was opened. Another one is asked only when a person wants to know: each question is a
// connection.
func (w *topicWork) confirmSoon(topic string) {
	w.confirming()
	if w.env.Status().Broker != "" || !w.env.Traffic.Online() {
		w.confirming = func() {}
		return
	}
	w.confirming = worker.After(confirmTime, w.env.Post, func() {
		w.confirming = w.env.Traffic.AskRetained(topic, func(list []topics.Message, whole bool, err error) {
			if err == nil {
				w.env.Topics.ConfirmRetained(topic, list, whole)
			}
		})
	})
}

// listRetained shows what the broker keeps in a branch.
func (p *topicPage) listRetained(topic string, kept []topics.Message, whole bool) {
	list := make([]topics.RetainedMessage, len(kept))
	for i, m := range kept {
		list[i] = topics.RetainedMessage{Topic: m.Topic, Payload: m.Payload, QoS: m.QoS}
	}
	slices.SortFunc(list, func(a, b topics.RetainedMessage) int { return strings.Compare(a.Topic, b.Topic) })
	safe, _ := topics.Display(topic, 60)
	if len(list) == 0 {
		p.env.ShowInformation(i18n.T("topics.retained.title", "Topic", safe), i18n.T("topics.retained.none"))
		return
	}
	lines := ui.NewLineList(func() int { return len(list) }, func() ui.ListLine { return ui.NewCodeLine(false) }, func(i int, l ui.ListLine, _ bool) {
		k := list[i]
		name, _ := topics.Display(k.Topic, 200)
		l.(*ui.CodeLine).Write(ui.CodeText{Text: name, Remark: shortValue(topics.Entry{Payload: k.Payload, Size: len(k.Payload)}, 30)})
	})
	text := countN("topics.retained.text", len(list))
	if !whole {
		text = i18n.T("topics.retained.more", "Count", countWords(uint64(len(list))))
	}
	p.env.Ask(ui.Question{
		Title: i18n.T("topics.retained.title", "Topic", safe), Text: text,
		Content: ui.AtLeastHigh(ui.Unit*26, lines),
		Yes:     countN("topics.retained.yes", len(list)), Danger: true,
		Do: func() bool { p.work.eraser.Erase(list); return true },
	})
}

// showErasing tells how the erasing stands.
func (w *topicWork) showErasing() {
	e := w.eraser.State()
	switch e.Phase {
	case traffic.EraserWorking:
		w.progress(taskErase, func() string { return erasingWords(w.eraser.State()) }, "topics.stop", w.eraser.Stop)
	case traffic.EraserStuck:
		w.setTask(taskErase, func() fyne.CanvasObject {
			return ui.Rows(problem.View(w.env.Shell, e.Err, w.eraser.Retry), ui.Row(ui.NewButton(i18n.T("topics.stop"), ui.Icon("stop"), w.eraser.Stop)))
		})
	case traffic.EraserEnded:
		w.setTask(taskErase, func() fyne.CanvasObject { return w.erased(e) })
	default:
		w.setTask(taskErase, nil)
	}
}

// erasingWords tell how far it is.
func erasingWords(e traffic.EraserState) string {
	key := ui.Either(e.Undo, "topics.retained.undoing", "topics.retained.doing")
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
