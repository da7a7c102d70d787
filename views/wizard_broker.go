package views

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
)

// brokerPage asks through which broker boards and computer talk.
type brokerPage struct {
	w       *wizard
	all     fyne.CanvasObject
	trouble *trouble
	own     *pickRow
	other   *pickRow
	address *choice
	known   *choice
	knowBox fyne.CanvasObject
	host    *field
	port    *field
	user    *field
	pass    *field
	tls     *tick
	ca      *field
	caBox   fyne.CanvasObject
	form    fyne.CanvasObject
	ownBox  fyne.CanvasObject
	hosts   []string
	before  []setup.Connection // what known lists
}

func newBrokerPage(w *wizard, s setup.Broker) *brokerPage {
	p := &brokerPage{w: w, trouble: newTrouble(w.desk)}
	p.own = newPickRow("broker", i18n.T("wizard.broker.own"), i18n.T("wizard.broker.own-why"), p.choose(true))
	p.other = newPickRow("open", i18n.T("wizard.broker.other"), i18n.T("wizard.broker.other-why"), p.choose(false))
	p.own.OnEnter, p.other.OnEnter = w.forward, nil
	p.ownAnswers(s.Defaults)
	p.otherAnswers(s)
	right := scrollBox(card(rows(p.ownBox, p.form)))
	left := scrollBox(rows(p.own, p.other))
	p.all = padded(unit*2, container.NewBorder(rows(title(i18n.T("wizard.broker.title")), p.trouble.box), nil, nil, nil,
		container.New(splitLayout{0.45}, left, right)))
	return p
}

func (p *brokerPage) choose(own bool) func() {
	return func() { p.w.edit(func(a *setup.Answers) { a.Broker.BuiltIn = own }) }
}

// ownAnswers is what there is to answer about this PC's broker.
func (p *brokerPage) ownAnswers(d setup.Defaults) {
	p.address = newChoice(nil, func(i int) {
		if i >= 0 && i < len(p.hosts) {
			p.w.edit(func(a *setup.Answers) { a.Broker.Address = p.hosts[i] })
		}
	})
	p.listAddresses(d)
	p.ownBox = rows(labelled(i18n.T("wizard.broker.which-address"), p.address), small(i18n.T("wizard.broker.address-why")))
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

// listKnown lists the brokers that were used before.
func (p *brokerPage) listKnown(all []setup.Connection) {
	var names []string
	for _, c := range all {
		names = append(names, c.Name)
	}
	p.before = all
	if !slices.Equal(names, p.known.Options) {
		p.known.setOptionsQuietly(names)
	}
	show(p.knowBox, len(names) > 0)
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

// otherAnswers is what there is to answer about another broker.
func (p *brokerPage) otherAnswers(s setup.Broker) {
	b, w := s.Answers.Broker.Other, p.w
	change := func(f func(*device.Broker, string)) func(string) {
		return func(text string) { w.edit(func(a *setup.Answers) { f(&a.Broker.Other, text) }) }
	}
	p.host = w.newField(newEntry(i18n.T("wizard.broker.host-hint")), b.Host, change(func(b *device.Broker, t string) { b.Host = strings.TrimSpace(t) }))
	p.port = w.newField(newEntry("1883"), portText(b.Port), change(func(b *device.Broker, t string) { b.Port, _ = strconv.Atoi(strings.TrimSpace(t)) }))
	p.user = w.newField(newEntry(i18n.T("wizard.broker.optional")), string(b.User), change(func(b *device.Broker, t string) { b.User = device.Text(t) }))
	p.pass = w.newField(newPasswordEntry(i18n.T("wizard.broker.optional")), string(b.Password), change(func(b *device.Broker, t string) { b.Password = device.Text(t) }))
	p.ca = w.newField(newTextEntry("-----BEGIN CERTIFICATE-----"), b.CA, change(func(b *device.Broker, t string) { b.CA = t }))
	p.ca.in.SetMinRowsVisible(3)
	p.tls = newTick(i18n.T("wizard.broker.tls"), func(on bool) {
		w.edit(func(a *setup.Answers) { a.Broker.Other = withTLS(a.Broker.Other, on) })
	})
	p.caBox = labelled(i18n.T("wizard.broker.ca"), p.ca.in)
	p.known = newChoice(nil, func(i int) {
		if i >= 0 && i < len(p.before) {
			w.edit(func(a *setup.Answers) { a.Broker.Other = p.before[i].Broker })
		}
	})
	p.known.PlaceHolder = i18n.T("wizard.broker.known-hint")
	p.knowBox = labelled(i18n.T("wizard.broker.known"), p.known)
	p.listKnown(s.Connections)
	p.form = rows(p.knowBox,
		container.New(splitLayout{0.7}, labelled(i18n.T("wizard.broker.host"), p.host.in), labelled(i18n.T("wizard.broker.port"), p.port.in)),
		container.New(splitLayout{0.5}, labelled(i18n.T("wizard.broker.user"), p.user.in), labelled(i18n.T("wizard.broker.password"), p.pass.in)),
		p.tls, p.caBox)
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
	fault := setup.FaultOf(p.trouble.err)
	switch c := p.w.state().Kept().Answers.Broker; {
	case c.BuiltIn:
		return nil
	case c.Other.Host == "":
		return p.host.in
	case fault == device.BadLogin || fault == device.NotAllowed:
		return p.pass.in
	}
	return nil
}

func (p *brokerPage) update(state setup.State) {
	s, ok := state.(setup.Broker)
	if !ok {
		return
	}
	c := s.Answers.Broker
	p.trouble.show(s.Problem, p.w.anyway(s.Problem)...)
	p.own.choose(c.BuiltIn)
	p.other.choose(!c.BuiltIn)
	p.ownRuns(s.Defaults.Port != 0)
	p.listAddresses(s.Defaults)
	p.listKnown(s.Connections)
	show(p.ownBox, c.BuiltIn)
	show(p.form, !c.BuiltIn)
	for i, h := range p.hosts {
		if h == c.Address && p.address.SelectedIndex() != i {
			p.address.setQuietly(i)
		}
	}
	p.host.show(c.Other.Host)
	p.port.show(portText(c.Other.Port))
	p.user.show(string(c.Other.User))
	p.pass.show(string(c.Other.Password))
	p.ca.show(c.Other.CA)
	show(p.caBox, c.Other.TLS)
	if p.tls.Checked != c.Other.TLS {
		p.tls.setQuietly(c.Other.TLS)
	}
	p.all.Refresh()
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
	}
	return f
}

// newCheckPage waits while computer and board try the broker.
func newCheckPage(w *wizard, s setup.Checking) *busyPage {
	return newBusyPage(w, "broker", s, func(state setup.State) busy {
		host, port := state.Kept().Answers.Broker.Endpoint()
		return busy{name: i18n.T("wizard.check.title"), text: i18n.T("wizard.check.text", "Host", host, "Port", strconv.Itoa(port)), part: -1}
	})
}
