// Package usb finds, names, watches and opens the ports that boards are on.
//
// It is the only importer of the serial library. It knows nothing of
// MicroPython, and never resets a board that it was not told to reset, where
// the system allows that.
package usb

import (
	"context"

	"lamplighter/device"
)

// Forbidden is the cause of a PortForbidden error on Linux: the group that may
// open the device file, as "dialout" or "uucp".
type Forbidden struct{ Group string }

func (f *Forbidden) Error() string { return "only the group " + f.Group + " may open it" }

// Busy is the cause of a PortBusy error where the system tells who holds the
// port.
type Busy struct{ Program string }

func (b *Busy) Error() string { return "held by " + b.Program }

// Ports lists the ports that are there now, in the order of their names.
func Ports() ([]device.Port, error) { return nil, nil }

// Watch reports the ports now and after every change, within a second, until
// ctx ends. It blocks.
func Watch(ctx context.Context, report func([]device.Port)) { <-ctx.Done() }

// Conn is an open port. Its Read gives (0, nil) after 100 ms without a byte.
type Conn struct{}

// Open opens a port with 115200 baud, 8N1. Errors are *device.Error: PortBusy
// (cause *[Busy] where known), PortForbidden (cause *[Forbidden] on Linux),
// PortMissing, NoDriver.
func Open(ctx context.Context, p device.Port) (*Conn, error) { return &Conn{}, nil }

// Read reads what has come; (0, nil) where nothing has for 100 ms.
func (c *Conn) Read(b []byte) (int, error) { return 0, nil }

// Write sends b.
func (c *Conn) Write(b []byte) (int, error) { return len(b), nil }

// Reset restarts the board by DTR and RTS. On chips whose port vanishes with the
// board it opens the port again. errors.ErrUnsupported where the lines do nothing.
func (c *Conn) Reset() error { return nil }

// Reopen waits for the port of the same USB serial number (or name) to come
// back, perhaps under another name, and opens it again.
func (c *Conn) Reopen(ctx context.Context) error { return nil }

// Port is the port as it is named now.
func (c *Conn) Port() device.Port { return device.Port{} }

// Close closes the port, in the order that does not reset a board.
func (c *Conn) Close() error { return nil }
