// Package lesson is what a teacher has in hand of a class at work: who has the
// switches, which lamp all look at, which boards are missing and why, what has
// happened to each lamp, and the way back to the beginning.
//
// A Lesson belongs to the state's goroutine, to which Options.Post leads. It never
// draws, and never says of a lamp what its board has not said.
package lesson

import (
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/lights"
	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/app/traffic"
	"lamplighter/app/watch"
	"lamplighter/app/worker"
	"lamplighter/device/lamp"
)

// Options are what a Lesson works with.
type Options struct {
	Lamps *lights.Panel
	Post  func(func())     // runs a function on the state's goroutine, later
	Now   func() time.Time // nil: time.Now

	// Freeze takes the switches from pupils, or gives them back.
	Freeze func(on bool)
	// Keep keeps what the teacher wishes, for the next time; nil = nobody does.
	Keep func(settings.Attention)
	// Publish sends a message that is of use now or never.
	Publish func(topic string, payload []byte) error
	// BoardOf finds the lamp of a user of this computer's broker.
	BoardOf func(user string) (base string, ok bool)

	// Retained asks the broker for what it keeps that is not the boards'; whole says
	// that it keeps nothing else. Done is not called after cancel.
	Retained func(done func(list []topics.RetainedMessage, whole bool, err error)) (cancel func())
	Eraser   *traffic.Eraser
	// FirstColor is the colour that a lamp was set up with.
	FirstColor func(base string) (lights.RGB, bool)
}

// Lesson is the lesson.
type Lesson struct {
	Changed watch.Signal // raised when anything here has another answer, beside what the panel tells itself

	o         Options
	options   settings.Attention
	attention bool
	spotlight string // base of the lamp; "" = none
	touched
	renew func() // stops the next renewal

	began time.Time
	rows  map[string]*row
	left  map[string]departure // by base
	undo  *Plan                // what the last start did, as long as it can be taken back
	at    time.Time            // of the last start
}

// touched is what attention has done to the lamps, by base.
type touched struct {
	before map[string]lights.State // of those that it has changed, as they were
	asked  map[string]time.Time    // when a board's button was asked for last
	met    map[string]bool         // who was here since lamps are to be dark, and has been put out
	ended  time.Time               // when attention ended; zero = it has not, or nobody has still to be lit
}

// returnTime is for how long after attention a board that comes back gets its lamp as
// it was before.
const returnTime = 15 * time.Minute

// Boards' buttons are held for holdTime at a time, and asked for again every
// renewTime: when program or broker are gone, so is the hold.
const (
	holdTime  = 30 * time.Second
	renewTime = 10 * time.Second
	// askPause is how soon a button that is not held yet is asked for again.
	askPause = 2 * time.Second
)

// New begins a lesson.
func New(o Options, w settings.Attention) *Lesson {
	if o.Now == nil {
		o.Now = time.Now
	}
	l := &Lesson{o: o, options: w, renew: func() {}, rows: map[string]*row{}, left: map[string]departure{}}
	l.noteAnew()
	l.began = o.Now()
	o.Lamps.Changed.Listen(l.update)
	o.Eraser.Changed.Listen(l.Changed.Raise)
	return l
}

// Attention reports whether the teacher alone has the switches.
func (l *Lesson) Attention() bool { return l.attention }

// BrokerChanged forgets the lamps, for another broker is in use from now on: nothing of the
// one before is done to its lamps. Attention stays.
func (l *Lesson) BrokerChanged() {
	l.releaseButtons()
	l.spotlight, l.undo = "", nil
	l.noteAnew()
	clear(l.rows)
	clear(l.left)
	l.began = l.o.Now()
	l.endErasing()
	if l.attention {
		l.hold()
	}
	l.Changed.Raise()
}

// noteAnew forgets what attention has changed and asked for.
func (l *Lesson) noteAnew() {
	l.touched = touched{before: map[string]lights.State{}, asked: map[string]time.Time{}, met: map[string]bool{}}
}

// endErasing stops what is erased, and forgets it.
func (l *Lesson) endErasing() {
	if l.o.Eraser.State().Phase == traffic.EraserWorking {
		l.o.Eraser.Stop()
	}
	l.o.Eraser.Dismiss()
}

