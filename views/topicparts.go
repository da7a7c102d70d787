package views

import (
	"lamplighter/app/broker/presets"
	"lamplighter/app/watch"
)

// Traffic is what the topic browser asks of the connection. Its methods return
// at once.
type Traffic interface {
	// Changed is raised when Subscriptions or Online have other answers.
	Changed() *watch.Signal
	// Subscriptions are the user's, in the order in which they came.
	Subscriptions() []Subscription
	// Subscribe asks for the messages of a filter, QoS 0 to 2, now and at the
	// next start; the broker's answer comes by Subscriptions. Unsubscribe ends it.
	Subscribe(filter string, qos byte) error
	Unsubscribe(filter string)
	// PublishMessage sends a message now; nil says only that it is on its way.
	PublishMessage(topic string, payload []byte, qos byte, retained bool) error
	// Online tells whether the broker is there.
	Online() bool
	// Platform is the preset whose rules hold there, with what was found out.
	Platform() presets.Preset
	// Browsed are the filters that the program subscribes to by itself, beside its
	// lamps' own topics; none where the platform allows no more.
	Browsed() []string
	// World tells whether everybody on the internet may be on the broker, as far as
	// that can be told.
	World() bool
}

// Subscription is one of the topic browser's, with what the broker said to it.
type Subscription struct {
	Filter   string
	QoS      byte // asked for
	Granted  byte // by the broker, where it has Answered
	Answered bool
	Err      error // the broker's refusal, or nil
}
