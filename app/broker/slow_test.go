package broker

import (
	"fmt"
	"sync/atomic"
	"testing"
)

// dropped is how many messages the notices tell of.
func dropped(notices *heard[Notice], user string) (n int) {
	for _, x := range notices.list() {
		if x.Kind == TooSlow && x.User == user {
			n += x.Count
		}
	}
	return n
}

func TestAClientThatNeverAnswersIsToldOfOnceItsMessagesAreDropped(t *testing.T) {
	b, notices := begin(t, Options{})
	b.server.Options.Capabilities.MaximumInflight = 16
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	c, code := rawConnect(t, b, "127.0.0.1", "deaf", "pupil", "secret")
	if code != 0 {
		t.Fatalf("CONNACK %d", code)
	}
	subscribe := append([]byte{0x82, 12, 0, 1, 0, 7}, "class/#\x01"...)
	if _, err := c.Write(subscribe); err != nil {
		t.Fatal(err)
	}
	app := join(t, appOptions(b))
	until(t, "the subscription", func() bool { return atomic.LoadInt64(&b.server.Info.Subscriptions) >= 1 })
	for i := range 100 {
		app.send(t, "class/count", fmt.Sprint(i), 1, false)
	}
	until(t, "the notice", func() bool { return dropped(notices, "pupil") > 0 })
}

func TestForAClientThatIsAwayOnlySoManyMessagesAreKeptAndTheRestIsTold(t *testing.T) {
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	c, code := rawLogin(t, b, "127.0.0.1", "sleeper", "pupil", "secret", 0xC0) // keeps its session
	if code != 0 {
		t.Fatalf("CONNACK %d", code)
	}
	if _, err := c.Write(append([]byte{0x82, 12, 0, 1, 0, 7}, "class/#\x01"...)); err != nil {
		t.Fatal(err)
	}
	app := join(t, appOptions(b), "class/#")
	until(t, "the subscription", func() bool { return atomic.LoadInt64(&b.server.Info.Subscriptions) >= 2 })
	_ = c.Close()
	until(t, "its end", func() bool { return len(present(b)) == 1 })
	const all = maxAway + 100
	for i := range all {
		app.send(t, "class/count", fmt.Sprint(i), 1, false)
		if i%100 == 0 {
			app.hears(t, "class/count", fmt.Sprint(i)) // the queue of a link is short
		}
	}
	app.hears(t, "class/count", fmt.Sprint(all-1))
	until(t, "the notice", func() bool { return dropped(notices, "pupil") > 0 })
	cl, ok := b.server.Clients.Get("sleeper")
	if !ok || cl.State.Inflight.Len() != maxAway {
		t.Errorf("there %v, %d messages are kept", ok, cl.State.Inflight.Len())
	}
}
