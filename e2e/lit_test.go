package e2e

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lamplighter/app"
	"lamplighter/app/apptest"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/assets"
	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
	"lamplighter/device/install"
	"lamplighter/device/usb"
)

// school is the whole program without its window, on one board's cable.
type school struct {
	t    testing.TB
	loop *apptest.Loop
	dir  string
	*app.App
	board *devicetest.MicroPython
	hub   *hub // where more boards than that one are plugged in, or nil
	goal  device.Goal
	x     setup.Answers
}

// open starts the program, as at the start of a school day.
func (s *school) open() {
	s.t.Helper()
	kept, err := secrets.OpenFile(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	open := func(ctx context.Context, p device.Port) (io.ReadWriteCloser, error) { return usb.Open(ctx, p) }
	watch := func(ctx context.Context, report func([]device.Port)) {
		report([]device.Port{{Name: s.board.Path(), Kind: device.Typed}})
		<-ctx.Done()
	}
	if s.hub != nil {
		watch = s.hub.watch
	}
	cable := func() setup.Provisioner { return install.New(assets.Board(), open, watch) }
	s.App, err = app.Start(app.Options{
		Dir: s.dir, Post: s.loop.Post, Cables: cable(), Cable: cable, Files: assets.Board(),
		Secrets: kept, Host: "127.0.0.1", Language: func() string { return "en" },
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.loop.RunUntil(func() bool { return s.Status().Link == link.Online }, "the link")
}

// begin writes the first settings: boards are told a loopback address, and ports
// are no other test's, for several packages' tests run side by side and each
// program takes the usual ports where they are free.
func (s *school) begin() {
	s.t.Helper()
	text := fmt.Sprintf(`{"builtin":{"address":"127.0.0.1","port":%d,"find_port":%d}}`, devicetest.Port(s.t), devicetest.Port(s.t))
	if err := os.WriteFile(filepath.Join(s.dir, "settings.json"), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// closing ends the program, as at the end of the day.
func (s *school) closing() {
	if s.App == nil {
		return
	}
	if err := s.App.Close(); err != nil {
		s.t.Errorf("close: %v", err)
	}
	s.App = nil
}

func newSchool(t testing.TB, o devicetest.Options) *school {
	s := &school{t: t, loop: apptest.NewLoop(t), dir: t.TempDir(), board: devicetest.StartMicroPython(t, o)}
	s.loop.Describe = s.stands
	t.Cleanup(s.closing)
	s.begin()
	s.open()
	return s
}

// at waits until the setup stands at a state of type S. A setup that waits for
// a person who has to put something right will not get there by itself.
func at[S setup.State](s *school, what string) {
	s.t.Helper()
	session := s.Setup()
	s.loop.RunUntil(func() bool {
		if _, ok := session.State().(S); ok {
			return true
		}
		switch session.State().(type) {
		case setup.Failed, setup.Unplugged:
			s.t.Fatalf("before %s: %s", what, s.stands())
		case setup.WiFi, setup.Broker, setup.Naming:
			if problemOf(session.State()) != nil {
				s.t.Fatalf("before %s: %s", what, s.stands())
			}
		}
		return false
	}, what)
}

// problemOf is what stands in the way, or nil.
func problemOf(state setup.State) error {
	switch state := state.(type) {
	case setup.WiFi:
		return state.Problem
	case setup.Broker:
		return state.Problem
	case setup.Naming:
		return state.Problem
	case setup.Proving:
		return state.Problem
	case setup.Failed:
		return state.Err
	}
	return nil
}

// stands tells how the setup, the lamp and the link stand, for a test that
// waited in vain.
func (s *school) stands() string {
	if s.App == nil {
		return "the program is closed"
	}
	state := s.Setup().State()
	text := fmt.Sprintf("setup: %T", state)
	if err := problemOf(state); err != nil {
		text += fmt.Sprintf(", problem: %v (%v)", setup.FaultOf(err), err)
	}
	switch state := state.(type) {
	case setup.WiFi:
		text += fmt.Sprintf(", scanning: %v", state.Scanning)
	case setup.Proving:
		text += fmt.Sprintf(", checks: %+v, away: %v, the board said: %q", state.Checks, state.Away, state.Lines)
	case setup.Unplugged:
		text += fmt.Sprintf(", to resume at %T", state.Resume)
	}
	return fmt.Sprintf("%s; port %q, board's address %q, networks: %d\nlamp: %+v\nlink: %+v", text,
		state.CurrentDraft().Port.Name, state.CurrentDraft().IP, len(state.CurrentDraft().Networks), s.lamp(), s.Status().Link)
}

// answer types an answer and goes on.
func (s *school) answer(change func(*setup.Answers)) {
	x := s.Setup().State().CurrentDraft().Answers
	change(&x)
	s.Setup().Handle(setup.Typed{Answers: x})
	s.Setup().Handle(setup.Forward{})
}

// setUp takes the board through the wizard, onto other or, where that has no
// host, onto the built-in broker.
func (s *school) setUp(other device.Broker) {
	s.t.Helper()
	s.setUpAt(func(x *setup.Answers) {
		if other.Host != "" {
			x.Broker = setup.BrokerChoice{Other: other}
		}
	}, func(*setup.Answers) {})
}

// setUpAt takes the board through the wizard, with what is chosen on the
// broker's page and what is typed beside the board's name.
func (s *school) setUpAt(broker, place func(*setup.Answers)) {
	s.t.Helper()
	session := s.Setup()
	s.loop.RunUntil(func() bool { return len(session.State().CurrentDraft().Ports) > 0 }, "a port")
	session.Handle(setup.Picked{Port: device.Port{Name: s.board.Path(), Kind: device.Typed}})
	session.Handle(setup.Forward{})
	s.loop.RunUntil(func() bool {
		if f, failed := session.State().(setup.Failed); failed {
			s.t.Fatalf("greeting: %v", f.Err)
		}
		w, ok := session.State().(setup.WiFi)
		if ok && w.Problem != nil {
			s.t.Fatalf("scanning: %s", s.stands())
		}
		return ok && !w.Scanning
	}, "the board's networks")
	s.answer(func(x *setup.Answers) {
		x.Goal = s.goal
		x.WiFi = device.WiFi{SSID: devicetest.TestSSID, Password: devicetest.TestPassword}
	})
	at[setup.Broker](s, "the broker's page")
	s.answer(broker)
	at[setup.Naming](s, "the name's page")
	s.answer(func(x *setup.Answers) {
		x.Name = "窗边的灯 7"
		place(x)
	})
	at[setup.Finished](s, "proof")
	s.x = session.State().CurrentDraft().Answers
}

func (s *school) lamp() lights.Light {
	l, _ := s.Lights.Light(s.x.Base)
	return l
}

// shown waits until the panel shows a lamp that the board has confirmed.
func (s *school) shown(state lights.State, what string) {
	s.t.Helper()
	s.loop.RunUntil(func() bool { return s.lamp().Phase == lights.Confirmed && s.lamp().State == state }, what)
}

// tap switches the lamp in the panel, and sees that the real lamp and the
// panel follow, in this order.
func (s *school) tap(on bool) {
	s.t.Helper()
	want := lights.Off
	if on {
		want = lights.On
	}
	if err := s.Lights.Switch(s.x.Base, on); err != nil {
		s.t.Fatal(err)
	}
	if s.lamp().State == want {
		s.t.Fatal("the lamp changed before its board said so")
	}
	s.loop.RunUntil(func() bool { return s.Status().Paced == 0 }, "the command's turn, where a platform allows only so many")
	s.board.WaitForPixels(on)
	s.shown(want, "the confirmed lamp")
}

// story is a school day: everything that a lamp lives through.
func (s *school) story(restart func()) {
	t := s.t
	t.Helper()
	on := s.lamp().State == lights.On
	s.tap(!on)
	s.tap(on)
	s.tap(!on)
	on = !on

	s.board.PressButton("0")
	s.board.WaitForPixels(!on)
	on = !on
	s.shown(map[bool]lights.State{true: lights.On, false: lights.Off}[on], "what the button did")
	if s.lamp().ChangedBy != lights.ActorBoard {
		t.Errorf("the button was pressed, and the panel says %v", s.lamp().ChangedBy)
	}

	restart()
	s.loop.RunUntil(func() bool { return s.lamp().Phase == lights.Confirmed }, "the lamp after the broker's restart")
	s.tap(!on)
	on = !on

	s.board.Set(func(x *devicetest.Setup) { x.WiFi.Mode = devicetest.WiFiGone })
	s.board.DropSockets()
	s.loop.RunUntil(func() bool { return s.lamp().Phase == lights.Offline }, "the will after the WiFi went")
	s.board.Set(func(x *devicetest.Setup) { x.WiFi.Mode = devicetest.WiFiOK })
	s.loop.RunUntil(func() bool { return s.lamp().Phase == lights.Confirmed }, "the lamp when the WiFi is back")
	s.tap(!on)
	on = !on

	s.closing()
	s.open()
	s.loop.RunUntil(func() bool { return s.lamp().Phase == lights.Confirmed }, "the lamp after this program's restart")
	if got := s.lamp().State == lights.On; got != on {
		t.Errorf("after the restart the panel shows on=%v, and the lamp is on=%v", got, on)
	}
	s.tap(!on)
}

func TestPlugToLitLamp(t *testing.T) {
	t.Run("with the built-in broker", func(t *testing.T) {
		s := newSchool(t, devicetest.Options{})
		s.setUp(device.Broker{})
		s.story(func() {
			s.Settings.Update(func(v *settings.Values) { v.BuiltIn.Off = true })
			s.loop.RunUntil(func() bool { return s.Status().Link != link.Online }, "the broker's end")
			s.Settings.Update(func(v *settings.Values) { v.BuiltIn.Off = false })
		})
	})
	t.Run("with mosquitto", func(t *testing.T) {
		mosquitto := devicetest.StartMosquitto(t, devicetest.MosquittoConf{Users: map[string]string{"七班": "p%s\"{}"}})
		s := newSchool(t, devicetest.Options{})
		s.setUp(device.Broker{Host: mosquitto.Host(), Port: mosquitto.Port(), User: "七班", Password: "p%s\"{}"})
		s.story(func() {
			mosquitto.Stop()
			s.loop.RunUntil(func() bool { return s.Status().Link != link.Online }, "the broker's end")
			mosquitto.Start()
		})
	})
	t.Run("through 115200 baud and a UART that drops what it can't take", func(t *testing.T) {
		s := newSchool(t, devicetest.Options{Baud: 115200, RXBuffer: 256})
		s.setUp(device.Broker{})
		s.tap(s.lamp().State != lights.On)
	})
	for _, model := range []string{"esp32", "mpython-3", "pico-w", "esp8266", "esp32-c6", "pico-2-w"} {
		t.Run("on "+model, func(t *testing.T) {
			s := newSchool(t, devicetest.Options{Model: model})
			s.setUp(device.Broker{})
			if err := s.Lights.Toggle(s.x.Base); err != nil {
				t.Fatal(err)
			}
			s.loop.RunUntil(func() bool { return !s.lamp().Waiting && s.lamp().Phase == lights.Confirmed }, "the board's word")
		})
	}
}

// TestPlugToLitLampFindsTheBrokerAtAnotherAddress moves the broker to another
// port, as a PC that got another address: nobody touches the board.
func TestPlugToLitLampFindsTheBrokerAtAnotherAddress(t *testing.T) {
	s := newSchool(t, devicetest.Options{})
	s.setUp(device.Broker{})
	other := devicetest.Port(t)
	s.Settings.Update(func(v *settings.Values) { v.BuiltIn.Port = other })
	s.loop.RunUntil(func() bool { return s.Status().Link == link.Online }, "the broker at its new place")
	s.loop.RunUntil(func() bool { return s.lamp().Phase == lights.Confirmed && s.lamp().Presence == lights.PresenceOnline }, "the board at the broker's new place")
	s.tap(s.lamp().State != lights.On)
	if config, _ := s.board.ReadFile("lamplighter.json"); !strings.Contains(string(config), num(float64(other))) {
		t.Errorf("the board has not kept where its broker is: %s", config)
	}
}

// theirs is a program that was on the board before.
const theirs = "print('mine')\n"

func TestPlugToLitLampKeepsAProgramOfOnesOwnAndBringsItBack(t *testing.T) {
	s := newSchool(t, devicetest.Options{})
	s.board.WriteFile("main.py", []byte(theirs))
	s.setUp(device.Broker{})
	kept, err := filepath.Glob(filepath.Join(s.dir, "boards", s.board.ID(), "*.py"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept on this PC: %v, %v", kept, err)
	}
	if data, err := os.ReadFile(kept[0]); err != nil || string(data) != theirs {
		t.Fatalf("kept on this PC: %q, %v", data, err)
	}

	session := s.Setup()
	session.Handle(setup.NextBoard{})
	session.Handle(setup.Picked{Port: device.Port{Name: s.board.Path(), Kind: device.Typed}})
	session.Handle(setup.Forward{})
	at[setup.Offering](s, "the offer to change the board")
	session.Handle(setup.Remove{})
	at[setup.Restored](s, "the board without Lamplighter")
	if data, _ := s.board.ReadFile("main.py"); string(data) != theirs {
		t.Errorf("main.py is %q", data)
	}
	if _, there := s.board.ReadFile("lamplighter.json"); there {
		t.Error("the passwords are still on the board")
	}
	if len(s.Settings.Values().Boards) != 0 {
		t.Error("the board is still in the roster")
	}
}

func TestTheWizardChangesTheSchoolsWiFiPasswordAloneWhenThatIsAllThatChanged(t *testing.T) {
	s := newSchool(t, devicetest.Options{})
	s.setUp(device.Broker{})
	before := s.x
	const changed = "new\"term\\2027"
	s.board.Set(func(x *devicetest.Setup) { x.WiFi.Networks[0].Password = changed })

	session := s.Setup()
	session.Handle(setup.NextBoard{})
	session.Handle(setup.Picked{Port: device.Port{Name: s.board.Path(), Kind: device.Typed}})
	session.Handle(setup.Forward{})
	at[setup.Offering](s, "the offer to change the board")
	session.Handle(setup.Change{Part: setup.WiFiPart})
	s.loop.RunUntil(func() bool { w, ok := session.State().(setup.WiFi); return ok && !w.Scanning }, "the board's networks")
	s.answer(func(x *setup.Answers) { x.WiFi.Password = changed })
	at[setup.Finished](s, "proof")
	s.x = session.State().CurrentDraft().Answers
	if s.x.Name != before.Name || s.x.Base != before.Base || s.x.Lamp != before.Lamp {
		t.Errorf("before: %+v\nafter: %+v", before, s.x)
	}
	s.tap(s.lamp().State != lights.On)
}

func TestOnlySettingsLeaveAPupilsProgramAsItIsAndItJoinsInTwoLines(t *testing.T) {
	s := newSchool(t, devicetest.Options{})
	s.board.WriteFile("main.py", []byte(theirs))
	s.goal = device.SettingsOnly
	s.setUp(device.Broker{})
	if data, _ := s.board.ReadFile("main.py"); string(data) != theirs {
		t.Errorf("main.py is %q", data)
	}
}

func TestAMicrobitIsRefusedKindly(t *testing.T) {
	loop, dir := apptest.NewLoop(t), t.TempDir()
	kept, err := secrets.OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	microbit := devicetest.StartMicrobit(t)
	port := device.Port{Name: "/dev/ttyACM0", Kind: device.USB, VID: "0D28", PID: "0204"}
	open := func(context.Context, device.Port) (io.ReadWriteCloser, error) { return microbit, nil }
	watch := func(ctx context.Context, report func([]device.Port)) { report([]device.Port{port}); <-ctx.Done() }
	a, err := app.Start(app.Options{
		Dir: dir, Post: loop.Post, Cables: install.New(assets.Board(), open, watch), Files: assets.Board(),
		Secrets: kept, Host: "127.0.0.1", Language: func() string { return "en" },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	session := a.Setup()
	loop.RunUntil(func() bool { return len(session.State().CurrentDraft().Ports) > 0 }, "a port")
	session.Handle(setup.Picked{Port: port})
	session.Handle(setup.Forward{})
	loop.RunUntil(func() bool { _, failed := session.State().(setup.Failed); return failed }, "the refusal")
	if f := setup.FaultOf(session.State().(setup.Failed).Err); f != fault.NoWiFi {
		t.Errorf("refused with %v: %v", f, session.State().(setup.Failed).Err)
	}
}

func TestTheSecretsOfALitLampAreInNoFileAndNoLog(t *testing.T) {
	s := newSchool(t, devicetest.Options{})
	s.setUp(device.Broker{})
	config, _ := s.board.ReadFile("lamplighter.json")
	if !strings.Contains(string(config), devicetest.TestPassword) {
		t.Fatalf("the board has not got its WiFi password: %s", config)
	}
	s.closing()
	for _, secret := range []string{devicetest.TestPassword} {
		noFileHolds(t, s.dir, secret)
	}
}
