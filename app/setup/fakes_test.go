package setup

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"lamplighter/app/broker/presets"
	"lamplighter/device"
)

// fakeBench does what a test tells it to, and counts the calls that run at once.
type fakeBench struct {
	t       testing.TB
	ports   chan []device.Port
	greet   func(context.Context) (device.Identity, error)
	scan    func(context.Context) ([]device.Network, error)
	join    func(context.Context) (string, error)
	reach   func(context.Context) error
	install func(context.Context, device.Job) error
	prove   func(context.Context, func(device.Stage)) error

	running  atomic.Int32
	most     atomic.Int32
	released atomic.Int32
	watching sync.WaitGroup
}

func newBench(t testing.TB) *fakeBench {
	return &fakeBench{
		t: t, ports: make(chan []device.Port, 16),
		greet:   func(context.Context) (device.Identity, error) { return fresh, nil },
		scan:    func(context.Context) ([]device.Network, error) { return seen(Draft{}).Networks, nil },
		join:    func(context.Context) (string, error) { return "192.168.1.9", nil },
		reach:   func(context.Context) error { return nil },
		install: func(context.Context, device.Job) error { return nil },
		prove: func(ctx context.Context, report func(device.Stage)) error {
			for _, st := range []string{device.StageStart, device.StageJoined, device.StageReached, device.StageAccepted, device.StageSubscribed} {
				report(device.Stage{Name: st})
			}
			<-ctx.Done()
			return ctx.Err()
		},
	}
}

// call counts a call, and finds two at once.
func (b *fakeBench) call() (end func()) {
	n := b.running.Add(1)
	for m := b.most.Load(); n > m && !b.most.CompareAndSwap(m, n); m = b.most.Load() {
	}
	return func() { b.running.Add(-1) }
}

func (b *fakeBench) Watch(ctx context.Context, report func([]device.Port)) {
	b.watching.Add(1)
	defer b.watching.Done()
	for {
		select {
		case <-ctx.Done():
			return
		case p := <-b.ports:
			report(p)
		}
	}
}

func (b *fakeBench) Greet(ctx context.Context, _ device.Port, report func(device.Progress)) (device.Identity, error) {
	defer b.call()()
	report(device.Progress{Step: "interrupt", Done: 1, Total: 10})
	return b.greet(ctx)
}

func (b *fakeBench) Scan(ctx context.Context, _ device.Port) ([]device.Network, error) {
	defer b.call()()
	return b.scan(ctx)
}

func (b *fakeBench) Join(ctx context.Context, _ device.Port, _ device.WiFi) (string, error) {
	defer b.call()()
	return b.join(ctx)
}

func (b *fakeBench) Reach(ctx context.Context, _ device.Port, _ string, _ int) error {
	defer b.call()()
	return b.reach(ctx)
}

func (b *fakeBench) Blink(context.Context, device.Port, device.Lamp) error {
	defer b.call()()
	return nil
}

func (b *fakeBench) Label(context.Context, device.Port, string) error {
	defer b.call()()
	return nil
}

func (b *fakeBench) Install(ctx context.Context, _ device.Port, j device.Job, _ func(device.Progress)) error {
	defer b.call()()
	return b.install(ctx, j)
}

func (b *fakeBench) Prove(ctx context.Context, _ device.Port, report func(device.Stage)) error {
	defer b.call()()
	return b.prove(ctx, report)
}

func (b *fakeBench) Restore(context.Context, device.Port, func(device.Progress)) error {
	defer b.call()()
	return nil
}

func (b *fakeBench) Remove(context.Context, device.Port, func(device.Progress)) error {
	defer b.call()()
	return nil
}

func (b *fakeBench) Release() {
	defer b.call()()
	b.released.Add(1)
}

// fakeBackend is an app with an empty roster and a broker that confirms at once.
type fakeBackend struct {
	taken      map[string]bool
	rostered   map[string]bool
	reach      func(host string, port int) error
	remembered []Answers
	forgotten  []string
	switched   []bool
	writing    []string
	heard      map[string]func(Lamp)
	mute       bool
	held       *presets.FieldError
	logins     atomic.Int32
	admitted   atomic.Int32
}

func newBackend() *fakeBackend {
	return &fakeBackend{taken: map[string]bool{}, heard: map[string]func(Lamp){}, reach: func(string, int) error { return nil }}
}

func (h *fakeBackend) Defaults(string) Defaults  { return defaults }
func (h *fakeBackend) Taken(base, _ string) bool { return h.taken[base] }
func (h *fakeBackend) Rostered(b, _ string) bool { return h.rostered[b] }
func (h *fakeBackend) WriteBegun(name string)    { h.writing = append(h.writing, "begun "+name) }
func (h *fakeBackend) WriteEnded()               { h.writing = append(h.writing, "ended") }
func (h *fakeBackend) Connections() []Connection { return nil }
func (h *fakeBackend) Find() device.Find         { return device.Find{} }
func (h *fakeBackend) Forget(id string) error    { h.forgotten = append(h.forgotten, id); return nil }

func (h *fakeBackend) Reach(_ context.Context, host string, port int) error {
	return h.reach(host, port)
}
func (h *fakeBackend) CheckBroker(context.Context, BrokerChoice) error        { return nil }
func (h *fakeBackend) Conflict(Answers, string) *presets.FieldError           { return h.held }
func (h *fakeBackend) KeepFile(context.Context, string, string, []byte) error { return nil }

func (h *fakeBackend) ListenInNetwork(context.Context) error { h.admitted.Add(1); return nil }

func (h *fakeBackend) Login(_ context.Context, a Answers, _ string) (Account, error) {
	h.logins.Add(1)
	base := a.Base
	host, port := a.Broker.Endpoint()
	return Account{Broker: device.Broker{Host: host, Port: port, User: "lamp", Password: "secret"}, Topics: device.LampTopics(base)}, nil
}

func (h *fakeBackend) Remember(a Answers, _ device.Identity, _ Account) error {
	h.remembered = append(h.remembered, a)
	return nil
}

func (h *fakeBackend) Switch(base string, on bool) {
	h.switched = append(h.switched, on)
	if f := h.heard[base]; f != nil && !h.mute {
		f(Lamp{Known: true, On: on, Online: true})
	}
}

func (h *fakeBackend) WatchLamp(base string, f func(Lamp)) func() {
	h.heard[base] = f
	return func() { delete(h.heard, base) }
}
