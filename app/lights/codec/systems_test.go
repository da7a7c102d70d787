package codec

import (
	"fmt"
	"strings"
	"testing"
)

// bulbs is a list as Zigbee2MQTT publishes it, cut down to what is read.
const bulbs = `[{"ieee_address":"0x00124b0018e27d9e","type":"Coordinator","friendly_name":"Coordinator","definition":null,"supported":true},
{"ieee_address":"0xb4e3","type":"Router","friendly_name":"Room/Grow-light","power_source":"Mains (single phase)","software_build_id":"2.3.007","disabled":false,
 "definition":{"model":"LED1545G12","vendor":"IKEA","exposes":[
  {"type":"light","features":[
   {"type":"binary","name":"state","property":"state","access":7,"value_on":"ON","value_off":"OFF","value_toggle":"TOGGLE"},
   {"type":"numeric","name":"brightness","property":"brightness","access":7,"value_min":0,"value_max":254},
   {"type":"composite","name":"color_xy","property":"color","access":7,"features":[{"type":"numeric","name":"x","property":"x","access":7}]}]},
  {"type":"enum","name":"effect","property":"effect","access":2,"values":["blink"]},
  {"type":"numeric","name":"linkquality","property":"linkquality","access":1}]}},
{"ieee_address":"0x5c02","type":"Router","friendly_name":"wall","definition":{"model":"QS-Zigbee-S04-2C-LN","vendor":"Lonsonho","exposes":[
  {"type":"switch","endpoint":"l1","features":[{"type":"binary","name":"state","property":"state_l1","endpoint":"l1","access":7,"value_on":"ON","value_off":"OFF"}]},
  {"type":"switch","endpoint":"l2","features":[{"type":"binary","name":"state","property":"state_l2","endpoint":"l2","access":7,"value_on":"ON","value_off":"OFF"}]}]}},
{"ieee_address":"0x04","type":"EndDevice","friendly_name":"button","definition":{"exposes":[{"type":"enum","name":"action","property":"action","access":1}]}},
{"ieee_address":"0x05","type":"Router","friendly_name":"off duty","disabled":true,"definition":{"exposes":[{"type":"switch","features":[{"name":"state","property":"state","access":7}]}]}},
{"ieee_address":"0x06","type":"Router","friendly_name":"bad/#/name","definition":{"exposes":[{"type":"switch","features":[{"name":"state","property":"state","access":7}]}]}},
{"ieee_address":"0x07","type":"Router","friendly_name":"heater","definition":{"exposes":[{"type":"switch","features":[{"name":"state","property":"state","access":1,"value_on":true,"value_off":false}]}]}},
17, null, {"friendly_name":7,"definition":{"exposes":{}}}]`

func byName(t *testing.T, all []Found, name string) Found {
	t.Helper()
	for _, x := range all {
		if x.Name == name {
			return x
		}
	}
	t.Fatalf("no %q among %+v", name, all)
	return Found{}
}

