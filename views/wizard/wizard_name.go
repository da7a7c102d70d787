package wizard

import (
	"errors"
	"slices"
	"strconv"
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
	w       *wizard
	all     fyne.CanvasObject
	trouble *trouble
	name    *ui.Field
	flaw    *ui.Wrong         // what is wrong with the name
	note    *widget.Label     // what is strange with it
	wrong   device.ValueError // whose field got the keyboard
	topic   *widget.Label
	made    *widget.Label // what the topic is made from
	model   device.Model  // of the board; the zero Model where it is not known
	lamp    *ui.Select
	lamps   []device.Lamp // as the list has them; the last two are "other"
	pin     *ui.Field
	pins    *widget.Label // the pins that were typed, as the board has them printed
	count   *ui.Field
	cntBox  fyne.CanvasObject
	low     *ui.Check
	button  *ui.Field
	own     fyne.CanvasObject // the fields for a lamp that no list has
	blink   *ui.Button
	order   *ui.Select // of the bytes of a NeoPixel's colours
	red     fyne.CanvasObject
	lampBox fyne.CanvasObject
	place   map[presets.Key]*ui.Field // what the broker's platform asks for each board
	placeBx fyne.CanvasObject
	topicBx fyne.CanvasObject
}

func newNamePage(w *wizard, s setup.Naming) *namePage {
	p := &namePage{w: w, trouble: newTrouble(w.desk), flaw: ui.NewWrong(), note: ui.Small(""), topic: ui.Code(""), made: ui.Small(""), pins: ui.Small("")}
	p.note.Importance = widget.WarningImportance
	p.model, _ = device.ModelByKey(s.Board.Model)
	p.topic.Truncation = fyne.TextTruncateEllipsis
	p.name = w.newField(ui.NewEntry(""), s.Answers.Name, func(text string) {
		w.edit(func(a *setup.Answers) { a.Name = strings.TrimSpace(text) })
	})
	p.lampFields(s)
	p.topicBx = ui.Rows(p.made, p.topic)
	name := ui.Card(ui.Rows(ui.Labelled(i18n.T("wizard.name.name"), p.name.In), p.flaw.Box, p.note, p.topicBx))
	p.lampBox = ui.Card(ui.Rows(
		ui.Labelled(i18n.T("wizard.name.lamp"), p.lamp), p.own,
		ui.Row(p.blink), ui.Small(i18n.T("wizard.name.blink-why")), p.red,
	))
	p.placeBx = p.placePart(s)
	ask := "wizard.name.title"
	if s.Answers.Goal == device.SettingsOnly {
		ask = "wizard.name.title-only"
	}
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
	if p.Rules.Room || len(p.Asked(p.Way(a.Broker.Way), true)) > 0 {
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
		return []fyne.CanvasObject{name, p.lampBox}
	}
	return []fyne.CanvasObject{ui.Rows(name, p.placeBx), p.lampBox}
}

// placePart are the fields that a platform wants filled in for each board, or nil.
func (p *namePage) placePart(s setup.Naming) fyne.CanvasObject {
	c := s.Answers.Broker
	p.place = map[presets.Key]*ui.Field{}
	if c.BuiltIn {
		return nil
	}
	preset := problem.PresetOf(c)
	asked := preset.Asked(preset.Way(c.Way), true)
	if len(asked) == 0 {
		return nil
	}
	parts := []fyne.CanvasObject{ui.SubtitleWrapped(i18n.T("wizard.platform.board", "Name", problem.InLanguage(preset.Name)))}
	for _, f := range asked {
		p.place[f.Key] = p.w.newField(brokerform.EntryFor(f), s.Answers.Place.Get(f.Key), func(text string) {
			p.w.edit(func(a *setup.Answers) { a.Place = a.Place.With(f.Key, f.Clean(text)) })
		})
		parts = append(parts, brokerform.Explained(f, p.place[f.Key].In))
	}
	return ui.Card(ui.Rows(parts...))
}

