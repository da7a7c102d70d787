package app_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"lamplighter/app"
	"lamplighter/app/apptest"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/app/topics"
	"lamplighter/device"
	"lamplighter/device/practice"
)

// noCables is a room without hardware.
type noCables struct {
	setup.Provisioner
	closed int
}

func (*noCables) Watch(ctx context.Context, report func([]device.Port)) {
	report(nil)
	<-ctx.Done()
}

func (*noCables) Release() {}

func (n *noCables) Close() { n.closed++ }

// start runs the program on dir until the test ends, or stop is called, and waits
// for its connection.
func start(t *testing.T, loop *apptest.Loop, dir string) (a *app.App, stop func()) {
	t.Helper()
	a, stop = startAnyhow(t, loop, dir)
	loop.RunUntil(func() bool { return a.Status().Link == link.Online }, "the link")
	return a, stop
}

// startAnyhow is start where there may be nothing to connect to.
func startAnyhow(t *testing.T, loop *apptest.Loop, dir string) (a *app.App, stop func()) {
	t.Helper()
	kept, err := secrets.OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	a, err = app.Start(app.Options{
		Dir: dir, Post: loop.Post, Cables: &noCables{}, Secrets: kept, Host: "127.0.0.1",
		Language: func() string { return "en" },
	})
	if err != nil {
		t.Fatal(err)
	}
	closed := false
	stop = func() {
		if !closed {
			closed = true
			if err := a.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		}
	}
	t.Cleanup(stop)
	return a, stop
}

// is reports whether the session stands at a state of type S.
func is[S setup.State](s *setup.Session) func() bool {
	return func() bool { _, ok := s.State().(S); return ok }
}

// setUp takes the practice board through the wizard.
func setUp(t *testing.T, loop *apptest.Loop, a *app.App) setup.Answers {
	t.Helper()
	s := a.Setup()
	loop.RunUntil(func() bool { return len(s.State().CurrentDraft().Ports) > 0 }, "a port")
	s.Handle(setup.Picked{Port: s.State().CurrentDraft().Ports[0]})
	s.Handle(setup.Forward{})
	loop.RunUntil(func() bool { w, ok := s.State().(setup.WiFi); return ok && !w.Scanning }, "the networks")
	answer := func(change func(*setup.Answers)) {
		x := s.State().CurrentDraft().Answers
		change(&x)
		s.Handle(setup.Typed{Answers: x})
		s.Handle(setup.Forward{})
	}
	for _, n := range s.State().CurrentDraft().Networks {
		if n.Auth != device.AuthOpen {
			answer(func(x *setup.Answers) { x.WiFi = device.WiFi{SSID: n.SSID, Password: practice.Password} })
			break
		}
	}
	loop.RunUntil(is[setup.Broker](s), "the broker's page")
	answer(func(x *setup.Answers) { x.Broker.Address = "127.0.0.1" })
	loop.RunUntil(is[setup.Naming](s), "the name's page")
	answer(func(x *setup.Answers) { x.Name = "灯 七" })
	loop.RunUntil(is[setup.Finished](s), "proof")
	return s.State().CurrentDraft().Answers
}

func TestAPracticeBoardGoesFromPlugToLitLampAndComesBackAfterARestart(t *testing.T) {
	loop := apptest.NewLoop(t)
	dir := t.TempDir()
	a, stop := start(t, loop, dir)
	x := setUp(t, loop, a)
	lamp := func() lights.Light { l, _ := a.Lights.Light(x.Base); return l }
	if lamp().Name != "灯 七" {
		t.Errorf("the lamp is called %q", lamp().Name)
	}
	on := lamp().State == lights.On
	if err := a.Lights.Switch(x.Base, !on); err != nil {
		t.Fatal(err)
	}
	if (lamp().State == lights.On) != on || !lamp().Waiting {
		t.Fatal("the lamp changed before its board said so")
	}
	loop.RunUntil(func() bool { return !lamp().Waiting && (lamp().State == lights.On) == !on }, "the board's word")
	board := a.Boards.Practice.Boards()[0]
	board.Unplug()
	loop.RunUntil(func() bool { return lamp().Phase == lights.Offline }, "the last will")
	board.Plug()
	loop.RunUntil(func() bool { return lamp().Phase == lights.Confirmed }, "the board's return")
	stop()

	a, _ = start(t, loop, dir)
	loop.RunUntil(func() bool { return lamp().Phase == lights.Confirmed }, "the board after a restart of the program")
}

