// Package outbox sends commands to the broker in use: each within its platform's
// rules, and where a platform allows only so many messages a minute, each in its
// turn.
//
// An Outbox belongs to the state's goroutine, which its post leads to; only timers
// run elsewhere, and they do nothing but post.
package outbox

import (
	"errors"
	"slices"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/watch"
	"lamplighter/device/fault"
)

// The bounds of what waits for a platform's rate.
const (
	// longestTurn is how long a lamp's command may wait, which its card tells
	// meanwhile: all lamps of a class have their turn within it at one a second, and
	// nothing that a person has forgotten by then is ever sent.
	longestTurn = 90 * time.Second
	// longestWait is for any other message, of which nothing shows that it waits.
	longestWait = 5 * time.Second
	maxQueue    = 512
	lookAgain   = time.Second     // what waits is looked at so often, and told how long
	turnStep    = 5 * time.Second // how exactly that is told
)

// Transport takes messages to be sent, and never blocks. Where it counts by a
// method Dropped() int what it took and could not send, Outbox.State tells.
type Transport interface {
	Publish(topic string, payload []byte, qos byte, retained bool) error
}

// Command is a message to be sent.
type Command struct {
	Topic    string
	Payload  []byte
	QoS      byte // 0 to 2; where the platform has less, it is sent with that
	Retained bool
	Many     bool          // it is one of many that were asked for at once: it goes after those that a person asked for one by one
	Patience time.Duration // how long it may wait for its turn; 0 = 5 s
	// Settled is told what became of the command, where its Ticket says that it
	// waits: by post, never while Send runs. It may be nil.
	Settled func(Outcome)
}

// Ticket is what is known of a command when Send returns. Without Waits and Err
// it is on its way.
type Ticket struct {
	Waits bool  // for its turn; Command.Settled is told what becomes of it
	Err   error // it will not be sent: a *fault.Error, or what the transport said
}

// Outcome is what became of a command that waited.
type Outcome struct {
	Topic   string
	Payload []byte // what is on its way; where it was replaced, what took its place
	// Replaced tells that a later command under the same topic took its place, with
	// another payload. One with the same payload answers for both.
	Replaced bool
	Err      error // why it is not sent, or nil
}

// Outbox holds what waits to be sent on one connection at a time.
type Outbox struct {
	// Changed is raised by post when State or Turns have other answers.
	Changed watch.Signal

	post       func(func())
	connection string // its ID; "" = the built-in broker
	transport  Transport
	limiter    *presets.Limiter
	online     bool
	offlineErr error // why it is not online, where that is known

	queue           []waiting // those that a person asked for one by one, then those of many
	timer           *time.Timer
	dropped         int // commands that waited and could not be sent in the end, on this connection
	read            int // of the messages that the transport dropped, those that a person has read of
	platformMessage PlatformMessage

	outcomes []func() // of commands, not told yet
	changed  bool     // not told yet
	posted   bool     // Flush is posted
}

// waiting is a command that waits for its turn.
type waiting struct {
	Command
	until   time.Time // it is dropped then
	settled []func(Outcome)
}

// New makes an outbox without a connection, which sends nothing. Post runs a
// function on the state's goroutine, later.
func New(post func(func())) *Outbox {
	return &Outbox{post: post, limiter: presets.ByID(presets.Free).Limiter(presets.Inputs{})}
}

// SetTransport has commands sent by t, within the rules of l, once Online is called; t is
// nil where there is nothing to send by. Connection is the ID of the connection:
// what was dropped on another is counted no more.
func (o *Outbox) SetTransport(connection string, l *presets.Limiter, t Transport) {
	if connection != o.connection {
		o.connection, o.dropped = connection, 0
	}
	o.limiter, o.transport = l, t
}

// SetLimiter changes the rules of the connection in use.
func (o *Outbox) SetLimiter(l *presets.Limiter) { o.limiter = l }

// Detach ends the use of a connection, as Offline does, and forgets what its
// platform said.
func (o *Outbox) Detach() {
	o.platformMessage, o.read = PlatformMessage{}, 0
	o.Offline(nil)
	o.transport = nil
}

// Online lets commands go.
func (o *Outbox) Online() { o.online, o.offlineErr = o.transport != nil, nil }

// Offline drops what waits, which is told at once: a command that comes after the
// next connection was made is one that nobody expects. Err is why there is no
// connection, or nil.
func (o *Outbox) Offline(err error) {
	o.online, o.offlineErr = false, err
	o.stop()
	all := o.queue
	o.queue = nil
	for _, w := range all {
		o.drop(w, lights.ErrNoLink)
	}
	o.deliver()
}

// Close stops the timer.
func (o *Outbox) Close() { o.stop() }

// Publish sends any message, as Send does with a command that may wait 5 s. Nil
// says only that it is on its way.
func (o *Outbox) Publish(topic string, payload []byte, qos byte, retained bool) error {
	return o.Send(Command{Topic: topic, Payload: payload, QoS: qos, Retained: retained}).Err
}

// Clear makes the broker forget what it keeps (retained) of a topic. Where nothing
// is kept, or nobody knows, there is nothing to forget.
func (o *Outbox) Clear(topic string) error {
	if o.limiter.Preset.Rules.Retain != presets.Yes {
		return nil
	}
	return o.Publish(topic, nil, 1, true)
}

