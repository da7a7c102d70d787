package topics

// Kept is a message that the broker keeps.
type Kept struct {
	Topic   string
	Payload []byte
	QoS     byte
}

// Retained lists what the broker was seen to keep in a branch and was not seen
// to erase, with the newest value of each topic: MQTT 3.1.1 does not say of a
// message that comes live whether it is kept too, and of a topic that has kept
// messages it nearly always is. It lists at most most; count is the number of
// all.
func (t *Tree) Retained(id ID, most int) (list []Kept, count int) {
	t.Below(id, func(id ID, topic string) bool {
		i, _ := t.nodes.lookup(id)
		if t.nodes.at(i).flags&isRetained == 0 {
			return true
		}
		for _, e := range t.History(id, 100) {
			if e.Size == 0 {
				continue
			}
			if e.Omitted {
				break // it could not be put back
			}
			if count++; len(list) < most {
				list = append(list, Kept{Topic: topic, Payload: e.Payload, QoS: e.QoS})
			}
			break
		}
		return true
	})
	return list, count
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
