package app

import (
	"cmp"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"lamplighter/app/broker"
	"lamplighter/app/discover"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device"
)

// hosting is one life of the built-in broker, with what belongs to it. The
// chores fill it in and end it; the state's goroutine looks at it after hosted.
type hosting struct {
	broker *broker.Broker
	finder *broker.Finder      // nil: boards can't find the broker by themselves
	known  *discover.Announcer // nil: other programs can't find it
	wanted int                 // the port that another program has, or 0
	err    error               // why the broker does not run
	ready  bool                // it has begun, or failed to
}

// plan is what a hosting begins with.
type plan struct {
	broker broker.Options
	finder broker.FinderOptions
	boards []login
	siot   standIn
	nearby *discover.Network // where the broker is announced; nil = nowhere
	name   string            // as what
}

// login is a board's account at the built-in broker.
type login struct {
	account  broker.Account
	password device.Text
}

// startBroker ends the built-in broker, if it runs, and starts it as the
// settings say now, unless they switch it off. Both may take seconds, so
// neither is waited for: hosted goes on.
func (a *App) startBroker() {
	v := a.Settings.Values()
	old, now := a.hosting, &hosting{ready: v.BuiltIn.Off}
	open := false
	if b := a.broker.Swap(nil); b != nil {
		open = b.Open()
	}
	a.hosting = now
	if v.Connection == "" {
		a.disconnect()
	}
	p := a.plan(v, open)
	a.chores.Do(func() {
		if !v.BuiltIn.Off {
			now.finder = old.keepFinder()
		}
		if err := old.end(); err != nil {
			slog.Error("the broker's messages could not be kept", "err", err)
		}
		if v.BuiltIn.Off {
			return
		}
		now.begin(p, a.letPupilsIn)
		a.gate.Post(func() { a.hosted(now) })
	})
	a.Changed.Raise()
}

// plan reads everything that a start of the broker needs.
func (a *App) plan(v settings.Values, open bool) plan {
	if a.secrets.Lacks(settings.FindKey) {
		a.secrets.Set(settings.FindKey, device.Text(randomHex(16)))
	}
	if a.secrets.Lacks(settings.PupilKey) {
		a.secrets.Set(settings.PupilKey, device.Text(readable()))
	}
	p := plan{
		broker: broker.Options{
			Dir: a.brokerDir(), Host: a.o.Host, Port: v.BuiltIn.Port, WebSocket: v.BuiltIn.WebSocket, WSPort: v.BuiltIn.WSPort,
			Classroom: v.Classroom, Open: open, Log: slog.Default(), Notice: a.notes.Put,
		},
		finder: broker.FinderOptions{
			Host: a.o.Host, Port: v.BuiltIn.FindPort, Classrooms: classrooms(v), Secret: string(a.secrets.Get(settings.FindKey)), Log: slog.Default(),
		},
	}
	p.siot, p.nearby, p.name = runningOf(v).siot, a.o.nearby(), announced(v)
	for _, b := range v.Boards {
		if password := a.secrets.Get(settings.BoardKey(b.ID)); b.Connection == "" && password != "" {
			p.boards = append(p.boards, login{boardAccount(b.Base, b.ID), password})
		}
	}
	return p
}

// classrooms are those whose boards look for this broker: the present one, and
// earlier ones, for a board keeps the classroom that it was given.
func classrooms(v settings.Values) []string {
	all := []string{v.Classroom}
	for _, b := range v.Boards {
		if class, _, ok := strings.Cut(b.Base, "/"); ok && b.Connection == "" && !b.Foreign && !slices.Contains(all, class) {
			all = append(all, class)
		}
	}
	return all
}

// begin starts everything.
func (h *hosting) begin(p plan, pupils func(*broker.Broker) error) {
	b, err := broker.Start(p.broker)
	if err != nil {
		slog.Error("the broker does not run", "err", err)
		h.err = err
		return
	}
	h.broker = b
	if want := cmp.Or(p.broker.Port, broker.DefaultPort); want != b.Port() {
		h.wanted = want
	}
	if err := pupils(b); err != nil {
		slog.Error("the pupils' account could not be kept", "err", err)
	}
	h.restore(p.boards)
	if p.siot.on {
		b.SetSIoT(true, p.siot.port)
	}
	p.finder.BrokerPort = b.Port()
	if err := h.find(p.finder); err != nil {
		slog.Warn("boards can't find the broker by themselves", "err", err)
	}
	h.announce(p)
}

