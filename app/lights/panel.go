// Package lights is the panel of lamps: of each, what its board confirmed, what
// was asked for, and whether the board is here at all.
//
// Only a board's own word changes whether its lamp is on. A click is a request: it
// waits, and becomes "no answer" when nothing comes. The package never draws,
// never translates, opens no connection and never publishes a retained command.
// A Panel belongs to the state's goroutine, which [Options.Post] leads to; only
// timers run elsewhere, and they do nothing but post.
package lights

import (
	"errors"
	"slices"
	"strings"
	"time"

	"lamplighter/app/lights/codec"
	"lamplighter/app/watch"
	"lamplighter/device"
)

// The panel's bounds and times.
const (
	MaxLights   = 500 // what is beyond is counted by Omitted
	MaxUnlisted = 60  // of them that are Unlisted

	// defaultAnswer is how long a board in the same network may take to confirm.
	defaultAnswer = 3 * time.Second
	// defaultStale is how long a board without a status topic is believed.
	defaultStale = 15 * time.Minute
)

// ErrNoLink is the reason that a request was not sent: there is no connection to
// the broker. A command is never kept for later, for a lamp must not
// light by itself minutes after a click.
var ErrNoLink = errors.New("lights: no connection to the broker")

// ErrNoLight is the reason that a request was not sent: there is no such lamp, or
// it cannot do that.
var ErrNoLight = errors.New("lights: no such lamp")

// ErrTaken is the reason that a lamp was not added: there is one already.
var ErrTaken = errors.New("lights: there is such a lamp already")

// Publisher sends commands, never retained. It may not block.
type Publisher interface {
	// Publish sends a command, and reports whether it waits for its turn, as where a
	// platform allows only so many a minute: Sent, Replaced or Unsent tells what
	// becomes of it. A later command under the same topic takes its place, be that
	// one refused. Many tells that it is one of many that were asked for at once: it
	// goes after those that a person asked for one by one.
	Publish(topic string, payload []byte, many bool) (queued bool, err error)
	// Withdraw forgets what waits under a topic, for its lamp is gone.
	Withdraw(topic string)
	// Turns tells of each topic what is before the command that waits under it.
	Turns() map[string]Turn
}

// Turn is how far away a command's turn is.
type Turn struct {
	Ahead int           // commands that go before it
	Wait  time.Duration // about
}

// Options are what a Panel works with.
type Options struct {
	Publisher Publisher
	// Clear publishes an empty retained message, which makes the broker forget
	// what it keeps under the topic.
	Clear func(topic string) error
	// Post runs a function on the state's goroutine, later.
	Post func(func())
	// Classroom is the first part of every lamp's base; "" takes lamps from all.
	Classroom string
	// Save and Forget keep the roster; either may be nil.
	Save   func(Entry) error
	Forget func(base string) error
	// Observe is told what befalls lamps, on the state's goroutine; nil = nobody.
	Observe func(Event)
	Now     func() time.Time // nil: time.Now
	Answer  time.Duration    // how long a board may take to confirm; 0: 3 s
	Stale   time.Duration    // how long a board without a status topic is believed; 0: 15 min
}

// Panel holds the lamps.
type Panel struct {
	Changed watch.Signal // raised once for a batch of messages, and at each request
	Wanted  watch.Signal // raised when Filters has changed by what was heard, once for a batch

	o       Options
	linked  bool
	started time.Time // when the broker started, where that is known
	waited  *time.Timer
	lamps   map[string]*lamp // by base
	index   topicIndex
	list    listing
	seq     uint64 // numbers the requests
	raising bool   // a raise is posted
	group   *group
	foreign foreign
}

// lamp is a Light with what is behind it.
type lamp struct {
	light             Light
	talk              codec.Codec
	entry             Entry
	roster            bool   // the roster knows it
	groupKey, nameKey []byte // its place: see byPlace
	shown             bool
	version           uint64 // of its announcement, for a foreign lamp

	queued       []request // not sent yet: at most one of each topic
	unconfirmed  []State   // sent and not answered, oldest first
	seq          uint64    // of the last request
	answered     bool      // a live word came since the last request
	contrary     bool      // and it fitted no request
	unanswered   bool
	lastSent     State // what was sent last to a board that never confirms, by anybody
	notSent      error // why the last request was not sent, or nil
	pendingColor *RGB  // the colour that was asked for and not confirmed
	target       State // what the lamp says it is on its way to, or Unknown
	dims         bool  // it says a brightness beside any colour

	fresh    bool // a word came since the link was last up
	outdated bool // the word is older than a board without status is believed

	commands []command // heard or sent lately, oldest first
	answer   *time.Timer
	stale    *time.Timer
}

// New makes an empty panel without a link.
func New(o Options) *Panel {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Observe == nil {
		o.Observe = func(Event) {}
	}
	if o.Answer <= 0 {
		o.Answer = defaultAnswer
	}
	if o.Stale <= 0 {
		o.Stale = defaultStale
	}
	return &Panel{
		o: o, lamps: map[string]*lamp{}, index: newTopicIndex(), list: listing{leftOut: map[string]bool{}},
		foreign: foreign{entries: map[string]Entry{}, recent: map[string]recent{}, freeBytes: maxRecentBytes},
	}
}

