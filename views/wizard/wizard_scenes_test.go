package wizard

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// What can go wrong on a page of the wizard, beside what wizardStates shows.
var (
	wifiFaults   = []fault.Fault{fault.WiFiNotFound, fault.WiFiNoAddress, fault.WiFiTimeout, fault.WiFiFull, fault.WiFiRefused, fault.WiFiWeak, fault.WiFiSecurity}
	ownFaults    = []fault.Fault{fault.Isolated, fault.OtherNetwork, fault.WrongAddress, fault.BrokerDown}
	brokerFaults = []fault.Fault{
		fault.NameNotFound, fault.Unreachable, fault.Refused, fault.BrokerClosed, fault.BadProtocol, fault.BadClientID,
		fault.Unavailable, fault.NotAllowed, fault.TopicRefused, fault.AgainstRules, fault.TooMany, fault.OwnLoopback,
	}
)

// otherBroker is a draft with a school's own broker.
func otherBroker() setup.Draft {
	d := platformDraft("own")
	d.Answers.Broker.Other = device.Broker{Host: "mqtt.school.example", Port: 1883, User: "class7", Password: "secret!!"}
	return d
}

// stoppedAt are the proof's lines where it stopped.
func stoppedAt(at setup.CheckLine) setup.Checks {
	c := setup.Checks{IP: "192.168.1.77", RSSI: -60}
	for l := range at {
		c.Marks[l] = setup.Passed
	}
	c.Marks[at] = setup.Stopped
	return c
}

func faultName(f fault.Fault) string { return strings.ReplaceAll(f.String(), " ", "-") }

// troubledStates have what can go wrong in each step.
func troubledStates() map[string]setup.State {
	d := wizardDraft()
	states := map[string]setup.State{
		"proof-listening": setup.Proving{Draft: d, Checks: stoppedAt(setup.CheckSubscribed), Problem: wizardFault(fault.TopicRefused)},
		"proof-let-in":    setup.Proving{Draft: otherBroker(), Checks: stoppedAt(setup.CheckAccepted), Problem: wizardFault(fault.BadLogin)},
		"proof-firewall":  setup.Proving{Draft: d, Checks: stoppedAt(setup.CheckReached), Problem: wizardFault(fault.Firewall)},
	}
	for _, f := range wifiFaults {
		states["wifi-"+faultName(f)] = setup.WiFi{Draft: d, Problem: wizardFault(f)}
		states["proof-"+faultName(f)] = setup.Proving{Draft: d, Checks: stoppedAt(setup.CheckJoined), Problem: wizardFault(f)}
	}
	for _, f := range ownFaults {
		states["broker-"+faultName(f)] = setup.Broker{Draft: d, Problem: wizardFault(f)}
	}
	for _, f := range brokerFaults {
		states["broker-"+faultName(f)] = setup.Broker{Draft: otherBroker(), Problem: wizardFault(f)}
	}
	return states
}

// quietStates are what wizardStates leaves out and is no trouble.
func quietStates() map[string]setup.State {
	d := wizardDraft()
	with := func(change func(*setup.Draft)) setup.Draft {
		n := wizardDraft()
		change(&n)
		return n
	}
	sent := with(func(d *setup.Draft) { d.SentOnly = true })
	inNone := with(func(d *setup.Draft) {
		d.Defaults.Addresses = nil
		d.Answers.Broker = setup.BuiltIn(d.Defaults)
	})
	practised := viewtest.PracticePort
	practised.Name, practised.Board = "practice-1", "Window 窗边"
	restorable := with(func(d *setup.Draft) {
		d.Board.Settings, d.Board.Main, d.Board.Backup = &earlier, device.OurMain, true
	})
	return map[string]setup.State{
		"board-practised":     setup.Choosing{Draft: setup.Draft{Ports: []device.Port{viewtest.PracticePort, practised}}},
		"wifi-none":           setup.WiFi{Draft: with(func(d *setup.Draft) { d.Networks, d.Answers.WiFi = nil, device.WiFi{} })},
		"wifi-unchosen":       setup.WiFi{Draft: with(func(d *setup.Draft) { d.Answers.WiFi = device.WiFi{} })},
		"wifi-not-seen":       setup.WiFi{Draft: with(func(d *setup.Draft) { d.Networks = d.Networks[1:] })},
		"wifi-practice":       setup.WiFi{Draft: with(func(d *setup.Draft) { d.Port = viewtest.PracticePort; d.Answers.WiFi.Password = "" })},
		"broker-no-network":   setup.Broker{Draft: inNone},
		"offer-restorable":    setup.Offering{Draft: restorable},
		"undo-restore":        setup.Undoing{Draft: restorable, Progress: device.Progress{Step: "/main.py", Done: 1024, Total: 4096}},
		"restored-removed":    setup.Restored{Draft: restorable, Removed: true},
		"proof-sent":          setup.Proving{Draft: sent, Checks: stoppedAt(setup.CheckSwitched)},
		"finished-sent":       setup.Finished{Draft: sent, Lamp: setup.Lamp{On: true}},
		"finished-not-sent":   setup.Finished{Draft: d, Lamp: setup.Lamp{Known: true, NotSent: true}},
		"failed-busy-program": setup.Failed{Draft: d, From: setup.Greeting{Draft: d}, Err: &fault.Error{Fault: fault.PortBusy, Op: "open", Where: "COM5", Err: &fault.HeldPort{Program: "Thonny"}}},
	}
}

