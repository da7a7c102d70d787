package status

import (
	"net"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app"
	"lamplighter/app/link"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/format"
	"lamplighter/views/frame"
	"lamplighter/views/lampview"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// Line always tells the truth: which broker, at which address, how many
// boards are here, what is wrong and the one thing to do about it.
//
// Its parts stay the same and change what they say: a press that begins on a
// button must end on the same one, however often the status changes meanwhile.
type Line struct {
	widget.BaseWidget
	env     *env
	stop    func()
	content *fyne.Container

	back            *ui.Surface
	picture         *canvas.Image
	brokers         *ui.Button // lists them
	words           *brokerWords
	world, boards   *widget.Label
	noticed, action *ui.Button
	do              func() // what the last button does
}

// New builds the status line.
func New(sh *ui.Shell, p *backend.Parts) frame.StatusLine {
	return newStatusLine(&env{Shell: sh, Parts: p})
}

func newStatusLine(d *env) *Line {
	s := &Line{env: d, picture: ui.IconImage(nil, 20), boards: ui.Label(""), world: ui.Label(i18n.T("status.world"))}
	s.words = newBrokerWords("", s.ChooseBroker)
	s.boards.SizeName = ui.SizeSmall
	s.world.SizeName, s.world.Importance, s.world.TextStyle = ui.SizeSmall, widget.DangerImportance, fyne.TextStyle{Bold: true}
	s.brokers = ui.QuietButton("", ui.Icon("broker"), s.ChooseBroker)
	s.noticed = ui.QuietButton("", ui.Icon("info"), d.showNoticed)
	s.action = ui.QuietButton("", nil, func() { s.do() })
	left, right := ui.Row(ui.Padded(ui.Unit, s.picture), s.brokers), ui.Row(s.world, s.boards, s.noticed, s.action)
	s.back = ui.NewSurface(ui.ColorRail, 0, container.New(layout.NewCustomPaddedLayout(0, 0, ui.Unit, ui.Unit), ui.Between(left, s.words, right)))
	s.back.Radius = 0
	s.content = container.NewStack(s.back)
	s.ExtendBaseWidget(s)
	s.stop = d.StatusChanged.Listen(s.update)
	s.update()
	return s
}

// Close ends its listening.
func (s *Line) Close() { s.stop() }

// ChooseBroker lists the brokers that can be used.
func (s *Line) ChooseBroker() { s.env.brokerMenu(s.brokers) }

// CreateRenderer draws the parts that update fills in.
func (s *Line) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(s.content)
}

func (s *Line) update() {
	status := s.env.Status()
	line := s.Describe(status)
	s.words.Text, s.boards.Text = line.Text, line.boards
	s.noticed.Text = i18n.N("status.noticed", status.Noticed)
	ui.SetVisible(s.noticed, status.Noticed > 0)
	ui.SetVisible(s.world, status.IsPublic)
	s.action.Text, s.do = line.action, line.Do
	ui.SetVisible(s.action, line.Do != nil)
	l := ui.NoticeLooks[line.kind]
	s.picture.Resource = ui.Tinted(l.Icon, l.Tint)
	s.back.Fill = line.fill()
	s.content.Refresh()
	s.Refresh()
}

// statusText is a status in words.
type statusText struct {
	kind         ui.NoticeKind
	Text, boards string
	action       string
	Do           func()
}

func (t statusText) fill() fyne.ThemeColorName {
	if t.kind == ui.Warning || t.kind == ui.Failure {
		return ui.NoticeLooks[t.kind].Fill
	}
	return ui.ColorRail
}

