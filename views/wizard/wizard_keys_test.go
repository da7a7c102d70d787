package wizard

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/broker/presets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// stagedWizard is a window with a wizard that stands at s.
func stagedWizard(t *testing.T, s setup.State) (*viewtest.Window, *wizard, *stagedSetup) {
	t.Helper()
	win, _ := viewtest.NewWindow(t, nil)
	m := &stagedSetup{state: s}
	w := m.wizard(envOf(win))
	win.Pages[ui.PlaceSetup] = w
	win.Visit(ui.PlaceSetup, "")
	t.Cleanup(func() { win.Visit(ui.PlaceLamps, "") })
	return win, w, m
}

// next goes to the next thing with the keyboard.
func next(win *viewtest.Window) fyne.Focusable {
	win.Win.Canvas().FocusNext()
	return win.Win.Canvas().Focused()
}

func TestTheKeyboardAloneSetsABoardUp(t *testing.T) {
	d := wizardDraft()
	win, w, m := stagedWizard(t, setup.Choosing{Draft: setup.Draft{Ports: []device.Port{boardPort, secondPort}, Defaults: viewtest.WizardDefaults}})
	viewtest.Press(win, fyne.KeyEnter) // the first board has the focus
	if g, ok := m.state.(setup.Greeting); !ok || g.Port.Name != boardPort.Name {
		t.Fatalf("Enter on a board came to %T", m.state)
	}
	m.Handle(setup.Greeted{Board: d.Board, Defaults: viewtest.WizardDefaults, Base: "class/lamp-07"})
	m.Handle(setup.Scanned{Networks: d.Networks})
	viewtest.Press(win, fyne.KeyEnter)
	if _, ok := m.state.(setup.Joining); !ok {
		t.Fatalf("Enter on the WiFi page came to %T", m.state)
	}
	m.Handle(setup.Joined{IP: "192.168.1.9"})
	viewtest.Press(win, fyne.KeyEnter)
	m.Handle(setup.Checked{})
	if _, ok := m.state.(setup.Naming); !ok {
		t.Fatalf("Enter on the broker's page came to %T", m.state)
	}
	if win.Win.Canvas().Focused() != fyne.Focusable(w.page.(*namePage).name.In) {
		t.Error("the name has not the focus")
	}
	viewtest.Press(win, fyne.KeyEnter) // in an entry, Enter is the primary action
	if _, ok := m.state.(setup.Writing); !ok {
		t.Fatalf("Enter in the name came to %T", m.state)
	}
	m.Handle(setup.Written{Account: setup.Account{Topics: device.LampTopics("class/lamp-07")}})
	m.Handle(setup.Staged{Stage: device.Stage{Name: device.StageSubscribed}})
	m.Handle(setup.LampHeard{Lamp: setup.Lamp{Known: true, On: true}})
	if _, ok := m.state.(setup.Finished); !ok {
		t.Fatalf("the proof came to %T", m.state)
	}
	m.tasks = nil
	win.Win.Canvas().Focused().TypedRune(' ')
	if len(m.tasks) != 1 || m.tasks[0] != setup.SwitchOff {
		t.Errorf("Space on the big switch asked for %v", m.tasks)
	}
	viewtest.Press(win, fyne.KeyEscape)
	if win.Current != ui.PlaceSetup || m.state == nil {
		t.Error("Esc left the wizard")
	}
}

func TestEscIsBackWhereThatDoesNoHarm(t *testing.T) {
	win, _, m := stagedWizard(t, setup.Broker{Draft: wizardDraft()})
	viewtest.Press(win, fyne.KeyEscape)
	if _, ok := m.state.(setup.Broker); ok || win.Current != ui.PlaceSetup {
		t.Errorf("Esc left %T at %s", m.state, win.Current)
	}
	win, _, m = stagedWizard(t, setup.Writing{Draft: wizardDraft()})
	viewtest.Press(win, fyne.KeyEscape)
	if _, ok := m.state.(setup.Writing); !ok || win.Current != ui.PlaceSetup {
		t.Errorf("Esc stopped the writing: %T", m.state)
	}
}

