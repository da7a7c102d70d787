package uplink_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/broker/platformtest"
	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device"
)

// useWithLamp uses a platform on which the class has a lamp.
func useWithLamp(loop *apptest.Loop, a *class, d *platformtest.Server, c settings.Connection, password string, topics device.Topics) string {
	c.Host, c.Port = d.Host(), d.Port()
	id := a.Connections.Save(c, password)
	a.Settings.Update(func(v *settings.Values) {
		v.Boards = append(v.Boards, settings.Board{ID: "b7", Base: "class/lamp-07", Name: "lamp-07", Topics: topics, Connection: id})
	})
	a.Connections.Use(id)
	onPlatform(loop, a)
	return id
}

func onPlatform(loop *apptest.Loop, a *class) {
	loop.RunUntil(func() bool { return a.State().Phase == link.Online }, "the platform")
}

func connectionOf(a *class, id string) settings.Connection {
	v := a.Settings.Values()
	c, _ := v.ConnectionByID(id)
	return c
}

// probesOf are the messages on a topic with which somebody found something out.
func probesOf(d *platformtest.Server, topic string) (n int) {
	for _, p := range d.Published(topic) {
		if strings.HasPrefix(string(p), "probe") && !strings.HasSuffix(string(p), "-end") {
			n++
		}
	}
	return n
}

var easyOne = device.Topics{Set: "Bkgk2zXb4", State: "Bkgk2zXb4", Prefix: "state:", RepublishSec: 120}

func easyIoT(t *testing.T, retains bool) *platformtest.EasyIoTBroker {
	return platformtest.EasyIoT(t, platformtest.EasyIoTOptions{ID: "id", Password: "pwd", Topics: []string{"Bkgk2zXb4", "Cw9x7Ykc1", "third"}, Retains: retains})
}

func TestWhetherAPlatformKeepsMessagesIsFoundOutAtTheFirstConnection(t *testing.T) {
	for want, retains := range map[string]bool{"yes": true, "no": false} {
		for way, topics := range map[string]device.Topics{
			"one": easyOne, "two": {Set: "Bkgk2zXb4", State: "Cw9x7Ykc1", RepublishSec: 120},
		} {
			t.Run(want+" "+way, func(t *testing.T) {
				loop := apptest.NewLoop(t)
				a, _ := start(t, loop, t.TempDir())
				d := easyIoT(t, retains)
				id := useWithLamp(loop, a, d.Server, settings.Connection{Preset: "easyiot", TopicScheme: way, User: "id"}, "pwd", topics)
				keeps := func() string { return connectionOf(a, id).RetainSupport }
				loop.RunUntil(func() bool { return keeps() != "" }, "what was found out")
				if keeps() != want {
					t.Errorf("found out %q, want %q", keeps(), want)
				}
				if retains {
					loop.RunUntil(func() bool { return len(kept(t, d.Server, topics.State)) == 0 }, "the end of the probe")
				}
				l, _ := a.Lights.Light("class/lamp-07")
				if l.State != lights.Unknown || l.Ignored != 0 || l.RetainedCommand {
					t.Errorf("the lamp took the probe for a word: %+v", l)
				}
				var r *presets.RuleError
				err := a.Outbox.Publish(topics.State, []byte("x"), 0, true)
				if refused := errors.As(err, &r); refused == retains || refused && (r.Rule != presets.RetainRule || !r.Found) {
					t.Errorf("afterwards a message to be kept: %v", err)
				}
				for _, v := range d.Violations() {
					if !strings.Contains(v, "nobody knows whether") { // the last message above, which is allowed by then
						t.Error(v)
					}
				}
			})
		}
	}
}

// TestWhatAnotherPCTriesLeavesALampAsItIs has another PC of the class find out
// whether the platform keeps messages, on the topic of a lamp's word.
func TestWhatAnotherPCTriesLeavesALampAsItIs(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	d := easyIoT(t, true)
	id := useWithLamp(loop, a, d.Server, settings.Connection{Preset: "easyiot", TopicScheme: "one", User: "id"}, "pwd", easyOne)
	loop.RunUntil(func() bool { return connectionOf(a, id).RetainSupport == "yes" }, "what was found out")
	loop.RunUntil(func() bool { return len(kept(t, d.Server, easyOne.State)) == 0 }, "the end of this PC's own probe")
	heardOf(t, loop, a, d.Server)
	lamp := func() lights.Light { l, _ := a.Lights.Light("class/lamp-07"); return l }
	before := lamp()
	for _, word := range []string{"probe-0123456789ab", "probe-0123456789ab-end", ""} {
		d.Send(easyOne.State, word)
	}
	d.Send(easyOne.State, "state:toggle") // makes no sense, and is counted
	loop.RunUntil(func() bool { return lamp().Ignored > before.Ignored }, "what came after the probe")
	if l := lamp(); l.State != before.State || l.Ignored != before.Ignored+1 {
		t.Errorf("before %+v\nafter  %+v", before, l)
	}
	d.Send(easyOne.State, "") // somebody clears the topic
	loop.RunUntil(func() bool { return lamp().State == lights.Unknown }, "an empty message that is no probe's end")
}

