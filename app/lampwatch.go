package app

import (
	"bytes"
	"time"

	"lamplighter/app/lights"
	"lamplighter/app/setup"
)

// WatchLamp follows a lamp.
func (h home) WatchLamp(base string, f func(setup.Lamp)) (stop func()) {
	a := h.a
	a.nextID++
	id := a.nextID
	w := &lampWatch{base: base, tell: f}
	a.watched[id] = w
	unhear := a.Lights.Changed.Listen(func() { w.look(a) })
	return func() {
		unhear()
		delete(a.watched, id)
	}
}

// lampWatch is somebody who follows a lamp.
type lampWatch struct {
	base   string
	online time.Time // the last time that the board itself said it is online
	last   setup.Lamp
	tell   func(setup.Lamp)
}

func (w *lampWatch) look(a *App) {
	if now := a.lampNow(w.base, w.online); now != w.last {
		w.last = now
		w.tell(now)
	}
}

// sawLamp notices a board that comes online. The panel does not tell a board
// that restarted so fast that the broker never missed it. Where the platform has
// no topic on which a board says "online", its word of the lamp says it. Kept
// tells that the message is older than that: retained, or asked for.
func (a *App) sawLamp(topic string, payload []byte, kept bool, at time.Time) {
	if kept {
		return
	}
	for _, w := range a.watched {
		l, ok := a.Lights.Light(w.base)
		if !ok {
			continue
		}
		t := l.Topics
		byWord := topic == t.State && (t.Status == "" || t.Status == t.State) && l.Confirmed.Equal(at)
		if byWord || topic == t.Status && bytes.EqualFold(bytes.TrimSpace(payload), []byte("online")) {
			w.online = at
			w.look(a)
		}
	}
}

// lampNow is a lamp as a setup sees it.
func (a *App) lampNow(base string, online time.Time) setup.Lamp {
	l, ok := a.Lights.Light(base)
	if !ok {
		return setup.Lamp{}
	}
	return setup.Lamp{
		Known: l.State != lights.Unknown, On: l.State == lights.On, Waiting: l.Waiting,
		NoAnswer: l.Phase == lights.NoAnswer || l.Phase == lights.Contradicted, NotSent: l.Phase == lights.NotSent,
		Gone: l.Phase == lights.Offline, Old: l.Phase == lights.Stale,
		Online: l.Presence == lights.Here || l.Topics.Status == "" && !online.IsZero(), Since: online,
	}
}
