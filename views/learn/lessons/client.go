package lessons

import (
	"cmp"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/course"
	"lamplighter/app/course/client"
	"lamplighter/app/topics"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

const (
	maxLines = 12  // messages that are shown
	maxChars = 60  // of a payload or topic in a line
	maxTyped = 512 // bytes of a topic that is typed
)

// clientTool is a client that a pupil steers.
type clientTool struct {
	s      *ui.Shell
	client *client.Client
	login  func(id string) client.Login
	off    func() bool // the built-in broker is switched off

	name, state    *widget.Label
	id             *ui.Entry
	right          *ui.Check // with the class's password
	connect, leave *ui.Button
	pull           *ui.Button
	named          *fyne.Container // as whom it connects
	needs          needs
	online         *fyne.Container // what a client that is connected can do
	filter         *ui.Entry
	subQoS         *ui.Select
	filters        *fyne.Container
	message        *messageForm
	wrong          *ui.Wrong     // what is wrong with what was typed
	refused        *widget.Label // that the broker threw the last message away
	received       *widget.Label
	last           *widget.Label // the newest message in one line, above all tools
	stopped        bool          // the broker was switched off since it connected
	shownFilters   string
	content        *ui.Surface
}

// needs are what of a client a lesson is about. The rest is not shown: a pupil looks at
// one new thing at a time.
type needs struct{ password, qos, form, keep, pull bool }

func needsOf(l course.Lesson) (n needs) {
	for _, s := range l.Steps {
		for _, c := range s.Checks {
			n.password = n.password || c.Name == "login-refused"
			n.form = n.form || c.Name == "payload"
			n.pull = n.pull || c.Params["how"] == "lost" && c.Params["by"] != string(course.Lamp)
			n.qos = n.qos || c.Params["qos"] != ""
			n.keep = n.keep || c.Params["retained"] != "" || c.Name == "retained" || c.Name == "cleared"
		}
	}
	return n
}

// newClientTool makes the tool of a client, with the id that it begins with.
func newClientTool(s *ui.Shell, name, id string, c *client.Client, login func(string) client.Login, off func() bool, n needs) *clientTool {
	t := &clientTool{s: s, client: c, login: login, off: off, name: ui.Subtitle(name), state: ui.Small(""), wrong: ui.NewWrong(), refused: ui.Body(""), received: ui.Code(""), last: ui.OneLine("")}
	if now := c.ID(); now != "" {
		id = now
	}
	t.id = ui.NewEntry("")
	t.id.SetText(id)
	t.id.OnSubmitted = func(string) { t.doConnect() }
	t.right = ui.NewCheck(i18n.T("learn.client.password"), nil)
	t.right.SetQuietly(true)
	t.connect = ui.NewButton(i18n.T("learn.client.connect"), ui.Icon("power"), t.doConnect)
	t.leave = ui.NewButton(i18n.T("learn.client.disconnect"), nil, c.Disconnect)
	t.pull = ui.QuietButton(i18n.T("learn.client.pull"), ui.Icon("offline"), c.Drop)
	t.refused.Importance = widget.DangerImportance
	t.received.Wrapping = fyne.TextWrapBreak
	t.build(n)
	t.update()
	return t
}

func qosNames() []string {
	return []string{i18n.T("learn.qos.0"), i18n.T("learn.qos.1"), i18n.T("learn.qos.2")}
}

func (t *clientTool) build(n needs) {
	t.filter, t.subQoS = ui.NewEntry(i18n.T("learn.client.filter")), ui.NewSelect(qosNames(), nil)
	t.subQoS.SetQuietly(0)
	t.filter.OnSubmitted = func(string) { t.doSubscribe() }
	t.message = newMessageForm(n, t.doPublish)
	t.filters = container.New(&ui.FlowLayout{Gap: ui.Unit / 2})
	subscribe := ui.NewButton(i18n.T("learn.client.subscribe"), nil, t.doSubscribe)
	t.online = ui.Rows(
		beside(t.filter, subscribe), t.subQoS, t.filters, t.message.topic, t.message.line, t.message.choices,
		t.refused, ui.Small(i18n.T("learn.client.received")), t.received,
	)
	ui.SetVisible(t.subQoS, n.qos)
	t.needs = n
	head := container.NewBorder(nil, nil, nil, ui.Row(t.pull, t.leave), container.New(&ui.TightLayout{Flush: true}, t.name, t.state))
	t.named = ui.Rows(ui.Small(i18n.T("learn.client.id")), beside(t.id, t.connect))
	t.content = ui.Card(ui.Rows(head, t.named, t.right, t.wrong.Box, t.online))
}

// beside puts a button at a field, in which what it is for can be read whole.
func beside(field *ui.Entry, button fyne.CanvasObject) fyne.CanvasObject {
	return ui.Beside(field, button, field.PlaceholderWidth)
}

func flow(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&ui.FlowLayout{Gap: ui.Unit}, objects...)
}

