//go:build linux

package assets_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"lamplighter/assets"
	"lamplighter/device"
	"lamplighter/device/devicetest"
)

const (
	limit       = 2 * time.Minute // for one thing to happen, on a machine that is busy
	base        = "class/lamp-07"
	brokerUser  = "lamp-07"
	brokerPass  = "br0ker-s3cret"
	brokerName  = "broker.lan" // the board's word for the broker; the test maps it to loopback
	brokerPort  = 1883
	mainInTests = `import classroom
import lamplighter
from net import find, mqtt, wifi
wifi.JOIN_MS = 5000
wifi.STABLE_MS = 100
find.WAIT_MS = 700
mqtt.TIMEOUT_MS = 6000
classroom.NEAR_MS = classroom.FAR_MS = 300
`
)

// room is a board with the lamp program and what it says.
type room struct {
	*devicetest.MicroPython
	t      *testing.T
	Config device.Config
	conn   io.ReadWriter

	mu     sync.Mutex
	out    strings.Builder // all that the board printed
	stages []device.Stage
	seen   int
	more   chan struct{}
}

// opts are what a test may change before the board boots.
type opts struct {
	model   string
	setup   func(*devicetest.Setup)
	config  func(*device.Config)
	main    string // "" = the program with short waits; else the whole of main.py
	preface string // before the program runs
	port    int    // of the real broker; 0 = there is none
	files   map[string]string
}

func start(t *testing.T, o opts) *room {
	t.Helper()
	r := &room{t: t, Config: testConfig(o.model), more: make(chan struct{})}
	if o.config != nil {
		o.config(&r.Config)
	}
	r.MicroPython = devicetest.StartMicroPython(t, devicetest.Options{Model: o.model, Off: true, Setup: func(s *devicetest.Setup) {
		s.Hosts[brokerName] = "127.0.0.1"
		s.Ports[brokerPort] = cmp.Or(o.port, devicetest.Port(t))
		if o.setup != nil {
			o.setup(s)
		}
	}})
	r.WriteProgram(assets.Board())
	settings, err := r.Config.File()
	if err != nil {
		t.Fatal(err)
	}
	r.WriteFile("/lamplighter.json", settings)
	if o.main == "" {
		o.main = mainInTests + o.preface + "lamplighter.run()\n"
	}
	r.WriteFile("/main.py", []byte(o.main))
	for name, text := range o.files {
		r.WriteFile(name, []byte(text))
	}
	r.conn = r.Conn()
	go r.listen(bufio.NewReader(r.conn))
	t.Cleanup(r.checkSecrets)
	r.PowerOn()
	return r
}

func testConfig(model string) device.Config {
	if model == "" {
		model = "mpython-2"
	}
	m, _ := device.ModelByKey(model)
	return device.Config{
		Format: device.ConfigFormat, Name: "Lamp 07", Language: "en",
		WiFi:   device.WiFi{SSID: devicetest.TestSSID, Password: devicetest.TestPassword},
		Broker: device.Broker{Host: brokerName, Port: brokerPort, User: brokerUser, Password: brokerPass, KeepAlive: 30},
		Topics: device.LampTopics(base), Lamp: m.Lamps[0], Button: m.Button,
	}
}

// listen reads the board's lines. It ends when the line is closed.
func (r *room) listen(lines *bufio.Reader) {
	for {
		line, err := lines.ReadString('\n')
		r.mu.Lock()
		r.out.WriteString(line)
		if s, ok := device.ParseStage([]byte(line)); ok {
			r.stages = append(r.stages, s)
		}
		close(r.more)
		r.more = make(chan struct{})
		r.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (r *room) printed() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out.String()
}

// stage waits for the next stage of this name.
func (r *room) stage(name string) device.Stage {
	r.t.Helper()
	var found device.Stage
	r.until("stage "+name, func() bool {
		for r.seen < len(r.stages) {
			r.seen++
			if found = r.stages[r.seen-1]; found.Name == name {
				return true
			}
		}
		return false
	})
	return found
}

// badStage waits for the next stage that failed.
func (r *room) badStage() device.Stage {
	r.t.Helper()
	var found device.Stage
	r.until("a failed stage", func() bool {
		for r.seen < len(r.stages) {
			r.seen++
			if found = r.stages[r.seen-1]; found.Bad {
				return true
			}
		}
		return false
	})
	return found
}

// prints waits until the board has printed this.
func (r *room) prints(s string) {
	r.t.Helper()
	r.until(fmt.Sprintf("%q", s), func() bool { return strings.Contains(r.out.String(), s) })
}

// until waits for what the board prints; ready is called with the lock held.
func (r *room) until(what string, ready func() bool) {
	r.t.Helper()
	end := time.After(limit)
	for {
		r.mu.Lock()
		ok, more := ready(), r.more
		r.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-more:
		case <-end:
			r.t.Fatalf("waited for %s; the board printed:\n%s", what, r.printed())
		}
	}
}

func (r *room) checkSecrets() {
	for _, secret := range []string{string(r.Config.WiFi.Password), string(r.Config.Broker.Password), r.Config.Find.Secret} {
		if secret != "" && strings.Contains(r.printed(), secret) {
			r.t.Error("the board printed a secret")
		}
	}
	for line := range strings.Lines(r.printed()) {
		if _, ok := device.ParseStage([]byte(line)); ok && strings.ContainsFunc(line, func(c rune) bool { return c > 126 }) {
			r.t.Errorf("a stage with something other than ASCII: %q", line)
		}
	}
}

// users lets the board and the test's own client in.
var users = devicetest.MosquittoConf{Users: map[string]string{brokerUser: brokerPass, devicetest.SubscriberLogin: devicetest.SubscriberLogin}}

// lit starts a board beside a real broker and waits until the lamp is there.
func lit(t *testing.T, o opts) (*room, *devicetest.Subscriber, *devicetest.Mosquitto) {
	t.Helper()
	b := devicetest.StartMosquitto(t, users)
	e := devicetest.Listen(t, b)
	o.port = b.Port()
	r := start(t, o)
	r.stage(device.StageSubscribed)
	e.Expect(base+"/light", "off")
	return r, e, b
}

func decode(t *testing.T, s string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return m
}
