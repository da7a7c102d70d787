package roster

import (
	"bytes"
	"time"

	"lamplighter/app/lights"
	"lamplighter/app/setup"
)

// Watch follows a lamp: f is called after each news of it, until stop is.
func (r *Roster) Watch(base string, f func(setup.Lamp)) (stop func()) {
	r.nextID++
	id := r.nextID
	w := &watcher{base: base, report: f}
	r.watched[id] = w
	unhear := r.o.Lamps.Changed.Listen(func() { w.update(r) })
	return func() {
		unhear()
		delete(r.watched, id)
	}
}

// watcher is somebody who follows a lamp.
type watcher struct {
	base   string
	online time.Time // the last time that the board itself said it is online
	last   setup.Lamp
	report func(setup.Lamp)
}

func (w *watcher) update(r *Roster) {
	if now := r.lampNow(w.base, w.online); now != w.last {
		w.last = now
		w.report(now)
	}
}

// ObserveStatus notices a board that comes online. The panel does not tell a board
// that restarted so fast that the broker never missed it. Where the platform has
// no topic on which a board says "online", its word of the lamp says it. Stored
// tells that the message is older than that: retained, or asked for.
func (r *Roster) ObserveStatus(topic string, payload []byte, stored bool, at time.Time) {
	if stored {
		return
	}
	for _, w := range r.watched {
		l, ok := r.o.Lamps.Light(w.base)
		if !ok {
			continue
		}
		t := l.Topics
		byWord := topic == t.State && (t.Status == "" || t.Status == t.State) && l.Confirmed.Equal(at)
		if byWord || topic == t.Status && bytes.EqualFold(bytes.TrimSpace(payload), []byte("online")) {
			w.online = at
			w.update(r)
		}
	}
}

// lampNow is a lamp as a setup sees it.
func (r *Roster) lampNow(base string, online time.Time) setup.Lamp {
	l, ok := r.o.Lamps.Light(base)
	if !ok {
		return setup.Lamp{}
	}
	return setup.Lamp{
		Known: l.State != lights.Unknown, On: l.State == lights.On, Waiting: l.Waiting,
		NoAnswer: l.Phase == lights.NoAnswer || l.Phase == lights.Contradicted, NotSent: l.Phase == lights.NotSent,
		Offline: l.Phase == lights.Offline, Outdated: l.Phase == lights.Stale,
		Online: l.Presence == lights.PresenceOnline || l.Topics.Status == "" && !online.IsZero(), Since: online,
	}
}
