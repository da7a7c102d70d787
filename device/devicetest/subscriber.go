package devicetest

import (
	"encoding/json"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"lamplighter/device/random"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// SubscriberLogin is the user and the password of every Subscriber, for brokers that want one.
const SubscriberLogin = "ear"

// subscriberTime is how long a Subscriber waits for one thing, on a machine that is busy.
const subscriberTime = 2 * time.Minute

// keepAlive is longer than any test: a busy machine's late answer to a ping is no lost
// connection.
const keepAlive = time.Hour

// Any is the payload that Hears takes for all.
const Any = "*"

// Message is a message that a Subscriber heard.
type Message struct {
	Topic, Payload string
	Retained       bool
}

// Subscriber is a client that hears everything at a broker, also what begins with $sys,
// which # leaves out, and that says what it is told to. It comes back when the
// broker does.
type Subscriber struct {
	t      testing.TB
	client paho.Client

	mu   sync.Mutex
	all  []Message
	seen int           // of all, by Hears
	more chan struct{} // closed at the next message
}

// Listen begins to hear: what is said after it is heard. It ends with the test.
func Listen(t testing.TB, b *Mosquitto) *Subscriber {
	t.Helper()
	e := &Subscriber{t: t, more: make(chan struct{})}
	first := make(chan paho.Token, 1)
	o := paho.NewClientOptions().AddBroker("tcp://" + b.Addr()).SetUsername(SubscriberLogin).SetPassword(SubscriberLogin).
		SetClientID(SubscriberLogin + "-" + random.Hex(5)). // of two with one id the broker ends one
		SetKeepAlive(keepAlive).SetAutoReconnect(true).SetMaxReconnectInterval(100 * time.Millisecond)
	o.SetOnConnectHandler(func(paho.Client) {
		subscribed := e.subscribe()
		select {
		case first <- subscribed:
		default:
		}
	})
	e.client = paho.NewClient(o)
	t.Cleanup(func() { e.client.Disconnect(0) })
	if !e.done("connect", e.client.Connect()) || !e.done("subscribe", <-first) {
		t.FailNow()
	}
	return e
}

func (e *Subscriber) subscribe() paho.Token {
	return e.client.SubscribeMultiple(map[string]byte{"#": 0, "$sys/#": 0}, func(_ paho.Client, m paho.Message) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.all = append(e.all, Message{m.Topic(), string(m.Payload()), m.Retained()})
		close(e.more)
		e.more = make(chan struct{})
	})
}

// done fails the test where the broker does not take something. From any
// goroutine.
func (e *Subscriber) done(what string, k paho.Token) bool {
	e.t.Helper()
	if !k.WaitTimeout(subscriberTime) || k.Error() != nil {
		e.t.Errorf("%s: %v", what, k.Error())
		return false
	}
	return true
}

// Expect waits for the next message with this topic and this payload, or with
// Any. JSON is the same in whatever order. It fails the test after two minutes.
func (e *Subscriber) Expect(topic, payload string) Message {
	e.t.Helper()
	late := time.After(subscriberTime)
	for {
		h, more := e.next(topic, payload)
		if more == nil {
			return h
		}
		select {
		case <-more:
		case <-late:
			e.t.Fatalf("nobody said %s %s; heard %v", topic, payload, e.All())
		}
	}
}

// next looks for a message among those that Hears has not seen; where there is
// none, more is closed when another comes.
func (e *Subscriber) next(topic, payload string) (h Message, more <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for e.seen < len(e.all) {
		h := e.all[e.seen]
		e.seen++
		if h.Topic == topic && (payload == Any || same(h.Payload, payload)) {
			return h, nil
		}
	}
	return Message{}, e.more
}

// same reports whether two payloads are the same words, or the same JSON.
func same(a, b string) bool {
	var x, y map[string]any
	if json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil {
		return reflect.DeepEqual(x, y)
	}
	return a == b
}

// All is everything that was heard, the oldest first.
func (e *Subscriber) All() []Message {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.all)
}

// Count is how often each payload was heard on a topic.
func (e *Subscriber) Count(topic string) map[string]int {
	n := map[string]int{}
	for _, h := range e.All() {
		if h.Topic == topic {
			n[h.Payload]++
		}
	}
	return n
}

// Publish publishes at QoS 1. From any goroutine.
func (e *Subscriber) Publish(topic, payload string) {
	e.t.Helper()
	e.done("publish", e.client.Publish(topic, 1, false, payload))
}

// PublishRetained is Say of what the broker keeps.
func (e *Subscriber) PublishRetained(topic, payload string) {
	e.t.Helper()
	e.done("publish", e.client.Publish(topic, 1, true, payload))
}

// Again forgets what was heard, and subscribes anew: what the broker keeps comes
// as retained.
func (e *Subscriber) Again() {
	e.t.Helper()
	e.done("unsubscribe", e.client.Unsubscribe("#", "$sys/#"))
	e.mu.Lock()
	e.all, e.seen = nil, 0
	e.mu.Unlock()
	e.done("subscribe", e.subscribe())
}

// Rewind lets Hears begin with the oldest message again.
func (e *Subscriber) Rewind() {
	e.mu.Lock()
	e.seen = 0
	e.mu.Unlock()
}
