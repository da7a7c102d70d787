package codec

import (
	"crypto/sha256"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"lamplighter/device"
)

// bridges are Zigbee2MQTT's, with the lights and switches in their lists of
// devices: https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html
type bridges struct {
	lamps       map[string][]Found // by the bridge's base topic
	groups      map[string][]group
	hashes      map[string][32]byte // by topic
	nextVersion uint64
}

func newBridges() *bridges {
	return &bridges{lamps: map[string][]Found{}, groups: map[string][]group{}, hashes: map[string][32]byte{}}
}

// filters has bridges whose base topic is of one level, as usual, or of two.
func (b *bridges) filters() []string {
	all := []string{"+/bridge/devices", "+/+/bridge/devices"}
	for root := range b.lamps {
		all = append(all, root+"/#")
	}
	return all
}

func (b *bridges) found() []Found {
	var all []Found
	for _, root := range slices.Sorted(maps.Keys(b.lamps)) {
		all = append(all, b.lamps[root]...)
		all = append(all, b.groupLamps(root)...)
	}
	return all
}

func (b *bridges) decode(topic string, payload []byte) (mine, sensible, changed bool) {
	root, devices := strings.CutSuffix(topic, "/bridge/devices")
	if !devices {
		root, mine = strings.CutSuffix(topic, "/bridge/groups")
	}
	if !mine && !devices || !plainTopic(root) || strings.Count(root, "/") > 1 {
		return false, false, false
	}
	_, known := b.lamps[root]
	if _, heard := b.groups[root]; devices && !known && len(b.lamps) >= maxRoots || !devices && !heard && len(b.groups) >= maxRoots {
		return known, false, false
	}
	sum := sha256.Sum256(payload)
	if had, ok := b.hashes[topic]; ok && had == sum {
		return true, true, false
	}
	if len(payload) > maxDevices {
		return true, false, false
	}
	if devices {
		sensible, changed = b.readDevices(root, payload)
	} else {
		sensible, changed = b.readGroups(root, payload)
		changed = changed && known // of a bridge whose devices nobody knows yet
	}
	if delete(b.hashes, topic); sensible && len(payload) > 0 {
		b.hashes[topic] = sum
	}
	return true, sensible, changed
}

func (b *bridges) readDevices(root string, payload []byte) (sensible, changed bool) {
	old, known := b.lamps[root]
	if len(payload) == 0 {
		delete(b.lamps, root)
		delete(b.groups, root)
		delete(b.hashes, root+"/bridge/groups")
		return true, known
	}
	lamps, ok := readDevices(root, payload)
	if !ok {
		return false, false
	}
	b.number(old, lamps)
	b.lamps[root] = lamps
	return true, true
}

// number gives new versions to what is new: the list comes again whenever one
// device changes.
func (b *bridges) number(old, lamps []Found) {
	was := map[string]Found{}
	for _, x := range old {
		was[x.Base] = x
	}
	for i, x := range lamps {
		o, had := was[x.Base]
		if had && o.Name == x.Name && o.Info == x.Info && o.Codec.(*zigbee).zigbeeWords == x.Codec.(*zigbee).zigbeeWords {
			lamps[i] = o
			continue
		}
		b.nextVersion++
		lamps[i].Version = b.nextVersion
	}
}

// expose is what a device can do, as its definition has it.
type expose struct {
	Type     string          `json:"type"`
	Name     string          `json:"name"`
	Property string          `json:"property"`
	Endpoint string          `json:"endpoint"`
	Access   *int            `json:"access"` // bits: 1 published, 2 can be set, 4 can be asked for
	On       json.RawMessage `json:"value_on"`
	Off      json.RawMessage `json:"value_off"`
	Max      float64         `json:"value_max"`
	Features json.RawMessage `json:"features"`
}

const canBeSet = 2

func (e expose) settable() bool { return e.Access == nil || *e.Access&canBeSet != 0 }

