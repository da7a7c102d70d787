package course

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/endpoint"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/device"
)

// class is a course whose broker says what the test has it say.
type class struct {
	*apptest.Loop
	*Course
	dir      string
	store    *settings.Store
	now      time.Time
	sessions []broker.Session
	at       endpoint.Endpoint // where the broker is, if there is one
	report   func([]broker.TraceEvent, int)
	traces   int // that run
}

func newClass(t *testing.T, dir string) *class {
	t.Helper()
	kept, err := secrets.OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	store, err := settings.Open(dir, kept)
	if err != nil {
		t.Fatal(err)
	}
	c := &class{Loop: apptest.NewLoop(t), dir: dir, store: store, now: time.Date(2026, 9, 1, 8, 0, 0, 0, time.Local)}
	c.Course = New(Options{
		Settings: store, Dir: dir, Post: c.Post, Now: func() time.Time { return c.now },
		Trace: func(report func([]broker.TraceEvent, int)) func() {
			c.report = report
			c.traces++
			return func() { c.traces-- }
		},
		Sessions: func() []broker.Session { return c.sessions },
		Broker:   func() (endpoint.Endpoint, bool) { return c.at, c.at.Port > 0 },
		Pupil:    func() (string, string) { return "pupil", "word" },
	})
	t.Cleanup(func() {
		c.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func (c *class) read(text ...string) {
	files := fstest.MapFS{}
	for i, x := range text {
		files[string(rune('a'+i))+".md"] = &fstest.MapFile{Data: []byte(x)}
	}
	done := false
	stop := c.Changed.Listen(func() { done = true })
	c.Read(files)
	c.RunUntil(func() bool { return done }, "the lessons are read")
	stop()
}

// tell has the broker say something.
func (c *class) tell(all ...broker.TraceEvent) { c.report(all, 0) }

var started = broker.TraceEvent{Kind: broker.TraceStarted}

func connects(id string, role broker.Role, base string) broker.TraceEvent {
	return broker.TraceEvent{Kind: broker.TraceConnected, Client: id, Session: &broker.Session{Client: id, Role: role, Base: base, Connected: true}}
}

func publishes(id, topic, payload string) broker.TraceEvent {
	return broker.TraceEvent{Kind: broker.TracePublished, Client: id, Topic: topic, Payload: []byte(payload), Size: len(payload), Message: 1}
}

const lesson = `# T
aim: a
take: b
## One
check: published topic=x payload=1 by=program
hint 30: first
hint 60: second
## Two
check: connected by=program
check: published topic=x payload=2
## Three
check: delivered topic=x payload=3 to=program
`

func (c *class) step(t *testing.T) int {
	t.Helper()
	s, ok := c.State()
	if !ok {
		t.Fatal("no lesson is open")
	}
	return s.Step
}

func TestStepsAreTickedInTheirOrderAsTheyReallyHappen(t *testing.T) {
	c := newClass(t, t.TempDir())
	c.read(lesson)
	if c.Open("z") || !c.Open("a") || c.traces != 1 {
		t.Fatal("the lesson does not open")
	}
	c.tell(started, connects("p", broker.Pupil, ""))
	c.tell(publishes("p", "x", "2"))
	if c.step(t) != 0 {
		t.Error("a later step's doing counts for the first")
	}
	c.tell(publishes("p", "x", "1"))
	s, _ := c.State()
	if s.Step != 1 || !slices.Equal(s.Met, []bool{true, false}) {
		t.Errorf("who is connected already is not seen: %+v", s)
	}
	c.tell(publishes("p", "x", "2"))
	three := publishes("w", "x", "3")
	three.Message = 7
	c.tell(three, broker.TraceEvent{Kind: broker.TraceDelivered, Client: "p", Topic: "x", Size: 1, Message: 7})
	if s, _ := c.State(); !s.IsSolved() {
		t.Errorf("not solved: %+v", s)
	}
	if e := c.Entries(false)[0]; !e.IsSolved() {
		t.Errorf("%+v", e)
	}
	c.Leave()
	if c.traces != 0 {
		t.Error("the broker is followed though no lesson is open")
	}
}

func TestWhoIsBehindAClientIsKnown(t *testing.T) {
	c := newClass(t, t.TempDir())
	c.store.Update(func(v *settings.Values) {
		v.Boards = []settings.Board{{ID: "1", Base: "class/real"}, {ID: "2", Base: "class/practice", Practice: true}, {ID: "3", Base: "class/far", Connection: "x"}, {ID: "4", Base: "class/my-lamp", Goal: device.SettingsOnly}, {ID: "5", Base: "class/played", Goal: device.SettingsOnly, Practice: true}}
	})
	c.read(lesson)
	c.sessions = []broker.Session{
		{Client: "w", Role: broker.App, Connected: true},
		{Client: "lamp-2", Role: broker.Board, Base: "class/practice", Connected: true},
		{Client: "lamp-1", Role: broker.Board, Base: "class/real", Connected: true},
		{Client: "p", Role: broker.Pupil, Connected: true},
		{Client: "typed", Role: broker.Board, Base: "class/my-lamp", Connected: true},
		{Client: "played", Role: broker.Board, Base: "class/played", Connected: true},
		{Client: "siot", Role: broker.Lesson, Connected: true},
		{Client: "guest", Role: broker.Pupil, Guest: true, Connected: true},
		{Client: "lamplighter-0a1b2c3d4e", User: "pupil", Role: broker.Pupil, Connected: true},
	}
	c.Open("a")
	c.tell(started)
	for id, want := range map[string]Actor{
		"w": Window, "lamp-2": Lamp, "lamp-1": Board, "p": Program, "typed": Program, "siot": Program, "": Nobody, "line": Sender,
		"played": Board, "guest": Program, "lamplighter-0a1b2c3d4e": Other, "new": Other,
	} {
		if got := c.actorOf(broker.TraceEvent{Client: id}); got != want {
			t.Errorf("%q is %s, want %s", id, got, want)
		}
	}
	if got := c.Lamps(); !slices.Equal(got, []string{"class/practice", "class/real"}) {
		t.Errorf("lamps %q", got)
	}
	c.SetLamp("class/real")
	if got := c.actorOf(broker.TraceEvent{Client: "lamp-1"}); got != Lamp || c.Blanks().Fill("{room} {lamp}") != "class class/real" {
		t.Errorf("another lamp is chosen, and this is %s", got)
	}
}

func TestALessonIsTakenUpWhereItWasLeft(t *testing.T) {
	dir := t.TempDir()
	c := newClass(t, dir)
	c.read(lesson)
	c.Open("a")
	c.tell(started, connects("p", broker.Pupil, ""), publishes("p", "x", "1"))
	c.Leave()
	if s, _ := c.State(); s.Resumed {
		t.Error("a lesson that is not open is taken up again")
	}
	if c.Open("a"); c.step(t) != 1 {
		t.Errorf("at step %d", c.step(t))
	}
	if s, _ := c.State(); !s.Resumed {
		t.Error("it is not said that it is taken up again")
	}
	c.Restart()
	if s, _ := c.State(); s.Resumed || c.step(t) != 0 || c.Entries(true)[0].Done != 1 {
		t.Error("begun anew, or forgotten")
	}
	c.Close()
	if err := c.store.Close(); err != nil {
		t.Fatal(err)
	}
	later := newClass(t, dir)
	later.read(lesson)
	if later.Open("a"); later.step(t) != 1 {
		t.Errorf("after a restart at step %d", later.step(t))
	}
}

func TestHintsComeAfterTheirWaitAndGoWithTheirStep(t *testing.T) {
	c := newClass(t, t.TempDir())
	c.read(lesson)
	c.Open("a")
	c.tell(started)
	for after, want := range map[time.Duration]int{0: 0, 29 * time.Second: 0, 30 * time.Second: 1, time.Hour: 2} {
		c.now = time.Date(2026, 9, 1, 8, 0, 0, 0, time.Local).Add(after)
		if s, _ := c.State(); len(s.Hints) != want {
			t.Errorf("%d hints after %v", len(s.Hints), after)
		}
	}
	c.tell(connects("p", broker.Pupil, ""), publishes("p", "x", "1"))
	if s, _ := c.State(); len(s.Hints) != 0 {
		t.Error("the hints of another step are shown")
	}
}

func TestWhatWasNotSeenIsTold(t *testing.T) {
	c := newClass(t, t.TempDir())
	c.read(lesson)
	c.Open("a")
	c.report([]broker.TraceEvent{started}, 3)
	if s, _ := c.State(); !s.Lost {
		t.Error("lost events are not told")
	}
}

func TestTheTeacherHidesAndOrdersLessons(t *testing.T) {
	c := newClass(t, t.TempDir())
	c.read(lesson, lesson, lesson)
	ids := func(all bool) string {
		var list []string
		for _, e := range c.Entries(all) {
			list = append(list, e.ID)
		}
		return strings.Join(list, "")
	}
	c.Move("c", -2)
	c.Hide("a", true)
	c.Move("z", 1)
	if ids(true) != "cab" || ids(false) != "cb" {
		t.Errorf("all %q, shown %q", ids(true), ids(false))
	}
	c.Open("c")
	if next, ok := c.Next(); !ok || next != "b" {
		t.Errorf("next is %q", next)
	}
	c.Open("b")
	if _, ok := c.Next(); ok {
		t.Error("something comes after the last")
	}
	c.Move("a", 99)
	c.Hide("a", false)
	if ids(false) != "cba" {
		t.Error(ids(false))
	}
}

func TestWhoSolvedWhatIsKeptOnlyWhereTheTeacherWantsIt(t *testing.T) {
	c := newClass(t, t.TempDir())
	c.read("# T =1+1\naim: a\ntake: b\n## One\ncheck: published topic=x\n")
	solve := func() {
		c.Open("a")
		c.tell(started, publishes("p", "x", "1"))
	}
	solve()
	if len(c.Solved()) != 0 {
		t.Fatal("kept though nobody wants it")
	}
	c.SetKeep(true)
	c.SetLearner(PupilLearner + "7")
	if c.Entries(true)[0].Done != 0 {
		t.Error("another pupil's progress is shown")
	}
	solve()
	solve()
	if all := c.Solved(); len(all) != 1 || all[0].Learner != "pupil-7" || all[0].ID != "a" {
		t.Fatalf("%+v", all)
	}
	c.SetLearner("")
	c.SetLearner(PupilLearner + "7")
	if !c.Entries(true)[0].IsSolved() {
		t.Error("what this pupil has solved before is not shown")
	}
	table := string(c.CSV(Heads{"Who", "Lesson", "Date", "Time"}, func(string) string { return "=Wang" }))
	if want := "\ufeffWho,Lesson,Date,Time\r\n'=Wang,T =1+1,2026-09-01,08:00\r\n"; table != want {
		t.Errorf("%q", table)
	}
	c.Erase()
	if len(c.Solved()) != 0 || c.Entries(true)[0].Done != 0 {
		t.Error("not erased")
	}
	c.SetKeep(false)
	if keeps, who := c.Keeps(); keeps || who != "" {
		t.Error("it is still kept")
	}
}

func TestTheTeachersOwnLessonsComeLastAndWrongOnesAreTold(t *testing.T) {
	c := newClass(t, t.TempDir())
	if err := os.MkdirAll(filepath.Join(c.Folder(), "folder.md"), 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(c.Folder(), name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("ours.md", lesson)
	write("wrong.md", strings.Replace(lesson, "aim:", "goal:", 1))
	write("large.md", strings.Repeat("x", MaxFile+1))
	write("notes.txt", "no lesson")
	c.read(lesson)
	list := c.Entries(false)
	if len(list) != 2 || list[1].ID != "own/ours" || !list[1].Own || list[0].Own {
		t.Errorf("%+v", list)
	}
	var wrong []string
	for _, e := range c.Wrong() {
		wrong = append(wrong, e.Error())
	}
	slices.Sort(wrong)
	if got := strings.Join(wrong, ", "); got != `folder.md:0: unreadable "", large.md:0: large "", wrong.md:2: word "goal: a"` {
		t.Error(got)
	}
	write("wrong.md", lesson)
	c.ReadAgain()
	c.RunUntil(func() bool { return len(c.Entries(false)) == 3 }, "the mended lesson")
}

func TestOfTwoClientsWithOneIDTheOneThatConnectedLastHasIt(t *testing.T) {
	c := newClass(t, t.TempDir())
	c.read(lesson)
	c.Open("a")
	c.tell(started)
	gone := broker.TraceEvent{Kind: broker.TraceDisconnected, Client: MyID, Departure: broker.LeftTakenOver}
	for i, x := range []struct{ now, thrown Actor }{{Me, Me}, {Friend, Me}, {Me, Friend}} {
		tool := c.Me
		if x.now == Friend {
			tool = c.Friend
		}
		if err := tool.Connect(c.Login(MyID)); err != nil {
			t.Fatal(err)
		}
		if now, thrown := c.actorOf(connects(MyID, broker.Pupil, "")), c.actorOf(gone); now != x.now || thrown != x.thrown {
			t.Errorf("connection %d: %s is there and %s is thrown out, want %s and %s", i, now, thrown, x.now, x.thrown)
		}
	}
}

// What the broker tells may be ahead of what the client knows.
func TestAClientThatIsConnectedCountsInTheNextStepToo(t *testing.T) {
	c := newClass(t, t.TempDir())
	b, err := broker.Start(broker.Options{Dir: t.TempDir(), Host: "127.0.0.1", Classroom: "class"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	if err := b.SetAccount(broker.Account{User: "pupil", Role: broker.Pupil}, "word"); err != nil {
		t.Fatal(err)
	}
	c.at = endpoint.Endpoint{Host: "127.0.0.1", Port: b.Port()}
	c.read("# T\naim: a\ntake: b\n## One\ncheck: connected by=me\n## Two\ncheck: connected by=me\n")
	c.Open("a")
	c.tell(started)
	if err := c.Me.Connect(c.Login(MyID)); err != nil {
		t.Fatal(err)
	}
	c.tell(connects(MyID, broker.Pupil, ""))
	if c.step(t) != 1 {
		t.Errorf("step %d while the answer to the client is on its way", c.step(t))
	}
	c.RunUntil(func() bool { s, _ := c.State(); return s.IsSolved() }, "the second step")
}

func TestAClientOfTheLessonIsNoPupilsProgramAfterItHasChangedItsID(t *testing.T) {
	c := newClass(t, t.TempDir())
	c.read("# T\naim: a\ntake: b\n## One\ncheck: connected by=program\n")
	c.Open("a")
	c.tell(started)
	for _, id := range []string{"first", "second"} {
		if err := c.Me.Connect(c.Login(id)); err != nil {
			t.Fatal(err)
		}
	}
	c.tell(connects("first", broker.Pupil, ""), connects("second", broker.Pupil, ""))
	if c.step(t) != 0 {
		t.Error("what comes late of its first id is taken for a program's")
	}
	c.tell(connects("thonny", broker.Pupil, ""))
	if s, _ := c.State(); !s.IsSolved() {
		t.Error("a pupil's program is not seen")
	}
}
