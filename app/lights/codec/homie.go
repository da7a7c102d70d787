package codec

import (
	"bytes"
	"crypto/sha256"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lamplighter/device"
)

// homies are devices that follow version 5 of the Homie convention: one
// description in JSON for each. https://homieiot.github.io/specification/
type homies struct {
	lamps       map[string][]Found // by the device's base topic, as homie/5/desk
	hashes      map[string][32]byte
	domains     map[string]bool
	nextVersion uint64
}

func newHomies() *homies {
	return &homies{lamps: map[string][]Found{}, hashes: map[string][32]byte{}, domains: map[string]bool{}}
}

func (h *homies) filters() []string {
	all := []string{"+/5/+/$state"}
	for domain := range h.domains {
		all = append(all, domain+"/5/#")
	}
	return all
}

func (h *homies) found() []Found { return inOrder(h.lamps) }

func (h *homies) decode(topic string, payload []byte) (mine, sensible, changed bool) {
	if !strings.HasSuffix(topic, "/$state") && !strings.HasSuffix(topic, "/$description") {
		return false, false, false
	}
	levels := strings.Split(topic, "/")
	if len(levels) != 4 || levels[1] != "5" || !plainTopic(levels[0]) || levels[2] == "" {
		return false, false, false
	}
	base := strings.Join(levels[:3], "/")
	switch levels[3] {
	case "$state":
		if len(payload) == 0 {
			return true, true, h.forget(base)
		}
		if _, ok := homieState(payload); !ok {
			return false, false, false // some other device
		}
		known := h.domains[levels[0]]
		if !known && len(h.domains) < maxRoots {
			h.domains[levels[0]] = true
		}
		return true, true, !known
	case "$description":
		sensible, changed = h.describe(base, payload)
		return true, sensible, changed
	}
	return false, false, false
}

func (h *homies) forget(base string) bool {
	_, had := h.lamps[base]
	delete(h.lamps, base)
	delete(h.hashes, base)
	return had
}

func (h *homies) describe(base string, payload []byte) (sensible, changed bool) {
	if len(payload) == 0 {
		return true, h.forget(base)
	}
	sum := sha256.Sum256(payload)
	if was, known := h.hashes[base]; known && was == sum {
		return true, false
	}
	lamps, ok := readDescription(base, payload)
	changed = h.forget(base)
	if !ok || len(h.lamps) >= maxFound/4 {
		return false, changed
	}
	if len(lamps) == 0 {
		return true, changed
	}
	h.nextVersion++
	for i := range lamps {
		lamps[i].Version = h.nextVersion
	}
	h.lamps[base], h.hashes[base] = lamps, sum
	return true, true
}

// readDescription finds the lamps in a device's description.
func readDescription(base string, payload []byte) ([]Found, bool) {
	o, ok := readObject(payload, maxAnnouncement)
	if !ok || !strings.HasPrefix(o.text("homie"), "5") {
		return nil, false
	}
	info := Info{ID: Clean(base[strings.LastIndexByte(base, '/')+1:]), Board: Clean(o.text("type")), Program: "Homie " + Clean(o.text("homie"))}
	parent := ""
	if root := o.text("root"); root != "" && plainTopic(root) && !strings.Contains(root, "/") {
		parent = base[:strings.LastIndexByte(base, '/')+1] + root
	}
	name := Clean(o.text("name"))
	if name == "" {
		name = info.ID
	}
	var all []Found
	nodes := o.child("nodes")
	for _, id := range slices.Sorted(maps.Keys(nodes)) {
		node := nodes.child(id)
		properties := node.child("properties")
		for _, key := range slices.Sorted(maps.Keys(properties)) {
			p := properties.child(key)
			if p.text("datatype") != "boolean" || !isLampProperty(key, id, node.text("name"), node.text("type")) || !plainTopic(base+"/"+id+"/"+key) {
				continue
			}
			if len(all) >= 64 {
				return all, true
			}
			l := &homie{base: base, parent: parent, topic: base + "/" + id + "/" + key, settable: p.flag("settable"), version: 5}
			l.readLevel(base+"/"+id, properties)
			all = append(all, l.found(info, entityName(Clean(node.text("name")), name)))
		}
	}
	return all, true
}

// readLevel takes a brightness of the same node, where there is one.
func (l *homie) readLevel(node string, properties object) {
	for _, key := range []string{"brightness", "dim", "dimmer", "level", "intensity"} {
		p := properties.child(key)
		kind := p.text("datatype")
		from, to, _ := strings.Cut(p.text("format"), ":")
		to, _, _ = strings.Cut(to, ":")
		most, err := strconv.ParseFloat(to, 64)
		if err != nil || most < 1 || from != "0" && from != "1" || !p.flag("settable") || kind != "integer" && kind != "float" {
			continue
		}
		l.dim, l.scale = node+"/"+key, most
		return
	}
}

