package views

import (
	"time"

	"lamplighter/app/expiry"

	"lamplighter/app/broker"
	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/app/topics"
	"lamplighter/app/watch"
)

// Parts is everything that the window shows and asks for, so that each page can
// be built with doubles. All of it is called on the UI goroutine, and answers at
// once.
type Parts struct {
	// Setup is the wizard's session; the app begins it at the first call.
	Setup func() *setup.Session

	// Lights is the panel of lamps.
	Lights *lights.Panel

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

	// House is what the settings page asks of the app.
	House House

	// Exchange hands connections over in files; nil where there is none.
	Exchange Exchange

	// Topics is every topic heard; Traffic is what its page asks of the connection.
	Topics  *topics.Tree
	Traffic Traffic

	// Status is the truth of the status line; StatusChanged is raised when it is another.
	Status        func() Status
	StatusChanged *watch.Signal

	// ForgetSaid forgets what the platform said and what was not sent there.
	ForgetSaid func()

	// Noticed is what this computer's broker has to tell, the newest last, and
	// what could not be read at the start; ForgetNoticed ends it. Status counts it.
	Noticed       func() []broker.Notice
	ForgetNoticed func()
}

// PracticeBoard is what can be done to a practice board by hand. Its methods may
// wait, so none is called on the UI goroutine.
type PracticeBoard interface {
	Plugged() bool // returns at once, and may be called anywhere
	Plug()
	Unplug()
	PressButton()
}

// House is what the settings page asks of the app. Its methods return at once;
// what may wait answers by done, on the UI goroutine, with a *device.Error where
// it failed.
type House interface {
	// Changed is raised when Broker or Addresses have other answers.
	Changed() *watch.Signal
	// Broker is how this computer's broker is doing.
	Broker() BrokerState
	// Addresses are this computer's, the best for boards first.
	Addresses() []setup.Address
	// SetOpen lets anyone in this network use this computer's broker, until it is
	// ended or the program is.
	SetOpen(open bool)
	// Pupils tells the login of the pupils' own programs; NewPupils changes its
	// password first.
	Pupils(done func(user, password string, err error))
	NewPupils(done func(user, password string, err error))
	// Password tells the password of a connection, "" where there is none.
	Password(connection string, done func(password string, err error))
	// SaveConnection keeps a connection and its password; RemoveConnection forgets both.
	SaveConnection(c settings.Connection, password string, done func(error))
	RemoveConnection(id string, done func(error))
	// Test connects to a broker, logs in and leaves; cancel ends it early.
	Test(c settings.Connection, password string, done func(error)) (cancel func())
	Strangers
	// Protection is how well passwords are kept.
	Protection() settings.Protection
	// OpenFolder shows the data folder in the system's file manager.
	OpenFolder(done func(error))
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
	Err     error // why it does not run, though it should

	SIoT       bool // it stands in for SIoT
	SIoTPort   int  // where SIoT's web addresses are, 0 = nowhere
	SIoTWanted int  // the port for them that was taken by another program, or 0
}

// LinkState is how the program stands to its broker.
type LinkState int

// The states of the link.
const (
	LinkOff        LinkState = iota // nobody asked for it
	LinkConnecting                  // it is being made, for the first time or again
	LinkUp                          // it is there
	LinkDown                        // it can't be made; Err says why
)

// Status is what the status line tells.
type Status struct {
	Broker  string // the other broker's name; "" is this computer's own
	Address string // as boards use it, host and port
	Link    LinkState
	Online  int    // boards that are here
	Known   int    // boards that have been here
	Open    bool   // this computer's broker lets anybody in
	SIoT    bool   // it stands in for SIoT, whose password everybody knows
	Moved   string // the address that boards were told, where it was another; "" = none
	Err     error  // what is wrong, or nil
	Unsaved error  // why settings or passwords can't be saved now, or nil
	Noticed int    // how many things Noticed lists

	Preset  string         // ID of the other broker's platform, "" = none
	World   bool           // anyone on the internet can read and switch there
	Paced   int            // messages that wait for the platform's rate
	Wait    time.Duration  // until the last of them is sent, about
	Dropped int            // messages that waited and were not sent in the end
	Said    Said           // what the platform said of itself
	Expiry  expiry.Summary // the board's password that is the first to end soon
}

// Said is what a platform said of itself.
type Said struct {
	Word presets.Word
	Text string // its own words, to be shown only through topics.Display
	At   time.Time
}
