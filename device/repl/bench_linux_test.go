package repl

import (
	"context"
	"testing"
	"time"

	"lamplighter/device/devicetest"
)

// BenchmarkStream40KBAt115200 carries 40 KB of any bytes into a file on real
// MicroPython. floor-ratio is the time over what the plain bytes alone need on
// the line.
func BenchmarkStream40KBAt115200(b *testing.B) {
	board := devicetest.StartMicroPython(b, devicetest.Options{Model: "esp32", Baud: 115200, RXBuffer: 256})
	r, err := Enter(context.Background(), board.Conn(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	data := make([]byte, 40<<10)
	for i := range data {
		data[i] = byte(i * i >> 3)
	}
	floor := time.Duration(len(data)) * 10 * time.Second / 115200
	b.SetBytes(int64(len(data)))
	start := time.Now()
	for b.Loop() {
		if _, err := r.Stream(b.Context(), Sink{Begin: "f=open('/x.bin','wb')", Each: "f.write(d)", End: "f.close()"}, data, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(time.Since(start))/float64(b.N)/float64(floor), "floor-ratio")
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
}
