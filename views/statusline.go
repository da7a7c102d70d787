package views

import (
	"net"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"lamplighter/i18n"
)

// statusLine always tells the truth: which broker, at which address, how many
// boards are here, what is wrong and the one thing to do about it.
//
// Its parts stay the same and change what they say: a press that begins on a
// button must end on the same one, however often the status changes meanwhile.
type statusLine struct {
	widget.BaseWidget
	desk    *desk
	stop    func()
	content *fyne.Container

	back          *surface
	picture       *canvas.Image
	brokers       *button // lists them
	words         *brokerWords
	world, boards *widget.Label
	noticed, what *button
	do            func() // what the last button does
}

// NewStatusLine builds the status line.
func NewStatusLine(sh *shell, p *Parts) StatusLine { return newStatusLine(&desk{shell: sh, Parts: p}) }

func newStatusLine(d *desk) *statusLine {
	s := &statusLine{desk: d, picture: iconImage(nil, 20), boards: label(""), world: label(i18n.T("status.world"))}
	s.words = newBrokerWords("", s.ChooseBroker)
	s.boards.SizeName = sizeSmall
	s.world.SizeName, s.world.Importance, s.world.TextStyle = sizeSmall, widget.DangerImportance, fyne.TextStyle{Bold: true}
	s.brokers = quietButton("", icon("broker"), s.ChooseBroker)
	s.noticed = quietButton("", icon("info"), d.showNoticed)
	s.what = quietButton("", nil, func() { s.do() })
	left, right := row(padded(unit, s.picture), s.brokers), row(s.world, s.boards, s.noticed, s.what)
	s.back = newSurface(colorRail, 0, container.New(layout.NewCustomPaddedLayout(0, 0, unit, unit), between(left, s.words, right)))
	s.back.radius = 0
	s.content = container.NewStack(s.back)
	s.ExtendBaseWidget(s)
	s.stop = d.StatusChanged.Listen(s.update)
	s.update()
	return s
}

// Close ends its listening.
func (s *statusLine) Close() { s.stop() }

// ChooseBroker lists the brokers that can be used.
func (s *statusLine) ChooseBroker() { s.desk.brokerMenu(s.brokers) }

// CreateRenderer draws the parts that update fills in.
func (s *statusLine) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(s.content)
}

func (s *statusLine) update() {
	status := s.desk.Status()
	line := s.describe(status)
	s.words.Text, s.boards.Text = line.text, line.boards
	s.noticed.Text = i18n.N("status.noticed", status.Noticed)
	show(s.noticed, status.Noticed > 0)
	show(s.world, status.World)
	s.what.Text, s.do = line.action, line.do
	show(s.what, line.do != nil)
	l := noticeLooks[line.kind]
	s.picture.Resource = tinted(l.icon, l.tint)
	s.back.fill = line.fill()
	s.content.Refresh()
	s.Refresh()
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
	settings := func() { s.desk.Visit(placeSettings, "") }
	switch {
	case st.Err != nil:
		t.kind, t.text, t.action = failure, ofPlatform(st, explain(toldError(st)).Title), i18n.T("status.why")
		t.do = func() { s.desk.ShowProblem(toldError(st)) }
	case st.Link == LinkDown:
		t.kind, t.text, t.action, t.do = failure, s.named("status.down", "status.down-unnamed", "status.own-down", st), i18n.T("status.settings"), settings
	case st.Link == LinkConnecting:
		t.kind, t.text = remark, s.named("status.connecting", "status.connecting-unnamed", "status.own-connecting", st)
	case st.Link == LinkOff:
		t.kind, t.text, t.action, t.do = warning, i18n.T("status.off"), i18n.T("status.settings"), settings
	case st.Unsaved != nil:
		t.kind, t.text, t.action = failure, i18n.T("status.unsaved", "Why", explain(st.Unsaved).Title), i18n.T("status.why")
		t.do = func() { s.desk.ShowProblem(st.Unsaved) }
	case st.Open:
		t.kind, t.text, t.action, t.do = warning, i18n.T("status.open", "Address", st.Address), i18n.T("status.settings"), settings
	case st.Broker == "" && st.Address == "":
		t.kind, t.text = remark, i18n.T("status.no-network")
	case st.Moved != "":
		t.kind = warning
		t.text = i18n.T("status.moved", "Address", st.Address, "Old", st.Moved)
	case st.SIoT:
		t.kind, t.text, t.action, t.do = warning, i18n.T("status.siot", "Address", st.Address), i18n.T("status.settings"), settings
	case s.platformNews(st, &t):
	case st.Expiry.Count > 0:
		t.kind, t.text, t.action = warning, expiryLine(st.Expiry), i18n.T("status.why")
		t.do = func() { showExpiry(s.desk.shell, s.desk.Settings.Values(), time.Now()) }
	default:
		t.kind, t.text = success, s.named("status.up", "status.up-unnamed", "status.own-up", st)
	}
	return t
}

// named is the text for another broker or for this computer's own.
func (s *statusLine) named(other, unnamed, own string, st Status) string {
	if st.Broker == "" {
		return i18n.T(own, "Address", st.Address)
	}
	if platform := platformOf(st); platform != "" {
		if host, _, err := net.SplitHostPort(st.Address); err == nil && host == st.Broker {
			return i18n.T(other+".platform", "Platform", platform, "Address", st.Address)
		}
		if names(st.Broker, platform) {
			return i18n.T(other+".platform", "Platform", shown(st.Broker), "Address", st.Address)
		}
		return i18n.T(other+".called", "Broker", shown(st.Broker), "Platform", platform, "Address", st.Address)
	}
	// A broker without a name of its own is called by its host: that is said once.
	if host, _, err := net.SplitHostPort(st.Address); err == nil && host == st.Broker {
		return i18n.T(unnamed, "Address", st.Address)
	}
	return i18n.T(other, "Broker", st.Broker, "Address", st.Address)
}
