package topics

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/app/uplink"
	"lamplighter/i18n"
	"lamplighter/views/textfit"
	"lamplighter/views/topics/payloadlines"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func TestAnotherLanguageKeepsWhatAPersonHasInHand(t *testing.T) {
	p, r, loop := topicWindow(t)
	w := viewtest.WindowOf(p.env.Shell)
	t.Cleanup(func() { _ = i18n.SetLanguage("en") })
	p.Target("class/lamp-03/light")
	p.right.publishTo("class/first")
	u := p.right.publish
	u.payload.SetText("once")
	u.publish()
	u.topic.SetText("class/lamp-07/light/set")
	u.payload.SetText("to")
	u.qos.SetSelectedIndex(2)
	const count = 60
	p.work.eraser.Erase(retained("class", count))
	p.env.Restyle(func(v *settings.Values) { v.Language = "zh-Hans" })
	now := w.Pages[ui.PlaceTopics].(*topicPage)
	if now == p {
		t.Fatal("the page was not made anew")
	}
	if now.right.topic != "class/lamp-03/light" || now.right.tab != tabPublish || !now.view.has {
		t.Errorf("open is %q, tab %d", now.right.topic, now.right.tab)
	}
	u = now.right.publish
	if u.topic.Text != "class/lamp-07/light/set" || u.payload.Text != "to" || u.qos.SelectedIndex() != 2 {
		t.Errorf("the message is %q %q %d", u.topic.Text, u.payload.Text, u.qos.SelectedIndex())
	}
	if sent := now.work.messages.Sent(); len(sent) != 1 || sent[0].Topic != "class/first" {
		t.Errorf("the last ones are %v", sent)
	}
	if !now.task.Visible() || !viewtest.Shows(now.task, i18n.T("topics.retained.doing", "Done", countWords(uint64(now.work.eraser.State().Done)), "All", countWords(uint64(count)))) {
		t.Error("the erasing is not shown")
	}
	loop.RunUntil(func() bool { return len(r.traffic.Published) == count+1 }, "the end of the erasing")
}

func TestALongLineOfJSONIsShownWhole(t *testing.T) {
	p, r, loop := topicWindow(t)
	long := strings.Repeat("0123456789", 500)
	r.hears("class/long", `{"text":"`+long+`","n":1}`, false)
	loop.Run()
	p.Target("class/long")
	p.right.choose(tabValue)
	whole := strings.Builder{}
	v := p.right.value
	for i := range v.count() {
		whole.WriteString(v.json.Row(i).Text)
	}
	if !strings.Contains(whole.String(), long) || strings.Contains(whole.String(), textfit.Ellipsis) {
		t.Errorf("%d letters are shown", whole.Len())
	}
	// A tap on any row but the first of a value that opens folds nothing.
	rows := v.count()
	v.fold(1)
	v.fold(rows - 1)
	if v.count() != rows {
		t.Error("a plain value was folded")
	}
	if v.fold(0); v.count() != 1 || v.json.Row(0).Text != "{ … }" || v.json.Row(0).Sign != "▸" {
		t.Errorf("folded it has %d rows: %+v", v.count(), v.json.Row(0))
	}
	if v.fold(0); v.count() != rows {
		t.Error("it can't be unfolded")
	}
}

func TestWithoutAConnectionPublishingSaysWhyItCannotBe(t *testing.T) {
	p, r, _ := topicWindow(t)
	u := p.right.publish
	u.topic.SetText("class/x")
	r.traffic.Err = topics.ErrRecording
	r.traffic.Signal.Raise()
	if !u.send.Disabled() || u.check.Text() != i18n.T("topics.publish.offline") {
		t.Errorf("it says %q", u.check.Text())
	}
	r.traffic.Err = nil
	r.traffic.Signal.Raise()
	if u.send.Disabled() {
		t.Error("it stays disabled")
	}
}

func TestTheLastMessagesAndTheUnsentOneAreThereAfterARestart(t *testing.T) {
	p, r, loop := topicWindow(t)
	u := p.right.publish
	u.topic.SetText("class/first")
	u.payload.SetText("once")
	u.publish()
	u.pasted(strings.Repeat("big", 6000))
	u.publish()
	u.fill(topics.Draft{})
	u.topic.SetText("class/lamp-07/light/set")
	u.form.SetSelectedIndex(formJSON)
	u.payload.SetText(`{"half`)
	u.qos.SetSelectedIndex(2)
	u.retained.SetChecked(true)
	w := viewtest.WindowOf(p.env.Shell)
	w.Opts.Closed() // the window closes before half a second is over
	if v := p.env.Settings.Values().Topics; len(v.Sent) != 1 || v.Draft.Topic != "class/lamp-07/light/set" {
		t.Fatalf("kept are %+v", v)
	}
	w.Close()
	again := viewtest.OpenWindow(t, loop, w.Parts)
	again.Visit(ui.PlaceTopics, "")
	loop.Run()
	now := again.Pages[ui.PlaceTopics].(*topicPage)
	u = now.right.publish
	if u.topic.Text != "class/lamp-07/light/set" || u.payload.Text != `{"half` || u.form.SelectedIndex() != formJSON || u.qos.SelectedIndex() != 2 || !u.retained.Checked {
		t.Errorf("the message is %q %q", u.topic.Text, u.payload.Text)
	}
	if sent := now.work.messages.Sent(); len(sent) != 1 || sent[0].Topic != "class/first" || string(sent[0].Payload) != "once" {
		t.Errorf("the last ones are %v", sent)
	}
	if len(r.traffic.Published) != 2 {
		t.Errorf("published %v", r.traffic.Published)
	}
}

