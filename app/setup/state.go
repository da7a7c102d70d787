package setup

import "lamplighter/device"

// State is where a setup stands. It is one of the structs below; each carries
// the Draft on, so that nothing that was learnt or typed is ever lost.
type State interface {
	// CurrentDraft is what has been learnt and typed so far.
	CurrentDraft() Draft
	with(Draft) State
	// next is the state's own rule. It changes nothing that it was not given.
	next(Event) (State, Task)
	// enter is the state when it is come to again, and the work that it needs.
	enter() (State, Task)
	// back is the page before.
	back() (State, Task)
}

// Part is what of a board's settings is asked for.
type Part int

// The parts.
const (
	AllParts   Part = iota // everything
	WiFiPart               // only the network
	BrokerPart             // only the broker
	NamePart               // only name and lamp
)

// Draft is everything that has been learnt and typed so far.
type Draft struct {
	Ports       []device.Port
	Port        device.Port // the one that was chosen; its Name is "" before that
	PortTyped   string
	Greeted     bool
	Board       device.Identity
	Part        Part
	Goal        device.Goal // what the whole setup is for; a Part may have another goal
	Defaults    Defaults
	Connections []Connection
	Networks    []device.Network
	ByHand      bool // the network is typed, not chosen from Networks
	Answers     Answers
	IP          string // the board's address in the chosen network; "" = not joined since it was plugged in
	SentOnly    bool   // the broker's rules leave the board no topic to confirm on
	Moved       bool   // another board has the name that this one came with, so it has another one here
	Untested    bool   // the network could not be tested, and the user goes on anyway
	Class       bool   // it is one of several boards: network, broker and goal are an earlier board's
}

// Known reports whether the board has Lamplighter's settings already.
func (d Draft) Known() bool { return d.Greeted && d.Board.Settings != nil }

// The states.
type (
	// Choosing waits for a board and a goal.
	Choosing struct{ Draft }
	// Greeting breaks into what runs on the board, and asks what it is.
	Greeting struct {
		Draft
		Progress device.Progress
		Left     int   // seconds
		Resume   State // where to go on when the same board is back, or nil
	}
	// Offering shows what a board that is set up already can be changed to.
	Offering struct{ Draft }
	// WiFi waits for a network and its password.
	WiFi struct {
		Draft
		Scanning bool
		Problem  error
	}
	// Joining tries the network on the board; nothing has been written yet.
	Joining struct{ Draft }
	// Broker waits for the choice of a broker.
	Broker struct {
		Draft
		Problem error
	}
	// Checking tries the broker, from this PC and from the board.
	Checking struct{ Draft }
	// Naming waits for the board's name, and for which lamp it has.
	Naming struct {
		Draft
		Blinking bool
		Problem  error
	}
	// Writing puts settings and program on the board.
	Writing struct {
		Draft
		Progress device.Progress
	}
	// Proving follows the board's start, until the lamp was switched over the air.
	Proving struct {
		Draft
		Checks     Checks
		Away       bool // the board is not on the cable at the moment
		PortSilent bool // the cable tells nothing more of this proof, only the broker does
		Missed     int  // how often it was looked for in vain since, where no list tells of its port
		Problem    error
		Lines      []string // what the board printed besides, the last keptLines
	}
	// Finished has a board that works.
	Finished struct {
		Draft
		Lamp Lamp
	}
	// Undoing restores the board, or removes Lamplighter from it.
	Undoing struct {
		Draft
		Remove   bool
		Progress device.Progress
	}
	// Restored has a board without Lamplighter.
	Restored struct {
		Draft
		Removed bool
	}
	// Unplugged waits for the board's plug.
	Unplugged struct {
		Draft
		Resume State
	}
	// Failed keeps what went wrong, and where.
	Failed struct {
		Draft
		Err  error
		From State
	}
)

// keptLines bounds what is kept of a board's own words.
const keptLines = 100

// CurrentDraft is the draft itself.
func (d Draft) CurrentDraft() Draft { return d }

func (s Choosing) with(d Draft) State  { s.Draft = d; return s }
func (s Greeting) with(d Draft) State  { s.Draft = d; return s }
func (s Offering) with(d Draft) State  { s.Draft = d; return s }
func (s WiFi) with(d Draft) State      { s.Draft = d; return s }
func (s Joining) with(d Draft) State   { s.Draft = d; return s }
func (s Broker) with(d Draft) State    { s.Draft = d; return s }
func (s Checking) with(d Draft) State  { s.Draft = d; return s }
func (s Naming) with(d Draft) State    { s.Draft = d; return s }
func (s Writing) with(d Draft) State   { s.Draft = d; return s }
func (s Proving) with(d Draft) State   { s.Draft = d; return s }
func (s Finished) with(d Draft) State  { s.Draft = d; return s }
func (s Undoing) with(d Draft) State   { s.Draft = d; return s }
func (s Restored) with(d Draft) State  { s.Draft = d; return s }
func (s Unplugged) with(d Draft) State { s.Draft = d; return s }
func (s Failed) with(d Draft) State    { s.Draft = d; return s }

// Task is work that a state asks for.
type Task int

// The tasks. All but None, SwitchOn and SwitchOff end what runs.
const (
	None        Task = iota // what runs goes on
	Stop                    // nothing runs; the board's line stays open
	ReleaseLine             // nothing runs, and the line is closed
	Greet                   // ask the board what it is
	Scan                    // list the networks that the board sees
	Join                    // try the network on the board
	Check                   // try the broker
	ShowLamp                // blink the lamp, and show the name
	ShowName                // show the name on the board's display, where it has one
	Write                   // put everything on the board
	Prove                   // restart the board and follow it
	Await                   // wait for the port of a board that proves itself, and go on
	AwaitReplug             // wait for a board that is not on the cable, until that is too long
	Undo                    // put back what was there before
	SwitchOn                // switch the finished board's lamp on
	SwitchOff               // switch it off
)

// Step is a place in the wizard's list of steps.
type Step int

// The steps.
const (
	BoardStep Step = iota
	WiFiStep
	BrokerStep
	NameStep
	WriteStep
	ProofStep
	Steps // how many there are
)

// StepOf tells where a state belongs. A failure and a pulled plug belong where
// they happened.
func StepOf(s State) Step {
	switch s := s.(type) {
	case WiFi, Joining:
		return WiFiStep
	case Broker, Checking:
		return BrokerStep
	case Naming:
		return NameStep
	case Writing:
		return WriteStep
	case Proving, Finished:
		return ProofStep
	case Failed:
		return StepOf(s.From)
	case Unplugged:
		return StepOf(s.Resume)
	case Greeting:
		if s.Resume != nil {
			return StepOf(s.Resume)
		}
	}
	return BoardStep
}
