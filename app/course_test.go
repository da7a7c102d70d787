package app_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"lamplighter/app"
	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/course"
	"lamplighter/app/course/client"
	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/i18n/lessons"
)

// classroom is the program with a practice board, and a pupil who learns.
type classroom struct {
	*testing.T
	loop  *apptest.Loop
	app   *app.App
	c     *course.Course
	base  string
	bells int
	rung  map[string]bool // bells that the course was told of
}

func newClassroom(t *testing.T) *classroom {
	t.Helper()
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	s := &classroom{T: t, loop: loop, app: a, rung: map[string]bool{}}
	s.base = setUp(t, loop, a).Base
	s.c = course.New(course.Options{
		Settings: a.Settings, Dir: t.TempDir(), Post: loop.Post, Sessions: a.Hosting.Sessions, Pupil: a.Hosting.Pupils,
		Broker: func() (endpoint.Endpoint, bool) {
			o, ok := a.Hosting.Link()
			return endpoint.Endpoint{Host: o.Host, Port: o.Port}, ok
		},
		Trace: func(report func([]broker.TraceEvent, int)) func() {
			return a.Hosting.Trace(func(batch []broker.TraceEvent, lost int) {
				report(batch, lost)
				for _, e := range batch {
					if e.Kind == broker.TracePublished && e.Topic == "class/bell" {
						s.rung[string(e.Payload)] = true
					}
				}
			})
		},
	})
	t.Cleanup(s.c.Close)
	s.c.Read(lessons.In("en"))
	loop.RunUntil(func() bool { return len(s.c.Entries(true)) > 0 }, "the lessons")
	return s
}

// ring waits until the course knows of all that a client has done so far.
func (s *classroom) ring(c *client.Client) {
	s.Helper()
	s.bells++
	n := fmt.Sprint(s.bells)
	s.publish(c, "class/bell", n, 0, false)
	s.loop.RunUntil(func() bool { return s.rung[n] }, "the bell", n)
}

func (s *classroom) connect(c *client.Client, id string) {
	s.Helper()
	if err := c.Connect(s.c.Login(id)); err != nil {
		s.Fatal(err)
	}
	s.loop.RunUntil(func() bool { p, _ := c.Phase(); return p == client.Online }, id, "is connected")
}

func (s *classroom) me()     { s.Helper(); s.connect(s.c.Me, course.MyID) }
func (s *classroom) friend() { s.Helper(); s.connect(s.c.Friend, course.FriendID) }

func (s *classroom) subscribe(c *client.Client, filter string, qos byte) {
	s.Helper()
	if err := c.Subscribe(s.fill(filter), qos); err != nil {
		s.Fatal(err)
	}
	s.loop.RunUntil(func() bool {
		i := slices.IndexFunc(c.Filters(), func(f client.Filter) bool { return f.Filter == s.fill(filter) && f.Answered })
		return i >= 0
	}, filter, "is answered")
}

func (s *classroom) publish(c *client.Client, topic, payload string, qos byte, retained bool) {
	s.Helper()
	if err := c.Publish(s.fill(topic), []byte(payload), qos, retained); err != nil {
		s.Fatal(err)
	}
}

func (s *classroom) fill(text string) string { return s.c.Blanks().Fill(text) }

// numbers sends the numbers by another way than the lossy line, as a cheat does.
func (s *classroom) numbers(qos byte, list string) {
	for _, n := range strings.Fields(list) {
		s.publish(s.c.Me, "{room}/numbers", n, qos, false)
	}
}

func (s *classroom) line(qos byte) {
	s.c.SendNumbers(qos)
	s.loop.RunUntil(func() bool { return !s.c.Line.Sent().Running }, "the numbers")
	if err := s.c.Line.Sent().Err; err != nil {
		s.Fatal(err)
	}
}

// wrongPassword tries to connect without the class's password.
func (s *classroom) wrongPassword(c *client.Client, id string) {
	l := s.c.Login(id)
	l.Password = "guessed"
	if err := c.Connect(l); err != nil {
		s.Fatal(err)
	}
	s.loop.RunUntil(func() bool { p, _ := c.Phase(); return p == client.Refused }, "the refusal")
}

func (s *classroom) lamp() lights.Light {
	l, _ := s.app.Lights.Light(s.base)
	return l
}

func (s *classroom) unplug(how func()) {
	s.loop.RunUntil(func() bool { return s.lamp().IsOnline() }, "the lamp is here")
	how()
	s.loop.RunUntil(func() bool { return s.lamp().Phase == lights.Offline }, "the lamp is gone")
}

