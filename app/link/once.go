package link

import (
	"context"
	"sync"

	"lamplighter/device/crash"
	"lamplighter/device/fault"
	"lamplighter/device/topic"
)

// Test connects once, logs in and leaves. A nil result means that the broker
// took the login; else it is a *fault.Error whose Fault tells DNS, refused,
// timed out, certificate, closed before CONNACK and each CONNACK code apart. Where
// the port may want TLS, and o has none, a handshake is tried once: a TLSOnly with
// the cause ErrSpeaksTLS tells that it does. It ends within 30 s, or with ctx.
func Test(ctx context.Context, o Options) error {
	if o.ClientID == "" {
		o.ClientID = randomID()
	}
	o.Will = nil
	o, err := o.checked()
	if err != nil {
		return err
	}
	s, err := openPaho(ctx, o, func(Message) {}, func(error) {})
	if err != nil {
		return tryTLS(ctx, o, err)
	}
	s.close()
	return nil
}

// OneShot is one connection that is not made again when it ends, as a board's
// is for as long as its program runs.
type OneShot struct {
	s    session
	line *sendQueue
	once sync.Once
}

// DialOnce connects, logs in, subscribes to the filters at QoS 0 and returns
// when the broker has answered; it fails with a *fault.Error. Receive may
// block. Lost is called once if the connection ends by itself, which may be
// before DialOnce returns. Publishes are sent in their order.
func DialOnce(ctx context.Context, o Options, filters []string, receive func(Message), lost func(error)) (*OneShot, error) {
	if o.ClientID == "" {
		o.ClientID = randomID()
	}
	o, err := o.checked()
	if err != nil {
		return nil, err
	}
	c := &OneShot{line: newSendQueue()}
	s, err := openPaho(ctx, o, receive, func(err error) {
		c.once.Do(func() {
			close(c.line.gone)
			lost(lostError(o, err))
		})
	})
	if err != nil {
		return nil, err
	}
	c.s = s
	for _, f := range filters {
		if err := c.subscribe(ctx, o, f); err != nil {
			c.Drop()
			return nil, err
		}
	}
	crash.Go(func() { work(s, c.line, nil) })
	return c, nil
}

func (c *OneShot) subscribe(ctx context.Context, o Options, filter string) error {
	answer := make(chan error, 1)
	c.s.subscribe(filter, 0, func(_ byte, err error) { answer <- err })
	ctx, cancel := context.WithTimeout(ctx, ackTime)
	defer cancel()
	var err error
	select {
	case err = <-answer:
		if err == nil || !c.isGone() {
			return err
		}
	case <-c.line.gone: // then no answer comes any more
	case <-ctx.Done():
		err = ctx.Err()
	}
	if c.isGone() {
		err = errLost
	}
	return &fault.Error{Fault: fault.BrokerClosed, Op: "subscribe to " + filter, Port: o.address(), Err: err}
}

func (c *OneShot) isGone() bool {
	select {
	case <-c.line.gone:
		return true
	default:
		return false
	}
}

// Publish sends a message at QoS 0. What can't be sent is dropped.
func (c *OneShot) Publish(name string, payload []byte, retained bool) {
	if topic.ValidName(name) {
		c.line.put(sendOp{run: func(s session) { s.publish(name, payload, 0, retained) }})
	}
}

// Close sends what waits, for a second at most, and says goodbye: the broker
// does not publish the will.
func (c *OneShot) Close() {
	c.once.Do(func() {
		flush(c.line)
		close(c.line.gone)
		c.s.close()
	})
}

// Drop vanishes: the broker publishes the will.
func (c *OneShot) Drop() {
	c.once.Do(func() {
		close(c.line.gone)
		c.s.drop()
	})
}
