package wizard

import (
	"net/netip"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/lampview"
	"lamplighter/views/viewtest"
)

func TestTheFinishedPageNeverSaysMoreThanTheBoardDoes(t *testing.T) {
	for _, c := range []struct {
		name  string
		lamp  setup.Lamp
		Key   string
		phase lights.Phase
	}{
		{"on", setup.Lamp{Known: true, On: true, Online: true}, "on", lights.Confirmed},
		{"the board left", setup.Lamp{Known: true, On: true, Offline: true}, "offline", lights.Offline},
		{"the board left while it was asked", setup.Lamp{Known: true, On: true, Offline: true, Waiting: true}, "offline", lights.Offline},
		{"the broker is away", setup.Lamp{Known: true, On: true, Outdated: true}, "stale", lights.Stale},
		{"asked without a broker", setup.Lamp{Known: true, On: true, NotSent: true}, "not-sent", lights.NotSent},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, w, _ := stagedWizard(t, setup.Finished{Draft: wizardDraft(), Lamp: c.lamp})
			p := w.page.(*finishPage)
			if want := i18n.T("wizard.finish." + c.Key); p.truth.Text != want {
				t.Errorf("the page says %q, want %q", p.truth.Text, want)
			}
			if got := p.picture.picture.Light.Phase; got != c.phase {
				t.Errorf("the lamp is drawn in phase %v, want %v", got, c.phase)
			}
			if lampview.IsLit(p.picture.picture.Light) != (c.phase == lights.Confirmed) {
				t.Error("the lamp shines, and nobody says that it does")
			}
		})
	}
}

func TestARefusedPasswordIsReplacedByTheNextOne(t *testing.T) {
	d := wizardDraft()
	d.Answers.WiFi.Password = "wrong-password"
	win, _, m := stagedWizard(t, setup.WiFi{Draft: d, Problem: wizardFault(fault.WiFiPassword)})
	for _, r := range "right-password" {
		win.Win.Canvas().Focused().TypedRune(r)
	}
	if got := m.state.CurrentDraft().Answers.WiFi.Password; got != "right-password" {
		t.Errorf("typed over the refused password: %q", got)
	}
}

func TestAFilledInNameIsReplacedByTyping(t *testing.T) {
	d := wizardDraft()
	d.Answers.Name = "lamp-01"
	win, _, m := stagedWizard(t, setup.Naming{Draft: d})
	win.Win.Canvas().Focused().TypedRune('A')
	if got := m.state.CurrentDraft().Answers.Name; got != "A" {
		t.Errorf("typed over the filled-in name: %q", got)
	}
}

func TestTypingGoesOnAtTheEndOfAFilledField(t *testing.T) {
	d := wizardDraft()
	d.Answers.Broker = setup.BrokerChoice{Other: device.Broker{Host: "10.0.0.", Port: 1883}}
	win, w, m := stagedWizard(t, setup.Broker{Draft: d})
	host := w.page.(*brokerPage).forms[presets.Free].Fields[presets.Host].In
	win.Win.Canvas().Focus(host)
	test.Type(host, "5 ")
	if got := m.state.CurrentDraft().Answers.Broker.Other.Host; got != "10.0.0.5" {
		t.Errorf("the host is %q", got)
	}
}

func TestATypedPortIsAskedForAgainByAPerson(t *testing.T) {
	d := wizardDraft()
	d.Port = device.Port{Name: "COM7", Kind: device.Typed}
	win, w, m := stagedWizard(t, setup.Unplugged{Draft: d, Resume: setup.Naming{Draft: d}})
	if foot := w.page.foot(m.state); foot.next != i18n.T("common.retry") {
		t.Errorf("the primary button says %q", foot.next)
	}
	viewtest.Press(win, fyne.KeyEnter)
	if _, ok := m.state.(setup.Greeting); !ok {
		t.Errorf("Try again came to %T", m.state)
	}
}

func TestAnAddressWithoutANameHasNoEmptyBrackets(t *testing.T) {
	d := wizardDraft()
	d.Defaults.Addresses = []setup.Address{{Prefix: netip.MustParsePrefix("192.168.1.20/24")}}
	_, w, _ := stagedWizard(t, setup.Broker{Draft: d})
	if got := w.page.(*brokerPage).address.Options; !slices.Equal(got, []string{"192.168.1.20"}) {
		t.Errorf("the addresses are %q", got)
	}
}

func TestTheBrokersPageFollowsWhatIsSwitchedOnMeanwhile(t *testing.T) {
	on := wizardDraft()
	off := on
	off.Defaults.Port, off.Answers.Broker.Port = 0, 0
	_, w, m := stagedWizard(t, setup.Broker{Draft: off})
	p := w.page.(*brokerPage)
	if !p.own.Off || p.own.Remark != i18n.T("wizard.broker.own-off") {
		t.Errorf("a broker that is off can be chosen: %q", p.own.Remark)
	}
	if f := p.foot(m.state); f.reason == "" {
		t.Error("nothing says why it does not go on")
	}
	moved := on.Defaults
	moved.Addresses = []setup.Address{{Prefix: netip.MustParsePrefix("192.168.1.99/24"), Name: "wlan0"}}
	m.Handle(setup.DefaultsChanged{Defaults: moved, Connections: []setup.Connection{{Name: "School", BrokerChoice: setup.BrokerChoice{Other: device.Broker{Host: "mqtt.school.example", Port: 1883}}}}})
	if p.own.Off || p.own.Remark != i18n.T("wizard.broker.own-why") {
		t.Errorf("the broker is on, and the page says %q", p.own.Remark)
	}
	if f := p.foot(m.state); f.reason != "" {
		t.Errorf("it does not go on: %s", f.reason)
	}
	if got := p.address.Selected; got != i18n.T("wizard.broker.address", "Address", "192.168.1.99", "Name", "wlan0") {
		t.Errorf("the address shown is %q", got)
	}
	if !slices.Equal(p.known.Options, []string{"School"}) {
		t.Errorf("the brokers listed are %q", p.known.Options)
	}
}

