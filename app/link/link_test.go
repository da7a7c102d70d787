package link

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

const patience = time.Minute // says nothing about speed

// collected gathers what a link's goroutines tell.
type collected struct {
	mu       sync.Mutex
	messages []Message
	subs     map[string]SubState
	states   []State
}

func (c *collected) message(m Message) {
	c.mu.Lock()
	c.messages = append(c.messages, m)
	c.mu.Unlock()
}

func (c *collected) state(s State) {
	c.mu.Lock()
	c.states = append(c.states, s)
	c.mu.Unlock()
}

func (c *collected) sub(s SubState) {
	c.mu.Lock()
	if c.subs == nil {
		c.subs = map[string]SubState{}
	}
	c.subs[s.Filter] = s
	c.mu.Unlock()
}

func (c *collected) heard(topic, payload string) (Message, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.messages {
		if m.Topic == topic && string(m.Payload) == payload {
			return m, true
		}
	}
	return Message{}, false
}

func (c *collected) answer(filter string) (SubState, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.subs[filter]
	return s, ok
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func wantFault(t *testing.T, err error, want fault.Fault) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Fault != want {
		t.Errorf("got %v, want the fault %v", err, want)
	}
}

// server accepts TCP connections and gives each to answer.
func server(t *testing.T, answer func(net.Conn)) Options {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				answer(c)
			}()
		}
	}()
	a, _ := l.Addr().(*net.TCPAddr)
	return Options{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: a.Port}}
}

func replies(b ...byte) func(net.Conn) {
	return func(c net.Conn) {
		_, _ = bufio.NewReader(c).ReadByte()
		_, _ = c.Write(b)
		_, _ = io.Copy(io.Discard, c)
	}
}

func TestEveryWayToFailHasItsFault(t *testing.T) {
	ctx := context.Background()
	gone := server(t, func(net.Conn) {})
	for name, c := range map[string]struct {
		o    Options
		want fault.Fault
	}{
		"refused":              {Options{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: devicetest.Port(t)}}, fault.Refused},
		"closed at once":       {gone, fault.BrokerClosed},
		"closed after CONNECT": {server(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) }), fault.BrokerClosed},
		"CONNACK 1":            {server(t, replies(0x20, 2, 0, 1)), fault.BadProtocol},
		"CONNACK 2":            {server(t, replies(0x20, 2, 0, 2)), fault.BadClientID},
		"CONNACK 3":            {server(t, replies(0x20, 2, 0, 3)), fault.Unavailable},
		"CONNACK 4":            {server(t, replies(0x20, 2, 0, 4)), fault.BadLogin},
		"CONNACK 5":            {server(t, replies(0x20, 2, 0, 5)), fault.NotAllowed},
		"CONNACK 134":          {server(t, replies(0x20, 2, 0, 0x86)), fault.BadLogin},
		"no CONNACK":           {server(t, replies(0x30, 2, 0, 0)), fault.NotBroker},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.o.User, c.o.Password = "teacher", "hunter22"
			err := Test(ctx, c.o)
			wantFault(t, err, c.want)
			if err != nil && strings.Contains(err.Error(), "hunter22") {
				t.Errorf("the password is in the error: %v", err)
			}
		})
	}
}

func TestErrorsOfTheNetworkHaveTheirFault(t *testing.T) {
	for _, c := range []struct {
		err  error
		want fault.Fault
	}{
		{&net.DNSError{Err: "no such host", Name: "broker.example", IsNotFound: true}, fault.NameNotFound},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, fault.Refused},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)}, fault.Unreachable},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ENETUNREACH)}, fault.Unreachable},
		{fmt.Errorf("dial: %w", context.DeadlineExceeded), fault.Unreachable},
		{x509.UnknownAuthorityError{}, fault.BadCertificate},
		{x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}, fault.BadCertificate},
		{x509.CertificateInvalidError{Reason: x509.Expired}, fault.BadCertificate},
	} {
		wantFault(t, dialError(Options{}, c.err), c.want)
	}
	wantFault(t, loginError(Options{}, os.ErrDeadlineExceeded), fault.Unreachable)
	wantFault(t, lostError(Options{}, io.EOF), fault.ConnectionLost)
	wantFault(t, lostError(Options{}, os.ErrDeadlineExceeded), fault.Unreachable)
}

func TestATestEndsWithItsContext(t *testing.T) {
	o := server(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }) // never answers
	ctx, cancel := context.WithCancel(context.Background())
	connected := make(chan error, 1)
	go func() { connected <- Test(ctx, o) }()
	cancel()
	select {
	case err := <-connected:
		wantFault(t, err, fault.Unreachable)
	case <-time.After(patience):
		t.Fatal("it never ended")
	}
}

