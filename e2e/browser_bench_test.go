package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lamplighter/app/topics"
	"lamplighter/device/devicetest"
)

// What the benchmark of the topic browser sends.
const (
	floodTopics = 100_000
	floodRate   = 20_000
)

// floodTime is how long it sends; LAMPLIGHTER_FLOOD=10m makes it ten minutes.
func floodTime(b *testing.B) time.Duration {
	text := os.Getenv("LAMPLIGHTER_FLOOD")
	if text == "" {
		return 30 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		b.Fatal(err)
	}
	return d
}

// BenchmarkBrowserWindow opens the real window at a broker with 100,000 retained
// topics, opens branches, and lets another process send 20,000 messages a second
// while somebody scrolls. It measures how long a function waits for the UI
// goroutine, and what the program takes of the computer; mosquitto_sub counts
// the same stream, and a window with one label that changes as often as our
// values do says what the computer makes any window wait. "lamps" has another page
// in view meanwhile, and "million" ten times the topics.
func BenchmarkBrowserWindow(b *testing.B) {
	flood := filepath.Join(b.TempDir(), "flood")
	program := filepath.Join(b.TempDir(), "lamplighter")
	build(b, "-o", flood, "./testdata/flood")
	build(b, "-tags", "uidebug,migrated_fynedo,x11", "-o", program, "lamplighter")
	bare := buildBare(b)
	for _, f := range []floodBench{
		{name: "mosquitto", topics: floodTopics},
		{name: "lamps", topics: floodTopics, lamps: true},
		{name: "million", topics: 10 * floodTopics},
	} {
		b.Run(f.name, func(b *testing.B) {
			m := devicetest.StartMosquitto(b, devicetest.MosquittoConf{Extra: "max_queued_messages 0"})
			f.B, f.flood, f.bare, f.addr, f.filter, f.base = b, flood, bare, m.Addr(), "school/#", "school"
			f.run(program, elsewhere(m.Port()))
		})
	}
	b.Run("built-in", func(b *testing.B) {
		port := devicetest.Port(b)
		settings := fmt.Sprintf(`{"language":"en","builtin":{"port":%d,"address":"127.0.0.1"}}`, port)
		f := &floodBench{B: b, flood: flood, bare: bare, addr: fmt.Sprintf("127.0.0.1:%d", port), filter: "class/#", base: "class", topics: floodTopics, own: true}
		f.run(program, settings)
	})
}

// elsewhere are settings for a broker on this computer that is not the program's.
func elsewhere(port int) string {
	return fmt.Sprintf(`{"language":"en","builtin":{"off":true},"connection":"m",
		"connections":[{"id":"m","name":"mosquitto","host":"127.0.0.1","port":%d}]}`, port)
}

// floodBench is one run: a broker, the window, a publisher, another subscriber.
type floodBench struct {
	*testing.B
	name               string
	flood, bare        string // programs
	addr, filter, base string
	topics             int
	own                bool // the broker is the program's
	lamps              bool // the page of lamps is in view
	user, password     string
	w                  *window
	sub                *subscriber
}

func (f *floodBench) run(program, settings string) {
	for f.Loop() {
		f.once(program, settings)
	}
	f.ReportMetric(0, "ns/op")
}

func (f *floodBench) once(program, settings string) {
	dir := f.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(settings), 0o600); err != nil {
		f.Fatal(err)
	}
	if !f.own {
		f.publish("-retained").wait(f.B)
	}
	f.w = newDesktop(f, 1440, 900).openProgram(program, dir)
	idle := resident(f.B, f.w.cmd.Process.Pid)
	if f.own {
		f.login()
	}
	f.w.key("ctrl+3")
	f.w.find("Entry", "")
	shown := f.showAll()
	f.ReportMetric(resident(f.B, f.w.cmd.Process.Pid), "topics-rss-mb")
	f.openBranches()
	if f.lamps {
		f.w.key("ctrl+1")
		f.w.find("Button", "Try a practice board")
	}
	f.w.shot("flood-before")
	f.stream(idle, shown)
}

// login reads the pupils' password from the screen, for the publisher.
func (f *floodBench) login() {
	f.w.key("ctrl+5")
	f.w.find("Label", "Settings")
	f.w.xdotool("mousemove", "--window", f.w.id, "700", "400")
	f.scrollTo("Show")
	f.w.click("Button", "Show")
	f.scrollTo("Hide")
	var texts []string
	for _, x := range f.w.widgets() {
		if strings.HasSuffix(x.Type, "Label") {
			texts = append(texts, x.Text)
		}
	}
	i, k := slices.Index(texts, "User name"), slices.Index(texts, "Password")
	if i < 0 || k < 0 {
		f.Fatalf("no password on the screen: %v", f.w.texts())
	}
	f.user, f.password = texts[i+1], texts[k+1]
}

// scrollTo turns the wheel until a button and what is below it can be seen.
func (f *floodBench) scrollTo(text string) {
	f.w.until(text, func() bool {
		for _, x := range f.w.widgets() {
			if strings.Contains(x.Text, text) && x.Y < 500 {
				return true
			}
		}
		f.w.xdotool("click", "5")
		return false
	})
}

