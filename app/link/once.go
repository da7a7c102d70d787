package link

import (
	"context"
	"sync"
	"sync/atomic"

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
	return &fault.Error{Fault: fault.BrokerClosed, Op: "subscribe to " + filter, Where: o.Address(), Err: err}
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
		c.line.enqueue(sendOp{run: func(s session) { s.publish(name, payload, 0, retained) }})
	}
}

// Send publishes a message at QoS 0 to 2, as Link.Publish does.
func (c *OneShot) Send(name string, payload []byte, qos byte, retained bool) error {
	if !topic.ValidName(name) || qos > 2 || 2+len(name)+2+len(payload) > maxRest {
		return &fault.Error{Fault: fault.BadValue, Op: "publish", Err: ErrTopic}
	}
	return c.enqueue("publish", func(s session) { s.publish(name, payload, qos, retained) })
}

// Deliver is Send that returns when the message is with the connection, or false
// when the connection is lost: of one at QoS 1 or 2 Options.Session then knows whether
// the next connection sends it.
func (c *OneShot) Deliver(name string, payload []byte, qos byte, retained bool) bool {
	var begun atomic.Bool // or given up
	result := make(chan bool, 1)
	err := c.enqueue("publish", func(s session) {
		if begun.CompareAndSwap(false, true) {
			result <- s.publish(name, payload, qos, retained)
		}
	})
	if err != nil {
		return false
	}
	select {
	case ok := <-result:
		return ok
	case <-c.line.gone:
		return !begun.CompareAndSwap(false, true) && <-result
	}
}

// Subscribe asks for the messages of a filter, and has answer told what the broker
// said, from a goroutine of the connection.
func (c *OneShot) Subscribe(filter string, qos byte, answer func(SubState)) error {
	if !topic.ValidFilter(filter) || qos > 2 {
		return &fault.Error{Fault: fault.BadValue, Op: "subscribe", Err: ErrFilter}
	}
	return c.enqueue("subscribe", func(s session) {
		s.subscribe(filter, qos, func(granted byte, err error) { answer(SubState{Filter: filter, QoS: granted, Err: err}) })
	})
}

// Unsubscribe ends a subscription.
func (c *OneShot) Unsubscribe(filter string) {
	_ = c.enqueue("unsubscribe", func(s session) { s.unsubscribe(filter) }) // without a connection there is none
}

func (c *OneShot) enqueue(op string, run func(session)) error {
	switch {
	case c.isGone():
		return &fault.Error{Fault: fault.Unreachable, Op: op, Err: ErrOffline}
	case !c.line.enqueue(sendOp{run: run}):
		return &fault.Error{Fault: fault.Unreachable, Op: op, Err: ErrFull}
	}
	return nil
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
