package codec

import (
	"slices"
	"strings"
	"testing"
)

// The announcements and words of real systems, by their kind.

func TestWildTemplatesAreSpoiltInTheirBranchAlone(t *testing.T) {
	for _, c := range [][3]string{ // a command's template, the value, what is sent
		{`{"turn":"on"{% if brightness is defined %},"gain":{{brightness|float|multiply(0.3922)|round}}{% endif %}}`, "", `{"turn":"on"}`},
		{`{"on":true{% if brightness is defined %},"b":{{ (brightness / 2.55) | int }}{% endif %}}`, "", `{"on":true}`},
		{`on{% if transition is defined %}{{ as_timedelta(transition) }}{% endif %}`, "", "on"},
		{`on{% if effect is defined %}{% for e in effect %}{{ e }}{% endfor %}{% endif %}`, "", "on"},
		{`on{% if hue is defined %}{% set h = hue|my_filter(x=1) %}{{ h }}{% endif %}`, "", "on"},
		{`{{ 'on' if brightness is not defined else states('light.x') }}`, "", "on"},
		{`{{ iif(value == 'ON', 'go', now()) }}`, "ON", "go"},
		{`{{ brightness | default(255) }}`, "", "255"},
		{`{"v":{{ 1 if value == 'ON' else 0 }}}`, "OFF", `{"v":0}`},
		{`{{ '%02x%02x' | format(255, 7) }}`, "", "ff07"},
		{`{% if value_json is defined %}x{% else %}{{ value }}{% endif %}`, "ON", "ON"},
	} {
		if got, ok := command(c[0], c[1]); !ok || got != c[2] {
			t.Errorf("%s for %q: %q, %v", c[0], c[1], got, ok)
		}
	}
	for _, s := range []string{
		`on{% if true %}{{ states('x') }}{% endif %}`, `{{ states('x') }}`, `{{ brightness / 2 }}`, `on{% for x in [1] %}{{ x }}{% endfor %}`,
		`{{ value | frobnicate }}`, `{{ value_json.x }}`,
	} {
		if got, ok := command(s, "ON"); ok {
			t.Errorf("%s is guessed to be %q", s, got)
		}
	}
}

func TestWildOperatorsAndFiltersAreHomeAssistants(t *testing.T) {
	for _, c := range [][3]string{ // template, payload, what is written; "?" = it is not said
		{`{{ 'ON' if (value_json.b / 2.55) | int > 49 else 'OFF' }}`, `{"b":128}`, "ON"},
		{`{{ 7 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 2 * 3 }} {{ 2 * 1.5 }} {{ 6 / 2 }}`, "", "3.5 3 -4 1 2 6 3.0 3.0"},
		{`{{ 1 + 2 * 3 - 4 }} {{ (1 + 2) * 3 }} {{ 2 ** 3 }} {{ -2 ** 2 }} {{ 10 - 3 - 2 }}`, "", "3 9 8 -4 5"},
		{`{{ 'a' ~ 1 ~ true }} {{ 'a' + 'b' }} {{ 1 ~ 2 + 3 }}`, "", "a1True ab ?"},
		{`{{ value ~ '!' | upper }}`, "on", "on!"},
		{`{{ -value_json.n | abs }} {{ value_json.n|int + 1 }}`, `{"n":-3}`, "3 -2"},
		{`{{ value_json.n % 2 == 1 }}`, `{"n":3}`, "True"},
		{`{{ 1 / value_json.n }}`, `{"n":0}`, "?"},
		{`{{ value + 1 }}`, "1", "?"},
		{`{{ value | multiply(2.55) | round(0) }} {{ value | multiply(10) }} {{ value | add(1) | int }}`, "50", "127 500.0 51"},
		{`{{ value | multiply(2, 0) }} {{ value | add(2, default=7) }}`, "x", "0 7"},
		{`{{ value | multiply('x') }}`, "2", "?"},
		{`{{ value_json.s | is_defined }}`, `{"s":"ON"}`, "ON"},
		{`{{ value_json.s | is_defined }}`, `{"t":1}`, "?"},
		{`{{ '%d-%s-%5.1f-%03d-%x-%%' | format(value_json.n, 'a', 1.25, 7, 255) }}`, `{"n":3}`, "3-a-  1.2-007-ff-%"},
		{`{{ '%s' | format(1, 2) }}`, "", "?"},
		{`{{ '%q' | format(1) }}`, "", "?"},
		{`{{ '%d' | format('x') }}`, "", "?"},
		{`{{ '%' | format }}`, "", "?"},
		{`{{ 'ON' if value_json.r | bitwise_and(2) else 'OFF' }}`, `{"r":6}`, "ON"},
		{`{{ 'ON' if value_json.r | bitwise_and(1) else 'OFF' }}`, `{"r":6}`, "OFF"},
		{`{{ 5 | bitwise_or(2) }} {{ 5 | bitwise_xor(1) }}`, "", "7 4"},
		{`{{ 1.5 | bitwise_and(1) }}`, "", "?"},
		{`{{ value | regex_replace('^state:\\s*', '') }}`, "state: on", "on"},
		{`{{ value | regex_replace('(\\w+)=(\\w+)', '\\2') }}`, "power=on", "on"},
		{`{{ value | regex_replace(find='ON', replace='$1', ignorecase=true) }}`, "on", "$1"},
		{`{{ value | regex_replace('(?=x)', '') }}`, "x", "?"},
		{`{{ value | regex_match('on|off') }} {{ value | regex_match('f') }} {{ value | regex_search('f') }}`, "off", "True False True"},
		{`{{ value_json.r | iif('ON', 'OFF', 'OFF') }}`, `{"r":null}`, "OFF"},
		{`{{ value | iif('ON', states('x')) }}`, "1", "ON"},
		{`{{ value | int(default=3) }} {{ value | round(1, 'floor') }}`, "2", "2 ?"},
		{`{{ value | float | round(1, 'floor') }} {{ 2.5 | round }} {{ 2.1 | round(0, 'ceil') }} {{ 2.3 | round(0, 'half') }} {{ 41.5 | round }}`, "2.19", "2.1 2 3 2 42"},
		{`{{ value_json.l | first }} {{ value_json.l | last }} {{ value_json.l | length }} {{ 'oN' | capitalize }}`, `{"l":[1,2]}`, "1 2 2 On"},
		{`{{ (value | from_json).a }}`, `{"a":5}`, "5"},
		{`{% set b = value_json.b / 255 * 100 %}{{ 'ON' if b > 10 else 'OFF' }}`, `{"b":200}`, "ON"},
		{`{% if value_json.a is defined %}{{ value_json.a }}{% else %}{{ states('x') }}{% endif %}`, `{"a":"ON"}`, "ON"},
		{`{% if value_json.a is defined %}{{ value_json.a }}{% else %}{{ states('x') }}{% endif %}`, `{"b":1}`, "?"},
		{`{% if value == 'on' %}ON{% else %}{{ value_json.state }}{% endif %}`, "on", "ON"},
		{`{{ value * 99999999 }}`, "x", "?"},
	} {
		j, ok := readJinja(c[0])
		if !ok {
			t.Errorf("%s is not understood", c[0])
			continue
		}
		got, ok := j.run([]byte(c[1]))
		want := c[2]
		if strings.Contains(want, "?") {
			want = "?"
		}
		if !ok {
			got = "?"
		}
		if got != want {
			t.Errorf("%s of %s: %q, want %q", c[0], c[1], got, want)
		}
	}
}

