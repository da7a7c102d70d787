package views

import (
	"lamplighter/app/lights"
	"lamplighter/app/watch"
)

// Parts is everything that the window shows and asks for, so that each page can
// be built with doubles. All of it is called on the UI goroutine, and answers at
// once.
type Parts struct {
	// Post runs f on the UI goroutine, later. Only what waits elsewhere needs it.
	Post func(f func())

	// Lights is the panel of lamps.
	Lights *lights.Panel

	// Preferences is how the window looks; SetPreferences keeps a choice.
	Preferences    func() Preferences
	SetPreferences func(Preferences)

	// Status is the truth of the status line; StatusChanged is raised when it is another.
	Status        func() Status
	StatusChanged *watch.Signal
}

// Preferences is how the window looks.
type Preferences struct {
	Language  string // a tag of i18n.Languages, or "" for the computer's
	Mode      Mode
	TextScale float32 // one of TextScales
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
	Moved   string // the address that boards were told, where it was another; "" = none
	Err     error  // what is wrong, or nil
}
