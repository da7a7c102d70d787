package app

import (
	"slices"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/link"
)

// The bounds of what waits for a platform's rate.
const (
	// longestTurn is how long a lamp's command may wait, which its card tells
	// meanwhile: all lamps of a class have their turn within it at one a second, and
	// nothing that a person has forgotten by then is ever sent.
	longestTurn = 90 * time.Second
	// longestWait is for any other message, of which nothing shows that it waits.
	longestWait = 5 * time.Second
	maxPaced    = 512
	lookAgain   = time.Second     // what waits is looked at so often, and told how long
	turnStep    = 5 * time.Second // how exactly that is told
)

// paced are the messages that wait for their turn on a platform that allows
// only so many a minute, and what is asked of a platform that keeps none.
type paced struct {
	queue   []outgoing // those that a person asked for one by one, then those of many
	timer   *time.Timer
	dropped int      // messages that waited and could not be sent in the end, on this connection
	on      string   // ID of the connection
	ask     []string // topics whose last value is still to be asked for
	asker   *time.Timer
	asked   map[string]time.Time // topics that were asked for, and when
	said    Said
}

// outgoing is a message to be sent.
type outgoing struct {
	topic    string
	payload  []byte
	qos      byte
	retained bool
	many     bool      // it is one of many that were asked for at once
	until    time.Time // it is dropped then
}

// commands sends the panel's commands: at least once where the platform has
// that, and never retained.
type commands struct{ a *App }

var _ lights.Publisher = commands{}

// Publish sends a command or lets it wait. It fails as PublishMessage does.
func (c commands) Publish(topic string, payload []byte, many bool) (queued bool, err error) {
	return c.a.publish(outgoing{topic: topic, payload: payload, qos: 1, many: many}, longestTurn)
}

// Withdraw forgets a command that waits.
func (c commands) Withdraw(topic string) {
	if _, waited := c.a.takeOut(topic); waited {
		c.a.Changed.Raise()
	}
}

// Turns tells how far away what waits is from being sent.
func (c commands) Turns() map[string]lights.Turn {
	p := &c.a.paced
	all, now := make(map[string]lights.Turn, len(p.queue)), time.Now()
	for i, wait := range c.a.keeper.Turns(now, len(p.queue)) {
		if o := p.queue[i]; !o.retained {
			all[o.topic] = lights.Turn{Ahead: i, Wait: about(wait)}
		}
	}
	return all
}

// longestPaced is about how long it takes until nothing waits any more.
func (a *App) longestPaced() time.Duration {
	n := len(a.paced.queue)
	if n == 0 {
		return 0
	}
	return about(a.keeper.Turns(time.Now(), n)[n-1])
}

// about rounds a wait up, so that what tells it does not change all the time.
func about(d time.Duration) time.Duration { return (d + turnStep - 1).Truncate(turnStep) }

// PublishMessage sends any message, QoS 0 to 2, within the platform's rules: no
// QoS above its highest, nothing that it refuses, and no more than its rate
// allows; what has to wait a moment waits, and the last message to a topic
// counts. It fails with a *device.Error when the message will not be sent: there
// is no connection, a rule is against it (a *presets.RuleError is the cause), or
// it would have to wait too long.
func (a *App) PublishMessage(topic string, payload []byte, qos byte, retained bool) error {
	_, err := a.publish(outgoing{topic: topic, payload: payload, qos: qos, retained: retained}, longestWait)
	return err
}

// publish sends a message now, or tells that it waits for its turn. What waits
// under its topic already is not sent any more, and its patience is the new one's.
func (a *App) publish(o outgoing, patience time.Duration) (queued bool, err error) {
	if a.link == nil || a.linkNow.Phase != link.Online {
		return false, a.offline()
	}
	if o.qos, err = a.keeper.Publish(o.topic, o.payload, o.qos, o.retained); err != nil {
		return false, against(err, "publish")
	}
	now, replaces := time.Now(), false
	o.until = now.Round(0).Add(patience) // by the clock on the wall, which goes on while the computer sleeps
	if !o.retained {
		var old outgoing
		if old, replaces = a.takeOut(o.topic); replaces && old.until.After(o.until) {
			o.until = old.until
		}
	}
	queued, err = a.sendOrWait(o, now)
	switch {
	case !replaces:
	case err != nil:
		a.Lights.Unsent(o.topic, err)
	case queued:
		a.Lights.Replaced(o.topic, o.payload)
	default:
		a.Lights.Sent(o.topic, o.payload)
	}
	return queued, err
}

