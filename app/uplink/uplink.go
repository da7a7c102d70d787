// Package uplink is the program's connection to the broker in use: it dials,
// subscribes, asks for last words, and finds out what the broker keeps.
//
// An Uplink belongs to the state's goroutine, which Options.Post leads to. What
// may be asked from any goroutine are functions of the package.
package uplink

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/connections"
	"lamplighter/app/endpoint"
	"lamplighter/app/inbox"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/outbox"
	"lamplighter/app/settings"
	"lamplighter/app/watch"
	"lamplighter/device/crash"
)

// Options are what an Uplink works with.
type Options struct {
	Settings *settings.Store
	Login    func(connection string) connections.Login // never blocks
	// Own is how to reach the built-in broker, and false while it does not run.
	Own    func() (link.Options, bool)
	Lamps  *lights.Panel
	Outbox *outbox.Outbox
	Post   func(func()) // runs a function on the state's goroutine, later
	// Receive gets the messages that came, in their order, and how many were dropped
	// before them. It may not keep the slice.
	Receive func(batch []Message, lost int)
	Online  func() // called when the connection stands, and lamps know that
}

// Message is one that came.
type Message struct {
	link.Message
	Stored bool // it is older than the connection: retained, or the answer to a question
	Probe  bool // it is no lamp's word: this program or another of the class tries whether it is kept
}

// Uplink is the connection in use.
type Uplink struct {
	Changed watch.Signal // raised when State, Subscriptions or Platform have other answers
	Moved   watch.Signal // raised when another broker is in use, before it is dialled

	o         Options
	following target
	transport transport         // nil where there is nothing to reach
	login     connections.Login // with which it was dialled
	state     link.State
	dial      int // number of the present transport; what older ones said late is dropped
	closing   sync.WaitGroup
	life      context.Context // ends with Close
	end       context.CancelFunc
	limiter   *presets.Limiter
	limiters  map[string]*presets.Limiter // by connection ID: what was sent there before
	subs      subscriptions
	questions questions
	probe     probe
	messages  *inbox.Inbox[message]
	batch     []Message // is used again, and never longer than inbox.MaxBatch
	news      *inbox.Inbox[news]
}

// message is a transport's, with the transport's number.
type message struct {
	dial int
	link.Message
}

// news is what the transport's goroutines tell, or only that there is some.
type news struct {
	dial  int
	state *link.State
	sub   *link.SubState
}

// The bounds: what waits for the state's goroutine takes at most 64 MiB, and a
// burst is taken in some thirty times a second.
const (
	inboxPause  = 33 * time.Millisecond
	inboxBytes  = 64 << 20
	messageCost = 128 // of a message without its topic and payload, in bytes
	// patience is for how long the connection is read late, and the broker made to
	// wait, rather than messages dropped. It is shorter than any keep-alive.
	patience = 2 * time.Second
	// newsBound is far more than a link can tell at once: a state now and then, and
	// an answer to each of its filters.
	newsBound = 4096
)

// New makes an uplink that is not connected.
func New(o Options) *Uplink {
	u := &Uplink{
		o: o, state: link.State{Phase: link.Closed}, limiters: map[string]*presets.Limiter{}, subs: newSubscriptions(),
		questions: questions{asked: map[string]time.Time{}}, following: targetOf(o.Settings.Values()),
	}
	u.life, u.end = context.WithCancel(context.Background())
	u.messages = inbox.New(o.Post, inboxPause, inboxBytes, weigh, u.receive)
	u.news = inbox.New(o.Post, 0, newsBound, nil, u.handle)
	u.setLimiter(o.Settings.Values())
	return u
}

func weigh(m message) int { return messageCost + len(m.Topic) + len(m.Payload) }

// State is how the connection is.
func (u *Uplink) State() link.State { return u.state }

// Platform is the preset of the connection in use, with what was found out there
// in place of what it does not know.
func (u *Uplink) Platform() presets.Preset { return u.limiter.Preset }

// target is what of the settings the uplink acts on.
type target struct {
	connection settings.Connection // without an ID: the built-in broker
	classroom  string
	prefix     string // the first level of the topics
}

func targetOf(v settings.Values) target {
	t := target{classroom: v.Classroom, prefix: connections.TopicPrefix(v)}
	t.connection, _ = v.ConnectionByID(v.Connection)
	t.connection.Name, t.connection.RetainSupport = "", "" // shown only, and found out by the program
	return t
}

// broker is which broker the lamps are on.
func (t target) broker() settings.Connection {
	c := t.connection
	return settings.Connection{ID: c.ID, Endpoint: endpoint.Endpoint{Host: c.Host, Port: c.Port}}
}

// Follow connects as the settings say now, and does nothing when nothing of the
// connection has changed.
func (u *Uplink) Follow() {
	v := u.o.Settings.Snapshot()
	before, now := u.following, targetOf(v)
	if before == now {
		return
	}
	u.following = now
	u.o.Lamps.SetClassroom(now.prefix)
	if before.broker() != now.broker() {
		u.Disconnect()
		u.Moved.Raise()
	}
	if before.connection != now.connection {
		u.Connect()
	} else if before.classroom != now.classroom {
		u.setLimiter(v) // some platforms' topics begin with the classroom
	}
	u.Refresh()
}

