package app

import (
	"log/slog"
	"slices"

	"lamplighter/app/broker"
)

// MaxNotices bounds Notices.
const MaxNotices = 50

// noticed takes in what the broker has to tell.
func (a *App) noticed(batch []broker.Notice, lost int) {
	if lost > 0 {
		slog.Warn("notices of the broker were dropped", "count", lost)
	}
	for _, n := range batch {
		a.notice(n)
	}
	a.Changed.Raise()
}

// notice keeps what a person should see, the newest last; the same again is counted.
func (a *App) notice(n broker.Notice) {
	user := n.User
	if n.Unknown {
		user = "unknown"
	}
	slog.Info("broker", "notice", n.Kind, "user", user, "client", n.ClientID, "addr", n.Addr, "topic", n.Topic, "count", n.Count, "err", n.Err)
	if n.Kind == broker.Connected || n.Kind == broker.Disconnected {
		return
	}
	same := func(x broker.Notice) bool {
		return x.Kind == n.Kind && x.User == n.User && x.ClientID == n.ClientID && x.Addr == n.Addr && x.Topic == n.Topic && x.Path == n.Path
	}
	if i := slices.IndexFunc(a.notices, same); i >= 0 {
		n.Count += a.notices[i].Count
		a.notices = slices.Delete(a.notices, i, i+1)
	}
	a.notices = append(a.notices, n)
	if len(a.notices) > MaxNotices {
		a.notices = slices.Delete(a.notices, 0, len(a.notices)-MaxNotices)
	}
}

// Notices are what a person should see of the built-in broker, and of files
// that could not be read and were moved aside (broker.StoreBroken), the newest
// last, at most MaxNotices.
func (a *App) Notices() []broker.Notice { return slices.Clone(a.notices) }

// ClearNotices forgets them.
func (a *App) ClearNotices() {
	a.notices = nil
	a.Changed.Raise()
}