func TestCloseDoesNotWaitForABrokerThatNeverAnswers(t *testing.T) {
	reached := make(chan struct{}, 8)
	o := server(t, func(c net.Conn) {
		reached <- struct{}{}
		_, _ = io.Copy(io.Discard, c)
	})
	l := Dial(o, func(Message) {}, nil)
	<-reached
	l.Close()
	if s := l.State(); s.Phase != Closed {
		t.Errorf("state %+v", s)
	}
}

// authority is a certificate authority made for one test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test school"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{c, key, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}
}

// sign makes a server's certificate and key as PEM.
func (a *authority) sign(t *testing.T, names []string, from, to time.Time) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: from, NotAfter: to, DNSNames: names, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if len(names) == 0 {
		c.IPAddresses = []net.IP{net.ParseIP("127.0.0.1")}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, &k.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	kd, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: kd}))
}

// mosquitto runs a real mosquitto with a listener for each kind of connection.
// Its user is teacher with the password sesame; nobody may hear secret/#.
func mosquitto(t *testing.T, a *authority) (tcp, tls, expired, ws, wss Options) {
	t.Helper()
	dir := t.TempDir()
	put := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	hour := time.Now().Add(time.Hour)
	cert, key := a.sign(t, nil, time.Now().Add(-time.Hour), hour)
	certFile, keyFile := put("cert.pem", cert), put("key.pem", key)
	cert, key = a.sign(t, nil, time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour))
	oldCert, oldKey := put("old.pem", cert), put("oldkey.pem", key)
	users := put("users", "")
	if out, err := exec.Command("mosquitto_passwd", "-b", users, "teacher", "sesame").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	conf := fmt.Sprintf("user root\nper_listener_settings false\nallow_anonymous false\npassword_file %s\nacl_file %s\npersistence false\n",
		users, put("acl", "user teacher\ntopic readwrite class/#\n"))
	ports := make([]int, 5)
	for i, more := range []string{
		"", "certfile " + certFile + "\nkeyfile " + keyFile + "\n", "certfile " + oldCert + "\nkeyfile " + oldKey + "\n",
		"protocol websockets\n", "protocol websockets\ncertfile " + certFile + "\nkeyfile " + keyFile + "\n",
	} {
		ports[i] = devicetest.Port(t)
		conf += fmt.Sprintf("listener %d 127.0.0.1\n%s", ports[i], more)
	}
	cmd := exec.Command("mosquitto", "-c", put("mosquitto.conf", conf))
	out := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(out)
		}
	})
	o := Options{Endpoint: endpoint.Endpoint{Host: "127.0.0.1"}, User: "teacher", Password: "sesame"}
	at := func(i int) Options { o.Port = ports[i]; return o }
	tcp = at(0)
	until(t, "mosquitto", func() bool { return Test(context.Background(), tcp) == nil })
	o.TLS = true
	tls, expired, wss = at(1), at(2), at(4)
	o.TLS, o.WebSocket = false, true
	wss.WebSocket = true
	return tcp, tls, expired, at(3), wss
}

