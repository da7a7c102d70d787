package app_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"lamplighter/app"
	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/connections"
	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/app/uplink"
	"lamplighter/device"
)

// online waits until the program has a connection.
func online(loop *apptest.Loop, a *app.App) {
	loop.RunUntil(func() bool { return a.Status().Link == link.Online }, "the link")
}

// bases lists the lamps on the panel.
func bases(a *app.App) (all []string) {
	for _, l := range a.Lights.Lights() {
		all = append(all, l.Base)
	}
	return all
}

// publish keeps a message at the broker in use.
func publish(t *testing.T, a *app.App, topic, payload string) {
	t.Helper()
	if err := a.Outbox.Publish(topic, []byte(payload), 1, true); err != nil {
		t.Fatal(err)
	}
}

func TestThePanelShowsTheLampsOfTheBrokerInUseAndBelievesNothingOfTheLastOne(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	elsewhere, _ := start(t, loop, t.TempDir())
	b, _, _ := elsewhere.Hosting.Broker()
	host, port := b.LocalAddr()
	user, password := elsewhere.Hosting.Pupils()

	publish(t, a, "class/lamp-01/light", "on")
	publish(t, a, "class/lamp-01/status", "online")
	publish(t, a, "class/heard/light", "on")
	loop.RunUntil(func() bool {
		l, _ := a.Lights.Light("class/lamp-01")
		return l.Phase == lights.Confirmed && len(bases(a)) == 2
	}, "the lamps")
	if err := a.Lights.Rename("class/lamp-01", "Window"); err != nil {
		t.Fatal(err)
	}
	id := a.Connections.Save(settings.Connection{Endpoint: endpoint.Endpoint{Host: host, Port: port}, User: user}, password)
	a.Connections.Use(id)
	if all := a.Lights.Lights(); len(all) != 0 {
		t.Fatalf("at another broker: %+v", all)
	}
	if _, there := a.Topics.Find("class/lamp-01/light"); there {
		t.Error("the topics of the broker before are shown")
	}
	online(loop, a)
	publish(t, elsewhere, "class/other/light", "off")
	loop.RunUntil(func() bool { return slices.Equal(bases(a), []string{"class/other"}) }, "the other broker's lamp")

	a.Connections.Use("")
	if all := a.Lights.Lights(); len(all) != 1 || all[0].Name != "Window" || all[0].Phase != lights.Unheard || all[0].Presence != lights.PresenceUnknown {
		t.Fatalf("before the first word: %+v", all)
	}
	loop.RunUntil(func() bool {
		l, _ := a.Lights.Light("class/lamp-01")
		return l.Phase == lights.Confirmed && len(bases(a)) == 2
	}, "the lamps again")
}

func TestABoardThatOnlyGotItsSettingsIsNoLamp(t *testing.T) {
	loop := apptest.NewLoop(t)
	dir := t.TempDir()
	a, stop := start(t, loop, dir)
	a.Settings.Update(func(v *settings.Values) {
		v.SetBoard(settings.Board{ID: "24a1", Base: "class/mine", Name: "mine", Goal: device.SettingsOnly})
		v.SetBoard(settings.Board{ID: "24a2", Base: "class/lamp-02", Name: "lamp-02", Goal: device.MakeLamp})
	})
	stop()
	a, _ = start(t, loop, dir)
	if all := bases(a); !slices.Equal(all, []string{"class/lamp-02"}) {
		t.Fatalf("lamps %q", all)
	}
}

func TestALampThatIsAddedByHandIsHeardAtOnce(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	err := a.Lights.Add(lights.Entry{Base: "desk", Name: "Desk", Topics: device.Topics{Set: "odd/place/do", State: "odd/place/is"}})
	if err != nil {
		t.Fatal(err)
	}
	publish(t, a, "odd/place/is", "on")
	loop.RunUntil(func() bool { l, _ := a.Lights.Light("desk"); return l.State == lights.On }, "its word")
	if err := a.Lights.Remove("desk"); err != nil {
		t.Fatal(err)
	}
	if len(a.Settings.Values().Boards) != 0 {
		t.Error("it is still in the roster")
	}
}

