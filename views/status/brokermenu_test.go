package status

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/lamps"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.RegisterScene("status-brokers", ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
		e.Parts.Settings.Update(viewtest.ThreeBrokers)
		e.Status.Broker, e.Status.Address = "School 学校", "mqtt.school.example:8883"
		p := lamps.New(e.Shell, e.Parts)
		e.Cleanup(p.Close)
		e.Then(func() { e.Window.StatusBar.ChooseBroker() })
		return p.Content()
	})
}

func TestOneClickInTheStatusLineUsesAnotherBroker(t *testing.T) {
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { p.Settings.Update(viewtest.ThreeBrokers) })
	var words *brokerWords
	for _, o := range test.LaidOutObjects(statusOf(w).content) {
		if b, ok := o.(*brokerWords); ok {
			words = b
		}
	}
	for _, open := range []func(){
		func() { test.Tap(words) },
		func() { test.Tap(statusOf(w).brokers) },
		func() { viewtest.Ctrl(w, fyne.KeyB) },
	} {
		w.Parts.Settings.Update(viewtest.ThreeBrokers)
		open()
		got := strings.Join(viewtest.MenuTexts(w), "|")
		if !strings.Contains(got, "This computer|School 学校|long-name.") || !strings.Contains(got, "…") {
			t.Fatalf("the list says %s", got)
		}
		viewtest.Press(w, fyne.KeyDown) // to this computer, the first
		viewtest.Press(w, fyne.KeyReturn)
		if in := w.Parts.Settings.Values().Connection; in != "" {
			t.Errorf("in use: %q", in)
		}
		if top := w.Win.Canvas().Overlays().Top(); top != nil {
			t.Fatal("the list is still open")
		}
	}
}

func TestTheListOfBrokersIsLeftByEscAndNothingChanges(t *testing.T) {
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { p.Settings.Update(viewtest.ThreeBrokers) })
	viewtest.Ctrl(w, fyne.KeyB)
	viewtest.Press(w, fyne.KeyEscape)
	if in := w.Parts.Settings.Values().Connection; in != "a" || w.Win.Canvas().Overlays().Top() != nil {
		t.Errorf("in use: %q", in)
	}
	envOf(w).ShowInformation("a dialog", "")
	viewtest.Ctrl(w, fyne.KeyB)
	if n := len(w.Win.Canvas().Overlays().List()); n != 1 {
		t.Errorf("%d layers: a list over a dialog", n)
	}
}

func TestABrokerThatTheSchoolLockedHasNoOther(t *testing.T) {
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) {
		p.Settings.Update(viewtest.ThreeBrokers)
		p.Settings.Apply(settings.Policy{Path: "policy.json", Locked: []settings.Lock{settings.LockBroker}})
	})
	w.StatusBar.ChooseBroker()
	got := strings.Join(viewtest.MenuTexts(w), "|")
	if !strings.HasPrefix(got, i18n.T("settings.policy-broker")) || strings.Contains(got, "School 学校") {
		t.Errorf("the list says %s", got)
	}
}
