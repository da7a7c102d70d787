package practice

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// maxPayload bounds the payloads that are looked at: a command is short.
const maxPayload = 256

// command reads a payload as the lamp program does: on, off, toggle, 1, 0,
// true, false in any case, trimmed, or {"state":"ON"}. It gives the lamp's new
// state.
func command(payload []byte, now bool) (on, ok bool) {
	if len(payload) > maxPayload {
		return now, false
	}
	word := strings.ToLower(strings.TrimSpace(string(payload)))
	if strings.HasPrefix(word, "{") {
		var object map[string]any
		if json.Unmarshal([]byte(word), &object) != nil {
			return now, false
		}
		word = strings.TrimSpace(fmt.Sprint(object["state"]))
	}
	switch word {
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
		if err != nil || n < 0 || n > 255 {
			return color, false
		}
		color[i] = n
	}
	return color, true
}
