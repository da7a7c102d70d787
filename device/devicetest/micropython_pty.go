//go:build linux

package devicetest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is the board's side of a pseudo-terminal. A program opens its name
// as it would open a serial port.
type terminal struct {
	name   string // a link to the terminal, so that a port can come back under its old name
	master *os.File
}

// lookAgain is how often a terminal that no program has open is looked at.
const lookAgain = 2 * time.Millisecond

// newTerminal makes a pseudo-terminal in raw mode and names it in dir. See
// pty(7) and termios(3).
func newTerminal(dir, port string) (*terminal, error) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	master := os.NewFile(uintptr(fd), "/dev/ptmx")
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	slave := fmt.Sprintf("/dev/pts/%d", n)
	if err == nil {
		err = makeRaw(slave)
	}
	name := filepath.Join(dir, port)
	if err == nil {
		err = os.Symlink(slave, name)
	}
	if err != nil {
		master.Close()
		return nil, err
	}
	return &terminal{name: name, master: master}, nil
}

// makeRaw opens and closes the terminal once: its mode stays, and from then on
// the kernel reports whether a program has it open.
func makeRaw(slave string) error {
	fd, err := unix.Open(slave, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	mode, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	mode.Iflag, mode.Oflag, mode.Lflag = 0, 0, 0
	mode.Cflag = mode.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8 | unix.CREAD | unix.CLOCAL
	mode.Cc[unix.VMIN], mode.Cc[unix.VTIME] = 1, 0
	return unix.IoctlSetTermios(fd, unix.TCSETS, mode)
}

// Read waits for bytes from a program, through any number of programs that
// open and close the port.
func (t *terminal) Read(b []byte) (int, error) {
	for {
		n, err := t.master.Read(b)
		if !errors.Is(err, unix.EIO) {
			return n, err
		}
		time.Sleep(lookAgain)
	}
}

// Write drops what no program is there to read.
func (t *terminal) Write(b []byte) (int, error) {
	for written := 0; written < len(b); {
		if !t.open() {
			return len(b), nil
		}
		if err := t.master.SetWriteDeadline(time.Now().Add(lookAgain)); err != nil {
			return written, err
		}
		n, err := t.master.Write(b[written:])
		written += n
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, unix.EIO) {
			return written, err
		}
	}
	return len(b), nil
}

// open reports whether a program has the port open.
func (t *terminal) open() bool {
	raw, err := t.master.SyscallConn()
	if err != nil {
		return false
	}
	up := false
	_ = raw.Control(func(fd uintptr) {
		p := []unix.PollFd{{Fd: int32(fd)}}
		_, err := unix.Poll(p, 0)
		up = err == nil && p[0].Revents&unix.POLLHUP == 0
	})
	return up
}

// Close takes the port away: programs that have it open get an error.
func (t *terminal) Close() error {
	os.Remove(t.name)
	return t.master.Close()
}
