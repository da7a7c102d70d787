package codec

import (
	"strings"
	"testing"

	"lamplighter/device"
)

// one hears announcements and expects one lamp.
func one(t *testing.T, messages ...string) Found {
	t.Helper()
	all := heardAll(t, messages...)
	if len(all) != 1 {
		t.Fatalf("%d lamps: %+v", len(all), all)
	}
	return all[0]
}

// heardAll hears messages, each a topic, a space and a payload.
func heardAll(t *testing.T, messages ...string) []Found {
	t.Helper()
	f := NewFinder()
	for _, m := range messages {
		topic, payload, _ := strings.Cut(m, " ")
		f.Receive(topic, []byte(payload))
	}
	if f.Ignored() != 0 {
		t.Fatalf("%d announcements made no sense", f.Ignored())
	}
	return f.Found()
}

// says is what a message says of a lamp, in a few letters: state, presence,
// command, level.
func says(l Codec, message string) string {
	topic, payload, _ := strings.Cut(message, " ")
	h, ok := l.Decode(topic, []byte(payload))
	if !ok {
		return "nonsense"
	}
	var parts []string
	if h.Has(SaysPresence) {
		parts = append(parts, [...]string{"unknown", "here", "gone"}[h.Presence])
	}
	if h.Has(SaysState) {
		parts = append(parts, [...]string{"forgotten", "off", "on"}[h.State])
	}
	if h.Has(SaysTarget) {
		parts = append(parts, [...]string{"to nothing", "to off", "to on"}[h.Target])
	}
	if h.Has(SaysCommand) {
		parts = append(parts, [...]string{"asked", "asked off", "asked on", "asked toggle"}[h.Command])
	}
	if h.Has(SaysLevel) {
		parts = append(parts, percentText(h.Level))
	}
	if h.Has(SaysColor) && h.Color != nil {
		parts = append(parts, h.Color.format())
	}
	return strings.Join(parts, ", ")
}

func percentText(n int) string { return strings.TrimSuffix(onScale(max(n, 1), 100), "") + "%" }

// sends is what asks a lamp for on and off.
func sends(l Codec) string {
	on, able := l.EncodeSwitch(true)
	off, _ := l.EncodeSwitch(false)
	if !able {
		return ""
	}
	return on.Topic + " " + on.Payload + " | " + off.Topic + " " + off.Payload
}

type shape struct {
	name     string
	messages []string
	called   string
	sends    string
	silent   bool
	hears    [][2]string // message → what it says
}

