package hosting

import (
	"slices"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/inbox"
)

// Bounds of the events that wait for the state's goroutine.
const (
	tracePause = 30 * time.Millisecond // between two batches
	traceBytes = 32 << 20              // some 80,000 events
	eventBytes = 384                   // of one, beside its payload
)

// trace is somebody who follows the broker, whichever life of it runs.
type trace struct {
	inbox *inbox.Inbox[broker.TraceEvent]
	stop  func() // ends following the broker that runs; nil while none is followed
	over  bool
}

// Trace has report told of all that the broker does from now on, in batches, until
// stop is called, and of how many events were lost because too many came at once.
// The first one is TraceStarted, as it is again after each start of the broker. Report
// may not keep the slice. Both run on the state's goroutine.
func (h *Host) Trace(report func(batch []broker.TraceEvent, lost int)) (stop func()) {
	t := &trace{}
	t.inbox = inbox.New(h.o.Post, tracePause, traceBytes, eventSize, func(batch []broker.TraceEvent, lost int) {
		if !t.over {
			report(batch, lost)
		}
	})
	h.traces = append(h.traces, t)
	if b := h.shared.Broker(); b != nil {
		t.follow(b)
	}
	return func() {
		t.end()
		h.traces = slices.DeleteFunc(h.traces, func(x *trace) bool { return x == t })
	}
}

// eventSize is how much of traceBytes an event takes.
func eventSize(e broker.TraceEvent) int { return eventBytes + len(e.Payload) }

// follow follows a broker that has started.
func (t *trace) follow(b *broker.Broker) {
	t.detach()
	t.inbox.Put(broker.TraceEvent{Kind: broker.TraceStarted, At: time.Now()})
	t.stop = b.Trace(t.inbox.Put)
}

// detach follows no broker any more.
func (t *trace) detach() {
	if t.stop != nil {
		t.stop()
		t.stop = nil
	}
}

func (t *trace) end() {
	t.over = true
	t.detach()
}

// Sessions lists the sessions of the broker's clients; none while it does not run.
func (h *Host) Sessions() []broker.Session {
	if b := h.shared.Broker(); b != nil {
		return b.Sessions()
	}
	return nil
}

// RetainedTopics lists the topics on which the broker retains a message; none while
// it does not run.
func (h *Host) RetainedTopics() []string {
	if b := h.shared.Broker(); b != nil {
		return b.RetainedTopics()
	}
	return nil
}
