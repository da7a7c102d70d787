package brokerform

import (
	"crypto/x509"
	"io"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker/presets"
	"lamplighter/app/connections"
	"lamplighter/app/setup"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// safetyForm asks for TLS, and for whom the broker's certificate has to be from
// where that can be another than this computer's own list knows.
type safetyForm struct {
	in     Editor
	preset presets.Preset
	TLS    *ui.Check
	Text   *widget.Label // whom it is checked with
	board  *widget.Label
	wrong  fyne.CanvasObject
	look   *ui.Button
	None   *ui.Button
	CaBox  fyne.CanvasObject
}

func newSafetyForm(in Editor, p presets.Preset) *safetyForm {
	f := &safetyForm{in: in, preset: p, Text: ui.Body(""), board: ui.Small(i18n.T("certificate.board")), wrong: ui.Notice(ui.Failure, i18n.T("settings.ca-wrong"))}
	f.wrong.Hide()
	f.TLS = ui.NewCheck(i18n.T("settings.tls"), func(on bool) {
		in.Edit(func(c *setup.BrokerChoice) { *c = WithSecurity(p, *c, on) })
	})
	f.look = ui.NewButton(i18n.T("certificate.look"), ui.Icon("search"), func() {
		ExamineCertificate(in.Host, connections.ConnectionTo(in.Now()), f.trust)
	})
	choose := ui.NewButton(i18n.T("settings.ca-choose"), ui.Icon("folder"), f.choose)
	f.None = ui.QuietButton(i18n.T("settings.ca-none"), nil, func() { f.trust("") })
	f.CaBox = container.New(&ui.TightLayout{Flush: true}, f.Text, f.board,
		container.New(&ui.FlowLayout{Gap: ui.Unit / 2}, f.look, choose, f.None), f.wrong)
	return f
}

// trust has the broker's certificate be from this CA from now on; "" = from one
// that this computer knows.
func (f *safetyForm) trust(ca string) {
	f.wrong.Hide()
	f.in.Edit(func(c *setup.BrokerChoice) { c.Other.CA = ca })
}

// WithSecurity is a choice with TLS or without, at the address that goes with it.
func WithSecurity(p presets.Preset, c setup.BrokerChoice, on bool) setup.BrokerChoice {
	if i := problem.ServerOf(p, c.Other); i >= 0 {
		return AtServer(c, p.Servers[i], on)
	}
	c.Other = withTLS(c.Other, on)
	return c
}

// CanEncrypt reports whether a choice's server has TLS.
func CanEncrypt(p presets.Preset, c setup.BrokerChoice) bool {
	if i := problem.ServerOf(p, c.Other); i >= 0 {
		_, _, ok := p.Servers[i].Secure()
		return ok
	}
	return !p.Rules.NoTLS
}

// hasOwnCA reports whether a choice's certificate may be from an authority that
// this computer does not know: at an address that was typed, or at a server of
// which that is known.
func hasOwnCA(p presets.Preset, c setup.BrokerChoice) bool {
	i := problem.ServerOf(p, c.Other)
	return i < 0 || p.Servers[i].OwnCA || c.Other.CA != ""
}

func (f *safetyForm) show(c setup.BrokerChoice) {
	ui.SetVisible(f.TLS, CanEncrypt(f.preset, c) || c.Other.TLS)
	f.TLS.SetQuietly(c.Other.TLS)
	words := i18n.T("settings.ca-system")
	if c.Other.CA != "" {
		words = i18n.T("settings.ca-own", "Name", caName(c.Other.CA))
	}
	ui.SetText(f.Text, words)
	ui.SetVisible(f.board, c.Other.CA == "")
	ui.SetVisible(f.None, c.Other.CA != "")
	ui.SetVisible(f.CaBox, c.Other.TLS && hasOwnCA(f.preset, c))
}

// ShowLookButton shows the button that looks at the certificate, or leaves it to the
// one beside a problem.
func (f *safetyForm) ShowLookButton(yes bool) { ui.SetVisible(f.look, yes) }

// maxCA bounds a CA file, in bytes.
const maxCA = 1 << 20

// choose reads a CA from a file.
func (f *safetyForm) choose() {
	f.in.Host.OpenFile(func(r io.ReadCloser, _ string) { f.read(r) })
}

func (f *safetyForm) read(r io.ReadCloser) {
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(io.LimitReader(r, maxCA))
	if err != nil || !x509.NewCertPool().AppendCertsFromPEM(data) {
		f.wrong.Show()
		f.in.Edit(func(*setup.BrokerChoice) {}) // nothing; it is laid out anew
		return
	}
	f.trust(string(data))
}
