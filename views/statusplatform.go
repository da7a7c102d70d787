package views

import (
	"cmp"
	"net"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/broker/presets"
	"lamplighter/app/topics"
	"lamplighter/device"
	"lamplighter/i18n"
)

// platformOf is the name of the platform that the broker is, "" where it is just
// a broker.
func platformOf(st Status) string {
	if p := presets.ByID(st.Preset); st.Preset != "" && p.Group != presets.Own {
		return calledPreset(p)
	}
	return ""
}

// toWhom names the platform, or else the broker.
func toWhom(st Status) string { return cmp.Or(platformOf(st), shown(st.Broker)) }

// toldError is what is wrong with the connection, as its platform puts it.
func toldError(st Status) error {
	b := device.Broker{}
	if host, port, err := net.SplitHostPort(st.Address); err == nil {
		b.Host = host
		b.Port, _ = strconv.Atoi(port)
	}
	p := presets.ByID(st.Preset)
	if i := serverOf(p, b); i >= 0 {
		_, secure, ok := p.Servers[i].Secure()
		b.TLS = ok && secure == b.Port
	}
	return ofBroker(st.Err, p, b)
}

// names tells whether what the user calls a broker says already which platform
// it is.
func names(broker, platform string) bool {
	return strings.Contains(strings.ToLower(broker), strings.ToLower(platform))
}

// ofPlatform says whose trouble it is.
func ofPlatform(st Status, what string) string {
	if name := platformOf(st); name != "" && !strings.Contains(what, name) {
		return i18n.T("status.error.platform", "Platform", name, "What", what)
	}
	return what
}

// platformNews is what there is to say of a platform beside that it is there:
// what it said itself, what waits for its rate, and what was not sent.
func (s *statusLine) platformNews(st Status, t *statusText) bool {
	p := presets.ByID(st.Preset)
	name := toWhom(st)
	switch {
	case st.Paced > 0:
		t.text = i18n.N("status.paced", st.Paced, "Platform", name, "Limit", p.Rules.PerMinute, "Seconds", wholeSeconds(st.Wait))
	case st.Said.Word == presets.Throttled:
		t.text = i18n.T("status.said.throttled", "Platform", name)
	case st.Said.Word == presets.Complaint:
		t.text = i18n.T("status.said.complaint", "Platform", name, "Text", shown(st.Said.Text))
	case st.Dropped > 0:
		t.text = i18n.N("status.dropped", st.Dropped, "Platform", name)
	default:
		return false
	}
	t.kind = warning
	if st.Said.Word != presets.NoWord || st.Dropped > 0 {
		t.action, t.do = i18n.T("status.why"), func() { s.desk.showSaid(st, time.Now()) }
	}
	return true
}

// saidLength bounds a platform's own words, in characters.
const saidLength = 256

// showSaid says what a platform said, in its own words, what was not sent, and
// what to do; it is forgotten once it was read.
func (d *desk) showSaid(st Status, now time.Time) {
	name, when := toWhom(st), timeWords(st.Said.At, now)
	q := question{Title: i18n.T("said.dropped.title", "Platform", name), Text: i18n.T("said.dropped.advice", "Platform", name)}
	content, unsent := rows(), i18n.N("said.dropped", st.Dropped)
	if presets.ByID(st.Preset).Rules.PerMinute == 0 { // with the connection, for nothing else waits
		q.Text, unsent = i18n.T("said.lost.advice"), i18n.N("status.dropped", st.Dropped, "Platform", name)
	}
	switch st.Said.Word {
	case presets.Throttled:
		q.Title, q.Text = i18n.T("said.throttled.title", "Platform", name), i18n.T("said.throttled.advice")
		content.Add(body(i18n.T("said.throttled.words", "Time", when)))
	case presets.Complaint:
		q.Title, q.Text = i18n.T("said.complaint.title", "Platform", name), i18n.T("said.complaint.advice", "Time", when)
	}
	if st.Said.Word != presets.NoWord {
		safe, _ := topics.Display(st.Said.Text, saidLength)
		own := code(safe)
		own.Wrapping = fyne.TextWrapWord
		content.Add(own)
	}
	if st.Dropped > 0 {
		content.Add(small(unsent))
	}
	q.Content = content
	m := &modal{shell: d.shell}
	q.More = newButton(i18n.T("said.read"), icon("check"), func() {
		d.ForgetSaid()
		m.cancel()
	})
	ok := primaryButton(i18n.T("common.close"), nil, m.cancel)
	m.show(q, ok)
	d.window().Canvas().Focus(ok)
}
