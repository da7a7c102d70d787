//go:build linux

package program_test

import (
	"context"
	"encoding/hex"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lamplighter/app/program"
	"lamplighter/assets"
	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/repl"
)

const limit = 40 * time.Second // for one thing to happen, on a machine that is busy

func broker(t *testing.T, c device.Config) *devicetest.Mosquitto {
	t.Helper()
	if c.Broker.User == "" {
		return devicetest.StartMosquitto(t, devicetest.MosquittoConf{})
	}
	return devicetest.StartMosquitto(t, devicetest.MosquittoConf{Users: map[string]string{
		string(c.Broker.User): string(c.Broker.Password), devicetest.SubscriberLogin: devicetest.SubscriberLogin,
	}})
}

// run boots a board with a program, as a pupil would type it, on a firmware
// with umqtt.simple.
func run(t *testing.T, model, text string, b *devicetest.Mosquitto, change func(*devicetest.Setup)) *devicetest.MicroPython {
	t.Helper()
	m := devicetest.StartMicroPython(t, devicetest.Options{Model: model, Off: true, Setup: func(s *devicetest.Setup) {
		s.Umqtt = false // the strict double instead
		s.Hosts["broker.lan"], s.Ports[1883], s.Ports[8883] = "127.0.0.1", b.Port(), b.Port()
		if change != nil {
			change(s)
		}
	}})
	client, err := os.ReadFile("testdata/simple.py")
	if err != nil {
		t.Fatal(err)
	}
	m.WriteFile("/lib/umqtt/simple.py", client)
	m.WriteFile("/main.py", []byte(text))
	go drain(t, m)
	m.PowerOn()
	return m
}

// drain reads what the board prints, which it may wait for, and keeps it for a
// test that fails.
func drain(t *testing.T, m *devicetest.MicroPython) {
	var out []byte
	var mu sync.Mutex
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		if t.Failed() {
			t.Logf("the board printed:\n%s", out)
		}
	})
	b := make([]byte, 1024)
	for conn := m.Conn(); ; {
		n, err := conn.Read(b)
		mu.Lock()
		out = append(out, b[:n]...)
		mu.Unlock()
		if err != nil {
			return
		}
	}
}

// lights waits until the board's lamp is on or off.
func lights(m *devicetest.MicroPython, l device.Lamp, on bool) {
	if l.Kind == device.LampNeoPixel {
		m.WaitForPixels(on)
		return
	}
	m.WaitFor(func(e devicetest.Event) bool {
		return e.Type == "pin" && e.Pin == l.Pin && (e.Value == 1) == (on != l.ActiveLow)
	})
}

// command and answer are a shape's words on the wire.
func command(topics device.Topics, on bool) (topic, payload string) {
	word := map[bool]string{true: " ON\n", false: "off"}[on]
	switch topics.Form {
	case device.OneNETData:
		return strings.TrimSuffix(topics.Set, "+") + "42", strings.TrimSpace(word)
	case device.OneNETThing:
		return topics.Set, map[bool]string{
			true:  `{"id":"7","version":"1.0","params":{"light":true,"other":1}}`,
			false: `{"id":"8","version":"1.0","params":{"light":false}}`,
		}[on]
	}
	return topics.Set, word
}

func answer(topics device.Topics, on bool) string {
	switch topics.Form {
	case device.OneNETData:
		return `{"id": 1, "dp": {"light": [{"v": ` + map[bool]string{true: "1", false: "0"}[on] + `}]}}`
	case device.OneNETThing:
		return `{"id": "1", "version": "1.0", "params": {"light": {"value": ` + map[bool]string{true: "true", false: "false"}[on] + `}}}`
	}
	return topics.Prefix + map[bool]string{true: "on", false: "off"}[on]
}

