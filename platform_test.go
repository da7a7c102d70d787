package main

import (
	"strings"
	"testing"

	"lamplighter/app/broker/double"
	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/devicetest"
)

// pupils are a school with one board on one platform.
type pupils struct {
	*school
	platform *double.Double
}

// onPlatform takes a board through the wizard onto a platform.
func onPlatform(t *testing.T, d *double.Double, c setup.BrokerChoice, place presets.Place) *pupils {
	t.Helper()
	d.Forbid(devicetest.TestPassword)
	s := &pupils{newSchool(t, devicetest.Options{}), d}
	c.Other.Host, c.Other.Port = d.Host(), d.Port()
	s.setUpAt(func(x *setup.Answers) { x.Broker = c }, func(x *setup.Answers) { x.Place = place })
	return s
}

// obedient demands that nobody broke a rule of the platform, and that nobody was
// thrown off.
func (s *pupils) obedient() {
	s.t.Helper()
	for _, v := range s.platform.Violations() {
		s.t.Error(v)
	}
	for _, id := range s.platform.Kicks() {
		s.t.Errorf("%q was kicked by its own like", id)
	}
}

// lesson is what a lamp does on every platform that lets its board answer: it
// is switched, confirmed, and switched at the board.
func (s *pupils) lesson() {
	s.t.Helper()
	on := s.lamp().State == lights.On
	s.tap(!on)
	s.tap(on)
	s.board.PressButton("0")
	s.board.WaitForPixels(!on)
	s.shown(map[bool]lights.State{true: lights.On, false: lights.Off}[!on], "what the button did")
}

// wifiGoes is what the panel says when the board's network fails, on a platform
// that publishes the board's will.
func (s *pupils) wifiGoes() {
	s.t.Helper()
	s.board.Set(func(x *devicetest.Setup) { x.WiFi.Mode = devicetest.WiFiGone })
	s.board.DropSockets()
	s.loop.RunUntil(func() bool { return s.lamp().Phase == lights.Offline }, "the will after the WiFi went")
	s.board.Set(func(x *devicetest.Setup) { x.WiFi.Mode = devicetest.WiFiOK })
	s.loop.RunUntil(func() bool { return s.lamp().Phase == lights.Confirmed }, "the lamp when the WiFi is back")
}

// nobodyAnswers is what the panel says when the board's network fails, on a
// platform that can't tell: a tap is sent, and not confirmed.
func (s *pupils) nobodyAnswers() {
	s.t.Helper()
	on := s.lamp().State == lights.On
	s.board.Set(func(x *devicetest.Setup) { x.WiFi.Mode = devicetest.WiFiGone })
	s.board.DropSockets()
	if err := s.Lights.Switch(s.x.Base, !on); err != nil {
		s.t.Fatal(err)
	}
	s.loop.RunUntil(func() bool { return s.lamp().Phase == lights.NoAnswer }, "no answer")
	if got := s.lamp().State == lights.On; got != on {
		s.t.Errorf("nobody confirmed it, and the lamp is shown with on=%v", got)
	}
	s.board.Set(func(x *devicetest.Setup) { x.WiFi.Mode = devicetest.WiFiOK })
	s.loop.RunUntil(func() bool { return s.lamp().Phase == lights.Confirmed }, "the lamp when the WiFi is back")
}

func TestALampOnAdafruitIO(t *testing.T) {
	d := double.Adafruit(t, double.AdafruitOptions{User: "teacher", Key: "aio_0123456789"})
	s := onPlatform(t, d.Double, setup.BrokerChoice{
		Preset: "adafruit", Other: device.Broker{User: "teacher", Password: "aio_0123456789"},
	}, presets.Place{})
	s.lesson()
	s.wifiGoes()
	s.obedient()
}

func TestALampOnEasyIoT(t *testing.T) {
	for way, place := range map[string]presets.Place{
		"one": {Topic: "Bkgk2zXb4"}, "two": {Topic: "Bkgk2zXb4", Answer: "Cw9x7Ykc1"},
	} {
		t.Run(way, func(t *testing.T) {
			d := double.EasyIoT(t, double.EasyIoTOptions{ID: "iotid1", Password: "iotpwd1", Topics: []string{"Bkgk2zXb4", "Cw9x7Ykc1"}})
			s := onPlatform(t, d.Double, setup.BrokerChoice{
				Preset: "easyiot", Way: way, Other: device.Broker{User: "iotid1", Password: "iotpwd1"},
			}, place)
			s.lesson()
			s.nobodyAnswers()
			s.obedient()
		})
	}
}

func TestALampOnSIoT(t *testing.T) {
	d := double.SIoT(t, double.SIoTOptions{Retains: true})
	s := onPlatform(t, d.Double, setup.BrokerChoice{
		Preset: "siot", Other: device.Broker{User: double.SIoTUser, Password: double.SIoTPassword},
	}, presets.Place{})
	s.lesson()
	s.wifiGoes()
	s.obedient()
}

func TestALampOnBemfa(t *testing.T) {
	const uid = "4d9ec352e0376f2110a0c601a2857225"
	for way, place := range map[string]presets.Place{
		"one": {Topic: "lamp002"}, "two": {Topic: "lamp002", Answer: "answer006"},
	} {
		t.Run(way, func(t *testing.T) {
			d := double.Bemfa(t, double.BemfaOptions{UID: uid, Topics: []string{"lamp002", "answer006"}})
			s := onPlatform(t, d.Double, setup.BrokerChoice{Preset: "bemfa", Way: way, Other: device.Broker{Password: uid}}, place)
			s.lesson()
			s.nobodyAnswers()
			s.obedient()
		})
	}
}

// Keys of no account, as OneNET's pages show them.
const (
	onenetProductKey = "cHJvZHVjdC1rZXk="
	onenetDeviceKey  = "ZGV2aWNlLWtleQ=="
)

func TestALampOnOneNET(t *testing.T) {
	for way, thing := range map[string]bool{"data": false, "thing": true} {
		for login, key := range map[string]string{"the device's key": onenetDeviceKey, "the product's key": ""} {
			t.Run(way+" with "+login, func(t *testing.T) {
				d := double.OneNET(t, double.OneNETOptions{
					Product: "p123123", AccessKey: onenetProductKey, Devices: map[string]string{"lamp07": onenetDeviceKey},
					Thing: thing, Properties: map[string]string{"light": "bool"},
				})
				s := onPlatform(t, d.Double, setup.BrokerChoice{
					Preset: "onenet", Way: way, API: d.Web(), Other: device.Broker{User: "p123123", Password: onenetProductKey},
				}, presets.Place{Device: "lamp07", Secret: key, Property: "light"})
				s.lesson()
				s.wifiGoes()
				s.obedient()
			})
		}
	}
}

func TestALampOnAPublicBroker(t *testing.T) {
	d := double.Public(t, "")
	s := onPlatform(t, d.Double, setup.BrokerChoice{Preset: "public"}, presets.Place{})
	s.lesson()
	s.wifiGoes()
	s.obedient()
	if room := d.Prefix(); !strings.HasPrefix(room, "class-") || len(room) < 12 {
		t.Errorf("the class's own topics begin with %q, which others may guess", room)
	}
}
