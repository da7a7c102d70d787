package views

import (
	"cmp"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker/presets"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
)

// inWords is a preset's text in the window's language.
func inWords(w presets.Words) string { return w.In(i18n.Language()) }

// platformIcons are those of the groups of presets.
var platformIcons = map[presets.Group]string{presets.Own: "open", presets.Platform: "people", presets.Public: "warning"}

// platformForm asks for what a platform wants to be told once, in the words of
// its own page. It shows and changes the answers of the wizard's draft.
type platformForm struct {
	w      *wizard
	preset presets.Preset
	all    fyne.CanvasObject
	server *choice
	way    *choice
	wayWhy *widget.Label
	tls    *tick
	ca     *field
	caBox  fyne.CanvasObject
	fields map[presets.Key]*field
}

func newPlatformForm(w *wizard, p presets.Preset, c setup.BrokerChoice) *platformForm {
	f := &platformForm{w: w, preset: p, fields: map[presets.Key]*field{}}
	parts := []fyne.CanvasObject{}
	if words := inWords(p.Warning); words != "" {
		parts = append(parts, notice(failure, words))
	}
	parts = append(parts, f.serverPart()...)
	parts = append(parts, f.fieldParts(c)...)
	parts = append(parts, f.safetyParts(c)...)
	parts = append(parts, f.wayPart()...)
	parts = append(parts, limitParts(p)...)
	f.all = rows(parts...)
	return f
}

// change lets a person's answer count.
func (f *platformForm) change(how func(c *setup.BrokerChoice)) {
	f.w.edit(func(a *setup.Answers) { how(&a.Broker) })
}

// serverPart lets one of several servers be chosen.
func (f *platformForm) serverPart() []fyne.CanvasObject {
	if len(f.preset.Servers) < 2 {
		return nil
	}
	var names []string
	for _, s := range f.preset.Servers {
		names = append(names, i18n.T("wizard.platform.server-name", "Name", inWords(s.Name), "Host", s.Host))
	}
	f.server = newChoice(names, func(i int) {
		if i >= 0 && i < len(f.preset.Servers) {
			f.change(func(c *setup.BrokerChoice) { *c = atServer(*c, f.preset.Servers[i], c.Other.TLS) })
		}
	})
	return []fyne.CanvasObject{labelled(i18n.T("wizard.platform.server"), f.server)}
}

// atServer is a choice at one of its platform's servers.
func atServer(c setup.BrokerChoice, s presets.Server, tls bool) setup.BrokerChoice {
	c.Other.Host, c.Other.Port, c.Other.TLS = s.Host, s.Port, false
	if host, port, ok := s.Secure(); ok && tls {
		c.Other.Host, c.Other.Port, c.Other.TLS = host, port, true
	}
	if !c.Other.TLS {
		c.Other.CA = ""
	}
	return c
}

// serverOf is which of a preset's servers a choice is at, or -1.
func serverOf(p presets.Preset, b device.Broker) int {
	for i, s := range p.Servers {
		if host, _, _ := s.Secure(); s.Host == b.Host || host == b.Host {
			return i
		}
	}
	return -1
}

// fieldParts are the fields that a preset names.
func (f *platformForm) fieldParts(c setup.BrokerChoice) []fyne.CanvasObject {
	var parts []fyne.CanvasObject
	for _, field := range f.preset.Fields {
		if field.Key.Each() {
			continue
		}
		f.fields[field.Key] = f.w.newField(entryFor(field), brokerText(c, field.Key), func(text string) {
			f.change(func(c *setup.BrokerChoice) { setBrokerText(c, field.Key, text) })
		})
		parts = append(parts, explained(field, f.fields[field.Key].in))
	}
	return parts
}

// entryFor is the entry for a field: masked where it is a secret.
func entryFor(field presets.Field) *entry {
	hint := cmp.Or(field.Example, field.Default)
	if field.Optional && hint == "" {
		hint = i18n.T("wizard.broker.optional")
	}
	if field.Hidden {
		return newPasswordEntry(hint)
	}
	return newEntry(hint)
}

// explained is a field with its name, and where its value is to be found.
func explained(field presets.Field, in fyne.CanvasObject) fyne.CanvasObject {
	box := labelled(inWords(field.Label), in)
	if where := inWords(field.Where); where != "" {
		return rows(box, small(where))
	}
	return box
}

func brokerText(c setup.BrokerChoice, k presets.Key) string {
	switch k {
	case presets.Host:
		return c.Other.Host
	case presets.Port:
		return portText(c.Other.Port)
	case presets.User:
		return string(c.Other.User)
	case presets.Password:
		return string(c.Other.Password)
	}
	return ""
}

