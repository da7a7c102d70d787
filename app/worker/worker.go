// Package worker does what takes long in the background: jobs one after the other
// (Queue), and what is saved again and again (Saver).
package worker

import (
	"sync"
	"time"

	"lamplighter/device/crash"
)

// Queue runs jobs that may take long on a goroutine of its own, in the order in
// which they came. Its methods may be called from any goroutine.
type Queue struct {
	mu     sync.Mutex
	queue  []func()
	closed bool
	wake   chan struct{}
	done   chan struct{}
}

// New starts a queue, which runs until Close.
func New() *Queue {
	q := &Queue{wake: make(chan struct{}, 1), done: make(chan struct{})}
	crash.Go(q.run)
	return q
}

// Do queues a job. After Close it is dropped.
func (q *Queue) Do(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.queue = append(q.queue, f)
		q.nudge()
	}
}

func (q *Queue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *Queue) run() {
	defer close(q.done)
	for {
		f, closed := q.next()
		switch {
		case f != nil:
			_ = crash.Catch(f) // the next one is done all the same
		case closed:
			return
		default:
			<-q.wake
		}
	}
}

func (q *Queue) next() (f func(), closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.queue) == 0 {
		return nil, q.closed
	}
	f = q.queue[0]
	q.queue = q.queue[1:]
	return f, q.closed
}

// Wait returns when all jobs that were queued before it are done, or at once after
// Close.
func (q *Queue) Wait() {
	done := make(chan struct{})
	q.Do(func() { close(done) })
	select {
	case <-done:
	case <-q.done:
	}
}

// Close takes no more jobs, and reports whether those that are left were done
// within patience.
func (q *Queue) Close(patience time.Duration) bool {
	q.mu.Lock()
	q.closed = true
	q.nudge()
	q.mu.Unlock()
	select {
	case <-q.done:
		return true
	case <-time.After(patience):
		return false
	}
}
