package prefs

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/connections"
	"lamplighter/app/endpoint"

	"software.sslmate.com/src/go-pkcs12"

	"lamplighter/app/broker/presets"
	"lamplighter/app/clientcert"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/brokerform"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.RegisterScene("settings-connection-untrusted", ui.PlaceSettings, func(e *viewtest.Env) fyne.CanvasObject {
		e.Then(func() {
			f := newConnectionForm(envOf(e.Window), settings.Connection{ID: "a", Name: "School", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true}}, connections.Login{Password: "secret"})
			f.open()
			f.try()
			e.Parts.Broker.(*viewtest.App).Answer(viewtest.Untrusted)
		})
		return newSettingsPage(envOf(e.Window)).Content()
	})
	viewtest.RegisterScene("settings-connection-refused", ui.PlaceSettings, func(e *viewtest.Env) fyne.CanvasObject {
		e.Then(func() {
			f := newConnectionForm(envOf(e.Window), settings.Connection{ID: "a", Preset: "adafruit", User: "miss_lee", Endpoint: endpoint.Endpoint{Host: "io.adafruit.com", Port: 1883}}, connections.Login{Password: "secret"})
			f.open()
			f.try()
			e.Parts.Broker.(*viewtest.App).Answer(viewtest.Shut("io.adafruit.com:1883"))
		})
		return newSettingsPage(envOf(e.Window)).Content()
	})
}

func TestATrustedCertificateIsTestedAgainInTheSettingsAndCanBeRemoved(t *testing.T) {
	w, _, h := settingsWindow(t)
	f := newConnectionForm(envOf(w), settings.Connection{ID: "a", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true}}, connections.Login{})
	f.open()
	f.try()
	h.Answer(viewtest.Untrusted)
	viewtest.PressNamed(t, f.outcome, i18n.T("certificate.look"))
	server, root := viewtest.SchoolCertificate(t, "mqtt.school.example")
	h.Seen(link.Examined{Finding: link.UnknownCA, Server: server, Root: root}, nil)
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

func TestTLSThatWasTriedIsOfferedAndTestedAgain(t *testing.T) {
	w, _, h := settingsWindow(t)
	f := newConnectionForm(envOf(w), settings.Connection{ID: "a", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 1883}}, connections.Login{})
	f.open()
	f.try()
	h.Answer(&fault.Error{Fault: fault.TLSOnly, Op: "log in at", Err: link.ErrSpeaksTLS})
	viewtest.PressNamed(t, f.outcome, i18n.T("settings.use-tls"))
	if len(h.Tested) != 2 || !h.Tested[1].TLS || h.Tested[1].Port != 1883 {
		t.Errorf("tested %+v", h.Tested)
	}
}

// schoolIdentity is a certificate of this computer's as PKCS#12, with its password.
func schoolIdentity(t *testing.T) (file []byte, password string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "room-12"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	if file, err = pkcs12.Modern.Encode(key, c, nil, "sesame"); err != nil {
		t.Fatal(err)
	}
	return file, "sesame"
}

func TestACertificateThatIsWantedCanBeChosenThere(t *testing.T) {
	w, _, h := settingsWindow(t)
	f := newConnectionForm(envOf(w), settings.Connection{ID: "a", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true}}, connections.Login{})
	f.open()
	if f.identity.All.Visible() {
		t.Error("what few need is in the way")
	}
	f.try()
	h.Answer(&fault.Error{Fault: fault.CertificateWanted, Op: "log in at"})
	if !f.identity.All.Visible() {
		t.Error("it can't be chosen")
	}
}

