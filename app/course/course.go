package course

import (
	"io/fs"
	"slices"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/course/client"
	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
	"lamplighter/app/watch"
	"lamplighter/device"
)

// Options are what a Course works with.
type Options struct {
	Settings *settings.Store
	Dir      string // the data folder, where lessons/ has the teacher's own
	Post     func(func())
	Now      func() time.Time // nil: time.Now

	// Trace has report told of what the built-in broker does, until stop; Sessions
	// lists who is there. See hosting.Host.
	Trace    func(report func(batch []broker.TraceEvent, lost int)) (stop func())
	Sessions func() []broker.Session
	// Broker is how a pupil's client reaches the built-in broker. From any goroutine.
	Broker func() (endpoint.Endpoint, bool)
	// Pupil is the login of pupils' programs.
	Pupil func() (user, password string)
	// Pace is the pause between two numbers on the lossy line; 0 = none.
	Pace time.Duration
}

// The client ids that the lessons' own clients begin with.
const (
	MyID     = "me"
	FriendID = "friend"
	SenderID = "line"
	OwnID    = "my-program"
)

// Course is the lessons, and the one that is open.
type Course struct {
	Changed watch.Signal // raised when anything here has another answer

	// Me and Friend are the clients that a pupil steers, Own plays a pupil's program on
	// a board, and Line sends numbers.
	Me, Friend, Own *client.Client
	Line            *client.Sender

	o       Options
	files   fs.FS
	lessons []Lesson // the program's, then the teacher's
	wrong   []*ParseError
	reads   int // number of the last reading; what an earlier one brings is dropped

	lamp  string // base of the lesson's lamp; "" = the first there is
	run   *run
	world world
	stop  func() // ends the trace; nil while no lesson is open

	listens bool  // Own runs the program that subscribes
	newest  Actor // Me or Friend: which of them connected last

	used map[string]Actor // whose the client ids are that Me and Friend have had in this lesson, at most maxUsed
}

// New makes a course without lessons: Read reads them.
func New(o Options) *Course {
	if o.Now == nil {
		o.Now = time.Now
	}
	c := &Course{o: o, world: newWorld(), used: map[string]Actor{}}
	tool := client.Options{Broker: o.Broker, Post: o.Post, Refused: c.refused}
	c.Me, c.Friend, c.Own, c.Line = client.New(tool), client.New(tool), client.New(tool), client.NewSender(tool, o.Pace)
	c.Own.Changed.Listen(c.goOn)
	c.Me.Changed.Listen(func() { c.connects(c.Me, Me) })
	c.Friend.Changed.Listen(func() { c.connects(c.Friend, Friend) })
	for _, x := range []*client.Client{c.Me, c.Friend, c.Own} {
		c.whenOnline(x)
	}
	for _, s := range []*watch.Signal{&c.Me.Changed, &c.Friend.Changed, &c.Own.Changed, &c.Line.Changed} {
		s.Listen(c.Changed.Raise)
	}
	return c
}

// Entry is a lesson as the list shows it.
type Entry struct {
	Lesson
	Done   int // steps
	Hidden bool
}

// IsSolved reports whether all steps are done.
func (e Entry) IsSolved() bool { return e.Done >= len(e.Steps) }

// Entries lists the lessons, in the teacher's order; hidden ones only where all is
// asked for.
func (c *Course) Entries(all bool) (list []Entry) {
	l := c.o.Settings.Snapshot().Lessons
	for _, x := range c.ordered(l.Order) {
		e := Entry{Lesson: x, Done: min(progressOf(l, x.ID), len(x.Steps)), Hidden: slices.Contains(l.Hidden, x.ID)}
		if all || !e.Hidden {
			list = append(list, e)
		}
	}
	return list
}

// ordered puts first what the teacher has put first.
func (c *Course) ordered(order []string) []Lesson {
	place := func(x Lesson) int {
		if i := slices.Index(order, x.ID); i >= 0 {
			return i
		}
		return len(order)
	}
	all := slices.Clone(c.lessons)
	slices.SortStableFunc(all, func(a, b Lesson) int { return place(a) - place(b) })
	return all
}

func progressOf(l settings.Lessons, id string) int {
	for _, p := range l.Progress {
		if p.ID == id {
			return p.Steps
		}
	}
	return 0
}

// Wrong are the teacher's own lessons that can't be read, and why.
func (c *Course) Wrong() []*ParseError { return slices.Clone(c.wrong) }

// Hide hides a lesson from pupils, or shows it again.
func (c *Course) Hide(id string, on bool) {
	c.update(func(l *settings.Lessons) {
		l.Hidden = slices.DeleteFunc(l.Hidden, func(x string) bool { return x == id })
		if on {
			l.Hidden = append(l.Hidden, id)
		}
	})
}

