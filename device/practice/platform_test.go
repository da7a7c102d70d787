package practice

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/device"
	"lamplighter/device/lamp"
)

// on starts a board with these topics; what it says first is still to be taken.
func on(t *testing.T, topics device.Topics) (*Simulator, *fakeBroker, func(payload string)) {
	t.Helper()
	f := &fakeBroker{}
	b := newBench(t, f, Options{})
	c := config()
	c.Topics = topics
	install(t, b, c)
	b.Start()
	synctest.Wait()
	return b, f, func(payload string) {
		t.Helper()
		f.last().Message(strings.Replace(topics.Set, "+", "4-2", 1), []byte(payload), false)
	}
}

func TestOnOneTopicItMarksItsOwnWordsAndDoesNotObeyThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, f, send := on(t, device.Topics{Set: "Bkgk2zXb4", State: "Bkgk2zXb4", Prefix: "state:"})
		expect(t, f, "Bkgk2zXb4=state:off")
		send("on")
		send("state:off")
		f.last().Message("Bkgk2zXb4", []byte("state:off"), true)
		send("toggle")
		expect(t, f, "Bkgk2zXb4=state:on", "Bkgk2zXb4=state:off")
		for _, s := range stagesOf(b) {
			if s.Name == device.StageIgnored {
				t.Errorf("told of its own word: %+v", s)
			}
		}
	})
}

// stagesOf takes what the first board's program has printed.
func stagesOf(b *Simulator) (all []device.Stage) {
	for {
		select {
		case s := <-b.Boards()[0].program.stages:
			all = append(all, s)
		default:
			return all
		}
	}
}

func TestWhereOfflineIsSaidOnTheStatesTopicOnlineIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, f, _ := on(t, device.Topics{
			Set: "a", SetTo: "a/set", State: "a", StateTo: "a/set", Status: "a", Prefix: "state:",
		})
		expect(t, f, "a/set=state:off")
		if s := f.last(); s.WillTopic != "a/set" || string(s.WillPayload) != "state:offline" || s.WillRetained {
			t.Errorf("last will: %q %q %v", s.WillTopic, s.WillPayload, s.WillRetained)
		}
		b.Close()
		expect(t, f, "a/set=state:offline", "close")
	})
}

func TestTheStateIsSaidWhereThePlatformWantsItAndPlainBesides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, f, send := on(t, device.Topics{
			Set: "l2", SetTo: "l2/set", State: "l2", StateTo: "l2/set", MirrorTopic: "l2/up", Prefix: "state:",
		})
		expect(t, f, "l2/set=state:off", "l2/up=off")
		if f.last().WillTopic != "" {
			t.Error("a will where there is no status")
		}
		send("on")
		expect(t, f, "l2/set=state:on", "l2/up=on")
	})
}

func TestNothingIsRetainedWhereThePlatformKeepsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topics := device.LampTopics("class/lamp-01")
		topics.Config, topics.SetTo, topics.Retain = "homeassistant/light/x/config", "class/lamp-01/to", false
		b, f, send := on(t, topics)
		send("on")
		synctest.Wait()
		b.Close()
		said := f.take()
		if len(said) != 8 || f.last().WillRetained {
			t.Errorf("said %q", said)
		}
		for _, s := range said {
			if strings.HasSuffix(s, "!") {
				t.Errorf("retained: %s", s)
			}
			if strings.HasPrefix(s, topics.Config) && !strings.Contains(s, `"cmd_t":"class/lamp-01/to"`) {
				t.Errorf("discovery: %s", s)
			}
		}
	})
}

