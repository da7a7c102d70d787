package app_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/settings"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/device/practice"
)

func TestTheProgramOfALampHasWhatItsBoardWasToldAndSecretsOnlyWhereAsked(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	x := setUp(t, loop, a)
	b, _, _ := a.Hosting.Broker()
	_, port := b.LocalAddr()
	row := a.Settings.Values().Boards[0]
	model := a.Classroom.Roster.ProgramModel(x.Base)
	if model != row.Model || model == "" {
		t.Errorf("model %q", model)
	}
	open, err := a.Classroom.Roster.Program(x.Base, model, false)
	if err != nil {
		t.Fatal(err)
	}
	real, err := a.Classroom.Roster.Program(x.Base, model, true)
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
		return l.Phase != lights.Unheard && a.Classroom.Roster.ProgramModel("class/heard") == "esp8266"
	}, "the lamp")
	user, password := a.Hosting.Pupils()
	real, err := a.Classroom.Roster.Program("class/heard", "pico-w", true)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`b"WIFI_NAME"`, `b"` + user + `"`, password, `Pin("LED"`, `b"class/heard/light/set"`} {
		if !strings.Contains(real, want) {
			t.Errorf("no %s in\n%s", want, real)
		}
	}
	var e *fault.Error
	if _, err := a.Classroom.Roster.Program("class/nobody", "pico-w", true); !errors.As(err, &e) || e.Fault != fault.BadValue {
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
	topics := device.Topics{Set: "lamp002", SetTo: "lamp002/set", State: "lamp002", StateTo: "lamp002/set", MirrorTopic: "lamp002/up", Prefix: "state:"}
	a.Connections.Use(a.Connections.Save(settings.Connection{Preset: "bemfa", Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 1}}, uid))
	for name, place := range map[string]presets.BoardFields{"set up": {Topic: "lamp002"}, "heard": {}} {
		a.Settings.Update(func(v *settings.Values) {
			v.SetBoard(settings.Board{ID: "aa", Base: "lamp002", Model: "esp32", Connection: v.Connection, Topics: topics, Place: place})
		})
		real, err := a.Classroom.Roster.Program("lamp002", "esp32", true)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`CLIENT_ID = b"` + uid + `"`, "None, None, KEEPALIVE", `b"state:on"`} {
			if !strings.Contains(real, want) {
				t.Errorf("%s: no %s in\n%s", name, want, real)
			}
		}
		if open, err := a.Classroom.Roster.Program("lamp002", "esp32", false); err != nil || strings.Contains(open, uid) {
			t.Errorf("%s: the key is told, %v", name, err)
		}
	}
}
