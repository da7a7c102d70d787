package topics

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

func TestWhatIsSaidAboveTheTreeIsInFrontOfNothing(t *testing.T) {
	p, r, loop := topicWindow(t)
	clear := func(what string, o fyne.CanvasObject) {
		t.Helper()
		d := fyne.CurrentApp().Driver()
		bottom := d.AbsolutePositionForObject(o).Y + o.Size().Height
		if top := d.AbsolutePositionForObject(p.split).Y; !o.Visible() || o.Size().Height < ui.Unit*3 || bottom > top {
			t.Errorf("%s ends at %v, the tree begins at %v", what, bottom, top)
		}
	}
	before := p.split.Position().Y
	p.togglePause()
	r.hears("class/new", "1", false)
	loop.Run()
	clear("the pause's notice", p.note)
	p.work.setTask(taskPlay, func() fyne.CanvasObject { return ui.Notice(ui.Remark, "busy") })
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
	if n := len(r.traffic.Published); n != 1 || !u.noFile.Visible() {
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
	if want := i18n.T("topics.value.part.json", "Shown", format.Size(firstText), "Size", format.Size(b.Len())); v.note.Text != want {
		t.Errorf("at first it says %q", v.note.Text)
	}
	v.form.SetSelectedIndex(2)
	if v.note.Text != i18n.T("topics.value.breaking") {
		t.Errorf("meanwhile it says %q", v.note.Text)
	}
	loop.RunUntil(func() bool { return bigText(v) != nil && bigText(v).JSON() }, "the lines")
	if want := i18n.T("topics.value.bigjson", "Size", format.Size(topics.MaxJSON)); v.note.Text != want {
		t.Errorf("it says %q", v.note.Text)
	}
	n := v.count()
	for i, want := range map[int]string{0: "{", 1: `  "list": [`, 2: "    {", 3: `      "n": 0`, 4: "    },", n - 2: `  "end": "a\"b,[c"`, n - 1: "}"} {
		if got := bigText(v).Row(i).Text; got != want {
			t.Errorf("line %d is %q, want %q", i, got, want)
		}
	}
	p.Target("class/broken")
	v.form.SetSelectedIndex(2)
	loop.RunUntil(func() bool { return bigText(v) != nil }, "the text")
	if v.note.Text != i18n.T("topics.value.notjson") || !strings.HasPrefix(bigText(v).Row(0).Text, `"list":[{"n":0}`) {
		t.Errorf("of what is broken it says %q and shows %q", v.note.Text, bigText(v).Row(0).Text)
	}
}

func TestAnotherTopicsPlotIsNotZoomedAsTheOneBefore(t *testing.T) {
	p, _, _ := topicWindow(t)
	p.Target("class/weather")
	p.right.choose(tabPlot)
	p.right.plot.chart.Scale(0.5, 0.5)
	p.Target("class/lamp-01/light")
	if c := p.right.plot.chart; c.From != 0 || c.To != 0 {
		t.Errorf("it shows %d to %d", c.From, c.To)
	}
}

func TestTabLeadsFromTheTreeToTheTabsAndThenToWhatTheyShow(t *testing.T) {
	p, _, _ := topicWindow(t)
	p.Target("class/lamp-01/light")
	c := p.env.Window().Canvas()
	c.Focus(p.view.LineList)
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
