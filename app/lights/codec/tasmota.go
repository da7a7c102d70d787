package codec

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lamplighter/device"
)

// tasmotas are Tasmota's devices: those that announce themselves under
// tasmota/discovery, and those that are heard to say POWER on the usual topics.
// https://tasmota.github.io/docs/MQTT/
type tasmotas struct {
	byAnnouncement map[string]tasmota // by the announcement's topic
	byCommandTopic map[string]tasmota // by their topics for commands
	nextVersion    uint64
}

func newTasmotas() *tasmotas {
	return &tasmotas{byAnnouncement: map[string]tasmota{}, byCommandTopic: map[string]tasmota{}}
}

// tasmota is a device.
type tasmota struct {
	cmnd, stat, tele string // topics that end with a slash
	on, off          string
	online, offline  string
	relays           map[int]uint64 // number → version; 1 is the first
	names            []string
	info             Info
	dims             bool
}

// maxRelays is how many a device of Tasmota can have.
const maxRelays = 32

func (t *tasmotas) filters() []string {
	return []string{
		"tasmota/discovery/+/config", "tele/+/LWT", "tele/+/STATE", "stat/+/+", "cmnd/+/+",
		"+/tele/LWT", "+/tele/STATE", "+/stat/+", "+/cmnd/+",
	}
}

func (t *tasmotas) decode(topic string, payload []byte) (mine, sensible, changed bool) {
	if id, ok := strings.CutPrefix(topic, "tasmota/discovery/"); ok {
		if id, ok = strings.CutSuffix(id, "/config"); ok && !strings.Contains(id, "/") {
			sensible, changed = t.config(topic, payload)
			return true, sensible, changed
		}
		return false, false, false
	}
	at, prefix, last, ok := fullTopic(topic)
	switch {
	case !ok:
	case prefix == "tele" && last == "STATE", prefix == "stat" && last == "RESULT":
		o, ok := readObject(payload, maxSmall)
		if !ok {
			return false, false, false // anybody's
		}
		return true, true, t.powers(at, o)
	case prefix == "stat":
		if n, ok := relay(last); ok && onOff(string(payload)) {
			return true, true, t.power(at, n, false)
		}
	}
	return false, false, false
}

// spot is where a device speaks that was not announced.
type spot struct {
	name       string // %topic%
	cmnd, stat string // its topics, which end with a slash
	tele       string
}

// fullTopic takes a topic apart that is made as %prefix%/%topic%/, the usual way,
// or as %topic%/%prefix%/.
func fullTopic(topic string) (at spot, prefix, last string, ok bool) {
	levels := strings.Split(topic, "/")
	if len(levels) != 3 || levels[0] == "" || levels[1] == "" {
		return at, "", "", false
	}
	isPrefix := func(s string) bool { return s == "stat" || s == "tele" }
	place := func(first, second string) string { return first + "/" + second + "/" }
	if prefix, last = levels[0], levels[2]; isPrefix(prefix) {
		name := levels[1]
		return spot{name, place("cmnd", name), place("stat", name), place("tele", name)}, prefix, last, true
	}
	prefix = levels[1]
	name := levels[0]
	return spot{name, place(name, "cmnd"), place(name, "stat"), place(name, "tele")}, prefix, last, isPrefix(prefix)
}

