// Package link is the app's MQTT connection: MQTT 3.1.1 over TCP, TLS or
// WebSocket, with the Paho client inside. It reconnects for ever, subscribes
// again after each reconnect, and always tells the truth about its state.
//
// It never blocks its caller, never keeps a publish for later (a command that
// reaches a lamp minutes after the click is worse than none), and never takes
// "sent" for "done": only a board's own message proves anything.
package link

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
	"lamplighter/device/random"
	"lamplighter/device/topic"
)

// Options say how to reach a broker and as whom.
type Options struct {
	endpoint.Endpoint
	Unchecked bool // takes any certificate, as boards do that have no CA

	Certificate string // PEM of the one that this computer shows; "" = none
	Key         string // PEM, of Certificate; a secret

	User     string
	Password string
	ClientID string // "" = a random one, so that two programs never share it
	SharedID bool   // several clients share ClientID by design: no fight over it is told

	KeepAlive              time.Duration // 0 = 30 s; whole seconds
	MinConnectInterval     time.Duration // at least so long between two attempts to connect, Retry or not; 0 = no such rule
	Near                   bool          // the broker is on this computer or in its network: it is tried again every few seconds, and back within 5 s of it
	MaxSubscribesPerMinute int           // at most so many subscriptions a minute, those after a reconnect among them; 0 = no such rule
	Will                   *Will         // nil = none
	Session                *SessionStore // with it the broker keeps a session between two connections; nil = each has its own

	// Subscribed is told what the broker answered to each subscription, again
	// after each reconnect. It runs on the link's goroutines and must not block.
	Subscribed func(SubState)
	// Lost is told, from a goroutine of the link, that Dropped has grown; nil for
	// nobody.
	Lost func()
}

// Will is what the broker publishes when the connection breaks.
type Will struct {
	Topic    string
	Payload  []byte
	QoS      byte
	Retained bool
}

// Message is what arrived. Payload belongs to the receiver.
type Message struct {
	Topic    string
	Payload  []byte
	Retained bool // it was kept by the broker, and is older than the subscription
	QoS      byte
	At       time.Time
}

// Phase is where a link stands.
type Phase int

// The phases.
const (
	Connecting Phase = iota // an attempt is being made
	Online                  // the broker accepted the login
	Waiting                 // until RetryAt
	Closed                  // for good; from the beginning where Options have no address that can be dialled
)

// String names the phase in English, for logs.
func (p Phase) String() string {
	return [...]string{"connecting", "online", "waiting", "closed"}[p]
}

// State tells how the connection is.
type State struct {
	Phase   Phase
	Err     error     // while Connecting again or Waiting, or Closed from the beginning: why, a *fault.Error; else nil
	Since   time.Time // when Phase began
	RetryAt time.Time // while Waiting
}

// FightError tells that another client has this one's id, as far as that can be
// seen: the broker ends the connection again and again, each time soon after it
// was made. It is the cause of a DuplicateClient, and never comes where the id
// is shared by design, for such an id may be a secret.
type FightError struct {
	ClientID string
	Address  string // host and port
	Err      error  // how the last connection ended
}

func (e *FightError) Error() string {
	return "the client id " + strconv.Quote(e.ClientID) + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *FightError) Unwrap() error { return e.Err }

// SubState is the broker's answer to a subscription.
type SubState struct {
	Filter string
	QoS    byte  // what the broker granted, 0 to 2
	Err    error // nil, or a *fault.Error: TopicRefused where the broker said no
}

// The reasons for a publish that is refused at once.
var (
	ErrOffline = errors.New("not connected")
	ErrFull    = errors.New("too much waits to be sent")
	ErrTopic   = errors.New("not a topic that can be published to")
	ErrFilter  = errors.New("not a filter that can be subscribed to")
)

