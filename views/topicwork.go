package views

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/topics"
	"lamplighter/i18n"
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

	tasks   [taskKinds]task // what is being done
	erasing *eraser
	cancel  context.CancelFunc // of what is played
	// watching stops what tells how far the recording is.
	watching func()
}

// topicWork is the window's one.
func (d *desk) topicWork() *topicWork {
	if d.work == nil {
		d.work = &topicWork{desk: d, tree: d.Topics}
		d.work.loadMessages()
	}
	return d.work
}

// taskKind is a kind of work that goes on by itself. Each has its own line above
// the tree, or the progress of one would take away what another has to say: how
// it ended, and the way back.
type taskKind int

const (
	taskRecord taskKind = iota
	taskErase
	taskPlay
	taskExport
	taskKinds
)

// task is such a line.
type task struct {
	draw  func() fyne.CanvasObject // in the present language; nil = there is none
	words *widget.Label            // of a progress, which is written anew and not drawn anew
	text  func() string
}

// setTask shows how a work stands, above the tree; nil shows nothing of it.
func (w *topicWork) setTask(kind taskKind, draw func() fyne.CanvasObject) {
	w.tasks[kind] = task{draw: draw}
	if w.page != nil {
		w.page.showTasks()
	}
}

// progress shows how far a work is, with a button that ends it, or none where
// stop is nil. Called again for the same work it only writes: a button that is made anew would lose
// the keyboard.
func (w *topicWork) progress(kind taskKind, text func() string, stopKey string, stop func()) {
	t := &w.tasks[kind]
	if t.words != nil && w.page != nil {
		t.text = text
		setText(t.words, text())
		return
	}
	*t = task{text: text}
	t.draw = func() fyne.CanvasObject {
		t.words = body(t.text())
		var actions []fyne.CanvasObject
		if stop != nil {
			actions = append(actions, newButton(i18n.T(stopKey), icon("stop"), stop))
		}
		return noticeWith(remark, t.words, actions...)
	}
	if w.page != nil {
		w.page.showTasks()
	}
}

// closer takes what is shown away.
func (w *topicWork) closer(kind taskKind) fyne.CanvasObject {
	return quietButton("", icon("cross"), func() { w.setTask(kind, nil) })
}

// failed is why something was not done, and can be taken away.
func (w *topicWork) failed(err error, retry func(), kind taskKind) fyne.CanvasObject {
	return container.NewBorder(nil, nil, nil, w.closer(kind), problemView(w.desk.shell, err, retry))
}

// showTasks draws what is being done.
func (p *topicPage) showTasks() {
	p.task.Objects = nil
	for i := range p.work.tasks {
		if draw := p.work.tasks[i].draw; draw != nil {
			p.task.Add(draw())
		}
	}
	p.task.Refresh()
	show(p.task, len(p.task.Objects) > 0)
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
