package app

import (
	"errors"
	"maps"
	"slices"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device"
)

// The bounds of what waits for a platform's rate.
const (
	longestWait = 5 * time.Second // a command that would come later is worse than none
	maxPaced    = 64
	askShare    = 2 // one part in so many of a platform's rate is used to ask for last values
	askWait     = 2 * time.Second
	answerTime  = 10 * time.Second // after which a message is no answer to "what is your last value?"
)

// paced are the messages that wait for their turn on a platform that allows
// only so many a minute, and what is asked of a platform that keeps none.
type paced struct {
	queue   []outgoing
	timer   *time.Timer
	dropped int      // messages that waited and could not be sent in the end, on this connection
	on      string   // ID of the connection
	ask     []string // topics whose last value is still to be asked for
	asker   *time.Timer
	asked   map[string]time.Time // topics that were asked for, and when
	said    Said
}

// outgoing is a message that waits.
type outgoing struct {
	topic    string
	payload  []byte
	qos      byte
	retained bool
	until    time.Time // it is dropped then
}

// Said is what a platform said of itself.
type Said struct {
	Word presets.Word
	Text string // its own words
	At   time.Time
}

// maxSaid bounds a platform's own words, in bytes.
const maxSaid = 256

// newKeeper keeps the present connection to its platform's rules. It knows what
// was sent there before, for a platform does not forget when this program
// connects anew.
func (a *App) newKeeper(v settings.Values) *presets.Keeper {
	c, other := v.ConnectionByID(v.Connection)
	if !other {
		return presets.ByID(presets.Free).Keep(presets.Inputs{Base: v.Classroom + "/"})
	}
	in := inputsOf(c, "")
	in.Base = v.Classroom + "/"
	k := presets.ByID(c.Preset).Keep(in)
	k.Resume(a.keepers[c.ID])
	maps.DeleteFunc(a.keepers, func(id string, _ *presets.Keeper) bool { _, still := v.ConnectionByID(id); return !still })
	a.keepers[c.ID] = k
	return k
}

// inputsOf are what a preset's templates are filled with for a connection.
func inputsOf(c settings.Connection, password string) presets.Inputs {
	return presets.Inputs{
		Way: c.Way, User: c.User, Password: password, Room: c.Room, Keeps: presets.Known(c.Keeps), Now: time.Now(),
	}
}

// classroomOf is the first level of the topics on the connection in use.
func classroomOf(v settings.Values) string {
	if c, other := v.ConnectionByID(v.Connection); other && c.Room != "" {
		return c.Room
	}
	return v.Classroom
}

// against makes a rule that would be broken an error that can be explained.
func against(err error, op string) error {
	var r *presets.RuleError
	fault := device.AgainstRules
	if errors.As(err, &r) && (r.Rule == presets.RateRule || r.Rule == presets.ThrottleRule) {
		fault = device.TooMany
	}
	return &device.Error{Fault: fault, Op: op, Err: err}
}

// Publish sends a command to a lamp: at least once where the platform has that,
// and never retained.
func (a *App) Publish(topic string, payload []byte) error {
	return a.PublishMessage(topic, payload, 1, false)
}

// PublishMessage sends any message, QoS 0 to 2, within the platform's rules: no
// QoS above its highest, nothing that it refuses, and no more than its rate
// allows; what has to wait a moment waits, and the last message to a topic
// counts. It fails with a *device.Error when the message will not be sent: there
// is no connection, a rule is against it (a *presets.RuleError is the cause), or
// it would have to wait too long.
func (a *App) PublishMessage(topic string, payload []byte, qos byte, retained bool) error {
	if a.link == nil || a.linkNow.Phase != link.Online {
		return a.offline()
	}
	qos, err := a.keeper.Publish(topic, payload, qos, retained)
	if err != nil {
		return against(err, "publish")
	}
	now := time.Now()
	o := outgoing{topic, payload, qos, retained, now.Add(longestWait)}
	wait := a.keeper.Wait(now)
	if wait == 0 && len(a.paced.queue) == 0 {
		return a.sendNow(o, now)
	}
	return a.pace(o, wait)
}

// offline says why nothing can be sent.
func (a *App) offline() error {
	fault := device.Unreachable
	var e *device.Error
	if errors.As(a.linkNow.Err, &e) {
		fault = e.Fault
	}
	return &device.Error{Fault: fault, Op: "publish", Err: link.ErrOffline}
}