// Lights lists the lamps by group and name, numbers by their value.
func (p *Panel) Lights() []Light {
	p.meetForeign()
	all, turns := make([]Light, len(p.list.shown)), map[string]Turn(nil)
	for i, l := range p.list.shown {
		all[i] = p.inTurn(l, &turns)
	}
	return all
}

// Light finds one lamp.
func (p *Panel) Light(base string) (Light, bool) {
	l := p.find(base)
	if l == nil || !l.shown {
		return Light{}, false
	}
	return p.inTurn(l, new(map[string]Turn)), true
}

// find finds a lamp, shown or not.
func (p *Panel) find(base string) *lamp {
	p.meetForeign()
	return p.lamps[base]
}

// Omitted is how many lamps found no place on the panel.
func (p *Panel) Omitted() int {
	p.meetForeign()
	return len(p.list.leftOut)
}

// SetClassroom changes the first part of the bases that lamps are taken from.
// Lamps that are known stay.
func (p *Panel) SetClassroom(classroom string) {
	if p.o.Classroom != classroom {
		p.o.Classroom = classroom
		p.Changed.Raise()
	}
}

// SetRosterOnly says whether every board here is in the roster, as at this computer's
// broker, which has an account for each: then lamps that are not in it are
// Unlisted, for a pupil's program can make as many as it likes.
func (p *Panel) SetRosterOnly(on bool) {
	if on == p.list.closed {
		return
	}
	p.list.closed = on
	p.list.fill(func() {
		for _, l := range p.lamps {
			p.recompute(l)
		}
	})
	p.Changed.Raise()
}

// crowded reports whether there are as many unlisted lamps as there may be.
func (p *Panel) crowded() bool {
	n := 0
	for _, l := range p.lamps {
		if p.list.unlisted(l) {
			n++
		}
	}
	return n >= MaxUnlisted
}

// makeRoom takes an unlisted lamp off a full panel for one of the roster, and
// reports whether there is room.
func (p *Panel) makeRoom() bool {
	if !p.list.full() {
		return true
	}
	last := p.list.shown[len(p.list.shown)-1] // unlisted ones are the last
	if !p.list.unlisted(last) {
		return false
	}
	p.list.countOmitted(last.light.Base)
	p.drop(last)
	return true
}

// Filters are the subscriptions that the panel lives on.
func (p *Panel) Filters() []string {
	p.meetForeign()
	class := p.o.Classroom
	if class == "" {
		class = "+"
	}
	var all []string
	for _, suffix := range codec.UsualSuffixes() {
		all = append(all, class+"/+"+suffix)
	}
	usual := len(all)
	all = append(all, p.foreignFilters()...)
	for _, l := range p.lamps {
		if !isOwn(l) {
			continue
		}
		for _, topic := range l.talk.Topics() {
			// What goes to SetTo arrives elsewhere, and a platform may take it amiss
			// to be asked for it.
			base, ok := p.split(topic)
			if topic == "" || topic == l.light.Topics.SetTo || ok && base == l.light.Base || !p.index.isRouted(l, topic) {
				continue
			}
			all = append(all, filterFor(topic, l))
		}
	}
	slices.Sort(all[usual:])
	return slices.Compact(all)
}

// filterFor is a filter for a topic that the classroom's own do not match. The
// lamps of an earlier classroom share theirs, for a link's filters are bounded.
func filterFor(topic string, l *lamp) string {
	base, suffix, ok := codec.UsualBase(topic)
	if !ok || base != l.light.Base {
		return topic
	}
	class, _, _ := strings.Cut(base, "/")
	return class + "/+" + suffix
}

// SetConfirmTimeout changes how long a board may take to confirm, as a connection over
// the internet wants.
func (p *Panel) SetConfirmTimeout(d time.Duration) {
	if d > 0 {
		p.o.Answer = d
	}
}

// Answer is how long a board may take to confirm.
func (p *Panel) Answer() time.Duration { return p.o.Answer }

// Close stops the timers.
func (p *Panel) Close() {
	for _, l := range p.lamps {
		l.stopTimers()
	}
	p.BrokerStarted(time.Time{})
}

func (l *lamp) stopTimers() {
	for _, t := range []*time.Timer{l.answer, l.stale} {
		if t != nil {
			t.Stop()
		}
	}
}

// add makes a lamp that is not shown yet.
func (p *Panel) add(base string, talk codec.Codec, from Source) *lamp {
	l := &lamp{light: Light{Base: base, Source: from, Topics: talk.DisplayTopics(), Silent: !talk.Confirms()}, talk: talk}
	if _, able := talk.EncodeSwitch(true); !able {
		l.light.ReadOnly = true
	}
	p.lamps[base] = l
	p.list.hidden++
	p.index.add(l)
	return l
}

func isOwn(l *lamp) bool { return l.light.Source == OwnBoard }

func (p *Panel) drop(l *lamp) {
	l.stopTimers()
	p.withdraw(l)
	p.index.remove(l)
	delete(p.lamps, l.light.Base)
	p.list.remove(l)
	p.group.remove(l)
}

// yield takes lamps off the panel that only seemed to be some because of a
// topic which the roster now gives to another.
func (p *Panel) yield(t device.Topics) {
	for _, topic := range []string{t.Set, t.State} {
		for _, l := range p.index.topics[topic] {
			if !l.roster && isOwn(l) {
				p.drop(l)
			}
		}
	}
}
