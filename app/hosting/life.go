package hosting

import (
	"cmp"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/discover"
	"lamplighter/app/listen"
	"lamplighter/app/locator"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/worker"
	"lamplighter/device"
	"lamplighter/device/crash"
	"lamplighter/device/random"
)

// life is one of the built-in broker's, with what belongs to it. The jobs fill it
// in and end it; the state's goroutine looks at it after started.
type life struct {
	broker    *broker.Broker
	locator   *locator.Locator    // nil: boards can't find the broker by themselves
	announcer *discover.Announcer // nil: other programs can't find it
	host      string              // where it listens; "" = everywhere
	wanted    int                 // the port that another program has, or 0
	err       error               // why the broker does not run
	ready     bool                // it has begun, or failed to
}

// plan is what a life begins with.
type plan struct {
	broker  broker.Options
	locator locator.Options
	boards  []login
	siot    siotConfig
	nearby  *discover.Network // where the broker is announced; nil = nowhere
	name    string            // as what
}

// login is a board's account at the built-in broker.
type login struct {
	account  broker.Account
	password device.Text
}

// Start ends the broker, if it runs, and starts it as the settings say now, unless
// they switch it off. Both may take seconds, so neither is waited for: Started is
// called.
func (h *Host) Start() {
	v := h.o.Settings.Values()
	old, now := h.current, &life{ready: v.BuiltIn.Off}
	open := false
	if b := h.shared.broker.Swap(nil); b != nil {
		open = b.Open()
	}
	for _, t := range h.traces {
		t.detach()
	}
	h.current = now
	p := h.plan(v, open)
	now.host = p.locator.Host
	h.jobs.Do(func() {
		if !v.BuiltIn.Off {
			now.locator = old.keepLocator(p.locator.Host)
		}
		if err := old.end(); err != nil {
			slog.Error("the broker's messages could not be kept", "err", err)
		}
		if v.BuiltIn.Off {
			return
		}
		if err := crash.Catch(func() { now.begin(p, h.letPupilsIn) }); err != nil {
			now.err = err // and not "starting" for ever
		}
		h.o.Post(func() { h.started(now) })
	})
	h.Changed.Raise()
}

// Wait returns when the broker that was started last has begun, or failed to.
func (h *Host) Wait() {
	h.jobs.Wait()
	h.started(h.current)
}

// plan reads everything that a start of the broker needs.
func (h *Host) plan(v settings.Values, open bool) plan {
	if h.o.Secrets.IsMissing(secrets.MasterKey) {
		h.o.Secrets.Set(secrets.MasterKey, device.Text(random.Hex(16)))
	}
	if h.o.Secrets.IsMissing(secrets.PupilKey) {
		h.o.Secrets.Set(secrets.PupilKey, device.Text(random.Readable()))
	}
	p := plan{
		broker: broker.Options{
			Dir: h.dir(), Host: h.host(v), Port: v.BuiltIn.Port, WebSocket: v.BuiltIn.WebSocket, WSPort: v.BuiltIn.WSPort,
			Classroom: v.Classroom, Open: open, Frozen: h.frozen, Log: slog.Default(), Notice: h.inbox.Put,
		},
		locator: locator.Options{
			Host: h.host(v), Port: v.BuiltIn.FindPort, Classrooms: classrooms(v), Log: slog.Default(),
			Master: string(h.o.Secrets.Get(secrets.MasterKey)), Secret: string(h.o.Secrets.Get(secrets.FindKey)), Boards: locatorBoards(v),
		},
	}
	p.siot, p.name = runningOf(v).siot, announced(v)
	if !h.local(v) {
		p.nearby = h.o.nearby()
	}
	for _, b := range v.Boards {
		if password := h.o.Secrets.Get(secrets.BoardKey(b.ID)); b.Connection == "" && password != "" {
			p.boards = append(p.boards, login{boardAccount(b.Base, b.ID), password})
		}
	}
	return p
}

// locatorBoards are the boards that look for this broker, by id, and whether they have
// secrets of their own.
func locatorBoards(v settings.Values) map[string]bool {
	all := map[string]bool{}
	for _, b := range v.Boards {
		if b.Connection == "" && !b.Foreign && !b.Practice && !b.SetUp.IsZero() {
			all[b.ID] = b.OwnKey
		}
	}
	return all
}

// SetBoards tells the locator about a roster that has changed.
func (h *Host) SetBoards() {
	if h.current != nil && h.current.ready && h.current.locator != nil {
		h.current.locator.SetBoards(locatorBoards(h.o.Settings.Snapshot()))
	}
}