// clearTopic makes the broker forget a retained message. Where nothing is
// retained, or nobody knows, there is nothing to forget.
func (a *App) clearTopic(topic string) error {
	if a.keeper.Preset.Rules.Retain != presets.Yes {
		return nil
	}
	return a.PublishMessage(topic, nil, 1, true)
}

func (a *App) sendNow(o outgoing, now time.Time) error {
	if err := a.link.Publish(o.topic, o.payload, o.qos, o.retained); err != nil {
		return err
	}
	a.keeper.Sent(o.topic, o.payload, now)
	return nil
}

// pace lets a message wait for its turn.
func (a *App) pace(o outgoing, wait time.Duration) error {
	p := &a.paced
	same := func(x outgoing) bool { return x.topic == o.topic && !x.retained && !o.retained }
	if i := slices.IndexFunc(p.queue, same); i >= 0 {
		p.queue[i].payload, p.queue[i].until = o.payload, o.until
		return nil
	}
	if wait > longestWait || len(p.queue) >= maxPaced {
		return a.tooMany(wait)
	}
	p.queue = append(p.queue, o)
	a.wake(wait)
	a.Changed.Raise()
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

// wake lets what waits be looked at again.
func (a *App) wake(after time.Duration) {
	if a.paced.timer != nil {
		a.paced.timer.Stop()
	}
	a.paced.timer = time.AfterFunc(max(after, time.Millisecond), func() { a.gate.Post(a.sendPaced) })
}

// sendPaced sends what may be sent by now.
func (a *App) sendPaced() {
	p := &a.paced
	for len(p.queue) > 0 {
		now := time.Now()
		o := p.queue[0]
		wait := a.keeper.Wait(now)
		if wait > 0 && now.Add(wait).Before(o.until) {
			a.wake(wait)
			break
		}
		p.queue = p.queue[1:]
		if wait > 0 {
			a.dropped(o, a.tooMany(wait))
		} else if err := a.sendNow(o, now); err != nil {
			a.dropped(o, err)
		}
	}
	a.Changed.Raise()
}

// dropped counts a message that waited and is not sent, and has its lamp say so.
func (a *App) dropped(o outgoing, err error) {
	a.paced.dropped++
	a.Lights.Unsent(o.topic, err)
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

// stopPacing forgets what waits for a connection that has ended.
func (a *App) stopPacing() {
	a.dropPaced()
	p := &a.paced
	if p.asker != nil {
		p.asker.Stop()
	}
	dropped, on := p.dropped, a.Settings.Values().Connection
	if on != p.on {
		dropped = 0 // the platform that is shown now has nothing to do with them
	}
	*p = paced{dropped: dropped, on: on, asked: map[string]time.Time{}}
}

// askLast asks a platform that keeps no messages for the lamps' last words.
func (a *App) askLast() {
	a.paced.ask = nil
	for _, l := range a.Lights.Lights() {
		if t := a.keeper.Last(l.Topics.State); t != "" {
			a.paced.ask = append(a.paced.ask, l.Topics.State)
		}
	}
	a.askNext()
}

// askNext asks for as many as leave room for what people want to send.
func (a *App) askNext() {
	p := &a.paced
	for len(p.ask) > 0 && a.link != nil && a.linkNow.Phase == link.Online {
		now := time.Now()
		if used, most := a.keeper.Busy(now); most != 0 && used*askShare >= most || a.keeper.Wait(now) > 0 {
			if p.asker != nil {
				p.asker.Stop()
			}
			p.asker = time.AfterFunc(askWait, func() { a.gate.Post(a.askNext) })
			return
		}
		topic := p.ask[0]
		p.ask = p.ask[1:]
		if a.sendNow(outgoing{topic: a.keeper.Last(topic)}, now) == nil {
			p.asked[topic] = now
		}
	}
}

// answers tells whether a message is the last value that was asked for, and so
// is as old as a retained one.
func (a *App) answers(m message) bool {
	at, asked := a.paced.asked[m.Topic]
	if !asked {
		return false
	}
	delete(a.paced.asked, m.Topic)
	return m.At.Sub(at) < answerTime
}

// counted lets the platform's rules know of a message that came, and hears what
// the platform says of itself.
func (a *App) counted(m message) {
	w := a.keeper.Heard(m.Topic, m.Payload, m.Retained, m.At)
	if w == presets.NoWord {
		return
	}
	a.paced.said = Said{Word: w, Text: string(m.Payload[:min(len(m.Payload), maxSaid)]), At: m.At}
	a.Changed.Raise()
}
