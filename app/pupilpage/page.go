// Package pupilpage is the small web page on which pupils switch lamps from
// phones, tablets and other computers in the room. It is off until a teacher
// opens it, and each time it has another code.
//
// A Page belongs to the state's goroutine, to which Options.Post leads. The web
// server lives on its own goroutines: it bounds, checks and refuses there, and
// posts only what is allowed by then. Names of pupils are kept in memory only.
package pupilpage

import (
	"cmp"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/watch"
	"lamplighter/app/worker"
	"lamplighter/device/random"
)

// Rule is what pupils may do.
type Rule int

// The rules.
const (
	RuleOwn   Rule = iota // each the lamp that it chose
	RuleGroup             // each that lamp and those of its group in the class
	RuleAll               // every lamp
	RuleLook              // none
	rules
)

// String names the rule, as the page's program knows it.
func (r Rule) String() string { return [...]string{"mine", "group", "all", "look"}[r] }

// Rules lists every rule.
func Rules() []Rule {
	all := make([]Rule, rules)
	for i := range all {
		all[i] = Rule(i)
	}
	return all
}

// Speech is the words of the page, in each of its languages.
type Speech interface {
	// Languages are BCP 47 tags; the first is for everybody whose own is not there.
	Languages() []string
	// Texts are the page's own, by name.
	Texts(language string) map[string]string
	// Lamp is how a lamp is, in the words of the panel.
	Lamp(language string, l lights.Light) (word, truth string)
	// Seat is a lamp's name with the seat where it is.
	Seat(language, name string, row, column int) string
}

// Options are what a Page works with.
type Options struct {
	Lamps   *lights.Panel
	Post    func(func())  // runs a function on the state's goroutine, later
	Host    string        // the interface that the server listens on; "" = all
	Address func() string // of this computer, as others in the room know it; "" = none
	Class   Class         // nil = nobody is known
	Freeze  func(on bool) // has this computer's broker refuse pupils' commands, or take them again
}

// State is how the page is.
type State struct {
	Open    bool
	Address string // host and port to be typed into a browser; "" without a network
	Code    string
	Present int   // pupils whose page is open
	Refused int   // requests that were refused since the page was opened
	Err     error // why it could not be opened
}

// URL is the address with the code in its fragment, which browsers send to nobody.
func (s State) URL() string { return "http://" + s.Address + "/#" + s.Code }

// Pupil is somebody who has typed the code.
type Pupil struct {
	Name    string // as typed; "" = none
	Lamp    string // base of the lamp that was chosen; "" = none
	Present bool   // its page is open

	streams int
	left    time.Time // when the last stream ended
}

const (
	maxPupils = 128
	// holdTime is how long a lamp is kept for a pupil whose page is not open.
	holdTime = 30 * time.Second
	// showPause gathers changes of lamps into one event.
	showPause = 100 * time.Millisecond
	// closeTime is how long Wait waits for the server's end.
	closeTime = 3 * time.Second
)

// Page is the page, open or not.
type Page struct {
	Changed watch.Signal // raised when State, Rule, Attention or Pupils have other answers

	o         Options
	rule      Rule
	attention bool
	port      int // that of the last time
	err       error
	telling   bool // Changed is raised soon
	now       func() time.Time

	lesson *lesson // nil while it is closed
	ended  <-chan struct{}
}

// lesson is what lasts from Open to Close.
type lesson struct {
	code    string
	speech  Speech
	server  *server
	pupils  map[int]*Pupil
	last    int // the newest pupil's number
	shown   shown
	pausing bool // changes are gathered
	changed bool // and there are some
	stop    []func()
}

// New makes a page that is closed.
func New(o Options) *Page {
	if o.Class == nil {
		o.Class = noClass{}
	}
	return &Page{o: o, now: time.Now}
}

// Open begins to serve the page, with a new code. Where it is open already, it
// ends for all who have the old one. State says why it failed.
func (p *Page) Open(s Speech) {
	p.Close()
	l := &lesson{code: random.Readable(), speech: s, pupils: map[int]*Pupil{}}
	p.shownOf(l)
	l.server, p.err = newServer(p, l)
	if p.err == nil {
		p.lesson, p.port = l, l.server.port()
		l.stop = append(l.stop, p.o.Lamps.Changed.Listen(p.show))
		l.server.start()
	}
	p.Changed.Raise()
}

// Close ends the page for everybody. It waits for nothing.
func (p *Page) Close() {
	l := p.lesson
	if l == nil {
		return
	}
	for _, stop := range l.stop {
		stop()
	}
	p.lesson, p.ended = nil, l.server.end()
	p.Changed.Raise()
}

// Shut is Close at the program's end: pupils have their switches again, and it
// returns when the server has ended, or after 3 s.
func (p *Page) Shut() {
	p.SetAttention(false)
	p.Close()
	if p.ended == nil {
		return
	}
	select {
	case <-p.ended:
	case <-time.After(closeTime):
	}
}

// State is how the page is now.
func (p *Page) State() State {
	l := p.lesson
	if l == nil {
		return State{Err: p.err}
	}
	s := State{Open: true, Code: l.code, Refused: int(l.server.refused.Load())}
	if host := p.o.Address(); host != "" {
		s.Address = endpoint.Join(host, l.server.port())
	}
	for _, x := range l.pupils {
		if x.streams > 0 {
			s.Present++
		}
	}
	return s
}

// Place is the host and port at which pupils find the page while it is open, as far
// as that is known before; "" without a network.
func (p *Page) Place() string {
	if s := p.State(); s.Open {
		return s.Address
	}
	host := p.o.Address()
	if host == "" {
		return ""
	}
	return endpoint.Join(host, cmp.Or(p.port, usualPort))
}

