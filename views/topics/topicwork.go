package topics

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/traffic"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// topicWork is what a person has in hand in the topic browser: the open topic and
// what goes on by itself. It outlives the page, which a change of language or look
// makes anew.
type topicWork struct {
	env  *env
	page *topicPage // the one in the window, or nil

	topic  string // that is open
	open   bool
	tab    int
	curves []curve

	tasks     [taskKinds]task // what is told of what goes on
	messages  *traffic.Messages
	eraser    *traffic.Eraser
	player    *traffic.Player
	recording *traffic.Recording

	asking, confirming func() // end what is asked of the broker
	recorded           string // where the recording is
	endsShown          int    // counts the ends that were told
}

// newTopicWork makes the window's one.
func newTopicWork(d *env) *topicWork {
	w := &topicWork{
		env: d, messages: traffic.LoadMessages(d.Settings, d.Post), eraser: traffic.NewEraser(d.Traffic, d.Topics, d.Post),
		player: traffic.NewPlayer(d.Traffic, d.Topics, d.Post), recording: traffic.NewRecording(d.Topics, d.Post),
		asking: func() {}, confirming: func() {},
	}
	w.eraser.Changed.Listen(w.showErasing)
	w.player.Changed.Listen(w.showPlaying)
	w.recording.Changed.Listen(w.showRecording)
	d.Traffic.Moved().Listen(w.brokerChanged)
	return w
}

// brokerChanged ends what is about the broker before: an undo, or the rest of a
// recording, would reach the one that is in use now.
func (w *topicWork) brokerChanged() {
	w.stopAsking()
	w.confirming()
	w.setTask(taskAsk, nil)
	w.eraser.Dismiss()
	if w.player.State().Replay {
		w.player.Stop()
	}
	if w.page != nil {
		w.page.cleared()
	}
}

// topicWork is made with the first page.
func (d *env) topicWork() *topicWork {
	if d.work == nil {
		d.work = newTopicWork(d)
	}
	return d.work
}

// taskKind is a kind of work that goes on by itself. Each has its own line above
// the tree, or the progress of one would take away what another has to say: how
// it ended, and the way back.
type taskKind int

const (
	taskRecord taskKind = iota
	taskAsk
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
	turn  int // of the end that it tells
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
		ui.SetText(t.words, text())
		return
	}
	*t = task{text: text}
	t.draw = func() fyne.CanvasObject {
		t.words = ui.Body(t.text())
		var actions []fyne.CanvasObject
		if stop != nil {
			actions = append(actions, ui.NewButton(i18n.T(stopKey), ui.Icon("stop"), stop))
		}
		return ui.NoticeWith(ui.Remark, t.words, actions...)
	}
	if w.page != nil {
		w.page.showTasks()
	}
}

// closer takes what is shown away.
func (w *topicWork) closer(kind taskKind) fyne.CanvasObject {
	return ui.QuietButton("", ui.Icon("cross"), func() { w.setTask(kind, nil) })
}

// failed is why something was not done, and can be taken away.
func (w *topicWork) failed(err error, retry func(), kind taskKind) fyne.CanvasObject {
	return problem.Closable(w.env.Shell, err, retry, w.closer(kind))
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
	ui.SetVisible(p.task, len(p.task.Objects) > 0)
	p.rearrange()
}
