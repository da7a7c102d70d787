package setup

import (
	"context"
	"net/netip"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/device"
)

// Backend is what a setup needs from the app around it. Methods that take a
// context may block, and are called from any goroutine; all others are called
// on the state's goroutine and return at once.
type Backend interface {
	// Defaults are the answers that the app can fill in for the board with this
	// id; id is "" before a board was greeted.
	Defaults(id string) Defaults
	// Taken reports whether a board other than id uses this base already.
	Taken(base, id string) bool
	// Rostered reports whether the roster has this base for a board other than id.
	Rostered(base, id string) bool
	// Conflict is the field of the chosen platform with which a board at a.Place could
	// not be told from another of the same account, as an error that names that
	// one; nil = none. It is asked for each time before files are written.
	Conflict(a Answers, boardID string) *presets.FieldError
	// Connections lists the brokers other than the built-in one that the user
	// has used before, the last one first, with their passwords where they are
	// remembered.
	Connections() []Connection
	// Login gives a board its place on the chosen broker: its login and its
	// topics. On the built-in broker it makes the board's own user, or gives
	// that user a new password. Called once before files are written.
	Login(ctx context.Context, a Answers, boardID string) (Account, error)
	// ListenInNetwork has the built-in broker listen where boards reach it, and returns when it
	// does, or cannot be waited for any longer. Called before a board that is no
	// practice board is led to it.
	ListenInNetwork(ctx context.Context) error
	// CheckBroker connects to a broker other than the built-in one from this PC
	// and logs in, within 10 s; it fails with a *fault.Error.
	CheckBroker(ctx context.Context, c BrokerChoice) error
	// Reach opens and closes a TCP connection from this PC within 3 s; it fails
	// with a *fault.Error (Refused, Unreachable, NameNotFound).
	Reach(ctx context.Context, host string, port int) error
	// Find is what lets boards find the built-in broker again.
	Find() device.Find
	// WriteBegun notes that a board with this name is being written, until WriteEnded:
	// a program that ends meanwhile tells of it at its next start.
	WriteBegun(name string)
	WriteEnded()
	// Remember puts a board that has just been written into the roster and the
	// panel, and keeps the answers for the next board (passwords in the keyring).
	// Called before the lamp at a.Base is switched for the first time.
	Remember(a Answers, board device.Identity, acc Account) error
	// Forget takes a board, from which Lamplighter was removed, off the roster.
	Forget(boardID string) error
	// KeepFile keeps a file that somebody had on a board, as main.py, in the data
	// folder.
	KeepFile(ctx context.Context, boardID, name string, data []byte) error
	// Switch asks the board at base to switch its lamp, as the panel does.
	Switch(base string, on bool)
	// WatchLamp calls f on the state's goroutine after each news of the lamp at
	// base, until stop is called.
	WatchLamp(base string, f func(Lamp)) (stop func())
}

// Defaults are answers that the app can fill in.
type Defaults struct {
	WiFi        []device.WiFi           // networks used before, the last one first, with passwords where remembered
	Addresses   []Address               // this PC's, the best for boards first
	Port        int                     // of the built-in broker; 0 = it does not run
	Local       bool                    // only this PC reaches the built-in broker, until Backend.ListenInNetwork
	Other       bool                    // the last board was put on a broker other than the built-in one
	Locked      bool                    // by a policy: no other broker than that in use
	Place       presets.BoardFields     // what the board's platform asked for it, where it is in the roster
	Name        string                  // the board's name in the roster, or the next free one: lamp-01, lamp-02, …
	Classroom   string                  // first part of every base: ASCII, as "class"
	Orders      map[string]device.Order // of the colours on boards of a model, as the last of them has it
	Language    string                  // "en" or "zh": for the words on the board's display
	Base        string                  // the board's base in the roster; "" = it is not there
	LastNetwork device.Text             // the network of the lamp that was set up last; "" = there is none
	Pupil       Pupil                   // who has the board, or is to get it; zero = nobody
	Kits        map[string]Kit          // by model: what the lamp of that model that was set up last has
}

// Pupil is a pupil of the class as a setup knows it.
type Pupil struct {
	ID     string
	Name   string // for the board's display
	Number int    // of the board that the pupil is to have; -1 = any
}

// Kit is the hardware of a lamp.
type Kit struct {
	Lamp   device.Lamp
	Button device.Button
}

// Address is one of this PC's addresses.
type Address struct {
	Prefix netip.Prefix // the address with its network's length
	Name   string       // the system's name for the interface
}

// Connection is a broker other than the built-in one that the user has used before.
type Connection struct {
	Name string // what the user calls it, or its host
	BrokerChoice
}

// BrokerChoice is which broker a board uses.
type BrokerChoice struct {
	BuiltIn     bool
	Address     string        // with BuiltIn: which of this PC's addresses boards use
	Port        int           // with BuiltIn: its port
	Other       device.Broker // without BuiltIn: where it is, with what the user typed as user and password
	Preset      string        // ID of the platform that Other is, see presets; "" = a broker without rules
	TopicScheme string        // ID of the preset's way of making topics; "" = the usual one
	API         string        // address of the platform's HTTP API; "" = the usual one
}

// platform are the rules of the chosen broker.
func (c BrokerChoice) platform() presets.Preset { return presets.ByID(c.Preset) }

// Inputs are what the platform's templates are filled with for this choice.
func (c BrokerChoice) Inputs() presets.Inputs {
	return presets.Inputs{TopicScheme: c.TopicScheme, User: string(c.Other.User), Password: string(c.Other.Password), Now: time.Now()}
}

// Endpoint is the host and the port where boards look for the broker.
func (c BrokerChoice) Endpoint() (host string, port int) {
	if c.BuiltIn {
		return c.Address, c.Port
	}
	return c.Other.Host, c.Other.Port
}

// Account is a board's place on a broker.
type Account struct {
	Broker    device.Broker
	Topics    device.Topics
	AppTopics device.Topics // Topics as this PC sees them; zero = the same
	Expires   time.Time     // of the board's password; zero = never
}

// Watched are the topics that this PC watches for the board.
func (a Account) Watched() device.Topics {
	if a.AppTopics == (device.Topics{}) {
		return a.Topics
	}
	return a.AppTopics
}

// Lamp is what the app knows of a lamp: what its board confirmed.
type Lamp struct {
	Known    bool      // the board has said on or off
	On       bool      // the last that it said
	Waiting  bool      // a switch is not confirmed yet
	NoAnswer bool      // a switch was not confirmed in time
	NotSent  bool      // a switch could not be sent: there is no way to the broker
	Offline  bool      // the board left, or its last will says so
	Outdated bool      // On is old news: there is no way to the broker, or nobody says that the board still lives
	Online   bool      // the board's status
	Since    time.Time // when Online last became true by a message that was not retained
}

// confirmed reports whether On is what the board says now.
func (l Lamp) confirmed() bool {
	return l.Known && !l.Waiting && !l.NoAnswer && !l.NotSent && !l.Offline && !l.Outdated
}

// Answers is everything that a person answers in the wizard.
type Answers struct {
	Goal   device.Goal
	WiFi   device.WiFi
	Broker BrokerChoice
	Name   string // shown to people; any language
	Base   string // "<classroom>/<board>", made from the name; ASCII
	Lamp   device.Lamp
	Button device.Button
	Place  presets.BoardFields // what the broker's platform asks for each board
	Pupil  string              // ID of the pupil who gets the board; "" = as before
}
