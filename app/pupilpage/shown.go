package pupilpage

import (
	"encoding/json"
	"slices"
	"sync"

	"lamplighter/app/lights"
)

// card is a lamp as the page shows it.
type card struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Look  string `json:"look"` // the shape: on, off, waiting, trouble, offline, old, sent or unknown
	Word  string `json:"word"`
	Truth string `json:"truth"`
	On    bool   `json:"on"`   // what it was asked for while that is waited for, else what it is
	Able  bool   `json:"able"` // it can be asked now
	Taken bool   `json:"taken"`
	Group string `json:"group,omitempty"` // in the class
	Seat  string `json:"seat,omitempty"`  // its name with its seat

	place Place
	since int // the version in which it changed
}

// view is all that pages show at a time. Nobody changes it.
type view struct {
	version   int
	cards     map[string][]card // by language, in the panel's order
	ordered   int               // the version in which the order changed
	rule      Rule
	attention bool
}

// shown is what was shown last, from which the next view is made.
type shown struct {
	view   *view
	lights map[string]lights.Light
}

var looks = map[lights.Phase]string{
	lights.Unheard: "unknown", lights.Queued: "waiting", lights.Waiting: "waiting", lights.NoAnswer: "trouble", lights.NotSent: "trouble",
	lights.Contradicted: "trouble", lights.Offline: "offline", lights.Returning: "offline", lights.Stale: "old", lights.SentOnly: "sent",
}

func appearanceOf(l lights.Light) string {
	if look, ok := looks[l.Phase]; ok {
		return look
	}
	if l.State == lights.On {
		return "on"
	}
	return "off"
}

// shownOf makes the next view of a lesson: words are written only for lamps that
// have changed.
func (p *Page) shownOf(l *lesson) {
	was := l.shown
	if was.view == nil {
		was.view = &view{}
	}
	now := shown{lights: map[string]lights.Light{}, view: &view{
		version: was.view.version + 1, ordered: was.view.ordered, cards: map[string][]card{}, rule: p.rule, attention: p.attention,
	}}
	taken, before, places := l.takenLamps(p.now()), was.byID(), p.o.Class.Places()
	for _, light := range p.o.Lamps.Lights() {
		if !onPage(light) {
			continue
		}
		now.lights[light.Base] = light
		old, had := was.lights[light.Base]
		for _, language := range l.speech.Languages() {
			c := before[language][light.Base]
			if !had || old != light || c.Taken != taken[light.Base] || c.place != places[light.Base] {
				c = card{
					ID: light.Base, Name: light.Name, Look: appearanceOf(light), On: light.DisplayState() == lights.On,
					Able: !light.IsUnreachable() && !light.ReadOnly, Taken: taken[light.Base], since: now.view.version,
				}
				c.Word, c.Truth = l.speech.Lamp(language, light)
				c.place = places[light.Base]
				if c.Group = c.place.Group; c.place.Row > 0 {
					c.Seat = l.speech.Seat(language, light.Name, c.place.Row, c.place.Column)
				}
			}
			now.view.cards[language] = append(now.view.cards[language], c)
		}
	}
	if !sameOrder(was.view, now.view, l.speech.Languages()[0]) {
		now.view.ordered = now.view.version
	}
	l.shown = now
}

func (s shown) byID() map[string]map[string]card {
	all := map[string]map[string]card{}
	for language, cards := range s.view.cards {
		all[language] = map[string]card{}
		for _, c := range cards {
			all[language][c.ID] = c
		}
	}
	return all
}

func sameOrder(a, b *view, language string) bool {
	return slices.EqualFunc(a.cards[language], b.cards[language], func(x, y card) bool { return x.ID == y.ID })
}

// event is what a page is told: the lamps that have changed since the last one,
// and all in their order where that has changed.
type event struct {
	Rule      string   `json:"rule"`
	Attention bool     `json:"attention"`
	Order     []string `json:"order,omitempty"`
	Empty     bool     `json:"empty,omitempty"` // there is no lamp
	Lamps     []card   `json:"lamps,omitempty"`
}

// since is the event for a page that was told version sent last.
func (v *view) since(sent int, language string) ([]byte, error) {
	e := event{Rule: v.rule.String(), Attention: v.attention, Empty: len(v.cards[language]) == 0}
	for _, c := range v.cards[language] {
		if c.since > sent {
			e.Lamps = append(e.Lamps, c)
		}
		if v.ordered > sent {
			e.Order = append(e.Order, c.ID)
		}
	}
	return json.Marshal(e)
}

// feed hands the newest view to all streams. A stream that is slow misses those
// between: nothing waits for it.
type feed struct {
	mu   sync.Mutex
	view *view
	wake map[chan struct{}]bool
}

func newFeed(v *view) *feed { return &feed{view: v, wake: map[chan struct{}]bool{}} }

// publish never waits.
func (f *feed) publish(v *view) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.view = v
	for wake := range f.wake {
		select {
		case wake <- struct{}{}:
		default: // it has not looked at the one before
		}
	}
}

func (f *feed) newest() *view {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.view
}

// listen gives a channel that tells of each view, or of several as one.
func (f *feed) listen() (wake chan struct{}, stop func()) {
	wake = make(chan struct{}, 1)
	f.mu.Lock()
	f.wake[wake] = true
	f.mu.Unlock()
	return wake, func() {
		f.mu.Lock()
		delete(f.wake, wake)
		f.mu.Unlock()
	}
}
