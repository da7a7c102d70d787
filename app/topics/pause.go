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

// resumeStep is how many messages that waited are taken at a time, so that a long
// pause never ends in a standstill.
const resumeStep = 20_000

// Resume takes what came during a pause, in its order: the first 20,000 at once,
// the others with the next batches and by CatchUp.
func (t *Tree) Resume() {
	t.pause.on = false
	t.letIn()
	t.Changed.Raise()
}

// CatchUp takes 20,000 more of what came during a pause that is over, and tells
// whether others wait still.
func (t *Tree) CatchUp() (more bool) {
	if t.pause.on || len(t.pause.waiting) == 0 {
		return false
	}
	t.letIn()
	t.Changed.Raise()
	return len(t.pause.waiting) > 0
}

func (t *Tree) letIn() {
	p := &t.pause
	some := p.waiting[:min(resumeStep, len(p.waiting))]
	p.waiting = p.waiting[len(some):]
	for i := range some {
		p.bytes -= waits(&some[i])
		t.insert(&some[i])
	}
	clear(some)
	if len(p.waiting) == 0 {
		p.waiting = nil
	}
}

// Paused reports whether messages are held back, and how many.
func (t *Tree) Paused() (bool, int) { return t.pause.on, len(t.pause.waiting) }

// hold keeps a message for Resume. The payload stays the sender's array.
func (t *Tree) hold(m *Message) {
	t.pause.waiting = append(t.pause.waiting, *m)
	t.pause.bytes += waits(m)
}

func waits(m *Message) int64 { return waitingCost + int64(len(m.Topic)+len(m.Payload)) }
