package topics

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// draftTime is how long nobody types before the unsent message is kept for the
// next start.
const draftTime = 500 * time.Millisecond

// A field takes ever longer for each key the more there is in it: beyond these
// bounds a line is not broken, in characters, and a text is not in the field at
// all, in bytes.
const (
	brokenMost = 400
	typedMost  = 16 << 10
)

// fold has the payload's lines broken only where that is quick.
func (u *topicPublish) fold(text string) {
	wrap := fyne.TextWrapBreak
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) > brokenMost {
			wrap = fyne.TextWrapOff
		}
	}
	if u.payload.Wrapping != wrap {
		u.payload.Wrapping = wrap
		u.payload.Refresh()
	}
}

// pasted takes a text that is too long for the field as a payload of its own.
func (u *topicPublish) pasted(text string) bool {
	if len(text) <= typedMost {
		u.fold(u.payload.Text + text)
		return false
	}
	if u.form.SelectedIndex() == formHex || len(text) > maxFile {
		u.page.desk.Tell(i18n.T("topics.publish.toobig"), i18n.T("topics.publish.toobig.text", "Size", ui.SizeWords(maxFile)))
		return true
	}
	u.setFile(i18n.T("topics.publish.pasted"), []byte(text))
	return true
}

// unsent is a message as it is written, with all that is wrong with it.
type unsent struct {
	topic, payload string
	form, qos      int
	retained       bool
	file           []byte // the payload, where it is a file
	fileName       string
}

// loadMessages takes over what the start before left: the last publishes and
// the message that was not sent.
func (w *topicWork) loadMessages() {
	v := w.desk.Settings.Values().Topics
	for _, s := range slices.Backward(v.Sent) {
		w.book.Note(topics.Draft{Topic: s.Topic, Payload: []byte(s.Payload), QoS: s.QoS, Retained: s.Retained})
	}
	d := v.Draft
	w.unsent = unsent{topic: d.Topic, payload: string(d.Payload), form: d.Form, qos: int(d.QoS), retained: d.Retained}
}

// noteSent remembers a message that was published by hand, for the next start
// too where it is small.
func (w *topicWork) noteSent(d topics.Draft) {
	w.book.Note(d)
	var sent []settings.Publish
	for _, d := range w.book.Sent() {
		if p := savedMessage("", d); p.Size() <= settings.MaxSentSize {
			sent = append(sent, p)
		}
	}
	w.desk.Settings.Update(func(v *settings.Values) { v.Topics.Sent = sent })
}

func (w *topicWork) forgetSent() {
	w.book = topics.Book{}
	w.desk.Settings.Update(func(v *settings.Values) { v.Topics.Sent = nil })
}

func savedMessage(name string, d topics.Draft) settings.Publish {
	return settings.Publish{Name: name, Topic: d.Topic, Payload: device.Text(d.Payload), QoS: d.QoS, Retained: d.Retained}
}

// keepSoon keeps the unsent message once nobody types.
func (w *topicWork) keepSoon() {
	if w.keeping != nil {
		w.keeping()
	}
	w.keeping = ui.After(draftTime, w.desk.Post, w.keepDraft)
}

// keepDraft keeps the unsent message for the next start. A file is not kept: it
// has its own place.
func (w *topicWork) keepDraft() {
	if w.keeping == nil {
		return
	}
	w.keeping()
	w.keeping = nil
	if w.page != nil {
		w.page.right.publish.keep()
	}
	u := w.unsent
	if u.file != nil {
		u.payload = ""
	}
	d := settings.Draft{Topic: u.topic, Payload: device.Text(u.payload), Form: max(u.form, 0), QoS: byte(max(u.qos, 0)), Retained: u.retained}
	if d != w.desk.Settings.Values().Topics.Draft {
		w.desk.Settings.Update(func(v *settings.Values) { v.Topics.Draft = d })
	}
}
