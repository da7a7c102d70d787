package broker

import (
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// traced follows a broker until the test ends.
func traced(t *testing.T, b *Broker) *heard[TraceEvent] {
	t.Helper()
	h := newHeard[TraceEvent]()
	t.Cleanup(b.Trace(h.put))
	return h
}

func aboutClient(k TraceKind, client string) func(TraceEvent) bool {
	return func(e TraceEvent) bool { return e.Kind == k && e.Client == client }
}

func TestATraceFollowsAMessageFromItsPublisherToEachSubscriber(t *testing.T) {
	b, _ := begin(t, Options{})
	account(t, b, Account{User: "board", Role: Board, Base: "class/lamp-07"}, "password-1")
	events := traced(t, b)
	all, once := appOptions(b), appOptions(b)
	all.ClientID, once.ClientID = "all", "once"
	join(t, all, "class/#")
	one := join(t, once)
	if err := one.Subscribe("class/lamp-07/light", 0); err != nil {
		t.Fatal(err)
	}
	events.wait(t, "the subscription at QoS 0", func(e TraceEvent) bool {
		return e.Kind == TraceSubscribed && e.Client == "once" && e.Topic == "class/lamp-07/light" && e.QoS == 0 && e.Reason == NoReason
	})
	o := options(b, "board", "password-1")
	o.ClientID = "board"
	join(t, o).send(t, "class/lamp-07/light", "on", 1, true)

	p := events.wait(t, "the publish", aboutClient(TracePublished, "board"))
	if p.Topic != "class/lamp-07/light" || string(p.Payload) != "on" || p.Size != 2 || p.QoS != 1 || !p.Retain || p.Message == 0 || p.Right != OwnTopic || p.User != "board" {
		t.Errorf("published: %+v", p)
	}
	for client, qos := range map[string]byte{"all": 1, "once": 0} {
		d := events.wait(t, "the delivery to "+client, aboutClient(TraceDelivered, client))
		if d.Message != p.Message || d.QoS != qos || d.Topic != p.Topic || d.Size != 2 || d.Retain {
			t.Errorf("delivered to %s: %+v", client, d)
		}
	}
	events.wait(t, "that it is retained", func(e TraceEvent) bool { return e.Kind == TraceRetained && e.Message == p.Message })
	if got := b.RetainedTopics(); !slices.Equal(got, []string{"class/lamp-07/light"}) {
		t.Errorf("retained: %q", got)
	}

	late := appOptions(b)
	late.ClientID = "late"
	join(t, late, "class/+/light")
	s := events.wait(t, "what a newcomer is sent", aboutClient(TraceRetainedSent, "late"))
	if s.Topic != p.Topic || string(s.Payload) != "on" || !s.Retain || s.QoS != 1 {
		t.Errorf("sent to a newcomer: %+v", s)
	}
	one.send(t, "class/lamp-07/light", "", 1, true)
	events.wait(t, "the end of what is retained", func(e TraceEvent) bool { return e.Kind == TraceCleared && e.Topic == p.Topic })
}

func TestATraceTellsWhatIsRefusedAndByWhichRule(t *testing.T) {
	b, _ := begin(t, Options{})
	account(t, b, Account{User: "board", Role: Board, Base: "class/lamp-07"}, "password-1")
	account(t, b, Account{User: "pupil", Role: Pupil}, "password-2")
	events := traced(t, b)
	for _, c := range []struct {
		user, password, topic string
		right                 Right
	}{
		{"board", "password-1", "class/lamp-08/light", OtherTopic},
		{"pupil", "password-2", "class/lamp-07/light", BoardOnlyTopic},
		{"pupil", "password-2", "home/light", OutsideClass},
		{"pupil", "password-2", "$SYS/uptime", NoTopic},
	} {
		o := options(b, c.user, c.password)
		o.ClientID = c.topic
		join(t, o).send(t, c.topic, "on", 1, false)
		if e := events.wait(t, c.topic, aboutClient(TraceRefused, c.topic)); e.Right != c.right || e.Topic != c.topic || string(e.Payload) != "on" {
			t.Errorf("%s: %+v", c.topic, e)
		}
	}
	o := options(b, "pupil", "password-2")
	o.ClientID = "pupil"
	p := join(t, o)
	if err := p.Subscribe("home/#", 1); err != nil {
		t.Fatal(err)
	}
	events.wait(t, "the refused filter", func(e TraceEvent) bool {
		return e.Kind == TraceSubscribed && e.Client == "pupil" && e.Topic == "home/#" && e.Reason == ReasonRights
	})
	p.send(t, "class/lamp-07/light/set", "on", 1, true)
	if e := events.wait(t, "the command", aboutClient(TracePublished, "pupil")); e.Right != BoardCommand {
		t.Errorf("the command: %+v", e)
	}
	events.wait(t, "that it is not retained", func(e TraceEvent) bool { return e.Kind == TraceNotRetained && e.Reason == ReasonCommand })
	b.Freeze(true, nil)
	p.send(t, "class/lamp-07/light/set", "off", 1, false)
	events.wait(t, "the command that is held back", func(e TraceEvent) bool { return e.Kind == TraceRefused && e.Right == HeldForTeacher })
}

func TestATraceTellsHowClientsComeAndGo(t *testing.T) {
	b, _ := begin(t, Options{})
	account(t, b, Account{User: "board", Role: Board, Base: "class/lamp-07"}, "password-1")
	account(t, b, Account{User: "pupil", Role: Pupil}, "password-2")
	events := traced(t, b)
	host, port := b.LocalAddr()
	sub := exec.Command("mosquitto_sub", "-h", host, "-p", strconv.Itoa(port), "-u", "board", "-P", "password-1", "-i", "lamp", "-k", "77", "-q", "1",
		"-t", "class/lamp-07/light/set", "--will-topic", "class/lamp-07/status", "--will-payload", "offline", "--will-qos", "1", "--will-retain")
	if err := sub.Start(); err != nil {
		t.Fatal(err)
	}
	events.wait(t, "the subscription", aboutClient(TraceSubscribed, "lamp"))
	s := events.wait(t, "that it connects", aboutClient(TraceConnected, "lamp")).Session
	if s == nil || s.User != "board" || s.Role != Board || s.Base != "class/lamp-07" || s.KeepAlive != 77*time.Second || s.Version != 4 || s.Addr != "127.0.0.1" || !s.Connected {
		t.Fatalf("connected: %+v", s)
	}
	if w := s.Will; w == nil || w.Topic != "class/lamp-07/status" || string(w.Payload) != "offline" || w.QoS != 1 || !w.Retain {
		t.Errorf("the will: %+v", s.Will)
	}
	if all := b.Sessions(); len(all) != 1 || !slices.Equal(all[0].Subscriptions, []Subscription{{"class/lamp-07/light/set", 1}}) {
		t.Errorf("sessions: %+v", all)
	}
	if err := sub.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = sub.Wait()
	if e := events.wait(t, "that it is lost", aboutClient(TraceDisconnected, "lamp")); e.Departure != LeftConnectionLost || e.SessionKept {
		t.Errorf("lost: %+v", e)
	}
	w := events.wait(t, "the will", aboutClient(TraceWillSent, "lamp"))
	events.wait(t, "that the will is retained", func(e TraceEvent) bool { return e.Kind == TraceRetained && e.Message == w.Message })

	rawConnect(t, b, "127.0.0.1", "pupil", "pupil", "password-2")
	events.wait(t, "the pupil", aboutClient(TraceConnected, "pupil"))
	if err := b.RemoveAccount("pupil"); err != nil {
		t.Fatal(err)
	}
	if e := events.wait(t, "that it is thrown off", aboutClient(TraceDisconnected, "pupil")); e.Departure != LeftRemoved {
		t.Errorf("thrown off: %+v", e)
	}
}

func TestATraceAgreesWithWhatIsHeard(t *testing.T) {
	b, _ := begin(t, Options{})
	events := traced(t, b)
	o := appOptions(b)
	o.ClientID = "listener"
	listener := join(t, o, "class/a/#")
	host, port := b.LocalAddr()
	user, password := b.App()
	const count = 300
	pub := exec.Command("mosquitto_pub", "-h", host, "-p", strconv.Itoa(port), "-u", user, "-P", password, "-i", "pub", "-q", "1", "-t", "class/a/b", "-l")
	var lines strings.Builder
	for i := range count {
		fmt.Fprintln(&lines, "message", i)
	}
	pub.Stdin = strings.NewReader(lines.String())
	if out, err := pub.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	until(t, "all messages", func() bool { return len(listener.messages.list()) == count })
	delivered := func() (list []TraceEvent) {
		for _, e := range events.list() {
			if e.Kind == TraceDelivered && e.Client == "listener" {
				list = append(list, e)
			}
		}
		return list
	}
	until(t, "all deliveries", func() bool { return len(delivered()) == count })
	numbers := map[uint64]bool{}
	for _, e := range events.list() {
		if e.Kind == TracePublished {
			numbers[e.Message] = true
		}
	}
	if len(numbers) != count {
		t.Errorf("%d publishes are told apart", len(numbers))
	}
	for _, e := range delivered() {
		if !numbers[e.Message] {
			t.Errorf("a delivery without a publish: %+v", e)
		}
	}
}

func TestATraceHasTheBeginningOfALongPayload(t *testing.T) {
	b, _ := begin(t, Options{})
	events := traced(t, b)
	o := appOptions(b)
	o.ClientID = "pub"
	join(t, o).send(t, "class/a", strings.Repeat("x", 5000), 1, false)
	if e := events.wait(t, "the publish", aboutClient(TracePublished, "pub")); len(e.Payload) != TracePayload || cap(e.Payload) > 2*TracePayload || e.Size != 5000 {
		t.Errorf("%d of %d bytes", len(e.Payload), e.Size)
	}
}

func TestNothingIsToldAfterATraceHasStopped(t *testing.T) {
	b, _ := begin(t, Options{})
	first, second := newHeard[TraceEvent](), traced(t, b)
	stop := b.Trace(first.put)
	o := appOptions(b)
	o.ClientID = "pub"
	c := join(t, o)
	c.send(t, "class/a", "1", 1, false)
	first.wait(t, "the publish", aboutClient(TracePublished, "pub"))
	stop()
	before := len(first.list())
	c.send(t, "class/b", "2", 1, false)
	second.wait(t, "the second publish", func(e TraceEvent) bool { return e.Kind == TracePublished && e.Topic == "class/b" })
	if after := first.list(); len(after) != before {
		t.Errorf("told after the stop: %+v", after[before:])
	}
}
