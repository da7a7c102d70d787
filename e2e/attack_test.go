//go:build attack

package e2e

import (
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/device/devicetest"
)

// The attacks are those of forty curious pupils on the built-in broker, each with
// a bound that is promised, and end within ten minutes: make attack.

const attackPassword = "sesame-street"

// arena is a broker with a pupil, thirty boards, and the teacher's own link.
type arena struct {
	t       *testing.T
	dir     string
	b       *broker.Broker
	teacher *link.Link
	online  atomic.Int32 // times that the teacher's link came online
	heard   sync.Map     // topic, a space, payload
}

func newArena(t *testing.T) *arena {
	t.Helper()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	a := &arena{t: t, dir: t.TempDir()}
	a.begin()
	return a
}

// begin starts the broker on its folder.
func (a *arena) begin() {
	a.t.Helper()
	b, err := broker.Start(broker.Options{Dir: a.dir, Host: "127.0.0.1", Port: devicetest.Port(a.t), Classroom: "class", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		a.t.Fatal(err)
	}
	a.b = b
	a.t.Cleanup(func() { _ = b.Close() })
	all := []broker.Account{{User: "pupil", Role: broker.Pupil}}
	for n := range thirty {
		all = append(all, broker.Account{User: fmt.Sprint("lamp-", n), Role: broker.Board, Base: fmt.Sprint("class/lamp-", n)})
	}
	for _, x := range all {
		if err := b.SetAccount(x, attackPassword); err != nil {
			a.t.Fatal(err)
		}
	}
	user, password := b.App()
	a.teacher = link.Dial(link.Options{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: b.Port()}, User: user, Password: password, Near: true},
		func(m link.Message) { a.heard.Store(m.Topic+" "+string(m.Payload), true) },
		func(s link.State) {
			if s.Phase == link.Online {
				a.online.Add(1)
			}
		})
	a.t.Cleanup(a.teacher.Close)
	a.await("the teacher's link", func() bool { return a.online.Load() > 0 })
}

// await waits for something, for a minute at most.
func (a *arena) await(what string, done func() bool) {
	a.t.Helper()
	for end := time.Now().Add(time.Minute); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			a.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// hears reports whether the teacher has heard a payload on a topic.
func (a *arena) hears(topic, payload string) bool {
	_, ok := a.heard.Load(topic + " " + payload)
	return ok
}

// hear subscribes the teacher.
func (a *arena) hear(filter string) {
	a.t.Helper()
	if err := a.teacher.Subscribe(filter, 1); err != nil {
		a.t.Fatal(err)
	}
}

// enter is let in, or ends the attack.
func (a *arena) enter(from string, connect []byte) net.Conn {
	a.t.Helper()
	c, err := login(a.b.Port(), from, connect)
	if err != nil {
		a.t.Fatalf("from %s: %v", from, err)
	}
	a.t.Cleanup(func() { _ = c.Close() })
	return c
}

func (a *arena) pupil(level byte, id, from string) net.Conn {
	return a.enter(from, connect(level, id, "pupil", attackPassword, false, nil))
}

// report prints what an attack reached, and fails where that is beyond its bound.
func report[T float64 | int](t *testing.T, what string, bound, reached T, unit string) {
	t.Helper()
	t.Logf("%s: bound %v %s, reached %.2f %s", what, bound, unit, float64(reached), unit)
	if reached > bound {
		t.Errorf("%s: the bound is passed", what)
	}
}

// heapMB is the memory in use.
func heapMB() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

func TestAttackFloodOfALamp(t *testing.T) {
	a := newArena(t)
	a.hear("class/lamp-1/light")
	board := make(chan link.Message, 1024)
	l := link.Dial(link.Options{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: a.b.Port()}, User: "lamp-1", Password: attackPassword, Near: true},
		func(m link.Message) { board <- m }, func(link.State) {})
	t.Cleanup(l.Close)
	if err := l.Subscribe("class/lamp-1/light/set", 1); err != nil {
		t.Fatal(err)
	}
	go func() {
		for m := range board { // a board answers each command
			_ = l.Publish("class/lamp-1/light", m.Payload, 0, true)
		}
	}()
	var sent atomic.Int64
	stop := make(chan struct{})
	for n := range 4 {
		c := a.pupil(4, fmt.Sprint("flood-", n), "127.0.0.66")
		go func() { _, _ = io.Copy(io.Discard, c) }()
		burst := slices.Repeat(publish(4, "class/lamp-1/light/set", "toggle", 0, false, nil), 200)
		go func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := c.Write(burst); err != nil {
					return
				}
				sent.Add(200)
			}
		}()
	}
	worst := 0.0
	every := time.NewTicker(500 * time.Millisecond)
	defer every.Stop()
	for n := range 30 {
		<-every.C
		word, began := fmt.Sprint("teacher-", n), time.Now()
		if err := a.teacher.Publish("class/lamp-1/light/set", []byte(word), 1, false); err != nil {
			t.Fatal(err)
		}
		a.await("the board's answer to the teacher", func() bool { return a.hears("class/lamp-1/light", word) })
		worst = max(worst, time.Since(began).Seconds())
	}
	close(stop)
	t.Logf("%d commands of pupils meanwhile", sent.Load())
	report(t, "the teacher's command under a flood on the same lamp", 2.0, worst, "s")
}

