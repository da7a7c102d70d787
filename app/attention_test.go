package app_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"lamplighter/app"
	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/link"
)

// command has a pupil's program send a command and then something that is always
// allowed, and reports whether the command was passed on.
func command(t *testing.T, loop *apptest.Loop, a *app.App) (passed bool) {
	t.Helper()
	b, _, err := a.Hosting.Broker()
	if err != nil {
		t.Fatal(err)
	}
	o := link.Options{ClientID: "pupils-program"}
	o.Host, o.Port = b.LocalAddr()
	o.User, o.Password = a.Hosting.Pupils()
	var mu sync.Mutex
	var topics []string
	c, err := link.DialOnce(context.Background(), o, []string{"class/#"}, func(m link.Message) {
		mu.Lock()
		defer mu.Unlock()
		topics = append(topics, m.Topic)
	}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Publish("class/lamp-01/light/set", []byte("on"), false)
	c.Publish("class/after", []byte("1"), false)
	loop.RunUntil(func() bool {
		mu.Lock()
		defer mu.Unlock()
		return slices.Contains(topics, "class/after")
	}, "what comes after it")
	mu.Lock()
	defer mu.Unlock()
	return slices.Contains(topics, "class/lamp-01/light/set")
}

func TestAttentionHoldsPupilsProgramsAlsoWhereTheBrokerStartsAgain(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	online(loop, a)
	if !command(t, loop, a) {
		t.Error("a command is refused before anybody has asked for it")
	}
	a.Classroom.Page.SetAttention(true)
	if command(t, loop, a) {
		t.Error("a command was passed on")
	}
	loop.RunUntil(func() bool {
		return slices.ContainsFunc(a.Hosting.Notices(), func(n broker.Notice) bool { return n.Kind == broker.HeldBack })
	}, "a notice")
	a.Hosting.Start()
	a.Hosting.Wait()
	online(loop, a)
	if command(t, loop, a) {
		t.Error("the broker that has started again passes commands on")
	}
	a.Classroom.Page.SetAttention(false)
	if !command(t, loop, a) {
		t.Error("a command is refused when the switches were given back")
	}
}
