package views

import (
	"fyne.io/fyne/v2"

	"lamplighter/app/filedialog"
	"lamplighter/app/settings"
	"lamplighter/views/backend"
	"lamplighter/views/frame"
	"lamplighter/views/guide"
	"lamplighter/views/lamps"
	"lamplighter/views/learn"
	"lamplighter/views/prefs"
	"lamplighter/views/problem"
	"lamplighter/views/status"
	"lamplighter/views/topics"
	"lamplighter/views/ui"
	"lamplighter/views/welcome"
	"lamplighter/views/wizard"
)

// New makes the program's window; Show or ShowAndRun of its Fyne brings it up.
// post runs a function on the UI goroutine, later.
func New(a fyne.App, post func(func()), parts *backend.Parts) *frame.Window {
	return newWindow(a, post, parts, false)
}

// NewWithSplash is New with a first frame that has the program's name alone, and
// everything after it.
func NewWithSplash(a fyne.App, post func(func()), parts *backend.Parts) *frame.Window {
	return newWindow(a, post, parts, true)
}

func newWindow(a fyne.App, post func(func()), parts *backend.Parts, splash bool) *frame.Window {
	var browser *topics.Browser
	leave := &leaving{parts: parts}
	w := frame.New(a, frame.Options{
		Post: post, Settings: parts.Settings, Problem: problem.Show,
		Places: func(s *ui.Shell) []frame.Place {
			browser = topics.NewBrowser(s, parts)
			leave.shell = s
			return frame.Rail(map[ui.Place]func() ui.Page{
				ui.PlaceLamps:    func() ui.Page { return lamps.New(s, parts) },
				ui.PlaceSetup:    func() ui.Page { return wizard.New(s, parts) },
				ui.PlaceTopics:   browser.Page,
				ui.PlaceLearn:    func() ui.Page { return learn.New(s, parts) },
				ui.PlaceSettings: func() ui.Page { return prefs.New(s, parts) },
				ui.PlaceGuide:    func() ui.Page { return guide.New(s) },
			})
		},
		First:  first(parts),
		Status: func(s *ui.Shell) frame.StatusLine { return status.New(s, parts) },
		Closed: func() { browser.Save() }, Closing: leave.closing, Splash: splash,
		Built: func() { showInterrupted(leave.shell, parts.Settings) },
	})
	w.Shell.AskFile = filedialog.Ask
	frame.ServeDebug(w, parts.Topics.Counts)
	return w
}

// first is what fills the window at the very first start, or nil at any other.
func first(parts *backend.Parts) func(*ui.Shell, func(ui.Place)) fyne.CanvasObject {
	if parts.Settings.Values().Welcomed {
		return nil
	}
	return func(s *ui.Shell, done func(ui.Place)) fyne.CanvasObject {
		return welcome.New(s, func(practice bool) {
			parts.Settings.Update(func(v *settings.Values) { v.Welcomed = true })
			done(ui.PlaceSetup)
			if practice {
				parts.Setup().TryPractice()
			}
		})
	}
}
