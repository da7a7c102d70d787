package discover

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/ipv4"

	"lamplighter/device/devicetest"
)

// loopback is a network of this PC alone, on a port that nobody else uses.
func loopback(t *testing.T) Network {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(i net.Interface) bool { return i.Flags&net.FlagLoopback != 0 })
	if i < 0 {
		t.Fatal("no loopback")
	}
	list := []Interface{{all[i].Index, netip.MustParsePrefix("127.0.0.1/8")}}
	return Network{Interfaces: func() ([]Interface, error) { return list, nil }, Port: devicetest.UDPPort(t)}
}

// lookFor looks until a broker fits.
func lookFor(t *testing.T, n Network, what string, fits func(Broker) bool) Broker {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var got Broker
	seen := false
	err := n.Browse(ctx, func(b Broker) {
		if !seen && fits(b) {
			got, seen = b, true
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !seen {
		t.Fatalf("looked in vain for %s", what)
	}
	return got
}

func announce(t *testing.T, n Network, s Service) *Announcer {
	t.Helper()
	a, err := n.Announce(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

func TestABrokerThatIsAnnouncedIsFound(t *testing.T) {
	t.Parallel()
	n := loopback(t)
	announce(t, n, Service{Name: "教室 PC 1.2 (class)", Port: 1883})
	announce(t, n, Service{Name: "safe", Port: 8883, TLS: true})
	b := lookFor(t, n, "the broker", func(b Broker) bool { return !b.TLS })
	if b.Name != "教室 PC 1.2 (class)" || b.Port != 1883 || !slices.Equal(b.Addrs, []netip.Addr{netip.MustParseAddr("127.0.0.1")}) || !strings.HasSuffix(b.Host, ".local") {
		t.Errorf("%+v", b)
	}
	if b := lookFor(t, n, "the encrypted one", func(b Broker) bool { return b.TLS }); b.Name != "safe" || b.Port != 8883 {
		t.Errorf("%+v", b)
	}
}

func TestOfTwoBrokersWithOneNameEachKeepsOneOfItsOwn(t *testing.T) {
	t.Parallel()
	n := loopback(t)
	long := strings.Repeat("教", 30)
	ports := []int{1883, 1884, 1885}
	for _, p := range ports {
		announce(t, n, Service{Name: long, Port: p})
	}
	names := map[string]int{}
	lookFor(t, n, "three names", func(b Broker) bool {
		names[b.Name] = b.Port
		for name := range names {
			if len(name) > maxNameBytes || !strings.HasPrefix(name, "教教") {
				t.Errorf("name %q", name)
			}
		}
		own := map[int]bool{}
		for _, p := range names {
			own[p] = true
		}
		return len(names) == 3 && len(own) == 3
	})
}

func TestLookingEndsWithItsContextAndCountsAsNoFailure(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := loopback(t).Browse(ctx, func(b Broker) { t.Errorf("found %+v", b) }); err != nil {
		t.Error(err)
	}
	none := Network{Interfaces: func() ([]Interface, error) { return nil, nil }}
	if none.Browse(ctx, nil) == nil {
		t.Error("looked without a network")
	}
}

func TestABrokerSaysGoodbye(t *testing.T) {
	t.Parallel()
	n := loopback(t)
	a := announce(t, n, Service{Name: "gone", Port: 1883})
	lookFor(t, n, "it", func(Broker) bool { return true })
	ear, err := net.ListenMulticastUDP("udp4", &net.Interface{Index: must(n)[0].Index}, n.group())
	if err != nil {
		t.Fatal(err)
	}
	defer ear.Close()
	a.Close()
	for {
		if err := ear.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, maxPacket)
		size, _, err := ear.ReadFromUDP(buf)
		if err != nil {
			t.Fatal(err)
		}
		m, err := parse(buf[:size])
		if err == nil && m.answer && len(m.records) > 0 && m.records[0].kind == kindPTR && m.records[0].ttl == 0 {
			return
		}
	}
}

func must(n Network) []Interface {
	list, err := n.interfaces()
	if err != nil {
		panic(err)
	}
	return list
}

// responder answers questions as a test says, as another program would.
// ToAll is one that answers everybody and nobody alone.
func responder(t *testing.T, n Network, toAll bool, answer func(question) []record) {
	t.Helper()
	c, err := net.ListenMulticastUDP("udp4", &net.Interface{Index: must(n)[0].Index}, n.group())
	if err != nil {
		t.Fatal(err)
	}
	say, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err == nil {
		err = speakOn(ipv4.NewPacketConn(say), must(n)[0])
	}
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, maxPacket)
		for {
			size, from, err := c.ReadFromUDP(buf)
			if err != nil {
				return
			}
			m, err := parse(buf[:size])
			if err != nil || m.answer {
				continue
			}
			for _, q := range m.questions {
				list := answer(q)
				if len(list) == 0 {
					continue
				}
				packet := message{id: m.id, answer: true, records: list}.pack()
				if toAll {
					_, _ = say.WriteToUDP(packet, n.group())
				} else {
					_, _ = say.WriteToUDP(packet, from)
				}
			}
		}
	}()
	t.Cleanup(func() {
		_ = c.Close()
		<-done
		_ = say.Close()
	})
}

func TestWhatAnAnswerLeavesOpenIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, toAll := range []bool{false, true} {
		answersInPieces(t, toAll)
	}
}

func answersInPieces(t *testing.T, toAll bool) {
	t.Helper()
	n := loopback(t)
	instance, host := append(name{"Mosquitto v2.0.\u202e\x07 on pi"}, plainService...), name{"Pi", "local"}
	responder(t, n, toAll, func(q question) []record {
		switch {
		case q.kind == kindPTR && q.name.is(plainService):
			return []record{{name: plainService, kind: kindPTR, ttl: 60, target: instance}}
		case q.kind == kindSRV && q.name.is(instance):
			return []record{{name: instance, kind: kindSRV, ttl: 60, port: 1884, target: host}}
		case q.kind == kindA && q.name.is(name{"pI", "LOCAL"}):
			return []record{{name: host, kind: kindA, ttl: 60, addr: netip.MustParseAddr("192.168.1.7")}}
		}
		return nil
	})
	b := lookFor(t, n, "it", func(Broker) bool { return true })
	if b.Name != "Mosquitto v2.0. on pi" || b.Host != "Pi.local" || b.Port != 1884 || b.TLS || b.Addrs[0] != netip.MustParseAddr("192.168.1.7") {
		t.Errorf("%+v", b)
	}
}

func TestTheAddressThatBoardsCanUseComesFirst(t *testing.T) {
	list := []Interface{{1, netip.MustParsePrefix("192.168.1.5/24")}}
	var all []netip.Addr
	for _, s := range []string{"fe80::1", "2001:db8::1", "169.254.1.1", "203.0.113.1", "10.0.0.9", "0.0.0.0", "224.0.0.1", "127.0.0.1", "192.168.1.9", "192.168.1.9"} {
		all = append(all, netip.MustParseAddr(s))
	}
	var got []string
	for _, a := range rank(list, all) {
		got = append(got, a.String())
	}
	if want := []string{"192.168.1.9", "10.0.0.9", "203.0.113.1", "2001:db8::1", "169.254.1.1"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestAFloodOfBrokersIsBounded(t *testing.T) {
	b := newBook(nil)
	for i := range 1000 {
		instance, host := append(name{"x" + strconv.Itoa(i)}, plainService...), name{"h" + strconv.Itoa(i), "local"}
		b.read([]record{
			{name: plainService, kind: kindPTR, ttl: 9, target: instance},
			{name: instance, kind: kindSRV, ttl: 9, port: 1, target: host},
			{name: host, kind: kindA, ttl: 9, addr: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})},
			// and one that moves for ever, to addresses without end
			{name: append(name{"x0"}, plainService...), kind: kindSRV, ttl: 9, port: 1, target: host},
			{name: host, kind: kindA, ttl: 9, addr: netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)})},
		})
		if len(b.questions()) > 18 {
			t.Fatal("too many questions")
		}
	}
	if len(b.found) > maxBrokers || len(b.hosts) > 2*maxBrokers || len(b.news()) > maxBrokers {
		t.Errorf("%d found, %d hosts", len(b.found), len(b.hosts))
	}
	b.read([]record{{name: plainService, kind: kindPTR, ttl: 0, target: append(name{"X1"}, plainService...)}})
	if len(b.found) != maxBrokers-1 || len(b.order) != len(b.found) {
		t.Error("it said goodbye and is still there")
	}
}