// lampFields are the lamps that the board is known to have, and fields for any
// other.
func (p *namePage) lampFields(s setup.Naming) {
	w, names := p.w, []string{}
	for _, l := range p.model.Lamps {
		p.lamps = append(p.lamps, l)
		names = append(names, p.lampWords(l))
	}
	p.lamps = append(p.lamps, device.Lamp{Kind: device.LampNeoPixel, Pin: "", Count: 1, Level: 30, Color: [3]int{255, 190, 90}}, device.Lamp{Kind: device.LampPin})
	names = append(names, i18n.T("wizard.name.own-neopixel"), i18n.T("wizard.name.own-pin"))
	p.lamp = ui.NewSelect(names, func(i int) {
		if i >= 0 && i < len(p.lamps) {
			w.edit(func(a *setup.Answers) { a.Lamp = p.lamps[i].InOrder(a.Lamp.Order) })
		}
	})
	lamp := s.Answers.Lamp
	edit := func(f func(*device.Lamp, string)) func(string) {
		return func(text string) { w.edit(func(a *setup.Answers) { f(&a.Lamp, text) }) }
	}
	p.pin = w.newField(ui.NewEntry(i18n.T("wizard.name.pin-hint")), lamp.Pin, edit(func(l *device.Lamp, t string) { l.Pin = p.model.Pin(strings.TrimSpace(t)) }))
	p.count = w.newField(ui.NewEntry("3"), strconv.Itoa(lamp.Count), edit(func(l *device.Lamp, t string) { l.Count, _ = strconv.Atoi(t) }))
	p.cntBox = ui.Labelled(i18n.T("wizard.name.count"), p.count.In)
	p.low = ui.NewCheck(i18n.T("wizard.name.low"), func(on bool) { w.edit(func(a *setup.Answers) { a.Lamp.ActiveLow = on }) })
	p.button = w.newField(ui.NewEntry(i18n.T("wizard.name.button-hint")), s.Answers.Button.Pin, func(text string) {
		w.edit(func(a *setup.Answers) { a.Button.Pin = p.model.Pin(strings.TrimSpace(text)) })
	})
	p.own = ui.Rows(ui.Grid(120, ui.Labelled(i18n.T("wizard.name.pin"), p.pin.In), p.cntBox, ui.Labelled(i18n.T("wizard.name.button"), p.button.In)), p.pins, p.low)
	p.order = ui.NewSelect([]string{i18n.T("wizard.name.order.grb"), i18n.T("wizard.name.order.rgb"), i18n.T("wizard.name.order.grbw")}, func(i int) {
		if all := device.Orders(); i >= 0 && i < len(all) {
			w.edit(func(a *setup.Answers) { a.Lamp = a.Lamp.InOrder(all[i]) })
		}
	})
	p.red = ui.Rows(ui.Small(i18n.T("wizard.name.red")), ui.Labelled(i18n.T("wizard.name.order"), p.order))
	p.blink = ui.NewButton(i18n.T("wizard.name.blink"), ui.Icon("lamp"), w.send(setup.Blink{}))
}

// lampWords name a lamp that the board is known to have.
func (p *namePage) lampWords(l device.Lamp) string {
	if l.Kind == device.LampNeoPixel {
		return i18n.N("wizard.name.neopixel", l.Count, "Pin", p.pinWords(l.Pin))
	}
	return i18n.T("wizard.name.led", "Pin", p.pinWords(l.Pin))
}

// pinWords name a pin as it is printed on the board, where that is known.
func (p *namePage) pinWords(pin string) string {
	if pad := p.model.Pad(pin); pad != "" {
		return i18n.T("wizard.name.pad", "Pad", pad, "Pin", pin)
	}
	if _, err := strconv.Atoi(pin); err != nil {
		return pin // a name, as LED
	}
	return i18n.T("wizard.name.gpio", "Pin", pin)
}

