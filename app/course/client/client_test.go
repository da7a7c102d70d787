package client

import (
	"slices"
	"strconv"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/endpoint"
)

// world is a broker with a pupil's account.
type world struct {
	*apptest.Loop
	o       Options
	refused []string
	broker  *broker.Broker
}

const secret = "one-word"

func begin(t *testing.T) *world {
	t.Helper()
	b, err := broker.Start(broker.Options{Dir: t.TempDir(), Host: "127.0.0.1", Classroom: "class"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	if err := b.SetAccount(broker.Account{User: "pupil", Role: broker.Pupil}, secret); err != nil {
		t.Fatal(err)
	}
	w := &world{Loop: apptest.NewLoop(t), broker: b}
	w.o = Options{
		Broker: func() (endpoint.Endpoint, bool) { return endpoint.Endpoint{Host: "127.0.0.1", Port: b.Port()}, true },
		Post:   w.Post, Refused: func(id string) { w.refused = append(w.refused, id) },
	}
	return w
}

func as(id string) Login { return Login{ID: id, User: "pupil", Password: secret} }

// online connects a client, with a subscription to filter unless that is "".
func (w *world) online(t *testing.T, id, filter string) *Client {
	t.Helper()
	c := New(w.o)
	t.Cleanup(c.Disconnect)
	if err := c.Connect(as(id)); err != nil {
		t.Fatal(err)
	}
	w.RunUntil(func() bool { return c.phase == Online }, id, "is online")
	if filter != "" {
		if err := c.Subscribe(filter, 2); err != nil {
			t.Fatal(err)
		}
		w.RunUntil(func() bool { return c.filters[0].Answered }, id, "has subscribed")
	}
	return c
}

func TestAClientHearsWhatAnotherPublishes(t *testing.T) {
	w := begin(t)
	a, b := w.online(t, "a", "class/#"), w.online(t, "b", "")
	// The broker answers a subscription before it looks for what is retained, and the
	// next one after that: else the message could come a second time, as retained.
	if err := a.Subscribe("other", 0); err != nil {
		t.Fatal(err)
	}
	w.RunUntil(func() bool { return a.filters[1].Answered }, "the answer to a second subscription")
	a.Unsubscribe("other")
	if err := b.Publish("class/x", []byte("hello"), 2, true); err != nil {
		t.Fatal(err)
	}
	w.RunUntil(func() bool { return len(a.received) == 1 }, "the message")
	if m := a.received[0]; m.Topic != "class/x" || string(m.Payload) != "hello" || m.QoS != 2 || m.Retained {
		t.Errorf("%+v", m)
	}
	late := w.online(t, "late", "class/x")
	w.RunUntil(func() bool { return len(late.received) == 1 }, "the retained message")
	if !late.received[0].Retained {
		t.Error("a newcomer is not told that the message was retained")
	}
	a.Unsubscribe("class/#")
	if len(a.Filters()) != 0 {
		t.Error("the subscription is still listed")
	}
}

func TestOfAFloodTheLastMessagesAreKeptAndAllAreCounted(t *testing.T) {
	w := begin(t)
	a, b := w.online(t, "a", "class/#"), w.online(t, "b", "")
	const all = 1000
	sent := 0
	for sent < all {
		if err := b.Publish("class/x", []byte(strconv.Itoa(sent)), 0, false); err == nil {
			sent++
			continue
		}
		w.Run() // the connection's queue is full
	}
	count := func() int { list, dropped := a.Received(); return len(list) + dropped }
	w.RunUntil(func() bool { return count() == all }, "all are counted")
	list, _ := a.Received()
	if len(list) > maxReceived {
		t.Errorf("%d are kept", len(list))
	}
}

func TestAClientTellsWhyItIsNotThere(t *testing.T) {
	w := begin(t)
	c := New(w.o)
	wrong := as("a")
	wrong.Password = "wrong"
	if err := c.Connect(wrong); err != nil {
		t.Fatal(err)
	}
	w.RunUntil(func() bool { return c.phase == Refused }, "the refusal")
	if !slices.Equal(w.refused, []string{"a"}) {
		t.Errorf("refused: %q", w.refused)
	}
	if err := c.Publish("class/x", nil, 0, false); err == nil {
		t.Error("a client that is not there publishes")
	}
	for _, id := range []string{"", "a\n", "a client id of far more than 23"} {
		if c.Connect(as(id)) == nil {
			t.Errorf("the id %q is taken", id)
		}
	}
}

func TestTwoClientsWithOneIDThrowEachOtherOut(t *testing.T) {
	w := begin(t)
	a := w.online(t, "same", "")
	b := w.online(t, "same", "")
	w.RunUntil(func() bool { return a.phase == Lost }, "the first is thrown out")
	if b.phase != Online {
		t.Error("the second is not there")
	}
}

// numbers sends all of them at a QoS, and gives those that arrived.
func (w *world) numbers(t *testing.T, qos byte) (sent Sent, heard []int) {
	t.Helper()
	ear := w.online(t, "ear", "class/numbers")
	s := NewSender(w.o, 0)
	s.Send(as("line"), "class/numbers", qos)
	w.RunUntil(func() bool { return !s.Sent().Running }, "the round is over")
	if err := ear.Publish("class/numbers", []byte("0"), 0, false); err != nil { // comes after them all
		t.Fatal(err)
	}
	w.RunUntil(func() bool {
		n := len(ear.received)
		return n > 0 && string(ear.received[n-1].Payload) == "0"
	}, "the end")
	for _, m := range ear.received {
		n, _ := strconv.Atoi(string(m.Payload))
		heard = append(heard, n)
	}
	if err := s.Sent().Err; err != nil {
		t.Fatal(err)
	}
	return s.Sent(), heard[:len(heard)-1]
}

func TestALossyLineLosesAtQoS0RepeatsAtQoS1AndDoesNeitherAtQoS2(t *testing.T) {
	w := begin(t)
	all := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	sent, heard := w.numbers(t, 0)
	if len(slices.Compact(slices.Clone(heard))) >= Numbers || sent.Lost.Messages == 0 {
		t.Errorf("at QoS 0 nothing is missing of %v; lost %+v", heard, sent.Lost)
	}
	sent, heard = w.numbers(t, 1)
	if !slices.Equal(slices.Compact(slices.Clone(heard)), all) || len(heard) <= Numbers {
		t.Errorf("at QoS 1 came %v; lost %+v", heard, sent.Lost)
	}
	sent, heard = w.numbers(t, 2)
	if !slices.Equal(heard, all) || sent.Lost.Messages == 0 || sent.Lost.Replies == 0 {
		t.Errorf("at QoS 2 came %v; lost %+v", heard, sent.Lost)
	}
}

func TestARoundThatIsStoppedEnds(t *testing.T) {
	w := begin(t)
	s := NewSender(w.o, Believable)
	s.Send(as("line"), "class/numbers", 1)
	s.Send(as("line"), "class/numbers", 2) // is not begun beside it
	if s.Sent().QoS != 1 {
		t.Error("two rounds at once")
	}
	s.Stop()
	w.Run()
	if s.Sent().Running {
		t.Error("it runs")
	}
}

func TestARoundThatIsStoppedLeavesNoSession(t *testing.T) {
	w := begin(t)
	s := NewSender(w.o, Believable)
	s.Send(as("line"), "class/numbers", 1)
	w.RunUntil(func() bool { return s.Sent().Numbers > 0 }, "the first number")
	s.Stop()
	w.RunUntil(func() bool {
		return !slices.ContainsFunc(w.broker.Sessions(), func(x broker.Session) bool { return x.Client == "line" })
	}, "the broker has forgotten the session")
}