func TestFocusAndCaretStayWhilePortsComeAndGo(t *testing.T) {
	win, w, m := stagedWizard(t, setup.WiFi{Draft: wizardDraft()})
	pass := w.page.(*wifiPage).password.In
	win.Win.Canvas().Focus(pass)
	pass.SetText("")
	test.Type(pass, "geheim")
	pass.CursorColumn = 3
	m.Handle(setup.PortsChanged{Ports: []device.Port{boardPort, secondPort}})
	m.Handle(setup.Rescan{})
	m.Handle(setup.Scanned{Networks: wizardDraft().Networks[:2]})
	test.Type(pass, "X")
	if win.Win.Canvas().Focused() != fyne.Focusable(pass) || pass.Text != "gehXeim" {
		t.Errorf("the field has %q, the focus is on %T", pass.Text, win.Win.Canvas().Focused())
	}
	if got := m.state.CurrentDraft().Answers.WiFi.Password; got != "gehXeim" {
		t.Errorf("the answer is %q", got)
	}
}

func TestWhatIsTypedIsNotReplacedByWhatItWasReadAs(t *testing.T) {
	d := wizardDraft()
	d.Answers.Broker.BuiltIn = false
	_, w, m := stagedWizard(t, setup.Broker{Draft: d})
	port := w.page.(*brokerPage).forms[presets.Free].Fields[presets.Port].In
	port.SetText("88x")
	if port.Text != "88x" {
		t.Errorf("the field shows %q", port.Text)
	}
	m.Handle(setup.Forward{})
	b, ok := m.state.(setup.Broker)
	if !ok || b.Problem == nil {
		t.Fatalf("88x went through to %T", m.state)
	}
	if port.Text != "88x" {
		t.Errorf("after the refusal the field shows %q", port.Text)
	}
}

func TestTLSMovesTheUsualPortAlong(t *testing.T) {
	d := wizardDraft()
	d.Answers.Broker.BuiltIn = false
	_, w, m := stagedWizard(t, setup.Broker{Draft: d})
	p := w.page.(*brokerPage).forms[presets.Free]
	p.Safety.TLS.SetChecked(true)
	if got := m.state.CurrentDraft().Answers.Broker.Other; !got.TLS || got.Port != 8883 || p.Fields[presets.Port].In.Text != "8883" {
		t.Errorf("the port is %d, the field shows %q", got.Port, p.Fields[presets.Port].In.Text)
	}
}

func TestAChosenNetworkGetsItsRememberedPasswordAndAnotherNone(t *testing.T) {
	_, w, m := stagedWizard(t, setup.WiFi{Draft: wizardDraft()})
	p := w.page.(*wifiPage)
	test.Tap(p.rows["教师办公室"])
	if got := m.state.CurrentDraft().Answers.WiFi; got.SSID != "教师办公室" || got.Password != "" || p.password.In.Text != "" {
		t.Errorf("%q has the password of another network", got.SSID)
	}
	test.Tap(p.rows["School-IoT"])
	if got := m.state.CurrentDraft().Answers.WiFi; got != viewtest.WizardDefaults.WiFi[0] || p.password.In.Text != "classroom 7" {
		t.Error("the remembered password was not filled in")
	}
}

func TestTheRowOfABoardStaysTheSameWhenOthersCome(t *testing.T) {
	win, w, m := stagedWizard(t, setup.Choosing{Draft: setup.Draft{Ports: []device.Port{secondPort, viewtest.PracticePort}}})
	before := win.Win.Canvas().Focused()
	m.Handle(setup.PortsChanged{Ports: []device.Port{boardPort, secondPort, viewtest.PracticePort}})
	if got := win.Win.Canvas().Focused(); got != before || got != fyne.Focusable(w.page.(*boardPage).rows[secondPort.Name]) {
		t.Errorf("the focus went from %v to %v", before, got)
	}
}

