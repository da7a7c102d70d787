package views

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker/presets"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
)

// namePage asks for the board's name, and which light on it is the lamp.
type namePage struct {
	w       *wizard
	all     fyne.CanvasObject
	trouble *trouble
	name    *field
	topic   *widget.Label
	lamp    *choice
	lamps   []device.Lamp // as the list has them; the last two are "other"
	pin     *field
	count   *field
	cntBox  fyne.CanvasObject
	low     *tick
	button  *field
	own     fyne.CanvasObject // the fields for a lamp that no list has
	blink   *button
	lampBox fyne.CanvasObject
	place   map[presets.Key]*field // what the broker's platform asks for each board
	placeBx fyne.CanvasObject
	topicBx fyne.CanvasObject
}

func newNamePage(w *wizard, s setup.Naming) *namePage {
	p := &namePage{w: w, trouble: newTrouble(w.desk), topic: code("")}
	p.topic.Truncation = fyne.TextTruncateEllipsis
	p.name = w.newField(newEntry(""), s.Answers.Name, func(text string) {
		w.edit(func(a *setup.Answers) { a.Name = strings.TrimSpace(text) })
	})
	p.lampFields(s)
	p.topicBx = rows(small(i18n.T("wizard.name.topic")), p.topic)
	name := card(rows(labelled(i18n.T("wizard.name.name"), p.name.in), p.topicBx))
	p.lampBox = card(rows(
		labelled(i18n.T("wizard.name.lamp"), p.lamp), p.own,
		row(p.blink), small(i18n.T("wizard.name.blink-why")),
	))
	p.placeBx = p.placePart(s)
	ask := "wizard.name.title"
	if s.Answers.Goal == device.SettingsOnly {
		ask = "wizard.name.title-only"
	}
	p.all = padded(unit*2, container.NewBorder(rows(title(i18n.T(ask)), p.trouble.box), nil, nil, nil,
		scrollBox(grid(340, p.cards(name)...))))
	return p
}

// topicOf is the topic that is made from a board's name: its beginning, or on a
// platform with rules of its own the one on which the board tells its state. It
// is "" where a topic is not made from the name, or not known yet.
func topicOf(a setup.Answers) string {
	p := presetOf(a.Broker)
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
	return []fyne.CanvasObject{rows(name, p.placeBx), p.lampBox}
}

// placePart are the fields that a platform wants filled in for each board, or nil.
func (p *namePage) placePart(s setup.Naming) fyne.CanvasObject {
	c := s.Answers.Broker
	p.place = map[presets.Key]*field{}
	if c.BuiltIn {
		return nil
	}
	preset := presetOf(c)
	asked := preset.Asked(preset.Way(c.Way), true)
	if len(asked) == 0 {
		return nil
	}
	parts := []fyne.CanvasObject{subtitleWrapped(i18n.T("wizard.platform.board", "Name", inWords(preset.Name)))}
	for _, f := range asked {
		p.place[f.Key] = p.w.newField(entryFor(f), s.Answers.Place.Get(f.Key), func(text string) {
			p.w.edit(func(a *setup.Answers) { a.Place = a.Place.With(f.Key, f.Clean(text)) })
		})
		parts = append(parts, explained(f, p.place[f.Key].in))
	}
	return card(rows(parts...))
}

