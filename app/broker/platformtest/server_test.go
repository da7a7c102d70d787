package platformtest_test

import (
	"slices"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"lamplighter/app/broker/platformtest"
)

func TestAPlatformThatStopsAndStartsKeepsItsPlaceAndWhatItHas(t *testing.T) {
	d := platformtest.Public(t, "room")
	c := join(t, d.Server)
	c.Publish("room/lamp", 1, true, "on").Wait()
	port := d.Port()
	d.Stop()
	c.isLost()
	if n := d.Clients(); len(n) != 0 {
		t.Errorf("still connected: %v", n)
	}
	d.Start()
	if d.Port() != port {
		t.Errorf("the port was %d and is %d", port, d.Port())
	}
	again := join(t, d.Server)
	again.sub("room/#", 0)
	again.hears("room/lamp=on!")
	clean(t, d.Server)
}

func TestWhoIsConnectedAndWhoWasKickedIsTold(t *testing.T) {
	d := platformtest.Public(t, "room")
	first := join(t, d.Server, login("lamp-1", "", ""))
	join(t, d.Server, login("lamp-2", "", ""))
	join(t, d.Server, login("lamp-1", "", ""))
	first.isLost()
	if got := d.TakenOver(); !slices.Equal(got, []string{"lamp-1"}) {
		t.Errorf("kicked: %v", got)
	}
	if got := d.Clients(); !slices.Equal(got, []string{"lamp-1", "lamp-2"}) {
		t.Errorf("connected: %v", got)
	}
}

func TestAWillIsPublishedWhenTheNetworkFailsAndNotAfterAGoodbye(t *testing.T) {
	d := platformtest.Public(t, "room")
	c := join(t, d.Server)
	c.sub("room/#", 0)
	join(t, d.Server, login("polite", "", ""), will("room/polite", 0, true)).Disconnect(patience)
	until(t, "the goodbye", func() bool { return !slices.Contains(d.Clients(), "polite") })
	join(t, d.Server, login("lamp", "", ""), will("room/lamp", 0, true))
	d.Drop("lamp")
	c.hears("room/lamp=gone")
	if got := c.list(); len(got) != 1 {
		t.Errorf("heard %v", got)
	}
}

func TestMessagesAreKeptForATestToReadAndSecretsAmongThemAreNoted(t *testing.T) {
	d := platformtest.Public(t, "room")
	d.ForbidSecret("wifi-password")
	c := join(t, d.Server)
	c.pub("room/lamp", "on")
	c.pub("room/lamp", "off")
	if got := d.Published("room/lamp"); len(got) != 2 || string(got[0]) != "on" || string(got[1]) != "off" {
		t.Errorf("published: %q", got)
	}
	clean(t, d.Server)
	c.pub("room/info", `{"wifi":"wifi-password"}`)
	broken(t, d.Server, `sent a secret to "room/info"`)
}

func TestAnUnsubscribedTopicIsSilent(t *testing.T) {
	d := platformtest.Public(t, "room")
	c := join(t, d.Server)
	c.sub("room/+", 0)
	c.sub("room/end/#", 0)
	c.Unsubscribe("room/+").Wait()
	d.Send("room/lamp", "on")
	d.Send("room/end", "now")
	c.hears("room/end=now")
	if got := c.list(); len(got) != 1 {
		t.Errorf("heard %v", got)
	}
}

func TestAPublicBrokerDoesNotLetAnybodyHearEverybody(t *testing.T) {
	for _, filter := range []string{"#", "+/lamp", "+/#"} {
		d := platformtest.Public(t, "room")
		if got := join(t, d.Server).sub(filter, 0); got != 0x80 {
			t.Errorf("%s was granted with %d", filter, got)
		}
		broken(t, d.Server, "everybody's topics")
	}
}

func TestAPublicBrokerNotesEveryTopicOutsideTheClass(t *testing.T) {
	d := platformtest.Public(t, "room")
	c := join(t, d.Server)
	c.pub("class/lamp", "on")
	broken(t, d.Server, `published to "class/lamp"`)
	c.sub("homeassistant/#", 0)
	broken(t, d.Server, `subscribed to "homeassistant/#"`)
	join(t, d.Server, will("rooms/lamp", 0, false))
	broken(t, d.Server, `has a will on "rooms/lamp"`)
}

func TestAPublicBrokerTakesTheFirstTopicsFirstLevelForTheClasss(t *testing.T) {
	d := platformtest.Public(t, "")
	c := join(t, d.Server)
	c.pub("room-x7k2m9qa/lamp", "on")
	c.pub("room-x7k2m9qa/lamp/set", "on")
	if got := d.Prefix(); got != "room-x7k2m9qa" {
		t.Errorf("the prefix is %q", got)
	}
	clean(t, d.Server)
	c.pub("room/lamp", "on")
	broken(t, d.Server, `published to "room/lamp"`)
}

func TestADoubleHasNothingToTellOfItself(t *testing.T) {
	d := platformtest.SIoT(t, platformtest.SIoTOptions{})
	c := join(t, d.Server, siot("a"))
	c.sub("$SYS/#", 0)
	c.sub("class/+", 0)
	d.Send("class/lamp", "on")
	c.hears("class/lamp=on")
	if got := c.list(); len(got) != 1 {
		t.Errorf("heard %v", got)
	}
	clean(t, d.Server)
}

func TestAClockOfATestMovesOnlyByHand(t *testing.T) {
	c := platformtest.NewClock()
	before := c.Now()
	c.Add(time.Hour)
	if got := c.Now().Sub(before); got != time.Hour {
		t.Errorf("moved by %v", got)
	}
}

func keepAlive(d time.Duration) change { return func(o *mqtt.ClientOptions) { o.SetKeepAlive(d) } }
