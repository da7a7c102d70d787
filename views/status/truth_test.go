package status

import (
	"testing"

	"lamplighter/app"
	"lamplighter/app/link"
	"lamplighter/device/fault"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func TestTheStatusLineTellsTheTruthAndWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		status app.Status
		kind   ui.NoticeKind
		text   string
		action string
	}{
		"own":        {app.Status{Link: link.Online, Address: "a:1"}, ui.Success, "This computer's broker · a:1", ""},
		"other":      {app.Status{Link: link.Online, Broker: "School", Address: "a:1"}, ui.Success, "Broker: School · a:1", ""},
		"connecting": {app.Status{Link: link.Connecting, Broker: "School", Address: "a:1"}, ui.Remark, "Connecting to School · a:1…", ""},
		"down":       {app.Status{Link: link.Waiting, Broker: "School", Address: "a:1"}, ui.Failure, "Not connected to School · a:1", "Open settings"},
		"own down":   {app.Status{Link: link.Waiting}, ui.Failure, "This computer's broker is not running", "Open settings"},
		"off":        {app.Status{Link: link.Closed}, ui.Warning, "This computer's broker is off: boards can't be reached", "Open settings"},
		"open": {
			app.Status{Link: link.Online, Open: true, Address: "a:1"},
			ui.Warning,
			"Open: anyone on this network can read and switch · a:1", "Open settings",
		},
		"stands in for SIoT": {
			app.Status{Link: link.Online, SIoT: true, Address: "a:1"},
			ui.Warning,
			"SIoT mode: anyone on this network can read and switch · a:1", "Open settings",
		},
		"local": {
			app.Status{Link: link.Online, Local: true, Address: "a:1"},
			ui.Remark,
			"This computer's broker · not open to the network yet", "Open settings",
		},
		"wrong": {
			app.Status{Link: link.Online, Err: &fault.Error{Fault: fault.Firewall, Op: "x"}},
			ui.Failure,
			"This computer's firewall blocks the boards", "What to do",
		},
	} {
		w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { p.Status = func() app.Status { return c.status } })
		got := statusOf(w).Describe(c.status)
		if got.kind != c.kind || got.Text != c.text || got.action != c.action || (got.Do == nil) != (c.action == "") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTheStatusLineFollowsItsSignal(t *testing.T) {
	status := app.Status{Link: link.Online, Online: 1}
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { p.Status = func() app.Status { return status } })
	status.Online = 7
	w.Parts.StatusChanged.Raise()
	if !viewtest.Shows(statusOf(w).content, "7 boards online") {
		t.Error("the status line is old")
	}
}
