package app_test

import (
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/broker/presets"
	"lamplighter/app/setup"
	"lamplighter/device"
)

func TestALampThatCouldNotBeToldFromAnotherOneIsNamed(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	answers := func(preset, way string, place presets.Place) setup.Answers {
		return setup.Answers{
			Base: "class/new", Name: "new", Place: place, Lamp: device.Lamp{Kind: device.LampPin, Pin: "2"},
			Broker: setup.BrokerChoice{Preset: preset, Way: way, Other: device.Broker{Host: "127.0.0.1", Port: 1, User: "user", Password: "c2VjcmV0"}},
		}
	}
	keep := func(id, name, base string, x setup.Answers) {
		x.Name, x.Base = name, base
		in := x.Broker.Inputs()
		in.Place, in.Base, in.BoardID = x.Place, base, id
		acc, err := presets.ByID(x.Broker.Preset).Account(in)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Remember(x, device.Identity{ID: id}, setup.Account{Topics: acc.Topics, Seen: acc.Seen}); err != nil {
			t.Fatal(err)
		}
	}
	keep("b1", "window", "class/window", answers("easyiot", "two", presets.Place{Topic: "TopicOne1", Answer: "TopicTwo2"}))
	keep("b2", "door", "class/door", answers("onenet", "thing", presets.Place{Device: "lamp07", Secret: "c2VjcmV0", Property: "light"}))
	for name, c := range map[string]struct {
		board string
		x     setup.Answers
		key   presets.Key
		by    string
	}{
		"both topics":              {"b9", answers("easyiot", "two", presets.Place{Topic: "TopicOne1", Answer: "TopicTwo2"}), presets.Answer, "window"},
		"the answers' alone":       {"b9", answers("easyiot", "two", presets.Place{Topic: "TopicThr3", Answer: "TopicTwo2"}), presets.Answer, "window"},
		"one topic, its commands'": {"b9", answers("easyiot", "one", presets.Place{Topic: "TopicOne1"}), presets.Topic, "window"},
		"commands where it answers": {
			"b9", answers("easyiot", "two", presets.Place{Topic: "TopicTwo2", Answer: "TopicFou4"}), presets.Topic, "window",
		},
		"the same device": {"b9", answers("onenet", "thing", presets.Place{Device: "lamp07", Property: "other"}), presets.Device, "door"},

		"commands for both":       {"b9", answers("easyiot", "two", presets.Place{Topic: "TopicOne1", Answer: "TopicFou4"}), "", ""},
		"its own":                 {"b1", answers("easyiot", "two", presets.Place{Topic: "TopicOne1", Answer: "TopicTwo2"}), "", ""},
		"another account":         {"b9", answers("bemfa", "two", presets.Place{Topic: "TopicOne1002", Answer: "TopicTwo2"}), "", ""},
		"a platform without such": {"b9", answers("adafruit", "", presets.Place{}), "", ""},
	} {
		held := a.Held(c.x, c.board)
		switch {
		case c.by == "" && held != nil:
			t.Errorf("%s: %+v", name, held)
		case c.by != "" && (held == nil || held.Key != c.key || held.By != c.by || held.Reason != device.Taken):
			t.Errorf("%s: %+v, want %s of %s", name, held, c.key, c.by)
		}
	}
}