func TestACertificateOfThisComputerIsChosenKeptAndTakenAway(t *testing.T) {
	w, loop := viewtest.NewWindow(t, nil)
	h := w.Parts.Broker.(*viewtest.App)
	f := newConnectionForm(envOf(w), settings.Connection{ID: "a", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true}}, connections.Login{})
	f.open()
	file, password := schoolIdentity(t)
	f.identity.Read(io.NopCloser(bytes.NewReader(file)))
	loop.RunUntil(func() bool { return f.identity.Text.Text == i18n.T("identity.locked") }, "the question for the password")
	f.identity.Password.SetText("wrong")
	f.identity.Unlock()
	loop.RunUntil(func() bool { return len(f.identity.Wrong.Objects) > 0 }, "the refusal")
	f.identity.Password.SetText(password)
	f.identity.Unlock()
	loop.RunUntil(func() bool { return f.identity.Pair.IsComplete() }, "the certificate")
	if words := viewtest.Unmarked(f.identity.Text.Text); !strings.Contains(words, "room-12") || f.identity.Password.Text != "" {
		t.Errorf("it says %q, and the password stands there", words)
	}
	f.try()
	f.save()
	last := len(h.Saved) - 1
	if h.Tested[0].Certificate == "" || h.Saved[last].Certificate != f.identity.Pair.Certificate || h.Logins[last].Key != f.identity.Pair.Key {
		t.Error("it was not tested or not kept")
	}

	f = newConnectionForm(envOf(w), h.Saved[last], h.Logins[last])
	f.open()
	f.form().Safety.TLS.SetChecked(false)
	if c, _ := f.read(); c.Certificate != "" || f.login().Key != "" || f.identity.All.Visible() {
		t.Error("without TLS there is a certificate")
	}
	f.form().Safety.TLS.SetChecked(true)
	f.identity.Remove()
	if c, wrong := f.read(); c.Certificate != "" || f.login().Key != "" || wrong.text != "" {
		t.Errorf("it was taken away: %q", wrong.text)
	}
	f.identity.Pair.Key = h.Logins[last].Key
	if _, wrong := f.read(); wrong.text == "" {
		t.Error("a key without a certificate is kept")
	}
}

func TestWhatIsWrongWithACertificatesFileIsToldApart(t *testing.T) {
	seen := map[string]bool{}
	for _, err := range clientcert.Errors() {
		text := brokerform.IdentityProblem(err)
		if seen[text] || strings.HasPrefix(text, "identity.") {
			t.Errorf("%v has the text %q", err, text)
		}
		seen[text] = true
	}
}

func TestAFailedTestLeavesRoomForTheFormAndBringsThePasswordIntoView(t *testing.T) {
	w, _, h := settingsWindow(t)
	w.Win.Resize(viewtest.SmallScreen)
	f := newConnectionForm(envOf(w), settings.Connection{ID: "a", Preset: "adafruit", User: "miss_lee", Endpoint: endpoint.Endpoint{Host: "io.adafruit.com", Port: 1883}}, connections.Login{Password: "secret"})
	f.open()
	f.try()
	h.Answer(viewtest.Shut("io.adafruit.com:1883"))
	w.Win.Resize(viewtest.SmallScreen.AddWidthHeight(1, 0))
	w.Win.Resize(viewtest.SmallScreen)
	sheet := f.dialog.Overlay.Layout.(*ui.DialogLayout).Inside
	if high := sheet.Scroll.Size().Height; high < 260 {
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
	f := newConnectionForm(envOf(w), settings.Connection{ID: "a", Name: "School", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 1883}}, connections.Login{Password: "secret"})
	f.open()
	for _, answer := range []error{nil, &fault.Error{Fault: fault.BadLogin, Op: "log in at"}} {
		f.try()
		h.Answer(answer)
		f.name.SetText(f.name.Text + "!")
		f.advanced.open(!f.advanced.opened)
		if len(f.outcome.Objects) != 1 {
			t.Errorf("%v: what came of it is gone before anything was changed", answer)
		}
		f.form().Fields[presets.Password].In.SetText(f.login().Password + "!")
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
	f := newConnectionForm(envOf(win), settings.Connection{ID: "a", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true}}, connections.Login{})
	f.open()
	f.try()
	h.Answer(viewtest.Untrusted)
	all := win.Shell.Dialogs[0].Overlay
	if viewtest.LookButtons(all) != 1 || viewtest.LookButtons(f.outcome) != 1 {
		t.Errorf("the settings have %d, %d beside the problem", viewtest.LookButtons(all), viewtest.LookButtons(f.outcome))
	}
	f.form().Fields[presets.Port].In.SetText("8884")
	if viewtest.LookButtons(all) != 1 || len(f.outcome.Objects) != 0 {
		t.Errorf("with another port the settings have %d", viewtest.LookButtons(all))
	}
}

func TestASearchEndsWhenItsDialogIsLeft(t *testing.T) {
	w, _, h := settingsWindow(t)
	form := newConnectionForm(envOf(w), settings.Connection{}, connections.Login{})
	form.open()
	test.Tap(form.form().Finder.Button)
	form.dialog.Cancel()
	if h.Ended != 1 {
		t.Error("it goes on after the dialog was left")
	}
}
