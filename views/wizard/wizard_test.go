package wizard

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"lamplighter/app/setup"
	"lamplighter/app/watch"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// stagedSetup is a setup that stands where a test puts it, and follows the rules
// without doing any work.
type stagedSetup struct {
	state   setup.State
	tasks   []setup.Task
	changed watch.Signal
}

func (m *stagedSetup) State() setup.State { return m.state }

func (m *stagedSetup) Handle(e setup.Event) {
	next, task := setup.Next(m.state, e)
	m.state, m.tasks = next, append(m.tasks, task)
	m.changed.Raise()
}

func (m *stagedSetup) wizard(d *env) *wizard { return newWizard(d, m.State, m.Handle, &m.changed) }

var boardPort = device.Port{Name: "COM5", VID: "1A86", PID: "55D4", Chip: "CH9102", Board: "mPython 掌控板"}

var secondPort = device.Port{Name: "COM7", VID: "10C4", PID: "EA60", Chip: "CP2104"}

var microbitPort = device.Port{Name: "COM9", VID: "0D28", PID: "0204", Board: "BBC micro:bit", Other: true}

var earlier = device.Config{
	Name: "Window 窗边", WiFi: device.WiFi{SSID: "School-IoT"}, Broker: device.Broker{Host: "192.168.1.23", Port: 1883, User: "lamp-03"},
	Topics: device.LampTopics("class/window"),
}

// wizardDraft is a draft of a board that was greeted.
func wizardDraft() setup.Draft {
	m, _ := device.ModelByKey("mpython-2")
	return setup.Draft{
		Ports: []device.Port{boardPort, viewtest.PracticePort}, Port: boardPort, Greeted: true, Defaults: viewtest.WizardDefaults,
		Board: device.Identity{Firmware: "MicroPython", Version: "1.12.0", Model: "mpython-2", ID: "a4cf12aabbcc", HasWiFi: true},
		Answers: setup.Answers{
			WiFi: viewtest.WizardDefaults.WiFi[0], Broker: setup.BuiltIn(viewtest.WizardDefaults), Name: "lamp-07", Base: "class/lamp-07", Lamp: m.Lamps[0], Button: m.Button,
		},
		Networks: []device.Network{
			{SSID: "School-IoT", RSSI: -48, Auth: device.AuthWPA2},
			{SSID: "教师办公室", RSSI: -61, Auth: device.AuthWPAWPA2},
			{SSID: "eduroam", RSSI: -67, Auth: device.AuthEnterprise},
			{SSID: "Guest", RSSI: -72, Auth: device.AuthOpen},
			{SSID: "\xff\xfe\x01caf\xe9", RSSI: -88, Auth: device.AuthWPA2},
		},
	}
}

func wizardFault(f fault.Fault) error {
	return &fault.Error{Fault: f, Op: "prove", Where: "COM5", Err: errors.New("OSError: 113")}
}

