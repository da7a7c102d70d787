package views

import (
	"io"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"lamplighter/app/settings"
	"lamplighter/i18n"
)

// shell is what the frame does for a page: dialogs, remarks in passing, the
// clipboard, files, and the way to another place. It belongs to the UI goroutine.
type shell struct {
	// Post runs f on the UI goroutine, later. Only what waits elsewhere needs it.
	Post func(f func())
	// Visit goes to a place and, if target is not "", to one thing of it: a board's
	// base topic in Lamps, a topic in Topics.
	Visit func(id placeID, target string)
	// Restyle changes how the window looks, at once.
	Restyle func(change func(*settings.Values))
	// ShowProblem explains an error in a dialog, for what has no place of its own.
	ShowProblem func(err error)

	app     fyne.App
	win     fyne.Window
	toasts  *toastLayer
	dialogs []*modal
}

func newShell(app fyne.App, window fyne.Window, post func(func())) *shell {
	return &shell{Post: post, app: app, win: window, toasts: newToastLayer(post)}
}

// window is the window, for its canvas.
func (s *shell) window() fyne.Window { return s.win }

// toast tells in passing that something is done. What needs an answer, or what
// went wrong, has its place on the page or in a dialog.
func (s *shell) toast(text string) { s.toasts.say(text) }

// clipboard is the system's.
func (s *shell) clipboard() fyne.Clipboard { return s.app.Clipboard() }

// copyText puts text on the clipboard and says so.
func (s *shell) copyText(text string) {
	s.clipboard().SetContent(text)
	s.toast(i18n.T("common.copied"))
}

// inDialog reports whether a dialog is open.
func (s *shell) inDialog() bool { return len(s.dialogs) > 0 }

// leaveDialog leaves the innermost dialog, and reports whether there was one.
func (s *shell) leaveDialog() bool {
	if !s.inDialog() {
		return false
	}
	s.dialogs[len(s.dialogs)-1].cancel()
	return true
}

// saveFile asks for a file to write to.
func (s *shell) saveFile(name string, do func(io.WriteCloser)) {
	f := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
		if err != nil {
			s.ShowProblem(err)
		} else if w != nil {
			do(w)
		}
	}, s.window())
	f.SetFileName(name)
	f.Show()
}

// saveText writes what is there into a file that the user chooses.
func (s *shell) saveText(name string, data []byte) {
	s.saveFile(name, func(w io.WriteCloser) {
		_, err := w.Write(data)
		if e := w.Close(); err == nil {
			err = e
		}
		if err != nil {
			s.ShowProblem(err)
			return
		}
		s.toast(i18n.T("program.saved"))
	})
}

// toastTime is how long a toast stays.
const toastTime = 4 * time.Second
