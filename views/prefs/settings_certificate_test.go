package prefs

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/broker/presets"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.RegisterScene("settings-connection-untrusted", ui.PlaceSettings, func(e *viewtest.Env) fyne.CanvasObject {
		e.Then(func() {
			f := newConnectionForm(deskOf(e.Window), settings.Connection{ID: "a", Name: "School", Host: "mqtt.school.example", Port: 8883, TLS: true}, "secret")
			f.open()
			f.try()
			e.Parts.House.(*viewtest.House).Answer(viewtest.Untrusted)
		})
		return newSettingsPage(deskOf(e.Window)).Content()
	})
	viewtest.RegisterScene("settings-connection-refused", ui.PlaceSettings, func(e *viewtest.Env) fyne.CanvasObject {
		e.Then(func() {
			f := newConnectionForm(deskOf(e.Window), settings.Connection{ID: "a", Preset: "adafruit", User: "miss_lee", Host: "io.adafruit.com", Port: 1883}, "secret")
			f.open()
			f.try()
			e.Parts.House.(*viewtest.House).Answer(viewtest.Shut("io.adafruit.com:1883"))
		})
		return newSettingsPage(deskOf(e.Window)).Content()
	})
}

func TestATrustedCertificateIsTestedAgainInTheSettingsAndCanBeRemoved(t *testing.T) {
	w, _, h := settingsWindow(t)
	f := newConnectionForm(deskOf(w), settings.Connection{ID: "a", Host: "mqtt.school.example", Port: 8883, TLS: true}, "")
	f.open()
	f.try()
	h.Answer(viewtest.Untrusted)
	viewtest.PressNamed(t, f.outcome, i18n.T("certificate.look"))
	server, root := viewtest.SchoolCertificate(t, "mqtt.school.example")
	h.Seen(link.Examined{Finding: link.NewAuthority, Server: server, Root: root}, nil)
	viewtest.PressNamed(t, w.Shell.Dialogs[1].Overlay, i18n.T("certificate.trust"))
	if len(h.Tested) != 2 || h.Tested[1].CA != link.PEM(root) {
		t.Fatalf("tested %d times", len(h.Tested))
	}
	safety := f.form().Safety
	if !safety.None.Visible() || !strings.Contains(viewtest.Unmarked(safety.Text.Text), "第三中学 CA") {
		t.Errorf("it says %q", safety.Text.Text)
	}
	test.Tap(safety.None)
	if f.choice.Other.CA != "" || safety.None.Visible() {
		t.Error("it is still trusted")
	}
}

func TestAFailedTestLeavesRoomForTheFormAndBringsThePasswordIntoView(t *testing.T) {
	w, _, h := settingsWindow(t)
	w.Win.Resize(viewtest.SmallScreen)
	f := newConnectionForm(deskOf(w), settings.Connection{ID: "a", Preset: "adafruit", User: "miss_lee", Host: "io.adafruit.com", Port: 1883}, "secret")
	f.open()
	f.try()
	h.Answer(viewtest.Shut("io.adafruit.com:1883"))
	w.Win.Resize(viewtest.SmallScreen.AddWidthHeight(1, 0))
	w.Win.Resize(viewtest.SmallScreen)
	sheet := f.dialog.Overlay.Layout.(*ui.DialogLayout).Inside
	if high := sheet.Scroll.Size().Height; high < 280 {
		t.Errorf("beside a long problem the form has %.0f", high)
	}
	f.try()
	h.Answer(&fault.Error{Fault: fault.BadLogin, Op: "log in at"})
	password := f.form().Fields[presets.Password].In
	if w.Win.Canvas().Focused() != password || password.SelectedText() != "secret" {
		t.Errorf("the keyboard is at %T", w.Win.Canvas().Focused())
	}
	d := fyne.CurrentApp().Driver()
	top := d.AbsolutePositionForObject(sheet.Scroll).Y
	if at := d.AbsolutePositionForObject(password).Y; at < top || at+password.Size().Height > top+sheet.Scroll.Size().Height {
		t.Errorf("the password is at %.0f, in view is %.0f to %.0f", at, top, top+sheet.Scroll.Size().Height)
	}
}

func TestATestOfAConnectionSaysNothingOfOtherAnswers(t *testing.T) {
	w, _, h := settingsWindow(t)
	f := newConnectionForm(deskOf(w), settings.Connection{ID: "a", Name: "School", Host: "mqtt.school.example", Port: 1883}, "secret")
	f.open()
	for _, answer := range []error{nil, &fault.Error{Fault: fault.BadLogin, Op: "log in at"}} {
		f.try()
		h.Answer(answer)
		f.name.SetText(f.name.Text + "!")
		f.advanced.open(!f.advanced.opened)
		if len(f.outcome.Objects) != 1 {
			t.Errorf("%v: what came of it is gone before anything was changed", answer)
		}
		f.form().Fields[presets.Password].In.SetText(f.password() + "!")
		if len(f.outcome.Objects) != 0 {
			t.Errorf("%v: it is told of another password", answer)
		}
	}
	f.try()
	late := h.Answer
	f.form().Fields[presets.Host].In.SetText("elsewhere.example")
	if f.test.Disabled() || len(f.outcome.Objects) != 0 {
		t.Error("the test of another address goes on")
	}
	late(&fault.Error{Fault: fault.BadLogin, Op: "log in at"})
	if len(f.outcome.Objects) != 0 {
		t.Error("the test of another address is told")
	}
}

func TestOnlyOneButtonLooksAtTheCertificateInTheSettings(t *testing.T) {
	win, _, h := settingsWindow(t)
	f := newConnectionForm(deskOf(win), settings.Connection{ID: "a", Host: "mqtt.school.example", Port: 8883, TLS: true}, "")
	f.open()
	f.try()
	h.Answer(viewtest.Untrusted)
	all := win.Shell.Dialogs[0].Overlay
	if viewtest.Looks(all) != 1 || viewtest.Looks(f.outcome) != 1 {
		t.Errorf("the settings have %d, %d beside the problem", viewtest.Looks(all), viewtest.Looks(f.outcome))
	}
	f.form().Fields[presets.Port].In.SetText("8884")
	if viewtest.Looks(all) != 1 || len(f.outcome.Objects) != 0 {
		t.Errorf("with another port the settings have %d", viewtest.Looks(all))
	}
}

func TestASearchEndsWhenItsDialogIsLeft(t *testing.T) {
	w, _, h := settingsWindow(t)
	form := newConnectionForm(deskOf(w), settings.Connection{}, "")
	form.open()
	test.Tap(form.form().Finder.Button)
	form.dialog.Cancel()
	if h.Ended != 1 {
		t.Error("it goes on after the dialog was left")
	}
}
