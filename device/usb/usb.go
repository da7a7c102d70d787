// Package usb finds, names, watches and opens the ports that boards are on.
//
// It is the only importer of the serial library. It knows nothing of
// MicroPython, and never resets a board that it was not told to reset, where
// the system allows that.
package usb

import (
	"cmp"
	"context"
	"slices"
	"time"

	"lamplighter/device"
)

// look is how often Watch looks: the promise is a second.
const look = 900 * time.Millisecond

// Forbidden is the cause of a PortForbidden error on Linux: the group that may
// open the device file, as "dialout" or "uucp".
type Forbidden struct{ Group string }

func (f *Forbidden) Error() string { return "only the group " + f.Group + " may open it" }

// Ports lists the USB ports that are there now, in the order of their names. A
// board that the system sees but has no driver for (Windows) comes without a
// Name; to open it fails with NoDriver.
func Ports() ([]device.Port, error) {
	ports, err := list()
	slices.SortFunc(ports, func(a, b device.Port) int {
		return cmp.Or(cmp.Compare(len(a.Name), len(b.Name)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.VID+a.PID+a.Serial, b.VID+b.PID+b.Serial))
	})
	return ports, err
}

// Watch reports the ports now and after every change, within a second, until
// ctx ends. It blocks. While the system can't list them the last list stands.
func Watch(ctx context.Context, report func([]device.Port)) { watch(ctx, Ports, report) }

func watch(ctx context.Context, ports func() ([]device.Port, error), report func([]device.Port)) {
	t := time.NewTicker(look)
	defer t.Stop()
	var last []device.Port
	for first := true; ; {
		now, err := ports()
		if first || err == nil && !slices.Equal(now, last) {
			report(slices.Clone(now))
			last, first = now, false
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}
