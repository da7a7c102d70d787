package hosting_test

import (
	"slices"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/link"
	"lamplighter/app/settings"
)

func TestATraceFollowsTheBrokerOverARestart(t *testing.T) {
	loop := apptest.NewLoop(t)
	s, _ := start(t, loop, t.TempDir())
	var kinds []broker.TraceKind
	count := func(k broker.TraceKind) (n int) {
		for _, x := range kinds {
			if x == k {
				n++
			}
		}
		return n
	}
	stop := s.Trace(func(batch []broker.TraceEvent, lost int) {
		if lost > 0 {
			t.Errorf("%d are lost", lost)
		}
		for _, e := range batch {
			kinds = append(kinds, e.Kind)
		}
	})
	connect := func() {
		o, _ := s.Link()
		o.ClientID = "pupil's program"
		l := link.Dial(o, func(link.Message) {}, func(link.State) {})
		defer l.Close()
		before := count(broker.TraceConnected)
		loop.RunUntil(func() bool { return count(broker.TraceConnected) > before }, "the client on the trace")
		if list := s.Sessions(); !slices.ContainsFunc(list, func(x broker.Session) bool { return x.Client == "pupil's program" }) {
			t.Errorf("sessions: %+v", list)
		}
	}
	connect()
	s.Settings.Update(func(v *settings.Values) { v.BuiltIn.WebSocket = !v.BuiltIn.WebSocket })
	s.runs(loop)
	connect()
	if n := count(broker.TraceStarted); n != 2 {
		t.Errorf("started %d times", n)
	}
	stop()
	before := len(kinds)
	o, _ := s.Link()
	l := link.Dial(o, func(link.Message) {}, func(link.State) {})
	defer l.Close()
	loop.RunUntil(func() bool { return l.State().Phase == link.Online && len(s.Sessions()) > 0 }, "another client")
	loop.Run()
	if len(kinds) != before {
		t.Errorf("told after the stop: %v", kinds[before:])
	}
}
