//go:build linux

package assets_test

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

func TestWhatKeepsABoardFromTheBrokerIsNamed(t *testing.T) {
	t.Parallel()
	answer := func(b ...byte) func(net.Conn, int) {
		return func(c net.Conn, _ int) {
			_, _, _ = readPacket(c)
			_, _ = c.Write(b)
			drain(c)
		}
	}
	for _, c := range []struct {
		name   string
		script func(net.Conn, int)
		stage  string
		want   fault.Fault
	}{
		{"it hangs up", func(c net.Conn, _ int) { _, _, _ = readPacket(c) }, "accepted", fault.BrokerClosed},
		{"half an answer", func(c net.Conn, _ int) { _, _, _ = readPacket(c); _, _ = c.Write(accepted[:3]) }, "accepted", fault.BrokerClosed},
		{"no answer", func(c net.Conn, _ int) { drain(c) }, "accepted", fault.Unreachable},
		{"a web server", answer([]byte("HTTP/1.1 400 Bad Request\r\nServer: something\r\n\r\n")...), "accepted", fault.NotBroker},
		{"version", answer(0x20, 2, 0, 1), "accepted", fault.BadProtocol},
		{"client id", answer(0x20, 2, 0, 2), "accepted", fault.BadClientID},
		{"unavailable", answer(0x20, 2, 0, 3), "accepted", fault.Unavailable},
		{"login", answer(0x20, 2, 0, 4), "accepted", fault.BadLogin},
		{"not allowed", answer(0x20, 2, 0, 5), "accepted", fault.NotAllowed},
		{"empty answer", answer(0x20, 0), "accepted", fault.NotBroker},
		{"topic refused", func(c net.Conn, _ int) {
			_, _, _ = readPacket(c)
			_, _ = c.Write(accepted)
			if _, body, err := readPacket(c); err == nil {
				_, _ = c.Write([]byte{0x90, 3, body[0], body[1], 128})
			}
			drain(c)
		}, "subscribed", fault.TopicRefused},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, opts{port: startFake(t, c.script).port})
			s := r.badStage()
			if f, _ := s.Fault(); f != c.want || s.Name != c.stage {
				t.Errorf("%+v means %v, want %v", s, f, c.want)
			}
			r.stage(device.StageReached) // it tries again
		})
	}
}

func TestABrokerThatCanNotBeReachedIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, host string
		want       fault.Fault
	}{
		{"unknown name", "nobody.lan", fault.NameNotFound},
		{"refused", brokerName, fault.Refused},
		{"no route", "192.0.2.1", fault.Unreachable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, opts{port: devicetest.Port(t), config: func(f *device.Config) { f.Broker.Host = c.host }})
			s := r.badStage()
			if f, _ := s.Fault(); f != c.want || s.Name != device.StageReached {
				t.Errorf("%+v means %v, want %v", s, f, c.want)
			}
		})
	}
}

func TestAWrongLoginIsNamedByARealBroker(t *testing.T) {
	t.Parallel()
	b := devicetest.StartMosquitto(t, users)
	r := start(t, opts{port: b.Port(), config: func(c *device.Config) { c.Broker.Password = "wr0ng-s3cret" }})
	s := r.badStage()
	if f, _ := s.Fault(); f != fault.NotAllowed && f != fault.BadLogin {
		t.Errorf("%+v means %v", s, f)
	}
}

func TestLongAndChineseLoginsAndTopicsReachTheBrokerWhole(t *testing.T) {
	t.Parallel()
	long := "教室/" + fmt.Sprintf("%0150d", 7)
	b := devicetest.StartMosquitto(t, devicetest.MosquittoConf{Users: map[string]string{"老师": "密码 %s \"'\\", devicetest.SubscriberLogin: devicetest.SubscriberLogin}})
	e := devicetest.Listen(t, b)
	r := start(t, opts{port: b.Port(), config: func(c *device.Config) {
		c.Broker.User, c.Broker.Password, c.Broker.ClientID = "老师", "密码 %s \"'\\", "台灯"
		c.Topics = device.LampTopics(long)
	}})
	r.stage(device.StageSubscribed)
	e.Publish(long+"/light/set", "on")
	e.Expect(long+"/light", "on")
}

func TestTheLampComesBackWithTheBroker(t *testing.T) {
	t.Parallel()
	r, e, b := lit(t, opts{})
	e.Publish(base+"/light/set", "on")
	e.Expect(base+"/light", "on")
	for _, end := range []func(){b.Stop, b.Kill, r.DropSockets} {
		end()
		if s := r.stage(device.StageLost); s.Reason != device.ReasonClosed {
			t.Errorf("%+v", s)
		}
		b.Start()
		r.stage(device.StageSubscribed)
		e.Expect(base+"/light", "on")
		e.Publish(base+"/light/set", "on")
		r.stage(device.StageCommand)
	}
}

