package link

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

// shows is a server that shows certificates, and gives what it hears once the
// handshake is done. Plain PEM of the server's own comes first.
func shows(t *testing.T, conf *tls.Config, key string, certs ...string) (Options, chan []byte) {
	t.Helper()
	all := ""
	for _, c := range certs {
		all += c
	}
	pair, err := tls.X509KeyPair([]byte(all), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	conf.Certificates = []tls.Certificate{pair}
	said := make(chan []byte, 10)
	o := server(t, func(c net.Conn) {
		s := tls.Server(c, conf)
		if s.Handshake() == nil {
			heard, _ := io.ReadAll(io.LimitReader(s, 1000))
			said <- heard
		}
	})
	o.TLS, o.User, o.Password = true, "teacher", "hunter22"
	return o, said
}

func parsed(t *testing.T, text string) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func looked(t *testing.T, o Options) Examined {
	t.Helper()
	chain, err := Certificates(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return Examine(chain, o, time.Now())
}

func TestACertificateIsLookedAtWithoutALogin(t *testing.T) {
	a := newAuthority(t)
	cert, key := a.sign(t, nil, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	o, said := shows(t, &tls.Config{}, key, cert, a.pem)
	e := looked(t, o)
	if e.Finding != UnknownCA || !e.Server.Equal(parsed(t, cert)) || !e.Root.Equal(parsed(t, a.pem)) {
		t.Errorf("%+v", e)
	}
	if heard := <-said; len(heard) != 0 {
		t.Errorf("the broker heard %q", heard)
	}
}

func TestTheTrustedRootLetsTheNextConnectionIn(t *testing.T) {
	a := newAuthority(t)
	_, tcp, expired, _, wss := mosquitto(t, a)
	for name, o := range map[string]Options{"TLS": tcp, "WebSocket over TLS": wss} {
		e := looked(t, o)
		if e.Finding != UnknownCA {
			t.Fatalf("%s: %+v", name, e)
		}
		err := Test(context.Background(), o)
		wantFault(t, err, fault.BadCertificate)
		if errors.Is(err, ErrOtherCertificate) {
			t.Errorf("%s: it is another than the trusted one, and none was trusted", name)
		}
		o.CA = PEM(e.Root)
		if err := Test(context.Background(), o); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if e = looked(t, o); e.Finding != Trusted {
			t.Errorf("%s: %v once it is trusted", name, e.Finding)
		}
		o.CA = newAuthority(t).pem
		if e = looked(t, o); e.Finding != UnexpectedCA {
			t.Errorf("%s: %v with another CA", name, e.Finding)
		}
		if err := Test(context.Background(), o); !errors.Is(err, ErrOtherCertificate) {
			t.Errorf("%s, where another certificate is trusted: %v", name, err)
		}
	}
	if e := looked(t, expired); e.Finding != Expired {
		t.Errorf("%v", e.Finding)
	}
}

func TestWhatIsWrongWithACertificateIsTold(t *testing.T) {
	a, b := newAuthority(t), newAuthority(t)
	now := time.Now()
	good, key := a.sign(t, nil, now.Add(-time.Hour), now.Add(time.Hour))
	old, oldKey := a.sign(t, nil, now.Add(-2*time.Hour), now.Add(-time.Hour))
	early, earlyKey := a.sign(t, nil, now.Add(time.Hour), now.Add(2*time.Hour))
	named, namedKey := a.sign(t, []string{"mqtt.school.example"}, now.Add(-time.Hour), now.Add(time.Hour))
	for name, row := range map[string]struct {
		key   string
		certs []string
		want  Finding
	}{
		"only its own":        {key, []string{good}, UnknownCA},
		"with its authority":  {key, []string{good, a.pem}, UnknownCA},
		"expired":             {oldKey, []string{old, a.pem}, Expired},
		"not yet":             {earlyKey, []string{early, a.pem}, NotYetValid},
		"another host":        {namedKey, []string{named, a.pem}, WrongHost},
		"another's authority": {key, []string{good, b.pem}, Unsound},
	} {
		o, _ := shows(t, &tls.Config{}, row.key, row.certs...)
		if e := looked(t, o); e.Finding != row.want {
			t.Errorf("%s: %v, want %v", name, e.Finding, row.want)
		}
	}
}

func TestAServerThatWantsACertificateOfOursStillShowsItsOwn(t *testing.T) {
	a := newAuthority(t)
	cert, key := a.sign(t, nil, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		o, _ := shows(t, &tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: version}, key, cert)
		if e := looked(t, o); e.Finding != UnknownCA {
			t.Errorf("%+v", e)
		}
	}
}

func TestWhereThereIsNoCertificateItSaysWhy(t *testing.T) {
	refused := Options{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: devicetest.Port(t)}}
	_, err := Certificates(context.Background(), refused)
	wantFault(t, err, fault.Refused)
	_, err = Certificates(context.Background(), server(t, replies([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")...)))
	wantFault(t, err, fault.NoTLS) // no TLS at all
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Certificates(ctx, server(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }))
	wantFault(t, err, fault.Unreachable)
}
