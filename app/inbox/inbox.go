// Package inbox carries values from any goroutine to the state's goroutine, in
// batches. It never blocks a sender and never grows without bound: what does
// not fit is dropped and counted.
package inbox

import (
	"sync"
	"time"
)

// Inbox gathers values and delivers them in batches.
type Inbox[T any] struct {
	post    func(func())
	every   time.Duration
	limit   int
	deliver func([]T, int)

	mu      sync.Mutex
	waiting []T
	spare   []T
	dropped int
	armed   bool
}

// New makes an inbox that hands at most limit waiting values over by post, no
// more often than every. Deliver runs on the state's goroutine with the values
// in their order and the number that was dropped since the last batch; it may
// not keep the slice.
func New[T any](post func(func()), every time.Duration, limit int, deliver func(batch []T, dropped int)) *Inbox[T] {
	return &Inbox[T]{post: post, every: every, limit: limit, deliver: deliver}
}

// Put takes a value from any goroutine. It never blocks; when limit values wait
// already, the value is dropped and counted.
func (b *Inbox[T]) Put(v T) {
	b.mu.Lock()
	if len(b.waiting) >= b.limit {
		b.dropped++
	} else {
		b.waiting = append(b.waiting, v)
	}
	arm := !b.armed
	b.armed = true
	b.mu.Unlock()
	if arm {
		time.AfterFunc(b.every, func() { b.post(b.flush) })
	}
}

// flush runs on the state's goroutine. The next batch is armed only by a Put
// after it took this one, so a slow state never has two batches in its queue.
func (b *Inbox[T]) flush() {
	b.mu.Lock()
	batch, dropped := b.waiting, b.dropped
	b.waiting, b.spare, b.dropped, b.armed = b.spare[:0], nil, 0, false
	b.mu.Unlock()
	b.deliver(batch, dropped)
	clear(batch)
	b.mu.Lock()
	b.spare = batch[:0]
	b.mu.Unlock()
}
