package views

import (
	"time"

	"lamplighter/device/crash"
)

// after posts f once d has passed. It is the views' only way to wait for a time;
// the timer touches nothing but post. Stop is for the UI goroutine, and f does
// not run after it, also where it was posted already: on a busy computer it may
// wait there for long.
func after(d time.Duration, post func(func()), f func()) (stop func()) {
	stopped := false
	t := time.AfterFunc(d, func() {
		post(func() {
			if !stopped {
				f()
			}
		})
	})
	return func() {
		stopped = true
		t.Stop()
	}
}

// aside does work that may take long, away from the UI goroutine, and then posts
// done: what work writes, nobody else touches before. It is the views' only way
// to wait for work.
func aside(post func(func()), work, done func()) {
	crash.Go(func() {
		work()
		post(done)
	})
}
