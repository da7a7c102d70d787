//go:build linux

package program_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"lamplighter/device/devicetest"
)

// encrypt listens on loopback with TLS in front of a broker, and gives its port.
func encrypt(t *testing.T, b *devicetest.Mosquitto) int {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "broker.lan"}, DNSNames: []string{"broker.lan"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, leaf, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer in.Close()
				out, err := net.Dial("tcp", b.Addr())
				if err != nil {
					return
				}
				defer out.Close()
				go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
				_, _ = io.Copy(in, out)
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func TestTheProgramEncryptsWhereItsBrokerDoes(t *testing.T) {
	t.Parallel()
	o := shapes["own-mpython2"].options()
	o.Config.Broker.TLS, o.Config.Broker.Port = true, 8883
	b := broker(t, o.Config)
	e := devicetest.Listen(t, b)
	port := encrypt(t, b)
	run(t, "mpython-2", write(t, o), b, func(s *devicetest.Setup) { s.Ports[8883] = port })
	e.Expect(base+"/light", "off")
	e.Publish(base+"/light/set", "on")
	e.Expect(base+"/light", "on")
}