// Bounds.
const (
	maxQueue       = 256              // publishes and subscriptions that wait
	maxFilters     = 1024             // subscriptions of one link
	maxRest        = 268_435_455      // bytes of a packet behind its header (MQTT 3.1.1, section 2.2.3)
	stale          = 5 * time.Second  // a publish that waited longer is dropped
	steady         = 10 * time.Second // a connection that lived this long was a good one
	short          = 5 * time.Second  // one that the broker ended before this was hardly one
	quickLimit     = 3                // short connections in a row that make a fight over a client id
	goodbye        = time.Second      // what Close gives to what waits
	subscribesTime = 62 * time.Second // a minute of Options.MaxSubscribesPerMinute, on a line that delays what is sent
)

// Link is a connection that is kept up until Close. Its methods may be called
// from any goroutine and never block, apart from Close and Drop.
type Link struct {
	o       Options
	receive func(Message)
	status  func(State)
	open    opener

	cancel  context.CancelFunc
	ctx     context.Context
	retry   chan struct{}
	done    chan struct{}
	dropped bool // ends without DISCONNECT; set before cancel

	mu      sync.Mutex
	state   State
	line    *sendQueue // nil while not online
	filters map[string]byte
	asked   []time.Time // subscriptions of the last minute, where Options.MaxSubscribesPerMinute bounds them
	lost    int
}

// Dial keeps a connection up from now on; it returns at once. An address that
// can't be dialled is told by a Closed state. Receive gets every
// message in the broker's order, and status every change; both run on the
// link's goroutines, and may not call Close or Drop. Status must not block; receive
// may, for less than the keep-alive: the broker then waits with what is next.
func Dial(o Options, receive func(Message), status func(State)) *Link {
	checked, err := o.checked()
	if err != nil {
		l := newLink(o, receive, status, nil)
		crash.Go(func() { l.refuse(err) })
		return l
	}
	return dial(checked, receive, status, openPaho)
}

func dial(o Options, receive func(Message), status func(State), open opener) *Link {
	l := newLink(o, receive, status, open)
	crash.Go(l.run)
	return l
}