func TestWhoDoesNotSpeakMulticastIsAnsweredAlone(t *testing.T) {
	t.Parallel()
	n := loopback(t)
	announce(t, n, Service{Name: "lamp room", Port: 1883})
	lookFor(t, n, "it", func(Broker) bool { return true })
	c, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: n.Port})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	ask := func(q message) message {
		q.id = 77
		if _, err := c.Write(q.pack()); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, maxPacket)
		size, err := c.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		m, err := parse(buf[:size])
		if err != nil || m.id != 77 || !m.answer || len(m.questions) != len(q.questions) {
			t.Fatalf("%+v: %v", m, err)
		}
		for _, x := range m.records {
			if x.ttl > legacyTTL || x.unique {
				t.Errorf("%+v", x)
			}
		}
		return m
	}
	instance := append(name{"lamp room"}, plainService...)
	// What the asker knows already is not said again: only the second is answered.
	known := message{questions: []question{{plainService, kindPTR}}, records: []record{{name: plainService, kind: kindPTR, ttl: longTTL, target: instance}}}
	if _, err := c.Write(known.pack()); err != nil {
		t.Fatal(err)
	}
	if m := ask(message{questions: []question{{allServices, kindPTR}}}); len(m.records) != 1 || !m.records[0].target.is(plainService) {
		t.Errorf("%+v", m)
	}
	if m := ask(message{questions: []question{{instance, kindSRV}}}); len(m.records) < 2 || m.records[0].port != 1883 {
		t.Errorf("%+v", m)
	}
}

