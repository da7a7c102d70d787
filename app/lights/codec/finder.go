package codec

import (
	"cmp"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lamplighter/device/topic"
)

// Found is a lamp that another system announces.
type Found struct {
	// Base names the lamp, the same whoever announces it: it is made of what
	// switches it.
	Base   string
	Source Source
	Name   string
	Info   Info
	Codec  Codec
	// Version changes whenever the announcement does.
	Version uint64
}

// What is read of announcements is bounded; what is beyond is counted.
const (
	maxAnnouncement = 128 << 10 // bytes of Home Assistant's and Homie's descriptions
	maxDevices      = 2 << 20   // bytes of Zigbee2MQTT's list of devices
	maxSmall        = 16 << 10  // bytes of Tasmota's messages and of a JSON state
	maxFound        = 1000      // announcements, and lamps, of one system
	maxRoots        = 64        // Zigbee2MQTT bridges and Homie devices that are followed
	maxTopic        = 1024      // bytes of a topic in an announcement
)

// Finder gathers what other systems announce. It believes what is announced and
// nothing else: no lamp is guessed from a name.
type Finder struct {
	readers []reader
	ignored int
}

// reader gathers the announcements of one system. Those of the first readers
// count before those of the later ones.
type reader interface {
	// decode takes a message in: whether it is an announcement at all, made sense,
	// and changed what is found.
	decode(topic string, payload []byte) (mine, sensible, changed bool)
	found() []Found
	filters() []string
}

// NewFinder makes a Finder that knows of nothing.
func NewFinder() *Finder {
	return &Finder{readers: []reader{newBridges(), newTasmotas(), newHomies(), newHomies4(), newDiscovery()}}
}

// Receive takes in a message, and reports whether what is found has changed.
func (f *Finder) Receive(topic string, payload []byte) (changed bool) {
	if len(topic) > maxTopic {
		return false
	}
	for _, r := range f.readers {
		mine, sensible, news := r.decode(topic, payload)
		if mine && !sensible {
			f.ignored++
		}
		changed = changed || news
	}
	return changed
}

// Ignored is how many announcements made no sense, or were too many.
func (f *Finder) Ignored() int { return f.ignored }

// Found lists the lamps, each once, in the order of their bases.
func (f *Finder) Found() []Found {
	seen := map[string]bool{}
	var all []Found
	for _, r := range f.readers {
		for _, x := range r.found() {
			if !seen[x.Base] {
				seen[x.Base] = true
				all = append(all, x)
			}
		}
	}
	slices.SortFunc(all, func(a, b Found) int { return cmp.Compare(a.Base, b.Base) })
	return all
}

// inOrder lists lamps by the topics that announced them.
func inOrder(lamps map[string][]Found) (all []Found) {
	for _, topic := range slices.Sorted(maps.Keys(lamps)) {
		all = append(all, lamps[topic]...)
	}
	return all
}

// Filters lists the subscriptions that announcements come by, and what belongs
// to the systems that were found.
func (f *Finder) Filters() []string {
	var all []string
	for _, r := range f.readers {
		all = append(all, r.filters()...)
	}
	return all
}

// baseOf names a lamp by what switches it, or by where it speaks if nothing
// does. One system may say POWER1 where another says POWER.
func baseOf(command, state string) string {
	if command == "" {
		return "say:" + state
	}
	if rest, ok := strings.CutSuffix(command, "/POWER1"); ok {
		command = rest + "/POWER"
	}
	return "cmd:" + command
}

// plainTopic reports whether an announced topic can be published to and is within
// bounds.
func plainTopic(s string) bool {
	return len(s) <= maxTopic && topic.ValidName(s) && !topic.IsInternal(s)
}

// usableTopic reports whether an announced topic can be subscribed to, is within
// bounds, and names at least one level: some lamps speak on a topic of each of
// their parts.
func usableTopic(s string) bool {
	named := slices.ContainsFunc(strings.Split(s, "/"), func(level string) bool { return level != "+" && level != "#" })
	return len(s) <= maxTopic && named && topic.ValidFilter(s) && !topic.IsInternal(s)
}

// covers reports whether an announced topic, which may have wildcards or be "",
// is that of a message.
func covers(announced, name string) bool {
	return announced == name && name != "" || topic.HasWildcard(announced) && topic.Matches(announced, name)
}

// sameWord reports whether a lamp's word is the announced one: the same text but
// for white space around it, the same number, or the same of true and false,
// which Home Assistant writes large.
func sameWord(said, announced string) bool {
	said, announced = strings.TrimSpace(said), strings.TrimSpace(announced)
	if said == announced {
		return true
	}
	if announced == "True" || announced == "False" {
		return strings.EqualFold(said, announced)
	}
	a, errA := strconv.ParseFloat(said, 64)
	b, errB := strconv.ParseFloat(announced, 64)
	return errA == nil && errB == nil && a == b
}

// sumOf is a version made of what a lamp is made of.
func sumOf(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p)) // never fails, see hash.Hash
		_, _ = h.Write([]byte{0})
	}
	return h.Sum64()
}
