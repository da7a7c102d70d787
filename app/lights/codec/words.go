package codec

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"lamplighter/device/lamp"
)

// Longer payloads are ignored and counted.
const (
	maxWord = 256     // bytes of an on/off, colour or status payload
	maxInfo = 4 << 10 // bytes of the info JSON
	maxText = 64      // runes of a name, or anything else from the info JSON
)

// parseWord reads what boards and people send, as boards do.
func parseWord(payload []byte) Word {
	if len(payload) > maxWord {
		return NoWord
	}
	c, _ := lamp.Read(payload, false)
	return map[lamp.Word]Word{lamp.On: WordOn, lamp.Off: WordOff, lamp.Toggle: WordToggle}[c.Word]
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
		return PresenceOnline, true
	case "offline":
		return PresenceOffline, true
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
	at := lamp.AtBrightness([3]int{int(c.R), int(c.G), int(c.B)}, percent)
	return RGB{uint8(at[0]), uint8(at[1]), uint8(at[2])}
}

// parseRGB reads a colour as boards do.
func parseRGB(payload []byte) (RGB, bool) {
	if len(payload) > maxWord {
		return RGB{}, false
	}
	c, ok := lamp.ReadColor(payload)
	return RGB{uint8(c[0]), uint8(c[1]), uint8(c[2])}, ok
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
	Held     bool   // its button is held, as Topics.Hold says
	Lost     string // the word of device.Stage for why it was away last, of boards that say it
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
		Lost: text("lost"), ID: text("id", "mac"), Name: text("name"), Board: text("board", "machine", "model"), Firmware: text("firmware", "fw"),
		Program: text("program", "version", "v"), IP: text("ip"),
	}
	var dBm float64
	if json.Unmarshal(m["rssi"], &dBm) == nil && dBm > -200 && dBm < 0 {
		in.RSSI = int(dBm)
	}
	if json.Unmarshal(m["practice"], &in.Practice) != nil {
		in.Practice = false
	}
	if json.Unmarshal(m["held"], &in.Held) != nil {
		in.Held = false
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
