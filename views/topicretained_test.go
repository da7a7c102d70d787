package views

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/topics"
	"lamplighter/i18n"
)

// retained are some messages that the broker keeps.
func retained(base string, n int) (list []topics.Kept) {
	for i := range n {
		list = append(list, topics.Kept{Topic: fmt.Sprintf("%s/%d", base, i), Payload: fmt.Append(nil, i)})
	}
	return list
}

// pressed presses the button with a text in a part of the window.
func pressed(t *testing.T, in fyne.CanvasObject, text string) {
	t.Helper()
	for _, o := range test.LaidOutObjects(in) {
		if b, ok := o.(*button); ok && b.Text == text {
			test.Tap(b)
			return
		}
	}
	t.Fatalf("no button %q", text)
}

func TestTheWayBackIsThereWhateverElseTellsItsProgress(t *testing.T) {
	p, r, loop := topicWindow(t)
	w := p.work
	w.erase(retained("a", 3))
	loop.RunUntil(func() bool { return w.erasing.ended }, "the erasing")
	rec := topics.Record(&memoryFile{})
	w.tree.SetRecorder(rec)
	w.watchRecording()
	w.finished(taskExport, func() string { return "exported" }, nil)
	w.watchRecording()
	if !shows(p.task, recordingWords(rec)) || !shows(p.task, "exported") {
		t.Error("one progress takes another's place")
	}
	stop := func() (b *button) {
		for _, o := range test.LaidOutObjects(p.task) {
			if x, ok := o.(*button); ok && x.Text == i18n.T("topics.record.stop") {
				b = x
			}
		}
		return b
	}
	c := p.desk.window().Canvas()
	before := stop()
	c.Focus(before)
	r.hears("class/x", "1", false)
	loop.RunUntil(func() bool {
		w.watchRecording()
		n, _, _ := rec.Stats()
		return n == 1 && shows(p.task, recordingWords(rec))
	}, "the progress")
	if stop() != before || c.Focused() != before {
		t.Error("the button was made anew, and the keyboard lost")
	}
	pressed(t, p.task, i18n.T("topics.retained.undo"))
	loop.RunUntil(func() bool { return w.erasing.undo && w.erasing.ended }, "the way back")
	got := r.traffic.published
	if len(got) != 6 || string(got[5].Payload) != "2" {
		t.Errorf("published %v", got)
	}
	w.stopRecording()
	done := i18n.T("topics.record.done", "Count", "1")
	loop.RunUntil(func() bool { return shows(p.task, done) }, "the end of the recording")
}

func TestAllThatWasErasedCanBePutBackTogether(t *testing.T) {
	p, r, loop := topicWindow(t)
	w := p.work
	w.erase(retained("a", 2*eraseStep))
	w.erase(retained("b", 10)) // while the first is at work
	loop.RunUntil(func() bool { return w.erasing.ended }, "the erasing")
	w.erase(retained("c", 5)) // after it
	loop.RunUntil(func() bool { return w.erasing.ended }, "the second erasing")
	const all = 2*eraseStep + 15
	if n := len(r.traffic.published); n != all {
		t.Fatalf("%d of %d were erased", n, all)
	}
	pressed(t, p.task, i18n.T("topics.retained.undo"))
	w.erase(retained("d", 1)) // while they are put back
	loop.RunUntil(func() bool { return len(r.traffic.published) == 2*all+1 && w.erasing.ended }, "the way back")
	back := r.traffic.published[all:]
	if back[0].Topic != "a/0" || back[all-1].Topic != "c/4" || len(back[all-1].Payload) == 0 || back[all].Topic != "d/0" || len(back[all].Payload) != 0 {
		t.Errorf("put back from %v to %v, then %v", back[0], back[all-1], back[all])
	}
}

// dying is a connection that takes some messages and is then lost.
type dying struct {
	Traffic
	left int
	dead bool
}

func (d *dying) Online() bool { return !d.dead }

func (d *dying) PublishMessage(topic string, payload []byte, qos byte, retained bool) error {
	if d.left == 0 {
		d.dead = true
	}
	if d.dead {
		return errors.New("lost")
	}
	d.left--
	return d.Traffic.PublishMessage(topic, payload, qos, retained)
}

func TestWhatMayBeLostWithAConnectionIsErasedAgainOnTheNext(t *testing.T) {
	for name, takes := range map[string]int{"in the middle": eraseStep + 7, "after the last": 3 * eraseStep} {
		p, r, loop := topicWindow(t)
		d := &dying{Traffic: r.traffic, left: takes}
		p.desk.Traffic = d
		w := p.work
		list := retained("a", 3*eraseStep)
		w.erase(list)
		loop.RunUntil(func() bool {
			d.dead = d.dead || takes == len(list) && len(r.traffic.published) == takes
			return shows(p.task, i18n.T("common.retry"))
		}, "the trouble", name)
		if len(r.traffic.published) != takes {
			t.Errorf("%s: %d were sent", name, len(r.traffic.published))
		}
		d.dead, d.left = false, -1
		r.traffic.published = nil
		pressed(t, p.task, i18n.T("common.retry"))
		loop.RunUntil(func() bool { return w.erasing.ended }, "the end", name)
		if n := len(r.traffic.published); n != len(list) || !shows(p.task, i18n.T("topics.retained.done", "Count", countWords(uint64(len(list))))) {
			t.Errorf("%s: %d were erased on the next connection", name, n)
		}
	}
}

func TestTheClassroomIsOpenAgainWhenItIsHeardAfterAClearing(t *testing.T) {
	p, r, _ := topicWindow(t)
	p.clearDialog()
	test.Tap(buttonOf(t, p.desk.dialogs[0].overlay, widget.DangerImportance))
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

func TestAnErasingThatIsStoppedCanBePutBackAsFarAsItCame(t *testing.T) {
	p, r, loop := topicWindow(t)
	w := p.work
	w.erase(retained("a", 10*eraseStep))
	pressed(t, p.task, i18n.T("topics.stop"))
	pressed(t, p.task, i18n.T("topics.retained.undo"))
	loop.RunUntil(func() bool { return w.erasing.undo && w.erasing.ended }, "the way back")
	if n := len(r.traffic.published); n != 2*eraseStep {
		t.Errorf("%d were published", n)
	}
}
