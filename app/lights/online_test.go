package lights_test

import (
	"testing"

	"lamplighter/app/lights"
	"lamplighter/device"
)

func TestABoardIsHereWhenItSaysSoOrWhereNothingTellsWhenItsWordIsFresh(t *testing.T) {
	heard := lights.Light{State: lights.On, Phase: lights.Confirmed}
	old, silent, told := heard, heard, heard
	old.Outdated = true
	silent.Phase = lights.NoAnswer
	told.Topics = device.Topics{Status: "class/lamp/status"}
	gone, online := told, told
	gone.Presence, online.Presence = lights.PresenceOffline, lights.PresenceOnline
	for _, c := range []struct {
		what string
		l    lights.Light
		here bool
	}{
		{"heard", heard, true},
		{"heard long ago", old, false},
		{"silent", silent, false},
		{"not told yet", told, false},
		{"gone", gone, false},
		{"online", online, true},
		{"never heard", lights.Light{}, false},
	} {
		if c.l.IsOnline() != c.here {
			t.Errorf("%s: %v", c.what, !c.here)
		}
	}
}
