package codec

import (
	"bytes"
	"strings"

	"lamplighter/device"
)

// plain is a board that talks as its Topics say: on and off, online and
// offline, r,g,b.
type plain struct{ t device.Topics }

// Plain is how a board with these topics talks. Where commands and its word
// share a topic, only what has its prefix is its own word; without a prefix
// such a board confirms nothing.
func Plain(t device.Topics) Codec { return plain{t} }

// shared reports whether others' commands arrive where the board's word does.
func (p plain) shared() bool {
	return p.t.State != "" && (p.t.State == p.t.Set || p.t.State == p.t.SetTo)
}

// Topics lists the board's own words before the commands.
func (p plain) Topics() []string {
	return []string{p.t.State, p.t.Set, p.t.RGB, p.t.Status, p.t.Info, p.t.SetTo}
}

// Confirms reports whether a word of the board can be told from a command.
func (p plain) Confirms() bool { return p.t.State != "" && (!p.shared() || p.t.Prefix != "") }

// EncodeSwitch says on or off.
func (p plain) EncodeSwitch(on bool) (Message, bool) {
	payload := "off"
	if on {
		payload = "on"
	}
	return Message{p.t.CommandTopic(), payload}, p.t.CommandTopic() != ""
}

// EncodeColor says r,g,b.
func (p plain) EncodeColor(c RGB) (Message, bool) {
	return Message{p.t.RGBSet, c.format()}, p.t.RGBSet != ""
}

// EncodeLevel says a colour of that brightness: over the wire, brightness is a part of it.
func (p plain) EncodeLevel(percent int, now RGB) (Message, bool) {
	return p.EncodeColor(now.At(percent))
}

// ForgetPresence has nothing to forget.
func (p plain) ForgetPresence() {}

// DisplayTopics are the topics themselves.
func (p plain) DisplayTopics() device.Topics { return p.t }

// Decode reads a message by its topic.
func (p plain) Decode(topic string, payload []byte) (Report, bool) {
	word, own := p.own(payload)
	switch topic {
	case "":
		return Report{}, false
	case p.t.State:
		return p.decodeState(payload, word, own)
	case p.t.Set, p.t.SetTo:
		return Report{Parts: SaysCommand, Command: parseWord(payload)}, true
	case p.t.RGB:
		return decodeRGB(word)
	case p.t.Status:
		return decodeStatus(word)
	case p.t.Info:
		return decodeInfo(word)
	}
	return Report{}, false
}

// own takes the prefix off, and reports whether it was there.
func (p plain) own(payload []byte) (word []byte, own bool) {
	if p.t.Prefix == "" {
		return payload, false
	}
	return bytes.CutPrefix(bytes.TrimSpace(payload), []byte(p.t.Prefix))
}

// decodeState reads the topic of the board's word, which may be that of commands
// and of presence as well.
func (p plain) decodeState(payload, word []byte, own bool) (Report, bool) {
	if p.shared() && len(payload) == 0 {
		return Report{Parts: SaysState | SaysCommand}, true
	}
	if p.shared() && !own {
		return Report{Parts: SaysCommand, Command: parseWord(payload)}, true
	}
	return p.decodeWord(word)
}

func (p plain) decodeWord(word []byte) (Report, bool) {
	if len(word) == 0 {
		return Report{Parts: SaysState}, true
	}
	alive := p.t.Status == p.t.State // a word means that the board is here
	if alive {
		if h, ok := decodeStatus(word); ok {
			return h, true
		}
	}
	s, ok := parseState(word)
	h := Report{Parts: SaysState, State: s}
	if alive {
		h.Parts, h.Presence = h.Parts|SaysPresence, PresenceOnline
	}
	return h, ok
}

func decodeRGB(payload []byte) (Report, bool) {
	if len(payload) == 0 {
		return Report{Parts: SaysColor}, true
	}
	c, ok := parseRGB(payload)
	return Report{Parts: SaysColor, Color: &c}, ok
}

func decodeStatus(payload []byte) (Report, bool) {
	if len(payload) == 0 {
		return Report{Parts: SaysPresence}, true
	}
	s, ok := parseStatus(payload)
	return Report{Parts: SaysPresence, Presence: s}, ok
}

func decodeInfo(payload []byte) (Report, bool) {
	if len(payload) == 0 {
		return Report{Parts: SaysInfo}, true
	}
	in, ok := parseInfo(payload)
	return Report{Parts: SaysInfo, Info: in}, ok
}

// The usual topics after a base. Boards appear by themselves from them.
var usualSuffixes = []string{"/light", "/light/set", "/light/rgb", "/status", "/info"}

// UsualSuffixes lists what comes after a base in the usual topics.
func UsualSuffixes() []string { return usualSuffixes }

// UsualBase takes a usual topic of any classroom apart.
func UsualBase(topic string) (base, suffix string, ok bool) {
	for _, s := range usualSuffixes {
		base, ok := strings.CutSuffix(topic, s)
		if !ok || strings.Count(base, "/") != 1 {
			continue
		}
		class, board, _ := strings.Cut(base, "/")
		if board != "" && class != "" && !strings.HasPrefix(class, "$") {
			return base, s, true
		}
	}
	return "", "", false
}
