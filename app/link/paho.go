package link

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"lamplighter/app/clientcert"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
)

// Times that bound one connection.
const (
	dialTime  = 10 * time.Second // name, TCP and TLS
	loginTime = 10 * time.Second // CONNECT to CONNACK
	writeTime = 10 * time.Second // one write on a socket that is stuck
	ackTime   = 10 * time.Second // SUBSCRIBE to SUBACK
)

var (
	errCA      = errors.New("the CA file holds no certificate")
	errSuback  = errors.New("refused by SUBACK")
	errNotMQTT = errors.New("the answer is not MQTT")
	errVersion = errors.New("the answer is that of another version of MQTT")
	errTLSOnly = errors.New("the answer is TLS")
	errNoDial  = errors.New("no connection was made")
	errNoAck   = errors.New("no answer to the subscription")
	errLost    = errors.New("the connection was lost")
)

// pahoSession is a Paho client that lives for one connection only: a client
// that is used again after a loss keeps publishes for later, and may panic.
type pahoSession struct {
	o      Options
	client mqtt.Client
	conn   net.Conn
	over   chan struct{}
	once   sync.Once
}

// openPaho connects and logs in, with options that are checked. It is bounded by dialTime and loginTime, and
// ends early with ctx.
func openPaho(ctx context.Context, o Options, receive func(Message), lost func(error)) (session, error) {
	a := &attempt{ctx: ctx, o: o, receive: receive}
	s := &pahoSession{o: o, over: make(chan struct{})}
	p := pahoOptions(o)
	p.SetCustomOpenConnectionFn(a.dial)
	p.SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) {
		receive(Message{Topic: m.Topic(), Payload: m.Payload(), Retained: m.Retained(), QoS: m.Qos(), At: time.Now()})
		a.conn.handed.Add(1)
	})
	var once sync.Once
	over := func(err error) {
		once.Do(func() {
			s.end()
			lost(err)
		})
	}
	p.SetConnectionLostHandler(func(_ mqtt.Client, err error) { over(err) })
	s.client = mqtt.NewClient(p)
	token := s.client.Connect()
	<-token.Done() // bounded by the dialler, and by the deadline on the socket
	stopped := a.release()
	s.conn = a.conn
	if a.err != nil {
		return nil, dialError(o, a.err)
	}
	if !stopped { // Close came in the meantime, and the socket's own error says nothing
		s.drop()
		return nil, dialError(o, ctx.Err())
	}
	if a.conn == nil {
		return nil, dialError(o, errors.Join(errNoDial, token.Error()))
	}
	if err := token.Error(); err != nil {
		s.drop()
		return nil, loginError(o, a.withCertificate(cmp.Or(a.conn.endError(), err)))
	}
	a.conn.watch(over) // whatever Paho believes, a connection that has ended is not online
	return s, nil
}

func pahoOptions(o Options) *mqtt.ClientOptions {
	p := mqtt.NewClientOptions()
	// Paho leaves out an address that it can't parse, and then dials nowhere:
	// attempt.dial connects, whatever stands here.
	p.AddBroker("tcp://broker")
	p.SetClientID(o.ClientID)
	p.SetUsername(o.User)
	p.SetPassword(o.Password)
	p.SetCleanSession(true)
	p.SetKeepAlive(o.keepAlive())
	p.SetPingTimeout(min(10*time.Second, o.keepAlive()/2))
	p.SetConnectTimeout(loginTime)
	p.SetWriteTimeout(writeTime)
	p.SetAutoReconnect(false)
	p.SetConnectRetry(false)
	// Without a version Paho tries 3.1 after every refusal, which hides the
	// CONNACK code and doubles the attempts.
	p.SetProtocolVersion(4)
	if o.Session != nil {
		p.SetCleanSession(false)
		p.SetStore(o.Session)
	}
	if o.Will != nil {
		p.SetBinaryWill(o.Will.Topic, o.Will.Payload, o.Will.QoS, o.Will.Retained)
	}
	return p
}

func (o Options) keepAlive() time.Duration {
	if o.KeepAlive < time.Second {
		return 30 * time.Second
	}
	return o.KeepAlive
}

func (s *pahoSession) end() { s.once.Do(func() { close(s.over) }) }

func (s *pahoSession) publish(topic string, payload []byte, qos byte, retained bool) bool {
	token := s.client.Publish(topic, qos, retained, payload)
	select {
	case <-token.Done():
		return token.Error() == nil
	default: // it proves nothing later
		return true
	}
}

