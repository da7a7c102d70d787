package codec

import (
	"slices"
	"strings"
	"testing"
)

// The announcements and words of real systems, by their kind.

func TestWildWordsOfALamp(t *testing.T) {
	const announced = `homeassistant/light/w/config {"name":"W","command_topic":"w/set","state_topic":"w/state",`
	for _, c := range []struct {
		name, config string
		hears        [][2]string
	}{
		{"true and false, as they are", `"payload_on":true,"payload_off":false}`, [][2]string{{"true", "on"}, {"false", "off"}, {"True", "on"}, {"FALSE", "off"}, {"yes", "nonsense"}}},
		{"true as text", `"payload_on":"true","payload_off":"false"}`, [][2]string{{"true", "on"}, {"True", "nonsense"}, {`{"state":true}`, "on"}}},
		{"a number", `"payload_on":1,"payload_off":0}`, [][2]string{{"1", "on"}, {"1\n", "on"}, {" 1", "on"}, {"1.0", "on"}, {"0.0\r\n", "off"}, {"01", "on"}, {"2", "nonsense"}, {"1,0", "nonsense"}}},
		{"a number as text", `"payload_on":"1","payload_off":"0"}`, [][2]string{{"1.0", "on"}, {"0 ", "off"}, {`{"state":1}`, "on"}}},
		{"words", `"payload_on":"ON","payload_off":"OFF"}`, [][2]string{
			{`{"state":true}`, "on"}, {`{"state":"OFF"}`, "off"}, {`{"state":{}}`, "nonsense"}, {`{"power":1}`, "nonsense"}, {"ON\n", "on"}, {"on", "nonsense"}, {"\tOFF ", "off"},
		}},
		{"no word for off", `"payload_on":"go","payload_off":""}`, [][2]string{{"go", "on"}, {`{"power":1}`, "nonsense"}}},
		{"the JSON schema", `"schema":"json"}`, [][2]string{{`{"state":true}`, "on"}, {`{"state":false}`, "off"}, {`{"state":1}`, "on"}, {`{"state":"on"}`, "on"}, {`{"state":"loud"}`, "nonsense"}}},
		{"a template", `"payload_on":true,"payload_off":false,"value_template":"{{ value_json.on }}"}`, [][2]string{{`{"on":true}`, "on"}, {`{"on":"false"}`, "off"}}},
		{
			"the state's own words", `"payload_on":"ON","payload_off":"OFF","state_value_template":"{{ value_json.b / 255 * 100 }}","availability_topic":"w/here","payload_available":true,"payload_not_available":false}`,
			[][2]string{{`{"b":1}`, "nonsense"}},
		},
	} {
		x := one(t, announced+c.config)
		for _, h := range c.hears {
			if got := says(x.Codec, "w/state "+h[0]); got != h[1] {
				t.Errorf("%s, %q: %q, want %q", c.name, h[0], got, h[1])
			}
		}
	}
	x := one(t, announced+`"payload_on":1,"payload_off":0,"availability_topic":"w/here","payload_available":true,"payload_not_available":false}`)
	for m, want := range map[string]string{"w/here true": "here", "w/here false\n": "gone", "w/set 1": "asked on", "w/set 0.0": "asked off", "w/set ": "asked"} {
		if got := says(x.Codec, m); got != want {
			t.Errorf("%s: %q, want %q", m, got, want)
		}
	}
}

func TestWildALampThatDoesNotConfirmIsKnownByItsAnnouncement(t *testing.T) {
	for _, key := range []string{`"optimistic":true`, `"opt":true`, `"opt":"true"`} {
		x := one(t, `homeassistant/switch/o/config {"name":"O","cmd_t":"o/set","stat_t":"o/state",`+key+`}`)
		if x.Codec.Confirms() || says(x.Codec, "o/state ON") != "on" {
			t.Errorf("%s: it confirms, or is not heard", key)
		}
	}
	if x := one(t, `homeassistant/switch/o/config {"name":"O","cmd_t":"o/set","stat_t":"o/state","optimistic":false}`); !x.Codec.Confirms() {
		t.Error("one that confirms is not believed")
	}
}

func TestWildStateTopicsWithWildcards(t *testing.T) {
	x := one(t, `homeassistant/light/w/config {"name":"W","cmd_t":"hall/lamp/set","stat_t":"hall/lamp/+","avty_t":"hall/#","pl_avail":"up","pl_not_avail":"down"}`)
	for m, want := range map[string]string{
		"hall/lamp/left ON": "on", "hall/lamp/right OFF": "off", "hall/lamp/set ON": "asked on", "hall/lamp/a/b ON": "nonsense", "hall/gate up": "here", "room/lamp/left ON": "nonsense",
	} {
		if got := says(x.Codec, m); got != want {
			t.Errorf("%s: %q, want %q", m, got, want)
		}
	}
	if !x.Codec.Confirms() || !slices.Contains(x.Codec.Topics(), "hall/lamp/+") {
		t.Errorf("topics %q", x.Codec.Topics())
	}
	for _, filter := range []string{"#", "+/#", "+/+", "a/b#", "a+", "$SYS/#", "/+/+"} {
		x := one(t, `homeassistant/light/w/config {"name":"W","cmd_t":"w/set","stat_t":"`+filter+`"}`)
		if want := filter == "/+/+"; x.Codec.Confirms() != want {
			t.Errorf("%s is subscribed to: %v", filter, !want)
		}
	}
}