// padWords name the pins of a lamp and a button that the board has printed, or "".
func (p *namePage) padWords(a setup.Answers) string {
	lamp, button := p.model.Pad(a.Lamp.Pin), p.model.Pad(a.Button.Pin)
	switch {
	case lamp == "" && button == "":
		return ""
	case button == "":
		return i18n.T("wizard.name.pads.lamp", "Lamp", p.pinWords(a.Lamp.Pin))
	case lamp == "":
		return i18n.T("wizard.name.pads.button", "Button", p.pinWords(a.Button.Pin))
	}
	return i18n.T("wizard.name.pads.both", "Lamp", p.pinWords(a.Lamp.Pin), "Button", p.pinWords(a.Button.Pin))
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

// chosenLamp is which entry of the list the answer is.
func (p *namePage) chosenLamp(l device.Lamp) int {
	for i, known := range p.lamps[:len(p.lamps)-2] {
		if known.InOrder(l.Order) == l {
			return i
		}
	}
	if l.Kind == device.LampNeoPixel {
		return len(p.lamps) - 2
	}
	return len(p.lamps) - 1
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
	ui.SetVisible(p.topicBx, topic != "")
	ui.SetVisible(p.lampBox, a.Goal == device.MakeLamp)
	at := p.chosenLamp(a.Lamp)
	if p.lamp.SelectedIndex() != at {
		p.lamp.SetQuietly(at)
	}
	ui.SetVisible(p.own, at >= len(p.lamps)-2)
	ui.SetVisible(p.cntBox, a.Lamp.Kind == device.LampNeoPixel)
	ui.SetVisible(p.red, a.Lamp.Kind == device.LampNeoPixel)
	if at := slices.Index(device.Orders(), a.Lamp.Order); p.order.SelectedIndex() != at {
		p.order.SetQuietly(at)
	}
	ui.SetVisible(p.low, a.Lamp.Kind == device.LampPin)
	p.pin.Show(a.Lamp.Pin)
	p.count.Show(ui.PortText(a.Lamp.Count))
	p.button.Show(a.Button.Pin)
	pads := p.padWords(a)
	ui.SetText(p.pins, pads)
	ui.SetVisible(p.pins, pads != "")
	if p.low.Checked != a.Lamp.ActiveLow {
		p.low.SetQuietly(a.Lamp.ActiveLow)
	}
	if s.Blinking != p.blink.Disabled() {
		if s.Blinking {
			p.blink.Disable()
		} else {
			p.blink.Enable()
		}
		p.blink.SetText(i18n.T(map[bool]string{true: "wizard.name.blinking", false: "wizard.name.blink"}[s.Blinking]))
	}
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
	case p.taken(s):
		note = i18n.T("wizard.name.taken")
	}
	if p.trouble.err == nil { // else it marks a field
		p.flaw.Say(p.name.In, flaw)
	}
	ui.SetText(p.note, note)
	ui.SetVisible(p.note, note != "")
}

// taken reports whether another board of the class has the name.
func (p *namePage) taken(s setup.Naming) bool {
	return slices.ContainsFunc(p.w.desk.Settings.Snapshot().Boards, func(b settings.Board) bool {
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
		p.w.desk.Window().Canvas().Focus(f.In)
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
	return map[string]*ui.Field{"name": p.name, "lamp.pin": p.pin, "lamp.count": p.count, "button.pin": p.button}[name]
}

func (p *namePage) foot(state setup.State) foot {
	f := p.w.backFoot()
	f.next, f.onNext = i18n.T("wizard.name.next"), p.w.send(setup.Forward{})
	name := state.Kept().Answers.Name
	if err := device.CheckName(name); name == "" {
		f.why = i18n.T("wizard.name.name-first")
	} else if err != nil {
		f.why = i18n.T(problem.ValueKey(err))
	}
	return f
}
