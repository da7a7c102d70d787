package roster_test

import (
	"testing"

	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
)

func TestABoardThatCouldNotBeToldFromAnotherIsFoundWhateverWayItsAccountIsReached(t *testing.T) {
	a := newClass(t)
	at := func(preset, host string, port int, tls bool, place presets.BoardFields) setup.Answers {
		return setup.Answers{
			Base: "class/new", Name: "new", Place: place, Lamp: device.Lamp{Kind: device.LampPin, Pin: "2"},
			Broker: setup.BrokerChoice{
				Preset: preset, API: "http://127.0.0.1:1",
				Other: device.Broker{Host: host, Port: port, TLS: tls, User: "user", Password: "c2VjcmV0"},
			},
		}
	}
	one := presets.BoardFields{Device: "lamp07", Secret: "c2VjcmV0", Property: "light"}
	keep := func(id, base string, x setup.Answers) {
		t.Helper()
		x.Base, x.Name = base, id
		if err := a.Remember(x, device.Identity{ID: id}, setup.Account{}); err != nil {
			t.Fatal(err)
		}
	}
	keep("door", "class/door", at("onenet", "127.0.0.1", 1, false, one))
	theirs := at("onenet", "127.0.0.1", 1, false, presets.BoardFields{Device: "lamp08", Secret: "c2VjcmV0"})
	theirs.Goal = device.SettingsOnly
	keep("own program", "class/program", theirs)
	a.connections.Use(a.connections.Save(settings.Connection{Preset: "easyiot", Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 1}, User: "user"}, "c2VjcmV0"))
	a.shows(t)
	if err := a.lamps.Add(lights.Entry{
		Base: "by hand", Name: "by hand", Topics: device.Topics{Set: "TopicOne1", State: "TopicTwo2"},
	}); err != nil {
		t.Fatal(err)
	}
	a.connections.Use("")

	other := at("onenet", "127.0.0.1", 1, false, one)
	other.Broker.Other.User = "another"
	mine := theirs
	mine.Place = one
	again := theirs
	again.Goal = device.MakeLamp
	hand := at("easyiot", "127.0.0.1", 1, false, presets.BoardFields{Topic: "TopicNin9", Answer: "TopicTwo2"})
	hand.Broker.TopicScheme = "two"
	same := hand
	same.Base = "by hand"
	for name, c := range map[string]struct {
		x   setup.Answers
		key presets.Key
		by  string
	}{
		"with TLS, at another host":            {at("onenet", "127.0.0.2", 2, true, one), presets.Device, "door"},
		"by a board with somebody's program":   {mine, presets.Device, "door"},
		"of a board with somebody's program":   {again, presets.Device, "own program"},
		"of a lamp that was added by hand":     {hand, presets.Answer, "by hand"},
		"the lamp that was added, as a board":  {same, "", ""},
		"another account of the same platform": {other, "", ""},
	} {
		held := a.Conflict(c.x, "b9")
		switch {
		case c.by == "" && held != nil:
			t.Errorf("%s: %+v", name, held)
		case c.by != "" && (held == nil || held.Key != c.key || held.By != c.by):
			t.Errorf("%s: %+v, want %s of %s", name, held, c.key, c.by)
		}
	}
	door := at("onenet", "127.0.0.1", 1, false, one)
	for _, c := range a.settings.Values().Connections {
		a.connections.Delete(c.ID)
	}
	if held := a.Conflict(door, "b9"); held == nil || held.By != "door" {
		t.Errorf("a connection that was forgotten comes back with its lamps: %+v", held)
	}
}

