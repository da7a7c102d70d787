package setup

import (
	"fmt"
	"reflect"
	"testing"

	"lamplighter/device"
	"lamplighter/device/fault"
)

var (
	usbPort  = device.Port{Name: "/dev/ttyUSB0", VID: "1A86", PID: "55D4", Chip: "CH9102"}
	settings = device.Config{
		Name: "window", WiFi: device.WiFi{SSID: "school"}, Topics: device.LampTopics("class/window"),
		Broker: device.Broker{Host: "192.168.1.5", Port: 1883, User: "lamp"}, Lamp: device.Lamp{Kind: device.LampPin, Pin: "2"},
		Find: device.Find{Classroom: "class"},
	}
	fresh    = device.Identity{ID: "aabbcc", HasWiFi: true, Platform: "esp32", Model: "esp32", FreeBytes: 1 << 20}
	known    = device.Identity{ID: "aabbcc", HasWiFi: true, Platform: "esp32", Model: "esp32", Main: device.OurMain, Backup: true, Settings: &settings}
	defaults = Defaults{WiFi: []device.WiFi{{SSID: "school", Password: "12345678"}}, Port: 1883, Name: "lamp-01", Classroom: "class", Addresses: lan("192.168.1.5/24")}
	password = &fault.Error{Fault: fault.WiFiPassword, Op: "join"}
	firewall = &fault.Error{Fault: fault.Firewall, Op: "reach"}
	silent   = &fault.Error{Fault: fault.BoardSilent, Op: "greet"}
	unplug   = &fault.Error{Fault: fault.PortGone, Op: "write"}
)

// draft is one that could be written.
func draft() Draft {
	return fill(Draft{Ports: []device.Port{usbPort}, Port: usbPort}, Greeted{Board: fresh, Defaults: defaults, Base: "class/lamp-01"})
}

func offered() Draft {
	return fill(Draft{Ports: []device.Port{usbPort}, Port: usbPort}, Greeted{Board: known, Defaults: defaults, Base: "class/lamp-01"})
}

func seen(d Draft) Draft {
	d.Networks = []device.Network{{SSID: "school", Auth: device.AuthWPA2, RSSI: -40}, {SSID: "staff", Auth: device.AuthEnterprise}}
	return d
}

func part(p Part) Draft {
	d := offered()
	d.Part = p
	return d
}

// switched is a proof that waits for the board's word.
func switched() Proving {
	p := Proving{Draft: draft()}
	p.Checks.upTo(CheckSwitched)
	return p
}

// sentOnly is one on a broker where no board can confirm.
func sentOnly() Proving {
	p := switched()
	p.SentOnly = true
	return p
}

// typedPort is a draft at a port that no list shows.
func typedPort(d Draft) Draft {
	d.Port = device.Port{Name: "COM7", Kind: device.Typed}
	return d
}

func settingsOnly(s State) State {
	d := s.CurrentDraft()
	d.Answers.Goal = device.SettingsOnly
	return s.with(d)
}

