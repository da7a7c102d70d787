package codec

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"lamplighter/device"
)

// entity is a light or a switch as Home Assistant's discovery describes it:
// https://www.home-assistant.io/integrations/light.mqtt/ (the default, the JSON
// and the template schema) and https://www.home-assistant.io/integrations/switch.mqtt/.
type entity struct {
	schema         string
	set            string // topics; "" = there is none
	state          string
	read           template
	legible        bool             // the state can be read
	commandPayload map[State]string // what asks for a state
	statePayload   map[State]string // what says it

	optimistic bool // it was announced as one that does not confirm (optimistic)

	dimSet, dimState string
	dimRead          template
	scale            float64
	dims             bool // brightness is a part of the JSON
	byLevel          bool // it is lit by being told a brightness

	colorSet, colorState string
	colorInJSON          bool // colour is a part of the JSON

	present []*availability
	mode    string // of several: all, any, latest
	latest  *availability
}

// newEntity reads a light or a switch, with keys written out and topics
// complete. It is nil for one that can be neither switched nor read.
func newEntity(kind string, e object, base string) *entity {
	l := &entity{schema: "default", set: e.text("command_topic"), state: e.text("state_topic"), scale: e.number("brightness_scale", 255)}
	if s := e.text("schema"); kind == "light" && s != "" && s != "basic" {
		l.schema = s
	}
	if !plainTopic(l.set) {
		l.set = ""
	}
	if !usableTopic(l.state) {
		l.state = ""
	}
	l.optimistic = e.flag("optimistic")
	switch l.schema {
	case "json":
		l.readJSON(e)
	case "template":
		l.readTemplates(e)
	case "default":
		l.readDefault(kind, e)
	default:
		return nil
	}
	if l.state == "" {
		l.legible = false
	}
	if l.commandPayload == nil {
		l.set = ""
	}
	l.present, l.mode = readAvailability(e, base)
	if l.set == "" && !l.legible {
		return nil
	}
	return l
}

func (l *entity) readJSON(e object) {
	l.commandPayload = map[State]string{On: `{"state":"ON"}`, Off: `{"state":"OFF"}`}
	l.statePayload = map[State]string{On: "ON", Off: "OFF"}
	l.read, l.legible = readTemplate("{{ value_json.state }}")
	l.read.change = strings.ToUpper
	if l.dims = e.flag("brightness") && l.state != ""; l.dims {
		l.dimSet, l.dimState = l.set, l.state
		l.dimRead, _ = readTemplate("{{ value_json.brightness }}")
	}
	var modes []string
	_ = json.Unmarshal(e["supported_color_modes"], &modes) // of another type: none
	if l.colorInJSON = (e.flag("rgb") || slices.ContainsFunc(modes, isRGB)) && l.state != ""; l.colorInJSON {
		l.colorSet, l.colorState = l.set, l.state
	}
}

// isRGB reports whether a colour mode of Home Assistant's takes red, green and blue.
func isRGB(mode string) bool { return mode == "rgb" || mode == "rgbw" || mode == "rgbww" }

func (l *entity) readTemplates(e object) {
	on, okOn := command(e.text("command_on_template"), "")
	off, okOff := command(e.text("command_off_template"), "")
	if okOn && okOff && on != "" && off != "" {
		l.commandPayload = map[State]string{On: on, Off: off}
	}
	l.statePayload = map[State]string{On: "on", Off: "off"}
	l.read, l.legible = readTemplate(e.text("state_template"))
	l.read.change = strings.ToLower
	l.legible = l.legible && e.text("state_template") != ""
}

func (l *entity) readDefault(kind string, e object) {
	on, off := "ON", "OFF"
	if s, ok := e.value("payload_on"); ok {
		on = s
	}
	if s, ok := e.value("payload_off"); ok {
		off = s
	}
	l.statePayload = map[State]string{On: on, Off: off}
	l.commandPayload = map[State]string{On: on, Off: off}
	if t := e.text("command_template"); t != "" {
		wordOn, okOn := command(t, on)
		wordOff, okOff := command(t, off)
		l.commandPayload = map[State]string{On: wordOn, Off: wordOff}
		if !okOn || !okOff {
			l.commandPayload = nil
		}
	}
	value := e.text("value_template")
	if kind == "switch" {
		if s, ok := e.value("state_on"); ok {
			l.statePayload[On] = s
		}
		if s, ok := e.value("state_off"); ok {
			l.statePayload[Off] = s
		}
	} else if s := e.text("state_value_template"); s != "" {
		value = s
	}
	l.read, l.legible = readTemplate(value)
	if l.statePayload[On] == l.statePayload[Off] {
		l.legible = false
	}
	if l.commandPayload != nil && l.commandPayload[On] == l.commandPayload[Off] {
		l.commandPayload = nil
	}
	if kind == "light" {
		l.readLevel(e)
		l.readColor(e)
	}
}

