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

// Switch says on or off.
func (p plain) Switch(on bool) (Message, bool) {
	payload := "off"
	if on {
		payload = "on"
	}
	return Message{p.t.Command(), payload}, p.t.Command() != ""
}

// Tint says r,g,b.
func (p plain) Tint(c RGB) (Message, bool) {
	return Message{p.t.RGBSet, c.format()}, p.t.RGBSet != ""
}

// Dim says a colour of that brightness: over the wire, brightness is a part of it.
func (p plain) Dim(percent int, now RGB) (Message, bool) { return p.Tint(now.At(percent)) }

// ForgetPresence has nothing to forget.
func (p plain) ForgetPresence() {}

// Shown are the topics themselves.
func (p plain) Shown() device.Topics { return p.t }

// Decode reads a message by its topic.
func (p plain) Decode(topic string, payload []byte) (Heard, bool) {
	word, own := p.own(payload)
	switch topic {
	case "":
		return Heard{}, false
	case p.t.State:
		return p.hearState(payload, word, own)
	case p.t.Set, p.t.SetTo:
		return Heard{Parts: SaysCommand, Command: parseWord(payload)}, true
	case p.t.RGB:
		return hearRGB(word)
	case p.t.Status:
		return hearStatus(word)
	case p.t.Info:
		return hearInfo(word)
	}
	return Heard{}, false
}

// own takes the prefix off, and reports whether it was there.
func (p plain) own(payload []byte) (word []byte, own bool) {
	if p.t.Prefix == "" {
		return payload, false
	}
	return bytes.CutPrefix(bytes.TrimSpace(payload), []byte(p.t.Prefix))
}

// hearState reads the topic of the board's word, which may be that of commands
// and of presence as well.
func (p plain) hearState(payload, word []byte, own bool) (Heard, bool) {
	if p.shared() && len(payload) == 0 {
		return Heard{Parts: SaysState | SaysCommand}, true
	}
	if p.shared() && !own {
		return Heard{Parts: SaysCommand, Command: parseWord(payload)}, true
	}
	return p.hearWord(word)
}

func (p plain) hearWord(word []byte) (Heard, bool) {
	if len(word) == 0 {
		return Heard{Parts: SaysState}, true
	}
	alive := p.t.Status == p.t.State // a word means that the board is here
	if alive {
		if h, ok := hearStatus(word); ok {
			return h, true
		}
	}
	s, ok := parseState(word)
	h := Heard{Parts: SaysState, State: s}
	if alive {
		h.Parts, h.Presence = h.Parts|SaysPresence, Here
	}
	return h, ok
}

func hearRGB(payload []byte) (Heard, bool) {
	if len(payload) == 0 {
		return Heard{Parts: SaysColor}, true
	}
	c, ok := parseRGB(payload)
	return Heard{Parts: SaysColor, Color: &c}, ok
}

func hearStatus(payload []byte) (Heard, bool) {
	if len(payload) == 0 {
		return Heard{Parts: SaysPresence}, true
	}
	s, ok := parseStatus(payload)
	return Heard{Parts: SaysPresence, Presence: s}, ok
}

func hearInfo(payload []byte) (Heard, bool) {
	if len(payload) == 0 {
		return Heard{Parts: SaysInfo}, true
	}
	in, ok := parseInfo(payload)
	return Heard{Parts: SaysInfo, Info: in}, ok
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
