package livemap

import (
	"testing"
	"time"

	"lamplighter/app/broker"
)

func TestTheTrafficOfABoardIsItsOwn(t *testing.T) {
	b := &told{sessions: []broker.Session{
		{Client: "lamp", Role: broker.Board, Base: "class/lamp-07", Connected: true, Subscriptions: []broker.Subscription{{Filter: "class/lamp-07/light/set"}}},
		{Client: "other", Role: broker.Board, Base: "class/lamp-08", Connected: true},
	}}
	traffic := NewBoardTraffic(b)
	changes := 0
	defer traffic.Changed.Listen(func() { changes++ })()
	traffic.Follow("class/lamp-07")
	b.tell(broker.TraceEvent{Kind: broker.TraceStarted}, message(1, "pupil", "class/lamp-07/light/set"), delivery(1, "lamp", "class/lamp-07/light/set"),
		message(2, "lamp", "class/lamp-07/light"), message(3, "other", "class/lamp-08/light"))
	if n := len(traffic.Events()); n != 4 || changes != 1 {
		t.Errorf("%d events, %d changes: %+v", n, changes, traffic.Events())
	}
	e, ok := traffic.Last(func(e broker.TraceEvent) bool { return e.Kind == broker.TraceDelivered })
	if !ok || string(e.Payload) != "on" {
		t.Errorf("the command: %+v", e)
	}
	for i := range uint64(200) {
		b.tell(message(i+4, "lamp", "class/lamp-07/light"))
	}
	if n := len(traffic.Events()); n != MaxBoardEvents {
		t.Errorf("%d events are kept", n)
	}
	b.tell(connected("lamp", broker.Board, "class/lamp-09"), message(300, "lamp", "class/lamp-09/light"))
	if e := traffic.Events()[MaxBoardEvents-1]; e.Topic != "class/lamp-07/light" {
		t.Errorf("the last: %+v", e)
	}
	traffic.Follow("")
	if b.report != nil {
		t.Error("it is still followed")
	}
}

func TestALossAddsNothingToTheTrafficOfABoard(t *testing.T) {
	b := &told{sessions: []broker.Session{{
		Client: "lamp", Role: broker.Board, Base: "class/lamp-07", Connected: true, Since: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC),
		Subscriptions: []broker.Subscription{{Filter: "class/lamp-07/light/set"}},
	}}}
	traffic := NewBoardTraffic(b)
	traffic.Follow("class/lamp-07")
	b.tell(broker.TraceEvent{Kind: broker.TraceStarted})
	before := traffic.Events()
	if len(before) != 2 || !before[0].At.Equal(b.sessions[0].Since) || !before[1].At.IsZero() {
		t.Fatalf("at first: %+v", before)
	}
	b.sessions = append(b.sessions, broker.Session{Client: "lamp-2", Role: broker.Board, Base: "class/lamp-07", Connected: true})
	b.report(nil, 3)
	if n := len(traffic.Events()); n != 2 {
		t.Errorf("%d events after a loss: %+v", n, traffic.Events())
	}
	b.tell(message(1, "lamp-2", "class/lamp-07/light"))
	if n := len(traffic.Events()); n != 3 {
		t.Errorf("%d events after a message: %+v", n, traffic.Events())
	}
}

func TestAConnectionThatIsReportedAfterTheBoardWasSeenIsToldOnce(t *testing.T) {
	since := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	const command = "class/lamp-07/light/set"
	board := broker.Session{Client: "lamp", Role: broker.Board, Base: "class/lamp-07", Connected: true, Since: since}
	asked := board
	asked.Subscriptions = []broker.Subscription{{Filter: command}}
	b := &told{sessions: []broker.Session{asked}}
	traffic := NewBoardTraffic(b)
	changes := 0
	defer traffic.Changed.Listen(func() { changes++ })()
	traffic.Follow("class/lamp-07")
	came := broker.TraceEvent{Kind: broker.TraceConnected, At: since, Client: "lamp", Session: &board}
	listens := broker.TraceEvent{Kind: broker.TraceSubscribed, At: since.Add(time.Second), Client: "lamp", Topic: command}
	b.tell(broker.TraceEvent{Kind: broker.TraceStarted}, came)
	b.tell(listens)
	if all := traffic.Events(); len(all) != 2 || all[0].Kind != broker.TraceConnected || !all[1].At.Equal(listens.At) || changes != 2 {
		t.Errorf("%d changes: %+v", changes, all)
	}
	again := board
	again.Since = since.Add(time.Minute)
	b.tell(broker.TraceEvent{Kind: broker.TraceConnected, At: again.Since, Client: "lamp", Session: &again}, listens)
	if n := len(traffic.Events()); n != 4 {
		t.Errorf("%d events after the board has come again: %+v", n, traffic.Events())
	}
}
