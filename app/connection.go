package app

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/crash"
)

// Status is how the program stands to its broker, for the line that always
// tells the truth.
type Status struct {
	BuiltIn bool   // it is this PC's own broker
	Name    string // of another broker
	Address string // host and port, as boards use it; "" where there is none
	Link    link.State
	Err     error         // what is wrong, or nil
	Open    bool          // this PC's broker lets anybody in
	SIoT    bool          // it stands in for SIoT, whose password everybody knows
	Moved   []string      // addresses with ports that boards were told, and where the broker is no more
	Preset  string        // ID of the platform's preset; "" = none
	World   bool          // anyone on the internet can read and switch there
	Paced   int           // messages that wait for the platform's rate
	Wait    time.Duration // until the last of them is sent, about
	Dropped int           // messages that waited and were not sent in the end, for want of a turn or with a lost connection
	Said    Said          // what the platform said of itself last
	Unsaved error         // settings or passwords can't be kept now; it is tried again
}

// Status tells how things are now.
func (a *App) Status() Status {
	v := a.Settings.Values()
	s := Status{Link: a.linkNow, Err: a.linkNow.Err, Unsaved: cmp.Or(a.unsaved, a.unsafe)}
	c, other := v.ConnectionByID(v.Connection)
	if other {
		s.Name, s.Address = cmp.Or(c.Name, c.Host), endpoint.Join(c.Host, c.Port)
		s.Preset, s.Paced, s.Dropped, s.Said = c.Preset, len(a.paced.queue), a.paced.dropped+a.unsent(), a.paced.said
		s.Wait = a.longestPaced()
		s.World = presets.OpenToWorld(c.Preset, c.Host)
		return s
	}
	s.BuiltIn = true
	b, _, err := a.Broker()
	if b == nil {
		s.Link, s.Err = a.hostingState(), err
		return s
	}
	s.Open, s.Moved = b.Open(), a.moved(v, b.Port())
	s.SIoT, _, _ = b.SIoT()
	if host := a.boardAddress(v); host != "" {
		s.Address = endpoint.Join(host, b.Port())
	}
	return s
}

// Unguarded tells whether the broker in use needs no login and is not in a
// network of one's own: everybody may be on it.
func (a *App) Unguarded() bool {
	v := a.Settings.Values()
	c, other := v.ConnectionByID(v.Connection)
	return other && c.User == "" && !broker.IsNear(c.Host)
}

// ForgetSaid forgets what the platform said of itself and how many messages were
// not sent, for both have been read.
func (a *App) ForgetSaid() {
	a.paced.said, a.paced.dropped = Said{}, 0
	a.read += a.unsent()
	a.Changed.Raise()
}

// unsent is how many messages the link had taken and then lost with its
// connection, since that was read.
func (a *App) unsent() int {
	if l, ok := a.link.(*link.Link); ok {
		return l.Dropped() - a.read
	}
	return 0
}

// news is what the link's goroutines tell, or only that there is some.
type news struct {
	dial  int
	state *link.State
	sub   *link.SubState
}

// newsBound is far more than a link can tell at once: a state now and then, and
// an answer to each of its filters.
const newsBound = 4096

// connect makes the link to the chosen broker anew.
func (a *App) connect() {
	a.disconnect()
	v := a.Settings.Values()
	a.keeper = a.newKeeper(v)
	a.Lights.SetForeign(a.keeper.Preset.Rules.Foreign)
	if !a.dialUp(v) {
		a.Changed.Raise()
		return
	}
	a.Lights.SetAnswer(a.answerTime(v))
	a.linked(link.State{Phase: link.Connecting, Since: time.Now()}) // hear learns the rest, in order
	a.subscribe()
}

// dialUp makes the link, and tells false where there is nothing to reach.
func (a *App) dialUp(v settings.Values) bool {
	number := a.dial
	receive := func(m link.Message) { a.messages.PutPatiently(message{number, m}, linkPatience) }
	status := func(s link.State) { a.news.Put(news{dial: number, state: &s}) }
	answer := func(s link.SubState) { a.news.Put(news{dial: number, sub: &s}) }
	if c, other := v.ConnectionByID(v.Connection); other {
		if r, ok := remoteOf(c); ok {
			a.link = r.dial(c, a.ConnectionPassword(c.ID), receive, status, answer)
			return true
		}
	}
	o, ok := a.linkOptions(v)
	if !ok {
		return false
	}
	o.Subscribed, o.Lost = answer, func() { a.news.Put(news{dial: number}) }
	a.link = link.Dial(o, receive, status)
	return true
}

