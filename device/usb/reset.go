package usb

import (
	"cmp"
	"context"
	"errors"
	"time"

	"lamplighter/device"
	"lamplighter/device/fault"
)

// Reset restarts the board by DTR and RTS: 100 ms of reset, then run. On a chip
// with USB of its own the port vanishes with the board, and is opened again. It
// is errors.ErrUnsupported where the lines reset nothing.
func (c *Conn) Reset() error {
	c.mu.RLock()
	steps, native := c.plan.reset, c.plan.native
	c.mu.RUnlock()
	if steps == nil {
		return errors.ErrUnsupported
	}
	if native {
		c.reopening.Store(true)
		defer c.reopening.Store(false)
	}
	c.mu.RLock()
	err := run(c.line, steps)
	c.mu.RUnlock()
	switch {
	case err == nil && !native:
		return nil
	case noLines(err):
		return errors.ErrUnsupported
	case err != nil && !native:
		return &fault.Error{Fault: fault.PortGone, Op: "reset", Where: c.Port().Name, Err: err}
	}
	ctx, done := context.WithTimeout(context.Background(), returnTime)
	defer done()
	return c.Reopen(ctx)
}

// Reopen waits for the port of the same USB serial number (or else of the same
// name) to come back after the board went away, perhaps under another name, and
// opens it again. It waits for at most 6 s; then it is PortGone.
func (c *Conn) Reopen(ctx context.Context) error {
	ctx, done := context.WithTimeout(ctx, returnTime)
	defer done()
	c.reopening.Store(true)
	defer c.reopening.Store(false)
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.line.Close() // it may be gone
	err := pause(ctx, vanishTime)
	for err == nil && !c.closed.Load() {
		if c.back() {
			return nil
		}
		err = pause(ctx, retryGap)
	}
	return &fault.Error{Fault: fault.PortGone, Op: "open again", Where: c.port.Name, Err: err}
}

// back opens the port where it is there again.
func (c *Conn) back() bool {
	found, err := c.sys.ports()
	if err != nil {
		return false
	}
	old := c.port
	if p, ok := same(old, found); ok {
		c.port = p
	} else if old.VID != "" {
		return false
	}
	return c.dial() == nil
}

// same finds the port again: by its serial number, else by its name, else as the
// only one of its kind.
func same(old device.Port, found []device.Port) (device.Port, bool) {
	var alike []device.Port
	for _, p := range found {
		if p.VID != old.VID || p.PID != old.PID || p.Name == "" {
			continue
		}
		p.Kind = old.Kind
		if old.Serial != "" && p.Serial == old.Serial || old.Serial == "" && p.Name == old.Name {
			return p, true
		}
		if cmp.Or(old.Serial, p.Serial) == "" {
			alike = append(alike, p)
		}
	}
	if len(alike) == 1 {
		return alike[0], true
	}
	return device.Port{}, false
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
