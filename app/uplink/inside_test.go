package uplink

import (
	"testing"
	"time"

	"lamplighter/app/link"
)

func TestAFilterCoversOnlyWhatItMatches(t *testing.T) {
	for _, x := range []struct {
		a, b   string
		covers bool
	}{
		{"#", "class/+/light", true},
		{"class/#", "class", true},
		{"class/+/light", "class/lamp-07/light", true},
		{"class/+/light", "class/+/status", false},
		{"class/+", "class/#", false},
		{"+/a", "b/a/c", false},
		{"#", "$SYS/#", false}, // wildcards leave the broker's own topics out
		{"+/broker", "$SYS/broker", false},
		{"$SYS/#", "$SYS/broker/uptime", true},
	} {
		if covers(x.a, x.b) != x.covers {
			t.Errorf("%s covers %s: %v", x.a, x.b, !x.covers)
		}
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
