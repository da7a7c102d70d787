//go:build linux

package assets_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lamplighter/assets"
	"lamplighter/device"
	"lamplighter/device/devicetest"
)

func TestTheBoardTellsItsStoryFromPlugToLamp(t *testing.T) {
	t.Parallel()
	r, e, _ := lit(t, opts{config: func(c *device.Config) { c.Topics.Config = "homeassistant/light/lamp-07/config" }})
	var names []string
	r.mu.Lock()
	for _, s := range r.stages {
		names = append(names, s.Name)
		if s.Bad {
			t.Errorf("%+v", s)
		}
	}
	start, joined := r.stages[0], r.stages[2]
	r.mu.Unlock()
	want := []string{"start", "found", "joined", "reached", "accepted", "subscribed"}
	if !slices.Equal(names, want) {
		t.Errorf("stages %v, want %v", names, want)
	}
	if start.V != version(t) || joined.IP != "192.168.4.77" || joined.RSSI != -48 {
		t.Errorf("start %+v, joined %+v", start, joined)
	}
	e.Expect(base+"/light/rgb", devicetest.Any) // the last that it says of itself
	late := listenAgain(e)
	for _, topic := range []string{"/status", "/light", "/light/rgb", "/info"} {
		if m := late(base + topic); !m.Retained {
			t.Errorf("%s is not kept by the broker", topic)
		}
	}
	info := decode(t, late(base+"/info").Payload)
	for k, v := range map[string]any{
		"id": r.ID(), "board": "mpython with ESP32", "firmware": "MicroPython 1.12.0", "program": version(t),
		"ip": "192.168.4.77", "rssi": -48.0, "name": "Lamp 07", "lamp": "neopixel",
	} {
		if info[k] != v {
			t.Errorf("info %s is %v, want %v", k, info[k], v)
		}
	}
	d := decode(t, late("homeassistant/light/lamp-07/config").Payload)
	if d["cmd_t"] != base+"/light/set" || d["stat_t"] != base+"/light" || d["pl_on"] != "on" || d["avty_t"] != base+"/status" ||
		d["rgb_cmd_t"] != base+"/light/rgb/set" || d["uniq_id"] != "lamplighter_"+r.ID() {
		t.Errorf("discovery %v", d)
	}
}

// listenAgain gives what is in the history by topic, with the retain flag that
// a new subscriber sees.
func listenAgain(e *devicetest.Subscriber) func(topic string) devicetest.Message {
	e.Again()
	return func(topic string) devicetest.Message {
		e.Rewind()
		return e.Expect(topic, devicetest.Any)
	}
}

