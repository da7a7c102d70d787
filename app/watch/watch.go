// Package watch tells that something changed, and never what: who listens
// pulls what it shows. It starts no goroutine and holds no state but its
// listeners.
package watch

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
		for i, l := range s.listeners {
			if l == p {
				// A copy, for a Raise may be walking the old slice.
				s.listeners = append(append([]*func(){}, s.listeners[:i]...), s.listeners[i+1:]...)
				return
			}
		}
	}
}

// Raise calls every listener, in the order in which they came.
func (s *Signal) Raise() {
	for _, l := range s.listeners {
		if s.holds(l) {
			(*l)()
		}
	}
}

func (s *Signal) holds(p *func()) bool {
	for _, l := range s.listeners {
		if l == p {
			return true
		}
	}
	return false
}
