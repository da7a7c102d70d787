package codec

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

// parseWord reads what boards and people send: on, off, toggle, 1, 0, true,
// false in any case, and {"state":"ON"} as Home Assistant and Zigbee2MQTT have it.
func parseWord(payload []byte) Word {
	if len(payload) > maxWord {
		return NoWord
	}
	payload = bytes.TrimSpace(payload)
	if len(payload) > 0 && payload[0] == '{' {
		var m struct {
			State any `json:"state"`
		}
		if json.Unmarshal(payload, &m) != nil {
			return NoWord
		}
		switch v := m.State.(type) {
		case string:
			return plainWord(v)
		case bool:
			return plainWord(strconv.FormatBool(v))
		}
		return NoWord
	}
	return plainWord(string(payload))
}

func plainWord(s string) Word {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "on", "1", "true":
		return WordOn
	case "off", "0", "false":
		return WordOff
	case "toggle":
		return WordToggle
	}
	return NoWord
}

// parseState reads a board's own word.
func parseState(payload []byte) (State, bool) {
	switch parseWord(payload) {
	case WordOn:
		return On, true
	case WordOff:
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

// RGB is a colour, 0 to 255 each, as it goes over the wire.
type RGB struct{ R, G, B uint8 }

// Level is the brightness of a colour in percent, 0 to 100: that of its
// strongest part.
func (c RGB) Level() int {
	return (int(max(c.R, c.G, c.B))*100 + 127) / 255
}

// At is the same colour with another brightness, 1 to 100 percent. Black
// becomes white, for it has no hue to keep.
func (c RGB) At(percent int) RGB {
	top := int(max(c.R, c.G, c.B))
	if top == 0 {
		c, top = RGB{255, 255, 255}, 255
	}
	want := max(1, (min(max(percent, 1), 100)*255+50)/100)
	scale := func(v uint8) uint8 { return uint8((int(v)*want + top/2) / top) }
	return RGB{scale(c.R), scale(c.G), scale(c.B)}
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

// Info is what a board says of itself; every string is bounded and free of
// control characters, so that it can be shown as it is.
type Info struct {
	ID       string // the board's own number: the MAC on ESP boards
	Name     string
	Board    string
	Firmware string
	Program  string // version of the lamp program
	IP       string
	RSSI     int // dBm, or 0 where it is not said
	Practice bool
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