func TestTheLightsAndSwitchesOfZigbee2MQTTAreRead(t *testing.T) {
	all := heardAll(t, "zigbee2mqtt/bridge/devices "+bulbs)
	if len(all) != 4 {
		t.Fatalf("%d lamps: %+v", len(all), all)
	}
	for _, s := range []shape{
		{
			called: "Room/Grow-light", sends: `zigbee2mqtt/Room/Grow-light/set {"state":"ON"} | zigbee2mqtt/Room/Grow-light/set {"state":"OFF"}`,
			hears: [][2]string{
				{`zigbee2mqtt/Room/Grow-light {"brightness":127,"linkquality":87,"state":"ON"}`, "on, 50%"},
				{`zigbee2mqtt/Room/Grow-light {"linkquality":87}`, ""},
				{`zigbee2mqtt/Room/Grow-light {"state":"LOUD"}`, "nonsense"},
				{`zigbee2mqtt/Room/Grow-light ON`, "nonsense"},
				{`zigbee2mqtt/Room/Grow-light/state OFF`, "off"},
				{`zigbee2mqtt/Room/Grow-light/set {"state":"OFF"}`, "asked off"},
				{`zigbee2mqtt/Room/Grow-light/set {"state":"TOGGLE"}`, "asked toggle"},
				{`zigbee2mqtt/Room/Grow-light/set {"brightness":3}`, ""},
				{`zigbee2mqtt/Room/Grow-light/set ON`, "asked on"},
				{`zigbee2mqtt/bridge/state {"state":"online"}`, "here"},
				{`zigbee2mqtt/Room/Grow-light/availability offline`, "gone"},
				{`zigbee2mqtt/Room/Grow-light/availability {"state":"online"}`, "here"},
				{`zigbee2mqtt/bridge/state offline`, "gone"},
			},
		},
		{
			called: "wall l2", sends: `zigbee2mqtt/wall/set {"state_l2":"ON"} | zigbee2mqtt/wall/set {"state_l2":"OFF"}`,
			hears: [][2]string{{`zigbee2mqtt/wall {"state_l1":"ON","state_l2":"OFF"}`, "off"}, {`zigbee2mqtt/wall {"state_l1":"OFF"}`, ""}},
		},
		{called: "heater", hears: [][2]string{{`zigbee2mqtt/heater {"state":true}`, "on"}, {`zigbee2mqtt/heater {"state":false}`, "off"}}},
	} {
		s.check(t, byName(t, all, s.called), Zigbee2MQTT)
	}
	if m, ok := byName(t, all, "Room/Grow-light").Codec.EncodeLevel(50, RGB{}); !ok || m.Payload != `{"brightness":127}` {
		t.Fatalf("%+v", m)
	}
}

func TestALongListOfDevicesIsReadAndATooLongOneIsNot(t *testing.T) {
	var b strings.Builder
	for i := range 150 {
		fmt.Fprintf(&b, `{"friendly_name":"bulb %d","padding":%q,"definition":{"exposes":[{"type":"light","features":[{"name":"state","property":"state","access":7}]}]}},`, i, strings.Repeat("x", 5000))
	}
	list := "[" + strings.TrimSuffix(b.String(), ",") + "]"
	if all := heardAll(t, "zigbee2mqtt/bridge/devices "+list); len(all) != 150 {
		t.Fatalf("%d lamps in %d bytes", len(all), len(list))
	}
	f := NewFinder()
	f.Receive("zigbee2mqtt/bridge/devices", []byte("["+strings.Repeat(" ", maxDevices)+"]"))
	if f.Ignored() != 1 {
		t.Fatal("it was read")
	}
}

func TestAnUnchangedLampKeepsItsVersionWhenTheListOfDevicesComesAgain(t *testing.T) {
	f := NewFinder()
	f.Receive("zigbee2mqtt/bridge/devices", []byte(bulbs))
	was := byName(t, f.Found(), "wall l1")
	if !f.Receive("zigbee2mqtt/bridge/devices", []byte(strings.Replace(bulbs, "LED1545G12", "LED1545G13", 1))) {
		t.Fatal("no news")
	}
	if now := byName(t, f.Found(), "wall l1"); now.Version != was.Version || now.Codec != was.Codec {
		t.Fatal("the lamp is another")
	}
	if f.Receive("zigbee2mqtt/bridge/devices", nil); len(f.Found()) != 0 {
		t.Fatalf("%+v", f.Found())
	}
}

const groups = `[{"id":9,"friendly_name":"all/lamps","scenes":[],"members":[{"ieee_address":"0xb4e3","endpoint":1},{"ieee_address":"0x04","endpoint":1}],"description":null},
{"id":10,"friendly_name":"heaters","members":[{"ieee_address":"0x07","endpoint":1}]},{"id":11,"friendly_name":"empty","members":[]},{"id":12,"friendly_name":"wall","members":[{"ieee_address":"0xb4e3"}]},
7,{"friendly_name":8},{"friendly_name":"bad/#"},{"friendly_name":"odd","members":{}}]`

