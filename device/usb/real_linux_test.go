package usb

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
	"lamplighter/device/repl"
)

// plant makes a file tree like sysfs.
func plant(t *testing.T, files map[string]string, links map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o700))
		must(t, os.WriteFile(filepath.Join(root, name), []byte(text+"\n"), 0o600))
	}
	for name, to := range links {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o700))
		must(t, os.Symlink(filepath.Join(root, to), filepath.Join(root, name)))
	}
	return root
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestUSBPortsAreReadFromSysfs(t *testing.T) {
	root := plant(t, map[string]string{
		"devices/usb1/1-2/idVendor": "1a86", "devices/usb1/1-2/idProduct": "55d4", "devices/usb1/1-2/serial": "5432",
		"devices/usb1/1-2/1-2:1.0/ttyUSB0/x": "",
		"devices/usb1/1-3/idVendor":          "2e8a", "devices/usb1/1-3/idProduct": "0005",
		"devices/usb1/1-3/1-3:1.0/x": "",
		"devices/serial8250/x":       "",
		"class/ttyprintk/x":          "",
	}, map[string]string{
		"class/ttyUSB0/device": "devices/usb1/1-2/1-2:1.0/ttyUSB0",
		"class/ttyACM1/device": "devices/usb1/1-3/1-3:1.0",
		"class/ttyS0/device":   "devices/serial8250",
		"class/ttyUSB7/device": "devices/gone",
	})
	ports, err := listSysfs(filepath.Join(root, "class"), "/dev")
	must(t, err)
	want := []device.Port{
		{Name: "/dev/ttyACM1", VID: "2E8A", PID: "0005", Chip: "RP2 USB", Board: "Raspberry Pi Pico W, Pico 2 W"},
		{Name: "/dev/ttyUSB0", VID: "1A86", PID: "55D4", Serial: "5432", Chip: "CH9102", Board: "mPython 掌控板 2.x, ESP32"},
	}
	if len(ports) != 2 || ports[0] != want[0] || ports[1] != want[1] {
		t.Fatalf("%+v", ports)
	}
	if ports, err = listSysfs(filepath.Join(root, "none"), "/dev"); err != nil || ports != nil {
		t.Fatal(ports, err)
	}
}

func TestWhatIsNoPortIsMissing(t *testing.T) {
	for _, name := range []string{"/dev/does-not-exist", "/dev/null", t.TempDir(), ""} {
		_, err := Open(t.Context(), device.Port{Name: name, Kind: device.Typed})
		if f := faultIn(err); f != fault.PortMissing {
			t.Errorf("%q: %v %v", name, f, err)
		}
	}
}

func TestTheHolderOfAPortIsNamed(t *testing.T) {
	b := devicetest.StartMicroPython(t, devicetest.Options{})
	tty, err := os.OpenFile(b.Path(), os.O_RDWR, 0)
	must(t, err)
	cmd := exec.Command("sleep", "60")
	cmd.Stdin = tty
	must(t, cmd.Start())
	_, err = Open(t.Context(), device.Port{Name: b.Path(), Kind: device.Typed})
	must(t, cmd.Process.Kill())
	_ = cmd.Wait() // killed
	must(t, tty.Close())
	var busy *fault.HeldPort
	if faultIn(err) != fault.PortBusy || !errors.As(err, &busy) || busy.Program != "sleep" {
		t.Fatal(err)
	}
	if g := groupOf(b.Path()); g == "" {
		t.Error("a device file has a group")
	}
}

func TestRealMicroPythonIsReachedThroughATypedTerminal(t *testing.T) {
	b := devicetest.StartMicroPython(t, devicetest.Options{Model: "esp32"})
	ctx, done := context.WithTimeout(t.Context(), 2*time.Minute)
	defer done()
	c, err := Open(ctx, device.Port{Name: b.Path(), Kind: device.Typed})
	must(t, err)
	r, err := repl.Enter(ctx, c, repl.Options{Port: b.Path()})
	must(t, err)
	out, err := r.Exec(ctx, "print(6*7)")
	if err != nil || string(out) != "42\r\n" {
		t.Fatalf("%q %v", out, err)
	}
	time.AfterFunc(300*time.Millisecond, b.Unplug)
	if _, err = r.Exec(ctx, "while True: pass"); faultIn(err) != fault.PortGone {
		t.Fatal(err)
	}
	must(t, c.Close())
	_ = r.Close() // the line is gone
}

func TestAServiceThatTakesPortsIsNamed(t *testing.T) {
	proc := t.TempDir()
	for pid, name := range map[string]string{"12": "bash\n", "345": "ModemManager\n"} {
		if err := os.MkdirAll(filepath.Join(proc, pid), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(proc, pid, "comm"), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := takerIn(proc); got != "ModemManager" {
		t.Errorf("%q", got)
	}
	s := (&bench{fails: []error{syscall.EBUSY, syscall.EBUSY, syscall.EBUSY, syscall.EBUSY, syscall.EBUSY, syscall.EBUSY, syscall.EBUSY}}).system("linux")
	s.taker = func() string { return takerIn(proc) }
	synctest.Test(t, func(t *testing.T) {
		_, err := s.openPort(t.Context(), cp2102)
		var by *fault.HeldPort
		if !errors.As(err, &by) || by.Program != "ModemManager" {
			t.Error(err)
		}
	})
}