func TestABoardWithoutWiFiCantBeChosenAndSaysWhy(t *testing.T) {
	_, w, m := stagedWizard(t, setup.Choosing{Draft: setup.Draft{Ports: []device.Port{microbitPort}}})
	r := w.page.(*boardPage).rows[microbitPort.Name]
	test.Tap(r)
	r.TypedRune(' ')
	r.TypedKey(viewtest.Key(fyne.KeyEnter))
	if m.state.CurrentDraft().Port.Name != "" || r.Remark == "" {
		t.Errorf("chosen %q, remark %q", m.state.CurrentDraft().Port.Name, r.Remark)
	}
}

func TestEveryAnswerThatNoBoardCanTakeIsExplained(t *testing.T) {
	for v, text := range problem.ValueTexts {
		if !i18n.Has(text) {
			t.Errorf("%v: no text %q", v, text)
		}
	}
	long := string(make([]rune, 70))
	for what, err := range map[string]error{
		"ssid":      device.WiFi{}.Check(),
		"ssid long": device.WiFi{SSID: device.Text(fmt.Sprintf("%033d", 1))}.Check(),
		"password":  device.WiFi{SSID: "x", Password: "1234567"}.Check(),
		"long":      device.WiFi{SSID: "x", Password: device.Text(fmt.Sprintf("%070d", 1))}.Check(),
		"host":      device.CheckHost("mqtt://x"),
		"no host":   device.CheckHost(""),
		"name":      device.CheckName(" "),
		"control":   device.CheckName("a\nb"),
		"too long":  device.CheckName(long),
		"pin":       device.Lamp{Kind: device.LampPin}.Check(),
		"bad pin":   device.Lamp{Kind: device.LampPin, Pin: "a b"}.Check(),
		"count":     device.Lamp{Kind: device.LampNeoPixel, Pin: "1"}.Check(),
		"button":    device.Button{Pin: "-1"}.Check(),
	} {
		if problem.ValueKey(err) == "" {
			t.Errorf("%s: %v has no text of its own", what, err)
		}
	}
}

func TestTheStepsFollowTheSetup(t *testing.T) {
	d := wizardDraft()
	_, w, m := stagedWizard(t, setup.Naming{Draft: d})
	if w.stepper.at != setup.NameStep {
		t.Errorf("the name's page is step %d", w.stepper.at)
	}
	m.Handle(setup.TaskFailed{Err: wizardFault(fault.PortGone)})
	if _, ok := m.state.(setup.Unplugged); !ok || w.stepper.at != setup.NameStep {
		t.Errorf("%T is step %d", m.state, w.stepper.at)
	}
}

func TestAWizardOutOfViewMovesNothing(t *testing.T) {
	win, w, m := stagedWizard(t, setup.Joining{Draft: wizardDraft()})
	win.Visit(ui.PlaceLamps, "")
	m.changed.Raise()
	if w.inView {
		t.Error("the page believes that it is in view")
	}
	focus := win.Win.Canvas().Focused()
	m.Handle(setup.Joined{IP: "192.168.1.9"})
	if win.Win.Canvas().Focused() != focus {
		t.Error("a page out of view took the focus")
	}
}

func TestTabComesToEverythingOnAPage(t *testing.T) {
	for name, s := range map[string]setup.State{"wifi": setup.WiFi{Draft: wizardDraft()}, "name": setup.Naming{Draft: wizardDraft()}} {
		win, w, _ := stagedWizard(t, s)
		met := map[fyne.Focusable]bool{}
		for range 40 {
			met[next(win)] = true
		}
		if !met[w.foot.back] || !met[w.foot.next] {
			t.Errorf("%s: Tab does not come to the buttons", name)
		}
		if p, ok := w.page.(*wifiPage); ok && (!met[p.password.In] || !met[p.other] || !met[p.rescan] || !met[p.rows["Guest"]]) {
			t.Errorf("%s: Tab does not come to the list and the password", name)
		}
	}
}

