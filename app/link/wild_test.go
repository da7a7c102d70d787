package link

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"lamplighter/app/clientcert"
	"lamplighter/app/endpoint"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

// The answers of real brokers and of what is none, by their kind.

// answersAndLeaves answers the first bytes that come, and hangs up.
func answersAndLeaves(answer string) func(net.Conn) {
	return func(c net.Conn) {
		_, _ = c.Read(make([]byte, 1024))
		_, _ = io.WriteString(c, answer)
		if tcp, ok := c.(*net.TCPConn); ok { // no reset before the answer is read
			_ = tcp.CloseWrite()
			_, _ = io.Copy(io.Discard, c)
		}
	}
}

func TestWildAnswersToCONNECT(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		want   fault.Fault
	}{
		"code 84 in the form of version 5":      {"\x20\x03\x00\x84\x00", fault.BadProtocol},
		"code 86 in the form of version 5":      {"\x20\x03\x00\x86\x00", fault.BadLogin},
		"code 87 in the form of version 5":      {"\x20\x03\x00\x87\x00", fault.NotAllowed},
		"code 8a with a reason":                 {"\x20\x09\x00\x8a\x06\x1f\x00\x03bad", fault.NotAllowed},
		"code 80 in two bytes":                  {"\x20\x02\x00\x80", fault.LoginRefused},
		"code 99, of nobody":                    {"\x20\x02\x00\x99", fault.LoginRefused},
		"code 97, too many":                     {"\x20\x03\x00\x97\x00", fault.Unavailable},
		"code 5 with its length in two bytes":   {"\x20\x82\x00\x00\x05", fault.NotAllowed},
		"code 5 with its length in four bytes":  {"\x20\x82\x80\x80\x00\x00\x05", fault.NotAllowed},
		"code 5 in the form of version 5":       {"\x20\x03\x00\x05\x00", fault.NotAllowed},
		"code 4 with a session":                 {"\x20\x02\x01\x04", fault.BadLogin},
		"let in, in the form of version 5":      {"\x20\x03\x00\x00\x00", fault.BadProtocol},
		"DISCONNECT of version 5":               {"\xe0\x02\x82\x00", fault.BadProtocol},
		"half a CONNACK":                        {"\x20\x02\x00", fault.BrokerClosed},
		"a CONNACK without a code":              {"\x20\x01\x00", fault.NotBroker},
		"an empty CONNACK":                      {"\x20\x00", fault.NotBroker},
		"a CONNACK that is endless":             {"\x20\xff\xff\xff\xff\xff", fault.NotBroker},
		"a CONNACK with flags":                  {"\x2f\x02\x00\x00", fault.NotBroker},
		"SSH":                                   {"SSH-2.0-OpenSSH_9.6\r\n", fault.NotBroker},
		"a web server":                          {"HTTP/1.1 400 Bad Request\r\n\r\n", fault.NotBroker},
		"a text that begins with spaces":        {"  Welcome. Please log in.\r\nlogin: ", fault.NotBroker},
		"mail":                                  {"220 mail.school.cn ESMTP\r\n", fault.NotBroker},
		"Redis":                                 {"-ERR unknown command\r\n", fault.NotBroker},
		"a TLS alert":                           {"\x15\x03\x01\x00\x02\x02\x46", fault.TLSOnly},
		"a TLS alert of TLS 1.0":                {"\x15\x03\x00\x00\x02\x02\x0a", fault.TLSOnly},
		"a packet that begins like a TLS alert": {"\x15\x00\x00", fault.NotBroker},
		"nothing":                               {"", fault.BrokerClosed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := server(t, answersAndLeaves(c.answer))
			o.User, o.Password = "teacher", "hunter22"
			wantFault(t, Test(t.Context(), o), c.want)

			states := make(chan State, 64)
			l := Dial(o, func(Message) {}, func(s State) { states <- s })
			defer l.Close()
			for {
				s := <-states
				if s.Phase == Online {
					t.Fatal("it is shown as online")
				}
				if s.Phase == Waiting {
					wantFault(t, s.Err, c.want)
					break
				}
			}
			if err := l.Publish("a", nil, 0, false); !errors.Is(err, ErrOffline) {
				t.Errorf("publish: %v", err)
			}
		})
	}
}