// Move moves a lesson by so many places in the list of all, up where it is negative.
func (c *Course) Move(id string, by int) {
	var ids []string
	for _, e := range c.Entries(true) {
		ids = append(ids, e.ID)
	}
	from := slices.Index(ids, id)
	if from < 0 {
		return
	}
	ids = slices.Delete(ids, from, from+1)
	ids = slices.Insert(ids, min(max(from+by, 0), len(ids)), id)
	c.update(func(l *settings.Lessons) { l.Order = ids })
}

func (c *Course) update(change func(*settings.Lessons)) {
	c.o.Settings.Update(func(v *settings.Values) { change(&v.Lessons) })
	c.Changed.Raise()
}

// Lamps lists the bases of the lamps on the built-in broker that a lesson can have,
// practice boards first.
func (c *Course) Lamps() (bases []string) {
	var others []string
	for _, b := range c.o.Settings.Snapshot().Boards {
		switch {
		case b.Connection != "" || b.Foreign || b.Base == "" || b.Goal == device.SettingsOnly:
		case b.Practice:
			bases = append(bases, b.Base)
		default:
			others = append(others, b.Base)
		}
	}
	return append(bases, others...)
}

// Lamp is the base of the lesson's lamp, or "" where there is none.
func (c *Course) Lamp() string {
	all := c.Lamps()
	if slices.Contains(all, c.lamp) || len(all) == 0 {
		return c.lamp
	}
	return all[0]
}

// SetLamp has the lesson use another lamp, and begin its step again.
func (c *Course) SetLamp(base string) {
	if base != c.Lamp() {
		c.lamp = base
		c.restartStep()
	}
}

// Blanks are what stands for the blanks of the lessons now.
func (c *Course) Blanks() Blanks {
	b := Blanks{c.Lamp(), c.o.Settings.Snapshot().Classroom}
	if b.Lamp == "" {
		b.Lamp = b.TopicPrefix + "/lamp-01"
	}
	return b
}

// Login is the login of a pupil's client with this id.
func (c *Course) Login(id string) client.Login {
	user, password := c.o.Pupil()
	return client.Login{ID: id, User: user, Password: password}
}

// SendNumbers sends the numbers 1 to 10 over the lossy line.
func (c *Course) SendNumbers(qos byte) {
	c.Line.Send(c.Login(SenderID), c.Blanks().TopicPrefix+"/numbers", qos)
}

// LampTopic is where the tutorial's lamp, which Own plays, takes its commands: a topic
// that a board of this name may hear, and that pupils may publish to.
func (c *Course) LampTopic() string { return c.Blanks().TopicPrefix + "/my-lamp/set" }

// RunProgram has Own play a pupil's program: the two lines, which only connect, or
// the tutorial's lamp, which subscribes to LampTopic.
func (c *Course) RunProgram(lamp bool) {
	c.listens = lamp
	_ = c.Own.Connect(c.Login(OwnID)) // such an id can be had
}

// goOn goes on with the program that Own plays.
func (c *Course) goOn() {
	if phase, _ := c.Own.Phase(); phase == client.Online && c.listens && len(c.Own.Filters()) == 0 {
		c.listens = c.Own.Subscribe(c.LampTopic(), 0) != nil
	}
}

// Open opens a lesson at the first step that is not done; one that is done begins
// again. It reports whether there is such a lesson.
func (c *Course) Open(id string) bool {
	i := slices.IndexFunc(c.lessons, func(l Lesson) bool { return l.ID == id })
	if i < 0 {
		return false
	}
	c.Leave()
	l := c.lessons[i]
	done := progressOf(c.o.Settings.Snapshot().Lessons, id)
	if done >= len(l.Steps) {
		done = 0
	}
	c.run = &run{lesson: l, step: done, resumed: done > 0}
	c.begin()
	c.stop = c.o.Trace(c.observe)
	c.Changed.Raise()
	return true
}

// Leave closes the lesson, which can be taken up again where it was left.
func (c *Course) Leave() {
	if c.run == nil {
		return
	}
	c.stop()
	c.run.quiet()
	c.stop, c.run = nil, nil
	c.world = newWorld()
	clear(c.used)
	c.Me.Disconnect()
	c.Friend.Disconnect()
	c.Own.Disconnect()
	c.Line.Stop()
	c.Changed.Raise()
}

// Restart begins the open lesson anew.
func (c *Course) Restart() {
	if c.run != nil {
		c.run.step, c.run.resumed = 0, false
		c.begin()
		c.Changed.Raise()
	}
}

// Next is the lesson after the open one, or false where that is the last.
func (c *Course) Next() (id string, ok bool) {
	list := c.Entries(false)
	i := slices.IndexFunc(list, func(e Entry) bool { return c.run != nil && e.ID == c.run.lesson.ID })
	if i < 0 || i+1 == len(list) {
		return "", false
	}
	return list[i+1].ID, true
}

// Close ends everything.
func (c *Course) Close() {
	c.reads++
	c.Leave()
}
