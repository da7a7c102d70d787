package views

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/link"
	"lamplighter/app/topics"
	"lamplighter/i18n"
)

func TestWhatIsSaidAboveTheTreeIsInFrontOfNothing(t *testing.T) {
	p, r, loop := topicWindow(t)
	clear := func(what string, o fyne.CanvasObject) {
		t.Helper()
		d := fyne.CurrentApp().Driver()
		bottom := d.AbsolutePositionForObject(o).Y + o.Size().Height
		if top := d.AbsolutePositionForObject(p.split).Y; !o.Visible() || o.Size().Height < unit*3 || bottom > top {
			t.Errorf("%s ends at %v, the tree begins at %v", what, bottom, top)
		}
	}
	before := p.split.Position().Y
	p.togglePause()
	r.hears("class/new", "1", false)
	loop.Run()
	clear("the pause's notice", p.note)
	p.work.setTask(func() fyne.CanvasObject { return notice(remark, "busy") })
	clear("a task", p.task)
	p.work.setTask(nil)
	p.togglePause()
	loop.Run()
	if now := p.split.Position().Y; now != before {
		t.Errorf("afterwards the tree begins at %v, before at %v", now, before)
	}
}

func TestAFileCanBeTakenAwayAlsoAfterItWasPublished(t *testing.T) {
	p, r, _ := topicWindow(t)
	u := p.right.publish
	p.right.choose(tabPublish)
	u.topic.SetText("class/file")
	u.setFile("picture.png", []byte("\x89PNG"))
	u.publish()
	if n := len(r.traffic.published); n != 1 || !u.noFile.Visible() {
		t.Fatalf("%d messages; the file can be taken away: %v", n, u.noFile.Visible())
	}
	u.dropFile()
	if u.payload.Disabled() || u.payload.Text != "" || u.noFile.Visible() {
		t.Error("the file stays")
	}
	u.setFile("picture.png", []byte("\x89PNG"))
	u.fill(topics.Draft{Topic: "class/file", Payload: []byte("on")})
	if u.noFile.Visible() || u.payload.Disabled() || u.payload.Text != "on" {
		t.Error("the last message does not take the file's place")
	}
}

func TestAReplayFasterThanTheConnectionLosesNothing(t *testing.T) {
	p, r, loop := topicWindow(t)
	var recording strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&recording, "{\"at\":%q,\"topic\":\"class/x\",\"payload\":\"%d\"}\n", time.Unix(0, int64(i)).UTC().Format(time.RFC3339Nano), i)
	}
	room := 0
	busy := &busyTraffic{Traffic: r.traffic, room: &room}
	p.desk.Traffic = busy
	p.work.desk.Traffic = busy
	p.work.play(io.NopCloser(strings.NewReader(recording.String())), 0, p.work.publishAll, "topics.replay.done")
	done := i18n.T("topics.replay.done", "Count", countWords(3000))
	loop.RunUntil(func() bool { room = 256; return shows(p.task, done) }, "the end of the replay")
	if n := len(r.traffic.published); n != 3000 {
		t.Errorf("%d of 3000 messages were published", n)
	}
	for i, d := range r.traffic.published {
		if string(d.Payload) != fmt.Sprint(i) {
			t.Fatalf("message %d is %s", i, d.Payload)
		}
	}
}

// busyTraffic is a connection with room for some messages.
type busyTraffic struct {
	Traffic
	room *int
}

func (b *busyTraffic) PublishMessage(topic string, payload []byte, qos byte, retained bool) error {
	if *b.room == 0 {
		return fmt.Errorf("publish: %w", link.ErrFull)
	}
	*b.room--
	return b.Traffic.PublishMessage(topic, payload, qos, retained)
}
