package topics_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/topics"
)

func TestWhatARecordingBringsStandsAtItsTimeAndNeverInThePlaceOfANewerValue(t *testing.T) {
	tree := topics.New(topics.MinBudget)
	at := func(second int, text string, past bool) topics.Message {
		return topics.Message{Topic: "a", Payload: []byte(text), At: start.Add(time.Duration(second) * time.Second), Past: past}
	}
	history := func() string {
		id, _ := tree.Find("a")
		l, _ := tree.Level(id)
		var all []string
		for _, e := range tree.History(id, 20) {
			all = append(all, string(e.Payload))
		}
		if string(l.Last.Payload) != all[0] || l.InMemory != len(all) {
			t.Errorf("last is %q, %d kept, of %q", l.Last.Payload, l.InMemory, all)
		}
		if two := tree.History(id, 2); len(all) > 1 && string(two[1].Payload) != all[1] {
			t.Errorf("the one before is %q of %q", two[1].Payload, all)
		}
		return strings.Join(all, " ")
	}
	tree.Receive([]topics.Message{at(10, "10", false), at(30, "30", false)}, 0)
	tree.Receive([]topics.Message{at(5, "5", true), at(20, "20", true), at(25, "25", true)}, 0)
	if got := history(); got != "30 25 20 10 5" {
		t.Errorf("after the recording: %s", got)
	}
	tree.Receive([]topics.Message{at(40, "40", false), at(35, "35", true), at(50, "50", true)}, 0)
	if got := history(); got != "50 40 35 30 25 20 10 5" {
		t.Errorf("after newer ones: %s", got)
	}
}

func TestAnEmptyMessageOfARecordingErasesNothingAtTheBroker(t *testing.T) {
	tree := topics.New(topics.MinBudget)
	tree.Insert(topics.Message{Topic: "a", Payload: []byte("on"), Retained: true, At: start})
	tree.Insert(topics.Message{Topic: "a", At: start.Add(-time.Hour), Past: true})
	if list := kept(tree); len(list) != 1 {
		t.Errorf("the broker keeps %v", list)
	}
}

// mixed fills a small tree with live messages and, between them, with recordings.
func mixed(seed uint64) (tree *topics.Tree, last map[string]string, sent uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	tree, last = topics.New(topics.MinBudget), map[string]string{}
	for now := range 12_000 {
		m := topics.Message{Topic: fmt.Sprintf("t/%d", r.IntN(1+r.IntN(200))), At: start.Add(time.Duration(now) * time.Second)}
		m.Payload = []byte(fmt.Sprint(now, strings.Repeat("x", r.IntN(300))))
		if r.IntN(400) == 0 {
			m.Payload = append(m.Payload, make([]byte, 10_000)...)
		}
		if now/500%3 == 1 {
			m.Past = true
			m.At = start.Add(time.Duration(r.IntN(now)) * time.Second).Add(time.Duration(now))
		}
		tree.Insert(m)
		sent++
		if _, known := last[m.Topic]; !known || !m.Past {
			last[m.Topic] = string(m.Payload)
		} else if id, _ := tree.Find(m.Topic); m.Past {
			if l, _ := tree.Level(id); l.Last.At.Equal(m.At) {
				last[m.Topic] = string(m.Payload)
			}
		}
	}
	return tree, last, sent
}

func TestRecordingsBetweenLiveMessagesLoseNothingUncountedAndAreInOrder(t *testing.T) {
	for seed := range uint64(5) {
		tree, last, sent := mixed(seed)
		c, kept := tree.Counts(), uint64(0)
		for topic, payload := range last {
			id, _ := tree.Find(topic)
			l, _ := tree.Level(id)
			all := tree.History(id, 1<<30)
			kept += uint64(len(all))
			if len(all) == 0 || string(all[0].Payload) != payload || string(l.Last.Payload) != payload || l.InMemory != len(all) {
				t.Fatalf("seed %d, %s: last is %.20q, want %.20q; %d of %d", seed, topic, l.Last.Payload, payload, len(all), l.InMemory)
			}
			if !slices.IsSortedFunc(all, func(a, b topics.Entry) int { return b.At.Compare(a.At) }) {
				t.Fatalf("seed %d, %s: not in the order of time", seed, topic)
			}
		}
		if c.Received != sent || c.InMemory != kept || c.Outdated == 0 {
			t.Fatalf("seed %d: %d sent, histories hold %d: %+v", seed, sent, kept, c)
		}
		if c.Bytes > c.Budget {
			t.Errorf("seed %d: %d bytes of %d", seed, c.Bytes, c.Budget)
		}
		got, _, err := play(t, apptest.NewLoop(t), export(t, tree, topics.Extent{}, topics.JSONLines))
		if err != nil || uint64(len(got)) != kept || !slices.IsSortedFunc(got, func(a, b topics.Message) int { return a.At.Compare(b.At) }) {
			t.Fatalf("seed %d: %v: %d of %d messages are exported", seed, err, len(got), kept)
		}
		got, _, err = play(t, apptest.NewLoop(t), export(t, tree, topics.Extent{Last: true}, topics.JSONLines))
		if err != nil || len(got) != len(last) {
			t.Fatalf("seed %d: %v: %d of %d last messages", seed, err, len(got), len(last))
		}
		for _, m := range got {
			if string(m.Payload) != last[m.Topic] {
				t.Fatalf("seed %d: the last of %s is %.20q, want %.20q", seed, m.Topic, m.Payload, last[m.Topic])
			}
		}
	}
}
