//go:build linux

package devicetest

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options says which board to start.
type Options struct {
	Model    string       // key of a device.Model; "" = mpython-2
	Setup    func(*Setup) // changes the board before its first boot; may be nil
	Root     string       // folder on this machine that is the board's flash; "" = a new one
	Baud     int          // speed of the line both ways, 10 bits a byte; 0 = as fast as it goes
	RXBuffer int          // bytes that the board's UART keeps while code runs, the rest is lost; 0 = nothing is lost
	Off      bool         // start without power
}

// waitLimit is how long a test waits for a board before it is broken; it says
// nothing about speed.
const waitLimit = 3 * time.Minute

// MicroPython is a board with real MicroPython on it, at the end of a line
// whose faults the test sets.
type MicroPython struct {
	t    testing.TB
	id   int
	host *host
	root string
	line *line

	setupMu sync.Mutex
	setup   Setup

	mu       sync.Mutex
	events   []Event
	arrived  chan struct{} // closed at the next event
	seen     int           // events that WaitFor has passed
	recorded int           // events in all, forgotten ones included
}

// StartMicroPython starts one board. It fails the test with a plain sentence
// where Node or its packages are missing.
func StartMicroPython(t testing.TB, o Options) *MicroPython {
	t.Helper()
	return StartMicroPythons(t, 1, o)[0]
}

// StartMicroPythons starts n boards in one process; they differ in their ID
// and, below o.Root, in their flash.
func StartMicroPythons(t testing.TB, n int, o Options) []*MicroPython {
	t.Helper()
	root := o.Root
	if root == "" {
		root = t.TempDir() // before the host, so that it is removed when no board runs any more
	}
	h := startHost(t)
	boards := make([]*MicroPython, n)
	for i := range boards {
		dir := root
		if n > 1 {
			dir = filepath.Join(root, fmt.Sprint(i))
		}
		boards[i] = newMicroPython(t, h, i, dir, o)
	}
	return boards
}

func newMicroPython(t testing.TB, h *host, id int, root string, o Options) *MicroPython {
	t.Helper()
	m := &MicroPython{t: t, id: id, host: h, root: root, setup: setupFor(o.Model), arrived: make(chan struct{})}
	if id > 0 {
		m.setup.ID = m.setup.ID[:len(m.setup.ID)-4] + fmt.Sprintf("%04x", id)
	}
	m.setup.RXBuffer = o.RXBuffer
	if o.Setup != nil {
		o.Setup(&m.setup)
	}
	m.line = newLine(t, o.Baud, func(b []byte) { h.send(id, kindData, b) }, m.PowerOff)
	h.add(m)
	h.call(t, id, command{Cmd: "new", Root: root, Cfg: &m.setup})
	if !o.Off {
		m.PowerOn()
	}
	return m
}

// Path is the terminal device at which the board is plugged in. The first call
// makes it.
func (m *MicroPython) Path() string { return m.line.path() }

// Conn is the line without a terminal in between: faster, and closed by
// Unplug. Use either Conn or Path.
func (m *MicroPython) Conn() io.ReadWriteCloser { return m.line.conn() }

// CutAfter unplugs the board when n more bytes have gone by in the direction.
// The channel is closed when that has happened.
func (m *MicroPython) CutAfter(d Direction, n int) <-chan struct{} { return m.line.cutAfter(d, n) }

// Filter sends what goes by in the direction through f, which may change,
// drop or add bytes. f runs on the line's goroutine; nil removes it.
func (m *MicroPython) Filter(d Direction, f func([]byte) []byte) { m.line.filter(d, f) }

// Sent is how many bytes have gone by in the direction since the start.
func (m *MicroPython) Sent(d Direction) int { return m.line.sent(d) }

// Unplug takes the board off its cable: the port goes away, and the power too.
func (m *MicroPython) Unplug() { m.line.unplug() }

// Replug plugs the board in again, where name is "" under the same port name.
func (m *MicroPython) Replug(name string) {
	m.line.replug(name)
	m.PowerOn()
}

// PowerOn boots the board.
func (m *MicroPython) PowerOn() { m.host.call(m.t, m.id, command{Cmd: "on"}) }

// PowerOff stops the board at once, in the middle of whatever it does. The
// other ends of its sockets are not told.
func (m *MicroPython) PowerOff() { m.host.call(m.t, m.id, command{Cmd: "off"}) }

// Reset is a hardware reset.
func (m *MicroPython) Reset() { m.host.call(m.t, m.id, command{Cmd: "reset"}) }

// DropSockets resets every TCP connection of the board.
func (m *MicroPython) DropSockets() { m.host.call(m.t, m.id, command{Cmd: "drop"}) }

// Set changes the board's hardware and surroundings while it runs.
func (m *MicroPython) Set(change func(*Setup)) {
	m.setupMu.Lock()
	defer m.setupMu.Unlock()
	change(&m.setup)
	m.host.call(m.t, m.id, command{Cmd: "set", Cfg: &m.setup})
}

// ID is the board's machine.unique_id() in hex.
func (m *MicroPython) ID() string {
	m.setupMu.Lock()
	defer m.setupMu.Unlock()
	return m.setup.ID
}

// A finger holds a button for as long as pressed, and is away for as long as
// lifted, both from when the board has looked.
const (
	pressed = 120 * time.Millisecond
	lifted  = 250 * time.Millisecond
)

// PressButton pulls the pin low, as a finger does, and lets it go again. A finger
// waits for a busy board; nobody waits longer than ten seconds for a board that
// never looks at the pin.
func (m *MicroPython) PressButton(pin string) {
	m.finger(pin, 0, pressed)
	m.finger(pin, 1, lifted)
}

// finger sets the level of a pin, and stays for some time after the board has
// seen it.
func (m *MicroPython) finger(pin string, level int, stays time.Duration) {
	m.mu.Lock()
	before := m.recorded
	m.mu.Unlock()
	m.Set(func(s *Setup) { s.Pins[pin] = level })
	m.await(before, 10*time.Second, func(e Event) bool { return e.Type == "look" && e.Pin == pin && e.Value == level })
	time.Sleep(stays)
}

// Root is the folder on this machine that is the board's flash.
func (m *MicroPython) Root() string { return m.root }

// WriteFile puts a file into the board's flash, behind the board's back.
func (m *MicroPython) WriteFile(name string, data []byte) {
	m.t.Helper()
	p := m.file(name)
	if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(p, data, 0o666); err != nil {
		m.t.Fatal(err)
	}
}

// WriteProgram puts the folder with Lamplighter's files into the board's flash,
// as an installation would: folders go below /lib.
func (m *MicroPython) WriteProgram(files fs.FS) {
	m.t.Helper()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if strings.Contains(name, "/") {
			name = "lib/" + name
		}
		m.WriteFile(name, data)
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

// ReadFile reads a file of the board's flash; ok is false where there is none.
func (m *MicroPython) ReadFile(name string) (data []byte, ok bool) {
	data, err := os.ReadFile(m.file(name))
	return data, err == nil
}

func (m *MicroPython) file(name string) string {
	return filepath.Join(m.root, filepath.FromSlash(strings.TrimPrefix(name, "/")))
}

// StatMemory gives the memory of the whole process with all its boards, in
// bytes, and how many serial bytes this board's UART has lost.
func (m *MicroPython) StatMemory() (rss int64, lost int) {
	m.t.Helper()
	m.host.call(m.t, m.id, command{Cmd: "stat"})
	all := m.Events()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Type == "stat" {
			return all[i].RSS, all[i].Lost
		}
	}
	m.t.Fatal("the test board gave no figures")
	return 0, 0
}
