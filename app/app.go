// Package app is the program without its windows: it builds the parts, routes
// messages between them, and closes them. It never draws and never translates.
//
// An App and its parts belong to the state's goroutine, which Options.Post leads
// to. What any goroutine may use has a type of its own: secrets.Cache,
// hosting.Shared, and functions of the packages, as uplink.Test.
package app

import (
	"errors"
	"io/fs"
	"strings"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/classroom"
	"lamplighter/app/connections"
	"lamplighter/app/discover"
	"lamplighter/app/hosting"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/outbox"
	"lamplighter/app/roster"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/app/setup/batch"
	"lamplighter/app/topics"
	"lamplighter/app/uplink"
	"lamplighter/app/watch"
)

// Options are what an App is started with.
type Options struct {
	Dir    string            // the data folder
	Post   func(func())      // runs a function on the state's goroutine, later
	Cables setup.Provisioner // the boards on cables
	// Cable makes a provisioner for one more cable, where several boards are set up at
	// once; nil = one board at a time.
	Cable   func() setup.Provisioner
	Files   fs.FS         // what goes onto boards
	Secrets secrets.Store // nil: the best place there is, see secrets.Open
	Host    string        // the interface that the broker listens on; "" = all
	Pace    time.Duration // of the practice boards; 0 = at once
	// Nearby is where the broker is announced and others are looked for; nil =
	// this PC's networks. Where Host is given nothing is announced without it.
	Nearby *discover.Network
	// Language is that of the window, "en" or "zh", for the words on a board's display.
	Language func() string
	// Policy is what an administrator chose for everyone.
	Policy settings.Policy
}

// App is the running program.
type App struct {
	Lights      *lights.Panel
	Topics      *topics.Tree
	Settings    *settings.Store
	Secrets     *secrets.Cache
	Connections *connections.Book
	Hosting     *hosting.Host
	Uplink      *uplink.Uplink
	Outbox      *outbox.Outbox
	Classroom   *classroom.Classroom
	Boards      *Boards
	Changed     watch.Signal // raised when Status, or what the parts tell of themselves, has changed

	gate *gate
}

// Start starts everything that runs without a window. It fails only when the
// data folder can't be used; a broker that can't run is told by Status.
func Start(o Options) (*App, error) {
	a := &App{gate: &gate{post: o.Post}}
	class, err := a.open(o)
	if err != nil {
		return nil, err
	}
	a.build(o, class)
	a.connect(o)
	a.Hosting.Start()
	a.Hosting.Wait()
	if a.Uplink.State().Phase == link.Closed {
		a.Uplink.Connect()
	}
	a.Boards.Practice.Start()
	return a, nil
}

// open opens what is kept in the data folder.
func (a *App) open(o Options) (class *roster.Class, err error) {
	kept := o.Secrets
	if kept == nil {
		if kept, err = secrets.Open(o.Dir); err != nil {
			return nil, err
		}
	}
	if a.Settings, err = settings.Open(o.Dir, kept); err != nil {
		return nil, err
	}
	if class, err = roster.OpenClass(o.Dir); err != nil {
		return nil, errors.Join(err, a.Settings.Close())
	}
	a.Settings.Apply(o.Policy)
	raise := func() { a.gate.Post(a.Changed.Raise) }
	a.Secrets = secrets.NewCache(kept, secretKeys(a.Settings.Values()), raise)
	a.Settings.OnSaveError(func(error) { raise() })
	class.OnSaveError(func(error) { raise() })
	return class, nil
}

// build makes the parts. What one of them calls in another is called only later.
func (a *App) build(o Options, class *roster.Class) {
	v, post := a.Settings.Values(), a.gate.Post
	a.Outbox = outbox.New(post)
	a.Topics = topics.New(budgetOf(v))
	commands := a.Outbox.Commands()
	a.Lights = lights.New(lights.Options{
		Publisher: commands, Clear: a.Outbox.Clear, Post: post, Classroom: connections.TopicPrefix(v),
		Save:    func(e lights.Entry) error { return a.Classroom.Roster.SaveLamp(e) },
		Forget:  func(base string) error { return a.Classroom.Roster.ForgetLamp(base) },
		Observe: func(n lights.Event) { a.Classroom.Observe(n) },
	})
	commands.Serve(a.Lights)
	a.Connections = connections.New(a.Settings, a.Secrets, func() { a.Uplink.Renew() })
	a.Hosting = hosting.New(hosting.Options{
		Dir: o.Dir, Settings: a.Settings, Secrets: a.Secrets, Host: o.Host, Nearby: o.Nearby, Post: post,
		Noticed: func(n broker.Notice) { a.Classroom.HandleNotice(n) },
		Started: func() {
			if a.Settings.Values().Connection == "" {
				a.Lights.BrokerStarted(time.Now())
				a.Uplink.Connect()
			}
		},
	})
	a.Uplink = uplink.New(uplink.Options{
		Settings: a.Settings, Login: a.Connections.Login, Own: a.Hosting.Link, Lamps: a.Lights, Outbox: a.Outbox, Post: post,
		Receive: a.receive, Online: func() { a.Classroom.Roster.Online() },
	})
	a.Classroom = classroom.New(classroom.Options{
		Settings: a.Settings, Secrets: a.Secrets, Connections: a.Connections, Class: class, Lamps: a.Lights, Topics: a.Topics,
		Broker: a.Hosting, Link: a.Uplink, Outbox: a.Outbox, Host: o.Host, Post: post, Language: o.Language,
	})
	a.Uplink.Moved.Listen(func() {
		a.Topics.Clear()
		a.Classroom.BrokerChanged()
	})
	a.Boards = newBoards(o, a.Settings, a.Secrets, a.Hosting.Shared(), post)
}