// lampFields are the lamps that the board is known to have, and fields for any
// other.
func (p *namePage) lampFields(s setup.Naming) {
	w, names := p.w, []string{}
	if m, ok := device.ModelByKey(s.Board.Model); ok {
		for _, l := range m.Lamps {
			p.lamps = append(p.lamps, l)
			names = append(names, modelLampWords(l))
		}
	}
	p.lamps = append(p.lamps, device.Lamp{Kind: device.LampNeoPixel, Pin: "", Count: 1, Level: 30, Color: [3]int{255, 190, 90}}, device.Lamp{Kind: device.LampPin})
	names = append(names, i18n.T("wizard.name.own-neopixel"), i18n.T("wizard.name.own-pin"))
	p.lamp = newChoice(names, func(i int) {
		if i >= 0 && i < len(p.lamps) {
			w.edit(func(a *setup.Answers) { a.Lamp = p.lamps[i] })
		}
	})
	lamp := s.Answers.Lamp
	edit := func(f func(*device.Lamp, string)) func(string) {
		return func(text string) { w.edit(func(a *setup.Answers) { f(&a.Lamp, text) }) }
	}
	p.pin = w.newField(newEntry(i18n.T("wizard.name.pin-hint")), lamp.Pin, edit(func(l *device.Lamp, t string) { l.Pin = strings.TrimSpace(t) }))
	p.count = w.newField(newEntry("3"), strconv.Itoa(lamp.Count), edit(func(l *device.Lamp, t string) { l.Count, _ = strconv.Atoi(t) }))
	p.cntBox = labelled(i18n.T("wizard.name.count"), p.count.in)
	p.low = newTick(i18n.T("wizard.name.low"), func(on bool) { w.edit(func(a *setup.Answers) { a.Lamp.ActiveLow = on }) })
	p.button = w.newField(newEntry(i18n.T("wizard.name.button-hint")), s.Answers.Button.Pin, func(text string) {
		w.edit(func(a *setup.Answers) { a.Button.Pin = text })
	})
	p.own = rows(grid(120, labelled(i18n.T("wizard.name.pin"), p.pin.in), p.cntBox, labelled(i18n.T("wizard.name.button"), p.button.in)), p.low)
	p.blink = newButton(i18n.T("wizard.name.blink"), icon("lamp"), w.send(setup.Blink{}))
}

// modelLampWords name a lamp that a board is known to have.
func modelLampWords(l device.Lamp) string {
	if l.Kind == device.LampNeoPixel {
		return i18n.N("wizard.name.neopixel", l.Count, "Pin", l.Pin)
	}
	return i18n.T("wizard.name.led", "Pin", l.Pin)
}

// chosenLamp is which entry of the list the answer is.
func (p *namePage) chosenLamp(l device.Lamp) int {
	for i, known := range p.lamps[:len(p.lamps)-2] {
		if known == l {
			return i
		}
	}
	if l.Kind == device.LampNeoPixel {
		return len(p.lamps) - 2
	}
	return len(p.lamps) - 1
}

func (p *namePage) content() fyne.CanvasObject { return p.all }
func (p *namePage) focus() fyne.Focusable      { return p.name.in }

func (p *namePage) update(state setup.State) {
	s, ok := state.(setup.Naming)
	if !ok {
		return
	}
	a := s.Answers
	if words := fieldWords(s.Problem, presetOf(a.Broker)); words != "" {
		p.trouble.say(s.Problem, notice(warning, words))
	} else {
		p.trouble.show(ofBoard(s.Problem, a.Broker))
	}
	for k, in := range p.place {
		in.show(a.Place.Get(k))
	}
	p.name.show(a.Name)
	topic := topicOf(a)
	setText(p.topic, topic)
	show(p.topicBx, topic != "")
	show(p.lampBox, a.Goal == device.MakeLamp)
	at := p.chosenLamp(a.Lamp)
	if p.lamp.SelectedIndex() != at {
		p.lamp.setQuietly(at)
	}
	show(p.own, at >= len(p.lamps)-2)
	show(p.cntBox, a.Lamp.Kind == device.LampNeoPixel)
	show(p.low, a.Lamp.Kind == device.LampPin)
	p.pin.show(a.Lamp.Pin)
	p.count.show(portText(a.Lamp.Count))
	p.button.show(a.Button.Pin)
	if p.low.Checked != a.Lamp.ActiveLow {
		p.low.setQuietly(a.Lamp.ActiveLow)
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

func (p *namePage) foot(state setup.State) foot {
	f := p.w.backFoot()
	f.next, f.onNext = i18n.T("wizard.name.next"), p.w.send(setup.Forward{})
	if state.Kept().Answers.Name == "" {
		f.why = i18n.T("wizard.name.name-first")
	}
	return f
}