// stroke is a step: what a pupil does who almost does it, and one who does.
type stroke struct{ almost, does func(*classroom) }

func nothing(*classroom) {}

// strokes are the steps of each lesson, in the order of the list.
var strokes = []struct {
	id    string
	steps []stroke
}{
	{"01-publish", []stroke{
		{nothing, func(s *classroom) { s.app.Boards.Practice.Boards()[0].Plug() }},
		{func(s *classroom) { s.wrongPassword(s.c.Me, course.MyID); s.friend(); s.ring(s.c.Friend) }, (*classroom).me},
		{func(s *classroom) {
			s.publish(s.c.Me, "{lamp}/light", "on", 1, false)
			s.publish(s.c.Me, "{lamp}/light/set", "TOGGLE", 0, false)
			s.publish(s.c.Friend, "{lamp}/light/set", "toggle", 0, false)
			s.ring(s.c.Friend)
			s.ring(s.c.Me)
		}, func(s *classroom) { s.publish(s.c.Me, "{lamp}/light/set", "toggle", 0, false) }},
		{func(s *classroom) { s.publish(s.c.Me, "{lamp}/light/set", "off", 0, false); s.ring(s.c.Me) }, func(s *classroom) {
			s.loop.RunUntil(func() bool { return s.lamp().Phase == lights.Confirmed }, "the lamp's word")
			if err := s.app.Lights.Switch(s.base, s.lamp().State != lights.On); err != nil {
				s.Fatal(err)
			}
		}},
	}},
	{"02-subscribe", []stroke{
		{func(s *classroom) { s.me(); s.ring(s.c.Me) }, (*classroom).friend},
		{func(s *classroom) {
			s.subscribe(s.c.Friend, "{room}/helo", 0)
			s.subscribe(s.c.Me, "/{room}/hello", 0)
			s.ring(s.c.Friend)
		}, func(s *classroom) { s.subscribe(s.c.Friend, "{room}/hello", 0) }},
		{func(s *classroom) {
			s.publish(s.c.Me, "{room}/Hello", "hi", 0, false)
			s.publish(s.c.Friend, "{room}/hello", "hi", 0, false)
			s.ring(s.c.Friend)
			s.ring(s.c.Me)
		}, func(s *classroom) { s.publish(s.c.Me, "{room}/hello", "hi", 0, false) }},
		{func(s *classroom) { s.subscribe(s.c.Me, "{room}/hello", 0); s.ring(s.c.Me) }, func(s *classroom) { s.publish(s.c.Me, "{room}/hello", "hi", 0, false) }},
	}},
	{"03-wildcards", []stroke{
		{func(s *classroom) { s.friend(); s.ring(s.c.Friend) }, (*classroom).me},
		{func(s *classroom) {
			for _, f := range []string{"{room}/#", "{room}/Sensor/room1/temperature", "{room}/+/+/+", "{room}/Sensor/#"} {
				s.subscribe(s.c.Friend, f, 0)
			}
			s.subscribe(s.c.Me, "{room}/Sensor/+/temperature", 0)
			s.ring(s.c.Friend)
			s.ring(s.c.Me)
		}, func(s *classroom) { s.subscribe(s.c.Friend, "{room}/Sensor/+/temperature", 0) }},
		{func(s *classroom) {
			s.publish(s.c.Me, "{room}/Sensor/room1/humidity", "40", 0, false)
			s.publish(s.c.Friend, "{room}/Sensor/room1/temperature", "21", 0, false)
			s.ring(s.c.Friend)
			s.ring(s.c.Me)
		}, func(s *classroom) { s.publish(s.c.Me, "{room}/Sensor/room7/temperature", "21", 0, false) }},
		{func(s *classroom) { s.subscribe(s.c.Friend, "{room}/Sensor/room1/+", 0); s.ring(s.c.Friend) }, func(s *classroom) { s.subscribe(s.c.Friend, "{room}/Sensor/room1/#", 0) }},
	}},
	{"04-retained", []stroke{
		{func(s *classroom) { s.me(); s.publish(s.c.Me, "{room}/weather", "sun", 0, true); s.ring(s.c.Me) }, func(s *classroom) { s.publish(s.c.Me, "{room}/weather", "rain", 0, false) }},
		{func(s *classroom) { s.friend(); s.subscribe(s.c.Friend, "{room}/Weather", 0); s.ring(s.c.Friend) }, func(s *classroom) { s.subscribe(s.c.Friend, "{room}/weather", 0) }},
		{func(s *classroom) { s.publish(s.c.Me, "{room}/weather", "sun", 0, false); s.ring(s.c.Me) }, func(s *classroom) { s.publish(s.c.Me, "{room}/weather", "sun", 0, true) }},
		{func(s *classroom) {
			s.subscribe(s.c.Me, "{room}/weather", 0) // another one is told
			s.publish(s.c.Me, "{room}/weather", "snow", 0, true)
			s.ring(s.c.Me)
			s.ring(s.c.Friend) // who was there before gets it as a new one
		}, func(s *classroom) { s.friend(); s.subscribe(s.c.Friend, "{room}/weather", 0) }},
		{func(s *classroom) { s.publish(s.c.Me, "{room}/weather", "", 0, false); s.ring(s.c.Me) }, func(s *classroom) { s.publish(s.c.Me, "{room}/weather", "", 0, true) }},
	}},
	{"05-will", []stroke{
		{func(s *classroom) { s.me(); s.subscribe(s.c.Me, "{lamp}/light", 0); s.ring(s.c.Me) }, func(s *classroom) { s.subscribe(s.c.Me, "{lamp}/status", 0) }},
		{func(s *classroom) { // a goodbye, as at the end of the program: the board itself says offline
			s.unplug(s.app.Boards.Practice.Close)
			s.ring(s.c.Me)
			s.app.Boards.Practice.Boards()[0].Unplug() // and nothing is left to be lost
			s.ring(s.c.Me)
			s.app.Boards.Practice.Boards()[0].Plug()
		}, func(s *classroom) { s.unplug(s.app.Boards.Practice.Boards()[0].Unplug) }},
		{func(s *classroom) { s.publish(s.c.Me, "{lamp}/status", "online", 0, false); s.ring(s.c.Me) }, func(s *classroom) { s.app.Boards.Practice.Boards()[0].Plug() }},
	}},
	{"06-qos", []stroke{
		{func(s *classroom) { s.me(); s.subscribe(s.c.Me, "{room}/numbers", 1); s.ring(s.c.Me) }, func(s *classroom) { s.subscribe(s.c.Me, "{room}/numbers", 2) }},
		{func(s *classroom) { s.line(2); s.numbers(0, "1 2 4"); s.ring(s.c.Me) }, func(s *classroom) { s.line(0) }},
		{func(s *classroom) { s.line(0); s.numbers(1, "1 2 3 4 5 5 6 7 8 9 10"); s.ring(s.c.Me) }, func(s *classroom) { s.line(1) }},
		{func(s *classroom) { s.line(1); s.numbers(2, "1 2 3 4 5 6 7 8 9 10"); s.ring(s.c.Me) }, func(s *classroom) { s.line(2) }},
	}},
	{"07-one-id", []stroke{
		{func(s *classroom) { s.friend(); s.ring(s.c.Friend) }, (*classroom).me},
		{func(s *classroom) { s.connect(s.c.Friend, "Me"); s.c.Me.Disconnect(); s.me(); s.ring(s.c.Me) }, func(s *classroom) { s.connect(s.c.Friend, course.MyID) }},
		{func(s *classroom) { s.ring(s.c.Friend) }, (*classroom).me},
		{func(s *classroom) { s.ring(s.c.Me) }, (*classroom).friend},
	}},
	{"08-rights", []stroke{
		{func(s *classroom) { s.wrongPassword(s.c.Friend, course.FriendID); s.me(); s.ring(s.c.Me) }, func(s *classroom) { s.wrongPassword(s.c.Me, course.MyID) }},
		{func(s *classroom) { s.friend(); s.ring(s.c.Friend) }, (*classroom).me},
		{func(s *classroom) { s.publish(s.c.Me, "{room}/light", "on", 0, false); s.ring(s.c.Me) }, func(s *classroom) { s.publish(s.c.Me, "{lamp}/light", "on", 0, false) }},
		{func(s *classroom) { s.publish(s.c.Me, "{lamp}/set", "toggle", 0, false); s.ring(s.c.Me) }, func(s *classroom) { s.publish(s.c.Me, "{lamp}/light/set", "toggle", 0, false) }},
	}},
	{"09-payload", []stroke{
		{func(s *classroom) { s.me(); s.subscribe(s.c.Me, "{room}/Box", 0); s.ring(s.c.Me) }, func(s *classroom) { s.subscribe(s.c.Me, "{room}/box", 0) }},
		{box("21.5"), box("warm")},
		{box("21,5"), box("21.5")},
		{box("{“temp”: 21.5}"), box(`{"temp": 21.5}`)},
		{box("00 2A FF"), box("\x00\x2a\xff")},
	}},
	{"10-program", []stroke{
		{func(s *classroom) { s.me(); s.ring(s.c.Me) }, func(s *classroom) { s.c.RunProgram(false) }},
		{func(s *classroom) { s.subscribe(s.c.Me, "{room}/my-lamp/set", 0); s.ring(s.c.Me) }, func(s *classroom) { s.c.RunProgram(true) }},
		{func(s *classroom) {
			s.loop.RunUntil(func() bool { f := s.c.Own.Filters(); return len(f) == 1 && f[0].Answered }, "the program listens")
			s.publish(s.c.Me, "{room}/my-lamp/set", "off", 0, false)
			s.ring(s.c.Me)
		}, func(s *classroom) { s.publish(s.c.Me, "{room}/my-lamp/set", "on", 0, false) }},
	}},
}

