// Package hosting runs the built-in broker as the settings want it: its port, this
// PC's addresses, the accounts of boards and pupils, and how others find it.
package hosting

import (
	"context"
	"log/slog"
	"path/filepath"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/discover"
	"lamplighter/app/endpoint"
	"lamplighter/app/inbox"
	"lamplighter/app/link"
	"lamplighter/app/locator"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/watch"
	"lamplighter/app/worker"
	"lamplighter/device"
	"lamplighter/device/crash"
)

// Options are what a Host works with.
type Options struct {
	Dir      string // the data folder
	Settings *settings.Store
	Secrets  *secrets.Cache
	Host     string // the interface that the broker listens on; "" = all
	// Nearby is where the broker is announced and others are looked for; nil = this
	// PC's networks. Where Host is given nothing is announced without it.
	Nearby *discover.Network
	Post   func(func()) // runs a function on the state's goroutine, later
	// Started is called when the broker has begun, or failed to.
	Started func()
	// Noticed is called with each of the broker's notices, those of clients that come
	// and go among them; nil = nobody wants them.
	Noticed func(broker.Notice)
}

// Host owns the built-in broker. It belongs to the state's goroutine; what any
// other may ask is in Shared.
type Host struct {
	Changed watch.Signal // raised when Broker, Addresses or Notices have other answers

	o         Options
	shared    *Shared
	jobs      *worker.Queue // what the broker is asked for and may take long
	current   *life
	following running
	addresses []locator.Address
	notices   []gathered
	inbox     *inbox.Inbox[broker.Notice]
	frozen    bool     // see Freeze
	commands  []string // that are refused then
	traces    []*trace
	stop      context.CancelFunc
}

const (
	noticePause = 250 * time.Millisecond
	noticeBound = 1024
	// closeTime is far more than the broker needs for what it is asked last.
	closeTime = 20 * time.Second
)

// New makes a host whose broker does not run yet. It watches this PC's addresses
// until Close.
func New(o Options) *Host {
	h := &Host{
		o: o, jobs: worker.New(),
		shared: &Shared{secrets: o.Secrets, nearby: o.nearby()},
	}
	h.following = h.running(o.Settings.Values())
	h.inbox = inbox.New(o.Post, noticePause, noticeBound, nil, h.noticed)
	var err error
	if h.addresses, err = locator.Addresses(); err != nil {
		slog.Warn("this PC's addresses are unknown", "err", err)
	}
	var ctx context.Context
	ctx, h.stop = context.WithCancel(context.Background())
	known := h.addresses
	crash.Go(func() { h.watchAddresses(ctx, known) })
	return h
}

// Shared is what any goroutine may ask of the built-in broker.
func (h *Host) Shared() *Shared { return h.shared }

// running is what of the settings the host acts on.
type running struct {
	broker    settings.BuiltIn
	siot      siotConfig
	classroom string
	address   string // told only
}

// running is what the host acts on; on an interface that it was given nothing
// follows from whether boards reach it.
func (h *Host) running(v settings.Values) running {
	r := runningOf(v)
	r.broker.Network = r.broker.Network && h.o.Host == ""
	return r
}

func runningOf(v settings.Values) running {
	r := running{broker: v.BuiltIn, classroom: v.Classroom, address: v.BuiltIn.Address}
	r.broker.Address = "" // told to boards only
	r.broker.FindPort = 0 // chosen by the program
	r.siot = siotConfig{v.BuiltIn.SIoT, v.BuiltIn.SIoTPort}
	r.broker.Network = v.BuiltIn.Reachable()
	r.broker.SIoT, r.broker.SIoTPort = false, 0 // need no restart
	return r
}

// Follow runs the broker as the settings say now, and reports whether it is
// started anew for that: Started is called when it is ready.
func (h *Host) Follow() (restarts bool) {
	before, now := h.following, h.running(h.o.Settings.Snapshot())
	if before == now {
		return false
	}
	h.following = now
	switch {
	case before.broker != now.broker || before.classroom != now.classroom:
		h.Start()
		return true
	case before.siot != now.siot:
		h.applySIoT(now.siot)
	}
	h.Changed.Raise()
	return false
}

