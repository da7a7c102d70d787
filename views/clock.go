package views

import "time"

// after posts f once d has passed. It is the views' only way to wait; the timer
// touches nothing but post.
func after(d time.Duration, post func(func()), f func()) (stop func()) {
	t := time.AfterFunc(d, func() { post(f) })
	return func() { t.Stop() }
}
