package platformtest_test

import (
	"strconv"
	"testing"
	"time"

	"lamplighter/app/broker/platformtest"
)

func easyIoT(t testing.TB, o platformtest.EasyIoTOptions) *platformtest.EasyIoTBroker {
	o.ID, o.Password, o.Topics = "iot_id", "iot_pwd", []string{"Bkgk2zXb4", "Cw9x7Ykc1"}
	return platformtest.EasyIoT(t, o)
}

func easy(id string) change { return login(id, "iot_id", "iot_pwd") }

func TestEasyIoTTakesItsOwnLoginOnly(t *testing.T) {
	d := easyIoT(t, platformtest.EasyIoTOptions{})
	join(t, d.Server, easy("a"))
	refused(t, d.Server, login("b", "iot_id", "wrong"))
	refused(t, d.Server, login("c", "", ""))
	clean(t, d.Server)
}

func TestEasyIoTEchoesOnOneTopicToItsSenderToo(t *testing.T) {
	d := easyIoT(t, platformtest.EasyIoTOptions{})
	a, b := join(t, d.Server, easy("a")), join(t, d.Server, easy("b"))
	a.sub("Bkgk2zXb4", 0)
	b.sub("Bkgk2zXb4", 0)
	a.send("Bkgk2zXb4", 0, false, "on")
	a.hears("Bkgk2zXb4=on")
	b.hears("Bkgk2zXb4=on")
	clean(t, d.Server)
}

func TestEasyIoTHasOnlyTheTopicsThatItMade(t *testing.T) {
	d := easyIoT(t, platformtest.EasyIoTOptions{})
	c := join(t, d.Server, easy("a"))
	for _, topic := range []string{"class/lamp", "bkgk2zxb4", "Bkgk2zXb4/set"} {
		c.send(topic, 0, false, "on")
		broken(t, d.Server, "published to "+strconv.Quote(topic))
		if got := c.sub(topic, 0); got != 0x80 {
			t.Errorf("%s was granted with %d", topic, got)
		}
		broken(t, d.Server, "subscribed to "+strconv.Quote(topic))
	}
	for _, filter := range []string{"#", "+"} {
		if got := c.sub(filter, 0); got != 0x80 {
			t.Errorf("%s was granted with %d", filter, got)
		}
	}
	broken(t, d.Server, "with a wildcard")
}

func TestEasyIoTNotesQoSAboveZero(t *testing.T) {
	d := easyIoT(t, platformtest.EasyIoTOptions{})
	c := join(t, d.Server, easy("a"))
	if got := c.sub("Bkgk2zXb4", 1); got != 0 {
		t.Errorf("granted %d", got)
	}
	broken(t, d.Server, `subscribed to "Bkgk2zXb4" at QoS 1`)
	c.pub("Bkgk2zXb4", "on")
	broken(t, d.Server, `published to "Bkgk2zXb4" at QoS 1`)
}

func TestEasyIoTLetsAClientFindOutWhetherMessagesAreRetained(t *testing.T) {
	for _, retains := range []bool{false, true} {
		d := easyIoT(t, platformtest.EasyIoTOptions{Retains: retains})
		c := join(t, d.Server, easy("a"))
		c.send("Bkgk2zXb4", 0, true, "probe:17")
		until(t, "the probe", func() bool { return len(d.Published("Bkgk2zXb4")) == 1 })
		late := join(t, d.Server, easy("late"))
		late.sub("Bkgk2zXb4", 0)
		late.send("Bkgk2zXb4", 0, false, "now") // by itself: after what it was handed
		late.hears("Bkgk2zXb4=now")
		if got := len(late.list()) == 2; got != retains {
			t.Errorf("retains=%v: heard %v", retains, late.list())
		}
		c.send("Bkgk2zXb4", 0, true, "") // cleans up
		until(t, "the end of the probe", func() bool { return len(d.Published("Bkgk2zXb4")) == 3 })
		clean(t, d.Server)
		c.send("Bkgk2zXb4", 0, true, "on")
		broken(t, d.Server, "to be retained")
	}
}

func TestEasyIoTMayOrMayNotTakeAWill(t *testing.T) {
	d := easyIoT(t, platformtest.EasyIoTOptions{})
	join(t, d.Server, easy("a"), will("Bkgk2zXb4", 0, false))
	clean(t, d.Server)
	refused(t, d.Server, easy("b"), will("class/lamp/status", 0, false))
	broken(t, d.Server, "has a will on")
	d = easyIoT(t, platformtest.EasyIoTOptions{RefusesWill: true})
	refused(t, d.Server, easy("a"), will("Bkgk2zXb4", 0, false))
	clean(t, d.Server)
}

func TestEasyIoTNotesMoreThanAMessageASecond(t *testing.T) {
	clock := platformtest.NewClock()
	d := easyIoT(t, platformtest.EasyIoTOptions{Now: clock.Now})
	c := join(t, d.Server, easy("a"))
	said := 0
	say := func() {
		c.send("Bkgk2zXb4", 0, false, "on")
		said++
		until(t, "the message", func() bool { return len(d.Published("Bkgk2zXb4")) == said })
	}
	for range 3 { // on a line that delayed two of them
		say()
	}
	for range 3 {
		clock.Add(time.Second)
		say()
	}
	clean(t, d.Server)
	say()
	broken(t, d.Server, "more than one message a second")
}
