package uplink

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"regexp"
	"slices"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/outbox"
	"lamplighter/app/settings"
	"lamplighter/device/crash"
	"lamplighter/device/random"
)

// probe finds out whether a platform keeps messages, where nobody has written
// that down: a message that no program takes for a command is sent to a lamp's
// own topic to be kept, and a second connection looks whether it comes back.
// That is done once for each connection, and what was found is kept with it.
type probe struct {
	done    map[string]bool // IDs of connections where it was tried since the program began
	topic   string          // "" = nothing is tried now
	payload []byte
	cleared bool // the broker was asked to forget it: an empty message is ours
	until   time.Time
	timer   *time.Timer
	cancel  context.CancelFunc
	others  map[string]time.Time // topics on which another PC tries it: its last word there
}

const (
	probeWord   = "probe"          // what every probe begins with; no lamp takes it for a word of its own
	probeTime   = 10 * time.Second // for each step; longer, and nothing was found out
	probePause  = time.Second      // before it is looked again whether there is a lamp, and room in the platform's rate
	probeLength = 6                // random bytes, so that what another PC tries is told apart
	maxOthers   = 64               // topics
)

// probeForm is what a probe looks like, and its end.
var probeForm = regexp.MustCompile(`^` + probeWord + `-[0-9a-f]{12}(-end)?$`)

// errNoEcho tells that the second connection did not hear itself.
var errNoEcho = errors.New("the probe's end did not come back")

// probing reports whether there is something to find out on the connection in use.
func (u *Uplink) probing() (settings.Connection, bool) {
	v := u.o.Settings.Snapshot()
	c, other := v.ConnectionByID(v.Connection)
	r := u.limiter.Preset.Rules
	open := other && r.Retain == presets.Unknown && r.Remote == "" && !u.probe.done[c.ID] &&
		u.state.Phase == link.Online
	return c, open
}

// probeSoon looks, as long as the connection stands, for a lamp's topic with
// which it can be found out.
func (u *Uplink) probeSoon() {
	p := &u.probe
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
	c, open := u.probing()
	if !open || p.topic != "" {
		return
	}
	topic, now := u.probeTopic(), time.Now()
	if topic == "" || u.limiter.Wait(now) > 0 || u.o.Outbox.State().Waiting > 0 {
		p.timer = time.AfterFunc(probePause, func() { u.o.Post(u.probeSoon) })
		return
	}
	if p.done == nil {
		p.done = map[string]bool{}
	}
	p.done[c.ID] = true
	payload := []byte(probeWord + "-" + random.Hex(probeLength))
	if err := u.o.Outbox.SendNow(outbox.Command{Topic: topic, Payload: payload, Retained: true}); err != nil {
		return
	}
	p.topic, p.payload, p.cleared, p.until = topic, payload, false, now.Add(probeTime)
}

// probeTopic is a topic of one of the class's own lamps: that of its board's
// word where it has one, else that of its commands.
func (u *Uplink) probeTopic() string {
	for _, l := range u.o.Lamps.Lights() {
		if l.Source != lights.OwnBoard || l.Practice {
			continue
		}
		for _, t := range []string{l.Topics.State, l.Topics.Set} {
			if t != "" && u.isGranted(t) {
				return t
			}
		}
	}
	return ""
}

// isGranted reports whether the broker has granted a topic: one that it refused may be
// mistyped, and is nothing to send to.
func (u *Uplink) isGranted(topic string) bool {
	answer, ok := u.answerTo(topic)
	return ok && answer.Err == nil
}

// probed takes in the probe's own messages: they are no lamp's word. When the
// probe itself has come back, the platform has it, and a second connection looks.
func (u *Uplink) probed(m link.Message) bool {
	p := &u.probe
	if p.topic == "" || m.Topic != p.topic {
		return u.probedByOthers(m)
	}
	if p.cleared && len(m.Payload) == 0 {
		u.stopProbing()
		return true
	}
	if !bytes.Equal(m.Payload, p.payload) && !bytes.Equal(m.Payload, probeEnd(p.payload)) {
		return u.probedByOthers(m)
	}
	if p.cancel == nil && !m.Retained && m.At.Before(p.until) && bytes.Equal(m.Payload, p.payload) {
		u.probeRetained()
	}
	return true
}