func TestTheBrokerRestartsWithoutHoldingUpTheWindowAndStaysOpen(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	setUp(t, loop, a)
	old, _, _ := a.Hosting.Broker()
	a.Hosting.SetOpen(true)
	a.Settings.Update(func(v *settings.Values) { v.BuiltIn.WebSocket = true })
	if b, _, err := a.Hosting.Broker(); b != nil || err != nil {
		t.Fatal("the window waited for the broker")
	}
	if s := a.Status(); s.Link != link.Connecting || s.Err != nil {
		t.Fatalf("while it starts: %+v", s)
	}
	online(loop, a)
	now, _, _ := a.Hosting.Broker()
	if now == old || now.WebSocketPort() == 0 || a.Settings.Values().BuiltIn.WSPort != now.WebSocketPort() {
		t.Errorf("WebSocket port %d, kept %d", now.WebSocketPort(), a.Settings.Values().BuiltIn.WSPort)
	}
	if !a.Status().Open {
		t.Error("the lesson is closed, and nobody said so")
	}
	loop.RunUntil(func() bool { return a.Lights.Lights()[0].Phase == lights.Confirmed }, "the board's return")

	a.Settings.Update(func(v *settings.Values) { v.BuiltIn.Off = true })
	if s := a.Status(); s.Link != link.Closed || s.Err != nil {
		t.Fatalf("switched off: %+v", s)
	}
	a.Settings.Update(func(v *settings.Values) { v.BuiltIn.Off = false })
	online(loop, a)
}

