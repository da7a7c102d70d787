package lights

import (
	"slices"

	"lamplighter/device/topic"
)

// maxWide bounds the filters that each message is compared with.
const maxWide = 64

// topicIndex knows which lamps are told what comes under a topic. Where two boards
// want one topic, the first keeps it.
type topicIndex struct {
	topics  map[string][]*lamp
	filters map[string][]*lamp // of lamps that speak on more than one topic
}

func newTopicIndex() topicIndex {
	return topicIndex{topics: map[string][]*lamp{}, filters: map[string][]*lamp{}}
}

// listeners are the lamps by topic or, for a filter, those by filter.
func (x *topicIndex) listeners(name string) map[string][]*lamp {
	if topic.HasWildcard(name) {
		return x.filters
	}
	return x.topics
}

// isRouted reports whether a lamp is told what comes under a topic.
func (x *topicIndex) isRouted(l *lamp, name string) bool {
	return slices.Contains(x.listeners(name)[name], l)
}

// add has a lamp told what comes under its topics and filters.
func (x *topicIndex) add(l *lamp) {
	for _, name := range l.talk.Topics() {
		all := x.listeners(name)
		full := topic.HasWildcard(name) && all[name] == nil && len(all) >= maxWide
		taken := isOwn(l) && slices.ContainsFunc(all[name], isOwn)
		if name != "" && !full && !taken && !x.isRouted(l, name) {
			all[name] = append(all[name], l)
		}
	}
}

// remove has a lamp told nothing more.
func (x *topicIndex) remove(l *lamp) {
	for _, name := range l.talk.Topics() {
		// A new list, for Receive may be on its way through the old one.
		all := x.listeners(name)
		rest := slices.DeleteFunc(slices.Clone(all[name]), func(x *lamp) bool { return x == l })
		if all[name] = rest; len(rest) == 0 {
			delete(all, name)
		}
	}
}

// concerned are the lamps that a message is for, each once.
func (x *topicIndex) concerned(name string) []*lamp {
	all := x.topics[name]
	for filter, lamps := range x.filters {
		if !topic.Matches(filter, name) {
			continue
		}
		all = slices.Clip(all)
		for _, l := range lamps {
			if !slices.Contains(all, l) {
				all = append(all, l)
			}
		}
	}
	return all
}
