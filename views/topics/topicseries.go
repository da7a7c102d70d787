package topics

import (
	"lamplighter/app/topics"
	"lamplighter/views/ui"
)

// quickPoints is how many messages are read for a plot at once; more take longer
// than a frame where they are JSON, and are read beside the window.
const quickPoints = 200

// series are the numbers of a curve, as far as they were read.
type series struct {
	id     topics.ID
	read   uint64 // messages of the topic that were read
	busy   bool
	points []topics.Point
}

// readSeries reads what came for the curves since the last time, and forgets
// curves that are not drawn any more.
func (t *topicPlot) readSeries(all []curve) {
	wanted := map[curve]*series{}
	for _, c := range all {
		if c.path == ratePath {
			continue
		}
		s := t.series[c]
		if s == nil {
			s = &series{}
		}
		wanted[c] = s
		t.read(c, s)
	}
	t.series = wanted
}

// read reads the newest messages only, where no recording has put others before
// them.
func (t *topicPlot) read(c curve, s *series) {
	id, known := t.page.tree.Find(c.topic)
	own, mixed := t.page.tree.OwnMessages(id)
	switch {
	case !known:
		*s = series{busy: s.busy}
		return
	case s.busy || s.id == id && s.read == own:
		return
	}
	whole := s.id != id || mixed || own < s.read
	fresh := own - s.read
	if whole {
		fresh = own
	}
	entries := t.page.tree.History(id, int(min(fresh, plotPoints)))
	s.id, s.read = id, own
	if len(entries) <= quickPoints && !heavy(entries) {
		s.add(topics.Points(entries, c.path), whole)
		return
	}
	s.busy = true
	var points []topics.Point
	ui.InBackground(t.page.env.Post, func() { points = topics.Points(entries, c.path) }, func() {
		s.busy = false
		if s.id == id {
			s.add(points, whole)
		}
		if t.series[c] == s && t.page.right.tab == tabPlot && t.page.inView {
			t.update()
		}
	})
}

// heavy reports whether messages are too long to be read at once.
func heavy(entries []topics.Entry) bool {
	size := 0
	for _, e := range entries {
		size += len(e.Payload)
	}
	return size > quickPoints*1024
}

// add appends points, or puts them in the place of the others where they are the
// whole; the oldest go where there are too many.
func (s *series) add(points []topics.Point, whole bool) {
	if whole {
		s.points = nil
	}
	s.points = append(s.points, points...)
	if n := len(s.points) - plotPoints; n > 0 {
		s.points = append(s.points[:0:0], s.points[n:]...)
	}
}
