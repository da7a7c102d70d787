package lessons

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/course"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/roster"
	"lamplighter/app/settings"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.Places[ui.PlaceLearn] = func(s *ui.Shell, p *backend.Parts) (func() ui.Page, func()) {
		return func() ui.Page { return New(s, p) }, nil
	}
}

func TestPicturesOfAllScenesFitTheWindow(t *testing.T) { viewtest.CheckScenes(t) }

// classroom is a window with lessons on a real broker, or on none.
type classroom struct {
	t    *testing.T
	w    *viewtest.Window
	loop *apptest.Loop
	c    *course.Course
	p    *page
	told func([]broker.TraceEvent, int)
	now  time.Time
}

// begin makes a course for a window's settings. With b nil no client gets anywhere.
func begin(t *testing.T, w *viewtest.Window, loop *apptest.Loop, b *broker.Broker) *classroom {
	t.Helper()
	r := &classroom{t: t, w: w, loop: loop, now: time.Now()}
	dir := t.TempDir()
	r.c = course.New(course.Options{
		Settings: w.Parts.Settings, Dir: dir, Post: loop.Post, Now: func() time.Time { return r.now },
		Trace: func(report func([]broker.TraceEvent, int)) func() {
			r.told = report
			if b == nil {
				return func() {}
			}
			stop := b.Trace(func(e broker.TraceEvent) { loop.Post(func() { report([]broker.TraceEvent{e}, 0) }) })
			report([]broker.TraceEvent{{Kind: broker.TraceStarted}}, 0)
			return stop
		},
		Sessions: func() (all []broker.Session) {
			if b != nil {
				all = b.Sessions()
			}
			return all
		},
		Broker: func() (link.Options, bool) {
			if b == nil {
				return link.Options{}, false
			}
			return link.Options{Host: "127.0.0.1", Port: b.Port()}, true
		},
		Pupil: func() (string, string) { return "pupil", "one-word" },
	})
	t.Cleanup(r.c.Close)
	w.Parts.Course = func() *course.Course { return r.c }
	r.p = New(w.Shell, w.Parts).(*page)
	loop.RunUntil(func() bool { return len(r.c.Entries(true)) > 0 }, "the lessons")
	return r
}

// practice gives the class a practice lamp that is on.
func (r *classroom) practice() {
	const base = "class/lamp-01"
	r.w.Parts.Settings.Update(func(v *settings.Values) {
		v.Boards = []settings.Board{{ID: "a1", Base: base, Name: "灯 lamp-01", Practice: true}}
	})
	l := r.w.Parts.Lights
	if err := l.Add(lights.Entry{Base: base, Name: "灯 lamp-01", Topics: device.LampTopics(base)}); err != nil {
		r.t.Fatal(err)
	}
	l.Connected(true)
	l.Receive(base+"/status", []byte("online"), false, r.now)
	l.Receive(base+"/light", []byte("on"), false, r.now)
	r.w.Parts.Practice = func(string) (backend.PracticeBoard, bool) { return plugged{}, true }
}

// plugged is a practice board with power.
type plugged struct{}

func (plugged) Plugged() bool { return true }
func (plugged) Plug()         {}
func (plugged) Unplug()       {}
func (plugged) PressButton()  {}

func (r *classroom) tell(all ...broker.TraceEvent) { r.told(all, 0) }

func (r *classroom) text() string {
	return viewtest.Unmarked(strings.Join(viewtest.TextsIn(r.p.root), "\n"))
}

