package prefs

import (
	"cmp"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/app/broker"
	"lamplighter/app/broker/siot"
	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
)

// siotSection lets this computer's broker stand in for SIoT, and tells the
// addresses that lessons need.
type siotSection struct {
	env  *env
	card *ui.Surface

	run     *ui.Check
	state   *fyne.Container
	details *fyne.Container
	values  *fyne.Container
	port    *portField
	now     siotState
}

// siotState is what the section shows.
type siotState struct {
	off    bool // the broker is
	on     bool
	host   string // this computer's address, "" = none
	broker backend.BrokerState
}

func newSIoTSection(d *env) *siotSection {
	s := &siotSection{env: d, state: ui.Rows(), values: ui.Rows()}
	s.run = ui.NewCheck(i18n.T("settings.siot-run"), func(on bool) {
		d.Settings.Update(func(v *settings.Values) { v.BuiltIn.SIoT = on })
	})
	s.port = newPortField(d, strconv.Itoa(siot.DefaultPort), func(v *settings.Values) *int { return &v.BuiltIn.SIoTPort })
	s.details = ui.Rows(s.values,
		ui.Form(ui.Label(i18n.T("settings.siot-port")), s.port.row),
		ui.Small(i18n.T("settings.siot-pages")),
	)
	s.card = ui.TitledCard(i18n.T("settings.siot"), i18n.T("settings.siot-for"), s.run, s.state, s.details)
	s.draw()
	return s
}

func (s *siotSection) update() {
	v := s.env.Settings.Values().BuiltIn
	now := siotState{off: v.Off, on: v.SIoT, host: v.Address, broker: s.env.Broker.Status()}
	now.broker.Err = nil // told above
	if all := s.env.Broker.Addresses(); now.host == "" && len(all) > 0 {
		now.host = all[0].Prefix.Addr().String()
	}
	s.run.SetQuietly(v.SIoT)
	ui.SetEnabled(s.run, !v.Off)
	s.port.set(cmp.Or(v.SIoTPort, siot.DefaultPort))
	if now != s.now {
		s.now = now
		s.draw()
	}
}

// draw shows the state anew.
func (s *siotSection) draw() {
	s.state.RemoveAll()
	s.values.RemoveAll()
	for _, o := range s.warnings() {
		s.state.Add(o)
	}
	shown := s.now.on && !s.now.off
	ui.SetVisible(s.details, shown)
	if shown {
		s.addresses()
	}
	s.state.Refresh()
	s.values.Refresh()
}

// warnings says what a teacher must know before and while it is on.
func (s *siotSection) warnings() []fyne.CanvasObject {
	n := s.now
	switch {
	case n.off:
		return []fyne.CanvasObject{ui.Notice(ui.Remark, i18n.T("settings.siot-needs"))}
	case !n.on:
		return []fyne.CanvasObject{ui.Small(i18n.T("settings.siot-before"))}
	}
	all := []fyne.CanvasObject{ui.Notice(ui.Warning, i18n.T("settings.siot-now"))}
	if n.broker.Running && n.broker.Port != broker.DefaultPort {
		all = append(all, ui.Notice(ui.Warning, i18n.T("settings.siot-other-port",
			"Port", strconv.Itoa(n.broker.Port), "Usual", strconv.Itoa(broker.DefaultPort))))
	}
	switch {
	case n.broker.SIoT && n.broker.SIoTPort == 0:
		all = append(all, ui.Notice(ui.Failure, i18n.T("settings.siot-no-web")))
	case n.broker.SIoTWanted != 0:
		all = append(all, ui.Notice(ui.Warning, i18n.T("settings.siot-moved",
			"Port", strconv.Itoa(n.broker.SIoTPort), "Wanted", strconv.Itoa(n.broker.SIoTWanted))))
	}
	return all
}

// addresses lists what a lesson's program needs, each to be copied.
func (s *siotSection) addresses() {
	b := s.now.broker
	if s.now.host == "" {
		s.values.Add(ui.Notice(ui.Warning, i18n.T("settings.siot-no-network")))
		return
	}
	s.values.Add(ui.Form(
		ui.Label(i18n.T("settings.siot-address")), s.env.toCopy(s.now.host),
		ui.Label(i18n.T("settings.broker-port")), ui.Code(strconv.Itoa(cmp.Or(b.Port, broker.DefaultPort))),
		ui.Label(i18n.T("settings.user")), s.env.toCopy(siot.User),
		ui.Label(i18n.T("settings.password")), s.env.toCopy(siot.Password),
	))
	if b.SIoTPort == 0 {
		return
	}
	web := "http://" + endpoint.Join(s.now.host, b.SIoTPort)
	login := "&iname=" + siot.User + "&ipwd=" + siot.Password
	s.link(i18n.T("settings.siot-publish"), web+"/publish?topic=xzr/001&msg=on"+login)
	s.link(i18n.T("settings.siot-last"), web+"/lastmessage?topic=xzr/001"+login)
}

// link is a web address, which may need two lines.
func (s *siotSection) link(name, address string) {
	text := ui.Code(address)
	text.Wrapping = fyne.TextWrapBreak
	s.values.Add(ui.Rows(ui.Label(name), container.NewBorder(nil, nil, nil, container.NewVBox(s.env.CopyButton(address)), text)))
}
