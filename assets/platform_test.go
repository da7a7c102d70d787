//go:build linux

package assets_test

import (
	"encoding/binary"
	"fmt"
	"net"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lamplighter/device"
	"lamplighter/device/devicetest"
)

// oneTopic is a lamp on a platform with one topic for both directions.
func oneTopic() device.Topics {
	return device.Topics{Set: "Bkgk2zXb4", State: "Bkgk2zXb4", Prefix: "state:"}
}

// feeds is a lamp on a platform where a feed is dear: offline is said where
// the state is.
func feeds() device.Topics {
	return device.Topics{Set: "lee/feeds/light-set", State: "lee/feeds/light", Status: "lee/feeds/light"}
}

func dataStream() device.Topics {
	return device.Topics{
		Set: "$sys/123123/lamp07/cmd/request/+", State: "$sys/123123/lamp07/dp/post/json", Form: device.OneNETData, Key: "light",
	}
}

func thing() device.Topics {
	return device.Topics{
		Set: "$sys/123123/lamp07/thing/property/set", State: "$sys/123123/lamp07/thing/property/post", Form: device.OneNETThing, Key: "light",
	}
}

// on starts a board with these topics beside a broker, and waits until it
// listens.
func on(t *testing.T, topics device.Topics, o opts) (*room, *devicetest.Subscriber) {
	t.Helper()
	b := devicetest.StartMosquitto(t, users)
	e := devicetest.Listen(t, b)
	o.port = b.Port()
	more := o.config
	o.config = func(c *device.Config) {
		c.Topics = topics
		if more != nil {
			more(c)
		}
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
	}
	r := start(t, o)
	r.stage(device.StageSubscribed)
	return r, e
}

func TestOnOneTopicABoardMarksItsOwnWordsAndDoesNotObeyThem(t *testing.T) {
	t.Parallel()
	topics := oneTopic()
	r, e := on(t, topics, opts{})
	e.Expect(topics.Set, "state:off")
	e.Publish(topics.Set, "on")
	e.Expect(topics.Set, "state:on")
	r.WaitForPixels(true)
	e.Publish(topics.Set, "state:off") // another board's word, or this one's of yesterday
	e.Publish(topics.Set, "state:")
	e.Publish(topics.Set, "toggle")
	e.Expect(topics.Set, "state:off")
	r.WaitForPixels(false)
	e.Publish(topics.Set, "nonsense")
	r.stage(device.StageIgnored)
	if n := strings.Count(r.printed(), `"ignored"`); n != 1 {
		t.Errorf("%d ignored, one of which was nonsense", n)
	}
	if got := e.Count(topics.Set); got["state:on"] != 1 || got["state:off"] != 3 || got["on"] != 1 || got["off"] != 0 {
		t.Errorf("heard %v", got)
	}
}

func TestAWordOfItsOwnThatTheBrokerKeptIsNoStageLine(t *testing.T) {
	t.Parallel()
	topics := oneTopic()
	topics.Retain = true
	r, e := on(t, topics, opts{})
	e.Publish(topics.Set, "on")
	if m := e.Expect(topics.Set, "state:on"); m.Retained {
		t.Error("kept already")
	}
	r.DropSockets()
	r.stage(device.StageSubscribed)
	e.Expect(topics.Set, "state:on")
	e.Publish(topics.Set, "off")
	e.Expect(topics.Set, "state:off")
	if strings.Contains(r.printed(), `"ignored"`) {
		t.Error("told of its own word")
	}
}

