//go:build linux

package install

import (
	"context"
	"fmt"
	"testing"

	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
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

// With the factory's boot.py Ctrl-C lands after WDT(): the board is restarted once
// more in the middle, and then its watchdog waits longer.
func TestAWatchdogThatMainStartsAtOnceIsPutOff(t *testing.T) {
	t.Parallel()
	m := devicetest.StartMicroPython(t, devicetest.Options{Model: "esp32", Off: true, Setup: func(s *devicetest.Setup) {
		s.BootLog = "ets Jul 29 2019 12:21:46\r\n\r\nrst:0x8 (TG1WDT_SYS_RESET),boot:0x17 (SPI_FAST_FLASH_BOOT)\r\n"
		s.WiFi.ConnectMS = 6000
	}})
	m.WriteFile("/boot.py", []byte("import micropython\nmicropython.kbd_intr(-1)\n")) // as quick as a board's, whatever the load
	m.WriteFile(mainPath, []byte(`from machine import Pin, WDT
w = WDT(timeout=3000)
micropython.kbd_intr(3)
Pin(5, Pin.OUT).value(1)
while True:
    w.feed()
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

// leaving is a line of a board with USB of its own, which takes it away at each
// start.
type leaving struct{}

func (leaving) Read([]byte) (int, error)    { return 0, &fault.Error{Fault: fault.PortGone} }
func (leaving) Write(b []byte) (int, error) { return len(b), nil }
func (leaving) Close() error                { return nil }

func TestABoardWhosePortGoesAtEachStartIsTriedAgain(t *testing.T) {
	t.Parallel()
	m := devicetest.StartMicroPython(t, devicetest.Options{Model: "esp32-s3"})
	for left, want := range map[int]fault.Fault{2: 0, 100: fault.BoardRestarts} {
		b := New(boardFiles(), func(context.Context, device.Port) (Line, error) {
			if left--; left >= 0 {
				return leaving{}, nil
			}
			return m.Conn(), nil
		}, nil)
		t.Cleanup(b.Close)
		if _, err := b.Greet(t.Context(), testPort, noProgress); want != 0 {
			wantFault(t, err, want)
		} else if err != nil {
			t.Error(err)
		}
	}
}

func TestANearlyFullFileSystemHasNoBytesFree(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	m.WriteFile("/boot.py", []byte("import os\nos.statvfs = lambda p: (4096, 4096, 512, -3, -3, 0, 0, 0, 0, 255)\n"))
	m.Reset()
	id, err := b.Greet(t.Context(), testPort, noProgress)
	if err != nil || id.FreeBytes != 0 {
		t.Errorf("%d, %v", id.FreeBytes, err)
	}
	err = b.Install(t.Context(), testPort, device.Job{Config: config()}, noProgress)
	wantFault(t, err, fault.DiskFull)
}

func TestWildAFileSystemThatFailsIsNamed(t *testing.T) {
	t.Parallel()
	for errno, want := range map[int]fault.Fault{19: fault.NoFileSystem, 1: fault.ReadOnly, 12: fault.MemoryFull} {
		m, b := board(t, devicetest.Options{})
		m.WriteFile("/boot.py", fmt.Appendf(nil, `import builtins
_real = open
def broken(p, mode="r"):
    if "w" in mode:
        raise OSError(%d)
    return _real(p, mode)
builtins.open = broken
`, errno))
		m.Reset()
		wantFault(t, b.Install(t.Context(), testPort, device.Job{Config: config()}, noProgress), want)
	}
}