func TestTheSetupWaitsWhereItStandsWhenTheLanguageChanges(t *testing.T) {
	win, loop := viewtest.NewWindow(t, nil)
	win.Visit(ui.PlaceSetup, "")
	s := win.Parts.Setup()
	loop.RunUntil(func() bool { return len(s.State().CurrentDraft().Ports) > 0 }, "the practice board is listed")
	s.Handle(setup.PortTyped{Name: "COM42"})
	win.Rebuild()
	p := win.Pages[ui.PlaceSetup].(*wizard).page.(*boardPage)
	if p.typed.In.Text != "COM42" || win.Parts.Setup() != s {
		t.Errorf("the port that was typed is now %q", p.typed.In.Text)
	}
	s.Handle(setup.Forward{})
	if _, ok := win.Pages[ui.PlaceSetup].(*wizard).page.(*busyPage); !ok {
		t.Error("the page does not follow the session")
	}
}

func TestANameIsCheckedWhileItIsTyped(t *testing.T) {
	_, w, _ := stagedWizard(t, setup.Naming{Draft: wizardDraft()})
	w.env.Settings.Update(func(v *settings.Values) { v.Boards = []settings.Board{{ID: "other", Name: "窗边"}} })
	p := w.page.(*namePage)
	for typed, want := range map[string]string{"窗边": "wizard.name.taken", "门口": "", strings.Repeat("长", 22): "wizard.value.name-long"} {
		p.name.In.SetText(typed)
		text := p.flaw.Text()
		if p.note.Visible() {
			text += p.note.Text
		}
		if want == "" && text != "" || want != "" && text != i18n.T(want) {
			t.Errorf("of %q it says %q", typed, text)
		}
		if blocked := w.foot.next.Disabled(); blocked != (want == "wizard.value.name-long") {
			t.Errorf("%q can't be used: %v", typed, blocked)
		}
	}
}

func TestTheKeyboardGoesToTheFieldThatIsWrong(t *testing.T) {
	d := wizardDraft()
	d.Answers.Lamp = device.Lamp{Kind: device.LampPin}
	win, w, m := stagedWizard(t, setup.Naming{Draft: d})
	m.state = setup.Naming{Draft: d, Problem: &fault.Error{Fault: fault.BadValue, Err: &device.ValueError{Field: "lamp.pin", Reason: device.Missing}}}
	m.changed.Raise()
	if got := win.Win.Canvas().Focused(); got != w.page.(*namePage).lamp.pin.In {
		t.Errorf("it is at %T", got)
	}
}

func TestTheFirstBoardHasTheKeyboardAsSoonAsItIsThere(t *testing.T) {
	win, _, m := stagedWizard(t, setup.Choosing{})
	m.Handle(setup.PortsChanged{Ports: []device.Port{boardPort, secondPort}})
	if r, ok := win.Win.Canvas().Focused().(*ui.PickRow); !ok || r.Off {
		t.Errorf("%T has the keyboard", win.Win.Canvas().Focused())
	}
}

func TestTheFirstNetworkHasTheKeyboardAsSoonAsThereIsOne(t *testing.T) {
	d := wizardDraft()
	draft := setup.Draft{Ports: []device.Port{boardPort}, Port: boardPort, Board: d.Board}
	win, w, m := stagedWizard(t, setup.WiFi{Draft: draft, Scanning: true})
	if f := win.Win.Canvas().Focused(); f != nil {
		t.Fatalf("%T has the keyboard, and there is nothing to choose", f)
	}
	m.Handle(setup.Scanned{Networks: d.Networks})
	first, ok := win.Win.Canvas().Focused().(*ui.PickRow)
	if !ok || first.Name != d.Networks[0].SSID.String() {
		t.Fatalf("%T has the keyboard", win.Win.Canvas().Focused())
	}
	win.Visit(ui.PlaceLamps, "")
	win.Win.Canvas().Unfocus()
	w.page.(*wifiPage).rows = map[device.Text]*ui.PickRow{}
	w.update()
	if f := win.Win.Canvas().Focused(); f != nil {
		t.Errorf("%T took the keyboard from another place", f)
	}
}
