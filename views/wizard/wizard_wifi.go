package wizard

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/device/practice"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// wifiPage asks for the network and its password. The list is what the board
// itself sees.
type wifiPage struct {
	w        *wizard
	all      fyne.CanvasObject
	trouble  *trouble
	list     *fyne.Container
	rows     map[device.Text]*ui.PickRow
	other    *ui.PickRow
	rescan   *ui.Button
	looking  *widget.Label
	name     *widget.Label
	ssid     *ui.Field
	ssidBox  fyne.CanvasObject
	password *ui.Field
	passBox  fyne.CanvasObject
	remark   *widget.Label
	locked   bool // the chosen network wants a password, as far as the board can tell
}

func newWiFiPage(w *wizard, s setup.WiFi) *wifiPage {
	p := &wifiPage{w: w, trouble: newTrouble(w.env), rows: map[device.Text]*ui.PickRow{}, list: ui.Rows()}
	p.list.Layout = &ui.StackLayout{Gap: ui.Unit / 2}
	p.other = ui.NewPickRow("plus", i18n.T("wizard.wifi.other"), i18n.T("wizard.wifi.other-why"), func() {
		w.handle(setup.ByHand{On: true})
		w.env.Window().Canvas().Focus(p.ssid.In)
	})
	p.rescan = ui.QuietButton(i18n.T("wizard.wifi.rescan"), ui.Icon("refresh"), w.send(setup.Rescan{}))
	p.looking = ui.Small("")
	p.name = ui.Subtitle("")
	p.name.Truncation = fyne.TextTruncateEllipsis
	p.ssid = w.newField(ui.NewEntry(i18n.T("wizard.wifi.ssid-hint")), string(s.Answers.WiFi.SSID), func(text string) {
		w.edit(func(a *setup.Answers) { a.WiFi.SSID = device.Text(text) })
	})
	p.password = w.newField(ui.NewPasswordEntry(i18n.T("wizard.wifi.password-hint")), string(s.Answers.WiFi.Password), func(text string) {
		w.edit(func(a *setup.Answers) { a.WiFi.Password = device.Text(text) })
	})
	p.ssidBox = ui.Labelled(i18n.T("wizard.wifi.ssid"), p.ssid.In)
	p.passBox = ui.Labelled(i18n.T("wizard.wifi.password"), p.password.In)
	p.remark = ui.Small("")
	head := container.NewBorder(nil, nil, nil, ui.Row(p.rescan), ui.Rows(ui.Title(i18n.T("wizard.wifi.title"))))
	left := scrollBox(p.list)
	right := ui.Card(ui.Rows(p.name, p.ssidBox, p.passBox, p.remark))
	p.all = ui.Padded(ui.Unit*2, container.NewBorder(ui.Rows(head, p.trouble.box), nil, nil, nil,
		container.New(splitLayout{0.52}, left, scrollBox(right))))
	return p
}

// splitLayout gives two objects their shares of the width.
type splitLayout struct{ left float32 }

func (s splitLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	at := size.Width * s.left
	ui.SetBounds(objects[0], 0, 0, at-ui.Unit, size.Height)
	ui.SetBounds(objects[1], at+ui.Unit, 0, size.Width-at-ui.Unit, size.Height)
}

func (s splitLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(a.Width+b.Width+2*ui.Unit, max(a.Height, b.Height))
}

func (p *wifiPage) content() fyne.CanvasObject { return p.all }

func (p *wifiPage) focus() fyne.Focusable {
	d := p.w.state().CurrentDraft()
	switch {
	case d.ByHand && d.Answers.WiFi.SSID == "":
		return p.ssid.In
	case d.Answers.WiFi.SSID != "" && p.passBox.Visible() && p.locked && (d.Answers.WiFi.Password == "" || p.trouble.err != nil):
		return p.password.In
	case d.Answers.WiFi.SSID == "" && !d.ByHand && len(p.list.Objects) > 0:
		if r, ok := p.list.Objects[0].(*ui.PickRow); ok && r != p.other {
			return r // from there the arrows walk
		}
	}
	return nil
}

func (p *wifiPage) update(state setup.State) {
	s, ok := state.(setup.WiFi)
	if !ok {
		return
	}
	first := len(p.rows) == 0
	p.listNetworks(s)
	if field, words := problem.ValueWords(s.Problem); words != "" {
		p.trouble.refuse(s.Problem, map[string]*ui.Field{"wifi.ssid": p.ssid, "wifi.pass": p.password}[field], words)
	} else {
		p.trouble.show(s.Problem, p.w.anyway(s.Problem)...)
	}
	ui.SetEnabled(p.rescan, !s.Scanning)
	p.detail(s)
	p.all.Refresh()
	if first && len(p.rows) > 0 {
		p.w.focusIdle()
	}
}

// anyway is the way past a test that failed, where there is one.
func (w *wizard) anyway(err error) []fyne.CanvasObject {
	if err == nil || setup.FaultOf(err) == fault.BadValue || setup.FaultOf(err) == fault.WiFiEnterprise {
		return nil
	}
	return []fyne.CanvasObject{ui.NewButton(i18n.T("wizard.anyway"), nil, w.send(setup.SkipTest{}))}
}

