package siot

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestWhatIsNotedIsBoundedAndANoisyTopicGivesFirst(t *testing.T) {
	h := newHistory(time.Now)
	h.add("quiet/1", []byte("still here"))
	big := []byte(strings.Repeat("x", maxPastPayload+10))
	for i := range 8 {
		for range maxPastOfTopic + 20 {
			h.add("noisy/"+strconv.Itoa(i), big)
		}
	}
	if h.bytes > maxPastBytes {
		t.Errorf("%d bytes", h.bytes)
	}
	sum := 0
	for name, topic := range h.topics {
		own := len(name)
		for _, m := range topic.messages {
			own += cost(m)
		}
		if own != topic.bytes || len(topic.messages) > maxPastOfTopic {
			t.Errorf("%s: %d messages, %d bytes, counted %d", name, len(topic.messages), own, topic.bytes)
		}
		sum += own
	}
	if sum != h.bytes {
		t.Errorf("%d bytes, counted %d", sum, h.bytes)
	}
	if m, ok := h.newest("quiet/1"); !ok || m.content != "still here" {
		t.Error("the quiet topic was pushed out")
	}
	for i := range maxPastTopics + 5 {
		h.add("many/"+strconv.Itoa(i), []byte("\xff"))
	}
	if len(h.topics) != maxPastTopics {
		t.Errorf("%d topics", len(h.topics))
	}
	if _, ok := h.newest("quiet/1"); ok {
		t.Error("the oldest topic is still there")
	}
	if m, ok := h.newest("many/9"); !ok || m.content != "\uFFFD" {
		t.Errorf("%q", m.content)
	}
}