var discoveryShapes = []shape{
	{
		name:     "default schema, abbreviated, with ~ (Home Assistant's documentation)",
		messages: []string{`homeassistant/light/garden/config {"~":"homeassistant/light/kitchen","name":"Kitchen","uniq_id":"k1","cmd_t":"~/set","stat_t":"~/state"}`},
		called:   "Kitchen", sends: "homeassistant/light/kitchen/set ON | homeassistant/light/kitchen/set OFF",
		hears: [][2]string{
			{"homeassistant/light/kitchen/state ON", "on"},
			{"homeassistant/light/kitchen/state OFF", "off"},
			{"homeassistant/light/kitchen/state on", "nonsense"},
			{"homeassistant/light/kitchen/state ", "forgotten"},
			{"homeassistant/light/kitchen/set ON", "asked on"},
		},
	},
	{
		name: "JSON schema with brightness (ESPHome)",
		messages: []string{`homeassistant/light/kitchen/lamp/config {"schema":"json","color_mode":true,"supported_color_modes":["brightness"],"brightness":true,` +
			`"name":"Lamp","stat_t":"kitchen/light/lamp/state","cmd_t":"kitchen/light/lamp/command","avty_t":"kitchen/status","uniq_id":"ESPlightlamp",` +
			`"dev":{"ids":"2462abf1c0de","name":"Kitchen","sw":"esphome v2024.6.0","mdl":"esp32dev","mf":"espressif","cns":[["mac","2462abf1c0de"]]}}`},
		called: "Kitchen Lamp", sends: `kitchen/light/lamp/command {"state":"ON"} | kitchen/light/lamp/command {"state":"OFF"}`,
		hears: [][2]string{
			{`kitchen/light/lamp/state {"state":"ON","brightness":128,"color_mode":"brightness"}`, "on, 50%"},
			{`kitchen/light/lamp/state {"state":"OFF"}`, "off"},
			{`kitchen/light/lamp/state {"effect":"None"}`, ""},
			{"kitchen/light/lamp/state nope", "nonsense"},
			{"kitchen/status online", "here"},
			{"kitchen/status offline", "gone"},
			{`kitchen/light/lamp/command {"state":"OFF","transition":2}`, "asked off"},
			{`kitchen/light/lamp/command {"effect":"Rainbow"}`, ""},
		},
	},
	{
		name: "JSON schema with colours (ESPHome)",
		messages: []string{`homeassistant/light/desk/strip/config {"schema":"json","supported_color_modes":["rgb","white"],"brightness":true,"effect":true,"effect_list":["None","Rainbow"],` +
			`"name":"Strip","stat_t":"desk/light/strip/state","cmd_t":"desk/light/strip/command","avty_t":"desk/status","uniq_id":"ESPlightstrip","dev":{"ids":"24","name":"Desk"}}`},
		called: "Desk Strip", sends: `desk/light/strip/command {"state":"ON"} | desk/light/strip/command {"state":"OFF"}`,
		hears: [][2]string{
			{`desk/light/strip/state {"state":"ON","brightness":255,"color_mode":"rgb","color":{"r":255,"g":180,"b":200}}`, "on, 100%, 255,180,200"},
			{`desk/light/strip/state {"state":"ON","brightness":51,"color_mode":"white","color":{}}`, "on, 20%"},
			{`desk/light/strip/state {"state":null}`, "forgotten"},
			{`desk/light/strip/command {"state":"ON","color":{"r":1,"g":2,"b":3}}`, "asked on"},
		},
	},
	{
		name: "template schema with text (Home Assistant's documentation)",
		messages: []string{`homeassistant/light/t/config {"schema":"template","name":"T","cmd_t":"home/rgb1/set","stat_t":"home/rgb1/status",` +
			`"cmd_on_tpl":"on,{{ brightness|d }},{{ red|d }}-{{ green|d }}-{{ blue|d }},{{ hue|d }}-{{ sat|d }}","cmd_off_tpl":"off","stat_tpl":"{{ value.split(',')[0] }}"}`},
		called: "T", sends: "home/rgb1/set on,,--,- | home/rgb1/set off",
		hears: [][2]string{{"home/rgb1/status on,255,0-0-0", "on"}, {"home/rgb1/status off", "off"}, {"home/rgb1/status what", "nonsense"}},
	},
	{
		name: "a scale as text, and a level that is rounded (zwave-js-ui)",
		messages: []string{`homeassistant/light/n7/dimmer/config {"supported_color_modes":["brightness"],"state_topic":"zwave/n7/38/0/currentValue","brightness_state_topic":"zwave/n7/38/0/currentValue",` +
			`"on_command_type":"brightness","brightness_command_topic":"zwave/n7/38/0/targetValue/set","brightness_scale":"99","brightness_value_template":"{{ value_json.value | round(0) }}",` +
			`"state_value_template":"{{ 'OFF' if value_json.value == 0 else 'ON' }}","command_topic":"zwave/n7/38/0/targetValue/set","device":{"identifiers":["n7"],"name":"n7"},"name":"dimmer"}`},
		called: "n7 dimmer", sends: "zwave/n7/38/0/targetValue/set 99 | zwave/n7/38/0/targetValue/set OFF",
		hears: [][2]string{{`zwave/n7/38/0/currentValue {"time":1,"value":50}`, "on, 51%"}, {`zwave/n7/38/0/currentValue {"time":1,"value":0}`, "off, 1%"}},
	},
	{
		name: "switch with long keys, state_on and state_off (Home Assistant's documentation)",
		messages: []string{`homeassistant/switch/bedroom/config {"name":"Bedroom","unique_id":"b","state_topic":"home/bedroom/switch1","command_topic":"home/bedroom/switch1/set",` +
			`"payload_on":"1","payload_off":"0","state_on":"true","state_off":"false","optimistic":false,"qos":0,"retain":true,"availability_topic":"home/bedroom/switch1/available"}`},
		called: "Bedroom", sends: "home/bedroom/switch1/set 1 | home/bedroom/switch1/set 0",
		hears: [][2]string{{"home/bedroom/switch1 true", "on"}, {"home/bedroom/switch1 false", "off"}, {"home/bedroom/switch1 1", "nonsense"}},
	},
	{
		name:     "value template, numbers as payloads",
		messages: []string{`homeassistant/light/x/config {"name":"Rgb","cmd_t":"d/set","stat_t":"d/state","stat_val_tpl":"{{value_json.state.on}}","pl_on":1,"pl_off":0}`},
		called:   "Rgb", sends: "d/set 1 | d/set 0",
		hears: [][2]string{{`d/state {"state":{"on":1}}`, "on"}, {`d/state {"state":{"on":0}}`, "off"}, {`d/state {"other":1}`, ""}, {`d/state [`, "nonsense"}},
	},
	{
		name:     "template with an index, quotes and a filter, true and false",
		messages: []string{`homeassistant/switch/x/config {"name":"R","cmd_t":"d/set","stat_t":"d/state","val_tpl":"{{ value_json['relays'][1][\"ison\"] | string | lower }}","stat_on":"true","stat_off":"false"}`},
		called:   "R", sends: "d/set ON | d/set OFF",
		hears: [][2]string{{`d/state {"relays":[{"ison":false},{"ison":true}]}`, "on"}, {`d/state {"relays":[{"ison":true},{"ison":false}]}`, "off"}, {`d/state {"relays":[]}`, ""}},
	},
	{
		name:     "template that only Home Assistant can work out: sent only",
		messages: []string{`homeassistant/light/x/config {"name":"J","cmd_t":"d/set","stat_t":"d/state","stat_val_tpl":"{% if is_state('sun.sun', 'up') %}ON{% else %}OFF{% endif %}"}`},
		called:   "J", sends: "d/set ON | d/set OFF", silent: true,
		hears: [][2]string{{"d/state x", ""}},
	},
	{
		name: "template that chooses (Shelly, second generation)",
		messages: []string{`homeassistant/switch/shellyplus1/0/config {"~":"shellyplus1-a8032","name":null,"uniq_id":"a8032-0","cmd_t":"~/command/switch:0","stat_t":"~/status/switch:0",` +
			`"val_tpl":"{%if value_json.output%}on{%else%}off{%endif%}","pl_on":"on","pl_off":"off","avty_t":"~/online","pl_avail":"true","pl_not_avail":"false","dev":{"ids":["a8032"],"name":"Hall"}}`},
		called: "Hall", sends: "shellyplus1-a8032/command/switch:0 on | shellyplus1-a8032/command/switch:0 off",
		hears: [][2]string{
			{`shellyplus1-a8032/status/switch:0 {"id":0,"output":true,"apower":3.1}`, "on"},
			{`shellyplus1-a8032/status/switch:0 {"id":0,"output":false}`, "off"},
			{`shellyplus1-a8032/status/switch:0 {"id":0,"apower":3.1}`, ""}, // it says nothing of the lamp
			{`shellyplus1-a8032/status/switch:0 garbage`, "nonsense"},
			{`shellyplus1-a8032/online true`, "here"},
		},
	},
	{
		name:     "no state topic: sent only",
		messages: []string{`homeassistant/switch/irrigation/config {"name":"Pump","command_topic":"pump/set"}`},
		called:   "Pump", sends: "pump/set ON | pump/set OFF", silent: true,
	},
	{
		name: "template schema (Home Assistant's documentation)",
		messages: []string{`homeassistant/light/t/config {"schema":"template","name":"T","command_topic":"home/rgb1/set","state_topic":"home/rgb1/status",` +
			`"command_on_template":"{\"state\": \"on\"\n{%- if brightness is defined -%}, \"brightness\": {{ brightness }}{%- endif -%}\n{%- if effect is defined -%}, \"effect\": \"{{ effect }}\"{%- endif -%}\n}",` +
			`"command_off_template":"{\"state\": \"off\"}","state_template":"{{ value_json.state }}","brightness_template":"{{ value_json.brightness }}"}`},
		called: "T", sends: `home/rgb1/set {"state": "on"} | home/rgb1/set {"state": "off"}`,
		hears: [][2]string{{`home/rgb1/status {"state":"on","brightness":3}`, "on"}, {`home/rgb1/status {"state":"off"}`, "off"}},
	},
	{
		name:     "command topic missing: shown, not switchable",
		messages: []string{`homeassistant/light/r/config {"name":"Read","state_topic":"r/state"}`},
		called:   "Read", hears: [][2]string{{"r/state ON", "on"}},
	},
	{
		name:     "command template that only Home Assistant can work out: not switchable",
		messages: []string{`homeassistant/switch/l/config {"name":"Lox","cmd_t":"l/set","stat_t":"l/state","cmd_tpl":"{{ states('input_select.mode') }}"}`},
		called:   "Lox", hears: [][2]string{{"l/state ON", "on"}},
	},
	{
		name:     "command template that chooses (Loxone)",
		messages: []string{`homeassistant/switch/l/config {"name":"Lox","cmd_t":"l/set","stat_t":"l/state","pl_on":"1.0","pl_off":"0.0","cmd_tpl":"{{ 'on' if value == '1.0' else 'off' }}"}`},
		called:   "Lox", sends: "l/set on | l/set off", hears: [][2]string{{"l/state 1.0", "on"}},
	},
	{
		name:     "command template around the value",
		messages: []string{`homeassistant/switch/l/config {"name":"V","cmd_t":"l/set","stat_t":"l/state","cmd_tpl":"{\"POWER\":\"{{ value }}\"}"}`},
		called:   "V", sends: `l/set {"POWER":"ON"} | l/set {"POWER":"OFF"}`,
	},
	{
		name:     "lit by a brightness, with a scale",
		messages: []string{`homeassistant/light/b/config {"name":"B","cmd_t":"b/set","stat_t":"b/state","on_cmd_type":"brightness","bri_cmd_t":"b/level/set","bri_stat_t":"b/level","bri_scl":100}`},
		called:   "B", sends: "b/level/set 100 | b/set OFF",
		hears: [][2]string{{"b/level 40", "40%"}, {"b/level x", "nonsense"}},
	},
	{
		name: "several availability topics, all of them (Zigbee2MQTT 1.17 to 2)",
		messages: []string{`homeassistant/light/0x1/light/config {"availability":[{"topic":"z/bridge/state","value_template":"{{ value_json.state }}"},{"topic":"z/lamp/availability","value_template":"{{ value_json.state }}"}],` +
			`"availability_mode":"all","brightness":true,"brightness_scale":254,"command_topic":"z/lamp/set","state_topic":"z/lamp","schema":"json","name":null,"supported_color_modes":["brightness"],` +
			`"device":{"identifiers":["zigbee2mqtt_0x1"],"manufacturer":"IKEA","model":"TRADFRI","name":"lamp","sw_version":"2.1.3"},"origin":{"name":"Zigbee2MQTT","sw":"2.1.3","url":"https://www.zigbee2mqtt.io"}}`},
		called: "lamp", sends: `z/lamp/set {"state":"ON"} | z/lamp/set {"state":"OFF"}`,
		hears: [][2]string{
			{`z/bridge/state {"state":"online"}`, "unknown"},
			{`z/lamp/availability {"state":"online"}`, "here"},
			{`z/bridge/state {"state":"offline"}`, "gone"},
			{`z/lamp/availability garbage`, "nonsense"},
			{`z/lamp {"state":"ON","brightness":254,"linkquality":87}`, "on, 100%"},
		},
	},
	{
		name:     "any of two, and one given as an object",
		messages: []string{`homeassistant/switch/a/config {"name":"A","cmd_t":"a/set","stat_t":"a","avty":[{"t":"p/1"},{"t":"p/2","pl_avail":"yes","pl_not_avail":"no"}],"avty_mode":"any"}`},
		called:   "A", sends: "a/set ON | a/set OFF",
		hears: [][2]string{{"p/1 offline", "unknown"}, {"p/2 yes", "here"}, {"p/2 no", "gone"}, {"p/1 online", "here"}},
	},
	{
		name:     "the latest of several counts",
		messages: []string{`homeassistant/switch/a/config {"name":"A","cmd_t":"a/set","stat_t":"a","avty":{"topic":"p/1"}}`},
		called:   "A", sends: "a/set ON | a/set OFF", hears: [][2]string{{"p/1 online", "here"}, {"p/1 offline", "gone"}, {"p/1 ", "unknown"}},
	},
	{
		name: "Tasmota's older announcements (SetOption19)",
		messages: []string{`homeassistant/light/DC4F22D3_LI_1/config {"name":"Sonoff","cmd_t":"~cmnd/POWER","stat_t":"~tele/STATE","val_tpl":"{{value_json.POWER}}","pl_off":"OFF","pl_on":"ON",` +
			`"avty_t":"~tele/LWT","pl_avail":"Online","pl_not_avail":"Offline","uniq_id":"DC4F22D3_LI_1","device":{"identifiers":["DC4F22D3"],"connections":[["mac","DC:4F:22:D3:00:11"]]},"~":"sonoff/"}`},
		called: "Sonoff", sends: "sonoff/cmnd/POWER ON | sonoff/cmnd/POWER OFF",
		hears: [][2]string{{`sonoff/tele/STATE {"Time":"x","POWER":"ON","Wifi":{"AP":1}}`, "on"}, {"sonoff/tele/LWT Offline", "gone"}},
	},
	{
		name: "device-based, with what is said of the whole device",
		messages: []string{`homeassistant/device/handpy_a4cf12/config {"dev":{"ids":["handpy_a4cf12"],"name":"Seat 07"},"o":{"name":"x2mqtt","sw":"0.1"},"avty_t":"h/status","~":"h/seat07",` +
			`"cmps":{"light":{"p":"light","name":null,"uniq_id":"u","cmd_t":"~/light/do","stat_t":"~/light/is","pl_on":"on","pl_off":"off"},` +
			`"btn_a":{"p":"binary_sensor","uniq_id":"a","stat_t":"~/button_a"},"gone":{"p":"light"},"odd":7}}`},
		called: "Seat 07", sends: "h/seat07/light/do on | h/seat07/light/do off",
		hears: [][2]string{{"h/seat07/light/is on", "on"}, {"h/status online", "here"}},
	},
}

