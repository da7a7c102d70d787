//go:build linux

package assets_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"

	"lamplighter/device"
	"lamplighter/device/fault"
)

// certificate makes a CA and a certificate of it for a host.
func certificate(t *testing.T, host string) (ca string, cert tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "school"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: root.NotBefore, NotAfter: root.NotAfter,
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, root, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	pemCA := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootDER})
	return string(pemCA), tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: key}
}

func TestABrokerWithTLSIsCheckedAsFarAsTheFirmwareCan(t *testing.T) {
	t.Parallel()
	ca, cert := certificate(t, brokerName)
	_, foreign := certificate(t, brokerName)
	_, otherName := certificate(t, "somebody.else")
	for _, c := range []struct {
		name, model, ca string
		cert            *tls.Certificate // nil: the broker does not speak TLS
		lit             bool
	}{
		{"trusted", "esp32", ca, &cert, true},
		{"not checked", "esp32", "", &foreign, true},
		{"of another CA", "esp32", ca, &foreign, false},
		{"for another name", "esp32", ca, &otherName, false},
		{"not checked by old firmware", "mpython-2", "", &cert, true},
		{"a CA that old firmware can not check", "mpython-2", ca, &cert, false},
		{"no TLS at all", "esp32", ca, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, func(conn net.Conn, _ int) {
				if c.cert != nil {
					conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*c.cert}})
				}
				if greet(conn) {
					_, _ = conn.Write(packet(base+"/light/set", "on"))
					drain(conn)
				}
			})
			r := start(t, opts{model: c.model, port: f.port, config: func(d *device.Config) { d.Broker.TLS, d.Broker.CA = true, c.ca }})
			if c.lit {
				r.stage(device.StageCommand)
				return
			}
			s := r.badStage()
			if kind, _ := s.Fault(); kind != fault.BadCertificate {
				t.Errorf("%+v means %v", s, kind)
			}
		})
	}
}

func TestALampComesBackOverTLSHoweverItsConnectionEnded(t *testing.T) {
	t.Parallel()
	_, cert := certificate(t, brokerName)
	for _, model := range []string{"mpython-3", "mpython-2"} {
		t.Run(model, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, func(conn net.Conn, n int) {
				conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}})
				if !greet(conn) {
					return
				}
				_, _ = conn.Write(packet(base+"/light/set", []string{"on", "off", "on"}[n%3]))
				if n > 0 {
					drain(conn)
				}
			})
			r := start(t, opts{model: model, port: f.port, config: func(d *device.Config) { d.Broker.TLS = true }})
			r.WaitForPixels(true)
			r.WaitForPixels(false) // the first connection was closed, without a goodbye of TLS
			r.DropSockets()
			r.WaitForPixels(true)
		})
	}
}
