package lessons

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/course"
	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/roster"
	"lamplighter/app/settings"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/textfit"
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
		Broker: func() (endpoint.Endpoint, bool) {
			if b == nil {
				return endpoint.Endpoint{}, false
			}
			return endpoint.Endpoint{Host: "127.0.0.1", Port: b.Port()}, true
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
	l.SetConnected(true)
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
	scene("teacher", func(r *classroom) {
		r.c.SetKeep(true)
		r.c.Hide("05-will", true)
		r.own("wrong.md", "# Ours\naim: a\ngoal: b\n")
		r.w.Parts.Settings.Update(func(v *settings.Values) {
			v.Lessons.Solved = []settings.Solved{{ID: "01-publish", Learner: "board-a1"}}
		})
		r.p.decide(forTeacher)
	})
	viewtest.ForPictures(func() {
		scene("hints", func(r *classroom) {
			r.c.Open("01-publish")
			r.now = r.now.Add(time.Hour)
		})
		scene("who", func(r *classroom) {
			r.w.Parts.Class.Replace([]roster.Pupil{{Name: "王小明"}, {Name: "Maximiliane Wirtshauser-Hohenlohe"}})
			r.c.SetKeep(true)
			r.w.Parts.Settings.Update(func(v *settings.Values) {
				v.Connection = "a"
				v.Connections = []settings.Connection{{ID: "a", Endpoint: endpoint.Endpoint{Host: "x"}}}
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
			r.p.open.me.message.topic.SetText("class/weather")
			for _, text := range []string{"rain", "{\"temp\": 21.5}", "晴天"} {
				r.p.open.me.message.text.SetText(text)
				r.p.open.me.doPublish()
			}
			r.p.open.me.message.topic.SetText("class/#")
			r.p.open.me.doPublish()
			r.loop.RunUntil(func() bool { all, _ := r.c.Me.Received(); return len(all) == 3 }, "the messages")
			return r.p.Content()
		})
		viewtest.RegisterScene("learn-lessons-fields", ui.PlaceLearn, func(e *viewtest.Env) fyne.CanvasObject {
			r := begin(e.T, e.Window, e.Loop, newBroker(e.T))
			r.c.Open("06-qos")
			r.online(r.p.open.me)
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

// window is a page in its window, at a broker.
func window(t *testing.T, b *broker.Broker) *classroom {
	t.Helper()
	w, loop := viewtest.NewWindow(t, nil)
	r := begin(t, w, loop, b)
	w.Win.Resize(viewtest.SmallScreen)
	w.ShowPage(ui.PlaceLearn, r.p.Content())
	r.p.Shown()
	return r
}

// typed types into a field by the keyboard, and presses Enter.
func (r *classroom) typed(e *ui.Entry, text string) {
	r.w.Win.Canvas().Focus(e)
	e.SetText("")
	test.Type(e, text)
	viewtest.Press(r.w, fyne.KeyReturn)
}

func TestALessonIsSolvedByTheKeyboardAlone(t *testing.T) {
	r := window(t, newBroker(t))
	r.w.Win.Canvas().Focus(r.p.FirstFocus())
	viewtest.Press(r.w, fyne.KeyDown)
	viewtest.Press(r.w, fyne.KeyReturn)
	v := r.p.open
	if v == nil || v.id != "02-subscribe" {
		t.Fatalf("the lesson is not open: %s", r.text())
	}
	step := func(want int, what string) {
		t.Helper()
		r.loop.RunUntil(func() bool { s, _ := r.c.State(); return s.Step == want }, what)
	}
	for _, c := range []*clientTool{v.me, v.friend} {
		r.typed(c.id, c.id.Text)
		r.loop.RunUntil(func() bool { return c.online.Visible() && c.leave.Visible() }, "connected")
		if r.w.Win.Canvas().Focused() != c.filter {
			t.Error("the keyboard is not where one subscribes")
		}
	}
	step(1, "both are connected")
	r.typed(v.friend.filter, "class/hello")
	step(2, "the friend has subscribed")
	v.me.message.topic.SetText("class/hello")
	r.typed(v.me.message.text, "你好")
	step(3, "the friend got it")
	r.loop.RunUntil(func() bool { return strings.Contains(r.text(), "class/hello = 你好") }, "the message is shown")
	r.typed(v.me.filter, "class/hello")
	r.loop.RunUntil(func() bool { s, _ := r.c.State(); return s.Met[0] }, "the subscription")
	r.typed(v.me.message.text, "again")
	step(4, "solved")
	if got := r.text(); !strings.Contains(got, i18n.T("learn.lessons.take")) {
		t.Errorf("the sentence to take home is missing: %s", got)
	}
	r.w.Win.Canvas().Focus(r.p.FirstFocus())
	viewtest.Press(r.w, fyne.KeyReturn)
	if r.p.open == nil || r.p.open.id != "03-wildcards" {
		t.Error("the next lesson is not open")
	}
	if !r.p.Escape() || r.p.open != nil || r.p.Escape() {
		t.Error("Esc does not lead back to the list")
	}
	if e := r.c.Entries(true)[1]; !e.IsSolved() {
		t.Errorf("%+v", e)
	}
}

func TestConnectPressedByKeyboardLeadsToWhereOneSubscribes(t *testing.T) {
	r := window(t, newBroker(t))
	r.c.Open("02-subscribe")
	me := r.p.open.me
	r.w.Win.Canvas().Focus(me.connect)
	viewtest.Press(r.w, fyne.KeyReturn)
	r.loop.RunUntil(func() bool { return me.online.Visible() }, "connected")
	if r.w.Win.Canvas().Focused() != me.filter {
		t.Errorf("the keyboard is at %v", r.w.Win.Canvas().Focused())
	}
}

func TestWhatIsTypedWrongIsToldAndSendsNothing(t *testing.T) {
	r := window(t, newBroker(t))
	r.c.Open("09-payload")
	me := r.p.open.me
	r.typed(me.id, "")
	if !strings.Contains(r.text(), i18n.T("learn.client.no-id")) {
		t.Errorf("an empty id: %s", r.text())
	}
	me.id.SetText("me")
	r.online(me)
	told := func(what, why string) {
		t.Helper()
		if got := viewtest.Unmarked(me.wrong.Text()); got != viewtest.Unmarked(why) || !me.wrong.Box.Visible() {
			t.Errorf("%q: %q, want %q", what, got, why)
		}
	}
	for filter, why := range map[string]string{
		"": i18n.T("learn.flaw.empty"), "a/#/b": i18n.T("learn.flaw.hash-end"), "a#": i18n.T("learn.flaw.hash-part"), "a+": i18n.T("learn.flaw.plus-part"),
		"class/hello ": i18n.T("learn.flaw.space"), "class／＃": i18n.T("learn.flaw.wide"), "$share/a": i18n.T("learn.flaw.other"),
	} {
		r.typed(me.filter, filter)
		told(filter, why)
	}
	for _, c := range []struct {
		topic, text string
		bytes       bool
		why         string
	}{
		{"class/#", "x", false, i18n.T("learn.client.wild")},
		{"", "x", false, i18n.T("learn.client.no-topic")},
		{" class/box", "x", false, i18n.T("learn.flaw.space")},
		{"class／box", "x", false, i18n.T("learn.flaw.wide")},
		{"class/box", "0", true, i18n.T("learn.client.no-bytes")},
		{"class/box", strings.Repeat("x", 5000), false, i18n.T("learn.client.long")},
	} {
		me.message.form.SetSelectedIndex(0)
		if c.bytes {
			me.message.form.SetSelectedIndex(1)
		}
		me.message.topic.SetText(c.topic)
		me.message.text.SetText(c.text)
		me.doPublish()
		told(c.topic, c.why)
	}
	r.typed(me.filter, "class/box")
	r.loop.RunUntil(func() bool { f := r.c.Me.Filters(); return len(f) == 1 && f[0].Answered }, "the subscription")
	me.message.form.SetSelectedIndex(1)
	me.message.topic.SetText("class/box")
	me.message.text.SetText("00 2A ff")
	me.doPublish()
	r.loop.RunUntil(func() bool { return strings.Contains(r.text(), `class/box = \x00*\xFF`) }, "the bytes")
	if all, _ := r.c.Me.Received(); len(all) != 1 || me.wrong.Box.Visible() {
		t.Errorf("%d messages; %q", len(all), me.wrong.Text())
	}
	viewtest.PressNamed(t, me.filters, "class/box")
	if len(r.c.Me.Filters()) != 0 {
		t.Error("a click on a subscription does not end it")
	}
}

func TestTheBrokersRefusalIsToldInWords(t *testing.T) {
	r := window(t, newBroker(t))
	r.c.Open("08-rights")
	me := r.p.open.me
	me.right.SetChecked(false)
	test.Tap(me.connect)
	want := viewtest.Unmarked(i18n.T("learn.client.refused"))
	r.loop.RunUntil(func() bool { return strings.Contains(r.text(), want) }, "the refusal")
	if s, _ := r.c.State(); s.Step != 1 {
		t.Errorf("step %d", s.Step)
	}
}

func TestTheTeacherDecidesByTheKeyboard(t *testing.T) {
	r := window(t, nil)
	viewtest.PressNamed(t, r.p.root, i18n.T("learn.teacher.open"))
	r.own("ours.md", "# Ours\naim: a\ntake: b\n## S\n")
	want := viewtest.Unmarked(i18n.T("learn.wrong.line", "File", "ours.md", "Line", 4, "What", i18n.T("learn.wrong.no-check", "Word", "S")))
	if got := r.text(); !strings.Contains(got, want) {
		t.Errorf("%q is not told: %s", want, got)
	}
	viewtest.PressNamed(t, r.p.root, i18n.T("learn.teacher.example"))
	r.loop.RunUntil(func() bool { list := r.c.Entries(true); return list[len(list)-1].ID == "own/example" }, "the example")
	r.c.Hide("01-publish", true)
	if !r.p.Escape() || strings.Contains(r.text(), i18n.T("learn.teacher.order")) {
		t.Error("Esc does not lead back")
	}
	if first, ok := r.p.FirstFocus().(*ui.PickRow); !ok || !strings.HasPrefix(first.Name, "1. Who gets") {
		t.Errorf("the first lesson is %+v", first)
	}
}

func TestWhoSolvedWhatIsErasedOnlyAfterAQuestion(t *testing.T) {
	r := window(t, nil)
	r.w.Parts.Class.Replace([]roster.Pupil{{Name: "王小明"}})
	r.practice()
	r.c.SetKeep(true)
	people := r.p.people()
	if len(people) != 2 || people[0].id != "board-a1" || people[1].name != "王小明" {
		t.Fatalf("%+v", people)
	}
	r.c.SetLearner(people[1].id)
	if r.p.nameOf(people[1].id) != "王小明" || r.p.nameOf("pupil-gone") != i18n.T("learn.teacher.gone") {
		t.Error("the names are others")
	}
	r.w.Parts.Settings.Update(func(v *settings.Values) {
		v.Lessons.Solved = []settings.Solved{{ID: "01-publish", Learner: people[1].id}}
	})
	r.p.decide(forTeacher)
	viewtest.PressNamed(t, r.p.root, i18n.T("learn.teacher.erase"))
	if len(r.c.Solved()) != 1 {
		t.Error("erased without a question")
	}
	viewtest.PressNamed(t, r.w.Win.Canvas().Overlays().Top(), i18n.T("learn.teacher.erase-yes"))
	if len(r.c.Solved()) != 0 {
		t.Error("not erased")
	}
}

func TestEveryFlawOfALessonHasItsWords(t *testing.T) {
	for _, f := range course.Flaws() {
		if key := flawWords[f]; key == "" || !i18n.Has(key) {
			t.Errorf("the flaw %s has no words", f)
		}
	}
}

func TestALessonLeadsToWhereItsStepIsDone(t *testing.T) {
	r := window(t, nil)
	r.practice()
	var went []string
	r.w.Shell.Visit = func(to ui.Place, target string) { went = append(went, string(to)+" "+target) }
	r.c.Open("01-publish")
	for _, at := range []course.Place{course.GoLamps, course.GoTopics, course.GoBroker, course.GoFilter, course.GoSetup} {
		test.Tap(r.p.open.ways(at)[0].(*ui.Button))
	}
	if got := strings.Join(went, ", "); got != "lamps class/lamp-01, topics , settings , learn filters, setup " {
		t.Error(got)
	}
	test.Tap(r.p.open.ways(course.GoSetup)[1].(*ui.Button))
	if len(went) != 6 || went[5] != "setup " {
		t.Errorf("the practice board is not tried: %q", went)
	}
}

func TestTheLampsPlugAndNumbersAreShown(t *testing.T) {
	r := window(t, nil)
	r.practice()
	r.c.Open("05-will")
	if got := r.text(); !strings.Contains(got, "class/lamp-01/status") || r.p.open.lamp.plug.Text != i18n.T("learn.lamp.pull") || r.p.open.lamp.which.Visible() {
		t.Errorf("the lamp is shown as %s", got)
	}
	test.Tap(r.p.open.lamp.copy)
	if got := r.w.Shell.Clipboard().Content(); got != "class/lamp-01" {
		t.Errorf("%q is copied", got)
	}
	r.c.Open("06-qos")
	test.Tap(r.p.open.line.buttons[1])
	r.loop.RunUntil(func() bool { return r.c.Line.Sent().Err != nil }, "there is no broker")
	if got := r.text(); strings.Contains(got, i18n.T("learn.line.ready")) {
		t.Error("what went wrong is not told")
	}
}

func TestARefusedMessageIsToldBesideItsForm(t *testing.T) {
	r := window(t, newBroker(t))
	r.practice()
	r.c.Open("08-rights")
	me := r.p.open.me
	r.online(me)
	if !me.right.Disabled() || !me.right.Visible() {
		t.Error("the tick for the password can't be seen, or counts though the client is connected")
	}
	me.message.topic.SetText("home/light")
	r.typed(me.message.text, "on")
	want := viewtest.Unmarked(i18n.T("learn.client.thrown", "Topic", "home/light"))
	r.loop.RunUntil(func() bool { return strings.Contains(r.text(), want) }, "the refusal")
	me.message.topic.SetText("class/box")
	r.typed(me.message.text, "on")
	r.loop.RunUntil(func() bool { return !strings.Contains(r.text(), want) }, "the next message")
}

func TestABrokerThatIsSwitchedOffIsToldInTheOpenLesson(t *testing.T) {
	b := newBroker(t)
	r := window(t, b)
	r.c.Open("02-subscribe")
	me := r.p.open.me
	r.online(me)
	off := func(on bool) {
		r.w.Parts.Settings.Update(func(v *settings.Values) { v.BuiltIn.Off = on })
		r.p.update()
	}
	off(true)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	down := viewtest.Unmarked(i18n.T("problem.broker-down.title"))
	r.loop.RunUntil(func() bool { return strings.Contains(r.text(), down) }, "the client's words")
	if got := r.text(); !strings.Contains(got, i18n.T("learn.lessons.no-broker")) || strings.Contains(got, i18n.T("learn.client.lost")) {
		t.Errorf("%s", got)
	}
	off(false)
	if got := r.text(); strings.Contains(got, down) || strings.Contains(got, i18n.T("learn.lessons.no-broker")) {
		t.Errorf("still told: %s", got)
	}
}

func TestAStepTellsWhichOfItsThingsIsDone(t *testing.T) {
	r := window(t, newBroker(t))
	r.c.Open("02-subscribe")
	s, _ := r.c.State()
	for _, c := range s.Lesson.Steps[0].Checks {
		if words := viewtest.Unmarked(checkWords(c, r.c.Blanks())); !strings.Contains(r.text(), words) {
			t.Errorf("%q is not told", words)
		}
	}
	for _, name := range course.Checks() {
		if !i18n.Has(checkKeys[name]) {
			t.Errorf("the check %s has no words", name)
		}
	}
}

func TestWhatAStepHasShownIsToldOnceItIsDone(t *testing.T) {
	r := window(t, newBroker(t))
	r.w.Parts.Settings.Update(func(v *settings.Values) { v.Lessons.Progress = []settings.Progress{{ID: "04-retained", Steps: 1}} })
	r.c.Open("04-retained")
	if !strings.Contains(r.text(), i18n.T("learn.lessons.again")) {
		t.Error("it is not said that the clients are gone")
	}
	s, _ := r.c.State()
	saw := s.Lesson.Steps[1].Conclusion
	if strings.Contains(r.text(), saw) {
		t.Error("what there is to find out is told before")
	}
	r.online(r.p.open.friend)
	r.typed(r.p.open.friend.filter, "class/weather")
	r.loop.RunUntil(func() bool { return strings.Contains(r.text(), saw) }, "what the step has shown")
	if strings.Contains(r.text(), i18n.T("learn.lessons.again")) {
		t.Error("the lesson goes on, and is still taken up again")
	}
}

func TestAWrongClientIDOpensNoForm(t *testing.T) {
	r := window(t, nil)
	r.c.Open("02-subscribe")
	me := r.p.open.me
	r.typed(me.id, "我的客户端")
	if me.online.Visible() || !me.wrong.Box.Visible() {
		t.Error("a client that is not connected can publish, or its fault is not told")
	}
}

func TestALessonWithoutALampLeadsToOne(t *testing.T) {
	r := window(t, nil)
	var went []ui.Place
	r.w.Shell.Visit = func(to ui.Place, _ string) { went = append(went, to) }
	r.c.Open("05-will")
	viewtest.PressNamed(t, r.p.open.lamp.content, i18n.T("rail.setup"))
	if len(went) != 1 || went[0] != ui.PlaceSetup {
		t.Errorf("leads to %v", went)
	}
	r.practice()
	r.p.open.lamp.update()
	if got := r.text(); r.p.open.lamp.setup.Visible() || !strings.Contains(got, "class/lamp-01/light = on") {
		t.Errorf("the lamp's answer is not shown: %s", got)
	}
}

func TestFieldsAndNamesAreWholeInLargeText(t *testing.T) {
	w, loop := viewtest.NewWindow(t, func(p *backend.Parts) {
		p.Settings.Update(func(v *settings.Values) { v.TextScale, v.LargeTargets = 1.5, true })
	})
	r := begin(t, w, loop, newBroker(t))
	r.practice()
	r.c.Open("01-publish")
	w.ShowPage(ui.PlaceLearn, r.p.Content())
	r.online(r.p.open.me)
	size := viewtest.SmallScreen
	w.Win.Resize(size.AddWidthHeight(1, 0)) // the test's window does not lay out again after what changed
	w.Win.Resize(size)
	me, lamp := r.p.open.me, r.p.open.lamp
	for _, e := range []*ui.Entry{me.filter, me.message.topic, me.message.text} {
		if e.PlaceholderWidth() > e.Size().Width {
			t.Errorf("%q is cut: it needs %.0f, and has %.0f", e.PlaceHolder, e.PlaceholderWidth(), e.Size().Width)
		}
	}
	if wide := textfit.Width(lamp.name.Text, theme.TextSize(), lamp.name.TextStyle) + 2*theme.InnerPadding(); lamp.name.Size().Width < wide {
		t.Errorf("the lamp's name %q is cut: it needs %.0f, and has %.0f", lamp.name.Text, wide, lamp.name.Size().Width)
	}
}
