//go:build linux

package assets_test

import (
	"fmt"
	"strings"
	"testing"

	"lamplighter/device/devicetest"
)

// tutorial is a remote light as mPython's own tutorial has pupils type it: one
// topic, on and off, no answer.
const tutorial = `
from umqtt.simple import MQTTClient
from machine import Timer
from mpython import *

mywifi = wifi()
mywifi.connectWiFi(%q, %q)

SERVER = %q
CLIENT_ID = %q
TOPIC = %q
username = %q
password = %q

def sub_cb(topic, msg):
    print((topic, msg))
    if topic == TOPIC.encode():
        if msg == b"on":
            rgb.fill((0, 20, 0))
            rgb.write()
        elif msg == b"off":
            rgb.fill((0, 0, 0))
            rgb.write()

try:
    c = MQTTClient(CLIENT_ID, SERVER, 1883, username, password, keepalive=30)
    c.set_callback(sub_cb)
    c.connect()
    c.subscribe(TOPIC)
    print("Connected to %%s" %% SERVER)
    tim1 = Timer(1)
    tim1.init(period=20000, mode=Timer.PERIODIC, callback=lambda n: c.ping())
    while True:
        c.wait_msg()
finally:
    c.disconnect()
`

func TestTheTutorialsProgramIsSwitchedOnEachPlatform(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ id, user, password, topic string }{
		"Easy IoT":    {"yourClientID", "r1Hf2zXbV", "SkZxS2GZ7", "Bkgk2zXb4"},
		"SIoT":        {"", "siot", "dfrobot", "xzr/001"},
		"Adafruit IO": {"yourClientID", "miss_lee", "aio_" + strings.Repeat("k3Y", 9), "miss_lee/feeds/light"},
		"OneNET": {
			"lamp07", "123123", "version=2018-10-31&res=products%2F123123%2Fdevices%2Flamp07&sign=" + strings.Repeat("x%2B", 45),
			"$sys/123123/lamp07/thing/property/set",
		},
		"an own broker": {"yourClientID", "pupil", "pencil", "class/light"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := devicetest.StartMosquitto(t, devicetest.MosquittoConf{
				Users: map[string]string{c.user: c.password, devicetest.SubscriberLogin: devicetest.SubscriberLogin},
				ACL:   fmt.Sprintf("user %s\ntopic readwrite %s\nuser ear\ntopic readwrite #\ntopic readwrite $sys/#\n", c.user, c.topic),
			})
			e := devicetest.Listen(t, b)
			r := start(t, opts{
				port: b.Port(),
				main: fmt.Sprintf(tutorial, devicetest.TestSSID, devicetest.TestPassword, brokerName, c.id, c.topic, c.user, c.password),
			})
			r.prints("Connected to " + brokerName)
			for _, w := range []string{"on", "off", "on"} {
				e.Publish(c.topic, w)
				r.WaitForPixels(w == "on")
			}
			for _, m := range e.All() {
				if m.Payload != "on" && m.Payload != "off" {
					t.Errorf("it said %v", m)
				}
			}
		})
	}
}