func TestWhatComesFromAnotherNetworkIsNotAnswered(t *testing.T) {
	a := &Announcer{log: slog.New(slog.DiscardHandler), s: Service{Name: "x"}, sent: probes, host: name{"h", "local"}, instance: append(name{"x"}, plainService...), list: []Interface{{1, netip.MustParsePrefix("192.168.1.5/24")}}}
	srv := record{name: a.instance, kind: kindSRV, ttl: 9, port: 1, target: name{"z", "local"}}
	if a.handle(received{message{answer: true, records: []record{srv}}, netip.MustParseAddrPort("203.0.113.9:5353")}) {
		t.Error("a stranger far away took the name")
	}
	if !a.handle(received{message{answer: true, records: []record{srv}}, netip.MustParseAddrPort("192.168.1.9:5353")}) {
		t.Error("a neighbour has the name, and it is kept")
	}
	for range 10 * answersPerSec {
		a.allows(7)
	}
	if a.allows(7) || !a.allows(8) {
		t.Error("answers are not bounded")
	}
}

func FuzzParse(f *testing.F) {
	instance := append(name{"a.b"}, plainService...)
	f.Add(message{questions: []question{{plainService, kindPTR}}}.pack())
	f.Add(message{id: 9, answer: true, records: []record{
		{name: plainService, kind: kindPTR, ttl: 1, target: instance},
		{name: instance, kind: kindSRV, unique: true, ttl: 1, port: 1883, target: name{"h", "local"}},
		{name: instance, kind: kindTXT},
		{name: name{"h", "local"}, kind: kindA, addr: netip.MustParseAddr("1.2.3.4")},
		{name: name{"h", "local"}, kind: kindAAAA, addr: netip.MustParseAddr("fd00::1")},
	}}.pack())
	// The same name by a pointer, and pointers that go round.
	f.Add([]byte("\x00\x00\x84\x00\x00\x00\x00\x01\x00\x00\x00\x00\x05_mqtt\x04_tcp\x05local\x00\x00\x0c\x00\x01\x00\x00\x00\x09\x00\x04\x01x\xc0\x0c"))
	f.Add([]byte("\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x0c\x00\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parse(b)
		if err != nil {
			return
		}
		book := newBook([]Interface{{1, netip.MustParsePrefix("127.0.0.1/8")}})
		book.read(m.records)
		for _, n := range book.news() {
			if n.Port == 0 || len(n.Addrs) == 0 || len(n.Name) > maxNameBytes || n.Name != clean(n.Name) {
				t.Errorf("%+v", n)
			}
		}
		again, err := parse(m.pack())
		if err != nil || len(again.records) != len(m.records) || len(again.questions) != len(m.questions) {
			t.Errorf("%+v is read as %+v: %v", m, again, err)
		}
	})
}

func TestANameThatIsCompressedIsRead(t *testing.T) {
	m, err := parse([]byte("\x00\x00\x84\x00\x00\x00\x00\x01\x00\x00\x00\x00\x05_mqtt\x04_tcp\x05local\x00\x00\x0c\x00\x01\x00\x00\x00\x09\x00\x04\x01x\xc0\x0c"))
	if err != nil || len(m.records) != 1 || !m.records[0].target.is(append(name{"X"}, plainService...)) {
		t.Errorf("%+v %v", m, err)
	}
	if _, err := parse([]byte("\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x0c\x00\x01")); err == nil {
		t.Error("a name that leads to itself was read")
	}
}