// TestAGroupOfZigbee2MQTTIsSwitchedAndSaysNothingForItsLamps: what is published
// for a group is what was sent to it, and not what its lamps do.
func TestAGroupOfZigbee2MQTTIsSwitchedAndSaysNothingForItsLamps(t *testing.T) {
	for _, order := range [][]string{{"home/z2m/bridge/devices " + bulbs, "home/z2m/bridge/groups " + groups}, {"home/z2m/bridge/groups " + groups, "home/z2m/bridge/devices " + bulbs}} {
		all := heardAll(t, order...)
		if len(all) != 5 {
			t.Fatalf("%d lamps: %+v", len(all), all)
		}
		shape{
			called: "all/lamps", silent: true, sends: `home/z2m/all/lamps/set {"state":"ON"} | home/z2m/all/lamps/set {"state":"OFF"}`,
			hears: [][2]string{
				{`home/z2m/all/lamps {"state":"ON"}`, ""},
				{`home/z2m/all/lamps/set {"state":"OFF"}`, "asked off"},
				{`home/z2m/bridge/state {"state":"offline"}`, "gone"},
			},
		}.check(t, byName(t, all, "all/lamps"), Zigbee2MQTT)
	}
	f := NewFinder()
	hear := func(topic, payload string) bool { return f.Receive("z2m/bridge/"+topic, []byte(payload)) }
	if !hear("devices", bulbs) || !hear("groups", groups) || hear("groups", groups) || !hear("groups", "") || len(f.Found()) != 4 {
		t.Fatalf("%+v", f.Found())
	}
	if hear("groups", groups); !hear("devices", "") || len(f.Found()) != 0 || f.Ignored() != 0 {
		t.Fatalf("%+v", f.Found())
	}
}

const (
	sonoff = `tasmota/discovery/001122334455/config {"ip":"192.168.1.102","dn":"Hall","fn":["Hall ceiling","",null,null],"hn":"tasmota-334455-6543","mac":"001122334455","md":"Sonoff T0 2CH","ty":0,"if":0,` +
		`"ofln":"Offline","onln":"Online","state":["OFF","ON","TOGGLE","HOLD"],"sw":"12.4.0","t":"tasmota_334455","ft":"%prefix%/%topic%/","tp":["cmnd","stat","tele"],"rl":[1,1,0,0],"so":{"4":0},"lt_st":0,"ver":1}`
	renamed = `tasmota/discovery/AABBCCDDEEFF/config {"dn":"Desk","fn":["Desk"],"mac":"AABBCCDDEEFF","ofln":"weg","onln":"da","state":["AUS","AN","UM","HALT"],"t":"desk","ft":"room/%topic%/%prefix%/",` +
		`"tp":["do","is","far"],"rl":[2],"lt_st":1,"ver":1}`
)

