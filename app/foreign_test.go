package app_test

import (
	"slices"
	"strings"
	"testing"

	"lamplighter/app"
	"lamplighter/app/apptest"
	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device/devicetest"
)

// house is somebody else's devices at a broker: what they keep there, and what
// they answer.
type house struct {
	t    *testing.T
	link *link.Link
	// answers are by "topic payload" of the command; what is kept is marked with !
	answers map[string][]string
	heard   chan string
}

// openHouse publishes what is kept, and answers commands from then on.
func openHouse(t *testing.T, m *devicetest.Mosquitto, kept []string, answers map[string][]string) *house {
	t.Helper()
	h := &house{t: t, answers: answers, heard: make(chan string, 256)}
	up := make(chan struct{}, 8)
	h.link = link.Dial(link.Options{Endpoint: endpoint.Endpoint{Host: m.Host(), Port: m.Port()}}, h.hear, func(s link.State) {
		if s.Phase == link.Online {
			up <- struct{}{}
		}
	})
	t.Cleanup(h.link.Close)
	<-up
	for command := range answers {
		topic, _, _ := strings.Cut(command, " ")
		if err := h.link.Subscribe(topic, 1); err != nil {
			t.Fatal(err)
		}
	}
	for _, k := range kept {
		h.say("!" + k)
	}
	return h
}

func (h *house) say(message string) {
	message, retained := strings.CutPrefix(message, "!")
	topic, payload, _ := strings.Cut(message, " ")
	if err := h.link.Publish(topic, []byte(payload), 1, retained); err != nil {
		h.t.Error(err)
	}
}

func (h *house) hear(m link.Message) {
	command := m.Topic + " " + string(m.Payload)
	if m.Retained {
		h.t.Errorf("%q was kept by the broker", command)
	}
	select {
	case h.heard <- command:
	default:
	}
	for _, answer := range h.answers[command] {
		h.say(answer)
	}
}

// systems are lamps as each system keeps them at the broker, switched off.
var systems = []struct {
	name, lamp string
	source     lights.Source
	kept       []string
	on, off    string
	answers    map[string][]string
	gone       string
}{
	{
		name: "Home Assistant", lamp: "Kitchen Lamp", source: lights.HomeAssistant,
		kept: []string{
			`homeassistant/light/kitchen/lamp/config {"schema":"json","brightness":true,"name":"Lamp","stat_t":"kitchen/light/lamp/state","cmd_t":"kitchen/light/lamp/command","avty_t":"kitchen/status","dev":{"ids":"1","name":"Kitchen"}}`,
			`kitchen/light/lamp/state {"state":"OFF","brightness":255}`, `kitchen/status online`,
		},
		answers: map[string][]string{
			`kitchen/light/lamp/command {"state":"ON"}`:  {`!kitchen/light/lamp/state {"state":"ON","brightness":255}`},
			`kitchen/light/lamp/command {"state":"OFF"}`: {`!kitchen/light/lamp/state {"state":"OFF"}`},
		},
		gone: "!kitchen/status offline",
	},
	{
		name: "Tasmota", lamp: "Hall", source: lights.Tasmota,
		kept: []string{
			`tasmota/discovery/001122334455/config {"dn":"Hall","fn":["Hall",null],"mac":"001122334455","ofln":"Offline","onln":"Online","state":["OFF","ON","TOGGLE","HOLD"],"t":"hall","ft":"%prefix%/%topic%/","tp":["cmnd","stat","tele"],"rl":[1,0],"ver":1}`,
			"tele/hall/LWT Online", "stat/hall/POWER OFF",
		},
		answers: map[string][]string{
			"cmnd/hall/POWER ON":  {`stat/hall/RESULT {"POWER":"ON"}`, "stat/hall/POWER ON"},
			"cmnd/hall/POWER OFF": {`stat/hall/RESULT {"POWER":"OFF"}`, "stat/hall/POWER OFF"},
		},
		gone: "!tele/hall/LWT Offline",
	},
	{
		name: "Zigbee2MQTT", lamp: "Room/bulb", source: lights.Zigbee2MQTT,
		kept: []string{
			`zigbee2mqtt/bridge/state {"state":"online"}`, `zigbee2mqtt/Room/bulb {"brightness":254,"state":"OFF"}`,
			`zigbee2mqtt/bridge/devices [{"friendly_name":"Room/bulb","definition":{"exposes":[{"type":"light","features":[{"name":"state","property":"state","access":7,"value_on":"ON","value_off":"OFF"}]}]}}]`,
			`homeassistant/light/0x1/light/config {"schema":"json","name":null,"command_topic":"zigbee2mqtt/Room/bulb/set","state_topic":"zigbee2mqtt/Room/bulb","availability":[{"topic":"zigbee2mqtt/bridge/state","value_template":"{{ value_json.state }}"}],"device":{"name":"Room/bulb"},"origin":{"name":"Zigbee2MQTT"}}`,
		},
		answers: map[string][]string{
			`zigbee2mqtt/Room/bulb/set {"state":"ON"}`:  {`zigbee2mqtt/Room/bulb {"brightness":254,"state":"ON"}`},
			`zigbee2mqtt/Room/bulb/set {"state":"OFF"}`: {`zigbee2mqtt/Room/bulb {"brightness":254,"state":"OFF"}`},
		},
		gone: `!zigbee2mqtt/Room/bulb/availability {"state":"offline"}`,
	},
	{
		name: "Homie 5", lamp: "Desk Light", source: lights.Homie,
		kept: []string{
			"homie/5/desk/$state ready", "homie/5/desk/light/power false",
			`homie/5/desk/$description {"homie":"5.0","version":7,"name":"Desk","nodes":{"light":{"name":"Light","properties":{"power":{"datatype":"boolean","settable":true}}}}}`,
		},
		answers: map[string][]string{
			"homie/5/desk/light/power/set true":  {"!homie/5/desk/light/power/$target true", "!homie/5/desk/light/power true"},
			"homie/5/desk/light/power/set false": {"!homie/5/desk/light/power/$target false", "!homie/5/desk/light/power false"},
		},
		gone: "!homie/5/desk/$state lost",
	},
	{
		name: "Homie 4", lamp: "Shelf Light", source: lights.Homie,
		kept: []string{
			"homie/shelf/$homie 4.0.0", "homie/shelf/$name Shelf", "homie/shelf/$state ready", "homie/shelf/light/$name Light", "homie/shelf/light/power false",
			"homie/shelf/light/power/$datatype boolean", "homie/shelf/light/power/$settable true",
		},
		answers: map[string][]string{
			"homie/shelf/light/power/set true":  {"!homie/shelf/light/power true"},
			"homie/shelf/light/power/set false": {"!homie/shelf/light/power false"},
		},
		gone: "!homie/shelf/$state lost",
	},
}

