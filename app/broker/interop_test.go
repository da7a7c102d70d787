package broker

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/device/devicetest"
)

// answerTo sends a CONNECT and returns the CONNACK's code, or -1 where the
// connection ends without one.
func answerTo(t *testing.T, b *Broker, connect []byte) int {
	t.Helper()
	host, port := b.LocalAddr()
	c, err := net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	if _, err := c.Write(connect); err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 4)
	for n := 0; n < len(head); {
		k, err := c.Read(head[n:])
		if err != nil {
			return -1
		}
		n += k
	}
	if head[0] != 0x20 {
		t.Fatalf("answered % x", head)
	}
	return int(head[3])
}

// connectPacket is a CONNECT with these fields behind its variable header.
func connectPacket(name string, level, flags byte, fields ...string) []byte {
	body := append([]byte{0, byte(len(name))}, name...)
	body = append(body, level, flags, 0, 60)
	for _, f := range fields {
		body = append(append(body, 0, byte(len(f))), f...)
	}
	return append([]byte{0x10, byte(len(body))}, body...)
}

// methodPacket is a CONNECT of MQTT 5 that asks for an authentication method.
func methodPacket(method string) []byte {
	properties := append([]byte{0x15, 0, byte(len(method))}, method...)
	body := append([]byte{0, 4}, "MQTT"...)
	body = append(body, 5, 2, 0, 60, byte(len(properties)))
	body = append(append(body, properties...), 0, 1, 'm')
	return append([]byte{0x10, byte(len(body))}, body...)
}

func TestInteropEveryFormOfConnectIsAnsweredAsTheStandardSays(t *testing.T) {
	b, notices := begin(t, Options{})
	b.SetOpen(true)
	for _, c := range []struct {
		what    string
		connect []byte
		want    int
	}{
		{"a bridge of mosquitto", connectPacket("MQTT", 0x84, 2, "a"), 1},
		{"a bridge of MQTT 3.1", connectPacket("MQIsdp", 0x83, 2, "a"), 1},
		{"the old name with the new level", connectPacket("MQIsdp", 4, 2, "a"), 1},
		{"the new name with the old level", connectPacket("MQTT", 3, 2, "a"), 1},
		{"another protocol", connectPacket("AMQP", 4, 2, "a"), 1},
		{"a level to come", connectPacket("MQTT", 6, 2, "a"), 1},
		{"no id, and a session to be kept", connectPacket("MQTT", 4, 0, ""), 2},
		{"no id", connectPacket("MQTT", 4, 2, ""), 0},
		{"MQTT 3.1", connectPacket("MQIsdp", 3, 2, "b"), 0},
		{"a will without a payload", connectPacket("MQTT", 4, 2|4|32, "c", "class/w", ""), 0},
		{"user and password, both empty", connectPacket("MQTT", 4, 2|64|128, "d", "", ""), 0},
		{"a reserved flag", connectPacket("MQTT", 4, 3, "e"), -1},
		{"a method of MQTT 5", methodPacket("SCRAM-SHA-1"), 0x8C},
	} {
		if got := answerTo(t, b, c.connect); got != c.want {
			t.Errorf("%s: answered %d, want %d", c.what, got, c.want)
		}
	}
	notices.wait(t, "the protocol's notice", func(n Notice) bool { return n.Kind == BadProtocol && n.Addr == "127.0.0.1" })
	notices.wait(t, "the method's notice", func(n Notice) bool { return n.Kind == BadMethod })
	notices.wait(t, "the id's notice", func(n Notice) bool { return n.Kind == NoID })
}

// mosquitto runs one of mosquitto's clients as a pupil does.
func mosquitto(t *testing.T, b *Broker, tool string, args ...string) {
	t.Helper()
	host, port := b.LocalAddr()
	user, password := b.App()
	args = append([]string{"-h", host, "-p", strconv.Itoa(port), "-u", user, "-P", password}, args...)
	if out, err := exec.Command(tool, args...).CombinedOutput(); err != nil {
		t.Errorf("%s %v: %v\n%s", tool, args[8:], err, out)
	}
}

func TestInteropMosquittosClientsPublishInEveryVersion(t *testing.T) {
	b, _ := begin(t, Options{})
	listener := join(t, appOptions(b), "class/#")
	for i, version := range []string{"mqttv31", "mqttv311", "mqttv5"} {
		topic := fmt.Sprintf("class/%d", i)
		mosquitto(t, b, "mosquitto_pub", "-V", version, "-q", "1", "-t", topic, "-m", "hello",
			"--will-topic", "class/will", "--will-retain")
		listener.messages.wait(t, version, func(m link.Message) bool { return m.Topic == topic && string(m.Payload) == "hello" })
		mosquitto(t, b, "mosquitto_pub", "-V", version, "-r", "-t", topic+"/kept", "-m", version)
		mosquitto(t, b, "mosquitto_sub", "-V", version, "-C", "1", "-W", "60", "-t", topic+"/kept")
	}
}