func (t *clientTool) doConnect() {
	l := t.login(strings.TrimSpace(t.id.Text))
	if !t.right.Checked {
		l.User, l.Password = "", ""
	}
	t.showError(t.id, t.client.Connect(l))
}

func (t *clientTool) doSubscribe() {
	f := t.filter.Text
	if why := problem.FilterWords(f); why != "" {
		t.complain(t.filter, why)
		return
	}
	t.showError(t.filter, t.client.Subscribe(f, byte(max(0, t.subQoS.SelectedIndex()))))
}

func (t *clientTool) doPublish() {
	payload, at, why := t.message.check()
	if why != "" {
		t.complain(at, why)
		return
	}
	m := t.message
	t.showError(m.text, t.client.Publish(m.topic.Text, payload, byte(max(0, m.qos.SelectedIndex())), m.keep.Checked))
}

// showError tells what is wrong with what was asked for, where something is.
func (t *clientTool) showError(field *ui.Entry, err error) {
	if err == nil {
		t.complain(nil, "")
		return
	}
	words := problem.Words(err, clientProblemTexts)
	t.complain(ui.Either(words != "", field, nil), cmp.Or(words, problem.Explain(err).Title))
}

var clientProblemTexts = []problem.Text{
	{Err: client.ErrID, Key: "learn.client.no-id"},
	{Err: client.ErrPayload, Key: "learn.client.long"},
}

func (t *clientTool) complain(field *ui.Entry, text string) {
	t.wrong.Refuse(field, text)
	t.content.Refresh()
}

// update shows how the client stands.
func (t *clientTool) update() {
	phase, err := t.client.Phase()
	online := phase == client.Online
	asking := t.isFocused(t.id) || t.isFocused(t.connect)
	t.showPhase(phase, err)
	ui.SetVisible(t.named, !online)
	ui.SetVisible(t.right, t.needs.password)
	ui.SetEnabled(t.right, !online)
	ui.SetVisible(t.connect, !online)
	ui.SetVisible(t.leave, online)
	ui.SetVisible(t.pull, online && t.needs.pull)
	ui.SetVisible(t.online, online)
	t.showRefused()
	t.listFilters()
	text := t.receivedWords()
	if t.received.Text != text {
		t.received.SetText(text)
	}
	ui.SetText(t.last, i18n.T("learn.client.last", "Name", t.name.Text, "Message", t.lastWords()))
	t.content.Refresh()
	if online && asking { // what has the keyboard is not shown any more
		t.s.Window().Canvas().Focus(t.filter)
	}
}

// showPhase shows where the client stands. A broker that was switched off explains why
// it is gone, for as long as it is off.
func (t *clientTool) showPhase(phase client.Phase, err error) {
	switch {
	case phase == client.Online || phase == client.Connecting:
		t.stopped = false
	case t.off():
		t.stopped = true
	}
	words, danger := phaseWords(phase, err, t.client.ID()), phase == client.Lost || phase == client.Refused
	if t.stopped {
		words, danger = i18n.T("learn.client.off"), t.off()
	}
	if t.stopped && t.off() {
		words = i18n.T("problem.broker-down.title")
	}
	ui.SetText(t.state, words)
	t.state.Importance = widget.LowImportance
	if danger {
		t.state.Importance = widget.DangerImportance
	}
	t.state.Refresh()
}

