package wizard

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker/presets"
	"lamplighter/app/connections"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/brokerform"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// brokerPage asks where the messages go: to this computer's own broker, or to
// one of the places that presets describe.
type brokerPage struct {
	w           *wizard
	all         fyne.CanvasObject
	trouble     *trouble
	own         *ui.PickRow
	others      map[string]*ui.PickRow // by the preset's ID
	address     *ui.Select
	known       *ui.Select
	addressHint *widget.Label
	knowBox     fyne.CanvasObject
	place       *fyne.Container // the chosen preset's form
	forms       map[string]*brokerform.Form
	typed       map[string]setup.BrokerChoice // what was answered for each preset
	ownBox      fyne.CanvasObject
	hosts       []string
	before      []setup.Connection // what known lists
}

func newBrokerPage(w *wizard, s setup.Broker) *brokerPage {
	p := &brokerPage{
		w: w, trouble: newTrouble(w.env), place: container.NewStack(), others: map[string]*ui.PickRow{},
		forms: map[string]*brokerform.Form{}, typed: map[string]setup.BrokerChoice{},
	}
	p.own = ui.NewPickRow("broker", i18n.T("wizard.broker.own"), i18n.T("wizard.broker.own-why"), func() {
		p.leave()
		p.w.edit(func(a *setup.Answers) { a.Broker.BuiltIn = true })
	})
	p.own.OnEnter = w.forward
	list := []fyne.CanvasObject{p.own}
	for _, preset := range presets.All() {
		row := ui.NewPickRow(brokerform.GroupIcons[preset.Group], problem.InLanguage(preset.Name), problem.InLanguage(preset.About), func() { p.pick(preset) })
		p.others[preset.ID] = row
		list = append(list, row)
	}
	p.ownAnswers(s)
	p.knownPart(s.Connections)
	right := scrollBox(ui.Card(ui.Rows(p.ownBox, p.knowBox, p.place, ui.Small(i18n.T("wizard.broker.readable")))))
	left := scrollBox(ui.Rows(list...))
	p.all = ui.Padded(ui.Unit*2, container.NewBorder(ui.Rows(ui.Title(i18n.T("wizard.broker.title")), p.trouble.box), nil, nil, nil,
		container.New(splitLayout{0.45}, left, right)))
	return p
}

// pick chooses a preset, with what was answered for it before.
func (p *brokerPage) pick(preset presets.Preset) {
	now := p.w.state().CurrentDraft()
	c := now.Answers.Broker
	if !c.BuiltIn && problem.PresetOf(c).ID == preset.ID {
		return
	}
	if !c.BuiltIn {
		p.typed[problem.PresetOf(c).ID] = c
	}
	p.leave()
	next, had := p.typed[preset.ID]
	if !had {
		next = brokerform.FirstChoice(preset, now.Connections, c)
	}
	next.BuiltIn, next.Address, next.Port = false, c.Address, c.Port
	p.w.edit(func(a *setup.Answers) { a.Broker = next })
}

// knownPart lists the brokers that were used before.
func (p *brokerPage) knownPart(before []setup.Connection) {
	p.known = ui.NewSelect(nil, func(i int) {
		if i >= 0 && i < len(p.before) {
			c := p.before[i]
			p.w.edit(func(a *setup.Answers) {
				a.Broker = a.Broker.As(c)
			})
		}
	})
	p.knowBox = ui.Labelled(i18n.T("wizard.broker.known"), p.known)
	p.listKnown(before, presets.Free)
}

// form is the form of a preset, which is made when it is first shown.
func (p *brokerPage) form(preset presets.Preset, c setup.BrokerChoice) *brokerform.Form {
	f := p.forms[preset.ID]
	if f == nil {
		f = brokerform.New(p.editor(), preset, c)
		p.forms[preset.ID] = f
	}
	return f
}

// editor keeps the answers in the wizard's draft.
func (p *brokerPage) editor() brokerform.Editor {
	return brokerform.Editor{
		Host: brokerform.Host{Shell: p.w.env.Shell, Probe: p.w.env.Connections}, Enter: p.w.forward,
		Now:  func() setup.BrokerChoice { return p.w.state().CurrentDraft().Answers.Broker },
		Edit: func(how func(c *setup.BrokerChoice)) { p.w.edit(func(a *setup.Answers) { how(&a.Broker) }) },
	}
}

// leave ends what goes on in the forms.
func (p *brokerPage) leave() {
	for _, f := range p.forms {
		f.Close()
	}
}

// arrive brings the chosen place into view.
func (p *brokerPage) arrive() {
	chosen := p.own
	if c := p.w.state().CurrentDraft().Answers.Broker; !c.BuiltIn {
		chosen = p.others[problem.PresetOf(c).ID]
	}
	ui.Reveal(chosen)
}

