package views

import (
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/broker/presets"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
)

// shut is what comes of a port that somebody on the way keeps shut.
func shut(address string) error {
	return &device.Error{Fault: device.Refused, Op: "connect to", Port: address}
}

func init() {
	for _, id := range []string{"adafruit", "easyiot", "public"} {
		registerScene("wizard-platform-refused-"+id, placeSetup, func(e *sceneEnv) fyne.CanvasObject {
			d := platformDraft(id)
			return stagedPage(e, setup.Broker{Draft: d, Problem: shut(hostPort(d.Answers.Broker.Other.Host, d.Answers.Broker.Other.Port))})
		})
	}
}

func TestNobodyIsToldToStartAPlatformOnTheInternet(t *testing.T) {
	t.Cleanup(func() { _ = i18n.Use("en") })
	for _, l := range i18n.Languages() {
		if err := i18n.Use(l.Tag); err != nil {
			t.Fatal(err)
		}
		for _, p := range presets.All() {
			b := firstChoice(p, nil, setup.BrokerChoice{}).Other
			for f := range netFaults {
				err := &device.Error{Fault: f, Op: "connect to"}
				usual, got := explain(err), explain(ofBroker(err, p, b))
				if p.Group == presets.Own {
					if got != usual {
						t.Errorf("%s, %v: %q", p.ID, f, got.Advice)
					}
					continue
				}
				if got.Advice == usual.Advice || !strings.Contains(got.Title, calledPreset(p)) || strings.Contains(got.Title+got.Advice, "{{") {
					t.Errorf("%s, %v: %q, %q", p.ID, f, got.Title, got.Advice)
				}
				if f != device.NameNotFound && !strings.Contains(got.Title, strconv.Itoa(b.Port)) {
					t.Errorf("%s, %v: the port is not said: %q", p.ID, f, got.Title)
				}
			}
		}
	}
}

func TestAPublicBrokerThatIsNotThereIsTakenForDown(t *testing.T) {
	p := presets.ByID("public")
	b := firstChoice(p, nil, setup.BrokerChoice{}).Other
	for _, f := range []device.Fault{device.Refused, device.Unreachable} {
		got := explain(ofBroker(&device.Error{Fault: f, Op: "connect to"}, p, b)).Advice
		if !strings.Contains(got, "often down") || strings.Contains(got, "password") {
			t.Errorf("%v: %q", f, got)
		}
	}
}

func TestThePortThatIsShutAndThePlatformsOtherOneAreNamed(t *testing.T) {
	adafruit := presets.ByID("adafruit")
	plain := firstChoice(adafruit, nil, setup.BrokerChoice{})
	plain = secured(adafruit, plain, false)
	for _, c := range []struct {
		name   string
		choice setup.BrokerChoice
		err    error
		port   string
		other  string
	}{
		{"without TLS", plain, shut("io.adafruit.com:1883"), "1883", "Try port 8883 (encrypted"},
		{"from a board, whose error names its cable", plain, shut("COM7"), "1883", "Try port 8883 (encrypted"},
		{"with TLS", secured(adafruit, plain, true), shut("io.adafruit.com:8883"), "8883", "Try port 1883 (without TLS"},
		{"of the platform's HTTP API", plain, shut("https://iot.example.com"), "443", "Try another"},
	} {
		p := explain(ofBroker(c.err, adafruit, c.choice.Other))
		if !strings.Contains(p.Title, c.port) || !strings.Contains(p.Advice, c.other) {
			t.Errorf("%s: %q, %q", c.name, p.Title, p.Advice)
		}
	}
	plain.Other.Host = "192.168.1.20"
	if p := explain(ofBroker(shut("192.168.1.20:1883"), adafruit, plain.Other)); p.Advice != i18n.T("problem.refused.advice") {
		t.Errorf("a copy in this network: %q", p.Advice)
	}
}