// KeyRenewer is what gives a board that is greeted a secret of its own for finding
// the broker, where it has that of an earlier version: keys tells both, renewed
// is told afterwards, from any goroutine.
type KeyRenewer interface {
	RenewKeys(keys func(boardID string) (old, own string), renewed func(boardID string))
}

// connect has the parts hear of one another.
func (a *App) connect(o Options) {
	moved := a.Settings.SetAside()
	if path := a.Classroom.Class.SetAside(); path != "" {
		moved = append(moved, path)
	}
	for _, path := range moved {
		a.Hosting.Notice(broker.Notice{Kind: broker.StoreBroken, Path: path, Count: 1, At: time.Now()})
	}
	if wrong := o.Policy.Wrong; len(wrong) > 0 {
		a.Hosting.Notice(broker.Notice{Kind: broker.BadPolicy, Path: o.Policy.Path, Topic: strings.Join(wrong, ", "), Count: 1, At: time.Now()})
	}
	a.Classroom.Roster.Show()
	a.Lights.Wanted.Listen(a.Uplink.Refresh)
	a.Settings.Changed.Listen(a.follow)
	a.Settings.Changed.Listen(a.Hosting.SetBoards)
	a.renewKeys(o.Cables)
	for _, part := range []*watch.Signal{&a.Hosting.Changed, &a.Uplink.Changed, &a.Outbox.Changed} {
		part.Listen(a.Changed.Raise)
	}
	home := backend{
		settings: a.Settings, secrets: a.Secrets, connections: a.Connections, hosting: a.Hosting, shared: a.Hosting.Shared(),
		roster: a.Classroom.Roster, lamps: a.Lights, gate: a.gate, dir: o.Dir, language: o.Language,
	}
	if o.Cable != nil {
		a.Boards.Several = batch.New(batch.Options{
			Backend: home, Watch: o.Cables.Watch, Post: a.gate.Post, Named: a.Classroom.Roster.Named, Pupils: a.Classroom.Roster.WithoutBoard,
			Provisioner: func() setup.Provisioner { return a.renewKeys(o.Cable()) },
		})
	}
	a.Boards.start = func() *setup.Session {
		s := setup.NewSession(a.Boards.both, home, a.gate.Post)
		renew := func() { s.Handle(setup.DefaultsChanged{}) }
		a.Changed.Listen(renew)
		a.Settings.Changed.Listen(renew)
		return s
	}
}

// renewKeys has a provisioner give boards their own secrets for finding the broker.
func (a *App) renewKeys(b setup.Provisioner) setup.Provisioner {
	if cables, ok := b.(KeyRenewer); ok {
		cables.RenewKeys(a.Hosting.FindSecrets, func(boardID string) { a.gate.Post(func() { a.Classroom.Roster.KeyRenewed(boardID) }) })
	}
	return b
}

// receive hands a batch of messages to whom they concern.
func (a *App) receive(batch []uplink.Message, lost int) {
	heard := make([]topics.Message, 0, len(batch))
	for _, m := range batch {
		if !m.Probe {
			a.Lights.Receive(m.Topic, m.Payload, m.Stored, m.At)
			a.Classroom.Roster.ObserveStatus(m.Topic, m.Payload, m.Stored, m.At)
		}
		heard = append(heard, topics.Message{Topic: m.Topic, Payload: m.Payload, QoS: m.QoS, Retained: m.Retained, At: m.At})
	}
	a.Topics.Receive(heard, lost)
	if lost > 0 {
		a.Lights.MarkStale() // a board's word may be among what is lost
	}
}

// follow makes the program run as the settings say.
func (a *App) follow() {
	v := a.Settings.Snapshot()
	if b := budgetOf(v); b != a.Topics.Counts().Budget {
		a.Topics.SetBudget(b)
	}
	if a.Hosting.Follow() && v.Connection == "" {
		a.Uplink.Disconnect() // it connects when the broker has started
	}
	a.Uplink.Follow()
}

// budgetOf is what the topics may take of memory, in bytes.
func budgetOf(v settings.Values) int64 {
	if v.Topics.Memory == 0 {
		return topics.DefaultBudget
	}
	return int64(v.Topics.Memory) << 20
}

// Setup is the program's one setup, which begins at the first call.
func (a *App) Setup() *setup.Session { return a.Boards.setup() }

// Retry tries to reach the broker in use now, or to start it.
func (a *App) Retry() {
	if a.Settings.Values().Connection != "" || !a.Hosting.Retry() {
		a.Uplink.Retry()
	}
}

// Post runs f on the state's goroutine, later, as Options.Post does, and never
// after Close. It may be called from any goroutine.
func (a *App) Post(f func()) { a.gate.Post(f) }

// Close ends everything, and returns when all is kept. Nothing that was posted
// runs any more.
func (a *App) Close() error {
	a.gate.Shut()
	a.Classroom.End()
	a.Boards.close()
	a.Lights.Close()
	a.Outbox.Close()
	a.Uplink.Close()
	return errors.Join(endRecording(a.Topics), a.Hosting.Close(), a.Secrets.Close(), a.Settings.Close(), a.Classroom.Close())
}

// recordTime is how long Close waits for a recording to be on the disk, which
// may be an old computer's that is busy with much else.
const recordTime = 20 * time.Second

var errSlowDisk = errors.New("the recording is not on the disk yet")

// endRecording has what is recorded of the topics on the disk, or gives up on it.
func endRecording(t *topics.Tree) error {
	r := t.Recorder()
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