// ownAnswers is what there is to answer about this PC's broker.
func (p *brokerPage) ownAnswers(s setup.Broker) {
	d := s.Defaults
	p.address = ui.NewSelect(nil, func(i int) {
		if i >= 0 && i < len(p.hosts) {
			p.w.edit(func(a *setup.Answers) { a.Broker.Address = p.hosts[i] })
		}
	})
	p.addressHint = ui.Small("")
	p.listAddresses(d)
	p.ownBox = ui.Rows(ui.Labelled(i18n.T("wizard.broker.which-address"), p.address), p.addressHint)
	if d.Local && s.Port.Kind != device.Practice && problem.System == "windows" {
		p.ownBox = ui.Rows(p.ownBox, ui.Notice(ui.Remark, i18n.T("wizard.broker.windows-asks")))
	}
}

// listAddresses lists this PC's addresses, which come and go with its networks.
func (p *brokerPage) listAddresses(d setup.Defaults) {
	var words []string
	p.hosts = nil
	for _, a := range d.Addresses {
		p.hosts = append(p.hosts, a.Prefix.Addr().String())
		words = append(words, addressWords(a))
	}
	if !slices.Equal(words, p.address.Options) {
		p.address.SetOptionsQuietly(words)
	}
	why := ui.Either(len(words) == 0, "wizard.broker.no-network", "wizard.broker.address-why")
	ui.SetText(p.addressHint, i18n.T(why))
	ui.SetEnabled(p.address, len(words) > 0)
}

// ownRuns lets this PC's broker be chosen while it runs.
func (p *brokerPage) ownRuns(yes bool) {
	if yes != p.own.Off {
		return
	}
	why := ui.Either(yes, "wizard.broker.own-why", "wizard.broker.own-off")
	p.own.Off = !yes
	p.own.Set(i18n.T("wizard.broker.own"), i18n.T(why), p.own.Chosen)
	p.own.Refresh()
}

// listKnown lists the brokers of a preset that were used before.
func (p *brokerPage) listKnown(all []setup.Connection, preset string) {
	var names []string
	p.before = nil
	for _, c := range all {
		if presets.ByID(c.Preset).ID == preset {
			names = append(names, c.Name)
			p.before = append(p.before, c)
		}
	}
	if !slices.Equal(names, p.known.Options) {
		p.known.SetOptionsQuietly(names)
	}
	ui.SetVisible(p.knowBox, len(names) > 1)
}

// addressWords is an address with the name of its interface; one that this PC
// has not got at the moment has none.
func addressWords(a setup.Address) string {
	address := a.Prefix.Addr().String()
	if a.Name == "" {
		return address
	}
	return i18n.T("wizard.broker.address", "Address", address, "Name", a.Name)
}

func (p *brokerPage) content() fyne.CanvasObject { return p.all }

func (p *brokerPage) focus() fyne.Focusable {
	c := p.w.state().CurrentDraft().Answers.Broker
	if c.BuiltIn {
		return nil
	}
	f := p.form(problem.PresetOf(c), c)
	for _, field := range f.Preset.Fields {
		if in := f.Fields[field.Key]; in != nil && in.In.Text == "" && !field.Optional {
			return in.In
		}
	}
	if kind := setup.FaultOf(p.trouble.err); kind == fault.BadLogin || kind == fault.NotAllowed {
		if in := f.Fields[presets.Password]; in != nil {
			return in.In
		}
	}
	return nil
}

func (p *brokerPage) update(state setup.State) {
	s, ok := state.(setup.Broker)
	if !ok {
		return
	}
	c := s.Answers.Broker
	preset := problem.PresetOf(c)
	p.problem(s, preset)
	p.own.Choose(c.BuiltIn)
	ui.SetVisible(p.own, !s.Defaults.Locked || !s.Defaults.Other)
	for id, row := range p.others {
		row.Choose(!c.BuiltIn && id == preset.ID)
		ui.SetVisible(row, !s.Defaults.Locked || s.Defaults.Other && id == preset.ID)
	}
	p.ownRuns(s.Defaults.Port != 0)
	p.listAddresses(s.Defaults)
	p.listKnown(s.Connections, preset.ID)
	ui.SetVisible(p.ownBox, c.BuiltIn)
	ui.SetVisible(p.place, !c.BuiltIn)
	for i, h := range p.hosts {
		if h == c.Address {
			p.address.SetQuietly(i)
		}
	}
	if !c.BuiltIn {
		f := p.form(preset, c)
		f.Show(c)
		f.Safety.ShowLookButton(!brokerform.BadCertificate(s.Problem, c.Other.TLS))
		if len(p.place.Objects) != 1 || p.place.Objects[0] != f.All {
			p.place.Objects = []fyne.CanvasObject{f.All}
		}
	} else {
		p.knowBox.Hide()
	}
	p.all.Refresh()
}

