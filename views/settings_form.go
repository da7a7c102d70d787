package views

import (
	"crypto/x509"
	"io"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/settings"
	"lamplighter/i18n"
)

// connectionForm asks for everything of a broker, tries it, and keeps it.
type connectionForm struct {
	desk    *desk
	was     settings.Connection
	content fyne.CanvasObject
	dialog  *modal
	closed  bool

	name, host, port, user, password, path *entry
	tls, websocket                         *tick
	ca                                     string
	caText                                 *widget.Label
	caNone                                 *button
	caRow, pathRow                         []fyne.CanvasObject
	outcome                                *fyne.Container
	test                                   *button
	cancelTest                             func()
}

func newConnectionForm(d *desk, c settings.Connection, password string) *connectionForm {
	f := &connectionForm{desk: d, was: c, ca: c.CA, outcome: rows()}
	f.name, f.host, f.port = newEntry(i18n.T("settings.name-example")), newEntry("192.168.1.5"), newEntry("1883")
	f.user, f.password, f.path = newEntry(""), newPasswordEntry(""), newEntry("/mqtt")
	f.name.Text, f.host.Text, f.port.Text = c.Name, c.Host, strconv.Itoa(c.Port)
	f.user.Text, f.password.Text, f.path.Text = c.User, password, c.Path
	f.tls = newTick(i18n.T("settings.tls"), f.secure)
	f.websocket = newTick(i18n.T("settings.websocket"), func(bool) { f.arrange() })
	f.tls.Checked, f.websocket.Checked = c.TLS, c.WebSocket

	f.caText = body("")
	choose := newButton(i18n.T("settings.ca-choose"), icon("folder"), f.chooseCA)
	f.caNone = quietButton(i18n.T("settings.ca-none"), nil, func() { f.ca = ""; f.arrange() })
	f.caRow = []fyne.CanvasObject{label(i18n.T("settings.ca")), rows(f.caText, container.NewHBox(choose, f.caNone))}
	f.pathRow = []fyne.CanvasObject{label(i18n.T("settings.path")), f.path}
	f.test = newButton(i18n.T("settings.test"), icon("broker"), f.try)

	pairs := []fyne.CanvasObject{
		label(i18n.T("settings.name")), f.name,
		label(i18n.T("settings.host")), f.host,
		label(i18n.T("settings.port")), narrow(110, f.port),
		label(i18n.T("settings.user")), f.user,
		label(i18n.T("settings.password")), f.password,
		label(i18n.T("settings.safety")), f.tls,
	}
	pairs = append(pairs, f.caRow...)
	pairs = append(pairs, label(""), f.websocket)
	pairs = append(pairs, f.pathRow...)
	f.content = form(pairs...)
	for _, e := range []*entry{f.name, f.host, f.port, f.user, f.password, f.path} {
		e.OnSubmitted = func(string) { f.save() }
	}
	f.arrange()
	return f
}

func (f *connectionForm) open() {
	name := i18n.T("settings.other-add")
	if f.was.ID != "" {
		name = i18n.T("settings.other-change")
	}
	f.dialog = f.desk.ask(question{Title: name, Content: f.content, Outcome: f.outcome, More: f.test, Yes: i18n.T("settings.save"), Do: f.save, Cancelled: f.end})
	f.desk.window().Canvas().Focus(f.name)
}

// arrange shows the rows that the choices make sense of.
func (f *connectionForm) arrange() {
	for _, o := range f.caRow {
		setVisible(o, f.tls.Checked)
	}
	for _, o := range f.pathRow {
		setVisible(o, f.websocket.Checked)
	}
	if f.ca == "" {
		f.caText.SetText(i18n.T("settings.ca-system"))
	} else {
		f.caText.SetText(i18n.T("settings.ca-own", "Name", caName(f.ca)))
	}
	setVisible(f.caNone, f.ca != "")
	if f.dialog != nil {
		f.dialog.fit()
	}
}

// secure follows the tick with the port that goes with it, where the port is
// the usual one of the other choice.
func (f *connectionForm) secure(on bool) {
	switch {
	case on && f.port.Text == "1883":
		f.port.SetText("8883")
	case !on && f.port.Text == "8883":
		f.port.SetText("1883")
	}
	f.arrange()
}

// read is what was typed, or the sentence that says what is wrong with it.
func (f *connectionForm) read() (c settings.Connection, wrong string) {
	c = f.was
	c.Name, c.Host = strings.TrimSpace(f.name.Text), strings.TrimSpace(f.host.Text)
	c.User, c.TLS, c.WebSocket = f.user.Text, f.tls.Checked, f.websocket.Checked
	c.Path, c.CA = strings.TrimSpace(f.path.Text), f.ca
	port, ok := parsePort(f.port.Text)
	c.Port = port
	switch {
	case c.Host == "" || strings.ContainsAny(c.Host, " \t/\\") || strings.Contains(c.Host, "://"):
		return c, i18n.T("settings.host-wrong")
	case !ok:
		return c, i18n.T("settings.port-wrong")
	}
	return c, ""
}

func (f *connectionForm) say(o fyne.CanvasObject) {
	f.outcome.RemoveAll()
	if o != nil {
		f.outcome.Add(o)
	}
	f.outcome.Refresh()
	if f.dialog != nil {
		f.dialog.fit()
	}
}

// try connects as it was typed, without keeping anything.
func (f *connectionForm) try() {
	c, wrong := f.read()
	if wrong != "" {
		f.say(notice(failure, wrong))
		return
	}
	f.stopTest()
	f.test.Disable()
	f.say(notice(remark, i18n.T("settings.testing", "Address", hostPort(c.Host, c.Port))))
	f.cancelTest = f.desk.House.Test(c, f.password.Text, func(err error) {
		if f.closed {
			return
		}
		f.cancelTest = nil
		f.test.Enable()
		if err != nil {
			f.say(f.desk.problemView(err, nil))
			return
		}
		f.say(notice(success, i18n.T("settings.test-good")))
	})
}

func (f *connectionForm) stopTest() {
	if f.cancelTest != nil {
		f.cancelTest()
		f.cancelTest = nil
	}
}

// save keeps the broker. The dialog stays until it is kept.
func (f *connectionForm) save() bool {
	c, wrong := f.read()
	if wrong != "" {
		f.say(notice(failure, wrong))
		return false
	}
	f.desk.House.SaveConnection(c, f.password.Text, func(err error) {
		if f.closed {
			return
		}
		if err != nil {
			f.say(f.desk.problemView(err, nil))
			return
		}
		f.end()
		f.dialog.close()
		f.desk.toast(i18n.T("settings.saved"))
	})
	return false
}

func (f *connectionForm) end() {
	f.closed = true
	f.stopTest()
}

// maxCA bounds a CA file, in bytes.
const maxCA = 1 << 20

func (f *connectionForm) chooseCA() {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil || r == nil {
			return
		}
		defer func() { _ = r.Close() }()
		data, err := io.ReadAll(io.LimitReader(r, maxCA))
		if err != nil || !x509.NewCertPool().AppendCertsFromPEM(data) {
			f.say(notice(failure, i18n.T("settings.ca-wrong")))
			return
		}
		f.ca = string(data)
		f.say(nil)
		f.arrange()
	}, f.desk.window())
	d.Show()
}
