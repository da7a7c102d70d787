package lamps

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/program"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// programs stands in for the app: every lamp is class/lamp-05, on the model that
// was asked for.
func programs(p *backend.Parts, own string) {
	p.ProgramModel = func(string) string { return own }
	p.Program = func(base, model string, real bool) (string, error) {
		m, known := device.ModelByKey(model)
		if !known {
			return "", &fault.Error{Fault: fault.BadValue, Op: "write a program"}
		}
		return program.Write(program.Options{Model: m, Real: real, Language: i18n.BoardLanguage(), Config: device.Config{
			Name: "Green corner", Lamp: m.Lamps[0], Topics: device.LampTopics(base),
			WiFi:   device.WiFi{SSID: "教室", Password: "chalk&cheese"},
			Broker: device.Broker{Host: "192.168.1.23", Port: 1883, User: "lamp-05", Password: "s3cret-word", KeepAlive: 30},
		}})
	}
}

func init() {
	scenes := map[string]func(*programDialog){
		"program":      func(*programDialog) {},
		"program-real": func(s *programDialog) { test.Tap(s.real) },
		"program-down": func(s *programDialog) { s.scroll.ScrollToBottom() },
		"program-none": func(s *programDialog) {
			s.env.Program = func(string, string, bool) (string, error) { return "", errNone }
			s.write()
		},
	}
	for name, do := range scenes {
		lampScene(name, func(e *viewtest.Env, r *lampRoom) *lampRoom {
			programs(e.Parts, map[bool]string{true: "", false: "mpython-2"}[name == "program-down"])
			mixedRoom(r, strings.Contains(e.Name(), "zh-Hans"))
			return nil
		}, func(p *lampPage) {
			s := newProgramDialog(p.env, "class/lamp-05")
			l, _ := p.panel.Light("class/lamp-05")
			s.open(l.Name)
			do(s)
		})
	}
}

var errNone = &fault.Error{Fault: fault.BadValue, Op: "write a program"}

func TestPasswordsAreInTheProgramOnlyWhileThatIsAskedFor(t *testing.T) {
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { programs(p, "mpython-2") })
	s := newProgramDialog(envOf(w), "class/lamp-05")
	s.open("x")
	check := func(secret bool) {
		t.Helper()
		if got := strings.Contains(s.text.Text, "s3cret-word"); got != secret || s.warn.Visible() != secret {
			t.Errorf("secret %v, want %v, warned %v", got, secret, s.warn.Visible())
		}
	}
	check(false)
	test.Tap(s.real)
	check(true)
	test.Tap(s.copyIt)
	if got := viewtest.TestApp().Clipboard().Content(); !strings.Contains(got, "s3cret-word") {
		t.Errorf("copied %q", got)
	}
	test.Tap(s.real)
	check(false)
	s.modal.Cancel()
	again := newProgramDialog(envOf(w), "class/lamp-05")
	again.open("x")
	if again.real.Checked {
		t.Error("the next dialog begins with real values")
	}
}

func TestTheProgramIsForTheBoardThatIsChosen(t *testing.T) {
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { programs(p, "pico-w") })
	s := newProgramDialog(envOf(w), "class/lamp-05")
	s.open("x")
	if !strings.Contains(s.text.Text, `Pin("LED"`) || s.board.Selected != "Raspberry Pi Pico W" {
		t.Errorf("%s: %s", s.board.Selected, s.text.Text)
	}
	s.board.SetSelectedIndex(0)
	if !strings.Contains(s.text.Text, "from mpython import rgb") {
		t.Error(s.text.Text)
	}
	s.env.Program = func(string, string, bool) (string, error) { return "", errNone }
	s.board.SetSelectedIndex(1)
	if !s.wrong.Box.Visible() || !s.copyIt.Disabled() || !s.save.Disabled() || s.text.Text != "" {
		t.Error("where there is no program, something can be copied")
	}
}

func TestTheProgramIsInTheMenuOfEveryLampThatHearsCommands(t *testing.T) {
	w, loop := viewtest.NewWindow(t, func(p *backend.Parts) { programs(p, "mpython-2") })
	r := newLampRoom(t, loop)
	w.Parts.Lights = r.Panel
	w.Rebuild()
	r.here("lamp-05", "x", "on")
	p := w.PageAt(ui.PlaceLamps).(*lampPage)
	p.menu.cardMenu("class/lamp-05", fyne.NewPos(10, 10))
	for _, o := range test.LaidOutObjects(w.Win.Canvas().Overlays().Top()) {
		if text, ok := o.(*canvas.Text); ok && text.Text == "Show the program" {
			return
		}
	}
	t.Error("it is not in the menu")
}
