package lamp

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// ReadColor reads the payload of a colour: r,g,b from 0 to 255, rgb(r,g,b),
// #ff0000, #f00, or JSON: [r,g,b], {"r":…,"g":…,"b":…}, {"h":…,"s":…}.
func ReadColor(payload []byte) (color [3]int, ok bool) {
	text, _ := clean(payload)
	if len(payload) > MaxPayload || !utf8.ValidString(text) {
		return color, false
	}
	return readColor(text)
}

func readColor(text string) (color [3]int, ok bool) {
	text = strings.Trim(text, blank)
	if strings.HasPrefix(text, "#") {
		return readHex(text[1:])
	}
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		var v any
		if json.Unmarshal([]byte(text), &v) != nil {
			return color, false
		}
		color, paints, ok := colorOf(v)
		return color, paints && ok
	}
	if len(text) > 4 && lower(text[:4]) == "rgb(" && strings.HasSuffix(text, ")") {
		text = text[4 : len(text)-1]
	}
	var parts []any
	for _, p := range strings.Split(text, ",") {
		parts = append(parts, p)
	}
	return three(parts...)
}

// readHex reads ff0000 and f00.
func readHex(text string) (color [3]int, ok bool) {
	if len(text) == 3 {
		text = string([]byte{text[0], text[0], text[1], text[1], text[2], text[2]})
	}
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(color) {
		return color, false
	}
	return [3]int{int(b[0]), int(b[1]), int(b[2])}, true
}

// colorOf reads the member "color" of a command. A form that is not known paints
// nothing; a known one with values that no colour has is not ok.
func colorOf(v any) (color [3]int, paints, ok bool) {
	switch v := v.(type) {
	case string:
		color, paints = readColor(v)
		return color, paints, true
	case []any:
		color, ok = three(v...)
		return color, ok, ok
	case map[string]any:
		if r, named := v["r"]; named {
			color, ok = three(r, v["g"], v["b"])
			return color, ok, ok
		}
		if h, named := v["h"]; named {
			color, ok = hue(h, v["s"])
			return color, ok, ok
		}
		return color, false, true
	}
	return color, false, false
}

// three reads the parts of a colour.
func three(parts ...any) (color [3]int, ok bool) {
	if len(parts) != len(color) {
		return color, false
	}
	for i, p := range parts {
		if color[i], ok = part(p, 255); !ok {
			return color, false
		}
	}
	return color, true
}

// part reads a number from 0 to most, which may be written in digits.
func part(v any, most int) (int, bool) {
	switch v := v.(type) {
	case float64:
		return int(v), v >= 0 && v <= float64(most)
	case string:
		n, err := number(v, most)
		return n, err == nil
	}
	return 0, false
}

// hue is the brightest colour of a hue in degrees and a saturation in percent, in
// whole numbers, for boards count in those alike.
func hue(hv, sv any) (color [3]int, ok bool) {
	h, okH := part(hv, 360)
	s, okS := part(sv, 100)
	for i, n := range [3]int{5, 3, 1} {
		k := (n*60 + h) % 360
		color[i] = 255 - (255*s*max(0, min(k, 240-k, 60))+3000)/6000
	}
	return color, okH && okS
}

// AtBrightness is the same colour with another brightness, 1 to 100 percent: over the wire,
// brightness is a part of it. Black becomes white, for it has no hue to keep.
func AtBrightness(color [3]int, percent int) [3]int {
	top := max(color[0], color[1], color[2])
	if top == 0 {
		color, top = [3]int{255, 255, 255}, 255
	}
	want := max(1, (min(max(percent, 1), 100)*255+50)/100)
	for i, v := range color {
		color[i] = (v*want + top/2) / top
	}
	return color
}
