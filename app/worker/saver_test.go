package worker_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/worker"
)

// disk notes when it was written, in seconds after its start.
type disk struct {
	mu    sync.Mutex
	began time.Time
	at    []float64
	full  bool
}

func (d *disk) save() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = append(d.at, time.Since(d.began).Seconds())
	if d.full {
		return errors.New("full")
	}
	return nil
}

func (d *disk) wants(t *testing.T, at ...float64) {
	t.Helper()
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.at, at) {
		t.Errorf("saved at %v, want %v", d.at, at)
	}
}

func TestManyChangesAreSavedOnceAndAFailureIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{began: time.Now()}
		s := worker.NewSaver(d.save, time.Second, 5*time.Second)
		for range 10 {
			s.Wake()
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(10 * time.Second)
		d.wants(t, 1, 2) // one that came while the first waited may have changed something
		d.full, d.at = true, nil
		s.Wake() // at 10.5 s
		time.Sleep(12 * time.Second)
		d.wants(t, 11.5, 16.5, 21.5)
		d.mu.Lock()
		d.full = false
		d.mu.Unlock()
		time.Sleep(time.Minute)
		d.wants(t, 11.5, 16.5, 21.5, 26.5)
		<-s.End()
	})
}

func TestTheEndSavesAtOnceAndOnlyOnce(t *testing.T) {
	for name, full := range map[string]bool{"while it waits": false, "after a failure": true} {
		synctest.Test(t, func(t *testing.T) {
			d := &disk{began: time.Now(), full: full}
			s := worker.NewSaver(d.save, time.Second, time.Hour)
			s.Wake()
			time.Sleep(1500 * time.Millisecond)
			s.Wake()
			<-s.End()
			<-s.End()
			s.Wake()
			time.Sleep(time.Hour)
			d.wants(t, 1, 1.5)
			if t.Failed() {
				t.Log(name)
			}
		})
	}
}

func TestAPanicWhileItSavesIsAFailureThatIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{began: time.Now()}
		first := true
		s := worker.NewSaver(func() error {
			err := d.save()
			if first {
				first = false
				panic("a fault of ours")
			}
			return err
		}, time.Second, 5*time.Second)
		s.Wake()
		time.Sleep(10 * time.Second)
		d.wants(t, 1, 6)
		<-s.End()
	})
}

func TestAPanicInAJobEndsThatJobAlone(t *testing.T) {
	q := worker.New()
	did := false
	q.Do(func() { panic("a fault of ours") })
	q.Do(func() { did = true })
	if !q.Close(time.Minute) || !did {
		t.Errorf("the next job was done: %v", did)
	}
}
