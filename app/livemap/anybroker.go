package livemap

import (
	"bytes"
	"strings"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/lights"
	"lamplighter/app/topics"
)

// updateLamps takes in the lamps that are known at another broker.
func (m *Map) updateLamps() {
	if m.clients["program"] == nil {
		m.add("program", ThisProgram, "")
	}
	if m.clients["unseen"] == nil {
		m.add("unseen", Unseen, "")
	}
	for _, l := range m.o.Lamps.Lights() {
		if m.clients["lamp "+l.Base] == nil && l.Phase != lights.Unheard {
			m.add("lamp "+l.Base, Lamp, l.Base)
		}
	}
}

// receive takes in the messages that this program hears at another broker. Who published
// one is not told there: what a lamp says of itself comes from its board.
func (m *Map) receive(batch []topics.Message, lost int) {
	m.totals.Lost += uint64(lost)
	now := m.o.Now()
	if now.Sub(m.looked) >= rateTime {
		m.updateLamps()
		m.looked = now
	}
	for i := range batch {
		if !batch[i].Past {
			m.addMessage(&batch[i], now)
		}
	}
	m.Changed.Raise()
}

func (m *Map) addMessage(t *topics.Message, now time.Time) {
	e := &broker.TraceEvent{
		Kind: broker.TracePublished, At: t.At, Topic: t.Topic, Payload: bytes.Clone(t.Payload[:min(len(t.Payload), broker.TracePayload)]),
		Size: len(t.Payload), QoS: t.QoS, Retain: t.Retained,
	}
	program, due := m.clients["program"], now
	m.totals.Delivered++
	if t.Retained {
		m.pin(t.Topic, true)
	} else {
		c := m.speaker(t.Topic)
		due = c.lands(now)
		m.totals.Published++
		m.send(c, false, t.Topic, now)
		c.carry(e, false)
	}
	m.note(e)
	d := m.send(program, true, t.Topic, due)
	program.carry(e, true)
	if t.Retained {
		d.Retained++
	}
}

// speaker is the lamp that says what is heard on a topic, or all the others.
func (m *Map) speaker(topic string) *Client {
	if !strings.HasSuffix(topic, "/set") {
		for i := range len(topic) + 1 {
			if i == len(topic) || topic[i] == '/' {
				if c := m.clients["lamp "+topic[:i]]; c != nil {
					return c
				}
			}
		}
	}
	return m.clients["unseen"]
}