func TestWildHomieOfEveryVersionAndBase(t *testing.T) {
	two := []string{
		"homie/5ccf7f/$homie 2.0.0", "homie/5ccf7f/$name Desk lamp", "homie/5ccf7f/$online true", "homie/5ccf7f/$implementation esp8266",
		"homie/5ccf7f/light/$type switch", "homie/5ccf7f/light/$properties on:settable,intensity:settable,color", "homie/5ccf7f/relay/$properties on",
	}
	all := heardAll(t, two...)
	if len(all) != 2 {
		t.Fatalf("%d lamps: %+v", len(all), all)
	}
	shape{
		called: "Desk lamp", sends: "homie/5ccf7f/light/on/set true | homie/5ccf7f/light/on/set false",
		hears: [][2]string{
			{"homie/5ccf7f/light/on true", "on"},
			{"homie/5ccf7f/light/on false\n", "off"},
			{"homie/5ccf7f/$online true", "here"},
			{"homie/5ccf7f/$online false", "gone"},
			{"homie/5ccf7f/light/on/set true", "asked on"},
		},
	}.check(t, all[slices.IndexFunc(all, func(x Found) bool { return strings.HasPrefix(x.Base, "cmd:") })], Homie)
	for _, base := range []string{"devices/lamp", "school/homie/lamp", "homie/lamp"} {
		for _, version := range []string{"3.0.1", "4.0.0"} {
			var messages []string
			for _, m := range []string{"$homie " + version, "$name Lamp", "light/$properties power", "light/power/$datatype boolean", "light/power/$settable true"} {
				messages = append(messages, base+"/"+m)
			}
			all := heardAll(t, messages...)
			if len(all) != 1 || says(all[0].Codec, base+"/light/power true") != "on" || says(all[0].Codec, base+"/$state lost") != "gone" || all[0].Info.ID != "lamp" {
				t.Errorf("%s, %s: %+v", base, version, all)
			}
			if left := heardAll(t, append(messages, base+"/$homie ")...); len(left) != 0 {
				t.Errorf("%s: it is there still", base)
			}
		}
	}
	f := NewFinder()
	for _, m := range []string{"a/$homie", "a/b/c/d/$homie", "/$homie", "$homie", "a/b/light/power/$datatype"} {
		if f.Receive(m, []byte("4.0.0")) {
			t.Errorf("%s announces something", m)
		}
	}
}

func TestWildTasmotaWithTheTopicBeforeThePrefixAndWithoutDiscovery(t *testing.T) {
	for _, place := range []func(prefix, last string) string{
		func(prefix, last string) string { return "plug_7/" + prefix + "/" + last },
		func(prefix, last string) string { return prefix + "/plug_7/" + last },
	} {
		for _, first := range []string{place("tele", "STATE") + ` {"Time":"2026","POWER":"ON","Wifi":{"RSSI":80}}`, place("stat", "RESULT") + ` {"POWER":"OFF"}`, place("stat", "POWER") + " ON"} {
			x := one(t, place("tele", "LWT")+" Online", first)
			shape{
				called: "plug_7", sends: place("cmnd", "POWER") + " ON | " + place("cmnd", "POWER") + " OFF",
				hears: [][2]string{
					{place("stat", "POWER") + " OFF", "off"},
					{place("stat", "RESULT") + ` {"POWER":"ON"}`, "on"},
					{place("tele", "STATE") + ` {"POWER":"OFF"}`, "off"},
					{place("tele", "LWT") + " Offline", "gone"},
					{place("cmnd", "POWER") + " TOGGLE", "asked toggle"},
				},
			}.check(t, x, Tasmota)
		}
	}
	all := heardAll(t, `strip/tele/STATE {"POWER1":"ON","POWER2":"OFF"}`)
	if len(all) != 2 || sends(all[1].Codec) != "strip/cmnd/POWER2 ON | strip/cmnd/POWER2 OFF" {
		t.Errorf("%+v", all)
	}
	for _, m := range []string{"a/b/c/stat/POWER ON", "/stat/POWER ON", "a/stat/POWER loud", "a/stat/ON ON", "a/tele/STATE [1]"} {
		if all := heardAll(t, m); len(all) != 0 {
			t.Errorf("%s makes %+v", m, all)
		}
	}
	told := one(t, `tasmota/discovery/AABBCCDDEEFF/config {"ip":"10.0.0.7","dn":"Plug","fn":["Plug"],"t":"plug","ft":"home/%topic%/%prefix%/","tp":["cmnd","stat","tele"],"mac":"AABBCCDDEEFF","rl":[1]}`)
	if got := sends(told.Codec); got != "home/plug/cmnd/POWER ON | home/plug/cmnd/POWER OFF" {
		t.Error(got)
	}
}

func TestWildTemplatesThatWriteNothingSayNothing(t *testing.T) {
	x := one(t, `homeassistant/switch/o/config {"name":"O","cmd_t":"o/set","stat_t":"o/state","val_tpl":"{{ 'ON' if value == '1' }}"}`)
	if on, nothing := says(x.Codec, "o/state 1"), says(x.Codec, "o/state 2"); on != "on" || nothing != "" {
		t.Errorf("%q and %q", on, nothing)
	}
}

func TestWildHomieRangesAreALampEach(t *testing.T) {
	announced := []string{"homie/strip/$homie 2.0.1", "homie/strip/$name Strip", "homie/strip/n/$properties led[2-4]:settable,led[1-99]:settable,lamp[3-1],light[a-b],relay[1]"}
	all := heardAll(t, announced...)
	if len(all) != 3 {
		t.Fatalf("%d lamps: %+v", len(all), all)
	}
	if x := byName(t, all, "Strip_3"); sends(x.Codec) != "homie/strip/n/led_3/set true | homie/strip/n/led_3/set false" || says(x.Codec, "homie/strip/n/led_3 true") != "on" {
		t.Errorf("%s", sends(x.Codec))
	}
}