func TestWildTemplatesStayBounded(t *testing.T) {
	double := "{% set a = 'xxxxxxxxxxxxxxxx' %}" + strings.Repeat("{% set a = a ~ a %}", 80) + "{{ a }}"
	wide := strings.Repeat("{{ value }}", 150)
	for _, s := range []string{double, wide, `{{ value | regex_replace('', 'xxxxxxxxxxxx') }}`, `{{ 2 ** 2 ** 2 ** 2 ** 2 ** 2 }}`} {
		j, ok := readJinja(s)
		if !ok {
			t.Fatalf("%s is not understood", s)
		}
		if got, ok := j.run([]byte(strings.Repeat("v", maxSmall))); ok {
			t.Errorf("%.40s wrote %d bytes", s, len(got))
		}
	}
}

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

func TestWildFormsOfTemplatesAreHomeAssistants(t *testing.T) {
	for _, c := range [][3]string{ // template, payload, what is written; "?" = it is not said
		{`{{ 'ON' if value_json.s in ('ON', 'on') else 'OFF' }}`, `{"s":"on"}`, "ON"},
		{`{{ 'ON' if value in ('x',) else 'OFF' }} {{ ('a', 'b')[1] }} {{ [1, 2,] | last }} {{ () | length }}`, "on", "OFF b 2 0"},
		{`{% if(value == 'x') %}X{% elif(value == 'y') %}Y{% else %}Z{% endif %}`, "y", "Y"},
		{"{%\n if\nvalue == 'x'\n%}X{%\nelse\n%}Z{%\nendif\n%}", "x", "X"},
		{`{{ value | replace('1', 'ON') | replace('0', 'OFF') }} {{ value.replace('1', '开') }}`, "1", "ON 开"},
		{`{{ value.strip('"') }} {{ value | trim('"') }} {{ value.rstrip('"') }} {{ value.lstrip('"') }}`, `"on"`, `on on "on on"`},
		{`{{ value.startswith('on') }} {{ value.endswith('on') }} {{ value.capitalize() }}`, "on!", "True False On!"},
		{`{{ value[0] }} {{ value[-1] }} {{ value.split(',')[-1] }}`, "开,b", "开 b b"},
		{`{{ value[9] }}`, "on", "?"},
		{`{{ value_json.a is eq(1) }} {{ value_json.a is eq 2 }} {{ value_json.a is not ne 1 }} {{ value_json.a is in [1] }} {{ value_json.a is == 1 }}`, `{"a":1}`, "True False True True True"},
		{`{{ value_json.a is sameas true }} {{ value_json.b is sameas true }} {{ value_json.a is boolean }} {{ value_json is mapping }}`, `{"a":true,"b":1}`, "True False True True"},
		{`{{ value | default('OFF', true) }} {{ value | d('OFF') }}.`, "", "OFF ."},
		{`on{{ ',' ~ value if value == 'x' }}`, "y", "on"},
	} {
		j, ok := readJinja(c[0])
		if !ok {
			t.Errorf("%s is not understood", c[0])
			continue
		}
		got, ok := j.run([]byte(c[1]))
		if !ok {
			got = "?"
		}
		if got != c[2] {
			t.Errorf("%s of %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
	for _, s := range []string{`{{ value in ('x', states('x')) }}`, `{{ (value, }}`, `{{ value is eq }}`, `{{ value is eq states('x') }}`, `{% if%}a{% endif %}`, `{{ value if }}`} {
		if _, ok := readJinja(s); ok {
			t.Errorf("%s is understood", s)
		}
	}
	if got, ok := command(`{"on":1{% if color_temp_kelvin is defined %},"k":{{ color_temp_kelvin }}{% endif %}{% if white_value is defined %},"w":1{% endif %}}`, ""); !ok || got != `{"on":1}` {
		t.Errorf("%q, %v", got, ok)
	}
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
