package topics

// pause holds messages back while somebody reads.
type pause struct {
	on      bool
	waiting []Message
	bytes   int64
}

// waitingCost is a message that waits, without its topic and payload, in bytes.
const waitingCost = 96

// Pause holds back what comes, so that nothing moves; Resume lets it in. A
// pause ends by itself when a quarter of the budget waits, so that it loses
// nothing.
func (t *Tree) Pause() {
	t.pause.on = true
	t.Changed.Raise()
}

// Resume takes what came during a pause, in its order.
func (t *Tree) Resume() {
	all := t.pause.waiting
	t.pause = pause{}
	for i := range all {
		t.insert(&all[i])
	}
	t.Changed.Raise()
}

// Paused tells whether messages are held back, and how many.
func (t *Tree) Paused() (bool, int) { return t.pause.on, len(t.pause.waiting) }

// hold keeps a message for Resume. The payload stays the sender's array.
func (t *Tree) hold(m *Message) {
	t.pause.waiting = append(t.pause.waiting, *m)
	t.pause.bytes += waitingCost + int64(len(m.Topic)+len(m.Payload))
}
