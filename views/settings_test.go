package views

import (
	"strings"
	"syscall"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/broker/presets"
	"lamplighter/app/settings"
	"lamplighter/device"
	"lamplighter/i18n"
)

func init() {
	registerScene("settings", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		e.parts.Settings.Update(func(v *settings.Values) {
			v.Connections = []settings.Connection{{ID: "a", Name: "School", Host: "mqtt.school.example", Port: 8883, TLS: true}}
		})
		return newSettingsPage(deskOf(e.testWindow)).Content()
	})
	registerScene("settings-broker-open", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		e.status.Open = true
		deskOf(e.testWindow).House.SetOpen(true)
		return settingsAt(e, 620)
	})
	registerScene("settings-broker-broken", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		e.parts.House.(*testHouse).broker = BrokerState{Err: &device.Error{Op: "open the broker's messages", Err: syscall.ENOSPC}}
		return settingsAt(e, 420)
	})
	registerScene("settings-pupils-others", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		e.parts.House.(*testHouse).broker.Wanted = 1884
		e.parts.Settings.Update(func(v *settings.Values) {
			v.Connections = []settings.Connection{{ID: "a", Name: "School", Host: "mqtt.school.example", Port: 8883, TLS: true}, {ID: "b", Host: "192.168.1.77", Port: 1883}}
			v.Connection = "b"
		})
		return settingsAt(e, 1100)
	})
	registerScene("settings-end", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		e.parts.House.(*testHouse).kind = settings.File
		return settingsAt(e, 5000)
	})
	registerScene("settings-connection", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		e.then(func() {
			f := newConnectionForm(deskOf(e.testWindow), settings.Connection{ID: "a", Name: "School", Host: "mqtt.school.example", Port: 8883, TLS: true}, "secret")
			f.open()
			f.try()
			e.parts.House.(*testHouse).answer(&device.Error{Fault: device.BadLogin, Op: "connect"})
		})
		return newSettingsPage(deskOf(e.testWindow)).Content()
	})
}

// settingsAt is the page, scrolled down.
func settingsAt(e *sceneEnv, y float32) fyne.CanvasObject {
	page := newSettingsPage(deskOf(e.testWindow)).Content().(*fyne.Container)
	e.then(func() { page.Objects[0].(*container.Scroll).ScrollToOffset(fyne.NewPos(0, y)) })
	return page
}

func settingsWindow(t *testing.T) (*testWindow, *settingsPage, *testHouse) {
	t.Helper()
	w, _ := newTestWindow(t, nil)
	w.visit(placeSettings, "")
	return w, w.page(placeSettings).(*settingsPage), w.parts.House.(*testHouse)
}

func TestTheLookIsAppliedAndKeptAtOnce(t *testing.T) {
	w, _, _ := settingsWindow(t)
	deskOf(w).Restyle(func(v *settings.Values) { v.Theme, v.TextScale = settings.DarkTheme, 1.5 })
	if got := theme.Size(sizeBody); got != 22.5 {
		t.Errorf("text is %v high", got)
	}
	if got := shade(theme.ColorNameBackground); got != rgba(palette[theme.ColorNameBackground].dark) {
		t.Errorf("background is %v", got)
	}
	if w.here != placeSettings {
		t.Errorf("at %s", w.here)
	}
}

func TestOnlyAPortThatIsOneIsKept(t *testing.T) {
	_, p, _ := settingsWindow(t)
	f := p.broker.port
	for text, kept := range map[string]bool{"0": false, "65536": false, "-1": false, "": false, "x": false, "1": true, "65535": true, " 1884 ": true} {
		f.entry.SetText("1883")
		f.save.OnTapped()
		f.entry.SetText(text)
		f.save.OnTapped()
		want := 1883
		if kept {
			want, _ = parsePort(text)
		}
		if got := p.desk.Settings.Values().BuiltIn.Port; got != want {
			t.Errorf("%q: the port is %d, want %d", text, got, want)
		}
	}
}

func TestAPortThatIsBeingTypedIsNotTakenAway(t *testing.T) {
	_, p, h := settingsWindow(t)
	p.broker.port.entry.SetText("18")
	h.broker.Port = 40000
	h.changed.Raise()
	if got := p.broker.port.entry.Text; got != "18" {
		t.Errorf("the field says %q", got)
	}
}

func TestTheChosenAddressIsKeptAndShownWhenItIsGone(t *testing.T) {
	_, p, h := settingsWindow(t)
	p.broker.address.SetSelectedIndex(2)
	if got := p.desk.Settings.Values().BuiltIn.Address; got != "10.0.0.5" {
		t.Fatalf("kept: %q", got)
	}
	h.addresses = h.addresses[:1]
	h.changed.Raise()
	if got := p.broker.address.Selected; got != "10.0.0.5 (not there now)" {
		t.Errorf("shown: %q", got)
	}
	if got := p.desk.Settings.Values().BuiltIn.Address; got != "10.0.0.5" {
		t.Errorf("after it went: %q", got)
	}
	p.broker.address.SetSelectedIndex(0)
	if got := p.desk.Settings.Values().BuiltIn.Address; got != "" {
		t.Errorf("the best one: %q", got)
	}
}

