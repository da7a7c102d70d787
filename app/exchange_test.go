package app_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lamplighter/app"
	"lamplighter/app/apptest"
	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/settings"
	"lamplighter/app/settings/exchange"
	"lamplighter/device"
	"lamplighter/device/practice"
)

func TestConnectionsGoToAColleagueOnceAndWithTheirPasswords(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	colleague, _ := start(t, loop, t.TempDir())
	a.SaveConnection(settings.Connection{Name: "School", Host: "127.0.0.1", Port: 1, User: "mei", Preset: "own"}, "s3cret")
	a.SaveConnection(settings.Connection{Name: "Other", Host: "127.0.0.1", Port: 2}, "")
	all := a.ConnectionItems()
	all[0].Filters = []settings.Subscription{{Filter: "x/#"}, {Filter: "x/#"}}
	own := colleague.SaveConnection(settings.Connection{Name: "mine", Host: "127.0.0.1", Port: 1, User: "mei", Preset: "own"}, "")

	for range 2 { // the second time brings nothing new
		if _, err := colleague.ImportConnections(all, true); err != nil {
			t.Fatal(err)
		}
	}
	v := colleague.Settings.Values()
	if len(v.Connections) != 2 || v.Connections[0].Name != "mine" || v.Connections[1].Name != "Other" {
		t.Errorf("%+v", v.Connections)
	}
	if got := colleague.ConnectionPassword(own); got != "s3cret" {
		t.Errorf("password %q", got)
	}
	if n := len(v.Topics.Subscriptions); n != 1 {
		t.Errorf("%d subscriptions: %v", n, v.Topics.Subscriptions)
	}
	if !colleague.KnownConnection(all[0].Connection) || colleague.KnownConnection(settings.Connection{Host: "h"}) {
		t.Error("what is known is mixed up")
	}
	again := colleague.SaveConnection(settings.Connection{ID: own, Name: "mine", Host: "127.0.0.1", Port: 1, User: "mei", Preset: "own"}, "another")
	if _, err := colleague.ImportConnections(all, false); err != nil || colleague.ConnectionPassword(again) != "another" {
		t.Errorf("a password was replaced, %v", err)
	}
}

func TestTooManyConnectionsAreNotImportedByHalves(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	var many []exchange.Item
	for i := range settings.MaxConnections {
		many = append(many, exchange.Item{Connection: settings.Connection{Host: "127.0.0.1", Port: 1 + i}, Password: "p"})
	}
	a.SaveConnection(settings.Connection{Host: "127.0.0.1", Port: 9000}, "")
	if _, err := a.ImportConnections(many, true); !errors.Is(err, app.ErrManyConnections) {
		t.Error(err)
	}
	if n := len(a.Settings.Values().Connections); n != 1 {
		t.Errorf("%d connections", n)
	}
	if n, err := a.ImportConnections(many[1:], true); err != nil || n != settings.MaxConnections-1 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestTheProgramOfALampHasWhatItsBoardWasToldAndSecretsOnlyWhereAsked(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	x := setUp(t, loop, a)
	b, _, _ := a.Broker()
	_, port := b.LocalAddr()
	row := a.Settings.Values().Boards[0]
	model := a.ProgramModel(x.Base)
	if model != row.Model || model == "" {
		t.Errorf("model %q", model)
	}
	open, err := a.Program(x.Base, model, false)
	if err != nil {
		t.Fatal(err)
	}
	real, err := a.Program(x.Base, model, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`b"` + x.Base + `/light/set"`, `b"` + x.Base + `/status"`, "# 灯 七"} {
		if !strings.Contains(open, want) || !strings.Contains(real, want) {
			t.Errorf("no %s in\n%s", want, open)
		}
	}
	for _, secret := range []string{practice.Password, row.User, string(row.SSID)} {
		if strings.Contains(open, secret) || !strings.Contains(real, secret) {
			t.Errorf("%s: in the open %v, in the real one %v", secret, strings.Contains(open, secret), strings.Contains(real, secret))
		}
	}
	if !strings.Contains(real, "PORT = "+strconv.Itoa(port)) {
		t.Errorf("another port than %d:\n%s", port, real)
	}
}

func TestALampThatWasOnlyHeardGetsThePupilsLoginAndPlaceholders(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	publish(t, a, "class/heard/light", "on")
	publish(t, a, "class/heard/info", `{"id":"aa","board":"ESP module with ESP8266"}`)
	loop.RunUntil(func() bool {
		l, _ := a.Lights.Light("class/heard")
		return l.Phase != lights.Unheard && a.ProgramModel("class/heard") == "esp8266"
	}, "the lamp")
	user, password := a.Pupils()
	real, err := a.Program("class/heard", "pico-w", true)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`b"WIFI_NAME"`, `b"` + user + `"`, password, `Pin("LED"`, `b"class/heard/light/set"`} {
		if !strings.Contains(real, want) {
			t.Errorf("no %s in\n%s", want, real)
		}
	}
	var e *device.Error
	if _, err := a.Program("class/nobody", "pico-w", true); !errors.As(err, &e) || e.Fault != device.BadValue {
		t.Error(err)
	}
	if slices.Contains(bases(a), "class/nobody") {
		t.Error("asking made a lamp")
	}
}

func TestOnAPlatformTheProgramLogsInAsThePlatformWants(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	const uid = "4d9ec352e0376f2110a0c601a2857225"
	topics := device.Topics{Set: "lamp002", SetTo: "lamp002/set", State: "lamp002", StateTo: "lamp002/set", Also: "lamp002/up", Prefix: "state:"}
	a.Use(a.SaveConnection(settings.Connection{Preset: "bemfa", Host: "127.0.0.1", Port: 1}, uid))
	for name, place := range map[string]presets.Place{"set up": {Topic: "lamp002"}, "heard": {}} {
		a.Settings.Update(func(v *settings.Values) {
			v.PutBoard(settings.Board{ID: "aa", Base: "lamp002", Model: "esp32", Connection: v.Connection, Topics: topics, Place: place})
		})
		real, err := a.Program("lamp002", "esp32", true)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`CLIENT_ID = b"` + uid + `"`, "None, None, KEEPALIVE", `b"state:on"`} {
			if !strings.Contains(real, want) {
				t.Errorf("%s: no %s in\n%s", name, want, real)
			}
		}
		if open, err := a.Program("lamp002", "esp32", false); err != nil || strings.Contains(open, uid) {
			t.Errorf("%s: the key is told, %v", name, err)
		}
	}
}
