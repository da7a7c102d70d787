package usb

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.bug.st/serial"

	"lamplighter/device"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
)

const (
	readTime   = 100 * time.Millisecond
	retryTime  = time.Second // for a system that still sets the port up
	retryGap   = 200 * time.Millisecond
	vanishTime = 300 * time.Millisecond // from a reset to the port's leaving
	returnTime = 6 * time.Second        // until it is back
	closeTime  = time.Second
)

// system is what Open needs from the operating system.
type system struct {
	goos   string
	open   func(string, *serial.Mode) (serial.Port, error)
	ports  func() ([]device.Port, error)
	holder func(string) string
	group  func(string) string
	taker  func() string // a service that runs and takes ports by itself, or ""
}

func here() system {
	return system{goos: runtime.GOOS, open: openLine, ports: Ports, holder: holder, group: groupOf, taker: taker}
}

// Conn is an open port. Its Read gives (0, nil) after 100 ms without a byte.
// Read, Write and the rest may run at the same time.
type Conn struct {
	sys       system
	closed    atomic.Bool
	reopening atomic.Bool

	mu   sync.RWMutex // held for reading while line is used, for writing while it changes
	line serial.Port
	plan plan
	port device.Port
}

// Open opens a port with 115200 baud, 8N1. Errors are *fault.Error: PortBusy
// (cause *[fault.HeldPort] where known), PortForbidden (cause *[Forbidden] on Linux),
// PortMissing, NoDriver, or Unknown where ctx ended. A board just plugged in is
// given a second, for the system sets its port up in steps.
func Open(ctx context.Context, p device.Port) (*Conn, error) { return here().openPort(ctx, p) }

func (s system) openPort(ctx context.Context, p device.Port) (*Conn, error) {
	if p.Name == "" && p.Kind == device.USB {
		return nil, &fault.Error{Fault: fault.NoDriver, Op: "open", Where: p.Chip}
	}
	c := &Conn{sys: s, port: s.known(p)}
	for end := time.Now().Add(retryTime); ; {
		err := c.dial()
		if err == nil {
			return c, nil
		}
		var e *fault.Error
		typed := errors.As(err, &e)
		switch {
		case typed && (e.Fault == fault.PortForbidden || e.Fault == fault.PortBusy) && time.Now().Before(end):
		case typed && e.Fault == fault.PortMissing && c.restarts() && time.Now().Before(end.Add(returnTime-retryTime)):
			if c.back() {
				return c, nil
			}
		default:
			return nil, err
		}
		if err := pause(ctx, retryGap); err != nil {
			return nil, &fault.Error{Fault: fault.Unknown, Op: "open", Where: p.Name, Err: err}
		}
	}
}

// restarts reports whether a port that is missing may be that of a board with USB
// of its own, which takes it away for about a second each time that it starts.
func (c *Conn) restarts() bool { return c.plan.native && c.port.VID != "" && c.port.Kind == device.USB }

// known adds the USB numbers to a port that was typed by its name.
func (s system) known(p device.Port) device.Port {
	if p.Kind != device.Typed {
		return p
	}
	found, _ := s.ports() // without a list it is a port without numbers
	for _, f := range found {
		if f.Name == p.Name {
			f.Kind = device.Typed
			return f
		}
	}
	return p
}

// dial opens the line. The caller holds mu, or is the only one.
func (c *Conn) dial() error {
	name := c.port.Name
	if by := c.sys.holder(name); by != "" {
		return &fault.Error{Fault: fault.PortBusy, Op: "open", Where: name, Err: &fault.HeldPort{Program: by}}
	}
	c.plan = planFor(c.sys.goos, c.port.VID, c.port.PID)
	mode := &serial.Mode{BaudRate: 115200, DataBits: 8, Parity: serial.NoParity, StopBits: serial.OneStopBit}
	if c.plan.low {
		mode.InitialStatusBits = &serial.ModemOutputBits{}
	}
	line, err := c.sys.open(name, mode)
	if err != nil {
		return c.sys.openError(name, err)
	}
	if err = line.SetReadTimeout(readTime); err == nil {
		err = run(line, c.plan.open)
	}
	if err != nil && !noLines(err) {
		return errors.Join(c.sys.openError(name, err), line.Close())
	}
	c.line = line
	return nil
}

