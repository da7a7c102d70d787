package platformtest_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lamplighter/app/broker/platformtest"
)

func adafruit(t testing.TB) (*platformtest.AdafruitIO, *platformtest.Clock) {
	clock := platformtest.NewClock()
	return platformtest.Adafruit(t, platformtest.AdafruitOptions{User: "teacher", Key: "aio_1", Now: clock.Now}), clock
}

func ada(id string) change { return login(id, "teacher", "aio_1") }

func TestAdafruitTakesItsOwnUserAndKeyOnly(t *testing.T) {
	d, _ := adafruit(t)
	join(t, d.Server, ada("a"))
	refused(t, d.Server, login("b", "teacher", "aio_2"))
	refused(t, d.Server, login("c", "pupil", "aio_1"))
	clean(t, d.Server)
}

func TestAdafruitSendsAValueOnEveryPathOfItsFeed(t *testing.T) {
	d, _ := adafruit(t)
	all, short, one := join(t, d.Server, ada("all")), join(t, d.Server, ada("short")), join(t, d.Server, ada("one"))
	all.sub("teacher/feeds/#", 0)
	short.sub("teacher/f/+", 0)
	one.sub("teacher/feeds/lamp", 1)
	join(t, d.Server, ada("board")).pub("teacher/f/lamp", "on")
	one.hears("teacher/feeds/lamp=on")
	short.hears("teacher/f/lamp=on")
	all.hears("teacher/feeds/lamp/csv=on,,,")
	if got := all.list(); len(got) != 3 || !slices.Contains(got, `teacher/feeds/lamp/json={"value":"on"}`) {
		t.Errorf("# heard %v", got)
	}
	if got := short.list(); len(got) != 1 {
		t.Errorf("+ heard %v", got)
	}
	if got := d.Value("lamp"); got != "on" {
		t.Errorf("the feed's value is %q", got)
	}
	clean(t, d.Server)
}

func TestAdafruitUnwrapsAValueInJSONAndKeepsOtherJSONAsText(t *testing.T) {
	d, _ := adafruit(t)
	c := join(t, d.Server, ada("board"))
	for payload, want := range map[string]string{
		`{"value":"on","lat":1}`: "on", `{ "value": 22.5 }`: "22.5", `{ "red": 1 }`: `{"red":1}`, "off": "off",
	} {
		c.pub("teacher/feeds/lamp", payload)
		if got := d.Value("lamp"); got != want {
			t.Errorf("%s became %q, want %q", payload, got, want)
		}
	}
	c.pub("teacher/feeds/lamp/csv", "on,1,2,3")
	if got := d.Value("lamp"); got != "on" {
		t.Errorf("CSV became %q", got)
	}
	clean(t, d.Server)
}

func TestAdafruitGivesTheLastValueToWhoAsksAlone(t *testing.T) {
	d, _ := adafruit(t)
	d.Set("lamp", "on")
	asks, other := join(t, d.Server, ada("asks")), join(t, d.Server, ada("other"))
	asks.sub("teacher/feeds/lamp", 0)
	other.sub("teacher/feeds/lamp", 0)
	asks.pub("teacher/feeds/lamp/get", "\x00")
	asks.hears("teacher/feeds/lamp=on")
	d.Set("lamp", "off")
	other.hears("teacher/feeds/lamp=off")
	if got := other.list(); len(got) != 1 {
		t.Errorf("who did not ask heard %v", got)
	}
	clean(t, d.Server)
}

func TestAdafruitSetsAGroupsFeedsAndTellsOfThem(t *testing.T) {
	d, _ := adafruit(t)
	c := join(t, d.Server, ada("a"))
	c.sub("teacher/groups/room", 0)
	c.pub("teacher/groups/room", `{"feeds":{"lamp":"on"}}`)
	c.hears(`teacher/groups/room={"feeds":{"lamp":"on"}}`)
	if got := d.Value("room.lamp"); got != "on" {
		t.Errorf("the feed's value is %q", got)
	}
	clean(t, d.Server)
}

func TestAdafruitDoesNotRetain(t *testing.T) {
	d, _ := adafruit(t)
	c := join(t, d.Server, ada("a"))
	c.Publish("teacher/feeds/lamp", 1, true, "on").Wait()
	broken(t, d.Server, "to be retained")
	late := join(t, d.Server, ada("late"))
	late.sub("teacher/feeds/lamp", 0)
	d.Set("lamp", "off")
	late.hears("teacher/feeds/lamp=off")
	if got := late.list(); len(got) != 1 {
		t.Errorf("who came late heard %v", got)
	}
}

func TestAdafruitRefusesQoS2(t *testing.T) {
	d, _ := adafruit(t)
	c := join(t, d.Server, ada("a"))
	if got := c.sub("teacher/feeds/lamp", 2); got != 1 {
		t.Errorf("granted %d", got)
	}
	broken(t, d.Server, `subscribed to "teacher/feeds/lamp" at QoS 2`)
	c.send("teacher/feeds/lamp", 2, false, "on")
	broken(t, d.Server, `published to "teacher/feeds/lamp" at QoS 2`)
	c.isLost()
}

