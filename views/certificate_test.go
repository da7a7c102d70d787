package views

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker/presets"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
)

// schoolCertificate is one that a school's own authority signed, and that authority's.
func schoolCertificate(t testing.TB, hosts ...string) (server, root *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	make := func(c, by *x509.Certificate) *x509.Certificate {
		der, err := x509.CreateCertificate(rand.Reader, c, by, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		made, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	from, to := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC), time.Date(2028, 8, 31, 8, 0, 0, 0, time.UTC)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "第三中学 CA", Organization: []string{"第三中学"}}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: from, NotAfter: to.AddDate(8, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	root = make(ca, ca)
	own := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "mqtt.school.example"}, NotBefore: from, NotAfter: to, DNSNames: hosts}
	return make(own, root), root
}

var untrusted = &device.Error{Fault: device.BadCertificate, Op: "connect"}

// secureDraft stands at an own broker whose certificate was not trusted.
func secureDraft() setup.Broker {
	d := platformDraft("own")
	d.Answers.Broker.Other = device.Broker{Host: "mqtt.school.example", Port: 8883, TLS: true}
	return setup.Broker{Draft: d, Problem: untrusted}
}

func init() {
	registerScene("wizard-platform-untrusted", placeSetup, func(e *sceneEnv) fyne.CanvasObject {
		return stagedPage(e, secureDraft())
	})
	for name, finding := range map[string]link.Finding{
		"new": link.NewAuthority, "expired": link.Expired, "other": link.OtherName, "system": link.TrustedBySystem, "fine": link.Trusted,
		"early": link.TooEarly, "unsound": link.Unsound, "changed": link.OtherAuthority,
	} {
		registerScene("wizard-platform-certificate-"+name, placeSetup, func(e *sceneEnv) fyne.CanvasObject {
			server, root := schoolCertificate(e, "mqtt.school.example", "*.school.example", "192.168.1.20")
			e.then(func() {
				lookAtCertificate(formHost{shell: e.shell, Strangers: deskOf(e.testWindow).House}, settings.Connection{Host: "10.0.0.5", Port: 8883}, nil)
				e.parts.House.(*testHouse).seen(link.Examined{Finding: finding, Name: "10.0.0.5", Server: server, Root: root}, nil)
			})
			return stagedPage(e, secureDraft())
		})
	}
}

func TestACertificateThatIsNotTheTrustedOneIsWarnedOfLoudly(t *testing.T) {
	changed := &device.Error{Fault: device.BadCertificate, Op: "connect", Err: fmt.Errorf("%w: x509", link.ErrOtherCertificate)}
	if told, usual := explain(changed), explain(untrusted); told.Title == usual.Title || told.Advice == usual.Advice {
		t.Errorf("it is told as one that nobody has trusted: %+v", told)
	}
	win, w, m := stagedWizard(t, secureDraft())
	h := win.parts.House.(*testHouse)
	pressNamed(t, w.page.(*brokerPage).trouble.box, i18n.T("certificate.look"))
	server, root := schoolCertificate(t, "mqtt.school.example")
	h.seen(link.Examined{Finding: link.OtherAuthority, Server: server, Root: root}, nil)
	if kind, words := findingWords(link.Examined{Finding: link.OtherAuthority, Server: server, Root: root}, time.Now()); kind != failure || words != i18n.T("certificate.changed") {
		t.Errorf("%v: %s", kind, words)
	}
	shown := strings.Join(textsIn(win.shell.dialogs[0].overlay), "\n")
	if !strings.Contains(shown, fingerprint(root)[:47]) || !strings.Contains(shown, i18n.T("certificate.changed")) {
		t.Errorf("shown: %s", shown)
	}
	pressNamed(t, win.shell.dialogs[0].overlay, i18n.T("certificate.trust-other"))
	if got := m.state.Kept().Answers.Broker.Other.CA; got != link.PEM(root) {
		t.Errorf("trusted is %q", got)
	}
}

