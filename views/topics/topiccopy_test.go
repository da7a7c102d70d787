package topics

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/format"
)

func TestTheClipboardHasAllOrSaysWhatItHas(t *testing.T) {
	p, _, _ := topicWindow(t)
	clip := p.env.Clipboard()
	for payload, want := range map[string]string{"on": "on", "灯\n": "灯\n", "a\x00b": "610062", "\xff": "ff", "": ""} {
		p.env.copyPayload([]byte(payload))
		if got := clip.Content(); got != want {
			t.Errorf("%q is copied as %q", payload, got)
		}
	}
	for topic, want := range map[string]string{"class/x": "class/x", "a/\xff": `a/\xFF`, "a\x00": `a\x00`} {
		p.env.copyTopic(topic)
		if got := clip.Content(); got != want {
			t.Errorf("%q is copied as %q", topic, got)
		}
	}
	clip.SetContent("before")
	for _, big := range []string{strings.Repeat("x", copyMost+1), strings.Repeat("\x00", copyMost/2+1)} {
		n := len(p.env.Dialogs)
		p.env.copyPayload([]byte(big))
		if clip.Content() != "before" || len(p.env.Dialogs) != n+1 {
			t.Errorf("%d bytes are copied", len(clip.Content()))
		}
	}
	p.env.copyPayload([]byte(strings.Repeat("x", copyMost)))
	if len(clip.Content()) != copyMost {
		t.Error("the longest text is not copied")
	}
}

func TestABigPictureIsMadeReadyBesideTheWindow(t *testing.T) {
	p, r, loop := topicWindow(t)
	picture := func(side int) string {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, side, 100))); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	r.hears("class/camera", picture(2*drawnSide), false)
	r.hears("class/broken", picture(2 * drawnSide)[:200], false)
	loop.Run()
	p.right.choose(tabValue)
	v := p.right.value
	p.Target("class/camera")
	if v.image.Image != nil || v.note.Text != i18n.T("topics.value.drawing") {
		t.Errorf("at first it says %q", v.note.Text)
	}
	loop.RunUntil(func() bool { return v.image.Image != nil }, "the picture")
	if size := v.image.Image.Bounds().Size(); size.X != drawnSide || size.Y != 50 || v.note.Visible() {
		t.Errorf("it has %v points; it says %q", size, v.note.Text)
	}
	first := v.image.Image
	r.hears("class/camera", picture(2*drawnSide-2), false)
	p.right.write()
	if v.image.Image != first || v.body.Objects[0] != v.image {
		t.Error("meanwhile the picture before is not shown")
	}
	loop.RunUntil(func() bool { return v.image.Image != first }, "the next picture")
	p.Target("class/broken")
	loop.RunUntil(func() bool { return v.note.Text == i18n.T("topics.value.notimage") }, "the reason")
	if v.body.Objects[0] == v.image {
		t.Error("there is a picture")
	}
	r.hears("class/broken", picture(20), false)
	p.right.write()
	if v.image.Image == nil || v.note.Visible() {
		t.Errorf("a small one is not there at once; it says %q", v.note.Text)
	}
}

func TestAFileIsNeverNamedAfterADevice(t *testing.T) {
	for topic, want := range map[string]string{"class/x": "class-x.csv", "con": "topics-con.csv", "COM1": "topics-COM1.csv", "LPT9": "topics-LPT9.csv", "COMA": "COMA.csv", "/": "topics.csv", "灯": "topics.csv"} {
		if got := format.FileName(topic, "csv"); got != want {
			t.Errorf("%q is saved as %q", topic, got)
		}
	}
}

func TestAnEmojiIsOnePictureHoweverManyPartsItHas(t *testing.T) {
	for _, emoji := range []string{"👩‍🚀", "🏳️‍🌈", "👩🏽‍🚀"} {
		if safe, _ := topics.Display(emoji, 20); safe != emoji {
			t.Errorf("%s is shown as %q", emoji, safe)
		}
	}
	if safe, _ := topics.Display("a\u200Db", 20); safe != "a<U+200D>b" {
		t.Errorf("a joiner between letters is shown as %q", safe)
	}
}

func TestATopicOfManyLevelsIsToldInItsOwnWords(t *testing.T) {
	for topic, want := range map[string][2]string{
		"class/lamp/light": {"lamp", ""}, "class/lamp/light/set": {"lamp", "set"}, "class/lamp/set": {"lamp", "set"}, "class/lamp/a/b": {"lamp", "a/b"},
		"class/lamp": {"class/lamp", ""}, "set": {"set", ""}, "a//light": {levelName(""), ""}, strings.Repeat("/", 65535): {strings.Repeat("/", 60), ""},
	} {
		if who, what := speaker(topic); who != want[0] || what != want[1] {
			t.Errorf("%.80q is %q %q", topic, who, what)
		}
	}
}