func TestMosquittoOverEveryKindOfConnection(t *testing.T) {
	a := newAuthority(t)
	tcp, tls, expired, ws, wss := mosquitto(t, a)
	trust := func(o Options) Options { o.CA = a.pem; return o }
	for name, o := range map[string]Options{"TCP": tcp, "TLS": trust(tls), "WebSocket": ws, "WebSocket over TLS": trust(wss)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var c collected
			o.Subscribed = c.sub
			l := Dial(o, c.message, c.state)
			defer l.Close()
			if err := errors.Join(l.Subscribe("class/"+name+"/#", 2), l.Subscribe("#", 0), l.Subscribe("secret/#", 0)); err != nil {
				t.Fatal(err)
			}
			for _, f := range []string{"class/" + name + "/#", "secret/#"} {
				until(t, "the answer to "+f, func() bool { _, ok := c.answer(f); return ok })
			}
			if s, _ := c.answer("class/" + name + "/#"); s.QoS != 2 || s.Err != nil {
				t.Errorf("granted %+v", s)
			}
			for qos := range byte(3) {
				topic := fmt.Sprint("class/", name, "/", qos)
				if err := l.Publish(topic, []byte("亮 \x00\xff"), qos, qos == 1); err != nil {
					t.Fatal(err)
				}
				until(t, topic, func() bool { _, ok := c.heard(topic, "亮 \x00\xff"); return ok })
				if m, _ := c.heard(topic, "亮 \x00\xff"); m.Retained || m.At.IsZero() {
					t.Errorf("%+v", m)
				}
			}
			var late collected
			k := Dial(o, late.message, nil)
			defer k.Close()
			if err := k.Subscribe("class/"+name+"/#", 2); err != nil {
				t.Fatal(err)
			}
			topic := fmt.Sprint("class/", name, "/1")
			until(t, "the retained message", func() bool { m, ok := late.heard(topic, "亮 \x00\xff"); return ok && m.Retained && m.QoS == 1 })
		})
	}
	ctx := context.Background()
	bad := tcp
	bad.Password = "wrong"
	named := trust(tls)
	named.ServerName = "another.example"
	otherCA := tls
	otherCA.CA = newAuthority(t).pem
	noCA := tls
	noCA.CA = "no certificate"
	plain := tcp
	plain.TLS = true
	noTLS := tls
	noTLS.TLS = false
	noSocket := tcp
	noSocket.WebSocket = true
	for name, c := range map[string]struct {
		o    Options
		want fault.Fault
	}{
		"wrong password": {bad, fault.NotAllowed}, // mosquitto says 5
		"system roots":   {tls, fault.BadCertificate}, "another CA": {otherCA, fault.BadCertificate}, "another name": {named, fault.BadCertificate},
		"expired": {trust(expired), fault.BadCertificate}, "an empty CA file": {noCA, fault.BadCertificate},
		"TLS to a plain port": {plain, fault.BrokerClosed}, "plain to a TLS port": {noTLS, fault.TLSOnly},
		"WebSocket to a TCP port": {noSocket, fault.BrokerClosed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantFault(t, Test(ctx, c.o), c.want)
		})
	}
	unchecked := tls
	unchecked.Unchecked = true
	if err := Test(ctx, unchecked); err != nil {
		t.Errorf("a board that checks nothing: %v", err)
	}
}

func TestASingleConnectionAsABoardHasIt(t *testing.T) {
	tcp, _, _, _, _ := mosquitto(t, newAuthority(t))
	var c collected
	watcher := Dial(tcp, c.message, nil)
	defer watcher.Close()
	if err := watcher.Subscribe("class/#", 1); err != nil {
		t.Fatal(err)
	}
	o := tcp
	o.ClientID = "board"
	o.Will = &Will{Topic: "class/lamp/status", Payload: []byte("offline")}
	ctx := context.Background()
	commands := make(chan Message, 10)
	lost := make(chan error, 10)
	dial := func() *OneShot {
		t.Helper()
		s, err := DialOnce(ctx, o, []string{"class/lamp/light/set"}, func(m Message) { commands <- m }, func(err error) { lost <- err })
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := dial()
	until(t, "the first word", func() bool {
		s.Publish("class/lamp/status", []byte("online"), false)
		_, ok := c.heard("class/lamp/status", "online")
		return ok
	})
	if err := watcher.Publish("class/lamp/light/set", []byte("on"), 1, false); err != nil {
		t.Fatal(err)
	}
	if m := <-commands; string(m.Payload) != "on" {
		t.Errorf("got %+v", m)
	}
	for i := range 100 {
		s.Publish("class/lamp/count", fmt.Append(nil, i), false)
	}
	s.Close()
	until(t, "the last word", func() bool { _, ok := c.heard("class/lamp/count", "99"); return ok })
	s = dial()
	if _, ok := c.heard("class/lamp/status", "offline"); ok {
		t.Error("the will was sent after a goodbye")
	}
	s.Drop()
	until(t, "the will", func() bool { _, ok := c.heard("class/lamp/status", "offline"); return ok })
	if len(lost) != 0 {
		t.Errorf("lost: %v", <-lost)
	}
	first := dial()
	dial().Close()
	wantFault(t, <-lost, fault.ConnectionLost) // taken over
	first.Close()
	bad := o
	bad.Password = "wrong"
	_, err := DialOnce(ctx, bad, nil, func(Message) {}, func(error) {})
	wantFault(t, err, fault.NotAllowed)
}

func TestABrokerThatHangsUpOnTheFirstSubscriptionIsNotWaitedFor(t *testing.T) {
	o := server(t, func(c net.Conn) {
		b := make([]byte, 512)
		for _, answer := range [][]byte{{0x20, 2, 0, 0}, nil} { // CONNACK, and nothing to SUBSCRIBE
			if _, err := c.Read(b); err != nil {
				return
			}
			_, _ = c.Write(answer)
		}
	})
	_, err := DialOnce(context.Background(), o, []string{"a"}, func(Message) {}, func(error) {})
	if err == nil || errors.Is(err, errNoAck) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("gave %v", err)
	}
}
