package topics

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"
)

// BenchmarkTopics measures one message of 100 bytes to a random known topic,
// and the memory of a topic with one message. The sub-benchmark "steady" sends
// to the same 1,000 topics of a tree of each size, which shows the tree's own
// cost without the processor's cache.
func BenchmarkTopics(b *testing.B) {
	for _, size := range []int{1_000, 100_000, 1_000_000} {
		tree, names, perTopic := filled(size)
		for _, spread := range []int{1_000, size} {
			name := fmt.Sprintf("topics=%d/spread=%d", size, spread)
			b.Run(name, func(b *testing.B) {
				payload := make([]byte, 100)
				at := time.Now()
				r := rand.New(rand.NewPCG(1, 2))
				order := make([]string, 1<<16)
				for i := range order {
					order[i] = names[r.IntN(spread)*(size/spread)]
				}
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					tree.insert(&Message{Topic: order[i&(1<<16-1)], Payload: payload, At: at})
				}
				b.ReportMetric(perTopic, "bytes/topic")
			})
			if spread == size {
				break
			}
		}
		runtime.KeepAlive(tree)
	}
}

func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// filled makes a tree with one message of 100 bytes in each topic, and tells
// what it takes of the heap for each.
func filled(size int) (*Tree, []string, float64) {
	names := make([]string, size)
	for i := range names {
		names[i] = fmt.Sprintf("school/room-%d/board-%d/sensor-%d", i%100, i/100%100, i/10_000)
	}
	before := heap()
	tree := New(1 << 30)
	payload := make([]byte, 100)
	for _, name := range names {
		tree.insert(&Message{Topic: name, Payload: payload, At: time.Now()})
	}
	return tree, names, (heap() - before) / float64(size)
}

// BenchmarkTopicsRows measures what the window waits for when the rows are made
// anew: every level open, and one new topic since.
func BenchmarkTopicsRows(b *testing.B) {
	for _, size := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("rows=%d", size), func(b *testing.B) {
			tree, _, _ := filled(size)
			tree.OpenAll(Root, 2*size+1000)
			tree.UpdateRows()
			for i := 0; b.Loop(); i++ {
				tree.insert(&Message{Topic: fmt.Sprintf("school/room-7/new-%d", i)})
				tree.UpdateRows()
			}
			b.ReportMetric(float64(tree.Len()), "rows")
		})
	}
}

// BenchmarkTopicsSearch measures one step of a search, which is what typing
// into the filter costs a frame.
func BenchmarkTopicsSearch(b *testing.B) {
	tree, _, _ := filled(1_000_000)
	for b.Loop() {
		if _, left := tree.Search(5000); left == 0 {
			tree.SetFilter(Filter{Text: "board-77"})
		}
	}
}