func TestALampThatCouldNotBeToldFromAnotherOneIsNamed(t *testing.T) {
	a := newClass(t)
	answers := func(preset, way string, place presets.BoardFields) setup.Answers {
		return setup.Answers{
			Base: "class/new", Name: "new", Place: place, Lamp: device.Lamp{Kind: device.LampPin, Pin: "2"},
			Broker: setup.BrokerChoice{
				Preset: preset, TopicScheme: way, API: "http://127.0.0.1:1",
				Other: device.Broker{Host: "127.0.0.1", Port: 1, User: "user", Password: "c2VjcmV0"},
			},
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
		if err := a.Remember(x, device.Identity{ID: id}, setup.Account{Topics: acc.Topics, AppTopics: acc.AppTopics}); err != nil {
			t.Fatal(err)
		}
	}
	keep("b1", "window", "class/window", answers("easyiot", "two", presets.BoardFields{Topic: "TopicOne1", Answer: "TopicTwo2"}))
	keep("b2", "door", "class/door", answers("onenet", "thing", presets.BoardFields{Device: "lamp07", Secret: "c2VjcmV0", Property: "light"}))
	for name, c := range map[string]struct {
		board string
		x     setup.Answers
		key   presets.Key
		by    string
	}{
		"both topics":              {"b9", answers("easyiot", "two", presets.BoardFields{Topic: "TopicOne1", Answer: "TopicTwo2"}), presets.Answer, "window"},
		"the answers' alone":       {"b9", answers("easyiot", "two", presets.BoardFields{Topic: "TopicThr3", Answer: "TopicTwo2"}), presets.Answer, "window"},
		"one topic, its commands'": {"b9", answers("easyiot", "one", presets.BoardFields{Topic: "TopicOne1"}), presets.Topic, "window"},
		"commands where it answers": {
			"b9", answers("easyiot", "two", presets.BoardFields{Topic: "TopicTwo2", Answer: "TopicFou4"}), presets.Topic, "window",
		},
		"the same device": {"b9", answers("onenet", "thing", presets.BoardFields{Device: "lamp07", Property: "other"}), presets.Device, "door"},

		"commands for both":       {"b9", answers("easyiot", "two", presets.BoardFields{Topic: "TopicOne1", Answer: "TopicFou4"}), "", ""},
		"its own":                 {"b1", answers("easyiot", "two", presets.BoardFields{Topic: "TopicOne1", Answer: "TopicTwo2"}), "", ""},
		"another account":         {"b9", answers("bemfa", "two", presets.BoardFields{Topic: "TopicOne1002", Answer: "TopicTwo2"}), "", ""},
		"a platform without such": {"b9", answers("adafruit", "", presets.BoardFields{}), "", ""},
	} {
		held := a.Conflict(c.x, c.board)
		switch {
		case c.by == "" && held != nil:
			t.Errorf("%s: %+v", name, held)
		case c.by != "" && (held == nil || held.Key != c.key || held.By != c.by || held.Reason != device.Taken):
			t.Errorf("%s: %+v, want %s of %s", name, held, c.key, c.by)
		}
	}
}

func TestABaseIsAnotherBoardsOnlyWhereTheRosterHasThatBoard(t *testing.T) {
	a := newClass(t)
	x := setup.Answers{Base: "class/lamp-01", Name: "lamp-01", Lamp: device.Lamp{Kind: device.LampPin, Pin: "2"}, Broker: setup.BrokerChoice{BuiltIn: true}}
	if err := a.Remember(x, device.Identity{ID: "b1"}, setup.Account{Topics: device.LampTopics(x.Base)}); err != nil {
		t.Fatal(err)
	}
	if err := a.lamps.Add(lights.Entry{Base: "class/lamp-02"}); err != nil { // it may be the very board
		t.Fatal(err)
	}
	for _, c := range []struct {
		base, id string
		others   bool
	}{{"class/lamp-01", "b9", true}, {"class/lamp-01", "b1", false}, {"class/lamp-02", "b9", false}, {"class/lamp-03", "b9", false}} {
		if a.Has(c.base, c.id) != c.others {
			t.Errorf("%s is another's than %s: %v", c.base, c.id, !c.others)
		}
	}
}
