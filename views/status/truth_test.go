package status

import (
	"testing"

	"lamplighter/device/fault"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func TestTheStatusLineTellsTheTruthAndWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		status backend.Status
		kind   ui.NoticeKind
		text   string
		action string
	}{
		"own":        {backend.Status{Link: backend.LinkUp, Address: "a:1"}, ui.Success, "This computer's broker · a:1", ""},
		"other":      {backend.Status{Link: backend.LinkUp, Broker: "School", Address: "a:1"}, ui.Success, "Broker: School · a:1", ""},
		"connecting": {backend.Status{Link: backend.LinkConnecting, Broker: "School", Address: "a:1"}, ui.Remark, "Connecting to School · a:1…", ""},
		"down":       {backend.Status{Link: backend.LinkDown, Broker: "School", Address: "a:1"}, ui.Failure, "Not connected to School · a:1", "Open settings"},
		"own down":   {backend.Status{Link: backend.LinkDown}, ui.Failure, "This computer's broker is not running", "Open settings"},
		"off":        {backend.Status{Link: backend.LinkOff}, ui.Warning, "This computer's broker is off: boards can't be reached", "Open settings"},
		"open": {
			backend.Status{Link: backend.LinkUp, Open: true, Address: "a:1"},
			ui.Warning,
			"Open: anyone on this network can read and switch · a:1", "Open settings",
		},
		"stands in for SIoT": {
			backend.Status{Link: backend.LinkUp, SIoT: true, Address: "a:1"},
			ui.Warning,
			"SIoT mode: anyone on this network can read and switch · a:1", "Open settings",
		},
		"local": {
			backend.Status{Link: backend.LinkUp, Local: true, Address: "a:1"},
			ui.Remark,
			"This computer's broker · not open to the network yet", "Open settings",
		},
		"wrong": {
			backend.Status{Link: backend.LinkUp, Err: &fault.Error{Fault: fault.Firewall, Op: "x"}},
			ui.Failure,
			"This computer's firewall blocks the boards", "What to do",
		},
	} {
		w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { p.Status = func() backend.Status { return c.status } })
		got := statusOf(w).Describe(c.status)
		if got.kind != c.kind || got.Text != c.text || got.action != c.action || (got.Do == nil) != (c.action == "") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTheStatusLineFollowsItsSignal(t *testing.T) {
	status := backend.Status{Link: backend.LinkUp, Online: 1}
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { p.Status = func() backend.Status { return status } })
	status.Online = 7
	w.Parts.StatusChanged.Raise()
	if !viewtest.Shows(statusOf(w).content, "7 boards online") {
		t.Error("the status line is old")
	}
}
