package uplink

import (
	"testing"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/link"
	"lamplighter/app/outbox"
)

// nowhere takes every message.
type nowhere struct{}

func (nowhere) Publish(string, []byte, byte, bool) error { return nil }

func TestNoMessageIsHandedOverBeforeWhatBecameOfCommandsIsTold(t *testing.T) {
	out := outbox.New(func(func()) {}) // posts wait for ever
	defer out.Close()
	limiter := presets.ByID("easyiot").Limiter(presets.Inputs{})
	out.SetTransport("c", limiter, nowhere{})
	out.Online()
	told, handed := false, false
	for _, payload := range []string{"first", "on", "off"} { // the last takes the place of one that waits
		topic := map[bool]string{true: "other", false: "lamp"}[payload == "first"]
		if ticket := out.Send(outbox.Command{Topic: topic, Payload: []byte(payload), Settled: func(outbox.Outcome) { told = true }}); ticket.Err != nil {
			t.Fatal(ticket.Err)
		}
	}
	if told {
		t.Fatal("told while it was sent")
	}
	u := &Uplink{limiter: limiter, o: Options{Outbox: out, Receive: func([]Message, int) { handed = told }}}
	if u.receive(nil, 0); !handed {
		t.Error("the messages came first")
	}
}

func TestOnlyTheFirstMessageAfterAQuestionIsItsAnswer(t *testing.T) {
	now := time.Unix(1700000000, 0)
	q := questions{asked: map[string]time.Time{"lamp": now, "old": now.Add(-answerTime)}}
	for _, x := range []struct {
		topic  string
		answer bool
	}{{"lamp", true}, {"lamp", false}, {"old", false}, {"other", false}} {
		if q.answeredBy(link.Message{Topic: x.topic, At: now}) != x.answer {
			t.Errorf("%s: an answer is %v", x.topic, !x.answer)
		}
	}
}
