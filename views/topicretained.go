package views

import (
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
	text := i18n.N("topics.retained.text", count)
	if count > len(list) {
		text = i18n.T("topics.retained.most", "Count", countWords(uint64(count)), "Most", countWords(eraseMost))
	}
	p.desk.ask(question{
		Title: i18n.T("topics.retained.title", "Topic", safe), Text: text,
		Content: container.NewGridWrap(fyne.NewSize(dialogWidth-unit*6, unit*26), lines),
		Yes:     i18n.N("topics.retained.yes", len(list)), Danger: true,
		Do: func() bool { p.eraser(list, false).start(); return true },
	})
}

// eraser erases what the broker keeps, or puts it back.
type eraser struct {
	page *topicPage
	list []topics.Kept
	undo bool
	done int
	stop func()
}

func (p *topicPage) eraser(list []topics.Kept, undo bool) *eraser {
	if p.erasing != nil && p.erasing.stop != nil {
		p.erasing.stop()
	}
	p.erasing = &eraser{page: p, list: list, undo: undo}
	return p.erasing
}

func (e *eraser) start() { e.step() }

// step publishes some, and goes on after a pause.
func (e *eraser) step() {
	e.stop = nil
	for range eraseStep {
		if e.done == len(e.list) {
			e.page.showErased(e, nil)
			return
		}
		k := e.list[e.done]
		payload := k.Payload
		if !e.undo {
			payload = nil
		}
		if err := e.page.desk.Traffic.PublishMessage(k.Topic, payload, max(k.QoS, 1), true); err != nil {
			e.page.showErased(e, err)
			return
		}
		e.done++
	}
	e.page.showErased(e, nil)
	e.stop = after(erasePause, e.page.desk.Post, e.step)
}

// showErased tells how far it came, with the way back once it is done.
func (p *topicPage) showErased(e *eraser, err error) {
	if err != nil {
		left := &eraser{page: p, list: e.list[e.done:], undo: e.undo}
		p.setTask(p.desk.problemView(err, func() { p.erasing = left; left.start() }))
		return
	}
	n, all := countWords(uint64(e.done)), countWords(uint64(len(e.list)))
	finished := e.done == len(e.list)
	closeIt := quietButton("", icon("cross"), func() { p.setTask(nil) })
	switch {
	case e.undo && finished:
		p.setTask(notice(success, i18n.T("topics.retained.undone", "Count", n), closeIt))
	case e.undo:
		p.setTask(notice(remark, i18n.T("topics.retained.undoing", "Done", n, "All", all)))
	case finished:
		undo := newButton(i18n.T("topics.retained.undo"), nil, func() { p.eraser(e.list, true).start() })
		p.setTask(notice(success, i18n.T("topics.retained.done", "Count", n), undo, closeIt))
	default:
		stop := newButton(i18n.T("topics.stop"), icon("stop"), func() {
			if e.stop != nil {
				e.stop()
			}
			e.list = e.list[:e.done]
			p.showErased(e, nil)
		})
		p.setTask(notice(remark, i18n.T("topics.retained.doing", "Done", n, "All", all), stop))
	}
}

// setTask shows what is being done, above the tree; nil shows nothing.
func (p *topicPage) setTask(o fyne.CanvasObject) {
	p.task.Objects = nil
	if o != nil {
		p.task.Add(o)
	}
	p.task.Refresh()
	show(p.task, o != nil)
}
