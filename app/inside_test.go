package app

import (
	"errors"
	"testing"
	"time"

	"lamplighter/app/link"
	"lamplighter/app/settings"
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
	a := &App{paced: paced{asked: map[string]time.Time{"lamp": now, "old": now.Add(-answerTime)}}}
	for _, x := range []struct {
		topic  string
		answer bool
	}{{"lamp", true}, {"lamp", false}, {"old", false}, {"other", false}} {
		if a.answers(message{Message: link.Message{Topic: x.topic, At: now}}) != x.answer {
			t.Errorf("%s: an answer is %v", x.topic, !x.answer)
		}
	}
}

// lockedSecrets can't be read today.
type lockedSecrets struct{ settings.Secrets }

func (lockedSecrets) Get(key string) (string, error) {
	if key == settings.FindKey {
		return "", errors.New("the keyring is locked")
	}
	return "", settings.ErrNoSecret
}

func TestASecretThatCannotBeReadIsNotTakenForMissing(t *testing.T) {
	s := newSafe(lockedSecrets{}, []string{settings.FindKey, settings.PupilKey}, func(error) {})
	if s.lacks(settings.FindKey) || !s.lacks(settings.PupilKey) {
		t.Errorf("lacks %v, %v", s.lacks(settings.FindKey), s.lacks(settings.PupilKey))
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}
