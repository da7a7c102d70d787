package traffic

import (
	"slices"
	"time"

	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/app/worker"
	"lamplighter/device"
)

// unsentTime is how long nobody types before the unsent message is kept for the
// next start.
const unsentTime = 500 * time.Millisecond

// Unsent is a message as it is written, with all that is wrong with it.
type Unsent struct {
	Topic, Payload string
	Form           int // as settings.Draft has it
	QoS            int
	Retained       bool
	File           []byte // the payload, where it is a file
	FileName       string
}

// Messages are those that a person writes: the one that is not sent yet, the last
// ones that were published, and those that are saved under a name. The settings keep
// them for the next start.
type Messages struct {
	store  *settings.Store
	post   func(func())
	book   topics.SentMessages
	unsent Unsent
	stop   func() // what keeps the unsent message; nil where it is kept
}

// LoadMessages takes over what the start before left.
func LoadMessages(store *settings.Store, post func(func())) *Messages {
	m := &Messages{store: store, post: post}
	v := store.Values().Topics
	for _, s := range slices.Backward(v.Sent) {
		m.book.Add(DraftOf(s))
	}
	d := v.Draft
	m.unsent = Unsent{Topic: d.Topic, Payload: string(d.Payload), Form: d.Form, QoS: int(d.QoS), Retained: d.Retained}
	return m
}

// DraftOf is a saved message as it is published.
func DraftOf(p settings.Publish) topics.Draft {
	return topics.Draft{Topic: p.Topic, Payload: []byte(p.Payload), QoS: p.QoS, Retained: p.Retained}
}

func saved(d topics.Draft) settings.Publish {
	return settings.Publish{Topic: d.Topic, Payload: device.Text(d.Payload), QoS: d.QoS, Retained: d.Retained}
}

// Sent are the last messages that were published by hand, the newest first.
func (m *Messages) Sent() []topics.Draft { return m.book.List() }

// NoteSent remembers a message that was published by hand, for the next start too
// where it has at most settings.MaxSentSize bytes.
func (m *Messages) NoteSent(d topics.Draft) {
	m.book.Add(d)
	var sent []settings.Publish
	for _, d := range m.book.List() {
		if p := saved(d); p.Size() <= settings.MaxSentSize {
			sent = append(sent, p)
		}
	}
	m.store.Update(func(v *settings.Values) { v.Topics.Sent = sent })
}

// ForgetSent forgets those that were published.
func (m *Messages) ForgetSent() {
	m.book = topics.SentMessages{}
	m.store.Update(func(v *settings.Values) { v.Topics.Sent = nil })
}

// Saved are the messages that have a name.
func (m *Messages) Saved() []settings.Publish { return m.store.Values().Topics.Saved }

// Fits reports whether a message is small enough to be saved under a name: at most
// settings.MaxSavedSize bytes.
func (m *Messages) Fits(d topics.Draft) bool { return saved(d).Size() <= settings.MaxSavedSize }

// Save keeps a message under a name.
func (m *Messages) Save(name string, d topics.Draft) {
	p := saved(d)
	p.ID, p.Name = settings.NewID(), name
	m.store.Update(func(v *settings.Values) { v.Topics.Saved = append(v.Topics.Saved, p) })
}

// Remove forgets a saved message.
func (m *Messages) Remove(id string) {
	m.store.Update(func(v *settings.Values) {
		v.Topics.Saved = slices.DeleteFunc(slices.Clone(v.Topics.Saved), func(p settings.Publish) bool { return p.ID == id })
	})
}

// Unsent is the message that is being written.
func (m *Messages) Unsent() Unsent { return m.unsent }

// SetUnsent has it kept, for the next start once nobody types.
func (m *Messages) SetUnsent(u Unsent) {
	m.unsent = u
	if m.stop != nil {
		m.stop()
	}
	m.stop = worker.After(unsentTime, m.post, m.Flush)
}

// Flush keeps the unsent message for the next start now. A file is not kept: it has
// its own place.
func (m *Messages) Flush() {
	if m.stop == nil {
		return
	}
	m.stop()
	m.stop = nil
	u := m.unsent
	if u.File != nil {
		u.Payload = ""
	}
	d := settings.Draft{Topic: u.Topic, Payload: device.Text(u.Payload), Form: max(u.Form, 0), QoS: byte(max(u.QoS, 0)), Retained: u.Retained}
	if d != m.store.Snapshot().Topics.Draft {
		m.store.Update(func(v *settings.Values) { v.Topics.Draft = d })
	}
}