// readDevices reads a bridge's list. A device that is not as it should be is
// left out; the rest counts.
func readDevices(root string, payload []byte) ([]Found, bool) {
	var list []json.RawMessage
	if json.Unmarshal(payload, &list) != nil {
		return nil, false
	}
	var all []Found
	for _, raw := range list {
		dev, ok := readObject(raw, maxDevices)
		if !ok || dev.flag("disabled") {
			continue
		}
		name := dev.text("friendly_name")
		def := dev.child("definition")
		if def == nil || !plainTopic(root+"/"+name) || name == "" || name == "bridge" || strings.HasPrefix(name, "bridge/") {
			continue
		}
		info := Info{
			ID: Clean(dev.text("ieee_address")), Board: Clean(strings.TrimSpace(def.text("vendor") + " " + def.text("model"))),
			Firmware: Clean(dev.text("software_build_id")),
		}
		for _, l := range readExposes(root, name, def["exposes"]) {
			if len(all) >= maxFound {
				return all, true
			}
			x := Found{Source: Zigbee2MQTT, Name: Clean(strings.TrimSpace(name + " " + l.endpoint)), Info: info, Codec: l, Base: l.base()}
			x.Info.Name = x.Name
			all = append(all, x)
		}
	}
	return all, true
}

func readExposes(root, name string, raw json.RawMessage) (all []*zigbee) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	for _, raw := range list {
		var e expose
		if json.Unmarshal(raw, &e) != nil || e.Type != "light" && e.Type != "switch" {
			continue
		}
		if l := readFeatures(root, name, e); l != nil && len(all) < 32 {
			all = append(all, l)
		}
	}
	return all
}

func readFeatures(root, name string, e expose) *zigbee {
	var features []json.RawMessage
	if json.Unmarshal(e.Features, &features) != nil {
		return nil
	}
	l := &zigbee{zigbeeWords: zigbeeWords{topic: root + "/" + name, bridge: root + "/bridge/state", endpoint: e.Endpoint, on: `"ON"`, off: `"OFF"`}}
	for _, raw := range features {
		var f expose
		if json.Unmarshal(raw, &f) != nil || f.Property == "" || len(f.Property) > 64 {
			continue
		}
		switch f.Name {
		case "state", "":
			if f.Name == "" && f.Property != "state" {
				continue
			}
			l.property, l.settable = f.Property, f.settable()
			if on, off := compact(f.On), compact(f.Off); on != "" && off != "" && on != off {
				l.on, l.off = on, off
			}
		case "brightness":
			if f.settable() && f.Max > 0 {
				l.dim, l.scale = f.Property, f.Max
			}
		}
	}
	if l.property == "" {
		return nil
	}
	return l
}

// compact is a scalar as it is written in JSON, and "" for anything else.
func compact(raw json.RawMessage) string {
	s := strings.TrimSpace(string(raw))
	if s == "" || len(s) > 64 || strings.ContainsAny(s[:1], "{[n") {
		return ""
	}
	return s
}

// zigbee is one light or switch behind a bridge.
type zigbee struct {
	zigbeeWords
	alone      bool     // nobody answers for it: it is a group
	own, whole Presence // what was heard of the device, and of its bridge
}

type zigbeeWords struct {
	topic, bridge, endpoint string
	property                string // of the JSON, as "state" or "state_l1"
	on, off                 string // as JSON
	settable                bool
	dim                     string // property of the brightness, or ""
	scale                   float64
}

// base is the topic that Zigbee2MQTT itself announces to Home Assistant.
func (z *zigbee) base() string {
	switch {
	case !z.settable:
		return baseOf("", z.topic+"/"+z.property)
	case z.endpoint != "":
		return baseOf(z.topic+"/"+z.endpoint+"/set", "")
	}
	return baseOf(z.topic+"/set", "")
}

// Topics lists the device's, and the bridge's.
func (z *zigbee) Topics() []string {
	return []string{z.topic, z.topic + "/" + z.property, z.topic + "/availability", z.bridge, z.topic + "/set"}
}

// Confirms tells that devices say their state. A group's is what its bridge has
// sent, whoever received it; its lamps say for themselves what they do.
func (z *zigbee) Confirms() bool { return !z.alone }

