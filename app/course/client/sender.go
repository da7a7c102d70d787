package client

import (
	"context"
	"errors"
	"strconv"
	"time"

	"lamplighter/app/course/lossy"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/app/watch"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
)

// Numbers is how many numbers a Sender sends, from 1 on.
const Numbers = 10

const (
	// Believable is a pace at which a person can follow the numbers.
	Believable = 250 * time.Millisecond
	// sendTime bounds one round of numbers.
	sendTime = 3 * time.Minute
	// forgetTime bounds how long a round that was stopped takes to clear up.
	forgetTime = 10 * time.Second
	// maxDials bounds the connections of one round: the line breaks for three of ten messages.
	maxDials = 20
)

// Sent is how far a Sender is.
type Sent struct {
	QoS     byte
	Numbers int        // sent so far, of Numbers
	Lost    lossy.Lost // by the line
	Running bool
	Err     error // why it ended before the end
}

// Sender sends the numbers 1 to 10 over a line that loses some of them, as one client
// that connects again whenever the line breaks.
type Sender struct {
	Changed watch.Signal // raised when Sent has another answer

	o      Options
	pace   time.Duration
	sent   Sent
	cancel context.CancelFunc
	round  int
	over   chan struct{} // closed when the last round's goroutine has ended; nil = there was none
}

// NewSender makes a sender that has sent nothing, with a pause between two numbers.
func NewSender(o Options, pace time.Duration) *Sender { return &Sender{o: o, pace: pace} }

// Sent is how far it is.
func (s *Sender) Sent() Sent { return s.sent }

// Send begins a round: all numbers to a topic, at QoS 0 to 2. It does nothing while a
// round is going on.
func (s *Sender) Send(l Login, topic string, qos byte) {
	if s.sent.Running {
		return
	}
	s.round++
	ctx, cancel := context.WithTimeout(context.Background(), sendTime)
	s.cancel, s.sent = cancel, Sent{QoS: qos, Running: true}
	r := &round{sender: s, nth: s.round, login: l, topic: topic, qos: qos}
	before, over := s.over, make(chan struct{})
	s.over = over
	crash.Go(func() {
		defer close(over)
		if before != nil {
			<-before // it has the same client id
		}
		err := r.run(ctx)
		cancel()
		s.o.Post(func() { s.ended(r.nth, err) })
	})
	s.Changed.Raise()
}

// Stop ends a round.
func (s *Sender) Stop() {
	if s.cancel != nil {
		s.cancel()
	}
	s.round++
	s.sent.Running = false
	s.Changed.Raise()
}

func (s *Sender) ended(nth int, err error) {
	if nth == s.round {
		s.sent.Running, s.sent.Err = false, err
		s.Changed.Raise()
	}
}

func (s *Sender) handle(nth, numbers int, lost lossy.Lost) {
	if nth == s.round {
		s.sent.Numbers, s.sent.Lost = numbers, lost
		s.Changed.Raise()
	}
}

// round is one round, on its own goroutine.
type round struct {
	sender  *Sender
	nth     int
	login   Login
	topic   string
	qos     byte
	line    *lossy.Line
	session *link.SessionStore
	shot    *link.OneShot
	lost    chan struct{} // closed when shot is lost
	dials   int
}

var errDials = errors.New("the line breaks too often")

func (r *round) run(ctx context.Context) error {
	at, ok := r.sender.o.Broker()
	if !ok {
		return &fault.Error{Fault: fault.BrokerDown, Op: "connect", Err: errNone}
	}
	line, err := lossy.Listen(at.Address(), lossy.Every)
	if err != nil {
		return &fault.Error{Fault: fault.Unknown, Op: "make a line", Err: err}
	}
	defer line.Close()
	r.line, r.session = line, link.NewSessionStore()
	if err := r.connect(ctx); err != nil {
		return err
	}
	for n := 1; n <= Numbers; n++ {
		if err := r.number(ctx, n); err != nil {
			r.shot.Drop()
			r.discardSession()
			return err
		}
		lost := line.Lost()
		r.sender.o.Post(func() { r.sender.handle(r.nth, n, lost) })
	}
	r.shot.Close()
	err = r.forget(ctx)
	line.Close()
	lost := line.Lost()
	r.sender.o.Post(func() { r.sender.handle(r.nth, Numbers, lost) })
	return err
}

// connect connects over the line.
func (r *round) connect(ctx context.Context) error {
	if r.dials++; r.dials > maxDials {
		return &fault.Error{Fault: fault.Unreachable, Op: "connect", Err: errDials}
	}
	over := func() (endpoint.Endpoint, bool) {
		return endpoint.Endpoint{Host: "127.0.0.1", Port: r.line.Port()}, true
	}
	gone := make(chan struct{})
	shot, err := dial(ctx, over, r.login, r.session, func(link.Message) {}, func(error) { close(gone) })
	if err != nil {
		return err
	}
	r.shot, r.lost = shot, gone
	return nil
}

// number sends one number. One of QoS 1 or 2 is on its way until the broker has said
// that it has it; the next connection sends it again by itself.
func (r *round) number(ctx context.Context, n int) error {
	for sent := false; !sent; {
		if err := r.mend(ctx); err != nil {
			return err
		}
		_, carried := r.line.Published()
		lost := r.line.Lost().Messages
		ok := r.shot.Deliver(r.topic, []byte(strconv.Itoa(n)), r.qos, false)
		waiting, _ := r.session.Waiting()
		sent = ok || r.qos == 0 || waiting > 0
		if r.qos == 0 {
			r.follow(ctx, carried, lost)
		}
	}
	if err := r.pause(ctx); err != nil || r.qos == 0 {
		return err
	}
	for {
		if err := r.mend(ctx); err != nil {
			return err
		}
		waiting, changed := r.session.Waiting()
		if waiting == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-r.lost:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// follow waits until the line has carried a number of QoS 0, or has broken for it: else a
// slow computer would send all of them into a line that is broken already.
func (r *round) follow(ctx context.Context, carried <-chan struct{}, lost int) {
	select {
	case <-carried:
	case <-r.lost:
	case <-ctx.Done():
	}
	if r.line.Lost().Messages == lost {
		return
	}
	select {
	case <-r.lost:
	case <-ctx.Done():
	}
}

// mend connects again after a loss. A line that breaks while that is done is tried
// once more.
func (r *round) mend(ctx context.Context) error {
	for r.isLost() {
		err := r.connect(ctx)
		if ctx.Err() != nil || errors.Is(err, errDials) {
			return err
		}
		if err != nil {
			if err := r.pause(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *round) isLost() bool {
	select {
	case <-r.lost:
		return true
	default:
		return false
	}
}

func (r *round) pause(ctx context.Context) error {
	select {
	case <-time.After(r.sender.pace):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// discardSession has the broker forget the session of a round that ended before its time.
func (r *round) discardSession() {
	ctx, cancel := context.WithTimeout(context.Background(), forgetTime)
	defer cancel()
	_ = r.forget(ctx) // where the broker can't be reached, the session stays as it is
}

// forget has the broker forget the session that it kept.
func (r *round) forget(ctx context.Context) error {
	shot, err := dial(ctx, r.sender.o.Broker, r.login, nil, func(link.Message) {}, func(error) {})
	if err != nil {
		return err
	}
	shot.Close()
	return nil
}
