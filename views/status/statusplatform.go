package status

import (
	"cmp"
	"net"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app"
	"lamplighter/app/broker/presets"
	"lamplighter/app/topics"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// platformOf is the name of the platform that the broker is, "" where it is just
// a broker.
func platformOf(st app.Status) string {
	if p := presets.ByID(st.Preset); st.Preset != "" && p.Group != presets.Own {
		return problem.PresetName(p)
	}
	return ""
}

// toWhom names the platform, or else the broker.
func toWhom(st app.Status) string { return cmp.Or(platformOf(st), format.ClientText(st.Broker)) }

// ExplainableError is what is wrong with the connection, as its platform puts it.
func ExplainableError(st app.Status) error {
	b := device.Broker{}
	if host, port, err := net.SplitHostPort(st.Address); err == nil {
		b.Host = host
		b.Port, _ = strconv.Atoi(port)
	}
	p := presets.ByID(st.Preset)
	if i := problem.ServerOf(p, b); i >= 0 {
		_, secure, ok := p.Servers[i].Secure()
		b.TLS = ok && secure == b.Port
	}
	return problem.AtPlatform(st.Err, p, b)
}

// names reports whether what the user calls a broker says already which platform
// it is.
func names(broker, platform string) bool {
	return strings.Contains(strings.ToLower(broker), strings.ToLower(platform))
}

// ofPlatform says whose trouble it is.
func ofPlatform(st app.Status, what string) string {
	if name := platformOf(st); name != "" && !strings.Contains(what, name) {
		return i18n.T("status.error.platform", "Platform", name, "What", what)
	}
	return what
}

// platformNews is what there is to say of a platform beside that it is there:
// what it said itself, what waits for its rate, and what was not sent.
func (s *Line) platformNews(st app.Status, t *statusText) bool {
	p := presets.ByID(st.Preset)
	name := toWhom(st)
	switch {
	case st.Paced > 0:
		t.Text = i18n.N("status.paced", st.Paced, "Platform", name, "Limit", p.Rules.PerMinute, "Seconds", format.Seconds(st.Wait))
	case st.PlatformMessage.Word == presets.Throttled:
		t.Text = i18n.T("status.said.throttled", "Platform", name)
	case st.PlatformMessage.Word == presets.Complaint:
		t.Text = i18n.T("status.said.complaint", "Platform", name, "Text", format.ClientText(st.PlatformMessage.Text))
	case st.Dropped > 0:
		t.Text = i18n.N("status.dropped", st.Dropped, "Platform", name)
	default:
		return false
	}
	t.kind = ui.Warning
	if st.PlatformMessage.Word != presets.NoWord || st.Dropped > 0 {
		t.action, t.Do = i18n.T("status.why"), func() { s.env.showSaid(st, time.Now()) }
	}
	return true
}

// saidLength bounds a platform's own words, in characters.
const saidLength = 256

// showSaid says what a platform said, in its own words, what was not sent, and
// what to do; it is forgotten once it was read.
func (d *env) showSaid(st app.Status, now time.Time) {
	name, when := toWhom(st), format.Time(st.PlatformMessage.At, now)
	q := ui.Question{Title: i18n.T("said.dropped.title", "Platform", name), Text: i18n.T("said.dropped.advice", "Platform", name)}
	content, unsent := ui.Rows(), i18n.N("said.dropped", st.Dropped)
	if presets.ByID(st.Preset).Rules.PerMinute == 0 { // with the connection, for nothing else waits
		q.Text, unsent = i18n.T("said.lost.advice"), i18n.N("status.dropped", st.Dropped, "Platform", name)
	}
	switch st.PlatformMessage.Word {
	case presets.Throttled:
		q.Title, q.Text = i18n.T("said.throttled.title", "Platform", name), i18n.T("said.throttled.advice")
		content.Add(ui.Body(i18n.T("said.throttled.words", "Time", when)))
	case presets.Complaint:
		q.Title, q.Text = i18n.T("said.complaint.title", "Platform", name), i18n.T("said.complaint.advice", "Time", when)
	}
	if st.PlatformMessage.Word != presets.NoWord {
		safe, _ := topics.Display(st.PlatformMessage.Text, saidLength)
		own := ui.Code(safe)
		own.Wrapping = fyne.TextWrapWord
		content.Add(own)
	}
	if st.Dropped > 0 {
		content.Add(ui.Small(unsent))
	}
	q.Content = content
	m := &ui.Dialog{Shell: d.Shell}
	read := ui.PrimaryButton(i18n.T("said.read"), ui.Icon("check"), func() {
		d.MarkRead()
		m.Cancel()
	})
	m.Show(q, read) // Esc leaves it for later
	d.Window().Canvas().Focus(read)
}
