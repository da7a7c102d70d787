package wizard

import (
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker/presets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/brokerform"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// namePage asks for the board's name, and which light on it is the lamp.
type namePage struct {
	w        *wizard
	all      fyne.CanvasObject
	trouble  *trouble
	name     *ui.Field
	flaw     *ui.Wrong         // what is wrong with the name
	note     *widget.Label     // what is strange with it
	wrong    device.ValueError // whose field got the keyboard
	topic    *widget.Label
	made     *widget.Label // what the topic is made from
	lamp     *lampForm
	place    map[presets.Key]*ui.Field // what the broker's platform asks for each board
	placeBx  fyne.CanvasObject
	topicBox fyne.CanvasObject
}

func newNamePage(w *wizard, s setup.Naming) *namePage {
	p := &namePage{w: w, trouble: newTrouble(w.env), flaw: ui.NewWrong(), note: ui.Small(""), topic: ui.Code(""), made: ui.Small("")}
	p.note.Importance = widget.WarningImportance
	p.topic.Truncation = fyne.TextTruncateEllipsis
	p.name = w.newField(ui.NewEntry(""), s.Answers.Name, func(text string) {
		w.edit(func(a *setup.Answers) { a.Name = strings.TrimSpace(text) })
	})
	p.lamp = newLampForm(w, s)
	p.topicBox = ui.Rows(p.made, p.topic)
	name := ui.Card(ui.Rows(ui.Labelled(i18n.T("wizard.name.name"), p.name.In), p.flaw.Box, p.note, p.topicBox))
	p.placeBx = p.placePart(s)
	ask := ui.Either(s.Answers.Goal == device.SettingsOnly, "wizard.name.title-only", "wizard.name.title")
	p.all = ui.Padded(ui.Unit*2, container.NewBorder(ui.Rows(ui.Title(i18n.T(ask)), p.trouble.box), nil, nil, nil,
		scrollBox(ui.Grid(340, p.cards(name)...))))
	return p
}

// topicOf is the topic that is made from a board's name: its beginning, or on a
// platform with rules of its own the one on which the board tells its state. It
// is "" where a topic is not made from the name, or not known yet.
func topicOf(a setup.Answers) string {
	p := problem.PresetOf(a.Broker)
	if a.Broker.BuiltIn || p.ID == presets.Free {
		return a.Base
	}
	if p.Rules.RandomPrefix || len(p.FieldsOf(p.TopicScheme(a.Broker.TopicScheme), true)) > 0 {
		return ""
	}
	in := a.Broker.Inputs()
	in.Base = a.Base
	account, err := p.Account(in)
	if err != nil {
		return ""
	}
	return account.Topics.State
}

// cards are the page's, in their order: on a platform that makes topics itself,
// its own come first.
func (p *namePage) cards(name fyne.CanvasObject) []fyne.CanvasObject {
	if p.placeBx == nil {
		return []fyne.CanvasObject{name, p.lamp.box}
	}
	return []fyne.CanvasObject{ui.Rows(name, p.placeBx), p.lamp.box}
}

// placePart are the fields that a platform wants filled in for each board, or nil.
func (p *namePage) placePart(s setup.Naming) fyne.CanvasObject {
	c := s.Answers.Broker
	p.place = map[presets.Key]*ui.Field{}
	if c.BuiltIn {
		return nil
	}
	preset := problem.PresetOf(c)
	asked := preset.FieldsOf(preset.TopicScheme(c.TopicScheme), true)
	if len(asked) == 0 {
		return nil
	}
	parts := []fyne.CanvasObject{ui.SubtitleWrapped(i18n.T("wizard.platform.board", "Name", problem.InLanguage(preset.Name)))}
	for _, f := range asked {
		p.place[f.Key] = p.w.newField(brokerform.EntryFor(f), s.Answers.Place.Get(f.Key), func(text string) {
			p.w.edit(func(a *setup.Answers) { a.Place = a.Place.With(f.Key, f.Clean(text)) })
		})
		parts = append(parts, brokerform.FieldWithHelp(f, p.place[f.Key].In))
	}
	return ui.Card(ui.Rows(parts...))
}

// madeWords tell what the topic is made from: the name, a number, or nothing,
// for a board that has one keeps it.
func madeWords(s setup.Naming) string {
	switch {
	case s.Known():
		return i18n.T("wizard.name.topic.kept")
	case !setup.FromName(s.Answers.Name):
		return i18n.T("wizard.name.topic.number")
	}
	return i18n.T("wizard.name.topic")
}

func (p *namePage) content() fyne.CanvasObject { return p.all }

func (p *namePage) focus() fyne.Focusable {
	if f := p.wrongField(); f != nil {
		return f.In
	}
	return p.name.In
}

func (p *namePage) update(state setup.State) {
	s, ok := state.(setup.Naming)
	if !ok {
		return
	}
	a := s.Answers
	p.showTrouble(s.Problem, a.Broker)
	for k, in := range p.place {
		in.Show(a.Place.Get(k))
	}
	p.name.Show(a.Name)
	p.writeNote(s)
	p.focusWrong(s.Problem)
	topic := topicOf(a)
	ui.SetText(p.topic, topic)
	ui.SetText(p.made, madeWords(s))
	ui.SetVisible(p.topicBox, topic != "")
	ui.SetVisible(p.lamp.box, a.Goal == device.MakeLamp)
	p.lamp.update(s)
	p.all.Refresh()
}

// showTrouble says what is wrong, at the field where that is an answer.
func (p *namePage) showTrouble(err error, b setup.BrokerChoice) {
	if key, words := problem.FieldText(err, problem.PresetOf(b)); words != "" {
		p.trouble.refuse(err, p.place[key], words)
		return
	}
	if field, words := problem.ValueWords(err); words != "" {
		p.trouble.refuse(err, p.fieldOf(field), words)
		return
	}
	p.trouble.show(problem.AtBoard(err, b))
}

// writeNote tells while it is typed what is wrong with the name, or that another lamp
// has it.
func (p *namePage) writeNote(s setup.Naming) {
	flaw, note := "", ""
	switch err := device.CheckName(s.Answers.Name); {
	case s.Answers.Name == "":
	case err != nil:
		_, flaw = problem.ValueWords(err)
	case p.isTaken(s):
		note = i18n.T("wizard.name.taken")
	}
	if p.trouble.err == nil { // else it marks a field
		p.flaw.Set(p.name.In, flaw)
	}
	ui.SetOrHide(p.note, note)
}

// isTaken reports whether another board of the class has the name.
func (p *namePage) isTaken(s setup.Naming) bool {
	return slices.ContainsFunc(p.w.env.Settings.Snapshot().Boards, func(b settings.Board) bool {
		return b.Name == s.Answers.Name && b.ID != s.Board.ID && !b.Hidden
	})
}

// focusWrong brings the keyboard to the field that a problem is about, once.
func (p *namePage) focusWrong(err error) {
	var e *device.ValueError
	if !errors.As(err, &e) {
		p.wrong = device.ValueError{}
		return
	}
	if *e == p.wrong {
		return
	}
	p.wrong = *e
	if f := p.wrongField(); f != nil && p.w.page == p {
		p.w.env.Window().Canvas().Focus(f.In)
		f.In.SelectAll()
	}
}

// wrongField is the field that a problem is about, or nil.
func (p *namePage) wrongField() *ui.Field {
	return p.fieldOf(p.wrong.Field)
}

// fieldOf is the field that an answer is typed into, by its name in the settings file,
// or nil.
func (p *namePage) fieldOf(name string) *ui.Field {
	return map[string]*ui.Field{"name": p.name, "lamp.pin": p.lamp.pin, "lamp.count": p.lamp.count, "button.pin": p.lamp.button}[name]
}

func (p *namePage) foot(state setup.State) foot {
	f := p.w.backFoot()
	f.next, f.onNext = i18n.T("wizard.name.next"), p.w.send(setup.Forward{})
	name := state.CurrentDraft().Answers.Name
	if err := device.CheckName(name); name == "" {
		f.reason = i18n.T("wizard.name.name-first")
	} else if err != nil {
		f.reason = i18n.T(problem.ValueKey(err))
	}
	return f
}
