package views

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/broker/presets"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device"
	"lamplighter/i18n"
)

func init() {
	registerScene("settings-connection-untrusted", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		e.then(func() {
			f := newConnectionForm(deskOf(e.testWindow), settings.Connection{ID: "a", Name: "School", Host: "mqtt.school.example", Port: 8883, TLS: true}, "secret")
			f.open()
			f.try()
			e.parts.House.(*testHouse).answer(untrusted)
		})
		return newSettingsPage(deskOf(e.testWindow)).Content()
	})
	registerScene("settings-connection-refused", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		e.then(func() {
			f := newConnectionForm(deskOf(e.testWindow), settings.Connection{ID: "a", Preset: "adafruit", User: "miss_lee", Host: "io.adafruit.com", Port: 1883}, "secret")
			f.open()
			f.try()
			e.parts.House.(*testHouse).answer(shut("io.adafruit.com:1883"))
		})
		return newSettingsPage(deskOf(e.testWindow)).Content()
	})
}

func TestATrustedCertificateIsTestedAgainInTheSettingsAndCanBeRemoved(t *testing.T) {
	w, _, h := settingsWindow(t)
	f := newConnectionForm(deskOf(w), settings.Connection{ID: "a", Host: "mqtt.school.example", Port: 8883, TLS: true}, "")
	f.open()
	f.try()
	h.answer(untrusted)
	pressNamed(t, f.outcome, i18n.T("certificate.look"))
	server, root := schoolCertificate(t, "mqtt.school.example")
	h.seen(link.Examined{Finding: link.NewAuthority, Server: server, Root: root}, nil)
	pressNamed(t, w.shell.dialogs[1].overlay, i18n.T("certificate.trust"))
	if len(h.tested) != 2 || h.tested[1].CA != link.PEM(root) {
		t.Fatalf("tested %d times", len(h.tested))
	}
	safety := f.form().safety
	if !safety.none.Visible() || !strings.Contains(unmarked(safety.text.Text), "第三中学 CA") {
		t.Errorf("it says %q", safety.text.Text)
	}
	test.Tap(safety.none)
	if f.choice.Other.CA != "" || safety.none.Visible() {
		t.Error("it is still trusted")
	}
}

func TestAFailedTestLeavesRoomForTheFormAndBringsThePasswordIntoView(t *testing.T) {
	w, _, h := settingsWindow(t)
	w.window.Resize(smallScreen)
	f := newConnectionForm(deskOf(w), settings.Connection{ID: "a", Preset: "adafruit", User: "miss_lee", Host: "io.adafruit.com", Port: 1883}, "secret")
	f.open()
	f.try()
	h.answer(shut("io.adafruit.com:1883"))
	w.window.Resize(smallScreen.AddWidthHeight(1, 0))
	w.window.Resize(smallScreen)
	sheet := f.dialog.overlay.Layout.(*dialogLayout).inside
	if high := sheet.scroll.Size().Height; high < 280 {
		t.Errorf("beside a long problem the form has %.0f", high)
	}
	f.try()
	h.answer(&device.Error{Fault: device.BadLogin, Op: "log in at"})
	password := f.form().fields[presets.Password].in
	if w.window.Canvas().Focused() != password || password.SelectedText() != "secret" {
		t.Errorf("the keyboard is at %T", w.window.Canvas().Focused())
	}
	d := fyne.CurrentApp().Driver()
	top := d.AbsolutePositionForObject(sheet.scroll).Y
	if at := d.AbsolutePositionForObject(password).Y; at < top || at+password.Size().Height > top+sheet.scroll.Size().Height {
		t.Errorf("the password is at %.0f, in view is %.0f to %.0f", at, top, top+sheet.scroll.Size().Height)
	}
}

func TestATestOfAConnectionSaysNothingOfOtherAnswers(t *testing.T) {
	w, _, h := settingsWindow(t)
	f := newConnectionForm(deskOf(w), settings.Connection{ID: "a", Name: "School", Host: "mqtt.school.example", Port: 1883}, "secret")
	f.open()
	for _, answer := range []error{nil, &device.Error{Fault: device.BadLogin, Op: "log in at"}} {
		f.try()
		h.answer(answer)
		f.name.SetText(f.name.Text + "!")
		f.advanced.open(!f.advanced.opened)
		if len(f.outcome.Objects) != 1 {
			t.Errorf("%v: what came of it is gone before anything was changed", answer)
		}
		f.form().fields[presets.Password].in.SetText(f.password() + "!")
		if len(f.outcome.Objects) != 0 {
			t.Errorf("%v: it is told of another password", answer)
		}
	}
	f.try()
	late := h.answer
	f.form().fields[presets.Host].in.SetText("elsewhere.example")
	if f.test.Disabled() || len(f.outcome.Objects) != 0 {
		t.Error("the test of another address goes on")
	}
	late(&device.Error{Fault: device.BadLogin, Op: "log in at"})
	if len(f.outcome.Objects) != 0 {
		t.Error("the test of another address is told")
	}
}

func TestOnlyOneButtonLooksAtTheCertificateInTheSettings(t *testing.T) {
	win, _, h := settingsWindow(t)
	f := newConnectionForm(deskOf(win), settings.Connection{ID: "a", Host: "mqtt.school.example", Port: 8883, TLS: true}, "")
	f.open()
	f.try()
	h.answer(untrusted)
	all := win.shell.dialogs[0].overlay
	if looks(all) != 1 || looks(f.outcome) != 1 {
		t.Errorf("the settings have %d, %d beside the problem", looks(all), looks(f.outcome))
	}
	f.form().fields[presets.Port].in.SetText("8884")
	if looks(all) != 1 || len(f.outcome.Objects) != 0 {
		t.Errorf("with another port the settings have %d", looks(all))
	}
}

func TestASearchEndsWhenItsDialogIsLeft(t *testing.T) {
	w, _, h := settingsWindow(t)
	form := newConnectionForm(deskOf(w), settings.Connection{}, "")
	form.open()
	test.Tap(form.form().finder.button)
	form.dialog.cancel()
	if h.ended != 1 {
		t.Error("it goes on after the dialog was left")
	}
}