// file is where a recording goes.
type file struct {
	bytes.Buffer
	closed bool
}

func (f *file) Close() error { f.closed = true; return nil }

func TestARecordingThatRunsIsWholeAtTheEndOfTheProgram(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, stop := start(t, loop, t.TempDir())
	out := &file{}
	a.Topics.SetRecorder(topics.Record(out))
	for range 1000 {
		a.Topics.Insert(topics.Message{Topic: "class/desk", Payload: []byte("1")})
	}
	stop()
	if n := strings.Count(out.String(), "class/desk"); n != 1000 || !out.closed {
		t.Errorf("%d of 1000 messages are in the file, which is closed: %v", n, out.closed)
	}
}

func TestTheTopicsTakeAsMuchMemoryAsTheSettingsSay(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	if got := a.Topics.Counts().Budget; got != 256<<20 {
		t.Errorf("at first %d bytes", got)
	}
	a.Settings.Update(func(v *settings.Values) { v.Topics.Memory = 64 })
	if got := a.Topics.Counts().Budget; got != 64<<20 {
		t.Errorf("after it was chosen %d bytes", got)
	}
	a.Settings.Update(func(v *settings.Values) { v.Topics.Memory = -7 })
	if got := a.Topics.Counts().Budget; got != 256<<20 {
		t.Errorf("with a damaged value %d bytes", got)
	}
}

func TestTheBoardsLineIsLetGoOfBeforeTheProgramEnds(t *testing.T) {
	loop := apptest.NewLoop(t)
	dir := t.TempDir()
	kept, err := secrets.OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, used := range []int{0, 1} {
		cables := &noCables{}
		a, err := app.Start(app.Options{
			Dir: dir, Post: loop.Post, Cables: cables, Secrets: kept, Host: "127.0.0.1", Language: func() string { return "en" },
		})
		if err != nil {
			t.Fatal(err)
		}
		if used > 0 {
			a.Setup()
		}
		if err := a.Close(); err != nil || cables.closed != used {
			t.Errorf("closed %d times, want %d: %v", cables.closed, used, err)
		}
	}
}

func TestWhatIsPostedRunsOnTheStatesGoroutineAndNeverAfterTheEnd(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, stop := start(t, loop, t.TempDir())
	ran := false
	a.Post(func() { ran = true })
	if ran {
		t.Error("it ran at once")
	}
	loop.RunUntil(func() bool { return ran }, "what was posted")
	a.Post(func() { t.Error("what was posted before the end ran after it") })
	stop()
	a.Post(func() { t.Error("what was posted after the end ran") })
	loop.Run()
}

func TestAHiddenNetworkIsStillHiddenAfterARestart(t *testing.T) {
	loop := apptest.NewLoop(t)
	dir := t.TempDir()
	a, stop := start(t, loop, dir)
	a.Settings.Update(func(v *settings.Values) { v.UseNetwork("not seen", true) })
	stop()
	a, _ = start(t, loop, dir)
	s := a.Setup()
	loop.RunUntil(func() bool { return len(s.State().CurrentDraft().Ports) > 0 }, "a port")
	s.Handle(setup.Picked{Port: s.State().CurrentDraft().Ports[0]})
	s.Handle(setup.Forward{})
	loop.RunUntil(func() bool { w, ok := s.State().(setup.WiFi); return ok && !w.Scanning }, "the networks")
	if d := s.State().CurrentDraft(); !d.ByHand || d.Answers.WiFi.SSID != "not seen" || !d.Answers.WiFi.Hidden {
		t.Errorf("by hand %v, %q, hidden %v", d.ByHand, d.Answers.WiFi.SSID, d.Answers.WiFi.Hidden)
	}
}