// answerTime is how long a board may take to confirm on the connection in use.
func (a *App) answerTime(v settings.Values) time.Duration {
	r := a.keeper.Preset.Rules
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

// disconnect ends the link. What it still has to tell is dropped.
func (a *App) disconnect() {
	if old := a.link; old != nil {
		a.closing.Go(crash.Guard(old.Close)) // it may take seconds, and nobody waits for it
	}
	a.link, a.read = nil, 0
	a.dial++
	a.stopPacing()
	a.stopProbing()
	a.linked(link.State{Phase: link.Closed})
	if a.subs.again != nil {
		a.subs.again.Stop()
	}
	a.subs = subscriptions{asked: map[string]byte{}, answers: map[string]link.SubState{}}
}

// linked takes in how the link is.
func (a *App) linked(s link.State) {
	a.linkNow = s
	if s.Phase != link.Online {
		a.dropPaced() // before the lamps take the silence for their boards'
	}
	a.Lights.Connected(s.Phase == link.Online)
	if s.Phase != link.Online {
		return
	}
	a.countAgain()
	a.forgetLeft()
	a.askLast()
	a.probeSoon()
}

// hear takes in news of the link.
func (a *App) hear(batch []news, lost int) {
	if lost > 0 {
		slog.Warn("news of the connection was dropped", "count", lost)
	}
	for _, n := range batch {
		switch {
		case n.dial != a.dial:
		case n.sub != nil:
			a.answered(*n.sub)
		case n.state != nil:
			a.linked(*n.state)
		}
	}
	a.Changed.Raise()
}

// linkOptions are those of the chosen broker, and false where it does not run.
func (a *App) linkOptions(v settings.Values) (link.Options, bool) {
	if c, other := v.ConnectionByID(v.Connection); other {
		o, err := connectionOptions(c, a.ConnectionPassword(c.ID))
		if err != nil {
			a.linked(link.State{Phase: link.Closed, Err: err})
			return link.Options{}, false
		}
		return o, true
	}
	b := a.broker.Load()
	if b == nil {
		return link.Options{}, false
	}
	host, port := b.LocalAddr()
	user, password := b.App()
	return link.Options{Host: host, Port: port, User: user, Password: password, Near: true}, true
}

// connectionOptions are how the program itself reaches another broker, in the
// way of its platform. It fails where no login can be made of what was typed.
func connectionOptions(c settings.Connection, password string) (link.Options, error) {
	p := presets.ByID(c.Preset)
	login, err := p.AppLogin(inputsOf(c, password))
	if err != nil {
		return link.Options{}, err
	}
	return link.Options{
		Host: c.Host, Port: c.Port, TLS: c.TLS, CA: c.CA, ServerName: c.ServerName, WebSocket: c.WebSocket, Path: c.Path,
		User: login.User, Password: login.Password, ClientID: cmp.Or(login.ClientID, c.ClientID),
		KeepAlive: time.Duration(p.KeepAlive(cmp.Or(c.KeepAlive, keepAlive))) * time.Second, SharedID: p.Rules.SharedID,
		Apart: p.Apart(), Near: p.Apart() == 0 && broker.IsNear(c.Host), Crowd: p.Rules.Subscribes,
	}, nil
}

// Retry tries to reach the broker now.
func (a *App) Retry() {
	switch {
	case a.Status().BuiltIn && a.broker.Load() == nil && !a.starting():
		a.startBroker()
	case a.link != nil:
		a.link.Retry()
	}
}

// Use chooses the broker that the program watches: a connection's ID, or "" for
// the built-in one.
func (a *App) Use(id string) {
	if a.Settings.Values().Connection != id {
		a.Settings.Update(func(v *settings.Values) { v.Connection = id })
	}
}

// SaveConnection keeps a broker, with a new ID where it has none, and its
// password. The present link is made anew if it is the one in use.
func (a *App) SaveConnection(c settings.Connection, password string) (id string) {
	if c.ID == "" {
		c.ID = newConnectionID(a.Settings.Values(), c)
	}
	c = inRoom(c)
	c = withFound(a.Settings.Values(), c)
	key := settings.ConnectionKey(c.ID)
	dial, other := a.dial, a.safe.get(key) != device.Text(password)
	a.safe.set(key, device.Text(password))
	a.Settings.Update(func(v *settings.Values) { v.PutConnection(c) })
	if other && a.dial == dial && a.Settings.Values().Connection == c.ID {
		a.connect() // only the password is another
	}
	return c.ID
}

// DeleteConnection forgets a broker and its password. If it was in use, the
// built-in one is from then on. Its boards stay in the roster: their lamps come
// back with a connection to the same account.
func (a *App) DeleteConnection(id string) {
	a.safe.set(settings.ConnectionKey(id), "")
	a.Settings.Update(func(v *settings.Values) { v.RemoveConnection(id) })
}

// ConnectionPassword is the kept password of a connection.
func (a *App) ConnectionPassword(id string) string {
	return string(a.safe.get(settings.ConnectionKey(id)))
}

// TestConnection logs in at a broker once, from any goroutine. It fails with a
// *device.Error.
func (a *App) TestConnection(ctx context.Context, c settings.Connection, password string) error {
	if r, ok := remoteOf(c); ok {
		return r.test(ctx, c, password)
	}
	o, err := connectionOptions(c, password)
	if err != nil {
		return err
	}
	return link.Test(ctx, o)
}

// ConnectionTo is a choice as the program itself would connect, without an ID.
func ConnectionTo(x setup.BrokerChoice) settings.Connection {
	b := x.Other
	return settings.Connection{
		Host: b.Host, Port: b.Port, User: string(b.User), TLS: b.TLS, CA: b.CA, Preset: x.Preset, Way: x.Way, API: x.API,
	}
}

// connectionFor finds the connection to a board's broker, the one in use first,
// or makes one, which has no ID.
func (a *App) connectionFor(v settings.Values, x setup.BrokerChoice) settings.Connection {
	b := x.Other
	c := ConnectionTo(x)
	for _, o := range v.Connections {
		same := o.Host == c.Host && o.Port == c.Port && o.User == c.User && o.Preset == c.Preset && !o.WebSocket
		if same && sameSecret(o.Preset, a.ConnectionPassword(o.ID), string(b.Password)) && (c.ID == "" || o.ID == v.Connection) {
			c = o
		}
	}
	c.TLS, c.CA, c.Way, c.API = b.TLS, b.CA, x.Way, x.API
	return c
}

// sameSecret tells whether two secrets can be of one account, where an account
// has nothing else to be known by. One that is not known can be any.
func sameSecret(preset, a, b string) bool {
	return !presets.ByID(preset).BySecret() || a == "" || b == "" || a == b
}

// newConnectionID is the ID of a connection that was forgotten, and whose boards
// are in the roster still, or a new one.
func newConnectionID(v settings.Values, c settings.Connection) string {
	for _, b := range v.Boards {
		_, used := v.ConnectionByID(b.Connection)
		if b.Connection != "" && !used && b.Host == c.Host && b.Port == c.Port && b.User == c.User {
			return b.Connection
		}
	}
	return settings.NewID()
}

// withFound keeps what was found out about a broker as long as it is the same one.
func withFound(v settings.Values, c settings.Connection) settings.Connection {
	if old, known := v.ConnectionByID(c.ID); known {
		c.Keeps = ""
		if old.Host == c.Host && old.Port == c.Port && old.Preset == c.Preset && old.User == c.User {
			c.Keeps = old.Keeps
		}
	}
	return c
}

// inRoom gives a connection its random first level, where its platform is open
// to the world and has one: nobody meets it by chance.
func inRoom(c settings.Connection) settings.Connection {
	if c.Room == "" && presets.ByID(c.Preset).Rules.Room {
		c.Room = "class-" + readable()
	}
	return c
}
