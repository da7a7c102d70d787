package roster_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
)

func TestABoardsOwnKeyIsForgottenWithTheBoard(t *testing.T) {
	a := newClass(t)
	x := setup.Answers{
		Base: "class/lamp-07", Name: "lamp-07", Lamp: device.Lamp{Kind: device.LampPin, Pin: "2"},
		Place:  presets.BoardFields{Device: "lamp-07", Secret: "c2VjcmV0"},
		Broker: setup.BrokerChoice{Preset: "onenet", Other: device.Broker{Host: "127.0.0.1", Port: 1, User: "product"}},
	}
	topics := device.Topics{Set: "onenet/lamp-07/light/set", State: "onenet/lamp-07/light"}
	if err := a.Remember(x, device.Identity{ID: "b7"}, setup.Account{Topics: topics}); err != nil {
		t.Fatal(err)
	}
	if got := a.secrets.Get(secrets.PlaceKey("b7")); got != "c2VjcmV0" {
		t.Fatalf("kept %q", got)
	}
	if a.Forget("b7"); a.secrets.Get(secrets.PlaceKey("b7")) != "" {
		t.Error("the key outlives its board")
	}
}

func TestABoardOfAnotherConnectionIsNoLampHereAndKeepsItsLogin(t *testing.T) {
	c := newClass(t)
	x := setup.Answers{Base: "class/lamp-01", Name: "lamp-01", WiFi: device.WiFi{SSID: "school", Password: "chalk"}, Broker: setup.BrokerChoice{BuiltIn: true}}
	if err := c.Remember(x, device.Identity{ID: "b1"}, setup.Account{Topics: device.LampTopics(x.Base)}); err != nil {
		t.Fatal(err)
	}
	c.shows(t, "class/lamp-01")
	if c.topics == 0 || c.secrets.Get(secrets.WiFiKey("school")) != "chalk" {
		t.Errorf("told %d times, and the WiFi's password is not kept", c.topics)
	}
	c.connections.Use(c.connections.Save(settings.Connection{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 1}}, ""))
	c.shows(t)
	c.connections.Use("")
	c.shows(t, "class/lamp-01")
	if len(c.out) != 0 {
		t.Errorf("logged out: %q", c.out)
	}
	if c.Forget("b1"); !slices.Equal(c.out, []string{"b1"}) || len(c.settings.Values().Boards) != 0 {
		t.Errorf("logged out %q, boards %+v", c.out, c.settings.Values().Boards)
	}
}

func TestTheBrokerForgetsALampThatMovedAsSoonAsThereIsAConnection(t *testing.T) {
	c := newClass(t)
	x := setup.Answers{Base: "class/lamp-01", Name: "lamp-01", Broker: setup.BrokerChoice{BuiltIn: true}}
	remember := func() {
		t.Helper()
		if err := c.Remember(x, device.Identity{ID: "b1"}, setup.Account{Topics: device.LampTopics(x.Base)}); err != nil {
			t.Fatal(err)
		}
	}
	remember()
	x.Base = "class/window"
	remember()
	c.shows(t, "class/lamp-01", "class/window")
	if len(c.cleared) > 0 {
		t.Fatalf("cleared without a connection: %q", c.cleared)
	}
	c.online = true
	c.lamps.SetConnected(true)
	c.Online()
	c.shows(t, "class/window")
	if !slices.Contains(c.cleared, "class/lamp-01/light") || slices.ContainsFunc(c.cleared, func(t string) bool { return strings.HasPrefix(t, "class/window") }) {
		t.Errorf("cleared %q", c.cleared)
	}
}

func TestTheNextNameIsOneThatNoBoardHas(t *testing.T) {
	c := newClass(t)
	c.settings.Update(func(v *settings.Values) {
		v.SetBoard(settings.Board{ID: "b1", Name: "lamp-01", Base: "class/window"}) // its name
		v.SetBoard(settings.Board{ID: "b2", Name: "door", Base: "class/lamp-02"})   // or its base
	})
	c.lamps.Receive("class/lamp-03/light", []byte("on"), true, time.Now()) // heard alone
	if n := c.NextName(); n != "lamp-04" {
		t.Error(n)
	}
	if !c.Taken("class/lamp-02", "b9") || c.Taken("class/lamp-02", "b2") || !c.Taken("class/lamp-03", "") {
		t.Error("what is taken is mixed up")
	}
}

func TestALampOfThePanelIsInTheRosterUntilItIsForgotten(t *testing.T) {
	c := newClass(t)
	c.lamps.SetConnected(true)
	entry := lights.Entry{Base: "desk", Name: "Desk", Topics: device.Topics{Set: "odd/place/do", State: "odd/place/is"}}
	if err := c.lamps.Add(entry); err != nil {
		t.Fatal(err)
	}
	if err := c.lamps.Rename("desk", "Window"); err != nil {
		t.Fatal(err)
	}
	if all := c.settings.Values().Boards; len(all) != 1 || all[0].Name != "Window" || all[0].Topics != entry.Topics {
		t.Errorf("%+v", all)
	}
	c.Show()
	c.shows(t, "desk")
	if err := c.lamps.Remove("desk"); err != nil || len(c.settings.Values().Boards) != 0 {
		t.Errorf("%v, %+v", err, c.settings.Values().Boards)
	}
	before := c.topics
	if c.loop.Run(); c.topics == before {
		t.Error("nobody is told that topics have changed")
	}
}

func TestAProgramForALampThatWasOnlyHeardHasThePupilsLogin(t *testing.T) {
	c := newClass(t)
	c.lamps.Receive("class/heard/light", []byte("on"), true, time.Now())
	text, err := c.Program("class/heard", "pico-w", true)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"192.168.1.5", "PORT = 1883", `b"pupil"`, `b"chalk"`, `b"class/heard/light/set"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

func TestABoardWhoseKeyWasRenewedIsKnownToHaveItsOwn(t *testing.T) {
	c := newClass(t)
	c.settings.Update(func(v *settings.Values) { v.SetBoard(settings.Board{ID: "aa", Base: "class/lamp-01"}) })
	c.KeyRenewed("bb") // which nobody knows
	c.KeyRenewed("aa")
	v := c.settings.Values()
	if b, known := v.Board("aa"); !known || !b.OwnKey || len(v.Boards) != 1 {
		t.Errorf("%+v", v.Boards)
	}
}
