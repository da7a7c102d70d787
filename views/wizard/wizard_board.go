package wizard

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// boardPage asks which board, and what for.
type boardPage struct {
	w      *wizard
	all    fyne.CanvasObject
	lamp   *ui.PickRow
	only   *ui.PickRow
	many   *ui.PickRow
	list   *fyne.Container
	rows   map[string]*ui.PickRow
	none   *ui.Surface
	lacks  *widget.Label // the title of none
	typed  *ui.Field
	byHand fyne.CanvasObject
	help   *ui.Button
	open   bool // the checklist is open although there is a board
}

func newBoardPage(w *wizard, s setup.Choosing) *boardPage {
	p := &boardPage{w: w, rows: map[string]*ui.PickRow{}, list: ui.Rows()}
	goal := func(g device.Goal) func() {
		return func() { w.edit(func(a *setup.Answers) { a.Goal = g }) }
	}
	p.lamp = ui.NewPickRow("lamp-on", i18n.T("wizard.goal.lamp"), i18n.T("wizard.goal.lamp-why"), goal(device.MakeLamp))
	p.only = ui.NewPickRow("settings", i18n.T("wizard.goal.only"), i18n.T("wizard.goal.only-why"), goal(device.SettingsOnly))
	p.many = ui.NewPickRow("group", i18n.T("wizard.many.title"), i18n.T("wizard.many.title-why"), w.openMany)
	p.many.Mark = false
	p.typed = w.newField(ui.NewEntry(i18n.T("wizard.board.port-hint")), s.PortTyped, func(text string) { w.handle(setup.PortTyped{Name: text}) })
	p.byHand = ui.Labelled(i18n.T("wizard.board.port"), p.typed.In)
	p.none = p.checklist()
	p.help = ui.QuietButton(i18n.T("wizard.board.missing"), ui.Icon("help"), func() {
		p.open = !p.open
		p.update(w.state())
	})
	boards := container.NewBorder(ui.Rows(ui.Title(i18n.T("wizard.board.title"))), nil, nil, nil, scrollBox(ui.Rows(p.list, p.none, ui.Row(p.help))))
	goals := container.NewBorder(ui.Rows(ui.Title(i18n.T("wizard.goal.title"))), nil, nil, nil, scrollBox(ui.Rows(p.lamp, p.only, p.many)))
	p.all = ui.Padded(ui.Unit*2, container.New(splitLayout{0.58}, boards, goals))
	return p
}

// checklist is what to look at when no board is found.
func (p *boardPage) checklist() *ui.Surface {
	practice := ui.NewButton(i18n.T("wizard.board.practice"), ui.Icon("play"), func() {
		if port, ok := setup.PracticePort(p.w.state().CurrentDraft().Ports); ok {
			p.w.handle(setup.Picked{Port: port})
			p.w.handle(setup.Forward{})
		}
	})
	p.lacks = ui.Subtitle("")
	hints := []fyne.CanvasObject{p.lacks}
	checks := []string{"cable", "driver", "other"}
	if problem.System == "linux" {
		checks = []string{"cable", "linux", "other"}
	}
	for i, key := range checks {
		hints = append(hints, ui.Body(i18n.T("wizard.board.check-numbered", "Number", i+1, "What", i18n.T("wizard.board.check-"+key))))
	}
	words := container.New(&ui.TightLayout{}, hints...)
	return ui.NoticeWith(ui.Remark, ui.Rows(words, p.byHand, ui.Row(practice)))
}

func (p *boardPage) content() fyne.CanvasObject { return p.all }

func (p *boardPage) focus() fyne.Focusable {
	if s, ok := p.w.state().(setup.Choosing); ok {
		if r := p.rows[s.Port.Name]; r != nil {
			return nil // chosen already: the primary button is next
		}
		for _, port := range s.Ports {
			if r := p.rows[port.Name]; r != nil && !r.Off {
				return r
			}
		}
	}
	return nil
}

func (p *boardPage) update(state setup.State) {
	s, ok := state.(setup.Choosing)
	if !ok {
		return
	}
	boards, first := 0, len(p.rows) == 0
	p.list.Objects = nil
	for _, port := range s.Ports {
		if port.Kind == device.USB && !port.Other {
			boards++
		}
		p.list.Add(p.row(port, s.Port.Name))
	}
	ui.SetVisible(p.list, len(s.Ports) > 0)
	ui.SetVisible(p.help, boards > 0)
	p.lacks.SetText(i18n.T(ui.Either(boards == 0, "wizard.board.none", "wizard.board.missing")))
	ui.SetVisible(p.none, boards == 0 || p.open || s.PortTyped != "")
	p.typed.Show(s.PortTyped)
	p.lamp.Choose(s.Answers.Goal == device.MakeLamp)
	p.only.Choose(s.Answers.Goal == device.SettingsOnly)
	ui.SetVisible(p.many, p.w.canMany())
	p.all.Refresh()
	if first && len(p.rows) > 0 {
		p.w.focusIdle()
	}
}

