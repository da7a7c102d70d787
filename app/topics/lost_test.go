package topics_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/endpoint"
	"lamplighter/app/inbox"
	"lamplighter/app/link"
	"lamplighter/app/topics"
	"lamplighter/device/devicetest"
	"lamplighter/device/topic"
)

// connect makes a link that is online.
func connect(t *testing.T, loop *apptest.Loop, o link.Options, receive func(link.Message)) *link.Link {
	t.Helper()
	l := link.Dial(o, receive, func(link.State) {})
	t.Cleanup(l.Close)
	loop.RunUntil(func() bool { return l.State().Phase == link.Online }, "the connection", l.State().Phase.String())
	return l
}

// brokers are the two that the project is tested with.
func brokers(t *testing.T) map[string]link.Options {
	t.Helper()
	// Without limits of its own, mosquitto holds what the reader has yet to read.
	m := devicetest.StartMosquitto(t, devicetest.MosquittoConf{Extra: "max_queued_messages 0\nmax_inflight_messages 0"})
	b, err := broker.Start(broker.Options{Dir: t.TempDir(), Host: "127.0.0.1", Classroom: "class"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	user, password := b.App()
	return map[string]link.Options{
		"mosquitto": {Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: m.Port()}},
		"built-in":  {Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: b.Port()}, User: user, Password: password},
	}
}

// TestNothingLost sends more than the memory holds, faster than the tree is
// looked after, and demands an account of every message.
func TestNothingLost(t *testing.T) {
	const sent = 20_000
	for name, o := range brokers(t) {
		t.Run(name, func(t *testing.T) {
			loop := apptest.NewLoop(t)
			tree := topics.New(topics.MinBudget)
			in := inbox.New(loop.Post, 10*time.Millisecond, 128<<10, func(m link.Message) int { return len(m.Topic) + len(m.Payload) },
				func(batch []link.Message, lost int) {
					all := make([]topics.Message, len(batch))
					for i, m := range batch {
						all[i] = topics.Message{Topic: m.Topic, Payload: m.Payload, QoS: m.QoS, Retained: m.Retained, At: m.At}
					}
					tree.Receive(all, lost)
				})
			ready := make(chan link.SubState, 1)
			o.Subscribed = func(s link.SubState) { ready <- s }
			reader := connect(t, loop, o, in.Put)
			if err := reader.Subscribe("class/#", 1); err != nil {
				t.Fatal(err)
			}
			if s := <-ready; s.Err != nil {
				t.Fatal(s.Err)
			}
			o.Subscribed = nil
			writer := connect(t, loop, o, func(link.Message) {})
			for i := range sent {
				send(t, loop, writer, fmt.Sprintf("class/lamp-%02d/%d", i%30, i%700), fmt.Sprintf("message %d %s", i, strings.Repeat(".", i%200)))
			}
			loop.RunUntil(func() bool { return tree.Counts().Received+uint64(writer.Dropped()) >= sent }, "all messages")
			c := tree.Counts()
			t.Logf("%s: sent %d, received %d, kept %d, dropped %d (memory %d, too fast %d, refused %d)",
				name, sent, c.Received, c.InMemory, c.Dropped(), c.Outdated, c.Lost, c.Refused)
			// On a computer with too much to do, what waited at the sender for too long is dropped there.
			if c.Received+uint64(writer.Dropped()) != sent || c.Received != c.InMemory+c.Dropped() || c.Dropped() == 0 {
				t.Errorf("%+v, the sender dropped %d", c, writer.Dropped())
			}
		})
	}
}

// send publishes, and looks after the tree while the connection is full.
func send(t *testing.T, loop *apptest.Loop, l *link.Link, topic, payload string) {
	t.Helper()
	for {
		err := l.Publish(topic, []byte(payload), 1, false)
		if err == nil {
			return
		}
		if !errors.Is(err, link.ErrFull) {
			t.Fatal(err)
		}
		loop.Run()
		time.Sleep(time.Millisecond) // the queue is full; the link empties it
	}
}

// TestFiltersMatchAsMosquittoDoes lets mosquitto decide about thousands of
// pairs of filter and topic, by the retained messages that it sends.
func TestFiltersMatchAsMosquittoDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	m := devicetest.StartMosquitto(t, devicetest.MosquittoConf{Extra: "max_queued_messages 0\nmax_inflight_messages 0"})
	loop := apptest.NewLoop(t)
	o := link.Options{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: m.Port()}}
	writer := connect(t, loop, o, func(link.Message) {})
	all := map[string]bool{}
	for len(all) < 150 {
		if name := randomPath(r, []string{"a", "b", "", "$SYS", "$a", "灯", "x y"}); topic.ValidName(name) && !strings.HasPrefix(name, "$SYS") {
			all[name] = true
		}
	}
	tree := topics.New(topics.MinBudget)
	for topic := range all {
		tree.Insert(topics.Message{Topic: topic})
		if err := writer.Publish(topic, []byte("x"), 1, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Publish(endTopic, []byte("x"), 1, true); err != nil {
		t.Fatal(err)
	}
	pairs := 0
	for range 40 {
		filter := randomPath(r, []string{"a", "b", "", "+", "+", "#", "$a", "灯"})
		if !topic.ValidFilter(filter) {
			continue
		}
		got := heard(t, loop, o, filter)
		_, matched, _ := tree.Preview(filter, len(all))
		for topic := range all {
			if here := slices.Contains(matched, topic); got[topic] != here {
				t.Errorf("filter %q, topic %q: mosquitto %v, here %v", filter, topic, got[topic], here)
			}
			pairs++
		}
	}
	if t.Logf("%d pairs", pairs); pairs < 2000 {
		t.Errorf("only %d pairs", pairs)
	}
}

// endTopic is none that a filter here fits: one that begins with $ is for no
// wildcard at the first level (MQTT 3.1.1, 4.7.2).
const endTopic = "$end/of"

// heard gives the topics that mosquitto sends for a filter; the message that
// ends it is asked for after it, and comes after all others.
func heard(t *testing.T, loop *apptest.Loop, o link.Options, filter string) map[string]bool {
	t.Helper()
	got, done := map[string]bool{}, false
	answered := 0
	o.Subscribed = func(link.SubState) { loop.Post(func() { answered++ }) }
	l := connect(t, loop, o, func(m link.Message) {
		loop.Post(func() {
			got[m.Topic] = true
			done = done || m.Topic == endTopic
		})
	})
	defer l.Close()
	if err := l.Subscribe(filter, 0); err != nil {
		t.Fatal(err)
	}
	loop.RunUntil(func() bool { return answered == 1 }, "the answer to", filter)
	if err := l.Subscribe(endTopic, 0); err != nil {
		t.Fatal(err)
	}
	loop.RunUntil(func() bool { return done }, "the end of", filter)
	return got
}

func randomPath(r *rand.Rand, levels []string) string {
	path := make([]string, 1+r.IntN(4))
	for i := range path {
		path[i] = levels[r.IntN(len(levels))]
	}
	return strings.Join(path, "/")
}