func TestOfflineIsSaidOnTheStatesTopicWhereThePresetSaysSo(t *testing.T) {
	t.Parallel()
	marked := oneTopic()
	marked.Status, marked.StateTo = marked.State, "Bkgk2zXb4/set"
	for name, c := range map[string]struct {
		topics device.Topics
		prefix string
	}{
		"two feeds":               {feeds(), ""},
		"one topic, said aside":   {marked, "state:"},
		"kept by the broker":      {func() device.Topics { k := feeds(); k.Retain = true; return k }(), ""},
		"a topic for each of all": {device.LampTopics(base), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, e := on(t, c.topics, opts{config: func(f *device.Config) { f.Broker.KeepAlive = 5 }})
			e.Expect(c.topics.StateTopic(), c.prefix+"off")
			r.DropSockets()
			where := c.topics.StateTopic()
			if c.topics.Status != c.topics.State {
				where = c.topics.Status
			}
			e.Expect(where, c.prefix+"offline")
			e.Expect(c.topics.StateTopic(), c.prefix+"off")
			online := slices.ContainsFunc(e.All(), func(m devicetest.Message) bool { return strings.HasSuffix(m.Payload, "online") })
			if online != (c.topics.Status != c.topics.State) {
				t.Errorf("online is said: %v", online)
			}
		})
	}
}

func TestTheStateIsSaidWhereThePlatformWantsItAndPlainBesides(t *testing.T) {
	t.Parallel()
	topics := device.Topics{
		Set: "light002", SetTo: "light002/set", State: "light002", StateTo: "light002/set", MirrorTopic: "light002/up", Prefix: "state:",
	}
	_, e := on(t, topics, opts{})
	e.Expect("light002/set", "state:off")
	e.Expect("light002/up", "off")
	e.Publish("light002", "on")
	e.Expect("light002/set", "state:on")
	e.Expect("light002/up", "on")
	if got := e.Count("light002"); !reflect.DeepEqual(got, map[string]int{"on": 1}) {
		t.Errorf("said on the topic that it hears: %v", got)
	}
}

func TestNothingIsKeptWhereThePlatformKeepsNothing(t *testing.T) {
	t.Parallel()
	topics := device.LampTopics(base)
	topics.Retain, topics.Config = false, "homeassistant/light/lamp-07/config"
	r, e := on(t, topics, opts{config: func(c *device.Config) { c.Broker.KeepAlive = 5 }})
	e.Expect(topics.Config, devicetest.Any)
	e.Expect(topics.RGB, devicetest.Any)
	r.interrupt() // the will
	e.Expect(topics.Status, "offline")
	e.Again()
	e.Publish("marker", "here")
	e.Expect("marker", "here")
	if all := e.All(); len(all) != 1 {
		t.Errorf("kept: %v", all)
	}
}

func TestWithoutATopicForItNothingIsDiscovered(t *testing.T) {
	t.Parallel()
	r, e := on(t, feeds(), opts{})
	e.Expect("lee/feeds/light", "off")
	e.Publish("lee/feeds/light-set", "on")
	e.Expect("lee/feeds/light", "on")
	r.stage(device.StageCommand)
	for _, m := range e.All() {
		if m.Topic != "lee/feeds/light" && m.Topic != "lee/feeds/light-set" {
			t.Errorf("said on %s", m.Topic)
		}
	}
}

func TestCommandsOfDataStreamsAreObeyedAndAnswered(t *testing.T) {
	t.Parallel()
	const at = "$sys/123123/lamp07/"
	r, e := on(t, dataStream(), opts{})
	if got := e.Expect(at+"dp/post/json", devicetest.Any).Payload; !same(t, got, `{"id":1,"dp":{"light":[{"v":0}]}}`) {
		t.Errorf("came up with %s", got)
	}
	for i, c := range []struct {
		payload string
		want    int
	}{
		{"on", 1},
		{"OFF", 0},
		{"toggle", 1},
		{"0", 0},
		{`{"light":true}`, 1},
		{`{"light":"off"}`, 0},
		{` {"light": 1}`, 1},
		{`{"light":"toggle"}`, 0},
	} {
		id := fmt.Sprintf("c4e9-%d", i)
		e.Publish(at+"cmd/request/"+id, c.payload)
		if got := e.Expect(at+"cmd/response/"+id, devicetest.Any).Payload; !same(t, got, fmt.Sprintf(`{"light":%d}`, c.want)) {
			t.Errorf("%s was answered with %s", c.payload, got)
		}
		want := fmt.Sprintf(`{"id":%d,"dp":{"light":[{"v":%d}]}}`, i+2, c.want)
		if got := e.Expect(at+"dp/post/json", devicetest.Any).Payload; !same(t, got, want) {
			t.Errorf("%s: said %s, want %s", c.payload, got, want)
		}
		r.stage(device.StageCommand)
	}
	bad(t, r, e, at+"cmd/request/9", at+"cmd/response/9", "", "onn", "{", "[1]", `{"fan":true}`, `{"light":null}`, `{"light":{"v":1}}`, `{"light":"blue"}`, "\xff")
}

