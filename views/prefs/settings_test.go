package prefs

import (
	"strings"
	"syscall"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/broker/presets"
	"lamplighter/app/connections"
	"lamplighter/app/endpoint"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.RegisterScene("settings", ui.PlaceSettings, func(e *viewtest.Env) fyne.CanvasObject {
		e.Parts.Settings.Update(func(v *settings.Values) {
			v.Connections = []settings.Connection{{ID: "a", Name: "School", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true}}}
		})
		return newSettingsPage(envOf(e.Window)).Content()
	})
	viewtest.RegisterScene("settings-broker-open", ui.PlaceSettings, func(e *viewtest.Env) fyne.CanvasObject {
		e.Status.Open = true
		envOf(e.Window).Broker.SetOpen(true)
		return settingsAt(e, 620)
	})
	viewtest.RegisterScene("settings-broker-broken", ui.PlaceSettings, func(e *viewtest.Env) fyne.CanvasObject {
		e.Parts.Broker.(*viewtest.App).State = backend.BrokerState{Err: &fault.Error{Op: "open the broker's messages", Err: syscall.ENOSPC}}
		return settingsAt(e, 420)
	})
	viewtest.RegisterScene("settings-pupils-others", ui.PlaceSettings, func(e *viewtest.Env) fyne.CanvasObject {
		e.Parts.Broker.(*viewtest.App).State.Wanted = 1884
		e.Parts.Settings.Update(func(v *settings.Values) {
			v.Connections = []settings.Connection{{ID: "a", Name: "School", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true}}, {ID: "b", Endpoint: endpoint.Endpoint{Host: "192.168.1.77", Port: 1883}}}
			v.Connection = "b"
		})
		return settingsAt(e, 1100)
	})
	viewtest.RegisterScene("settings-end", ui.PlaceSettings, func(e *viewtest.Env) fyne.CanvasObject {
		e.Parts.Broker.(*viewtest.App).Kind = secrets.File
		return settingsAt(e, 5000)
	})
	viewtest.RegisterScene("settings-connection", ui.PlaceSettings, func(e *viewtest.Env) fyne.CanvasObject {
		e.Then(func() {
			f := newConnectionForm(envOf(e.Window), settings.Connection{ID: "a", Name: "School", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true}}, connections.Login{Password: "secret"})
			f.open()
			f.try()
			e.Parts.Broker.(*viewtest.App).Answer(&fault.Error{Fault: fault.BadLogin, Op: "connect"})
		})
		return newSettingsPage(envOf(e.Window)).Content()
	})
}

// settingsAt is the page, scrolled down.
func settingsAt(e *viewtest.Env, y float32) fyne.CanvasObject {
	page := newSettingsPage(envOf(e.Window)).Content().(*fyne.Container)
	e.Then(func() { page.Objects[0].(*container.Scroll).ScrollToOffset(fyne.NewPos(0, y)) })
	return page
}

func settingsWindow(t *testing.T) (*viewtest.Window, *settingsPage, *viewtest.App) {
	t.Helper()
	w, _ := viewtest.NewWindow(t, nil)
	w.Visit(ui.PlaceSettings, "")
	return w, w.PageAt(ui.PlaceSettings).(*settingsPage), w.Parts.Broker.(*viewtest.App)
}

func TestTheLookIsAppliedAndKeptAtOnce(t *testing.T) {
	w, _, _ := settingsWindow(t)
	envOf(w).Restyle(func(v *settings.Values) { v.Theme, v.TextScale = settings.DarkTheme, 1.5 })
	if got := theme.Size(ui.SizeBody); got != 22.5 {
		t.Errorf("text is %v high", got)
	}
	if got := ui.Color(theme.ColorNameBackground); got != ui.Rgba(ui.Palette[theme.ColorNameBackground].Dark) {
		t.Errorf("background is %v", got)
	}
	if w.Current != ui.PlaceSettings {
		t.Errorf("at %s", w.Current)
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
		if got := p.env.Settings.Values().BuiltIn.Port; got != want {
			t.Errorf("%q: the port is %d, want %d", text, got, want)
		}
	}
}

