package jinja_test

import (
	"strings"
	"testing"

	"lamplighter/app/lights/jinja"
)

// notThere is what a lamp may be told besides on and off, and is not.
var notThere = []string{"brightness", "transition", "effect", "hue", "red", "green", "color_temp_kelvin", "white_value"}

// command works a command's template out for a bare on or off.
func command(s, value string) (string, bool) {
	j, ok := jinja.Parse(s, notThere...)
	if !ok {
		return "", false
	}
	return j.ExecuteCommand(value)
}

func TestATemplateIsWorkedOutAsHomeAssistantDoes(t *testing.T) {
	for _, c := range [][3]string{ // template, payload, what is written; "?" = it is not said
		{`{{ value }}`, " on ", "on"},
		{`{{ value_json.state }}`, `{"state":"ON"}`, "ON"},
		{`{{ value_json.state }}`, `{"state":null}`, "None"},
		{`{{ value_json.state }}`, `{"brightness":3}`, "?"},
		{`{{ value_json.state }}`, `ON`, "?"},
		{`{{ value_json }}`, `true`, "True"},
		{`{{ value_json.a.b['c'][1].0 }}`, `{"a":{"b":{"c":[0,[7]]}}}`, "7"},
		{`{{ value_json["switch:0"].output }}`, `{"switch:0":{"output":true}}`, "True"},
		{`{{ value_json.get('state') }}`, `{"state":"x"}`, "x"},
		{`{{ value_json.get("state", "OFF") }}`, `{"other":1}`, "?"},
		{`{{ value_json.state | default('OFF') }}`, `{"other":1}`, "?"},
		{`{{ value_json.POWER | lower }}`, `{"POWER":"ON"}`, "on"},
		{`{{ value_json.POWER.upper() }}`, `{"POWER":"on"}`, "ON"},
		{`{{ value | trim | upper }}`, " on\n", "ON"},
		{`{{ 'ON' if value_json.on else 'OFF' }}`, `{"on":true}`, "ON"},
		{`{{ 'ON' if value_json.on else 'OFF' }}`, `{"on":0}`, "OFF"},
		{`{{ 'ON' if value_json.on == true else 'OFF' }}`, `{"on":1}`, "ON"},
		{`{{ 'ON' if value_json.on == "1" else 'OFF' }}`, `{"on":1}`, "OFF"},
		{`{{ 'ON' if value == '1' else 'OFF' }}`, "1", "ON"},
		{`{{ 'ON' if value|int > 0 else 'OFF' }}`, "12", "ON"},
		{`{{ 'ON' if value|int(0) > 0 else 'OFF' }}`, "x", "OFF"},
		{`{{ 'ON' if value|int > 0 else 'OFF' }}`, "x", "?"},
		{`{{ 'ON' if (value|float) >= 0.5 else 'OFF' }}`, "0.5", "ON"},
		{`{{ "ON" if value_json.mode in ["auto", 'man'] else "OFF" }}`, `{"mode":"man"}`, "ON"},
		{`{{ "ON" if value_json.mode not in ['auto'] else "OFF" }}`, `{"mode":"auto"}`, "OFF"},
		{`{{ "ON" if 'lit' in value else "OFF" }}`, "it is lit", "ON"},
		{`{{ iif(value_json.r, 'ON', 'OFF') }}`, `{"r":false}`, "OFF"},
		{`{{ value_json.r | iif('ON', 'OFF') }}`, `{"r":1}`, "ON"},
		{`{{ value_json.r is true }}`, `{"r":true}`, "True"},
		{`{{ value_json.a == 'x' and not value_json.b }}`, `{"a":"x","b":false}`, "True"},
		{`{{ value_json.a or value_json.b }}`, `{"a":"","b":"y"}`, "y"},
		{`{{ {'on':'ON','off':'OFF'}[value] }}`, "off", "OFF"},
		{`{{ {'on':'ON','off':'OFF'}[value] }}`, "maybe", "?"},
		{`{% if value == 'x' %}ON{% else %}OFF{% endif %}`, "x", "ON"},
		{`{%if value_json.a==1%}ON{%elif value_json.a==2%}DIM{%else%}OFF{%endif%}`, `{"a":2}`, "DIM"},
		{`{%- if value_json.a is defined -%} {{ value_json.a }} {%- else -%} none {%- endif -%}`, `{"b":1}`, "none"},
		{`{% if value_json.a %}{% if value_json.b %}ON{% else %}HALF{% endif %}{% else %}OFF{% endif %}`, `{"a":1,"b":0}`, "HALF"},
		{`{% set s = value_json.state %}{{ 'ON' if s == 'open' else 'OFF' }}`, `{"state":"open"}`, "ON"},
		{`{# a remark #}{{ value }}`, "x", "x"},
		{`a{{ value }}b`, "x", "axb"},
		{`{{ value.split(',')[0] }}`, "on,3,4", "on"},
		{`{{ value.split(',')[7] }}`, "on,3,4", "?"},
		{`{{ value.split()[1] }}`, "lamp on", "on"},
		{`{{ value.replace('state:', '') }}`, "state:on", "on"},
		{`{{ value | replace('a', 'aaaaaaaa') }}`, "a", "aaaaaaaa"},
		{`{{ value_json.n | round }}`, `{"n":41.5}`, "42"},
		{`{{ value_json.n | round(1) }}`, `{"n":41.25}`, "41.2"},
		{`{{ value_json.n | round(0) | int }}`, `{"n":7}`, "7"},
		{`{{ value_json.n < 3 }}`, `{"n":"x"}`, "?"},
		{`{{ value_json.n == -1 }}`, `{"n":-1}`, "True"},
		{`{{ value_json.list }}`, `{"list":[1]}`, "?"},
		{`{{ 'it\'s' }}`, "", "it's"},
	} {
		j, ok := jinja.Parse(c[0])
		if !ok {
			t.Errorf("%s is not understood", c[0])
			continue
		}
		got, ok := j.Execute([]byte(c[1]))
		if !ok {
			got = "?"
		}
		if got != c[2] {
			t.Errorf("%s of %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestATemplateThatIsNotUnderstoodIsNotGuessed(t *testing.T) {
	for _, s := range []string{
		`{{ states('light.x') }}`, `{{ this.state }}`, `{{ now() }}`, `{% for x in value_json %}ON{% endfor %}`, `{{ value.title() }}`, `{{ value`, `{% if value %}ON`,
		`{% endif %}`, `{% else %}`, `{% if value %}a{% else %}b{% else %}c{% endif %}`, `{{ }}`, `{{ value | slugify }}`, `{{ value | regex_replace(replace='b', find='a') }}`, `{{ value is match('a') }}`, `{{ value * }}`,
		`{% for x in value %}a{% else %}b{% endfor %}`, `{% for x in value %}a{% endif %}`, `{% if states('x') %}a{% else %}b{% endif %}`, `{{ value if states('x') else value }}`,
		`{% if value %}{{ states('x') }}{% else %}{{ now() }}{% endif %}`, `{{ states('x') and value }}`, `{{ iif(states('x'), 'a', 'b') }}`, `{{ value | iif(now()) }}`, `{{ [now()] }}`, `{{ value | int(0, 16) * states('x') }}`,
		`{% if %}a{% endif %}`, `{{ value_json. }}`, `{{ value_json[ }}`, `{{ (value }}`, `{{ value value }}`, `{% raw %}x{% endraw %}`, `{{ 'a }}`, `{{ value | iif }}`,
		`{% set x %}a{% endset %}`, `{% set a-b = 1 %}`, strings.Repeat("{{ value }}", 200), "{{ " + strings.Repeat("(", 200) + "value" + strings.Repeat(")", 200) + " }}",
		strings.Repeat("{% if value %}", 100) + strings.Repeat("{% endif %}", 100),
	} {
		if _, ok := jinja.Parse(s); ok {
			t.Errorf("%s is understood", s)
		}
	}
}

func TestACommandTemplateIsWorkedOutForABareOnAndOff(t *testing.T) {
	for _, c := range [][3]string{
		{`{"state":"{{ value }}"{% if brightness is defined %},"bri":{{ brightness }}{% endif %}}`, "ON", `{"state":"ON"}`},
		{`{"on":{{ 'true' if value == 'ON' else 'false' }}}`, "OFF", `{"on":false}`},
		{`{{ '1' if value == 'ON' else '0' }}`, "ON", "1"},
		{`on{% if transition is defined %},{{ transition }}{% endif %}`, "", "on"},
		{`{%- if red is defined and green is defined -%}{{ red }}{%- else -%}255{%- endif -%}`, "", "255"},
		{`{{ value_json.x }}`, "ON", "?"},
		{`{{ entity_id }}`, "ON", "?"},
		{`{{ brightness }}`, "ON", ""},
	} {
		got, ok := command(c[0], c[1])
		if !ok {
			got = "?"
		}
		if got != c[2] {
			t.Errorf("%s for %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

// FuzzATemplateAndItsPayload looks for what would break the reader.
func FuzzATemplateAndItsPayload(f *testing.F) {
	f.Add(`{% if value_json.a is not none %}{{ {'x':[1,2]}['x'][0] | int(3) }}{% elif not value == "a" %}b{% endif %}`, `{"a":1}`)
	f.Add(`{{ iif(value|float(0) >= .5, value_json.get('a', 1), none) }}`, "1")
	f.Fuzz(func(t *testing.T, s, payload string) {
		j, ok := jinja.Parse(s, notThere...)
		if !ok {
			return
		}
		first, okFirst := j.Execute([]byte(payload))
		again, okAgain := j.Execute([]byte(payload))
		if first != again || okFirst != okAgain || len(first) > jinja.MaxTemplate*(len(payload)+16) {
			t.Fatalf("%q %v, then %q %v", first, okFirst, again, okAgain)
		}
	})
}
