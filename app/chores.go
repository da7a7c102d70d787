package app

import (
	"sync"
	"time"

	"lamplighter/device/crash"
)

// chores does what may take long, one after the other, away from the state's
// goroutine.
type chores struct {
	mu     sync.Mutex
	queue  []func()
	closed bool
	wake   chan struct{}
	done   chan struct{}
}

func newChores() *chores {
	c := &chores{wake: make(chan struct{}, 1), done: make(chan struct{})}
	crash.Go(c.run)
	return c
}

// do has f done, from any goroutine. After close nothing is taken any more.
func (c *chores) do(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.queue = append(c.queue, f)
		c.nudge()
	}
}

func (c *chores) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *chores) run() {
	defer close(c.done)
	for {
		f, closed := c.next()
		switch {
		case f != nil:
			_ = crash.Catch(f) // the next one is done all the same
		case closed:
			return
		default:
			<-c.wake
		}
	}
}

func (c *chores) next() (f func(), closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 {
		return nil, c.closed
	}
	f = c.queue[0]
	c.queue = c.queue[1:]
	return f, c.closed
}

// wait returns when all is done that was asked for before.
func (c *chores) wait() {
	done := make(chan struct{})
	c.do(func() { close(done) })
	<-done
}

// close does what is left, and tells whether that was over in time.
func (c *chores) close(patience time.Duration) bool {
	c.mu.Lock()
	c.closed = true
	c.nudge()
	c.mu.Unlock()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-c.done:
		return true
	case <-late.C:
		return false
	}
}
