// Package livemap is what a picture of a broker at work shows: who is connected, every
// message on its way from its publisher to the broker and on to each subscriber, what
// is retained, and which wills are kept. It never draws.
//
// Nothing in it is invented: at this computer's own broker all is told by the broker's
// trace, and at any other by the messages that this program hears. What is more than a
// picture can carry is gathered, and its sums are those of the trace. A Map belongs to
// the state's goroutine.
package livemap

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/lights"
	"lamplighter/app/topics"
	"lamplighter/app/watch"
)

// Bounds.
const (
	MaxPlaces  = 42   // clients that have a place of their own; the others are gathered in one more
	MaxTopics  = 1000 // topics of which the last message is kept
	MaxRecent  = 8    // topics that a client's line is told to have carried
	MaxPins    = 24   // retained topics that are named, the newest
	maxClients = 800  // clients of which counts are kept, those that left among them
	maxNumbers = 4096 // messages whose deliveries are told to belong to them
)

// Times.
const (
	Travel   = 700 * time.Millisecond // of a dot from one end of its line to the other
	LeftTime = 10 * time.Second       // that a client is shown after it left
	AwayTime = 10 * time.Minute       // that a message is waited for or held while nobody looks
	rateTime = time.Second            // over which messages a second are counted
)

// Trace is what this computer's broker does, as hosting.Host tells it.
type Trace interface {
	Trace(report func(batch []broker.TraceEvent, lost int)) (stop func())
	Sessions() []broker.Session
	RetainedTopics() []string
}

// Options are what a Map works with.
type Options struct {
	Trace  Trace
	Lamps  *lights.Panel
	Topics *topics.Tree
	// BuiltIn reports whether the broker in use is this computer's own.
	BuiltIn func() bool
	Now     func() time.Time // nil: time.Now
}

// Totals are what has passed since the map was started.
type Totals struct {
	Published uint64 // by clients
	Refused   uint64 // of these: went nowhere
	Wills     uint64 // sent by the broker for clients that were lost
	Delivered uint64 // to subscribers
	Dropped   uint64 // were for subscribers that took too long
	Lost      uint64 // things that happened and are not on the map, for too many came at once
}

// Map is the picture.
type Map struct {
	Changed watch.Signal // raised once for a batch of what happened

	o       Options
	stop    func() // nil = nobody looks
	builtIn bool

	clients map[string]*Client // by Key
	byID    map[string]*Client // by client id
	others  *Client            // those without a place of their own
	order   []*Client          // those with a place
	stale   bool               // order is to be made anew
	synced  bool               // it is known who is connected
	arrived uint64

	totals   Totals
	gone     Counts // of clients that were forgotten
	topics   map[string]*Topic
	left     uint64 // messages on topics that found no place
	retained map[string]bool
	pins     []string // the newest last
	numbers  [maxNumbers]numbered
	dots     []Dot
	serial   uint64
	ratedAt  time.Time
	looked   time.Time // at another broker's lamps

	hold *hold
	away time.Time // since when nobody looks; zero = somebody does
}

// Counts are the messages of one client: to the broker and from it.
type Counts struct{ In, Out, Refused, Dropped uint64 }

// numbered is where a message is that was published lately.
type numbered struct {
	message uint64
	lands   time.Time // when its dot is at the broker
}

// Topic is what is known of a topic.
type Topic struct {
	Name  string
	Count uint64 // messages published on it
	Last  broker.TraceEvent
}

// New makes a map of which nobody looks at anything yet.
func New(o Options) *Map {
	if o.Now == nil {
		o.Now = time.Now
	}
	m := &Map{o: o}
	m.clear()
	return m
}

// Start begins to follow the broker in use. All counts begin at nothing.
func (m *Map) Start() {
	m.Stop()
	m.clear()
	m.builtIn, m.ratedAt = m.o.BuiltIn(), m.o.Now()
	if m.builtIn {
		m.stop = m.o.Trace.Trace(m.observe)
		return
	}
	m.updateLamps()
	m.stop = m.o.Topics.Follow(m.receive)
}

// Stop ends following. What is known stays until Start.
func (m *Map) Stop() {
	if m.stop != nil {
		m.stop()
		m.stop = nil
	}
	m.away = time.Time{}
	m.Release()
}