func TestPropertiesOfAThingAreSetAndAnswered(t *testing.T) {
	t.Parallel()
	const at = "$sys/123123/lamp07/thing/property/"
	r, e := on(t, thing(), opts{})
	if got := e.Expect(at+"post", devicetest.Any).Payload; !same(t, got, `{"id":"1","version":"1.0","params":{"light":{"value":false}}}`) {
		t.Errorf("came up with %s", got)
	}
	for i, c := range []struct {
		payload string
		want    bool
	}{
		{`{"id":"%d","version":"1.0","params":{"light":true}}`, true},
		{`{"id":"%d","params":{"fan":3,"light":0}}`, false},
		{` {"id":"%d","version":"1.0","params":{"light":"on"}}`, true},
	} {
		id := strconv.Itoa(7 + i)
		e.Publish(at+"set", fmt.Sprintf(c.payload, 7+i))
		if got := e.Expect(at+"set_reply", devicetest.Any).Payload; !same(t, got, `{"id":"`+id+`","code":200,"msg":"success"}`) {
			t.Errorf("%s was answered with %s", c.payload, got)
		}
		want := fmt.Sprintf(`{"id":"%d","version":"1.0","params":{"light":{"value":%v}}}`, i+2, c.want)
		if got := e.Expect(at+"post", devicetest.Any).Payload; !same(t, got, want) {
			t.Errorf("said %s, want %s", got, want)
		}
		r.stage(device.StageCommand)
	}
	bad(t, r, e, at+"set", at+"set_reply", "on", "", "{", "[]", `{"id":"1"}`, `{"params":{"light":true}}`, `{"id":"1","params":{"fan":true}}`,
		`{"id":"1","params":[1]}`, `{"id":"1","params":{"light":"blue"}}`, "\xff")
}

// bad says what is no command, and looks that each is told and none answered.
func bad(t *testing.T, r *room, e *devicetest.Subscriber, topic, answer string, payloads ...string) {
	t.Helper()
	before := r.names()
	answered := len(e.Count(answer))
	for _, p := range payloads {
		e.Publish(topic, p)
		r.stage(device.StageIgnored)
	}
	if n := len(r.names()) - len(before); n != len(payloads) {
		t.Errorf("%d lines for %d payloads", n, len(payloads))
	}
	e.Publish("marker", "here")
	e.Expect("marker", "here")
	if n := len(e.Count(answer)) - answered; n != 0 {
		t.Errorf("%d answers to what is no command", n)
	}
}

func same(t *testing.T, got, want string) bool {
	t.Helper()
	return reflect.DeepEqual(decode(t, got), decode(t, want))
}

// ticking prints the board's own clock at each publish.
const ticking = `
import time
from net.mqtt import MQTTClient
publish = MQTTClient.publish
def told(self, topic, payload, *more):
    print("said", time.ticks_ms(), payload)
    publish(self, topic, payload, *more)
MQTTClient.publish = told
`

// told gives what the board said, with its clock in ms.
func (r *room) told() (at []int, what []string) {
	for _, m := range regexp.MustCompile(`(?m)^said (\d+) (.*?)\r?$`).FindAllStringSubmatch(r.printed(), -1) {
		n, _ := strconv.Atoi(m[1]) // digits
		at, what = append(at, n), append(what, m[2])
	}
	return at, what
}

