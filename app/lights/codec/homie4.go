package codec

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// homies4 are devices that follow versions 2 to 4 of the Homie convention, with
// a topic for each attribute. https://homieiot.github.io/specification/spec-core-v4_0_0/
type homies4 struct {
	devices map[string]map[string]string // by base, as homie/desk: attribute → value
}

// maxAttributes bounds what is kept of one device.
const maxAttributes = 512

func newHomies4() *homies4 {
	return &homies4{devices: map[string]map[string]string{}}
}

// filters has devices under a base topic of one level, as usual, or of two.
func (h *homies4) filters() []string {
	all := []string{"+/+/$homie", "+/+/+/$homie"}
	for base := range h.devices {
		all = append(all, base+"/#")
	}
	return all
}

// attributes are those that tell of lamps; $properties is version 2's.
var attributes = []string{"$name", "$type", "$datatype", "$settable", "$format", "$properties"}

func (h *homies4) decode(topic string, payload []byte) (mine, sensible, changed bool) {
	if base, ok := strings.CutSuffix(topic, "/$homie"); ok {
		if levels := strings.Count(base, "/"); levels < 1 || levels > 2 || !plainTopic(base) {
			return false, false, false
		}
		return h.version(base, string(payload[:min(len(payload), maxWord)]))
	}
	last := topic[strings.LastIndexByte(topic, '/')+1:]
	if !slices.Contains(attributes, last) {
		return false, false, false
	}
	d, attribute := h.device(topic)
	value := string(payload[:min(len(payload), maxWord)])
	switch {
	case d == nil:
		return false, false, false
	case d[attribute] == value || len(payload) > maxWord:
		return true, len(payload) <= maxWord, false
	case value == "":
		delete(d, attribute)
	case len(d) >= maxAttributes:
		return true, false, false
	default:
		d[attribute] = value
	}
	return true, true, true
}

// device is the one that a topic is below, and what follows its base; nil where
// none is known.
func (h *homies4) device(topic string) (d map[string]string, attribute string) {
	at := strings.IndexByte(topic, '/') + 1
	for range 2 {
		next := strings.IndexByte(topic[at:], '/')
		if at == 0 || next < 0 {
			break
		}
		at += next + 1
		if d = h.devices[topic[:at-1]]; d != nil {
			return d, topic[at:]
		}
	}
	return nil, ""
}

func (h *homies4) version(base, value string) (mine, sensible, changed bool) {
	_, known := h.devices[base]
	switch {
	case value == "":
		delete(h.devices, base)
		return true, true, known
	case value[0] < '2' || value[0] > '4':
		return true, false, false
	case known:
		return true, true, false
	case len(h.devices) >= maxRoots:
		return true, false, false
	}
	h.devices[base] = map[string]string{"$homie": value}
	return true, true, true
}

func (h *homies4) found() []Found {
	var all []Found
	for _, base := range slices.Sorted(maps.Keys(h.devices)) {
		d := h.devices[base]
		if strings.HasPrefix(d["$homie"], "2") {
			all = append(all, h.lamps2(base, d)...)
		}
		for _, attribute := range slices.Sorted(maps.Keys(d)) {
			place, ok := strings.CutSuffix(attribute, "/$datatype")
			node, key, two := strings.Cut(place, "/")
			if !ok || !two || strings.Contains(key, "/") || d[attribute] != "boolean" || !isLampProperty(key, node, d[node+"/$name"], d[node+"/$type"]) {
				continue
			}
			all = append(all, h.lamp(base, node, key, d))
		}
	}
	return all
}

func (h *homies4) lamp(base, node, key string, d map[string]string) Found {
	l := &homie{base: base, topic: base + "/" + node + "/" + key, settable: d[node+"/"+key+"/$settable"] == "true", version: 4}
	around := object{}
	for k := range d {
		if name, ok := strings.CutSuffix(strings.TrimPrefix(k, node+"/"), "/$datatype"); ok {
			at := node + "/" + name
			around[name] = json.RawMessage(`{"datatype":` + quoted(d[k]) + `,"format":` + quoted(d[at+"/$format"]) + `,"settable":` + quoted(d[at+"/$settable"]) + `}`)
		}
	}
	l.readLevel(base+"/"+node, around)
	return l.ofDevice(d, node)
}

// lamps2 are those of a device of version 2, which has no types: a node's
// $properties lists what it has, as "on:settable,level".
func (h *homies4) lamps2(base string, d map[string]string) (all []Found) {
	for _, attribute := range slices.Sorted(maps.Keys(d)) {
		node, ok := strings.CutSuffix(attribute, "/$properties")
		if !ok || strings.Contains(node, "/") {
			continue
		}
		for property := range strings.SplitSeq(d[attribute], ",") {
			key, how, _ := strings.Cut(strings.TrimSpace(property), ":")
			if _, typed := d[node+"/"+key+"/$datatype"]; typed || !isLampProperty(key) || !plainTopic(base+"/"+node+"/"+key) || strings.Contains(key, "/") {
				continue
			}
			for _, name := range spread(key) {
				l := &homie{base: base, topic: base + "/" + node + "/" + name, settable: how == "settable", version: 2}
				x := l.ofDevice(d, node)
				if name != key {
					x.Name = Clean(x.Name + name[strings.LastIndexByte(name, '_'):])
					x.Info.Name = x.Name
				}
				all = append(all, x)
			}
		}
	}
	return all
}

// maxSpread bounds the properties of one range.
const maxSpread = 32

// spread are the properties of a range: led[1-3] is led_1, led_2 and led_3.
func spread(key string) []string {
	name, between, ranged := strings.Cut(strings.TrimSuffix(key, "]"), "[")
	if !ranged {
		return []string{key}
	}
	first, last, _ := strings.Cut(between, "-")
	from, errFrom := strconv.Atoi(first)
	to, errTo := strconv.Atoi(last)
	if errFrom != nil || errTo != nil || from < 0 || to < from || to-from >= maxSpread {
		return nil
	}
	var all []string
	for n := from; n <= to; n++ {
		all = append(all, name+"_"+strconv.Itoa(n))
	}
	return all
}

// ofDevice is the lamp with what its device says of itself.
func (l *homie) ofDevice(d map[string]string, node string) Found {
	id := Clean(l.base[strings.LastIndexByte(l.base, '/')+1:])
	name := Clean(d["$name"])
	if name == "" {
		name = id
	}
	x := l.found(Info{ID: id, Program: "Homie " + Clean(d["$homie"])}, entityName(Clean(d[node+"/$name"]), name))
	x.Version = sumOf(x.Name, x.Info.Program, l.topic, l.dim, onScale(100, l.scale), strconv.FormatBool(l.settable))
	return x
}