// EncodeSwitch asks for the property alone.
func (z *zigbee) EncodeSwitch(on bool) (Message, bool) {
	value := z.off
	if on {
		value = z.on
	}
	return Message{z.topic + "/set", "{" + quoted(z.property) + ":" + value + "}"}, z.settable
}

// EncodeLevel asks for a brightness, which lights the lamp.
func (z *zigbee) EncodeLevel(percent int, _ RGB) (Message, bool) {
	return Message{z.topic + "/set", "{" + quoted(z.dim) + ":" + onScale(percent, z.scale) + "}"}, z.dim != "" && z.settable
}

// EncodeColor is not offered: bulbs take their colours in other spaces.
func (z *zigbee) EncodeColor(RGB) (Message, bool) { return Message{}, false }

// ForgetPresence forgets who is here.
func (z *zigbee) ForgetPresence() { z.own, z.whole = PresenceUnknown, PresenceUnknown }

// DisplayTopics names the topics.
func (z *zigbee) DisplayTopics() device.Topics {
	t := device.Topics{State: z.topic, Status: z.topic + "/availability"}
	if z.alone {
		t.State = ""
	}
	if z.settable {
		t.Set = z.topic + "/set"
	}
	return t
}

// Decode reads the device's JSON, or the plain values of those who have chosen
// to get them one by one.
func (z *zigbee) Decode(topic string, payload []byte) (Report, bool) {
	if z.alone && (topic == z.topic || topic == z.topic+"/"+z.property) {
		return Report{}, true
	}
	switch topic {
	case z.topic:
		return z.decodeState(payload)
	case z.topic + "/" + z.property:
		return z.decodeValue(json.RawMessage(quoted(string(payload[:min(len(payload), maxWord)]))))
	case z.topic + "/set":
		return z.decodeCommand(payload)
	case z.bridge, z.topic + "/availability":
		h, ok := decodeStatus(payload)
		if ok && topic == z.bridge {
			z.whole = h.Presence
		} else if ok {
			z.own = h.Presence
		}
		h.Presence = z.presence()
		return h, ok
	}
	return Report{}, false
}

// presence is the device's where it is watched, else that of its bridge, which
// speaks for it.
func (z *zigbee) presence() Presence {
	if z.whole == PresenceOffline || z.own == PresenceUnknown {
		return z.whole
	}
	return z.own
}

func (z *zigbee) decodeState(payload []byte) (Report, bool) {
	if len(payload) == 0 {
		return Report{Parts: SaysState}, true
	}
	o, ok := readObject(payload, maxSmall)
	if !ok {
		return Report{}, false
	}
	h := Report{}
	if raw := o[z.property]; raw != nil && compact(raw) != "" {
		if h, ok = z.decodeValue(raw); !ok {
			return h, false
		}
	}
	if z.dim != "" && o[z.dim] != nil {
		if percent, ok := percentOf(string(o[z.dim]), z.scale); ok {
			h = h.and(Report{Parts: SaysLevel, Level: percent})
		}
	}
	return h, true
}

func (z *zigbee) decodeValue(raw json.RawMessage) (Report, bool) {
	s, _ := scalar(raw)
	on, _ := scalar(json.RawMessage(z.on))
	off, _ := scalar(json.RawMessage(z.off))
	switch {
	case s == "":
		return Report{Parts: SaysState}, true
	case strings.EqualFold(s, on):
		return Report{Parts: SaysState, State: On}, true
	case strings.EqualFold(s, off):
		return Report{Parts: SaysState, State: Off}, true
	}
	return Report{}, false
}

func (z *zigbee) decodeCommand(payload []byte) (Report, bool) {
	if o, ok := readObject(payload, maxSmall); ok {
		raw := o[z.property]
		if raw == nil {
			return Report{}, true // for another part of it
		}
		payload = []byte(strings.Trim(string(raw), `"`))
	}
	if string(payload) == strings.Trim(z.on, `"`) {
		return Report{Parts: SaysCommand, Command: WordOn}, true
	}
	if string(payload) == strings.Trim(z.off, `"`) {
		return Report{Parts: SaysCommand, Command: WordOff}, true
	}
	return Report{Parts: SaysCommand, Command: parseWord(payload)}, true
}
