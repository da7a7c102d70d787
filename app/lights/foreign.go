package lights

import (
	"errors"
	"slices"
	"strings"
	"time"

	"lamplighter/app/lights/codec"
	"lamplighter/device/topic"
)

// foreign is what the panel knows of other systems at the same broker, whose
// lamps appear by themselves.
type foreign struct {
	finder    *codec.Finder // nil: nobody looks for them
	filters   []string      // the finder's
	entries   map[string]Entry
	recent    map[string]recent
	due       bool // the panel is to be brought in line, and that is posted
	freeBytes int  // bytes that recent may still take
}

// recent is a message that came before the lamp that it is about.
type recent struct {
	payload  []byte
	retained bool
	at       time.Time
}

// The bounds of what is remembered for lamps that are announced later.
const (
	maxRecent      = 4096    // topics
	maxRecentOne   = 4 << 10 // bytes of one
	maxRecentBytes = 4 << 20 // bytes of all
)

// SetForeign chooses whether lamps of Home Assistant, Tasmota, Zigbee2MQTT and
// Homie appear as well. On a platform with rules for topics they must not be
// looked for. Wanted is raised where Filters changes.
func (p *Panel) SetForeign(on bool) {
	if on == (p.foreign.finder != nil) {
		return
	}
	p.foreign.finder = nil
	if on {
		p.foreign.finder = codec.NewFinder()
	}
	p.clearForeign()
	p.Wanted.Raise()
	p.Changed.Raise()
}

// clearForeign forgets what was heard of other systems.
func (p *Panel) clearForeign() {
	if p.foreign.finder != nil {
		p.foreign.finder = codec.NewFinder()
		p.foreign.filters = p.foreign.finder.Filters()
	}
	p.foreign.forgetRecent()
	for _, l := range p.lamps {
		if !isOwn(l) {
			p.drop(l)
		}
	}
}

// forgetRecent forgets what was said for lamps that are announced later. What the
// broker keeps comes again with the next connection.
func (f *foreign) forgetRecent() { f.recent, f.freeBytes = map[string]recent{}, maxRecentBytes }

// Hidden is how many lamps of other systems are there and hidden by the user.
func (p *Panel) Hidden() int { return len(p.foreign.hidden()) }

// hidden are the bases of those lamps.
func (f *foreign) hidden() (all []string) {
	if f.finder == nil {
		return nil
	}
	for _, x := range f.finder.Found() {
		if f.entries[x.Base].Hidden {
			all = append(all, x.Base)
		}
	}
	return all
}

// ShowHidden shows all lamps of other systems again.
func (p *Panel) ShowHidden() error {
	var failed error
	for _, base := range p.foreign.hidden() {
		e := p.foreign.entries[base]
		e.Hidden = false
		failed = errors.Join(failed, p.keep(e))
	}
	return failed
}

// knowForeign takes in what the roster knows of a lamp of another system. It
// shows when that system announces it.
func (p *Panel) knowForeign(e Entry) {
	if _, known := p.foreign.entries[e.Base]; !known && len(p.foreign.entries) >= 2*MaxLights {
		return
	}
	p.foreign.entries[e.Base] = e
	if l := p.lamps[e.Base]; l != nil && !isOwn(l) {
		l.entry = e
		p.recompute(l)
	}
	p.meetLater()
	p.Changed.Raise()
}

// receiveForeign hears announcements, and remembers what may be about a lamp that
// is announced later.
func (p *Panel) receiveForeign(topic string, payload []byte, retained bool, at time.Time) {
	f := &p.foreign
	if f.finder == nil {
		return
	}
	if f.finder.Receive(topic, payload) {
		f.filters = f.finder.Filters()
		p.meetLater()
	}
	if retained || f.due || f.follows(topic) {
		f.keep(topic, payload, retained, at)
	}
}

// keep remembers a message, as far as there is room.
func (f *foreign) keep(topic string, payload []byte, retained bool, at time.Time) {
	had := f.recent[topic]
	cost := len(payload) - len(had.payload)
	switch {
	case len(payload) == 0 || len(payload) > maxRecentOne || cost > f.freeBytes:
		delete(f.recent, topic)
		f.freeBytes += len(had.payload)
		return
	case had.payload == nil && len(f.recent) >= maxRecent:
		for old, m := range f.recent { // any one; what is kept comes again with the next subscription
			delete(f.recent, old)
			f.freeBytes += len(m.payload)
			break
		}
	}
	f.freeBytes -= cost
	f.recent[topic] = recent{slices.Clone(payload), retained, at}
}