func TestTasmotasDevicesAreReadAsTheyAnnounceThemselves(t *testing.T) {
	all := heardAll(t, sonoff, renamed)
	if len(all) != 3 {
		t.Fatalf("%+v", all)
	}
	for _, s := range []shape{
		{
			called: "Hall ceiling", sends: "cmnd/tasmota_334455/POWER1 ON | cmnd/tasmota_334455/POWER1 OFF",
			hears: [][2]string{
				{"stat/tasmota_334455/POWER1 ON", "on"},
				{`stat/tasmota_334455/RESULT {"POWER1":"OFF"}`, "off"},
				{`stat/tasmota_334455/RESULT {"POWER2":"ON"}`, ""},
				{`tele/tasmota_334455/STATE {"Time":"2026-03-05T09:41:00","Uptime":"0T01","POWER1":"ON","POWER2":"OFF","Wifi":{"AP":1}}`, "on"},
				{"tele/tasmota_334455/LWT Online", "here"},
				{"tele/tasmota_334455/LWT Offline", "gone"},
				{"tele/tasmota_334455/LWT ", "unknown"},
				{"cmnd/tasmota_334455/POWER1 TOGGLE", "asked toggle"},
				{"cmnd/tasmota_334455/POWER1 ", "asked"},
				{"tele/tasmota_334455/LWT x", "nonsense"},
			},
		},
		{called: "Hall 2", sends: "cmnd/tasmota_334455/POWER2 ON | cmnd/tasmota_334455/POWER2 OFF", hears: [][2]string{{"stat/tasmota_334455/POWER2 OFF", "off"}}},
		{
			called: "Desk", sends: "room/desk/do/POWER AN | room/desk/do/POWER AUS",
			hears: [][2]string{
				{"room/desk/is/POWER AN", "on"},
				{`room/desk/is/RESULT {"POWER":"AUS","Dimmer":30}`, "off, 30%"},
				{"room/desk/far/LWT da", "here"},
				{"room/desk/far/LWT weg", "gone"},
			},
		},
	} {
		s.check(t, byName(t, all, s.called), Tasmota)
	}
	if m, ok := byName(t, all, "Desk").Codec.EncodeLevel(40, RGB{}); !ok || m != (Message{"room/desk/do/Dimmer", "40"}) {
		t.Fatalf("%+v", m)
	}
}

func TestTasmotasDevicesThatDoNotAnnounceThemselvesAreHeard(t *testing.T) {
	for _, m := range []string{
		`tele/plug/STATE {"Time":"x","POWER":"ON"}`, `stat/plug/RESULT {"POWER":"OFF"}`, `stat/plug/POWER ON`,
	} {
		x := one(t, "tele/plug/LWT Online", m)
		shape{called: "plug", sends: "cmnd/plug/POWER ON | cmnd/plug/POWER OFF"}.check(t, x, Tasmota)
	}
	for _, m := range []string{"tele/plug/LWT Online", `tele/sensor/STATE {"Time":"x"}`, "stat/plug/POWER maybe", "stat/plug/POWER33 ON", "stat/plug/POWER01 ON", "stat/plug/STATUS {}"} {
		if all := heardAll(t, m); len(all) != 0 {
			t.Errorf("%s: %+v", m, all)
		}
	}
	if all := heardAll(t, sonoff, `stat/tasmota_334455/RESULT {"POWER1":"ON"}`, `tele/tasmota_334455/STATE {"POWER1":"ON","POWER2":"ON"}`); len(all) != 2 {
		t.Errorf("what announces itself is shown again: %+v", all)
	}
	f := NewFinder()
	topic, payload, _ := strings.Cut(renamed, " ")
	f.Receive(topic, []byte(payload))
	if f.Receive(topic, []byte(payload)) || !f.Receive(topic, nil) || len(f.Found()) != 0 {
		t.Errorf("%+v", f.Found())
	}
}

const desk5 = `homie/5/desk/$description {"homie":"5.0","version":7,"name":"Desk","root":"gateway","parent":"gateway","nodes":{"light":{"name":"Light","properties":{` +
	`"power":{"datatype":"boolean","settable":true},"brightness":{"datatype":"integer","format":"0:200","settable":true},"color":{"datatype":"color","format":"rgb","settable":true}}},` +
	`"config":{"properties":{"beep":{"datatype":"boolean","settable":true}}},"wall-switch":{"properties":{"contact":{"datatype":"boolean"}}}}}`

