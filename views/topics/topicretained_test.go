package topics

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app"
	"lamplighter/app/link"
	"lamplighter/app/topics"
	"lamplighter/app/traffic"
	"lamplighter/i18n"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// retained are some messages that the broker keeps.
func retained(base string, n int) (list []topics.RetainedMessage) {
	for i := range n {
		list = append(list, topics.RetainedMessage{Topic: fmt.Sprintf("%s/%d", base, i), Payload: fmt.Append(nil, i)})
	}
	return list
}

// pressed presses the button with a text in a part of the window.
func pressed(t *testing.T, in fyne.CanvasObject, text string) {
	t.Helper()
	for _, o := range test.LaidOutObjects(in) {
		if b, ok := o.(*ui.Button); ok && b.Text == text {
			test.Tap(b)
			return
		}
	}
	t.Fatalf("no button %q", text)
}

func TestTheWayBackIsThereWhateverElseTellsItsProgress(t *testing.T) {
	p, r, loop := topicWindow(t)
	w := p.work
	w.eraser.Erase(retained("a", 3))
	loop.RunUntil(func() bool { return w.eraser.State().Phase == traffic.EraserEnded }, "the erasing")
	w.recording.Start(&memoryFile{})
	w.finished(taskExport, func() string { return "exported" }, nil)
	w.showRecording()
	if !viewtest.Shows(p.task, recordingWords(w.recording.State())) || !viewtest.Shows(p.task, "exported") {
		t.Error("one progress takes another's place")
	}
	stop := func() (b *ui.Button) {
		for _, o := range test.LaidOutObjects(p.task) {
			if x, ok := o.(*ui.Button); ok && x.Text == i18n.T("topics.record.stop") {
				b = x
			}
		}
		return b
	}
	c := p.env.Window().Canvas()
	before := stop()
	c.Focus(before)
	r.hears("class/x", "1", false)
	loop.RunUntil(func() bool {
		state := w.recording.State()
		return state.Written == 1 && viewtest.Shows(p.task, recordingWords(state))
	}, "the progress")
	if stop() != before || c.Focused() != before {
		t.Error("the button was made anew, and the keyboard lost")
	}
	pressed(t, p.task, i18n.T("topics.retained.undo"))
	loop.RunUntil(func() bool { return w.eraser.State().Undo && w.eraser.State().Phase == traffic.EraserEnded }, "the way back")
	got := r.traffic.Published
	if len(got) != 6 || string(got[5].Payload) != "2" {
		t.Errorf("published %v", got)
	}
	w.recording.Stop()
	done := i18n.T("topics.record.done", "Count", "1", "Where", "")
	loop.RunUntil(func() bool { return viewtest.Shows(p.task, done) }, "the end of the recording")
}

func TestTheClassroomIsOpenAgainWhenItIsHeardAfterAClearing(t *testing.T) {
	p, r, _ := topicWindow(t)
	p.clearDialog()
	test.Tap(viewtest.ButtonOf(t, p.env.Dialogs[0].Overlay, widget.DangerImportance))
	if p.tree.Len() != 0 {
		t.Fatalf("%d rows", p.tree.Len())
	}
	r.hears("class/lamp-01/light", "on", false)
	p.update()
	if names := p.rowNames(); len(names) != 2 {
		t.Errorf("rows %q", names)
	}
}

func TestWhatWasLostIsNotToldAsOld(t *testing.T) {
	p, r, _ := topicWindow(t)
	r.Receive(nil, 7)
	p.update()
	if text := p.counts.Text; !strings.Contains(text, i18n.T("topics.count.lost", "Count", "7")) || strings.Contains(text, i18n.T("topics.count.dropped", "Count", "7")) {
		t.Errorf("it says %q", text)
	}
}

func TestTheBrokerIsAskedWhatItKeepsBeforeAnythingIsSaid(t *testing.T) {
	p, r, loop := topicWindow(t)
	r.hears("class/note", "live", false)
	r.traffic.Retained = []topics.Message{{Topic: "class/note", Payload: []byte("live"), At: r.at}} // another client had it kept
	p.retainedDialog("class")
	d := p.env.Dialogs
	if len(d) != 1 || !viewtest.Shows(d[0].Overlay, countN("topics.retained.yes", 1)) {
		t.Fatalf("%d dialogs", len(d))
	}
	d[0].Cancel()
	retained := func(topic string) bool {
		id, _ := p.tree.Find(topic)
		l, _ := p.tree.Level(id)
		return l.Retained
	}
	if !retained("class/note") || retained("class/lamp-01/light") {
		t.Error("the pins are not where the broker says")
	}
	r.traffic.Err = errors.New("lost")
	p.retainedDialog("class")
	if len(p.env.Dialogs) != 0 || !viewtest.Shows(p.task, i18n.T("common.retry")) {
		t.Error("a question without an answer is not told")
	}
	r.traffic.Err, r.traffic.Asked, r.traffic.Retained = nil, nil, nil
	p.env.Parts.Status = func() app.Status { return app.Status{Link: link.Online} }
	p.Target("class/note")
	loop.RunUntil(func() bool { return len(r.traffic.Asked) == 1 && !retained("class/note") }, "the question of the open topic")
}

func TestAnUndoIsNotOfferedAtAnotherBroker(t *testing.T) {
	p, r, loop := topicWindow(t)
	w := p.work
	w.eraser.Erase(retained("a", 3))
	loop.RunUntil(func() bool { return w.eraser.State().Phase == traffic.EraserEnded }, "the erasing")
	if !viewtest.Shows(p.task, i18n.T("topics.retained.undo")) {
		t.Fatal("there is no way back")
	}
	published := len(r.traffic.Published)
	slow := "{\"topic\":\"a\",\"payload\":\"x\",\"time\":\"2026-01-01T10:00:00Z\"}\n{\"topic\":\"a\",\"payload\":\"y\",\"time\":\"2026-01-01T11:00:00Z\"}\n"
	w.player.Replay(io.NopCloser(strings.NewReader(slow)), 1)
	r.traffic.Move.Raise()
	if viewtest.Shows(p.task, i18n.T("topics.retained.undo")) || w.eraser.State().Phase != traffic.EraserIdle {
		t.Error("what the broker before kept would be put back at this one")
	}
	loop.RunUntil(func() bool { return !w.player.State().Busy }, "the end of the replay")
	if n := len(r.traffic.Published) - published; n > 1 {
		t.Errorf("%d messages were replayed", n)
	}
}