// named finds a lamp by its name.
func named(a *app.App, name string) lights.Light {
	for _, l := range a.Lights.Lights() {
		if l.Name == name {
			return l
		}
	}
	return lights.Light{}
}

func TestLampsOfOtherSystemsAtABrokerAppearSwitchAndConfirm(t *testing.T) {
	m := devicetest.StartMosquitto(t, devicetest.MosquittoConf{})
	var kept []string
	answers := map[string][]string{}
	for _, s := range systems {
		kept = append(kept, s.kept...)
		for command, said := range s.answers {
			answers[command] = said
		}
	}
	h := openHouse(t, m, kept, answers)
	loop := apptest.NewLoop(t)
	dir := t.TempDir()
	a, stop := start(t, loop, dir)
	a.Connections.Use(a.Connections.Save(settings.Connection{Endpoint: endpoint.Endpoint{Host: m.Host(), Port: m.Port()}}, ""))
	online(loop, a)
	loop.RunUntil(func() bool { return len(bases(a)) == len(systems) }, "the lamps")
	for _, s := range systems {
		lamp := func() lights.Light { return named(a, s.lamp) }
		loop.RunUntil(func() bool { return lamp().Phase == lights.Confirmed }, s.name+": its kept word")
		if l := lamp(); l.Source != s.source || l.State != lights.Off || !l.Retained || l.Presence != lights.PresenceOnline {
			t.Fatalf("%s: %+v", s.name, l)
		}
		for _, on := range []bool{true, false} {
			if err := a.Lights.Switch(lamp().Base, on); err != nil {
				t.Fatal(err)
			}
			if l := lamp(); !l.Waiting {
				t.Fatalf("%s changed before it said so: %+v", s.name, l)
			}
			want := map[bool]lights.State{true: lights.On, false: lights.Off}[on]
			loop.RunUntil(func() bool { return lamp().Phase == lights.Confirmed && lamp().State == want }, s.name+": its answer")
		}
		h.say(s.gone)
		loop.RunUntil(func() bool { return lamp().Phase == lights.Offline }, s.name+": its end")
	}
	if len(bases(a)) != len(systems) {
		t.Fatalf("a lamp is there twice: %q", bases(a))
	}
	for len(h.heard) > 0 {
		if command := <-h.heard; answers[command] == nil {
			t.Errorf("published %q", command)
		}
	}

	if err := a.Lights.Rename(named(a, "Hall").Base, "Corridor"); err != nil {
		t.Fatal(err)
	}
	if err := a.Lights.Remove(named(a, "Shelf Light").Base); err != nil {
		t.Fatal(err)
	}
	stop()
	a, _ = start(t, loop, dir)
	loop.RunUntil(func() bool { return len(bases(a)) == len(systems)-1 && a.Lights.Hidden() == 1 }, "the lamps after a restart")
	if named(a, "Corridor").Source != lights.Tasmota || named(a, "Shelf Light").Base != "" {
		t.Fatalf("%+v", a.Lights.Lights())
	}
}

func TestOtherSystemsAreNotLookedForOnAPlatformWithRules(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	if !slices.Contains(a.Lights.Filters(), "homeassistant/light/#") {
		t.Fatal("the built-in broker's topics are free")
	}
	for _, preset := range []string{"adafruit", "easyiot", "bemfa", "siot"} {
		a.Connections.Use(a.Connections.Save(settings.Connection{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 9}, Preset: preset, User: "teacher"}, "x"))
		loop.Run()
		for _, f := range a.Lights.Filters() {
			if strings.HasPrefix(f, "homeassistant") || strings.HasPrefix(f, "+/") {
				t.Errorf("%s: %q", preset, f)
			}
		}
	}
}
