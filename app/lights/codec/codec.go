// Package codec knows how lamps talk: what asks a lamp for on or off, and what
// a message says of it. A [Codec] is either one of the boards that this program
// sets up, or one that another system announces at the same broker: Home
// Assistant's discovery, Tasmota, Zigbee2MQTT, Homie.
//
// The package reads and words messages; it never sends one, keeps no lamp and
// knows no clock. What it reads comes from anybody, so every payload is bounded,
// and one that makes no sense is said to make none.
package codec

import "lamplighter/device"

// State is what a lamp said of itself.
type State int

// The states.
const (
	Unknown State = iota // nothing was said, or the word was cleared at the broker
	Off
	On
)

// StateOf is On or Off.
func StateOf(on bool) State {
	if on {
		return On
	}
	return Off
}

// Presence is whether a lamp is at the broker.
type Presence int

// The presences.
const (
	PresenceUnknown Presence = iota
	PresenceOnline
	PresenceOffline
)

// Word is what an on/off payload says.
type Word int

// The words.
const (
	NoWord Word = iota
	WordOff
	WordOn
	WordToggle
)

// Source is the system that a lamp belongs to.
type Source int

// The sources.
const (
	OwnBoard Source = iota // a board of this program, or a pupil's that talks as those do
	HomeAssistant
	Tasmota
	Zigbee2MQTT
	Homie
	sources
)

// Sources lists every source, so that tests can demand a text for each.
func Sources() []Source {
	all := make([]Source, sources)
	for i := range all {
		all[i] = Source(i)
	}
	return all
}

// String is the system's own name, which is the same in every language; "" for
// a board of this program.
func (s Source) String() string {
	switch s {
	case HomeAssistant:
		return "Home Assistant"
	case Tasmota:
		return "Tasmota"
	case Zigbee2MQTT:
		return "Zigbee2MQTT"
	case Homie:
		return "Homie"
	}
	return ""
}

// Message is one to send, never retained.
type Message struct {
	Topic   string
	Payload string
}

// Part is something that a message says of a lamp.
type Part uint8

// The parts.
const (
	SaysState    Part = 1 << iota // State; Unknown where the broker was made to forget it
	SaysPresence                  // Presence; PresenceUnknown likewise
	SaysCommand                   // somebody asked for Command; NoWord for nothing that makes sense
	SaysColor                     // Color, or none
	SaysLevel                     // Level
	SaysInfo                      // Info
	SaysTarget                    // Target is what the lamp is on its way to; Unknown where to nothing
)

// Report is what a message says of a lamp. Only the parts in Parts count.
type Report struct {
	Parts    Part
	State    State
	Presence Presence
	Command  Word
	Color    *RGB // nil: forgotten
	Level    int  // percent, 0 to 100
	Info     Info
	Target   State
}

// Has reports whether a part is among those that were said.
func (h Report) Has(p Part) bool { return h.Parts&p != 0 }

// Codec is how one lamp talks.
type Codec interface {
	// Topics lists the topics that concern the lamp, the first the most
	// telling. They may repeat and be empty, and have wildcards.
	Topics() []string
	// Decode reads a message to one of them, and reports whether it made sense. One
	// that makes sense may still say nothing of the lamp.
	Decode(topic string, payload []byte) (Report, bool)
	// EncodeSwitch is what asks for on or off, and false for a lamp that nobody can ask.
	EncodeSwitch(on bool) (Message, bool)
	// EncodeLevel is what asks for a brightness of 1 to 100 percent at this colour, and
	// false for a lamp that knows none.
	EncodeLevel(percent int, now RGB) (Message, bool)
	// EncodeColor is what asks for a colour, and false for a lamp that knows none.
	EncodeColor(c RGB) (Message, bool)
	// Confirms reports whether the lamp says by itself if it is on.
	Confirms() bool
	// ForgetPresence forgets what was heard about who is here, for messages were missed.
	ForgetPresence()
	// DisplayTopics are the topics as they are shown to people.
	DisplayTopics() device.Topics
}
