package app

import (
	"context"
	"sync"
)

// gate passes functions on to post until it is shut. After the window's loop
// has ended, Fyne runs what is posted on the caller's own goroutine, which
// would be a race with everything that closes; so nothing passes a shut gate.
type gate struct {
	post func(func())
	mu   sync.RWMutex
	shut bool
}

// Post hands f on, from any goroutine.
func (g *gate) Post(f func()) {
	if g.isShut() {
		return
	}
	g.post(func() {
		if !g.isShut() {
			f()
		}
	})
}

func (g *gate) isShut() bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.shut
}

// Shut stops everything that was posted and has not run.
func (g *gate) Shut() {
	g.mu.Lock()
	g.shut = true
	g.mu.Unlock()
}

// onState has f run on the state's goroutine, and waits for what it gives. It is
// never called on that goroutine.
func onState[T any](ctx context.Context, g *gate, f func() T) (T, error) {
	out := make(chan T, 1)
	g.Post(func() { out <- f() })
	select {
	case v := <-out:
		return v, nil
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
