package viewtest

import (
	"slices"
	"time"

	"lamplighter/app/broker"
)

// Trace stands in for this computer's broker: it does what a test says, at a time that
// stands still.
type Trace struct {
	At       time.Time
	Known    []broker.Session
	Retained []string
	report   []*func([]broker.TraceEvent, int)
	message  uint64
}

// NewTrace makes one at which only this program is connected.
func NewTrace() *Trace {
	t := &Trace{At: time.Date(2026, 9, 1, 10, 32, 0, 0, time.Local)}
	t.Known = []broker.Session{{
		Client: "lamplighter-7c1a", User: "lamplighter-app", Role: broker.App, Addr: "127.0.0.1", Connected: true, Version: 4, KeepAlive: 30 * time.Second,
		Since: t.At.Add(-40 * time.Minute), Subscriptions: []broker.Subscription{{Filter: "class/#", QoS: 1}, {Filter: "homeassistant/#", QoS: 0}},
	}}
	return t
}

// Trace has report told of what Emit tells.
func (t *Trace) Trace(report func([]broker.TraceEvent, int)) (stop func()) {
	me := &report
	t.report = append(t.report, me)
	report([]broker.TraceEvent{{Kind: broker.TraceStarted, At: t.At}}, 0)
	return func() {
		t.report = slices.DeleteFunc(t.report, func(x *func([]broker.TraceEvent, int)) bool { return x == me })
	}
}

// Sessions are t.Known.
func (t *Trace) Sessions() []broker.Session { return t.Known }

// RetainedTopics are those of Retained.
func (t *Trace) RetainedTopics() []string { return t.Retained }

// Followed reports whether anybody follows it.
func (t *Trace) Followed() bool { return len(t.report) > 0 }

// Emit tells what the broker did.
func (t *Trace) Emit(all ...broker.TraceEvent) {
	for i := range all {
		all[i].At = t.At
	}
	for _, f := range t.report {
		(*f)(all, 0)
	}
}

// Lose tells that events were lost.
func (t *Trace) Lose(n int) {
	for _, f := range t.report {
		(*f)(nil, n)
	}
}

// Publish has a client publish a message by a rule, which these clients are sent.
func (t *Trace) Publish(from, topic, payload string, right broker.Right, to ...string) {
	t.message++
	e := broker.TraceEvent{
		Kind: broker.TracePublished, Client: from, Topic: topic, Payload: []byte(payload), Size: len(payload), QoS: 1, Message: t.message, Right: right,
	}
	if !right.Allows() {
		e.Kind = broker.TraceRefused
	}
	all := []broker.TraceEvent{e}
	for _, id := range to {
		all = append(all, broker.TraceEvent{Kind: broker.TraceDelivered, Client: id, Topic: topic, Size: len(payload), QoS: 1, Message: t.message})
	}
	t.Emit(all...)
}
