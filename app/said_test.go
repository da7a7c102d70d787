package app_test

import (
	"errors"
	"testing"

	"lamplighter/app"
	"lamplighter/app/apptest"
	"lamplighter/app/broker/double"
	"lamplighter/app/broker/presets"
	"lamplighter/app/settings"
	"lamplighter/device"
)

func TestWhatAPlatformSaidIsKeptUntilItWasReadAndTheSilenceIsKeptAllTheSame(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	d := double.Adafruit(t, double.AdafruitOptions{User: "teacher", Key: "aio_1"})
	topics := device.Topics{Set: "teacher/feeds/lamp-07-set", State: "teacher/feeds/lamp-07", Status: "teacher/feeds/lamp-07"}
	useWithLamp(loop, a, d.Double, settings.Connection{Preset: "adafruit", User: "teacher"}, "aio_1", topics)
	loop.RunUntil(func() bool {
		d.Send("teacher/throttle", "too many messages")
		return a.Status().Said.Word == presets.Throttled
	}, "the platform's word")
	if s := a.Status(); s.Said.Text != "too many messages" || s.Preset != "adafruit" || s.World {
		t.Errorf("%+v", s)
	}
	a.ForgetSaid()
	if s := a.Status(); s.Said != (app.Said{}) || s.Dropped != 0 {
		t.Errorf("it is still said: %+v", s.Said)
	}
	var r *presets.RuleError
	if err := a.PublishMessage(topics.Set, []byte("on"), 0, false); !errors.As(err, &r) || r.Rule != presets.ThrottleRule || r.Wait <= 0 {
		t.Errorf("during the silence: %v", err)
	}
}

func TestTheStatusTellsWhereAnyoneMayReadAndSwitch(t *testing.T) {
	for _, c := range []struct {
		preset, host string
		open         bool
	}{
		{"public", "127.0.0.1", true},
		{"own", "broker.emqx.io", true},
		{"", "Test.Mosquitto.org", true},
		{"own", "192.168.1.5", false},
		{"adafruit", "io.adafruit.com", false},
		{"", "", false},
	} {
		if presets.OpenToWorld(c.preset, c.host) != c.open {
			t.Errorf("%s at %q: %v", c.preset, c.host, !c.open)
		}
	}
}