func TestDataStreamsAreSpokenAsThePlatformWritesThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const at = "$sys/p/d/"
		b, f, send := on(t, device.Topics{Set: at + "cmd/request/+", State: at + "dp/post/json", Form: device.OneNETData, Key: "light"})
		expect(t, f, at+`dp/post/json={"dp":{"light":[{"v":0}]},"id":1}`)
		for i, c := range []struct {
			payload string
			want    int
		}{
			{"on", 1},
			{"OFF", 0},
			{"toggle", 1},
			{`{"light":false}`, 0},
			{` {"light":1}`, 1},
			{`{"light":"off"}`, 0},
		} {
			send(c.payload)
			expect(t, f, fmt.Sprintf(at+`cmd/response/4-2={"light":%d}`, c.want), fmt.Sprintf(at+`dp/post/json={"dp":{"light":[{"v":%d}]},"id":%d}`, c.want, i+2))
		}
		notObeyed(t, b, f, send, "", "onn", "{", `{"fan":true}`, `{"light":null}`, `{"light":{}}`, "[1]", strings.Repeat(" ", 1100)+"on")
		f.last().Message(at+"cmd/request/a/b", []byte("on"), false)
		f.last().Message(at+"cmd/request/", []byte("on"), false)
		expect(t, f)
	})
}

func TestAThingsPropertyIsSetAndAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const at = "$sys/p/d/thing/property/"
		b, f, send := on(t, device.Topics{Set: at + "set", State: at + "post", Form: device.OneNETThing, Key: "light"})
		expect(t, f, at+`post={"id":"1","params":{"light":{"value":false}},"version":"1.0"}`)
		send(`{"id":"7","version":"1.0","params":{"light":true}}`)
		expect(t, f, at+`set_reply={"code":200,"id":"7","msg":"success"}`, at+`post={"id":"2","params":{"light":{"value":true}},"version":"1.0"}`)
		notObeyed(t, b, f, send, "on", "", "{", "[]", `{"params":{"light":false}}`, `{"id":"1","params":{"fan":true}}`, `{"id":"1","params":[1]}`)
	})
}

// notObeyed sends what is no command: each is told, none is answered.
func notObeyed(t *testing.T, b *Simulator, f *fakeBroker, send func(string), payloads ...string) {
	t.Helper()
	stagesOf(b)
	for _, p := range payloads {
		send(p)
	}
	expect(t, f)
	if got := stagesOf(b); len(got) != len(payloads) || got[0].Name != device.StageIgnored {
		t.Errorf("told %+v", got)
	}
}

func TestTheStateIsSaidAgainAfterItsBeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, f, send := on(t, device.Topics{Set: "a", State: "b", RepublishSec: 60})
		expect(t, f, "b=off")
		time.Sleep(59 * time.Second)
		expect(t, f)
		send("on") // counts as a beat
		expect(t, f, "b=on")
		time.Sleep(59 * time.Second)
		expect(t, f)
		time.Sleep(time.Second)
		expect(t, f, "b=on")
		time.Sleep(2 * time.Minute)
		expect(t, f, "b=on", "b=on")
	})
}

func TestBetweenTwoWordsIsTheGapAndTheLastStateIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, f, send := on(t, device.Topics{Set: "a", State: "b", MirrorTopic: "c", MinIntervalMS: 2000, RepublishSec: 60})
		expect(t, f, "b=off")
		for _, w := range []string{"on", "off", "on", "off", "on"} {
			send(w)
		}
		expect(t, f)
		for _, want := range []string{"c=on", "b=on"} { // in the order in which they were wanted first
			time.Sleep(1999 * time.Millisecond)
			expect(t, f)
			time.Sleep(time.Millisecond)
			expect(t, f, want)
		}
		time.Sleep(50 * time.Second)
		send("off")
		expect(t, f, "b=off") // the gap was over long ago
		time.Sleep(2 * time.Second)
		expect(t, f, "c=off")
	})
}

func TestWhatWaitedForTheGapIsSaidAfterAReconnect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, f, send := on(t, device.Topics{Set: "a", State: "b", MinIntervalMS: 5000})
		expect(t, f, "b=off")
		send("on")
		f.last().Lost(errors.New("gone"))
		expect(t, f, "drop")
		time.Sleep(4 * time.Second)
		expect(t, f) // connected again, within the gap
		time.Sleep(time.Second)
		expect(t, f, "b=on")
	})
}

