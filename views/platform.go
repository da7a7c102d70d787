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
	"lamplighter/app/discover"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
)

// inWords is a preset's text in the window's language.
func inWords(w presets.Words) string { return w.In(i18n.Language()) }

// calledPreset is what a preset is called within a sentence.
func calledPreset(p presets.Preset) string {
	if short := inWords(p.Short); short != "" {
		return short
	}
	return inWords(p.Name)
}

// platformIcons are those of the groups of presets.
var platformIcons = map[presets.Group]string{presets.Own: "open", presets.Platform: "people", presets.Public: "warning"}

// formHost is what the form of a broker needs of the window and of the network.
type formHost struct {
	*shell
	Strangers Strangers
}

// choiceEditor is where a broker is chosen: in the wizard, or in the settings.
type choiceEditor struct {
	host  formHost
	now   func() setup.BrokerChoice
	edit  func(how func(c *setup.BrokerChoice)) // lets a person's answer count
	enter func()                                // Enter in a field
}

// platformForm asks for what a platform wants to be told once, in the words of
// its own page. It shows and changes the answers that its editor keeps.
type platformForm struct {
	in     choiceEditor
	preset presets.Preset
	all    fyne.CanvasObject
	server *choice
	way    *choice
	wayWhy *widget.Label
	safety *safetyForm
	finder *brokerFinder // nil = its address is known
	fields map[presets.Key]*field
}

func newPlatformForm(in choiceEditor, p presets.Preset, c setup.BrokerChoice) *platformForm {
	f := &platformForm{in: in, preset: p, fields: map[presets.Key]*field{}}
	parts := []fyne.CanvasObject{}
	if words := inWords(p.Warning); words != "" {
		parts = append(parts, notice(failure, words))
	}
	parts = append(parts, f.finderPart()...)
	parts = append(parts, f.serverPart()...)
	parts = append(parts, f.fieldParts(c)...)
	f.safety = newSafetyForm(in, p)
	parts = append(parts, f.safety.tls, f.safety.caBox)
	parts = append(parts, f.wayPart()...)
	parts = append(parts, limitParts(p)...)
	f.all = rows(parts...)
	return f
}

// leave ends what goes on.
func (f *platformForm) leave() {
	if f.finder != nil {
		f.finder.stop()
	}
}

// finderPart looks for brokers in this network, where the address is typed.
func (f *platformForm) finderPart() []fyne.CanvasObject {
	if _, typed := f.preset.Field(presets.Host); !typed {
		return nil
	}
	f.finder = newBrokerFinder(f.in.host, func(b discover.Broker) {
		f.in.edit(func(c *setup.BrokerChoice) {
			if c.Other.Host != foundHost(b) || c.Other.TLS && !b.TLS {
				c.Other.CA = "" // another broker's
			}
			c.Other.Host, c.Other.Port, c.Other.TLS = foundHost(b), b.Port, b.TLS
		})
	})
	return []fyne.CanvasObject{f.finder.all}
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
			f.in.edit(func(c *setup.BrokerChoice) { *c = atServer(*c, f.preset.Servers[i], c.Other.TLS) })
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
		f.fields[field.Key] = f.in.newField(entryFor(field), brokerText(c, field.Key), func(c *setup.BrokerChoice, text string) {
			setBrokerText(c, field.Key, field.Clean(text))
		})
		parts = append(parts, explained(field, f.fields[field.Key].in))
	}
	return parts
}

// newField makes an entry whose changes count.
func (in choiceEditor) newField(e *entry, shown string, typed func(c *setup.BrokerChoice, text string)) *field {
	return newField(e, shown, func(text string) {
		in.edit(func(c *setup.BrokerChoice) { typed(c, text) })
	}, in.enter)
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
			f.in.edit(func(c *setup.BrokerChoice) { c.Way = f.preset.Ways[i].ID })
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
	f.safety.show(c)
}

// fieldWords is the text about a platform's field that is not as it must be, and
// names the field; "" where the error is another.
func fieldWords(err error, p presets.Preset) string {
	var e *presets.FieldError
	if !errors.As(err, &e) {
		return ""
	}
	field, ok := p.Field(e.Key)
	if !ok {
		return ""
	}
	if e.Reason == device.Taken {
		return i18n.T("wizard.platform.field-taken", "Field", inWords(field.Label), "Name", shown(e.By))
	}
	key := "wizard.platform.field-wrong"
	switch e.Reason {
	case device.Missing:
		key = "wizard.platform.field-missing"
	case device.TooLong:
		key = "wizard.platform.field-long"
	case device.Repeated:
		key = "wizard.platform.field-repeated"
	}
	return i18n.T(key, "Field", inWords(field.Label))
}
