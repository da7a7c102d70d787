package e2e

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"lamplighter/app/lights"
)

// quantile is the value below which the share q of all lies, in milliseconds.
func quantile(all []time.Duration, q float64) float64 {
	slices.Sort(all)
	return float64(all[min(int(q*float64(len(all))), len(all)-1)]) / float64(time.Millisecond)
}

// quiet keeps the program's log out of the figures.
func quiet(b *testing.B) {
	old := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	b.Cleanup(func() { slog.SetDefault(old) })
}

// BenchmarkTap measures from a tap to the confirmed lamp in the panel, with real
// MicroPython, the lamp program and the built-in broker between them. An
// echo-ratio is that time over the one of a bare program on the same boards
// that says what it hears, driven by a bare client, before and after the taps.
// It fails when a single tap is not confirmed.
func BenchmarkTap(b *testing.B) {
	for _, way := range []struct {
		boards, rounds int
		rest           time.Duration // between two rounds, as people leave it
	}{{1, 200, 100 * time.Millisecond}, {30, 30, 400 * time.Millisecond}} {
		b.Run(fmt.Sprintf("boards=%d", way.boards), func(b *testing.B) {
			quiet(b)
			c := newClass(b, way.boards)
			echoes := c.echoes(way.rounds/2, way.rest)
			c.makeLamps(usual)
			c.start()
			var taps []time.Duration
			for b.Loop() {
				for i := range way.rounds {
					taps = append(taps, c.tapAll(i%2 == 0)...)
					c.rest(way.rest)
				}
			}
			echoes = append(echoes, c.echoes(way.rounds/2, way.rest)...)
			p50, bare := quantile(taps, 0.5), quantile(echoes, 0.5)
			b.ReportMetric(p50, "p50-ms")
			b.ReportMetric(quantile(taps, 0.99), "p99-ms")
			b.ReportMetric(bare, "echo-p50-ms")
			b.ReportMetric(quantile(echoes, 0.99), "echo-p99-ms")
			b.ReportMetric(p50/bare, "echo-ratio")
			b.ReportMetric(float64(len(taps)), "taps")
			b.ReportMetric(0, "ns/op") // mostly waiting
		})
	}
}

// tapAll asks every lamp, by its own switch or by "all on", and gives the time
// until the panel shows each as confirmed.
func (c *class) tapAll(on bool) (took []time.Duration) {
	c.t.Helper()
	want := map[bool]lights.State{true: lights.On, false: lights.Off}[on]
	waiting := map[string]bool{}
	for _, l := range c.Lights.Lights() {
		waiting[l.Base] = true
	}
	began := time.Now()
	if len(c.boards) == 1 {
		if err := c.Lights.Switch(base(0), on); err != nil {
			c.t.Fatal(err)
		}
	} else if g := c.Lights.SwitchAll(on, nil); g.Asked != len(c.boards) {
		c.t.Fatalf("asked %+v", g)
	}
	c.loop.RunUntil(func() bool {
		for b := range waiting {
			if l, _ := c.Lights.Light(b); l.Phase == lights.Confirmed && l.State == want {
				delete(waiting, b)
				took = append(took, time.Since(began))
			}
		}
		return len(waiting) == 0
	}, "all lamps confirmed")
	return took
}

// rest lets time pass while the program goes on.
func (c *class) rest(d time.Duration) {
	over := time.Now().Add(d)
	c.loop.RunUntil(func() bool { return time.Now().After(over) })
}

// echoes measures the bare program on the same boards.
func (c *class) echoes(rounds int, rest time.Duration) (took []time.Duration) {
	c.t.Helper()
	e := c.startEcho()
	defer e.client.Close()
	for i := range rounds {
		took = append(took, e.round(i)...)
		c.rest(rest)
	}
	return took
}
