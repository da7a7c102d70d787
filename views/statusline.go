package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"lamplighter/i18n"
)

// statusLine always tells the truth: which broker, at which address, how many
// boards are here, what is wrong and the one thing to do about it.
type statusLine struct {
	widget.BaseWidget
	desk    *desk
	stop    func()
	content *fyne.Container
	brokers *button // lists them
}

func newStatusLine(d *desk) *statusLine {
	s := &statusLine{desk: d, content: container.NewStack()}
	s.ExtendBaseWidget(s)
	s.stop = d.StatusChanged.Listen(s.update)
	s.update()
	return s
}

func (s *statusLine) close() { s.stop() }

func (s *statusLine) chooseBroker() { s.desk.brokerMenu(s.brokers) }

// CreateRenderer draws what update made.
func (s *statusLine) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(s.content)
}

func (s *statusLine) update() {
	status := s.desk.Status()
	line := s.describe(status)
	words := newBrokerWords(line.text, s.chooseBroker)
	boards := label(line.boards)
	boards.SizeName = sizeSmall
	right := row(boards)
	if status.Noticed > 0 {
		right.Add(quietButton(i18n.N("status.noticed", status.Noticed), icon("info"), s.desk.showNoticed))
	}
	if line.do != nil {
		right.Add(quietButton(line.action, nil, line.do))
	}
	l := noticeLooks[line.kind]
	s.brokers = quietButton("", icon("broker"), s.chooseBroker)
	picture := row(padded(unit, iconImage(tinted(l.icon, l.tint), 20)), s.brokers)
	back := newSurface(line.fill(), 0, container.New(layout.NewCustomPaddedLayout(0, 0, unit, unit), between(picture, words, right)))
	back.radius = 0
	s.content.Objects = []fyne.CanvasObject{back}
	s.content.Refresh()
}

// statusText is a status in words.
type statusText struct {
	kind         noticeKind
	text, boards string
	action       string
	do           func()
}

func (t statusText) fill() fyne.ThemeColorName {
	if t.kind == warning || t.kind == failure {
		return noticeLooks[t.kind].fill
	}
	return colorRail
}

func (s *statusLine) describe(st Status) statusText {
	t := statusText{boards: i18n.N("status.boards", st.Online)}
	settings := func() { s.desk.visit(placeSettings, "") }
	switch {
	case st.Err != nil:
		p := explain(st.Err)
		t.kind, t.text, t.action = failure, p.Title, i18n.T("status.why")
		t.do = func() { s.desk.showProblem(st.Err) }
	case st.Link == LinkDown:
		t.kind, t.text, t.action, t.do = failure, s.named("status.down", "status.own-down", st), i18n.T("status.settings"), settings
	case st.Link == LinkConnecting:
		t.kind, t.text = remark, s.named("status.connecting", "status.own-connecting", st)
	case st.Link == LinkOff:
		t.kind, t.text, t.action, t.do = warning, i18n.T("status.off"), i18n.T("status.settings"), settings
	case st.Unsaved != nil:
		t.kind, t.text, t.action = failure, i18n.T("status.unsaved", "Why", explain(st.Unsaved).Title), i18n.T("status.why")
		t.do = func() { s.desk.showProblem(st.Unsaved) }
	case st.Open:
		t.kind, t.text, t.action, t.do = warning, i18n.T("status.open", "Address", st.Address), i18n.T("status.settings"), settings
	case st.Broker == "" && st.Address == "":
		t.kind, t.text = remark, i18n.T("status.no-network")
	case st.Moved != "":
		t.kind = warning
		t.text = i18n.T("status.moved", "Address", st.Address, "Old", st.Moved)
	default:
		t.kind, t.text = success, s.named("status.up", "status.own-up", st)
	}
	return t
}

// named is the text for another broker or for this computer's own.
func (s *statusLine) named(other, own string, st Status) string {
	if st.Broker == "" {
		return i18n.T(own, "Address", st.Address)
	}
	return i18n.T(other, "Broker", st.Broker, "Address", st.Address)
}