// wizardStates has every state, and every way in which it can look.
func wizardStates() map[string]setup.State {
	d := wizardDraft()
	with := func(change func(*setup.Draft)) setup.Draft {
		n := wizardDraft()
		change(&n)
		return n
	}
	other := with(func(d *setup.Draft) {
		d.Answers.Broker.BuiltIn = false
		d.Answers.Broker.Other = device.Broker{Host: "mqtt.school.example", Port: 8883, User: "class7", Password: "secret!!", TLS: true}
		d.Connections = []setup.Connection{{Name: "School", BrokerChoice: setup.BrokerChoice{Other: d.Answers.Broker.Other}}}
	})
	known := with(func(d *setup.Draft) { d.Board.Settings, d.Board.Main = &earlier, device.OurMain })
	only := with(func(d *setup.Draft) { d.Answers.Goal = device.SettingsOnly })
	byHand := with(func(d *setup.Draft) { d.ByHand, d.Answers.WiFi = true, device.WiFi{SSID: "hidden net", Hidden: true} })
	half := setup.Checks{IP: "192.168.1.77", RSSI: -60}
	for l := range setup.CheckSubscribed {
		half.Marks[l] = setup.Passed
	}
	refused := half
	refused.Marks[setup.CheckReached], refused.Marks[setup.CheckAccepted] = setup.Stopped, setup.Pending
	silent := half
	silent.Marks[setup.CheckSubscribed], silent.Marks[setup.CheckSwitched], silent.Marks[setup.CheckConfirmed] = setup.Passed, setup.Passed, setup.Stopped
	noWiFi := setup.Checks{Marks: [6]setup.Mark{setup.Stopped}}
	return map[string]setup.State{
		"board-none":       setup.Choosing{Draft: setup.Draft{Ports: []device.Port{viewtest.PracticePort}}},
		"board-one":        setup.Choosing{Draft: setup.Draft{Ports: []device.Port{boardPort, viewtest.PracticePort}, Port: boardPort}},
		"board-several":    setup.Choosing{Draft: setup.Draft{Ports: []device.Port{boardPort, secondPort, microbitPort, viewtest.PracticePort}}},
		"board-typed":      setup.Choosing{Draft: setup.Draft{Ports: []device.Port{viewtest.PracticePort}, PortTyped: "/dev/pts/3", Port: device.Port{Name: "/dev/pts/3", Kind: device.Typed}}},
		"greet":            setup.Greeting{Draft: d, Left: 13},
		"greet-last":       setup.Greeting{Draft: d},
		"offer":            setup.Offering{Draft: known},
		"wifi":             setup.WiFi{Draft: d},
		"wifi-scanning":    setup.WiFi{Draft: with(func(d *setup.Draft) { d.Networks, d.Answers.WiFi = nil, device.WiFi{} }), Scanning: true},
		"wifi-password":    setup.WiFi{Draft: d, Problem: wizardFault(fault.WiFiPassword)},
		"wifi-short":       setup.WiFi{Draft: d, Problem: &fault.Error{Fault: fault.BadValue, Err: &device.ValueError{Field: "wifi.pass", Reason: device.TooShort}}},
		"wifi-by-hand":     setup.WiFi{Draft: byHand},
		"wifi-enterprise":  setup.WiFi{Draft: with(func(d *setup.Draft) { d.Answers.WiFi = device.WiFi{SSID: "eduroam"} }), Problem: wizardFault(fault.WiFiEnterprise)},
		"wifi-open":        setup.WiFi{Draft: with(func(d *setup.Draft) { d.Answers.WiFi = device.WiFi{SSID: "Guest"} })},
		"join":             setup.Joining{Draft: d},
		"broker":           setup.Broker{Draft: d},
		"broker-other":     setup.Broker{Draft: other},
		"broker-firewall":  setup.Broker{Draft: d, Problem: wizardFault(fault.Firewall)},
		"broker-login":     setup.Broker{Draft: other, Problem: wizardFault(fault.BadLogin)},
		"broker-off":       setup.Broker{Draft: with(func(d *setup.Draft) { d.Defaults.Port = 0; d.Answers.Broker.BuiltIn = false })},
		"check":            setup.Checking{Draft: d},
		"name":             setup.Naming{Draft: d},
		"name-own-lamp":    setup.Naming{Draft: with(func(d *setup.Draft) { d.Answers.Lamp = device.Lamp{Kind: device.LampPin, Pin: "12"} }), Blinking: true},
		"name-bad-pin":     setup.Naming{Draft: with(func(d *setup.Draft) { d.Answers.Lamp.Pin = "" }), Problem: &fault.Error{Fault: fault.BadValue, Err: &device.ValueError{Field: "lamp.pin", Reason: device.Missing}}},
		"name-settings":    setup.Naming{Draft: only},
		"write":            setup.Writing{Draft: d, Progress: device.Progress{Step: "/lamplighter.py", Done: 5632, Total: 14336}},
		"write-start":      setup.Writing{Draft: d},
		"undo":             setup.Undoing{Draft: known, Remove: true},
		"proof-start":      setup.Proving{Draft: d},
		"proof-half":       setup.Proving{Draft: d, Checks: half},
		"proof-isolated":   setup.Proving{Draft: d, Checks: refused, Problem: wizardFault(fault.Isolated), Lines: []string{"hello"}},
		"proof-password":   setup.Proving{Draft: d, Checks: noWiFi, Problem: wizardFault(fault.WiFiPassword)},
		"proof-no-answer":  setup.Proving{Draft: d, Checks: silent, Problem: wizardFault(fault.NoAnswer)},
		"proof-away":       setup.Proving{Draft: d, Checks: half, Away: true},
		"proof-settings":   setup.Proving{Draft: only, Checks: noWiFi},
		"finished":         setup.Finished{Draft: d, Lamp: setup.Lamp{Known: true, On: true, Online: true}},
		"finished-off":     setup.Finished{Draft: d, Lamp: setup.Lamp{Known: true, Online: true}},
		"finished-waiting": setup.Finished{Draft: d, Lamp: setup.Lamp{Known: true, On: true, Waiting: true}},
		"finished-silent":  setup.Finished{Draft: d, Lamp: setup.Lamp{Known: true, NoAnswer: true}},
		"finished-offline": setup.Finished{Draft: d, Lamp: setup.Lamp{Known: true, On: true, Offline: true}},
		"finished-stale":   setup.Finished{Draft: d, Lamp: setup.Lamp{Known: true, On: true, Outdated: true}},
		"finished-own":     setup.Finished{Draft: only},
		"unplugged":        setup.Unplugged{Draft: d, Resume: setup.Writing{Draft: d}},
		"unplugged-typed":  setup.Unplugged{Draft: with(func(d *setup.Draft) { d.Port = device.Port{Name: "COM7", Kind: device.Typed} }), Resume: setup.Writing{Draft: d}},
		"restored":         setup.Restored{Draft: known},
	}
}

// failedFaults are the faults that end a piece of work.
var failedFaults = []fault.Fault{
	fault.PortBusy, fault.PortForbidden, fault.PortMissing, fault.NoDriver, fault.BoardSilent, fault.BoardBusy, fault.BoardRestarts, fault.WeakPower, fault.NoFileSystem, fault.NoMicroPython,
	fault.NoWiFi, fault.LineNoise, fault.ScriptFailed, fault.DiskFull, fault.MemoryFull, fault.ReadOnly, fault.VerifyFailed,
	fault.NoBackup, fault.Unknown,
}

func init() {
	states := wizardStates()
	for _, f := range failedFaults {
		states["failed-"+strings.ReplaceAll(f.String(), " ", "-")] = setup.Failed{Draft: wizardDraft(), Err: wizardFault(f), From: setup.Greeting{Draft: wizardDraft()}}
	}
	for _, name := range slices.Sorted(maps.Keys(states)) {
		s := states[name]
		viewtest.RegisterScene("wizard-"+name, ui.PlaceSetup, func(e *viewtest.Env) fyne.CanvasObject {
			m := &stagedSetup{state: s}
			w := m.wizard(envOf(e.Window))
			e.Then(w.Shown)
			return w.Content()
		})
	}
}
