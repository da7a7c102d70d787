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

func TestAFewBatchesAfterAPauseGoAtOnceAndTheNextWaitsForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var at []time.Duration
		in := inbox.New(func(f func()) { f() }, time.Second, 100, nil, func([]int, int) { at = append(at, time.Since(began)) })
		for n := range 9 {
			in.Put(n)
		}
		time.Sleep(5 * time.Second) // the bubble's clock
		in.Put(9)
		synctest.Wait()
		if want := []time.Duration{0, 0, 0, 0, time.Second, 5 * time.Second}; !slices.Equal(at, want) {
			t.Fatalf("batches at %v, want %v", at, want)
		}
	})
}

func TestABurstIsDeliveredInPiecesBetweenWhichOthersHaveTheirTurn(t *testing.T) {
	var queue []func()
	var got []int
	most := 0
	in := inbox.New(func(f func()) { queue = append(queue, f) }, time.Second, 1<<20, nil, func(batch []int, dropped int) {
		most = max(most, len(batch))
		got = append(got, batch...)
		if dropped > 0 {
			t.Errorf("%d dropped", dropped)
		}
	})
	const all = 3*inbox.MaxBatch + 5
	for n := range all {
		in.Put(n)
	}
	turns := 0
	for len(queue) > 0 {
		if len(queue) > 1 {
			t.Fatalf("%d batches wait at once", len(queue))
		}
		next := queue[0]
		queue = queue[1:]
		next()
		if turns++; turns == 2 {
			in.Put(all) // comes in between, and stays behind
		}
	}
	for n, v := range got {
		if v != n {
			t.Fatalf("value %d is %d", n, v)
		}
	}
	if len(got) != all+1 || turns != 4 || most != inbox.MaxBatch {
		t.Errorf("%d values in %d turns, %d at most", len(got), turns, most)
	}
}

func TestOneValueThatIsLargerThanTheLimitStillArrives(t *testing.T) {
	var queue []func()
	var got []int
	lost := 0
	in := inbox.New(func(f func()) { queue = append(queue, f) }, 0, 30, func(v int) int { return v }, func(batch []int, dropped int) {
		got = append(got, batch...)
		lost += dropped
	})
	in.Put(100)
	in.Put(1)
	queue[0]()
	if !slices.Equal(got, []int{100}) || lost != 1 {
		t.Errorf("got %v, lost %d", got, lost)
	}
}

func TestABigValueComesThroughAFloodOfSmallOnes(t *testing.T) {
	var queue []func()
	var got []int
	lost := 0
	in := inbox.New(func(f func()) { queue = append(queue, f) }, 0, 30, func(v int) int { return v }, func(batch []int, dropped int) {
		got = append(got, batch...)
		lost += dropped
	})
	for _, v := range []int{1, 1, 100, 1} {
		in.Put(v)
	}
	queue[0]()
	if !slices.Equal(got, []int{1, 1, 100}) || lost != 1 {
		t.Errorf("got %v, lost %d", got, lost)
	}
}

func TestASenderThatMayWaitIsSlowedBeforeAnythingIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got, lost := 0, 0
		slowly := func(f func()) { time.AfterFunc(10*time.Millisecond, f) } // a state that has much to do
		in := inbox.New(slowly, 0, 20, nil, func(batch []int, dropped int) {
			got += len(batch)
			lost += dropped
		})
		for n := range 500 {
			in.PutPatiently(n, time.Second)
		}
		time.Sleep(time.Second) // the bubble's clock
		synctest.Wait()
		if got != 500 || lost > 0 {
			t.Errorf("%d arrived, %d lost", got, lost)
		}
	})
}

func TestASenderWaitsNoMoreWhenTheStateIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var queue []func()
		lost := 0
		in := inbox.New(func(f func()) { queue = append(queue, f) }, 0, 20, nil, func(_ []int, dropped int) { lost += dropped })
		began := time.Now()
		for n := range 500 {
			in.PutPatiently(n, time.Second)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("the sender waited for %v", took)
		}
		queue[0]()
		if lost != 480 {
			t.Errorf("%d were counted as lost", lost)
		}
	})
}

func TestWhatComesAfterABurstWaitsForOneTurnOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const turn = 33 * time.Millisecond
		var queue []func()
		got := 0
		in := inbox.New(func(f func()) { queue = append(queue, f) }, turn, 1<<20, nil, func(batch []int, _ int) { got += len(batch) })
		run := func() {
			for len(queue) > 0 {
				next := queue[0]
				queue = queue[1:]
				next()
			}
		}
		const all = 100 * inbox.MaxBatch
		for n := range all {
			in.Put(n)
		}
		run()
		in.Put(all)
		time.Sleep(turn) // the bubble's clock
		synctest.Wait()
		run()
		if got != all+1 {
			t.Errorf("%d of %d arrived", got, all+1)
		}
	})
}
