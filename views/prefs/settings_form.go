package prefs

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker/presets"
	"lamplighter/app/clientcert"
	"lamplighter/app/connections"
	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/brokerform"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// connectionForm asks for everything of a connection, in the words of its
// platform, tries it, and keeps it.
type connectionForm struct {
	env     *env
	saved   settings.Connection
	content fyne.CanvasObject
	dialog  *ui.Dialog
	closed  bool

	choice setup.BrokerChoice            // what is answered
	typed  map[string]setup.BrokerChoice // and was for each preset
	forms  map[string]*brokerform.Form

	platform *ui.Select
	about    *widget.Label
	name     *ui.Entry
	place    *fyne.Container // the preset's form
	identity *brokerform.IdentityForm
	advanced *advancedForm

	outcome    *fyne.Container
	wrong      *ui.Wrong
	tested     asked // what the outcome is about
	test       *ui.Button
	cancelTest func()
	turn       int // counts tests, so that one that was ended says nothing
}

func newConnectionForm(d *env, c settings.Connection, login connections.Login) *connectionForm {
	f := &connectionForm{
		env: d, saved: c, outcome: ui.Rows(), place: container.NewStack(), wrong: ui.NewWrong(), about: ui.Small(""),
		typed: map[string]setup.BrokerChoice{}, forms: map[string]*brokerform.Form{},
	}
	f.choice = connections.ChoiceOf(c, login.Password)
	if c.ID == "" && c.Host == "" {
		f.choice = brokerform.FirstChoice(presets.ByID(c.Preset), nil, f.choice)
	}
	var names []string
	for _, p := range presets.All() {
		names = append(names, problem.InLanguage(p.Name))
	}
	f.platform = ui.NewSelect(names, func(i int) {
		if all := presets.All(); i >= 0 && i < len(all) {
			f.pick(all[i])
		}
	})
	f.name = ui.NewEntry(i18n.T("settings.name-example"))
	f.name.Text = c.Name
	f.name.OnSubmitted = func(string) { f.save() }
	f.identity = brokerform.NewIdentityForm(f.editor().Host, clientcert.Pair{Certificate: c.Certificate, Key: login.Key}, f.show)
	f.advanced = newAdvancedForm(f.editor(), c)
	f.test = ui.NewButton(i18n.T("settings.test"), ui.Icon("broker"), f.try)
	f.content = ui.Rows(
		ui.Rows(ui.Labelled(i18n.T("settings.platform"), f.platform), f.about),
		ui.Labelled(i18n.T("settings.name"), f.name),
		f.place, f.advanced.all, f.identity.All,
	)
	f.show()
	return f
}

// editor keeps the answers here until they are saved.
func (f *connectionForm) editor() brokerform.Editor {
	return brokerform.Editor{
		Host: brokerform.Host{Shell: f.env.Shell, Probe: f.env.Connections}, Enter: func() { f.save() },
		Now: func() setup.BrokerChoice { return f.choice },
		Edit: func(how func(c *setup.BrokerChoice)) {
			before := f.choice.Other
			how(&f.choice)
			if now := f.choice.Other; now.TLS != before.TLS || problem.ServerOf(problem.PresetOf(f.choice), now) != problem.ServerOf(problem.PresetOf(f.choice), before) {
				f.choice = f.advanced.atSocket(f.choice)
			}
			f.show()
		},
	}
}

// pick chooses a platform, with what was answered for it before.
func (f *connectionForm) pick(p presets.Preset) {
	before := problem.PresetOf(f.choice)
	if before.ID == p.ID {
		return
	}
	f.typed[before.ID] = f.choice
	f.closeForms()
	next, had := f.typed[p.ID]
	if !had {
		next = brokerform.FirstChoice(p, nil, setup.BrokerChoice{})
	}
	f.choice = f.advanced.atSocket(next)
	f.show()
}

// closeForms ends what goes on in the forms.
func (f *connectionForm) closeForms() {
	for _, form := range f.forms {
		form.Close()
	}
}

// form is the form of the chosen platform, which is made when it is first shown.
func (f *connectionForm) form() *brokerform.Form {
	p := problem.PresetOf(f.choice)
	if f.forms[p.ID] == nil {
		f.forms[p.ID] = brokerform.New(f.editor(), p, f.choice)
	}
	return f.forms[p.ID]
}

