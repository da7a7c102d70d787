package views

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app"
	"lamplighter/app/broker/presets"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
)

// brokerPage asks where the messages go: to this computer's own broker, or to
// one of the places that presets describe.
type brokerPage struct {
	w          *wizard
	all        fyne.CanvasObject
	trouble    *trouble
	own        *pickRow
	others     map[string]*pickRow // by the preset's ID
	address    *choice
	known      *choice
	addressWhy *widget.Label
	knowBox    fyne.CanvasObject
	place      *fyne.Container // the chosen preset's form
	forms      map[string]*platformForm
	typed      map[string]setup.BrokerChoice // what was answered for each preset
	ownBox     fyne.CanvasObject
	hosts      []string
	before     []setup.Connection // what known lists
}

func newBrokerPage(w *wizard, s setup.Broker) *brokerPage {
	p := &brokerPage{
		w: w, trouble: newTrouble(w.desk), place: container.NewStack(), others: map[string]*pickRow{},
		forms: map[string]*platformForm{}, typed: map[string]setup.BrokerChoice{},
	}
	p.own = newPickRow("broker", i18n.T("wizard.broker.own"), i18n.T("wizard.broker.own-why"), func() {
		p.leave()
		p.w.edit(func(a *setup.Answers) { a.Broker.BuiltIn = true })
	})
	p.own.OnEnter = w.forward
	list := []fyne.CanvasObject{p.own}
	for _, preset := range presets.All() {
		row := newPickRow(platformIcons[preset.Group], inWords(preset.Name), inWords(preset.About), func() { p.pick(preset) })
		p.others[preset.ID] = row
		list = append(list, row)
	}
	p.ownAnswers(s.Defaults)
	p.knownPart(s.Connections)
	right := scrollBox(card(rows(p.ownBox, p.knowBox, p.place)))
	left := scrollBox(rows(list...))
	p.all = padded(unit*2, container.NewBorder(rows(title(i18n.T("wizard.broker.title")), p.trouble.box), nil, nil, nil,
		container.New(splitLayout{0.45}, left, right)))
	return p
}

// presetOf is the preset that a choice is of. A broker without rules is one of
// one's own.
func presetOf(c setup.BrokerChoice) presets.Preset { return presets.ByID(c.Preset) }

// pick chooses a preset, with what was answered for it before.
func (p *brokerPage) pick(preset presets.Preset) {
	now := p.w.state().Kept()
	c := now.Answers.Broker
	if !c.BuiltIn && presetOf(c).ID == preset.ID {
		return
	}
	if !c.BuiltIn {
		p.typed[presetOf(c).ID] = c
	}
	p.leave()
	next, had := p.typed[preset.ID]
	if !had {
		next = firstChoice(preset, now.Connections, c)
	}
	next.BuiltIn, next.Address, next.Port = false, c.Address, c.Port
	p.w.edit(func(a *setup.Answers) { a.Broker = next })
}

// firstChoice is what can be filled in for a preset: what was used before, or
// the platform's own server and defaults.
func firstChoice(preset presets.Preset, before []setup.Connection, now setup.BrokerChoice) setup.BrokerChoice {
	if now.Other.Host != "" && presetOf(now).ID == preset.ID {
		return now
	}
	for _, c := range before {
		if presets.ByID(c.Preset).ID == preset.ID {
			return setup.BrokerChoice{}.As(c)
		}
	}
	c := setup.BrokerChoice{Preset: preset.ID, Other: device.Broker{KeepAlive: preset.KeepAlive(now.Other.KeepAlive)}}
	if preset.ID == presets.Free {
		c.Preset = ""
	}
	for _, f := range preset.Fields {
		if f.Default != "" && !f.Key.Each() {
			setBrokerText(&c, f.Key, f.Default)
		}
	}
	if len(preset.Servers) > 0 {
		s := preset.Servers[0]
		_, _, secure := s.Secure()
		c = atServer(c, s, secure && !s.OwnCA)
	}
	return c
}

// knownPart lists the brokers that were used before.
func (p *brokerPage) knownPart(before []setup.Connection) {
	p.known = newChoice(nil, func(i int) {
		if i >= 0 && i < len(p.before) {
			c := p.before[i]
			p.w.edit(func(a *setup.Answers) {
				a.Broker = a.Broker.As(c)
			})
		}
	})
	p.knowBox = labelled(i18n.T("wizard.broker.known"), p.known)
	p.listKnown(before, presets.Free)
}

