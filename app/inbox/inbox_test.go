package inbox_test

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/inbox"
)

func TestABurstFromManyGoroutinesArrivesWholeAndEachSendersOrderIsKept(t *testing.T) {
	loop := apptest.NewLoop(t)
	type item struct{ sender, n int }
	got := map[int]int{}
	total, batches := 0, 0
	in := inbox.New(loop.Post, time.Millisecond, 1<<20, nil, func(batch []item, dropped int) {
		batches++
		total += len(batch) + dropped
		for _, v := range batch {
			if v.n != got[v.sender] {
				t.Errorf("sender %d: got %d, want %d", v.sender, v.n, got[v.sender])
			}
			got[v.sender]++
		}
	})
	var all sync.WaitGroup
	for sender := range 8 {
		all.Go(func() {
			for n := range 5000 {
				in.Put(item{sender, n})
			}
		})
	}
	all.Wait()
	loop.RunUntil(func() bool { return total == 8*5000 })
	if batches > 4000 {
		t.Errorf("%d batches for 40000 values: that is not gathering", batches)
	}
}

func TestWhatDoesNotFitIsDroppedAndCountedByItsWeight(t *testing.T) {
	var queue []func()
	var kept, lost int
	weigh := func(v int) int { return v }
	in := inbox.New(func(f func()) { queue = append(queue, f) }, time.Second, 30, weigh, func(batch []int, dropped int) {
		kept += len(batch)
		lost += dropped
	})
	for range 10 {
		in.Put(10)
	}
	if len(queue) != 1 {
		t.Fatalf("%d posts for one burst", len(queue))
	}
	queue[0]()
	if kept != 3 || lost != 7 {
		t.Fatalf("kept %d, dropped %d", kept, lost)
	}
}

func TestTheFirstValueAfterAPauseGoesAtOnceAndTheNextWaitsForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var at []time.Duration
		in := inbox.New(func(f func()) { f() }, time.Second, 100, nil, func([]int, int) { at = append(at, time.Since(began)) })
		in.Put(1)
		in.Put(2)
		in.Put(3)
		time.Sleep(5 * time.Second) // the bubble's clock
		in.Put(4)
		synctest.Wait()
		if want := []time.Duration{0, time.Second, 5 * time.Second}; !slices.Equal(at, want) {
			t.Fatalf("batches at %v, want %v", at, want)
		}
	})
}
