package livemap

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"lamplighter/app/broker"
)

// Kind is what a client is.
type Kind int

// The kinds, in the order in which they are shown.
const (
	ThisProgram   Kind = iota // this program: all its connections
	Board                     // a board that was set up here
	PupilProgram              // a program with the pupils' login
	LessonProgram             // a program written for SIoT
	Guest                     // a client without an account, while the broker is open
	Lamp                      // a lamp, at another broker: its board is not seen, but its messages are
	Unseen                    // all who are invisible, at another broker
	Others                    // those without a place of their own
)

// Client is somebody who is connected, or was until a moment ago.
type Client struct {
	Key         string
	Kind        Kind
	Base        string           // of a board or lamp
	Sessions    []broker.Session // of a client at this computer's broker: one, but for this program
	Connected   bool
	Left        time.Time // when it left, where it is not Connected
	Departure   broker.Departure
	SessionKept bool // its session is kept, though it left
	WillSent    bool // its will was sent, for it was lost

	In, Out          Edge // what it sends to the broker, and what it is sent
	Refused, Dropped uint64
	Recent           []Recent // topics that its line carried, the newest first

	arrived uint64
	place   *Client // nil = its own, else that of Others
}

// Recent is a topic that a client's line carried.
type Recent struct {
	Topic string
	Out   bool // from the broker to the client
	Count uint64
	At    time.Time
	QoS   byte
}

// Session is the client's session, or nil where none is known. Of this program it is
// its first.
func (c *Client) Session() *broker.Session {
	if len(c.Sessions) == 0 {
		return nil
	}
	return &c.Sessions[0]
}

// Counts are the client's messages.
func (c *Client) Counts() Counts { return Counts{c.In.Count, c.Out.Count, c.Refused, c.Dropped} }

// kindOf is what a session's client is.
func kindOf(s *broker.Session) Kind {
	switch {
	case s.Role == broker.App:
		return ThisProgram
	case s.Role == broker.Board:
		return Board
	case s.Role == broker.Lesson:
		return LessonProgram
	case s.Guest:
		return Guest
	}
	return PupilProgram
}

// keyOf is what tells clients apart: this program is one, however many connections it
// has.
func keyOf(s *broker.Session) string {
	if s.Role == broker.App {
		return "program"
	}
	return "client " + s.Client
}

// join takes in a session.
func (m *Map) join(s broker.Session) {
	c := m.clients[keyOf(&s)]
	if was := m.byID[s.Client]; was != nil && was != c {
		m.forget(was) // another user has the id now
	}
	if c == nil {
		c = m.add(keyOf(&s), kindOf(&s), s.Base)
	}
	c.Sessions = slices.DeleteFunc(c.Sessions, func(x broker.Session) bool { return x.Client == s.Client || !x.Connected })
	c.Sessions = append(c.Sessions, s)
	if c.Kind != ThisProgram {
		c.Kind, c.Base = kindOf(&s), s.Base
	}
	m.byID[s.Client] = c
	c.Connected = slices.ContainsFunc(c.Sessions, func(x broker.Session) bool { return x.Connected })
	c.SessionKept, c.Left, c.WillSent = !c.Connected, time.Time{}, false
	m.stale = true
}

// add makes a client. Where there are too many the first that left is forgotten.
func (m *Map) add(key string, k Kind, base string) *Client {
	if len(m.clients) >= maxClients {
		m.forgetOldest()
	}
	m.arrived++
	c := &Client{Key: key, Kind: k, Base: base, Connected: true, arrived: m.arrived}
	m.clients[key] = c
	m.stale = true
	return c
}

func (m *Map) forgetOldest() {
	var oldest *Client
	for _, c := range m.clients {
		if !c.Connected && (oldest == nil || c.Left.Before(oldest.Left)) {
			oldest = c
		}
	}
	if oldest != nil {
		m.forget(oldest)
	}
}

// forget takes a client off the map; its messages stay counted.
func (m *Map) forget(c *Client) {
	m.gone.In += c.In.Count
	m.gone.Out += c.Out.Count
	m.gone.Refused += c.Refused
	m.gone.Dropped += c.Dropped
	delete(m.clients, c.Key)
	for _, s := range c.Sessions {
		delete(m.byID, s.Client)
	}
	m.stale = true
}

// part notes that a connection ended.
func (m *Map) part(c *Client, id string, now time.Time, e broker.TraceEvent) {
	i := slices.IndexFunc(c.Sessions, func(x broker.Session) bool { return x.Client == id })
	if i < 0 {
		return
	}
	if len(c.Sessions) > 1 { // this program has others
		c.Sessions = slices.Delete(c.Sessions, i, i+1)
		delete(m.byID, id)
		return
	}
	c.Sessions[i].Connected = false
	c.Connected, c.Left, c.Departure, c.SessionKept = false, now, e.Departure, e.SessionKept
	m.stale = true
}

