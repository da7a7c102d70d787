// Package batch sets up several boards with answers that one board has tried: a
// row for each board, as many at once as there are cables. It decides which row
// has its turn and which board a port leads to; what is done with a board, and
// when it is proven, are the rules of package setup.
package batch

import (
	"context"
	"slices"
	"sync"
	"time"

	"lamplighter/app/inbox"
	"lamplighter/app/setup"
	"lamplighter/app/watch"
	"lamplighter/device"
	"lamplighter/device/crash"
)

const (
	// AtWork is how many boards are worked on at once.
	AtWork = 8
	// MaxRows is how many rows a table has. The oldest that are done leave for
	// new ones, and stay counted.
	MaxRows = 200
)

// gather is how long changes of rows are gathered before they are told: eight
// boards at work report far more often than anybody can see.
const gather = 50 * time.Millisecond

// Options are what a Table works with.
type Options struct {
	Backend setup.Backend
	// Provisioner makes one for one cable. Its Watch is not used.
	Provisioner func() setup.Provisioner
	// Watch reports the ports now and after every change, until ctx ends.
	Watch func(ctx context.Context, report func([]device.Port))
	Post  func(func())
	// Named reports whether a board of the roster has this name.
	Named func(name string) bool
	// Pupils lists the pupils of the class who have no board, in the order in which
	// they get one.
	Pupils func() []setup.Pupil
}

// Counts are how many rows stand where.
type Counts struct {
	Done, Working, Failed int // Failed with those that were pulled half done
	Ready                 int // that wait for a person
	Left                  int // are done, and were left out of the rows for want of room
}

// Table is the boards that are set up together. It belongs to the state's
// goroutine, as the sessions of its rows do.
type Table struct {
	changed watch.Signal
	news    *inbox.Inbox[struct{}] // raises it
	o       Options
	open    bool
	end     context.CancelFunc
	shared  setup.Answers
	rows    []*row
	ports   []device.Port
	keys    int
	left    int
	each    bool
	prefix  string
	pupils  bool // each new board goes to a pupil
	writing map[*row]string
	ending  []<-chan struct{} // of sessions that still let go of their cables

	settling, settleAgain bool
}

// New makes a table that is not open.
func New(o Options) *Table {
	t := &Table{o: o, end: func() {}, prefix: Prefix, writing: map[*row]string{}}
	t.news = inbox.New(o.Post, gather, 1, nil, func([]struct{}, int) { t.changed.Raise() })
	return t
}

// Listen has f called soon after a change of a row, and at once when the table is
// opened or closed, until stop is called.
func (t *Table) Listen(f func()) (stop func()) { return t.changed.Listen(f) }

// Open begins with answers that a board has tried. That board, where it is given,
// is the first row, and is left alone.
func (t *Table) Open(shared setup.Answers, first *setup.Finished) {
	if t.open {
		return
	}
	shared.Goal = device.MakeLamp
	t.open, t.shared, t.rows, t.ports, t.left, t.each = true, shared, nil, nil, 0, false
	if first != nil {
		t.add(&row{port: first.Port, plugged: true, state: *first})
	}
	ctx, end := context.WithCancel(context.Background())
	t.end = end
	crash.Go(func() {
		t.o.Watch(ctx, func(ports []device.Port) {
			t.o.Post(func() {
				if ctx.Err() == nil {
					t.portsChanged(ports)
				}
			})
		})
	})
	t.changed.Raise()
}

// Close lets go of every board. Nothing is lost: a board that was half done goes
// on when it is set up again.
func (t *Table) Close() {
	if !t.open {
		return
	}
	t.end()
	for _, r := range t.rows {
		t.endSession(r)
	}
	t.open, t.rows = false, nil
	t.changed.Raise()
}

// Shutdown is Close for the end of the program: it waits until no cable is held any
// more, at most until ctx ends.
func (t *Table) Shutdown(ctx context.Context) {
	var used []setup.Provisioner
	for _, r := range t.rows {
		if r.provisioner != nil {
			used = append(used, r.provisioner)
		}
	}
	t.Close()
	for _, ended := range t.ending {
		select {
		case <-ended:
		case <-ctx.Done():
		}
	}
	var all sync.WaitGroup
	for _, b := range used {
		if c, ok := b.(interface{ Close() }); ok {
			all.Go(crash.Guard(c.Close))
		}
	}
	all.Wait()
}

// IsOpen reports whether boards are being set up together.
func (t *Table) IsOpen() bool { return t.open }

// Shared are the answers of all boards.
func (t *Table) Shared() setup.Answers { return t.shared }

// Rows are the rows, in the order in which their boards came.
func (t *Table) Rows() []Row {
	all := make([]Row, len(t.rows))
	for i, r := range t.rows {
		all[i] = r.view()
	}
	return all
}

// Counts counts the rows.
func (t *Table) Counts() Counts {
	c := Counts{Done: t.left, Left: t.left}
	for _, r := range t.rows {
		switch p := r.phase(); {
		case p == Done:
			c.Done++
		case p == Failed, p == Pulled:
			c.Failed++
		case p == Ready:
			c.Ready++
		default:
			c.Working++
		}
	}
	return c
}