// showAll subscribes in the window and gives the seconds until every retained
// topic is in the tree.
func (f *floodBench) showAll() float64 {
	began := time.Now()
	if f.own {
		f.publish("-retained").wait(f.B)
	} else {
		f.w.click("Check", "")
	}
	f.until("the topics", func(c topics.Counts) bool { return c.Topics >= f.topics })
	return time.Since(began).Seconds()
}

// openBranches opens the first branch of each level, so that lines of every
// kind are in view and change.
func (f *floodBench) openBranches() {
	f.w.click("LineList", "")
	f.w.key("Home", "Right")
	f.w.key("Down", "Right", "Down", "Right", "Home")
}

func (f *floodBench) publish(args ...string) *process {
	cmd := exec.Command(f.flood, append([]string{"-addr", f.addr, "-base", f.base, "-user", f.user, "-topics", strconv.Itoa(f.topics)}, args...)...)
	cmd.Env = append(os.Environ(), "FLOOD_PASSWORD="+f.password)
	return startFlood(f.B, cmd)
}

// stream lets the messages come, and measures.
func (f *floodBench) stream(idle, shown float64) {
	pid := f.w.cmd.Process.Pid
	before := f.counts()
	f.sub = f.subscribe()
	subscribed := time.Now()
	retained := f.sub.settled(f.B)
	f.ReportMetric(f.sub.last().Sub(subscribed).Seconds(), "mosquitto_sub-topics-s")
	cpu, subCPU, kept, began := cpuTime(f.B, pid), cpuTime(f.B, f.sub.pid()), waited(f.B, pid), time.Now()
	p := f.publish("-rate", strconv.Itoa(floodRate), "-for", floodTime(f.B).String())
	profiled := f.profile()
	waits, bare, most := f.watch(p)
	profiled()
	sent := p.wait(f.B)
	took := time.Since(began)
	kept = waited(f.B, pid) - kept
	cpu, subCPU = cpuTime(f.B, pid)-cpu, cpuTime(f.B, f.sub.pid())-subCPU
	ended := time.Now()
	lost := f.catchUp(before.Received + uint64(sent))
	lag := time.Since(ended)
	heard := f.sub.settled(f.B) - retained
	f.w.shot("flood-after")
	f.ReportMetric(quantile(waits, 0.5), "ui-p50-ms")
	f.ReportMetric(quantile(waits, 0.99), "ui-p99-ms")
	f.ReportMetric(quantile(waits, 1), "ui-max-ms")
	f.ReportMetric(quantile(bare, 0.99), "bare-ui-p99-ms")
	f.ReportMetric(quantile(bare, 1), "bare-ui-max-ms")
	f.ReportMetric(quantile(waits, 0.99)/quantile(bare, 0.99), "ui-p99-ratio")
	f.ReportMetric(float64(len(waits)), "ui-samples")
	f.ReportMetric(100*kept.Seconds()/took.Seconds(), "ui-starved-pct")
	f.ReportMetric(100*cpu.Seconds()/took.Seconds(), "cpu-pct")
	f.ReportMetric(100*subCPU.Seconds()/took.Seconds(), "mosquitto_sub-cpu-pct")
	f.ReportMetric(idle, "idle-rss-mb")
	f.ReportMetric(most, "rss-mb")
	f.ReportMetric(float64(sent)/took.Seconds(), "sent/s")
	f.ReportMetric(float64(lost), "lost-msgs")
	f.ReportMetric(float64(f.counts().Lost+f.counts().Refused), "dropped-msgs")
	f.ReportMetric(float64(sent-heard), "mosquitto_sub-lost-msgs")
	f.ReportMetric(shown, "topics-shown-s")
	f.ReportMetric(lag.Seconds(), "lag-s")
}

// profile keeps 20 seconds of the program's work in the folder that
// LAMPLIGHTER_PROFILES names, and returns a function that waits for the end.
func (f *floodBench) profile() (done func()) {
	dir := os.Getenv("LAMPLIGHTER_PROFILES")
	if dir == "" {
		return func() {}
	}
	name := filepath.Join(dir, strings.ReplaceAll(f.Name(), "/", "-")+".pprof")
	var work sync.WaitGroup
	work.Go(func() {
		r, err := http.Get("http://" + f.w.debug + "/pprof/profile?seconds=20")
		if err != nil {
			f.Errorf("profile: %v", err)
			return
		}
		defer r.Body.Close()
		out, err := os.Create(name)
		if err == nil {
			_, err = io.Copy(out, r.Body)
			err = errors.Join(err, out.Close())
		}
		if err != nil {
			f.Errorf("profile: %v", err)
		}
	})
	return work.Wait
}

