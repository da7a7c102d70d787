package uplink_test

import (
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/connections"
	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/outbox"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/uplink"
	"lamplighter/device/devicetest"
)

// class is a classroom's connection, with what hangs on it: a panel whose lamps
// are the boards in the settings, and an outbox.
type class struct {
	*uplink.Uplink
	Lights      *lights.Panel
	Settings    *settings.Store
	Connections *connections.Book
	Outbox      *outbox.Outbox

	own      *devicetest.Mosquitto // stands in for the built-in broker, which does not run where it is nil
	received int                   // messages
	onlines  int                   // connections that stood
}

// start runs a classroom on dir until the test ends, or stop is called.
func start(t *testing.T, loop *apptest.Loop, dir string) (c *class, stop func()) {
	t.Helper()
	kept, err := secrets.OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	store, err := settings.Open(dir, kept)
	if err != nil {
		t.Fatal(err)
	}
	over := false
	post := func(f func()) { // what is left when a classroom ends is no more its own
		loop.Post(func() {
			if !over {
				f()
			}
		})
	}
	v := store.Values()
	var keys []string
	for _, x := range v.Connections {
		keys = append(keys, secrets.ConnectionKey(x.ID))
	}
	cache := secrets.NewCache(kept, keys, func() {})
	c = &class{Settings: store, Outbox: outbox.New(post)}
	commands := c.Outbox.Commands()
	c.Lights = lights.New(lights.Options{Publisher: commands, Clear: c.Outbox.Clear, Post: post, Classroom: connections.TopicPrefix(v)})
	commands.Serve(c.Lights)
	c.Connections = connections.New(store, cache, func() { c.Renew() })
	c.Uplink = uplink.New(uplink.Options{
		Settings: store, Login: c.Connections.Login, Own: c.ownBroker,
		Lamps: c.Lights, Outbox: c.Outbox, Post: post, Receive: c.receive, Online: func() { c.onlines++ },
	})
	c.Uplink.Moved.Listen(c.show)
	c.Lights.Wanted.Listen(c.Refresh)
	c.show()
	store.Changed.Listen(c.Follow)
	c.Connect()
	stop = func() {
		if over {
			return
		}
		over = true
		c.Lights.Close()
		c.Outbox.Close()
		c.Uplink.Close()
		for _, err := range []error{cache.Close(), store.Close()} {
			if err != nil {
				t.Errorf("close: %v", err)
			}
		}
	}
	t.Cleanup(stop)
	return c, stop
}

func (c *class) ownBroker() (link.Options, bool) {
	if c.own == nil {
		return link.Options{}, false
	}
	return link.Options{Endpoint: endpoint.Endpoint{Host: c.own.Host(), Port: c.own.Port()}}, true
}

// show begins the panel anew.
func (c *class) show() {
	v := c.Settings.Values()
	var all []lights.Entry
	for _, b := range v.Boards {
		if b.Connection == v.Connection {
			all = append(all, lights.Entry{Base: b.Base, Name: b.Name, Topics: b.Topics})
		}
	}
	_ = c.Lights.Reset(all)
}

func (c *class) receive(batch []uplink.Message, _ int) {
	for _, m := range batch {
		c.received++
		if !m.Probe {
			c.Lights.Receive(m.Topic, m.Payload, m.Stored, m.At)
		}
	}
}

// online waits until there is a connection.
func online(loop *apptest.Loop, c *class) {
	loop.RunUntil(func() bool { return c.State().Phase == link.Online }, "the connection")
}