func TestAttackMemoryOfSessions(t *testing.T) {
	a := newArena(t)
	before := heapMB()
	const away, deaf = 60, 20
	for n := range away + deaf {
		from := fmt.Sprint("127.0.2.", n%200+1)
		c := a.enter(from, connect(5, fmt.Sprint("hoard-", n), "pupil", attackPassword, true, nil))
		if _, err := c.Write(subscribe(5, fmt.Sprintf("class/big/%d/#", n), 1)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, make([]byte, 6)); err != nil { // SUBACK
			t.Fatal(err)
		}
		if n < away {
			_ = c.Close()
		}
	}
	pub := a.pupil(4, "source", "127.0.0.66")
	go func() { _, _ = io.Copy(io.Discard, pub) }()
	worst := 0.0
	big := string(make([]byte, 150<<10))
	const each = 150 // 22 MB for each of them
	a.hear("class/end")
	for n := range each * (away + deaf) {
		if _, err := pub.Write(publish(4, fmt.Sprintf("class/big/%d/x", n%(away+deaf)), big, uint16(n+1), false, nil)); err != nil {
			t.Fatal(err)
		}
		if n%1000 == 0 {
			worst = max(worst, heapMB()-before)
		}
	}
	if _, err := pub.Write(publish(4, "class/end", "all", 0, false, nil)); err != nil {
		t.Fatal(err)
	}
	a.await("the last message", func() bool { return a.hears("class/end", "all") })
	worst = max(worst, heapMB()-before)
	report(t, fmt.Sprintf("memory for %d sessions away and %d that read nothing, 22 MB for each", away, deaf), 300, worst, "MB")
	a.answers(2)
}

// answers sees that a login is let in within so many seconds, and that the
// teacher's link was never lost.
func (a *arena) answers(seconds float64) {
	a.t.Helper()
	began := time.Now()
	a.enter("127.0.0.9", connect(4, "witness", "lamp-9", attackPassword, false, nil))
	report(a.t, "a board's login afterwards", seconds, time.Since(began).Seconds(), "s")
	report(a.t, "ends of the teacher's link", 0, int(a.online.Load())-1, "")
}

