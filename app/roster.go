package app

import (
	"errors"
	"log/slog"

	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device"
)

// isLamp tells whether a board of the roster is a lamp of the panel. A board
// that has only got its settings runs somebody's own program; should that speak
// as a lamp does, the panel hears it.
func isLamp(b settings.Board) bool { return b.Goal != device.SettingsOnly }

// showRoster begins the panel anew, with the lamps that are on the broker in use.
func (a *App) showRoster(v settings.Values) {
	var all []lights.Entry
	for _, b := range v.Boards {
		if isLamp(b) && b.Connection == v.Connection {
			all = append(all, entryOf(b))
		}
	}
	a.left = nil
	if err := a.Lights.Reset(all); err != nil {
		slog.Warn("lamps of the roster are left out", "err", err)
	}
}

// entryOf is what the panel knows of a board in the roster.
func entryOf(b settings.Board) lights.Entry {
	return lights.Entry{Base: b.Base, Name: b.Name, Topics: b.Topics, Practice: b.Practice, Foreign: b.Foreign, Hidden: b.Hidden}
}

// panelID stands in for the id of a board that this program has not set up.
func panelID(base string) string { return "base/" + base }

// onPanel finds the lamp with a base on the broker in use.
func onPanel(v *settings.Values, base string) *settings.Board {
	for i, b := range v.Boards {
		if b.Base == base && b.Connection == v.Connection && isLamp(b) {
			return &v.Boards[i]
		}
	}
	return nil
}

// saveLamp keeps a name that was given in the panel, or a lamp that was added.
func (a *App) saveLamp(e lights.Entry) error {
	a.Settings.Update(func(v *settings.Values) {
		b := onPanel(v, e.Base)
		if b != nil && e.Foreign && e.Name == "" && !e.Hidden { // it is as its own system has it
			v.RemoveBoard(b.ID)
			return
		}
		if b != nil {
			b.Name, b.Hidden = e.Name, e.Hidden
			return
		}
		v.PutBoard(settings.Board{
			ID: panelID(e.Base), Base: e.Base, Name: e.Name, Topics: e.Topics, Practice: e.Practice, Connection: v.Connection,
			Goal: device.MakeLamp, Foreign: e.Foreign, Hidden: e.Hidden,
		})
	})
	a.gate.Post(a.subscribe) // when the panel knows it
	return nil
}

// forgetLamp takes a lamp off the roster. Its board keeps its account, for it
// may still be switched on, and comes back with its next word.
func (a *App) forgetLamp(base string) error {
	a.Settings.Update(func(v *settings.Values) {
		if b := onPanel(v, base); b != nil {
			a.secrets.Set(settings.PlaceKey(b.ID), "")
			v.RemoveBoard(b.ID)
		}
	})
	a.gate.Post(a.subscribe)
	return nil
}

// leave makes panel and broker forget a lamp whose board has other topics now,
// or none, as soon as there is a connection.
func (a *App) leave(e lights.Entry) {
	a.left = append(a.left, e)
	a.forgetLeft()
}

func (a *App) forgetLeft() {
	for a.linkNow.Phase == link.Online && len(a.left) > 0 {
		e := a.left[0]
		a.left = a.left[1:]
		err := a.Lights.Remove(e.Base)
		if errors.Is(err, lights.ErrNoLight) { // it has not been heard here yet
			err = a.clear(e.Topics)
		}
		if err != nil {
			slog.Warn("the broker keeps a lamp that is gone", "base", e.Base, "err", err)
		}
	}
}

// clear makes the broker forget what it keeps (retained) of a lamp.
func (a *App) clear(t device.Topics) (failed error) {
	for _, topic := range []string{t.State, t.RGB, t.Status, t.Info, t.Config} {
		if topic != "" {
			failed = errors.Join(failed, a.clearTopic(topic))
		}
	}
	return failed
}