// problem shows what is wrong, and the other ways to a platform where one of
// them is shut.
func (p *brokerPage) problem(s setup.Broker, preset presets.Preset) {
	b := s.Answers.Broker
	actions := p.w.anyway(s.Problem)
	if b.BuiltIn {
		p.trouble.show(s.Problem, actions...)
		return
	}
	fields := p.form(preset, b).Fields
	if key, words := problem.FieldText(s.Problem, preset); words != "" {
		p.trouble.refuse(s.Problem, fields[key], words)
		return
	}
	if field, words := problem.ValueWords(s.Problem); words != "" {
		p.trouble.refuse(s.Problem, fields[valueFields[field]], words)
		return
	}
	if unreachable(setup.FaultOf(s.Problem)) {
		actions = append(p.elsewhere(preset, b), actions...)
	}
	if brokerform.OffersTLS(s.Problem) {
		actions = append([]fyne.CanvasObject{ui.NewButton(i18n.T("settings.use-tls"), ui.Icon("lock"), p.useTLS)}, actions...)
	}
	if brokerform.BadCertificate(s.Problem, b.Other.TLS) {
		actions = append([]fyne.CanvasObject{ui.NewButton(i18n.T("certificate.look"), nil, p.showCertificate)}, actions...)
	}
	p.trouble.show(problem.AtPlatform(s.Problem, preset, b.Other), actions...)
}

// valueFields are the fields that an answer is typed into, by its name in the settings
// file.
var valueFields = map[string]presets.Key{"broker.host": presets.Host, "broker.port": presets.Port, "broker.user": presets.User, "broker.pass": presets.Password}

// useTLS tries the broker again with TLS.
func (p *brokerPage) useTLS() {
	p.editor().Edit(func(c *setup.BrokerChoice) { *c = brokerform.WithTLS(problem.PresetOf(*c), *c) })
	p.w.handle(setup.Forward{})
}

// showCertificate shows the certificate that was not trusted; when it is, the
// broker is tried again.
func (p *brokerPage) showCertificate() {
	in := p.editor()
	brokerform.ExamineCertificate(in.Host, connections.ConnectionTo(in.Now()), func(ca string) {
		in.Edit(func(c *setup.BrokerChoice) { c.Other.CA = ca })
		p.w.handle(setup.Forward{})
	})
}

func unreachable(f fault.Fault) bool {
	return f == fault.Unreachable || f == fault.Refused || f == fault.NameNotFound || f == fault.BrokerClosed || f == fault.Unavailable
}

// maxElsewhere is how many other servers are offered.
const maxElsewhere = 2

// elsewhere are buttons that try the platform's other servers, or the only
// one's port with TLS.
func (p *brokerPage) elsewhere(preset presets.Preset, c setup.BrokerChoice) []fyne.CanvasObject {
	var all []fyne.CanvasObject
	at := problem.ServerOf(preset, c.Other)
	for i, s := range preset.Servers {
		if i != at && len(all) < maxElsewhere {
			all = append(all, ui.NewButton(i18n.T("wizard.platform.try", "Name", problem.InLanguage(s.Name)), nil, func() {
				p.w.edit(func(a *setup.Answers) { a.Broker = brokerform.AtServer(a.Broker, s, a.Broker.Other.TLS) })
				p.w.handle(setup.Forward{})
			}))
		}
	}
	if port, secure := problem.OtherPort(preset, c.Other); secure && len(all) == 0 {
		all = append(all, ui.NewButton(i18n.T("wizard.platform.try-tls", "Port", format.Port(port)), nil, func() {
			p.w.edit(func(a *setup.Answers) { a.Broker = brokerform.WithSecurity(preset, a.Broker, true) })
			p.w.handle(setup.Forward{})
		}))
	}
	return all
}

func (p *brokerPage) foot(state setup.State) foot {
	f := p.w.backFoot()
	f.next, f.onNext = i18n.T("wizard.broker.next"), p.w.send(setup.Forward{})
	switch c := state.CurrentDraft().Answers.Broker; {
	case c.BuiltIn && c.Port == 0:
		f.reason = i18n.T("wizard.broker.own-off")
	case c.BuiltIn && c.Address == "":
		f.reason = i18n.T("wizard.broker.no-network")
	case !c.BuiltIn && c.Other.Host == "":
		f.reason = i18n.T("wizard.broker.no-host")
	case !c.BuiltIn:
		f.reason = p.missing(c)
	}
	return f
}

// missing says which of a platform's fields is still empty.
func (p *brokerPage) missing(c setup.BrokerChoice) string {
	preset := problem.PresetOf(c)
	_, words := problem.FieldText(preset.Check(c.Inputs(), false), preset)
	return words
}

// newCheckPage waits while computer and board try the broker.
func newCheckPage(w *wizard, s setup.Checking) *busyPage {
	return newBusyPage(w, "broker", s, func(state setup.State) busy {
		host, port := state.CurrentDraft().Answers.Broker.Endpoint()
		return busy{name: i18n.T("wizard.check.title"), text: i18n.T("wizard.check.text", "Host", host, "Port", strconv.Itoa(port)), part: -1}
	})
}