func TestHomie5IsRead(t *testing.T) {
	all := heardAll(t, "homie/5/desk/$state ready", desk5)
	if len(all) != 2 {
		t.Fatalf("%+v", all)
	}
	shape{
		called: "Desk Light", sends: "homie/5/desk/light/power/set true | homie/5/desk/light/power/set false",
		hears: [][2]string{
			{"homie/5/desk/light/power true", "on"},
			{"homie/5/desk/light/power false", "off"},
			{"homie/5/desk/light/power maybe", "nonsense"},
			{"homie/5/desk/light/power/$target true", "to on"},
			{"homie/5/desk/light/power/$target ", "to nothing"},
			{"homie/5/desk/light/power/set false", "asked off"},
			{"homie/5/desk/light/brightness 100", "50%"},
			{"homie/5/desk/$state ready", "here"},
			{"homie/5/desk/$state sleeping", "unknown"},
			{"homie/5/desk/$state lost", "gone"},
			{"homie/5/desk/$state ready", "here"},
			{"homie/5/gateway/$state lost", "gone"},
			{"homie/5/desk/$state odd", "nonsense"},
		},
	}.check(t, byName(t, all, "Desk Light"), Homie)
	shape{called: "Desk", hears: [][2]string{{"homie/5/desk/wall-switch/contact true", "on"}}}.check(t, byName(t, all, "Desk"), Homie)
	if all := heardAll(t, "homie/5/desk/$state ready", desk5, "homie/5/desk/$state "); len(all) != 0 {
		t.Fatalf("a device that was removed is there: %+v", all)
	}
}

func TestHomie4IsRead(t *testing.T) {
	messages := []string{
		"homie/lamp/$homie 4.0.0", "homie/lamp/$name Super lamp", "homie/lamp/$state ready", "homie/lamp/$nodes light", "homie/lamp/light/$name Head",
		"homie/lamp/light/$properties power,brightness", "homie/lamp/light/power/$datatype boolean", "homie/lamp/light/power/$settable true",
		"homie/lamp/light/brightness/$datatype integer", "homie/lamp/light/brightness/$settable true", "homie/lamp/light/brightness/$format 0:100",
	}
	x := one(t, messages...)
	shape{
		called: "Super lamp Head", sends: "homie/lamp/light/power/set true | homie/lamp/light/power/set false",
		hears: [][2]string{{"homie/lamp/light/power true", "on"}, {"homie/lamp/$state lost", "gone"}, {"homie/lamp/light/brightness 7", "7%"}},
	}.check(t, x, Homie)
	if one(t, messages...).Version != x.Version {
		t.Fatal("the same lamp has another version")
	}
	if all := heardAll(t, append(messages, "homie/lamp/$homie ")...); len(all) != 0 {
		t.Fatalf("%+v", all)
	}
	if all := heardAll(t, messages[1:]...); len(all) != 0 {
		t.Fatalf("no device said that it follows the convention: %+v", all)
	}
}

func TestALampThatSeveralSystemsAnnounceIsOne(t *testing.T) {
	for _, c := range []struct {
		name     string
		from     Source
		count    int
		messages []string
	}{
		{"Zigbee2MQTT, and its own announcements to Home Assistant", Zigbee2MQTT, 4, []string{
			`homeassistant/light/0xb4e3/light/config {"schema":"json","name":null,"command_topic":"zigbee2mqtt/Room/Grow-light/set","state_topic":"zigbee2mqtt/Room/Grow-light","device":{"name":"Room/Grow-light"}}`,
			`homeassistant/switch/0x5c02/switch_l1/config {"command_topic":"zigbee2mqtt/wall/l1/set","payload_off":"OFF","payload_on":"ON","name":"l1","state_topic":"zigbee2mqtt/wall","value_template":"{{ value_json.state_l1 }}","device":{"name":"wall"}}`,
			"zigbee2mqtt/bridge/devices " + bulbs,
		}},
		{"Tasmota, and its older announcements", Tasmota, 2, []string{
			`homeassistant/light/334455_LI_1/config {"name":"Hall","cmd_t":"cmnd/tasmota_334455/POWER","stat_t":"tele/tasmota_334455/STATE","val_tpl":"{{value_json.POWER1}}"}`,
			sonoff,
			`homeassistant/switch/334455_RL_2/config {"name":"Hall","cmd_t":"cmnd/tasmota_334455/POWER2","stat_t":"stat/tasmota_334455/RESULT","val_tpl":"{{value_json.POWER2}}"}`,
		}},
	} {
		all := heardAll(t, c.messages...)
		if len(all) != c.count {
			t.Errorf("%s: %d lamps: %+v", c.name, len(all), all)
		}
		for _, x := range all {
			if x.Source != c.from {
				t.Errorf("%s: %+v", c.name, x)
			}
		}
	}
}