func TestAGoodbyeWithinTheGapIsLeftToTheLastWill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, f, _ := on(t, device.Topics{Set: "a", State: "b", Status: "b", MinIntervalMS: 5000})
		expect(t, f, "b=off")
		b.Close()
		expect(t, f, "drop")
	})
}

func TestAnswersThatWaitAreBoundedAndTheDroppedAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const at = "$sys/p/d/thing/property/"
		b, f, send := on(t, device.Topics{Set: at + "set", State: at + "post", Form: device.OneNETThing, Key: "light", MinIntervalMS: 1000})
		for i := range 20 {
			send(fmt.Sprintf(`{"id":"%d","params":{"light":%v}}`, i, i%2 == 0))
		}
		synctest.Wait()
		told := 0
		for _, s := range stagesOf(b) {
			if s.Detail == "too many" {
				told++
			}
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		said := f.take()
		if answers := len(said) - 2; answers+told != 20 || answers > maxAnswers || told == 0 {
			t.Errorf("%d answers, %d dropped: %q", answers, told, said)
		}
	})
}

func TestAClientIDThatIsTheLoginIsKeptWithTheSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const key = "9f0c1b7d2e5a4c6b8d3f7e1a0b9c8d7e"
		f := &fakeBroker{}
		b := newBench(t, f, Options{})
		c := config()
		c.Broker.ClientID, c.Broker.User, c.Broker.Password = key, "", ""
		c.Topics = device.Topics{Set: "light002"}
		install(t, b, c)
		id, err := b.Greet(t.Context(), port("practice"), noProgress)
		if err != nil || id.Settings.Broker.ClientID != "" {
			t.Errorf("the greeting gives the key away: %v", err)
		}
		state := b.Export()
		if strings.Contains(string(state), key) {
			t.Error("the state holds the key")
		}
		g := &fakeBroker{}
		newBench(t, g, Options{State: state, Secrets: b.Secrets()}).Start()
		synctest.Wait()
		if s := g.last(); s.ClientID != key || s.User != "" || s.Password != "" {
			t.Errorf("the session after a restart: %+v", s)
		}
	})
}

func TestAPasswordOfAnEarlierLoginIsNotUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, &fakeBroker{}, Options{})
		c := config()
		c.Broker.User, c.Broker.Password = "", ""
		install(t, b, c)
		f := &fakeBroker{}
		newBench(t, f, Options{State: b.Export(), Secrets: map[string]string{"practice": "old one"}}).Start()
		synctest.Wait()
		if s := f.last(); s.Password != "" || strings.Contains(s.ClientID, "old") {
			t.Errorf("logged in with %q %q", s.ClientID, s.Password)
		}
	})
}

func TestWrappedWordsAreWhatOneNETDocuments(t *testing.T) {
	for _, c := range []struct {
		form device.Form
		want string
	}{
		{device.OneNETData, `{"id":123,"dp":{"light":[{"v":1}]}}`},
		{device.OneNETThing, `{"id":"123","version":"1.0","params":{"light":{"value":true}}}`},
	} {
		var got, want any
		if err := errors.Join(
			json.Unmarshal([]byte(lamp.StatePayload(device.Topics{Form: c.form, Key: "light"}, 123, true)), &got), json.Unmarshal([]byte(c.want), &want),
		); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v", c.form, got, err)
		}
	}
}

func TestABoardThatIsThrownOutAgainAndAgainComesBackMoreAndMoreSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, f, _ := on(t, device.Topics{Set: "a", State: "b"})
		const minutes = 5
		for range 60 * minutes {
			f.last().Lost(errors.New("thrown out"))
			time.Sleep(time.Second)
		}
		if n := f.logins(); n > 6*minutes {
			t.Errorf("%d logins in %d minutes", n, minutes)
		}
		time.Sleep(2 * time.Minute) // it stays
		before := f.logins()
		f.last().Lost(errors.New("once"))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n := f.logins() - before; n != 1 {
			t.Errorf("%d logins after a single loss", n)
		}
	})
}

func (f *fakeBroker) logins() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.sessions)
}
