package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/lights"
	"lamplighter/app/setup"
	"lamplighter/app/setup/batch"
	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

// hub is where boards are plugged in and pulled out.
type hub struct {
	mu      sync.Mutex
	ports   []device.Port
	changed chan struct{}
}

func newHub() *hub { return &hub{changed: make(chan struct{})} }

func (h *hub) watch(ctx context.Context, report func([]device.Port)) {
	for {
		h.mu.Lock()
		ports, changed := slices.Clone(h.ports), h.changed
		h.mu.Unlock()
		report(ports)
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

func (h *hub) set(change func([]device.Port) []device.Port) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ports = change(h.ports)
	close(h.changed)
	h.changed = make(chan struct{})
}

// plug plugs a board in, which boots.
func (h *hub) plug(b *devicetest.MicroPython) {
	b.PowerOn()
	h.list(b)
}

// list puts a board's port on the list.
func (h *hub) list(b *devicetest.MicroPython) {
	h.set(func(all []device.Port) []device.Port { return append(all, device.Port{Name: b.Path()}) })
}

// unlist takes a board's port off the list.
func (h *hub) unlist(b *devicetest.MicroPython) {
	h.set(func(all []device.Port) []device.Port {
		return slices.DeleteFunc(all, func(p device.Port) bool { return p.Name == b.Path() })
	})
}

// many is a classroom whose first board was set up in the wizard, and whose other
// boards come to a table.
type many struct {
	*school
	table  *batch.Table
	boards []*devicetest.MicroPython
}

// newMany sets the first of n more boards up, and opens the table.
func newMany(t testing.TB, n int, o devicetest.Options) *many {
	o.Off = true
	boards := devicetest.StartMicroPythons(t, n+1, o)
	s := &school{t: t, loop: apptest.NewLoop(t), dir: t.TempDir(), board: boards[0], hub: newHub()}
	s.loop.Describe = s.stands
	t.Cleanup(s.closing)
	s.begin()
	s.hub.plug(boards[0])
	s.open()
	s.setUp(device.Broker{})
	m := &many{school: s, boards: boards[1:], table: s.Boards.Several}
	s.loop.Describe = m.rows
	f := s.Setup().State().(setup.Finished)
	answers, ok := setup.Shared(f)
	if !ok {
		t.Fatal("the first board's answers are not good for others")
	}
	s.Setup().Handle(setup.NextBoard{})
	// That board was at a port that was typed; here it is one of the list.
	f.Port = device.Port{Name: boards[0].Path()}
	m.table.Open(answers, &f)
	return m
}

// rows tells how the table stands, for a test that waited in vain.
func (m *many) rows() string {
	var all []string
	for _, r := range m.table.Rows() {
		all = append(all, fmt.Sprintf("%d %s there=%v phase=%d part=%.2f err=%v", r.Key, r.Name, r.Plugged, r.Phase, r.Part, r.Err))
		if r.Phase == batch.Failed {
			all = append(all, m.lastOf(r.Board.ID))
		}
	}
	return strings.Join(all, "\n")
}

// lastOf is what befell a board last, by its id.
func (m *many) lastOf(id string) string {
	i := slices.IndexFunc(m.boards, func(b *devicetest.MicroPython) bool { return b.ID() == id })
	if i < 0 {
		return "no board of this test"
	}
	events := m.boards[i].Events()
	return fmt.Sprintf("%+v", events[max(0, len(events)-12):])
}

// until waits for a number of rows in a phase, as long as one more comes to it in
// good time.
func (m *many) until(p batch.Phase, n int, what string) {
	m.t.Helper()
	for i := 1; i < n; i++ {
		m.loop.RunUntil(func() bool { return len(m.in(p)) >= i }, what)
	}
	m.loop.RunUntil(func() bool { return len(m.in(p)) == n }, what)
}

func (m *many) in(p batch.Phase) (all []batch.Row) {
	for _, r := range m.table.Rows() {
		if r.Phase == p {
			all = append(all, r)
		}
	}
	return all
}

// of is the row of a board that was greeted.
func (m *many) of(b *devicetest.MicroPython) batch.Row {
	for _, r := range m.table.Rows() {
		if r.Board.ID == b.ID() {
			return r
		}
	}
	return batch.Row{}
}

// proven sees that a board's lamp is lit, and that the panel says so by its word.
func (m *many) proven(b *devicetest.MicroPython) {
	m.t.Helper()
	r := m.of(b)
	if r.Phase != batch.Done {
		m.t.Errorf("board %s: %+v", b.ID(), r)
		return
	}
	b.WaitForPixels(true)
	for _, l := range m.Lights.Lights() {
		if l.Name == r.Name {
			if l.Phase != lights.Confirmed || l.State != lights.On {
				m.t.Errorf("%s is done, and the panel shows %+v", r.Name, l)
			}
			return
		}
	}
	m.t.Errorf("%s is not on the panel", r.Name)
}

// TestClassOfBoardsThroughTheTable has several boards set up at once: three of them
// are bad, and hold nobody up. Then there is a lesson with them. With -v they are a
// whole class, with thirty pages that click in the end.
func TestClassOfBoardsThroughTheTable(t *testing.T) {
	const pulled, full, bare = 1, 2, 3
	n := 6
	if testing.Verbose() {
		n = thirty
	}
	m := newMany(t, n, devicetest.Options{})
	m.boards[full].Set(func(x *devicetest.Setup) { x.FlashBytes = 8 << 10 })
	m.boards[bare].Set(func(x *devicetest.Setup) { x.HasWiFi, x.Umqtt, x.MPython, x.OLED = false, false, false, false })
	began := time.Now()
	for _, b := range m.boards {
		m.hub.plug(b)
	}
	m.until(batch.Failed, 1, "the board with another firmware")
	m.until(batch.Ready, n-1, "the boards greeted")
	if got := m.in(batch.Failed); len(got) != 1 || setup.FaultOf(got[0].Err) != fault.NoWiFi {
		t.Errorf("the wrong firmware is told as %+v", got)
	}
	names := map[string]bool{"窗边的灯 7": true}
	for _, r := range m.in(batch.Ready) {
		if names[r.Name] || !strings.HasPrefix(r.Name, "lamp-") {
			t.Errorf("a board is called %q", r.Name)
		}
		names[r.Name] = true
	}

	m.table.Identify(m.of(m.boards[0]).Key)
	m.boards[0].WaitForPixels(true)
	m.loop.RunUntil(func() bool { return !m.of(m.boards[0]).Blinking }, "the end of the blinking")

	name := m.of(m.boards[pulled]).Name
	cut := m.boards[pulled].CutAfter(devicetest.ToBoard, m.boards[pulled].Sent(devicetest.ToBoard)+6000)
	m.table.StartAll()
	m.loop.RunUntil(func() bool {
		select {
		case <-cut:
			return true
		default:
			return false
		}
	}, "the cable to be pulled")
	m.hub.unlist(m.boards[pulled])
	m.until(batch.Done, n-3+1, "the good boards")
	for i, b := range m.boards {
		if i != pulled && i != full && i != bare {
			m.proven(b)
		}
	}
	if r := m.of(m.boards[full]); r.Phase != batch.Failed || setup.FaultOf(r.Err) != fault.DiskFull {
		t.Errorf("the full disk is told as %+v", r)
	}
	if r := m.of(m.boards[pulled]); r.Phase != batch.Pulled || r.Plugged {
		t.Errorf("the board that was pulled is told as %+v", r)
	}

	m.boards[pulled].Replug("")
	m.hub.list(m.boards[pulled])
	m.until(batch.Done, n-2+1, "the board that is back")
	m.proven(m.boards[pulled])
	if r := m.of(m.boards[pulled]); r.Name != name {
		t.Errorf("it was %q and is %q now", name, r.Name)
	}

	m.boards[full].Set(func(x *devicetest.Setup) { x.FlashBytes = 2 << 20 })
	m.table.Restart(m.of(m.boards[full]).Key)
	m.until(batch.Done, n-1+1, "the board that has room now")
	m.proven(m.boards[full])
	t.Logf("%d boards took %v", n-1, time.Since(began))

	m.attention(m.boards[0])
	m.startAgain()

	// Another day: the board is known, and only brought up to date.
	shared := m.table.Shared()
	m.table.Close()
	for _, b := range m.boards[1:] {
		m.hub.unlist(b)
	}
	m.hub.unlist(m.board)
	known := m.boards[0]
	sent := known.Sent(devicetest.ToBoard)
	m.table.Open(shared, nil)
	m.until(batch.Ready, 1, "the board greeted again")
	r := m.of(known)
	if !r.Known || r.Name != nameOf(m, known) {
		t.Errorf("the board is known as %+v", r)
	}
	m.missing(r.Name)
	m.table.Start(r.Key)
	m.until(batch.Done, 1, "the board brought up to date")
	m.proven(known)
	m.loop.RunUntil(func() bool { return len(m.Classroom.Lesson.Missing()) == 0 }, "nobody to be missing")
	if n == thirty {
		m.thirtyPages(t, m.bases())
	}
	t.Logf("bringing a board up to date took %v and %d bytes", m.of(known).Took, known.Sent(devicetest.ToBoard)-sent)
}

// nameOf is a board's name in the roster.
func nameOf(m *many, b *devicetest.MicroPython) string {
	v := m.Settings.Values()
	row, _ := v.Board(b.ID())
	return row.Name
}