// AttentionOptions are what attention does besides.
func (l *Lesson) AttentionOptions() settings.Attention { return l.options }

// Spotlight is the base of the one lamp that all look at, or "".
func (l *Lesson) Spotlight() string { return l.spotlight }

// SetAttention takes the switches from all but the teacher, or gives them back. Then
// the lamps that it has changed are asked to be as they were before, those that the
// teacher has lit meanwhile excepted; of boards that are away now, when they are back.
func (l *Lesson) SetAttention(on bool) {
	if on != l.attention {
		l.setAttention(on)
		l.Changed.Raise()
	}
}

func (l *Lesson) setAttention(on bool) {
	l.attention = on
	l.o.Freeze(on)
	if on {
		clear(l.met)
		l.ended = time.Time{}
		l.darken()
		l.hold()
		return
	}
	l.spotlight, l.ended = "", l.o.Now()
	l.releaseButtons()
	l.restore()
}

// SetAttentionOptions changes what attention does besides, at once where it is on.
func (l *Lesson) SetAttentionOptions(w settings.Attention) {
	was := l.options
	if w == was {
		return
	}
	l.options = w
	if l.o.Keep != nil {
		l.o.Keep(w)
	}
	if l.attention {
		if w.Dark != was.Dark {
			l.dim()
		}
		if w.Buttons {
			l.hold()
		} else {
			l.releaseButtons()
		}
	}
	l.Changed.Raise()
}

// SetSpotlight takes the switches, lights one lamp and puts the others out. With ""
// all are looked at again: the switches stay where they are, and the lamps are asked
// to be as attention without a spotlight has them.
func (l *Lesson) SetSpotlight(base string) {
	if base == l.spotlight {
		return
	}
	l.spotlight = base
	if !l.attention {
		l.setAttention(true)
	} else {
		l.dim()
	}
	l.shine(base)
	l.Changed.Raise()
}

// dim puts the lamps out, or where they need not be dark has them as they were.
func (l *Lesson) dim() {
	clear(l.met)
	if l.isDark() {
		l.darken()
	} else {
		l.restore()
	}
}

// isDark reports whether lamps are to be off, all but the one in the spotlight.
func (l *Lesson) isDark() bool { return l.attention && (l.options.Dark || l.spotlight != "") }

// darken puts all lamps out, where that is wished, but the one in the spotlight.
func (l *Lesson) darken() {
	if !l.isDark() {
		return
	}
	bases := []string{} // never nil, which would be all
	for _, x := range l.o.Lamps.Lights() {
		l.met[x.Base] = !x.IsUnreachable() && x.DisplayState() != lights.Unknown
		if x.Unlisted || x.ReadOnly || x.IsUnreachable() || x.Base == l.spotlight || x.DisplayState() == lights.Off {
			continue
		}
		l.note(x)
		bases = append(bases, x.Base)
	}
	if len(bases) > 0 {
		l.o.Lamps.SwitchAll(false, bases)
	}
}

func (l *Lesson) shine(base string) {
	if x, ok := l.o.Lamps.Light(base); ok && x.DisplayState() != lights.On {
		l.note(x)
		_ = l.o.Lamps.Switch(base, true) // what went wrong is told as the lamp's state
	}
}

// note keeps how a lamp was before attention changed it.
func (l *Lesson) note(x lights.Light) {
	if _, noted := l.before[x.Base]; !noted {
		l.before[x.Base] = x.DisplayState()
	}
}

// restore asks the lamps that are here to be as they were before.
func (l *Lesson) restore() {
	on := []string{}
	for _, x := range l.o.Lamps.Lights() {
		was, noted := l.before[x.Base]
		if !noted || x.IsUnreachable() || x.DisplayState() == lights.Unknown {
			continue
		}
		delete(l.before, x.Base)
		switch {
		case x.DisplayState() == was:
		case was == lights.On:
			on = append(on, x.Base)
		case was == lights.Off:
			_ = l.o.Lamps.Switch(x.Base, false) // what went wrong is told as the lamp's state
		}
	}
	if len(on) > 0 {
		l.o.Lamps.SwitchAll(true, on)
	}
}

