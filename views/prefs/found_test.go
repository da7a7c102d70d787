package prefs

import (
	"testing"

	"fyne.io/fyne/v2"

	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func easyIoTConnections() []settings.Connection {
	return []settings.Connection{
		{ID: "c1", Name: "Class 7a", Preset: "easyiot", Endpoint: endpoint.Endpoint{Host: "iot.dfrobot.com.cn", Port: 1883}, User: "a"},
		{ID: "c2", Name: "Class 7b", Preset: "easyiot", Endpoint: endpoint.Endpoint{Host: "iot.dfrobot.com.cn", Port: 1883}, User: "b", RetainSupport: "no"},
		{ID: "c3", Name: "Class 7c", Preset: "easyiot", Endpoint: endpoint.Endpoint{Host: "iot.dfrobot.com", Port: 1883}, User: "c", RetainSupport: "yes"},
	}
}

func init() {
	viewtest.RegisterScene("platform-found", ui.PlaceSettings, func(e *viewtest.Env) fyne.CanvasObject {
		envOf(e.Window).Settings.Update(func(v *settings.Values) { v.Connections = easyIoTConnections() })
		s := newConnectionSection(envOf(e.Window))
		s.update()
		return ui.Scrolled(ui.Sections(720, s.card))
	})
}

func TestWhatWasFoundOutIsShownBesideTheConnection(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	s := newConnectionSection(envOf(w))
	no, yes := "Checked at the first connection: no kept messages (retained)", "Checked at the first connection: keeps messages (retained)"
	open := "Not known yet: whether it keeps messages (retained). Lamplighter checks once a lamp is connected there."
	for _, c := range []struct {
		one  settings.Connection
		want string
	}{
		{easyIoTConnections()[0], open},
		{easyIoTConnections()[1], no},
		{easyIoTConnections()[2], yes},
		{settings.Connection{ID: "x", Endpoint: endpoint.Endpoint{Host: "h"}, RetainSupport: "no"}, ""},
		{settings.Connection{ID: "x", Endpoint: endpoint.Endpoint{Host: "h"}, Preset: "adafruit", RetainSupport: "yes"}, ""},
	} {
		w.Parts.Settings.Update(func(v *settings.Values) { v.Connections = []settings.Connection{c.one} })
		s.update()
		for _, words := range []string{no, yes, open} {
			if got := viewtest.Shows(s.card, words); got != (words == c.want) {
				t.Errorf("%+v: %q is shown: %v", c.one, words, got)
			}
		}
	}
}
