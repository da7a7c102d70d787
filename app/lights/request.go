package lights

import (
	"slices"
	"time"

	"lamplighter/app/lights/codec"
)

const (
	// echoTime is how long after a command a change is put down to it.
	echoTime = 10 * time.Second
	// maxCommands and maxUnconfirmed bound what is remembered of a hammered switch.
	maxCommands    = 16
	maxUnconfirmed = 16
)

// command is one that was sent or heard.
type command struct {
	word   codec.Word
	by     Actor
	at     time.Time
	echoed bool // ours came back from the broker
	done   bool // it explained a change
}

// Switch asks a board to set its lamp. The lamp waits from then on; only the
// board's word lights it. The last request counts.
func (p *Panel) Switch(base string, on bool) error {
	return p.SwitchFor(ActorThisPC, base, on)
}

// SwitchFor is Switch for ActorThisPC or ActorPupil.
func (p *Panel) SwitchFor(who Actor, base string, on bool) error {
	l := p.find(base)
	if l == nil || !l.shown {
		return ErrNoLight
	}
	err := p.ask(l, who, on, false)
	p.Changed.Raise()
	return err
}

// Toggle asks for the contrary of what is shown: of what was asked for, while
// that is waited for. A lamp of which nothing is known is asked to light.
func (p *Panel) Toggle(base string) error {
	l := p.find(base)
	if l == nil || !l.shown {
		return ErrNoLight
	}
	return p.Switch(base, l.light.DisplayState() != On)
}

// ask sends a request, which is one of many, or not.
func (p *Panel) ask(l *lamp, who Actor, on, many bool) error {
	m, able := l.talk.EncodeSwitch(on)
	if !able {
		return ErrNoLight
	}
	p.group.remove(l)
	l.unanswered, l.contrary, l.notSent, l.answered = false, false, nil, false
	p.seq++
	l.seq, l.light.Target = p.seq, codec.StateOf(on)
	err := p.send(l, request{message: m, state: l.light.Target, by: who}, many)
	if err != nil {
		l.unconfirmed, l.notSent = nil, err
	}
	p.recompute(l)
	return err
}

// sent begins the waiting for a request's answer.
func (p *Panel) sent(l *lamp, w request) {
	l.unanswered = false
	if w.color != nil {
		l.pendingColor = w.color
		p.waitForAnswer(l)
		return
	}
	l.contrary, l.answered = false, false
	word := codec.WordOff
	if w.state == On {
		word = codec.WordOn
	}
	p.observe(l, command{word: word, by: w.by, at: p.o.Now()})
	if !l.talk.Confirms() {
		l.light.ChangedBy, l.lastSent = w.by, w.state
		return
	}
	if l.unconfirmed = append(l.unconfirmed, w.state); len(l.unconfirmed) > maxUnconfirmed {
		l.unconfirmed = l.unconfirmed[1:]
	}
	p.waitForAnswer(l)
}

// refusal is why a request was not sent. It is a pointer wherever it goes, so that
// a Light stays comparable whatever error a publisher gives.
type refusal struct{ error }

// Unwrap gives the publisher's own error.
func (r *refusal) Unwrap() error { return r.error }

// send sends a request, or has it wait for its turn.
func (p *Panel) send(l *lamp, w request, many bool) error {
	l.unqueue(w.message.Topic) // the last request counts
	if !p.linked {
		return ErrNoLink
	}
	queued, err := p.o.Publisher.Publish(w.message.Topic, []byte(w.message.Payload), many)
	switch {
	case err != nil:
		return &refusal{err}
	case queued:
		l.queued = append(l.queued, w)
	default:
		p.sent(l, w)
	}
	return nil
}

// SetColor asks a board for a colour. It counts when the board says so.
func (p *Panel) SetColor(base string, c RGB) error {
	l := p.find(base)
	if l == nil || !l.shown || !l.light.HasColor {
		return ErrNoLight
	}
	m, able := l.talk.EncodeColor(c)
	if !able {
		return ErrNoLight
	}
	return p.shade(l, m, c)
}

// SetLevel asks a lamp for a brightness of 1 to 100 percent. Where brightness is
// a part of the colour over the wire, that is the colour that it has.
func (p *Panel) SetLevel(base string, percent int) error {
	l := p.find(base)
	if l == nil || !l.shown || !l.light.HasLevel {
		return ErrNoLight
	}
	percent = min(max(percent, 1), 100)
	c := l.light.Color
	if t := l.wanted(); t != nil {
		c = *t
	}
	m, able := l.talk.EncodeLevel(percent, c)
	if !able {
		return ErrNoLight
	}
	return p.shade(l, m, c.At(percent))
}

// shade sends a request for a colour or a brightness, which is waited for.
func (p *Panel) shade(l *lamp, m codec.Message, c RGB) error {
	l.unanswered, l.notSent = false, nil
	p.seq++
	l.seq = p.seq
	err := p.send(l, request{message: m, color: &c}, false)
	if err != nil {
		l.notSent = err
	}
	p.recompute(l)
	p.Changed.Raise()
	return err
}