// showRefused says that the broker threw the last message away, where it did.
func (t *clientTool) showRefused() {
	name, _ := topics.Display(t.client.RefusedTopic(), maxChars)
	ui.SetText(t.refused, i18n.T("learn.client.thrown", "Topic", name))
	ui.SetVisible(t.refused, name != "")
}

// lastWords are the newest message of the client.
func (t *clientTool) lastWords() string {
	all, _ := t.client.Received()
	if len(all) == 0 {
		return i18n.T("learn.client.nothing")
	}
	return t.messageWords(all[len(all)-1])
}

func (t *clientTool) isFocused(w fyne.Focusable) bool { return t.s.Window().Canvas().Focused() == w }

func phaseWords(p client.Phase, err error, id string) string {
	switch p {
	case client.Connecting:
		return i18n.T("learn.client.connecting")
	case client.Online:
		return i18n.T("learn.client.online", "ID", format.ClientText(id))
	case client.Lost:
		return i18n.T("learn.client.lost")
	case client.Refused:
		if f, ok := errors.AsType[*fault.Error](err); ok && (f.Fault == fault.BadLogin || f.Fault == fault.NotAllowed) {
			return i18n.T("learn.client.refused")
		}
		return problem.Explain(err).Title
	}
	return i18n.T("learn.client.off")
}

// listFilters shows the subscriptions, each a button that ends it.
func (t *clientTool) listFilters() {
	all, key := t.client.Filters(), ""
	for _, f := range all {
		key += t.filterWords(f) + "\n"
	}
	if key == t.shownFilters {
		return
	}
	t.shownFilters = key
	t.filters.RemoveAll()
	for _, f := range all {
		t.filters.Add(ui.NewButton(t.filterWords(f), ui.Icon("cross"), func() { t.client.Unsubscribe(f.Filter) }))
	}
	ui.SetVisible(t.filters, len(all) > 0)
}

func (t *clientTool) filterWords(f client.Filter) string {
	name, _ := topics.Display(f.Filter, maxChars)
	switch {
	case f.Err != nil:
		return i18n.T("learn.client.filter-refused", "Filter", name)
	case !f.Answered:
		return i18n.T("learn.client.filter-asked", "Filter", name)
	case t.needs.qos:
		return i18n.T("learn.client.filter-qos", "Filter", name, "QoS", f.Granted)
	}
	return name
}

// receivedWords are the last messages of the client, a line each.
func (t *clientTool) receivedWords() string {
	all, dropped := t.client.Received()
	if len(all) == 0 {
		return i18n.T("learn.client.nothing")
	}
	var lines []string
	if more := dropped + len(all) - min(len(all), maxLines); more > 0 {
		lines = append(lines, i18n.N("learn.client.more", more))
	}
	for _, m := range all[max(0, len(all)-maxLines):] {
		lines = append(lines, t.messageWords(m))
	}
	return strings.Join(lines, "\n")
}

func (t *clientTool) messageWords(m client.Message) string {
	name, _ := topics.Display(m.Topic, maxChars)
	payload, cut := topics.Display(string(m.Payload), maxChars)
	if cut || m.Size > len(m.Payload) {
		payload += textfit.Ellipsis
	}
	switch {
	case m.Retained:
		return i18n.T("learn.client.line-kept", "Topic", name, "Payload", payload)
	case t.needs.qos:
		return i18n.T("learn.client.line-qos", "Topic", name, "Payload", payload, "QoS", m.QoS)
	}
	return i18n.T("learn.client.line", "Topic", name, "Payload", payload)
}