// takeOut takes a message that is not retained out of the queue.
func (a *App) takeOut(topic string) (o outgoing, waited bool) {
	p := &a.paced
	i := slices.IndexFunc(p.queue, func(x outgoing) bool { return x.topic == topic && !x.retained })
	if i < 0 {
		return outgoing{}, false
	}
	o = p.queue[i]
	p.queue = slices.Delete(p.queue, i, i+1)
	return o, true
}

// sendOrWait sends a message, or puts it into its place in the queue.
func (a *App) sendOrWait(o outgoing, now time.Time) (queued bool, err error) {
	p := &a.paced
	at := len(p.queue)
	if first := slices.IndexFunc(p.queue, func(x outgoing) bool { return x.many }); first >= 0 && !o.many {
		at = first
	}
	wait := a.keeper.Turns(now, at+1)[at]
	switch {
	case at == 0 && wait == 0:
		return false, a.sendNow(o, now)
	case now.Add(wait).After(o.until) || len(p.queue) >= maxPaced:
		return false, a.tooMany(wait)
	}
	p.queue = slices.Insert(p.queue, at, o)
	a.wake(now)
	a.Changed.Raise()
	return true, nil
}

func (a *App) sendNow(o outgoing, now time.Time) error {
	if err := a.link.Publish(o.topic, o.payload, o.qos, o.retained); err != nil {
		return err
	}
	a.keeper.Sent(o.topic, o.payload, now)
	return nil
}

// tooMany is the rule against a message that would have to wait too long.
func (a *App) tooMany(wait time.Duration) error {
	rule := presets.RateRule
	if wait > 0 && a.keeper.Silent(time.Now()) {
		rule = presets.ThrottleRule
	}
	p := a.keeper.Preset
	return against(&presets.RuleError{Preset: p.ID, Rule: rule, Limit: p.Rules.PerMinute, Wait: wait}, "publish")
}

// wake lets what waits be looked at again: when the next may be sent, and often
// enough that how long the others wait is told as it is.
func (a *App) wake(now time.Time) {
	if a.paced.timer != nil {
		a.paced.timer.Stop()
	}
	after := min(max(a.keeper.Wait(now), time.Millisecond), lookAgain)
	a.paced.timer = time.AfterFunc(after, func() { a.gate.Post(a.sendPaced) })
}

// sendPaced sends what may be sent by now, and drops what has waited too long.
func (a *App) sendPaced() {
	p, now := &a.paced, time.Now()
	if len(p.queue) == 0 {
		return
	}
	var late []outgoing
	p.queue = slices.DeleteFunc(p.queue, func(o outgoing) bool {
		if now.Before(o.until) {
			return false
		}
		late = append(late, o)
		return true
	})
	for _, o := range late {
		a.dropped(o, a.tooMany(a.keeper.Wait(now)))
	}
	for len(p.queue) > 0 && a.keeper.Wait(now) == 0 {
		o := p.queue[0]
		p.queue = p.queue[1:]
		if err := a.sendNow(o, now); err != nil {
			a.dropped(o, err)
		} else if !o.retained {
			a.Lights.Sent(o.topic, o.payload)
		}
	}
	if len(p.queue) > 0 {
		a.wake(now)
	}
	a.Lights.Changed.Raise() // the others have come nearer
	a.Changed.Raise()
}

// dropped counts a message that waited and is not sent, and has its lamp say so.
func (a *App) dropped(o outgoing, err error) {
	a.paced.dropped++
	if !o.retained {
		a.Lights.Unsent(o.topic, err)
	}
}

// dropPaced drops what waits for a connection that was lost: a command that
// comes after the next one was made is a ghost.
func (a *App) dropPaced() {
	p := &a.paced
	if p.timer != nil {
		p.timer.Stop()
	}
	all := p.queue
	p.queue = nil
	for _, o := range all {
		a.dropped(o, lights.ErrNoLink)
	}
}
