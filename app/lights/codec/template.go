package codec

import (
	"strings"

	"lamplighter/app/lights/jinja"
)

// template reads a value as Home Assistant's value templates do; without code it
// is the payload itself.
type template struct {
	code   *jinja.Template
	change func(string) string // of what was read, or nil
}

// readTemplate understands a template, or says that it does not. None at all is
// the value itself.
func readTemplate(s string) (template, bool) {
	if strings.TrimSpace(s) == "" {
		return template{}, true
	}
	code, ok := jinja.Parse(s)
	return template{code: code}, ok
}

// needsJSON reports whether only JSON can be read.
func (t template) needsJSON() bool { return t.code != nil && t.code.NeedsJSON() }

// render is the value in a payload, and false where it is not there.
func (t template) render(payload []byte) (text string, ok bool) {
	if len(payload) > maxSmall {
		return "", false
	}
	text, ok = string(payload), true
	if t.code != nil {
		text, ok = t.code.Execute(payload)
	}
	if t.change != nil {
		text = t.change(text)
	}
	return text, ok
}

// unasked are the names of what a light may be told besides on and off, and is not.
var unasked = []string{
	"brightness", "color_temp", "color_temp_kelvin", "effect", "flash", "transition", "red", "green", "blue", "white", "white_value", "cold_white", "warm_white", "hue", "sat", "saturation", "x", "y", "color_mode",
}

// command works a command template out for a bare on or off, where value is
// what {{ value }} stands for. It says false for one that can't be worked out.
func command(s, value string) (string, bool) {
	code, ok := jinja.Parse(s, unasked...)
	if !ok {
		return "", false
	}
	return code.ExecuteCommand(value)
}
