package link

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/device/fault"
)

// maxChain bounds the certificates of a broker that are looked at.
const maxChain = 16

// Certificates asks a broker for its certificates, its own first, and trusts
// none of them: it makes a TLS handshake with o.Host and o.Port and leaves.
// Nothing of MQTT is said and no login is sent; a port for WebSocket over TLS
// shows the same certificates. It ends within 10 s, or with ctx, and fails with
// a *fault.Error.
func Certificates(ctx context.Context, o Options) ([]*x509.Certificate, error) {
	o, err := o.checked()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	var chain []*x509.Certificate
	d := tls.Dialer{Config: &tls.Config{
		MinVersion: tls.VersionTLS12,
		ServerName: o.certificateName(),
		// To look at it, not to trust it: the connection is used for nothing else.
		InsecureSkipVerify: true,
		VerifyConnection: func(s tls.ConnectionState) error {
			chain = s.PeerCertificates // also where the handshake then fails, as it wants one of ours
			return nil
		},
	}}
	c, err := d.DialContext(ctx, "tcp", o.Address())
	if err == nil {
		_ = c.Close() // all that was wanted is here
	}
	if len(chain) == 0 {
		if err == nil {
			err = errNoCertificate
		}
		return nil, &fault.Error{Fault: DialFault(err), Op: "look at the certificate of", Where: o.Address(), Err: err}
	}
	return chain[:min(len(chain), maxChain)], nil
}

// ErrSpeaksTLS tells that a port that did not answer plain MQTT makes a TLS
// handshake: TLS is what is missing. It is the cause of a TLSOnly.
var ErrSpeaksTLS = errors.New("it makes a TLS handshake")

// tryTLS looks whether TLS is what a connection without it failed for, where the
// answer says so or could: an alert, a web server's complaint, or an end without a
// word. No login is sent.
func tryTLS(ctx context.Context, o Options, err error) error {
	if o.TLS || !maybeTLS(err) {
		return err
	}
	if _, failed := Certificates(ctx, o); failed != nil {
		return err
	}
	return &fault.Error{Fault: fault.TLSOnly, Op: "log in at", Where: o.Address(), Err: fmt.Errorf("%w: %w", ErrSpeaksTLS, err)}
}

func maybeTLS(err error) bool {
	var e *fault.Error
	var answer *UpgradeError
	switch {
	case !errors.As(err, &e):
		return false
	case errors.As(err, &answer):
		return answer.Status == http.StatusBadRequest
	}
	return e.Fault == fault.TLSOnly || e.Fault == fault.BrokerClosed || e.Fault == fault.NotBroker
}

var errNoCertificate = errors.New("it showed no certificate")

// certificateName is the name that a certificate has to be for.
func (o Options) certificateName() string { return cmp.Or(o.ServerName, endpoint.WithoutZone(o.Host)) }

// Finding is what comes of looking at a broker's certificates.
type Finding int

// The findings.
const (
	Trusted         Finding = iota // with these options it is trusted
	TrustedBySystem                // the system's roots trust it; the CA of these options does not
	UnknownCA                      // nobody here knows who signed it; else it is sound
	UnexpectedCA                   // as UnknownCA, but these options trust another: it was changed, or is a stranger's
	Expired
	NotYetValid // its time is still to come, or this computer's clock is wrong
	WrongHost   // it is for another host
	Unsound     // its certificates don't hold together
)

// Examined is a broker's certificate that was looked at.
type Examined struct {
	Finding Finding
	Name    string            // the host that it has to be for
	Server  *x509.Certificate // the broker's own
	Root    *x509.Certificate // the one to trust, which may be Server
}

// Examine tells what is to be said of the certificates that a broker sent, its
// own first and at least one. The one to trust is the last CA that signed
// itself, or else the last that was sent.
func Examine(chain []*x509.Certificate, o Options, now time.Time) Examined {
	e := Examined{Name: o.certificateName(), Server: chain[0], Root: rootOf(chain)}
	check := func(roots *x509.CertPool) error {
		v := x509.VerifyOptions{DNSName: e.Name, Roots: roots, CurrentTime: now, Intermediates: x509.NewCertPool()}
		for _, c := range chain[1:] {
			v.Intermediates.AddCert(c)
		}
		_, err := e.Server.Verify(v)
		return err
	}
	var own *x509.CertPool // nil = the system's
	if o.CA != "" {
		own = x509.NewCertPool()
		own.AppendCertsFromPEM([]byte(o.CA))
	}
	switch {
	case check(own) == nil:
		e.Finding = Trusted
		return e
	case own != nil && check(nil) == nil:
		e.Finding = TrustedBySystem
		return e
	}
	only := x509.NewCertPool()
	only.AddCert(e.Root)
	e.Finding = e.find(check(only), own != nil, now)
	return e
}

// find tells what is wrong, given what a check with the Root alone says; pinned
// tells that another CA was chosen.
func (e Examined) find(err error, pinned bool, now time.Time) Finding {
	var invalid x509.CertificateInvalidError
	late := errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil // also before its time
	switch {
	case notYetValid(e.Server, now), notYetValid(e.Root, now), late && notYetValid(invalid.Cert, now):
		return NotYetValid
	case now.After(e.Server.NotAfter), now.After(e.Root.NotAfter), late:
		return Expired
	case e.Server.VerifyHostname(e.Name) != nil:
		return WrongHost
	case err != nil:
		return Unsound
	case pinned:
		return UnexpectedCA
	}
	return UnknownCA
}

func notYetValid(c *x509.Certificate, now time.Time) bool { return now.Before(c.NotBefore) }

// rootOf is the one of a chain that is to be trusted.
func rootOf(chain []*x509.Certificate) *x509.Certificate {
	for i := len(chain) - 1; i >= 0; i-- {
		if c := chain[i]; c.IsCA && c.CheckSignatureFrom(c) == nil {
			return c
		}
	}
	return chain[len(chain)-1]
}

// PEM is a certificate as a CA file.
func PEM(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}