func (p *wifiPage) listNetworks(s setup.WiFi) {
	ui.SetText(p.looking, i18n.T(ui.Either(s.Scanning, "wizard.wifi.scanning", "wizard.wifi.nothing")))
	p.list.Objects = nil
	for _, n := range s.Networks {
		if n.SSID != "" {
			p.list.Add(p.row(n, !s.Draft.ByHand && n.SSID == s.Answers.WiFi.SSID))
		}
	}
	if len(p.list.Objects) == 0 || s.Scanning {
		p.list.Add(p.looking)
	}
	p.other.Choose(s.Draft.ByHand)
	p.list.Add(p.other)
}

func (p *wifiPage) row(n device.Network, chosen bool) *ui.PickRow {
	r := p.rows[n.SSID]
	if r == nil {
		r = ui.NewPickRow("wifi", format.SafeLine(n.SSID), "", nil)
		r.OnEnter = func() { p.w.focusPage() }
		p.rows[n.SSID] = r
	}
	r.OnPick = func() { p.pick(n) }
	remark := ui.Either(n.Auth == device.AuthEnterprise, i18n.T("wizard.wifi.enterprise"), "")
	right := []string{signalIcon(n.RSSI)}
	if n.Auth != device.AuthOpen {
		right = []string{"lock", signalIcon(n.RSSI)}
	}
	r.Set(format.SafeLine(n.SSID), remark, chosen, right...)
	return r
}

// pick takes a network, with its password where that is remembered.
func (p *wifiPage) pick(n device.Network) {
	d := p.w.state().CurrentDraft()
	if d.ByHand {
		p.w.handle(setup.ByHand{On: false})
	}
	if d.Answers.WiFi.SSID != n.SSID {
		chosen := device.WiFi{SSID: n.SSID, Hidden: n.Hidden}
		for _, w := range d.Defaults.WiFi {
			if w.SSID == n.SSID {
				chosen.Password = w.Password
			}
		}
		p.w.edit(func(a *setup.Answers) { a.WiFi = chosen })
	}
	if p.focus() != nil {
		p.w.focusPage()
	}
}

// signalIcon is a signal in bars: -55 dBm and more is all four of them.
func signalIcon(rssi int) string {
	for i, least := range []int{-55, -65, -75, -85} {
		if rssi >= least {
			return "signal-" + string(rune('4'-i))
		}
	}
	return "signal-0"
}

// detail is what there is to answer about the chosen network.
func (p *wifiPage) detail(s setup.WiFi) {
	a := s.Answers.WiFi
	auth, seen := device.AuthWPA2, false
	for _, n := range s.Networks {
		if n.SSID == a.SSID && !s.Draft.ByHand {
			auth, seen = n.Auth, true
		}
	}
	name, remark := format.SafeLine(a.SSID), i18n.T("wizard.wifi.rule")
	switch {
	case s.Draft.ByHand:
		name, remark = i18n.T("wizard.wifi.other"), i18n.T("wizard.wifi.by-hand-remark")
	case a.SSID == "":
		name, remark = i18n.T("wizard.wifi.none-chosen"), i18n.T("wizard.wifi.five")
	case !seen && !s.Scanning:
		remark = i18n.T("wizard.wifi.not-seen")
	case auth == device.AuthOpen:
		remark = i18n.T("wizard.wifi.open")
	case auth == device.AuthEnterprise:
		remark = i18n.T("wizard.wifi.enterprise-why")
	}
	if s.Port.Kind == device.Practice && auth != device.AuthOpen && a.SSID != "" {
		remark = i18n.T("wizard.wifi.practice", "Password", practice.Password)
	}
	p.locked = auth != device.AuthOpen
	ui.SetText(p.name, name)
	ui.SetText(p.remark, remark)
	ui.SetVisible(p.ssidBox, s.Draft.ByHand)
	ui.SetVisible(p.passBox, a.SSID != "" && auth != device.AuthEnterprise || s.Draft.ByHand)
	p.ssid.Show(string(a.SSID))
	p.password.Show(string(a.Password))
}

func (p *wifiPage) foot(state setup.State) foot {
	f := p.w.backFoot()
	f.next, f.onNext = i18n.T("wizard.wifi.next"), p.w.send(setup.Forward{})
	if state.CurrentDraft().Answers.WiFi.SSID == "" {
		f.reason = i18n.T("wizard.wifi.choose-first")
	}
	return f
}

// newJoinPage waits while the board tries the network.
func newJoinPage(w *wizard, s setup.Joining) *busyPage {
	return newBusyPage(w, "wifi", s, func(state setup.State) busy {
		return busy{name: i18n.T("wizard.join.title", "Name", format.SafeLine(state.CurrentDraft().Answers.WiFi.SSID)), text: i18n.T("wizard.join.text"), part: -1}
	})
}