// openError finds the fault in an error of the serial library.
func (s system) openError(name string, err error) error {
	e := &fault.Error{Fault: faultOf(s.goos, err), Op: "open", Where: name, Err: err}
	if by := s.taker(); e.Fault == fault.PortBusy && by != "" {
		e.Err = &fault.HeldPort{Program: by}
	}
	if g := s.group(name); e.Fault == fault.PortForbidden && g != "" {
		e.Err = &Forbidden{g}
	}
	return e
}

// faultOf maps what the serial library gives at opening.
func faultOf(goos string, err error) fault.Fault {
	if pe, ok := errors.AsType[*serial.PortError](err); ok {
		switch pe.Code() {
		case serial.PortBusy: // Windows says "access denied" for it
			return fault.PortBusy
		case serial.PermissionDenied:
			return fault.PortForbidden
		case serial.PortNotFound, serial.InvalidSerialPort:
			return fault.PortMissing
		}
	}
	const badName = syscall.Errno(123) // ERROR_INVALID_NAME
	switch {
	case errors.Is(err, syscall.EBUSY):
		return fault.PortBusy
	case errors.Is(err, fs.ErrPermission):
		return fault.PortForbidden
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENXIO), errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.EIO), errors.Is(err, syscall.EISDIR),
		goos == "windows" && errors.Is(err, badName):
		return fault.PortMissing
	}
	return fault.Unknown
}

// noLines tells that a terminal has no control lines, which is no error.
func noLines(err error) bool {
	return errors.Is(err, syscall.ENOTTY) || errors.Is(err, syscall.EINVAL)
}

// run sets control lines one after the other.
func run(line serial.Port, steps []step) error {
	for _, s := range steps {
		set := line.SetDTR
		if s.pin == rts {
			set = line.SetRTS
		}
		if err := set(s.on); err != nil {
			return err
		}
		time.Sleep(s.wait)
	}
	return nil
}

// Read reads what has come; (0, nil) where nothing has for 100 ms, or while the
// port is opened again. A port that went away is PortGone; after Close it is
// os.ErrClosed.
func (c *Conn) Read(b []byte) (int, error) {
	if c.reopening.Load() {
		time.Sleep(readTime)
		return 0, nil
	}
	return c.use("read", func(line serial.Port) (int, error) { return line.Read(b) })
}

// Write sends all of b, with the errors of Read. A terminal may take a part only
// where a signal comes in between (write(2)), and Go's scheduler sends itself
// signals all the time.
func (c *Conn) Write(b []byte) (int, error) {
	return c.use("write", func(line serial.Port) (int, error) {
		sent := 0
		for sent < len(b) {
			n, err := line.Write(b[sent:])
			sent += n
			switch {
			case errors.Is(err, syscall.EINTR) && !c.closed.Load():
			case err != nil:
				return sent, err
			case n == 0:
				return sent, io.ErrShortWrite
			}
		}
		return sent, nil
	})
}

func (c *Conn) use(op string, f func(serial.Port) (int, error)) (int, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.closed.Load() {
		return 0, os.ErrClosed
	}
	n, err := f(c.line)
	switch {
	case err == nil:
		return n, nil
	case c.closed.Load():
		return n, os.ErrClosed
	case c.reopening.Load() && op == "read":
		return n, nil
	}
	return n, &fault.Error{Fault: fault.PortGone, Op: op, Where: c.port.Name, Err: err}
}

// Port is the port as it is named now.
func (c *Conn) Port() device.Port {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.port
}

// Close closes the port, in the order that does not reset a board. A write that
// the system holds up is given up. It takes at most a second.
func (c *Conn) Close() error {
	if c.closed.Swap(true) {
		return nil
	}
	done := make(chan error, 1)
	crash.Go(func() { done <- c.hangUp() })
	select {
	case err := <-done:
		return err
	case <-time.After(closeTime):
		return &fault.Error{Fault: fault.Unknown, Op: "close", Where: c.port.Name, Err: context.DeadlineExceeded}
	}
}

func (c *Conn) hangUp() error {
	if !c.mu.TryLock() { // a reader leaves by itself; a writer may need this
		c.flush()
		c.mu.Lock()
	}
	defer c.mu.Unlock()
	_ = run(c.line, c.plan.close) // a port that is gone has no lines
	return c.line.Close()
}

// flush drops what waits to be sent, which frees a write that is held up.
func (c *Conn) flush() {
	time.Sleep(2 * readTime)
	if c.mu.TryRLock() {
		line := c.line
		c.mu.RUnlock()
		_ = line.ResetOutputBuffer() // a port that is gone has none
	}
}
