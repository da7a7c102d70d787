package lights

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Longer payloads are ignored and counted.
const (
	maxWord = 256     // bytes of an on/off, colour or status payload
	maxInfo = 4 << 10 // bytes of the info JSON
	maxText = 64      // runes of a name, or anything else from the info JSON
)

// word is what an on/off payload says.
type word int

const (
	noWord word = iota
	wordOff
	wordOn
	wordToggle
)

// parseWord reads what boards and people send: on, off, toggle, 1, 0, true,
// false in any case, and {"state":"ON"} as Home Assistant and Zigbee2MQTT have it.
func parseWord(payload []byte) word {
	if len(payload) > maxWord {
		return noWord
	}
	payload = bytes.TrimSpace(payload)
	if len(payload) > 0 && payload[0] == '{' {
		var m struct {
			State any `json:"state"`
		}
		if json.Unmarshal(payload, &m) != nil {
			return noWord
		}
		switch v := m.State.(type) {
		case string:
			return plainWord(v)
		case bool:
			return plainWord(strconv.FormatBool(v))
		}
		return noWord
	}
	return plainWord(string(payload))
}

func plainWord(s string) word {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "on", "1", "true":
		return wordOn
	case "off", "0", "false":
		return wordOff
	case "toggle":
		return wordToggle
	}
	return noWord
}

// parseState reads a board's own word.
func parseState(payload []byte) (State, bool) {
	switch parseWord(payload) {
	case wordOn:
		return On, true
	case wordOff:
		return Off, true
	}
	return Unknown, false
}

// parseStatus reads online and offline, in any case, and {"state":"online"} as
// newer Zigbee2MQTT has it.
func parseStatus(payload []byte) (Presence, bool) {
	if len(payload) > maxWord {
		return PresenceUnknown, false
	}
	s := string(bytes.TrimSpace(payload))
	if strings.HasPrefix(s, "{") {
		var m struct {
			State string `json:"state"`
		}
		if json.Unmarshal([]byte(s), &m) != nil {
			return PresenceUnknown, false
		}
		s = m.State
	}
	switch strings.ToLower(s) {
	case "online":
		return Here, true
	case "offline":
		return Gone, true
	}
	return PresenceUnknown, false
}

// parseRGB reads "r,g,b".
func parseRGB(payload []byte) (RGB, bool) {
	if len(payload) > maxWord {
		return RGB{}, false
	}
	parts := strings.Split(string(payload), ",")
	if len(parts) != 3 {
		return RGB{}, false
	}
	var v [3]uint8
	for i, p := range parts {
		n, err := strconv.ParseUint(strings.TrimSpace(p), 10, 8)
		if err != nil {
			return RGB{}, false
		}
		v[i] = uint8(n)
	}
	return RGB{v[0], v[1], v[2]}, true
}

// format is the colour as boards read it.
func (c RGB) format() string {
	return strconv.Itoa(int(c.R)) + "," + strconv.Itoa(int(c.G)) + "," + strconv.Itoa(int(c.B))
}

// parseInfo reads a board's info. Members of another type than expected are
// left out; the rest counts.
func parseInfo(payload []byte) (Info, bool) {
	if len(payload) > maxInfo {
		return Info{}, false
	}
	var m map[string]json.RawMessage
	if json.Unmarshal(payload, &m) != nil || m == nil {
		return Info{}, false
	}
	text := func(keys ...string) string {
		for _, k := range keys {
			var s string
			if json.Unmarshal(m[k], &s) == nil && s != "" {
				return Clean(s)
			}
		}
		return ""
	}
	in := Info{
		ID: text("id", "mac"), Name: text("name"), Board: text("board", "machine", "model"), Firmware: text("firmware", "fw"),
		Program: text("program", "version", "v"), IP: text("ip"),
	}
	var dBm float64
	if json.Unmarshal(m["rssi"], &dBm) == nil && dBm > -200 && dBm < 0 {
		in.RSSI = int(dBm)
	}
	if json.Unmarshal(m["practice"], &in.Practice) != nil {
		in.Practice = false
	}
	return in, true
}

// Clean makes text from a board or a person fit to be shown in one line:
// control characters and marks that turn the direction of the line are gone,
// spaces are single, and it has at most 64 runes.
func Clean(s string) string {
	var b strings.Builder
	n, space := 0, false
	for _, r := range s {
		if unicode.IsSpace(r) {
			space = n > 0
			continue
		}
		if !showable(r) {
			continue
		}
		if space && n+1 < maxText {
			b.WriteByte(' ')
			n++
		}
		space = false
		if n == maxText {
			break
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// showable leaves out what has no place in a line. The zero-width joiner stays,
// for emoji are made with it.
func showable(r rune) bool {
	const joiner = '\u200d'
	return r == joiner || r == utf8.RuneError || !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp)
}
