package topics

import (
	"encoding/hex"
	"io"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker/presets"
	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/app/traffic"
	"lamplighter/device/topic"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// maxFile is the largest file that is published, in bytes: no board has memory for
// more.
const maxFile = 1 << 20

// The forms in which a payload is written.
const (
	formText = iota
	formJSON
	formHex
)

// topicPublish is a message to publish: written by hand, taken from the last
// ones, or from the saved ones, which are buttons.
type topicPublish struct {
	page     *topicPage
	topic    *ui.Entry
	suggest  *fyne.Container
	payload  *ui.Entry
	form     *ui.Select
	qos      *ui.Select
	retained *ui.Check
	check    *ui.Wrong     // it keeps the message from being published
	noKeep   *widget.Label // why nothing can be kept
	noQoS    *widget.Label // why there is no higher QoS
	warn     *fyne.Container
	send     *ui.Button
	saved    *fyne.Container
	result   *fyne.Container
	file     []byte // a payload from a file, or nil
	fileName string
	noFile   *fyne.Container // takes the file away
	box      fyne.CanvasObject
}

func newTopicPublish(p *topicPage) *topicPublish {
	u := &topicPublish{page: p, suggest: ui.Row(), saved: container.New(&ui.FlowLayout{Gap: ui.Unit}), result: container.NewStack(), warn: container.NewStack()}
	u.topic = ui.NewEntry(i18n.T("topics.publish.topic"))
	u.topic.OnChanged = func(string) { u.changed() }
	u.topic.OnSubmitted = func(string) { p.env.Window().Canvas().Focus(u.payload) }
	u.payload = ui.NewTextEntry(i18n.T("topics.publish.payload"))
	u.payload.SetMinRowsVisible(2)
	u.payload.OnChanged = func(string) { u.changed() }
	u.payload.OnPaste = u.pasted
	u.form = ui.NewSelect([]string{i18n.T("topics.form.text"), i18n.T("topics.form.json"), i18n.T("topics.form.hex")}, func(int) { u.changed() })
	u.form.FitOptions()
	u.form.SetQuietly(formText)
	u.qos = ui.NewSelect(qosWords(), func(int) { u.changed() })
	u.qos.FitOptions()
	u.qos.SetQuietly(0)
	u.retained = ui.NewCheck(i18n.T("topics.publish.retained"), func(bool) { u.changed() })
	u.check, u.noKeep, u.noQoS = ui.NewWrong(), ui.Small(""), ui.Small("")
	u.noKeep.Hide()
	u.noQoS.Hide()
	u.send = ui.PrimaryButton(i18n.T("topics.publish.send"), ui.Icon("send"), u.publish)
	u.layOut()
	u.fillSaved()
	u.restore(p.work.messages.Unsent())
	return u
}

// keep has what is written kept, for the page that comes after this one too.
func (u *topicPublish) keep() {
	u.page.work.messages.SetUnsent(traffic.Unsent{
		Topic: u.topic.Text, Payload: u.payload.Text, Form: u.form.SelectedIndex(), QoS: u.qos.SelectedIndex(),
		Retained: u.retained.Checked, File: u.file, FileName: u.fileName,
	})
}

func (u *topicPublish) restore(m traffic.Unsent) {
	u.form.SetQuietly(max(m.Form, 0))
	u.qos.SetQuietly(max(m.QoS, 0))
	u.retained.SetQuietly(m.Retained)
	text := m.Payload
	if m.Form == formHex {
		text = hexLines(text)
	}
	u.payload.SetText(text)
	u.topic.SetText(m.Topic)
	switch {
	case m.File != nil:
		u.setFile(m.FileName, m.File)
	case isTooLong(text):
		u.setFile(i18n.T("topics.publish.big"), []byte(text))
	}
	u.changed()
}

func (u *topicPublish) layOut() {
	file := ui.NewButton(i18n.T("topics.publish.file"), ui.Icon("open"), u.openFile)
	u.noFile = ui.Row(ui.NewButton(i18n.T("topics.publish.nofile"), ui.Icon("cross"), u.dropFile))
	u.noFile.Hide()
	last := ui.NewButton(i18n.T("topics.publish.last"), ui.Icon("clock"), u.lastMenu)
	save := ui.NewButton(i18n.T("topics.publish.save"), ui.Icon("save"), u.saveDialog)
	form := container.New(&ui.StackLayout{Gap: ui.Unit / 2}, u.saved, u.topic, u.suggest, u.payload, u.noFile, u.check.Box,
		ui.Row(u.form, file, last), ui.Row(u.qos), u.noQoS, ui.Row(u.retained), u.noKeep, u.warn)
	// What publishes stays in view, whatever there is to say above it.
	foot := container.New(&ui.StackLayout{Gap: ui.Unit / 2}, u.result, ui.Row(u.send, save))
	u.box = container.NewBorder(nil, ui.Padded(ui.Unit/2, foot), nil, nil, container.NewVScroll(ui.Padded(ui.Unit/2, form)))
}

func (u *topicPublish) content() fyne.CanvasObject { return u.box }

// setTopic begins a message to a topic.
func (u *topicPublish) setTopic(name string) {
	if topic.ValidName(name) {
		u.topic.SetText(name)
	}
}

// changed is called for all that is typed and chosen.
func (u *topicPublish) changed() {
	u.update()
	u.keep()
}

// update checks what is written, as it is typed.
func (u *topicPublish) update() {
	_, text := u.draft()
	if text == "" && !u.page.env.Traffic.Online() {
		text = i18n.T("topics.publish.offline")
	}
	u.check.Set(u.flawed(text), text)
	ui.SetVisible(u.noFile, u.file != nil)
	ui.SetEnabled(u.send, u.topic.Text != "" && text == "")
	u.followPlatform()
	u.warnRetainedCommand()
	u.complete()
}

// draft is the message as it is written, or what is wrong with it.
func (u *topicPublish) draft() (topics.Draft, string) {
	d := topics.Draft{Topic: u.topic.Text, QoS: byte(max(0, u.qos.SelectedIndex())), Retained: u.retained.Checked}
	if f := topic.CheckName(d.Topic); f != topic.NoFlaw {
		return d, flawWords(f)
	}
	text := u.payload.Text
	switch {
	case u.file != nil:
		d.Payload = u.file
	case u.form.SelectedIndex() == formHex:
		b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
		if err != nil {
			return d, i18n.T("topics.publish.badhex")
		}
		d.Payload = b
	case u.form.SelectedIndex() == formJSON:
		if at, err := topics.CheckJSON(text); err != nil {
			return d, i18n.T("topics.publish.badjson", "At", at)
		}
		d.Payload = []byte(text)
	default:
		d.Payload = []byte(text)
	}
	return d, ""
}

// flawed is the field that a flaw is in, or nil: no text, or no connection.
func (u *topicPublish) flawed(text string) *ui.Entry {
	switch {
	case topic.CheckName(u.topic.Text) != topic.NoFlaw:
		return u.topic
	case text == "", text == i18n.T("topics.publish.offline"):
		return nil
	}
	return u.payload
}

// followPlatform offers no QoS above the platform's highest, and nothing to be
// kept where it keeps nothing.
func (u *topicPublish) followPlatform() {
	p := u.page.env.Traffic.Platform()
	highest := limitQoS(u.qos, qosWords(), p)
	ui.SetOrHide(u.noQoS, highest)
	why := ""
	switch p.Rules.Retain {
	case presets.No:
		why = i18n.T("topics.publish.nokeep", "Platform", problem.PresetName(p))
	case presets.Unknown:
		why = i18n.T("topics.publish.keepunknown", "Platform", problem.PresetName(p))
	}
	if why != "" && u.retained.Checked {
		u.retained.SetQuietly(false)
	}
	ui.SetEnabled(u.retained, why == "")
	ui.SetOrHide(u.noKeep, why)
}

// warnRetainedCommand warns of a command that the broker would repeat to the lamp for
// ever.
func (u *topicPublish) warnRetainedCommand() {
	text := ""
	switch {
	case u.retained.Checked && strings.HasSuffix(u.topic.Text, "/set"):
		text = i18n.T("topics.publish.retained-command")
	case u.retained.Checked && u.payload.Text == "" && u.file == nil:
		text = i18n.T("topics.publish.erases")
	}
	if text == "" {
		u.warn.Objects = nil
	} else if len(u.warn.Objects) == 0 {
		u.warn.Add(ui.Notice(ui.Warning, text))
	}
	ui.SetVisible(u.warn, text != "")
}

// complete offers how the topic may go on.
func (u *topicPublish) complete() {
	var objects []fyne.CanvasObject
	width := float32(0)
	if u.topic.Text != "" {
		for _, full := range u.page.tree.Complete(u.topic.Text, 6) {
			if full == u.topic.Text || !topic.ValidName(full) {
				continue
			}
			safe := format.Cut(full[strings.LastIndex(u.topic.Text, "/")+1:], 24)
			b := ui.QuietButton(safe, nil, func() { u.topic.SetText(full); u.focusTopic() })
			if width += b.MinSize().Width + ui.Unit; width > u.suggestionWidth() {
				break
			}
			objects = append(objects, b)
		}
	}
	u.suggest.Objects = objects
	u.suggest.Refresh()
	ui.SetVisible(u.suggest, len(objects) > 0)
}

// suggestionWidth is how wide the suggestions may be.
func (u *topicPublish) suggestionWidth() float32 {
	if w := u.topic.Size().Width; w > 0 {
		return w
	}
	return ui.Unit * 40
}

func (u *topicPublish) focusTopic() {
	u.topic.CursorColumn = len([]rune(u.topic.Text))
	u.page.env.Window().Canvas().Focus(u.topic)
}

// publish sends the message; that it was sent is all that is claimed.
func (u *topicPublish) publish() {
	d, wrong := u.draft()
	if wrong != "" {
		return
	}
	u.sendDraft(d)
}

func (u *topicPublish) sendDraft(d topics.Draft) {
	u.result.Objects = nil
	if err := traffic.Publish(u.page.env.Traffic, u.page.tree, d); err != nil {
		u.result.Add(problem.View(u.page.env.Shell, err, func() { u.sendDraft(d) }))
	} else {
		u.page.work.messages.NoteSent(d)
		safe, _ := topics.Display(d.Topic, 60)
		u.result.Add(ui.Small(i18n.T("topics.publish.sent", "Time", clockWords(u.page.now(), u.page.now()), "Topic", safe)))
	}
	u.result.Refresh()
}

// fill takes a message over into the fields.
func (u *topicPublish) fill(d topics.Draft) {
	u.file = nil
	u.payload.Enable()
	u.form.SetQuietly(formText)
	text := string(d.Payload)
	if k := topics.KindOf(d.Payload); k == topics.KindHex || k == topics.KindImage {
		u.form.SetQuietly(formHex)
		text = hexLines(hex.EncodeToString(d.Payload))
	}
	if isTooLong(text) {
		u.form.SetQuietly(formText)
		u.setFile(i18n.T("topics.publish.big"), d.Payload)
	} else {
		u.payload.SetText(text)
	}
	u.topic.SetText(d.Topic)
	u.qos.SetQuietly(min(int(d.QoS), len(u.qos.Options)-1))
	u.retained.SetQuietly(d.Retained)
	u.update()
}

// lastMenu lists the last messages that were published by hand.
func (u *topicPublish) lastMenu() {
	var items []*fyne.MenuItem
	for _, d := range u.page.work.messages.Sent() {
		topic, _ := topics.Display(d.Topic, 40)
		value := shortValue(topics.Entry{Payload: d.Payload, Size: len(d.Payload)}, 24)
		items = append(items, fyne.NewMenuItem(i18n.T("topics.publish.item", "Topic", topic, "Value", value), func() { u.fill(d) }))
	}
	if len(items) == 0 {
		items = append(items, fyne.NewMenuItem(i18n.T("topics.publish.nolast"), func() {}))
	} else {
		items = append(items, fyne.NewMenuItemSeparator(),
			fyne.NewMenuItemWithIcon(i18n.T("topics.publish.forget"), ui.Icon("trash"), u.forgetDialog))
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(u.form)
	u.page.env.PopUp(fyne.NewMenu("", items...), at)
}

func (u *topicPublish) forgetDialog() {
	u.page.env.Confirm(i18n.T("topics.publish.forget.title"), i18n.T("topics.publish.forget.text", "Size", format.Size(settings.MaxSentSize), "Folder", u.page.env.Settings.Dir()),
		i18n.T("topics.publish.forget.yes"), true, u.page.work.messages.ForgetSent)
}

func (u *topicPublish) openFile() {
	u.page.env.OpenFile(func(r io.ReadCloser, name string) {
		data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
		_ = r.Close()
		switch {
		case err != nil:
			u.page.problem(err)
		case len(data) > maxFile:
			u.page.env.ShowInformation(i18n.T("topics.publish.toobig"), i18n.T("topics.publish.toobig.text", "Size", format.Size(maxFile)))
		default:
			name, _ = topics.Display(name, 60)
			u.setFile(name, data)
		}
	})
}

// setFile makes a file the payload; its name stands where the text was.
func (u *topicPublish) setFile(name string, data []byte) {
	u.payload.SetText(i18n.T("topics.publish.isfile", "Name", name, "Size", format.Size(len(data))))
	u.payload.Disable()
	u.file, u.fileName = data, name
	u.changed()
}

// dropFile lets the payload be written by hand again.
func (u *topicPublish) dropFile() {
	u.file = nil
	u.payload.Enable()
	u.payload.SetText("")
	u.update()
}

// saveDialog keeps the message under a name.
func (u *topicPublish) saveDialog() {
	d, wrong := u.draft()
	if wrong != "" {
		u.check.Refuse(u.flawed(wrong), wrong)
		return
	}
	if !u.page.work.messages.Fits(d) {
		u.page.env.ShowInformation(i18n.T("topics.publish.toobig"), i18n.T("topics.publish.save.toobig", "Size", format.Size(settings.MaxSavedSize)))
		return
	}
	name := ui.NewEntry(i18n.T("topics.publish.name"))
	u.page.env.Ask(ui.Question{
		Title: i18n.T("topics.publish.save"), Text: i18n.T("topics.publish.save.text"), Content: name, Yes: i18n.T("topics.publish.save.yes"),
		Lines: []*ui.Entry{name},
		Do: func() bool {
			if strings.TrimSpace(name.Text) == "" {
				return false
			}
			u.page.work.messages.Save(strings.TrimSpace(name.Text), d)
			u.fillSaved()
			return true
		},
	})
}

// fillSaved shows the saved messages as buttons that publish at once.
func (u *topicPublish) fillSaved() {
	u.saved.Objects = nil
	for _, s := range u.page.work.messages.Saved() {
		d := traffic.DraftOf(s)
		name, _ := topics.Display(s.Name, 24)
		more := ui.QuietButton("", ui.Icon("more"), nil)
		more.OnTapped = func() { u.savedMenu(more, s, d) }
		u.saved.Add(ui.Row(ui.NewButton(name, ui.Icon("send"), func() { u.sendDraft(d) }), more))
	}
	ui.SetVisible(u.saved, len(u.saved.Objects) > 0)
	u.saved.Refresh()
}

func (u *topicPublish) savedMenu(at fyne.CanvasObject, s settings.Publish, d topics.Draft) {
	menu := fyne.NewMenu("",
		fyne.NewMenuItemWithIcon(i18n.T("topics.publish.edit"), ui.Icon("edit"), func() { u.fill(d) }),
		fyne.NewMenuItemWithIcon(i18n.T("topics.publish.remove"), ui.Icon("trash"), func() {
			u.page.work.messages.Remove(s.ID)
			u.fillSaved()
		}))
	u.page.env.PopUp(menu, fyne.CurrentApp().Driver().AbsolutePositionForObject(at))
}
