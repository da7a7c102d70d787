package platformtest_test

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"lamplighter/app/broker/platformtest"
)

// patience is how long a test may wait for something before it is broken, in
// milliseconds, as Disconnect has it; it says nothing about speed.
const patience = 60_000

// client is somebody who may break every rule, which the program's own link can't.
type client struct {
	t testing.TB
	mqtt.Client
	lost chan struct{}

	mu    sync.Mutex
	heard []string // "topic=payload", with a ! where it was retained
}

type change = func(*mqtt.ClientOptions)

func login(id, user, password string) change {
	return func(o *mqtt.ClientOptions) {
		o.SetClientID(id)
		o.SetUsername(user)
		o.SetPassword(password)
	}
}

func will(topic string, qos byte, retained bool) change {
	return func(o *mqtt.ClientOptions) { o.SetWill(topic, "gone", qos, retained) }
}

// dial connects; it fails where the platform refuses.
func dial(t testing.TB, d *platformtest.Server, changes ...change) (*client, error) {
	t.Helper()
	c := &client{t: t, lost: make(chan struct{})}
	o := mqtt.NewClientOptions()
	o.AddBroker("tcp://" + net.JoinHostPort(d.Host(), strconv.Itoa(d.Port())))
	o.SetAutoReconnect(false)
	o.SetConnectRetry(false)
	o.SetProtocolVersion(4)
	o.SetConnectTimeout(patience * time.Millisecond)
	o.SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) {
		c.mu.Lock()
		defer c.mu.Unlock()
		text := m.Topic() + "=" + string(m.Payload())
		if m.Retained() {
			text += "!"
		}
		c.heard = append(c.heard, text)
	})
	var once sync.Once
	o.SetConnectionLostHandler(func(mqtt.Client, error) { once.Do(func() { close(c.lost) }) })
	for _, change := range changes {
		change(o)
	}
	c.Client = mqtt.NewClient(o)
	token := c.Connect()
	token.Wait()
	if token.Error() == nil {
		t.Cleanup(func() { c.Disconnect(0) })
	}
	return c, token.Error()
}

// join connects where nothing is wrong.
func join(t testing.TB, d *platformtest.Server, changes ...change) *client {
	t.Helper()
	c, err := dial(t, d, changes...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// refused connects where that must fail.
func refused(t testing.TB, d *platformtest.Server, changes ...change) {
	t.Helper()
	if _, err := dial(t, d, changes...); err == nil {
		t.Error("the login was taken")
	}
}

// sub subscribes and tells what was granted: a QoS, or 0x80.
func (c *client) sub(filter string, qos byte) byte {
	c.t.Helper()
	token := c.Subscribe(filter, qos, nil).(*mqtt.SubscribeToken)
	if !token.WaitTimeout(patience * time.Millisecond) {
		c.t.Fatalf("no answer to the subscription to %s", filter)
	}
	return token.Result()[filter]
}

// pub publishes at QoS 1, so that it is over when it returns.
func (c *client) pub(topic, payload string) {
	c.t.Helper()
	if !c.Publish(topic, 1, false, payload).WaitTimeout(patience * time.Millisecond) {
		c.t.Fatalf("no answer to the publish to %s", topic)
	}
}

// send publishes at QoS 0, or in a way that may have no answer.
func (c *client) send(topic string, qos byte, retained bool, payload string) {
	c.Publish(topic, qos, retained, payload).WaitTimeout(time.Second)
}

func (c *client) list() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.heard)
}

// forget lets the next hears wait for what comes now.
func (c *client) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = nil
}

// hears waits for a message.
func (c *client) hears(message string) {
	c.t.Helper()
	until(c.t, message, func() bool { return slices.Contains(c.list(), message) })
}

// isLost waits until the platform ended the connection.
func (c *client) isLost() {
	c.t.Helper()
	select {
	case <-c.lost:
	case <-time.After(patience * time.Millisecond):
		c.t.Fatal("the connection was not ended")
	}
}

func until(t testing.TB, what string, done func() bool) {
	t.Helper()
	end := time.Now().Add(patience * time.Millisecond)
	for !done() {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// broken waits until a rule is noted as broken.
func broken(t testing.TB, d *platformtest.Server, words string) {
	t.Helper()
	until(t, words, func() bool {
		return slices.ContainsFunc(d.Violations(), func(v string) bool { return strings.Contains(v, words) })
	})
}

// clean demands that no rule was broken.
func clean(t testing.TB, d *platformtest.Server) {
	t.Helper()
	for _, v := range d.Violations() {
		t.Error(v)
	}
}
