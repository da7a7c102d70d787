package topics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/apptest"
	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// topicWindow is the page in a window, with a lesson's traffic and a clock that
// stands still.
func topicWindow(t *testing.T) (*topicPage, *topicRoom, *apptest.Loop) {
	t.Helper()
	r := &topicRoom{topics.New(64 << 20), time.Date(2026, 9, 7, 9, 40, 0, 0, time.Local), &viewtest.Traffic{}}
	w, loop := viewtest.NewWindow(t, func(p *backend.Parts) { p.Topics, p.Traffic = r.Tree, r.traffic })
	w.Win.Resize(viewtest.SmallScreen)
	r.lesson()
	w.Visit(ui.PlaceTopics, "")
	p := w.Pages[ui.PlaceTopics].(*topicPage)
	p.now = func() time.Time { return r.at }
	loop.Run()
	return p, r, loop
}

func (p *topicPage) rowNames() []string {
	var names []string
	for i := range p.tree.Len() {
		l, _ := p.tree.Level(p.tree.At(i).ID)
		names = append(names, l.Name)
	}
	return names
}

func TestTheClassroomIsOpenAndTheKeysOpenCloseAndClimb(t *testing.T) {
	p, _, _ := topicWindow(t)
	names := p.rowNames()
	if len(names) != 14 || names[0] != "class" || names[1] != "lamp-01" || names[13] != "weather" {
		t.Fatalf("rows %q", names)
	}
	c := p.env.Window().Canvas()
	c.Focus(p.view.LineList)
	press := func(keys ...fyne.KeyName) {
		for _, k := range keys {
			c.Focused().TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
	press(fyne.KeyDown, fyne.KeyRight)
	if p.tree.Len() != 17 || p.view.chosen != "class/lamp-01" {
		t.Fatalf("%d rows, chosen %q", p.tree.Len(), p.view.chosen)
	}
	press(fyne.KeyRight, fyne.KeyDown)
	if p.view.chosen != "class/lamp-01/light" || p.right.name.Text != "class/lamp-01/light" {
		t.Errorf("chosen %q, opened %q", p.view.chosen, p.right.name.Text)
	}
	press(fyne.KeyLeft, fyne.KeyLeft)
	if p.tree.Len() != 14 || p.view.chosen != "class/lamp-01" {
		t.Errorf("%d rows, chosen %q", p.tree.Len(), p.view.chosen)
	}
	test.Type(c.Focused(), "wea")
	if p.view.chosen != "class/weather" {
		t.Errorf("letters lead to %q", p.view.chosen)
	}
}

func TestARowFollowsItsTopicAndAnIdleTreeDoesNothing(t *testing.T) {
	p, r, loop := topicWindow(t)
	p.Target("class/lamp-02")
	text := func() string {
		for _, l := range p.view.Lines {
			if row := l.(*topicRow); row.name.Text == "light" && row.objects.Visible() {
				return row.value.Text
			}
		}
		return ""
	}
	if text() != "= off" {
		t.Fatalf("the row says %q", text())
	}
	r.hears("class/lamp-02/light", "on", false)
	loop.RunUntil(func() bool { return text() == "= on" }, "the row")
	r.at = r.at.Add(time.Minute)
	loop.RunUntil(func() bool { return p.view.stop == nil }, "rest")
}

func TestAFilterIsExplainedWhileItIsTypedAndAWrongOneIsNotSent(t *testing.T) {
	p, r, _ := topicWindow(t)
	p.subs.filter.SetText("class/+/light")
	if !p.subs.preview.Visible() || !strings.Contains(p.subs.preview.Text, "12") || !strings.Contains(p.subs.preview.Text, i18n.T("topics.sub.plus")) {
		t.Errorf("explained as %q", p.subs.preview.Text)
	}
	p.subs.filter.SetText("class#")
	p.subs.submit()
	if len(r.traffic.Subs) != 0 || p.subs.wrong.Text() != i18n.T("topics.flaw.hashpart") {
		t.Errorf("subscribed to %v; explained as %q", r.traffic.Subs, p.subs.wrong.Text())
	}
	p.subs.filter.SetText("school/+/temperature")
	p.subs.qos.SetSelectedIndex(1)
	p.subs.submit()
	if len(r.traffic.Subs) != 1 || r.traffic.Subs[0].Filter != "school/+/temperature" || r.traffic.Subs[0].QoS != 1 || p.subs.filter.Text != "" {
		t.Errorf("subscribed to %+v", r.traffic.Subs)
	}
}

func TestEverythingIsAskedForTwiceWhereTheWholeWorldTalks(t *testing.T) {
	p, r, _ := topicWindow(t)
	r.traffic.Public = true
	p.subs.switchAll(true)
	if len(r.traffic.Subs) != 0 || len(p.env.Dialogs) != 1 {
		t.Fatalf("subscribed to %v", r.traffic.Subs)
	}
	p.env.Dialogs[0].Cancel()
	if p.subs.all.Checked {
		t.Error("the switch says that it is so")
	}
	r.traffic.Public = false
	p.subs.switchAll(true)
	if len(r.traffic.Subs) != 1 || !p.subs.all.Checked {
		t.Errorf("subscribed to %v", r.traffic.Subs)
	}
}

func TestWhatIsPublishedIsExactlyWhatWasWritten(t *testing.T) {
	p, r, _ := topicWindow(t)
	u := p.right.publish
	u.topic.SetText("class/lamp-01/+")
	if !u.send.Disabled() || u.check.Text() != i18n.T("topics.flaw.wildcard") {
		t.Errorf("a wildcard is checked as %q", u.check.Text())
	}
	u.topic.SetText("class/x")
	u.form.SetSelectedIndex(formHex)
	u.payload.SetText("00 ff 4")
	if !u.send.Disabled() {
		t.Error("half a byte can be published")
	}
	u.payload.SetText("00 ff 41")
	u.publish()
	u.form.SetSelectedIndex(formJSON)
	u.payload.SetText(`{"a":}`)
	if !u.send.Disabled() {
		t.Error("broken JSON can be published")
	}
	if len(r.traffic.Published) != 1 || string(r.traffic.Published[0].Payload) != "\x00\xffA" {
		t.Errorf("published %+v", r.traffic.Published)
	}
	u.form.SetSelectedIndex(formText)
	u.topic.SetText("class/lamp-01/light/set")
	u.payload.SetText("on")
	if u.warn.Visible() {
		t.Error("a plain command is warned of")
	}
	u.retained.SetChecked(true)
	if !u.warn.Visible() {
		t.Error("a retained command is not warned of")
	}
}

func TestFindingShowsOnlyWhatMatchesAndEscapeShowsAll(t *testing.T) {
	p, _, loop := topicWindow(t)
	all := p.tree.Len()
	p.find.SetText("21.5")
	loop.RunUntil(func() bool { return p.view.left == 0 && !p.tree.Stale() }, "the search")
	for _, name := range p.rowNames() {
		if strings.HasPrefix(name, "lamp") {
			t.Errorf("%q is shown", name)
		}
	}
	if !p.Escape() || p.tree.Len() != all {
		t.Errorf("%d rows after it, %d before", p.tree.Len(), all)
	}
}

func TestAMillionthLineIsDrawnInItsPlace(t *testing.T) {
	test.NewTempApp(t)
	const n = 3_000_000
	seen := map[int]bool{}
	l := ui.NewLineList(func() int { return n }, func() ui.ListLine { return ui.NewCodeLine(false) }, func(i int, line ui.ListLine, _ bool) {
		seen[i] = true
		line.(*ui.CodeLine).Write(ui.CodeText{Text: fmt.Sprint(i)})
	})
	l.OnChoose = func(int) {}
	w := test.NewTempWindow(t, l)
	w.Resize(fyne.NewSize(300, 200))
	seen = map[int]bool{}
	l.MoveTo(n - 1)
	if !seen[n-1] || len(seen) > 20 {
		t.Errorf("%d lines were drawn, the last one: %v", len(seen), seen[n-1])
	}
}

func TestCtrlEnterPublishesWhatCanBePublished(t *testing.T) {
	p, r, _ := topicWindow(t)
	w := viewtest.WindowOf(p.env.Shell)
	u := p.right.publish
	p.right.choose(tabPublish)
	submit := func() {
		w.Win.Canvas().Focus(u.payload)
		u.payload.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierShortcutDefault})
	}
	u.topic.SetText("class/#")
	submit()
	if len(r.traffic.Published) != 0 {
		t.Errorf("a wildcard was published to: %v", r.traffic.Published)
	}
	u.topic.SetText("class/lamp-03/light/set")
	u.payload.SetText("on")
	submit()
	if len(r.traffic.Published) != 1 || string(r.traffic.Published[0].Payload) != "on" {
		t.Errorf("published %v", r.traffic.Published)
	}
}
