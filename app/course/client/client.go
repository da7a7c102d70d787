// Package client is a real MQTT client that a pupil steers by hand, and one that
// sends numbers over a line that loses some. Both know nothing of lessons.
//
// A Client and a Sender belong to the state's goroutine, to which Options.Post leads.
package client

import (
	"context"
	"errors"
	"strings"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/app/inbox"
	"lamplighter/app/link"
	"lamplighter/app/watch"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
)

// Bounds.
const (
	MaxID       = 23      // characters of a client id that every broker takes (MQTT 3.1.1, section 3.1.3.1)
	MaxPayload  = 4 << 10 // bytes that can be published
	maxReceived = 50      // messages that are shown
	maxShown    = 1 << 10 // bytes of a payload that are kept
	maxFilters  = 16
	maxWaiting  = 200 // messages that wait to be taken in
)

// batchPause is between two batches of messages where many come.
const batchPause = 100 * time.Millisecond

// Options are what a client works with.
type Options struct {
	// Broker is how to reach the broker, and false while it does not run. From any goroutine.
	Broker func() (endpoint.Endpoint, bool)
	Post   func(func()) // runs a function on the state's goroutine, later
	// Refused is told that the broker did not let the client in; may be nil.
	Refused func(id string)
}

// Phase is where a client stands.
type Phase int

// The phases.
const (
	Off Phase = iota
	Connecting
	Online
	Lost    // the connection ended by itself
	Refused // the broker, or nobody, let it in; Err says why
)

// Message is one that the client received.
type Message struct {
	Topic    string
	Payload  []byte // the beginning of it
	Size     int    // bytes of the whole
	QoS      byte
	Retained bool
}

// Filter is a subscription, with what the broker said to it.
type Filter struct {
	Filter   string
	QoS      byte // asked for
	Granted  byte
	Answered bool
	Err      error // the broker's refusal, or nil
}

// Client is the client.
type Client struct {
	Changed watch.Signal // raised when anything here has another answer

	o        Options
	id       string
	phase    Phase
	err      error
	shot     *link.OneShot
	cancel   context.CancelFunc
	dial     int // number of the present connection; what older ones say late is dropped
	filters  []Filter
	received []Message // the newest last
	dropped  int
	refused  string // topic of the last message, where the broker threw that away
	inbox    *inbox.Inbox[arrival]
}

// New makes a client that is not connected.
func New(o Options) *Client {
	c := &Client{o: o}
	c.inbox = inbox.New(o.Post, batchPause, maxWaiting, nil, c.receive)
	return c
}

// ID is the id with which it connected last.
func (c *Client) ID() string { return c.id }

// Phase is where it stands, and why.
func (c *Client) Phase() (Phase, error) { return c.phase, c.err }

// Filters lists its subscriptions, in the order in which they came.
func (c *Client) Filters() []Filter { return append([]Filter(nil), c.filters...) }

// Received lists what it received, the newest last, and how much more it was.
func (c *Client) Received() (all []Message, dropped int) {
	return append([]Message(nil), c.received...), c.dropped
}

// Login is who a client says that it is.
type Login struct {
	ID, User, Password string
	Will               *link.Will
}

// What a client is not asked to do.
var (
	ErrID      = errors.New("not a client id of 1 to 23 characters")
	ErrNoLink  = errors.New("the client is not connected")
	ErrMany    = errors.New("too many subscriptions")
	ErrPayload = errors.New("the payload is too long")
	errNone    = errors.New("the broker does not run")
)

// Connect connects, with no subscriptions and without what was received before.
func (c *Client) Connect(l Login) error {
	if l.ID == "" || len(l.ID) > MaxID || strings.ContainsFunc(l.ID, func(r rune) bool { return r < ' ' || r > '~' }) {
		return &fault.Error{Fault: fault.BadValue, Op: "connect", Err: ErrID}
	}
	c.disconnect(true)
	c.dial++
	c.id, c.phase, c.err, c.filters, c.received, c.dropped, c.refused = l.ID, Connecting, nil, nil, nil, 0, ""
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	nth := c.dial
	crash.Go(func() { c.connect(ctx, nth, l) })
	c.Changed.Raise()
	return nil
}

// connect runs on a goroutine of its own.
func (c *Client) connect(ctx context.Context, nth int, l Login) {
	shot, err := dial(ctx, c.o.Broker, l, nil, func(m link.Message) { c.onMessage(nth, m) }, func(err error) {
		c.o.Post(func() { c.lost(nth, err) })
	})
	c.o.Post(func() { c.connected(nth, shot, err) })
}

// dial connects once.
func dial(ctx context.Context, broker func() (endpoint.Endpoint, bool), l Login, store *link.SessionStore, receive func(link.Message), lost func(error)) (*link.OneShot, error) {
	at, ok := broker()
	if !ok {
		return nil, &fault.Error{Fault: fault.BrokerDown, Op: "connect", Err: errNone}
	}
	o := link.Options{
		Endpoint: at, Near: true, ClientID: l.ID, User: l.User, Password: l.Password, Will: l.Will, Session: store, KeepAlive: keepAlive,
	}
	return link.DialOnce(ctx, o, nil, receive, lost)
}

