package backend

import (
	"io"

	"lamplighter/app"
	"lamplighter/app/broker"
	"lamplighter/app/broker/presets"
	"lamplighter/app/connections"
	"lamplighter/app/course"
	"lamplighter/app/discover"
	"lamplighter/app/lesson"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/livemap"
	"lamplighter/app/pupilpage"
	"lamplighter/app/report"
	"lamplighter/app/roster"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/settings/exchange"
	"lamplighter/app/setup"
	"lamplighter/app/setup/batch"
	"lamplighter/app/topics"
	"lamplighter/app/uplink"
	"lamplighter/app/watch"
)

// Exchange hands connections over in files. Write, Read and Unlock may take
// seconds; they return at once and answer by done, on the UI goroutine, with an
// error of package exchange where they failed.
type Exchange interface {
	// Write makes a file of all connections: with their passwords, under the
	// passphrase, or without any where that is "".
	Write(passphrase string, done func([]byte, error))
	// Read reads a file, and closes it.
	Read(r io.ReadCloser, done func(exchange.File, error))
	Unlock(f exchange.File, passphrase string, done func(exchange.File, error))
	// Known reports whether a connection is kept already.
	Known(i exchange.Item) bool
	// Import keeps all of these, or with an error none; filters are topics for the
	// topic browser.
	Import(items []exchange.Item, filters bool) (added int, err error)
}

// NewBroker is the target of the settings at which a broker is added; the id of a
// connection is that at which it is changed.
const NewBroker = "+"

// Parts is everything that the window shows and asks for, so that each page can
// be built with doubles. All of it is called on the UI goroutine, and answers at
// once.
type Parts struct {
	// Setup is the wizard's session; the app begins it at the first call.
	Setup func() *setup.Session

	// Several are the boards that are set up together; nil where that can't be done.
	Several Several

	// Still reports whether nothing may move: the user wishes so, or this computer
	// draws without a graphics driver.
	Still func() bool

	// Chime plays a short sound; nil where this computer can't.
	Chime func()

	// Lights is the panel of lamps.
	Lights *lights.Panel

	// Pupils is the page on which pupils switch lamps.
	Pupils *pupilpage.Page

	// Lesson is what a teacher has in hand of a class at work.
	Lesson *lesson.Lesson

	// Course is the lessons on MQTT; it begins at the first call.
	Course func() *course.Course

	// Class is the pupils, and Boards which lamp is whose.
	Class  *roster.Class
	Boards ClassBoards

	// Practice is the practice board with the lamp at base, and false for others;
	// nil where there are none.
	Practice func(base string) (PracticeBoard, bool)

	// Program writes the program that a pupil would type for the lamp at base, on a
	// board of this model (key of a device.Model; "" = with the lamp that is known
	// of it), with placeholders or with the real names and passwords. ProgramModel
	// is the lamp's own model, "" where that is not known. Both nil: there is none.
	Program      func(base, model string, real bool) (string, error)
	ProgramModel func(base string) string

	// Settings are the user's. Views read and change them; the app acts on their Changed.
	Settings *settings.Store

	Broker      Broker
	Connections Connections
	About       About

	// Exchange hands connections over in files; nil where there is none.
	Exchange Exchange

	// Writing reports whether a board is being written, which must not be cut off.
	Writing func() bool

	// Topics is every topic heard; Traffic is what its page asks of the connection.
	Topics  *topics.Tree
	Traffic Traffic

	// Trace is what this computer's broker does, message by message; hosting.Host
	// has it.
	Trace Trace

	// Map is the picture of the broker at work. It follows it while a page shows it.
	Map *livemap.Map

	// Status is the truth of the status line; StatusChanged is raised when it is another.
	Status        func() app.Status
	StatusChanged *watch.Signal

	// MarkRead forgets what the platform said and what was not sent there.
	MarkRead func()

	// Noticed is what this computer's broker has to tell, the newest last, and
	// what could not be read at the start; ForgetNoticed ends it. Status counts it.
	Noticed       func() []broker.Notice
	ForgetNoticed func()
}

// Trace is what this computer's broker does, as hosting.Host tells it.
type Trace interface {
	// Trace has report told of all that the broker does from now on, until stop is
	// called, and how many events were lost. Report may not keep the slice.
	Trace(report func(batch []broker.TraceEvent, lost int)) (stop func())
	// Sessions lists the sessions of all clients, and RetainedTopics the topics on
	// which a message is retained; none while the broker does not run.
	Sessions() []broker.Session
	RetainedTopics() []string
}

// Several are the boards that are set up together, as batch.Table has them.
type Several interface {
	Listen(f func()) (stop func())
	Open(shared setup.Answers, first *setup.Finished)
	Close()
	IsOpen() bool
	Shared() setup.Answers
	Rows() []batch.Row
	Counts() batch.Counts
	StartsAtOnce() bool
	SetStartsAtOnce(on bool)
	Prefix() string
	SetPrefix(prefix string) error
	ForPupils() bool
	SetForPupils(on bool)
	Start(key int)
	StartAll()
	Restart(key int)
	Identify(key int)
}