// Buttons counts the boards whose buttons are asked for: those that say that they
// are held, those that have not said so yet, and those that can't be held, for their
// program is older or their broker lets anybody speak.
type Buttons struct{ Held, Free, Unable int }

// Buttons tells how the boards' buttons are.
func (l *Lesson) Buttons() (b Buttons) {
	for _, x := range l.o.Lamps.Lights() {
		switch {
		case x.Source != lights.OwnBoard || x.Unlisted || !x.IsOnline():
		case x.Topics.Hold == "":
			b.Unable++
		case x.Info.Held:
			b.Held++
		default:
			b.Free++
		}
	}
	return b
}

// hold asks for the boards' buttons, and goes on doing so.
func (l *Lesson) hold() {
	l.renew()
	if !l.attention || !l.options.Buttons {
		return
	}
	for _, x := range l.o.Lamps.Lights() {
		l.ask(x)
	}
	l.renew = worker.After(renewTime, l.o.Post, l.hold)
}

// ask asks for a board's button. One that is not there is asked when it comes.
func (l *Lesson) ask(x lights.Light) {
	if x.Topics.Hold == "" || !x.IsOnline() {
		return
	}
	l.asked[x.Base] = l.o.Now()
	_ = l.o.Publish(x.Topics.Hold, []byte(lamp.HoldPayload(holdTime))) // it is said again soon
}

// releaseButtons gives the boards their buttons back.
func (l *Lesson) releaseButtons() {
	l.renew()
	for base := range l.asked {
		if x, ok := l.o.Lamps.Light(base); ok && x.Topics.Hold != "" {
			_ = l.o.Publish(x.Topics.Hold, []byte(lamp.HoldPayload(0)))
		}
	}
	clear(l.asked)
}

// update follows the panel.
func (l *Lesson) update() {
	now := l.o.Now()
	for _, x := range l.o.Lamps.Lights() {
		l.follow(x, now)
		l.meet(x)
		if l.attention && l.options.Buttons && !x.Info.Held && now.Sub(l.asked[x.Base]) >= askPause {
			l.ask(x)
		}
	}
	l.remember(now)
	if _, here := l.o.Lamps.Light(l.spotlight); l.spotlight != "" && !here {
		l.SetSpotlight("") // it was taken off the panel
	}
}

// meet brings a board that is here again, or for the first time, to where the others
// are, as soon as it has said how its lamp is. What the teacher switches after that
// stays.
func (l *Lesson) meet(x lights.Light) {
	if !l.isDark() || x.Unlisted || x.ReadOnly {
		return
	}
	if x.IsUnreachable() {
		l.met[x.Base] = false
		return
	}
	if l.met[x.Base] || x.DisplayState() == lights.Unknown {
		return
	}
	l.met[x.Base] = true
	if x.Base == l.spotlight {
		l.shine(x.Base)
	} else if x.DisplayState() == lights.On {
		l.note(x)
		_ = l.o.Lamps.Switch(x.Base, false) // what went wrong is told as the lamp's state
	}
}

// remember has lamps whose boards were away at the end of attention as they were
// before it.
func (l *Lesson) remember(now time.Time) {
	switch {
	case l.attention || l.ended.IsZero():
	case len(l.before) == 0 || now.Sub(l.ended) > returnTime:
		l.ended = time.Time{}
		clear(l.before)
	default:
		l.restore()
	}
}

// End gives everything back, at the program's end.
func (l *Lesson) End() {
	if l.attention {
		l.setAttention(false)
	}
}

// HandleNotice takes in what this computer's broker has to tell of a client.
func (l *Lesson) HandleNotice(n broker.Notice) {
	base, ok := l.o.BoardOf(n.User)
	if !ok {
		return
	}
	d := l.left[base]
	switch {
	case n.Kind == broker.Connected:
		delete(l.left, base)
		return
	case n.Kind == broker.Disconnected:
		if n.Departure != broker.LeftTakenOver {
			d.refused = broker.Notice{} // that was before
		}
		d.at, d.leave, d.known = n.At, n.Departure, true
	case Refuses(n.Kind):
		d.refused = n
	default:
		return
	}
	l.left[base] = d
	l.Changed.Raise()
}