// samples has every state, with names; some twice, where it matters how they stand.
func samples() map[string]State {
	d := draft()
	return map[string]State{
		"choosing nothing":    Choosing{Draft: Draft{}},
		"choosing":            Choosing{Draft: Draft{Ports: []device.Port{usbPort}, Port: usbPort}},
		"greeting":            Greeting{Draft: Draft{Ports: []device.Port{usbPort}, Port: usbPort}, Left: 20},
		"greeting again":      Greeting{Draft: d, Resume: Writing{Draft: d}},
		"offering":            Offering{Draft: offered()},
		"scanning":            WiFi{Draft: d, Scanning: true},
		"wifi":                WiFi{Draft: seen(d)},
		"wifi problem":        WiFi{Draft: seen(d), Problem: password},
		"joining":             Joining{Draft: d},
		"joining one part":    Joining{Draft: part(WiFiPart)},
		"broker":              Broker{Draft: d},
		"broker problem":      Broker{Draft: d, Problem: firewall},
		"checking":            Checking{Draft: d},
		"checking one part":   Checking{Draft: part(BrokerPart)},
		"naming":              Naming{Draft: d},
		"blinking":            Naming{Draft: d, Blinking: true},
		"writing":             Writing{Draft: d},
		"writing one part":    Writing{Draft: part(NamePart)},
		"proving":             Proving{Draft: d},
		"proving away":        Proving{Draft: d, Away: true},
		"proving bad wifi":    Proving{Draft: d, Problem: password},
		"proving bad broker":  Proving{Draft: d, Problem: firewall},
		"proving silent":      Proving{Draft: d, Problem: silent},
		"switched":            switched(),
		"switched, no word":   sentOnly(),
		"proving settings":    settingsOnly(Proving{Draft: d}),
		"proving typed":       Proving{Draft: typedPort(d)},
		"proving typed, away": Proving{Draft: typedPort(d), Away: true},
		"finished":            Finished{Draft: d},
		"finished settings":   settingsOnly(Finished{Draft: d}),
		"undoing":             Undoing{Draft: offered(), Remove: true},
		"restored":            Restored{Draft: offered()},
		"unplugged":           Unplugged{Draft: d, Resume: Writing{Draft: d}},
		"unplugged early":     Unplugged{Draft: d, Resume: Choosing{Draft: d}},
		"failed greeting":     Failed{Draft: d, Err: silent, From: Greeting{Draft: d}},
		"failed writing":      Failed{Draft: d, Err: silent, From: Writing{Draft: d}},
		"failed undoing":      Failed{Draft: offered(), Err: silent, From: Undoing{Draft: offered()}},
		"naming, no lamp yet": settingsOnly(Naming{Draft: d}),
	}
}

func staged(name, why string) Staged {
	return Staged{Stage: device.Stage{Name: name, Bad: why != "", Reason: why, IP: "192.168.1.9"}}
}

// events has every kind of event.
func events() map[string]Event {
	lit := Lamp{Known: true, On: true, Online: true}
	return map[string]Event{
		"picked":      Picked{Port: usbPort},
		"port typed":  PortTyped{Name: " COM7 "},
		"typed":       Typed{Answers: Answers{Name: "typed"}},
		"forward":     Forward{},
		"back":        Back{},
		"retry":       Retry{},
		"anyway":      SkipTest{},
		"rescan":      Rescan{},
		"by hand":     ByHand{On: true},
		"blink":       Blink{},
		"change all":  Change{Part: AllParts},
		"change wifi": Change{Part: WiFiPart},
		"change brk":  Change{Part: BrokerPart},
		"change name": Change{Part: NamePart},
		"restore":     Restore{},
		"remove":      Remove{},
		"fix":         Fix{},
		"switch on":   Switch{On: true},
		"switch off":  Switch{},
		"next board":  NextBoard{Defaults: defaults},
		"same ports":  PortsChanged{Ports: []device.Port{usbPort}},
		"no ports":    PortsChanged{},
		"greeted":     Greeted{Board: fresh, Defaults: defaults, Base: "class/lamp-01"},
		"greeted old": Greeted{Board: known, Defaults: defaults, Base: "class/lamp-01"},
		"no radio":    Greeted{Board: device.Identity{ID: "microbit"}},
		"ticked":      Ticked{Left: 7},
		"progressed":  Progressed{Progress: device.Progress{Step: "x", Done: 1, Total: 2}},
		"scanned":     Scanned{Networks: []device.Network{{SSID: "school"}}},
		"joined":      Joined{IP: "192.168.1.9"},
		"checked":     Checked{IP: "192.168.1.9"},
		"blinked":     Blinked{},
		"written":     Written{},
		"st joined":   staged(device.StageJoined, ""),
		"st accepted": staged(device.StageAccepted, ""),
		"st listens":  staged(device.StageSubscribed, ""),
		"st command":  staged(device.StageCommand, ""),
		"st bad pass": staged(device.StageJoined, device.ReasonPassword),
		"st refused":  staged(device.StageReached, device.ReasonRefused),
		"st line":     Staged{Stage: device.Stage{Detail: "hello"}},
		"blamed":      Diagnosed{Err: firewall},
		"lamp lit":    LampHeard{Lamp: lit},
		"lamp online": LampHeard{Lamp: Lamp{Online: true}, Fresh: true},
		"lamp silent": LampHeard{Lamp: Lamp{NoAnswer: true}},
		"late":        TimedOut{},
		"undone":      Undone{},
		"broke":       TaskFailed{Err: silent},
		"broke wifi":  TaskFailed{Err: password},
		"pulled":      TaskFailed{Err: unplug},
	}
}