func TestEveryPublishedShapeOfHomeAssistantsDiscoveryIsRead(t *testing.T) {
	for _, s := range discoveryShapes {
		t.Run(s.name, func(t *testing.T) { s.check(t, one(t, s.messages...), HomeAssistant) })
	}
}

func (s shape) check(t *testing.T, x Found, from Source) {
	t.Helper()
	if x.Name != s.called || x.Source != from || sends(x.Codec) != s.sends || x.Codec.Confirms() == s.silent {
		t.Fatalf("%v: name %q, sends %q, confirms %v, want %+v", x.Source, x.Name, sends(x.Codec), x.Codec.Confirms(), s)
	}
	for _, h := range s.hears {
		if got := says(x.Codec, h[0]); got != h[1] {
			t.Errorf("%s says %q, want %q", h[0], got, h[1])
		}
	}
}

func TestWhatIsNoLampIsNotShown(t *testing.T) {
	for name, m := range map[string]string{
		"a setting":                 `homeassistant/switch/x/config {"name":"LED","cmd_t":"x/set","stat_t":"x","entity_category":"config"}`,
		"hidden by default":         `homeassistant/switch/x/config {"name":"LED","cmd_t":"x/set","stat_t":"x","en":false}`,
		"Zigbee2MQTT's permit join": `homeassistant/switch/b/permit_join/config {"name":"Permit join","command_topic":"zigbee2mqtt/bridge/request/permit_join","payload_on":"{\"time\": 254}","payload_off":"{\"time\": 0}","state_topic":"zigbee2mqtt/bridge/info"}`,
		"a sensor":                  `homeassistant/sensor/x/config {"name":"T","stat_t":"x"}`,
		"a state under the prefix":  `homeassistant/light/x/state ON`,
		"too deep":                  `homeassistant/light/a/b/c/config {"name":"LED","cmd_t":"x/set"}`,
	} {
		if all := heardAll(t, m); len(all) != 0 {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

func TestHostileAnnouncementsAreIgnoredAndCounted(t *testing.T) {
	f := NewFinder()
	bad := map[string]string{
		"homeassistant/light/a/config":  `{`,
		"homeassistant/light/b/config":  `[]`,
		"homeassistant/light/c/config":  `{"cmd_t":{"a":1},"stat_t":[]}`,
		"homeassistant/light/d/config":  strings.Repeat(" ", maxAnnouncement) + `{}`,
		"homeassistant/device/e/config": `{"cmps":{}}`,
		"homeassistant/light/f/config":  `{"cmd_t":"a/#","stat_t":"b/+"}`,
		"homeassistant/light/g/config":  `{"cmd_t":"$SYS/x"}`,
		"zigbee2mqtt/bridge/devices":    `{"a":1}`,
		"tasmota/discovery/A/config":    `{"ft":"%prefix%/#/","t":"x"}`,
		"homie/5/x/$description":        `{"homie":"4.0"}`,
	}
	for topic, payload := range bad {
		f.Receive(topic, []byte(payload))
	}
	// c, f and g have topics of another kind than expected; they are settings or nothing.
	if len(f.Found()) != 0 || f.Ignored() < len(bad)-2 {
		t.Fatalf("found %+v, ignored %d", f.Found(), f.Ignored())
	}
}

func TestAnAnnouncementThatIsTakenBackTakesItsLampsWithIt(t *testing.T) {
	f := NewFinder()
	config := []byte(`{"name":"K","cmd_t":"k/set","stat_t":"k"}`)
	if !f.Receive("homeassistant/light/k/config", config) || len(f.Found()) != 1 {
		t.Fatal("not found")
	}
	before := f.Found()[0].Version
	if f.Receive("homeassistant/light/k/config", config) || f.Found()[0].Version != before {
		t.Fatal("the same again is news")
	}
	if !f.Receive("homeassistant/light/k/config", []byte(`{"name":"K2","cmd_t":"k/set","stat_t":"k"}`)) || f.Found()[0].Version == before {
		t.Fatal("another announcement is no news")
	}
	if !f.Receive("homeassistant/light/k/config", nil) || len(f.Found()) != 0 {
		t.Fatalf("still there: %+v", f.Found())
	}
}

func TestAnnouncementsAreBounded(t *testing.T) {
	f := NewFinder()
	for i := range maxFound + 5 {
		n := onScale(1, 100) + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + onScale(100, float64(i+1))
		f.Receive("homeassistant/light/"+n+"/config", []byte(`{"name":"K","cmd_t":"`+n+`/set","stat_t":"`+n+`"}`))
	}
	if len(f.Found()) > maxFound || f.Ignored() == 0 {
		t.Fatalf("%d lamps, %d ignored", len(f.Found()), f.Ignored())
	}
}

func TestLampsOnOneCommandTopicAreSeveral(t *testing.T) {
	all := heardAll(t,
		`homeassistant/switch/a/config {"name":"A","cmd_t":"rf/set","pl_on":"{\"code\":1}","pl_off":"{\"code\":2}"}`,
		`homeassistant/switch/b/config {"name":"B","cmd_t":"rf/set","pl_on":"{\"code\":3}","pl_off":"{\"code\":4}"}`)
	if len(all) != 2 || all[0].Base == all[1].Base {
		t.Fatalf("%+v", all)
	}
}

func TestTheShownTopicsAreThoseOfTheAnnouncement(t *testing.T) {
	x := one(t, discoveryShapes[1].messages...)
	if got, want := x.Codec.DisplayTopics(), (device.Topics{Set: "kitchen/light/lamp/command", State: "kitchen/light/lamp/state", Status: "kitchen/status"}); got != want {
		t.Fatalf("%+v", got)
	}
	if x.Info.Board != "esp32dev" || x.Info.Firmware != "esphome v2024.6.0" {
		t.Fatalf("%+v", x.Info)
	}
}