// readLevel and readColor take brightness and colour only where the lamp says
// what came of it, and where no template is in the way.
func (l *entity) readLevel(e object) {
	set, state := e.text("brightness_command_topic"), e.text("brightness_state_topic")
	read, ok := readTemplate(e.text("brightness_value_template"))
	plain := e.text("brightness_command_template") == "" && plainTopic(set)
	if ok && plain && usableTopic(state) {
		l.dimSet, l.dimState, l.dimRead = set, state, read
	}
	if e.text("on_command_type") == "brightness" && l.commandPayload != nil {
		if l.byLevel = plain; !plain {
			l.commandPayload = nil
			return
		}
		l.dimSet = set
	}
}

func (l *entity) readColor(e object) {
	set, state := e.text("rgb_command_topic"), e.text("rgb_state_topic")
	if plainTopic(set) && usableTopic(state) && e.text("rgb_command_template") == "" && e.text("rgb_value_template") == "" {
		l.colorSet, l.colorState = set, state
	}
}

// Topics lists what the lamp says before what it hears.
func (l *entity) Topics() []string {
	all := []string{l.state, l.dimState, l.colorState}
	for _, a := range l.present {
		all = append(all, a.topic)
	}
	return append(all, l.set)
}

// Confirms reports whether the state can be read, and the lamp was not announced as
// one that may say nothing.
func (l *entity) Confirms() bool { return l.legible && l.state != l.set && !l.optimistic }

// EncodeSwitch sends what was announced.
func (l *entity) EncodeSwitch(on bool) (Message, bool) {
	if l.byLevel && on {
		return Message{l.dimSet, onScale(100, l.scale)}, true
	}
	return Message{l.set, l.commandPayload[StateOf(on)]}, l.set != ""
}

// EncodeLevel sends a brightness on the lamp's scale.
func (l *entity) EncodeLevel(percent int, _ RGB) (Message, bool) {
	level := onScale(percent, l.scale)
	if l.dims {
		level = `{"state":"ON","brightness":` + level + `}`
	}
	return Message{l.dimSet, level}, l.dimSet != "" && l.dimState != ""
}

// EncodeColor sends r,g,b.
func (l *entity) EncodeColor(c RGB) (Message, bool) {
	if l.colorInJSON {
		return Message{l.colorSet, fmt.Sprintf(`{"state":"ON","color":{"r":%d,"g":%d,"b":%d}}`, c.R, c.G, c.B)}, l.colorSet != ""
	}
	return Message{l.colorSet, c.format()}, l.colorSet != ""
}

// ForgetPresence forgets who is here.
func (l *entity) ForgetPresence() {
	for _, a := range l.present {
		a.presence = PresenceUnknown
	}
}

// DisplayTopics names the topics.
func (l *entity) DisplayTopics() device.Topics {
	t := device.Topics{Set: l.set, State: l.state}
	if !l.legible {
		t.State = ""
	}
	if len(l.present) > 0 {
		t.Status = l.present[0].topic
	}
	t.RGBSet, t.RGB = l.colorSet, l.colorState
	return t
}

// Decode reads what a topic stands for. One topic may stand for several things.
func (l *entity) Decode(topic string, payload []byte) (h Report, ok bool) {
	for _, part := range []struct {
		topic string
		read  func([]byte) (Report, bool)
	}{{l.state, l.decodeState}, {l.dimState, l.decodeLevel}, {l.colorState, l.decodeColor}, {l.set, l.decodeCommand}} {
		if !covers(part.topic, topic) || part.topic == l.set && h.Has(SaysState) || topic == l.set && part.topic != topic {
			continue
		}
		if said, fits := part.read(payload); fits {
			h, ok = h.and(said), true
		}
	}
	for _, a := range l.present {
		if covers(a.topic, topic) && a.decode(payload) {
			l.latest, ok = a, true
			h = h.and(Report{Parts: SaysPresence, Presence: l.presence()})
		}
	}
	return h, ok
}