func TestAdafruitTakesItsOwnTopicsOnlyAndSaysSo(t *testing.T) {
	for _, topic := range []string{
		"homeassistant/light/lamp/config", "class/lamp", "pupil/feeds/lamp", "teacher/feeds/Lamp", "teacher/feeds/lamp/set",
		"teacher/feeds", "teacher/feeds/a b", "teacher/errors",
	} {
		d, _ := adafruit(t)
		c := join(t, d.Server, ada("a"))
		c.sub("teacher/errors", 0)
		c.pub(topic, "on")
		broken(t, d.Server, "invalid PUBLISH of "+strconv.Quote(topic))
		c.hears("teacher/errors=a 127.0.0.1 PUBLISH " + topic + " rejected, not a valid resource topic")
	}
	for _, filter := range []string{"#", "+/feeds/lamp", "teacher/#", "pupil/feeds/#", "homeassistant/#", "teacher/feeds/lamp/get"} {
		d, _ := adafruit(t)
		if got := join(t, d.Server, ada("a")).sub(filter, 0); got != 0x80 {
			t.Errorf("%s was granted with %d", filter, got)
		}
		broken(t, d.Server, "invalid SUBSCRIBE of "+strconv.Quote(filter))
	}
}

func TestAdafruitTakesNoLongPayload(t *testing.T) {
	d, _ := adafruit(t)
	c := join(t, d.Server, ada("a"))
	c.pub("teacher/feeds/lamp", strings.Repeat("x", 1024))
	clean(t, d.Server)
	c.pub("teacher/feeds/lamp", strings.Repeat("x", 1025))
	broken(t, d.Server, "too long")
}

func TestAdafruitThrottlesTheWholeAccountAndBansWhoGoesOn(t *testing.T) {
	d, clock := adafruit(t)
	a, b := join(t, d.Server, ada("a")), join(t, d.Server, ada("b"))
	a.sub("teacher/throttle", 0)
	for i := range 30 {
		[]*client{a, b}[i%2].pub("teacher/feeds/lamp", strconv.Itoa(i))
	}
	clean(t, d.Server)
	b.pub("teacher/feeds/lamp", "too many")
	broken(t, d.Server, "more than 30 data points a minute")
	a.hears("teacher/throttle=teacher data rate limit reached, 61 seconds until throttle released")
	if got := d.Value("lamp"); got != "29" {
		t.Errorf("the value is %q", got)
	}
	for range 8 {
		b.pub("teacher/feeds/lamp", "too many")
	}
	if d.IsBanned() {
		t.Fatal("banned too early")
	}
	b.send("teacher/feeds/lamp", 1, false, "too many")
	a.isLost() // though it did nothing
	refused(t, d.Server, ada("a"))
	clock.Add(31 * time.Second)
	join(t, d.Server, ada("a"))
	if d.IsBanned() {
		t.Error("the ban does not end")
	}
}

func TestAdafruitLetsTheDataRateThroughAgainAfterAMinute(t *testing.T) {
	d, clock := adafruit(t)
	c := join(t, d.Server, ada("a"))
	for range 2 {
		for range 30 {
			c.pub("teacher/feeds/lamp", "on")
		}
		clock.Add(time.Minute)
	}
	clean(t, d.Server)
}

func TestAdafruitBansForFailuresEachTimeLonger(t *testing.T) {
	d, clock := adafruit(t)
	for n := 1; n <= 2; n++ {
		c := join(t, d.Server, ada("a"))
		for range 10 {
			c.send("homeassistant/light/lamp/config", 0, false, "{}")
		}
		c.isLost()
		clock.Add(time.Duration(30*n-1) * time.Second)
		refused(t, d.Server, ada("a"))
		clock.Add(2 * time.Second)
	}
	join(t, d.Server, ada("a"))
}

func TestAdafruitBansForTooManyLogins(t *testing.T) {
	d, _ := adafruit(t)
	for range 20 {
		join(t, d.Server, ada("a")).Disconnect(0)
	}
	clean(t, d.Server)
	refused(t, d.Server, ada("a"))
	broken(t, d.Server, "logged in more than 20 times")
}

func TestAdafruitBansForTooManySubscriptions(t *testing.T) {
	d, _ := adafruit(t)
	c := join(t, d.Server, ada("a"))
	for range 100 {
		c.sub("teacher/feeds/lamp", 0)
	}
	clean(t, d.Server)
	c.Subscribe("teacher/feeds/lamp", 0, nil)
	broken(t, d.Server, "subscribed more than 100 times")
	c.isLost()
}

func TestAdafruitTakesAWillOnAFeedOnly(t *testing.T) {
	d, _ := adafruit(t)
	join(t, d.Server, ada("a"), will("teacher/feeds/lamp", 0, false))
	d.Drop("a")
	until(t, "the will", func() bool { return d.Value("lamp") == "gone" })
	clean(t, d.Server)
	refused(t, d.Server, ada("b"), will("class/lamp/status", 0, false))
	broken(t, d.Server, "no feed of its own")
	join(t, d.Server, ada("c"), will("teacher/feeds/lamp", 0, true))
	broken(t, d.Server, "will to be retained")
}