func (s *pahoSession) subscribe(filter string, qos byte, answer func(byte, error)) {
	token, ok := s.client.Subscribe(filter, qos, nil).(*mqtt.SubscribeToken)
	if !ok {
		return
	}
	crash.Go(func() {
		late := time.NewTimer(ackTime)
		defer late.Stop()
		select {
		case <-s.over: // a lost connection has its own state
		case <-late.C:
			answer(0, s.subError(fault.Unreachable, filter, errNoAck))
		case <-token.Done():
			s.answered(token, filter, answer)
		}
	})
}

func (s *pahoSession) answered(token *mqtt.SubscribeToken, filter string, answer func(byte, error)) {
	granted, ok := token.Result()[filter]
	switch {
	case ok && granted <= 2:
		answer(granted, nil)
	case ok:
		answer(0, s.subError(fault.TopicRefused, filter, errSuback))
	case token.Error() != nil:
		answer(0, s.subError(fault.Unreachable, filter, token.Error()))
	}
}

func (s *pahoSession) subError(f fault.Fault, filter string, err error) error {
	return &fault.Error{Fault: f, Op: "subscribe to " + filter, Where: s.o.Address(), Err: err}
}

func (s *pahoSession) unsubscribe(filter string) { s.client.Unsubscribe(filter) }

func (s *pahoSession) close() {
	s.end()
	s.client.Disconnect(uint(goodbye.Milliseconds())) // at most: it returns when DISCONNECT is written
}

func (s *pahoSession) drop() {
	s.end()
	if s.conn != nil {
		_ = s.conn.Close()
	}
}

// attempt is one network connection in the making.
type attempt struct {
	ctx     context.Context
	o       Options
	receive func(Message)
	conn    *packetConn
	err     error
	stop    func() bool
	asked   bool // the broker asked for a certificate of ours
}

// dial is called once, on a goroutine of Paho's that ends before its token does.
func (a *attempt) dial(_ *url.URL, _ mqtt.ClientOptions) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(a.ctx, dialTime)
	defer cancel()
	c, err := a.dialNet(ctx)
	if err != nil {
		a.err = a.withCertificate(err)
		return nil, err
	}
	a.conn = newPacketConn(c, a.receive)
	a.stop = context.AfterFunc(a.ctx, func() { _ = c.Close() })
	return a.conn, nil
}

// release reports whether the connection is still wanted, and leaves it alone
// from now on.
func (a *attempt) release() bool { return a.stop == nil || a.stop() }

func (a *attempt) dialNet(ctx context.Context) (net.Conn, error) {
	o := a.o
	var conf *tls.Config
	if o.TLS {
		c, err := tlsConfig(o)
		if err != nil {
			return nil, err
		}
		conf = c
		own := c.Certificates
		conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			a.asked = true
			if len(own) > 0 {
				return &own[0], nil
			}
			return &tls.Certificate{}, nil
		}
	}
	if o.WebSocket {
		return dialWebSocket(ctx, o, conf)
	}
	if conf != nil {
		return (&tls.Dialer{NetDialer: o.dialer(), Config: conf}).DialContext(ctx, "tcp", o.Address())
	}
	return o.dialer().DialContext(ctx, "tcp", o.Address())
}

// withCertificate adds to an error that the broker had asked for a certificate,
// where that is why it let nobody in: with TLS 1.3 it says so only after the
// handshake, and may hang up so fast that its alert is lost.
func (a *attempt) withCertificate(err error) error {
	alert, told := alertOf(err)
	if !a.asked || !(told && aboutCertificate(alert)) && !isClosed(err) {
		return err
	}
	if a.o.Certificate != "" {
		return fmt.Errorf("%w: %w", errCertificateRefused, err)
	}
	return fmt.Errorf("%w: %w", errCertificateWanted, err)
}

func tlsConfig(o Options) (*tls.Config, error) {
	c := &tls.Config{
		MinVersion: tls.VersionTLS12,
		ServerName: o.certificateName(),
		// Only for a practice board, which trusts what a real board trusts.
		InsecureSkipVerify: o.Unchecked,
	}
	if o.CA != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(o.CA)) {
			return nil, errCA
		}
	}
	if o.Certificate != "" {
		own, err := clientcert.Pair{Certificate: o.Certificate, Key: o.Key}.TLS()
		if err != nil {
			return nil, errOwnCertificate // its own text may quote what was read
		}
		c.Certificates = []tls.Certificate{own}
	}
	return c, nil
}
