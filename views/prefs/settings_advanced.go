package prefs

import (
	"regexp"
	"strings"

	"fyne.io/fyne/v2"

	"lamplighter/app/broker/presets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/i18n"
	"lamplighter/views/brokerform"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// advancedForm is what is beside a platform's own form: the class's random first
// level, where the platform has one, and what few need, another address than the
// platform's own and MQTT through WebSocket.
type advancedForm struct {
	in     brokerform.Editor
	all    fyne.CanvasObject
	fold   *ui.Button
	box    fyne.CanvasObject
	opened bool

	host, port       *ui.Field
	hostBox, portBox fyne.CanvasObject
	websocket        *ui.Check
	path             *ui.Entry
	pathBox          fyne.CanvasObject
	prefix           *ui.Entry
	prefixBox        fyne.CanvasObject
}

func newAdvancedForm(in brokerform.Editor, c settings.Connection) *advancedForm {
	f := &advancedForm{in: in, opened: c.WebSocket}
	f.fold = ui.QuietButton(i18n.T("settings.advanced"), ui.Icon("right"), func() { f.open(!f.opened) })
	f.host = in.NewField(ui.NewEntry(""), c.Host, func(c *setup.BrokerChoice, text string) { brokerform.SetBrokerText(c, presets.Host, text) })
	f.port = in.NewField(ui.NewEntry(""), format.Port(c.Port), func(c *setup.BrokerChoice, text string) { brokerform.SetBrokerText(c, presets.Port, text) })
	f.hostBox, f.portBox = ui.Labelled(i18n.T("settings.host"), f.host.In), ui.Labelled(i18n.T("settings.port"), f.port.In)
	f.websocket = ui.NewCheck(i18n.T("settings.websocket"), func(bool) {
		in.Edit(func(c *setup.BrokerChoice) { *c = f.atSocket(*c) })
	})
	f.websocket.Checked = c.WebSocket
	f.path = ui.NewEntry("/mqtt")
	f.path.Text = c.Path
	f.path.OnChanged = func(string) { in.Edit(func(*setup.BrokerChoice) {}) } // nothing; a test is not about it any more
	f.path.OnSubmitted = func(string) { in.Enter() }
	f.pathBox = ui.Labelled(i18n.T("settings.path"), f.path)
	f.prefix = ui.NewEntry(i18n.T("settings.room-new"))
	f.prefix.Text = c.TopicPrefix
	f.prefix.OnSubmitted = func(string) { in.Enter() }
	f.prefixBox = ui.Rows(ui.Labelled(i18n.T("settings.room"), f.prefix), ui.Small(i18n.T("settings.room-for")))
	f.box = ui.Rows(f.hostBox, f.portBox, f.websocket, f.pathBox)
	f.all = ui.Rows(f.prefixBox, ui.Row(f.fold), f.box)
	return f
}

// prefixForm is a level of a topic that strangers will not come to by chance.
var prefixForm = regexp.MustCompile(`^[A-Za-z0-9_-]{8,32}$`)

// applyTopicPrefix puts the first level in that was typed, and reports whether it can be
// one. An empty one is made when the connection is kept.
func (f *advancedForm) applyTopicPrefix(c *settings.Connection) bool {
	if !presets.ByID(c.Preset).Rules.RandomPrefix {
		return true
	}
	was := c.TopicPrefix
	c.TopicPrefix = strings.TrimSpace(f.prefix.Text)
	return c.TopicPrefix == was || c.TopicPrefix == "" || prefixForm.MatchString(c.TopicPrefix)
}

// open shows what few need, or hides it.
func (f *advancedForm) open(yes bool) {
	f.opened = yes
	f.in.Edit(func(*setup.BrokerChoice) {}) // nothing; it is shown anew
}

func (f *advancedForm) show(c setup.BrokerChoice) {
	p := problem.PresetOf(c)
	_, asked := p.Field(presets.Host)
	f.host.Show(c.Other.Host)
	f.port.Show(format.Port(c.Other.Port))
	ui.SetVisible(f.hostBox, !asked)
	ui.SetVisible(f.portBox, !asked)
	ui.SetVisible(f.websocket, p.Rules.Remote == "")
	ui.SetVisible(f.pathBox, f.websocket.Checked && p.Rules.Remote == "")
	ui.SetVisible(f.prefixBox, p.Rules.RandomPrefix)
	ui.SetVisible(f.box, f.opened)
	name := ui.Either(f.opened, "down", "right")
	f.fold.SetIcon(ui.Icon(name))
}

// atSocket is a choice at the port of its platform's server for MQTT through
// WebSocket, or without it, as it is ticked. A port of one's own stays.
func (f *advancedForm) atSocket(c setup.BrokerChoice) setup.BrokerChoice {
	p := problem.PresetOf(c)
	i := problem.ServerOf(p, c.Other)
	if i < 0 {
		return c
	}
	s := p.Servers[i]
	c = brokerform.AtServer(c, s, c.Other.TLS)
	if !f.websocket.Checked || s.WSPort == 0 && s.WSSPort == 0 {
		return c
	}
	c.Other.Host, c.Other.TLS = s.Host, s.WSPort == 0 || c.Other.TLS && s.WSSPort != 0
	c.Other.Port = s.WSPort
	if c.Other.TLS {
		c.Other.Port = s.WSSPort
	}
	f.path.SetText(s.WSPath)
	return c
}