// FindSecrets are what a board of this id has to find this broker: the one that it
// may have of an earlier version, "" where there is none, and its own.
func (h *Host) FindSecrets(boardID string) (old, own string) {
	return string(h.o.Secrets.Get(secrets.FindKey)), device.FindSecret(string(h.o.Secrets.Get(secrets.MasterKey)), boardID)
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
func (l *life) begin(p plan, pupils func(*broker.Broker) error) {
	b, err := broker.Start(p.broker)
	if err != nil {
		slog.Error("the broker does not run", "err", err)
		l.err = err
		return
	}
	l.broker = b
	if want := cmp.Or(p.broker.Port, broker.DefaultPort); want != b.Port() {
		l.wanted = want
	}
	if err := pupils(b); err != nil {
		slog.Error("the pupils' account could not be kept", "err", err)
	}
	l.restore(p.boards)
	if p.siot.on {
		b.SetSIoT(true, p.siot.port)
	}
	p.locator.BrokerPort = b.Port()
	if err := l.find(p.locator); err != nil {
		slog.Warn("boards can't find the broker by themselves", "err", err)
	}
	l.announce(p)
}

// announce lets other programs in the network find the broker by multicast DNS,
// where the system gives its port.
func (l *life) announce(p plan) {
	if p.nearby == nil {
		return
	}
	known, err := p.nearby.Announce(discover.Service{Name: p.name, Port: l.broker.Port()}, slog.Default())
	if err != nil {
		slog.Warn("other programs can't find the broker by themselves", "err", err)
		return
	}
	l.announcer = known
}

// find answers boards, through the locator of the broker before where there is one.
func (l *life) find(o locator.Options) error {
	if l.locator != nil {
		return l.locator.Renew(o)
	}
	f, err := locator.Start(o)
	if err == nil {
		l.locator = f
	}
	return err
}

// keepLocator takes the locator out of a life that ends, for the next one. Its
// port is the only one that boards know: in the time between, another program
// could take it. One that listens elsewhere than the next one will is not kept.
func (l *life) keepLocator(host string) *locator.Locator {
	if l == nil || l.locator == nil || l.host != host {
		return nil
	}
	f := l.locator
	l.locator = nil
	f.Pause()
	return f
}

// restore makes the accounts of boards that the broker has lost, as with a
// damaged file: the boards know their passwords still.
func (l *life) restore(boards []login) {
	has := map[string]bool{}
	for _, acc := range l.broker.Accounts() {
		has[acc.User] = true
	}
	for _, b := range boards {
		if has[b.account.User] {
			continue
		}
		if err := l.broker.SetAccount(b.account, string(b.password)); err != nil {
			slog.Error("a board's account could not be restored", "user", b.account.User, "err", err)
		}
	}
}

// end closes everything, and fails where not all was kept. It waits for clients.
func (l *life) end() error {
	if l == nil {
		return nil
	}
	if l.announcer != nil {
		l.announcer.Close()
	}
	if l.locator != nil {
		l.locator.Close()
	}
	if l.broker != nil {
		return l.broker.Close()
	}
	return nil
}

// started goes on when the broker has begun, or failed to. A later start has made
// an earlier one meaningless.
func (h *Host) started(l *life) {
	if h.current != l || l.ready {
		return
	}
	l.ready = true
	if l.broker != nil {
		l.broker.Freeze(h.frozen, h.commands) // it may have changed since the start began
		h.shared.broker.Store(l.broker)
		for _, t := range h.traces {
			t.follow(l.broker)
		}
		h.keepPorts(l)
		if l.wanted != 0 {
			slog.Warn("another program has the broker's port", "wanted", l.wanted, "port", l.broker.Port())
			h.returnSoon(l)
		}
		h.reportOldKeys()
	}
	h.o.Started()
	h.Changed.Raise()
}

// portPause is how often a port that another program has is looked at.
const portPause = 5 * time.Second

// returnSoon has the broker go back to its port once that is free and nobody would be
// cut off by it: pupils' programs expect it there.
func (h *Host) returnSoon(l *life) {
	worker.After(portPause, h.o.Post, func() {
		if h.current != l {
			return
		}
		h.jobs.Do(func() {
			free := !l.broker.Busy() && listen.IsFree(l.wanted)
			h.o.Post(func() {
				switch {
				case h.current != l:
				case free:
					h.Start()
				default:
					h.returnSoon(l)
				}
			})
		})
	})
}

// reportOldKeys tells that boards have the secret of earlier versions.
func (h *Host) reportOldKeys() {
	if h.o.Secrets.Get(secrets.FindKey) == "" {
		return
	}
	for _, own := range locatorBoards(h.o.Settings.Snapshot()) {
		if !own {
			h.Notice(broker.Notice{Kind: broker.OldKeys, Count: 1, At: time.Now()})
			return
		}
	}
}

// keepPorts asks for the same ports the next time: boards and programs know them. The
// wanted one stays the wanted one where another program has it.
func (h *Host) keepPorts(l *life) {
	h.o.Settings.Update(func(v *settings.Values) {
		v.BuiltIn.Port = cmp.Or(l.wanted, l.broker.Port())
		v.BuiltIn.WSPort = cmp.Or(v.BuiltIn.WSPort, l.broker.WebSocketPort())
		if l.locator != nil {
			v.BuiltIn.FindPort = l.locator.Port()
		}
		h.following.broker = h.running(*v).broker // so that Follow sees nothing new
	})
}

// siotConfig is how the broker stands in for SIoT.
type siotConfig struct {
	on   bool
	port int // wanted for the web addresses; 0 = the usual one
}

// applySIoT has the broker that runs stand in for SIoT, or no more, without a
// restart. One that starts later does so by its plan.
func (h *Host) applySIoT(now siotConfig) {
	l := h.current
	h.jobs.Do(func() {
		if l.broker == nil {
			return
		}
		l.broker.SetSIoT(now.on, now.port)
		h.o.Post(h.Changed.Raise)
	})
}

// ErrSlow tells that the broker did not end in time.
var ErrSlow = errors.New("the broker does not end")

// ErrNoBroker tells that the built-in broker does not run.
var ErrNoBroker = errors.New("the built-in broker does not run")
