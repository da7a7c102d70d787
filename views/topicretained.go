package views

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/app/topics"
	"lamplighter/i18n"
)

// Retained messages are erased a few at a time, so that neither the connection
// nor a weak broker chokes.
const (
	eraseStep  = 25
	erasePause = 100 * time.Millisecond
	eraseMost  = 20_000
)

// retainedDialog shows what the broker keeps in a branch, before it is erased.
func (p *topicPage) retainedDialog(topic string) {
	id, ok := p.tree.Find(topic)
	if !ok {
		return
	}
	list, count := p.tree.Retained(id, eraseMost)
	slices.SortFunc(list, func(a, b topics.Kept) int { return strings.Compare(a.Topic, b.Topic) })
	safe, _ := topics.Display(topic, 60)
	if count == 0 {
		p.desk.tell(i18n.T("topics.retained.title", "Topic", safe), i18n.T("topics.retained.none"))
		return
	}
	lines := newLineList(func() int { return len(list) }, func() listLine { return newCodeLine(false) }, func(i int, l listLine, _ bool) {
		k := list[i]
		name, _ := topics.Display(k.Topic, 200)
		l.(*codeLine).write(codeText{text: name, remark: shortValue(topics.Entry{Payload: k.Payload, Size: len(k.Payload)}, 30)})
	})
	text := countN("topics.retained.text", count)
	if count > len(list) {
		text = i18n.T("topics.retained.most", "Count", countWords(uint64(count)), "Most", countWords(eraseMost))
	}
	p.desk.ask(question{
		Title: i18n.T("topics.retained.title", "Topic", safe), Text: text,
		Content: container.NewGridWrap(fyne.NewSize(dialogWidth-unit*6, unit*26), lines),
		Yes:     countN("topics.retained.yes", len(list)), Danger: true,
		Do: func() bool { p.work.eraser(list, false).start(); return true },
	})
}

// eraser erases what the broker keeps, or puts it back.
type eraser struct {
	work *topicWork
	list []topics.Kept
	undo bool
	done int
	stop func()
}

func (w *topicWork) eraser(list []topics.Kept, undo bool) *eraser {
	if w.erasing != nil && w.erasing.stop != nil {
		w.erasing.stop()
	}
	w.erasing = &eraser{work: w, list: list, undo: undo}
	return w.erasing
}

func (e *eraser) start() { e.step() }

// step publishes some, and goes on after a pause.
func (e *eraser) step() {
	e.stop = nil
	for range eraseStep {
		if e.done == len(e.list) {
			break
		}
		k := e.list[e.done]
		payload := k.Payload
		if !e.undo {
			payload = nil
		}
		if err := e.work.publish(topics.Draft{Topic: k.Topic, Payload: payload, QoS: max(k.QoS, 1), Retained: true}); err != nil {
			e.failed(err)
			return
		}
		e.done++
	}
	if e.done < len(e.list) {
		e.stop = after(erasePause, e.work.desk.Post, e.step)
	}
	e.work.setTask(e.draw)
}

// failed tells why it does not go on, with a way to go on.
func (e *eraser) failed(err error) {
	e.work.setTask(func() fyne.CanvasObject { return e.work.desk.problemView(err, e.step) })
}

// halt leaves the rest as it is.
func (e *eraser) halt() {
	if e.stop != nil {
		e.stop()
		e.stop = nil
	}
	e.list = e.list[:e.done]
	e.work.setTask(e.draw)
}

// draw tells how far it came, with the way back once it is done.
func (e *eraser) draw() fyne.CanvasObject {
	n, all := countWords(uint64(e.done)), countWords(uint64(len(e.list)))
	finished := e.done == len(e.list)
	switch {
	case e.undo && finished:
		return notice(success, i18n.T("topics.retained.undone", "Count", n), e.work.closer())
	case e.undo:
		return notice(remark, i18n.T("topics.retained.undoing", "Done", n, "All", all))
	case finished:
		undo := newButton(i18n.T("topics.retained.undo"), nil, func() { e.work.eraser(e.list, true).start() })
		return notice(success, i18n.T("topics.retained.done", "Count", n), undo, e.work.closer())
	}
	return notice(remark, i18n.T("topics.retained.doing", "Done", n, "All", all), newButton(i18n.T("topics.stop"), icon("stop"), e.halt))
}