// show shows the answers as they are.
func (f *connectionForm) show() {
	p := problem.PresetOf(f.choice)
	for i, o := range presets.All() {
		if o.ID == p.ID {
			f.platform.SetQuietly(i)
		}
	}
	ui.SetText(f.about, problem.InLanguage(p.About))
	form := f.form()
	form.Show(f.choice)
	ui.SetVisible(f.identity.All, f.hasIdentity() && (f.advanced.opened || f.identity.Pair != clientcert.Pair{}))
	f.advanced.show(f.choice)
	if len(f.place.Objects) != 1 || f.place.Objects[0] != form.All {
		f.place.Objects = []fyne.CanvasObject{form.All}
	}
	f.place.Refresh()
	if f.tested != f.asked() {
		f.stopTest() // what was said, or is being tried, is about other answers
		f.test.Enable()
		f.outcome.RemoveAll()
		form.Safety.ShowLookButton(true)
	}
	if f.dialog != nil {
		f.dialog.Fit()
	}
}

// aboutIdentity reports whether a problem is that of this computer's certificate.
func aboutIdentity(err error) bool {
	kind := setup.FaultOf(err)
	return kind == fault.CertificateWanted || kind == fault.CertificateRefused || kind == fault.OwnCertificate
}

// hasIdentity reports whether this computer can show the broker a certificate of
// its own: with TLS, at an address that was typed.
func (f *connectionForm) hasIdentity() bool {
	_, typed := problem.PresetOf(f.choice).Field(presets.Host)
	return typed && f.choice.Other.TLS
}

// connectionWidth keeps what came of a test low, for the form is high.
const connectionWidth = 760

func (f *connectionForm) open() {
	name := ui.Either(f.saved.ID != "", i18n.T("settings.other-change"), i18n.T("settings.other-add"))
	f.dialog = f.env.Ask(ui.Question{Title: name, Content: f.content, Outcome: f.outcome, ExtraButton: f.test, Yes: i18n.T("settings.save"), Do: f.save, Cancelled: f.end, Width: connectionWidth})
}

// flaw is what is wrong with an answer: the sentence that says so, and the field, nil
// for no single one.
type flaw struct {
	text  string
	field *ui.Entry
}

// flawAt is what is wrong with the field of a key.
func (f *connectionForm) flawAt(k presets.Key, text string) flaw {
	if in := f.form().Fields[k]; in != nil {
		return flaw{text, in.In}
	}
	return flaw{text, nil}
}

// read is what was typed, with what is wrong with it.
func (f *connectionForm) read() (c settings.Connection, wrong flaw) {
	p := problem.PresetOf(f.choice)
	c = f.saved
	connections.SetBroker(&c, f.choice)
	c.Name, c.Certificate = strings.TrimSpace(f.name.Text), ""
	if f.hasIdentity() {
		c.Certificate = f.identity.Pair.Certificate
	}
	c.WebSocket, c.Path = f.advanced.websocket.Checked && p.Rules.Remote == "", strings.TrimSpace(f.advanced.path.Text)
	if presets.ByID(f.saved.Preset).ID != p.ID {
		c.TopicPrefix = "" // its own is made when it is kept
	}
	if c.Host != f.saved.Host || presets.ByID(f.saved.Preset).ID != p.ID {
		c.RetainSupport = "" // that was found out elsewhere
	}
	host, err := endpoint.Host(c.Host)
	if err == nil {
		c.Host = host
	}
	switch {
	case err != nil:
		return c, f.flawAt(presets.Host, i18n.T("settings.host-wrong"))
	case !endpoint.IsPort(c.Port):
		return c, f.flawAt(presets.Port, i18n.T("settings.port-wrong"))
	case !f.advanced.applyTopicPrefix(&c):
		return c, flaw{i18n.T("settings.room-wrong"), f.advanced.prefix}
	case f.hasIdentity() && f.identity.Pair != clientcert.Pair{} && !f.identity.Pair.IsComplete():
		return c, flaw{f.identity.Text.Text, nil}
	}
	return c, f.flawAt(problem.FieldText(p.Check(f.choice.Inputs(), false), p))
}

// asked is what a test is about.
type asked struct {
	connection settings.Connection // without a name
	login      connections.Login
}

func (f *connectionForm) asked() asked {
	c, _ := f.read()
	c.Name = ""
	return asked{c, f.login()}
}

func (f *connectionForm) login() connections.Login {
	l := connections.Login{Password: string(f.choice.Other.Password)}
	if f.hasIdentity() {
		l.Key = f.identity.Pair.Key
	}
	return l
}