// watch asks how long the UI goroutine makes wait until the publisher ends,
// while somebody scrolls, and how long a bare window's does, and gives the most
// memory that was taken.
func (f *floodBench) watch(p *process) (waits, bare []time.Duration, most float64) {
	other := f.openBare()
	f.w.xdotool("windowraise", f.w.id, "windowfocus", f.w.id)
	if !f.lamps {
		list := f.w.find("LineList", "")
		f.w.xdotool("mousemove", "--window", f.w.id, num(list.X+list.W/2), num(list.Y+list.H/2))
	}
	for i := 0; !p.ended(); i++ {
		var d time.Duration
		fetch(f.B, f.w.debug, "latency", &d)
		waits = append(waits, d)
		fetch(f.B, other, "latency", &d)
		bare = append(bare, d)
		if i%10 == 0 {
			f.w.xdotool("click", map[bool]string{true: "5", false: "4"}[i/10%8 < 4])
		}
		if i%50 == 0 {
			most = max(most, resident(f.B, f.w.cmd.Process.Pid))
		}
		time.Sleep(20 * time.Millisecond) // between two questions
	}
	return waits, bare, most
}

// catchUp waits until the tree has received what was sent, or nothing more
// comes, and gives how much is missing.
func (f *floodBench) catchUp(want uint64) (missing int64) {
	last, since := uint64(0), time.Now()
	for {
		c := f.counts()
		if c.Received != last {
			last, since = c.Received, time.Now()
		}
		if c.Received >= want || time.Since(since) > 5*time.Second {
			return int64(want) - int64(c.Received) + int64(c.Lost)
		}
		time.Sleep(5 * time.Millisecond) // polls another process
	}
}

// fetch asks a program about itself.
func fetch(b *testing.B, address, what string, into any) {
	b.Helper()
	r, err := http.Get("http://" + address + "/" + what)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		b.Fatalf("%s: %v", what, err)
	}
}

func (f *floodBench) counts() (c topics.Counts) { fetch(f.B, f.w.debug, "counts", &c); return c }

func (f *floodBench) until(what string, done func(topics.Counts) bool) {
	f.Helper()
	for late := time.Now().Add(patience); !done(f.counts()); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			f.w.shot("failed")
			f.Fatalf("waited in vain for %s: %+v\nlog: %s", what, f.counts(), f.w.log)
		}
	}
}

// process is a publisher.
type process struct {
	cmd  *exec.Cmd
	out  strings.Builder
	done chan error
	err  error
	over bool
}

func startFlood(b *testing.B, cmd *exec.Cmd) *process {
	b.Helper()
	p := &process{cmd: cmd, done: make(chan error, 1)}
	cmd.Stdout, cmd.Stderr = &p.out, os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill() })
	go func() { p.done <- cmd.Wait() }()
	return p
}

func (p *process) ended() bool {
	select {
	case p.err = <-p.done:
		p.over = true
	default:
	}
	return p.over
}

// wait gives the number of messages that the broker has taken.
func (p *process) wait(b *testing.B) int {
	b.Helper()
	if !p.over {
		p.err, p.over = <-p.done, true
	}
	n, err := strconv.Atoi(strings.TrimSpace(p.out.String()))
	if p.err != nil || err != nil {
		b.Fatalf("the publisher: %v %v", p.err, err)
	}
	return n
}

// subscriber is mosquitto_sub on the same stream.
type subscriber struct {
	cmd   *exec.Cmd
	count atomic.Int64
	at    atomic.Int64 // when the last message came, Unix nanoseconds
}

func (f *floodBench) subscribe() *subscriber {
	host, port, _ := net.SplitHostPort(f.addr)
	args := []string{"-h", host, "-p", port, "-t", f.filter, "-F", "x"}
	s := &subscriber{cmd: exec.Command("mosquitto_sub", args...)}
	if f.user != "" { // a password is in no list of processes
		dir := f.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "mosquitto_sub"), []byte("-u "+f.user+"\n-P "+f.password+"\n"), 0o600); err != nil {
			f.Fatal(err)
		}
		s.cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+dir)
	}
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		f.Fatal(err)
	}
	startProcess(f.B, s.cmd)
	go func() {
		for in := bufio.NewScanner(out); in.Scan(); {
			s.count.Add(1)
			s.at.Store(time.Now().UnixNano())
		}
	}()
	return s
}

func (s *subscriber) last() time.Time { return time.Unix(0, s.at.Load()) }

func (s *subscriber) pid() int { return s.cmd.Process.Pid }

// settled waits until nothing more comes.
func (s *subscriber) settled(b *testing.B) int {
	b.Helper()
	n, since := int64(-1), time.Now()
	for time.Since(since) < 2*time.Second {
		if now := s.count.Load(); now != n {
			n, since = now, time.Now()
		}
		time.Sleep(20 * time.Millisecond) // polls another process
	}
	return int(n)
}

// cpuTime is what a process has had of the processors (proc(5), stat).
func cpuTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * time.Second / 100
}

// waited is how long a process's first thread, the one that draws, could have
// run and was not let by other programs: what it says of the machine must be
// known to read the other figures (proc(5), schedstat).
func waited(b *testing.B, pid int) time.Duration {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/schedstat", pid, pid))
	if err != nil {
		b.Fatal(err)
	}
	ns, _ := strconv.ParseInt(strings.Fields(string(data))[1], 10, 64)
	return time.Duration(ns)
}
