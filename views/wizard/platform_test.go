package wizard

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/broker/presets"
	"lamplighter/app/setup"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/brokerform"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// platformDraft stands at a preset's page with nothing typed yet.
func platformDraft(id string) setup.Draft {
	d := wizardDraft()
	d.Answers.Broker = brokerform.FirstChoice(presets.ByID(id), nil, setup.BrokerChoice{})
	return d
}

func init() {
	for _, p := range presets.All() {
		viewtest.RegisterScene("wizard-platform-"+p.ID, ui.PlaceSetup, func(e *viewtest.Env) fyne.CanvasObject {
			d := platformDraft(p.ID)
			return stagedPage(e, setup.Broker{Draft: d})
		})
		if len(p.FieldsOf(p.TopicSchemes[0], true)) > 0 {
			viewtest.RegisterScene("wizard-platform-board-"+p.ID, ui.PlaceSetup, func(e *viewtest.Env) fyne.CanvasObject {
				return stagedPage(e, setup.Naming{Draft: platformDraft(p.ID)})
			})
		}
	}
	viewtest.RegisterScene("wizard-platform-down", ui.PlaceSetup, func(e *viewtest.Env) fyne.CanvasObject {
		return stagedPage(e, setup.Broker{Draft: platformDraft("public"), Problem: &fault.Error{Fault: fault.Unreachable, Op: "connect"}})
	})
}

func stagedPage(e *viewtest.Env, s setup.State) fyne.CanvasObject {
	m := &stagedSetup{state: s}
	w := m.wizard(envOf(e.Window))
	e.Then(w.Shown)
	return w.Content()
}

func TestAPlatformAsksInItsOwnWordsAndForNothingElse(t *testing.T) {
	for _, p := range presets.All() {
		_, w, m := stagedWizard(t, setup.Broker{Draft: wizardDraft()})
		page := w.page.(*brokerPage)
		test.Tap(page.others[p.ID])
		if got := problem.PresetOf(m.state.CurrentDraft().Answers.Broker).ID; got != p.ID {
			t.Errorf("%s: %s was chosen", p.ID, got)
		}
		form := page.forms[p.ID]
		for _, f := range p.Fields {
			if in := form.Fields[f.Key]; (in == nil) != f.Key.PerBoard() {
				t.Errorf("%s: %s is asked for at the wrong place", p.ID, f.Key)
			} else if in != nil && in.In.Password != f.Hidden {
				t.Errorf("%s: %s can be read by all", p.ID, f.Key)
			}
		}
	}
}

func TestWhatWasTypedForAPlatformIsThereWhenItIsChosenAgain(t *testing.T) {
	_, w, m := stagedWizard(t, setup.Broker{Draft: wizardDraft()})
	page := w.page.(*brokerPage)
	test.Tap(page.others["adafruit"])
	page.forms["adafruit"].Fields[presets.User].In.SetText("miss_lee")
	test.Tap(page.others["easyiot"])
	if got := m.state.CurrentDraft().Answers.Broker; got.Other.User != "" || got.Other.Host != "iot.dfrobot.com.cn" {
		t.Errorf("Easy IoT begins with %+v", got.Other.Host)
	}
	test.Tap(page.own)
	test.Tap(page.others["adafruit"])
	if got := m.state.CurrentDraft().Answers.Broker; got.Other.User != "miss_lee" || got.BuiltIn {
		t.Errorf("it is %q", got.Other.User)
	}
}

func TestTheFootSaysWhichFieldOfAPlatformIsEmpty(t *testing.T) {
	_, w, m := stagedWizard(t, setup.Broker{Draft: platformDraft("adafruit")})
	label := problem.InLanguage(presets.ByID("adafruit").Fields[0].Label)
	if got := w.page.foot(m.state).reason; got != i18n.T("wizard.platform.field-missing", "Field", label) {
		t.Error(got)
	}
}

func TestTwoOtherServersAreOfferedWhenOneIsDown(t *testing.T) {
	d := platformDraft("public")
	_, w, m := stagedWizard(t, setup.Broker{Draft: d, Problem: &fault.Error{Fault: fault.Refused, Op: "connect"}})
	page := w.page.(*brokerPage)
	others := page.elsewhere(presets.ByID("public"), d.Answers.Broker)
	if len(others) != 2 {
		t.Fatalf("%d are offered", len(others))
	}
	test.Tap(others[0].(fyne.Tappable))
	if got := m.state.CurrentDraft().Answers.Broker.Other.Host; got != "broker.emqx.io" {
		t.Error(got)
	}
	if _, ok := m.state.(setup.Checking); !ok {
		t.Errorf("it is not tried: %T", m.state)
	}
}

func TestTLSMovesToAPlatformsOwnAddressForIt(t *testing.T) {
	_, w, m := stagedWizard(t, setup.Broker{Draft: platformDraft("onenet")})
	w.page.(*brokerPage).forms["onenet"].Safety.TLS.SetChecked(true)
	if b := m.state.CurrentDraft().Answers.Broker.Other; b.Host != "mqttstls.heclouds.com" || b.Port != 8883 || !b.TLS {
		t.Errorf("%s %d", b.Host, b.Port)
	}
	w.page.(*brokerPage).forms["onenet"].Safety.TLS.SetChecked(false)
	if b := m.state.CurrentDraft().Answers.Broker.Other; b.Host != "mqtts.heclouds.com" || b.Port != 1883 {
		t.Errorf("%s %d", b.Host, b.Port)
	}
}

func TestABoardsOwnFieldsAreAskedWithItsName(t *testing.T) {
	d := platformDraft("easyiot")
	d.Answers.Broker.Other.User, d.Answers.Broker.Other.Password = "id", "pwd"
	_, w, m := stagedWizard(t, setup.Naming{Draft: d})
	page := w.page.(*namePage)
	if page.place[presets.Answer] != nil {
		t.Error("one Topic asks for two")
	}
	m.Handle(setup.Forward{})
	if n, ok := m.state.(setup.Naming); !ok || n.Problem == nil {
		t.Fatalf("it went on to %T without a topic", m.state)
	}
	page.place[presets.Topic].In.SetText(" Bkgk2zXb4 ")
	m.Handle(setup.Forward{})
	if _, ok := m.state.(setup.Writing); !ok {
		t.Errorf("it stays at %T: %v", m.state, m.state.(setup.Naming).Problem)
	}
}
