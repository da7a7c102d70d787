package broker

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"lamplighter/app/link"
)

// withWill is a CONNECT of version 5 with a retained will that waits.
func withWill(id, user, topic string, delay, session uint32) packets.Packet {
	pk := connectAs(id, user, "secret")
	pk.Connect.WillFlag, pk.Connect.WillRetain = true, true
	pk.Connect.WillTopic, pk.Connect.WillPayload = topic, []byte("offline")
	pk.Connect.WillProperties.WillDelayInterval = delay
	pk.Properties.SessionExpiryInterval = session
	return pk
}

// The race detector is the judge here: mochi retained such a will from its own
// goroutine while others looked through what is retained.
func TestDelayedWillsDisturbNobodyWhoSubscribes(t *testing.T) {
	b, _ := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	app := join(t, appOptions(b), "class/will/+")
	const all = 40
	var conns []net.Conn
	for i := range all {
		conns = append(conns, connectRaw(t, b, withWill(fmt.Sprint("w", i), "pupil", fmt.Sprint("class/will/", i), 1, 600)))
	}
	done := make(chan struct{})
	var others sync.WaitGroup
	others.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			c, err := link.DialOnce(context.Background(), appOptions(b), []string{"class/#", "class/+/+"}, func(link.Message) {}, func(error) {})
			if err != nil {
				t.Error(err)
				return
			}
			c.Close()
		}
	})
	for _, c := range conns {
		_ = c.Close()
	}
	for i := range all {
		app.hears(t, fmt.Sprint("class/will/", i), "offline")
	}
	close(done)
	others.Wait()
	late := join(t, appOptions(b), "class/will/+")
	for i := range all {
		late.hears(t, fmt.Sprint("class/will/", i), "offline")
	}
}

func TestADelayedWillIsNotSentOfAClientThatComesBack(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	account(t, b, Account{User: "lamp", Role: Board, Base: "class/lamp"}, "secret")
	app := join(t, appOptions(b), "class/#")
	waiting := func() int {
		b.hook.wills.mu.Lock()
		defer b.hook.wills.mu.Unlock()
		return len(b.hook.wills.waiting)
	}
	c := connectRaw(t, b, withWill("lamp", "lamp", "class/lamp/status", 600, 600))
	_ = c.Close()
	until(t, "the will to wait", func() bool { return waiting() == 1 })
	c = connectRaw(t, b, withWill("lamp", "lamp", "class/lamp/status", 0, 600))
	until(t, "the will to be forgotten", func() bool { return waiting() == 0 })
	if len(app.messages.list()) != 0 {
		t.Errorf("heard %v", app.messages.list())
	}
	_ = c.Close()
	app.hears(t, "class/lamp/status", "offline")
}

func TestADelayedWillIsSentWhenItsSessionOrTheBrokerEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, _ := begin(t, Options{Dir: dir})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	app := join(t, appOptions(b), "class/#")
	_ = connectRaw(t, b, withWill("short", "pupil", "class/short", 600, 0)).Close() // its session ends with it
	app.hears(t, "class/short", "offline")
	_ = connectRaw(t, b, withWill("long", "pupil", "class/long", 600, 600)).Close()
	until(t, "the will to wait", func() bool {
		b.hook.wills.mu.Lock()
		defer b.hook.wills.mu.Unlock()
		return len(b.hook.wills.waiting) == 1
	})
	c := connectRaw(t, b, func() packets.Packet { // a new session of the same id ends the old
		pk := connectAs("long", "pupil", "secret")
		pk.Connect.Clean = true
		return pk
	}())
	app.hears(t, "class/long", "offline")
	_ = c.Close()
	_ = connectRaw(t, b, withWill("last", "pupil", "class/last", 600, 600)).Close()
	until(t, "the will to wait", func() bool {
		b.hook.wills.mu.Lock()
		defer b.hook.wills.mu.Unlock()
		return len(b.hook.wills.waiting) == 1
	})
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b, _ = begin(t, Options{Dir: dir})
	join(t, appOptions(b), "class/last").hears(t, "class/last", "offline")
}

// A delay is at most as long as the session (MQTT 5, 3.1.3.2.2), so what waits is
// bounded by the sessions that are kept.
func TestADelayIsBoundedByItsSession(t *testing.T) {
	t.Parallel()
	v := &clientInfo{rights: rights{Account: Account{Role: Pupil}, classroom: "class", owned: func(string) bool { return false }}}
	for session, want := range map[uint32]time.Duration{0: 0, 5: 5 * time.Second, 1 << 31: sessionTime * time.Second} {
		cl := &mqtt.Client{}
		cl.Properties.Props.SessionExpiryInterval = session
		if w := (&hook{}).willOf(cl, v, withWill("w", "pupil", "class/w", 1<<31, session)); w.delay != want {
			t.Errorf("a session of %d s: %v", session, w.delay)
		}
	}
}
