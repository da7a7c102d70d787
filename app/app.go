// Package app is the program without its windows: it holds the parts, routes
// messages between them, starts them and closes them. It never draws and never
// translates.
//
// An App and its parts belong to the state's goroutine, which Options.Post
// leads to; what its methods say of other goroutines is the only exception.
package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/broker/presets"
	"lamplighter/app/discover"
	"lamplighter/app/inbox"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/app/topics"
	"lamplighter/app/watch"
	"lamplighter/app/worker"
	"lamplighter/device/practice"
)

// Options are what an App is started with.
type Options struct {
	Dir     string           // the data folder
	Post    func(func())     // runs a function on the state's goroutine, later
	Cables  setup.Bench      // the boards on cables
	Files   fs.FS            // what goes onto boards
	Secrets settings.Secrets // nil: the best place there is, see settings.OpenSecrets
	Host    string           // the interface that the broker listens on; "" = all
	Pace    time.Duration    // of the practice boards; 0 = at once
	// Nearby is where the broker is announced and others are looked for; nil =
	// this PC's networks. Where Host is given nothing is announced without it.
	Nearby *discover.Network
	// Language is that of the window, "en" or "zh", for the words on a board's display.
	Language func() string
}

// App is the running program.
type App struct {
	Lights   *lights.Panel
	Topics   *topics.Tree
	Settings *settings.Store
	Practice *practice.Bench
	Changed  watch.Signal // raised when Status, Notices or Addresses have changed

	o        Options
	gate     *gate
	bench    *practice.Mux
	secrets  *secrets.Cache
	messages *inbox.Inbox[message]
	news     *inbox.Inbox[news]
	notes    *inbox.Inbox[broker.Notice]
	stop     context.CancelFunc
	chores   *worker.Queue  // what the built-in broker is asked for and may take long
	closing  sync.WaitGroup // links that are being closed

	running  running
	settling bool // the settings are changed by the program itself
	session  *setup.Session

	broker    atomic.Pointer[broker.Broker] // other goroutines ask for it; nil while it does not run
	hosting   *hosting
	addresses []broker.Address

	link    wire
	keeper  *presets.Keeper
	keepers map[string]*presets.Keeper // by connection ID: what was sent there before
	paced   paced
	probe   probe
	dial    int // number of the present link; what older ones said late is dropped
	linkNow link.State
	read    int // of the messages that the link lost, those that a person has read of
	subs    subscriptions
	left    []lights.Entry // lamps whose boards have left their topics, and that the broker has still to forget
	watched map[int]*lampWatch
	nextID  int
	notices []broker.Notice
}

// message is a link's, with the link's number.
type message struct {
	dial int
	link.Message
}

// The inbox's bounds: what waits for the state's goroutine takes at most 64 MiB,
// and a burst is taken in some thirty times a second.
const (
	inboxPause  = 33 * time.Millisecond
	inboxBytes  = 64 << 20
	messageCost = 128 // of a message without its topic and payload, in bytes
	// linkPatience is for how long the connection is read late, and the broker made
	// to wait, rather than messages dropped. It is shorter than any keep-alive.
	linkPatience = 2 * time.Second
	notesPause   = 250 * time.Millisecond
	notesBound   = 1024
)

// Start starts everything that runs without a window. It fails only when the
// data folder can't be used; a broker that can't run is told by Status.
func Start(o Options) (*App, error) {
	kept := o.Secrets
	if kept == nil {
		var err error
		if kept, err = settings.OpenSecrets(o.Dir); err != nil {
			return nil, err
		}
	}
	store, err := settings.Open(o.Dir, kept)
	if err != nil {
		return nil, err
	}
	a := &App{o: o, Settings: store, gate: &gate{post: o.Post}, chores: worker.New(), watched: map[int]*lampWatch{}, keepers: map[string]*presets.Keeper{}}
	a.secrets = secrets.Open(kept, secretKeys(store.Values()), func() { a.gate.Post(a.Changed.Raise) })
	store.OnSaveError(func(error) { a.gate.Post(a.Changed.Raise) })
	for _, path := range store.Moved() {
		a.notice(broker.Notice{Kind: broker.StoreBroken, Path: path, Count: 1, At: time.Now()})
	}
	a.messages = inbox.New(a.gate.Post, inboxPause, inboxBytes, weigh, a.receive)
	a.news = inbox.New(a.gate.Post, 0, newsBound, nil, a.hear)
	a.notes = inbox.New(a.gate.Post, notesPause, notesBound, nil, a.noticed)
	a.keeper = a.newKeeper(store.Values())
	a.stopPacing()
	a.Topics = topics.New(budgetOf(store.Values()))
	a.Lights = lights.New(lights.Options{
		Publisher: commands{a}, Clear: a.clearTopic, Post: a.gate.Post,
		Classroom: classroomOf(store.Values()), Save: a.saveLamp, Forget: a.forgetLamp,
	})
	a.Lights.Wanted.Listen(a.subscribe)
	a.showRoster(store.Values())
	a.Practice = a.newPractice()
	a.bench = practice.NewMux(o.Cables, a.Practice)
	var ctx context.Context
	ctx, a.stop = context.WithCancel(context.Background())
	if a.addresses, err = broker.Addresses(); err != nil {
		slog.Warn("this PC's addresses are unknown", "err", err)
	}
	go a.watchAddresses(ctx, a.addresses)
	a.running = runningOf(store.Values())
	store.Changed.Listen(a.settle)
	a.startBroker()
	a.chores.Wait()
	a.hosted(a.hosting)
	if a.link == nil {
		a.connect()
	}
	a.Practice.Start()
	return a, nil
}

