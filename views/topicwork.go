package views

import (
	"context"

	"fyne.io/fyne/v2"

	"lamplighter/app/topics"
)

// topicWork is what a person has in hand in the topic browser: the open topic,
// a message that is being written, and what goes on by itself. It outlives the
// page, which a change of language or look makes anew.
type topicWork struct {
	desk *desk
	tree *topics.Tree
	page *topicPage // the one in the window, or nil

	topic  string // that is open
	open   bool
	tab    int
	curves []curve
	book   topics.Book
	unsent unsent
	// keeping stops what keeps the unsent message; nil where it is kept.
	keeping func()

	task    func() fyne.CanvasObject // what is being done, in the present language
	erasing *eraser
	cancel  context.CancelFunc // of what is played
}

// topicWork is the window's one.
func (d *desk) topicWork() *topicWork {
	if d.work == nil {
		d.work = &topicWork{desk: d, tree: d.Topics}
		d.work.loadMessages()
	}
	return d.work
}

// setTask shows what is being done, above the tree; nil shows nothing.
func (w *topicWork) setTask(draw func() fyne.CanvasObject) {
	w.task = draw
	if w.page != nil {
		w.page.showTask()
	}
}

// closer takes what is shown away.
func (w *topicWork) closer() fyne.CanvasObject {
	return quietButton("", icon("cross"), func() { w.setTask(nil) })
}

// showTask draws what is being done.
func (p *topicPage) showTask() {
	p.task.Objects = nil
	if p.work.task != nil {
		p.task.Add(p.work.task())
	}
	p.task.Refresh()
	show(p.task, p.work.task != nil)
	p.rearrange()
}

// publish sends a message, and notes what the broker keeps from now on.
func (w *topicWork) publish(d topics.Draft) error {
	if err := w.desk.Traffic.PublishMessage(d.Topic, d.Payload, d.QoS, d.Retained); err != nil {
		return err
	}
	if d.Retained && len(d.Payload) > 0 {
		w.tree.NoteRetained(d.Topic)
	}
	return nil
}