// announce lets other programs in the network find the broker by multicast DNS,
// where the system gives its port.
func (h *hosting) announce(p plan) {
	if p.nearby == nil {
		return
	}
	known, err := p.nearby.Announce(discover.Service{Name: p.name, Port: h.broker.Port()}, slog.Default())
	if err != nil {
		slog.Warn("other programs can't find the broker by themselves", "err", err)
		return
	}
	h.known = known
}

// find answers boards, through the finder of the broker before where there is one.
func (h *hosting) find(o broker.FinderOptions) error {
	if h.finder != nil {
		return h.finder.Renew(o)
	}
	f, err := broker.StartFinder(o)
	if err == nil {
		h.finder = f
	}
	return err
}

// keepFinder takes the finder out of a hosting that ends, for the next one. Its
// port is the only one that boards know: in the time between, another program
// could take it.
func (h *hosting) keepFinder() *broker.Finder {
	if h == nil || h.finder == nil {
		return nil
	}
	f := h.finder
	h.finder = nil
	f.Rest()
	return f
}

// restore makes the accounts of boards that the broker has lost, as with a
// damaged file: the boards know their passwords still.
func (h *hosting) restore(boards []login) {
	has := map[string]bool{}
	for _, acc := range h.broker.Accounts() {
		has[acc.User] = true
	}
	for _, l := range boards {
		if has[l.account.User] {
			continue
		}
		if err := h.broker.SetAccount(l.account, string(l.password)); err != nil {
			slog.Error("a board's account could not be restored", "user", l.account.User, "err", err)
		}
	}
}

// end closes everything, and tells whether all was kept. It waits for clients.
func (h *hosting) end() error {
	if h == nil {
		return nil
	}
	if h.known != nil {
		h.known.Close()
	}
	if h.finder != nil {
		h.finder.Close()
	}
	if h.broker != nil {
		return h.broker.Close()
	}
	return nil
}

// hosted goes on when the broker has begun, or failed to. A later start has
// made an earlier one meaningless.
func (a *App) hosted(h *hosting) {
	if a.hosting != h || h.ready {
		return
	}
	h.ready = true
	if h.broker != nil {
		a.broker.Store(h.broker)
		a.keepPorts(h)
	}
	if a.Settings.Values().Connection == "" {
		a.connect()
	}
	a.Changed.Raise()
}

// keepPorts asks for the same ports the next time: boards know them.
func (a *App) keepPorts(h *hosting) {
	a.settling = true
	defer func() { a.settling = false }()
	a.Settings.Update(func(v *settings.Values) {
		v.BuiltIn.Port = h.broker.Port()
		v.BuiltIn.WSPort = cmp.Or(h.broker.WebSocketPort(), v.BuiltIn.WSPort)
		if h.finder != nil {
			v.BuiltIn.FindPort = h.finder.Port()
		}
		a.running.broker = runningOf(*v).broker
	})
}

// starting tells whether the built-in broker is on its way.
func (a *App) starting() bool { return a.hosting != nil && !a.hosting.ready }

// SetOpen lets anyone in this network connect to the built-in broker, until the
// program ends or it is taken back.
func (a *App) SetOpen(open bool) {
	if b := a.broker.Load(); b != nil {
		b.SetOpen(open)
		a.Changed.Raise()
	}
}

// standIn is how the broker stands in for SIoT.
type standIn struct {
	on   bool
	port int // wanted for the web addresses; 0 = the usual one
}

// standIn makes the broker that runs stand in for SIoT, or no more, without a
// restart. One that starts later does so by its plan.
func (a *App) standIn(now standIn) {
	h := a.hosting
	a.chores.Do(func() {
		if h.broker == nil {
			return
		}
		h.broker.SetSIoT(now.on, now.port)
		a.gate.Post(a.Changed.Raise)
	})
}

// Broker is the built-in broker, or nil while it does not run, and why it does
// not although it should. Wanted is the port that another program has, where
// the broker had to take another one, or 0.
func (a *App) Broker() (b *broker.Broker, wanted int, err error) {
	if a.hosting == nil || !a.hosting.ready {
		return nil, 0, nil
	}
	return a.broker.Load(), a.hosting.wanted, a.hosting.err
}

var errNoBroker = errors.New("the built-in broker does not run")

// hostingState is the link's while the broker that it would lead to starts.
func (a *App) hostingState() link.State {
	if a.starting() {
		return link.State{Phase: link.Connecting}
	}
	return link.State{Phase: link.Closed}
}
