package app

import (
	"errors"
	"maps"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device"
)

// The bounds of what is asked of a platform that keeps no messages.
const (
	askShare   = 2 // one part in so many of a platform's rate is used to ask for last values
	askWait    = 2 * time.Second
	answerTime = 10 * time.Second // after which a message is no answer to "what is your last value?"
)

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