// and adds what was said besides.
func (h Report) and(more Report) Report {
	if more.Has(SaysState) {
		h.State = more.State
	}
	if more.Has(SaysPresence) {
		h.Presence = more.Presence
	}
	if more.Has(SaysCommand) {
		h.Command = more.Command
	}
	if more.Has(SaysColor) {
		h.Color = more.Color
	}
	if more.Has(SaysLevel) {
		h.Level = more.Level
	}
	h.Parts |= more.Parts
	return h
}

func (l *entity) decodeState(payload []byte) (Report, bool) {
	if !l.legible || l.state == l.set {
		return Report{}, l.state != l.set
	}
	if len(payload) == 0 {
		return Report{Parts: SaysState}, true
	}
	s, ok := l.read.render(payload)
	state := Unknown
	if ok {
		state = l.stateOf(s)
	}
	switch {
	case state != Unknown:
		return Report{Parts: SaysState, State: state}, true
	case l.read.needsJSON() && !ok && len(payload) <= maxSmall:
		_, ok = readObject(payload, maxSmall)
		return Report{}, ok // it says something else
	case ok && s == "" && l.read.code != nil: // the template chose to write nothing
		return Report{}, true
	case strings.EqualFold(s, "None"):
		return Report{Parts: SaysState}, true
	}
	return Report{}, false
}

// stateOf is the state that a rendered value says.
func (l *entity) stateOf(s string) State {
	said := s
	if o, is := readObject([]byte(s), maxSmall); is && l.read.code == nil { // JSON, though none was announced
		if said, is = o.value("state"); !is {
			return Unknown
		}
	}
	switch {
	case sameWord(said, l.statePayload[On]):
		return On
	case sameWord(said, l.statePayload[Off]):
		return Off
	case said == s && l.schema != "json":
		return Unknown
	}
	state, _ := parseState([]byte(said))
	return state
}

func (l *entity) decodeLevel(payload []byte) (Report, bool) {
	s, ok := l.dimRead.render(payload)
	if !ok {
		return Report{}, len(payload) == 0
	}
	percent, ok := percentOf(s, l.scale)
	return Report{Parts: SaysLevel, Level: percent}, ok
}

func (l *entity) decodeColor(payload []byte) (Report, bool) {
	if !l.colorInJSON {
		return decodeRGB(payload)
	}
	o, ok := readObject(payload, maxSmall)
	c := o.child("color")
	if c["r"] == nil || c["g"] == nil || c["b"] == nil {
		return Report{}, ok || len(payload) == 0
	}
	part := func(key string) uint8 { return uint8(min(max(c.number(key, 0), 0), 255)) }
	return Report{Parts: SaysColor, Color: &RGB{part("r"), part("g"), part("b")}}, ok
}

func (l *entity) decodeCommand(payload []byte) (Report, bool) {
	h := Report{Parts: SaysCommand}
	switch s := strings.TrimSpace(string(payload[:min(len(payload), maxSmall)])); {
	case s != "" && sameWord(s, l.commandPayload[On]):
		h.Command = WordOn
	case s != "" && sameWord(s, l.commandPayload[Off]):
		h.Command = WordOff
	case s == "": // the broker was made to forget one
	case l.schema == "json":
		if h.Command = parseWord(payload); h.Command == NoWord {
			return Report{}, true // for colour, or another part of it
		}
	}
	return h, true
}

// presence sums several topics up as availability_mode has it; "latest" is what
// Home Assistant does without one.
func (l *entity) presence() Presence {
	here, gone := 0, 0
	for _, a := range l.present {
		switch a.presence {
		case PresenceOnline:
			here++
		case PresenceOffline:
			gone++
		}
	}
	switch {
	case l.mode == "all" && gone > 0, l.mode == "any" && gone == len(l.present):
		return PresenceOffline
	case l.mode == "all" && here == len(l.present), l.mode == "any" && here > 0:
		return PresenceOnline
	case l.mode == "all" || l.mode == "any":
		return PresenceUnknown
	}
	return l.latest.presence
}
