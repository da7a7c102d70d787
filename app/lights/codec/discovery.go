package codec

import (
	"crypto/sha256"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// haPrefix is where Home Assistant's discovery is published.
const haPrefix = "homeassistant/"

// announcements are what Home Assistant's discovery says of lights and switches:
// one message for each, or one for a device with all its components.
// https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
type announcements struct {
	lamps       map[string][]Found  // by topic of the announcement
	hashes      map[string][32]byte // hashes of those payloads, to know repetition
	count       int
	nextVersion uint64
}

func newDiscovery() *announcements {
	return &announcements{lamps: map[string][]Found{}, hashes: map[string][32]byte{}}
}

func (a *announcements) filters() []string {
	return []string{haPrefix + "light/#", haPrefix + "switch/#", haPrefix + "device/#"}
}

func (a *announcements) found() []Found { return inOrder(a.lamps) }

// place takes an announcement's topic apart:
// homeassistant/<component>/[<node>/]<object>/config.
func place(topic string) (component string, ok bool) {
	rest, ok := strings.CutPrefix(topic, haPrefix)
	if !ok {
		return "", false
	}
	rest, ok = strings.CutSuffix(rest, "/config")
	component, ids, _ := strings.Cut(rest, "/")
	if !ok || ids == "" || strings.Count(ids, "/") > 1 {
		return "", false
	}
	return component, component == "light" || component == "switch" || component == "device"
}

func (a *announcements) decode(topic string, payload []byte) (mine, sensible, changed bool) {
	component, ok := place(topic)
	if !ok {
		return false, false, false
	}
	if len(payload) == 0 { // the announcement was taken back
		return true, true, a.forget(topic)
	}
	if len(payload) > maxAnnouncement {
		return true, false, false
	}
	sum := sha256.Sum256(payload)
	if had, ok := a.hashes[topic]; ok && had == sum {
		return true, true, false
	}
	lamps, ok := readAnnouncement(component, payload)
	changed = a.forget(topic)
	if !ok || a.count+len(lamps) > maxFound {
		return true, false, changed
	}
	for i := range lamps {
		a.nextVersion++
		lamps[i].Version = a.nextVersion
	}
	if len(lamps) == 0 {
		return true, true, changed
	}
	a.count += len(lamps)
	a.lamps[topic], a.hashes[topic] = lamps, sum
	return true, true, true
}

func (a *announcements) forget(topic string) bool {
	had := len(a.lamps[topic])
	a.count -= had
	delete(a.lamps, topic)
	delete(a.hashes, topic)
	return had > 0
}

// readAnnouncement reads the lamps in an announcement, and reports whether it made
// sense. One that makes sense may announce none.
func readAnnouncement(component string, payload []byte) ([]Found, bool) {
	o, ok := readObject(payload, maxAnnouncement)
	if !ok {
		return nil, false
	}
	o = o.expand(haKeys)
	if component != "device" {
		x, ok := readEntity(component, o, o)
		if !ok {
			return nil, o.text("command_topic", "state_topic") != "" // a setting, not a lamp
		}
		return []Found{x}, true
	}
	parts := o.child("components")
	if parts == nil || o.child("device") == nil {
		return nil, false
	}
	var all []Found
	for _, id := range slices.Sorted(maps.Keys(parts)) {
		part := parts.child(id)
		if part == nil {
			continue
		}
		part = part.expand(haKeys)
		kind := part.text("platform")
		if kind != "light" && kind != "switch" {
			continue
		}
		// What is said of the device is said of each of its components, unless that
		// says otherwise.
		for k, v := range o {
			if _, has := part[k]; !has && k != "components" && k != "name" {
				part[k] = v
			}
		}
		if x, ok := readEntity(kind, part, o); ok {
			all = append(all, x)
		}
	}
	return all, true
}

// readEntity reads one light or switch.
func readEntity(kind string, e, whole object) (Found, bool) {
	base := e.text("~")
	if base == "" {
		base = whole.text("~")
	}
	e.untilde(base)
	if e.text("entity_category") != "" || e["enabled_by_default"] != nil && !e.flag("enabled_by_default") {
		return Found{}, false // a setting of the device, or one that Home Assistant hides as well
	}
	l := newEntity(kind, e, base)
	if l == nil || strings.Contains(l.set, "/bridge/request/") { // Zigbee2MQTT's own settings
		return Found{}, false
	}
	dev, origin := e.child("device").expand(haDeviceKeys), e.child("origin").expand(haDeviceKeys)
	info := Info{
		Name: entityName(e.text("name"), dev.text("name")), Board: Clean(dev.text("model")), Firmware: Clean(dev.text("sw_version")),
		Program: Clean(strings.TrimSpace(origin.text("name") + " " + origin.text("sw_version"))), ID: Clean(e.text("unique_id")),
	}
	x := Found{Base: baseOf(l.set, l.state), Source: HomeAssistant, Name: info.Name, Info: info, Codec: l}
	if l.set != "" && parseWord([]byte(l.commandPayload[On])) != WordOn {
		x.Base += " " + l.commandPayload[On] // several lamps may hear on one topic, each its own words
	}
	return x, x.Name != "" || l.set != ""
}

// entityName is the device's name and that of the part of it.
func entityName(part, whole string) string {
	part, whole = Clean(part), Clean(whole)
	switch {
	case part == "" || strings.EqualFold(part, whole):
		return whole
	case whole == "" || strings.HasPrefix(strings.ToLower(part), strings.ToLower(whole)):
		return part
	}
	return Clean(whole + " " + part)
}

// availability is one topic that says whether an entity is there.
type availability struct {
	topic, online, offline string
	read                   template
	presence               Presence
}

func readAvailability(e object, base string) (all []*availability, mode string) {
	add := func(o object, template string) {
		a := &availability{topic: o.text("topic", "availability_topic"), online: "online", offline: "offline"}
		if s, ok := o.value("payload_available"); ok {
			a.online = s
		}
		if s, ok := o.value("payload_not_available"); ok {
			a.offline = s
		}
		var ok bool
		a.read, ok = readTemplate(o.text(template))
		if ok && usableTopic(a.topic) && len(all) < 8 {
			all = append(all, a)
		}
	}
	if e.text("availability_topic") != "" {
		add(object{
			"topic": e["availability_topic"], "payload_available": e["payload_available"],
			"payload_not_available": e["payload_not_available"], "value_template": e["availability_template"],
		}, "value_template")
	}
	var list []object
	if json.Unmarshal(e["availability"], &list) != nil {
		list = []object{e.child("availability")}
	}
	for _, o := range list {
		if o = o.expand(haKeys); o != nil {
			o.untilde(base)
			add(o, "value_template")
		}
	}
	return all, e.text("availability_mode")
}

// decode takes in a payload, and reports whether it made sense.
func (a *availability) decode(payload []byte) bool {
	if len(payload) == 0 {
		a.presence = PresenceUnknown
		return true
	}
	s, ok := a.read.render(payload)
	switch {
	case !ok:
		return false
	case sameWord(s, a.online):
		a.presence = PresenceOnline
	case sameWord(s, a.offline):
		a.presence = PresenceOffline
	default:
		return false
	}
	return true
}
