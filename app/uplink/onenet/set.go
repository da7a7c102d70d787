package onenet

import (
	"errors"
	"time"
)

// setAll sets a board as long as something is wanted, at most once a second. A
// board that was forgotten and is asked about again is another.
func (r *Remote) setAll(name string, b *board) {
	for {
		r.mu.Lock()
		if r.devices[name] != b || b.wanted == nil || r.ctx.Err() != nil {
			b.setting = false
			r.mu.Unlock()
			return
		}
		on, property := *b.wanted, b.property
		b.wanted = nil
		r.mu.Unlock()
		err := r.inTurn(func() error { return r.api.set(r.ctx, name, property, on) })
		next := time.Now().Add(setPause)
		if errors.Is(err, errGone) {
			r.report(b, name, 0, -1, "", 0)
		} else {
			r.awaitAnswer(b, name, on)
		}
		r.pause(time.Until(next), nil)
	}
}

// awaitAnswer looks whether a board says what it was asked for. Where it does
// not, the round of questions comes to it in time.
func (r *Remote) awaitAnswer(b *board, name string, on bool) {
	want := map[bool]string{true: "on", false: "off"}[on]
	for i := range answerLooks {
		r.pause(answerPause<<i, nil)
		r.mu.Lock()
		over := b.wanted != nil || r.devices[name] != b
		r.mu.Unlock()
		if over || r.ctx.Err() != nil {
			return
		}
		_ = r.inTurn(func() error { return r.poll(name, b.property, false) }) // the round learns of what is wrong
		r.mu.Lock()
		done := b.known && b.value == want
		r.mu.Unlock()
		if done {
			return
		}
	}
}

// inTurn makes a call when it has a place among those that boards are waited for.
func (r *Remote) inTurn(call func() error) error {
	select {
	case r.slots <- struct{}{}:
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
	defer func() { <-r.slots }()
	return call()
}