func TestInteropMosquittosBridgeComesInWithItsDefaults(t *testing.T) {
	b, _ := begin(t, Options{})
	host, port := b.LocalAddr()
	user, password := b.App()
	conf := filepath.Join(t.TempDir(), "bridge.conf")
	local := devicetest.Port(t)
	text := fmt.Sprintf("listener %d 127.0.0.1\nallow_anonymous true\nconnection classroom\naddress %s:%d\nremote_username %s\nremote_password %s\ntopic class/# both 1\nnotifications false\n",
		local, host, port, user, password)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("mosquitto", "-c", conf)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	far := join(t, link.Options{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: local}}, "class/down")
	near := join(t, appOptions(b), "class/up")
	until(t, "a message over the bridge", func() bool { // until the bridge is there, which nothing tells
		far.send(t, "class/up", "on", 1, false)
		return len(near.messages.list()) > 0
	})
	near.send(t, "class/down", "off", 1, false)
	far.messages.wait(t, "the way back", func(m link.Message) bool { return m.Topic == "class/down" })
}

// The ways in that each program below goes, and prints.
const waysIn = 6

// visits runs a program that goes all ways in, and hears what it publishes.
func visits(t *testing.T, name string, b *Broker, program ...string) {
	t.Helper()
	listener := join(t, appOptions(b), "class/"+name+"/+/+/+")
	host, port := b.LocalAddr()
	user, password := b.App()
	args := append(program[1:len(program):len(program)], host, strconv.Itoa(port), strconv.Itoa(b.WebSocketPort()), user, password)
	cmd := exec.Command(program[0], args...)
	cmd.Dir = filepath.Join("testdata", "clients")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "\n") < waysIn {
		t.Fatalf("%s: %v (make need-test installs what is missing)\n%s", name, err, out)
	}
	until(t, "all messages", func() bool { return len(listener.messages.list()) == 3*waysIn })
}

func TestInteropMQTTJSComesInByTCPAndWebSocketInEveryVersion(t *testing.T) {
	for _, name := range []string{"mqtt3", "mqtt4", "mqtt5"} {
		t.Run(name, func(t *testing.T) {
			b, _ := begin(t, Options{WebSocket: true, WSPort: devicetest.Port(t)})
			visits(t, name, b, "node", "mqttjs.cjs", name)
		})
	}
}

func TestInteropPahoForPythonComesInByTCPAndWebSocketInEveryVersion(t *testing.T) {
	python := "/usr/bin/python3" // which has Debian's package
	if _, err := os.Stat(python); err != nil {
		python = "python3"
	}
	b, _ := begin(t, Options{WebSocket: true, WSPort: devicetest.Port(t)})
	visits(t, "paho", b, python, "pahopython.py")
}

func TestInteropMQTTJSWithoutALoginIsLetIntoAnOpenClass(t *testing.T) {
	b, _ := begin(t, Options{})
	b.SetOpen(true)
	host, port := b.LocalAddr()
	const script = `const c = require(process.argv[1]).connect({host: process.argv[2], port: Number(process.argv[3]), username: "", password: "", reconnectPeriod: 0, will: {topic: "class/w", payload: ""}});
c.on("connect", () => c.end()); c.on("error", (e) => { throw e });`
	for _, name := range []string{"mqtt3", "mqtt4", "mqtt5"} {
		cmd := exec.Command("node", "-e", script, name, host, strconv.Itoa(port))
		cmd.Dir = filepath.Join("testdata", "clients")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestInteropBothNamesOfTheWebSocketsProtocolAreTaken(t *testing.T) {
	b, _ := begin(t, Options{WebSocket: true, WSPort: devicetest.Port(t)})
	for _, name := range []string{"mqtt", "mqttv3.1"} {
		d := websocket.Dialer{Subprotocols: []string{name}, HandshakeTimeout: time.Minute}
		c, _, err := d.Dial(fmt.Sprintf("ws://127.0.0.1:%d/mqtt", b.WebSocketPort()), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Subprotocol(); got != name {
			t.Errorf("%s: answered %q", name, got)
		}
		_ = c.Close()
	}
}