// waitForAnswer starts the board's time anew for the last request.
func (p *Panel) waitForAnswer(l *lamp) {
	if l.answer != nil {
		l.answer.Stop()
	}
	seq := l.seq
	l.answer = time.AfterFunc(p.o.Answer, func() {
		p.o.Post(func() {
			if l.seq != seq || p.lamps[l.light.Base] != l || !l.light.Waiting {
				return
			}
			p.endWaiting(l)
			p.recompute(l)
			p.Changed.Raise()
		})
	})
}

// stopAnswer stops the clock when nothing waits any more.
func (l *lamp) stopAnswer() {
	if len(l.unconfirmed) == 0 && l.pendingColor == nil && l.target == Unknown && l.answer != nil {
		l.answer.Stop()
	}
}

// endWaiting ends all waiting. A board that did say what was asked for after the
// last request has answered, even where it left out a word for each of several
// quick requests; one that said something else contradicted.
func (p *Panel) endWaiting(l *lamp) {
	l.target = Unknown
	asked, tinted := len(l.unconfirmed) > 0, l.pendingColor != nil
	if !asked && !tinted {
		return
	}
	l.unconfirmed, l.pendingColor = nil, nil
	l.stopAnswer()
	missed := asked && !(l.answered && l.light.State == l.light.Target)
	l.contrary = missed && l.contrary
	l.unanswered = tinted || missed && !l.contrary
	switch {
	case l.asksLater(): // what was asked for last is not sent yet
	case missed:
		p.group.fail(l)
	case asked:
		p.group.confirm(l)
	}
}

// answerWith takes a board's word as the answer to a request, where it is one.
// Boards answer each command in turn, so a word answers the oldest request that it
// fits; the word that answers an earlier request never ends the waiting for a
// later one. A request is passed over only when the word is a change, for the same
// word again may be a mere repetition.
func (p *Panel) answerWith(l *lamp, s, before State) {
	if len(l.unconfirmed) == 0 {
		l.unanswered, l.contrary = false, false
		if s == l.light.Target && !l.asksLater() {
			p.group.confirm(l)
		}
		return
	}
	l.answered = true
	i := 0
	if l.unconfirmed[0] != s {
		if i = slices.Index(l.unconfirmed, s); i < 0 || s == before {
			l.contrary = i < 0
			return
		}
	}
	if l.unconfirmed = l.unconfirmed[i+1:]; len(l.unconfirmed) == 0 {
		l.unconfirmed, l.contrary = nil, false
		l.stopAnswer()
		if !l.asksLater() {
			p.group.confirm(l)
		}
	}
}

// applyCommand hears what anybody asks of a board, this program too, and says
// whether it made sense. A retained command makes none, whatever it says.
func (p *Panel) applyCommand(l *lamp, w codec.Word, empty, retained bool, at time.Time) bool {
	if retained || empty {
		l.light.RetainedCommand = retained && !empty
		return true
	}
	if w == codec.NoWord {
		return false
	}
	for i, c := range l.commands {
		if c.by.isOurs() && !c.echoed && c.word == w && at.Sub(c.at) <= echoTime {
			l.commands[i].echoed = true
			return true
		}
	}
	p.observe(l, command{word: w, by: ActorOther, at: at})
	if !l.talk.Confirms() && w != codec.WordToggle {
		l.lastSent, l.light.ChangedBy = codec.StateOf(w == codec.WordOn), ActorOther
		if !l.asksLater() {
			l.light.Target = l.lastSent
		}
	}
	return true
}

// isOurs reports whether a command is this program's, which comes back from the broker.
func (w Actor) isOurs() bool { return w == ActorThisPC || w == ActorPupil }

// observe remembers a command, and tells of it.
func (p *Panel) observe(l *lamp, c command) {
	l.remember(c)
	asked := map[codec.Word]State{codec.WordOn: On, codec.WordOff: Off}[c.word]
	p.o.Observe(Event{Base: l.light.Base, Asked: true, State: asked, By: c.by, At: c.at})
}

func (l *lamp) remember(c command) {
	if l.commands = append(l.commands, c); len(l.commands) > maxCommands {
		l.commands = l.commands[1:]
	}
}

// credit says who changed the lamp: the oldest command of late that fits, and
// where there is none, somebody at the board.
func (l *lamp) credit(s, before State, retained bool, at time.Time) {
	who := ActorUnknown
	if !retained && before != Unknown && l.light.Source == OwnBoard {
		who = ActorBoard // others can be switched in ways that are not heard here
	}
	for i := range l.commands {
		c := &l.commands[i]
		if c.done || at.Sub(c.at) > echoTime || !c.leadsTo(s, before) {
			continue
		}
		for j := 0; j <= i; j++ {
			l.commands[j].done = true
		}
		who = c.by
		break
	}
	l.forget(at)
	if s != before {
		l.light.ChangedBy = who
	}
}

// leadsTo reports whether a command leads to s.
func (c command) leadsTo(s, before State) bool {
	switch c.word {
	case codec.WordOn:
		return s == On
	case codec.WordOff:
		return s == Off
	}
	return before != s
}

// forget drops commands that can explain nothing any more.
func (l *lamp) forget(now time.Time) {
	keep := l.commands[:0]
	for _, c := range l.commands {
		waitsForEcho := c.by.isOurs() && !c.echoed
		if now.Sub(c.at) <= echoTime && (!c.done || waitsForEcho) {
			keep = append(keep, c)
		}
	}
	l.commands = keep
}