func TestAnUntrustedCertificateCanBeLookedAtAndTrustedByHandInTheWizard(t *testing.T) {
	win, w, m := stagedWizard(t, secureDraft())
	h := win.parts.House.(*testHouse)
	pressNamed(t, w.page.(*brokerPage).trouble.box, i18n.T("certificate.look"))
	if len(h.looked) != 1 || h.looked[0].Host != "mqtt.school.example" || h.looked[0].Port != 8883 {
		t.Fatalf("looked at %+v", h.looked)
	}
	server, root := schoolCertificate(t, "mqtt.school.example")
	h.seen(link.Examined{Finding: link.NewAuthority, Server: server, Root: root}, nil)
	if ca := m.state.Kept().Answers.Broker.Other.CA; ca != "" {
		t.Fatal("it was trusted at once")
	}
	shown := strings.Join(textsIn(win.shell.dialogs[0].overlay), "\n")
	for _, words := range []string{fingerprint(root)[:47], fingerprint(server)[48:], "第三中学 CA", "mqtt.school.example", "2028-08-31"} {
		if !strings.Contains(shown, words) {
			t.Errorf("%q is not shown", words)
		}
	}
	pressNamed(t, win.shell.dialogs[0].overlay, i18n.T("certificate.trust"))
	if got := m.state.Kept().Answers.Broker.Other.CA; got != link.PEM(root) {
		t.Errorf("trusted is %q", got)
	}
	if _, again := m.state.(setup.Checking); !again {
		t.Errorf("it is not tried again: %T", m.state)
	}
}

func TestOnlyWhatCanBeTrustedHasAButtonForThat(t *testing.T) {
	win, _ := newTestWindow(t, nil)
	h := win.parts.House.(*testHouse)
	server, root := schoolCertificate(t, "mqtt.school.example")
	for finding := link.Trusted; finding <= link.Unsound; finding++ {
		s := lookAtCertificate(formHost{shell: win.shell, Strangers: win.parts.House}, settings.Connection{Host: "h", Port: 8883}, nil)
		h.seen(link.Examined{Finding: finding, Server: server, Root: root}, nil)
		want := finding == link.NewAuthority || finding == link.OtherAuthority || finding == link.TrustedBySystem
		if s.trust.Visible() != want || want && (s.ca == "") != (finding == link.TrustedBySystem) {
			t.Errorf("%v: the button is there: %v, and gives %q", finding, s.trust.Visible(), s.ca)
		}
		s.modal.cancel()
	}
}

func TestALookThatWasEndedChangesNothing(t *testing.T) {
	win, _ := newTestWindow(t, nil)
	h := win.parts.House.(*testHouse)
	s := lookAtCertificate(formHost{shell: win.shell, Strangers: win.parts.House}, settings.Connection{Host: "h", Port: 8883}, func(string) { t.Error("something was trusted") })
	s.modal.cancel()
	if h.cancelled != 1 {
		t.Error("it goes on")
	}
	server, root := schoolCertificate(t, "h")
	h.seen(link.Examined{Finding: link.NewAuthority, Server: server, Root: root}, nil)
	if len(win.shell.dialogs) != 0 || s.trust.Visible() {
		t.Error("it came back")
	}
}

func TestACAIsAskedForOnlyWhereOneMayBeNeeded(t *testing.T) {
	_, w, m := stagedWizard(t, setup.Broker{Draft: wizardDraft()})
	page := w.page.(*brokerPage)
	for id, want := range map[string]bool{"own": true, "adafruit": false, "onenet": true, "easyiot": false, "siot": false} {
		test.Tap(page.others[id])
		w.edit(func(a *setup.Answers) {
			a.Broker = secured(presets.ByID(id), a.Broker, canEncrypt(presets.ByID(id), a.Broker))
		})
		if got := page.forms[id].safety.caBox.Visible(); got != want {
			t.Errorf("%s: %v with %+v", id, got, m.state.Kept().Answers.Broker.Other)
		}
	}
}

func TestTheHostsOfAStrangersCertificateAreBoundedAndHarmless(t *testing.T) {
	var many []string
	for range 500 {
		many = append(many, "a\u202eb"+strings.Repeat("x", 500))
	}
	words := hostWords(&x509.Certificate{DNSNames: many})
	if strings.Contains(words, "\u202e") || len(words) > 2000 {
		t.Errorf("%d bytes: %q", len(words), words[:100])
	}
}

// pressNamed presses the button with a text.
func pressNamed(t *testing.T, o fyne.CanvasObject, text string) {
	t.Helper()
	for _, child := range test.LaidOutObjects(o) {
		if b, ok := child.(*button); ok && b.Text == text && b.Visible() {
			test.Tap(b)
			return
		}
	}
	t.Fatalf("no button %q", text)
}

// textsIn is all that labels say.
func textsIn(o fyne.CanvasObject) (all []string) {
	for _, child := range test.LaidOutObjects(o) {
		if l, ok := child.(*widget.Label); ok {
			all = append(all, unmarked(l.Text))
		}
	}
	return all
}
