package broker

import (
	"fmt"
	"net"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/link"
	"lamplighter/device/devicetest"
)

func TestASecondBrokerTakesAFreePort(t *testing.T) {
	t.Parallel()
	first, _ := begin(t, Options{})
	second, _ := begin(t, Options{Port: first.Port()})
	if first.Port() == second.Port() || second.Port() == 0 {
		t.Errorf("ports %d and %d", first.Port(), second.Port())
	}
	join(t, appOptions(first))
	join(t, appOptions(second))
}

func TestTheWantedPortIsUsedAgainAfterARestart(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	port := b.Port()
	c := join(t, appOptions(b))
	c.Close()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if b, _ = begin(t, Options{Port: port}); b.Port() != port {
		t.Errorf("port %d, then %d", port, b.Port())
	}
}

func TestEveryQoSIsDeliveredOverTCPAndWebSocket(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{WebSocket: true, WSPort: devicetest.Port(t)})
	o := appOptions(b)
	o.WebSocket, o.Port = true, b.WebSocketPort()
	tcp, ws := join(t, appOptions(b), "class/#"), join(t, o, "class/#")
	for qos := range byte(3) {
		ws.send(t, "class/ws", fmt.Sprint(qos), qos, false)
		tcp.send(t, "class/tcp", fmt.Sprint(qos), qos, false)
	}
	for _, c := range []*client{tcp, ws} {
		for qos := range byte(3) {
			for _, topic := range []string{"class/ws", "class/tcp"} {
				if m := c.hears(t, topic, fmt.Sprint(qos)); m.QoS != qos || m.Retained {
					t.Errorf("%s: %+v", topic, m)
				}
			}
		}
	}
}

func TestWebSocketIsOffByDefault(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	if b.WebSocketPort() != 0 {
		t.Error("on")
	}
}

func TestALinkFindsARestartedBrokerAndSubscribesAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, _ := begin(t, Options{Dir: dir})
	account(t, b, Account{User: "pupil", Role: Pupil}, "sesame")
	c := join(t, options(b, "pupil", "sesame"), "class/#")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	c.states.wait(t, "the loss", func(s link.State) bool { return s.Phase == link.Waiting })
	if err := c.Publish("class/late", []byte("on"), 1, false); err == nil {
		t.Error("a publish was taken while offline")
	}
	b, _ = begin(t, Options{Dir: dir, Port: b.Port()})
	until(t, "online", func() bool { c.Retry(); return c.State().Phase == link.Online })
	until(t, "the second subscription", func() bool { return len(c.subs.list()) == 2 })
	other := join(t, appOptions(b))
	other.send(t, "class/new", "1", 1, false)
	c.hears(t, "class/new", "1")
	for _, m := range c.messages.list() {
		if m.Topic == "class/late" {
			t.Error("a publish was kept for later")
		}
	}
}

func TestABurstReachesTheProgramWhole(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	app, from := join(t, appOptions(b), "class/#"), join(t, appOptions(b))
	const burst = 20_000
	sent := 0
	for sent < burst {
		if from.Publish("class/"+strconv.Itoa(sent%50), []byte("0123456789"), 0, false) == nil {
			sent++
		}
	}
	// On a computer with too much to do, what waited for too long is dropped.
	until(t, "the burst", func() bool { return len(app.messages.list())+from.Dropped() >= burst })
	if !app.stayed() {
		t.Error("the app was thrown off")
	}
}

func TestANoticeIsToldAtOnceAndThenCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		notices := newHeard[Notice]()
		r := newNoticeLimiter(notices.put)
		for range 10 {
			r.add(Notice{Kind: Denied, User: "a", Topic: "x"})
		}
		r.add(Notice{Kind: Denied, User: "b", Topic: "x"})
		synctest.Wait()
		told := notices.list()
		if len(told) != 2 || told[0].Count != 1 || told[1].User != "b" {
			t.Fatalf("at once: %+v", told)
		}
		time.Sleep(noticePause + time.Second)
		synctest.Wait()
		told = notices.list()
		if len(told) != 3 || told[2].Count != 9 || told[2].User != "a" {
			t.Fatalf("after a pause: %+v", told)
		}
		time.Sleep(10 * noticePause)
		synctest.Wait()
		told = notices.list()
		if len(told) != 3 || len(r.tallies) != 0 {
			t.Fatalf("later: %+v, %d tallies", told, len(r.tallies))
		}
		r.add(Notice{Kind: Denied, User: "a", Topic: "x"})
		if len(notices.list()) != 4 {
			t.Error("a new one is not told")
		}
		r.close()
	})
}

func TestNoticesOfVeryManyKindsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := 0
		r := newNoticeLimiter(func(n Notice) { told++ })
		for i := range 100_000 {
			r.add(Notice{Kind: BadLogin, User: fmt.Sprint(i)})
		}
		for i := range 100_000 { // a program that comes and goes
			r.add(Notice{Kind: Connected, User: "pupil", Addr: "10.0.0.7", ClientID: fmt.Sprint(i)})
			r.add(Notice{Kind: Disconnected, User: "pupil", Addr: "10.0.0.7", ClientID: fmt.Sprint(i)})
		}
		if told > maxTallies+3 || len(r.tallies) > maxTallies+3 {
			t.Errorf("told %d, tallies %d", told, len(r.tallies))
		}
		r.close()
	})
}

func TestTooManyConnectionsAreRefusedAndReported(t *testing.T) {
	b, notices := begin(t, Options{})
	user, password := b.App()
	crowd := make([]net.Conn, maxClients+reserved)
	for i := range crowd { // logged in, for who says nothing is soon thrown out
		crowd[i], _ = rawConnect(t, b, "127.0.0.1", fmt.Sprint("c", i), user, password)
	}
	until(t, "all of them", func() bool { return len(b.hook.conns.all()) == len(crowd) })
	last, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(b.Port())))
	if err != nil {
		t.Fatal(err)
	}
	defer last.Close()
	if err := last.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if n, err := last.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Error("one more was let in")
	}
	notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == Crowded && n.Addr == "127.0.0.1" })
	_ = crowd[0].Close()
	until(t, "room", func() bool { return len(b.hook.conns.all()) < len(crowd) })
	join(t, appOptions(b))
}
