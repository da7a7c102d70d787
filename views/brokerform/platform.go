package brokerform

import (
	"cmp"
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
	"lamplighter/views/backend"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// GroupIcons are those of the groups of presets.
var GroupIcons = map[presets.Group]string{presets.Own: "broker", presets.Platform: "cloud", presets.Public: "globe"}

// Host is what the form of a broker needs of the window and of the network.
type Host struct {
	*ui.Shell
	Probe backend.Probe
}

// Editor is where a broker is chosen: in the wizard, or in the settings.
type Editor struct {
	Host  Host
	Now   func() setup.BrokerChoice
	Edit  func(how func(c *setup.BrokerChoice)) // lets a person's answer count
	Enter func()                                // Enter in a field
}

// Form asks for what a platform wants to be told once, in the words of
// its own page. It shows and changes the answers that its editor keeps.
type Form struct {
	in         Editor
	Preset     presets.Preset
	All        fyne.CanvasObject
	server     *ui.Select
	scheme     *ui.Select
	schemeHelp *widget.Label
	Safety     *safetyForm
	Finder     *BrokerFinder // nil = its address is known
	Fields     map[presets.Key]*ui.Field
}

// New makes the form for a platform's fields, filled with what was chosen before.
func New(in Editor, p presets.Preset, c setup.BrokerChoice) *Form {
	f := &Form{in: in, Preset: p, Fields: map[presets.Key]*ui.Field{}}
	parts := []fyne.CanvasObject{}
	if words := problem.InLanguage(p.Warning); words != "" {
		parts = append(parts, ui.Notice(ui.Failure, words))
	}
	parts = append(parts, f.finderPart()...)
	parts = append(parts, f.serverPart()...)
	parts = append(parts, f.fieldParts(c)...)
	f.Safety = newSafetyForm(in, p)
	parts = append(parts, f.Safety.TLS, f.Safety.CaBox)
	parts = append(parts, f.schemePart()...)
	parts = append(parts, limitParts(p)...)
	f.All = ui.Rows(parts...)
	return f
}

// Close ends what goes on.
func (f *Form) Close() {
	if f.Finder != nil {
		f.Finder.stop()
	}
}

// finderPart looks for brokers in this network, where the address of one may be typed.
func (f *Form) finderPart() []fyne.CanvasObject {
	if _, typed := f.Preset.Field(presets.Host); !typed || f.Preset.Group != presets.Own {
		return nil
	}
	f.Finder = NewBrokerFinder(f.in.Host, func(b discover.Broker) {
		f.in.Edit(func(c *setup.BrokerChoice) {
			if c.Other.Host != foundHost(b) || c.Other.TLS && !b.TLS {
				c.Other.CA = "" // another broker's
			}
			c.Other.Host, c.Other.Port, c.Other.TLS = foundHost(b), b.Port, b.TLS
		})
	})
	return []fyne.CanvasObject{f.Finder.all}
}

// serverPart lets one of several servers be chosen.
func (f *Form) serverPart() []fyne.CanvasObject {
	if len(f.Preset.Servers) < 2 {
		return nil
	}
	var names []string
	for _, s := range f.Preset.Servers {
		names = append(names, i18n.T("wizard.platform.server-name", "Name", problem.InLanguage(s.Name), "Host", s.Host))
	}
	f.server = ui.NewSelect(names, func(i int) {
		if i >= 0 && i < len(f.Preset.Servers) {
			f.in.Edit(func(c *setup.BrokerChoice) { *c = AtServer(*c, f.Preset.Servers[i], c.Other.TLS) })
		}
	})
	return []fyne.CanvasObject{ui.Labelled(i18n.T("wizard.platform.server"), f.server)}
}

// AtServer is a choice at one of its platform's servers.
func AtServer(c setup.BrokerChoice, s presets.Server, tls bool) setup.BrokerChoice {
	c.Other.Host, c.Other.Port, c.Other.TLS = s.Host, s.Port, false
	if host, port, ok := s.Secure(); ok && tls {
		c.Other.Host, c.Other.Port, c.Other.TLS = host, port, true
	}
	if !c.Other.TLS {
		c.Other.CA = ""
	}
	return c
}

// fieldParts are the fields that a preset names.
func (f *Form) fieldParts(c setup.BrokerChoice) []fyne.CanvasObject {
	var parts []fyne.CanvasObject
	for _, field := range f.Preset.Fields {
		if field.Key.PerBoard() {
			continue
		}
		f.Fields[field.Key] = f.in.NewField(EntryFor(field), brokerText(c, field.Key), func(c *setup.BrokerChoice, text string) {
			SetBrokerText(c, field.Key, field.Clean(text))
		})
		parts = append(parts, FieldWithHelp(field, f.Fields[field.Key].In))
	}
	return parts
}

// NewField makes an entry whose changes count.
func (in Editor) NewField(e *ui.Entry, shown string, typed func(c *setup.BrokerChoice, text string)) *ui.Field {
	return ui.NewField(e, shown, func(text string) {
		in.Edit(func(c *setup.BrokerChoice) { typed(c, text) })
	}, in.Enter)
}

// EntryFor is the entry for a field: masked where it is a secret.
func EntryFor(field presets.Field) *ui.Entry {
	hint := cmp.Or(field.Example, field.Default)
	if field.Optional && hint == "" {
		hint = i18n.T("wizard.broker.optional")
	}
	if field.Hidden {
		return ui.NewPasswordEntry(hint)
	}
	return ui.NewEntry(hint)
}

// FieldWithHelp is a field with its name, and where its value is to be found.
func FieldWithHelp(field presets.Field, in fyne.CanvasObject) fyne.CanvasObject {
	box := ui.Labelled(problem.InLanguage(field.Label), in)
	if where := problem.InLanguage(field.Where); where != "" {
		return ui.Rows(box, ui.Small(where))
	}
	return box
}

func brokerText(c setup.BrokerChoice, k presets.Key) string {
	switch k {
	case presets.Host:
		return c.Other.Host
	case presets.Port:
		return format.Port(c.Other.Port)
	case presets.User:
		return string(c.Other.User)
	case presets.Password:
		return string(c.Other.Password)
	}
	return ""
}

// SetBrokerText puts a field's text into the choice: host and port without blanks at
// their ends, user and password as typed. A port that is no number is 0.
func SetBrokerText(c *setup.BrokerChoice, k presets.Key, text string) {
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

// schemePart lets one of several ways of making topics be chosen.
func (f *Form) schemePart() []fyne.CanvasObject {
	if len(f.Preset.TopicSchemes) < 2 {
		return nil
	}
	var names []string
	for _, way := range f.Preset.TopicSchemes {
		names = append(names, problem.InLanguage(way.Name))
	}
	f.schemeHelp = ui.Small("")
	f.scheme = ui.NewSelect(names, func(i int) {
		if i >= 0 && i < len(f.Preset.TopicSchemes) {
			f.in.Edit(func(c *setup.BrokerChoice) { c.TopicScheme = f.Preset.TopicSchemes[i].ID })
		}
	})
	return []fyne.CanvasObject{ui.Labelled(i18n.T("wizard.platform.way"), f.scheme), f.schemeHelp}
}

// limitParts say what the platform itself does not allow, and where it says so.
func limitParts(p presets.Preset) []fyne.CanvasObject {
	if len(p.Limits) == 0 {
		return nil
	}
	lines := []fyne.CanvasObject{ui.SubtitleWrapped(i18n.T("wizard.platform.limits"))}
	for _, l := range p.Limits {
		lines = append(lines, ui.Small(i18n.T("wizard.platform.limit", "Limit", problem.InLanguage(l))))
	}
	for _, address := range p.Docs {
		if u, err := url.Parse(address); err == nil {
			lines = append(lines, ui.Hyperlink(i18n.T("wizard.platform.docs", "Host", u.Host), u))
		}
	}
	return []fyne.CanvasObject{ui.Divider(), ui.Rows(lines...)}
}

// Show shows the answers as they are.
func (f *Form) Show(c setup.BrokerChoice) {
	for k, in := range f.Fields {
		in.Show(brokerText(c, k))
	}
	if f.server != nil {
		f.server.SetQuietly(problem.ServerOf(f.Preset, c.Other))
	}
	if f.scheme != nil {
		for i, way := range f.Preset.TopicSchemes {
			if way.ID == f.Preset.TopicScheme(c.TopicScheme).ID && f.scheme.SelectedIndex() != i {
				f.scheme.SetQuietly(i)
				ui.SetText(f.schemeHelp, problem.InLanguage(way.About))
			}
		}
	}
	f.Safety.show(c)
}
