package e2e

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/link"
)

// What thirty boards say in an hour, and what is asked of them.
const (
	minutes      = 60
	statesMinute = 6 // of each board: one every 10 s
	infosMinute  = 2 // and one every 30 s
)

// BenchmarkHour replays an hour of a class of thirty boards as fast as it goes,
// through the real broker, link, panel and topic tree: each board says its state
// every 10 s and its info every 30 s, and every minute all lamps are switched. It
// measures the memory before and after, and the processor time of everything
// together, the thirty clients that play the boards included. It fails when a
// message is lost or a lamp does not confirm.
func BenchmarkHour(b *testing.B) {
	quiet(b)
	s := openSchool(b)
	c := newCrowd(s, thirty)
	c.minute(0)
	before, sent := heap(), c.sent.Load()
	began, cpu := time.Now(), processor(b)
	number := 0
	for b.Loop() {
		for range minutes {
			number++
			c.minute(number)
		}
	}
	cpu, took := processor(b)-cpu, time.Since(began)
	after, messages := heap(), c.sent.Load()-sent
	counts := s.Topics.Counts()
	if lost := c.sent.Load() - counts.Received + counts.Dropped(); lost != 0 {
		b.Fatalf("%d of %d messages were lost: %+v", lost, c.sent.Load(), counts)
	}
	if s.Lights.Omitted() != 0 || len(s.Lights.Lights()) != thirty {
		b.Fatalf("%d lamps on the panel, %d left out", len(s.Lights.Lights()), s.Lights.Omitted())
	}
	b.ReportMetric(before, "heap-mb-start")
	b.ReportMetric(after, "heap-mb-after")
	b.ReportMetric(float64(messages)/float64(b.N), "messages")
	b.ReportMetric(float64(counts.Dropped()), "lost")
	b.ReportMetric(cpu.Seconds()/float64(messages)*1e6, "cpu-s/million")
	b.ReportMetric(float64(b.N*minutes)/took.Minutes(), "times-real-time")
	b.ReportMetric(0, "ns/op")
}

// heap is what is in use in MB, after everything that is free was given back.
func heap() float64 {
	runtime.GC()
	runtime.GC() // what finalizers held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

// processor is the processor time of this process up to now.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// crowd plays boards: real clients on the real broker.
type crowd struct {
	*school
	members []*member
	sent    atomic.Uint64 // messages that the program must hear
}

type member struct {
	*crowd
	base   string
	client *link.OneShot
	on     atomic.Bool
}

// newCrowd connects n clients with a board's login and will.
func newCrowd(s *school, n int) *crowd {
	s.t.Helper()
	c := &crowd{school: s}
	for i := range n {
		m := &member{crowd: c, base: base(i)}
		login := s.account("board-"+strconv.Itoa(i), m.base)
		o := link.Options{
			Endpoint: endpoint.Endpoint{Host: login.Host, Port: login.Port}, User: string(login.User), Password: string(login.Password),
			Will: &link.Will{Topic: m.base + "/status", Payload: []byte("offline"), Retained: true},
		}
		lost := func(err error) { s.t.Errorf("%s was thrown off: %v", m.base, err) }
		var err error
		if m.client, err = link.DialOnce(context.Background(), o, []string{m.base + "/light/set"}, m.obey, lost); err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(m.client.Close)
		c.members = append(c.members, m)
	}
	for _, m := range c.members {
		m.say("/status", "online")
	}
	s.loop.RunUntil(c.heard, "all boards")
	return c
}

// say publishes a message that the broker keeps, as boards do.
func (m *member) say(topic, payload string) {
	m.sent.Add(1)
	m.client.Publish(m.base+topic, []byte(payload), true)
}

// obey is the lamp program: it sets its lamp and says so.
func (m *member) obey(command link.Message) {
	m.on.Store(string(command.Payload) == "on")
	m.tell()
}

func (m *member) tell() { m.say("/light", map[bool]string{true: "on", false: "off"}[m.on.Load()]) }

// heard reports whether the program has heard all that was sent.
func (c *crowd) heard() bool { return c.Topics.Counts().Received >= c.sent.Load() }

// minute is what happens in one minute of the class.
func (c *crowd) minute(number int) {
	c.t.Helper()
	for range statesMinute {
		for _, m := range c.members {
			m.tell()
		}
	}
	for i := range infosMinute {
		for k, m := range c.members {
			m.say("/info", fmt.Sprintf(`{"id": "240ac4a1%04x", "board": "mpython with ESP32", "firmware": "MicroPython 1.12.0", "program": "1.0.0", `+
				`"ip": "192.168.4.%d", "rssi": %d, "name": "lamp-%02d", "lamp": "neopixel"}`, k, 10+k, -40-(number+i+k)%40, k+1))
		}
	}
	c.loop.RunUntil(c.heard, "a minute's messages")
	g := c.Lights.SwitchAll(number%2 == 0, nil)
	c.sent.Add(uint64(g.Asked)) // the commands come back to who watches the class
	c.loop.RunUntil(func() bool { g, _ := c.Lights.Group(); return g.Confirmed == thirty && c.heard() }, "all lamps confirmed")
	for _, l := range c.Lights.Lights() {
		if l.Phase != lights.Confirmed || l.Ignored != 0 {
			c.t.Fatalf("minute %d: %+v", number, l)
		}
	}
}