const keepAlive = 20 * time.Second

func (c *Client) connected(nth int, shot *link.OneShot, err error) {
	switch {
	case nth != c.dial:
		if shot != nil {
			crash.Go(shot.Close)
		}
		return
	case err != nil:
		c.phase, c.err = Refused, err
		if f, ok := errors.AsType[*fault.Error](err); c.o.Refused != nil && ok && (f.Fault == fault.BadLogin || f.Fault == fault.NotAllowed) {
			c.o.Refused(c.id)
		}
	case c.phase == Connecting: // else it is lost already
		c.phase, c.shot = Online, shot
	}
	c.Changed.Raise()
}

func (c *Client) lost(nth int, err error) {
	if nth == c.dial && c.phase != Off {
		c.phase, c.err, c.shot = Lost, err, nil
		c.Changed.Raise()
	}
}

// arrival is a message that came by a connection.
type arrival struct {
	nth int
	Message
}

// onMessage takes in a message, on a goroutine of the link's.
func (c *Client) onMessage(nth int, m link.Message) {
	shown := m.Payload
	if len(shown) > maxShown {
		shown = append([]byte(nil), shown[:maxShown]...)
	}
	c.inbox.Put(arrival{nth, Message{Topic: m.Topic, Payload: shown, Size: len(m.Payload), QoS: m.QoS, Retained: m.Retained}})
}

// receive keeps the last of the messages that came.
func (c *Client) receive(batch []arrival, dropped int) {
	c.dropped += dropped
	for _, x := range batch {
		if x.nth == c.dial {
			c.received = append(c.received, x.Message)
		}
	}
	if more := len(c.received) - maxReceived; more > 0 {
		c.received, c.dropped = append([]Message(nil), c.received[more:]...), c.dropped+more
	}
	c.Changed.Raise()
}

// Subscribe asks for the messages of a filter at QoS 0 to 2.
func (c *Client) Subscribe(filter string, qos byte) error {
	if c.shot == nil {
		return &fault.Error{Fault: fault.Unreachable, Op: "subscribe", Err: ErrNoLink}
	}
	if len(c.filters) == maxFilters {
		return &fault.Error{Fault: fault.BadValue, Op: "subscribe", Err: ErrMany}
	}
	nth := c.dial
	if err := c.shot.Subscribe(filter, qos, func(s link.SubState) { c.o.Post(func() { c.answered(nth, s) }) }); err != nil {
		return err
	}
	c.enqueue(Filter{Filter: filter, QoS: qos})
	return nil
}

func (c *Client) enqueue(f Filter) {
	for i := range c.filters {
		if c.filters[i].Filter == f.Filter {
			c.filters[i] = f
			c.Changed.Raise()
			return
		}
	}
	c.filters = append(c.filters, f)
	c.Changed.Raise()
}

func (c *Client) answered(nth int, s link.SubState) {
	if nth != c.dial {
		return
	}
	for i := range c.filters {
		if f := &c.filters[i]; f.Filter == s.Filter {
			f.Answered, f.Granted, f.Err = true, s.QoS, s.Err
		}
	}
	c.Changed.Raise()
}

// Unsubscribe ends a subscription.
func (c *Client) Unsubscribe(filter string) {
	for i, f := range c.filters {
		if f.Filter == filter {
			c.filters = append(c.filters[:i:i], c.filters[i+1:]...)
			if c.shot != nil {
				c.shot.Unsubscribe(filter)
			}
			c.Changed.Raise()
			return
		}
	}
}

// Publish sends a message; nil says only that it is on its way.
func (c *Client) Publish(topic string, payload []byte, qos byte, retained bool) error {
	switch {
	case c.shot == nil:
		return &fault.Error{Fault: fault.Unreachable, Op: "publish", Err: ErrNoLink}
	case len(payload) > MaxPayload:
		return &fault.Error{Fault: fault.BadValue, Op: "publish", Err: ErrPayload}
	}
	c.refused = ""
	return c.shot.Send(topic, payload, qos, retained)
}

// Refuse notes that the broker threw away what the client published to a topic. The
// broker tells that only to its trace (MQTT 3.1.1, section 3.3.5).
func (c *Client) Refuse(topic string) {
	c.refused = topic
	c.Changed.Raise()
}

// RefusedTopic is the topic of the last message where the broker threw that away, or "".
func (c *Client) RefusedTopic() string { return c.refused }

// Disconnect ends the connection with DISCONNECT: the broker publishes no last will.
func (c *Client) Disconnect() { c.disconnect(true) }

// Drop ends it without a word, as a board does whose power goes.
func (c *Client) Drop() { c.disconnect(false) }

// disconnect ends the connection, in the background.
func (c *Client) disconnect(goodbye bool) {
	if c.cancel == nil {
		return
	}
	c.dial++
	if shot := c.shot; shot != nil {
		if goodbye {
			crash.Go(shot.Close)
		} else {
			crash.Go(shot.Drop)
		}
	}
	c.cancel()
	c.cancel, c.shot, c.phase, c.err, c.filters = nil, nil, Off, nil, nil
	c.Changed.Raise()
}
