package topics

// maxSent is how many publishes SentMessages keeps.
const maxSent = 50

// Draft is a message to publish, as a person wrote it.
type Draft struct {
	Topic    string
	Payload  []byte
	QoS      byte
	Retained bool
}

// SentMessages remembers the last 50 messages that were published by hand, the newest
// first, each once.
type SentMessages struct{ sent []Draft }

// Add puts a message in front.
func (b *SentMessages) Add(d Draft) {
	kept := []Draft{d}
	for _, o := range b.sent {
		if !o.equal(d) && len(kept) < maxSent {
			kept = append(kept, o)
		}
	}
	b.sent = kept
}

// List lists the messages, the newest first.
func (b *SentMessages) List() []Draft { return b.sent }

func (d Draft) equal(o Draft) bool {
	return d.Topic == o.Topic && string(d.Payload) == string(o.Payload) && d.QoS == o.QoS && d.Retained == o.Retained
}
