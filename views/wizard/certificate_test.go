package wizard

import (
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/brokerform"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// secureDraft stands at an own broker whose certificate was not trusted.
func secureDraft() setup.Broker {
	d := platformDraft("own")
	d.Answers.Broker.Other = device.Broker{Host: "mqtt.school.example", Port: 8883, TLS: true}
	return setup.Broker{Draft: d, Problem: viewtest.Untrusted}
}

func init() {
	viewtest.RegisterScene("wizard-platform-untrusted", ui.PlaceSetup, func(e *viewtest.Env) fyne.CanvasObject {
		return stagedPage(e, secureDraft())
	})
	for name, finding := range map[string]link.Finding{
		"new": link.UnknownCA, "expired": link.Expired, "other": link.WrongHost, "system": link.TrustedBySystem, "fine": link.Trusted,
		"early": link.NotYetValid, "unsound": link.Unsound, "changed": link.UnexpectedCA,
	} {
		viewtest.RegisterScene("wizard-platform-certificate-"+name, ui.PlaceSetup, func(e *viewtest.Env) fyne.CanvasObject {
			server, root := viewtest.SchoolCertificate(e, "mqtt.school.example", "*.school.example", "192.168.1.20")
			e.Then(func() {
				brokerform.ExamineCertificate(brokerform.Host{Shell: e.Shell, Probe: envOf(e.Window).Connections}, settings.Connection{Endpoint: endpoint.Endpoint{Host: "10.0.0.5", Port: 8883}}, nil)
				e.Parts.Broker.(*viewtest.App).Seen(link.Examined{Finding: finding, Name: "10.0.0.5", Server: server, Root: root}, nil)
			})
			return stagedPage(e, secureDraft())
		})
	}
}

func TestACertificateThatIsNotTheTrustedOneIsWarnedOfLoudly(t *testing.T) {
	changed := &fault.Error{Fault: fault.BadCertificate, Op: "connect", Err: fmt.Errorf("%w: x509", link.ErrOtherCertificate)}
	if told, usual := problem.Explain(changed), problem.Explain(viewtest.Untrusted); told.Title == usual.Title || told.Advice == usual.Advice {
		t.Errorf("it is told as one that nobody has trusted: %+v", told)
	}
	win, w, m := stagedWizard(t, secureDraft())
	h := win.Parts.Broker.(*viewtest.App)
	viewtest.PressNamed(t, w.page.(*brokerPage).trouble.box, i18n.T("certificate.look"))
	server, root := viewtest.SchoolCertificate(t, "mqtt.school.example")
	h.Seen(link.Examined{Finding: link.UnexpectedCA, Server: server, Root: root}, nil)
	if kind, words := brokerform.FindingWords(link.Examined{Finding: link.UnexpectedCA, Server: server, Root: root}, time.Now()); kind != ui.Failure || words != i18n.T("certificate.changed") {
		t.Errorf("%v: %s", kind, words)
	}
	shown := strings.Join(viewtest.TextsIn(win.Shell.Dialogs[0].Overlay), "\n")
	if !strings.Contains(shown, brokerform.Fingerprint(root)[:47]) || !strings.Contains(shown, i18n.T("certificate.changed")) {
		t.Errorf("shown: %s", shown)
	}
	viewtest.PressNamed(t, win.Shell.Dialogs[0].Overlay, i18n.T("certificate.trust-other"))
	if got := m.state.CurrentDraft().Answers.Broker.Other.CA; got != link.PEM(root) {
		t.Errorf("trusted is %q", got)
	}
}

func TestAnUntrustedCertificateCanBeLookedAtAndTrustedByHandInTheWizard(t *testing.T) {
	win, w, m := stagedWizard(t, secureDraft())
	h := win.Parts.Broker.(*viewtest.App)
	viewtest.PressNamed(t, w.page.(*brokerPage).trouble.box, i18n.T("certificate.look"))
	if len(h.Looked) != 1 || h.Looked[0].Host != "mqtt.school.example" || h.Looked[0].Port != 8883 {
		t.Fatalf("looked at %+v", h.Looked)
	}
	server, root := viewtest.SchoolCertificate(t, "mqtt.school.example")
	h.Seen(link.Examined{Finding: link.UnknownCA, Server: server, Root: root}, nil)
	if ca := m.state.CurrentDraft().Answers.Broker.Other.CA; ca != "" {
		t.Fatal("it was trusted at once")
	}
	shown := strings.Join(viewtest.TextsIn(win.Shell.Dialogs[0].Overlay), "\n")
	for _, words := range []string{brokerform.Fingerprint(root)[:47], brokerform.Fingerprint(server)[48:], "第三中学 CA", "mqtt.school.example", "2028-08-31"} {
		if !strings.Contains(shown, words) {
			t.Errorf("%q is not shown", words)
		}
	}
	viewtest.PressNamed(t, win.Shell.Dialogs[0].Overlay, i18n.T("certificate.trust"))
	if got := m.state.CurrentDraft().Answers.Broker.Other.CA; got != link.PEM(root) {
		t.Errorf("trusted is %q", got)
	}
	if _, again := m.state.(setup.Checking); !again {
		t.Errorf("it is not tried again: %T", m.state)
	}
}

func TestOnlyWhatCanBeTrustedHasAButtonForThat(t *testing.T) {
	win, _ := viewtest.NewWindow(t, nil)
	h := win.Parts.Broker.(*viewtest.App)
	server, root := viewtest.SchoolCertificate(t, "mqtt.school.example")
	for finding := link.Trusted; finding <= link.Unsound; finding++ {
		s := brokerform.ExamineCertificate(brokerform.Host{Shell: win.Shell, Probe: win.Parts.Connections}, settings.Connection{Endpoint: endpoint.Endpoint{Host: "h", Port: 8883}}, nil)
		h.Seen(link.Examined{Finding: finding, Server: server, Root: root}, nil)
		want := finding == link.UnknownCA || finding == link.UnexpectedCA || finding == link.TrustedBySystem
		if s.Trust.Visible() != want || want && (s.Ca == "") != (finding == link.TrustedBySystem) {
			t.Errorf("%v: the button is there: %v, and gives %q", finding, s.Trust.Visible(), s.Ca)
		}
		s.Modal.Cancel()
	}
}

func TestALookThatWasEndedChangesNothing(t *testing.T) {
	win, _ := viewtest.NewWindow(t, nil)
	h := win.Parts.Broker.(*viewtest.App)
	s := brokerform.ExamineCertificate(brokerform.Host{Shell: win.Shell, Probe: win.Parts.Connections}, settings.Connection{Endpoint: endpoint.Endpoint{Host: "h", Port: 8883}}, func(string) { t.Error("something was trusted") })
	s.Modal.Cancel()
	if h.Cancelled != 1 {
		t.Error("it goes on")
	}
	server, root := viewtest.SchoolCertificate(t, "h")
	h.Seen(link.Examined{Finding: link.UnknownCA, Server: server, Root: root}, nil)
	if len(win.Shell.Dialogs) != 0 || s.Trust.Visible() {
		t.Error("it came back")
	}
}

func TestACAIsAskedForOnlyWhereOneMayBeNeeded(t *testing.T) {
	_, w, m := stagedWizard(t, setup.Broker{Draft: wizardDraft()})
	page := w.page.(*brokerPage)
	for id, want := range map[string]bool{"own": true, "adafruit": false, "onenet": true, "easyiot": false, "siot": false} {
		test.Tap(page.others[id])
		w.edit(func(a *setup.Answers) {
			a.Broker = brokerform.WithSecurity(presets.ByID(id), a.Broker, brokerform.CanEncrypt(presets.ByID(id), a.Broker))
		})
		if got := page.forms[id].Safety.CaBox.Visible(); got != want {
			t.Errorf("%s: %v with %+v", id, got, m.state.CurrentDraft().Answers.Broker.Other)
		}
	}
}

func TestTheHostsOfAStrangersCertificateAreBoundedAndHarmless(t *testing.T) {
	var many []string
	for range 500 {
		many = append(many, "a\u202eb"+strings.Repeat("x", 500))
	}
	words := brokerform.HostWords(&x509.Certificate{DNSNames: many})
	if strings.Contains(words, "\u202e") || len(words) > 2000 {
		t.Errorf("%d bytes: %q", len(words), words[:100])
	}
}
