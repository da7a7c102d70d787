//go:build linux

package broker

import (
	"strings"
	"testing"

	"lamplighter/device/devicetest"
)

// lessonProgram is a lesson's as the books have it: it knows the PC's address,
// SIoT's login, one topic, and no client id of its own.
const lessonProgram = `
import network, time
from machine import Pin
from umqtt.simple import MQTTClient
wlan = network.WLAN(network.STA_IF)
wlan.active(True)
wlan.connect('` + devicetest.TestSSID + `', '` + devicetest.TestPassword + `')
while not wlan.isconnected():
    time.sleep_ms(20)
led = Pin(2, Pin.OUT)
client = MQTTClient('', '192.168.1.107', 1883, 'siot', 'dfrobot', keepalive=30)

def on_message(topic, msg):
    if msg == b'on':
        led.value(1)
    if msg == b'off':
        led.value(0)
    client.publish('xzr/002', b'light ' + msg)

client.set_callback(on_message)
client.connect()
client.subscribe('xzr/001')
client.publish('xzr/002', 'hello')
while True:
    client.check_msg()
    time.sleep_ms(20)
`

func TestALessonsProgramOnRealMicroPythonRunsUnchanged(t *testing.T) {
	t.Parallel()
	b, _ := lesson(t)
	board := devicetest.StartMicroPython(t, devicetest.Options{Off: true, Setup: func(s *devicetest.Setup) {
		s.Hosts["192.168.1.107"] = "127.0.0.1"
		s.Ports[1883] = b.Port()
	}})
	board.WriteFile("/main.py", []byte(lessonProgram))
	app := join(t, appOptions(b), "#")
	board.PowerOn()
	app.hears(t, "xzr/002", "hello")
	for _, step := range []struct {
		msg, heard string
		level      int
	}{{"on", "on", 1}, {"->off", "off", 0}} {
		webAsk(t, b, "/publish", "topic", "xzr/001", "msg", step.msg)
		app.hears(t, "xzr/002", "light "+step.heard)
		board.WaitFor(func(e devicetest.Event) bool { return e.Type == "pin" && e.Pin == "2" && e.Value == step.level })
	}
	until(t, "its answer on the web address", func() bool {
		return strings.Contains(webAsk(t, b, "/lastmessage", "topic", "xzr/002"), `"Content":"light off"`)
	})
	if got := webAsk(t, b, "/lastmessage", "topic", "xzr/001"); !strings.Contains(got, `"Content":"on"`) {
		t.Errorf("noted %s", got)
	}
}