func TestAMessageThatIsTypedIsKeptOnceNobodyTypes(t *testing.T) {
	p, _, loop := topicWindow(t)
	p.right.publish.topic.SetText("class/x")
	loop.RunUntil(func() bool { return p.env.Settings.Values().Topics.Draft.Topic == "class/x" }, "the keeping")
}

func TestALongTextIsNoWorkForTheFieldAndIsPublishedWhole(t *testing.T) {
	p, r, _ := topicWindow(t)
	u := p.right.publish
	u.topic.SetText("class/x")
	line := strings.Repeat("x", lineMost)
	p.env.Clipboard().SetContent(line)
	u.payload.TypedShortcut(&fyne.ShortcutPaste{Clipboard: p.env.Clipboard()})
	if u.payload.Text != line || u.payload.Wrapping != fyne.TextWrapBreak {
		t.Errorf("%d letters, broken: %v", len(u.payload.Text), u.payload.Wrapping)
	}
	u.publish()
	u.pasted(line + "x")
	if !u.payload.Disabled() || string(u.file) != line+"x" {
		t.Error("a line that no screen can show is in the field")
	}
	u.dropFile()
	u.fill(topics.Draft{Topic: "class/x", Payload: bytes.Repeat([]byte{0xff}, 2000)})
	if first, _, _ := strings.Cut(u.payload.Text, "\n"); len(first) != hexLine {
		t.Errorf("%d hexadecimal digits in a line", len(first))
	}
	if d, why := u.draft(); len(d.Payload) != 2000 || why != "" {
		t.Errorf("they are %d bytes: %s", len(d.Payload), why)
	}
	u.fill(topics.Draft{Topic: "class/x"})
	long := strings.Repeat("long\n", 100_000)
	p.env.Clipboard().SetContent(long)
	u.payload.TypedShortcut(&fyne.ShortcutPaste{Clipboard: p.env.Clipboard()})
	u.publish()
	u.fill(p.work.messages.Sent()[1])
	u.fill(p.work.messages.Sent()[0])
	u.publish()
	got := r.traffic.Published
	if len(got) != 3 || string(got[0].Payload) != line || string(got[1].Payload) != long || string(got[2].Payload) != long {
		t.Errorf("%d published", len(got))
	}
	if len(u.payload.Text) > 200 {
		t.Errorf("the field holds %d letters", len(u.payload.Text))
	}
}

func TestTheButtonThatPublishesStaysInViewWhateverIsSaidAboveIt(t *testing.T) {
	p, r, loop := topicWindow(t)
	for i := range 3 {
		r.traffic.Subs = append(r.traffic.Subs, uplink.Subscription{Filter: fmt.Sprintf("school/room-%d/+/temperature", i), Answered: true})
	}
	r.traffic.Signal.Raise()
	p.Target("class/lamp-03/light")
	p.right.choose(tabPublish)
	u := p.right.publish
	if u.topic.Text != "class/lamp-03/light" {
		t.Errorf("the message begins with the topic %q", u.topic.Text)
	}
	u.topic.SetText("class/lamp-03/light/set")
	u.retained.SetChecked(true)
	loop.Run()
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(u.send)
	foot := fyne.CurrentApp().Driver().AbsolutePositionForObject(viewtest.WindowOf(p.env.Shell).StatusBar)
	if !u.warn.Visible() || u.send.Size().Height == 0 || at.Y+u.send.Size().Height > foot.Y {
		t.Errorf("the button is at %v, the status line at %v", at, foot)
	}
}

func TestEnterSavesTheButtonAndItPublishesAtOnce(t *testing.T) {
	p, r, _ := topicWindow(t)
	u := p.right.publish
	u.topic.SetText("class/x")
	u.payload.SetText("1")
	u.saveDialog()
	c := p.env.Window().Canvas()
	test.Type(c.Focused(), " All on ")
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if saved := p.env.Settings.Values().Topics.Saved; len(p.env.Dialogs) != 0 || len(saved) != 1 || saved[0].Name != "All on" {
		t.Fatalf("%d dialogs, saved %v", len(p.env.Dialogs), saved)
	}
	for _, o := range test.LaidOutObjects(u.saved) {
		if b, ok := o.(*ui.Button); ok && b.Text == "All on" {
			test.Tap(b)
		}
	}
	if len(r.traffic.Published) != 1 || !viewtest.Shows(u.result, i18n.T("topics.publish.sent", "Time", clockWords(p.now(), p.now()), "Topic", "class/x")) {
		t.Errorf("published %v", r.traffic.Published)
	}
}

