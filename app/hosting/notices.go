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

// Notice keeps what a person should see, the newest last; what one client does
// again and again is counted.
func (h *Host) Notice(n broker.Notice) {
	user := n.User
	if n.Unknown {
		user = "unknown"
	}
	slog.Info("broker", "notice", n.Kind, "user", user, "client", n.ClientID, "addr", n.Addr, "topic", n.Topic, "count", n.Count, "err", n.Err)
	if h.o.Noticed != nil {
		h.o.Noticed(n)
	}
	if n.Kind == broker.Connected || n.Kind == broker.Disconnected {
		return
	}
	g := gathered{Notice: n}
	if i := slices.IndexFunc(h.notices, func(x gathered) bool { return together(x.Notice, n) }); i >= 0 {
		g.Count += h.notices[i].Count
		g.topics = h.notices[i].topics
		h.notices = slices.Delete(h.notices, i, i+1)
	}
	if n.Topic != "" && len(g.topics) < maxTopics && !slices.Contains(g.topics, n.Topic) {
		g.topics = append(g.topics, n.Topic)
	}
	g.Topics = len(g.topics)
	h.notices = append(h.notices, g)
	if len(h.notices) > MaxNotices {
		h.notices = slices.Delete(h.notices, 0, len(h.notices)-MaxNotices)
	}
}

// gathered is what one client did again and again, told as one.
type gathered struct {
	broker.Notice // the newest
	topics        []string
}

// maxTopics is how many topics of a notice are told apart.
const maxTopics = 100

// together reports whether two notices are told as one: the same kind, from the same
// place, of the same user. Of logins that fail the place alone counts, for a program
// may try any user.
func together(a, b broker.Notice) bool {
	if a.Kind != b.Kind || a.Addr != b.Addr || a.Path != b.Path {
		return false
	}
	return a.User == b.User || a.Kind == broker.BadLogin
}

// Notices are what a person should see of the built-in broker, and of files
// that could not be read and were moved aside (broker.StoreBroken), the newest
// last, at most MaxNotices.
func (h *Host) Notices() []broker.Notice {
	var all []broker.Notice
	for _, g := range h.notices {
		all = append(all, g.Notice)
	}
	return all
}

// ClearNotices forgets them.
func (h *Host) ClearNotices() {
	h.notices = nil
	h.Changed.Raise()
}
