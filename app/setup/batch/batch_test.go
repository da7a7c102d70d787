package batch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/broker/presets"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/fault"
)

// world is everything that a table works with in a test: what is at each port, and
// a program with an empty roster.
type world struct {
	setup.Backend // what no test comes to is not there
	t             *testing.T
	loop          *apptest.Loop
	table         *Table
	ports         chan []device.Port

	mu     sync.Mutex
	boards map[string]device.Identity // by port name
	broken map[string]error           // by port name: what installing gives
	hold   chan struct{}              // nil: installing does not wait
	silent map[string]bool            // by port name: it never says that it listens

	now, most atomic.Int32 // installations
	benches   atomic.Int32
	roster    map[string]setup.Answers // by ID
	heard     map[string]func(setup.Lamp)
	written   []string
	pupils    []setup.Pupil     // without a board
	shown     map[string]string // whose name is on the display, by name of the board; under mu
}

func newWorld(t *testing.T) *world {
	w := &world{
		t: t, loop: apptest.NewLoop(t), ports: make(chan []device.Port, 16), boards: map[string]device.Identity{}, broken: map[string]error{},
		silent: map[string]bool{}, roster: map[string]setup.Answers{}, heard: map[string]func(setup.Lamp){}, shown: map[string]string{},
	}
	w.table = New(Options{
		Backend: w, Post: w.loop.Post, Named: func(name string) bool {
			for _, a := range w.roster {
				if a.Name == name {
					return true
				}
			}
			return false
		},
		Pupils:      func() []setup.Pupil { return w.pupils },
		Provisioner: func() setup.Provisioner { w.benches.Add(1); return &bench{w: w} },
		Watch: func(ctx context.Context, report func([]device.Port)) {
			for {
				select {
				case <-ctx.Done():
					return
				case p := <-w.ports:
					report(p)
				}
			}
		},
	})
	w.loop.Describe = func() string { return fmt.Sprint(w.stand()) + fmt.Sprintf("%+v", w.table.Rows()) }
	t.Cleanup(func() {
		w.free()
		ctx, done := context.WithCancel(context.Background())
		defer done()
		w.table.Shutdown(ctx)
	})
	w.table.Open(setup.Answers{WiFi: device.WiFi{SSID: "school", Password: "12345678"}, Broker: setup.BrokerChoice{BuiltIn: true, Address: "192.168.1.5", Port: 1883}}, nil)
	return w
}

// free lets the installations that wait go on.
func (w *world) free() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hold != nil {
		close(w.hold)
		w.hold = nil
	}
}

// have says which boards are at which ports, by their IDs; "" is none.
func (w *world) have(ids ...string) {
	w.mu.Lock()
	var ports []device.Port
	for i, id := range ids {
		if id == "" {
			continue
		}
		p := device.Port{Name: fmt.Sprintf("COM%d", i+1), VID: "1A86", PID: "7523"}
		ports = append(ports, p)
		w.boards[p.Name] = device.Identity{ID: id, HasWiFi: true, Model: "mpython-2"}
	}
	w.mu.Unlock()
	w.ports <- ports
}

// come plugs boards in one after the other, so that their names are in that order.
func (w *world) come(ids ...string) {
	w.t.Helper()
	for i := range ids {
		w.have(ids[:i+1]...)
		w.loop.RunUntil(func() bool { r := w.table.Rows(); return len(r) > i && r[i].Name != "" }, "the board "+ids[i])
	}
}

// until waits until the rows stand as told: name or "?" and phase of each.
func (w *world) until(want ...string) {
	w.t.Helper()
	w.loop.RunUntil(func() bool { return slices.Equal(w.stand(), want) }, fmt.Sprint(want))
}

func (w *world) stand() (all []string) {
	for _, r := range w.table.Rows() {
		name := r.Name
		if name == "" {
			name = "?"
		}
		all = append(all, fmt.Sprint(name, " ", [...]string{"waiting", "greeting", "ready", "queued", "writing", "proving", "done", "failed", "pulled"}[r.Phase]))
	}
	return all
}

func (w *world) key(i int) int { return w.table.Rows()[i].Key }

func (w *world) Defaults(id string) setup.Defaults {
	d := setup.Defaults{
		Port: 1883, Classroom: "class", Name: "lamp-01", Addresses: []setup.Address{{Prefix: netip.MustParsePrefix("192.168.1.5/24")}},
		Kits: map[string]setup.Kit{"mpython-2": {Lamp: device.Lamp{Kind: device.LampPin, Pin: "17"}}},
	}
	if a, known := w.roster[id]; known {
		d.Name, d.Base = a.Name, a.Base
	}
	return d
}