// rules says what comes of every event that does something; "." is the same
// kind of state with something changed in it. What is not here changes nothing.
var rules = map[string]map[string]string{
	"choosing nothing": {
		"picked": ". None", "port typed": ". None", "typed": ". None", "same ports": ". None",
	},
	"choosing": {
		"port typed": ". None", "typed": ". None", "forward": "Greeting Greet", "no ports": ". None",
	},
	"greeting": {
		"back": "Choosing LetGo", "retry": "Choosing LetGo", "no ports": ". None", "greeted": "WiFi Scan", "greeted old": "Offering Stop",
		"no radio": "Failed LetGo", "ticked": ". None", "progressed": ". None", "broke": "Failed LetGo", "broke wifi": "Failed LetGo", "pulled": "Unplugged LetGo",
	},
	"greeting again": {
		"back": "Choosing LetGo", "retry": "Choosing LetGo", "no ports": ". None", "greeted": "Writing Write", "greeted old": "Writing Write",
		"no radio": "Failed LetGo", "ticked": ". None", "progressed": ". None", "broke": "Failed LetGo", "broke wifi": "Failed LetGo", "pulled": "Unplugged LetGo",
	},
	"offering": {
		"back": "Choosing LetGo", "change all": "WiFi Scan", "change wifi": "WiFi Scan", "change brk": "Broker Stop", "change name": "Naming Stop",
		"restore": "Undoing Undo", "remove": "Undoing Undo", "no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"scanning": {
		"typed": ". None", "forward": "Joining Join", "back": "Choosing LetGo", "by hand": ". None", "scanned": ". None",
		"broke": ". None", "broke wifi": ". None", "no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"wifi": {
		"typed": ". None", "forward": "Joining Join", "back": "Choosing LetGo", "rescan": ". Scan", "by hand": ". None",
		"broke": ". None", "broke wifi": ". None", "no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"wifi problem": {
		"typed": ". None", "forward": "Joining Join", "anyway": "Broker Stop", "back": "Choosing LetGo", "rescan": ". Scan", "by hand": ". None",
		"broke": ". None", "no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"joining": {
		"back": "WiFi Stop", "joined": "Broker Stop", "broke": "WiFi Stop", "broke wifi": "WiFi Stop", "no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"joining one part": {
		"back": "WiFi Stop", "joined": "Checking Check", "broke": "WiFi Stop", "broke wifi": "WiFi Stop", "no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"broker": {
		"typed": ". None", "forward": "Checking Check", "back": "WiFi Scan", "no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"broker problem": {
		"typed": ". None", "forward": "Checking Check", "anyway": "Naming Stop", "back": "WiFi Scan", "no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"checking": {
		"back": "Broker Stop", "checked": "Naming Stop", "broke": "Broker Stop", "broke wifi": "WiFi Stop", "no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"checking one part": {
		"back": "Broker Stop", "checked": "Writing Write", "broke": "Broker Stop", "broke wifi": "WiFi Stop", "no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"naming": {
		"typed": ". None", "forward": "Writing Write", "back": "Broker Stop", "blink": ". ShowLamp", "broke": ". None", "broke wifi": ". None",
		"no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"naming, no lamp yet": {
		"typed": ". None", "forward": "Writing Write", "back": "Broker Stop", "broke": ". None", "broke wifi": ". None",
		"no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"blinking": {
		"typed": ". None", "forward": "Writing Write", "back": "Broker Stop", "blinked": ". None", "broke": ". None", "broke wifi": ". None",
		"no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"writing": {
		"back": "Naming Stop", "progressed": ". None", "written": "Proving Prove", "broke": "Failed Stop", "broke wifi": "Failed Stop",
		"no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"writing one part": {
		"back": "Offering Stop", "progressed": ". None", "written": "Proving Prove", "broke": "Failed Stop", "broke wifi": "Failed Stop",
		"no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"proving": {
		"back": "Naming Stop", "retry": "= Prove", "no ports": ". Miss", "pulled": ". Miss", "st joined": ". None", "st accepted": ". None", "st listens": ". SwitchOn",
		"st bad pass": ". None", "st refused": ". None", "st line": ". None", "lamp online": ". None", "late": ". None", "broke": ". None", "broke wifi": ". None",
	},
	"proving away": {
		"back": "Naming Stop", "retry": ". Prove", "same ports": ". Prove", "no ports": ". None", "pulled": "= Miss", "st joined": ". None", "st accepted": ". None",
		"st listens": ". SwitchOn", "st bad pass": ". None", "st refused": ". None", "st line": ". None", "st command": ". None", "lamp online": ". SwitchOn", "late": ". None",
		"broke": ". None", "broke wifi": ". None",
	},
	"proving bad wifi": {
		"broke wifi": ". None", "back": "Naming Stop", "retry": ". Prove", "fix": "WiFi Stop", "forward": "WiFi Stop", "no ports": ". Miss", "pulled": ". Miss", "st joined": ". None",
		"st accepted": ". None", "st listens": ". SwitchOn", "st bad pass": ". None", "st refused": ". None", "st line": ". None", "blamed": ". None",
		"lamp online": ". None", "broke": ". None",
	},
	"proving bad broker": {
		"back": "Naming Stop", "retry": ". Prove", "fix": "Broker Stop", "forward": "Broker Stop", "no ports": ". Miss", "pulled": ". Miss", "st joined": ". None",
		"st accepted": ". None", "st listens": ". SwitchOn", "st bad pass": ". None", "st refused": ". None", "st line": ". None",
		"lamp online": ". None", "broke": ". None", "broke wifi": ". None",
	},
	"proving silent": {
		"broke": ". None", "back": "Naming Stop", "retry": ". Prove", "fix": ". Prove", "forward": ". Prove", "no ports": ". Miss", "pulled": ". Miss", "st joined": ". None",
		"st accepted": ". None", "st listens": ". SwitchOn", "st bad pass": ". None", "st refused": ". None", "st line": ". None", "blamed": ". None",
		"lamp online": ". None", "broke wifi": ". None",
	},
	"switched": {
		"back": "Naming Stop", "retry": ". Prove", "no ports": ". Miss", "pulled": ". Miss", "st joined": ". None", "st accepted": ". None", "st listens": ". None",
		"st bad pass": ". None", "st refused": ". None", "st line": ". None", "lamp lit": "Finished LetGo", "lamp silent": ". None", "late": ". None",
		"broke": ". None", "broke wifi": ". None",
	},
	"switched, no word": {
		"back": "Naming Stop", "retry": ". Prove", "no ports": ". Miss", "pulled": ". Miss", "st joined": ". None", "st accepted": ". None", "st listens": ". None",
		"st command": "Finished LetGo", "st bad pass": ". None", "st refused": ". None", "st line": ". None", "lamp lit": "Finished LetGo", "lamp silent": ". None",
		"late": ". None", "broke": ". None", "broke wifi": ". None",
	},
	"proving settings": {
		"back": "Naming Stop", "retry": "= Prove", "no ports": ". Miss", "pulled": ". Miss", "st joined": ". None", "st accepted": ". None", "st listens": "Finished LetGo",
		"st bad pass": ". None", "st refused": ". None", "st line": ". None", "late": ". None", "broke": ". None", "broke wifi": ". None",
	},
	"proving typed": {
		"back": "Naming Stop", "retry": "= Prove", "no ports": ". None", "pulled": ". Await", "st joined": ". None", "st accepted": ". None", "st listens": ". SwitchOn",
		"st bad pass": ". None", "st refused": ". None", "st line": ". None", "lamp online": ". None", "late": ". None", "broke": ". None", "broke wifi": ". None",
	},
	"proving typed, away": {
		"back": "Naming Stop", "retry": ". Prove", "no ports": ". None", "pulled": ". Await", "st joined": ". None", "st accepted": ". None",
		"st listens": ". SwitchOn", "st bad pass": ". None", "st refused": ". None", "st line": ". None", "st command": ". None", "lamp online": ". SwitchOn", "late": ". None",
		"broke": ". None", "broke wifi": ". None",
	},
	"finished": {
		"lamp lit": ". None", "lamp online": ". None", "lamp silent": ". None", "switch on": "= SwitchOn", "switch off": "= SwitchOff",
		"next board": "Choosing LetGo", "no ports": ". None",
	},
	"finished settings": {
		"lamp lit": ". None", "lamp online": ". None", "lamp silent": ". None", "next board": "Choosing LetGo", "no ports": ". None",
	},
	"undoing": {
		"back": "Offering Stop", "progressed": ". None", "broke": "Failed Stop", "broke wifi": "Failed Stop", "undone": "Restored LetGo",
		"no ports": "Unplugged LetGo", "pulled": "Unplugged LetGo",
	},
	"restored":        {"next board": "Choosing LetGo", "no ports": ". None"},
	"unplugged":       {"retry": "Greeting Greet", "forward": "Greeting Greet", "back": "Choosing LetGo", "same ports": "Greeting Greet", "no ports": ". None"},
	"unplugged early": {"retry": "Greeting Greet", "forward": "Greeting Greet", "back": "Choosing LetGo", "same ports": "Greeting Greet", "no ports": ". None"},
	"failed greeting": {"retry": "Greeting Greet", "forward": "Greeting Greet", "back": "Choosing LetGo", "no ports": ". None"},
	"failed writing":  {"retry": "Writing Write", "forward": "Writing Write", "back": "Naming Stop", "no ports": ". None"},
	"failed undoing":  {"retry": "Undoing Undo", "forward": "Undoing Undo", "back": "Offering Stop", "no ports": ". None"},
}

