package prefs

import (
	"cmp"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// brokerSection is this computer's broker: whether it runs, and where.
type brokerSection struct {
	env  *env
	card *ui.Surface

	state     *fyne.Container
	run       *ui.Check
	address   *ui.Select
	addresses []setup.Address
	port      *portField
	websocket *ui.Check
	wsPort    *portField
	open      *ui.Button
	openNote  *ui.Surface
	local     *ui.Surface // only this computer reaches it
}

func newBrokerSection(d *env) *brokerSection {
	s := &brokerSection{env: d, state: container.NewStack()}
	s.run = ui.NewCheck(i18n.T("settings.broker-run"), s.switchBroker)
	s.address = ui.NewSelect(nil, s.chooseAddress)
	s.port = newPortField(d, "1883", func(v *settings.Values) *int { return &v.BuiltIn.Port })
	s.websocket = ui.NewCheck(i18n.T("settings.broker-ws"), func(on bool) {
		d.Settings.Update(func(v *settings.Values) { v.BuiltIn.WebSocket = on })
	})
	s.wsPort = newPortField(d, "9001", func(v *settings.Values) *int { return &v.BuiltIn.WSPort })
	s.open = ui.NewButton("", nil, s.toggleOpen)
	s.openNote = ui.Notice(ui.Warning, i18n.T("settings.open-now"))
	s.local = ui.Notice(ui.Remark, localWords(), ui.NewButton(i18n.T("settings.broker-admit"), ui.Icon("wifi"), d.Broker.ListenInNetwork))
	s.card = ui.TitledCard(i18n.T("settings.broker"), i18n.T("settings.broker-for"),
		s.state, s.run, s.local,
		ui.Form(
			ui.Label(i18n.T("settings.broker-address")), ui.Narrow(380, s.address),
			ui.Label(i18n.T("settings.broker-port")), s.port.row,
			s.websocket, s.wsPort.row,
		),
		ui.Small(i18n.T("settings.broker-address-for")),
		ui.Small(i18n.T("settings.broker-plain")),
		ui.Heading(i18n.T("settings.open"), i18n.T("settings.open-for")),
		s.openNote, container.NewHBox(s.open),
	)
	return s
}

func (s *brokerSection) update() {
	v, b := s.env.Settings.Values().BuiltIn, s.env.Broker.Status()
	s.run.SetQuietly(!v.Off)
	s.websocket.SetQuietly(v.WebSocket)
	s.port.set(cmp.Or(b.Port, v.Port))
	s.wsPort.set(cmp.Or(b.WSPort, v.WSPort))
	s.showAddresses(v.Address)
	s.state.Objects = []fyne.CanvasObject{s.describe(v, b)}
	s.state.Refresh()

	ui.SetVisible(s.openNote, b.Open)
	ui.SetVisible(s.local, b.Running && b.Local)
	ui.SetEnabled(s.open, b.Running)
	s.open.Importance = widget.MediumImportance
	s.open.SetText(i18n.T("settings.open-begin"))
	if b.Open {
		s.open.Importance = widget.HighImportance
		s.open.SetText(i18n.T("settings.open-end"))
	}
	ui.SetEnabled(s.address, !v.Off)
	ui.SetEnabled(s.websocket, !v.Off)
	s.port.enable(!v.Off)
	s.wsPort.enable(!v.Off && v.WebSocket)
}

// localWords say that only this computer reaches the broker, and what Windows asks
// when that is changed.
func localWords() string {
	if problem.System == "windows" {
		return i18n.T("settings.broker-local.windows")
	}
	return i18n.T("settings.broker-local")
}

// switchBroker runs the broker or ends it; where boards use it, it asks first.
func (s *brokerSection) switchBroker(on bool) {
	set := func() { s.env.Settings.Update(func(v *settings.Values) { v.BuiltIn.Off = !on }) }
	status := s.env.Status()
	if on || status.Broker != "" || status.Online == 0 {
		set()
		return
	}
	s.run.SetQuietly(true)
	s.env.Confirm(i18n.T("settings.broker-end.title"), i18n.N("settings.broker-end.text", status.Online), i18n.T("settings.broker-end.yes"), true, set)
}

func (s *brokerSection) describe(v settings.BuiltIn, b backend.BrokerState) fyne.CanvasObject {
	switch {
	case v.Off:
		return ui.Notice(ui.Remark, i18n.T("settings.broker-off"))
	case b.Err != nil:
		return problem.View(s.env.Shell, b.Err, s.env.Broker.Restart)
	case !b.Running:
		return ui.Notice(ui.Remark, i18n.T("settings.broker-starting"))
	case b.Wanted != 0:
		return ui.Notice(ui.Warning, i18n.T("settings.broker-other-port", "Port", strconv.Itoa(b.Port), "Wanted", strconv.Itoa(b.Wanted)),
			ui.NewButton(i18n.T("status.port.again", "Wanted", strconv.Itoa(b.Wanted)), nil, s.env.Broker.Restart))
	}
	return ui.Notice(ui.Success, i18n.T("settings.broker-runs", "Port", strconv.Itoa(b.Port)))
}

// showAddresses lists this computer's addresses: the best one, by itself, and
// each to be chosen for good. One that was chosen and is gone is listed too.
func (s *brokerSection) showAddresses(chosen string) {
	s.addresses = s.env.Broker.Addresses()
	options := []string{i18n.T("settings.address-none")}
	if len(s.addresses) > 0 {
		options[0] = i18n.T("settings.address-best", "Address", s.addresses[0].Prefix.Addr().String())
	}
	at := 0
	for i, a := range s.addresses {
		ip := a.Prefix.Addr().String()
		options = append(options, i18n.T("settings.address-one", "Address", ip, "Name", a.Name))
		if ip == chosen {
			at = i + 1
		}
	}
	if chosen != "" && at == 0 {
		options = append(options, i18n.T("settings.address-gone", "Address", chosen))
		at = len(options) - 1
	}
	s.address.Options = options
	s.address.SetQuietly(at)
	s.address.Refresh()
}

func (s *brokerSection) chooseAddress(i int) {
	if i < 0 || i > len(s.addresses) {
		return
	}
	ip := ""
	if i > 0 {
		ip = s.addresses[i-1].Prefix.Addr().String()
	}
	s.env.Settings.Update(func(v *settings.Values) { v.BuiltIn.Address = ip })
}

func (s *brokerSection) toggleOpen() {
	if s.env.Broker.Status().Open {
		s.env.Broker.SetOpen(false)
		return
	}
	s.env.Confirm(i18n.T("settings.open-sure"), i18n.T("settings.open-sure-text"), i18n.T("settings.open-begin"), false,
		func() { s.env.Broker.SetOpen(true) })
}

// portField is a port that can be changed.
type portField struct {
	row   fyne.CanvasObject
	entry *ui.Entry
	save  *ui.Button
	was   string
}

// newPortField shows a port of the settings; usual is what is taken where none was chosen.
func newPortField(d *env, usual string, at func(*settings.Values) *int) *portField {
	f := &portField{entry: ui.NewEntry(usual)}
	wrong := ui.NewWrong()
	f.save = ui.NewButton(i18n.T("settings.save"), nil, nil)
	keep := func() {
		if n, ok := parsePort(f.entry.Text); ok {
			f.was = f.entry.Text
			f.save.Hide()
			d.Settings.Update(func(v *settings.Values) { *at(v) = n })
		}
	}
	f.save.OnTapped = keep
	f.save.Hide()
	f.entry.OnSubmitted = func(string) { keep() }
	f.entry.OnChanged = func(text string) {
		_, ok := parsePort(text)
		said := ui.Either(!ok && text != f.was, i18n.T("settings.port-wrong"), "")
		wrong.Set(f.entry, said)
		ui.SetVisible(f.save, ok && text != f.was)
	}
	f.row = ui.Rows(container.NewHBox(ui.Narrow(110, f.entry), f.save), wrong.Box)
	return f
}

// set shows a port, unless somebody is typing another one.
func (f *portField) set(port int) {
	text := ""
	if port != 0 {
		text = strconv.Itoa(port)
	}
	if f.entry.Text != f.was || text == f.was {
		return
	}
	f.was = text
	f.entry.SetText(text)
	f.save.Hide()
}

func (f *portField) enable(on bool) { ui.SetEnabled(f.entry, on) }

// parsePort reads a TCP port, 1 to 65535.
func parsePort(text string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	return n, err == nil && n >= 1 && n <= 65535
}

// pupilSection is the account for the pupils' own programs: shown on request.
type pupilSection struct {
	env      *env
	card     *ui.Surface
	shown    *fyne.Container
	problems *fyne.Container
	show     *ui.Button
}

func newPupilSection(d *env) *pupilSection {
	s := &pupilSection{env: d, shown: ui.Rows(), problems: ui.Rows()}
	s.show = ui.NewButton(i18n.T("settings.pupils-show"), ui.Icon("eye"), s.toggle)
	change := ui.NewButton(i18n.T("settings.pupils-new"), ui.Icon("refresh"), func() {
		d.Confirm(i18n.T("settings.pupils-sure"), i18n.T("settings.pupils-sure-text"), i18n.T("settings.pupils-new"), false,
			func() { d.Broker.NewPupils(s.changed) })
	})
	s.card = ui.TitledCard(i18n.T("settings.pupils"), i18n.T("settings.pupils-for"),
		container.NewHBox(s.show, change), s.shown, s.problems)
	return s
}

func (s *pupilSection) toggle() {
	if len(s.shown.Objects) > 0 {
		s.shown.RemoveAll()
		s.show.SetText(i18n.T("settings.pupils-show"))
		return
	}
	s.changed(nil)
}

// changed shows the login, or why its password could not be changed.
func (s *pupilSection) changed(err error) {
	s.env.showIn(s.problems, err, nil)
	s.shown.RemoveAll()
	if err != nil {
		return
	}
	user, password := s.env.Broker.Pupils()
	s.show.SetText(i18n.T("settings.pupils-hide"))
	s.shown.Add(ui.Form(
		ui.Label(i18n.T("settings.user")), s.env.toCopy(user),
		ui.Label(i18n.T("settings.password")), s.env.toCopy(password),
	))
	s.shown.Refresh()
}
