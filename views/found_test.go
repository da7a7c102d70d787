package views

import (
	"testing"

	"fyne.io/fyne/v2"

	"lamplighter/app/settings"
)

func easyIoTConnections() []settings.Connection {
	return []settings.Connection{
		{ID: "c1", Name: "Class 7a", Preset: "easyiot", Host: "iot.dfrobot.com.cn", Port: 1883, User: "a"},
		{ID: "c2", Name: "Class 7b", Preset: "easyiot", Host: "iot.dfrobot.com.cn", Port: 1883, User: "b", Keeps: "no"},
		{ID: "c3", Name: "Class 7c", Preset: "easyiot", Host: "iot.dfrobot.com", Port: 1883, User: "c", Keeps: "yes"},
	}
}

func init() {
	registerScene("platform-found", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		deskOf(e.testWindow).Settings.Update(func(v *settings.Values) { v.Connections = easyIoTConnections() })
		s := newConnectionSection(deskOf(e.testWindow))
		s.update()
		return scrolled(sections(720, s.card))
	})
}

func TestWhatWasFoundOutIsShownBesideTheConnection(t *testing.T) {
	w, _ := newTestWindow(t, nil)
	s := newConnectionSection(deskOf(w))
	no, yes := "Found out at the first connection: it keeps no messages (retained)", "Found out at the first connection: it keeps messages (retained)"
	open := "Not known yet: whether it keeps messages (retained). That is found out once a lamp is connected there."
	for _, c := range []struct {
		one  settings.Connection
		want string
	}{
		{easyIoTConnections()[0], open},
		{easyIoTConnections()[1], no},
		{easyIoTConnections()[2], yes},
		{settings.Connection{ID: "x", Host: "h", Keeps: "no"}, ""},
		{settings.Connection{ID: "x", Host: "h", Preset: "adafruit", Keeps: "yes"}, ""},
	} {
		w.parts.Settings.Update(func(v *settings.Values) { v.Connections = []settings.Connection{c.one} })
		s.update()
		for _, words := range []string{no, yes, open} {
			if got := shows(s.card, words); got != (words == c.want) {
				t.Errorf("%+v: %q is shown: %v", c.one, words, got)
			}
		}
	}
}