func (w *world) Taken(base, id string) bool {
	for other, a := range w.roster {
		if a.Base == base && other != id {
			return true
		}
	}
	return false
}

func (w *world) Rostered(base, id string) bool                      { return w.Taken(base, id) }
func (w *world) Connections() []setup.Connection                    { return nil }
func (w *world) Find() device.Find                                  { return device.Find{} }
func (w *world) Conflict(setup.Answers, string) *presets.FieldError { return nil }
func (w *world) WriteBegun(name string)                             { w.written = append(w.written, name) }

func (w *world) WriteEnded()                                            { w.written = append(w.written, "") }
func (w *world) KeepFile(context.Context, string, string, []byte) error { return nil }
func (w *world) WatchLamp(base string, f func(setup.Lamp)) func() {
	w.heard[base] = f
	return func() { delete(w.heard, base) }
}
func (w *world) Reach(context.Context, string, int) error { return nil }
func (w *world) ListenInNetwork(context.Context) error    { return nil }

func (w *world) CheckBroker(context.Context, setup.BrokerChoice) error { return nil }

func (w *world) Login(_ context.Context, a setup.Answers, _ string) (setup.Account, error) {
	return setup.Account{Broker: device.Broker{Host: "192.168.1.5", Port: 1883, User: "u", Password: "p"}, Topics: device.LampTopics(a.Base)}, nil
}

func (w *world) Remember(a setup.Answers, b device.Identity, _ setup.Account) error {
	w.roster[b.ID] = a
	w.pupils = slices.DeleteFunc(w.pupils, func(p setup.Pupil) bool { return p.ID == a.Pupil })
	return nil
}

func (w *world) Switch(base string, on bool) {
	if f := w.heard[base]; f != nil {
		f(setup.Lamp{Known: true, On: on, Online: true})
	}
}

// bench is one cable.
type bench struct {
	setup.Provisioner
	w *world
}

func (b *bench) Greet(_ context.Context, p device.Port, _ func(device.Progress)) (device.Identity, error) {
	b.w.mu.Lock()
	defer b.w.mu.Unlock()
	id := b.w.boards[p.Name]
	if id.ID == "gone" {
		return device.Identity{}, &fault.Error{Fault: fault.PortGone, Op: "greet"}
	}
	return id, nil
}

func (b *bench) Blink(context.Context, device.Port, device.Lamp) error { return nil }

func (b *bench) Label(context.Context, device.Port, string) error { return nil }