// Send sends a command within the platform's rules: with no QoS above its highest,
// nothing that it refuses, and no more than its rate allows. What has to wait for
// that waits, and takes the place of what waits under its topic, unless it is
// retained. The ticket has a *fault.Error when there is no connection, a rule is
// against the command (a *presets.RuleError is the cause), or it would have to
// wait too long.
func (o *Outbox) Send(c Command) Ticket {
	if !o.online {
		return Ticket{Err: o.offline()}
	}
	qos, err := o.limiter.Publish(c.Topic, c.Payload, c.QoS, c.Retained)
	if err != nil {
		return Ticket{Err: Refusal(err, "publish")}
	}
	c.QoS = qos
	if c.Patience <= 0 {
		c.Patience = longestWait
	}
	now := time.Now()
	w := waiting{Command: c, until: now.Round(0).Add(c.Patience)} // by the clock on the wall, which goes on while the computer sleeps
	if c.Settled != nil {
		w.settled = append(w.settled, c.Settled)
	}
	var old waiting
	replaces := false
	if !c.Retained {
		old, replaces = o.dequeue(c.Topic)
	}
	if replaces && old.until.After(w.until) {
		w.until = old.until
	}
	t := o.sendOrWait(w, now)
	if replaces {
		o.replaced(old, w, t)
	}
	return t
}

// replaced settles a command whose place another one took.
func (o *Outbox) replaced(old, by waiting, t Ticket) {
	same := string(old.Payload) == string(by.Payload)
	switch {
	case t.Err != nil:
		o.finish(old, Outcome{Err: t.Err})
	case !same:
		o.finish(old, Outcome{Payload: by.Payload, Replaced: true})
	case !t.Waits:
		o.finish(old, Outcome{Payload: by.Payload})
	default: // one answer for both
		i := o.find(by.Topic)
		o.queue[i].settled = append(old.settled, by.settled...)
	}
}

// offline says why nothing can be sent.
func (o *Outbox) offline() error {
	kind := fault.Unreachable
	if e, ok := errors.AsType[*fault.Error](o.offlineErr); ok {
		kind = e.Fault
	}
	return &fault.Error{Fault: kind, Op: "publish", Err: link.ErrOffline}
}

// Withdraw forgets a command that waits. Nobody is told of it any more.
func (o *Outbox) Withdraw(topic string) {
	if _, waited := o.dequeue(topic); waited {
		o.notifyLater()
	}
}

// find is the place in the queue of a command that is not retained, or -1.
func (o *Outbox) find(topic string) int {
	return slices.IndexFunc(o.queue, func(w waiting) bool { return w.Topic == topic && !w.Retained })
}

// dequeue takes a command that is not retained out of the queue.
func (o *Outbox) dequeue(topic string) (w waiting, waited bool) {
	i := o.find(topic)
	if i < 0 {
		return waiting{}, false
	}
	w = o.queue[i]
	o.queue = slices.Delete(o.queue, i, i+1)
	return w, true
}

// sendOrWait sends a command, or puts it into its place in the queue.
func (o *Outbox) sendOrWait(w waiting, now time.Time) Ticket {
	at := len(o.queue)
	if first := slices.IndexFunc(o.queue, func(x waiting) bool { return x.Many }); first >= 0 && !w.Many {
		at = first
	}
	wait := o.limiter.Turns(now, at+1)[at]
	switch {
	case at == 0 && wait == 0:
		return Ticket{Err: o.send(w.Command, now)}
	case now.Add(wait).After(w.until) || len(o.queue) >= maxQueue:
		return Ticket{Err: o.tooMany(wait)}
	}
	o.queue = slices.Insert(o.queue, at, w)
	o.wake(now)
	o.notifyLater()
	return Ticket{Waits: true}
}

// SendNow sends a command that the program itself has to send, whatever waits. The
// platform's rate counts it, and whoever calls looks there first.
func (o *Outbox) SendNow(c Command) error {
	if !o.online {
		return o.offline()
	}
	return o.send(c, time.Now())
}

func (o *Outbox) send(c Command, now time.Time) error {
	if err := o.transport.Publish(c.Topic, c.Payload, c.QoS, c.Retained); err != nil {
		return err
	}
	o.limiter.Sent(c.Topic, c.Payload, now)
	return nil
}

// tooMany is the rule against a command that would have to wait too long.
func (o *Outbox) tooMany(wait time.Duration) error {
	rule := presets.RateRule
	if wait > 0 && o.limiter.Silent(time.Now()) {
		rule = presets.ThrottleRule
	}
	p := o.limiter.Preset
	return Refusal(&presets.RuleError{Preset: p.ID, Rule: rule, Limit: p.Rules.PerMinute, Wait: wait}, "publish")
}

// Refusal makes a *fault.Error of a platform's rule that would be broken.
func Refusal(err error, op string) error {
	var r *presets.RuleError
	kind := fault.AgainstRules
	if errors.As(err, &r) && (r.Rule == presets.RateRule || r.Rule == presets.ThrottleRule) {
		kind = fault.TooMany
	}
	return &fault.Error{Fault: kind, Op: op, Err: err}
}