// relay is the number in POWER or POWER7.
func relay(s string) (int, bool) {
	digits, ok := strings.CutPrefix(s, "POWER")
	if !ok || digits == "" {
		return 1, ok
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n >= 1 && n <= maxRelays && digits == strconv.Itoa(n)
}

func onOff(s string) bool { return strings.EqualFold(s, "on") || strings.EqualFold(s, "off") }

// powers takes the relays from a device's state.
func (t *tasmotas) powers(at spot, o object) (changed bool) {
	for key := range o {
		if n, ok := relay(key); ok && onOff(o.text(key)) {
			changed = t.power(at, n, o["Dimmer"] != nil) || changed
		}
	}
	return changed
}

func (t *tasmotas) power(at spot, n int, dims bool) (changed bool) {
	d, known := t.byCommandTopic[at.cmnd]
	if !known {
		if len(t.byCommandTopic) >= maxFound/4 || !plainTopic(at.stat) {
			return false
		}
		d = tasmota{
			cmnd: at.cmnd, stat: at.stat, tele: at.tele, on: "ON", off: "OFF", online: "Online", offline: "Offline",
			relays: map[int]uint64{}, info: Info{Name: Clean(at.name)},
		}
	}
	dims = dims || d.dims
	if d.relays[n] != 0 && dims == d.dims {
		return false
	}
	t.nextVersion++
	d.relays[n], d.dims = t.nextVersion, dims
	t.byCommandTopic[at.cmnd] = d
	return true
}

// config reads tasmota/discovery/<mac>/config.
func (t *tasmotas) config(topic string, payload []byte) (sensible, changed bool) {
	old, known := t.byAnnouncement[topic]
	if len(payload) == 0 {
		delete(t.byAnnouncement, topic)
		return true, known
	}
	d, ok := readTasmota(payload)
	if !ok || !known && len(t.byAnnouncement) >= maxFound/4 {
		return false, false
	}
	same := known && d.cmnd == old.cmnd && d.stat == old.stat && d.tele == old.tele && d.on == old.on && d.off == old.off &&
		d.info == old.info && slices.Equal(d.names, old.names) && len(d.relays) == len(old.relays) && d.dims == old.dims
	for n := range d.relays {
		same = same && old.relays[n] != 0
	}
	if same {
		return true, false
	}
	t.nextVersion++
	for n := range d.relays {
		d.relays[n] = t.nextVersion
	}
	t.byAnnouncement[topic] = d
	return true, true
}

func readTasmota(payload []byte) (d tasmota, ok bool) {
	o, ok := readObject(payload, maxSmall)
	if !ok {
		return d, false
	}
	full, topic := o.text("ft"), o.text("t")
	if full == "" || topic == "" {
		return d, false
	}
	prefixes := []string{"cmnd", "stat", "tele"}
	var said []string
	if json.Unmarshal(o["tp"], &said) == nil && len(said) == 3 {
		prefixes = said
	}
	mac := o.text("mac", "id")
	place := func(prefix string) string {
		s := strings.NewReplacer("%prefix%", prefix, "%topic%", topic, "%hostname%", o.text("hn"), "%id%", mac[max(0, len(mac)-6):]).Replace(full)
		return strings.TrimSuffix(s, "/") + "/"
	}
	d = tasmota{
		cmnd: place(prefixes[0]), stat: place(prefixes[1]), tele: place(prefixes[2]), on: "ON", off: "OFF", online: "Online", offline: "Offline",
		relays: map[int]uint64{}, dims: o.number("lt_st", 0) > 0,
		info: Info{ID: Clean(mac), Board: Clean(o.text("md")), Firmware: Clean(o.text("sw", "bd")), IP: Clean(o.text("ip")), Name: Clean(o.text("dn"))},
	}
	if s := o.text("onln", "on"); s != "" {
		d.online = s
	}
	if s := o.text("ofln", "of"); s != "" {
		d.offline = s
	}
	var states []string
	if (json.Unmarshal(o["state"], &states) == nil || json.Unmarshal(o["st"], &states) == nil) && len(states) > 1 && states[0] != states[1] {
		d.off, d.on = states[0], states[1]
	}
	d.readRelays(o)
	return d, plainTopic(d.cmnd) && plainTopic(d.stat) && plainTopic(d.tele) && d.cmnd != d.stat
}

// readRelays reads which there are: 1 is a relay, 2 a light; a shutter is none.
func (d *tasmota) readRelays(o object) {
	var kinds []int
	if json.Unmarshal(o["rl"], &kinds) != nil {
		return
	}
	for i, kind := range kinds[:min(len(kinds), maxRelays)] {
		if kind == 1 || kind == 2 {
			d.relays[i+1] = 1
		}
	}
	var names []*string
	if json.Unmarshal(o["fn"], &names) != nil {
		return
	}
	for _, s := range names[:min(len(names), maxRelays)] {
		if s == nil {
			s = new(string)
		}
		d.names = append(d.names, Clean(*s))
	}
}

// found lists each device's relays; what a device announces counts more than
// what was heard of it.
func (t *tasmotas) found() []Found {
	var all []Found
	for _, topic := range slices.Sorted(maps.Keys(t.byAnnouncement)) {
		all = append(all, t.byAnnouncement[topic].lamps()...)
	}
	for _, name := range slices.Sorted(maps.Keys(t.byCommandTopic)) {
		all = append(all, t.byCommandTopic[name].lamps()...)
	}
	return all
}

func (d tasmota) lamps() []Found {
	var all []Found
	for _, n := range slices.Sorted(maps.Keys(d.relays)) {
		key := "POWER"
		if len(d.relays) > 1 || n > 1 {
			key += strconv.Itoa(n)
		}
		l := &power{device: d, n: n, key: key, dims: d.dims && len(d.relays) == 1}
		x := Found{Base: baseOf(d.cmnd+key, ""), Source: Tasmota, Info: d.info, Codec: l, Version: d.relays[n]}
		x.Name = d.name(n)
		x.Info.Name = x.Name
		all = append(all, x)
	}
	return all
}

func (d tasmota) name(n int) string {
	if n <= len(d.names) && d.names[n-1] != "" && (n == 1 || d.names[n-1] != d.names[0]) {
		return d.names[n-1]
	}
	if len(d.relays) > 1 {
		return Clean(d.info.Name + " " + strconv.Itoa(n))
	}
	return d.info.Name
}

// power is one relay or light of a device.
type power struct {
	device tasmota
	n      int
	key    string // POWER or POWER1
	dims   bool
}

// Topics lists what the device says before what it hears.
func (p *power) Topics() []string {
	d := p.device
	all := []string{d.stat + p.key, d.stat + "RESULT", d.tele + "STATE", d.tele + "LWT", d.cmnd + p.key}
	if p.n == 1 { // a device may say POWER of what another says POWER1
		all = append(all, d.stat+"POWER", d.stat+"POWER1", d.cmnd+"POWER", d.cmnd+"POWER1")
	}
	return all
}

// Confirms is true: devices answer each command.
func (p *power) Confirms() bool { return true }

// EncodeSwitch sends the device's own words.
func (p *power) EncodeSwitch(on bool) (Message, bool) {
	payload := p.device.off
	if on {
		payload = p.device.on
	}
	return Message{p.device.cmnd + p.key, payload}, true
}

// EncodeLevel asks for percent.
func (p *power) EncodeLevel(percent int, _ RGB) (Message, bool) {
	return Message{p.device.cmnd + "Dimmer", onScale(percent, 100)}, p.dims
}

// EncodeColor is not offered.
func (p *power) EncodeColor(RGB) (Message, bool) { return Message{}, false }

// ForgetPresence has nothing to forget.
func (p *power) ForgetPresence() {}

// DisplayTopics names the topics.
func (p *power) DisplayTopics() device.Topics {
	d := p.device
	return device.Topics{Set: d.cmnd + p.key, State: d.stat + p.key, Status: d.tele + "LWT"}
}

// Decode reads a word, or what the JSON says of this relay.
func (p *power) Decode(topic string, payload []byte) (Report, bool) {
	d := p.device
	switch topic {
	case d.tele + "LWT":
		return p.decodeWill(payload)
	case d.stat + "RESULT", d.tele + "STATE":
		return p.decodeJSON(payload)
	}
	if strings.HasPrefix(topic, d.cmnd) {
		return Report{Parts: SaysCommand, Command: p.word(string(payload[:min(len(payload), maxWord)]))}, true
	}
	if len(payload) == 0 {
		return Report{Parts: SaysState}, true
	}
	return p.decodeWord(string(payload[:min(len(payload), maxWord)]))
}

func (p *power) decodeWill(payload []byte) (Report, bool) {
	h := Report{Parts: SaysPresence}
	switch string(payload) {
	case "":
	case p.device.online:
		h.Presence = PresenceOnline
	case p.device.offline:
		h.Presence = PresenceOffline
	default:
		return decodeStatus(payload)
	}
	return h, true
}

func (p *power) word(s string) Word {
	switch {
	case s == p.device.on:
		return WordOn
	case s == p.device.off:
		return WordOff
	}
	return parseWord([]byte(s))
}

func (p *power) decodeWord(s string) (Report, bool) {
	switch p.word(s) {
	case WordOn:
		return Report{Parts: SaysState, State: On}, true
	case WordOff:
		return Report{Parts: SaysState, State: Off}, true
	}
	return Report{}, false
}

func (p *power) decodeJSON(payload []byte) (Report, bool) {
	o, ok := readObject(payload, maxSmall)
	if !ok {
		return Report{}, len(payload) == 0
	}
	h := Report{}
	for key := range o {
		if n, is := relay(key); is && n == p.n {
			if h, ok = p.decodeWord(o.text(key)); !ok {
				return h, false
			}
		}
	}
	if p.dims && o["Dimmer"] != nil {
		if percent, ok := percentOf(string(o["Dimmer"]), 100); ok {
			h = h.and(Report{Parts: SaysLevel, Level: percent})
		}
	}
	return h, true
}
