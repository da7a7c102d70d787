// Package apptest stands in for the window in tests: a Loop is the state's
// goroutine. It never draws.
package apptest

import (
	"testing"
	"time"
)

// patience is how long a test may wait for something before it is broken; it
// says nothing about speed.
const patience = 3 * time.Minute

// Loop runs what is posted, on the goroutine of the test that owns it.
type Loop struct {
	// Describe, where it is set, says how things stand when a wait was in vain.
	Describe func() string

	t     testing.TB
	queue chan func()
}

// NewLoop makes a loop that belongs to the calling test's goroutine.
func NewLoop(t testing.TB) *Loop {
	return &Loop{t: t, queue: make(chan func(), 1<<16)}
}

// Post queues f from any goroutine.
func (l *Loop) Post(f func()) { l.queue <- f }

// Run runs everything that is queued, and returns.
func (l *Loop) Run() {
	for {
		select {
		case f := <-l.queue:
			f()
		default:
			return
		}
	}
}

// RunUntil runs what is posted until done says yes. It fails the test when that
// takes unreasonably long; what says what was waited for.
func (l *Loop) RunUntil(done func() bool, what ...string) {
	l.t.Helper()
	l.Run()
	late := time.NewTimer(patience)
	defer late.Stop()
	// Some conditions change without a post, as a file that is written.
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !done() {
		select {
		case f := <-l.queue:
			f()
		case <-look.C:
		case <-late.C:
			l.t.Fatalf("waited %v in vain: %v%s", patience, what, l.describeState())
		}
	}
}

func (l *Loop) describeState() string {
	if l.Describe == nil {
		return ""
	}
	return "\n" + l.Describe()
}
