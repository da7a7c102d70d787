package views

import (
	"crypto/x509"
	"io"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app"
	"lamplighter/app/broker/presets"
	"lamplighter/app/setup"
	"lamplighter/i18n"
)

// safetyForm asks for TLS, and for whom the broker's certificate has to be from
// where that can be another than this computer's own list knows.
type safetyForm struct {
	in     choiceEditor
	preset presets.Preset
	tls    *tick
	text   *widget.Label // whom it is checked with
	board  *widget.Label
	wrong  fyne.CanvasObject
	look   *button
	none   *button
	caBox  fyne.CanvasObject
}

func newSafetyForm(in choiceEditor, p presets.Preset) *safetyForm {
	f := &safetyForm{in: in, preset: p, text: body(""), board: small(i18n.T("certificate.board")), wrong: notice(failure, i18n.T("settings.ca-wrong"))}
	f.wrong.Hide()
	f.tls = newTick(i18n.T("settings.tls"), func(on bool) {
		in.edit(func(c *setup.BrokerChoice) { *c = secured(p, *c, on) })
	})
	f.look = newButton(i18n.T("certificate.look"), icon("search"), func() {
		lookAtCertificate(in.host, app.ConnectionTo(in.now()), f.trust)
	})
	choose := newButton(i18n.T("settings.ca-choose"), icon("folder"), f.choose)
	f.none = quietButton(i18n.T("settings.ca-none"), nil, func() { f.trust("") })
	f.caBox = container.New(&tightLayout{}, f.text, f.board,
		container.New(&flowLayout{gap: unit / 2}, f.look, choose, f.none), f.wrong)
	return f
}

// trust has the broker's certificate be from this CA from now on; "" = from one
// that this computer knows.
func (f *safetyForm) trust(ca string) {
	f.wrong.Hide()
	f.in.edit(func(c *setup.BrokerChoice) { c.Other.CA = ca })
}

// secured is a choice with TLS or without, at the address that goes with it.
func secured(p presets.Preset, c setup.BrokerChoice, on bool) setup.BrokerChoice {
	if i := serverOf(p, c.Other); i >= 0 {
		return atServer(c, p.Servers[i], on)
	}
	c.Other = withTLS(c.Other, on)
	return c
}

// canEncrypt tells whether a choice's server has TLS.
func canEncrypt(p presets.Preset, c setup.BrokerChoice) bool {
	if i := serverOf(p, c.Other); i >= 0 {
		_, _, ok := p.Servers[i].Secure()
		return ok
	}
	return !p.Rules.NoTLS
}

// hasOwnCA tells whether a choice's certificate may be from an authority that
// this computer does not know: at an address that was typed, or at a server of
// which that is known.
func hasOwnCA(p presets.Preset, c setup.BrokerChoice) bool {
	i := serverOf(p, c.Other)
	return i < 0 || p.Servers[i].OwnCA || c.Other.CA != ""
}

func (f *safetyForm) show(c setup.BrokerChoice) {
	show(f.tls, canEncrypt(f.preset, c) || c.Other.TLS)
	if f.tls.Checked != c.Other.TLS {
		f.tls.setQuietly(c.Other.TLS)
	}
	words := i18n.T("settings.ca-system")
	if c.Other.CA != "" {
		words = i18n.T("settings.ca-own", "Name", caName(c.Other.CA))
	}
	setText(f.text, words)
	show(f.board, c.Other.CA == "")
	show(f.none, c.Other.CA != "")
	show(f.caBox, c.Other.TLS && hasOwnCA(f.preset, c))
}

// offerLook shows the button that looks at the certificate, or leaves it to the
// one beside a problem.
func (f *safetyForm) offerLook(yes bool) { show(f.look, yes) }

// maxCA bounds a CA file, in bytes.
const maxCA = 1 << 20

// choose reads a CA from a file.
func (f *safetyForm) choose() {
	dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err == nil && r != nil {
			f.read(r)
		}
	}, f.in.host.window()).Show()
}

func (f *safetyForm) read(r io.ReadCloser) {
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(io.LimitReader(r, maxCA))
	if err != nil || !x509.NewCertPool().AppendCertsFromPEM(data) {
		f.wrong.Show()
		f.in.edit(func(*setup.BrokerChoice) {}) // nothing; it is laid out anew
		return
	}
	f.trust(string(data))
}