func TestEachShapesProgramIsALampOnRealMicroPython(t *testing.T) {
	t.Parallel()
	for name, s := range shapes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := s.options()
			b := broker(t, o.Config)
			e := devicetest.Listen(t, b)
			m := run(t, s.model, write(t, o), b, nil)
			topics := o.Config.Topics
			answers := topics.StateTopic()
			if name == "easyiot-one-topic" {
				answers = ""
				waitForClient(e, m, topics.Set, o.Config.Lamp)
			} else {
				e.Expect(answers, answer(topics, false))
			}
			for _, on := range []bool{true, false} {
				e.Publish(command(topics, on))
				lights(m, o.Config.Lamp, on)
				if topics.Form == device.OneNETThing {
					e.Expect(topics.Set+"_reply", map[bool]string{true: `{"id": "7", "code": 200, "msg": "success"}`, false: `{"id": "8", "code": 200, "msg": "success"}`}[on])
				}
				if topics.Form == device.OneNETData {
					e.Expect("$sys/p1/lamp/cmd/response/42", map[bool]string{true: "ON", false: "off"}[on])
				}
				if answers != "" {
					e.Expect(answers, answer(topics, on))
				}
				if topics.MirrorTopic != "" {
					e.Expect(topics.MirrorTopic, answer(device.Topics{}, on))
				}
			}
			if topics.RepublishSec > 0 {
				e.Expect(answers, answer(topics, false)) // said again by itself
			}
			m.PowerOff()
		})
	}
}

// waitForClient says on until the lamp is lit: a board that never speaks can't
// tell that it is there.
func waitForClient(e *devicetest.Subscriber, m *devicetest.MicroPython, topic string, l device.Lamp) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			e.Publish(topic, "on")
			select {
			case <-stop:
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	lights(m, l, true)
	close(stop)
	<-done
	e.Publish(topic, "off")
	lights(m, l, false)
}

func TestOnOneTopicTheBoardNeverHearsItself(t *testing.T) {
	t.Parallel()
	o := shapes["easyiot-marked"].options()
	b := broker(t, o.Config)
	e := devicetest.Listen(t, b)
	m := run(t, "mpython-2", write(t, o), b, nil)
	e.Expect("Bkgk2zXb4", "state:off")
	e.Publish("Bkgk2zXb4", "toggle")
	e.Expect("Bkgk2zXb4", "state:on")
	e.Publish("Bkgk2zXb4", "off")
	e.Expect("Bkgk2zXb4", "state:off")
	if n := e.Count("Bkgk2zXb4"); !maps.Equal(n, map[string]int{"state:off": 2, "toggle": 1, "state:on": 1, "off": 1}) {
		t.Errorf("on the topic: %v", n)
	}
	m.DropSockets()
	e.Expect("Bkgk2zXb4", "state:offline")
}

func TestALostBrokerAndALostBoardAreTold(t *testing.T) {
	t.Parallel()
	o := shapes["own-mpython2"].options()
	b := broker(t, o.Config)
	e := devicetest.Listen(t, b)
	m := run(t, "mpython-2", write(t, o), b, nil)
	if h := e.Expect(base+"/status", "online"); h.Retained {
		t.Error("the first word was kept already")
	}
	e.Publish(base+"/light/set", "on")
	e.Expect(base+"/light", "on")
	b.Stop()
	b.Start()
	e.Expect(base+"/status", "online")
	e.Expect(base+"/light", "on") // it stayed lit, and says so
	m.DropSockets()
	e.Expect(base+"/status", "offline") // its last will
	e.Expect(base+"/status", "online")
}

func TestWiFiThatComesLaterIsJoined(t *testing.T) {
	t.Parallel()
	o := shapes["own-picow"].options()
	b := broker(t, o.Config)
	e := devicetest.Listen(t, b)
	text := strings.Replace(write(t, o), "range(100)", "range(3)", 1)
	m := run(t, "pico-w", text, b, func(s *devicetest.Setup) { s.WiFi.Mode = devicetest.WiFiGone })
	m.WaitFor(func(e devicetest.Event) bool { return e.Type == "wifi" })
	m.Set(func(s *devicetest.Setup) { s.WiFi.Mode = devicetest.WiFiOK })
	e.Expect(base+"/status", "online")
}

