// Package practice has boards that live inside the program, for a room without
// hardware: they go through the same steps as a board on a cable, with WiFi
// networks, a password and a lamp of their own, and are real clients of a real
// broker. It never opens a serial port and never speaks MQTT itself: the
// connection comes from Options.Dial.
package practice

import (
	"context"
	"encoding/hex"
	"io/fs"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"lamplighter/device"
	"lamplighter/device/crash"
	"lamplighter/device/random"
)

const (
	// Believable is a Pace at which a person can follow what a board does.
	Believable = 120 * time.Millisecond
	// MaxBoards bounds how many practice boards there are.
	MaxBoards = 6

	firstName = "practice"
)

// Options is what practice boards need from the program.
type Options struct {
	// Files is the folder with the files that go onto boards; their names and
	// sizes make an installation believable. May be nil.
	Files fs.FS
	// Dial connects a board to its broker.
	Dial func(context.Context, Session) (Client, error)
	// Reach opens the TCP connections of Simulator.Reach; nil = a net.Dialer.
	Reach func(ctx context.Context, network, address string) (net.Conn, error)
	// Pace is how long one small step takes; 0 = no time at all.
	Pace time.Duration
	// State is what an earlier Export gave, or nil.
	State []byte
	// Secrets is what an earlier Secrets gave, or nil.
	Secrets map[string]string
	// Changed is called from any goroutine after anything about a board
	// changed, its lamp included. May be nil; it must not block.
	Changed func()
}

// Simulator has the practice boards, and does on them what a setup asks for. There
// is always one that is not set up yet, up to MaxBoards. Its methods may be
// called from any goroutine.
type Simulator struct {
	opts Options

	mu       sync.Mutex
	boards   []*Board
	watchers map[chan struct{}]bool
}

// New returns a Simulator with the boards of opts.State, or with one new board. No
// board runs its program before Start.
func New(opts Options) *Simulator {
	if opts.Reach == nil {
		opts.Reach = new(net.Dialer).DialContext
	}
	b := &Simulator{opts: opts, watchers: map[chan struct{}]bool{}}
	for _, s := range parse(opts.State) {
		b.add(s)
	}
	b.oneSpare()
	return b
}

// Start lets the boards that are plugged in run what they carry.
func (b *Simulator) Start() {
	for _, board := range b.Boards() {
		board.boot()
	}
}

// Close ends every program with a goodbye, so that no lamp stays on the screen
// as if it were here.
func (b *Simulator) Close() {
	var all sync.WaitGroup
	for _, board := range b.Boards() {
		all.Go(crash.Guard(func() { board.halt(goodbye) }))
	}
	all.Wait()
}

// Boards lists the practice boards, unplugged ones included.
func (b *Simulator) Boards() []*Board {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.boards)
}

// Board finds a board by the name of its port.
func (b *Simulator) Board(port string) (*Board, bool) {
	for _, board := range b.Boards() {
		if board.port == port {
			return board, true
		}
	}
	return nil, false
}

// ByID finds a board by its id, as it says it on its info topic.
func (b *Simulator) ByID(id string) (*Board, bool) {
	for _, board := range b.Boards() {
		if board.id == id {
			return board, true
		}
	}
	return nil, false
}

// Watch reports the boards that are plugged in, now and after every change,
// until ctx ends.
func (b *Simulator) Watch(ctx context.Context, report func([]device.Port)) {
	changed := make(chan struct{}, 1)
	b.mu.Lock()
	b.watchers[changed] = true
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		delete(b.watchers, changed)
		b.mu.Unlock()
	}()
	var last []device.Port
	for first := true; ; first = false {
		if now := b.ports(); first || !slices.Equal(now, last) {
			report(now)
			last = now
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}

func (b *Simulator) ports() []device.Port {
	var ports []device.Port
	for _, board := range b.Boards() {
		if board.State().Plugged {
			ports = append(ports, board.Port())
		}
	}
	return ports
}

// changed tells everybody who watches.
func (b *Simulator) changed() {
	b.mu.Lock()
	for c := range b.watchers {
		select {
		case c <- struct{}{}:
		default:
		}
	}
	b.mu.Unlock()
	if b.opts.Changed != nil {
		b.opts.Changed()
	}
}

// oneSpare sees to it that there is a board which nobody has set up yet.
func (b *Simulator) oneSpare() {
	boards := b.Boards()
	if len(boards) >= MaxBoards || slices.ContainsFunc(boards, (*Board).fresh) {
		return
	}
	port := firstName
	for n := 2; slices.ContainsFunc(boards, func(x *Board) bool { return x.port == port }); n++ {
		port = firstName + "-" + strconv.Itoa(n)
	}
	b.add(savedBoard{Port: port, ID: newID(), Plugged: true, Files: map[string]string{mainFile: file{data: []byte(demonstration)}.sum()}})
}

func (b *Simulator) add(k savedBoard) {
	if k.Config != nil {
		switch secret := b.opts.Secrets[k.Port]; {
		case k.SecretID:
			k.Config.Broker.ClientID = secret
		case k.Config.Broker.User != "": // else it is that of an earlier login
			k.Config.Broker.Password = device.Text(secret)
		}
		k.Config.WiFi.Password = Password
	}
	b.mu.Lock()
	board := &Board{simulator: b, port: k.Port, id: k.ID, number: len(b.boards), plugged: k.Plugged, files: k.Files, config: k.Config, runs: k.Runs}
	board.color = board.firstColor()
	b.boards = append(b.boards, board)
	b.mu.Unlock()
}

// newID makes a locally administered MAC, so that practice boards of two PCs
// on one broker are two boards.
func newID() string {
	id := random.Bytes(6)
	id[0] = id[0]&^1 | 2
	return hex.EncodeToString(id)
}

// sleep waits for n small steps.
func (b *Simulator) sleep(ctx context.Context, n int) error {
	if b.opts.Pace == 0 || n == 0 {
		return ctx.Err()
	}
	t := time.NewTimer(time.Duration(n) * b.opts.Pace)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
