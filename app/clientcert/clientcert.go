// Package clientcert reads the certificate by which this program shows a broker
// who it is, with its private key, from PEM, DER or PKCS#12.
//
// A key is a secret. It is kept in the keyring and nowhere else, and no error and
// no text of a Pair holds it. Boards can't use one.
package clientcert

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"slices"
	"strings"

	"software.sslmate.com/src/go-pkcs12"
)

// Bounds.
const (
	MaxSize  = 64 << 10 // bytes of a file
	maxChain = 8        // certificates
)

// What can be wrong with a file.
var (
	ErrTooBig     = errors.New("the file is bigger than any certificate")
	ErrUnknown    = errors.New("the file holds no certificate and no key")
	ErrPassphrase = errors.New("the file has another password")
	ErrLockedKey  = errors.New("the key is locked in a way that can't be opened here")
	ErrMismatch   = errors.New("the key is not that of the certificate")
)

// Errors lists them, so that tests can demand a text for each.
func Errors() []error {
	return []error{ErrTooBig, ErrUnknown, ErrPassphrase, ErrLockedKey, ErrMismatch}
}

// Pair is a certificate, with those that signed it, and its key, both as PEM.
// Either may be "" while it is still to be chosen.
type Pair struct {
	Certificate string // its own first
	Key         string // PKCS#8; a secret
}

// String says nothing of the key.
func (Pair) String() string { return "client certificate" }

// GoString says nothing of the key.
func (p Pair) GoString() string { return p.String() }

// IsComplete reports whether both parts are there.
func (p Pair) IsComplete() bool { return p.Certificate != "" && p.Key != "" }

// TLS is the pair as a handshake wants it. It fails where a part is missing or
// they are not of one another.
func (p Pair) TLS() (tls.Certificate, error) {
	return tls.X509KeyPair([]byte(p.Certificate), []byte(p.Key))
}

// Leaf is the certificate of the pair's key, or nil.
func (p Pair) Leaf() *x509.Certificate {
	block, _ := pem.Decode([]byte(p.Certificate))
	if block == nil {
		return nil
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil
	}
	return c
}

// Read takes what a file holds: a certificate, a key, or both. What it does not
// hold is taken from have, where that belongs to it. It fails with one of
// Errors; ErrPassphrase also where PKCS#12 has a password and "" was given. It
// may take a second.
func Read(data []byte, passphrase string, have Pair) (Pair, error) {
	if len(data) > MaxSize {
		return have, ErrTooBig
	}
	f, err := open(data, passphrase)
	switch {
	case err != nil:
		return have, err
	case f.key == nil && len(f.certs) == 0:
		return have, ErrUnknown
	}
	return f.with(have)
}

// parts are what a file holds.
type parts struct {
	certs []*x509.Certificate
	key   crypto.Signer
}

func open(data []byte, passphrase string) (parts, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // an editor's byte order mark hides what begins behind it
	if bytes.Contains(data, []byte("-----BEGIN ")) {
		return openPEM(data)
	}
	if certs, err := x509.ParseCertificates(data); err == nil {
		return parts{certs: certs}, nil
	}
	if key := keyOf(data); key != nil {
		return parts{key: key}, nil
	}
	if isLocked(data) {
		return parts{}, ErrLockedKey
	}
	return openPKCS12(data, passphrase)
}

func openPEM(data []byte) (f parts, err error) {
	for {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			return f, nil
		}
		switch {
		case b.Type == "CERTIFICATE", b.Type == "X509 CERTIFICATE", b.Type == "TRUSTED CERTIFICATE": // all that OpenSSL reads
			if c := certificateOf(b.Bytes); c != nil {
				f.certs = append(f.certs, c)
			}
		case b.Type == "ENCRYPTED PRIVATE KEY", b.Headers["DEK-Info"] != "": // RFC 5958 and RFC 1421
			return f, ErrLockedKey
		case f.key == nil:
			f.key = keyOf(b.Bytes)
		}
	}
}

// certificateOf reads a certificate, or gives nil. What OpenSSL adds behind a
// trusted one is left out.
func certificateOf(der []byte) *x509.Certificate {
	var whole asn1.RawValue
	if _, err := asn1.Unmarshal(der, &whole); err != nil {
		return nil
	}
	c, err := x509.ParseCertificate(whole.FullBytes)
	if err != nil {
		return nil
	}
	return c
}

// isLocked reports whether this is a key with a password of its own, as DER (RFC
// 5958, EncryptedPrivateKeyInfo).
func isLocked(der []byte) bool {
	var v struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	_, err := asn1.Unmarshal(der, &v)
	return err == nil
}

// keyOf reads a key in any of its usual forms, or gives nil.
func keyOf(der []byte) crypto.Signer {
	if k, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		s, _ := k.(crypto.Signer)
		return s
	}
	if k, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return k
	}
	if k, err := x509.ParseECPrivateKey(der); err == nil {
		return k
	}
	return nil
}

func openPKCS12(data []byte, passphrase string) (parts, error) {
	if iterations(data, 0) > maxIterations {
		return parts{}, ErrUnknown
	}
	key, own, more, err := pkcs12.DecodeChain(data, passphrase)
	signer, ok := key.(crypto.Signer)
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return parts{}, ErrPassphrase
	case err != nil && isUnsupported(err):
		return parts{}, ErrLockedKey
	case err != nil, !ok:
		return parts{}, ErrUnknown
	}
	return parts{certs: append([]*x509.Certificate{own}, more...), key: signer}, nil
}

// isUnsupported reports whether a PKCS#12 file is locked in a way that the library
// does not know. Where a key is, it gives its error as a text only.
func isUnsupported(err error) bool {
	var unknown pkcs12.NotImplementedError
	return errors.As(err, &unknown) || strings.Contains(err.Error(), "is not supported") || strings.HasSuffix(err.Error(), "no MAC in data")
}

// with is the pair of what was read and, where that is a half, of what was there.
func (f parts) with(have Pair) (Pair, error) {
	p := Pair{}
	if f.key != nil {
		der, err := x509.MarshalPKCS8PrivateKey(f.key)
		if err != nil {
			return have, ErrUnknown
		}
		p.Key = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	f.ownFirst()
	for _, c := range f.certs[:min(len(f.certs), maxChain)] {
		p.Certificate += string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	if p.IsComplete() {
		if _, err := p.TLS(); err != nil {
			return have, ErrMismatch
		}
		return p, nil
	}
	return p.half(have)
}

// half fills in the part that was there. The other half of an older pair is
// dropped: the new one is what a person chose last.
func (p Pair) half(have Pair) (Pair, error) {
	both := p
	if p.Key == "" {
		both.Key = have.Key
	} else {
		both.Certificate = have.Certificate
	}
	if !both.IsComplete() {
		return p, nil
	}
	if _, err := both.TLS(); err == nil {
		return both, nil
	}
	if have.IsComplete() {
		return p, nil
	}
	return have, ErrMismatch
}

// ownFirst puts the certificate of the key before those that signed it.
func (f *parts) ownFirst() {
	if f.key == nil {
		return
	}
	own, ok := f.key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok {
		return
	}
	i := slices.IndexFunc(f.certs, func(c *x509.Certificate) bool { return own.Equal(c.PublicKey) })
	if i > 0 {
		c := f.certs[i]
		f.certs = slices.Insert(slices.Delete(f.certs, i, i+1), 0, c)
	}
}
