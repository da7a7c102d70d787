package worker

import (
	"sync"
	"time"

	"lamplighter/device/crash"
)

// Saver has something saved in the background: a while after it was woken, so that
// many changes are saved once, and again until that succeeds. Its methods may be
// called from any goroutine and never block.
type Saver struct {
	save         func() error
	pause, retry time.Duration
	once         sync.Once

	wake, quit, done chan struct{}
}

// NewSaver makes a saver, which runs until End. It calls save on a goroutine of its
// own, pause after Wake, and each retry after it failed.
func NewSaver(save func() error, pause, retry time.Duration) *Saver {
	s := &Saver{
		save: save, pause: pause, retry: retry,
		wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
	crash.Go(s.run)
	return s
}

// Wake tells that there is something to save.
func (s *Saver) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// End has save called once more, at once, and never again. The channel is closed
// when that is over.
func (s *Saver) End() <-chan struct{} {
	s.once.Do(func() { close(s.quit) })
	return s.done
}

func (s *Saver) run() {
	defer close(s.done)
	for s.woken() {
		for pause := s.pause; s.sleep(pause) && s.try() != nil; {
			pause = s.retry
		}
	}
	_ = s.try() // who ends it asks how that went
}

// try saves; a panic is a failure like any other.
func (s *Saver) try() (err error) {
	if panicked := crash.Catch(func() { err = s.save() }); panicked != nil {
		return panicked
	}
	return err
}

// woken waits for Wake, and reports false at the end.
func (s *Saver) woken() bool {
	select {
	case <-s.wake:
		return true
	case <-s.quit:
		return false
	}
}

// sleep lets a pause pass, and reports false at the end.
func (s *Saver) sleep(pause time.Duration) bool {
	select {
	case <-time.After(pause):
		return true
	case <-s.quit:
		return false
	}
}