// Renew connects anew where the connection in use has another login than it was
// dialled with.
func (u *Uplink) Renew() {
	if on := u.o.Settings.Snapshot().Connection; on != "" && u.o.Login(on) != u.login {
		u.Connect()
	}
}

// Connect dials the broker that the settings choose, anew where it is connected.
func (u *Uplink) Connect() {
	u.Disconnect()
	v := u.o.Settings.Snapshot()
	u.setLimiter(v)
	u.o.Lamps.SetForeign(u.limiter.Preset.Rules.Foreign)
	u.o.Lamps.SetRosterOnly(v.Connection == "")
	if v.Connection != "" {
		u.o.Lamps.BrokerStarted(time.Time{}) // when is not known
	}
	err := u.dialUp(v)
	u.o.Outbox.SetTransport(v.Connection, u.limiter, u.transport)
	if u.transport == nil {
		u.linked(link.State{Phase: link.Closed, Err: err})
		u.Changed.Raise()
		return
	}
	u.o.Lamps.SetConfirmTimeout(u.answerTime(v))
	u.linked(link.State{Phase: link.Connecting, Since: time.Now()}) // handle learns the rest, in order
	u.Refresh()
}

// Disconnect ends the connection. What it still has to tell is dropped.
func (u *Uplink) Disconnect() {
	if old := u.transport; old != nil {
		u.closing.Go(crash.Guard(old.Close)) // it may take seconds, and nobody waits for it
	}
	u.transport = nil
	u.dial++
	u.stopAsking()
	u.stopProbing()
	u.subs.stop()
	u.subs = newSubscriptions()
	u.linked(link.State{Phase: link.Closed})
	u.o.Outbox.Detach()
}

// Retry tries to reach the broker now.
func (u *Uplink) Retry() {
	if u.transport != nil {
		u.transport.Retry()
	}
}

// Close ends the connection, and waits for its end and for those before it.
func (u *Uplink) Close() {
	u.end()
	u.stopAsking()
	u.stopProbing()
	u.subs.stop()
	if u.transport != nil {
		u.transport.Close()
	}
	u.closing.Wait()
}

// setLimiter keeps the present connection to its platform's rules. The limiter
// knows what was sent there before, for a platform does not forget when this
// program connects anew.
func (u *Uplink) setLimiter(v settings.Values) {
	defer func() { u.o.Outbox.SetLimiter(u.limiter) }()
	c, other := v.ConnectionByID(v.Connection)
	if !other {
		u.limiter = presets.ByID(presets.Free).Limiter(presets.Inputs{Base: v.Classroom + "/"})
		return
	}
	in := connections.Inputs(c, "")
	in.Base = v.Classroom + "/"
	u.limiter = presets.ByID(c.Preset).Limiter(in)
	u.limiter.Resume(u.limiters[c.ID])
	maps.DeleteFunc(u.limiters, func(id string, _ *presets.Limiter) bool { _, still := v.ConnectionByID(id); return !still })
	u.limiters[c.ID] = u.limiter
}

// receive takes in a batch of messages.
func (u *Uplink) receive(batch []message, lost int) {
	u.o.Outbox.Flush() // no answer comes before its command is known to be sent
	came := u.batch[:0]
	for _, m := range batch {
		if m.dial != u.dial {
			continue
		}
		u.o.Outbox.Observe(m.Topic, m.Payload, m.Retained, m.At)
		one := Message{Message: m.Message, Probe: u.probed(m.Message)}
		one.Stored = m.Retained || !one.Probe && u.questions.answeredBy(m.Message)
		came = append(came, one)
	}
	u.o.Receive(came, lost)
	clear(came) // who was given it has what is worth keeping
	u.batch = came[:0]
}

// handle takes in news of the transport.
func (u *Uplink) handle(batch []news, lost int) {
	if lost > 0 {
		slog.Warn("news of the connection was dropped", "count", lost)
	}
	for _, n := range batch {
		switch {
		case n.dial != u.dial:
		case n.sub != nil:
			u.answered(*n.sub)
		case n.state != nil:
			u.linked(*n.state)
		}
	}
	u.Changed.Raise()
}

// linked takes in how the connection is.
func (u *Uplink) linked(s link.State) {
	u.state = s
	up := s.Phase == link.Online
	if up {
		u.o.Outbox.Online()
	} else {
		u.o.Outbox.Offline(s.Err) // before the lamps take the silence for their boards'
	}
	u.o.Lamps.SetConnected(up)
	if !up {
		return
	}
	u.countAgain()
	u.o.Online()
	u.askLast()
	u.probeSoon()
}

// answerTime is how long a board may take to confirm on the connection in use.
func (u *Uplink) answerTime(v settings.Values) time.Duration {
	r := u.limiter.Preset.Rules
	switch {
	case r.Remote != "":
		return remoteAnswer
	case r.PerMinute != 0: // its answer may wait for its turn, as the board counts it
		return pacedAnswer
	case v.Connection != "":
		return otherAnswer
	}
	return ownAnswer
}

// How long a board may take to confirm: in this network, and over the internet
// and back by way of a broker elsewhere.
const (
	ownAnswer   = 3 * time.Second
	otherAnswer = 6 * time.Second
	pacedAnswer = otherAnswer + 5*time.Second
	// remoteAnswer is for a platform that is asked for a board's state now and then.
	remoteAnswer = 20 * time.Second
)
