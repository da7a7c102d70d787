package setup

import (
	"context"

	"lamplighter/device"
)

// Provisioner is the work that a setup has done on a board. Every method but Watch
// and Release may take long and blocks, ends early when ctx ends, is bounded in
// time, and fails with a *fault.Error. One call runs at a time; the board's
// line stays open between calls until Release.
type Provisioner interface {
	// Watch reports the ports now and after every change, from its own
	// goroutine, until ctx ends.
	Watch(ctx context.Context, report func([]device.Port))
	// Greet interrupts whatever runs on the board and asks what it is.
	Greet(ctx context.Context, p device.Port, report func(device.Progress)) (device.Identity, error)
	// Scan lists the networks that the board sees, strongest first, each SSID once.
	Scan(ctx context.Context, p device.Port) ([]device.Network, error)
	// Join tries a network on the board, before anything is written, and tells
	// the board's address in it.
	Join(ctx context.Context, p device.Port, w device.WiFi) (ip string, err error)
	// Reach opens and closes a TCP connection from the board, which has joined.
	Reach(ctx context.Context, p device.Port, host string, port int) error
	// Blink lights a lamp for a moment, so that a person sees which it is.
	Blink(ctx context.Context, p device.Port, l device.Lamp) error
	// Label shows a text on the display of a board with mPython's firmware, where it
	// has one.
	Label(ctx context.Context, p device.Port, text string) error
	// Install puts files on the board; what is there already is not sent again.
	// A main.py of somebody's own is kept on the board, and given to keep.
	Install(ctx context.Context, p device.Port, j device.Job, report func(device.Progress)) error
	// Prove restarts the board and reports what it prints until ctx ends or the
	// board is gone. Lines that are no stages come as Stage{Detail: line}.
	Prove(ctx context.Context, p device.Port, report func(device.Stage)) error
	// Restore puts back the main.py that was there before Lamplighter.
	Restore(ctx context.Context, p device.Port, report func(device.Progress)) error
	// Remove takes everything of Lamplighter off the board and restores what was there.
	Remove(ctx context.Context, p device.Port, report func(device.Progress)) error
	// Release lets go of the board's line.
	Release()
}
