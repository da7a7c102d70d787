package prefs

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker/presets"
	"lamplighter/app/connections"
	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/brokerform"
	"lamplighter/views/problem"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// connectionSection is which broker the program uses: this computer's, or one
// of the others that the user keeps.
type connectionSection struct {
	env    *env
	card   *ui.Surface
	list   *fyne.Container
	known  []settings.Connection
	chosen string
}

func newConnectionSection(d *env) *connectionSection {
	s := &connectionSection{env: d, list: ui.Rows()}
	add := ui.NewButton(i18n.T("settings.other-add"), ui.Icon("plus"), func() { s.edit(settings.Connection{}, connections.Login{}) })
	locked := ui.Notice(ui.Remark, i18n.T("settings.policy-broker"))
	ui.SetVisible(locked, s.locked())
	s.card = ui.TitledCard(i18n.T("settings.others"), i18n.T("settings.others-for"),
		locked, s.list, container.New(&ui.FlowLayout{Gap: ui.Unit}, append([]fyne.CanvasObject{add}, exchangeButtons(d)...)...))
	return s
}

// locked reports whether only the policy chooses the broker.
func (s *connectionSection) locked() bool { return s.env.Settings.Locked(settings.LockBroker) }

func (s *connectionSection) update() {
	v := s.env.Settings.Values()
	if len(s.list.Objects) > 0 && s.chosen == v.Connection && slices.Equal(s.known, v.Connections) {
		return
	}
	s.known, s.chosen = v.Connections, v.Connection
	s.list.RemoveAll()
	s.list.Add(s.line("", i18n.T("settings.this-computer"), "", nil))
	for _, c := range v.Connections {
		line := s.line(c.ID, brokerform.ConnectionName(c), connectionWhere(c), []fyne.CanvasObject{
			ui.QuietButton(i18n.T("settings.other-edit"), ui.Icon("edit"), func() { s.editKnown(c) }),
			ui.QuietButton(i18n.T("settings.other-remove"), ui.Icon("trash"), func() { s.remove(c) }),
		})
		if words := brokerform.LearntText(c); words != "" { // under the name that it is about
			line = container.New(&ui.StackLayout{Gap: -ui.Unit}, line, container.New(layout.NewCustomPaddedLayout(0, 0, nameIndent, 0), ui.Small(words)))
		}
		s.list.Add(line)
	}
	s.list.Refresh()
}

// connectionWhere is a broker's platform, where it has one, and its address.
func connectionWhere(c settings.Connection) string {
	p, address := presets.ByID(c.Preset), c.Address()
	if p.ID == presets.Free {
		return address
	}
	return i18n.T("settings.other-where", "Platform", problem.PresetName(p), "Address", address)
}

// nameIndent is how far a broker's name stands behind its circle, without the room that
// a text has around it.
const nameIndent = 4 * ui.Unit

// nameWidth is how much of a line a broker's name takes at most.
const nameWidth = 36 * ui.Unit

// line is one broker of the list: whether it is the chosen one, its name, its
// address and what can be done with it.
func (s *connectionSection) line(id, name, where string, actions []fyne.CanvasObject) fyne.CanvasObject {
	use := newChoiceDot(textfit.Line(name, theme.Size(ui.SizeBody), fyne.TextStyle{Bold: true}, nameWidth), id == s.chosen, func() {
		s.env.Settings.Update(func(v *settings.Values) { v.Connection = id })
	})
	if s.locked() && id != s.chosen {
		use.Disable()
	}
	words := ui.OneLine(where)
	words.SizeName = ui.SizeSmall
	var right fyne.CanvasObject
	if len(actions) > 0 {
		right = ui.Row(actions...)
	}
	return ui.Between(use, words, right)
}

func (s *connectionSection) editKnown(c settings.Connection) {
	s.edit(c, s.env.Connections.Login(c.ID))
}

func (s *connectionSection) edit(c settings.Connection, login connections.Login) {
	newConnectionForm(s.env, c, login).open()
}

func (s *connectionSection) remove(c settings.Connection) {
	s.env.Confirm(i18n.T("settings.remove-sure", "Name", brokerform.ConnectionName(c)), i18n.T("settings.remove-text"),
		i18n.T("settings.other-remove"), true,
		func() {
			s.env.Connections.Remove(c.ID)
		})
}

// choiceDot is one of several that exclude each other.
type choiceDot struct {
	ui.Button
	on bool
}

func newChoiceDot(text string, on bool, tapped func()) *choiceDot {
	c := &choiceDot{on: on}
	c.Text, c.Importance, c.Alignment = text, widget.LowImportance, widget.ButtonAlignLeading
	c.Icon = ui.Icon("dot")
	if on {
		c.Icon = ui.Tinted("dot-on", "primary")
	}
	c.OnTapped = tapped
	c.ExtendBaseWidget(c)
	return c
}

// FocusGained shows the focus, and scrolls it into view.
func (c *choiceDot) FocusGained() {
	c.Button.FocusGained()
	ui.Reveal(c)
}

func (c *choiceDot) DebugText() string {
	if c.on {
		return "(x) " + c.Text
	}
	return "( ) " + c.Text
}
