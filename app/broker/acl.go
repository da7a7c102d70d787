package broker

import "strings"

// The rules of who may say and hear what:
//
//	app    everything, and $SYS
//	board  its own base and all below it; it may also publish its discovery topic
//	pupil  the classroom's topics, and reads homeassistant/#. Below a board's
//	       base a pupil may publish only topics that end in /set, for what a
//	       board confirms can be said only by that board
//	guest  as a pupil, while the broker is open
//	lesson as a pupil, and any topic of two levels that is no board's
//
// A subscription is granted when it can match a topic that the user may hear,
// so that tools which subscribe to # work; every message is checked before it
// is delivered.

// discovery is where Home Assistant looks for devices.
const discovery = "homeassistant"

// rights are what one account may do.
type rights struct {
	Account
	classroom string
	owned     func(topic string) bool // is it a board's own?
}

// mayPublish tells whether a topic may be published to.
func (r rights) mayPublish(topic string) bool {
	switch r.Role {
	case App:
		return true
	case Board:
		return below(topic, r.Base) || r.Config != "" && topic == r.Config
	case Pupil:
		return r.mayPublishAsPupil(topic)
	case Lesson:
		return r.mayPublishAsPupil(topic) || isPair(topic) && !r.owned(topic)
	}
	return false
}

func (r rights) mayPublishAsPupil(topic string) bool {
	return below(topic, r.classroom) && (!r.owned(topic) || strings.HasSuffix(topic, "/set"))
}

// mayHear tells whether a topic, or some topic that a filter matches, may be
// heard.
func (r rights) mayHear(filter string) bool {
	filter = unshared(filter)
	switch r.Role {
	case App:
		return filter != nowhere
	case Board:
		return meets(filter, r.Base)
	case Pupil:
		return meets(filter, r.classroom) || meets(filter, discovery)
	case Lesson:
		return meets(filter, r.classroom) || meets(filter, discovery) || meetsPair(filter)
	}
	return false
}

// unshared takes the group off a shared subscription ($share/group/filter, MQTT
// 5, 4.8.2).
func unshared(filter string) string {
	rest, ok := strings.CutPrefix(filter, "$share/")
	if !ok {
		return filter
	}
	if _, rest, ok = strings.Cut(rest, "/"); !ok {
		return filter
	}
	return rest
}

// below tells whether a topic is base or under it.
func below(topic, base string) bool {
	rest, ok := strings.CutPrefix(topic, base)
	return ok && base != "" && (rest == "" || rest[0] == '/')
}

// meets tells whether a filter matches base or some topic under it. A wildcard
// in the first level matches no topic that begins with $ (MQTT 3.1.1, 4.7.2).
func meets(filter, base string) bool {
	if base == "" {
		return false
	}
	f, b := strings.Split(filter, "/"), strings.Split(base, "/")
	for i, level := range b {
		if i >= len(f) {
			return false
		}
		if f[i] == "#" {
			return true
		}
		if f[i] != "+" && f[i] != level {
			return false
		}
	}
	return true
}

// isBase tells whether s can be a board's base: one or more levels without
// wildcards, and not one of the broker's own topics.
func isBase(s string) bool {
	if !isTopic(s) || strings.HasPrefix(s, "$") {
		return false
	}
	for level := range strings.SplitSeq(s, "/") {
		if level == "" {
			return false
		}
	}
	return true
}

// isTopic tells whether s can be published to.
func isTopic(s string) bool {
	return s != "" && isShort(s) && !strings.ContainsAny(s, "+#\x00")
}

// Bounds of topics and filters. MQTT allows 64 KB, which may be as many levels,
// and mochi takes minutes for one such filter while everybody else waits.
const (
	maxTopic  = 1024 // bytes
	maxLevels = 64
)

// isShort tells whether a topic or filter is within the bounds.
func isShort(s string) bool { return len(s) <= maxTopic && strings.Count(s, "/") < maxLevels }