// Detach notes that nobody looks any more. That ends following as Stop does, but while
// a message is waited for or held: then the broker is followed for AwayTime still.
func (m *Map) Detach() {
	if m.hold == nil || !m.builtIn || !m.Started() {
		m.Stop()
		return
	}
	m.away = m.o.Now()
}

// Attach has somebody look again: at what was followed since Detach, or from now on.
func (m *Map) Attach() {
	if !m.Started() || m.tooLongAway() {
		m.Start()
	}
	m.away = time.Time{}
}

func (m *Map) tooLongAway() bool { return !m.away.IsZero() && m.o.Now().Sub(m.away) >= AwayTime }

// Follow begins anew where the program uses another broker than at Start, and ends
// following where nobody looks.
func (m *Map) Follow() {
	switch {
	case m.stop == nil || m.builtIn == m.o.BuiltIn():
		return
	case !m.away.IsZero():
		m.Stop()
	default:
		m.Start()
	}
	m.Changed.Raise()
}

// Synced reports whether it is known who is connected.
func (m *Map) Synced() bool { return m.synced }

// Started reports whether the broker is followed.
func (m *Map) Started() bool { return m.stop != nil }

// BuiltIn reports whether this is this computer's own broker, of which all is known. Of
// any other, clients are invisible here.
func (m *Map) BuiltIn() bool { return m.builtIn }

// Now is the present time of the map's clock.
func (m *Map) Now() time.Time { return m.o.Now() }

// Totals are what has passed.
func (m *Map) Totals() Totals { return m.totals }

func (m *Map) clear() {
	m.synced = false
	m.clients, m.byID, m.order, m.stale = map[string]*Client{}, map[string]*Client{}, nil, true
	m.others = &Client{Key: "more", Kind: Others}
	m.totals, m.gone, m.left, m.dots = Totals{}, Counts{}, 0, nil
	m.topics, m.retained, m.pins = map[string]*Topic{}, map[string]bool{}, nil
	m.numbers = [maxNumbers]numbered{}
}

// Topic finds what is known of a topic.
func (m *Map) Topic(name string) (Topic, bool) {
	t := m.topics[name]
	if t == nil {
		return Topic{}, false
	}
	return *t, true
}

// Topics lists what is known of topics, those with most messages first, and how many
// messages were on topics that are not among them.
func (m *Map) Topics() (all []Topic, others uint64) {
	for _, t := range m.topics {
		all = append(all, *t)
	}
	slices.SortFunc(all, func(a, b Topic) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Name, b.Name))
	})
	return all, m.left
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Retained is how many topics a message is retained on, and the newest of them, the
// newest last, at most MaxPins.
func (m *Map) Retained() (count int, newest []string) { return len(m.retained), m.pins }

// note keeps the last message of a topic.
func (m *Map) note(e *broker.TraceEvent) {
	t := m.topics[e.Topic]
	if t == nil {
		if len(m.topics) >= MaxTopics {
			m.left++
			return
		}
		t = &Topic{Name: e.Topic}
		m.topics[e.Topic] = t
	}
	t.Count++
	t.Last = *e
}

// pin notes that a message is retained on a topic, or is no more.
func (m *Map) pin(topic string, on bool) {
	if i := slices.Index(m.pins, topic); i >= 0 {
		m.pins = slices.Delete(m.pins, i, i+1)
	}
	if !on {
		delete(m.retained, topic)
		return
	}
	m.retained[topic] = true
	m.pins = append(m.pins, topic)
	if len(m.pins) > MaxPins {
		m.pins = slices.Delete(m.pins, 0, len(m.pins)-MaxPins)
	}
}

// resync takes in who is connected and what is retained, as at the start of the broker,
// and where something was lost.
func (m *Map) resync() {
	now := m.o.Now()
	m.synced = true
	here := map[string]bool{}
	for _, s := range m.o.Trace.Sessions() {
		here[s.Client] = true
		m.join(s)
	}
	for id, c := range maps.Clone(m.byID) {
		if !here[id] {
			m.part(c, id, now, broker.TraceEvent{})
		}
	}
	m.retained, m.pins = map[string]bool{}, nil
	for _, t := range m.o.Trace.RetainedTopics() {
		m.pin(t, true)
	}
}