func TestALampWithoutPowerIsOffline(t *testing.T) {
	t.Parallel()
	r, e, _ := lit(t, opts{config: func(c *device.Config) { c.Broker.KeepAlive = 1 }})
	r.PowerOff()
	e.Expect(base+"/status", "offline")
}

// slowPulse is a keepalive in seconds of which half, the time in which a ping must
// be answered, is long for a busy machine too.
const slowPulse = 6

func TestPingsKeepTheConnectionAndADeadOneIsLeft(t *testing.T) {
	t.Parallel()
	const answered = 3
	var first atomic.Int32 // pings on the first connection
	f := startFake(t, func(c net.Conn, n int) {
		if !greet(c) {
			return
		}
		for pings := 0; ; {
			kind, _, err := readPacket(c)
			if err != nil {
				return
			}
			if kind != pingreq {
				continue
			}
			if n == 0 {
				first.Add(1)
			}
			if pings++; n > 0 || pings <= answered {
				_, _ = c.Write([]byte{0xD0, 0})
			}
		}
	})
	r := start(t, opts{port: f.port, config: func(c *device.Config) { c.Broker.KeepAlive = slowPulse }})
	r.stage(device.StageSubscribed)
	if s := r.stage(device.StageLost); s.Reason != device.ReasonTimeout {
		t.Errorf("%+v", s)
	}
	if got := first.Load(); got <= answered {
		t.Errorf("left after %d pings, of which %d would have been answered", got, answered)
	}
	r.stage(device.StageSubscribed)
}

func TestABoardThatWasBusyForLongerThanItsKeepaliveDoesNotGiveUp(t *testing.T) {
	t.Parallel()
	f := startFake(t, func(c net.Conn, _ int) {
		if !greet(c) {
			return
		}
		_, _ = c.Write(packet(base+"/light/set", "on"))
		for pings := 0; ; {
			kind, _, err := readPacket(c)
			if err != nil {
				return
			}
			if kind != pingreq {
				continue
			}
			_, _ = c.Write([]byte{0xD0, 0})
			if pings++; pings == 2 {
				_, _ = c.Write(packet(base+"/light/set", "off"))
			}
		}
	})
	r := start(t, opts{port: f.port, config: func(c *device.Config) { c.Broker.KeepAlive = slowPulse }, preface: `
import time
from lamp.lamps import PixelLamp
show = PixelLamp.show
def slowly(self, on):
    if on:
        time.sleep_ms(2 * 1000 * ` + strconv.Itoa(slowPulse) + `)
    show(self, on)
PixelLamp.show = slowly
`})
	r.WaitForPixels(true)
	r.WaitForPixels(false)
	if strings.Contains(r.printed(), `"lost"`) {
		t.Error("it left a broker that was there")
	}
}

func TestPacketsInPiecesAndInOneHeapAreTaken(t *testing.T) {
	t.Parallel()
	f := startFake(t, func(c net.Conn, _ int) {
		if !greet(c) {
			return
		}
		for _, b := range packet(base+"/light/set", "on") {
			_, _ = c.Write([]byte{b})
			time.Sleep(time.Millisecond) // so that each byte is a segment of its own
		}
		heap := packet(base+"/light/set", "off")
		heap = append(heap, packet(base+"/light/set", string(make([]byte, 40000)))...)
		heap = append(heap, packet("somebody/else", "1,2,3")...)
		heap = append(heap, packet(base+"/light/set", "on")...)
		_, _ = c.Write(heap)
		drain(c)
	})
	r := start(t, opts{port: f.port})
	for _, on := range []bool{true, false, true} {
		r.WaitForPixels(on)
	}
}

func TestAPacketThatEndsHalfwayDoesNotHoldTheLampUp(t *testing.T) {
	t.Parallel()
	f := startFake(t, func(c net.Conn, n int) {
		if !greet(c) {
			return
		}
		p := packet(base+"/light/set", "on")
		if n == 0 {
			_, _ = c.Write(p[:len(p)/2])
		} else {
			_, _ = c.Write(p)
		}
		drain(c)
	})
	r := start(t, opts{port: f.port, config: func(c *device.Config) { c.Broker.KeepAlive = 1 }})
	r.stage(device.StageLost)
	r.WaitForPixels(true)
}

