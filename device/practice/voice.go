package practice

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"lamplighter/device"
	"lamplighter/device/lamp"
)

// maxAnswers is how many answers may wait for the gap.
const maxAnswers = 8

// word is something that a board says: one of the things below, whose payload
// is that of the moment when it is said, or an answer with a topic of its own.
type word struct{ what, topic, payload string }

var (
	sayStatus = word{what: "status"}
	sayInfo   = word{what: "info"}
	sayConfig = word{what: "config"}
	sayState  = word{what: "state"}
	sayAlso   = word{what: "also"}
	sayRGB    = word{what: "rgb"}
)

// voice says what the lamp does, by the rules of the platform that the topics
// name, as lamp/voice.py on a real board. The program's goroutine has it.
type voice struct {
	p       *program
	client  Client // of the present connection, or nil
	waiting []word // what is said when the gap is over
	dropped int    // answers that found no room
	number  int    // of the last word in a Form
	said    time.Time
	told    time.Time // when the state was said last
}

func newVoice(p *program) *voice { return &voice{p: p} }

func (v *voice) topics() device.Topics { return v.p.config.Topics }

func (v *voice) open(c Client) {
	v.client, v.waiting, v.told = c, nil, time.Now()
}

// shared reports whether offline is said where the state is. The state means
// online then.
func (v *voice) shared() bool {
	t := v.topics()
	return t.Status != "" && t.Status == t.State
}

// will is the last will. No Form has a word for it.
func (v *voice) will() (topic, payload string, ok bool) {
	t := v.topics()
	if !v.shared() {
		return t.Status, "offline", t.Status != ""
	}
	return t.SayState(), t.Prefix + "offline", t.Form == device.Plain
}

// own reports whether a payload is a board's word, on a topic that is for
// commands too.
func (v *voice) own(payload []byte) bool {
	prefix := v.topics().Prefix
	return prefix != "" && bytes.HasPrefix(payload, []byte(prefix))
}

// say says these at once, or when the gap is over. What waits already waits
// on in its place; the zero word is nothing.
func (v *voice) say(words ...word) {
	for _, w := range words {
		switch {
		case w == word{} || slices.Contains(v.waiting, w):
		case w.topic != "" && len(v.waiting) >= maxAnswers:
			v.dropped++
		default:
			v.waiting = append(v.waiting, w)
		}
	}
	v.work()
}

// work says what may be said now, and the state when its beat has come.
func (v *voice) work() {
	if beat := v.beat(); beat > 0 && time.Since(v.told) >= beat && !slices.Contains(v.waiting, sayState) {
		v.waiting = append(v.waiting, sayState)
	}
	for len(v.waiting) > 0 && v.client != nil && v.may() {
		w := v.waiting[0]
		v.waiting = v.waiting[1:]
		v.publish(w)
	}
}

func (v *voice) publish(w word) {
	if w.topic == "" {
		if w.topic = v.topic(w.what); w.topic == "" {
			return
		}
		w.payload = v.payload(w.what)
	}
	v.client.Publish(w.topic, []byte(w.payload), v.topics().Retain)
	v.said = time.Now()
	if w.what == sayState.what {
		v.told = v.said
	}
}

// may reports whether the gap is over.
func (v *voice) may() bool { return time.Since(v.said) >= v.gap() }

func (v *voice) gap() time.Duration {
	return time.Duration(v.topics().MinIntervalMS) * time.Millisecond
}

// beat is after what time the state is said again; 0 = never.
func (v *voice) beat() time.Duration {
	if v.topics().SayState() == "" {
		return 0
	}
	return time.Duration(v.topics().RepublishSec) * time.Second
}

// due fires when there is work; nil is never.
func (v *voice) due() <-chan time.Time {
	var next time.Time
	if len(v.waiting) > 0 {
		next = v.said.Add(v.gap())
	} else if beat := v.beat(); beat > 0 {
		next = v.told.Add(beat)
	}
	if next.IsZero() {
		return nil
	}
	return time.After(time.Until(next))
}

// topic is where something is said, or "".
func (v *voice) topic(what string) string {
	t := v.topics()
	switch what {
	case sayState.what:
		return t.SayState()
	case sayAlso.what:
		return t.MirrorTopic
	case sayInfo.what:
		return t.Info
	case sayConfig.what:
		return t.Config
	case sayRGB.what:
		if v.p.colored() {
			return t.RGB
		}
	case sayStatus.what:
		if !v.shared() {
			return t.Status
		}
	}
	return ""
}

func (v *voice) payload(what string) string {
	t, now := v.topics(), v.p.board.State()
	switch what {
	case sayInfo.what:
		return v.p.info()
	case sayConfig.what:
		return v.p.discovery()
	case sayStatus.what:
		return "online"
	case sayAlso.what:
		return onOff(now.On)
	case sayRGB.what:
		return t.Prefix + fmt.Sprintf("%d,%d,%d", now.Color[0], now.Color[1], now.Color[2])
	}
	if t.Form != device.Plain {
		v.number++
	}
	return lamp.State(t, v.number, now.On)
}