// row is a port's row; the same one as long as the port is there, so that the
// focus stays when others come and go.
func (p *boardPage) row(port device.Port, chosen string) *ui.PickRow {
	r := p.rows[port.Name]
	if r == nil {
		r = ui.NewPickRow("usb", "", "", nil)
		r.OnEnter = p.w.forward
		p.rows[port.Name] = r
	}
	r.OnPick = func() { p.w.handle(setup.Picked{Port: port}) }
	name, remark := portWords(port)
	if port.Kind == device.Practice {
		r.Icon, r.Badge = "play", i18n.T("wizard.board.practice-badge")
	}
	if port.Other != r.Off {
		r.Off = port.Other
		r.Refresh()
	}
	r.Set(name, remark, port.Name == chosen)
	return r
}

// portWords name a port: first what it probably is, then where it is.
func portWords(port device.Port) (name, remark string) {
	switch {
	case port.Kind == device.Practice && port.Board != "":
		return i18n.T("wizard.board.practice-named", "Name", format.SafeLine(device.Text(port.Board))), i18n.T("wizard.board.practice-again")
	case port.Kind == device.Practice:
		return i18n.T("wizard.board.practice-name"), i18n.T("wizard.board.practice-why")
	case port.Other:
		return i18n.T("wizard.board.other-name", "Board", format.SafeLine(device.Text(port.Board)), "Port", port.Name), i18n.T("wizard.board.other-why")
	case port.Board != "" && port.Chip != "":
		return port.Board, i18n.T("wizard.board.where-chip", "Port", port.Name, "Chip", port.Chip)
	case port.Board != "" || port.Chip != "":
		return port.Board + port.Chip, i18n.T("wizard.board.where", "Port", port.Name)
	}
	return i18n.T("wizard.board.unknown"), i18n.T("wizard.board.where", "Port", port.Name)
}

func (p *boardPage) foot(state setup.State) foot {
	f := foot{next: i18n.T("wizard.next"), onNext: p.w.send(setup.Forward{})}
	if s, ok := state.(setup.Choosing); ok && s.Port.Name == "" {
		f.reason = i18n.T("wizard.board.choose-first")
	}
	return f
}

// newGreetPage waits for the board's answer, and counts down.
func newGreetPage(w *wizard, s setup.Greeting) *busyPage {
	return newBusyPage(w, "board", s, func(state setup.State) busy {
		s, ok := state.(setup.Greeting)
		if !ok {
			return busy{}
		}
		all := setup.GreetTime.Seconds()
		b := busy{name: i18n.T("wizard.greet.title"), text: i18n.T("wizard.greet.text"), part: (all - float64(s.Left)) / all}
		b.sign = i18n.N("wizard.greet.left", s.Left)
		if s.Left == 0 {
			b.part, b.text = -1, i18n.T("wizard.greet.last")
		}
		return b
	})
}

// offerPage shows a board that is set up already, and what can be changed.
type offerPage struct {
	w     *wizard
	all   fyne.CanvasObject
	first *ui.PickRow
}

func newOfferPage(w *wizard, s setup.Offering) *offerPage {
	p := &offerPage{w: w}
	a, c := s.Answers, s.Board.Settings
	name, broker := "", ""
	if c != nil {
		name, broker = c.Name, c.Broker.Host
	}
	action := func(iconName, key string, e setup.Event) *ui.PickRow {
		r := ui.NewPickRow(iconName, i18n.T("wizard.offer."+key), i18n.T("wizard.offer."+key+"-why"), w.send(e))
		r.Mark = false
		return r
	}
	p.first = action("wifi", "wifi", setup.Change{Part: setup.WiFiPart})
	restore := action("refresh", "restore", nil)
	restore.OnPick = func() {
		w.env.Confirm(i18n.T("wizard.offer.restore"), i18n.T("wizard.offer.restore-sure"), i18n.T("wizard.offer.restore-yes"), true, w.send(setup.Restore{}))
	}
	if !s.Board.Backup {
		restore.Off, restore.Remark = true, i18n.T("wizard.offer.restore-none")
	}
	remove := action("trash", "remove", nil)
	remove.OnPick = func() {
		w.env.Confirm(i18n.T("wizard.offer.remove"), i18n.T("wizard.offer.remove-sure"), i18n.T("wizard.offer.remove-yes"), true, w.send(setup.Remove{}))
	}
	facts := strings.Join([]string{
		i18n.T("wizard.offer.fact-wifi", "Name", format.SafeLine(a.WiFi.SSID)),
		i18n.T("wizard.offer.fact-broker", "Name", broker),
		i18n.T("wizard.offer.fact-topic", "Topic", a.Base),
	}, "\n")
	p.all = ui.Scrolled(ui.Rows(
		ui.Title(i18n.T("wizard.offer.title", "Name", format.SafeLine(device.Text(name)))),
		ui.Small(facts),
		ui.Grid(340, p.first, action("broker", "broker", setup.Change{Part: setup.BrokerPart}),
			action("edit", "name", setup.Change{Part: setup.NamePart}), restore, remove),
	))
	return p
}

func (p *offerPage) content() fyne.CanvasObject { return p.all }

func (p *offerPage) update(setup.State) {}

func (p *offerPage) focus() fyne.Focusable { return p.first }

func (p *offerPage) foot(setup.State) foot {
	f := p.w.backFoot()
	f.next, f.onNext = i18n.T("wizard.offer.all"), p.w.send(setup.Change{Part: setup.AllParts})
	return f
}
