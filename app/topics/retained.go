package topics

import "strings"

// RetainedMessage is a message that the broker keeps.
type RetainedMessage struct {
	Topic   string
	Payload []byte
	QoS     byte
}

// ConfirmRetained takes in what the broker was asked for: list is what it keeps under a
// filter, a topic or a branch with "/#". Where whole, it keeps nothing else there.
func (t *Tree) ConfirmRetained(filter string, list []Message, whole bool) {
	kept := make(map[string]bool, len(list))
	for _, m := range list {
		kept[m.Topic] = true
	}
	branch, deep := strings.CutSuffix(filter, "/#")
	if id, ok := t.Find(branch); ok && whole {
		t.Below(id, func(id ID, topic string) bool {
			i, _ := t.nodes.lookup(id)
			if (deep || topic == branch) && !kept[topic] {
				t.nodes.at(i).flags &^= isRetained
			}
			return deep || topic != branch
		})
	}
	for _, m := range list {
		if i := t.nodes.find(m.Topic); i != none && t.nodes.at(i).flags&isTopic != 0 {
			t.nodes.at(i).flags |= isRetained // its value is here already, or a newer one
			continue
		}
		m.Retained = true
		t.add(&m)
	}
	t.Changed.Raise()
}

// maxExpected is how many topics NoteRetained remembers that were not heard yet.
const maxExpected = 1000

// NoteRetained says that this program has just had the broker keep a message of
// a topic. The broker does not say so itself to whoever has subscribed before
// (MQTT 3.1.1, section 3.3.1.3).
func (t *Tree) NoteRetained(topic string) {
	if i := t.nodes.find(topic); i != none && t.nodes.at(i).flags&isTopic != 0 {
		t.nodes.at(i).flags |= isRetained
		t.Changed.Raise()
		return
	}
	if len(t.expected) < maxExpected {
		t.expected[topic] = true
	}
}

// expect gives a topic's first message the mark that NoteRetained had for it.
func (t *Tree) expect(p *node, topic string) {
	if len(t.expected) > 0 && t.expected[topic] {
		p.flags |= isRetained
		delete(t.expected, topic)
	}
}