func weigh(m message) int { return messageCost + len(m.Topic) + len(m.Payload) }

// receive hands a batch of messages to whom they concern.
func (a *App) receive(batch []message, lost int) {
	heard := make([]topics.Message, 0, len(batch))
	for _, m := range batch {
		if m.dial != a.dial {
			continue
		}
		a.counted(m)
		if !a.probed(m) {
			kept := m.Retained || a.answers(m)
			a.Lights.Receive(m.Topic, m.Payload, kept, m.At)
			a.sawLamp(m.Topic, m.Payload, kept, m.At)
		}
		heard = append(heard, topics.Message{Topic: m.Topic, Payload: m.Payload, QoS: m.QoS, Retained: m.Retained, At: m.At})
	}
	a.Topics.Receive(heard, lost)
	if lost > 0 {
		a.Lights.Doubt() // a board's word may be among what is lost
	}
}

// Setup is the program's one setup, which begins at the first call.
func (a *App) Setup() *setup.Session {
	if a.session == nil {
		a.session = setup.NewSession(a.bench, home{a}, a.gate.Post)
		renew := func() { a.session.Handle(setup.Renewed{}) }
		a.Changed.Listen(renew)
		a.Settings.Changed.Listen(renew)
	}
	return a.session
}

// Post runs f on the state's goroutine, later, as Options.Post does, and never
// after Close. It may be called from any goroutine.
func (a *App) Post(f func()) { a.gate.Post(f) }

// Close ends everything, and returns when all is kept. Nothing that was posted
// runs any more.
func (a *App) Close() error {
	a.gate.Shut()
	a.stop()
	a.closeSetup()
	a.stopProbing()
	a.Lights.Close()
	a.keepPractice()
	a.Practice.Close()
	if a.link != nil {
		a.link.Close()
	}
	a.closing.Wait()
	if !a.chores.Close(choreTime) {
		slog.Error("the broker does not end")
	}
	return errors.Join(a.endRecording(), a.hosting.end(), a.secrets.Close(), a.Settings.Close())
}

// endRecording has what is recorded of the topics on the disk, or gives up on it.
func (a *App) endRecording() error {
	r := a.Topics.Recorder()
	if r == nil {
		return nil
	}
	over := make(chan error, 1)
	r.Close(func(err error) { over <- err })
	select {
	case err := <-over:
		return err
	case <-time.After(recordTime):
		return errSlowDisk
	}
}

var errSlowDisk = errors.New("the recording is not on the disk yet")

// choreTime is far more than the broker needs for what it is asked last.
const choreTime = 20 * time.Second

// closeTime is how long Close waits for a board's line to be let go.
const closeTime = 3 * time.Second

// recordTime is how long Close waits for a recording to be on the disk, which
// may be an old computer's that is busy with much else.
const recordTime = 20 * time.Second

func (a *App) closeSetup() {
	if a.session == nil {
		return
	}
	a.session.Close()
	select {
	case <-a.session.Idle():
	case <-time.After(closeTime):
	}
	// The line is let go of in the background; a program that ends meanwhile
	// would leave the board without the program that ran on it.
	if c, ok := a.o.Cables.(interface{ Close() }); ok {
		c.Close()
	}
}

// newPractice makes the practice boards as they were left.
func (a *App) newPractice() *practice.Bench {
	v := a.Settings.Values()
	tokens := map[string]string{}
	for _, port := range practicePorts(v.Practice) {
		if s := a.secrets.Get(practiceKey(port)); s != "" {
			tokens[port] = string(s)
		}
	}
	changes := inbox.New(a.gate.Post, practicePause, 1, nil, func([]struct{}, int) { a.keepPractice() })
	return practice.New(practice.Options{
		Files: a.o.Files, Dial: a.dialPractice, Pace: a.o.Pace, State: v.Practice, Secrets: tokens,
		Changed: func() { changes.Put(struct{}{}) },
	})
}

// brokerDir is the folder of the broker's own files.
func (a *App) brokerDir() string { return filepath.Join(a.o.Dir, "broker") }
