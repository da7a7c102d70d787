package views

import (
	"slices"

	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
)

// leaving asks before the window is closed where that would cut something off.
type leaving struct {
	shell *ui.Shell
	parts *backend.Parts
	asked *ui.Dialog
}

// closing reports whether nothing would be cut off; else it asks, once, and yes closes
// the window.
func (l *leaving) closing(yes func()) bool {
	status := l.parts.Status()
	key := ""
	switch {
	case l.parts.Writing():
		key = "leave.writing"
	case status.Broker == "" && status.Online > 0:
		key = "leave.online"
	default:
		return true
	}
	if !slices.Contains(l.shell.Dialogs, l.asked) {
		l.asked = l.shell.Ask(ui.Question{
			Title: i18n.T(key + ".title"), Text: i18n.N(key+".text", status.Online), Yes: i18n.T(key + ".yes"), Danger: true,
			Do: func() bool { yes(); return true },
		})
	}
	return false
}

// tellInterrupted tells of a board that was being written when the program ended.
func tellInterrupted(s *ui.Shell, store *settings.Store) {
	name := store.Values().Interrupted
	if name == "" {
		return
	}
	store.Update(func(v *settings.Values) { v.Interrupted = "" })
	s.Ask(ui.Question{
		Title: i18n.T("interrupted.title", "Name", ui.SafeText(string(name))), Text: i18n.T("interrupted.text"), Yes: i18n.T("rail.setup"),
		Do: func() bool { s.Visit(ui.PlaceSetup, ""); return true },
	})
}