// Let in, and then hung up on: Paho's own word is not waited for.
func TestWildEndsOfAConnectionThatWasLetIn(t *testing.T) {
	for name, after := range map[string]string{
		"hung up": "", "a packet that is none": "\xff\xff\xff\xff\xff", "an answer of another form": "\x90\x04\x00\x01\x00\x00", "DISCONNECT of version 5": "\xe0\x02\x8e\x00",
		"a second CONNACK": "\x20\x02\x00\x05",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := server(t, answersAndLeaves(accepted+after))
			var c collected
			l := Dial(o, c.message, c.state)
			defer l.Close()
			until(t, "the loss", func() bool {
				s := l.State()
				return s.Phase == Waiting && s.Err != nil
			})
			wantFault(t, l.State().Err, fault.ConnectionLost)
		})
	}
}

// encrypted serves TLS as a test wants it, and lets everybody in who gets through.
func encrypted(t *testing.T, conf *tls.Config) Options {
	t.Helper()
	o := server(t, func(c net.Conn) {
		s := tls.Server(c, conf)
		if s.Handshake() != nil {
			_, _ = io.Copy(io.Discard, c) // no reset before the alert is read
			return
		}
		_, _ = s.Read(make([]byte, 1024))
		_, _ = io.WriteString(s, accepted)
		_, _ = io.Copy(io.Discard, s)
	})
	o.TLS = true
	return o
}

func TestWildTLS(t *testing.T) {
	a := newAuthority(t)
	cert, key := a.sign(t, nil, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(*tls.Config)) *tls.Config {
		c := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
		change(c)
		return c
	}
	for name, c := range map[string]struct {
		conf *tls.Config
		want fault.Fault
	}{
		"TLS 1.0 only": {with(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 }), fault.BadTLS},
		"TLS 1.1 only": {with(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }), fault.BadTLS},
		"no common cipher": {with(func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA}
		}), fault.BadTLS},
		"the name refused": {with(func(c *tls.Config) {
			c.Certificates, c.GetCertificate = nil, func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, nil }
		}), fault.WrongServerName},
		"a negative serial number": {with(func(c *tls.Config) { c.Certificates = []tls.Certificate{negative(t)} }), fault.MalformedCertificate},
		"no certificate at all": {with(func(c *tls.Config) {
			c.Certificates = []tls.Certificate{{Certificate: [][]byte{{0x30, 0}}, PrivateKey: pair.PrivateKey}}
		}), fault.MalformedCertificate},
		"a certificate is wanted, TLS 1.2": {with(func(c *tls.Config) { c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12 }), fault.CertificateWanted},
		"a certificate is wanted, TLS 1.3": {with(func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }), fault.CertificateWanted},
		"a certificate would be liked":     {with(func(c *tls.Config) { c.ClientAuth = tls.RequestClientCert }), 0},
		"nothing odd":                      {with(func(*tls.Config) {}), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := encrypted(t, c.conf)
			o.CA = a.pem
			for _, web := range []bool{false, true} {
				o.WebSocket = web
				switch err := Test(t.Context(), o); {
				case c.want == 0 && !web:
					if err != nil {
						t.Error(err)
					}
				case c.want != 0:
					wantFault(t, err, c.want)
				}
			}
		})
	}
	t.Run("a port that speaks no TLS", func(t *testing.T) {
		for _, answer := range []string{"HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.6\r\n"} {
			o := server(t, answersAndLeaves(answer))
			o.TLS = true
			wantFault(t, Test(t.Context(), o), fault.NoTLS)
		}
	})
	t.Run("a port that hangs up on TLS", func(t *testing.T) {
		o := server(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) })
		o.TLS = true
		wantFault(t, Test(t.Context(), o), fault.BrokerClosed)
	})
}

