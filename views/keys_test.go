package views

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/settings"
	"lamplighter/device"
	"lamplighter/i18n"
)

func press(w *testWindow, name fyne.KeyName) {
	e := &fyne.KeyEvent{Name: name}
	if f := w.window.Canvas().Focused(); f != nil {
		f.TypedKey(e)
		return
	}
	w.window.Canvas().OnTypedKey()(e)
}

func ctrl(w *testWindow, name fyne.KeyName) {
	s := &desktop.CustomShortcut{KeyName: name, Modifier: fyne.KeyModifierShortcutDefault}
	if f, ok := w.window.Canvas().Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(s)
		return
	}
	w.window.Canvas().(interface{ TypedShortcut(fyne.Shortcut) }).TypedShortcut(s)
}

func TestTheKeysWorkWhereverTheFocusIs(t *testing.T) {
	w, _ := newTestWindow(t, nil)
	w.visit(placeSettings, "")
	p := w.page(placeSettings).(*settingsPage)
	for name, f := range map[string]fyne.Focusable{
		"nothing": nil, "entry": p.broker.port.entry, "choice": p.broker.address, "tick": p.broker.run, "button": p.broker.open,
		"rail": w.items[placeSettings],
	} {
		w.visit(placeSettings, "")
		w.window.Canvas().Focus(f)
		press(w, fyne.KeyF1)
		if len(w.shell.dialogs) != 1 {
			t.Fatalf("with the focus on %s: F1 opened %d dialogs", name, len(w.shell.dialogs))
		}
		press(w, fyne.KeyEscape)
		if len(w.shell.dialogs) != 0 || len(w.window.Canvas().Overlays().List()) != 0 {
			t.Fatalf("with the focus on %s: Esc left the dialog", name)
		}
		w.window.Canvas().Focus(f)
		press(w, fyne.KeyF11)
		if !w.window.FullScreen() {
			t.Errorf("with the focus on %s: F11 did not fill the screen", name)
		}
		press(w, fyne.KeyEscape)
		if w.window.FullScreen() {
			t.Errorf("with the focus on %s: Esc did not leave the full screen", name)
		}
		ctrl(w, fyne.Key1)
		if w.here != placeLamps {
			t.Errorf("with the focus on %s: Ctrl+1 went to %s", name, w.here)
		}
	}
}

func TestAnotherLanguageIsThereAtOnce(t *testing.T) {
	w, _ := newTestWindow(t, nil)
	t.Cleanup(func() { _ = i18n.Use("en") })
	w.visit(placeSettings, "")
	w.shell.Restyle(func(v *settings.Values) { v.Language = "zh-Hans" })
	if w.here != placeSettings || w.items[placeSettings].word != "设置" || w.window.Title() != "掌灯" {
		t.Errorf("at %s, the rail says %q, the title %q", w.here, w.items[placeSettings].word, w.window.Title())
	}
	if got := lang.L("Cancel"); got != "取消" {
		t.Errorf("the toolkit says %q", got)
	}
	if got := w.parts.Settings.Values().Language; got != "zh-Hans" {
		t.Errorf("kept: %q", got)
	}
}

// countingPage counts what the window does with it.
type countingPage struct {
	fyne.CanvasObject
	shows, hides, closes int
}

func (p *countingPage) Content() fyne.CanvasObject { return p.CanvasObject }
func (p *countingPage) Shown()                     { p.shows++ }
func (p *countingPage) Hidden()                    { p.hides++ }
func (p *countingPage) Close()                     { p.closes++ }

func TestAPageIsToldWhenItIsShownHiddenAndClosed(t *testing.T) {
	w, _ := newTestWindow(t, nil)
	p := &countingPage{CanvasObject: label("")}
	w.pages[placeSettings] = p
	w.visit(placeSettings, "")
	w.visit(placeSettings, "")
	w.visit(placeLamps, "")
	w.visit(placeSettings, "")
	if *p != (countingPage{p.CanvasObject, 2, 1, 0}) {
		t.Errorf("%+v", p)
	}
	w.rebuild()
	if *p != (countingPage{p.CanvasObject, 2, 2, 1}) {
		t.Errorf("after a rebuild: %+v", p)
	}
}