// form is the form of a preset, which is made when it is first shown.
func (p *brokerPage) form(preset presets.Preset, c setup.BrokerChoice) *platformForm {
	f := p.forms[preset.ID]
	if f == nil {
		f = newPlatformForm(p.editor(), preset, c)
		p.forms[preset.ID] = f
	}
	return f
}

// editor keeps the answers in the wizard's draft.
func (p *brokerPage) editor() choiceEditor {
	return choiceEditor{
		host: formHost{shell: p.w.desk.shell, Strangers: p.w.desk.House}, enter: p.w.forward,
		now:  func() setup.BrokerChoice { return p.w.state().Kept().Answers.Broker },
		edit: func(how func(c *setup.BrokerChoice)) { p.w.edit(func(a *setup.Answers) { how(&a.Broker) }) },
	}
}

// leave ends what goes on in the forms.
func (p *brokerPage) leave() {
	for _, f := range p.forms {
		f.leave()
	}
}

// arrive brings the chosen place into view.
func (p *brokerPage) arrive() {
	chosen := p.own
	if c := p.w.state().Kept().Answers.Broker; !c.BuiltIn {
		chosen = p.others[presetOf(c).ID]
	}
	reveal(chosen)
}

// ownAnswers is what there is to answer about this PC's broker.
func (p *brokerPage) ownAnswers(d setup.Defaults) {
	p.address = newChoice(nil, func(i int) {
		if i >= 0 && i < len(p.hosts) {
			p.w.edit(func(a *setup.Answers) { a.Broker.Address = p.hosts[i] })
		}
	})
	p.addressWhy = small("")
	p.listAddresses(d)
	p.ownBox = rows(labelled(i18n.T("wizard.broker.which-address"), p.address), p.addressWhy)
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
		p.address.setOptionsQuietly(words)
	}
	why := "wizard.broker.address-why"
	if len(words) == 0 {
		why = "wizard.broker.no-network"
	}
	setText(p.addressWhy, i18n.T(why))
	enable(p.address, len(words) > 0)
}

// ownRuns lets this PC's broker be chosen while it runs.
func (p *brokerPage) ownRuns(yes bool) {
	if yes != p.own.off {
		return
	}
	why := "wizard.broker.own-why"
	if !yes {
		why = "wizard.broker.own-off"
	}
	p.own.off = !yes
	p.own.set(i18n.T("wizard.broker.own"), i18n.T(why), p.own.chosen)
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
		p.known.setOptionsQuietly(names)
	}
	show(p.knowBox, len(names) > 1)
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

// withTLS changes the port along, where it is the usual one.
func withTLS(b device.Broker, on bool) device.Broker {
	b.TLS = on
	switch {
	case on && b.Port == 1883:
		b.Port = 8883
	case !on && b.Port == 8883:
		b.Port = 1883
	}
	return b
}

func portText(port int) string {
	if port == 0 {
		return ""
	}
	return strconv.Itoa(port)
}

func (p *brokerPage) content() fyne.CanvasObject { return p.all }

