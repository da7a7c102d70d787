// Package traffic is work on topics that outlives a page of the window: retained
// messages that are erased and put back (Eraser), a recording that is played
// (Player), a recording that is made (Recording), and the messages that a person
// writes (Messages). It draws nothing, and knows no translation.
//
// All of it belongs to the state's goroutine.
package traffic

import "lamplighter/app/topics"

// Connection is where messages go. Its methods return at once; a nil error says
// only that a message is on its way.
type Connection interface {
	PublishMessage(topic string, payload []byte, qos byte, retained bool) error
	Online() bool
}

// Publish sends a message, and notes in the tree what the broker keeps from now on.
func Publish(c Connection, tree *topics.Tree, d topics.Draft) error {
	if err := c.PublishMessage(d.Topic, d.Payload, d.QoS, d.Retained); err != nil {
		return err
	}
	if d.Retained && len(d.Payload) > 0 {
		tree.NoteRetained(d.Topic)
	}
	return nil
}
