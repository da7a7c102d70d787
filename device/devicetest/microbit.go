package devicetest

import (
	"errors"
	"io"
	"os/exec"
	"testing"
)

// microbitFirmware is where Debian's firmware-microbit-micropython puts it.
const microbitFirmware = "/usr/share/firmware-microbit-micropython/firmware.hex"

// StartMicrobit starts the micro:bit's firmware of 2017 (MicroPython 1.9.2, a
// board with 16 KB of memory and no WiFi) under qemu and gives its serial line.
// It fails the test with a plain sentence where qemu or the firmware is missing.
func StartMicrobit(t testing.TB) io.ReadWriteCloser {
	t.Helper()
	cmd := exec.Command("qemu-system-arm", "-M", "microbit", "-device", "loader,file="+microbitFirmware,
		"-display", "none", "-monitor", "none", "-chardev", "stdio,id=line,signal=off", "-serial", "chardev:line")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("the micro:bit needs the packages qemu-system-arm and firmware-microbit-micropython: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended already
		_ = cmd.Wait()
	})
	return pipes{out, in}
}

// pipes is a line made of two pipes.
type pipes struct {
	io.ReadCloser
	io.WriteCloser
}

func (p pipes) Close() error { return errors.Join(p.WriteCloser.Close(), p.ReadCloser.Close()) }
