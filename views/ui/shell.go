package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/filedialog"
	"lamplighter/app/settings"
	"lamplighter/i18n"
)

// Shell is what the frame does for a page: dialogs, remarks in passing, the
// clipboard, files, and the way to another place. It belongs to the UI goroutine.
type Shell struct {
	// Post runs f on the UI goroutine, later. Only what waits elsewhere needs it.
	Post func(f func())
	// Visit goes to a place and, if target is not "", to one thing of it: a board's
	// base topic in Lamps, a topic in Topics.
	Visit func(id Place, target string)
	// Restyle changes how the window looks, at once.
	Restyle func(change func(*settings.Values))
	// ShowProblem explains an error in a dialog, for what has no place of its own.
	ShowProblem func(err error)
	// AskFile shows the system's file dialog and waits for its answer, as
	// filedialog.Ask; nil = ours is shown.
	AskFile func(context.Context, filedialog.Question) (path string, err error)

	app     fyne.App
	win     fyne.Window
	Toasts  *toastLayer
	Dialogs []*Dialog
	asking  bool // the system's file dialog is open
}

// NewShell makes the frame's shell; post runs a function on the window's goroutine.
func NewShell(app fyne.App, window fyne.Window, post func(func())) *Shell {
	return &Shell{Post: post, app: app, win: window, Toasts: NewToastLayer(post)}
}

// Window is the window, for its canvas.
func (s *Shell) Window() fyne.Window { return s.win }

// IsSystemDark reports whether the system is dark, whatever the window is.
func (s *Shell) IsSystemDark() bool { return s.app.Settings().ThemeVariant() == theme.VariantDark }

// SetLook draws everything in the theme of NewLook, and does nothing where it is
// drawn so already: Fyne reads all fonts anew after SetTheme.
func (s *Shell) SetLook(mode settings.Theme, scale float64, large bool) {
	wanted := NewLook(mode, scale, large)
	if now, ours := s.app.Settings().Theme().(*look); !ours || *now != *wanted.(*look) {
		s.app.Settings().SetTheme(wanted)
	}
}

// Unfocus takes the keyboard from the page. A dialog or a menu over it keeps its own.
func (s *Shell) Unfocus() {
	if c := s.win.Canvas(); c.Overlays().Top() == nil {
		c.Unfocus()
	}
}

// Toast tells in passing that something is done. What needs an answer, or what
// went wrong, has its place on the page or in a dialog.
func (s *Shell) Toast(text string) { s.Toasts.show(text) }

// Clipboard is the system's.
func (s *Shell) Clipboard() fyne.Clipboard { return s.app.Clipboard() }

// CopyText puts text on the clipboard and says so.
func (s *Shell) CopyText(text string) {
	s.Clipboard().SetContent(text)
	s.Toast(i18n.T("common.copied"))
}

// CopyButton is a button that copies text.
func (s *Shell) CopyButton(text string) *Button {
	return NewButton(i18n.T("common.copy"), Icon("copy"), func() { s.CopyText(text) })
}

// InDialog reports whether a dialog is open.
func (s *Shell) InDialog() bool { return len(s.Dialogs) > 0 }

// LeaveDialog leaves the innermost dialog, and reports whether there was one.
func (s *Shell) LeaveDialog() bool {
	if !s.InDialog() {
		return false
	}
	s.Dialogs[len(s.Dialogs)-1].Cancel()
	return true
}

// toastTime is how long a toast stays.
const toastTime = 4 * time.Second