func (b *bench) Install(ctx context.Context, p device.Port, job device.Job, report func(device.Progress)) error {
	n := b.w.now.Add(1)
	defer b.w.now.Add(-1)
	for m := b.w.most.Load(); n > m && !b.w.most.CompareAndSwap(m, n); m = b.w.most.Load() {
	}
	report(device.Progress{Done: 1, Total: 2})
	b.w.mu.Lock()
	hold, err := b.w.hold, b.w.broken[p.Name]
	b.w.shown[job.Config.Name] = job.Config.Pupil
	b.w.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

func (b *bench) Prove(ctx context.Context, p device.Port, report func(device.Stage)) error {
	b.w.mu.Lock()
	silent := b.w.silent[p.Name]
	b.w.mu.Unlock()
	if !silent {
		report(device.Stage{Name: device.StageSubscribed})
	}
	<-ctx.Done()
	return ctx.Err()
}

func (b *bench) Release() {}

func TestABoardThatComesWaitsForAPressAndIsProven(t *testing.T) {
	w := newWorld(t)
	w.come("a", "b")
	w.until("lamp-01 ready", "lamp-02 ready")
	w.table.Start(w.key(1))
	w.until("lamp-01 ready", "lamp-02 done")
	if r := w.table.Rows()[1]; !r.Lamp.On || r.Part != 1 || r.Took == 0 || w.roster["b"].Lamp.Pin != "17" {
		t.Errorf("the board is done as %+v, with %+v", r, w.roster["b"].Lamp)
	}
	w.table.Identify(w.key(1))
	if w.table.Rows()[1].Lamp.On {
		t.Error("the board did not show itself by its light")
	}
	w.table.SetStartsAtOnce(true)
	w.until("lamp-01 done", "lamp-02 done")
	w.have("a", "b", "c")
	w.until("lamp-01 done", "lamp-02 done", "lamp-03 done")
	if c := w.table.Counts(); c.Done != 3 || c.Working+c.Failed+c.Ready != 0 {
		t.Errorf("counted %+v", c)
	}
}

func TestChangesAreToldAndGathered(t *testing.T) {
	w := newWorld(t)
	told := 0
	defer w.table.Listen(func() { told++ })()
	w.table.SetStartsAtOnce(true)
	w.come("a", "b", "c")
	w.until("lamp-01 done", "lamp-02 done", "lamp-03 done")
	w.loop.RunUntil(func() bool { return told > 0 }, "word of it")
	before := told
	w.table.Close()
	if told != before+1 || w.table.IsOpen() {
		t.Errorf("the end was not told at once")
	}
}

func TestOneCableTakesOneBoardAfterTheOther(t *testing.T) {
	w := newWorld(t)
	w.table.SetStartsAtOnce(true)
	w.have("a")
	w.until("lamp-01 done")
	w.have("")
	w.have("b")
	w.until("lamp-01 done", "lamp-02 done")
	w.have("")
	w.have("a") // again: it is done already
	w.loop.RunUntil(func() bool { return w.table.Rows()[0].Plugged }, "the first board")
	w.until("lamp-01 done", "lamp-02 done")
}

func TestABoardThatWasPulledHalfDoneGoesOnUnderItsName(t *testing.T) {
	w := newWorld(t)
	w.hold = make(chan struct{})
	w.table.SetStartsAtOnce(true)
	w.come("a", "b")
	w.until("lamp-01 writing", "lamp-02 writing")
	w.have("", "b")
	w.until("lamp-01 pulled", "lamp-02 writing")
	w.table.SetStartsAtOnce(false)
	w.have("c", "b") // another board at its port
	w.until("lamp-01 pulled", "lamp-02 writing", "lamp-03 ready")
	w.have("", "b")
	w.until("lamp-01 pulled", "lamp-02 writing")
	w.free()
	w.have("", "b", "a") // at another port
	w.until("lamp-01 done", "lamp-02 done")
	if got := w.written[len(w.written)-1]; got != "" {
		t.Errorf("%q is told to be written still", got)
	}
}

func TestABoardThatIsPulledAsItIsProvenIsGreetedAnew(t *testing.T) {
	w := newWorld(t)
	w.silent["COM1"] = true
	w.table.SetStartsAtOnce(true)
	w.have("a")
	w.until("lamp-01 proving")
	w.have("")
	w.have("b")
	w.until("lamp-01 proving", "lamp-02 proving")
	w.have("b", "a")
	w.loop.RunUntil(func() bool { return len(w.table.Rows()) == 2 && w.table.Rows()[0].Phase == Done }, "the first at another port")
}

func TestABoardWithUSBOfItsOwnIsTheSameAfterItsRestart(t *testing.T) {
	w := newWorld(t)
	w.table.SetStartsAtOnce(true)
	before := device.Port{Name: "COM8", VID: "303A", PID: "1001", Serial: "AA:BB"}
	after := before
	after.Name = "COM9"
	w.mu.Lock()
	w.boards[before.Name] = device.Identity{ID: "a", HasWiFi: true, Model: "mpython-2"}
	w.silent[before.Name] = true
	w.mu.Unlock()
	w.ports <- []device.Port{before}
	w.until("lamp-01 proving")
	w.ports <- nil
	w.loop.RunUntil(func() bool { return !w.table.Rows()[0].Plugged }, "the board to restart")
	w.ports <- []device.Port{after}
	w.until("lamp-01 done")
	if r := w.table.Rows()[0]; r.Port != after || !r.Plugged || w.benches.Load() != 1 {
		t.Errorf("it is at %+v, greeted on %d cables", r.Port, w.benches.Load())
	}
}

func TestTheTroubleOfOneBoardHoldsNobodyUp(t *testing.T) {
	w := newWorld(t)
	w.broken["COM2"] = &fault.Error{Fault: fault.DiskFull, Op: "install"}
	w.table.SetStartsAtOnce(true)
	w.come("a", "b", "c")
	w.until("lamp-01 done", "lamp-02 failed", "lamp-03 done")
	if r := w.table.Rows()[1]; setup.FaultOf(r.Err) != fault.DiskFull || r.Part < greetedPart {
		t.Errorf("it failed as %+v", r)
	}
	w.mu.Lock()
	delete(w.broken, "COM2")
	w.mu.Unlock()
	w.table.Restart(w.key(1))
	w.until("lamp-01 done", "lamp-02 done", "lamp-03 done")
}

func TestAPortThatIsListedAndGoneIsToldOnce(t *testing.T) {
	w := newWorld(t)
	w.have("gone")
	w.until("? failed")
	if n := w.benches.Load(); n != 1 || setup.FaultOf(w.table.Rows()[0].Err) != fault.PortGone {
		t.Errorf("greeted %d times: %+v", n, w.table.Rows())
	}
	w.have("")
	w.until()
}

func TestOfTwoBoardsWithOneIDTheSecondIsTold(t *testing.T) {
	w := newWorld(t)
	w.table.SetStartsAtOnce(true)
	w.come("a", "b")
	w.until("lamp-01 done", "lamp-02 done")
	w.have("a", "b", "a")
	w.until("lamp-01 done", "lamp-02 done", "lamp-01 failed")
	if r := w.table.Rows()[2]; setup.FaultOf(r.Err) != fault.DuplicateClient || len(w.roster) != 2 {
		t.Errorf("it is told as %+v", r)
	}
}

func TestNoMoreThanEightAreAtWork(t *testing.T) {
	w := newWorld(t)
	w.hold = make(chan struct{})
	w.table.SetStartsAtOnce(true)
	ids := make([]string, 20)
	for i := range ids {
		ids[i] = fmt.Sprint("board", i)
	}
	w.have(ids...)
	w.loop.RunUntil(func() bool { return w.now.Load() == AtWork }, "eight")
	w.free()
	w.loop.RunUntil(func() bool { return w.table.Counts().Done == len(ids) }, "all")
	if m := w.most.Load(); m != AtWork {
		t.Errorf("%d were written at once", m)
	}
	names := map[string]bool{}
	for _, a := range w.roster {
		names[a.Name], names[a.Base] = true, true
	}
	if len(names) != 2*len(ids) {
		t.Errorf("%d names and topics for %d boards", len(names), len(ids))
	}
}

func TestTheOldestThatAreDoneMakeRoomAndStayCounted(t *testing.T) {
	w := newWorld(t)
	w.table.SetStartsAtOnce(true)
	const n = MaxRows + 5
	for i := range n {
		w.have(fmt.Sprint("board", i))
		w.loop.RunUntil(func() bool { return w.table.Counts().Done == i+1 }, "the board")
		w.have("")
	}
	if c := w.table.Counts(); c.Done != n || c.Left != n-MaxRows || len(w.table.Rows()) != MaxRows {
		t.Errorf("counted %+v in %d rows", c, len(w.table.Rows()))
	}
}

func TestABoardOfTheClassKeepsItsName(t *testing.T) {
	w := newWorld(t)
	w.roster["a"] = setup.Answers{Name: "Zoe's", Base: "class/lamp-09"}
	w.come("a", "b")
	w.until("Zoe's ready", "lamp-01 ready")
	if !w.table.Rows()[0].Known || w.table.Rows()[1].Known {
		t.Errorf("%+v", w.table.Rows())
	}
	if err := w.table.SetPrefix("bulb "); err != nil {
		t.Fatal(err)
	}
	w.until("Zoe's ready", "bulb 01 ready")
	w.table.StartAll()
	w.until("Zoe's done", "bulb 01 done")
	if a, b := w.roster["a"], w.roster["b"]; a.Base != "class/lamp-09" || b.Base != "class/bulb-01" {
		t.Errorf("at %s and %s", a.Base, b.Base)
	}
	if err := w.table.SetPrefix("\x00"); err == nil || w.table.Prefix() != "bulb " {
		t.Error("a prefix was taken with which no board can have a name")
	}
}

func TestClosingLetsGoOfAllBoardsInTheMiddle(t *testing.T) {
	w := newWorld(t)
	w.hold = make(chan struct{})
	w.table.SetStartsAtOnce(true)
	w.come("a", "b")
	w.until("lamp-01 writing", "lamp-02 writing")
	if !w.table.Writing() {
		t.Error("it is not told that boards are written")
	}
	w.table.Shutdown(context.Background())
	if w.now.Load() != 0 || w.table.IsOpen() || w.table.Writing() || w.written[len(w.written)-1] != "" {
		t.Errorf("%d are still written; noted %q", w.now.Load(), w.written)
	}
}

func TestTurnsGoFirstToThoseThatGoOn(t *testing.T) {
	for _, c := range []struct {
		rows   []Phase
		atWork int
		want   []int
	}{
		{nil, 8, nil},
		{[]Phase{Waiting, Queued, Ready, Done, Failed, Pulled}, 8, []int{1, 0}},
		{[]Phase{Waiting, Queued, Queued}, 2, []int{1, 2}},
		{[]Phase{Greeting, Writing, Proving, Waiting, Queued}, 4, []int{4}},
		{[]Phase{Greeting, Writing, Waiting}, 2, nil},
	} {
		if got := turns(c.rows, c.atWork); !slices.Equal(got, c.want) {
			t.Errorf("%v, %d at work: %v, want %v", c.rows, c.atWork, got, c.want)
		}
	}
}

func TestThePhaseFollowsFromWhereTheSetupStands(t *testing.T) {
	bad := errors.New("bad")
	for name, c := range map[string]struct {
		state       setup.State
		live, asked bool
		want        Phase
	}{
		"not begun":             {nil, false, false, Waiting},
		"greeting":              {setup.Greeting{}, true, false, Greeting},
		"greeted":               {setup.Naming{}, true, false, Ready},
		"greeted and pressed":   {setup.Naming{}, true, true, Queued},
		"pressed and pulled":    {setup.Naming{}, false, true, Pulled},
		"refused":               {setup.Naming{Problem: bad}, true, true, Failed},
		"writing":               {setup.Writing{}, true, true, Writing},
		"pulled as written":     {setup.Writing{}, false, true, Pulled},
		"proving":               {setup.Proving{}, true, true, Proving},
		"proving with trouble":  {setup.Proving{Problem: bad}, true, true, Failed},
		"proof that was let go": {setup.Proving{}, false, true, Pulled},
		"done":                  {setup.Finished{}, true, true, Done},
		"unplugged":             {setup.Unplugged{}, false, true, Pulled},
		"failed":                {setup.Failed{Err: bad}, false, true, Failed},
	} {
		if got := phaseOf(c.state, c.live, c.asked); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestNamesGoOnWhereNobodyHasOne(t *testing.T) {
	for _, c := range []struct{ prefix, want string }{{"lamp-", "lamp-04"}, {"bulb ", "bulb 02"}, {"灯", "灯02"}} {
		named := func(name string) bool { return slices.Contains([]string{"lamp-01", "lamp-02", "灯01"}, name) }
		taken := func(base string) bool { return slices.Contains([]string{"class/lamp-03", "class/bulb-01"}, base) }
		if got := nextName(c.prefix, "class", named, taken); got != c.want {
			t.Errorf("after %q comes %q, want %q", c.prefix, got, c.want)
		}
	}
}

func TestNoBoardGetsTheNumberThatAnotherPupilIsToHave(t *testing.T) {
	w := newWorld(t)
	w.pupils = []setup.Pupil{{ID: "p1", Name: "Ann", Number: -1}, {ID: "p2", Name: "Bo", Number: 1}}
	w.have("a")
	w.table.SetForPupils(true)
	w.until("lamp-02 ready")
	w.have("a", "b")
	w.until("lamp-02 ready", "lamp-01 ready")
}

func TestNewBoardsGoToTheNextPupilsWithTheirNumbersAndNeverWithTheirNames(t *testing.T) {
	w := newWorld(t)
	w.pupils = []setup.Pupil{{ID: "p1", Name: "李小明", Number: -1}, {ID: "p2", Name: strings.Repeat("名", 60), Number: 7}, {ID: "p3", Name: "Ben", Number: 7}}
	w.come("a", "b")
	w.table.SetForPupils(true)
	w.until("lamp-01 ready", "lamp-07 ready")
	if rows := w.table.Rows(); rows[0].Pupil != "李小明" || rows[1].Pupil != w.pupils[1].Name {
		t.Errorf("of %q and %q", rows[0].Pupil, rows[1].Pupil)
	}
	w.table.StartAll()
	w.until("lamp-01 done", "lamp-07 done")
	w.have("a", "b", "c")
	w.until("lamp-01 done", "lamp-07 done", "lamp-02 ready")
	w.have("a", "b", "c", "d") // one after the other: who is greeted first is named first
	w.until("lamp-01 done", "lamp-07 done", "lamp-02 ready", "lamp-03 ready")
	w.table.SetStartsAtOnce(true)
	w.until("lamp-01 done", "lamp-07 done", "lamp-02 done", "lamp-03 done")
	for id, want := range map[string]string{"a": "p1", "b": "p2", "c": "p3", "d": ""} {
		if got := w.roster[id]; got.Pupil != want || strings.ContainsFunc(got.Base+got.Name, func(r rune) bool { return r > 127 }) {
			t.Errorf("board %s is %q at %q, of %q", id, got.Name, got.Base, got.Pupil)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if want := map[string]string{"lamp-01": "李小明", "lamp-07": strings.Repeat("名", 21), "lamp-02": "Ben", "lamp-03": ""}; !maps.Equal(w.shown, want) {
		t.Errorf("on the displays: %q", w.shown)
	}
}