// kept is what the platform hands to who subscribes now.
func kept(t *testing.T, d *platformtest.Server, topic string) []string {
	t.Helper()
	const over = "probe-000000000000-end" // no lamp counts it, whenever the program hears it
	var all []string
	end := make(chan struct{})
	c, err := link.DialOnce(context.Background(), link.Options{Endpoint: endpoint.Endpoint{Host: d.Host(), Port: d.Port()}, User: "id", Password: "pwd"}, []string{topic},
		func(m link.Message) {
			if m.Retained {
				all = append(all, string(m.Payload))
			} else if string(m.Payload) == over {
				close(end)
			}
		}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Publish(topic, []byte(over), false)
	<-end
	return all
}

func TestAPlatformIsProbedOnceAndNeverAgain(t *testing.T) {
	loop := apptest.NewLoop(t)
	dir := t.TempDir()
	a, stop := start(t, loop, dir)
	d := easyIoT(t, true)
	id := useWithLamp(loop, a, d.Server, settings.Connection{Preset: "easyiot", User: "id"}, "pwd", easyOne)
	keeps := func() string { return connectionOf(a, id).RetainSupport }
	loop.RunUntil(func() bool { return keeps() == "yes" }, "what was found out")
	d.Stop()
	loop.RunUntil(func() bool { return a.State().Phase != link.Online }, "the end of the connection")
	d.Start()
	a.Retry()
	onPlatform(loop, a)
	heardOf(t, loop, a, d.Server)
	stop()
	a, _ = start(t, loop, dir)
	onPlatform(loop, a)
	heardOf(t, loop, a, d.Server)
	if n := probesOf(d.Server, "Bkgk2zXb4"); n != 1 {
		t.Errorf("probed %d times", n)
	}
	for _, v := range d.Violations() {
		t.Error(v)
	}
	// Another server of the same platform is another thing.
	c := connectionOf(a, id)
	c.Host = "localhost"
	a.Connections.Save(c, "pwd")
	if keeps() == "yes" {
		t.Error("what was found out at one server counts at another")
	}
}

// heardOf waits until a word of the board went through the platform, by when a
// probe would have been sent.
func heardOf(t *testing.T, loop *apptest.Loop, a *class, d *platformtest.Server) {
	t.Helper()
	l, _ := a.Lights.Light("class/lamp-07")
	word := "state:on"
	if l.State == lights.On {
		word = "state:off"
	}
	loop.RunUntil(func() bool {
		d.Send("Bkgk2zXb4", word)
		now, _ := a.Lights.Light("class/lamp-07")
		return now.State != l.State && now.State != lights.Unknown
	}, "the board's word")
}

func TestAPlatformWhoseRuleIsKnownIsNeverProbed(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	d := platformtest.Adafruit(t, platformtest.AdafruitOptions{User: "teacher", Key: "aio_1"})
	topics := device.Topics{Set: "teacher/feeds/lamp-07-set", State: "teacher/feeds/lamp-07", Status: "teacher/feeds/lamp-07"}
	id := useWithLamp(loop, a, d.Server, settings.Connection{Preset: "adafruit", User: "teacher"}, "aio_1", topics)
	loop.RunUntil(func() bool {
		d.Send(topics.State, "on")
		l, _ := a.Lights.Light("class/lamp-07")
		return l.State == lights.On
	}, "the board's word")
	for topic := range map[string]bool{topics.Set: true, topics.State: true} {
		if n := probesOf(d.Server, topic); n > 0 {
			t.Errorf("probed %d times at %s", n, topic)
		}
	}
	if c := connectionOf(a, id); c.RetainSupport != "" {
		t.Errorf("found out %q", c.RetainSupport)
	}
}

func TestATopicThatThePlatformRefusedIsNotProbed(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	d := easyIoT(t, true)
	other := a.Connections.Save(settings.Connection{Name: "first in the list", Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 1}}, "")
	id := useWithLamp(loop, a, d.Server, settings.Connection{Preset: "easyiot", TopicScheme: "two", User: "id"}, "pwd",
		device.Topics{Set: "Bkgk2zXb4", State: "Mistyped1", RepublishSec: 120})
	a.Settings.Update(func(v *settings.Values) { c, _ := v.ConnectionByID(other); v.SetConnection(c) })
	loop.RunUntil(func() bool { return len(d.Violations()) > 0 }, "the refusal of the mistyped topic")
	a.Settings.Update(func(v *settings.Values) { // the topic is put right
		v.Boards[0].Topics.State = "Cw9x7Ykc1"
	})
	a.Connections.Use(other)
	a.Connections.Use(id)
	loop.RunUntil(func() bool { return connectionOf(a, id).RetainSupport != "" }, "what was found out once the topic was right")
	if n := probesOf(d.Server, "Mistyped1"); n != 0 {
		t.Errorf("%d probes were sent to a topic that the platform does not know", n)
	}
	if first := a.Settings.Values().Connections[0].ID; first != other {
		t.Error("the list of connections was put into another order")
	}
}