// onWindows are the states whose words are Windows' own there, and longer.
func onWindows() map[string]setup.State {
	d := wizardDraft()
	failed := func(f fault.Fault) setup.State {
		return setup.Failed{Draft: d, Err: wizardFault(f), From: setup.Greeting{Draft: d}}
	}
	return map[string]setup.State{
		"board-none":     setup.Choosing{Draft: setup.Draft{Ports: []device.Port{viewtest.PracticePort}}},
		"broker":         setup.Broker{Draft: d, Problem: wizardFault(fault.Firewall)},
		"proof":          setup.Proving{Draft: d, Checks: stoppedAt(setup.CheckReached), Problem: wizardFault(fault.Firewall)},
		"no-driver":      failed(fault.NoDriver),
		"port-forbidden": failed(fault.PortForbidden),
	}
}

func init() {
	register := func(name string, s setup.State, then func(*viewtest.Env, *wizard)) {
		viewtest.RegisterScene("wizard-"+name, ui.PlaceSetup, func(e *viewtest.Env) fyne.CanvasObject {
			if strings.HasPrefix(name, "windows-") {
				was := problem.System
				problem.System = "windows"
				e.Cleanup(func() { problem.System = was })
			}
			m := &stagedSetup{state: s}
			w := m.wizard(envOf(e.Window))
			e.Then(w.Shown)
			if then != nil {
				e.Then(func() { then(e, w) })
			}
			return w.Content()
		})
	}
	for name, s := range onWindows() {
		register("windows-"+name, s, nil)
	}
	viewtest.ForPictures(func() { registerOthers(register) })
}

// registerOthers registers what else there is beside wizardStates.
func registerOthers(register func(name string, s setup.State, then func(*viewtest.Env, *wizard))) {
	for name, s := range troubledStates() {
		register(name, s, nil)
	}
	for name, s := range quietStates() {
		register(name, s, nil)
	}
	press := func(text string) func(*viewtest.Env, *wizard) {
		return func(e *viewtest.Env, w *wizard) { viewtest.PressNamed(e.T, w.Content(), i18n.T(text)) }
	}
	offered := quietStates()["offer-restorable"]
	register("offer-restore-sure", offered, func(_ *viewtest.Env, w *wizard) { pickNamed(w.Content(), i18n.T("wizard.offer.restore")) })
	register("offer-remove-sure", offered, func(_ *viewtest.Env, w *wizard) { pickNamed(w.Content(), i18n.T("wizard.offer.remove")) })
	trouble := wizardStates()["proof-isolated"]
	register("proof-lines", trouble, press("wizard.proof.lines"))
	register("proof-details", trouble, press("common.details"))
	register("board-checklist", wizardStates()["board-several"], press("wizard.board.missing"))
}

// pickNamed taps the row of that name.
func pickNamed(content fyne.CanvasObject, name string) {
	for _, o := range test.LaidOutObjects(content) {
		if r, ok := o.(*ui.PickRow); ok && r.Name == name {
			test.Tap(r)
			return
		}
	}
}
