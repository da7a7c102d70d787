//go:build linux

package install

import (
	"context"
	"testing"

	"lamplighter/device"
	"lamplighter/device/devicetest"
)

// withReset is a board's line with the control lines that reset it.
type withReset struct {
	Line
	board *devicetest.MicroPython
}

func (w withReset) Reset() error { w.board.Reset(); return nil }

// A watchdog that main.py started goes on after Ctrl-C. A board that it restarts
// in the middle of the work is caught before main.py, and the work done again.
func TestAWatchdogThatMainStartedKeepsNoBoardFromItsNetwork(t *testing.T) {
	t.Parallel()
	m := devicetest.StartMicroPython(t, devicetest.Options{Model: "esp32", Off: true, Setup: func(s *devicetest.Setup) {
		s.BootLog = "ets Jul 29 2019 12:21:46\r\n\r\nrst:0x8 (TG1WDT_SYS_RESET),boot:0x17 (SPI_FAST_FLASH_BOOT)\r\n"
		s.WiFi.ConnectMS = 6000
	}})
	m.WriteFile("/boot.py", []byte("import time\ntime.sleep(3)\n"))
	m.WriteFile(mainPath, []byte(`from machine import Pin, WDT
import time
w = WDT(timeout=4000)
Pin(5, Pin.OUT).value(1)
while True:
    w.feed()
    time.sleep_ms(50)
`))
	b := New(boardFiles(), func(context.Context, device.Port) (Line, error) { return withReset{m.Conn(), m}, nil }, nil)
	t.Cleanup(b.Close)
	m.PowerOn()
	m.WaitFor(func(e devicetest.Event) bool { return e.Type == "pin" && e.Pin == "5" })
	mustGreet(t, b)
	w := device.WiFi{SSID: devicetest.TestSSID, Password: devicetest.TestPassword}
	if ip, err := b.Join(t.Context(), testPort, w); err != nil || ip == "" {
		t.Errorf("%q, %v", ip, err)
	}
}