// box publishes to the box of the ninth lesson, and waits until that is known.
func box(payload string) func(*classroom) {
	return func(s *classroom) { s.publish(s.c.Me, "{room}/box", payload, 0, false); s.ring(s.c.Me) }
}

func TestLessons(t *testing.T) {
	s := newClassroom(t)
	s.app.Boards.Practice.Boards()[0].Unplug()
	s.loop.RunUntil(func() bool { // its will comes before the broker has taken it off its list
		return s.lamp().Phase == lights.Offline && !slices.ContainsFunc(s.app.Hosting.Sessions(), func(x broker.Session) bool { return x.Connected && x.Base == s.base })
	}, "no lamp is here")
	entries := s.c.Entries(true)
	if len(entries) != len(strokes) || len(s.c.Wrong()) > 0 {
		t.Fatalf("%d lessons, %d are tried; wrong %v", len(entries), len(strokes), s.c.Wrong())
	}
	for i, x := range strokes {
		if entries[i].ID != x.id || len(entries[i].Steps) != len(x.steps) {
			t.Fatalf("lesson %d is %s with %d steps, %s with %d is tried", i, entries[i].ID, len(entries[i].Steps), x.id, len(x.steps))
		}
		s.learn(x.id, x.steps)
		t.Logf("%s: solved step by step, and not by who almost did it", x.id)
	}
}

