package practice

import (
	"context"
	"slices"
	"sync"

	"lamplighter/device"
	"lamplighter/device/crash"
)

// worker is the work that a setup has done on boards.
type worker interface {
	Watch(ctx context.Context, report func([]device.Port))
	Greet(ctx context.Context, p device.Port, report func(device.Progress)) (device.Identity, error)
	Scan(ctx context.Context, p device.Port) ([]device.Network, error)
	Join(ctx context.Context, p device.Port, w device.WiFi) (ip string, err error)
	Reach(ctx context.Context, p device.Port, host string, port int) error
	Blink(ctx context.Context, p device.Port, l device.Lamp) error
	Label(ctx context.Context, p device.Port, text string) error
	Install(ctx context.Context, p device.Port, j device.Job, report func(device.Progress)) error
	Prove(ctx context.Context, p device.Port, report func(device.Stage)) error
	Restore(ctx context.Context, p device.Port, report func(device.Progress)) error
	Remove(ctx context.Context, p device.Port, report func(device.Progress)) error
	Release()
}

// Mux is one Provisioner for boards on cables and practice boards: the kind of the
// port tells who does the work.
type Mux struct{ cables, practice worker }

var (
	_ worker = (*Mux)(nil)
	_ worker = (*Simulator)(nil)
)

// NewMux puts the practice boards beside those on cables, as an
// *install.Provisioner has them.
func NewMux(cables, practice worker) *Mux { return &Mux{cables: cables, practice: practice} }

func (m *Mux) at(p device.Port) worker {
	if p.Kind == device.Practice {
		return m.practice
	}
	return m.cables
}

// Watch reports the ports of both, those on cables first, until ctx ends. It
// reports first when both have told what they have.
func (m *Mux) Watch(ctx context.Context, report func([]device.Port)) {
	var mu sync.Mutex
	var both [2][]device.Port
	var known [2]bool
	half := func(i int) func([]device.Port) {
		return func(ports []device.Port) {
			mu.Lock()
			defer mu.Unlock()
			both[i], known[i] = slices.Clone(ports), true
			if known[0] && known[1] {
				report(slices.Concat(both[0], both[1]))
			}
		}
	}
	var all sync.WaitGroup
	all.Go(crash.Guard(func() { m.cables.Watch(ctx, half(0)) }))
	all.Go(crash.Guard(func() { m.practice.Watch(ctx, half(1)) }))
	all.Wait()
}

// Greet asks the board at p what it is.
func (m *Mux) Greet(ctx context.Context, p device.Port, report func(device.Progress)) (device.Identity, error) {
	return m.at(p).Greet(ctx, p, report)
}

// Scan lists the networks that the board at p sees.
func (m *Mux) Scan(ctx context.Context, p device.Port) ([]device.Network, error) {
	return m.at(p).Scan(ctx, p)
}

// Join tries a network on the board at p.
func (m *Mux) Join(ctx context.Context, p device.Port, w device.WiFi) (string, error) {
	return m.at(p).Join(ctx, p, w)
}

// Reach opens and closes a TCP connection from the board at p.
func (m *Mux) Reach(ctx context.Context, p device.Port, host string, port int) error {
	return m.at(p).Reach(ctx, p, host, port)
}

// Blink lights a lamp of the board at p for a moment.
func (m *Mux) Blink(ctx context.Context, p device.Port, l device.Lamp) error {
	return m.at(p).Blink(ctx, p, l)
}

// Label shows a text on the display of the board at p.
func (m *Mux) Label(ctx context.Context, p device.Port, text string) error {
	return m.at(p).Label(ctx, p, text)
}

// Install puts files on the board at p.
func (m *Mux) Install(ctx context.Context, p device.Port, j device.Job, report func(device.Progress)) error {
	return m.at(p).Install(ctx, p, j, report)
}

// Prove restarts the board at p and reports its stages.
func (m *Mux) Prove(ctx context.Context, p device.Port, report func(device.Stage)) error {
	return m.at(p).Prove(ctx, p, report)
}

// Restore puts back the earlier main.py of the board at p.
func (m *Mux) Restore(ctx context.Context, p device.Port, report func(device.Progress)) error {
	return m.at(p).Restore(ctx, p, report)
}

// Remove takes Lamplighter off the board at p.
func (m *Mux) Remove(ctx context.Context, p device.Port, report func(device.Progress)) error {
	return m.at(p).Remove(ctx, p, report)
}

// Release lets go of both.
func (m *Mux) Release() {
	m.cables.Release()
	m.practice.Release()
}