// refuse says what is wrong with an answer, and brings the keyboard there.
func (f *connectionForm) refuse(x flaw) bool {
	f.showStatus(f.wrong.Box)
	if x.field == f.advanced.prefix {
		f.advanced.open(true)
	}
	f.wrong.Refuse(x.field, x.text)
	f.dialog.Fit()
	return false
}

// showStatus shows what came of the answers as they are now.
func (f *connectionForm) showStatus(o fyne.CanvasObject) {
	f.tested = f.asked()
	f.wrong.Set(nil, "")
	f.outcome.RemoveAll()
	if o != nil {
		f.outcome.Add(o)
	}
	f.outcome.Refresh()
	if f.dialog != nil {
		f.dialog.Fit()
	}
}

// try connects as it was typed, without keeping anything.
func (f *connectionForm) try() {
	c, wrong := f.read()
	if wrong.text != "" {
		f.refuse(wrong)
		return
	}
	f.stopTest()
	f.test.Disable()
	f.showStatus(ui.Notice(ui.Remark, i18n.T("settings.testing", "Address", c.Address())))
	turn := f.turn
	f.cancelTest = f.env.Connections.Test(c, f.login(), func(err error) {
		if f.closed || f.turn != turn {
			return
		}
		f.cancelTest = nil
		f.test.Enable()
		f.form().Safety.ShowLookButton(!brokerform.BadCertificate(err, c.TLS))
		if err != nil {
			if aboutIdentity(err) {
				f.advanced.open(true)
			}
			f.showStatus(f.failed(c, err))
			f.focusLogin(err)
			return
		}
		f.showStatus(ui.Notice(ui.Success, i18n.T("settings.test-good")))
	})
}

// failed explains a test, with TLS where that is what was missing, and a look at the certificate where that was not
// trusted; when it is, the test runs again.
func (f *connectionForm) failed(c settings.Connection, err error) fyne.CanvasObject {
	told := problem.AtPlatform(err, problem.PresetOf(f.choice), f.choice.Other)
	if brokerform.OffersTLS(err) {
		return problem.View(f.env.Shell, told, nil, ui.NewButton(i18n.T("settings.use-tls"), ui.Icon("lock"), func() {
			f.editor().Edit(func(c *setup.BrokerChoice) { *c = brokerform.WithTLS(problem.PresetOf(*c), *c) })
			f.try()
		}))
	}
	if !brokerform.BadCertificate(err, c.TLS) {
		return problem.View(f.env.Shell, told, nil)
	}
	look := ui.NewButton(i18n.T("certificate.look"), ui.Icon("search"), func() {
		brokerform.ExamineCertificate(brokerform.Host{Shell: f.env.Shell, Probe: f.env.Connections}, c, func(ca string) {
			f.editor().Edit(func(c *setup.BrokerChoice) { c.Other.CA = ca })
			f.try()
		})
	})
	return problem.View(f.env.Shell, told, nil, look)
}

// focusLogin brings the password into view where the login was refused: the next
// key types it anew.
func (f *connectionForm) focusLogin(err error) {
	in := f.form().Fields[presets.Password]
	if kind := setup.FaultOf(err); in != nil && (kind == fault.BadLogin || kind == fault.NotAllowed) {
		f.env.Window().Canvas().Focus(in.In)
		in.In.SelectAll()
	}
}

func (f *connectionForm) stopTest() {
	f.turn++
	if f.cancelTest != nil {
		f.cancelTest()
		f.cancelTest = nil
	}
}

// save keeps the broker, where what was typed is one.
func (f *connectionForm) save() bool {
	c, wrong := f.read()
	if wrong.text != "" {
		return f.refuse(wrong)
	}
	f.env.Connections.Save(c, f.login())
	f.end()
	f.dialog.Close()
	f.env.Toast(i18n.T("settings.saved"))
	if f.saved.ID == "" {
		f.env.offerBroker()
	}
	return false // it is closed already, and another may be open
}

// offerBroker asks whether the broker that was just added is to be used.
func (d *env) offerBroker() {
	all := d.Settings.Values().Connections
	if len(all) == 0 {
		return
	}
	c := all[0] // the last one that was kept
	d.Ask(ui.Question{
		Title: i18n.T("settings.use.title", "Name", format.ClientText(cmp.Or(c.Name, c.Host))), Text: i18n.T("settings.use.text"), Yes: i18n.T("settings.use.yes"),
		Do: func() bool {
			d.Settings.Update(func(v *settings.Values) { v.Connection = c.ID })
			return true
		},
	})
}

func (f *connectionForm) end() {
	f.closed = true
	f.stopTest()
	f.closeForms()
}