func TestNonsenseAfterTheGreetingMakesTheLampComeAgain(t *testing.T) {
	t.Parallel()
	f := startFake(t, func(c net.Conn, n int) {
		if !greet(c) {
			return
		}
		nonsense := [][]byte{
			{0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, // a length without an end
			{0x30, 1, 0},                         // a topic that is not there
			{0x30, 4, 0, 9, 'a', 'b'},            // a topic longer than its packet
			{0x30, 0},                            // nothing at all
			{0x10, 2, 0, 0},                      // a packet that only clients send
			{0x40, 0},                            // an acknowledgement of nothing
		}
		if n < len(nonsense) {
			_, _ = c.Write(nonsense[n])
		} else {
			_, _ = c.Write(packet(base+"/light/set", "on"))
		}
		drain(c)
	})
	r := start(t, opts{port: f.port, preface: "lamplighter.jitter = lambda ms: 50\n"})
	r.WaitForPixels(true)
}

func TestAFullHeapIsSurvived(t *testing.T) {
	t.Parallel()
	r, e, _ := lit(t, opts{preface: `
from lamp.lamps import PixelLamp
show, full = PixelLamp.show, [True]
def once(self, on):
    if on and full:
        full.pop()
        raise MemoryError
    show(self, on)
PixelLamp.show = once
`})
	e.Publish(base+"/light/set", "on")
	if s := r.stage(device.StageLost); s.Detail != "MemoryError" {
		t.Errorf("%+v", s)
	}
	r.stage(device.StageSubscribed)
	e.Publish(base+"/light/set", "on")
	e.Expect(base+"/light", "on")
}

// answers is a broker's bytes in answer to CONNECT, with what they mean.
var answers = []struct {
	name, bytes string
	want        fault.Fault
}{
	{"version 3.1.1: protocol", "\x20\x02\x00\x01", fault.BadProtocol},
	{"version 3.1.1: not allowed", "\x20\x02\x00\x05", fault.NotAllowed},
	{"a length in two bytes", "\x20\x82\x00\x00\x05", fault.NotAllowed},
	{"a length in four bytes", "\x20\x82\x80\x80\x00\x00\x04", fault.BadLogin},
	{"an empty property length behind the code", "\x20\x03\x00\x05\x00", fault.NotAllowed},
	{"version 5: protocol", "\x20\x03\x00\x84\x00", fault.BadProtocol},
	{"version 5: login", "\x20\x03\x00\x86\x00", fault.BadLogin},
	{"version 5: not allowed", "\x20\x03\x00\x87\x00", fault.NotAllowed},
	{"version 5: banned", "\x20\x02\x00\x8a", fault.NotAllowed},
	{"version 5: client id", "\x20\x02\x00\x85", fault.BadClientID},
	{"version 5: unspecified, with properties", "\x20\x06\x00\x80\x03\x22\x00\x0a", fault.LoginRefused},
	{"a code that nobody has", "\x20\x02\x00\x63", fault.LoginRefused},
	{"too short for a code", "\x20\x01\x00", fault.NotBroker},
	{"an SSH banner", "SSH-2.0-OpenSSH_9.6\r\n", fault.NotBroker},
	{"a web server", "HTTP/1.1 400 Bad Request\r\n\r\n", fault.NotBroker},
	{"an alert of TLS", "\x15\x03\x01\x00\x02\x02\x46", fault.TLSOnly},
}

func TestWildAnswersToALoginAreTheRefusalThatTheyMean(t *testing.T) {
	t.Parallel()
	for _, a := range answers {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, func(c net.Conn, _ int) {
				if _, _, err := readPacket(c); err == nil {
					_, _ = io.WriteString(c, a.bytes)
					drain(c)
				}
			})
			s := start(t, opts{port: f.port}).badStage()
			if got, _ := s.Fault(); s.Name != device.StageAccepted || got != a.want {
				t.Errorf("%+v means %v, want %v", s, got, a.want)
			}
		})
	}
}

func TestWildAnswersToASubscriptionAreRefusals(t *testing.T) {
	t.Parallel()
	for name, codes := range map[string]string{"version 3.1.1": "\x80", "version 5": "\x87", "version 5 with its properties": "\x00\x87"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, func(c net.Conn, _ int) {
				for {
					kind, body, err := readPacket(c)
					switch {
					case err != nil:
						return
					case kind == connect:
						c.Write(accepted)
					case kind == subscribe:
						c.Write(append([]byte{0x90, byte(2 + len(codes)), body[0], body[1]}, codes...))
					}
				}
			})
			s := start(t, opts{port: f.port}).badStage()
			if got, _ := s.Fault(); got != fault.TopicRefused {
				t.Errorf("%+v means %v", s, got)
			}
		})
	}
}

func TestWildErrnosAtConnectAreABrokerOutOfReach(t *testing.T) {
	t.Parallel()
	for _, errno := range []int{103, 5, 12, 23, 128, -1, 9, 22, 105, -202} {
		t.Run(fmt.Sprint(errno), func(t *testing.T) {
			t.Parallel()
			s := start(t, opts{port: 1883, preface: `
import socket
class Broken(socket.socket):
    def connect(self, a):
        raise OSError(` + strconv.Itoa(errno) + `)
socket.socket = Broken
`}).badStage()
			if got, _ := s.Fault(); s.Name != device.StageReached || got != fault.Unreachable {
				t.Errorf("%+v means %v", s, got)
			}
		})
	}
}

func TestWildANameWithoutAnAddressIsNotFound(t *testing.T) {
	t.Parallel()
	s := start(t, opts{port: 1883, preface: "import socket\nsocket.getaddrinfo = lambda *a: []\n"}).badStage()
	if got, _ := s.Fault(); got != fault.NameNotFound {
		t.Errorf("%+v means %v", s, got)
	}
}