func TestAPortThatIsBeingTypedIsNotTakenAway(t *testing.T) {
	_, p, h := settingsWindow(t)
	p.broker.port.entry.SetText("18")
	h.State.Port = 40000
	h.Signal.Raise()
	if got := p.broker.port.entry.Text; got != "18" {
		t.Errorf("the field says %q", got)
	}
}

func TestTheChosenAddressIsKeptAndShownWhenItIsGone(t *testing.T) {
	_, p, h := settingsWindow(t)
	p.broker.address.SetSelectedIndex(2)
	if got := p.env.Settings.Values().BuiltIn.Address; got != "10.0.0.5" {
		t.Fatalf("kept: %q", got)
	}
	h.Own = h.Own[:1]
	h.Signal.Raise()
	if got := p.broker.address.Selected; got != "10.0.0.5 (not available now)" {
		t.Errorf("shown: %q", got)
	}
	if got := p.env.Settings.Values().BuiltIn.Address; got != "10.0.0.5" {
		t.Errorf("after it went: %q", got)
	}
	p.broker.address.SetSelectedIndex(0)
	if got := p.env.Settings.Values().BuiltIn.Address; got != "" {
		t.Errorf("the best one: %q", got)
	}
}

func TestOpeningTheBrokerIsAskedForAndSaidInAmber(t *testing.T) {
	w, p, h := settingsWindow(t)
	p.broker.open.OnTapped()
	if h.State.Open || len(w.Shell.Dialogs) != 1 {
		t.Fatal("it was opened without a question")
	}
	viewtest.Press(w, fyne.KeyReturn)
	if !h.State.Open || !p.broker.openNote.Visible() {
		t.Error("it is not open, or does not say so")
	}
	p.broker.open.OnTapped()
	if h.State.Open || p.broker.openNote.Visible() {
		t.Error("it is still open")
	}
}

func TestThePupilsPasswordIsShownOnRequestOnly(t *testing.T) {
	w, _, h := settingsWindow(t)
	s := newPupilSection(envOf(w))
	if viewtest.Shows(s.card, h.Secret) {
		t.Fatal("shown at once")
	}
	s.toggle()
	if !viewtest.Shows(s.card, h.Secret) {
		t.Error("not shown")
	}
	s.toggle()
	if viewtest.Shows(s.card, h.Secret) {
		t.Error("not hidden again")
	}
	h.Err = &fault.Error{Fault: fault.BrokerDown, Op: "read"}
	h.NewPupils(s.changed)
	if !viewtest.Shows(s.card, problem.Explain(h.Err).Title) {
		t.Error("a failure is not explained")
	}
}

func TestAConnectionIsReadAsTyped(t *testing.T) {
	w, _, h := settingsWindow(t)
	for host, good := range map[string]bool{
		"192.168.1.5": true, " mqtt.school.cn ": true, "fe80::1": true, "": false, "mqtt://x": false, "a/b": false, "a b": false,
	} {
		f := newConnectionForm(envOf(w), settings.Connection{}, connections.Login{})
		f.open()
		f.form().Fields[presets.Host].In.SetText(host)
		f.form().Fields[presets.Password].In.SetText(" p w ")
		before := len(h.Saved)
		f.save()
		if saved := len(h.Saved) > before; saved != good {
			t.Errorf("%q: kept %v", host, saved)
		}
		if good && (h.Saved[before].Host != strings.TrimSpace(host) || h.Logins[before].Password != " p w ") {
			t.Errorf("%q: kept %+v with %q", host, h.Saved[before], h.Logins[before].Password)
		}
		if open := len(w.Shell.Dialogs) > 0; open == good {
			t.Errorf("%q: the dialog is open: %v", host, open)
		}
		if !good {
			f.dialog.Cancel()
		}
	}
}