// memoryFile is a file that is closed when it is whole.
type memoryFile struct {
	bytes.Buffer
	closed bool
}

func (f *memoryFile) Close() error { f.closed = true; return nil }

func TestWhatIsShownCanBeExported(t *testing.T) {
	p, _, loop := topicWindow(t)
	p.find.SetText("temperature")
	loop.RunUntil(func() bool { return p.view.left == 0 }, "the search")
	p.exportDialog("")
	offered := false
	for _, o := range test.LaidOutObjects(p.env.Dialogs[0].Overlay) {
		if b, ok := o.(*ui.Check); ok {
			offered = b.Text == i18n.T("topics.export.found") && b.Checked
		}
	}
	if !offered {
		t.Error("it is not offered")
	}
	asksForAFile := func() bool {
		test.Tap(viewtest.ButtonOf(t, p.env.Dialogs[0].Overlay, widget.HighImportance))
		loop.Run()
		top := p.env.Window().Canvas().Overlays().Top()
		if top == nil {
			return false
		}
		p.env.Window().Canvas().Overlays().Remove(top)
		return true
	}
	if !asksForAFile() {
		t.Error("the export does not ask for a file")
	}
	p.replayDialog()
	if !asksForAFile() {
		t.Error("the replay does not ask for a file")
	}
	f := &memoryFile{}
	p.export(topics.Extent{Shown: true, Last: true}, topics.JSONLines, f)
	done := i18n.T("topics.export.done", "Count", "2")
	loop.RunUntil(func() bool { return viewtest.Shows(p.task, done) }, "the end")
	if text := f.String(); !f.closed || strings.Count(text, "\n") != 2 || !strings.Contains(text, "class/weather/temperature") {
		t.Errorf("the file holds %q", text)
	}
}

func TestABigTextIsShownWholeAndMadeLineByLine(t *testing.T) {
	p, r, loop := topicWindow(t)
	text := strings.Repeat("中文 and words\tand \x07 control\n\n", 5000) + strings.Repeat("long", 50_000)
	r.hears("class/big", text, false)
	loop.Run()
	p.Target("class/big")
	v := p.right.value
	v.form.SetSelectedIndex(1)
	test.Tap(v.all)
	loop.RunUntil(func() bool { return bigText(v) != nil }, "the lines")
	if v.note.Visible() {
		t.Errorf("it says %q", v.note.Text)
	}
	got := strings.Builder{}
	for i := range v.count() {
		line := bigText(v).Row(i).Text
		if n := len([]rune(line)); n > v.columns() {
			t.Fatalf("line %d has %d letters", i, n)
		}
		got.WriteString(line)
	}
	want := strings.NewReplacer("\n", "", "\t", "    ", "\x07", `\x07`).Replace(text)
	if got.String() != want {
		t.Errorf("%d bytes are shown, want %d", got.Len(), len(want))
	}
	p.Target("class/lamp-02/light")
	if bigText(v) != nil || v.count() != 1 {
		t.Error("the next topic shows the big text")
	}
}

func TestWithoutAStarTheButtonShowsAllTopicsAgain(t *testing.T) {
	p, _, loop := topicWindow(t)
	all := p.tree.Len()
	p.toggleStarred()
	loop.RunUntil(func() bool { return p.view.left == 0 && !p.tree.Stale() }, "the search")
	p.update()
	if p.left.Objects[0] != p.noStar {
		t.Error("it does not say that no topic has a star")
	}
	p.find.SetText("zebra")
	loop.RunUntil(func() bool { return p.view.left == 0 && !p.tree.Stale() }, "the search")
	p.update()
	for _, o := range test.LaidOutObjects(p.left) {
		if b, ok := o.(*ui.Button); ok && b.Text == i18n.T("topics.find.clear") {
			test.Tap(b)
		}
	}
	if p.tree.Len() != all || p.tree.Filter() != (topics.Filter{}) {
		t.Errorf("%d of %d rows, %+v", p.tree.Len(), all, p.tree.Filter())
	}
}

// bigText is the big text that a value shows, its lines made as they come into view, or nil.
func bigText(v *topicValue) *payloadlines.Text {
	b, _ := v.rows.(*payloadlines.Text)
	return b
}

// isDump reports whether a value is shown as bytes.
func isDump(v *topicValue) bool {
	_, yes := v.rows.(payloadlines.Hex)
	return yes
}
