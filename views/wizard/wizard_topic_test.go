package wizard

import (
	"testing"

	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/setup"
	"lamplighter/device"
)

func TestTheTopicThatTheWizardShowsIsThePlatformsOwn(t *testing.T) {
	for id, want := range map[string]string{
		"adafruit": "teacher/feeds/lamp-07", "siot": "class/lamp-07", presets.Free: "class/lamp-07",
		"easyiot": "", "bemfa": "", "onenet": "", "public": "",
	} {
		d := platformDraft(id)
		d.Answers.Broker.Other.User, d.Answers.Broker.Other.Password = "teacher", "aio12345"
		_, w, _ := stagedWizard(t, setup.Naming{Draft: d})
		page := w.page.(*namePage)
		if page.topicBox.Visible() != (want != "") || page.topic.Text != want {
			t.Errorf("%s: %q", id, page.topic.Text)
		}
	}
}

func TestABoardThatIsHeardIsHereWhereNothingTellsThatItCame(t *testing.T) {
	heard := lights.Light{State: lights.On, Phase: lights.Confirmed}
	old, silent, told := heard, heard, heard
	old.Outdated = true
	silent.Phase = lights.NoAnswer
	told.Topics = device.Topics{Status: "class/lamp/status"}
	gone := told
	gone.Presence = lights.PresenceOffline
	for _, c := range []struct {
		what string
		l    lights.Light
		want bool
	}{
		{"heard", heard, true}, {"heard long ago", old, false}, {"silent", silent, false}, {"not told yet", told, false}, {"gone", gone, false}, {"never heard", lights.Light{}, false},
	} {
		if c.l.IsOnline() != c.want {
			t.Errorf("%s: %v", c.what, !c.want)
		}
	}
}
