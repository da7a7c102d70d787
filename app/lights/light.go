package lights

import (
	"time"

	"lamplighter/app/lights/codec"
	"lamplighter/device"
)

// What lamps say, and whose they are, is read by package codec.
type (
	State    = codec.State
	Presence = codec.Presence
	Source   = codec.Source
	RGB      = codec.RGB
	Info     = codec.Info
)

// The states, the presences and the sources.
const (
	Unknown = codec.Unknown
	Off     = codec.Off
	On      = codec.On

	PresenceUnknown = codec.PresenceUnknown
	PresenceOnline  = codec.PresenceOnline
	PresenceOffline = codec.PresenceOffline

	OwnBoard      = codec.OwnBoard
	HomeAssistant = codec.HomeAssistant
	Tasmota       = codec.Tasmota
	Zigbee2MQTT   = codec.Zigbee2MQTT
	Homie         = codec.Homie
)

// Phase sums up what can be said about a lamp now.
type Phase int

// The phases.
const (
	Unheard      Phase = iota // nothing was ever said: neither on nor off is known
	Confirmed                 // State is the board's own word, and the board is here
	Queued                    // Target was asked for, and waits for its turn to be sent, as Turn has it
	Waiting                   // Target was asked for; the board has not answered yet
	NoAnswer                  // the board did not answer in time; State is its last word
	NotSent                   // the request could not be sent, as Err has it
	Contradicted              // the board answered, but not what was asked for
	Offline                   // the board left, or its last will says so
	Returning                 // its broker has just started, and its board is waited for
	Stale                     // nothing is wrong but that State is outdated
	SentOnly                  // Target was sent to a board that never confirms
	phases
)

// Phases lists every phase, so that tests can demand a text for each.
func Phases() []Phase {
	all := make([]Phase, phases)
	for i := range all {
		all[i] = Phase(i)
	}
	return all
}

// Actor is who changed a lamp last.
type Actor int

// Who may have changed a lamp.
const (
	ActorUnknown Actor = iota
	ActorThisPC        // a command of this program
	ActorBoard         // no command was heard: the board's button, or its restart
	ActorOther         // a command that was heard, and was not ours
	ActorPupil         // a command of this program, for the pupils' page
)

// Light is everything that can be shown of one lamp. It is comparable, so that
// a view can skip what did not change.
type Light struct {
	Base  string // as "class/lamp-07"
	Name  string
	Group string
	Phase Phase
	Err   error // of NotSent, else nil: ErrNoLink, or what the platform's rules say; always comparable

	Source   Source
	Unlisted bool // the roster has every board here, and not this one: any program may be speaking
	Silent   bool // it never says whether it is on
	ReadOnly bool // nobody can ask it for anything

	State     State     // the board's last word
	Confirmed time.Time // when that reached this program
	Retained  bool      // the broker had kept it (retained): it is older than Confirmed says
	Outdated  bool      // it can't be relied on now: the link is down, or nobody says that the board still lives

	Waiting bool  // for the board's answer, or for its turn to be asked
	Target  State // what was asked for last, or Unknown
	Turn    Turn  // of Queued, else zero

	Presence Presence
	Since    time.Time // when Presence changed; zero where that was before this program looked
	Started  time.Time // when its broker started, where that is why the board is offline; else zero

	ChangedBy Actor
	HasColor  bool
	Color     RGB
	HasLevel  bool
	Level     int // percent, 0 to 100

	Practice        bool
	Info            Info
	Topics          device.Topics
	RetainedCommand bool // the broker keeps a command (retained), which switches the lamp at each of the board's restarts
	Ignored         int  // messages that made no sense
}

// IsOnline reports whether the lamp's board is here as far as anybody knows: where
// nothing tells that a board has come or gone, one whose word is fresh is.
func (l Light) IsOnline() bool {
	if l.Presence == PresenceUnknown && l.Topics.Status == "" {
		return l.State != Unknown && !l.Outdated && l.Phase != NoAnswer
	}
	return l.Presence == PresenceOnline
}

// IsUnreachable reports whether the board can't be asked for anything now.
func (l Light) IsUnreachable() bool { return l.Phase == Offline || l.Phase == Returning }

// DisplayState is the state that a switch stands at: what was asked for while that is
// waited for, else the board's word.
func (l Light) DisplayState() State {
	if l.Waiting || l.Phase == SentOnly {
		return l.Target
	}
	return l.State
}

// Event is something that befell a lamp.
type Event struct {
	Base  string
	Asked bool  // a command to switch it went out, or was heard; else its board said its state
	State State // what was asked for, Unknown to toggle; or what was said
	By    Actor // who asked
	At    time.Time
}

// Entry is what the classroom's roster knows of a lamp.
type Entry struct {
	Base     string
	Name     string // "" = what the board calls itself
	Group    string // "" = the first level of Base
	Topics   device.Topics
	Practice bool
	Foreign  bool // it belongs to another system, which announces it: only Name, Group and Hidden are the roster's
	Hidden   bool // a foreign lamp that the user does not want to see
}