func TestOpeningTheBrokerIsAskedForAndSaidInAmber(t *testing.T) {
	w, p, h := settingsWindow(t)
	p.broker.open.OnTapped()
	if h.broker.Open || len(w.shell.dialogs) != 1 {
		t.Fatal("it was opened without a question")
	}
	press(w, fyne.KeyReturn)
	if !h.broker.Open || !p.broker.openNote.Visible() {
		t.Error("it is not open, or does not say so")
	}
	p.broker.open.OnTapped()
	if h.broker.Open || p.broker.openNote.Visible() {
		t.Error("it is still open")
	}
}

func TestThePupilsPasswordIsShownOnRequestOnly(t *testing.T) {
	w, _, h := settingsWindow(t)
	s := newPupilSection(deskOf(w))
	if shows(s.card, h.password) {
		t.Fatal("shown at once")
	}
	s.toggle()
	if !shows(s.card, h.password) {
		t.Error("not shown")
	}
	s.toggle()
	if shows(s.card, h.password) {
		t.Error("not hidden again")
	}
	h.err = &device.Error{Fault: device.BrokerDown, Op: "read"}
	s.toggle()
	if !shows(s.card, explain(h.err).Title) {
		t.Error("a failure is not explained")
	}
}

func TestAConnectionIsReadAsTyped(t *testing.T) {
	w, _, h := settingsWindow(t)
	for host, good := range map[string]bool{
		"192.168.1.5": true, " mqtt.school.cn ": true, "fe80::1": true, "": false, "mqtt://x": false, "a/b": false, "a b": false,
	} {
		f := newConnectionForm(deskOf(w), settings.Connection{}, "")
		f.open()
		f.form().fields[presets.Host].in.SetText(host)
		f.form().fields[presets.Password].in.SetText(" p w ")
		before := len(h.saved)
		f.save()
		if saved := len(h.saved) > before; saved != good {
			t.Errorf("%q: kept %v", host, saved)
		}
		if good && (h.saved[before].Host != strings.TrimSpace(host) || h.passwords[before] != " p w ") {
			t.Errorf("%q: kept %+v with %q", host, h.saved[before], h.passwords[before])
		}
		if open := len(w.shell.dialogs) > 0; open == good {
			t.Errorf("%q: the dialog is open: %v", host, open)
		}
		if !good {
			f.dialog.cancel()
		}
	}
}

func TestATestOfAConnectionEndsWithItsDialog(t *testing.T) {
	w, _, h := settingsWindow(t)
	f := newConnectionForm(deskOf(w), settings.Connection{Host: "h", Port: 1883}, "")
	f.open()
	f.try()
	f.dialog.cancel()
	if h.cancelled != 1 {
		t.Errorf("cancelled %d times", h.cancelled)
	}
	h.answer(nil) // a late answer touches nothing
	if len(w.shell.dialogs) != 0 {
		t.Error("the dialog came back")
	}
}

func TestTheUsualPortFollowsTheEncryption(t *testing.T) {
	w, _, _ := settingsWindow(t)
	f := newConnectionForm(deskOf(w), settings.Connection{}, "")
	port, tls := f.form().fields[presets.Port].in, f.form().safety.tls
	tls.SetChecked(true)
	if port.Text != "8883" {
		t.Errorf("with TLS: %s", port.Text)
	}
	port.SetText("9000")
	tls.SetChecked(false)
	if port.Text != "9000" {
		t.Errorf("a port of one's own became %s", port.Text)
	}
}

func TestChoosingABrokerIsKept(t *testing.T) {
	_, p, _ := settingsWindow(t)
	p.desk.Settings.Update(func(v *settings.Values) {
		v.Connections = []settings.Connection{{ID: "a", Name: "School", Host: "h", Port: 1883}}
	})
	for _, child := range test.LaidOutObjects(p.others.card) {
		if c, ok := child.(*choiceDot); ok && c.Text == "School" {
			test.Tap(c)
		}
	}
	if got := p.desk.Settings.Values().Connection; got != "a" {
		t.Errorf("chosen: %q", got)
	}
}

func TestABrokerThatDoesNotRunIsTriedAgainWithOneClick(t *testing.T) {
	_, p, h := settingsWindow(t)
	h.broker = BrokerState{Err: &device.Error{Op: "open", Err: syscall.ENOSPC}}
	h.changed.Raise()
	var off []bool
	p.desk.Settings.Changed.Listen(func() { off = append(off, p.desk.Settings.Values().BuiltIn.Off) })
	pressNamed(t, p.broker.card, i18n.T("common.retry"))
	if len(off) != 2 || !off[0] || off[1] {
		t.Errorf("the broker was off: %v, want first off, then on", off)
	}
}