// Describe makes the line's words and its button of how the program is.
func (s *Line) Describe(st app.Status) statusText {
	t := statusText{boards: i18n.N("status.boards", st.Online)}
	settings := func() { s.env.Visit(ui.PlaceSettings, "") }
	switch {
	case st.Err != nil:
		t.kind, t.Text, t.action = ui.Failure, ofPlatform(st, problem.Explain(ExplainableError(st)).Title), i18n.T("status.why")
		t.Do = func() { s.env.ShowProblem(ExplainableError(st)) }
	case st.Link == link.Waiting:
		t.kind, t.Text, t.action, t.Do = ui.Failure, s.named("status.down", "status.down-unnamed", "status.own-down", st), i18n.T("status.settings"), settings
	case st.Link == link.Connecting:
		t.kind, t.Text = ui.Remark, s.named("status.connecting", "status.connecting-unnamed", "status.own-connecting", st)
	case st.Link == link.Closed:
		t.kind, t.Text, t.action, t.Do = ui.Warning, i18n.T("status.off"), i18n.T("status.settings"), settings
	case st.Unsaved != nil:
		t.kind, t.Text, t.action = ui.Failure, i18n.T("status.unsaved", "Why", problem.Explain(st.Unsaved).Title), i18n.T("status.why")
		t.Do = func() { s.env.ShowProblem(st.Unsaved) }
	case st.Held:
		t.kind, t.Text, t.action = ui.Warning, i18n.T("attention.status"), i18n.T("attention.give")
		t.Do = func() { s.env.Lesson.SetAttention(false) }
	case st.Open:
		t.kind, t.Text, t.action, t.Do = ui.Warning, i18n.T("status.open", "Address", st.Address), i18n.T("status.settings"), settings
	case st.Broker == "" && st.Address == "":
		t.kind, t.Text = ui.Remark, i18n.T("status.no-network")
	case st.Local:
		t.kind, t.Text, t.action, t.Do = ui.Remark, i18n.T("status.local"), i18n.T("status.settings"), settings
	case st.Wanted != 0:
		t.kind, t.Text, t.action = ui.Warning, i18n.T("status.port", "Wanted", strconv.Itoa(st.Wanted), "Port", strconv.Itoa(st.Port), "Address", st.Address), i18n.T("status.why")
		t.Do = func() { s.askPort(st) }
	case st.Moved != "":
		t.kind = ui.Warning
		t.Text = i18n.T("status.moved", "Address", st.Address, "Old", st.Moved)
	case st.SIoT:
		t.kind, t.Text, t.action, t.Do = ui.Warning, i18n.T("status.siot", "Address", st.Address), i18n.T("status.settings"), settings
	case s.platformNews(st, &t):
	case st.Expiry.Count > 0:
		t.kind, t.Text, t.action = ui.Warning, lampview.ExpiryLine(st.Expiry), i18n.T("status.why")
		t.Do = func() { lampview.ShowExpiry(s.env.Shell, s.env.Settings.Values(), time.Now()) }
	default:
		t.kind, t.Text = ui.Success, s.named("status.up", "status.up-unnamed", "status.own-up", st)
	}
	return t
}

// askPort says why the broker is on another port, and tries the wanted one again.
func (s *Line) askPort(st app.Status) {
	port, wanted := strconv.Itoa(st.Port), strconv.Itoa(st.Wanted)
	s.env.Ask(ui.Question{
		Title: i18n.T("status.port.title", "Wanted", wanted, "Port", port), Text: i18n.T("status.port.text", "Wanted", wanted, "Port", port),
		Yes: i18n.T("status.port.again", "Wanted", wanted), Do: func() bool { s.env.Broker.Restart(); return true },
	})
}

// named is the text for another broker or for this computer's own.
func (s *Line) named(other, unnamed, own string, st app.Status) string {
	if st.Broker == "" {
		return i18n.T(own, "Address", st.Address)
	}
	if platform := platformOf(st); platform != "" {
		if host, _, err := net.SplitHostPort(st.Address); err == nil && host == st.Broker {
			return i18n.T(other+".platform", "Platform", platform, "Address", st.Address)
		}
		if names(st.Broker, platform) {
			return i18n.T(other+".platform", "Platform", format.ClientText(st.Broker), "Address", st.Address)
		}
		return i18n.T(other+".called", "Broker", format.ClientText(st.Broker), "Platform", platform, "Address", st.Address)
	}
	// A broker without a name of its own is called by its host: that is said once.
	if host, _, err := net.SplitHostPort(st.Address); err == nil && host == st.Broker {
		return i18n.T(unnamed, "Address", st.Address)
	}
	return i18n.T(other, "Broker", st.Broker, "Address", st.Address)
}
