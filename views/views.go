package views

import "fyne.io/fyne/v2"

// New makes the program's window; Show or ShowAndRun of its Fyne brings it up.
// post runs a function on the UI goroutine, later.
func New(a fyne.App, post func(func()), parts *Parts) *Window {
	var browser *Browser
	w := NewWindow(a, Options{
		Post: post, Settings: parts.Settings, Problem: showProblem,
		Places: func(s *shell) []Place {
			browser = NewBrowser(s, parts)
			return []Place{
				{ID: placeLamps, Icon: "lamp", Build: func() Page { return NewLamps(s, parts) }},
				{ID: placeSetup, Icon: "setup", Build: func() Page { return NewWizard(s, parts) }},
				{ID: placeTopics, Icon: "topics", Build: browser.Page},
				{ID: placeSettings, Icon: "settings", Build: func() Page { return NewPrefs(s, parts) }},
			}
		},
		Status: func(s *shell) StatusLine { return NewStatusLine(s, parts) },
		Closed: func() { browser.Leave() },
	})
	ServeDebug(w, parts.Topics.Counts)
	return w
}