// ClassBoards is which lamp is whose, as roster.Roster has it.
type ClassBoards interface {
	// Owners lists the pupils of each lamp that has any, by base.
	Owners() map[string][]roster.Pupil
	// BoardOf is the id by which the class knows the board of a lamp.
	BoardOf(base string) string
	// Enrol makes these the pupils of the class.
	Enrol(pupils []roster.Pupil)
}

// PracticeBoard is what can be done to a practice board by hand. Its methods may
// wait, so none is called on the UI goroutine.
type PracticeBoard interface {
	Plugged() bool // returns at once, and may be called anywhere
	Plug()
	Unplug()
	PressButton()
}

// Broker is this computer's broker. Its methods return at once.
type Broker interface {
	// Changed is raised when Status or Addresses have other answers.
	Changed() *watch.Signal
	Status() BrokerState
	// Addresses are this computer's, the best for boards first.
	Addresses() []setup.Address
	// SetOpen lets anyone in this network use the broker, until it is ended or the
	// program is.
	SetOpen(open bool)
	// ListenInNetwork lets boards and programs on this computer's networks reach it.
	ListenInNetwork()
	// Restart starts it anew.
	Restart()
	// Pupils is the login of the pupils' own programs; NewPupils changes its password
	// and answers by done, on the UI goroutine.
	Pupils() (user, password string)
	NewPupils(done func(error))
}

// Connections is the other brokers. Its methods return at once; what may wait answers by
// done, on the UI goroutine, with a *fault.Error where it failed.
type Connections interface {
	// Login is the secrets of a connection.
	Login(id string) connections.Login
	// Save keeps a connection and its secrets; Remove forgets both.
	Save(c settings.Connection, login connections.Login)
	Remove(id string)
	// Test connects to a broker, logs in and leaves; cancel ends it early.
	Test(c settings.Connection, login connections.Login, done func(error)) (cancel func())
	Probe
}

// About is the program itself. Its methods return at once.
type About interface {
	// Protection is how well passwords are kept.
	Protection() secrets.Protection
	// OpenFolder shows the data folder in the system's file manager.
	OpenFolder() error
	// Report makes what somebody needs who helps with a problem.
	Report() []report.File
	// Version of the program, as "1.2.0".
	Version() string
}

// BrokerState is how this computer's broker is doing.
type BrokerState struct {
	Running bool
	Port    int   // where it listens
	WSPort  int   // where it listens for MQTT over WebSocket, or 0
	Wanted  int   // the port in the settings that was taken by another program, or 0
	Open    bool  // it lets anybody in
	Local   bool  // only this computer reaches it
	Err     error // why it does not run, though it should

	SIoT       bool // it stands in for SIoT
	SIoTPort   int  // where SIoT's web addresses are, 0 = nowhere
	SIoTWanted int  // the port for them that was taken by another program, or 0
}

// Probe is what is asked of brokers that nobody has used yet. Its methods
// return at once and answer on the UI goroutine; after cancel, what still comes
// is of no use.
type Probe interface {
	// Certificate asks a connection's broker for its certificate, without trusting
	// it and without logging in, and tells what is to be said of it.
	Certificate(c settings.Connection, done func(link.Examined, error)) (cancel func())
	// FindBrokers asks this network for brokers for a minute and reports each
	// that answers, again when more is known of it; done is called in the end, with
	// a *fault.Error where nothing could be asked.
	FindBrokers(report func(discover.Broker), done func(error)) (cancel func())
}

// Traffic is what the topic browser asks of the connection. Its methods return
// at once.
type Traffic interface {
	// Changed is raised when Subscriptions or Online have other answers.
	Changed() *watch.Signal
	// Moved is raised when another broker is in use, before it is dialled; the tree has
	// been cleared then.
	Moved() *watch.Signal
	// Subscriptions are the user's, in the order in which they came.
	Subscriptions() []uplink.Subscription
	// Subscribe asks for the messages of a filter, QoS 0 to 2, now and at the
	// next start; the broker's answer comes by Subscriptions. Unsubscribe ends it.
	Subscribe(filter string, qos byte) error
	Unsubscribe(filter string)
	// PublishMessage sends a message now; nil says only that it is on its way.
	PublishMessage(topic string, payload []byte, qos byte, retained bool) error
	// AskRetained asks the broker for what it keeps under a filter; whole says that it
	// keeps nothing else there. Done is not called after cancel.
	AskRetained(filter string, done func(list []topics.Message, whole bool, err error)) (cancel func())
	// Online reports whether the broker is there.
	Online() bool
	// Platform is the preset whose rules hold there, with what was found out.
	Platform() presets.Preset
	// Browsed are the filters that the program subscribes to by itself, beside its
	// lamps' own topics; none where the platform allows no more.
	Browsed() []string
	// IsPublic reports whether everybody on the internet may be on the broker, as far as
	// that can be told.
	IsPublic() bool
}
