package codec

import (
	"encoding/json"
	"strings"
)

// group is one of Zigbee2MQTT's, which is switched as a whole.
// https://www.zigbee2mqtt.io/guide/usage/groups.html
type group struct {
	name    string
	id      string
	members map[string]bool // by address
}

// readGroups reads a bridge's list. A group that is not as it should be is left
// out; the rest counts.
func (b *bridges) readGroups(root string, payload []byte) (sensible, changed bool) {
	had := len(b.groups[root])
	delete(b.groups, root)
	if len(payload) == 0 {
		return true, had > 0
	}
	var list []json.RawMessage
	if json.Unmarshal(payload, &list) != nil {
		return false, had > 0
	}
	b.groups[root] = []group{}
	for _, raw := range list {
		o, ok := readObject(raw, maxDevices)
		name := o.text("friendly_name")
		if !ok || name == "" || !plainTopic(root+"/"+name) || len(b.groups[root]) >= maxFound {
			continue
		}
		id, _ := o.value("id")
		g := group{name: name, id: id, members: map[string]bool{}}
		var members []object
		_ = json.Unmarshal(o["members"], &members) // what can't be read is none
		for _, m := range members {
			if a := Clean(m.text("ieee_address")); a != "" {
				g.members[a] = true
			}
		}
		b.groups[root] = append(b.groups[root], g)
	}
	return true, had+len(b.groups[root]) > 0
}

// groupLamps are the groups with a lamp among their members.
func (b *bridges) groupLamps(root string) (all []Found) {
	taken := map[string]bool{}
	for _, x := range b.lamps[root] {
		taken[x.Codec.(*zigbee).topic] = true
	}
	for _, g := range b.groups[root] {
		l := &zigbee{alone: true, zigbeeWords: zigbeeWords{
			topic: root + "/" + g.name, bridge: root + "/bridge/state", property: "state", on: `"ON"`, off: `"OFF"`,
		}}
		for _, x := range b.lamps[root] {
			if m := x.Codec.(*zigbee); g.members[x.Info.ID] && m.settable {
				l.settable = true
			}
		}
		if !l.settable || taken[l.topic] {
			continue
		}
		taken[l.topic] = true
		info := Info{Name: Clean(strings.TrimSpace(g.name)), ID: Clean(g.id)}
		all = append(all, Found{
			Source: Zigbee2MQTT, Base: l.base(), Name: info.Name, Info: info, Codec: l, Version: sumOf(l.topic, info.ID),
		})
	}
	return all
}