// negative is a certificate as some old tools make it, which crypto/x509 does
// not read.
func negative(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(0x55), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(der), "\x02\x01\x55", "\x02\x01\xd5", 1)
	return tls.Certificate{Certificate: [][]byte{[]byte(text)}, PrivateKey: key}
}

func TestWildAnswersToAWebSocketsUpgrade(t *testing.T) {
	for status, want := range map[int]fault.Fault{
		404: fault.WrongPath, 301: fault.WrongPath, 302: fault.WrongPath, 308: fault.WrongPath, 200: fault.WrongPath, 204: fault.WrongPath, 400: fault.WrongPath,
		405: fault.WrongPath, 410: fault.WrongPath, 426: fault.WrongPath,
		401: fault.WebLogin, 403: fault.WebLogin, 407: fault.WebLogin,
		500: fault.WebDown, 502: fault.WebDown, 503: fault.WebDown, 504: fault.WebDown, 429: fault.WebDown, 408: fault.WebDown,
	} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			for _, secure := range []bool{false, true} {
				start := httptest.NewServer
				if secure {
					start = httptest.NewTLSServer
				}
				web := start(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Location", "http://127.0.0.1:1/")
					w.WriteHeader(status)
					_, _ = io.WriteString(w, "hello")
				}))
				defer web.Close()
				o := optionsOf(t, web.URL)
				o.WebSocket, o.TLS, o.Unchecked = true, secure, secure
				err := Test(t.Context(), o)
				wantFault(t, err, want)
				var answer *UpgradeError
				if !errors.As(err, &answer) || answer.Status != status {
					t.Errorf("%v does not name %d", err, status)
				}
			}
		})
	}
	for name, answer := range map[string]string{
		"SSH": "SSH-2.0-OpenSSH_9.6\r\n", "MQTT": "\x20\x02\x00\x00", "an upgrade to something else": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
		"a key of somebody else's": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := server(t, answersAndLeaves(answer))
			o.WebSocket = true
			wantFault(t, Test(t.Context(), o), fault.NotBroker)
		})
	}
	t.Run("a broker without WebSocket", func(t *testing.T) {
		m := devicetest.StartMosquitto(t, devicetest.MosquittoConf{})
		wantFault(t, Test(t.Context(), Options{Endpoint: endpoint.Endpoint{Host: m.Host(), Port: m.Port(), WebSocket: true}}), fault.BrokerClosed)
	})
}

// A broker of the cloud may want a token behind the path.
func TestWildPathsOfAWebSocketKeepTheirQuery(t *testing.T) {
	asked := make(chan string, 1)
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.RequestURI() }))
	defer web.Close()
	o := optionsOf(t, web.URL)
	o.WebSocket, o.Path = true, "/mqtt?token=a%2Fb&x=1"
	wantFault(t, Test(t.Context(), o), fault.WrongPath)
	if got := <-asked; got != o.Path {
		t.Errorf("asked for %s", got)
	}
}

func optionsOf(t *testing.T, address string) Options {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	return Options{Endpoint: endpoint.Endpoint{Host: u.Hostname(), Port: port}}
}

