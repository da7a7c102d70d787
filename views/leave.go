package views

import (
	"slices"

	"lamplighter/app/settings"
	"lamplighter/app/watch"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/format"
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
	why := l.cutOff()
	if why == (cutOff{}) {
		return true
	}
	if !l.asking() {
		l.ask(why, yes)
	}
	return false
}

// cutOff is what closing the window would cut off: a key of its words, "" for nothing.
type cutOff struct {
	key    string
	boards int
}

func (l *leaving) cutOff() cutOff {
	status := l.parts.Status()
	switch {
	case l.parts.Writing():
		return cutOff{"leave.writing", 0}
	case status.Broker == "" && status.Online > 0:
		return cutOff{"leave.online", status.Online}
	}
	return cutOff{}
}

func (l *leaving) asking() bool { return slices.Contains(l.shell.Dialogs, l.asked) }

// ask asks, and asks anew when what would be cut off is another: a board that has been
// written is no reason to wait.
func (l *leaving) ask(why cutOff, yes func()) {
	var stops watch.Stops
	look := func() {
		switch now := l.cutOff(); {
		case !l.asking():
			stops.Stop()
		case now != why:
			stops.Stop()
			l.asked.Close()
			l.closing(yes)
		}
	}
	stops = append(stops, l.parts.StatusChanged.Listen(look))
	if why.key == "leave.writing" { // somebody has begun to set boards up
		stops = append(stops, l.parts.Setup().Changed.Listen(look))
		if l.parts.Several != nil {
			stops = append(stops, l.parts.Several.Listen(look))
		}
	}
	l.asked = l.shell.Ask(ui.Question{
		Title: i18n.T(why.key + ".title"), Text: i18n.N(why.key+".text", why.boards), Yes: i18n.T(why.key + ".yes"), Danger: true,
		Do: func() bool { yes(); return true },
	})
}

// showInterrupted tells of a board that was being written when the program ended.
func showInterrupted(s *ui.Shell, store *settings.Store) {
	name := store.Values().Interrupted
	if name == "" {
		return
	}
	store.Update(func(v *settings.Values) { v.Interrupted = "" })
	s.Ask(ui.Question{
		Title: i18n.T("interrupted.title", "Name", format.ClientText(string(name))), Text: i18n.T("interrupted.text"), Yes: i18n.T("rail.setup"),
		Do: func() bool { s.Visit(ui.PlaceSetup, ""); return true },
	})
}
