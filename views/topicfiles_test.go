package views

import (
	"fmt"
	"io"
	"slices"
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
	p.work.setTask(taskPlay, func() fyne.CanvasObject { return notice(remark, "busy") })
	clear("a task", p.task)
	p.work.setTask(taskPlay, nil)
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

func TestJSONOverAMegabyteIsShownAsJSONOnDemand(t *testing.T) {
	p, r, loop := topicWindow(t)
	var b strings.Builder
	b.WriteString(`{"list":[`)
	for i := range 150_000 {
		fmt.Fprintf(&b, `{"n":%d},`, i)
	}
	b.WriteString(`{}],"end":"a\"b,[c"}`)
	r.hears("class/big", b.String(), false)
	r.hears("class/broken", b.String()[1:], false)
	loop.Run()
	p.right.choose(tabValue)
	v := p.right.value
	p.Target("class/big")
	if want := i18n.T("topics.value.part.json", "Shown", sizeWords(firstText), "Size", sizeWords(b.Len())); v.note.Text != want {
		t.Errorf("at first it says %q", v.note.Text)
	}
	v.form.SetSelectedIndex(2)
	if v.note.Text != i18n.T("topics.value.breaking") {
		t.Errorf("meanwhile it says %q", v.note.Text)
	}
	loop.RunUntil(func() bool { return v.big != nil && v.big.json }, "the lines")
	if want := i18n.T("topics.value.bigjson", "Size", sizeWords(topics.MaxJSON)); v.note.Text != want {
		t.Errorf("it says %q", v.note.Text)
	}
	n := v.count()
	for i, want := range map[int]string{0: "{", 1: `  "list": [`, 2: "    {", 3: `      "n": 0`, 4: "    },", n - 2: `  "end": "a\"b,[c"`, n - 1: "}"} {
		if got := v.big.line(i); got != want {
			t.Errorf("line %d is %q, want %q", i, got, want)
		}
	}
	p.Target("class/broken")
	v.form.SetSelectedIndex(2)
	loop.RunUntil(func() bool { return v.big != nil }, "the text")
	if v.note.Text != i18n.T("topics.value.notjson") || !strings.HasPrefix(v.big.line(0), `"list":[{"n":0}`) {
		t.Errorf("of what is broken it says %q and shows %q", v.note.Text, v.big.line(0))
	}
}

func TestDeepJSONIsNotBlownUpBySpaces(t *testing.T) {
	text := strings.Repeat("[", 9000) + strings.Repeat("1,", 600_000) + "1" + strings.Repeat("]", 9000)
	if n := len(indentJSON([]byte(text))); n > 5*len(text) {
		t.Errorf("%d bytes became %d", len(text), n)
	}
}

func TestAnotherTopicsPlotIsNotZoomedAsTheOneBefore(t *testing.T) {
	p, _, _ := topicWindow(t)
	p.Target("class/weather")
	p.right.choose(tabPlot)
	p.right.plot.chart.scale(0.5, 0.5)
	p.Target("class/lamp-01/light")
	if c := p.right.plot.chart; c.from != 0 || c.to != 0 {
		t.Errorf("it shows %d to %d", c.from, c.to)
	}
}

func TestTabLeadsFromTheTreeToTheTabsAndThenToWhatTheyShow(t *testing.T) {
	p, _, _ := topicWindow(t)
	p.Target("class/lamp-01/light")
	c := p.desk.window().Canvas()
	c.Focus(p.view.lineList)
	var order []fyne.Focusable
	for range 12 {
		c.FocusNext()
		order = append(order, c.Focused())
	}
	place := func(f fyne.Focusable) int { return slices.Index(order, f) }
	d := p.right
	if place(d.tabs[0]) != 0 || place(d.starIt) < place(d.tabs[3]) || place(d.value.lines) < place(d.copyIt) || place(d.value.form) < place(d.value.lines) {
		t.Errorf("tabs %d–%d, star %d, copy %d, value %d, form %d", place(d.tabs[0]), place(d.tabs[3]), place(d.starIt), place(d.copyIt), place(d.value.lines), place(d.value.form))
	}
}

func TestAHistoryTellsTheDateOfAnotherDay(t *testing.T) {
	at := time.Date(2026, 9, 7, 9, 40, 0, 5e6, time.Local)
	for want, now := range map[string]time.Time{"09:40:00.005": at.Add(time.Hour), "2026-09-07 09:40:00.005": at.AddDate(0, 0, 3)} {
		if got := preciseWords(at, now); got != want {
			t.Errorf("at %v it is %q, want %q", now, got, want)
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
