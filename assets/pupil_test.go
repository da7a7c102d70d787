//go:build linux

package assets_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lamplighter/app/program"
	"lamplighter/device"
	"lamplighter/device/devicetest"
)

func TestAPupilsProgramJoinsInTwoLines(t *testing.T) {
	t.Parallel()
	for _, model := range []string{"mpython-2", "pico-w"} {
		t.Run(model, func(t *testing.T) {
			t.Parallel()
			b := devicetest.StartMosquitto(t, users)
			e := devicetest.Listen(t, b)
			r := start(t, opts{model: model, port: b.Port(), main: `
from classroom import connect
client = connect()

def on_message(topic, payload):
    client.publish(base + "/echo", payload, qos=1)
    print("on_message", topic, payload)

base = "` + base + `"
client.set_callback(on_message)
client.subscribe(base + "/ask")
client.publish(base + "/hello", "hi", True)
while True:
    client.wait_msg()
`})
			if m := e.Expect(base+"/hello", devicetest.Any); m.Payload != "hi" {
				t.Errorf("on_message %+v", m)
			}
			e.Publish(base+"/ask", "你好")
			e.Expect(base+"/echo", "你好")
			r.interrupt()
		})
	}
}

func TestTheLessonsProgramsConnectAndAreSwitched(t *testing.T) {
	t.Parallel()
	b := devicetest.StartMosquitto(t, users)
	e := devicetest.Listen(t, b)
	const set = base + "/set"
	r := start(t, opts{model: "mpython-2", port: b.Port(), main: strings.Replace(program.Lamp(set), "while True", `client.publish("`+base+`/ready", "1")`+"\nwhile True", 1)})
	e.Expect(base+"/ready", "1")
	for _, word := range []string{"on", "off", "on"} {
		e.Publish(set, word)
		r.WaitForPixels(word == "on")
	}
	if two := program.TwoLines(); !strings.HasPrefix(program.Lamp(set), two) || strings.Count(two, "\n") != 1 {
		t.Errorf("the two lines are %q", two)
	}
}

func TestAProgramForUmqttRunsOnAFirmwareWithoutIt(t *testing.T) {
	t.Parallel()
	b := devicetest.StartMosquitto(t, devicetest.MosquittoConf{})
	e := devicetest.Listen(t, b)
	start(t, opts{model: "pico-w", port: b.Port(), main: `
import time
from classroom import Classroom
from umqtt.simple import MQTTClient
room = Classroom()
room.wifi.join(room.settings["wifi"])
c = MQTTClient("pupil", "` + brokerName + `", keepalive=30)
c.set_callback(lambda t, m: c.publish(b"echo", m))
c.set_last_will("gone", "1")
c.connect()
c.subscribe(b"ask")
c.publish(b"hello", b"hi")
while True:
    c.check_msg()
    c.ping()
    time.sleep_ms(20)
`})
	e.Expect("hello", "hi")
	e.Publish("ask", "42")
	e.Expect("echo", "42")
}

func TestTheProofTellsItsStagesOnce(t *testing.T) {
	t.Parallel()
	b := devicetest.StartMosquitto(t, users)
	e := devicetest.Listen(t, b)
	const proof = "import classroom\nprint('well', classroom.prove())\n"
	r := start(t, opts{port: b.Port(), main: proof})
	r.prints("well True")
	want := []string{"start", "found", "joined", "reached", "accepted", "subscribed"}
	if got := r.names(); !slices.Equal(got, want) {
		t.Errorf("stages %v", got)
	}
	if all := e.All(); len(all) > 0 {
		t.Errorf("the proof said %v", all)
	}
	bad := start(t, opts{port: devicetest.Port(t), main: proof})
	bad.prints("well False")
	if s := bad.badStage(); s.Reason != device.ReasonRefused {
		t.Errorf("%+v", s)
	}
}

func (r *room) names() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []string
	for _, s := range r.stages {
		names = append(names, s.Name)
	}
	return names
}

func TestABoardWithoutSettingsSaysSoAndStops(t *testing.T) {
	t.Parallel()
	r := start(t, opts{preface: "import os\nos.remove('/lamplighter.json')\n"})
	if s := r.badStage(); s.Name != device.StageStart || s.Detail != "no settings" {
		t.Errorf("%+v", s)
	}
	r.WaitFor(func(e devicetest.Event) bool { return e.Type == "repl" })
}

func TestEveryFileForBoardsIsAMatterOfOldPython(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "device", "devicetest", "micropython")
	var paths []string
	err := filepath.WalkDir("board", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	compile := func(paths ...string) (string, error) {
		out, err := exec.Command("node", append([]string{filepath.Join(dir, "compile.mjs")}, paths...)...).CombinedOutput()
		return string(out[:min(len(out), 500)]), err
	}
	if out, err := compile(paths...); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	for i, no := range []string{"x = f'{1}'\n", "if (y := 1):\n    pass\n", "def f(:\n"} {
		p := filepath.Join(t.TempDir(), "new"+string(rune('0'+i))+".py")
		if err := os.WriteFile(p, []byte(no), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := compile(p); err == nil {
			t.Errorf("%q went through: %s", no, out)
		}
	}
	for _, p := range paths {
		if b, err := os.ReadFile(p); err != nil || bytes.Contains(b, []byte("except:")) {
			t.Errorf("%s: %v, or a bare except, which swallows Ctrl-C", p, err)
		}
	}
}

func TestMainCarriesItsMark(t *testing.T) {
	if main := file(t, "main.py"); !strings.HasPrefix(main, "# Lamplighter:") {
		t.Errorf("main.py begins %.30q", main)
	}
}