func TestAPracticeBoardThatIsALampIsToldFromAFreshOne(t *testing.T) {
	used := device.Port{Name: "practice", Kind: device.Practice, Board: "窗边"}
	spare := device.Port{Name: "practice-2", Kind: device.Practice}
	a, _ := portWords(used)
	b, _ := portWords(spare)
	if a == b {
		t.Errorf("both are called %q", a)
	}
	if got, ok := setup.PracticePort([]device.Port{boardPort, used, spare}); !ok || got != spare {
		t.Errorf("the board to try is %v", got)
	}
	if got, ok := setup.PracticePort([]device.Port{used}); !ok || got != used {
		t.Errorf("the only practice board is not found: %v", got)
	}
	if _, ok := setup.PracticePort([]device.Port{boardPort}); ok {
		t.Error("a real board is taken for the practice board")
	}
}

func TestTheFinishedPagesTitleAndLastStepFollowTheLamp(t *testing.T) {
	_, w, m := stagedWizard(t, setup.Finished{Draft: wizardDraft(), Lamp: setup.Lamp{Known: true, On: true, Online: true}})
	p := w.page.(*finishPage)
	for _, c := range []struct {
		lamp setup.Lamp
		Key  string
		done bool
	}{
		{setup.Lamp{Known: true, On: true, Online: true}, "wizard.finish.title", true},
		{setup.Lamp{Known: true, Waiting: true}, "wizard.finish.title", true},
		{setup.Lamp{Known: true, On: true, Offline: true}, "wizard.finish.title.offline", false},
		{setup.Lamp{Known: true, NoAnswer: true}, "wizard.finish.title.unproved", false},
		{setup.Lamp{Known: true, NotSent: true}, "wizard.finish.title.unproved", false},
		{setup.Lamp{Known: true, Outdated: true}, "wizard.finish.title.unproved", false},
	} {
		m.state = setup.Finished{Draft: wizardDraft(), Lamp: c.lamp}
		w.update()
		if want := i18n.T(c.Key, "Name", wizardDraft().Answers.Name); p.title.Text != want || w.stepper.done != c.done {
			t.Errorf("%+v: the title is %q, all steps done %v, want %q and %v", c.lamp, p.title.Text, w.stepper.done, want, c.done)
		}
	}
	sent := wizardDraft()
	sent.SentOnly = true
	m.state = setup.Finished{Draft: sent, Lamp: setup.Lamp{On: true}}
	w.update()
	if want := i18n.T("wizard.finish.title.sent", "Name", sent.Answers.Name); p.title.Text != want {
		t.Errorf("of a board that can't confirm the title is %q, want %q", p.title.Text, want)
	}
}

func TestAPinIsTypedAsItIsPrintedOnTheBoard(t *testing.T) {
	d := wizardDraft()
	d.Board.Model, d.Answers.Lamp, d.Answers.Button = "mpython-2", device.Lamp{Kind: device.LampPin}, device.Button{}
	win, w, m := stagedWizard(t, setup.Naming{Draft: d})
	p := w.page.(*namePage)
	for typed, want := range map[string][2]string{"P8": {"26", "Lamp: P8 (GPIO26)"}, "p13": {"18", "Lamp: P13 (GPIO18)"}, "26": {"26", "Lamp: P8 (GPIO26)"}, "P12": {"P12", ""}} {
		win.Win.Canvas().Focus(p.lamp.pin.In)
		p.lamp.pin.In.SetText(typed)
		if got := m.state.CurrentDraft().Answers.Lamp.Pin; got != want[0] || p.lamp.pins.Text != want[1] || p.lamp.pin.In.Text != typed {
			t.Errorf("%q: pin %q, shown %q, the field %q", typed, got, p.lamp.pins.Text, p.lamp.pin.In.Text)
		}
	}
}

func TestATopicIsNotSaidToBeMadeFromANameThatItIsNotMadeFrom(t *testing.T) {
	for name, key := range map[string]string{"Window": "wizard.name.topic", "窗边": "wizard.name.topic.number", "…": "wizard.name.topic.number"} {
		d := wizardDraft()
		d.Answers.Name = name
		d.Board.Settings = nil
		_, w, _ := stagedWizard(t, setup.Naming{Draft: d})
		if got := w.page.(*namePage).made.Text; got != i18n.T(key) {
			t.Errorf("%q: %q, want %q", name, got, i18n.T(key))
		}
	}
}