// meetLater brings the panel in line with what is announced once for all that is
// received until the state's goroutine comes to it, or somebody looks: a broker
// hands over hundreds of announcements at once.
func (p *Panel) meetLater() {
	if p.foreign.due || p.foreign.finder == nil {
		return
	}
	p.foreign.due = true
	p.o.Post(func() {
		p.meetForeign()
		p.Wanted.Raise()
		p.Changed.Raise()
	})
}

// follows reports whether a topic belongs to a system that is followed.
func (f *foreign) follows(name string) bool {
	return slices.ContainsFunc(f.filters, func(filter string) bool { return topic.Matches(filter, name) })
}

// meetForeign does what meetLater promised, if it did.
func (p *Panel) meetForeign() {
	if p.foreign.finder == nil || !p.foreign.due {
		return
	}
	p.foreign.due = false
	p.list.fill(p.updateForeign)
}

// updateForeign takes lamps off the panel that are announced no more, and puts those on
// it that are new.
func (p *Panel) updateForeign() {
	wanted := slices.DeleteFunc(p.foreign.finder.Found(), func(x codec.Found) bool {
		return p.foreign.entries[x.Base].Hidden || p.isOurs(x.Codec)
	})
	want := map[string]codec.Found{}
	for _, x := range wanted {
		want[x.Base] = x
	}
	for base, l := range p.lamps {
		if x := want[base]; !isOwn(l) && (x.Codec == nil || x.Source != l.light.Source || x.Version != l.version) {
			p.drop(l)
		}
	}
	for _, x := range wanted {
		if p.lamps[x.Base] == nil {
			p.meet(x)
		}
	}
}

// meet puts a lamp on the panel, with what was heard of it before.
func (p *Panel) meet(x codec.Found) {
	if p.list.full() {
		p.list.countOmitted(x.Base)
		return
	}
	l := p.add(x.Base, x.Codec, x.Source)
	l.version, l.light.Info, l.entry = x.Version, x.Info, p.foreign.entries[x.Base]
	for _, name := range x.Codec.Topics() {
		if !p.index.isRouted(l, name) {
			continue
		}
		for _, said := range p.foreign.remembered(name) {
			m := p.foreign.recent[said]
			// What was said long ago is no more than what the broker had kept.
			p.deliver(l, said, m.payload, m.retained || p.o.Now().Sub(m.at) > p.o.Stale, m.at)
		}
	}
	p.recompute(l)
}

// remembered lists the topics on which something came, for a topic or a filter,
// the oldest first.
func (f *foreign) remembered(name string) (all []string) {
	if _, ok := f.recent[name]; ok {
		return []string{name}
	}
	if !topic.HasWildcard(name) {
		return nil
	}
	for said := range f.recent {
		if topic.Matches(name, said) {
			all = append(all, said)
		}
	}
	slices.SortFunc(all, func(a, b string) int { return f.recent[a].at.Compare(f.recent[b].at) })
	return all
}

// isOurs reports whether an announced lamp is a board that the panel shows, or
// would show, by itself. Boards of this program announce themselves to Home
// Assistant too, those of other classrooms as well.
func (p *Panel) isOurs(lamp codec.Codec) bool {
	t := lamp.DisplayTopics()
	if base, suffix, ok := codec.UsualBase(t.Set); ok && suffix == "/light/set" && t.State == base+"/light" {
		return true
	}
	for _, topic := range []string{t.Set, t.State} {
		for _, l := range p.index.topics[topic] {
			own := l.light.Topics
			if isOwn(l) && topic != "" && (topic == own.Set || topic == own.SetTo || topic == own.State) {
				return true
			}
		}
	}
	return false
}

// foreignFilters are the subscriptions for lamps of other systems: where they
// are announced, and the topics of those that were. A link's subscriptions are
// bounded, so where lamps are many they share one for their first level.
func (p *Panel) foreignFilters() []string {
	if p.foreign.finder == nil {
		return nil
	}
	all := slices.Clone(p.foreign.filters)
	firsts := map[string][]string{}
	seen := map[string]bool{}
	for _, l := range p.lamps {
		if isOwn(l) {
			continue
		}
		for _, name := range l.talk.Topics() {
			if name == "" || seen[name] || slices.ContainsFunc(all, func(f string) bool { return topic.Covers(f, name) }) {
				continue
			}
			seen[name] = true
			if topic.HasWildcard(name) {
				if p.index.isRouted(l, name) {
					all = append(all, name)
				}
				continue
			}
			first, _, _ := strings.Cut(name, "/")
			firsts[first] = append(firsts[first], name)
		}
	}
	for first, topics := range firsts {
		if len(seen) > manyTopics && len(topics) > 1 && first != "" {
			topics = []string{first + "/#"}
		}
		all = append(all, topics...)
	}
	return all
}

// manyTopics is how many subscriptions lamps of other systems have to themselves.
const manyTopics = 64
