package broker

import (
	"strings"

	"lamplighter/app/broker/siot"
	"lamplighter/device/topic"
)

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
// While the broker is frozen pupils, guests and lessons publish to no topic that
// ends in /set, and to no other that is known to switch a lamp.
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
	heldBack  func(topic string) bool // is it a command that guests are refused now? nil = never
}

// Right is the rule by which a client may publish to a topic, or may not.
type Right int

// The rules.
const (
	NoRight        Right = iota
	Everything           // the program itself may publish everything
	OwnTopic             // a board may publish below its base
	OwnConfig            // a board may describe itself to Home Assistant
	ClassTopic           // a pupil may publish to the classroom's topics
	BoardCommand         // a pupil may publish a board's commands, which end in /set
	LessonTopic          // a program written for SIoT may publish to topics of two levels
	HeldForTeacher       // not allowed: the teacher alone has the switches now
	BoardOnlyTopic       // not allowed: only the board itself may publish below its base
	OtherTopic           // not allowed: a board publishes below its own base only
	OutsideClass         // not allowed: the topic is not below the classroom's
	NoTopic              // not allowed: $ begins the broker's own topics, or nobody can publish to it
)

// Allows reports whether a client may publish by this rule.
func (r Right) Allows() bool { return r >= Everything && r <= LessonTopic }

// mayPublish reports whether a topic may be published to.
func (r rights) mayPublish(name string) bool { return r.publishing(name).Allows() }

// publishing is the rule for publishing to a topic.
func (r rights) publishing(name string) Right {
	if r.isHeldBack(name) {
		return HeldForTeacher
	}
	switch r.Role {
	case App:
		return Everything
	case Board:
		switch {
		case topic.IsBelow(name, r.Base):
			return OwnTopic
		case r.Config != "" && name == r.Config:
			return OwnConfig
		}
		return OtherTopic
	case Pupil:
		return r.publishingAsPupil(name)
	case Lesson:
		if right := r.publishingAsPupil(name); right.Allows() || !siot.IsTopic(name) || r.owned(name) {
			return right
		}
		return LessonTopic
	}
	return NoRight
}

// isHeldBack reports whether a topic is a lamp's command, which guests may not give
// while the teacher alone has the switches.
func (r rights) isHeldBack(name string) bool {
	return r.heldBack != nil && r.Role.isGuests() && r.heldBack(name)
}

func (r rights) publishingAsPupil(name string) Right {
	switch {
	case !topic.IsBelow(name, r.classroom):
		return OutsideClass
	case !r.owned(name):
		return ClassTopic
	case strings.HasSuffix(name, "/set"):
		return BoardCommand
	}
	return BoardOnlyTopic
}

// mayReceive reports whether a topic, or some topic that a filter matches, may be
// received.
func (r rights) mayReceive(filter string) bool {
	filter = topic.Inner(filter)
	switch r.Role {
	case App:
		return filter != nowhere
	case Board:
		return mayMatchBelow(filter, r.Base)
	case Pupil:
		return mayMatchBelow(filter, r.classroom) || mayMatchBelow(filter, discovery)
	case Lesson:
		return mayMatchBelow(filter, r.classroom) || mayMatchBelow(filter, discovery) || siot.Overlaps(filter)
	}
	return false
}

// mayMatchBelow reports whether a filter matches base or some topic below it.
func mayMatchBelow(filter, base string) bool {
	return base != "" && topic.Overlaps(filter, base+"/#")
}

// isBase reports whether s can be a board's base: one or more levels without
// wildcards, and not one of the broker's own topics.
func isBase(s string) bool { return isTopic(s) && !topic.IsInternal(s) && !topic.HasEmptyLevel(s) }

// isTopic reports whether s can be published to.
func isTopic(s string) bool { return isShort(s) && topic.ValidName(s) }

// Bounds of topics and filters. MQTT allows 64 KB, which may be as many levels,
// and mochi takes minutes for one such filter while everybody else waits.
const (
	maxTopic  = 1024 // bytes
	maxLevels = 64
)

// isShort reports whether a topic or filter is within the bounds.
func isShort(s string) bool { return len(s) <= maxTopic && strings.Count(s, "/") < maxLevels }
