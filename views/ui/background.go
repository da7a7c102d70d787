package ui

import "lamplighter/device/crash"

// InBackground does work that may take long, away from the UI goroutine, and then posts
// done: what work writes, nobody else touches before. It is the views' only way
// to wait for work.
func InBackground(post func(func()), work, done func()) {
	crash.Go(func() {
		work()
		post(done)
	})
}