func TestATestOfAConnectionEndsWithItsDialog(t *testing.T) {
	w, _, h := settingsWindow(t)
	f := newConnectionForm(envOf(w), settings.Connection{Endpoint: endpoint.Endpoint{Host: "h", Port: 1883}}, connections.Login{})
	f.open()
	f.try()
	f.dialog.Cancel()
	if h.Cancelled != 1 {
		t.Errorf("cancelled %d times", h.Cancelled)
	}
	h.Answer(nil) // a late answer touches nothing
	if len(w.Shell.Dialogs) != 0 {
		t.Error("the dialog came back")
	}
}

func TestTheUsualPortFollowsTheEncryption(t *testing.T) {
	w, _, _ := settingsWindow(t)
	f := newConnectionForm(envOf(w), settings.Connection{}, connections.Login{})
	port, tls := f.form().Fields[presets.Port].In, f.form().Safety.TLS
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
	p.env.Settings.Update(func(v *settings.Values) {
		v.Connections = []settings.Connection{{ID: "a", Name: "School", Endpoint: endpoint.Endpoint{Host: "h", Port: 1883}}}
	})
	for _, child := range test.LaidOutObjects(p.others.card) {
		if c, ok := child.(*choiceDot); ok && c.Text == "School" {
			test.Tap(c)
		}
	}
	if got := p.env.Settings.Values().Connection; got != "a" {
		t.Errorf("chosen: %q", got)
	}
}

func TestABrokerThatDoesNotRunIsTriedAgainWithOneClick(t *testing.T) {
	_, p, h := settingsWindow(t)
	h.State = backend.BrokerState{Err: &fault.Error{Op: "open", Err: syscall.ENOSPC}}
	h.Signal.Raise()
	viewtest.PressNamed(t, p.broker.card, i18n.T("common.retry"))
	if h.Restarts != 1 {
		t.Errorf("it was started %d times", h.Restarts)
	}
}

func TestWhatTheSchoolLockedCannotBeChangedAndSaysWhy(t *testing.T) {
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) {
		p.Settings.Update(viewtest.ThreeBrokers)
		p.Settings.Apply(settings.Policy{
			Path: "policy.json", Language: "en", Classroom: "room-204", Broker: &settings.Connection{ID: settings.PolicyConnection, Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 1883}},
			Locked: []settings.Lock{settings.LockLanguage, settings.LockClassroom, settings.LockBroker},
		})
	})
	w.Visit(ui.PlaceSettings, "")
	content := w.PageAt(ui.PlaceSettings).Content()
	said := strings.Count(strings.Join(viewtest.TextsIn(content), "\n"), i18n.T("settings.policy"))
	disabled := 0
	for _, o := range test.LaidOutObjects(content) {
		switch o := o.(type) {
		case *ui.Select:
			if o.Disabled() && o.Selected == "English" {
				disabled++
			}
		case *ui.Entry:
			if o.Disabled() && o.Text == "room-204" {
				disabled++
			}
		case *choiceDot:
			if o.on == o.Disabled() {
				t.Errorf("%s can be chosen: %v", o.DebugText(), !o.Disabled())
			}
		}
	}
	if said < 2 || disabled != 2 || !strings.Contains(strings.Join(viewtest.TextsIn(content), "\n"), i18n.T("settings.policy-broker")) {
		t.Errorf("it is said %d times, %d are disabled", said, disabled)
	}
}

func TestABrokerThatOnlyThisComputerReachesIsOpenedByAClick(t *testing.T) {
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { p.Broker.(*viewtest.App).State.Local = true })
	w.Visit(ui.PlaceSettings, "")
	p := w.PageAt(ui.PlaceSettings).(*settingsPage)
	if !p.broker.local.Visible() {
		t.Fatal("it is not said")
	}
	viewtest.PressNamed(t, p.broker.local, i18n.T("settings.broker-admit"))
	if p.broker.local.Visible() || p.env.Broker.Status().Local {
		t.Error("it is not opened")
	}
}
