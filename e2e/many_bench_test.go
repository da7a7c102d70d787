package e2e

import (
	"testing"
	"time"

	"lamplighter/app/setup/batch"
	"lamplighter/device/devicetest"
)

// handTime is what a person takes to pull one board off its cable and plug the next in.
const handTime = 5 * time.Second

// BenchmarkManyBoards measures how fast boards of real MicroPython become proven
// lamps through 115200 baud: one after the other on one cable, and eight at once,
// each hand counted as five seconds though no test waits for it. The ratio is the
// eight's time over that of one board alone, its rounds counted.
func BenchmarkManyBoards(b *testing.B) {
	const one, eight = 3, 16
	quiet(b)
	var alone, together time.Duration
	again := 0
	for b.Loop() {
		alone = timeBoards(b, one, 1, &again) / one
		together = timeBoards(b, eight, batch.AtWork, &again)
	}
	const rounds = eight / batch.AtWork
	b.ReportMetric(time.Minute.Seconds()/(alone+handTime).Seconds(), "boards-per-min-1-port")
	// One person's hands plug each board in, while the others are at work.
	perRound := max(together/rounds+handTime, batch.AtWork*handTime)
	b.ReportMetric(batch.AtWork*time.Minute.Seconds()/perRound.Seconds(), "boards-per-min-8-ports")
	b.ReportMetric(together.Seconds()/(alone.Seconds()*rounds), "ratio")
	b.ReportMetric(alone.Seconds(), "s-one-board")
	b.ReportMetric(together.Seconds()/rounds, "s-eight-boards")
	b.ReportMetric(float64(again), "tries-again")
	b.ReportMetric(0, "ns/op")
}

// timeBoards has n boards set up over so many cables, each with a board as soon as
// its last one is proven, and gives the time without any hands. One that failed is
// tried again as a person would, which is counted.
func timeBoards(b *testing.B, n, cables int, again *int) time.Duration {
	m := newMany(b, n, devicetest.Options{Baud: 115200, RXBuffer: 256})
	defer m.closing()
	m.table.SetStartsAtOnce(true)
	began := time.Now()
	next := 0
	plugged := map[string]*devicetest.MicroPython{}
	m.loop.RunUntil(func() bool {
		for _, r := range m.in(batch.Failed) {
			if *again++; *again > n {
				b.Fatalf("%s failed: %v", r.Name, r.Err)
			}
			m.table.Restart(r.Key)
		}
		for id, board := range plugged {
			if m.of(board).Phase == batch.Done {
				m.hub.unlist(board)
				delete(plugged, id)
			}
		}
		for next < n && len(plugged) < cables {
			plugged[m.boards[next].ID()] = m.boards[next]
			m.hub.plug(m.boards[next])
			next++
		}
		return m.table.Counts().Done == n+1
	}, "all boards")
	return time.Since(began)
}