// probedByOthers takes in what another PC of the class tries, who does not know
// yet either: its probe, and the empty message with which the platform is made to
// forget that. Neither is a lamp's word.
func (u *Uplink) probedByOthers(m link.Message) bool {
	p := &u.probe
	if presets.ByID(u.limiter.Preset.ID).Rules.Retain != presets.Unknown {
		return false
	}
	if probeForm.Match(m.Payload) {
		if bytes.HasSuffix(m.Payload, probeEnd(nil)) { // of another connection, so it may come after the empty one
			return true
		}
		if p.others == nil || len(p.others) >= maxOthers {
			p.others = map[string]time.Time{}
		}
		p.others[m.Topic] = m.At
		return true
	}
	last, tried := p.others[m.Topic]
	if !tried || len(m.Payload) > 0 {
		return false
	}
	delete(p.others, m.Topic)
	return m.At.Sub(last) < 3*probeTime // for each of its steps
}

// probeEnd is what the second connection sends, after which nothing that was
// kept can come any more.
func probeEnd(payload []byte) []byte { return append(bytes.Clone(payload), "-end"...) }

// probeRetained asks from a second connection for what is kept.
func (u *Uplink) probeRetained() {
	p := &u.probe
	v := u.o.Settings.Snapshot()
	c, _ := v.ConnectionByID(v.Connection)
	o, err := u.second(c)
	if err != nil {
		u.stopProbing()
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	p.cancel = cancel
	topic, payload, dial := p.topic, p.payload, u.dial
	u.closing.Go(crash.Guard(func() {
		defer cancel()
		keeps, err := comesBack(ctx, o, topic, payload)
		u.o.Post(func() {
			if dial == u.dial && topic == u.probe.topic {
				u.found(c.ID, keeps, err)
			}
		})
	}))
}

// comesBack reports whether a broker hands a message to who subscribes after it
// was sent. It may take until ctx ends.
func comesBack(ctx context.Context, o link.Options, topic string, payload []byte) (presets.Support, error) {
	answer := make(chan presets.Support, 1)
	tell := func(k presets.Support) {
		select {
		case answer <- k:
		default: // the first one counts
		}
	}
	end, lost := probeEnd(payload), make(chan error, 1)
	c, err := link.DialOnce(ctx, o, []string{topic}, func(m link.Message) {
		switch {
		case m.Topic != topic:
		case m.Retained && bytes.Equal(m.Payload, payload):
			tell(presets.Yes)
		case bytes.Equal(m.Payload, end):
			tell(presets.No)
		}
	}, func(err error) { lost <- err })
	if err != nil {
		return presets.Unknown, err
	}
	defer c.Close()
	c.Publish(topic, end, false)
	select {
	case k := <-answer:
		return k, nil
	case err := <-lost:
		return presets.Unknown, err
	case <-ctx.Done():
		return presets.Unknown, errNoEcho
	}
}

// found keeps what was found out, and lets the platform forget the probe.
func (u *Uplink) found(id string, keeps presets.Support, err error) {
	p := &u.probe
	if err != nil {
		slog.Info("whether the platform keeps messages could not be found out", "err", err)
	} else {
		u.limiter.SetRetainSupport(keeps)
		u.o.Settings.Update(func(v *settings.Values) {
			i := slices.IndexFunc(v.Connections, func(c settings.Connection) bool { return c.ID == id })
			if i >= 0 { // it keeps its place: somebody may be about to click on one below
				v.Connections[i].RetainSupport = string(keeps)
			}
		})
	}
	u.Changed.Raise()
	topic := p.topic
	if keeps == presets.No {
		u.stopProbing()
		return
	}
	// Where nothing is known the probe may be kept all the same.
	p.cleared = true
	if u.o.Outbox.SendNow(outbox.Command{Topic: topic, Retained: true}) != nil {
		u.stopProbing()
	}
}

// stopProbing ends what is being tried.
func (u *Uplink) stopProbing() {
	p := &u.probe
	if p.timer != nil {
		p.timer.Stop()
	}
	if p.cancel != nil {
		p.cancel()
	}
	*p = probe{done: p.done, others: p.others}
}
