package uplink_test

import (
	"errors"
	"net"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/broker/platformtest"
	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/app/outbox"
	"lamplighter/app/settings"
	"lamplighter/device"
)

func TestWhatAPlatformSaidIsKeptUntilItWasReadAndTheSilenceIsKeptAllTheSame(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	d := platformtest.Adafruit(t, platformtest.AdafruitOptions{User: "teacher", Key: "aio_1"})
	topics := device.Topics{Set: "teacher/feeds/lamp-07-set", State: "teacher/feeds/lamp-07", Status: "teacher/feeds/lamp-07"}
	useWithLamp(loop, a, d.Server, settings.Connection{Preset: "adafruit", User: "teacher"}, "aio_1", topics)
	loop.RunUntil(func() bool {
		d.Send("teacher/throttle", "too many messages")
		return a.Outbox.State().PlatformMessage.Word == presets.Throttled
	}, "the platform's word")
	if s := a.Outbox.State(); s.PlatformMessage.Text != "too many messages" {
		t.Errorf("%+v", s)
	}
	a.Outbox.MarkRead()
	if s := a.Outbox.State(); s.PlatformMessage != (outbox.PlatformMessage{}) || s.Dropped != 0 {
		t.Errorf("it is still said: %+v", s.PlatformMessage)
	}
	var r *presets.RuleError
	if err := a.Outbox.Publish(topics.Set, []byte("on"), 0, false); !errors.As(err, &r) || r.Rule != presets.ThrottleRule || r.Wait <= 0 {
		t.Errorf("during the silence: %v", err)
	}
}

func TestTheStatusTellsWhereAnyoneMayReadAndSwitch(t *testing.T) {
	for _, c := range []struct {
		preset, host string
		open         bool
	}{
		{"public", "127.0.0.1", true},
		{"own", "broker.emqx.io", true},
		{"", "Test.Mosquitto.org", true},
		{"own", "192.168.1.5", false},
		{"adafruit", "io.adafruit.com", false},
		{"", "", false},
	} {
		if presets.IsPublicHost(c.preset, c.host) != c.open {
			t.Errorf("%s at %q: %v", c.preset, c.host, !c.open)
		}
	}
}

func TestWhatWasLostWithTheConnectionIsCountedUntilItWasRead(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	clients := make(chan net.Conn, 8)
	go func() { // a broker that lets in and reads no more
		defer close(clients)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 512))
			_, _ = c.Write([]byte{0x20, 2, 0, 0})
			clients <- c
		}
	}()
	at := l.Addr().(*net.TCPAddr)
	a.Connections.Use(a.Connections.Save(settings.Connection{Preset: presets.Free, Endpoint: endpoint.Endpoint{Host: at.IP.String(), Port: at.Port}}, ""))
	online := func() bool { return a.State().Phase == link.Online }
	loop.RunUntil(online, "the broker")
	for range 40 {
		if err := a.Outbox.Publish("class/notes", make([]byte, 1<<20), 0, false); err != nil {
			t.Fatal(err)
		}
	}
	_ = (<-clients).Close()
	loop.RunUntil(func() bool { return online() && a.Outbox.State().Dropped > 0 }, "the next connection, and what was lost with the last")
	// What was lost is counted bit by bit, so some may come after it was read.
	loop.RunUntil(func() bool { a.Outbox.MarkRead(); return a.Outbox.State().Dropped == 0 }, "nothing told any more of what was read of")
	for c := range clients {
		_ = c.Close()
		_ = l.Close()
	}
}
