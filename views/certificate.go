package views

import (
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device"
	"lamplighter/i18n"
)

// certificateDialog shows a broker's certificate, and lets a person trust the
// authority that signed it: never by itself, and never what is out of date.
type certificateDialog struct {
	host   formHost
	use    func(ca string) // what is trusted from now on; "" = this computer's own list
	modal  *modal
	facts  *fyne.Container
	said   *fyne.Container // always in sight
	trust  *button
	ca     string // what trust gives
	cancel func()
	over   bool
}

// certificateWidth leaves room for the fingerprint and its long explanation.
const certificateWidth = 720

// lookAtCertificate asks a connection's broker for its certificate and shows it.
func lookAtCertificate(d formHost, c settings.Connection, use func(ca string)) *certificateDialog {
	s := &certificateDialog{host: d, use: use, facts: rows(), said: rows()}
	s.trust = newButton("", icon("lock"), s.choose)
	s.trust.Hide()
	s.said.Add(notice(remark, i18n.T("certificate.looking", "Address", hostPort(c.Host, c.Port))))
	s.modal = &modal{shell: d.shell, cancelled: s.end}
	end := newButton(i18n.T("common.close"), nil, s.modal.cancel)
	s.modal.show(question{Title: i18n.T("certificate.title"), Content: s.facts, Outcome: s.said, More: s.trust, Wide: certificateWidth}, end)
	d.window().Canvas().Focus(end)
	s.cancel = d.Strangers.Certificate(c, s.seen)
	return s
}

func (s *certificateDialog) end() {
	s.over = true
	if s.cancel != nil {
		s.cancel()
	}
}

// choose trusts what was shown.
func (s *certificateDialog) choose() {
	s.modal.cancel()
	s.use(s.ca)
}

// seen shows what came of looking.
func (s *certificateDialog) seen(e link.Examined, err error) {
	if s.over {
		return
	}
	s.said.RemoveAll()
	defer s.modal.fit()
	if err != nil {
		s.said.Add(problemView(s.host.shell, err, nil))
		return
	}
	kind, words := findingWords(e, time.Now())
	s.said.Add(notice(kind, words))
	unknown := e.Finding == link.NewAuthority || e.Finding == link.OtherAuthority
	if root := e.Root; !root.Equal(e.Server) && unknown {
		s.facts.Add(s.factsOf(i18n.T("certificate.root"), root, false))
	}
	s.facts.Add(s.factsOf(i18n.T("certificate.server"), e.Server, true))
	switch e.Finding {
	case link.NewAuthority:
		s.ca = link.PEM(e.Root)
		s.trust.SetText(i18n.T("certificate.trust"))
		s.trust.Show()
	case link.OtherAuthority:
		s.ca = link.PEM(e.Root)
		s.trust.Importance = widget.DangerImportance
		s.trust.SetText(i18n.T("certificate.trust-other"))
		s.trust.Show()
	case link.TrustedBySystem:
		s.trust.SetText(i18n.T("settings.ca-none"))
		s.trust.Show()
	}
}

// findingWords say what is to be thought of a certificate.
func findingWords(e link.Examined, now time.Time) (noticeKind, string) {
	switch e.Finding {
	case link.Trusted:
		return success, i18n.T("certificate.trusted")
	case link.TrustedBySystem:
		return warning, i18n.T("certificate.by-system")
	case link.Expired:
		return failure, i18n.T("certificate.expired", "Today", dayWords(now))
	case link.TooEarly:
		return failure, i18n.T("certificate.early", "Today", dayWords(now))
	case link.OtherName:
		if hosts := hostWords(e.Server); hosts != "" {
			return failure, i18n.T("certificate.other-host", "Host", e.Name, "Hosts", hosts)
		}
		return failure, i18n.T("certificate.no-host")
	case link.Unsound:
		return failure, i18n.T("certificate.unsound")
	case link.OtherAuthority:
		return failure, i18n.T("certificate.changed")
	}
	if e.Root.Equal(e.Server) {
		return warning, i18n.T("certificate.new-alone")
	}
	return warning, i18n.T("certificate.new")
}

// factsOf is what stands in a certificate.
func (s *certificateDialog) factsOf(name string, c *x509.Certificate, hosts bool) fyne.CanvasObject {
	from, to := dayWords(c.NotBefore), dayWords(c.NotAfter)
	pairs := []fyne.CanvasObject{
		label(i18n.T("certificate.subject")), body(nameWords(c.Subject)),
		label(i18n.T("certificate.issuer")), body(nameWords(c.Issuer)),
		label(i18n.T("certificate.valid")), body(i18n.T("certificate.from-to", "From", from, "To", to)),
	}
	if words := hostWords(c); hosts && words != "" {
		pairs = append(pairs, label(i18n.T("certificate.hosts")), body(words))
	}
	sum := fingerprint(c)
	lines := container.New(&tightLayout{}, code(sum[:len(sum)/2]), code(sum[len(sum)/2+1:]))
	copySum := quietButton(i18n.T("common.copy"), icon("copy"), func() { s.host.copyText(sum) })
	return container.New(&tightLayout{}, subtitle(name), form(pairs...),
		container.NewBorder(nil, nil, nil, centred(copySum), label(i18n.T("certificate.fingerprint"))), lines)
}

// fingerprint is a certificate's SHA-256 in pairs of digits, as OpenSSL and
// browsers show it.
func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = strings.ToUpper(hex.EncodeToString([]byte{b}))
	}
	return strings.Join(pairs, ":")
}

// dayWords is a day, which people everywhere can read.
func dayWords(t time.Time) string { return t.Local().Format(time.DateOnly) }

// The bounds of what a stranger's certificate may fill the window with.
const (
	maxCertificateName  = 120 // runes
	maxCertificateHosts = 6
)

// hostWords lists the hosts that a certificate is for; "" = none.
func hostWords(c *x509.Certificate) string {
	all := c.DNSNames
	for _, ip := range c.IPAddresses {
		all = append(all[:len(all):len(all)], ip.String())
	}
	var shown []string
	for _, name := range all[:min(len(all), maxCertificateHosts)] {
		shown = append(shown, strangerText(name))
	}
	if len(all) > maxCertificateHosts {
		shown = append(shown, ellipsis)
	}
	return strings.Join(shown, i18n.T("certificate.and"))
}

// nameWords is whom a certificate is for, or of, as people know it.
func nameWords(n pkix.Name) string {
	if n.CommonName == "" {
		return strangerText(n.String())
	}
	if len(n.Organization) == 0 || n.Organization[0] == n.CommonName {
		return strangerText(n.CommonName)
	}
	return i18n.T("certificate.name", "Name", strangerText(n.CommonName), "Organisation", strangerText(n.Organization[0]))
}

func strangerText(s string) string {
	text := safeText(device.Text(s))
	if r := []rune(text); len(r) > maxCertificateName {
		return string(r[:maxCertificateName-1]) + ellipsis
	}
	return text
}

// caName is whom the first certificate of a PEM text is for.
func caName(text string) string {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return ""
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return ""
	}
	return nameWords(c.Subject)
}
