package views

import (
	"strings"
	"testing"

	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/i18n"
)

func TestAnotherLanguageKeepsWhatAPersonHasInHand(t *testing.T) {
	p, r, loop := topicWindow(t)
	w := p.desk.frame
	t.Cleanup(func() { _ = i18n.Use("en") })
	p.target("class/lamp-03/light")
	p.right.publishTo("class/first")
	u := p.right.publish
	u.payload.SetText("once")
	u.publish()
	u.topic.SetText("class/lamp-07/light/set")
	u.payload.SetText("to")
	u.qos.SetSelectedIndex(2)
	id, _ := p.tree.Find("class")
	list, count := p.tree.Retained(id, eraseMost)
	p.work.eraser(list, false).start()
	p.desk.restyle(func(v *settings.Values) { v.Language = "zh-Hans" })
	now := w.pages[placeTopics].(*topicPage)
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
	if sent := now.work.book.Sent(); len(sent) != 1 || sent[0].Topic != "class/first" {
		t.Errorf("the last ones are %v", sent)
	}
	if !now.task.Visible() || !shows(now.task, i18n.T("topics.retained.doing", "Done", "25", "All", countWords(uint64(count)))) {
		t.Error("the erasing is not shown")
	}
	loop.RunUntil(func() bool { return len(r.traffic.published) == count+1 }, "the end of the erasing")
}

func TestALongLineOfJSONIsShownWhole(t *testing.T) {
	p, r, loop := topicWindow(t)
	long := strings.Repeat("0123456789", 500)
	r.hears("class/long", `{"text":"`+long+`","n":1}`, false)
	loop.Run()
	p.target("class/long")
	p.right.choose(tabValue)
	whole := strings.Builder{}
	for _, l := range p.right.value.text {
		whole.WriteString(l.text)
	}
	if !strings.Contains(whole.String(), long) || strings.Contains(whole.String(), ellipsis) {
		t.Errorf("%d letters are shown", whole.Len())
	}
	if len(p.right.value.text) != len(p.right.value.paths) {
		t.Error("lines and paths differ")
	}
}

func TestWithoutAConnectionPublishingSaysWhyItCannotBe(t *testing.T) {
	p, r, _ := topicWindow(t)
	u := p.right.publish
	u.topic.SetText("class/x")
	r.traffic.err = topics.ErrRecording
	r.traffic.changed.Raise()
	if !u.send.Disabled() || u.check.Text != i18n.T("topics.publish.offline") {
		t.Errorf("it says %q", u.check.Text)
	}
	r.traffic.err = nil
	r.traffic.changed.Raise()
	if u.send.Disabled() {
		t.Error("it stays disabled")
	}
}