// Writing reports whether a board is being written, which must not be cut off.
func (t *Table) Writing() bool {
	return slices.ContainsFunc(t.rows, func(r *row) bool { return r.phase() == Writing })
}

// StartsAtOnce reports whether a board that comes is set up at once.
func (t *Table) StartsAtOnce() bool { return t.each }

// SetStartsAtOnce says whether a board that comes is set up at once. Those that wait are
// asked for with it.
func (t *Table) SetStartsAtOnce(on bool) {
	t.each = on
	t.advance()
}

// Prefix is how new names begin.
func (t *Table) Prefix() string { return t.prefix }

// SetPrefix changes how new names begin, also of boards that wait. One with which
// no board can have a name is not taken.
func (t *Table) SetPrefix(prefix string) error {
	if err := CheckPrefix(prefix); err != nil || prefix == t.prefix {
		return err
	}
	t.prefix = prefix
	t.nameAgain()
	return nil
}

// nameAgain gives boards that wait their names and pupils anew.
func (t *Table) nameAgain() {
	for _, r := range t.rows {
		n, ok := r.current().(setup.Naming)
		if !ok || r.session == nil || r.asked {
			continue
		}
		own := n.Answers.Name != n.Defaults.Name || n.Defaults.Base != ""
		r.session.Handle(setup.DefaultsChanged{})
		a := r.current().CurrentDraft().Answers
		a.Pupil = r.current().CurrentDraft().Defaults.Pupil.ID
		if !own {
			a.Name = r.current().CurrentDraft().Defaults.Name
		}
		r.session.Handle(setup.Typed{Answers: a})
	}
	t.advance()
}

// ForPupils reports whether each new board goes to a pupil who has none.
func (t *Table) ForPupils() bool { return t.pupils }

// SetForPupils says so, also for boards that wait.
func (t *Table) SetForPupils(on bool) {
	if t.pupils != on {
		t.pupils = on
		t.nameAgain()
	}
}

// Start has a row that is Ready set up.
func (t *Table) Start(key int) {
	if r := t.row(key); r != nil && r.phase() == Ready {
		r.asked = true
		t.advance()
	}
}

// StartAll has every row that is Ready set up.
func (t *Table) StartAll() {
	for _, r := range t.rows {
		r.asked = r.asked || r.phase() == Ready
	}
	t.advance()
}

// Restart begins anew with a board that failed or is done, and is on its cable. What
// is on the board already is not sent again.
func (t *Table) Restart(key int) {
	r := t.row(key)
	if r == nil || !r.plugged || !slices.Contains([]Phase{Failed, Pulled, Done}, r.phase()) {
		return
	}
	t.endSession(r)
	r.asked, r.afresh, r.took = true, true, 0
	t.advance()
}

// Identify has a board show itself: it blinks on its cable before it is written, and
// changes its light over the air when it is done.
func (t *Table) Identify(key int) {
	r := t.row(key)
	if r == nil || r.session == nil {
		return
	}
	switch s := r.current().(type) {
	case setup.Naming:
		r.session.Handle(setup.Blink{})
	case setup.Finished:
		r.session.Handle(setup.Switch{On: !s.Lamp.On})
	}
}

func (t *Table) row(key int) *row {
	i := slices.IndexFunc(t.rows, func(r *row) bool { return r.key == key })
	if i < 0 {
		return nil
	}
	return t.rows[i]
}

func (t *Table) add(r *row) {
	t.keys++
	r.key = t.keys
	t.rows = append(t.rows, r)
}

// makeRoom leaves out the oldest row that is done and gone, where there are too
// many, and reports whether there is room for one more.
func (t *Table) makeRoom() bool {
	if len(t.rows) < MaxRows {
		return true
	}
	i := slices.IndexFunc(t.rows, func(r *row) bool { return r.phase() == Done && !r.plugged })
	if i < 0 {
		return false
	}
	t.left++
	t.remove(t.rows[i])
	return true
}

func (t *Table) remove(r *row) {
	t.endSession(r)
	t.rows = slices.DeleteFunc(t.rows, func(x *row) bool { return x == r })
}

// endSession ends the session of a row and lets go of its cable; where it stood is kept.
func (t *Table) endSession(r *row) {
	if r.session == nil {
		return
	}
	if _, writing := t.writing[r]; writing {
		rowBackend{t.o.Backend, t, r}.WriteEnded()
	}
	r.unhear()
	r.keep(r.session.State())
	r.session.Close()
	t.ending = append(slices.DeleteFunc(t.ending, over), r.session.Idle())
	r.session = nil
}

func over(ended <-chan struct{}) bool {
	select {
	case <-ended:
		return true
	default:
		return false
	}
}

// begin gives a row its session, which greets the board.
func (t *Table) begin(r *row) {
	if r.provisioner == nil {
		r.provisioner = t.o.Provisioner()
	}
	r.from, r.afresh = time.Now(), false
	r.session = setup.NewShared(r.provisioner, rowBackend{t.o.Backend, t, r}, t.o.Post, r.port, t.shared)
	r.unhear = r.session.Changed.Listen(t.advance)
}