// FuzzDecode feeds every reader with anything, under the topics that they listen
// to, and then what is found with the same.
func FuzzDecode(f *testing.F) {
	topics := []string{
		"homeassistant/light/a/config", "homeassistant/switch/n/a/config", "homeassistant/device/a/config", "zigbee2mqtt/bridge/devices",
		"tasmota/discovery/A/config", "tele/x/STATE", "stat/x/RESULT", "stat/x/POWER2", "homie/5/desk/$description", "homie/5/desk/$state",
		"homie/lamp/$homie", "homie/lamp/light/power/$datatype", "homie/lamp/light/power/$format", "zigbee2mqtt/bridge/groups",
	}
	for _, s := range discoveryShapes {
		_, payload, _ := strings.Cut(s.messages[0], " ")
		for i := range uint8(3) {
			f.Add(i, []byte(payload), []byte("ON"))
		}
	}
	for i, m := range []string{"zigbee2mqtt/bridge/devices " + bulbs, sonoff, desk5} {
		_, payload, _ := strings.Cut(m, " ")
		f.Add([]uint8{3, 4, 8}[i], []byte(payload), []byte(`{"state":"ON","POWER1":"OFF"}`))
	}
	f.Add(uint8(11), []byte("boolean"), []byte("true"))
	f.Add(uint8(13), []byte(groups), []byte("zigbee2mqtt/bridge/devices"))
	f.Fuzz(func(t *testing.T, which uint8, payload, said []byte) {
		finder := NewFinder()
		finder.Receive("homie/lamp/$homie", []byte("4.0.0"))
		topic := topics[int(which)%len(topics)]
		finder.Receive(topic, payload)
		finder.Receive(string(said), payload)
		if finder.Receive(topic, payload) && len(payload) > 0 {
			t.Fatalf("the same again is news: %s %q", topic, payload)
		}
		bases := map[string]bool{}
		for _, x := range finder.Found() {
			if bases[x.Base] || x.Base == "" || x.Codec == nil || x.Source == OwnBoard {
				t.Fatalf("%+v", x)
			}
			bases[x.Base] = true
			checkLamp(t, x, payload, said)
		}
	})
}

func checkLamp(t *testing.T, x Found, payloads ...[]byte) {
	t.Helper()
	for _, s := range []string{x.Name, x.Info.Name, x.Info.ID, x.Info.Board, x.Info.Firmware, x.Info.Program, x.Info.IP} {
		if s != Clean(s) {
			t.Fatalf("%q is not fit to be shown", s)
		}
	}
	for _, on := range []bool{true, false} {
		if m, able := x.Codec.EncodeSwitch(on); able && (!plainTopic(m.Topic) || m.Payload == "") {
			t.Fatalf("would publish %+v", m)
		}
	}
	if m, able := x.Codec.EncodeLevel(50, RGB{}); able && (!plainTopic(m.Topic) || m.Payload == "") {
		t.Fatalf("would publish %+v", m)
	}
	for _, topic := range x.Codec.Topics() {
		if topic != "" && strings.ContainsAny(topic, "+#\x00") {
			t.Fatalf("would subscribe to %q", topic)
		}
		for _, p := range append(payloads, nil) {
			if h, ok := x.Codec.Decode(topic, p); ok && (h.Level < 0 || h.Level > 100) {
				t.Fatalf("%s %q: %+v", topic, p, h)
			}
		}
	}
	x.Codec.ForgetPresence()
}