func TestAClosedWindowListensToNothing(t *testing.T) {
	w, _ := newTestWindow(t, nil)
	w.visit(placeSettings, "")
	p := w.page(placeSettings).(*settingsPage)
	w.Close()
	w.parts.House.(*testHouse).broker = BrokerState{}
	w.parts.House.Changed().Raise()
	if p.broker.open.Disabled() {
		t.Error("a closed page was updated")
	}
}

func TestTheStatusLineTellsTheTruthAndWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		status Status
		kind   noticeKind
		text   string
		action string
	}{
		"own":        {Status{Link: LinkUp, Address: "a:1"}, success, "This computer's broker · a:1", ""},
		"other":      {Status{Link: LinkUp, Broker: "School", Address: "a:1"}, success, "Broker: School · a:1", ""},
		"connecting": {Status{Link: LinkConnecting, Broker: "School", Address: "a:1"}, remark, "Connecting to School · a:1…", ""},
		"down":       {Status{Link: LinkDown, Broker: "School", Address: "a:1"}, failure, "No connection to School · a:1", "Open settings"},
		"own down":   {Status{Link: LinkDown}, failure, "This computer's broker does not run", "Open settings"},
		"off":        {Status{Link: LinkOff}, warning, "This computer's broker is switched off: boards can't be reached", "Open settings"},
		"open": {
			Status{Link: LinkUp, Open: true, Address: "a:1"},
			warning,
			"Open: anyone in this network can read and switch · a:1", "Open settings",
		},
		"stands in for SIoT": {
			Status{Link: LinkUp, SIoT: true, Address: "a:1"},
			warning,
			"SIoT lessons: anyone in this network can read and switch · a:1", "Open settings",
		},
		"wrong": {
			Status{Link: LinkUp, Err: &device.Error{Fault: device.Firewall, Op: "x"}},
			failure,
			"This computer's firewall keeps the boards out", "What to do",
		},
	} {
		w, _ := newTestWindow(t, func(p *Parts) { p.Status = func() Status { return c.status } })
		got := statusOf(w).describe(c.status)
		if got.kind != c.kind || got.text != c.text || got.action != c.action || (got.do == nil) != (c.action == "") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTheStatusLineFollowsItsSignal(t *testing.T) {
	status := Status{Link: LinkUp, Online: 1}
	w, _ := newTestWindow(t, func(p *Parts) { p.Status = func() Status { return status } })
	status.Online = 7
	w.parts.StatusChanged.Raise()
	if !shows(statusOf(w).content, "7 boards here") {
		t.Error("the status line is old")
	}
}

// shows tells whether a text is drawn somewhere in o.
func shows(o fyne.CanvasObject, text string) bool {
	for _, child := range test.LaidOutObjects(o) {
		if l, ok := child.(interface{ String() string }); ok && unmarked(l.String()) == text {
			return true
		}
	}
	return false
}

func TestExplainNeverLosesTheErrorsOwnText(t *testing.T) {
	err := &device.Error{Fault: device.WiFiPassword, Op: "join", Err: errors.New("status 202")}
	if got := explain(err).Detail; got != err.Error() {
		t.Errorf("%q", got)
	}
}

func TestADialogIsAnsweredOnce(t *testing.T) {
	w, _ := newTestWindow(t, nil)
	done := 0
	m := w.shell.confirm("Sure?", "", "Yes", false, func() { done++ })
	press(w, fyne.KeyReturn) // the focus is on Yes
	if done != 1 || len(w.shell.dialogs) != 0 {
		t.Errorf("done %d times, %d dialogs", done, len(w.shell.dialogs))
	}
	m.cancel() // closing what is closed does nothing
	w.shell.confirm("Delete?", "", "Delete", true, func() { done++ })
	press(w, fyne.KeyReturn) // what takes something away is not what Enter does
	if done != 1 || len(w.shell.dialogs) != 0 {
		t.Errorf("a dangerous dialog: done %d times, %d dialogs", done, len(w.shell.dialogs))
	}
}
