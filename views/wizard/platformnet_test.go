package wizard

import (
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/app/setup"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/brokerform"
	"lamplighter/views/problem"
	"lamplighter/views/status"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	for _, id := range []string{"adafruit", "easyiot", "public"} {
		viewtest.RegisterScene("wizard-platform-refused-"+id, ui.PlaceSetup, func(e *viewtest.Env) fyne.CanvasObject {
			d := platformDraft(id)
			return stagedPage(e, setup.Broker{Draft: d, Problem: viewtest.Shut(endpoint.Join(d.Answers.Broker.Other.Host, d.Answers.Broker.Other.Port))})
		})
	}
}

// typedPlatform gives each account an address of its own, with TLS.
var typedPlatform = presets.Preset{
	ID: "typed", Group: presets.Platform, Name: presets.Words{English: "Cloud", Chinese: "云平台"},
	Fields:       []presets.Field{{Key: presets.Host}, {Key: presets.Port, Default: "8883"}},
	TopicSchemes: []presets.TopicScheme{{ID: "usual"}},
}

func TestAPlatformWhoseAddressIsTypedHasTLSAndIsNotLookedForHere(t *testing.T) {
	c := brokerform.FirstChoice(typedPlatform, nil, setup.BrokerChoice{})
	if c.Other.Port != 8883 || !c.Other.TLS {
		t.Errorf("its port is %d, TLS %v", c.Other.Port, c.Other.TLS)
	}
	_, w, _ := stagedWizard(t, setup.Broker{Draft: wizardDraft()})
	in := w.page.(*brokerPage).editor()
	if f := brokerform.New(in, typedPlatform, c); f.Finder != nil {
		t.Error("it is looked for on this network")
	}
	if f := brokerform.New(in, presets.ByID(presets.Free), c); f.Finder == nil {
		t.Error("a broker of one's own is not looked for")
	}
}

func TestNobodyIsToldToStartAPlatformOnTheInternet(t *testing.T) {
	t.Cleanup(func() { _ = i18n.SetLanguage("en") })
	for _, l := range i18n.Languages() {
		if err := i18n.SetLanguage(l.Tag); err != nil {
			t.Fatal(err)
		}
		for _, p := range append(presets.All(), typedPlatform) {
			b := brokerform.FirstChoice(p, nil, setup.BrokerChoice{}).Other
			for f := range problem.NetFaults {
				err := &fault.Error{Fault: f, Op: "connect to"}
				usual, got := problem.Explain(err), problem.Explain(problem.AtPlatform(err, p, b))
				if p.Group == presets.Own || len(p.Servers) == 0 && f == fault.NameNotFound { // it was typed
					if got != usual {
						t.Errorf("%s, %v: %q", p.ID, f, got.Advice)
					}
					continue
				}
				if got.Advice == usual.Advice || !strings.Contains(got.Title, problem.PresetName(p)) || strings.Contains(got.Title+got.Advice, "{{") {
					t.Errorf("%s, %v: %q, %q", p.ID, f, got.Title, got.Advice)
				}
				if f != fault.NameNotFound && !strings.Contains(got.Title, strconv.Itoa(b.Port)) {
					t.Errorf("%s, %v: the port is not said: %q", p.ID, f, got.Title)
				}
			}
		}
	}
}

func TestAPublicBrokerThatIsNotThereIsTakenForDown(t *testing.T) {
	p := presets.ByID("public")
	b := brokerform.FirstChoice(p, nil, setup.BrokerChoice{}).Other
	for _, f := range []fault.Fault{fault.Refused, fault.Unreachable} {
		got := problem.Explain(problem.AtPlatform(&fault.Error{Fault: f, Op: "connect to"}, p, b)).Advice
		if !strings.Contains(got, "often down") || strings.Contains(got, "password") {
			t.Errorf("%v: %q", f, got)
		}
	}
}

func TestThePortThatIsShutAndThePlatformsOtherOneAreNamed(t *testing.T) {
	adafruit := presets.ByID("adafruit")
	plain := brokerform.FirstChoice(adafruit, nil, setup.BrokerChoice{})
	plain = brokerform.WithSecurity(adafruit, plain, false)
	for _, c := range []struct {
		name   string
		Choice setup.BrokerChoice
		err    error
		port   string
		other  string
	}{
		{"without TLS", plain, viewtest.Shut("io.adafruit.com:1883"), "1883", "Try port 8883 (encrypted"},
		{"from a board, whose error names its cable", plain, viewtest.Shut("COM7"), "1883", "Try port 8883 (encrypted"},
		{"with TLS", brokerform.WithSecurity(adafruit, plain, true), viewtest.Shut("io.adafruit.com:8883"), "8883", "Try port 1883 (without TLS"},
		{"of the platform's HTTP API", plain, viewtest.Shut("https://iot.example.com"), "443", "Try another"},
	} {
		p := problem.Explain(problem.AtPlatform(c.err, adafruit, c.Choice.Other))
		if !strings.Contains(p.Title, c.port) || !strings.Contains(p.Advice, c.other) {
			t.Errorf("%s: %q, %q", c.name, p.Title, p.Advice)
		}
	}
	plain.Other.Host = "192.168.1.20"
	if p := problem.Explain(problem.AtPlatform(viewtest.Shut("192.168.1.20:1883"), adafruit, plain.Other)); p.Advice != i18n.T("problem.refused.advice") {
		t.Errorf("a copy in this network: %q", p.Advice)
	}
}