// file reads a file for boards.
func file(t *testing.T, name string) string {
	t.Helper()
	b, err := fs.ReadFile(assets.Board(), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// version is what classroom.py says that it is.
func version(t *testing.T) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^VERSION = "(\d+\.\d+\.\d+)"$`).FindStringSubmatch(file(t, "classroom.py"))
	if m == nil {
		t.Fatal("classroom.py does not name its version")
	}
	return m[1]
}

func TestEveryFormOfCommandIsObeyedAndConfirmed(t *testing.T) {
	t.Parallel()
	r, e, _ := lit(t, opts{})
	on := false
	for _, c := range []struct {
		payload string
		want    bool
	}{
		{"on", true},
		{"off", false},
		{"ON", true},
		{" Off\r\n", false},
		{"1", true},
		{"0", false},
		{"true", true},
		{"FALSE", false},
		{"toggle", true},
		{"Toggle ", false},
		{`{"state":"ON"}`, true},
		{` {"state": "off"} `, false},
		{`{"state":true}`, true},
		{`{"state":"TOGGLE"}`, false},
		{`{"state":"ON","brightness":3,"color":{"r":1,"g":2,"b":3}}`, true},
	} {
		e.Publish(base+"/light/set", c.payload)
		word := map[bool]string{true: "on", false: "off"}[c.want]
		if m := e.Expect(base+"/light", devicetest.Any); m.Payload != word {
			t.Fatalf("%q was answered with %q", c.payload, m.Payload)
		}
		if on != c.want {
			r.WaitForPixels(c.want)
		}
		on = c.want
		if s := r.stage(device.StageCommand); s.Detail != word {
			t.Errorf("%q: stage %+v", c.payload, s)
		}
	}
}

func TestWhatIsNoCommandIsIgnoredWithOneLine(t *testing.T) {
	t.Parallel()
	r, e, _ := lit(t, opts{})
	bad := []string{
		"", "onn", "2", "{", `{"state":"blue"}`, `{"state":null}`, `{}`, `[1]`, `{"state":{"a":1}}`, "\xff\xfe\x00", "开关", strings.Repeat("on", 300), "\r\n@lamplighter {",
		`{"state":"on","color":7}`, `{"state":"on","color":{"r":256,"g":0,"b":0}}`,
	}
	for _, p := range bad {
		e.Publish(base+"/light/set", p)
		if s := r.stage(device.StageIgnored); len(s.Detail) > 200 {
			t.Errorf("%q: a line of %d bytes", p, len(s.Detail))
		}
	}
	for _, p := range []string{"1,2", "1,2,3,4", "256,0,0", "-1,0,0", "a,b,c", "", "1.5,0,0"} {
		e.Publish(base+"/light/rgb/set", p)
		r.stage(device.StageIgnored)
	}
	e.Publish(base+"/light/set", strings.Repeat("x", 60000))
	if s := r.stage(device.StageIgnored); s.Detail != "too long" {
		t.Errorf("a packet too big for the board: %+v", s)
	}
	e.Publish(base+"/light/set", "on")
	r.stage(device.StageCommand)
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := strings.Count(r.out.String(), `"ignored"`); n != len(bad)+8 {
		t.Errorf("%d lines for %d payloads", n, len(bad)+8)
	}
}

func TestAnOldWishThatTheBrokerKeptIsNotObeyed(t *testing.T) {
	t.Parallel()
	b := devicetest.StartMosquitto(t, users)
	e := devicetest.Listen(t, b)
	e.PublishRetained(base+"/light/set", "on")
	r := start(t, opts{port: b.Port()})
	if s := r.stage(device.StageIgnored); s.Detail != "retained" {
		t.Errorf("%+v", s)
	}
	if m := e.Expect(base+"/light", devicetest.Any); m.Payload != "off" {
		t.Errorf("the lamp came up %s", m.Payload)
	}
}

func TestColoursAreScaledShownAndConfirmed(t *testing.T) {
	t.Parallel()
	r, e, _ := lit(t, opts{config: func(c *device.Config) { c.Lamp.Level, c.Lamp.Color = 50, [3]int{200, 100, 1} }})
	e.Publish(base+"/light/set", "on")
	if got := r.WaitForPixels(true); got != [3]int{100, 50, 1} {
		t.Errorf("first colour at half level: %v", got)
	}
	e.Publish(base+"/light/rgb/set", " 0, 20,255 ")
	e.Expect(base+"/light/rgb", "0,20,255")
	if px := r.WaitFor(pixels).Pixels; px[0] != [3]int{0, 10, 128} || len(px) != 3 || px[2] != px[0] {
		t.Errorf("pixels %v", px)
	}
	e.Publish(base+"/light/set", `{"state":"OFF","color":{"r":2,"g":4,"b":6}}`)
	e.Expect(base+"/light/rgb", "2,4,6")
	e.Expect(base+"/light", "off")
}

func pixels(e devicetest.Event) bool { return e.Type == "np" }

func TestEachKindOfLampLights(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		model   string
		lamp    device.Lamp
		pin     string
		lit     int
		noColor bool
	}{
		{"pico-w", device.Lamp{Kind: device.LampPin, Pin: "LED"}, "LED", 1, true},
		{"esp8266", device.Lamp{Kind: device.LampPin, Pin: "2", ActiveLow: true}, "2", 0, true},
		{"mpython-3", device.Lamp{Kind: device.LampNeoPixel, Pin: "8", Count: 3, Level: 30, Color: [3]int{255, 255, 255}}, "8", 77, false},
	} {
		t.Run(c.model, func(t *testing.T) {
			t.Parallel()
			r, e, _ := lit(t, opts{model: c.model, config: func(f *device.Config) { f.Lamp = c.lamp }})
			e.Publish(base+"/light/set", "on")
			r.WaitFor(func(e devicetest.Event) bool {
				return e.Pin == c.pin && (e.Type == "pin" && e.Value == c.lit || e.Type == "np" && e.Pixels[0][0] == c.lit)
			})
			e.Expect(base+"/light", "on")
			colored := slices.ContainsFunc(e.All(), func(m devicetest.Message) bool { return m.Topic == base+"/light/rgb" })
			if colored == c.noColor {
				t.Errorf("says a colour: %v", colored)
			}
		})
	}
}

func TestTheButtonTogglesTheLampWithAndWithoutABroker(t *testing.T) {
	t.Parallel()
	r, e, b := lit(t, opts{})
	r.PressButton("0")
	r.WaitForPixels(true)
	e.Expect(base+"/light", "on")
	r.PressButton("0")
	r.WaitForPixels(false)
	e.Expect(base+"/light", "off")
	b.Stop()
	r.stage(device.StageLost)
	r.PressButton("0")
	r.WaitForPixels(true)
	b.Start()
	r.stage(device.StageSubscribed)
	e.Expect(base+"/light", "on")
}

func TestTheDisplayShowsNameWiFiBrokerAndLamp(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string][2]string{
		"en": {"台灯|WiFi: classroom|Broker: broker.lan|Lamp: off", "Lamp: on"},
		"zh": {"台灯|WiFi: classroom|服务器: broker.lan|灯: 灭", "灯: 亮"},
	} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			r, e, _ := lit(t, opts{config: func(c *device.Config) { c.Name, c.Language = "台灯", lang }})
			r.WaitFor(func(e devicetest.Event) bool { return e.Type == "oled" && strings.Join(e.Text, "|") == want[0] })
			e.Publish(base+"/light/set", "on")
			r.WaitFor(func(e devicetest.Event) bool { return e.Type == "oled" && e.Text[3] == want[1] })
		})
	}
}

func TestTheDisplayShowsWhoseBoardItIsAndNoMessageDoes(t *testing.T) {
	t.Parallel()
	r, e, _ := lit(t, opts{config: func(c *device.Config) {
		c.Name, c.Pupil, c.Topics.Config = "lamp-07", "李小明", "homeassistant/light/x/config"
	}})
	r.WaitFor(func(e devicetest.Event) bool { return e.Type == "oled" && e.Text[0] == "李小明 lamp-07" })
	e.Publish(base+"/light/set", "on")
	e.Expect(base+"/light", "on")
	for _, m := range e.All() {
		if text := m.Topic + m.Payload; strings.Contains(text, "李小明") || strings.Contains(text, `\u674e`) {
			t.Errorf("the board said %s on %s", m.Payload, m.Topic)
		}
	}
}

func TestCtrlCStopsTheProgramWhateverItDoes(t *testing.T) {
	t.Parallel()
	hang := func(s *devicetest.Setup) { s.WiFi.Mode = devicetest.WiFiHang }
	for _, c := range []struct {
		name  string
		setup func(*devicetest.Setup)
		at    string
	}{
		{"while it waits for WiFi", hang, `"found"`},
		{"between two attempts", nil, `"refused"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, opts{setup: c.setup, port: devicetest.Port(t)})
			r.prints(c.at)
			r.interrupt()
		})
	}
	t.Run("while it is a lamp", func(t *testing.T) {
		t.Parallel()
		r, e, _ := lit(t, opts{})
		r.interrupt()
		e.Expect(base+"/status", "offline")
	})
	t.Run("before it starts", func(t *testing.T) {
		t.Parallel()
		main := file(t, "main.py")
		patient := strings.Replace(main, "time.sleep(1)", "time.sleep(8)", 1)
		if patient == main {
			t.Fatal("main.py leaves no moment in which it can be stopped")
		}
		r := start(t, opts{main: patient}) // a second may be over before a busy machine has sent anything
		r.WaitFor(func(e devicetest.Event) bool { return e.Type == "boot" })
		r.interrupt()
		if strings.Contains(r.printed(), device.StageMark) {
			t.Error("the program ran")
		}
		r.Reset()
		r.stage(device.StageStart)
	})
}

