package topics

import (
	"errors"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/app/link"
	"lamplighter/app/topics"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// Retained messages are erased some at a time, so that neither the connection
// nor a weak broker chokes.
const (
	eraseStep  = 50
	erasePause = 100 * time.Millisecond
	eraseMost  = 100_000
	// eraseDoubt is for how long a connection may be dead before that is seen (the
	// keep-alive and the wait for its answer): what was sent in that time may not
	// have come, and is sent again on the next connection.
	eraseDoubt = 45 * time.Second
	// eraseProof is how long the connection must live after the last one.
	eraseProof = time.Second
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
		text = i18n.T("topics.retained.most", "Count", countWords(uint64(count)), "Most", countWords(eraseMost))
	}
	p.desk.Ask(ui.Question{
		Title: i18n.T("topics.retained.title", "Topic", safe), Text: text,
		Content: container.NewGridWrap(fyne.NewSize(ui.DialogWidth-ui.Unit*6, ui.Unit*26), lines),
		Yes:     countN("topics.retained.yes", len(list)), Danger: true,
		Do: func() bool { p.work.erase(list); return true },
	})
}

// eraser erases what the broker keeps, or puts it back.
type eraser struct {
	work  *topicWork
	list  []topics.Kept
	undo  bool
	done  int
	most  int // that were ever done
	sure  int // how many of done need not be sent again where the connection is lost
	sent  []sentSome
	ended bool
	stop  func()
	next  []topics.Kept // to be erased once this has ended
}

// sentSome says how many were done at a time.
type sentSome struct {
	at   time.Time
	done int
}

// erase begins to erase, or goes on with more. What was erased before and can
// still be put back can be put back with it.
func (w *topicWork) erase(list []topics.Kept) {
	e := w.erasing
	switch {
	case e == nil || e.ended && (e.undo || w.tasks[taskErase].draw == nil):
		w.startEraser(&eraser{work: w, list: list})
	case e.undo:
		e.next = append(e.next, list...)
	case e.ended:
		w.startEraser(&eraser{work: w, list: slices.Concat(e.list, list), done: e.done})
	default:
		e.list = append(e.list, list...)
	}
}

// putBack gives the broker again what was erased.
func (w *topicWork) putBack(list []topics.Kept) {
	w.startEraser(&eraser{work: w, list: list, undo: true})
}

func (w *topicWork) startEraser(e *eraser) {
	e.sure, e.most = e.done, e.done
	w.erasing = e
	w.setTask(taskErase, nil)
	e.step()
}

// step publishes some, and goes on after a pause.
func (e *eraser) step() {
	e.stop = nil
	if e.done == len(e.list) {
		e.finish()
		return
	}
	for range min(eraseStep, len(e.list)-e.done) {
		err := e.publish(e.list[e.done])
		if errors.Is(err, link.ErrFull) {
			break // it comes with the next ones
		}
		if err != nil {
			e.failed(err)
			return
		}
		e.done++
	}
	e.most = max(e.most, e.done)
	e.sent = append(e.sent, sentSome{time.Now(), e.done})
	pause := erasePause
	if e.done == len(e.list) {
		pause = eraseProof
	}
	e.stop = ui.After(pause, e.work.desk.Post, e.step)
	e.work.progress(taskErase, e.words, "topics.stop", e.halt)
}

func (e *eraser) publish(k topics.Kept) error {
	payload := k.Payload
	if !e.undo {
		payload = nil
	}
	return e.work.publish(topics.Draft{Topic: k.Topic, Payload: payload, QoS: max(k.QoS, 1), Retained: true})
}

// words tell how far it is.
func (e *eraser) words() string {
	key := "topics.retained.doing"
	if e.undo {
		key = "topics.retained.undoing"
	}
	return i18n.T(key, "Done", countWords(uint64(e.done)), "All", countWords(uint64(len(e.list))))
}

// finish ends it, where the connection lives still.
func (e *eraser) finish() {
	if !e.work.desk.Traffic.Online() {
		e.failed(&fault.Error{Fault: fault.Unreachable, Op: "publish", Err: link.ErrOffline})
		return
	}
	e.end()
}

func (e *eraser) end() {
	e.ended, e.sent = true, nil
	if len(e.next) > 0 {
		e.work.startEraser(&eraser{work: e.work, list: e.next})
		return
	}
	e.work.setTask(taskErase, e.draw)
}

// failed tells why it does not go on, with a way to go on: with what may have
// been lost on its way too.
func (e *eraser) failed(err error) {
	doubt := time.Now().Add(-eraseDoubt)
	for len(e.sent) > 0 && e.sent[0].at.Before(doubt) {
		e.sure, e.sent = e.sent[0].done, e.sent[1:]
	}
	e.done, e.sent = e.sure, nil
	e.work.setTask(taskErase, func() fyne.CanvasObject {
		return ui.Rows(problem.View(e.work.desk.Shell, err, e.step), ui.Row(ui.NewButton(i18n.T("topics.stop"), ui.Icon("stop"), e.halt)))
	})
}

// halt leaves the rest as it is. What may have been erased can be put back.
func (e *eraser) halt() {
	if e.stop != nil {
		e.stop()
		e.stop = nil
	}
	e.list, e.done = e.list[:e.most], e.most
	e.end()
}

// draw tells how it ended, with the way back.
func (e *eraser) draw() fyne.CanvasObject {
	n := countWords(uint64(e.done))
	if e.undo {
		return ui.Notice(ui.Success, i18n.T("topics.retained.undone", "Count", n), e.work.closer(taskErase))
	}
	undo := ui.NewButton(i18n.T("topics.retained.undo"), nil, func() { e.work.putBack(e.list) })
	return ui.Notice(ui.Success, i18n.T("topics.retained.done", "Count", n), undo, e.work.closer(taskErase))
}