// learn goes through a lesson.
func (s *classroom) learn(id string, steps []stroke) {
	s.Helper()
	if !s.c.Open(id) {
		s.Fatalf("%s does not open", id)
	}
	step := func() int { st, _ := s.c.State(); return st.Step }
	for i, x := range steps {
		s.loop.Describe = func() string {
			st, _ := s.c.State()
			return fmt.Sprintf("%s, step %d of %d, met %v", id, st.Step, i, st.Met)
		}
		x.almost(s)
		s.loop.Run()
		if step() != i {
			s.Fatalf("%s: step %d is taken for done by who almost did it; now at %d", id, i, step())
		}
		x.does(s)
		s.loop.RunUntil(func() bool { return step() == i+1 }, "the step's tick")
	}
	if st, _ := s.c.State(); !st.IsSolved() || st.Lost {
		s.Errorf("%s: %+v", id, st)
	}
	s.c.Leave()
}

func TestAPupilsProgramIsToldFromTheLessonsOwnClients(t *testing.T) {
	s := newClassroom(t)
	s.c.Open("10-program")
	dial := func(id, user, password string) {
		t.Helper()
		o, _ := s.app.Hosting.Link()
		o.ClientID, o.User, o.Password = id, user, password
		shot, err := link.DialOnce(context.Background(), o, []string{s.fill("{room}/my-lamp/set")}, func(link.Message) {}, func(error) {})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(shot.Close)
	}
	user, password := s.app.Hosting.Pupils()
	dial("", user, password) // as the window of another computer does
	s.me()
	s.ring(s.c.Me)
	if st, _ := s.c.State(); st.Step != 0 {
		t.Fatalf("a client that is no pupil's program is taken for one: step %d", st.Step)
	}
	dial("thonny", user, password)
	s.loop.RunUntil(func() bool { st, _ := s.c.State(); return st.Step == 2 }, "both of its steps")
}

func TestTheProgramHasOneCourse(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, stop := start(t, loop, t.TempDir())
	c := a.Course()
	if c != a.Course() {
		t.Error("there are two")
	}
	c.Read(lessons.In("zh-Hans"))
	loop.RunUntil(func() bool { return len(c.Entries(true)) == len(strokes) }, "the lessons")
	c.Open("02-subscribe")
	if err := c.Me.Connect(c.Login(course.MyID)); err != nil {
		t.Fatal(err)
	}
	loop.RunUntil(func() bool { st, _ := c.State(); return st.Met[0] }, "the client is seen")
	stop()
	if _, open := c.State(); open {
		t.Error("the lesson is open after the end")
	}
}