// A real broker that wants a certificate, with either version of TLS: OpenSSL
// says so in another way than Go does.
func TestWildMosquittoThatWantsACertificate(t *testing.T) {
	a := newAuthority(t)
	dir := t.TempDir()
	cert, key := a.sign(t, nil, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	files := written(t, dir, map[string]string{"cert.pem": cert, "key.pem": key, "ca.pem": a.pem})
	for _, version := range []string{"tlsv1.2", "tlsv1.3"} {
		port := devicetest.Port(t)
		devicetest.StartMosquitto(t, devicetest.MosquittoConf{Extra: fmt.Sprintf(
			"listener %d 127.0.0.1\ncertfile %s\nkeyfile %s\ncafile %s\nrequire_certificate true\ntls_version %s",
			port, files["cert.pem"], files["key.pem"], files["ca.pem"], version)})
		until(t, "the broker", func() bool { return Reach(t.Context(), "127.0.0.1", port) == nil })
		o := Options{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: port, TLS: true, CA: a.pem}}
		wantFault(t, Test(t.Context(), o), fault.CertificateWanted)
		var c collected
		l := Dial(o, c.message, c.state)
		until(t, "the refusal", func() bool { return l.State().Err != nil })
		wantFault(t, l.State().Err, fault.CertificateWanted)
		l.Close()

		plain := o
		plain.TLS = false
		err := Test(t.Context(), plain)
		wantFault(t, err, fault.TLSOnly)
		if !errors.Is(err, ErrSpeaksTLS) {
			t.Errorf("%s: TLS was not tried: %v", version, err)
		}

		o.Certificate, o.Key = a.client(t, time.Now().Add(time.Hour))
		if err := Test(t.Context(), o); err != nil {
			t.Errorf("%s, with a certificate: %v", version, err)
		}
		for name, by := range map[string]*authority{"a stranger's": newAuthority(t), "an expired one": a} {
			bad := o
			until := time.Now().Add(time.Hour)
			if by == a {
				until = time.Now().Add(-time.Minute)
			}
			bad.Certificate, bad.Key = by.client(t, until)
			t.Run(version+", "+name, func(t *testing.T) { wantFault(t, Test(t.Context(), bad), fault.CertificateRefused) })
		}
		for _, key := range []string{"", "x", key} {
			bad := o
			bad.Key = key
			err := Test(t.Context(), bad)
			wantFault(t, err, fault.OwnCertificate)
			if strings.Contains(err.Error(), "KEY") {
				t.Errorf("the error holds the key: %v", err)
			}
		}
	}
}

// onlyTLS serves TLS, and answers what is none with a text before it hangs up.
func onlyTLS(t *testing.T, conf *tls.Config, answer string) Options {
	t.Helper()
	return server(t, func(c net.Conn) {
		if tls.Server(c, conf).Handshake() == nil {
			return
		}
		_, _ = io.WriteString(c, answer)
		_ = c.(*net.TCPConn).CloseWrite() // no reset before the answer is read
		_, _ = io.Copy(io.Discard, c)
	})
}

// client makes the certificate of a program, with its key.
func (a *authority) client(t *testing.T, to time.Time) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(3), NotBefore: time.Now().Add(-time.Hour), NotAfter: to, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, k.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := clientcert.Read(append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), keyPEM(t, k)...), "", clientcert.Pair{})
	if err != nil {
		t.Fatal(err)
	}
	return pair.Certificate, pair.Key
}

func keyPEM(t *testing.T, k *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// A port that speaks TLS, asked without it: MQTT and WebSocket, by its answer.
func TestWildPortsThatWantTLSAreTriedWithIt(t *testing.T) {
	a := newAuthority(t)
	cert, key := a.sign(t, nil, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewTLSServer(http.NotFoundHandler())
	defer web.Close()
	conf := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	for name, o := range map[string]Options{
		"MQTT, an alert": onlyTLS(t, conf, "\x15\x03\x03\x00\x02\x02\x0a"), "MQTT, no word": onlyTLS(t, conf, ""), "WebSocket": optionsOf(t, web.URL),
	} {
		o.WebSocket = name == "WebSocket"
		err := Test(t.Context(), o)
		wantFault(t, err, fault.TLSOnly)
		if !errors.Is(err, ErrSpeaksTLS) {
			t.Errorf("%s: %v", name, err)
		}
	}
	old := onlyTLS(t, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, "")
	if err := Test(t.Context(), old); err == nil || errors.Is(err, ErrSpeaksTLS) {
		t.Errorf("a port whose TLS can't be used: %v", err)
	}
}

// written writes files into a folder, and gives their paths by name.
func written(t *testing.T, dir string, files map[string]string) map[string]string {
	t.Helper()
	paths := map[string]string{}
	for name, text := range files {
		paths[name] = filepath.Join(dir, name)
		if err := os.WriteFile(paths[name], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}
