//go:build linux

package devicetest

import "testing"

// BenchmarkReset measures a hardware reset up to the prompt.
func BenchmarkReset(b *testing.B) {
	m := StartMicroPython(b, Options{Model: "esp32"})
	m.WaitFor(func(e Event) bool { return e.Type == "repl" })
	for b.Loop() {
		m.Reset()
		m.WaitFor(func(e Event) bool { return e.Type == "repl" })
	}
}