func TestEveryEventInEveryStateDoesWhatTheTableSaysOrNothing(t *testing.T) {
	all, happenings := samples(), events()
	for name := range rules {
		if all[name] == nil {
			t.Errorf("the table has %q, which is no sample", name)
		}
		for event := range rules[name] {
			if happenings[event] == nil {
				t.Errorf("the table has %q in %q, which is no event", event, name)
			}
		}
	}
	for name, s := range all {
		for event, e := range happenings {
			got := outcome(s, e)
			want, ok := rules[name][event]
			if !ok {
				want = "= None"
			}
			if got != want {
				t.Errorf("%s, %s: %s, want %s", name, event, got, want)
			}
		}
	}
}

// outcome says what Next makes of an event: "=" is nothing that shows, "." the same
// kind of state.
func outcome(s State, e Event) string {
	next, task := Next(s, e)
	kind := reflect.TypeOf(next).Name()
	switch {
	case reflect.DeepEqual(next, s):
		kind = "="
	case reflect.TypeOf(next) == reflect.TypeOf(s):
		kind = "."
	}
	return fmt.Sprintf("%s %s", kind, taskNames[task])
}

var taskNames = [...]string{"None", "Stop", "LetGo", "Greet", "Scan", "Join", "Check", "ShowLamp", "ShowName", "Write", "Prove", "Await", "Miss", "Undo", "SwitchOn", "SwitchOff"}

func TestEveryKindOfStateHasASample(t *testing.T) {
	kinds := map[reflect.Type]bool{}
	for _, s := range samples() {
		kinds[reflect.TypeOf(s)] = true
	}
	if len(kinds) != 15 {
		t.Errorf("%d kinds of state have samples, want 15", len(kinds))
	}
}