// client is whose id it is; one that is not known yet is taken in as what it is
// likely to be, until its session is told.
func (m *Map) client(id, user string) *Client {
	if c := m.byID[id]; c != nil {
		return c
	}
	c := m.add("client "+id, PupilProgram, "")
	c.Sessions = []broker.Session{{Client: id, User: user}}
	m.byID[id] = c
	return c
}

// subscribe notes a subscription, or its end.
func (m *Map) subscribe(e *broker.TraceEvent) {
	c := m.client(e.Client, e.User)
	i := slices.IndexFunc(c.Sessions, func(x broker.Session) bool { return x.Client == e.Client })
	if i < 0 || e.Reason != broker.NoReason {
		return
	}
	s := &c.Sessions[i]
	list := slices.DeleteFunc(slices.Clone(s.Subscriptions), func(x broker.Subscription) bool { return x.Filter == e.Topic })
	if e.Kind == broker.TraceSubscribed {
		list = append(list, broker.Subscription{Filter: e.Topic, QoS: e.QoS})
		slices.SortFunc(list, func(a, b broker.Subscription) int { return strings.Compare(a.Filter, b.Filter) })
	}
	s.Subscriptions = list
}

// carry notes that a client's line carried a message.
func (c *Client) carry(e *broker.TraceEvent, out bool) {
	i := slices.IndexFunc(c.Recent, func(r Recent) bool { return r.Topic == e.Topic && r.Out == out })
	r := Recent{Topic: e.Topic, Out: out}
	switch {
	case i >= 0:
		r = c.Recent[i]
	case len(c.Recent) < MaxRecent:
		c.Recent = append(c.Recent, r)
		i = len(c.Recent) - 1
	default:
		i = len(c.Recent) - 1 // the oldest
	}
	r.Count, r.At, r.QoS = r.Count+1, e.At, e.QoS
	copy(c.Recent[1:i+1], c.Recent[:i])
	c.Recent[0] = r
}

// Clients lists those with a place on the picture, this program first, then boards,
// then others as they came; Others is last, and there only where it has somebody.
func (m *Map) Clients() []*Client {
	if m.stale {
		m.arrange()
	}
	return m.order
}

func (m *Map) arrange() {
	m.stale = false
	all := slices.SortedFunc(maps.Values(m.clients), func(a, b *Client) int {
		if away := cmp.Compare(btoi(!a.Connected), btoi(!b.Connected)); away != 0 && len(m.clients) > MaxPlaces {
			return away // who is here has a place before who left
		}
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Base, b.Base), cmp.Compare(a.arrived, b.arrived))
	})
	own := min(len(all), MaxPlaces)
	m.order = all[:own:own]
	for i, c := range all {
		c.place = nil
		if i >= own {
			c.place = m.others
		}
	}
	m.others.In.Count, m.others.Out.Count, m.others.Connected = 0, 0, false
	for _, c := range all[own:] {
		m.others.In.gather(&c.In)
		m.others.Out.gather(&c.Out)
		m.others.Connected = m.others.Connected || c.Connected
	}
	if own < len(all) {
		m.order = append(m.order, m.others)
	}
}

// Gathered is how many clients have no place of their own.
func (m *Map) Gathered() int { return max(0, len(m.clients)-MaxPlaces) }

// ConnectedCount is how many clients are connected; this program is one of them.
func (m *Map) ConnectedCount() (n int) {
	for _, c := range m.clients {
		if c.Connected && c.Kind != Unseen {
			n++
		}
	}
	return n
}

// Find finds a client by its key.
func (m *Map) Find(key string) *Client {
	if key == m.others.Key {
		return m.others
	}
	return m.clients[key]
}

// Sums are the messages of all clients, those that were forgotten among them.
func (m *Map) Sums() Counts {
	all := m.gone
	for _, c := range m.clients {
		n := c.Counts()
		all.In, all.Out, all.Refused, all.Dropped = all.In+n.In, all.Out+n.Out, all.Refused+n.Refused, all.Dropped+n.Dropped
	}
	return all
}

// forgetLeft takes those off the map who left some time ago and whose sessions are
// not kept, and reports whether somebody is left to go.
func (m *Map) forgetLeft(now time.Time) (more bool) {
	for _, c := range m.clients {
		if c.Connected || c.SessionKept {
			continue
		}
		if now.Sub(c.Left) >= LeftTime {
			m.forget(c)
		} else {
			more = true
		}
	}
	return more
}