func newLink(o Options, receive func(Message), status func(State), open opener) *Link {
	if o.ClientID == "" {
		o.ClientID = randomID()
	}
	l := &Link{
		o: o, receive: receive, status: status, open: open,
		retry: make(chan struct{}, 1), done: make(chan struct{}), filters: map[string]byte{},
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.state = State{Phase: Connecting, Since: time.Now()}
	return l
}

// randomPrefix begins the client ids that are made here.
const randomPrefix = "lamplighter-"

// randomID fits into the 23 characters that every MQTT 3.1.1 broker takes.
func randomID() string { return randomPrefix + random.Hex(5) }

// IsRandomID reports whether a client id may be one that this program, on any computer,
// made for a connection without one.
func IsRandomID(id string) bool { return strings.HasPrefix(id, randomPrefix) }

// State is how the connection is now.
func (l *Link) State() State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// Dropped counts what was accepted but never sent, because the connection was
// lost or stuck.
func (l *Link) Dropped() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// Retry ends a wait: the next attempt is made now.
func (l *Link) Retry() {
	select {
	case l.retry <- struct{}{}:
	default:
	}
}

// Publish sends a message, if the link is online. QoS is 0 to 2. It returns a
// *fault.Error that wraps ErrOffline, ErrFull or ErrTopic when the message will
// not be sent; nil only means that it was queued. The payload must not be
// changed afterwards.
func (l *Link) Publish(name string, payload []byte, qos byte, retained bool) error {
	if !topic.ValidName(name) || qos > 2 || 2+len(name)+2+len(payload) > maxRest {
		return &fault.Error{Fault: fault.BadValue, Op: "publish", Err: ErrTopic}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.line == nil {
		return l.offline("publish")
	}
	j := sendOp{at: time.Now(), run: func(s session) {
		if !s.publish(name, payload, qos, retained) {
			l.count(1)
		}
	}}
	if !l.line.enqueue(j) {
		return &fault.Error{Fault: fault.Unreachable, Op: "publish", Where: l.o.Address(), Err: ErrFull}
	}
	return nil
}

// offline says why nothing can be sent. The caller holds the lock.
func (l *Link) offline(op string) error {
	kind, why := fault.Unreachable, ErrOffline
	var e *fault.Error
	if errors.As(l.state.Err, &e) {
		kind = e.Fault
		if e.Err != nil {
			why = fmt.Errorf("%w: %w", ErrOffline, e.Err)
		}
	}
	return &fault.Error{Fault: kind, Op: op, Where: l.o.Address(), Err: why}
}

// Subscribe asks for the messages of filter now and after each reconnect. The
// broker's answer goes to Options.Subscribed. It fails only for a filter that
// is none, or when there are too many.
func (l *Link) Subscribe(filter string, qos byte) error {
	if !topic.ValidFilter(filter) || qos > 2 {
		return &fault.Error{Fault: fault.BadValue, Op: "subscribe", Err: ErrFilter}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.filters[filter]; !ok && len(l.filters) >= maxFilters {
		return &fault.Error{Fault: fault.BadValue, Op: "subscribe", Err: ErrFull}
	}
	l.filters[filter] = qos
	if l.line != nil && !l.line.enqueue(l.subscription(filter, qos)) {
		return &fault.Error{Fault: fault.Unreachable, Op: "subscribe", Where: l.o.Address(), Err: ErrFull}
	}
	return nil
}

// Unsubscribe ends a subscription.
func (l *Link) Unsubscribe(filter string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.filters[filter]; !ok {
		return
	}
	delete(l.filters, filter)
	if l.line != nil {
		l.line.enqueue(sendOp{run: func(s session) { s.unsubscribe(filter) }})
	}
}

// subscription is the job of one SUBSCRIBE, which is put off where there were too
// many.
func (l *Link) subscription(filter string, qos byte) sendOp {
	return sendOp{run: func(s session) {
		if l.deferSubscription(filter, time.Now()) {
			return
		}
		s.subscribe(filter, qos, func(granted byte, err error) {
			if l.o.Subscribed != nil && l.wants(filter) {
				l.o.Subscribed(SubState{Filter: filter, QoS: granted, Err: err})
			}
		})
	}}
}

// deferSubscription counts a subscription, or lets it be asked for later, where the session
// lives so long: the next one asks for all of them by itself.
func (l *Link) deferSubscription(filter string, now time.Time) bool {
	if l.o.MaxSubscribesPerMinute == 0 {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = slices.DeleteFunc(l.asked, func(t time.Time) bool { return now.Sub(t) > subscribesTime })
	if len(l.asked) < l.o.MaxSubscribesPerMinute {
		l.asked = append(l.asked, now)
		return false
	}
	n := l.line
	time.AfterFunc(l.asked[0].Add(subscribesTime).Sub(now)+time.Millisecond, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if qos, still := l.filters[filter]; still && n != nil && l.line == n {
			n.enqueue(l.subscription(filter, qos))
		}
	})
	return true
}

func (l *Link) wants(filter string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.filters[filter]
	return ok
}

// Close sends what waits, for a second at most, says goodbye, and ends the link.
// The broker does not publish the will. It returns when the link's goroutines
// have ended, or after three seconds.
func (l *Link) Close() { l.end(false) }

// Drop ends the link as a pulled plug does: without DISCONNECT, so the broker
// publishes the will.
func (l *Link) Drop() { l.end(true) }

func (l *Link) end(drop bool) {
	l.mu.Lock()
	l.dropped = l.dropped || drop
	l.mu.Unlock()
	l.cancel()
	late := time.NewTimer(3 * time.Second)
	defer late.Stop()
	select {
	case <-l.done:
	case <-late.C:
	}
}

// set makes a state known. Only run calls it, so states come in order.
func (l *Link) set(s State, current *sendQueue) {
	s.Since = time.Now()
	l.mu.Lock()
	l.state, l.line = s, current
	l.mu.Unlock()
	if l.status != nil {
		l.status(s)
	}
}

func (l *Link) count(n int) {
	l.mu.Lock()
	l.lost += n
	l.mu.Unlock()
	if n > 0 && l.o.Lost != nil {
		l.o.Lost()
	}
}

// checked are the options with the host as it can be dialled. It fails with a
// *fault.Error where nothing can be: a BadValue.
func (o Options) checked() (Options, error) {
	host, err := endpoint.Check(o.Host, o.Port)
	if err != nil {
		return o, err
	}
	o.Host = host
	return o, nil
}
