package livemap

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/livemap"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// clientPanel tells beside the picture of one client: its session, and what its line
// carried last. Its parts stay while what they say changes, so that the keyboard stays
// where it is.
type clientPanel struct {
	m     *livemap.Map
	names namer
	now   func() time.Time
	visit func(topic string)

	key     string
	lined   bool // its messages are told, not its session
	other   *ui.Button
	name    *widget.Label
	kind    *widget.Label
	state   *widget.Label
	counts  *widget.Label
	session *widget.Label
	subs    *widget.Label
	line    *widget.Label
	rows    [livemap.MaxRecent]recentRow
	root    *fyne.Container
}

// recentRow is a topic that a client's line carried.
type recentRow struct {
	box   *fyne.Container
	topic *widget.Label
	event *widget.Label
	last  *widget.Label
	visit *ui.Button
	name  string
}

func newClientPanel(m *livemap.Map, names namer, now func() time.Time, visit func(topic string), closed func()) *clientPanel {
	p := &clientPanel{
		m: m, names: names, now: now, visit: visit,
		name: ui.TitleWrapped(""), kind: ui.Body(""), state: ui.SubtitleWrapped(""), counts: ui.Body(""), session: ui.Body(""), subs: ui.Body(""),
		line: ui.SubtitleWrapped(""),
	}
	p.other = ui.NewButton("", nil, func() { p.show(p.key, !p.lined) })
	rows := close(p.name, p.kind, p.state, p.counts, p.session, p.subs, p.line)
	for i := range p.rows {
		r := &p.rows[i]
		r.topic, r.event, r.last = code(""), ui.Small(""), ui.Body("")
		r.visit = ui.QuietButton(i18n.T("map.visit"), ui.Icon("topics"), func() { p.visit(r.name) })
		r.box = ui.Rows(close(r.topic, r.last, r.event), ui.Row(r.visit))
		rows.Add(r.box)
	}
	end := ui.NewButton(i18n.T("map.close"), ui.Icon("cross"), closed)
	p.root = container.NewBorder(nil, ui.Padded(ui.PagePadding, container.New(&ui.FlowLayout{Gap: ui.Unit}, p.other, end)), nil, nil, ui.Scrolled(rows))
	return p
}

// show tells of a client: of its session, or of what its line carried.
func (p *clientPanel) show(key string, line bool) {
	p.key, p.lined = key, line
	p.other.SetText(i18n.T("map.show.line"))
	if line {
		p.other.SetText(i18n.T("map.show.session"))
	}
	p.update()
	p.root.Refresh()
}

// update tells what has changed.
func (p *clientPanel) update() {
	c := p.m.Find(p.key)
	if c == nil {
		ui.SetText(p.state, i18n.T("map.gone"))
		return
	}
	now := p.now()
	ui.SetText(p.name, p.names.name(c, p.m.Gathered()))
	ui.SetText(p.kind, kindWords(c.Kind))
	ui.SetOrHide(p.state, stateWords(c, now))
	ui.SetText(p.counts, countLines(c))
	session, subs := "", ""
	if s := c.Session(); s != nil && c.Kind != livemap.Others && !p.lined {
		session, subs = strings.Join(sessionLines(s, now), "\n"), strings.Join(subscriptionLines(s), "\n")
	}
	if session != "" && len(c.Sessions) > 1 {
		session = i18n.N("map.session.several", len(c.Sessions)) + "\n" + session
	}
	ui.SetOrHide(p.session, session)
	ui.SetOrHide(p.subs, subs)
	ui.SetOrHide(p.line, p.lineWords(c))
	for i := range p.rows {
		p.updateRow(&p.rows[i], c, i, now)
	}
}

// lineWords are over what a client's line carried.
func (p *clientPanel) lineWords(c *livemap.Client) string {
	switch {
	case !p.lined:
		return ""
	case len(c.Recent) == 0:
		return i18n.T("map.line.none")
	}
	return i18n.T("map.line")
}

// countLines say how many messages a client sent and was sent.
func countLines(c *livemap.Client) string {
	lines := []string{i18n.N("map.sent", int(c.In.Count)), i18n.N("map.received", int(c.Out.Count))}
	if c.Refused > 0 {
		lines = append(lines, i18n.N("map.refused", int(c.Refused)))
	}
	if c.Dropped > 0 {
		lines = append(lines, i18n.N("map.dropped", int(c.Dropped)))
	}
	return strings.Join(lines, "\n")
}

func (p *clientPanel) updateRow(r *recentRow, c *livemap.Client, i int, now time.Time) {
	recent := slices.Clone(c.Recent)
	slices.SortStableFunc(recent, func(a, b livemap.Recent) int { return strings.Compare(a.Topic, b.Topic) })
	ui.SetVisible(r.box, p.lined && i < len(recent))
	if !p.lined || i >= len(recent) {
		return
	}
	x := recent[i]
	r.name = x.Topic
	ui.SetText(r.topic, format.Cut(x.Topic, shownTopic))
	key := ui.Either(x.Out, "map.recent.out", "map.recent.in")
	ui.SetText(r.event, i18n.N(key, int(x.Count), "Time", x.At.In(now.Location()).Format("15:04:05"), "QoS", int(x.QoS)))
	last := ""
	if t, ok := p.m.Topic(x.Topic); ok {
		last = i18n.T("map.last", "Text", payloadWords(t.Last))
	}
	ui.SetOrHide(r.last, last)
}
