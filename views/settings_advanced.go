package views

import (
	"regexp"
	"strings"

	"fyne.io/fyne/v2"

	"lamplighter/app/broker/presets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/i18n"
)

// advancedForm is what is beside a platform's own form: the class's random first
// level, where the platform has one, and what few need, another address than the
// platform's own and MQTT through WebSocket.
type advancedForm struct {
	in     choiceEditor
	all    fyne.CanvasObject
	fold   *button
	box    fyne.CanvasObject
	opened bool

	host, port       *field
	hostBox, portBox fyne.CanvasObject
	websocket        *tick
	path             *entry
	pathBox          fyne.CanvasObject
	room             *entry
	roomBox          fyne.CanvasObject
}

func newAdvancedForm(in choiceEditor, c settings.Connection) *advancedForm {
	f := &advancedForm{in: in, opened: c.WebSocket}
	f.fold = quietButton(i18n.T("settings.advanced"), icon("right"), func() { f.open(!f.opened) })
	f.host = in.newField(newEntry(""), c.Host, func(c *setup.BrokerChoice, text string) { setBrokerText(c, presets.Host, text) })
	f.port = in.newField(newEntry(""), portText(c.Port), func(c *setup.BrokerChoice, text string) { setBrokerText(c, presets.Port, text) })
	f.hostBox, f.portBox = labelled(i18n.T("settings.host"), f.host.in), labelled(i18n.T("settings.port"), f.port.in)
	f.websocket = newTick(i18n.T("settings.websocket"), func(bool) {
		in.edit(func(c *setup.BrokerChoice) { *c = f.atSocket(*c) })
	})
	f.websocket.Checked = c.WebSocket
	f.path = newEntry("/mqtt")
	f.path.Text = c.Path
	f.path.OnChanged = func(string) { in.edit(func(*setup.BrokerChoice) {}) } // nothing; a test is not about it any more
	f.path.OnSubmitted = func(string) { in.enter() }
	f.pathBox = labelled(i18n.T("settings.path"), f.path)
	f.room = newEntry(i18n.T("settings.room-new"))
	f.room.Text = c.Room
	f.room.OnSubmitted = func(string) { in.enter() }
	f.roomBox = rows(labelled(i18n.T("settings.room"), f.room), small(i18n.T("settings.room-for")))
	f.box = rows(f.hostBox, f.portBox, f.websocket, f.pathBox)
	f.all = rows(f.roomBox, row(f.fold), f.box)
	return f
}

// roomForm is a level of a topic that strangers will not come to by chance.
var roomForm = regexp.MustCompile(`^[A-Za-z0-9_-]{8,32}$`)

// takeRoom puts the first level in that was typed, and tells whether it can be
// one. An empty one is made when the connection is kept.
func (f *advancedForm) takeRoom(c *settings.Connection) bool {
	if !presets.ByID(c.Preset).Rules.Room {
		return true
	}
	was := c.Room
	c.Room = strings.TrimSpace(f.room.Text)
	return c.Room == was || c.Room == "" || roomForm.MatchString(c.Room)
}

// open shows what few need, or hides it.
func (f *advancedForm) open(yes bool) {
	f.opened = yes
	f.in.edit(func(*setup.BrokerChoice) {}) // nothing; it is shown anew
}

func (f *advancedForm) show(c setup.BrokerChoice) {
	p := presetOf(c)
	_, asked := p.Field(presets.Host)
	f.host.show(c.Other.Host)
	f.port.show(portText(c.Other.Port))
	show(f.hostBox, !asked)
	show(f.portBox, !asked)
	show(f.websocket, p.Rules.Remote == "")
	show(f.pathBox, f.websocket.Checked && p.Rules.Remote == "")
	show(f.roomBox, p.Rules.Room)
	show(f.box, f.opened)
	name := "right"
	if f.opened {
		name = "down"
	}
	f.fold.SetIcon(icon(name))
}

// atSocket is a choice at the port of its platform's server for MQTT through
// WebSocket, or without it, as it is ticked. A port of one's own stays.
func (f *advancedForm) atSocket(c setup.BrokerChoice) setup.BrokerChoice {
	p := presetOf(c)
	i := serverOf(p, c.Other)
	if i < 0 {
		return c
	}
	s := p.Servers[i]
	c = atServer(c, s, c.Other.TLS)
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
