package link

import (
	"context"
	"math/rand/v2"
	"net"
	"time"

	"lamplighter/device/crash"
	"lamplighter/device/fault"
)

// opener makes one connection and logs in. Lost is called once, when the
// connection ends by itself.
type opener func(ctx context.Context, o Options, receive func(Message), lost func(error)) (session, error)

// session is one connection that the broker has accepted. Every method may
// block for a while, and none for ever.
type session interface {
	publish(topic string, payload []byte, qos byte, retained bool) bool // false where the connection is lost already
	subscribe(filter string, qos byte, answer func(granted byte, err error))
	unsubscribe(filter string)
	close() // says goodbye
	drop()  // vanishes
}

// sendOp is something to send. A zero at never goes stale.
type sendOp struct {
	at  time.Time
	run func(session)
}

// sendQueue is what one session has to send.
type sendQueue struct {
	jobs chan sendOp
	gone chan struct{} // closed when the session has ended
}

func newSendQueue() *sendQueue {
	return &sendQueue{jobs: make(chan sendOp, maxQueue), gone: make(chan struct{})}
}

func (n *sendQueue) enqueue(j sendOp) bool {
	select {
	case n.jobs <- j:
		return true
	default:
		return false
	}
}

// run connects, and connects again, until Close.
func (l *Link) run() {
	defer close(l.done)
	defer func() { l.set(State{Phase: Closed}, nil) }()
	var last error
	attempt, quick := 0, 0
	for l.ctx.Err() == nil {
		l.set(State{Phase: Connecting, Err: last}, nil)
		began := time.Now()
		lived, err := l.once()
		if l.ctx.Err() != nil {
			return
		}
		switch {
		case lived >= steady:
			attempt, quick = 0, 0
		case lived > 0 && lived < short && !isTimeout(err):
			quick++
		}
		if quick >= quickLimit && lived > 0 && !l.o.SharedID {
			err = &fault.Error{Fault: fault.DuplicateClient, Op: "stay connected", Where: l.o.Address(), Err: &FightError{ClientID: l.o.ClientID, Address: l.o.Address(), Err: err}}
		}
		last = err
		l.wait(last, backOff(attempt, l.o.maxPause(), rand.Float64()))
		l.waitForTurn(time.Until(began.Add(l.o.MinConnectInterval)))
		attempt++
	}
}

// refuse tells that there is nothing to connect to.
func (l *Link) refuse(err error) {
	defer close(l.done)
	l.set(State{Phase: Closed, Err: err}, nil)
	<-l.ctx.Done()
	l.set(State{Phase: Closed}, nil)
}

// wait waits until the next attempt is due.
func (l *Link) wait(err error, d time.Duration) {
	select {
	case <-l.retry: // from before the wait
	default:
	}
	l.set(State{Phase: Waiting, Err: err, RetryAt: time.Now().Add(d)}, nil)
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-l.retry:
	case <-l.ctx.Done():
	}
}

// waitForTurn keeps to the rule of a broker that allows only so many attempts.
func (l *Link) waitForTurn(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-l.ctx.Done():
	}
}

// once makes one connection and stays until it ends. It tells for how long the
// link was online, and why it no longer is.
func (l *Link) once() (lived time.Duration, err error) {
	lost := make(chan error, 1)
	s, err := l.open(l.ctx, l.o, l.receive, func(err error) { lost <- err })
	if err != nil {
		return 0, err
	}
	n, first := l.lineUp()
	// Nobody waits for its end: a publish may hang for writeTime on a connection
	// that is lost, and the state must tell the truth meanwhile.
	crash.Go(func() { l.count(work(s, n, first)) })
	began := time.Now()
	l.set(State{Phase: Online}, n)
	select {
	case err = <-lost:
		err = lostError(l.o, err)
		l.forget()
		close(n.gone)
		s.drop()
	case <-l.ctx.Done():
		l.finish(s, n)
	}
	// A connection that was accepted has lived, however short its life was.
	return max(time.Since(began), 1), err
}

// lineUp begins a session's line, and lists the subscriptions to ask for first.
// Whoever subscribes from now on finds the line: no filter falls between.
func (l *Link) lineUp() (n *sendQueue, first []sendOp) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for filter, qos := range l.filters {
		first = append(first, l.subscription(filter, qos))
	}
	l.line = newSendQueue()
	return l.line, first
}

// forget makes every publish from now on fail as offline, before what waits is
// counted as lost.
func (l *Link) forget() {
	l.mu.Lock()
	l.line = nil
	l.mu.Unlock()
}

// finish ends a session at Close or Drop.
func (l *Link) finish(s session, n *sendQueue) {
	l.forget()
	l.mu.Lock()
	drop := l.dropped
	l.mu.Unlock()
	defer close(n.gone)
	if drop {
		s.drop()
		return
	}
	flush(n)
	s.close()
}

// flush gives what waits a second to be sent.
func flush(n *sendQueue) {
	sent := make(chan struct{})
	if !n.enqueue(sendOp{run: func(session) { close(sent) }}) {
		return
	}
	late := time.NewTimer(goodbye)
	defer late.Stop()
	select {
	case <-sent:
	case <-late.C:
	}
}

// work does the first jobs, which may be more than a line holds, and sends what
// is put on the line, until the session has gone. It tells how many publishes
// were never sent.
func work(s session, n *sendQueue, first []sendOp) (lost int) {
	for _, j := range first {
		select {
		case <-n.gone:
			return left(n)
		default:
			j.run(s)
		}
	}
	for {
		select {
		case <-n.gone:
			return lost + left(n)
		case j := <-n.jobs:
			if !j.at.IsZero() && time.Since(j.at) > stale {
				lost++
				continue
			}
			j.run(s)
		}
	}
}

// left counts the publishes that still wait.
func left(n *sendQueue) (count int) {
	for {
		select {
		case j := <-n.jobs:
			if !j.at.IsZero() {
				count++
			}
		default:
			return count
		}
	}
}

// backOff is how long to wait before another attempt: 1, 2, 4, 8 and 16 seconds
// and so on up to most, a quarter more or less by chance (0 to 1), so that thirty
// clients of one broker do not come back as one.
func backOff(attempt int, most time.Duration, chance float64) time.Duration {
	base := most
	if attempt < 5 {
		base = min(most, time.Second<<attempt)
	}
	return time.Duration(float64(base) * (0.75 + chance/2))
}

// The longest pauses between two attempts, without chance. What a broker in this
// network needs is a client that is back before anybody asks; what one on the
// internet needs is to be left alone.
const (
	farPause  = 30 * time.Second
	nearPause = 3 * time.Second
	// nearDial bounds a TCP connection to a near computer that does not answer. With
	// nearPause it stays within 5 s, for its last SYN goes out at 3 s.
	nearDial = 4 * time.Second
)

func (o Options) maxPause() time.Duration {
	if o.Near {
		return nearPause
	}
	return farPause
}

// dialer connects by TCP.
func (o Options) dialer() *net.Dialer {
	if o.Near {
		return &net.Dialer{Timeout: nearDial}
	}
	return &net.Dialer{}
}