func TestTheWizardTriesAPlatformsPortWithTLSAtOneClick(t *testing.T) {
	d := platformDraft("bemfa")
	d.Answers.Broker = secured(presets.ByID("bemfa"), d.Answers.Broker, false)
	_, w, m := stagedWizard(t, setup.Broker{Draft: d, Problem: shut("bemfa.com:9501")})
	w.edit(func(a *setup.Answers) { a.Broker.Other.Password = "0123456789abcdef0123456789abcdef" })
	page := w.page.(*brokerPage)
	if !strings.Contains(strings.Join(textsIn(page.trouble.box), "\n"), "9503") {
		t.Errorf("it says %q", textsIn(page.trouble.box))
	}
	pressNamed(t, page.trouble.box, i18n.T("wizard.platform.try-tls", "Port", "9503"))
	if b := m.state.Kept().Answers.Broker.Other; b.Port != 9503 || !b.TLS {
		t.Errorf("it tries %d, TLS %v", b.Port, b.TLS)
	}
	if _, tried := m.state.(setup.Checking); !tried {
		t.Errorf("it is not tried: %T", m.state)
	}
}

func TestTheStatusLineAndTheProofKnowAPlatformThatCantBeReached(t *testing.T) {
	w, _ := newTestWindow(t, nil)
	st := onAdafruit()
	st.Link, st.Err = LinkDown, shut("io.adafruit.com:1883")
	line := statusOf(w).describe(st)
	if want := explain(toldError(st)).Title; line.text != want || !strings.Contains(want, "Adafruit IO") {
		t.Errorf("the line says %q", line.text)
	}
	line.do()
	if said := strings.Join(textsIn(w.window.Canvas().Overlays().Top()), "\n"); !strings.Contains(said, "8883") || strings.Contains(said, i18n.T("problem.refused.advice")) {
		t.Errorf("the advice is %q", said)
	}
	_, wiz, _ := stagedWizard(t, setup.Proving{Draft: platformDraft("adafruit"), Problem: shut("/dev/ttyUSB0")})
	if said := strings.Join(textsIn(wiz.page.content()), "\n"); !strings.Contains(said, "Adafruit IO") || strings.Contains(said, i18n.T("problem.refused.advice")) {
		t.Errorf("the proof says %q", said)
	}
}

// looks counts the buttons that look at a certificate, and can be seen.
func looks(o fyne.CanvasObject) (n int) {
	for _, child := range test.LaidOutObjects(o) {
		if b, ok := child.(*button); ok && b.Text == i18n.T("certificate.look") && b.Visible() {
			n++
		}
	}
	return n
}

func TestOnlyOneButtonLooksAtTheCertificateInTheWizard(t *testing.T) {
	_, w, m := stagedWizard(t, secureDraft())
	page := w.page.(*brokerPage)
	if n := looks(page.content()); n != 1 || looks(page.trouble.box) != 1 {
		t.Errorf("the wizard has %d, %d beside the problem", n, looks(page.trouble.box))
	}
	w.edit(func(a *setup.Answers) { a.Broker.Other.Port = 8884 })
	if m.state.(setup.Broker).Problem != nil || looks(page.content()) != 1 {
		t.Errorf("with another port the wizard has %d", looks(page.content()))
	}
}

func TestARefusedLoginIsTakenBackWhenItIsCorrected(t *testing.T) {
	for _, id := range []string{"own", "adafruit", "easyiot", "onenet"} {
		d := platformDraft(id)
		d.Answers.Broker.Other.Host = "the.host"
		_, w, _ := stagedWizard(t, setup.Broker{Draft: d, Problem: &device.Error{Fault: device.BadLogin, Op: "log in at"}})
		page := w.page.(*brokerPage)
		if !page.trouble.box.Visible() {
			t.Fatalf("%s: a refused login is not told", id)
		}
		page.forms[id].fields[presets.Password].in.SetText("another")
		if page.trouble.box.Visible() || len(page.trouble.box.Objects) != 0 {
			t.Errorf("%s: it still says that the login is refused", id)
		}
	}
}