func (p *brokerPage) focus() fyne.Focusable {
	c := p.w.state().Kept().Answers.Broker
	if c.BuiltIn {
		return nil
	}
	f := p.form(presetOf(c), c)
	for _, field := range f.preset.Fields {
		if in := f.fields[field.Key]; in != nil && in.in.Text == "" && !field.Optional {
			return in.in
		}
	}
	if fault := setup.FaultOf(p.trouble.err); fault == device.BadLogin || fault == device.NotAllowed {
		if in := f.fields[presets.Password]; in != nil {
			return in.in
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
	preset := presetOf(c)
	p.problem(s, preset)
	p.own.choose(c.BuiltIn)
	for id, row := range p.others {
		row.choose(!c.BuiltIn && id == preset.ID)
	}
	p.ownRuns(s.Defaults.Port != 0)
	p.listAddresses(s.Defaults)
	p.listKnown(s.Connections, preset.ID)
	show(p.ownBox, c.BuiltIn)
	show(p.place, !c.BuiltIn)
	for i, h := range p.hosts {
		if h == c.Address && p.address.SelectedIndex() != i {
			p.address.setQuietly(i)
		}
	}
	if !c.BuiltIn {
		f := p.form(preset, c)
		f.show(c)
		f.safety.offerLook(!badCertificate(s.Problem, c.Other.TLS))
		if len(p.place.Objects) != 1 || p.place.Objects[0] != f.all {
			p.place.Objects = []fyne.CanvasObject{f.all}
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
	if words := fieldWords(s.Problem, preset); words != "" {
		p.trouble.say(s.Problem, notice(warning, words))
		return
	}
	if unreachable(setup.FaultOf(s.Problem)) {
		actions = append(p.elsewhere(preset, b), actions...)
	}
	if badCertificate(s.Problem, b.Other.TLS) {
		actions = append([]fyne.CanvasObject{newButton(i18n.T("certificate.look"), nil, p.lookAtCertificate)}, actions...)
	}
	p.trouble.show(ofBroker(s.Problem, preset, b.Other), actions...)
}

// badCertificate tells whether a problem is a certificate that there is to look at.
func badCertificate(err error, tls bool) bool {
	return tls && setup.FaultOf(err) == device.BadCertificate
}

// lookAtCertificate shows the certificate that was not trusted; when it is, the
// broker is tried again.
func (p *brokerPage) lookAtCertificate() {
	in := p.editor()
	lookAtCertificate(in.host, app.ConnectionTo(in.now()), func(ca string) {
		in.edit(func(c *setup.BrokerChoice) { c.Other.CA = ca })
		p.w.handle(setup.Forward{})
	})
}

func unreachable(f device.Fault) bool {
	return f == device.Unreachable || f == device.Refused || f == device.NameNotFound || f == device.BrokerClosed || f == device.Unavailable
}

// maxElsewhere is how many other servers are offered.
const maxElsewhere = 2

// elsewhere are buttons that try the platform's other servers, or the only
// one's port with TLS.
func (p *brokerPage) elsewhere(preset presets.Preset, c setup.BrokerChoice) []fyne.CanvasObject {
	var all []fyne.CanvasObject
	at := serverOf(preset, c.Other)
	for i, s := range preset.Servers {
		if i != at && len(all) < maxElsewhere {
			all = append(all, newButton(i18n.T("wizard.platform.try", "Name", inWords(s.Name)), nil, func() {
				p.w.edit(func(a *setup.Answers) { a.Broker = atServer(a.Broker, s, a.Broker.Other.TLS) })
				p.w.handle(setup.Forward{})
			}))
		}
	}
	if port, secure := otherPort(preset, c.Other); secure && len(all) == 0 {
		all = append(all, newButton(i18n.T("wizard.platform.try-tls", "Port", portText(port)), nil, func() {
			p.w.edit(func(a *setup.Answers) { a.Broker = secured(preset, a.Broker, true) })
			p.w.handle(setup.Forward{})
		}))
	}
	return all
}

func (p *brokerPage) foot(state setup.State) foot {
	f := p.w.backFoot()
	f.next, f.onNext = i18n.T("wizard.broker.next"), p.w.send(setup.Forward{})
	switch c := state.Kept().Answers.Broker; {
	case c.BuiltIn && c.Port == 0:
		f.why = i18n.T("wizard.broker.own-off")
	case c.BuiltIn && c.Address == "":
		f.why = i18n.T("wizard.broker.no-network")
	case !c.BuiltIn && c.Other.Host == "":
		f.why = i18n.T("wizard.broker.no-host")
	case !c.BuiltIn:
		f.why = p.missing(c)
	}
	return f
}

// missing says which of a platform's fields is still empty.
func (p *brokerPage) missing(c setup.BrokerChoice) string {
	preset := presetOf(c)
	if err := preset.Check(c.Inputs(), false); err != nil {
		return fieldWords(err, preset)
	}
	return ""
}

// newCheckPage waits while computer and board try the broker.
func newCheckPage(w *wizard, s setup.Checking) *busyPage {
	return newBusyPage(w, "broker", s, func(state setup.State) busy {
		host, port := state.Kept().Answers.Broker.Endpoint()
		return busy{name: i18n.T("wizard.check.title"), text: i18n.T("wizard.check.text", "Host", host, "Port", strconv.Itoa(port)), part: -1}
	})
}
