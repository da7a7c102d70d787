//go:build linux

package install

import (
	"testing"
	"time"

	"lamplighter/device"
	"lamplighter/device/devicetest"
)

// baud is the speed of a classroom board's line: 11,520 bytes a second.
const baud = 115200

// BenchmarkInstall puts the lamp program on a greeted board over a line with
// 115200 baud. floor-ratio is the time over the time that the line needs for
// the plain bytes of what is put on the board.
func BenchmarkInstall(b *testing.B) {
	for _, model := range []string{"mpython-2", "pico-w"} {
		b.Run("first/"+model, func(b *testing.B) { benchInstall(b, model, false) })
		b.Run("repeated/"+model, func(b *testing.B) { benchInstall(b, model, true) })
	}
}

func benchInstall(b *testing.B, model string, again bool) {
	m, bench := board(b, devicetest.Options{Model: model, Baud: baud})
	mustGreet(b, bench)
	files, err := bench.payload(device.Job{Config: config()})
	if err != nil {
		b.Fatal(err)
	}
	plain := 0
	for _, f := range files {
		if f.path != umqttPath || model == "pico-w" {
			plain += len(f.data)
		}
	}
	if again {
		mustInstall(b, bench, device.Job{Config: config()})
	}
	floor := time.Duration(plain) * 10 * time.Second / baud
	sent := m.Sent(devicetest.ToBoard)
	var spent time.Duration
	for b.Loop() {
		if !again {
			b.StopTimer()
			if err := bench.Remove(b.Context(), testPort, noProgress); err != nil {
				b.Fatal(err)
			}
			bench.cable.pure = false // the soft reset belongs to a first installation
			sent = m.Sent(devicetest.ToBoard)
			b.StartTimer()
		}
		start := time.Now()
		mustInstall(b, bench, device.Job{Config: config()})
		spent += time.Since(start)
	}
	b.ReportMetric(spent.Seconds()/float64(b.N)/floor.Seconds(), "floor-ratio")
	b.ReportMetric(float64(plain), "plain-bytes")
	if !again {
		b.ReportMetric(float64(m.Sent(devicetest.ToBoard)-sent), "sent-bytes")
	}
}