// interrupt sends Ctrl-C until the program has stopped, for a board that is only
// just booting does not hear it.
func (r *room) interrupt() {
	r.t.Helper()
	for !strings.Contains(r.printed(), "KeyboardInterrupt") {
		if _, err := fmt.Fprint(r.conn, "\x03"); err != nil {
			r.t.Fatal(err)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-r.t.Context().Done():
			r.t.Fatal("the program can't be stopped")
		}
	}
	r.WaitFor(func(e devicetest.Event) bool { return e.Type == "repl" })
}

func TestWildWordsSwitchAndPaintARealLamp(t *testing.T) {
	t.Parallel()
	r, e, _ := lit(t, opts{config: func(c *device.Config) { c.Lamp.Level, c.Lamp.Color = 100, [3]int{255, 255, 255} }})
	e.Publish(base+"/light/set", "开灯\x00")
	if s := r.stage(device.StageCommand); s.Detail != "on" || !s.Cut {
		t.Errorf("%+v", s)
	}
	e.Expect(base+"/light", "on")
	e.Publish(base+"/light/set", "on#80")
	e.Expect(base+"/light/rgb", "204,204,204")
	if s := r.stage(device.StageCommand); s.Cut {
		t.Errorf("%+v", s)
	}
	e.Publish(base+"/light/rgb/set", "#ff0000")
	e.Expect(base+"/light/rgb", "255,0,0")
	e.Publish(base+"/light/set", `{"state":"led_off","color":{"h":240,"s":100}}`)
	e.Expect(base+"/light/rgb", "0,0,255")
	e.Expect(base+"/light", "off")
}

func TestLEDsOfEveryOrderShowTheColourThatWasAskedFor(t *testing.T) {
	t.Parallel()
	for order, want := range map[device.Order][3]int{device.OrderRGB: {2, 1, 3}, device.OrderGRBW: {1, 2, 3}} {
		t.Run(string(order), func(t *testing.T) {
			t.Parallel()
			r, e, _ := lit(t, opts{model: "esp32-s3", config: func(c *device.Config) {
				c.Lamp = device.Lamp{Kind: device.LampNeoPixel, Pin: "21", Count: 2, Level: 100, Color: [3]int{1, 2, 3}, Order: order}
			}})
			e.Publish(base+"/light/set", "on")
			lit := r.WaitFor(func(e devicetest.Event) bool { return e.Type == "np" && e.Pixels[0] != [3]int{} })
			if lit.Pixels[1] != want || (lit.Bytes == 4) != (order == device.OrderGRBW) {
				t.Errorf("%+v", lit)
			}
			e.Publish(base+"/light/set", "off")
			r.WaitForPixels(false)
		})
	}
}
