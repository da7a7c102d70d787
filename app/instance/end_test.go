package instance

import (
	"errors"
	"testing"
	"time"
)

func TestQuitAsksTheOtherProgramAndWaitsForItsEnd(t *testing.T) {
	dir := t.TempDir()
	if err := Quit(dir, 0); err != nil {
		t.Errorf("nothing runs: %v", err)
	}
	var l *Lock
	began := make(chan struct{}, 100)
	l, err := Acquire(dir, Handler{Quit: func() Answer { began <- struct{}{}; return Quitting }})
	if err != nil {
		t.Fatal(err)
	}
	go func() { <-began; l.Release() }()
	if err := Quit(dir, time.Minute); err != nil {
		t.Error(err)
	}
	acquire(t, dir)
}

func TestQuitLeavesAProgramAloneThatIsBusyOrDoesNotEnd(t *testing.T) {
	for want, answer := range map[error]Answer{ErrBusy: Busy, ErrSilent: Quitting} {
		dir := t.TempDir()
		l, err := Acquire(dir, Handler{Quit: func() Answer { return answer }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(l.Release)
		if err := Quit(dir, 0); !errors.Is(err, want) {
			t.Errorf("%s: got %v", answer, err)
		}
		if err := Kill(dir, 0); !errors.Is(err, ErrSilent) { // this process
			t.Errorf("%s: got %v", answer, err)
		}
	}
}

func TestAProgramWithoutAWindowIsNotTakenForOneThatWasRaised(t *testing.T) {
	dir := t.TempDir()
	l, err := Acquire(dir, Handler{Raise: func() Answer { return Windowless }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Release)
	if _, err := acquireLock(dir, Handler{}, 0); !errors.Is(err, ErrSilent) {
		t.Errorf("got %v", err)
	}
}