// Pupils lists who has typed the code, in that order.
func (p *Page) Pupils() (all []Pupil) {
	if p.lesson == nil {
		return nil
	}
	for id := range p.lesson.last + 1 {
		if x := p.lesson.pupils[id]; x != nil {
			shown := *x
			shown.Present = x.streams > 0
			all = append(all, shown)
		}
	}
	return all
}

// Rule is what pupils may do.
func (p *Page) Rule() Rule { return p.rule }

// SetRule changes what pupils may do, at once.
func (p *Page) SetRule(r Rule) {
	if p.rule != r {
		p.rule = r
		p.show()
		p.Changed.Raise()
	}
}

// Attention reports whether the teacher alone has the switches.
func (p *Page) Attention() bool { return p.attention }

// SetAttention takes the switches from all pupils, or gives them back: this
// page's and, at this computer's broker, those of their programs.
func (p *Page) SetAttention(on bool) {
	if p.attention != on {
		p.attention = on
		p.o.Freeze(on)
		p.show()
		p.Changed.Raise()
	}
}

// join lets a pupil in that has typed the code. It is refused only where there is
// no room.
func (p *Page) join(l *lesson, name string) (id int, why refusal) {
	if p.lesson != l {
		return 0, lessonOver
	}
	if len(l.pupils) >= maxPupils && !l.evict() {
		return 0, roomFull
	}
	l.last++
	l.pupils[l.last] = &Pupil{Name: name, left: p.now()}
	p.notifyChanged()
	return l.last, ""
}

// evict takes out the pupil whose page is closed for longest.
func (l *lesson) evict() bool {
	oldest := 0
	for id, x := range l.pupils {
		if x.streams == 0 && (oldest == 0 || x.left.Before(l.pupils[oldest].left)) {
			oldest = id
		}
	}
	if oldest == 0 {
		return false
	}
	delete(l.pupils, oldest)
	l.server.admission.dismiss(oldest)
	return true
}

// pick gives a pupil a lamp, or with "" takes its lamp back.
func (p *Page) pick(l *lesson, id int, base string) refusal {
	x := l.pupils[id]
	switch {
	case p.lesson != l || x == nil:
		return lessonOver
	case base == "":
	case !p.shows(base):
		return lampGone
	case l.holder(base, id, p.now()) != nil:
		return lampTaken
	}
	for _, y := range l.pupils {
		if base != "" && y.Lamp == base {
			y.Lamp = "" // it was away for too long
		}
	}
	x.Lamp = base
	p.show()
	p.notifyChanged()
	return ""
}

// holder is who has a lamp, other than the pupil who asks (0 = nobody), or nil.
func (l *lesson) holder(base string, asks int, now time.Time) *Pupil {
	for id, x := range l.pupils {
		if id != asks && x.Lamp == base && (x.streams > 0 || now.Sub(x.left) < holdTime) {
			return x
		}
	}
	return nil
}

// flip asks a lamp for a pupil, where that is allowed.
func (p *Page) flip(l *lesson, id int, base string, on bool) refusal {
	x := l.pupils[id]
	switch {
	case p.lesson != l || x == nil:
		return lessonOver
	case p.attention:
		return teacherHas
	case !p.may(x, base):
		return notAllowed
	case !p.shows(base):
		return lampGone
	}
	lamp, _ := p.o.Lamps.Light(base)
	if lamp.IsUnreachable() || lamp.ReadOnly {
		return lampAway
	}
	_ = p.o.Lamps.SwitchFor(lights.ActorPupil, base, on) // what went wrong is told as the lamp's state
	return ""
}

// shows reports whether the page shows a lamp.
func (p *Page) shows(base string) bool {
	l, known := p.o.Lamps.Light(base)
	return known && onPage(l)
}

// onPage reports whether a lamp is shown to pupils: what a program made up is not.
func onPage(l lights.Light) bool { return !l.Unlisted }

// arrive and leave follow the streams of a pupil.
func (p *Page) arrive(l *lesson, id int) { p.follow(l, id, 1) }

func (p *Page) removeFollower(l *lesson, id int) { p.follow(l, id, -1) }

func (p *Page) follow(l *lesson, id, by int) {
	x := l.pupils[id]
	if x == nil || p.lesson != l {
		return
	}
	x.streams += by
	if x.streams == 0 {
		x.left = p.now()
		if x.Lamp != "" { // others may have it then
			worker.After(holdTime, p.o.Post, func() {
				if p.lesson == l {
					p.show()
				}
			})
		}
	}
	p.notifyChanged()
}

// notifyChanged raises Changed for what pupils cause, however fast they are.
func (p *Page) notifyChanged() {
	if p.telling {
		return
	}
	p.telling = true
	worker.After(showPause, p.o.Post, func() {
		p.telling = false
		p.Changed.Raise()
	})
}

// show has all pages show what has changed, at once or gathered with more.
func (p *Page) show() {
	l := p.lesson
	if l == nil {
		return
	}
	if l.pausing {
		l.changed = true
		return
	}
	p.shownOf(l)
	l.server.feed.publish(l.shown.view)
	l.pausing = true
	l.stop = append(l.stop[:min(1, len(l.stop))], worker.After(showPause, p.o.Post, func() {
		l.pausing = false
		if l.changed && p.lesson == l {
			l.changed = false
			p.show()
		}
	}))
}

// takenLamps are the lamps that pupils have.
func (l *lesson) takenLamps(now time.Time) map[string]bool {
	all := map[string]bool{}
	for _, x := range l.pupils {
		if x.Lamp != "" && l.holder(x.Lamp, 0, now) != nil {
			all[x.Lamp] = true
		}
	}
	return all
}
