package practice

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"lamplighter/device"
	"lamplighter/device/lamp"
)

// maxAnswers is how many answers may wait for the interval.
const maxAnswers = 8

// update is something that a board publishes: one of the things below, whose
// payload is that of the moment when it is sent, or an answer with a topic of its own.
type update struct{ kind, topic, payload string }

var (
	statusUpdate = update{kind: "status"}
	infoUpdate   = update{kind: "info"}
	configUpdate = update{kind: "config"}
	stateUpdate  = update{kind: "state"}
	mirrorUpdate = update{kind: "also"}
	colorUpdate  = update{kind: "rgb"}
)

// publisher publishes what the lamp does, by the rules of the platform that the topics
// name, as lamp/publisher.py on a real board. The program's goroutine has it.
type publisher struct {
	program   *program
	client    Client   // of the present connection, or nil
	waiting   []update // what is sent when the interval is over
	dropped   int      // answers that found no room
	number    int      // of the last update in a Form
	sent      time.Time
	stateSent time.Time // when the state was sent last
}

func newPublisher(p *program) *publisher { return &publisher{program: p} }

func (p *publisher) topics() device.Topics { return p.program.config.Topics }

func (p *publisher) open(c Client) {
	p.client, p.waiting, p.stateSent = c, nil, time.Now()
}

// shared reports whether offline is published where the state is. The state means
// online then.
func (p *publisher) shared() bool {
	t := p.topics()
	return t.Status != "" && t.Status == t.State
}

// will is the last will. No Form has a word for it.
func (p *publisher) will() (topic, payload string, ok bool) {
	t := p.topics()
	if !p.shared() {
		return t.Status, "offline", t.Status != ""
	}
	return t.StateTopic(), t.Prefix + "offline", t.Form == device.Plain
}

// own reports whether a payload is a board's own, on a topic that is for commands
// too.
func (p *publisher) own(payload []byte) bool {
	prefix := p.topics().Prefix
	return prefix != "" && bytes.HasPrefix(payload, []byte(prefix))
}

// publish sends these at once, or when the interval is over. What waits already waits
// on in its place; the zero update is nothing.
func (p *publisher) publish(updates ...update) {
	for _, u := range updates {
		switch {
		case u == update{} || slices.Contains(p.waiting, u):
		case u.topic != "" && len(p.waiting) >= maxAnswers:
			p.dropped++
		default:
			p.waiting = append(p.waiting, u)
		}
	}
	p.flush()
}

// flush sends what may be sent now, and the state when it is due again.
func (p *publisher) flush() {
	if after := p.republishAfter(); after > 0 && time.Since(p.stateSent) >= after && !slices.Contains(p.waiting, stateUpdate) {
		p.waiting = append(p.waiting, stateUpdate)
	}
	for len(p.waiting) > 0 && p.client != nil && p.mayPublish() {
		u := p.waiting[0]
		p.waiting = p.waiting[1:]
		p.send(u)
	}
}

func (p *publisher) send(u update) {
	if u.topic == "" {
		if u.topic = p.topic(u.kind); u.topic == "" {
			return
		}
		u.payload = p.payload(u.kind)
	}
	p.client.Publish(u.topic, []byte(u.payload), p.topics().Retain)
	p.sent = time.Now()
	if u.kind == stateUpdate.kind {
		p.stateSent = p.sent
	}
}

// mayPublish reports whether the interval since the last update is over.
func (p *publisher) mayPublish() bool { return time.Since(p.sent) >= p.interval() }

func (p *publisher) interval() time.Duration {
	return time.Duration(p.topics().MinIntervalMS) * time.Millisecond
}

// republishAfter is after what time the state is sent again; 0 = never.
func (p *publisher) republishAfter() time.Duration {
	if p.topics().StateTopic() == "" {
		return 0
	}
	return time.Duration(p.topics().RepublishSec) * time.Second
}

// due fires when there is work; nil is never.
func (p *publisher) due() <-chan time.Time {
	var next time.Time
	if len(p.waiting) > 0 {
		next = p.sent.Add(p.interval())
	} else if after := p.republishAfter(); after > 0 {
		next = p.stateSent.Add(after)
	}
	if next.IsZero() {
		return nil
	}
	return time.After(time.Until(next))
}

// topic is where something is published, or "".
func (p *publisher) topic(what string) string {
	t := p.topics()
	switch what {
	case stateUpdate.kind:
		return t.StateTopic()
	case mirrorUpdate.kind:
		return t.MirrorTopic
	case infoUpdate.kind:
		return t.Info
	case configUpdate.kind:
		return t.Config
	case colorUpdate.kind:
		if p.program.colored() {
			return t.RGB
		}
	case statusUpdate.kind:
		if !p.shared() {
			return t.Status
		}
	}
	return ""
}

func (p *publisher) payload(what string) string {
	t, now := p.topics(), p.program.board.State()
	switch what {
	case infoUpdate.kind:
		return p.program.info()
	case configUpdate.kind:
		return p.program.discovery()
	case statusUpdate.kind:
		return "online"
	case mirrorUpdate.kind:
		return onOff(now.On)
	case colorUpdate.kind:
		return t.Prefix + fmt.Sprintf("%d,%d,%d", now.Color[0], now.Color[1], now.Color[2])
	}
	if t.Form != device.Plain {
		p.number++
	}
	return lamp.StatePayload(t, p.number, now.On)
}
