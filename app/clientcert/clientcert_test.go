package clientcert_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"lamplighter/app/clientcert"
)

// made is a certificate that signs itself, with its key.
func made(t *testing.T, key crypto.Signer) *x509.Certificate {
	t.Helper()
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "room-12"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func text(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func pkcs8(t *testing.T, k crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestEveryFormOfAKeyIsRead(t *testing.T) {
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec := ecKey(t)
	sec1, err := x509.MarshalECPrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key  crypto.Signer
		file []byte
	}{
		"PKCS#8, RSA":          {r, text("PRIVATE KEY", pkcs8(t, r))},
		"PKCS#8, Ed25519":      {ed, text("PRIVATE KEY", pkcs8(t, ed))},
		"PKCS#1":               {r, text("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(r))},
		"SEC 1, after its set": {ec, append(text("EC PARAMETERS", []byte{6, 0}), text("EC PRIVATE KEY", sec1)...)},
		"PKCS#8 as DER":        {ec, pkcs8(t, ec)},
		"PKCS#1 as DER":        {r, x509.MarshalPKCS1PrivateKey(r)},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := clientcert.Read(c.file, "", clientcert.Pair{})
			if err != nil || p.Key == "" || p.IsComplete() {
				t.Fatalf("the key alone: %v", err)
			}
			cert := made(t, c.key)
			for _, file := range [][]byte{text("CERTIFICATE", cert.Raw), cert.Raw} {
				both, err := clientcert.Read(file, "", p)
				if err != nil || !both.IsComplete() || !both.Leaf().Equal(cert) {
					t.Errorf("with its certificate: %v", err)
				}
			}
			one, err := clientcert.Read(append(text("CERTIFICATE", cert.Raw), c.file...), "", clientcert.Pair{})
			if strings.HasSuffix(name, "DER") {
				return
			}
			if err != nil || !one.IsComplete() {
				t.Errorf("in one file: %v", err)
			}
		})
	}
}

func TestTheKeysCertificateComesBeforeThoseThatSignedIt(t *testing.T) {
	k := ecKey(t)
	other, own := made(t, ecKey(t)), made(t, k)
	file := bytes.Join([][]byte{text("CERTIFICATE", other.Raw), text("CERTIFICATE", own.Raw), text("PRIVATE KEY", pkcs8(t, k))}, nil)
	p, err := clientcert.Read(file, "", clientcert.Pair{})
	if err != nil || !p.Leaf().Equal(own) || strings.Count(p.Certificate, "BEGIN") != 2 {
		t.Errorf("%v", err)
	}
}

func TestPKCS12IsReadWithItsPassword(t *testing.T) {
	k := ecKey(t)
	own, authority := made(t, k), made(t, ecKey(t))
	for name, e := range map[string]*pkcs12.Encoder{"modern": pkcs12.Modern, "legacy": pkcs12.LegacyDES, "RC2": pkcs12.LegacyRC2} {
		file, err := e.Encode(k, own, []*x509.Certificate{authority}, "sesame")
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range []string{"", "simsalabim"} {
			if _, err := clientcert.Read(file, wrong, clientcert.Pair{}); !errors.Is(err, clientcert.ErrPassphrase) {
				t.Errorf("%s, password %q: %v", name, wrong, err)
			}
		}
		p, err := clientcert.Read(file, "sesame", clientcert.Pair{})
		if err != nil || !p.IsComplete() || !p.Leaf().Equal(own) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// OpenSSL's own files, as a school's IT department makes them.
func TestPKCS12OfOpenSSLIsRead(t *testing.T) {
	dir := t.TempDir()
	k := ecKey(t)
	own := made(t, k)
	in := filepath.Join(dir, "in.pem")
	if err := os.WriteFile(in, append(text("CERTIFICATE", own.Raw), text("PRIVATE KEY", pkcs8(t, k))...), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out.p12")
	if b, err := exec.Command("openssl", "pkcs12", "-export", "-in", in, "-out", out, "-passout", "pass:门锁").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	file, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := clientcert.Read(file, "门锁", clientcert.Pair{}); err != nil || !p.Leaf().Equal(own) {
		t.Errorf("%v", err)
	}
}

func TestWhatCanNotBeUsedIsToldApart(t *testing.T) {
	k := ecKey(t)
	cert, key := text("CERTIFICATE", made(t, k).Raw), text("PRIVATE KEY", pkcs8(t, k))
	stranger := text("PRIVATE KEY", pkcs8(t, ecKey(t)))
	half := clientcert.Pair{Certificate: string(cert)}
	for name, c := range map[string]struct {
		file []byte
		have clientcert.Pair
		want error
	}{
		"nothing":              {nil, clientcert.Pair{}, clientcert.ErrUnknown},
		"a picture":            {[]byte("\x89PNG\r\n\x1a\n"), clientcert.Pair{}, clientcert.ErrUnknown},
		"PEM of something":     {text("X509 CRL", []byte("x")), clientcert.Pair{}, clientcert.ErrUnknown},
		"a broken certificate": {text("CERTIFICATE", []byte("x")), clientcert.Pair{}, clientcert.ErrUnknown},
		"too big":              {bytes.Repeat([]byte("x"), clientcert.MaxSize+1), clientcert.Pair{}, clientcert.ErrTooBig},
		"a locked key":         {append(cert, text("ENCRYPTED PRIVATE KEY", []byte("x"))...), clientcert.Pair{}, clientcert.ErrLockedKey},
		"a key that was locked in the old way": {
			[]byte("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\neA==\n-----END RSA PRIVATE KEY-----\n"), clientcert.Pair{}, clientcert.ErrLockedKey,
		},
		"a stranger's key in one file": {append(bytes.Clone(cert), stranger...), clientcert.Pair{}, clientcert.ErrMismatch},
		"a stranger's key afterwards":  {stranger, half, clientcert.ErrMismatch},
	} {
		if p, err := clientcert.Read(c.file, "", c.have); !errors.Is(err, c.want) || p != c.have {
			t.Errorf("%s: %v", name, err)
		}
	}
	whole, err := clientcert.Read(key, "", half)
	if err != nil || !whole.IsComplete() {
		t.Fatal(err)
	}
	if p, err := clientcert.Read(stranger, "", whole); err != nil || p.Certificate != "" || p.Key == "" {
		t.Errorf("a new key in place of a whole pair: %v", err)
	}
	for _, s := range []string{fmt.Sprint(whole), fmt.Sprintf("%+v", whole), fmt.Sprintf("%#v", whole), fmt.Sprintf("%s", struct{ P clientcert.Pair }{whole})} {
		if strings.Contains(s, "KEY") {
			t.Errorf("a text holds the key: %q", s)
		}
	}
}

// The count stands behind the salt: of 65,536 it becomes 8 million.
func TestAFileThatAsksForHoursOfWorkIsRefused(t *testing.T) {
	k := ecKey(t)
	file, err := pkcs12.LegacyDES.WithIterations(1<<16).Encode(k, made(t, k), nil, "sesame")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clientcert.Read(file, "sesame", clientcert.Pair{}); err != nil {
		t.Fatal(err)
	}
	file = bytes.ReplaceAll(file, []byte{2, 3, 1, 0, 0}, []byte{2, 3, 0x7f, 0xff, 0xff})
	if _, err := clientcert.Read(file, "sesame", clientcert.Pair{}); !errors.Is(err, clientcert.ErrUnknown) {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\neA==\n-----END CERTIFICATE-----\n"), "")
	f.Add([]byte{0x30, 0x80, 0x04, 0x01, 0x00, 0x02, 0x01, 0x05}, "x")
	f.Fuzz(func(t *testing.T, data []byte, passphrase string) {
		p, err := clientcert.Read(data, passphrase, clientcert.Pair{})
		if (err == nil) != (p.Certificate != "" || p.Key != "") {
			t.Errorf("%v", err)
		}
	})
}

// What editors and OpenSSL make of a file: a byte order mark hid the first
// certificate, one behind eight others was not seen.
func TestWildFilesHoldWhatTheyHold(t *testing.T) {
	k := ecKey(t)
	own := made(t, k)
	cert, key := text("CERTIFICATE", own.Raw), text("PRIVATE KEY", pkcs8(t, k))
	var others []byte
	for range 12 {
		others = append(others, text("CERTIFICATE", made(t, ecKey(t)).Raw)...)
	}
	for name, file := range map[string][]byte{
		"a byte order mark":     bytes.Join([][]byte{[]byte("\xef\xbb\xbf"), cert, key}, nil),
		"behind twelve others":  bytes.Join([][]byte{others, cert, key}, nil),
		"an older kind":         append(text("X509 CERTIFICATE", own.Raw), key...),
		"a trusted certificate": append(text("TRUSTED CERTIFICATE", append(bytes.Clone(own.Raw), 0x30, 0)), key...),
	} {
		p, err := clientcert.Read(file, "", clientcert.Pair{})
		if err != nil || !p.IsComplete() || !p.Leaf().Equal(own) || strings.Count(p.Certificate, "BEGIN") > 8 {
			t.Errorf("%s: %v", name, err)
		}
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pem"), filepath.Join(dir, "out.der")
	if err := os.WriteFile(in, key, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, scheme := range [][]string{{"-v2", "aes-256-cbc"}, {"-scrypt"}, {"-v1", "PBE-SHA1-3DES"}} {
		args := append([]string{"pkcs8", "-topk8", "-outform", "DER", "-in", in, "-out", out, "-passout", "pass:sesame"}, scheme...)
		if b, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, b)
		}
		file, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := clientcert.Read(file, "", clientcert.Pair{}); !errors.Is(err, clientcert.ErrLockedKey) {
			t.Errorf("%v: %v", scheme, err)
		}
	}
	if err := os.WriteFile(in, append(cert, key...), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"-macalg sha384", "-certpbe DES-EDE3-CBC", "-keypbe DES-EDE3-CBC", "-nomac"} {
		args := append([]string{"pkcs12", "-export", "-in", in, "-out", out, "-passout", "pass:sesame"}, strings.Fields(form)...)
		if b, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, b)
		}
		file, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := clientcert.Read(file, "sesame", clientcert.Pair{}); !errors.Is(err, clientcert.ErrLockedKey) {
			t.Errorf("PKCS#12 with %s: %v", form, err)
		}
	}
}
