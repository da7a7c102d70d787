package e2e

import (
	"net/http"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"lamplighter/device/devicetest"
)

// buildBare builds the bare window's program.
func buildBare(b *testing.B) (program string) {
	b.Helper()
	program = filepath.Join(b.TempDir(), "bare")
	build(b, "-tags", "migrated_fynedo,x11", "-o", program, "./testdata/bare")
	return program
}

// openBare opens the bare window beside ours, and gives the address at which it
// is asked.
func (f *floodBench) openBare() (address string) {
	f.Helper()
	address = "127.0.0.1:" + strconv.Itoa(devicetest.Port(f.B))
	startProcess(f.B, f.w.command(f.bare, address))
	for late := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		r, err := http.Get("http://" + address + "/latency")
		if err == nil {
			_ = r.Body.Close()
			return address
		}
		if time.Now().After(late) {
			f.Fatal(err)
		}
	}
}