func TestAttackQuotaOfRetained(t *testing.T) {
	a := newArena(t)
	before := heapMB()
	board := a.enter("127.0.0.5", connect(4, "lamp-2", "lamp-2", attackPassword, false, nil))
	go func() { _, _ = io.Copy(io.Discard, board) }()
	user := append([]byte{0x26}, append(text("x"), text(strings.Repeat("x", 30<<10))...)...)
	pub := a.pupil(5, "filler", "127.0.0.66")
	go func() { _, _ = io.Copy(io.Discard, pub) }()
	big := string(make([]byte, 60<<10))
	for n := range 2500 {
		if _, err := pub.Write(publish(5, fmt.Sprint("class/kept/", n), big, 0, true, user)); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 400 { // wills
		c := a.enter("127.0.0.66", connect(5, fmt.Sprint("w-", n), "pupil", attackPassword, false, &will{topic: fmt.Sprint("class/will/", n), payload: big}))
		_ = c.Close()
	}
	a.hear("class/lamp-2/light")
	if _, err := board.Write(publish(4, "class/lamp-2/light", "on", 1, true, nil)); err != nil {
		t.Fatal(err)
	}
	a.await("the board's state", func() bool { return a.hears("class/lamp-2/light", "on") })
	report(t, "memory for 2,900 retained messages of 60 KB with properties and wills", 160, heapMB()-before, "MB")
	a.teacher.Close()
	if err := a.b.Close(); err != nil {
		t.Fatal(err)
	}
	report(t, "the disk for them", 200, folderMB(t, a.dir), "MB")
	a.online.Store(0)
	a.heard.Clear()
	began := time.Now()
	a.begin()
	a.hear("class/lamp-2/light")
	a.await("the board's state after a restart", func() bool { return a.hears("class/lamp-2/light", "on") })
	report(t, "until a lamp is true after a restart with them", 10, time.Since(began).Seconds(), "s")
}

func folderMB(t *testing.T, dir string) (sum float64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if info, e := d.Info(); e == nil {
				sum += float64(info.Size()) / (1 << 20)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestAttackHalfOpenConnections(t *testing.T) {
	a := newArena(t)
	half := connect(4, "half", "pupil", attackPassword, false, nil)
	for n := range 900 {
		c, err := dialFrom(a.b.Port(), fmt.Sprint("127.0.0.", 60+n%8))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		_, _ = c.Write(half[:n%len(half)]) // what was refused is refused
	}
	began := time.Now()
	for n := range thirty {
		who := fmt.Sprint("lamp-", n)
		a.enter(fmt.Sprint("127.0.1.", n+1), connect(4, who, who, attackPassword, false, nil))
	}
	report(t, "thirty boards' logins beside 900 half-open connections", 10, time.Since(began).Seconds(), "s")
	a.answers(2)
}

func TestAttackTakeover(t *testing.T) {
	a := newArena(t)
	victim := a.enter("127.0.0.5", connect(4, "lamp-3", "lamp-3", attackPassword, false, nil))
	in := 0
	for n := range 300 {
		user := []string{"pupil", "lamp-4"}[n%2]
		level := []byte{4, 5}[n/2%2]
		if c, err := login(a.b.Port(), "127.0.0.66", connect(level, "lamp-3", user, attackPassword, n%3 == 0, nil)); err == nil {
			in++
			_ = c.Close()
		}
	}
	report(t, "takeovers of a board's session in 300 tries", 0, in, "")
	dead := 0
	if _, err := victim.Write([]byte{0xC0, 0}); err != nil {
		dead = 1
	} else if _, err := io.ReadFull(victim, make([]byte, 2)); err != nil {
		dead = 1
	}
	report(t, "ends of the board's connection", 0, dead, "")
	a.answers(2)
}

func TestAttackDelayedWills(t *testing.T) {
	a := newArena(t)
	a.hear("class/will/+")
	const all = 200
	for n := range all {
		c := a.enter(fmt.Sprint("127.0.3.", n%200+1), connect(5, fmt.Sprint("will-", n), "pupil", attackPassword, true, &will{fmt.Sprint("class/will/", n), "gone", 1}))
		defer func() { _ = c.Close() }()
		if n >= all-20 {
			continue
		}
		_ = c.Close()
	}
	stop := make(chan struct{})
	var others sync.WaitGroup
	others.Go(func() { // looks through what is retained while wills come
		for {
			select {
			case <-stop:
				return
			default:
			}
			if c, err := login(a.b.Port(), "127.0.0.8", connect(4, "reader", "pupil", attackPassword, false, nil)); err == nil {
				_, _ = c.Write(subscribe(4, "class/#", 0))
				_ = c.Close()
			}
		}
	})
	began := time.Now()
	count := func() (n int) {
		for i := range all - 20 {
			if a.hears(fmt.Sprint("class/will/", i), "gone") {
				n++
			}
		}
		return n
	}
	a.await("the wills", func() bool { return count() == all-20 })
	close(stop)
	others.Wait()
	report(t, "until 180 delayed wills are heard", 20, time.Since(began).Seconds(), "s")
	a.answers(2)
}

func TestAttackMutatedPackets(t *testing.T) {
	for _, level := range []byte{4, 5} {
		a := newArena(t)
		chance := rand.New(rand.NewPCG(uint64(level), 7)) // the same each time
		const packets = 300000
		last := time.Now().Add(time.Minute)
		sent := 0
		for sent < packets && time.Now().Before(last) {
			sent += a.mutate(level, chance)
		}
		t.Logf("MQTT level %d: %d mutated packets", level, sent)
		a.answers(2)
		a.teacher.Close()
	}
}

// mutate sends some mutated packets over one connection, and gives their number.
func (a *arena) mutate(level byte, chance *rand.Rand) (sent int) {
	first := connect(level, fmt.Sprint("m-", chance.IntN(50)), "pupil", attackPassword, chance.IntN(2) == 0, &will{"class/w", "x", 1})
	c, err := dialFrom(a.b.Port(), fmt.Sprint("127.0.4.", chance.IntN(200)+1))
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	go func() { _, _ = io.Copy(io.Discard, c) }()
	if chance.IntN(3) == 0 {
		first = mutated(first, chance)
		sent++
	}
	if _, err := c.Write(first); err != nil {
		return sent
	}
	seeds := [][]byte{
		publish(level, "class/a", "on", 0, true, nil), publish(level, "class/b", "off", 7, false, nil), subscribe(level, "class/+/x", 1),
		packet(0xA2, []byte{0, 2}, properties(level, nil), text("class/+/x")),
		{0x40, 2, 0, 7},
		{0x50, 2, 0, 7},
		{0x62, 2, 0, 7},
		{0x70, 2, 0, 7},
		{0xC0, 0},
		{0xE0, 0},
		packet(0xF0, []byte{0x18}, properties(level, nil)),
	}
	for range 30 {
		if _, err := c.Write(mutated(seeds[chance.IntN(len(seeds))], chance)); err != nil {
			return sent
		}
		sent++
	}
	return sent
}

// mutated changes, takes out, puts in or cuts off some bytes.
func mutated(b []byte, chance *rand.Rand) []byte {
	b = slices.Clone(b)
	for range 1 + chance.IntN(3) {
		if len(b) == 0 {
			break
		}
		at := chance.IntN(len(b))
		switch chance.IntN(5) {
		case 0:
			b[at] ^= 1 << chance.IntN(8)
		case 1:
			b[at] = byte(chance.IntN(256))
		case 2:
			b = slices.Delete(b, at, at+1)
		case 3:
			b = slices.Insert(b, at, byte(chance.IntN(256)))
		case 4:
			b = b[:at]
		}
	}
	return b
}

// TestAttackFiftyDeaths kills the broker fifty times under eight lamps. It ends
// with the first that takes too long, so that it stays within its time.
func TestAttackFiftyDeaths(t *testing.T) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	c, b := newChurn(t)
	const deaths, bound = 50, 5.0
	worst, n := 0.0, 0
	for ; n < deaths && worst <= bound; n++ {
		worst = max(worst, c.dieOnce(b, n%2 == 0).Seconds())
	}
	report(t, fmt.Sprintf("until eight lamps are true, the worst of %d deaths of the broker", n), bound, worst, "s")
}
