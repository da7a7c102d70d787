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

func (h *homies4) filters() []string {
	all := []string{"homie/+/$homie"}
	for base := range h.devices {
		all = append(all, base+"/#")
	}
	return all
}

func (h *homies4) hear(topic string, payload []byte) (mine, sensible, changed bool) {
	rest, ok := strings.CutPrefix(topic, "homie/")
	if !ok {
		return false, false, false
	}
	id, attribute, _ := strings.Cut(rest, "/")
	if id == "" || id == "5" || strings.HasPrefix(id, "$") {
		return false, false, false
	}
	base, value := "homie/"+id, string(payload[:min(len(payload), maxWord)])
	if attribute == "$homie" {
		return h.version(base, value)
	}
	d := h.devices[base]
	last := attribute[strings.LastIndexByte(attribute, '/')+1:]
	if d == nil || !slices.Contains([]string{"$name", "$type", "$datatype", "$settable", "$format"}, last) {
		return false, false, false
	}
	if d[attribute] == value || len(payload) > maxWord {
		return true, len(payload) <= maxWord, false
	}
	if value == "" {
		delete(d, attribute)
	} else if len(d) >= maxAttributes {
		return true, false, false
	} else {
		d[attribute] = value
	}
	return true, true, true
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
	id := strings.TrimPrefix(base, "homie/")
	name := Clean(d["$name"])
	if name == "" {
		name = Clean(id)
	}
	x := l.found(Info{ID: Clean(id), Program: "Homie " + Clean(d["$homie"])}, entityName(Clean(d[node+"/$name"]), name))
	x.Version = sumOf(x.Name, x.Info.Program, l.topic, l.dim, onScale(100, l.scale), strconv.FormatBool(l.settable))
	return x
}