func TestTheProgramRunsWithLamplightersOwnClientToo(t *testing.T) {
	t.Parallel()
	o := shapes["own-picow"].options()
	b := broker(t, o.Config)
	e := devicetest.Listen(t, b)
	m := devicetest.StartMicroPython(t, devicetest.Options{Model: "pico-w", Off: true, Setup: func(s *devicetest.Setup) {
		s.Hosts["broker.lan"], s.Ports[1883] = "127.0.0.1", b.Port()
	}})
	m.WriteProgram(assets.Board())
	m.WriteFile("/main.py", []byte(write(t, o)))
	go drain(t, m)
	m.PowerOn()
	e.Expect(base+"/light", "off")
	e.Publish(base+"/light/set", "on")
	e.Expect(base+"/light", "on")
}

func TestEveryProgramIsAMatterOfOldPython(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var files []string
	for name, s := range shapes {
		for _, lang := range []string{"en", "zh"} {
			for _, real := range []bool{true, false} {
				o := s.options()
				o.Language, o.Real = lang, real
				o.Config.WiFi.SSID = "教室\xff\"\\\n'{}" // whatever stands in a literal
				o.Config.Broker.TLS = lang == "zh"
				path := filepath.Join(dir, name+lang+map[bool]string{true: "1"}[real]+".py")
				if err := os.WriteFile(path, []byte(write(t, o)), 0o600); err != nil {
					t.Fatal(err)
				}
				files = append(files, path)
			}
		}
	}
	compile := filepath.Join("..", "..", "device", "devicetest", "micropython", "compile.mjs")
	if out, err := exec.Command("node", append([]string{compile}, files...)...).CombinedOutput(); err != nil {
		t.Errorf("%v: %.1000s", err, out)
	}
}

// awkward are values that a careless writer would break on.
var awkward = []string{
	"", "classroom", `"`, `\`, `\"`, `'`, `\n`, "\n", "\r\n", "\x00", "\x00001", "\x7f", "教室", "教\"室\\", "教\n室", "\xff", "\xe6\x95", "a\xffb教",
	"\u202e", "\u2028", "\ufeff", "é", "é\x00", "🙂", "{}", "%s", "#", `""" + __import__("os") + """`, "\u00a0", "\U0010ffff", "\U000e0001", "\x1b[31m",
}

// interpreter is a board that says what an expression is.
type interpreter struct{ r *repl.REPL }

func startInterpreter(t testing.TB) interpreter {
	m := devicetest.StartMicroPython(t, devicetest.Options{Model: "esp32"})
	r, err := repl.Enter(context.Background(), m.Conn(), repl.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	if _, err := r.Exec(context.Background(), "import binascii"); err != nil {
		t.Fatal(err)
	}
	return interpreter{r}
}

// value is the bytes that an expression has.
func (i interpreter) value(expression string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	out, err := i.r.Exec(ctx, "print(binascii.hexlify("+expression+").decode())")
	if err != nil {
		return "", err
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(out)))
	return string(b), err
}

func (i interpreter) check(t *testing.T, s string) {
	t.Helper()
	for name, expression := range map[string]string{"Bytes": program.Bytes(s), "Str": program.Str(s) + ".encode()"} {
		want := s
		if name == "Str" {
			want = strings.ToValidUTF8(s, "\ufffd")
			if strings.Count(s, "") != strings.Count(want, "") {
				continue // several broken bytes in a row are one or many U+FFFD
			}
		}
		if strings.ContainsAny(expression, "\r\n\x00") {
			t.Fatalf("%s(%q) is more than one line: %q", name, s, expression)
		}
		got, err := i.value(expression)
		if err != nil || got != want {
			t.Errorf("%s(%q) = %s, which is %q, %v", name, s, expression, got, err)
		}
	}
}

func TestRealMicroPythonReadsALiteralAsTheVeryValue(t *testing.T) {
	t.Parallel()
	i := startInterpreter(t)
	for _, s := range awkward {
		i.check(t, s)
	}
	every := make([]byte, 256)
	for n := range every {
		every[n] = byte(n)
	}
	i.check(t, string(every))
}

func FuzzRealMicroPythonReadsALiteralAsTheVeryValue(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	i := startInterpreter(f)
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1024 {
			return
		}
		i.check(t, s)
	})
}
