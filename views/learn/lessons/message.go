package lessons

import (
	"encoding/hex"
	"strings"

	"fyne.io/fyne/v2"

	"lamplighter/device/topic"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// messageForm is the message that a pupil's client publishes.
type messageForm struct {
	topic, text   *ui.Entry
	form, qos     *ui.Select
	keep          *ui.Check
	line, choices fyne.CanvasObject // the text with its button, and how it is published
}

func newMessageForm(n needs, publish func()) *messageForm {
	f := &messageForm{topic: ui.NewEntry(i18n.T("learn.client.topic")), text: ui.NewEntry(i18n.T("learn.client.message"))}
	f.form = ui.NewSelect([]string{i18n.T("learn.client.text"), i18n.T("learn.client.bytes")}, nil)
	f.qos = ui.NewSelect(qosNames(), nil)
	f.form.SetQuietly(0)
	f.qos.SetQuietly(0)
	f.keep = ui.NewCheck(i18n.T("learn.client.keep"), nil)
	f.topic.OnSubmitted = func(string) { publish() }
	f.text.OnSubmitted = func(string) { publish() }
	f.line = beside(f.text, ui.NewButton(i18n.T("learn.client.publish"), ui.Icon("send"), publish))
	f.choices = flow(f.form, f.qos, f.keep)
	ui.SetVisible(f.qos, n.qos)
	ui.SetVisible(f.form, n.form)
	ui.SetVisible(f.keep, n.keep)
	return f
}

// check gives the payload as it is written, or says what is wrong with which field.
func (f *messageForm) check() (payload []byte, at *ui.Entry, why string) {
	name := f.topic.Text
	if why := problem.UnseenWords(name); why != "" {
		return nil, f.topic, why
	}
	if topic.HasWildcard(name) {
		return nil, f.topic, i18n.T("learn.client.wild")
	}
	if !topic.ValidName(name) || len(name) > maxTyped {
		return nil, f.topic, i18n.T("learn.client.no-topic")
	}
	if f.form.SelectedIndex() != 1 {
		return []byte(f.text.Text), nil, ""
	}
	payload, err := hex.DecodeString(strings.Join(strings.Fields(f.text.Text), ""))
	if err != nil {
		return nil, f.text, i18n.T("learn.client.no-bytes")
	}
	return payload, nil, ""
}
