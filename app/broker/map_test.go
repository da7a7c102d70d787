package broker_test

import (
	"bufio"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/inbox"
	"lamplighter/app/lights"
	"lamplighter/app/livemap"
	"lamplighter/app/topics"
	"lamplighter/device/devicetest"
)

// followed has a trace come by a test's loop, as the program's does.
type followed struct {
	*broker.Broker
	loop *apptest.Loop
}

func (f followed) Trace(report func([]broker.TraceEvent, int)) (stop func()) {
	box := inbox.New(f.loop.Post, 10*time.Millisecond, 1<<20, nil, report)
	box.Put(broker.TraceEvent{Kind: broker.TraceStarted})
	return f.Broker.Trace(box.Put)
}

// subscriber is a mosquitto_sub that counts what it hears, by topic.
type subscriber struct {
	mu    sync.Mutex
	heard map[string]uint64
	all   uint64
}

func (s *subscriber) count() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}

func (s *subscriber) of(topic string) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard[topic]
}

type mapClass struct {
	*testing.T
	*livemap.Map
	broker followed
	dots   map[uint64]livemap.Dot // that were seen, by serial
}

func (c *mapClass) tool(name, id string, args ...string) *exec.Cmd {
	host, port := c.broker.LocalAddr()
	args = append([]string{"-h", host, "-p", strconv.Itoa(port), "-u", "pupil", "-P", "password-1", "-i", id}, args...)
	return exec.Command(name, args...)
}

func (c *mapClass) subscribe(id, filter string, qos int) *subscriber {
	c.Helper()
	s := &subscriber{heard: map[string]uint64{}}
	cmd := c.tool("mosquitto_sub", id, "-t", filter, "-q", strconv.Itoa(qos), "-F", "%t")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			s.mu.Lock()
			s.heard[lines.Text()]++
			s.all++
			s.mu.Unlock()
		}
	}()
	c.broker.loop.RunUntil(func() bool {
		x := c.Find("client " + id)
		return x != nil && x.Session() != nil && len(x.Session().Subscriptions) == 1
	}, "the subscription of "+id)
	return s
}

// draw looks at the map as a window does, and notes its dots.
func (c *mapClass) draw(now time.Time) (more bool) {
	dots, more := c.Advance(now)
	for _, d := range dots {
		c.dots[d.Serial] = d
	}
	return more
}

func startMap(t *testing.T) *mapClass {
	t.Helper()
	b, err := broker.Start(broker.Options{Dir: t.TempDir(), Host: "127.0.0.1", Port: devicetest.Port(t), Classroom: "class"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	if err := b.SetAccount(broker.Account{User: "pupil", Role: broker.Pupil}, "password-1"); err != nil {
		t.Fatal(err)
	}
	loop := apptest.NewLoop(t)
	lamps := lights.New(lights.Options{Post: loop.Post, Classroom: "class"})
	t.Cleanup(lamps.Close)
	c := &mapClass{T: t, broker: followed{b, loop}, dots: map[uint64]livemap.Dot{}}
	c.Map = livemap.New(livemap.Options{Trace: c.broker, Lamps: lamps, Topics: topics.New(1 << 20), BuiltIn: func() bool { return true }})
	c.Start()
	t.Cleanup(c.Stop)
	return c
}

// What publishers send, mosquitto_sub hears, the broker counts and the map shows is the
// same, also while the map gathers.
func TestMapIsTrue(t *testing.T) {
	c := startMap(t)
	all, one := c.subscribe("all", "class/#", 1), c.subscribe("one", "class/+/2", 0)
	const publishers, each = 6, 400
	var wg sync.WaitGroup
	for i := range publishers {
		topic := fmt.Sprint("class/p/", i)
		var lines strings.Builder
		for n := range each {
			fmt.Fprintln(&lines, "message", n)
		}
		cmd := c.tool("mosquitto_pub", fmt.Sprint("pub-", i), "-q", strconv.Itoa(i%3), "-t", topic, "-l")
		cmd.Stdin = strings.NewReader(lines.String())
		wg.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	c.broker.loop.RunUntil(func() bool {
		c.draw(time.Now())
		return all.count() == publishers*each && one.count() == each && c.Totals().Delivered == publishers*each+each
	}, "all messages")
	wg.Wait()
	for end := time.Now(); c.draw(end); {
		end = end.Add(33 * time.Millisecond)
	}

	received, sent := c.broker.MessageCounts()
	totals, sums := c.Totals(), c.Sums()
	if totals.Published != publishers*each || received != publishers*each || sums.In != totals.Published {
		t.Errorf("published: map %d, its clients %d, broker %d", totals.Published, sums.In, received)
	}
	if sums.Out != totals.Delivered || uint64(sent) != totals.Delivered || totals.Lost != 0 || totals.Dropped != 0 {
		t.Errorf("delivered: map %+v, its clients %d, broker %d", totals, sums.Out, sent)
	}
	for id, s := range map[string]*subscriber{"all": all, "one": one} {
		if got := c.Find("client " + id).Out.Count; got != s.count() {
			t.Errorf("%s: map %d, mosquitto_sub %d", id, got, s.count())
		}
	}
	for i := range publishers {
		topic := fmt.Sprint("class/p/", i)
		if got, _ := c.Topic(topic); got.Count != all.of(topic) {
			t.Errorf("%s: map %d, mosquitto_sub %d", topic, got.Count, all.of(topic))
		}
	}
	var in, out, gathered uint64
	for _, d := range c.dots {
		if d.Out {
			out += uint64(d.Count)
		} else {
			in += uint64(d.Count)
		}
		if d.Count > 1 {
			gathered++
		}
	}
	if in != totals.Published || out != totals.Delivered || gathered == 0 {
		t.Errorf("dots stood for %d and %d messages, %d of them gathered", in, out, gathered)
	}
}
