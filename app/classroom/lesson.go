package classroom

import (
	"slices"
	"strings"

	"lamplighter/app/connections"
	"lamplighter/app/lesson"
	"lamplighter/app/lights"
	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/app/traffic"
	"lamplighter/app/uplink"
	"lamplighter/device"
	"lamplighter/device/topic"
)

// newLesson makes the lesson of this run of the program.
func (c *Classroom) newLesson() *lesson.Lesson {
	return lesson.New(lesson.Options{
		Lamps: c.o.Lamps, Post: c.o.Post, Freeze: c.Page.SetAttention, BoardOf: c.boardOf, Retained: c.strayRetained, FirstColor: c.firstColor,
		Keep:    func(w settings.Attention) { c.o.Settings.Update(func(v *settings.Values) { v.Attention = w }) },
		Publish: func(topic string, payload []byte) error { return c.o.Outbox.Publish(topic, payload, 0, false) },
		Eraser:  traffic.NewEraser(publisher{c}, c.o.Topics, c.o.Post),
	}, c.o.Settings.Snapshot().Attention)
}

// freeze takes the lamps from pupils at the built-in broker, or gives them back. Lamps
// that come meanwhile are taken with the others.
func (c *Classroom) freeze(on bool) {
	if !on {
		c.o.Broker.Freeze(false, nil)
		return
	}
	var last []string
	stop := func() {}
	update := func() {
		if !c.Page.Attention() {
			stop()
			return
		}
		if now := commandTopics(c.o.Lamps.Lights()); last == nil || !slices.Equal(now, last) {
			last = append([]string{}, now...)
			c.o.Broker.Freeze(true, now)
		}
	}
	stop = c.o.Lamps.Changed.Listen(update)
	update()
}

// commandTopics are those by which lamps are switched. A topic on which a board also
// says its state can't be refused: its own program could not speak any more.
func commandTopics(all []lights.Light) (topics []string) {
	said := map[string]bool{}
	for _, l := range all {
		for _, t := range []string{l.Topics.State, l.Topics.RGB, l.Topics.Status, l.Topics.Info} {
			said[t] = true
		}
	}
	for _, l := range all {
		for _, t := range []string{l.Topics.Set, l.Topics.SetTo, l.Topics.RGBSet} {
			if t != "" && !said[t] {
				topics = append(topics, t)
			}
		}
	}
	return topics
}

// publisher is the connection in use, for work on topics.
type publisher struct{ *Classroom }

func (p publisher) PublishMessage(topic string, payload []byte, qos byte, retained bool) error {
	return p.o.Outbox.Publish(topic, payload, qos, retained)
}

func (p publisher) Online() bool { return p.online() }

// boardOf finds the lamp of a user of the built-in broker.
func (c *Classroom) boardOf(user string) (base string, ok bool) {
	for _, b := range c.o.Settings.Snapshot().Boards {
		if b.Connection == "" && b.User != "" && b.User == user {
			return b.Base, true
		}
	}
	return "", false
}

// firstColor is the colour that a lamp was set up with.
func (c *Classroom) firstColor(base string) (lights.RGB, bool) {
	v := c.o.Settings.Snapshot()
	for _, b := range v.Boards {
		if b.Base != base || b.Connection != v.Connection || b.Lamp.Kind != device.LampNeoPixel {
			continue
		}
		first := b.Lamp.Color
		if first == [3]int{} {
			first = [3]int{255, 255, 255}
			if b.Practice {
				first = [3]int{255, 190, 90}
			}
		}
		return lights.RGB{R: uint8(first[0]), G: uint8(first[1]), B: uint8(first[2])}, true
	}
	return lights.RGB{}, false
}

// strayRetained asks the broker for what it keeps that is no board's: of all topics where
// it is this computer's, else of the classroom's.
func (c *Classroom) strayRetained(done func(list []topics.RetainedMessage, whole bool, err error)) (cancel func()) {
	v := c.o.Settings.Snapshot()
	filter := "#"
	if v.Connection != "" {
		filter = connections.TopicPrefix(c.o.Settings.Values()) + "/#"
	}
	return c.o.Link.AskRetained(filter, func(r uplink.Retained) {
		var list []topics.RetainedMessage
		isRubbish := c.rubbishTest()
		for _, m := range r.Messages {
			if isRubbish(m.Topic) {
				list = append(list, topics.RetainedMessage{Topic: m.Topic, Payload: m.Payload, QoS: m.QoS})
			}
		}
		done(list, !r.Truncated && r.Err == nil, r.Err)
	})
}

// rubbishTest makes the test whether what the broker keeps of a topic is neither a
// board's word, be the board set up elsewhere or forgotten here, nor another system's.
// A command that is kept is nobody's.
func (c *Classroom) rubbishTest() func(name string) bool {
	v, bases, words := c.o.Settings.Snapshot(), map[string]bool{}, map[string]bool{}
	for _, b := range v.Boards {
		if b.Base != "" && b.Connection == v.Connection {
			bases[b.Base] = true
		}
	}
	for _, l := range c.o.Lamps.Lights() {
		switch t := l.Topics; {
		case l.Source != lights.OwnBoard:
			words[t.State], words[t.Status], words[t.RGB], words[t.Info] = true, true, true, true
		case !l.Unlisted:
			bases[l.Base] = true
		}
	}
	return func(name string) bool {
		if topic.IsBelow(name, "homeassistant") || topic.IsInternal(name) {
			return false
		}
		for end, c := range name + "/" {
			if c == '/' && bases[name[:end]] {
				return strings.HasSuffix(name, "/set")
			}
		}
		return !words[name]
	}
}
