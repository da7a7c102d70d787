package practice

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// maxPayload bounds the payloads that are looked at: a command is short.
const maxPayload = 1024

// wish is what a command asks for.
type wish struct {
	switches, on bool
	paints       bool
	color        [3]int
	answer       word // what the platform wants to hear; may be empty
}

// command reads a payload as the lamp program does: on, off, toggle, 1, 0,
// true, false in any case, trimmed, or {"state":"ON"}, which may have a
// "color" of "r", "g" and "b".
func command(payload []byte, now bool) (w wish, ok bool) {
	text := strings.TrimSpace(string(payload))
	if len(payload) > maxPayload {
		return w, false
	}
	if !strings.HasPrefix(text, "{") {
		w.on, w.switches = spoken(text, now)
		return w, w.switches
	}
	var object struct {
		State any
		Color *struct{ R, G, B int }
	}
	if json.Unmarshal([]byte(text), &object) != nil {
		return w, false
	}
	if c := object.Color; c != nil {
		w.color, w.paints = [3]int{c.R, c.G, c.B}, true
		if !inRange(w.color) {
			return w, false
		}
	}
	if object.State == nil {
		return w, w.paints
	}
	w.on, w.switches = spoken(fmt.Sprint(object.State), now)
	return w, w.switches
}

func spoken(text string, now bool) (on, ok bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "on", "1", "true":
		return true, true
	case "off", "0", "false":
		return false, true
	case "toggle":
		return !now, true
	}
	return now, false
}

// rgb reads a colour: r,g,b, each from 0 to 255.
func rgb(payload []byte) (color [3]int, ok bool) {
	parts := strings.Split(string(payload), ",")
	if len(payload) > maxPayload || len(parts) != len(color) {
		return color, false
	}
	for i, part := range parts {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil {
			return color, false
		}
		color[i] = n
	}
	return color, inRange(color)
}

func inRange(color [3]int) bool {
	for _, c := range color {
		if c < 0 || c > 255 {
			return false
		}
	}
	return true
}