// gapBroker lets a board in, sends commands in one piece once it speaks, and
// hands over what it hears.
func gapBroker(t *testing.T, commands []byte) (fake, chan string) {
	heard := make(chan string, 64)
	return startFake(t, func(c net.Conn, _ int) {
		for sent := false; ; {
			kind, body, err := readPacket(c)
			if err != nil {
				return
			}
			switch kind {
			case connect:
				_, _ = c.Write(accepted)
			case subscribe:
				_, _ = c.Write([]byte{0x90, 3, body[0], body[1], 0})
			case publish:
				heard <- string(body[2+binary.BigEndian.Uint16(body):])
				if !sent {
					_, _ = c.Write(commands)
				}
				sent = true
			case pingreq:
				_, _ = c.Write([]byte{0xD0, 0})
			}
		}
	}), heard
}

// awaits takes what was heard until it is this.
func awaits(t *testing.T, heard chan string, want string) {
	t.Helper()
	end := time.After(limit)
	for {
		select {
		case got := <-heard:
			if got == want {
				return
			}
		case <-end:
			t.Fatalf("never heard %q", want)
		}
	}
}

func TestBetweenTwoWordsOfABoardIsTheGapAndTheLastStateIsSaid(t *testing.T) {
	t.Parallel()
	const gap = 3000
	topics := feeds()
	topics.MinIntervalMS = gap
	var all []byte
	for _, w := range []string{"on", "off", "on", "off", "on"} {
		all = append(all, packet(topics.Set, w)...)
	}
	f, heard := gapBroker(t, all)
	r := start(t, opts{port: f.port, preface: ticking, config: func(c *device.Config) { c.Topics = topics }})
	awaits(t, heard, "off")
	for range 5 {
		r.stage(device.StageCommand) // each is obeyed at once
	}
	r.WaitForPixels(true)
	awaits(t, heard, "on")
	for range 3 {
		r.PressButton("0")
	}
	awaits(t, heard, "off")
	at, what := r.told()
	for i := 1; i < len(at); i++ {
		if at[i]-at[i-1] < gap {
			t.Errorf("%v said at %v", what, at)
		}
	}
	if changes := 1 + 5 + 3; len(what) >= changes {
		t.Errorf("%d changes were said as %v", changes, what)
	}
}

func TestWhatWaitedForTheGapIsSaidAfterAReconnect(t *testing.T) {
	t.Parallel()
	topics := feeds()
	topics.MinIntervalMS = 1500
	f := startFake(t, func(c net.Conn, n int) {
		if n > 0 {
			if greet(c) {
				drain(c)
			}
			return
		}
		_, _, _ = readPacket(c)
		_, _ = c.Write(accepted)
		_, body, _ := readPacket(c)
		_, _ = c.Write(append([]byte{0x90, 3, body[0], body[1], 0}, packet(topics.Set, "on")...))
		buf := make([]byte, 1)
		_, _ = c.Read(buf) // the first word; then the cable is cut
	})
	r := start(t, opts{port: f.port, preface: ticking, config: func(c *device.Config) { c.Topics = topics }})
	r.stage(device.StageSubscribed)
	r.stage(device.StageLost)
	r.stage(device.StageSubscribed)
	r.until("the state on the second connection", func() bool {
		out := r.out.String()
		return strings.Contains(out[strings.LastIndex(out, `"subscribed"`):], " on\r\n")
	})
}

func TestTheStateIsSaidAgainWithEveryBeatAndNotBefore(t *testing.T) {
	t.Parallel()
	topics := feeds()
	topics.RepublishSec = 1
	r, e := on(t, topics, opts{preface: ticking})
	for range 4 {
		e.Expect(topics.State, "off")
	}
	at, _ := r.told()
	for i := 1; i < len(at); i++ {
		if at[i]-at[i-1] < 1000 {
			t.Errorf("said at %v", at)
		}
	}
	e.Publish(topics.Set, "on")
	e.Expect(topics.State, "on")
	e.Expect(topics.State, "on")
}