// Retry starts a broker that failed to, and reports whether there was one.
func (h *Host) Retry() bool {
	if h.Starting() || h.shared.Broker() != nil || h.o.Settings.Snapshot().BuiltIn.Off {
		return false
	}
	h.Start()
	return true
}

// Broker is the built-in broker, or nil while it does not run, and why it does
// not although it should. Wanted is the port that another program has, where the
// broker had to take another one, or 0.
func (h *Host) Broker() (b *broker.Broker, wanted int, err error) {
	if h.current == nil || !h.current.ready {
		return nil, 0, nil
	}
	return h.shared.Broker(), h.current.wanted, h.current.err
}

// Port is where the broker listens, 0 while it does not run.
func (h *Host) Port() int {
	if b := h.shared.Broker(); b != nil {
		return b.Port()
	}
	return 0
}

// Find is what lets boards find the broker again, with the secret that each
// board's own is made from: see device.Find.For.
func (h *Host) Find() device.Find {
	if !h.current.ready || h.current.locator == nil {
		return device.Find{}
	}
	return device.Find{
		Classroom: h.o.Settings.Snapshot().Classroom, Secret: string(h.o.Secrets.Get(secrets.MasterKey)), Port: h.current.locator.Port(),
	}
}

// Starting reports whether the broker is on its way.
func (h *Host) Starting() bool { return h.current != nil && !h.current.ready }

// LinkPhase is where a link to the broker stands while the broker does not run.
func (h *Host) LinkPhase() link.Phase {
	if h.Starting() {
		return link.Connecting
	}
	return link.Closed
}

// Link is how the program itself reaches the broker, and false while it does not
// run.
func (h *Host) Link() (link.Options, bool) {
	b := h.shared.Broker()
	if b == nil {
		return link.Options{}, false
	}
	host, port := b.LocalAddr()
	user, password := b.App()
	return link.Options{Endpoint: endpoint.Endpoint{Host: host, Port: port}, User: user, Password: password, Near: true}, true
}

// SetOpen lets anyone in this network connect to the broker, until the program
// ends or it is taken back.
func (h *Host) SetOpen(open bool) {
	if b := h.shared.Broker(); b != nil {
		b.SetOpen(open)
		h.Changed.Raise()
	}
	if open {
		h.ListenInNetwork()
	}
}

// ListenInNetwork has the broker listen in this PC's networks from now on, which may start
// it anew; the system's firewall may ask a person something then.
func (h *Host) ListenInNetwork() {
	if h.local(h.o.Settings.Snapshot()) {
		h.o.Settings.Update(func(v *settings.Values) { v.BuiltIn.Network = true })
	}
}

// Local reports whether only this PC reaches the broker, until ListenInNetwork.
func (h *Host) Local() bool { return h.local(h.o.Settings.Snapshot()) }

func (h *Host) local(v settings.Values) bool { return h.o.Host == "" && !v.BuiltIn.Reachable() }

// host is the interface that the broker listens on; "" = all.
func (h *Host) host(v settings.Values) string {
	if h.local(v) {
		return "127.0.0.1"
	}
	return h.o.Host
}

// Freeze has the broker refuse pupils' commands to lamps, those that end in /set and
// these, until it is taken back or the program ends; a broker that starts meanwhile too.
func (h *Host) Freeze(on bool, commands []string) {
	h.frozen, h.commands = on, commands
	if b := h.shared.Broker(); b != nil {
		b.Freeze(on, commands)
	}
}

// Close ends the broker, and returns when all is kept, or after 20 s, when it
// fails with ErrSlow.
func (h *Host) Close() error {
	h.stop()
	for _, t := range h.traces {
		t.end()
	}
	var err error
	h.jobs.Do(func() { err = h.current.end() })
	if !h.jobs.Close(closeTime) {
		return ErrSlow
	}
	return err
}

// dir is the folder of the broker's own files.
func (h *Host) dir() string { return filepath.Join(h.o.Dir, "broker") }
