package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"lamplighter/app/broker/platformtest"
	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/devicetest"
)

// pupils are a school with one board on one platform.
type pupils struct {
	*school
	platform *platformtest.Server
}

// onPlatform takes a board through the wizard onto a platform.
func onPlatform(t *testing.T, d *platformtest.Server, c setup.BrokerChoice, place presets.BoardFields) *pupils {
	t.Helper()
	d.ForbidSecret(devicetest.TestPassword)
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
	for _, id := range s.platform.TakenOver() {
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

// TestEveryPlatformHasALampHere: what is never tried against a strict stand-in is
// not known to keep its platform's rules.
func TestEveryPlatformHasALampHere(t *testing.T) {
	t.Parallel()
	stories, err := os.ReadFile("platform_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range presets.All() {
		if p.ID != presets.Free && !strings.Contains(string(stories), `Preset: "`+p.ID+`"`) {
			t.Errorf("no test sets a board up on %s", p.ID)
		}
	}
}

func TestALampOnAdafruitIO(t *testing.T) {
	t.Parallel()
	d := platformtest.Adafruit(t, platformtest.AdafruitOptions{User: "teacher", Key: "aio_0123456789"})
	s := onPlatform(t, d.Server, setup.BrokerChoice{
		Preset: "adafruit", Other: device.Broker{User: "teacher", Password: "aio_0123456789"},
	}, presets.BoardFields{})
	s.lesson()
	s.wifiGoes()
	s.obedient()
}

// TestATapAfterTheOtherStaysWithinAdafruitsPlan has a pupil play with a switch:
// what the program sends and what the board answers count together.
func TestATapAfterTheOtherStaysWithinAdafruitsPlan(t *testing.T) {
	t.Parallel()
	d := platformtest.Adafruit(t, platformtest.AdafruitOptions{User: "teacher", Key: "aio_0123456789", PerMinute: 30})
	s := onPlatform(t, d.Server, setup.BrokerChoice{
		Preset: "adafruit", Other: device.Broker{User: "teacher", Password: "aio_0123456789"},
	}, presets.BoardFields{})
	for range 40 {
		_ = s.Lights.Toggle(s.x.Base)
		if n := s.Status().Paced; n > 1 {
			t.Fatalf("%d messages wait, and only the last wish counts", n)
		}
		end := time.Now().Add(200 * time.Millisecond)
		s.loop.RunUntil(func() bool { return time.Now().After(end) }, "the next tap")
	}
	s.Connections.Use("") // what waits for the next minute is dropped
	s.obedient()
	if d.IsBanned() {
		t.Error("the account is banned")
	}
}

func TestALampOnEasyIoT(t *testing.T) {
	t.Parallel()
	for way, place := range map[string]presets.BoardFields{
		"one": {Topic: "Bkgk2zXb4"}, "two": {Topic: "Bkgk2zXb4", Answer: "Cw9x7Ykc1"},
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			d := platformtest.EasyIoT(t, platformtest.EasyIoTOptions{ID: "iotid1", Password: "iotpwd1", Topics: []string{"Bkgk2zXb4", "Cw9x7Ykc1"}})
			s := onPlatform(t, d.Server, setup.BrokerChoice{
				Preset: "easyiot", TopicScheme: way, Other: device.Broker{User: "iotid1", Password: "iotpwd1"},
			}, place)
			s.lesson()
			if way == "one" {
				s.nobodyAnswers()
			}
			s.obedient()
		})
	}
}

func TestALampOnSIoT(t *testing.T) {
	t.Parallel()
	d := platformtest.SIoT(t, platformtest.SIoTOptions{Retains: true})
	s := onPlatform(t, d.Server, setup.BrokerChoice{
		Preset: "siot", Other: device.Broker{User: platformtest.SIoTUser, Password: platformtest.SIoTPassword},
	}, presets.BoardFields{})
	s.lesson()
	s.wifiGoes()
	s.obedient()
}