func TestALampThatRestedForDaysIsHeardAtOnce(t *testing.T) {
	t.Parallel()
	topics := feeds()
	topics.MinIntervalMS = 60000
	// the clock of ticks goes round: what was said last seems to lie ahead
	_, e := on(t, topics, opts{preface: `
import lamp.publisher, time
class Clock:
    ticks_ms = time.ticks_ms
    def ticks_diff(a, b):
        return -5
lamp.publisher.time = Clock
`})
	e.Expect(topics.State, "off")
	e.Publish(topics.Set, "on")
	e.Expect(topics.State, "on")
}

func TestAnswersThatWaitForTheGapAreBoundedAndTheDroppedAreTold(t *testing.T) {
	t.Parallel()
	topics := dataStream()
	topics.MinIntervalMS = 5000
	var all []byte
	for i := range 20 {
		all = append(all, packet(strings.Replace(topics.Set, "+", strconv.Itoa(i), 1), "on")...)
	}
	f, _ := gapBroker(t, all)
	r := start(t, opts{port: f.port, config: func(c *device.Config) { c.Topics = topics }})
	for range 20 {
		r.stage(device.StageCommand)
	}
	if s := r.stage(device.StageIgnored); s.Detail != "too many" {
		t.Errorf("%+v", s)
	}
}

func TestALampWithoutAFormDoesNotLoadTheForms(t *testing.T) {
	t.Parallel()
	lit(t, opts{preface: "import os\nos.remove('/lib/lamp/forms.py')\n"})
}

func TestABoardThatIsThrownOutAgainAndAgainComesBackMoreAndMoreSlowly(t *testing.T) {
	t.Parallel()
	f := startFake(t, func(c net.Conn, _ int) { greet(c) })
	r := start(t, opts{port: f.port, preface: `
def rest(ms):
    print("rest", ms)
    return 20
lamplighter.jitter = rest
import classroom
classroom.FAR_MS = 30000
`})
	for _, ms := range []int{1000, 2000, 4000, 8000, 16000, 30000} {
		r.prints(fmt.Sprintf("rest %d\r\n", ms))
	}
}

func TestABrokerInTheClassroomIsTriedEveryTwoSeconds(t *testing.T) {
	t.Parallel()
	f := startFake(t, func(c net.Conn, _ int) { greet(c) })
	r := start(t, opts{port: f.port, config: func(c *device.Config) { c.Near = true }, preface: `
import classroom
def rest(ms):
    print("rest", ms)
    return 20
lamplighter.jitter = rest
classroom.NEAR_MS, classroom.FAR_MS = 2000, 30000
`})
	for _, ms := range []int{1000, 2000, 2000, 2000} {
		r.prints(fmt.Sprintf("rest %d\r\n", ms))
	}
}

func TestABoardThatWasThereForLongComesBackAtOnce(t *testing.T) {
	t.Parallel()
	f := startFake(t, func(c net.Conn, n int) {
		if n == 3 {
			greet(c)
			time.Sleep(time.Second) // longer than what is long in this test
		}
	})
	r := start(t, opts{port: f.port, preface: `
def rest(ms):
    print("rest", ms)
    return 20
lamplighter.jitter = rest
import classroom
classroom.FAR_MS = 500
`})
	r.stage(device.StageSubscribed)
	r.stage(device.StageLost)
	r.until("a short rest", func() bool {
		_, after, _ := strings.Cut(r.out.String(), `"subscribed"`)
		return strings.Contains(after, "rest 1000\r\n")
	})
}

// login is what a board's CONNECT says.
type login struct {
	id, user, password string
	hasUser, hasPass   bool
	will               bool
	keepAlive          uint16
}

