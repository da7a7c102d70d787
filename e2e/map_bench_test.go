package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"lamplighter/device/devicetest"
)

// What the benchmark of the live map has: clients, and messages a second of all.
const (
	mapClients = 40
	mapRate    = 2_000
	mapTime    = 15 * time.Second // that is measured with no other window beside
	mapSend    = 40 * time.Second // that the clients publish
)

// BenchmarkMap opens the real window on the live map of its own broker, with 40 clients
// that publish 2,000 messages a second together. It measures how long a function waits
// for the UI goroutine, and what the program, its broker among it, takes of the
// computer: with the map in view, with another page in view at the same messages, and
// with the map in view while nothing happens. A bare window beside says what the computer
// makes any window wait.
func BenchmarkMap(b *testing.B) {
	flood := filepath.Join(b.TempDir(), "flood")
	program := filepath.Join(b.TempDir(), "lamplighter")
	build(b, "-o", flood, "./testdata/flood")
	build(b, "-tags", "uidebug,migrated_fynedo,x11", "-o", program, "lamplighter")
	port := devicetest.Port(b)
	f := &floodBench{B: b, name: "map", flood: flood, bare: buildBare(b), addr: fmt.Sprintf("127.0.0.1:%d", port), base: "class", topics: 20, own: true, lamps: true}
	dir := b.TempDir()
	settings := fmt.Sprintf(`{"language":"en","builtin":{"port":%d,"address":"127.0.0.1"}}`, port)
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(settings), 0o600); err != nil {
		b.Fatal(err)
	}
	f.w = newDesktop(b, 1440, 900).openProgram(program, dir)
	f.login()
	for b.Loop() {
		f.watchMap()
	}
	b.ReportMetric(0, "ns/op")
}

func (f *floodBench) watchMap() {
	f.w.key("ctrl+1")
	f.w.find("Button", "Try a practice board")
	time.Sleep(2 * time.Second)                                                                // nothing moves any more
	f.ReportMetric(f.taken(func() { time.Sleep(5 * time.Second) }), "other-page-idle-cpu-pct") // the time that is measured
	f.w.key("ctrl+4")
	f.w.find("picture", "This window")
	time.Sleep(2 * time.Second)                                                     // the page has come into view, and nothing moves any more
	f.ReportMetric(f.taken(func() { time.Sleep(5 * time.Second) }), "idle-cpu-pct") // the time that is measured

	f.w.key("ctrl+1")
	f.w.find("Button", "Try a practice board")
	p := f.publish("-clients", strconv.Itoa(mapClients), "-rate", strconv.Itoa(mapRate), "-for", mapSend.String())
	time.Sleep(2 * time.Second)                                                           // all are connected
	f.ReportMetric(f.taken(func() { time.Sleep(5 * time.Second) }), "other-page-cpu-pct") // the time that is measured
	f.w.key("ctrl+4")
	f.w.until("all clients on the map", func() bool {
		for _, x := range f.w.widgets() {
			if strings.HasSuffix(x.Type, "picture") && strings.Count(x.Text, "flood-") == mapClients {
				return true
			}
		}
		return false
	})
	var waits []time.Duration
	busy := time.AfterFunc(mapTime/2, func() { f.w.shot("map-busy") })
	defer busy.Stop()
	f.ReportMetric(f.taken(func() { waits = f.waits(mapTime) }), "cpu-pct")
	f.ReportMetric(quantile(waits, 0.5), "ui-p50-ms")
	f.ReportMetric(quantile(waits, 0.99), "ui-p99-ms")
	f.ReportMetric(quantile(waits, 1), "ui-max-ms")
	f.ReportMetric(float64(len(waits)), "ui-samples")
	beside, bare, _ := f.watch(p)
	f.ReportMetric(quantile(beside, 0.99), "beside-bare-ui-p99-ms")
	f.ReportMetric(quantile(bare, 0.99), "bare-ui-p99-ms")
	f.ReportMetric(float64(p.wait(f.B))/mapSend.Seconds(), "sent/s")
}

// waits asks for a time how long the UI goroutine makes wait.
func (f *floodBench) waits(last time.Duration) (all []time.Duration) {
	for began := time.Now(); time.Since(began) < last; {
		var d time.Duration
		fetch(f.B, f.w.debug, "latency", &d)
		all = append(all, d)
		time.Sleep(20 * time.Millisecond) // between two questions
	}
	return all
}

// taken is what the program takes of a processor while something is done, in percent.
func (f *floodBench) taken(during func()) float64 {
	pid, began := f.w.cmd.Process.Pid, time.Now()
	cpu := cpuTime(f.B, pid)
	during()
	return 100 * (cpuTime(f.B, pid) - cpu).Seconds() / time.Since(began).Seconds()
}