func TestALampOnBemfa(t *testing.T) {
	t.Parallel()
	const uid = "4d9ec352e0376f2110a0c601a2857225"
	for way, place := range map[string]presets.BoardFields{
		"one": {Topic: "lamp002"}, "two": {Topic: "lamp002", Answer: "answer006"},
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			d := platformtest.Bemfa(t, platformtest.BemfaOptions{UID: uid, Topics: []string{"lamp002", "answer006"}})
			s := onPlatform(t, d.Server, setup.BrokerChoice{Preset: "bemfa", TopicScheme: way, Other: device.Broker{Password: uid}}, place)
			s.lesson()
			if way == "one" {
				s.nobodyAnswers()
			}
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
	t.Parallel()
	for way, thing := range map[string]bool{"data": false, "thing": true} {
		for login, key := range map[string]string{"the device's key": onenetDeviceKey, "the product's key": ""} {
			t.Run(way+" with "+login, func(t *testing.T) {
				t.Parallel()
				d := platformtest.OneNET(t, platformtest.OneNETOptions{
					Product: "p123123", AccessKey: onenetProductKey, Devices: map[string]string{"lamp07": onenetDeviceKey},
					Thing: thing, Properties: map[string]string{"light": "bool"},
				})
				s := onPlatform(t, d.Server, setup.BrokerChoice{
					Preset: "onenet", TopicScheme: way, API: d.Web(), Other: device.Broker{User: "p123123", Password: onenetProductKey},
				}, presets.BoardFields{Device: "lamp07", Secret: key, Property: "light"})
				s.lesson()
				s.wifiGoes()
				s.obedient()
			})
		}
	}
}

func TestALampOnAPublicBroker(t *testing.T) {
	t.Parallel()
	d := platformtest.Public(t, "")
	s := onPlatform(t, d.Server, setup.BrokerChoice{Preset: "public"}, presets.BoardFields{})
	s.lesson()
	s.wifiGoes()
	s.obedient()
	if room := d.Prefix(); !strings.HasPrefix(room, "class-") || len(room) < 12 {
		t.Errorf("the class's own topics begin with %q, which others may guess", room)
	}
}

// What a class may do with a broker that takes everything, and hardly a platform
// does.
var (
	bold = []string{
		"class/lamp-07/light/set", "homeassistant/light/lamp-07/config", "homeassistant/device/lamp/config", "zigbee2mqtt/lamp/set",
		"$SYS/broker/uptime", "teacher/feeds/Lamp 7", "pupil/feeds/lamp", "/lamp", "lamp/", "a/b/c/d/e/f/g/h/i",
	}
	curious = []string{"+/lamp", "#", "+/#", "+/+", "$SYS/#", "homeassistant/#", "class/#", "tele/+/LWT", "pupil/feeds/#"}
)

// TestTheProgramBreaksNoRuleOfItsPlatform has a user try whatever the topic
// browser and the panel offer, on each platform.
func TestTheProgramBreaksNoRuleOfItsPlatform(t *testing.T) {
	t.Parallel()
	for _, p := range []struct {
		preset, user, password, topic string
		start                         func(t *testing.T) *platformtest.Server
	}{
		{"adafruit", "teacher", "aio_1", "teacher/feeds/lamp", func(t *testing.T) *platformtest.Server {
			return platformtest.Adafruit(t, platformtest.AdafruitOptions{User: "teacher", Key: "aio_1"}).Server
		}},
		{"easyiot", "iotid1", "iotpwd1", "Bkgk2zXb4", func(t *testing.T) *platformtest.Server {
			return platformtest.EasyIoT(t, platformtest.EasyIoTOptions{ID: "iotid1", Password: "iotpwd1", Topics: []string{"Bkgk2zXb4"}}).Server
		}},
		{"siot", platformtest.SIoTUser, platformtest.SIoTPassword, "class/lamp", func(t *testing.T) *platformtest.Server {
			return platformtest.SIoT(t, platformtest.SIoTOptions{Retains: true}).Server
		}},
		{"bemfa", "", "4d9ec352e0376f2110a0c601a2857225", "lamp002/set", func(t *testing.T) *platformtest.Server {
			return platformtest.Bemfa(t, platformtest.BemfaOptions{UID: "4d9ec352e0376f2110a0c601a2857225", Topics: []string{"lamp002"}}).Server
		}},
	} {
		t.Run(p.preset, func(t *testing.T) {
			t.Parallel()
			d := p.start(t)
			s := &pupils{newSchool(t, devicetest.Options{}), d}
			id := s.Connections.Save(settings.Connection{Preset: p.preset, Endpoint: endpoint.Endpoint{Host: d.Host(), Port: d.Port()}, User: p.user}, p.password)
			s.Connections.Use(id)
			s.loop.RunUntil(func() bool { return len(d.Clients()) == 1 && s.Status().Link == link.Online }, "the platform")
			s.tryEverything(p.topic, bold)
			s.obedient()
		})
	}
}

// tryEverything sends and subscribes to what is out of bounds, and then so much
// of what is not that it is too much.
func (s *pupils) tryEverything(topic string, others []string) {
	s.t.Helper()
	for _, filter := range curious {
		_ = s.Uplink.Subscribe(filter, 2) // refused or not: what counts is what reaches the platform
	}
	for _, other := range append(others, topic) {
		for qos := range byte(3) {
			_ = s.Outbox.Publish(other, []byte("on"), qos, true)
			_ = s.Outbox.Publish(other, []byte("off"), qos, false)
		}
	}
	_ = s.Outbox.Publish(topic, []byte(strings.Repeat("x", 300<<10)), 0, false)
	for i := range 100 {
		_ = s.Outbox.Publish(topic, fmt.Append(nil, i), byte(i%3), false)
	}
	s.loop.RunUntil(func() bool { return len(s.platform.Published(topic)) > 0 }, "what is allowed")
	// A second of what would be a flood.
	end := time.Now().Add(time.Second)
	s.loop.RunUntil(func() bool { return time.Now().After(end) }, "the end of the flood")
	if s.Status().Link != link.Online {
		s.t.Errorf("the platform ended the connection: %v", s.Status().Err)
	}
}
