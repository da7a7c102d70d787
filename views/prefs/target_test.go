package prefs

import (
	"testing"

	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
)

func TestTheBrokersFormIsOpenedForWhoAsksForIt(t *testing.T) {
	w, _, _ := settingsWindow(t)
	w.Parts.Settings.Update(func(v *settings.Values) {
		v.Connections = []settings.Connection{{ID: "a", Name: "School", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 1883}}}
	})
	for target, dialogs := range map[string]int{"a": 1, backend.NewBroker: 1, "gone": 0, "": 0} {
		w.Visit(ui.PlaceSettings, target)
		if n := len(w.Shell.Dialogs); n != dialogs {
			t.Errorf("%q opens %d dialogs, want %d", target, n, dialogs)
		}
		w.Shell.LeaveDialog()
	}
}
