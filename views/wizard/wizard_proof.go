package wizard

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/setup"
	"lamplighter/app/worker"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// proofPage is the list that ticks itself off from what the board says and what
// the broker sees.
type proofPage struct {
	w       *wizard
	all     fyne.CanvasObject
	trouble *trouble
	lines   []*checkRow
	which   []setup.CheckLine
	note    *widget.Label
	name    *widget.Label // makes room for a problem

	current setup.CheckLine // that is waited for
	since   time.Time
	tick    func() // stops the clock of the wait
}

// longWait is a wait whose seconds are told.
const longWait = 5 * time.Second

var checkWords = map[setup.CheckLine]string{
	setup.CheckJoined: "joined", setup.CheckReached: "reached", setup.CheckAccepted: "accepted",
	setup.CheckSubscribed: "subscribed", setup.CheckSwitched: "switched", setup.CheckConfirmed: "confirmed",
}

func newProofPage(w *wizard, s setup.Proving) *proofPage {
	p := &proofPage{w: w, trouble: newTrouble(w.env), which: setup.Lines(s.Answers.Goal), note: ui.Small(""), since: time.Now(), tick: func() {}}
	list := container.New(&ui.StackLayout{})
	for range p.which {
		r := newCheckRow()
		p.lines = append(p.lines, r)
		list.Add(r)
	}
	p.name = ui.Title(i18n.T("wizard.proof.title"))
	p.all = ui.Padded(ui.Unit*2, container.NewBorder(ui.Rows(p.name, p.trouble.box), nil, nil, nil, scrollBox(ui.Rows(ui.Card(list), p.note))))
	return p
}

func (p *proofPage) content() fyne.CanvasObject { return p.all }

func (p *proofPage) focus() fyne.Focusable { return nil }

func (p *proofPage) update(state setup.State) {
	s, ok := state.(setup.Proving)
	if !ok {
		return
	}
	current := s.Checks.Current(s.Answers.Goal)
	for i, l := range p.which {
		key := "wizard.proof." + checkWords[l]
		text := i18n.T(key)
		if s.Checks.Marks[l] == setup.Passed && l == setup.CheckJoined && s.Checks.IP != "" {
			text = i18n.T("wizard.proof.joined-at", "Address", s.Checks.IP)
		}
		p.lines[i].set(s.Checks.Marks[l], l == current && !s.Away, text, i18n.T(key+"-term"))
	}
	if current != p.current {
		p.current, p.since = current, time.Now()
	}
	ui.SetText(p.note, p.waitWords(s.Away))
	p.follow(s.Problem == nil && p.w.inView)
	p.trouble.show(problem.AtBoard(s.Problem, s.Answers.Broker), p.details()...)
	ui.SetVisible(p.name, s.Problem == nil)
	ui.SetVisible(p.note, s.Problem == nil)
	p.all.Refresh()
}

// waitWords say what is waited for, and for how long where that is long.
func (p *proofPage) waitWords(away bool) string {
	key := ui.Either(away, "wizard.proof.away", "wizard.proof.note")
	if took := time.Since(p.since); took >= longWait {
		return i18n.T(key+".long", "Seconds", int(took/time.Second))
	}
	return i18n.T(key)
}

// follow has the words written anew each second while there is something to wait for.
func (p *proofPage) follow(waiting bool) {
	p.leave()
	if waiting {
		p.tick = worker.After(time.Second, p.w.env.Post, func() { p.update(p.w.state()) })
	}
}

// leave stops the clock.
func (p *proofPage) leave() { p.tick() }

// details shows what the board printed, beside the error's own text.
func (p *proofPage) details() []fyne.CanvasObject {
	return []fyne.CanvasObject{ui.QuietButton(i18n.T("wizard.proof.lines"), nil, func() {
		now, ok := p.w.state().(setup.Proving)
		if !ok {
			return
		}
		all := make([]string, len(now.Lines))
		for i, l := range now.Lines {
			all[i] = format.SafeLine(device.Text(l))
		}
		if len(all) == 0 {
			all = []string{i18n.T("wizard.proof.no-lines")}
		}
		text := ui.Code(strings.Join(all, "\n"))
		text.Wrapping = fyne.TextWrapBreak
		box := container.NewVScroll(text)
		box.SetMinSize(fyne.NewSize(0, 240))
		p.w.env.Show(i18n.T("wizard.proof.lines"), "", box)
	})}
}

func (p *proofPage) foot(state setup.State) foot {
	f := p.w.backFoot()
	s, ok := state.(setup.Proving)
	if !ok || s.Problem == nil {
		return f
	}
	f.next, f.onNext = i18n.T("common.retry"), p.w.send(setup.Retry{})
	switch step, _ := s.Fixable(); step {
	case setup.WiFiStep:
		f.extra, f.onExtra = f.next, f.onNext
		f.next, f.onNext = i18n.T("wizard.proof.fix-wifi"), p.w.send(setup.Fix{})
	case setup.NameStep:
		f.extra, f.onExtra = i18n.T("wizard.proof.fix-name"), p.w.send(setup.Fix{})
	case setup.BrokerStep:
		f.extra, f.onExtra = i18n.T("wizard.proof.fix-broker"), p.w.send(setup.Fix{})
	}
	return f
}
