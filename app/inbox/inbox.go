// Package inbox carries values from any goroutine to the state's goroutine, in
// batches. It never blocks a sender and never grows without bound: what does
// not fit is dropped and counted.
package inbox

import (
	"sync"
	"time"
)

// burst is how many batches more may follow the first after a pause at once: a
// lamp's answer comes a moment after the echo of the command that it answers.
const burst = 3

// Inbox gathers values and delivers them in batches.
type Inbox[T any] struct {
	post    func(func())
	every   time.Duration
	limit   int
	weigh   func(T) int
	deliver func([]T, int)

	mu      sync.Mutex
	waiting []T
	spare   []T
	weight  int
	dropped int
	armed   bool
	due     time.Time // when the next batch may be taken; in the past after a pause
	full    time.Time // since when more than half of limit has waited; zero while less does
}

// New makes an inbox that hands values over by post: a few batches after a pause at
// once, then no more often than every, in batches of at most MaxBatch, between
// which others have their turn. Weigh tells how much of limit a value takes
// (nil: 1 each); the last one that is taken may go beyond it, or else a big one
// would never come through a flood of small ones. Deliver runs on the state's goroutine with the values in
// their order and the number that was dropped since the last batch; it may not
// keep the slice.
func New[T any](post func(func()), every time.Duration, limit int, weigh func(T) int, deliver func(batch []T, dropped int)) *Inbox[T] {
	if weigh == nil {
		weigh = func(T) int { return 1 }
	}
	return &Inbox[T]{post: post, every: every, limit: limit, weigh: weigh, deliver: deliver}
}

// Put takes a value from any goroutine. It never blocks; when limit waits
// already, or more, the value is dropped and counted.
func (b *Inbox[T]) Put(v T) { b.add(v) }

// PutPatiently is Put for a sender that may be made to wait, as one that reads a
// socket may: the other side of it then waits too, and nothing is dropped. While
// more than half of limit waits it returns late; but once that has lasted for
// patience it waits no more until less does, for then the state's goroutine is
// stuck.
func (b *Inbox[T]) PutPatiently(v T, patience time.Duration) {
	for full := b.add(v) && b.isFull(patience); full; full = b.isFull(patience) {
		time.Sleep(ease)
	}
}

// ease is how long a sender waits before it looks again.
const ease = time.Millisecond

// isFull reports whether a sender should wait.
func (b *Inbox[T]) isFull(patience time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.weight <= b.limit/2 {
		b.full = time.Time{}
		return false
	}
	if b.full.IsZero() {
		b.full = time.Now()
	}
	return time.Since(b.full) < patience
}

// add reports whether more than half of limit waits.
func (b *Inbox[T]) add(v T) (full bool) {
	w := b.weigh(v)
	b.mu.Lock()
	if b.weight >= b.limit {
		b.dropped++
	} else {
		b.waiting = append(b.waiting, v)
		b.weight += w
	}
	if full = b.weight > b.limit/2; !full {
		b.full = time.Time{}
	}
	if b.armed {
		b.mu.Unlock()
		return full
	}
	b.armed = true
	pause := time.Until(b.due)
	b.mu.Unlock()
	if pause <= 0 {
		b.post(b.flush)
	} else {
		time.AfterFunc(pause, func() { b.post(b.flush) })
	}
	return full
}

// flush runs on the state's goroutine. The next batch is armed only by a Put
// after it took this one, so a slow state never has two batches in its queue.
func (b *Inbox[T]) flush() {
	batch, dropped, more := b.next()
	b.deliver(batch, dropped)
	clear(batch)
	b.mu.Lock()
	if cap(batch) <= maxSpare {
		b.spare = batch[:0]
	}
	b.mu.Unlock()
	if more {
		b.post(b.flush)
	}
}

// next gives the next batch, and reports whether more waits behind it.
func (b *Inbox[T]) next() (batch []T, dropped int, more bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	batch, dropped = b.waiting, b.dropped
	b.dropped = 0
	now := time.Now()
	if saved := now.Add(-burst * b.every); b.due.Before(saved) {
		b.due = saved
	}
	b.due = b.due.Add(b.every)
	if latest := now.Add(b.every); b.due.After(latest) {
		b.due = latest // the pieces of a burst are one batch's
	}
	if more = len(batch) > MaxBatch; more {
		batch = batch[:MaxBatch:MaxBatch]
		b.waiting = b.waiting[MaxBatch:]
		for _, v := range batch {
			b.weight -= b.weigh(v)
		}
		return batch, dropped, true
	}
	b.waiting, b.spare, b.weight, b.armed = b.spare[:0], nil, 0, false
	return batch, dropped, false
}

// MaxBatch is how many values are delivered at a time, so that a burst never
// holds the state's goroutine for long.
const MaxBatch = 2048

// maxSpare is how large a batch's memory may be to be used again: a burst's is
// given back.
const maxSpare = 1 << 14
