package brokerform

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
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// certificateDialog shows a broker's certificate, and lets a person trust the
// authority that signed it: never by itself, and never what is out of date.
type certificateDialog struct {
	host    Host
	use     func(ca string) // what is trusted from now on; "" = this computer's own list
	Modal   *ui.Dialog
	facts   *fyne.Container
	verdict *fyne.Container // always in sight
	Trust   *ui.Button
	Ca      string // what trust gives
	cancel  func()
	closed  bool
}

// certificateWidth leaves room for the fingerprint and its long explanation.
const certificateWidth = 720

// ExamineCertificate asks a connection's broker for its certificate and shows it.
func ExamineCertificate(d Host, c settings.Connection, use func(ca string)) *certificateDialog {
	s := &certificateDialog{host: d, use: use, facts: ui.Rows(), verdict: ui.Rows()}
	s.Trust = ui.NewButton("", ui.Icon("lock"), s.choose)
	s.Trust.Hide()
	s.verdict.Add(ui.Notice(ui.Remark, i18n.T("certificate.looking", "Address", c.Address())))
	s.Modal = &ui.Dialog{Shell: d.Shell, Cancelled: s.end}
	end := ui.NewButton(i18n.T("common.close"), nil, s.Modal.Cancel)
	s.Modal.Show(ui.Question{Title: i18n.T("certificate.title"), Content: s.facts, Outcome: s.verdict, ExtraButton: s.Trust, Width: certificateWidth}, end)
	d.Window().Canvas().Focus(end)
	s.cancel = d.Probe.Certificate(c, s.showResult)
	return s
}

func (s *certificateDialog) end() {
	s.closed = true
	if s.cancel != nil {
		s.cancel()
	}
}

// choose trusts what was shown.
func (s *certificateDialog) choose() {
	s.Modal.Cancel()
	s.use(s.Ca)
}

// showResult shows what came of looking.
func (s *certificateDialog) showResult(e link.Examined, err error) {
	if s.closed {
		return
	}
	s.verdict.RemoveAll()
	defer s.Modal.Fit()
	if err != nil {
		s.verdict.Add(problem.View(s.host.Shell, err, nil))
		return
	}
	kind, words := FindingWords(e, time.Now())
	s.verdict.Add(ui.Notice(kind, words))
	unknown := e.Finding == link.UnknownCA || e.Finding == link.UnexpectedCA
	if root := e.Root; !root.Equal(e.Server) && unknown {
		s.facts.Add(s.factsOf(i18n.T("certificate.root"), root, false))
	}
	s.facts.Add(s.factsOf(i18n.T("certificate.server"), e.Server, true))
	switch e.Finding {
	case link.UnknownCA:
		s.Ca = link.PEM(e.Root)
		s.Trust.SetText(i18n.T("certificate.trust"))
		s.Trust.Show()
	case link.UnexpectedCA:
		s.Ca = link.PEM(e.Root)
		s.Trust.Importance = widget.DangerImportance
		s.Trust.SetText(i18n.T("certificate.trust-other"))
		s.Trust.Show()
	case link.TrustedBySystem:
		s.Trust.SetText(i18n.T("settings.ca-none"))
		s.Trust.Show()
	}
}

// FindingWords say what is to be thought of a certificate.
func FindingWords(e link.Examined, now time.Time) (ui.NoticeKind, string) {
	switch e.Finding {
	case link.Trusted:
		return ui.Success, i18n.T("certificate.trusted")
	case link.TrustedBySystem:
		return ui.Warning, i18n.T("certificate.by-system")
	case link.Expired:
		return ui.Failure, i18n.T("certificate.expired", "Today", dayWords(now))
	case link.NotYetValid:
		return ui.Failure, i18n.T("certificate.early", "Today", dayWords(now))
	case link.WrongHost:
		if hosts := HostWords(e.Server); hosts != "" {
			return ui.Failure, i18n.T("certificate.other-host", "Host", e.Name, "Hosts", hosts)
		}
		return ui.Failure, i18n.T("certificate.no-host")
	case link.Unsound:
		return ui.Failure, i18n.T("certificate.unsound")
	case link.UnexpectedCA:
		return ui.Failure, i18n.T("certificate.changed")
	}
	if e.Root.Equal(e.Server) {
		return ui.Warning, i18n.T("certificate.new-alone")
	}
	return ui.Warning, i18n.T("certificate.new")
}

// factsOf is what stands in a certificate.
func (s *certificateDialog) factsOf(name string, c *x509.Certificate, hosts bool) fyne.CanvasObject {
	from, to := dayWords(c.NotBefore), dayWords(c.NotAfter)
	pairs := []fyne.CanvasObject{
		ui.Label(i18n.T("certificate.subject")), ui.Body(nameWords(c.Subject)),
		ui.Label(i18n.T("certificate.issuer")), ui.Body(nameWords(c.Issuer)),
		ui.Label(i18n.T("certificate.valid")), ui.Body(i18n.T("certificate.from-to", "From", from, "To", to)),
	}
	if words := HostWords(c); hosts && words != "" {
		pairs = append(pairs, ui.Label(i18n.T("certificate.hosts")), ui.Body(words))
	}
	sum := Fingerprint(c)
	lines := container.New(&ui.TightLayout{Flush: true}, ui.Code(sum[:len(sum)/2]), ui.Code(sum[len(sum)/2+1:]))
	copySum := ui.QuietButton(i18n.T("common.copy"), ui.Icon("copy"), func() { s.host.CopyText(sum) })
	return container.New(&ui.TightLayout{Flush: true}, ui.Subtitle(name), ui.Form(pairs...),
		container.NewBorder(nil, nil, nil, ui.Centred(copySum), ui.Rows(ui.Label(i18n.T("certificate.fingerprint")))), lines)
}

// Fingerprint is a certificate's SHA-256 in pairs of digits, as OpenSSL and
// browsers show it.
func Fingerprint(c *x509.Certificate) string {
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

// HostWords lists the hosts that a certificate is for; "" = none.
func HostWords(c *x509.Certificate) string {
	all := c.DNSNames
	for _, ip := range c.IPAddresses {
		all = append(all[:len(all):len(all)], ip.String())
	}
	var shown []string
	for _, name := range all[:min(len(all), maxCertificateHosts)] {
		shown = append(shown, strangerText(name))
	}
	if len(all) > maxCertificateHosts {
		shown = append(shown, textfit.Ellipsis)
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
	text := format.SafeLine(device.Text(s))
	if r := []rune(text); len(r) > maxCertificateName {
		return string(r[:maxCertificateName-1]) + textfit.Ellipsis
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
