package views

import (
	"fyne.io/fyne/v2"

	"lamplighter/i18n"
)

// page is what one place of the rail shows. It is built when a person first
// goes there, and built again after a change of language or look: so it keeps
// nothing that would be missed, and close must end all its listening.
type page interface {
	content() fyne.CanvasObject // the same object at each call
	shown()                     // it came into view
	hidden()                    // it went out of view
	close()                     // it is not used again; it is hidden already
}

// A page may also have some of these.
type (
	// targeted pages can show one thing of theirs: a topic, a board.
	targeted interface{ target(name string) }
	// escaping pages do something at Esc, and tell whether they did.
	escaping interface{ escape() bool }
	// keyed pages take the keys that nobody else wants.
	keyed interface {
		typedKey(*fyne.KeyEvent)
		typedRune(rune)
	}
	// focused pages say where the focus is when they come into view.
	focused interface{ firstFocus() fyne.Focusable }
)

// placeID names a place of the rail.
type placeID string

// The places, from the top.
const (
	placeLamps    placeID = "lamps"
	placeSetup    placeID = "setup"
	placeTopics   placeID = "topics"
	placeSettings placeID = "settings"
)

// place is an entry of the rail.
type place struct {
	id    placeID
	icon  string
	build func(*desk) page
}

// places are filled by each page's own file: registerPage in its init.
var places = []place{
	{id: placeLamps, icon: "lamp"},
	{id: placeSetup, icon: "setup"},
	{id: placeTopics, icon: "topics"},
	{id: placeSettings, icon: "settings"},
}

// registerPage says who builds a place's page.
func registerPage(id placeID, build func(*desk) page) {
	for i := range places {
		if places[i].id == id {
			places[i].build = build
		}
	}
}

// word is the place's name as the rail shows it.
func (p place) word() string { return i18n.T("rail." + string(p.id)) }

// help is what F1 shows in the place.
func (p place) help() string { return i18n.T("help." + string(p.id)) }

// built tells whether there is a page for the place.
func (p place) built() bool { return p.build != nil }
