package prefs

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.RegisterScene("settings-siot", ui.PlaceSettings, func(e *viewtest.Env) fyne.CanvasObject {
		h := e.Parts.Broker.(*viewtest.App)
		h.State.SIoT, h.State.SIoTPort, h.State.SIoTWanted = true, 40080, 8080
		e.Parts.Settings.Update(func(v *settings.Values) { v.BuiltIn.SIoT = true })
		return settingsAt(e, 1150)
	})
}

func TestStandingInForSIoTIsOffUntilSomebodyWantsItAndSaysWhatItMeans(t *testing.T) {
	_, p, h := settingsWindow(t)
	s := p.siot
	if s.run.Checked || s.details.Visible() || viewtest.Shows(s.card, "dfrobot") || !viewtest.Shows(s.card, i18n.T("settings.siot-before")) {
		t.Fatal("it is on, or does not say what it means")
	}
	s.run.SetChecked(true)
	if !p.env.Settings.Values().BuiltIn.SIoT {
		t.Fatal("not switched on")
	}
	h.State.SIoT, h.State.SIoTPort = true, 8080
	h.Signal.Raise()
	for _, want := range []string{
		i18n.T("settings.siot-now"), "192.168.1.23", "1883", "siot", "dfrobot",
		"http://192.168.1.23:8080/publish?topic=xzr/001&msg=on&iname=siot&ipwd=dfrobot",
		"http://192.168.1.23:8080/lastmessage?topic=xzr/001&iname=siot&ipwd=dfrobot",
	} {
		if !s.details.Visible() || !viewtest.Shows(s.card, want) {
			t.Errorf("does not show %q", want)
		}
	}
	s.run.SetChecked(false)
	if p.env.Settings.Values().BuiltIn.SIoT || s.details.Visible() {
		t.Error("not switched off")
	}
}

func copyButtons(s *siotSection) (all []*ui.Button) {
	for _, o := range test.LaidOutObjects(s.card) {
		if b, ok := o.(*ui.Button); ok && b.Text == i18n.T("common.copy") {
			all = append(all, b)
		}
	}
	return all
}

func TestWhatAWebAddressShowsIsWhatIsCopied(t *testing.T) {
	w, p, h := settingsWindow(t)
	h.State.SIoT, h.State.SIoTPort = true, 40080
	p.siot.run.SetChecked(true)
	p.update()
	copied := map[string]bool{}
	for _, b := range copyButtons(p.siot) {
		b.OnTapped()
		text := w.Shell.Clipboard().Content()
		copied[text] = true
		if !viewtest.Shows(p.siot.card, text) {
			t.Errorf("copied %q, which is not shown", text)
		}
	}
	if len(copied) != 5 {
		t.Errorf("copied %v", copied)
	}
}

func TestEachTroubleOfTheStandInIsSaid(t *testing.T) {
	_, p, h := settingsWindow(t)
	p.env.Settings.Update(func(v *settings.Values) { v.BuiltIn.SIoT = true })
	for name, c := range map[string]struct {
		broker backend.BrokerState
		want   string
	}{
		"moved":      {backend.BrokerState{Running: true, Port: 1883, SIoT: true, SIoTPort: 40080, SIoTWanted: 8080}, i18n.T("settings.siot-moved", "Port", "40080", "Wanted", "8080")},
		"no port":    {backend.BrokerState{Running: true, Port: 1883, SIoT: true}, i18n.T("settings.siot-no-web")},
		"other port": {backend.BrokerState{Running: true, Port: 18830, SIoT: true, SIoTPort: 8080}, i18n.T("settings.siot-other-port", "Port", "18830", "Usual", "1883")},
	} {
		h.State = c.broker
		h.Signal.Raise()
		if !viewtest.Shows(p.siot.card, c.want) {
			t.Errorf("%s: not said", name)
		}
	}
	h.Own = nil
	h.Signal.Raise()
	if !viewtest.Shows(p.siot.card, i18n.T("settings.siot-no-network")) || len(copyButtons(p.siot)) > 0 {
		t.Error("without a network")
	}
	p.env.Settings.Update(func(v *settings.Values) { v.BuiltIn.Off = true })
	if !p.siot.run.Disabled() || !viewtest.Shows(p.siot.card, i18n.T("settings.siot-needs")) {
		t.Error("it can be switched although the broker is off, or does not say why not")
	}
}