func setBrokerText(c *setup.BrokerChoice, k presets.Key, text string) {
	switch k {
	case presets.Host:
		c.Other.Host = strings.TrimSpace(text)
	case presets.Port:
		c.Other.Port, _ = strconv.Atoi(strings.TrimSpace(text))
	case presets.User:
		c.Other.User = device.Text(text)
	case presets.Password:
		c.Other.Password = device.Text(text)
	}
}

// safetyParts are TLS and the authority that is trusted, where there is TLS.
func (f *platformForm) safetyParts(c setup.BrokerChoice) []fyne.CanvasObject {
	if len(f.preset.Servers) > 0 && !f.canEncrypt(c.Other) {
		return nil
	}
	f.tls = newTick(i18n.T("wizard.broker.tls"), func(on bool) {
		f.change(func(c *setup.BrokerChoice) {
			if i := serverOf(f.preset, c.Other); i >= 0 {
				*c = atServer(*c, f.preset.Servers[i], on)
				return
			}
			c.Other = withTLS(c.Other, on)
		})
	})
	f.ca = f.w.newField(newTextEntry("-----BEGIN CERTIFICATE-----"), c.Other.CA, func(text string) {
		f.change(func(c *setup.BrokerChoice) { c.Other.CA = text })
	})
	f.ca.in.SetMinRowsVisible(3)
	f.caBox = labelled(i18n.T("wizard.broker.ca"), f.ca.in)
	return []fyne.CanvasObject{f.tls, f.caBox}
}

func (f *platformForm) canEncrypt(b device.Broker) bool {
	if i := serverOf(f.preset, b); i >= 0 {
		_, _, ok := f.preset.Servers[i].Secure()
		return ok
	}
	return true
}

// wayPart lets one of several ways of making topics be chosen.
func (f *platformForm) wayPart() []fyne.CanvasObject {
	if len(f.preset.Ways) < 2 {
		return nil
	}
	var names []string
	for _, way := range f.preset.Ways {
		names = append(names, inWords(way.Name))
	}
	f.wayWhy = small("")
	f.way = newChoice(names, func(i int) {
		if i >= 0 && i < len(f.preset.Ways) {
			f.change(func(c *setup.BrokerChoice) { c.Way = f.preset.Ways[i].ID })
		}
	})
	return []fyne.CanvasObject{labelled(i18n.T("wizard.platform.way"), f.way), f.wayWhy}
}

// limitParts say what the platform itself does not allow, and where it says so.
func limitParts(p presets.Preset) []fyne.CanvasObject {
	if len(p.Limits) == 0 {
		return nil
	}
	lines := []fyne.CanvasObject{subtitleWrapped(i18n.T("wizard.platform.limits"))}
	for _, l := range p.Limits {
		lines = append(lines, small(i18n.T("wizard.platform.limit", "Limit", inWords(l))))
	}
	for _, address := range p.Docs {
		if u, err := url.Parse(address); err == nil {
			link := widget.NewHyperlink(i18n.T("wizard.platform.docs", "Host", u.Host), u)
			lines = append(lines, link)
		}
	}
	return []fyne.CanvasObject{widget.NewSeparator(), rows(lines...)}
}

// show shows the answers as they are.
func (f *platformForm) show(c setup.BrokerChoice) {
	for k, in := range f.fields {
		in.show(brokerText(c, k))
	}
	if f.server != nil {
		if i := serverOf(f.preset, c.Other); f.server.SelectedIndex() != i && i >= 0 {
			f.server.setQuietly(i)
		}
	}
	if f.way != nil {
		for i, way := range f.preset.Ways {
			if way.ID == f.preset.Way(c.Way).ID && f.way.SelectedIndex() != i {
				f.way.setQuietly(i)
				setText(f.wayWhy, inWords(way.About))
			}
		}
	}
	if f.tls != nil {
		show(f.tls, f.canEncrypt(c.Other))
		if f.tls.Checked != c.Other.TLS {
			f.tls.setQuietly(c.Other.TLS)
		}
		f.ca.show(c.Other.CA)
		show(f.caBox, c.Other.TLS)
	}
}

// fieldWords is the text about a platform's field that is not as it must be, and
// names the field; "" where the error is another.
func fieldWords(err error, p presets.Preset) string {
	var e *presets.ErrField
	if !errors.As(err, &e) {
		return ""
	}
	field, ok := p.Field(e.Key)
	if !ok {
		return ""
	}
	key := "wizard.platform.field-wrong"
	switch e.Reason {
	case device.Missing:
		key = "wizard.platform.field-missing"
	case device.TooLong:
		key = "wizard.platform.field-long"
	}
	return i18n.T(key, "Field", inWords(field.Label))
}
