package siot

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Bounds of what is noted for SIoT's web addresses. What is more goes, the
// oldest first, so one topic can't push the others out.
const (
	maxPastTopics   = 1000
	maxPastOfTopic  = 500     // messages
	maxPastBytes    = 8 << 20 // of all payloads and topics
	maxPastPayload  = 4096    // bytes; SIoT itself takes 255 characters
	pastMessageCost = 96      // bytes of a message beside its payload
)

// pastMessage is a message that was noted.
type pastMessage struct {
	id      int64
	content string
	at      time.Time
}

// pastTopic are the messages of one topic, the oldest first.
type pastTopic struct {
	messages []pastMessage
	bytes    int
	first    time.Time // when its project's device was first heard of
}

// history is what SIoT keeps in its database: here in memory, and bounded.
type history struct {
	now func() time.Time

	mu     sync.Mutex
	last   int64
	topics map[string]*pastTopic
	bytes  int
}

func newHistory(now func() time.Time) *history {
	return &history{now: now, topics: map[string]*pastTopic{}}
}

// add notes a message.
func (h *history) add(topic string, payload []byte) {
	if len(payload) > maxPastPayload {
		payload = payload[:maxPastPayload]
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	t := h.topics[topic]
	if t == nil {
		if len(h.topics) >= maxPastTopics {
			h.dropTopic()
		}
		t = &pastTopic{first: now}
		h.topics[topic] = t
		h.grow(t, len(topic))
	}
	h.last++
	t.messages = append(t.messages, pastMessage{h.last, strings.ToValidUTF8(string(payload), "\uFFFD"), now})
	h.grow(t, cost(t.messages[len(t.messages)-1]))
	if len(t.messages) > maxPastOfTopic {
		h.cut(t, 1)
	}
	for h.bytes > maxPastBytes {
		h.shrink()
	}
}

func cost(m pastMessage) int { return pastMessageCost + len(m.content) }

func (h *history) grow(t *pastTopic, n int) {
	t.bytes += n
	h.bytes += n
}

// cut takes a topic's n oldest messages away.
func (h *history) cut(t *pastTopic, n int) {
	for _, m := range t.messages[:n] {
		h.grow(t, -cost(m))
	}
	t.messages = slices.Delete(t.messages, 0, n)
}

// shrink takes a quarter of the biggest topic away.
func (h *history) shrink() {
	var most *pastTopic
	for _, t := range h.topics {
		if most == nil || t.bytes > most.bytes {
			most = t
		}
	}
	h.cut(most, (len(most.messages)+3)/4)
}

// dropTopic forgets the topic that was silent for the longest time.
func (h *history) dropTopic() {
	oldest, id := "", int64(-1)
	for name, t := range h.topics {
		at := int64(0)
		if n := len(t.messages); n > 0 {
			at = t.messages[n-1].id
		}
		if id < 0 || at < id {
			oldest, id = name, at
		}
	}
	h.bytes -= h.topics[oldest].bytes
	delete(h.topics, oldest)
}

// of lists a topic's messages from begin to end, both included, the oldest
// first. A zero time is no bound.
func (h *history) of(topic string, begin, end time.Time) []pastMessage {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[topic]
	if t == nil {
		return nil
	}
	var list []pastMessage
	for _, m := range t.messages {
		at := m.at.Truncate(time.Second) // as it is told
		if (begin.IsZero() || !at.Before(begin)) && (end.IsZero() || !at.After(end)) {
			list = append(list, m)
		}
	}
	return list
}

// newest is a topic's last message.
func (h *history) newest(topic string) (pastMessage, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[topic]
	if t == nil || len(t.messages) == 0 {
		return pastMessage{}, false
	}
	return t.messages[len(t.messages)-1], true
}

// pastPair is a topic that messages were noted of.
type pastPair struct {
	project, device string
	first           time.Time
}

// pairs lists the topics, sorted.
func (h *history) pairs() []pastPair {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]pastPair, 0, len(h.topics))
	for name, t := range h.topics {
		project, dev, _ := strings.Cut(name, "/")
		list = append(list, pastPair{project, dev, t.first})
	}
	slices.SortFunc(list, func(a, b pastPair) int {
		return cmp.Or(strings.Compare(a.project, b.project), strings.Compare(a.device, b.device))
	})
	return list
}

// clearTopic forgets a topic's messages and tells how many there were.
func (h *history) clearTopic(topic string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[topic]
	if t == nil {
		return 0
	}
	n := len(t.messages)
	h.cut(t, n)
	return n
}

func (h *history) clear() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.topics)
	h.bytes = 0
}
