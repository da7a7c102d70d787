package worker

import (
	"testing"
)

func TestATimerThatWasStoppedDoesNothingAlsoWhereItsTurnWasPosted(t *testing.T) {
	posted := make(chan func(), 2)
	post := func(f func()) { posted <- f }
	stop := After(0, post, func() { t.Error("it ran after it was stopped") })
	turn := <-posted
	stop()
	turn()
	ran := false
	After(0, post, func() { ran = true })
	if (<-posted)(); !ran {
		t.Error("one that was not stopped does not run")
	}
}
