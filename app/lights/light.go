package lights

import (
	"time"

	"lamplighter/device"
)

// State is what a board said of its lamp.
type State int

// The states.
const (
	Unknown State = iota // the board has said nothing, or its word was cleared at the broker
	Off
	On
)

// stateOf is On or Off.
func stateOf(on bool) State {
	if on {
		return On
	}
	return Off
}

// Phase sums up what can be said about a lamp now.
type Phase int

// The phases.
const (
	Unheard      Phase = iota // nothing was ever said: neither on nor off is known
	Confirmed                 // State is the board's own word, and the board is here
	Waiting                   // Target was asked for; the board has not answered yet
	NoAnswer                  // the board did not answer in time; State is its last word
	NotSent                   // the wish could not be sent: no way to the broker
	Contradicted              // the board answered, but not what was asked for
	Offline                   // the board left, or its last will says so
	Stale                     // nothing is wrong but that State is old news, as Old has it
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

// Presence is whether a board is at the broker.
type Presence int

// The presences.
const (
	PresenceUnknown Presence = iota // no status topic was heard
	Here
	Gone
)

// Who is who changed a lamp last.
type Who int

// Who may have changed a lamp.
const (
	WhoUnknown   Who = iota
	ThisPC           // a command of this program
	AtTheBoard       // no command was heard: the board's button, or its restart
	SomebodyElse     // a command that was heard, and was not ours
)

// RGB is a colour, 0 to 255 each, as it goes over the wire.
type RGB struct{ R, G, B uint8 }

// level is the brightness of a colour in percent, 0 to 100: that of its
// strongest part.
func (c RGB) level() int {
	return (int(max(c.R, c.G, c.B))*100 + 127) / 255
}

// At is the same colour with another brightness, 1 to 100 percent. Black
// becomes white, for it has no hue to keep.
func (c RGB) At(percent int) RGB {
	top := int(max(c.R, c.G, c.B))
	if top == 0 {
		c, top = RGB{255, 255, 255}, 255
	}
	want := max(1, (min(max(percent, 1), 100)*255+50)/100)
	scale := func(v uint8) uint8 { return uint8((int(v)*want + top/2) / top) }
	return RGB{scale(c.R), scale(c.G), scale(c.B)}
}

// Info is what a board says of itself; every string is bounded and free of
// control characters, so that it can be shown as it is.
type Info struct {
	ID       string // the board's own number: the MAC on ESP boards
	Name     string
	Board    string
	Firmware string
	Program  string // version of the lamp program
	IP       string
	RSSI     int // dBm, or 0 where it is not said
	Practice bool
}

// Light is everything that can be shown of one lamp. It is comparable, so that
// a view can skip what did not change.
type Light struct {
	Base  string // as "class/lamp-07"
	Name  string
	Group string
	Phase Phase

	State     State     // the board's last word
	Confirmed time.Time // when that reached this program
	Kept      bool      // the broker had kept it (retained): it is older than Confirmed says
	Old       bool      // it can't be relied on now: the link is down, or nobody says that the board still lives

	Waiting bool
	Target  State // what was asked for last, or Unknown

	Presence Presence
	Since    time.Time // when Presence changed; zero where that was before this program looked

	Who      Who
	HasColor bool
	Color    RGB
	HasLevel bool
	Level    int // percent, 0 to 100

	Practice bool
	Info     Info
	Topics   device.Topics
	Ghost    bool // the broker keeps a command (retained), which switches the lamp at each of the board's restarts
	Ignored  int  // messages that made no sense
}

// Shown is the state that a switch stands at: what was asked for while that is
// waited for, else the board's word.
func (l Light) Shown() State {
	if l.Waiting || l.Phase == SentOnly {
		return l.Target
	}
	return l.State
}

// Entry is what the classroom's roster knows of a lamp.
type Entry struct {
	Base     string
	Name     string // "" = what the board calls itself
	Group    string // "" = the first level of Base
	Topics   device.Topics
	Practice bool
}