func TestAccountsThatWereLostAreRestoredAndThatIsTold(t *testing.T) {
	loop := apptest.NewLoop(t)
	dir := t.TempDir()
	a, stop := start(t, loop, dir)
	setUp(t, loop, a)
	_, password := a.Hosting.Pupils()
	stop()
	if err := os.WriteFile(filepath.Join(dir, "broker", "accounts.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, stop = start(t, loop, dir)
	loop.RunUntil(func() bool { return a.Lights.Lights()[0].Phase == lights.Confirmed }, "the board's return")
	b, _, _ := a.Hosting.Broker()
	host, port := b.LocalAddr()
	user, now := a.Hosting.Pupils()
	if now != password {
		t.Error("the pupils' password is another")
	}
	if err := uplink.Test(t.Context(), settings.Connection{Endpoint: endpoint.Endpoint{Host: host, Port: port}, User: user}, connections.Login{Password: now}); err != nil {
		t.Errorf("the password that is shown: %v", err)
	}
	loop.RunUntil(func() bool {
		return slices.ContainsFunc(a.Hosting.Notices(), func(n broker.Notice) bool { return n.Kind == broker.StoreBroken })
	}, "the notice")
	stop()

	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, _ = start(t, loop, dir)
	all := a.Hosting.Notices()
	if len(all) == 0 || all[0].Kind != broker.StoreBroken || filepath.Dir(all[0].Path) != dir {
		t.Errorf("notices %+v", all)
	}
	a.Hosting.ClearNotices()
	if len(a.Hosting.Notices()) != 0 {
		t.Error("notices are still there")
	}
}

func TestSettingsThatCantBeSavedAreToldUntilTheyAre(t *testing.T) {
	loop := apptest.NewLoop(t)
	dir := t.TempDir()
	a, _ := start(t, loop, dir)
	path := filepath.Join(dir, "settings.json")
	loop.RunUntil(func() bool { _, err := os.Stat(path); return err == nil }, "the file")
	// A folder in the file's place can't be replaced, not even by root.
	loop.RunUntil(func() bool { // the program may save once more just now
		return os.Remove(path) == nil && os.MkdirAll(filepath.Join(path, "x"), 0o700) == nil
	}, "the folder in its place")
	a.Settings.Update(func(v *settings.Values) { v.Language = "en" })
	loop.RunUntil(func() bool { return a.Status().Unsaved != nil }, "the word of it")
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	loop.RunUntil(func() bool { return a.Status().Unsaved == nil }, "the settings saved after all")
}

func TestAnotherClassroomKeepsItsLampsAndHearsTheNewOnes(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	x := setUp(t, loop, a)
	a.Settings.Update(func(v *settings.Values) { v.Classroom = "room-2" })
	online(loop, a)
	publish(t, a, "room-2/lamp-01/light", "on")
	loop.RunUntil(func() bool {
		old, _ := a.Lights.Light(x.Base)
		_, heard := a.Lights.Light("room-2/lamp-01")
		return heard && old.Phase == lights.Confirmed
	}, "both lamps")
}

func TestABoardWithAnotherNameLeavesNoLampBehind(t *testing.T) {
	loop := apptest.NewLoop(t)
	dir := t.TempDir()
	a, stop := start(t, loop, dir)
	x := setUp(t, loop, a)
	s := a.Setup()
	s.Handle(setup.NextBoard{})
	ports := s.State().CurrentDraft().Ports
	s.Handle(setup.Picked{Port: ports[slices.IndexFunc(ports, func(p device.Port) bool { return p.Name == a.Boards.Practice.Boards()[0].Port().Name })]})
	s.Handle(setup.Forward{})
	loop.RunUntil(is[setup.Offering](s), "the board's present answers")
	s.Handle(setup.Change{Part: setup.NamePart})
	loop.RunUntil(is[setup.Naming](s), "the name's page")
	answers := s.State().CurrentDraft().Answers
	answers.Base = "class/window"
	s.Handle(setup.Typed{Answers: answers})
	s.Handle(setup.Forward{})
	loop.RunUntil(is[setup.Finished](s), "proof")
	if all := bases(a); !slices.Equal(all, []string{"class/window"}) {
		t.Errorf("lamps %q, was %q", all, x.Base)
	}
	stop()
	a, _ = start(t, loop, dir)
	loop.RunUntil(func() bool { l, _ := a.Lights.Light("class/window"); return l.Phase == lights.Confirmed }, "the board")
	if all := bases(a); !slices.Equal(all, []string{"class/window"}) {
		t.Errorf("after a restart: %q", all)
	}
}

func TestALoginThatComesWhileTheProgramEndsHarmsNothing(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, stop := start(t, loop, t.TempDir())
	setUp(t, loop, a)
	s := a.Setup()
	s.Handle(setup.NextBoard{})
	p := s.State().CurrentDraft().Ports
	s.Handle(setup.Picked{Port: p[len(p)-1]})
	s.Handle(setup.Forward{})
	stop() // while the board is greeted
	a.Settings.Update(func(v *settings.Values) { v.BuiltIn.WebSocket = true })
	a.Hosting.NewPupilPassword(func(error) {})
}

func TestAWizardThatIsOpenHearsOfABrokerThatIsSwitchedOffAndOn(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	s := a.Setup()
	port := func() int { return s.State().CurrentDraft().Defaults.Port }
	if port() == 0 {
		t.Fatal("the wizard does not know the broker that runs")
	}
	a.Settings.Update(func(v *settings.Values) { v.BuiltIn.Off = true })
	loop.RunUntil(func() bool { return port() == 0 }, "the broker's end in the wizard")
	a.Settings.Update(func(v *settings.Values) { v.BuiltIn.Off = false })
	loop.RunUntil(func() bool { return port() != 0 }, "the broker's start in the wizard")
}

func TestAConnectionThatIsMadeAgainHasItsLampsAgain(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	c := settings.Connection{Preset: "easyiot", Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 1}, User: "id"}
	old := a.Connections.Save(c, "pwd")
	a.Settings.Update(func(v *settings.Values) {
		v.SetBoard(settings.Board{ID: "b7", Base: "class/lamp-07", Name: "window", Topics: device.Topics{Set: "Bkgk2zXb4", State: "Bkgk2zXb4", Prefix: "state:", RepublishSec: 120}, Connection: old, Host: "127.0.0.1", Port: 1, User: "id"})
	})
	a.Connections.Use(old)
	a.Connections.Delete(old)
	if all := bases(a); len(all) != 0 {
		t.Fatalf("here there are %q", all)
	}
	c.User = "other"
	a.Connections.Use(a.Connections.Save(c, "pwd"))
	if all := bases(a); len(all) != 0 {
		t.Fatalf("another account has %q", all)
	}
	c.User = "id"
	a.Connections.Use(a.Connections.Save(c, "pwd"))
	if all := a.Lights.Lights(); len(all) != 1 || all[0].Name != "window" {
		t.Fatalf("again: %+v", all)
	}
}
