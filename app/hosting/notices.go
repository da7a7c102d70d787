package hosting

import (
	"log/slog"
	"slices"

	"lamplighter/app/broker"
)

// MaxNotices bounds Notices.
const MaxNotices = 50

// noticed takes in what the broker has to tell.
func (h *Host) noticed(batch []broker.Notice, lost int) {
	if lost > 0 {
		slog.Warn("notices of the broker were dropped", "count", lost)
	}
	for _, n := range batch {
		h.Notice(n)
	}
	h.Changed.Raise()
}

// Notice keeps what a person should see, the newest last; the same again is counted.
func (h *Host) Notice(n broker.Notice) {
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
	if i := slices.IndexFunc(h.notices, same); i >= 0 {
		n.Count += h.notices[i].Count
		h.notices = slices.Delete(h.notices, i, i+1)
	}
	h.notices = append(h.notices, n)
	if len(h.notices) > MaxNotices {
		h.notices = slices.Delete(h.notices, 0, len(h.notices)-MaxNotices)
	}
}

// Notices are what a person should see of the built-in broker, and of files
// that could not be read and were moved aside (broker.StoreBroken), the newest
// last, at most MaxNotices.
func (h *Host) Notices() []broker.Notice { return slices.Clone(h.notices) }

// ClearNotices forgets them.
func (h *Host) ClearNotices() {
	h.notices = nil
	h.Changed.Raise()
}