func TestTheWizardTriesAPlatformsPortWithTLSAtOneClick(t *testing.T) {
	d := platformDraft("bemfa")
	d.Answers.Broker = brokerform.WithSecurity(presets.ByID("bemfa"), d.Answers.Broker, false)
	_, w, m := stagedWizard(t, setup.Broker{Draft: d, Problem: viewtest.Shut("bemfa.com:9501")})
	w.edit(func(a *setup.Answers) { a.Broker.Other.Password = "0123456789abcdef0123456789abcdef" })
	page := w.page.(*brokerPage)
	if !strings.Contains(strings.Join(viewtest.TextsIn(page.trouble.box), "\n"), "9503") {
		t.Errorf("it says %q", viewtest.TextsIn(page.trouble.box))
	}
	viewtest.PressNamed(t, page.trouble.box, i18n.T("wizard.platform.try-tls", "Port", "9503"))
	if b := m.state.CurrentDraft().Answers.Broker.Other; b.Port != 9503 || !b.TLS {
		t.Errorf("it tries %d, TLS %v", b.Port, b.TLS)
	}
	if _, tried := m.state.(setup.Checking); !tried {
		t.Errorf("it is not tried: %T", m.state)
	}
}

func TestTheStatusLineAndTheProofKnowAPlatformThatCantBeReached(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	st := viewtest.OnAdafruit()
	st.Link, st.Err = link.Waiting, viewtest.Shut("io.adafruit.com:1883")
	line := statusOf(w).Describe(st)
	if want := problem.Explain(status.ExplainableError(st)).Title; line.Text != want || !strings.Contains(want, "Adafruit IO") {
		t.Errorf("the line says %q", line.Text)
	}
	line.Do()
	if said := strings.Join(viewtest.TextsIn(w.Win.Canvas().Overlays().Top()), "\n"); !strings.Contains(said, "8883") || strings.Contains(said, i18n.T("problem.refused.advice")) {
		t.Errorf("the advice is %q", said)
	}
	_, wiz, _ := stagedWizard(t, setup.Proving{Draft: platformDraft("adafruit"), Problem: viewtest.Shut("/dev/ttyUSB0")})
	if said := strings.Join(viewtest.TextsIn(wiz.page.content()), "\n"); !strings.Contains(said, "Adafruit IO") || strings.Contains(said, i18n.T("problem.refused.advice")) {
		t.Errorf("the proof says %q", said)
	}
}

func TestOnlyOneButtonLooksAtTheCertificateInTheWizard(t *testing.T) {
	_, w, m := stagedWizard(t, secureDraft())
	page := w.page.(*brokerPage)
	if n := viewtest.LookButtons(page.content()); n != 1 || viewtest.LookButtons(page.trouble.box) != 1 {
		t.Errorf("the wizard has %d, %d beside the problem", n, viewtest.LookButtons(page.trouble.box))
	}
	w.edit(func(a *setup.Answers) { a.Broker.Other.Port = 8884 })
	if m.state.(setup.Broker).Problem != nil || viewtest.LookButtons(page.content()) != 1 {
		t.Errorf("with another port the wizard has %d", viewtest.LookButtons(page.content()))
	}
}

func TestARefusedLoginIsTakenBackWhenItIsCorrected(t *testing.T) {
	for _, id := range []string{"own", "adafruit", "easyiot", "onenet"} {
		d := platformDraft(id)
		d.Answers.Broker.Other.Host = "the.host"
		_, w, _ := stagedWizard(t, setup.Broker{Draft: d, Problem: &fault.Error{Fault: fault.BadLogin, Op: "log in at"}})
		page := w.page.(*brokerPage)
		if !page.trouble.box.Visible() {
			t.Fatalf("%s: a refused login is not told", id)
		}
		page.forms[id].Fields[presets.Password].In.SetText("another")
		if page.trouble.box.Visible() || len(page.trouble.box.Objects) != 0 {
			t.Errorf("%s: it still says that the login is refused", id)
		}
	}
}
