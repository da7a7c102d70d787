package setup

import (
	"lamplighter/app/broker/presets"
	"lamplighter/device"
)

// Event is something that happened: a person did something, or work came to an
// end. Every Event may come in every state.
type Event interface{ event() }

// What a person does.
type (
	// Picked chooses the port of a board.
	Picked struct{ Port device.Port }
	// PortTyped is what stands in the field for a port that no list shows.
	PortTyped struct{ Name string }
	// Typed is how the answers stand after a key or a choice.
	Typed struct{ Answers Answers }
	// Forward is the page's one primary action.
	Forward struct{}
	// Back goes to the page before.
	Back struct{}
	// Retry tries again what failed.
	Retry struct{}
	// SkipTest goes on although a test failed.
	SkipTest struct{}
	// Rescan asks the board for its networks again.
	Rescan struct{}
	// ByHand opens or closes the fields for a network that no scan shows.
	ByHand struct{ On bool }
	// Blink lights the chosen lamp for a moment.
	Blink struct{}
	// Change asks for one answer of a board that is set up already, or for all
	// of them (AllParts).
	Change struct{ Part Part }
	// Restore puts back the main.py from before Lamplighter.
	Restore struct{}
	// Remove takes Lamplighter off the board.
	Remove struct{}
	// Fix goes to the page whose answer the proof found wrong.
	Fix struct{}
	// Switch is a click on the finished board's switch.
	Switch struct{ On bool }
	// NextBoard begins again with the answers that boards share.
	NextBoard struct{ Defaults Defaults }
)

// What work reports.
type (
	// PortsChanged tells which ports there are.
	PortsChanged struct{ Ports []device.Port }
	// DefaultsChanged tells that what the app can fill in may have changed. A session adds
	// the values itself.
	DefaultsChanged struct {
		Defaults    Defaults
		Connections []Connection
	}
	// Greeted tells what the board is, with the answers that fit it.
	Greeted struct {
		Board       device.Identity
		Defaults    Defaults
		Connections []Connection
		Base        string // free, for Defaults.Name
		Moved       bool   // another board of the roster has the base that this one was given, in another classroom
	}
	// Ticked tells the seconds that are left for a greeting.
	Ticked struct{ Left int }
	// Progressed tells how far the work has come.
	Progressed struct{ Progress device.Progress }
	// Scanned tells which networks the board sees.
	Scanned struct{ Networks []device.Network }
	// Joined tells the board's address in the chosen network.
	Joined struct{ IP string }
	// Checked tells that the broker can be reached.
	Checked struct{ IP string }
	// Blinked tells that the lamp was shown.
	Blinked struct{}
	// Written tells that everything is on the board.
	Written struct{ Account Account }
	// Staged is one line of the board's own story.
	Staged struct{ Stage device.Stage }
	// Refused tells that what is to be written can't be told from another lamp of
	// the same account.
	Refused struct{ Conflict *presets.FieldError }
	// Diagnosed tells why the board can't reach the broker, after this PC has looked.
	Diagnosed struct{ Err error }
	// LampHeard is news of the board's lamp. Fresh says that the board came
	// online after the proof began.
	LampHeard struct {
		Lamp  Lamp
		Fresh bool
	}
	// TimedOut tells that nothing was heard of the board for too long.
	TimedOut struct{}
	// Undone tells that the board was restored, or Lamplighter removed from it.
	Undone struct{}
	// TaskFailed tells that the work failed.
	TaskFailed struct{ Err error }
)

func (Picked) event()          {}
func (PortTyped) event()       {}
func (Typed) event()           {}
func (Forward) event()         {}
func (Back) event()            {}
func (Retry) event()           {}
func (SkipTest) event()        {}
func (Rescan) event()          {}
func (ByHand) event()          {}
func (Blink) event()           {}
func (Change) event()          {}
func (Restore) event()         {}
func (Remove) event()          {}
func (Fix) event()             {}
func (Switch) event()          {}
func (NextBoard) event()       {}
func (PortsChanged) event()    {}
func (DefaultsChanged) event() {}
func (Greeted) event()         {}
func (Ticked) event()          {}
func (Progressed) event()      {}
func (Scanned) event()         {}
func (Joined) event()          {}
func (Checked) event()         {}
func (Blinked) event()         {}
func (Written) event()         {}
func (Staged) event()          {}
func (Refused) event()         {}
func (Diagnosed) event()       {}
func (LampHeard) event()       {}
func (TimedOut) event()        {}
func (Undone) event()          {}
func (TaskFailed) event()      {}
