package worker

import "time"

// After posts f once d has passed: the timer touches nothing but post. Stop is for
// the goroutine to which post leads, and f does not run after it, also where it was
// posted already: on a busy computer it may wait there for long.
func After(d time.Duration, post func(func()), f func()) (stop func()) {
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
