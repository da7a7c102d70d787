package worker_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/worker"
)

func TestJobsAreDoneOneAfterTheOtherInTheirOrder(t *testing.T) {
	q := worker.New()
	var done []int
	for i := range 100 {
		q.Do(func() { done = append(done, i) }) // the race detector tells of two at a time
	}
	q.Wait()
	if len(done) != 100 || !slices.IsSorted(done) {
		t.Errorf("%v", done)
	}
	if !q.Close(time.Minute) {
		t.Error("it does not end")
	}
}

func TestWhatIsLeftIsDoneAtTheEndAndNothingIsTakenAfterIt(t *testing.T) {
	q := worker.New()
	begun, go1, did := make(chan struct{}), make(chan struct{}), false
	q.Do(func() { close(begun); <-go1 })
	q.Do(func() { did = true })
	<-begun
	close(go1)
	if !q.Close(time.Minute) || !did {
		t.Errorf("the last job was done: %v", did)
	}
	q.Do(func() { t.Error("a job that came too late was done") })
	q.Wait()
}

func TestAJobThatDoesNotEndHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := worker.New()
		end := make(chan struct{})
		q.Do(func() { <-end })
		began := time.Now()
		if q.Close(20*time.Second) || time.Since(began) != 20*time.Second {
			t.Errorf("it ended after %v", time.Since(began))
		}
		close(end)
	})
}