// isLampProperty reports whether a property that is true or false switches
// something, and is not a setting.
func isLampProperty(key string, node ...string) bool {
	words := []string{"light", "lamp", "switch", "relay", "led", "bulb", "plug", "socket", "outlet"}
	switch key {
	case "power", "on", "onoff", "on-off", "state":
		return true
	}
	for _, w := range words {
		if strings.Contains(key, w) {
			return true
		}
	}
	for _, n := range node {
		for _, w := range words {
			if strings.Contains(strings.ToLower(n), w) {
				return true
			}
		}
	}
	return false
}

// homie is a property that is true or false.
type homie struct {
	base     string // of the device
	parent   string // of the device that it hangs on, or ""
	topic    string
	settable bool
	version  int
	dim      string // topic of a brightness, or ""
	scale    float64
	own      Presence
	above    Presence
}

func (l *homie) found(info Info, name string) Found {
	info.Name = name
	set := ""
	if l.settable {
		set = l.topic + "/set"
	}
	return Found{Base: baseOf(set, l.topic), Source: Homie, Name: name, Info: info, Codec: l}
}

// Topics lists the property before the device.
func (l *homie) Topics() []string {
	all := []string{l.topic, l.status(), l.topic + "/set", l.dim}
	if l.version == 5 {
		all = append(all, l.topic+"/$target")
	}
	if l.parent != "" {
		all = append(all, l.parent+"/$state")
	}
	return all
}

// status is the topic of the device's own presence.
func (l *homie) status() string {
	if l.version == 2 {
		return l.base + "/$online"
	}
	return l.base + "/$state"
}

// Confirms is true: a device publishes its property again when it has changed.
func (l *homie) Confirms() bool { return true }

// EncodeSwitch sets the property.
func (l *homie) EncodeSwitch(on bool) (Message, bool) {
	return Message{l.topic + "/set", strconv.FormatBool(on)}, l.settable
}

// EncodeLevel sets the brightness.
func (l *homie) EncodeLevel(percent int, _ RGB) (Message, bool) {
	return Message{l.dim + "/set", onScale(percent, l.scale)}, l.dim != ""
}

// EncodeColor is not offered.
func (l *homie) EncodeColor(RGB) (Message, bool) { return Message{}, false }

// ForgetPresence forgets who is here.
func (l *homie) ForgetPresence() { l.own, l.above = PresenceUnknown, PresenceUnknown }

// DisplayTopics names the topics.
func (l *homie) DisplayTopics() device.Topics {
	t := device.Topics{State: l.topic, Status: l.status()}
	if l.settable {
		t.Set = l.topic + "/set"
	}
	return t
}

// Decode reads the property, its target, and where the device is.
func (l *homie) Decode(topic string, payload []byte) (Report, bool) {
	s, ok := homieBool(payload)
	switch topic {
	case l.topic:
		return Report{Parts: SaysState, State: s}, ok
	case l.topic + "/$target":
		return Report{Parts: SaysTarget, Target: s}, ok
	case l.topic + "/set":
		word := map[State]Word{On: WordOn, Off: WordOff}[s]
		return Report{Parts: SaysCommand, Command: word}, true
	case l.dim:
		percent, ok := percentOf(string(payload[:min(len(payload), maxWord)]), l.scale)
		if len(payload) == 0 {
			return Report{}, true
		}
		return Report{Parts: SaysLevel, Level: percent}, ok
	}
	read := homieState
	if l.version == 2 {
		read = homieOnline
	}
	now, ok := read(payload)
	if !ok {
		return Report{}, false
	}
	if topic == l.status() {
		l.own = now
	} else {
		l.above = now
	}
	h := Report{Parts: SaysPresence, Presence: l.own}
	if l.above == PresenceOffline { // what hangs on a lost device is lost with it
		h.Presence = PresenceOffline
	}
	return h, true
}

func homieBool(payload []byte) (State, bool) {
	switch string(bytes.TrimSpace(payload[:min(len(payload), maxWord)])) {
	case "":
		return Unknown, true
	case "true":
		return On, true
	case "false":
		return Off, true
	}
	return Unknown, false
}

// homieOnline reads version 2's $online.
func homieOnline(payload []byte) (Presence, bool) {
	s, ok := homieBool(payload)
	return map[State]Presence{On: PresenceOnline, Off: PresenceOffline}[s], ok
}

// homieState reads a device's life cycle. A device that sleeps is still at the
// broker, but nobody knows whether it hears.
func homieState(payload []byte) (Presence, bool) {
	switch string(payload) {
	case "ready", "alert":
		return PresenceOnline, true
	case "disconnected", "lost":
		return PresenceOffline, true
	case "init", "sleeping", "":
		return PresenceUnknown, true
	}
	return PresenceUnknown, false
}
