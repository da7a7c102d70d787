package topics

// maxSent is how many publishes a Book remembers.
const maxSent = 50

// Draft is a message to publish, as a person wrote it.
type Draft struct {
	Topic    string
	Payload  []byte
	QoS      byte
	Retained bool
}

// Book remembers the last 50 messages that were published by hand, the newest
// first, each once.
type Book struct{ sent []Draft }

// Note puts a message in front.
func (b *Book) Note(d Draft) {
	kept := []Draft{d}
	for _, o := range b.sent {
		if !o.equal(d) && len(kept) < maxSent {
			kept = append(kept, o)
		}
	}
	b.sent = kept
}

// Sent lists the messages, the newest first.
func (b *Book) Sent() []Draft { return b.sent }

func (d Draft) equal(o Draft) bool {
	return d.Topic == o.Topic && string(d.Payload) == string(o.Payload) && d.QoS == o.QoS && d.Retained == o.Retained
}
