package views

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/settings"
)

// threeBrokers are this computer's and two others, the last in use.
func threeBrokers(v *settings.Values) {
	v.Connections = []settings.Connection{
		{ID: "a", Name: "School 学校", Host: "mqtt.school.example", Port: 8883, TLS: true},
		{ID: "b", Host: strings.Repeat("long-name.", 12) + "example", Port: 1883},
	}
	v.Connection = "a"
}

func init() {
	registerScene("status-brokers", placeLamps, func(e *sceneEnv) fyne.CanvasObject {
		e.parts.Settings.Update(threeBrokers)
		e.status.Broker, e.status.Address = "School 学校", "mqtt.school.example:8883"
		p := NewLamps(e.shell, e.parts)
		e.Cleanup(p.Close)
		e.then(func() { e.testWindow.status.ChooseBroker() })
		return p.Content()
	})
}

// menuTexts are what the open menu says.
func menuTexts(w *testWindow) (all []string) {
	for _, o := range test.LaidOutObjects(w.window.Canvas().Overlays().Top()) {
		if text, ok := o.(*canvas.Text); ok && text.Text != "" {
			all = append(all, text.Text)
		}
	}
	return all
}

func TestOneClickInTheStatusLineUsesAnotherBroker(t *testing.T) {
	w, _ := newTestWindow(t, func(p *Parts) { p.Settings.Update(threeBrokers) })
	var words *brokerWords
	for _, o := range test.LaidOutObjects(statusOf(w).content) {
		if b, ok := o.(*brokerWords); ok {
			words = b
		}
	}
	for _, open := range []func(){
		func() { test.Tap(words) },
		func() { test.Tap(statusOf(w).brokers) },
		func() { ctrl(w, fyne.KeyB) },
	} {
		w.parts.Settings.Update(threeBrokers)
		open()
		got := strings.Join(menuTexts(w), "|")
		if !strings.Contains(got, "This computer|School 学校|long-name.") || !strings.Contains(got, "…") {
			t.Fatalf("the list says %s", got)
		}
		press(w, fyne.KeyDown) // to this computer, the first
		press(w, fyne.KeyReturn)
		if in := w.parts.Settings.Values().Connection; in != "" {
			t.Errorf("in use: %q", in)
		}
		if top := w.window.Canvas().Overlays().Top(); top != nil {
			t.Fatal("the list is still open")
		}
	}
}

func TestTheListOfBrokersIsLeftByEscAndNothingChanges(t *testing.T) {
	w, _ := newTestWindow(t, func(p *Parts) { p.Settings.Update(threeBrokers) })
	ctrl(w, fyne.KeyB)
	press(w, fyne.KeyEscape)
	if in := w.parts.Settings.Values().Connection; in != "a" || w.window.Canvas().Overlays().Top() != nil {
		t.Errorf("in use: %q", in)
	}
	deskOf(w).tell("a dialog", "")
	ctrl(w, fyne.KeyB)
	if n := len(w.window.Canvas().Overlays().List()); n != 1 {
		t.Errorf("%d layers: a list over a dialog", n)
	}
}
