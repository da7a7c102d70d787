// Package watch tells that something changed, and never what: who listens
// pulls what it shows. It starts no goroutine and holds no state but its
// listeners.
package watch

import "slices"

// Signal says that its owner changed. It belongs to the state's goroutine, as
// everything in a model does; the zero Signal is ready.
type Signal struct {
	listeners []*func()
}

// Listen calls f at each Raise until stop is called. Stop may be called more
// than once, and from inside f.
func (s *Signal) Listen(f func()) (stop func()) {
	p := &f
	s.listeners = append(s.listeners, p)
	return func() {
		// A copy, for a Raise may be walking the old slice.
		s.listeners = slices.DeleteFunc(slices.Clone(s.listeners), func(l *func()) bool { return l == p })
	}
}

// Raise calls every listener, in the order in which they came.
func (s *Signal) Raise() {
	for _, l := range s.listeners {
		if slices.Contains(s.listeners, l) {
			(*l)()
		}
	}
}

// Stops end several of a listener's Listens together.
type Stops []func()

// Stop calls each of them.
func (s Stops) Stop() {
	for _, stop := range s {
		stop()
	}
}
