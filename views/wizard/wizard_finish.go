package wizard

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// finishPage ends with a big lamp and a big switch that work, or with the two
// lines for a program of one's own.
type finishPage struct {
	w       *wizard
	all     fyne.CanvasObject
	picture *bigLamp
	sw      *bigSwitch
	title   *widget.Label
	truth   *widget.Label
	goal    device.Goal
}

func newFinishPage(w *wizard, s setup.Finished) *finishPage {
	p := &finishPage{w: w, goal: s.Answers.Goal, truth: ui.Body("")}
	p.title = ui.TitleWrapped(finishTitle(s))
	p.title.Alignment = fyne.TextAlignCenter
	p.truth.Alignment = fyne.TextAlignCenter
	if p.goal == device.SettingsOnly {
		p.all = ui.Scrolled(ui.Rows(p.title, p.lines(s.Answers)))
		return p
	}
	p.picture = newBigLamp()
	p.sw = newBigSwitch(func() {
		if f, ok := w.state().(setup.Finished); ok {
			w.handle(setup.Switch{On: !f.Lamp.On})
		}
	})
	at := p.topic(s.Answers)
	topic := ui.Small(i18n.T("wizard.finish.topic", "Topic", at))
	topic.Alignment = fyne.TextAlignCenter
	ui.SetVisible(topic, at != "")
	last := fyne.CanvasObject(topic)
	if w.canMany() {
		more := ui.NewButton(i18n.T("wizard.many.more"), ui.Icon("group"), w.openMany)
		last = container.NewBorder(nil, nil, nil, ui.Centred(more), container.New(ui.LevelLayout{}, topic))
	}
	p.all = container.NewVScroll(container.New(ui.MiddleLayout{}, ui.Rows(p.title, container.NewCenter(p.picture), container.NewCenter(p.sw), p.truth, last)))
	return p
}

// topic is where the board is found: a platform's own topic as the board has it,
// or "" where nobody but this program has a use for it.
func (p *finishPage) topic(a setup.Answers) string {
	preset := problem.PresetOf(a.Broker)
	switch {
	case a.Broker.BuiltIn || preset.ID == presets.Free:
		return a.Base
	case preset.Rules.Remote != "":
		return ""
	}
	for _, b := range p.w.env.Settings.Values().Boards {
		if b.Base == a.Base {
			return b.Topics.State
		}
	}
	return topicOf(a)
}

// ownProgram is how a pupil's program uses the helper module that is on the
// board now.
const ownProgram = "from classroom import connect\nclient = connect()"

func (p *finishPage) lines(a setup.Answers) fyne.CanvasObject {
	text := ui.Code(ownProgram)
	copyIt := p.w.env.CopyButton(ownProgram)
	parts := ui.Rows(ui.Body(i18n.T("wizard.finish.own")), ui.Card(container.NewBorder(nil, nil, nil, ui.Centred(copyIt), text)), ui.Small(i18n.T("wizard.finish.own-more")))
	if a.Broker.BuiltIn {
		parts.Add(ui.Small(i18n.T("wizard.finish.own-topics", "Topic", a.Base)))
	}
	return parts
}

func (p *finishPage) content() fyne.CanvasObject { return p.all }

func (p *finishPage) focus() fyne.Focusable {
	if p.sw != nil {
		return p.sw
	}
	return nil
}

func (p *finishPage) update(state setup.State) {
	s, ok := state.(setup.Finished)
	if !ok || p.sw == nil {
		return
	}
	l := lightOf(s.Lamp)
	if s.SentOnly {
		l.Phase, l.Target = lights.SentOnly, lights.Off
		if s.Lamp.On {
			l.Target = lights.On
		}
	}
	p.picture.setLight(l)
	p.sw.SetLight(l)
	ui.SetText(p.title, finishTitle(s))
	ui.SetText(p.truth, i18n.T("wizard.finish."+finishKey(s)))
}

// finishTitle says that the board works, or what it has only been until now.
func finishTitle(s setup.Finished) string {
	key := "wizard.finish.title"
	switch {
	case s.SentOnly && s.Answers.Goal != device.SettingsOnly: // nobody but the person can see it
		key = "wizard.finish.title.sent"
	case works(s):
	case s.Lamp.Offline:
		key = "wizard.finish.title.offline"
	default:
		key = "wizard.finish.title.unproved"
	}
	return i18n.T(key, "Name", format.SafeLine(device.Text(s.Answers.Name)))
}

// works reports whether what a setup ended with is still so.
func works(s setup.Finished) bool {
	l := s.Lamp
	return s.Answers.Goal == device.SettingsOnly || s.SentOnly || !l.Offline && !l.NotSent && !l.NoAnswer && !l.Outdated
}

// finishKey names the text about the finished lamp. What the board does not say
// now is never said as if it did.
func finishKey(s setup.Finished) string {
	switch {
	case s.SentOnly:
		return "sent"
	case s.Lamp.Offline:
		return "offline"
	case s.Lamp.NotSent:
		return "not-sent"
	case s.Lamp.NoAnswer:
		return "no-answer"
	case s.Lamp.Waiting:
		return "waiting"
	case s.Lamp.Outdated:
		return "stale"
	case s.Lamp.On:
		return "on"
	}
	return "off"
}

// lightOf is the wizard's lamp as the panel's drawings take it.
func lightOf(l setup.Lamp) lights.Light {
	out := lights.Light{Phase: lights.Unheard, Waiting: l.Waiting}
	if l.Known {
		out.Phase, out.State = lights.Confirmed, lights.Off
		if l.On {
			out.State = lights.On
		}
	}
	switch {
	case l.Offline:
		out.Phase = lights.Offline
	case l.NotSent:
		out.Phase, out.Outdated = lights.NotSent, true
	case l.NoAnswer:
		out.Phase = lights.NoAnswer
	case l.Outdated:
		out.Phase, out.Outdated = lights.Stale, true
	case l.Waiting:
		out.Phase, out.Target = lights.Waiting, lights.On
		if l.On {
			out.Target = lights.Off
		}
	}
	return out
}

func (p *finishPage) foot(setup.State) foot {
	next := p.w.send(setup.NextBoard{})
	return foot{
		next: i18n.T("wizard.finish.next"), onNext: next,
		extra: i18n.T("wizard.finish.lamps"), onExtra: func() {
			base := p.w.state().CurrentDraft().Answers.Base
			next()
			p.w.env.Visit(ui.PlaceLamps, base)
		},
	}
}
