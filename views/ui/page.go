package ui

import (
	"fyne.io/fyne/v2"
)

// Page is what one place of the rail shows. It is built when a person first
// goes there, and built again after a change of language or look: so it keeps
// nothing that would be missed, and Close must end all its listening.
type Page interface {
	Content() fyne.CanvasObject // the same object at each call
	Shown()                     // it came into view
	Hidden()                    // it went out of view
	Close()                     // it is not used again; it is hidden already
}

// A page may also have some of these.
type (
	// Targeted pages can show one thing of theirs: a topic, a board.
	Targeted interface{ Target(name string) }
	// Escaping pages do something at Esc, and report whether they did.
	Escaping interface{ Escape() bool }
	// Keyed pages take the keys that nobody else wants.
	Keyed interface {
		TypedKey(*fyne.KeyEvent)
		TypedRune(rune)
	}
	// Submitting pages do at Ctrl+Enter what their primary button does, where it can
	// be pressed.
	Submitting interface{ Submit() }
	// Focused pages say where the focus is when they come into view.
	Focused interface{ FirstFocus() fyne.Focusable }
)

// Place names a place of the rail; its word is the text "rail.<id>", and what
// F1 shows there "help.<id>".
type Place string

// The places, from the top.
const (
	PlaceLamps    Place = "lamps"
	PlaceSetup    Place = "setup"
	PlaceTopics   Place = "topics"
	PlaceLearn    Place = "learn"
	PlaceSettings Place = "settings"
	PlaceGuide    Place = "guide"
)