func init() {
	scene := func(name string, prepare func(*classroom)) {
		viewtest.RegisterScene("learn-lessons-"+name, ui.PlaceLearn, func(e *viewtest.Env) fyne.CanvasObject {
			r := begin(e.T, e.Window, e.Loop, nil)
			prepare(r)
			r.p.update()
			return r.p.Content()
		})
	}
	scene("list", func(r *classroom) {
		r.w.Parts.Settings.Update(func(v *settings.Values) {
			v.Lessons.Progress = []settings.Progress{{ID: "01-publish", Steps: 4}, {ID: "02-subscribe", Steps: 2}}
		})
	})
	scene("lamp", func(r *classroom) {
		r.practice()
		r.c.Open("05-will")
	})
	scene("two-clients", func(r *classroom) { r.c.Open("02-subscribe") })
	scene("hints", func(r *classroom) {
		r.c.Open("01-publish")
		r.now = r.now.Add(time.Hour)
	})
	scene("teacher", func(r *classroom) {
		r.c.SetKeep(true)
		r.c.Hide("05-will", true)
		r.own("wrong.md", "# Ours\naim: a\ngoal: b\n")
		r.w.Parts.Settings.Update(func(v *settings.Values) { v.Lessons.Solved = []settings.Solved{{ID: "01-publish", Who: "board-a1"}} })
		r.p.decide(forTeacher)
	})
	viewtest.ForPictures(func() {
		scene("who", func(r *classroom) {
			r.w.Parts.Class.Replace([]roster.Pupil{{Name: "王小明"}, {Name: "Maximiliane Wirtshauser-Hohenlohe"}})
			r.c.SetKeep(true)
			r.w.Parts.Settings.Update(func(v *settings.Values) {
				v.Connection = "a"
				v.Connections = []settings.Connection{{ID: "a", Host: "x"}}
			})
		})
		scene("solved", func(r *classroom) {
			r.c.Open("02-subscribe")
			r.solveHello()
		})
		viewtest.RegisterScene("learn-lessons-online", ui.PlaceLearn, func(e *viewtest.Env) fyne.CanvasObject {
			r := begin(e.T, e.Window, e.Loop, newBroker(e.T))
			r.c.Open("04-retained")
			r.online(r.p.open.me)
			r.p.open.me.filter.SetText("class/weather")
			r.p.open.me.doSubscribe()
			r.p.open.me.topic.SetText("class/weather")
			for _, text := range []string{"rain", "{\"temp\": 21.5}", "晴天"} {
				r.p.open.me.text.SetText(text)
				r.p.open.me.doPublish()
			}
			r.p.open.me.topic.SetText("class/#")
			r.p.open.me.doPublish()
			r.loop.RunUntil(func() bool { all, _ := r.c.Me.Received(); return len(all) == 3 }, "the messages")
			return r.p.Content()
		})
		scene("qos", func(r *classroom) { r.c.Open("06-qos") })
		scene("rights", func(r *classroom) { r.c.Open("08-rights") })
		scene("program", func(r *classroom) { r.c.Open("10-program") })
	})
}

// newBroker is a broker with the pupils' account.
func newBroker(t *testing.T) *broker.Broker {
	t.Helper()
	b, err := broker.Start(broker.Options{Dir: t.TempDir(), Host: "127.0.0.1", Classroom: "class"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	if err := b.SetAccount(broker.Account{User: "pupil", Role: broker.Pupil}, "one-word"); err != nil {
		t.Fatal(err)
	}
	return b
}

// online connects a client by its button.
func (r *classroom) online(t *clientTool) {
	r.t.Helper()
	test.Tap(t.connect)
	r.loop.RunUntil(func() bool { return t.leave.Visible() }, "the client is connected")
}

// own writes a lesson of the teacher's, and has it read.
func (r *classroom) own(name, text string) {
	r.t.Helper()
	if err := os.MkdirAll(r.c.Folder(), 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.c.Folder(), name), []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	read := false
	stop := r.c.Changed.Listen(func() { read = true })
	defer stop()
	r.c.ReadAgain()
	r.loop.RunUntil(func() bool { return read }, "the lessons again")
}

// solveHello has the broker tell of all that the second lesson asks for.
func (r *classroom) solveHello() {
	_ = r.c.Me.Connect(r.c.Login(course.MyID))
	_ = r.c.Friend.Connect(r.c.Login(course.FriendID))
	at := func(k broker.TraceKind, client, topic string) broker.TraceEvent {
		return broker.TraceEvent{Kind: k, Client: client, Topic: topic}
	}
	r.tell(at(broker.TraceConnected, "me", ""), at(broker.TraceConnected, "friend", ""), at(broker.TraceSubscribed, "friend", "class/hello"))
	r.tell(at(broker.TracePublished, "me", "class/hello"), at(broker.TraceDelivered, "friend", "class/hello"))
	r.tell(at(broker.TraceSubscribed, "me", "class/hello"), at(broker.TraceDelivered, "me", "class/hello"))
}

var (
	_ = test.Tap
	_ = i18n.T
)
