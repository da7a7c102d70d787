package practice

import (
	"context"
	"maps"
	"net/netip"
	"sync"

	"lamplighter/device"
	"lamplighter/device/fault"
)

// The files of a board, as on a real one.
const (
	mainFile     = "main.py"
	programFile  = "lamplighter.py"
	settingsFile = "lamplighter.json"
	backupFile   = "main.before-lamplighter.py"

	demonstration = "# The demonstration that came with the practice board.\nprint('Hello from the practice board')\n"
)

// Board is one practice board. Its methods may be called from any goroutine.
type Board struct {
	simulator *Simulator
	port      string
	id        string
	number    int // 0 is the first

	mu        sync.Mutex
	plugged   bool
	files     map[string]string // name → SHA-256 of what is in it
	config    *device.Config
	runs      bool // its main.py is the lamp program
	on        bool
	color     [3]int
	connected bool
	program   *program // nil = nothing runs
}

// State is what can be seen of a board from outside.
type State struct {
	Port      string
	ID        string
	Name      string // as it was set up, or ""
	Plugged   bool
	Connected bool // to its broker
	On        bool
	Color     [3]int
}

// State tells what can be seen of the board now.
func (b *Board) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := State{
		Port: b.port, ID: b.id, Plugged: b.plugged, Connected: b.connected,
		On: b.on && b.plugged, Color: b.color,
	}
	if b.config != nil {
		s.Name = b.config.Name
	}
	return s
}

// Port is the place where the board can be chosen. Its Board is the name that
// the board was set up with, or "" while it is fresh.
func (b *Board) Port() device.Port {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := device.Port{Name: b.port, Kind: device.Practice, Serial: b.id}
	if b.config != nil {
		p.Board = b.config.Name
	}
	return p
}

// Unplug takes the board's power away: it vanishes without a goodbye.
func (b *Board) Unplug() {
	b.mu.Lock()
	b.plugged = false
	b.mu.Unlock()
	b.halt(vanish)
	b.simulator.changed()
}

// Plugged reports whether the board has power.
func (b *Board) Plugged() bool { return b.State().Plugged }

// Plug gives the board power again: it starts what it carries.
func (b *Board) Plug() {
	b.mu.Lock()
	b.plugged = true
	b.mu.Unlock()
	b.boot()
	b.simulator.changed()
}

// PressButton presses the button on the board, which toggles its lamp. Without
// a running lamp program it does nothing.
func (b *Board) PressButton() {
	b.mu.Lock()
	p := b.program
	b.mu.Unlock()
	if p != nil {
		p.post(event{button: true})
	}
}

// boot starts the lamp program where the board carries it and it is not
// running.
func (b *Board) boot() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.plugged && b.runs && b.config != nil && b.program == nil {
		b.program = b.start(*b.config, false)
	}
}

// halt stops what runs and waits until it has.
func (b *Board) halt(how ending) {
	b.mu.Lock()
	p := b.program
	b.program = nil
	b.mu.Unlock()
	if p != nil {
		p.end(how)
	}
}

func (b *Board) fresh() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.config == nil
}

func (b *Board) unplugged() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.plugged
}

// address is from the block that is kept for examples (RFC 5737), for the
// board has none of its own.
func (b *Board) address() string {
	return netip.AddrFrom4([4]byte{192, 0, 2, byte(10 + b.number)}).String()
}

// firstColor is the colour that the lamp has before anybody chose one. The
// caller holds the lock, or is the only one who knows the board.
func (b *Board) firstColor() [3]int {
	if b.config != nil && b.config.Lamp.Color != [3]int{} {
		return b.config.Lamp.Color
	}
	return [3]int{255, 190, 90}
}

// set changes what can be seen of the board.
func (b *Board) set(change func()) {
	b.mu.Lock()
	change()
	b.mu.Unlock()
	b.simulator.changed()
}

// same reports whether the board has the file already.
func (b *Board) same(f file) bool { return b.sum(f.name) == f.sum() }

// sum is the hash of a file on the board, or "" where there is none.
func (b *Board) sum(name string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.files[name]
}

func (b *Board) write(name, sum string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files[name] = sum
}

func (b *Board) remove(names ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, name := range names {
		delete(b.files, name)
	}
}

// saved is the board's part of an Export, and the secret of its login.
func (b *Board) saved() (k savedBoard, secret string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k = savedBoard{Port: b.port, ID: b.id, Plugged: b.plugged, Runs: b.runs, Files: maps.Clone(b.files)}
	if b.config == nil {
		return k, ""
	}
	c := *b.config
	secret = string(c.Broker.Password)
	if c.Broker.SecretID() {
		k.SecretID, secret, c.Broker.ClientID = true, c.Broker.ClientID, ""
	}
	c.Broker.Password, c.WiFi.Password, c.Find = "", "", device.Find{}
	k.Config = &c
	return k, secret
}

// gone is the error for a board that was unplugged or does not exist.
func gone(op string, p device.Port, kind fault.Fault) error {
	return &fault.Error{Fault: kind, Op: op, Where: p.Name}
}

// ended is the error for work that its context stopped.
func ended(ctx context.Context, op string, p device.Port) error {
	return &fault.Error{Fault: fault.Unknown, Op: op, Where: p.Name, Err: context.Cause(ctx)}
}