func readLogin(body []byte) (l login) {
	field := func() string {
		n := 2 + int(binary.BigEndian.Uint16(body))
		s := string(body[2:n])
		body = body[n:]
		return s
	}
	field() // MQTT
	flags := body[1]
	l.keepAlive = binary.BigEndian.Uint16(body[2:])
	body = body[4:]
	l.hasUser, l.hasPass, l.will = flags&0x80 != 0, flags&0x40 != 0, flags&4 != 0
	l.id = field()
	if l.will {
		field()
		field()
	}
	if l.hasUser {
		l.user = field()
	}
	if l.hasPass {
		l.password = field()
	}
	return l
}

func TestABoardLogsInWithExactlyWhatItWasGiven(t *testing.T) {
	t.Parallel()
	token := "version=2018-10-31&res=products%2F123123%2Fdevices%2Flamp07&et=2537255523&method=sha256&sign=" + strings.Repeat("tuFMd8%2B", 20) + "%3D"
	const key = "9f0c1b7d2e5a4c6b8d3f7e1a0b9c8d7e"
	for name, c := range map[string]struct {
		broker device.Broker
		topics device.Topics
		want   login
	}{
		"a token": {
			device.Broker{ClientID: "lamp07", User: "123123", Password: device.Text(token), KeepAlive: 30},
			dataStream(),
			login{id: "lamp07", user: "123123", password: token, hasUser: true, hasPass: true, keepAlive: 30},
		},
		"a client id alone": {
			device.Broker{ClientID: key, KeepAlive: 60}, device.Topics{Set: "light002"}, login{id: key, keepAlive: 60},
		},
		"a user alone": {
			device.Broker{User: "guest", KeepAlive: 30}, feeds(), login{id: "lamp-240ac4a1b2c3", user: "guest", hasUser: true, will: true, keepAlive: 30},
		},
		"nothing": {
			device.Broker{KeepAlive: 0}, device.Topics{Set: "light"}, login{id: "lamp-240ac4a1b2c3", keepAlive: 30},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			logins := make(chan login, 64)
			f := startFake(t, func(c net.Conn, _ int) {
				_, body, err := readPacket(c)
				if err != nil {
					return
				}
				logins <- readLogin(body)
				_, _ = c.Write([]byte{0x20, 2, 0, 2}) // refused, so that the board tells what it can
			})
			r := start(t, opts{port: f.port, config: func(f *device.Config) {
				c.broker.Host, c.broker.Port = brokerName, brokerPort
				f.Broker, f.Topics = c.broker, c.topics
			}})
			if got := <-logins; got != c.want {
				t.Errorf("logged in with %+v, want %+v", got, c.want)
			}
			r.badStage()
			r.stage(device.StageReached)
			if id := c.broker.ClientID; id == key && strings.Contains(r.printed(), id) {
				t.Error("the key was printed")
			}
		})
	}
}

func TestALongTokenAndSystemTopicsPassARealBroker(t *testing.T) {
	t.Parallel()
	token := "version=2018-10-31&res=products%2F123123&sign=" + strings.Repeat("A%2F", 60)
	b := devicetest.StartMosquitto(t, devicetest.MosquittoConf{
		Users: map[string]string{"123123": token, devicetest.SubscriberLogin: devicetest.SubscriberLogin},
		ACL:   "user 123123\ntopic readwrite $sys/123123/lamp07/#\nuser ear\ntopic readwrite #\ntopic readwrite $sys/#\n",
	})
	e := devicetest.Listen(t, b)
	r := start(t, opts{port: b.Port(), config: func(c *device.Config) {
		c.Topics = thing()
		c.Broker.ClientID, c.Broker.User, c.Broker.Password = "lamp07", "123123", device.Text(token)
	}})
	r.stage(device.StageSubscribed)
	e.Publish(thing().Set, `{"id":"7","version":"1.0","params":{"light":true}}`)
	e.Expect("$sys/123123/lamp07/thing/property/set_reply", devicetest.Any)
	r.WaitForPixels(true)
}
