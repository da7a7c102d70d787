package double_test

import (
	"strconv"
	"testing"
	"time"

	"lamplighter/app/broker/double"
)

func easyIoT(t testing.TB, o double.EasyIoTOptions) *double.EasyIoTBroker {
	o.ID, o.Password, o.Topics = "iot_id", "iot_pwd", []string{"Bkgk2zXb4", "Cw9x7Ykc1"}
	return double.EasyIoT(t, o)
}

func easy(id string) change { return login(id, "iot_id", "iot_pwd") }

func TestEasyIoTTakesItsOwnLoginOnly(t *testing.T) {
	d := easyIoT(t, double.EasyIoTOptions{})
	join(t, d.Double, easy("a"))
	refused(t, d.Double, login("b", "iot_id", "wrong"))
	refused(t, d.Double, login("c", "", ""))
	clean(t, d.Double)
}

func TestEasyIoTEchoesOnOneTopicToItsSenderToo(t *testing.T) {
	d := easyIoT(t, double.EasyIoTOptions{})
	a, b := join(t, d.Double, easy("a")), join(t, d.Double, easy("b"))
	a.sub("Bkgk2zXb4", 0)
	b.sub("Bkgk2zXb4", 0)
	a.send("Bkgk2zXb4", 0, false, "on")
	a.hears("Bkgk2zXb4=on")
	b.hears("Bkgk2zXb4=on")
	clean(t, d.Double)
}

func TestEasyIoTHasOnlyTheTopicsThatItMade(t *testing.T) {
	d := easyIoT(t, double.EasyIoTOptions{})
	c := join(t, d.Double, easy("a"))
	for _, topic := range []string{"class/lamp", "bkgk2zxb4", "Bkgk2zXb4/set"} {
		c.send(topic, 0, false, "on")
		broken(t, d.Double, "published to "+strconv.Quote(topic))
		if got := c.sub(topic, 0); got != 0x80 {
			t.Errorf("%s was granted with %d", topic, got)
		}
		broken(t, d.Double, "subscribed to "+strconv.Quote(topic))
	}
	for _, filter := range []string{"#", "+"} {
		if got := c.sub(filter, 0); got != 0x80 {
			t.Errorf("%s was granted with %d", filter, got)
		}
	}
	broken(t, d.Double, "with a wildcard")
}

func TestEasyIoTNotesQoSAboveZero(t *testing.T) {
	d := easyIoT(t, double.EasyIoTOptions{})
	c := join(t, d.Double, easy("a"))
	if got := c.sub("Bkgk2zXb4", 1); got != 0 {
		t.Errorf("granted %d", got)
	}
	broken(t, d.Double, `subscribed to "Bkgk2zXb4" at QoS 1`)
	c.pub("Bkgk2zXb4", "on")
	broken(t, d.Double, `published to "Bkgk2zXb4" at QoS 1`)
}

func TestEasyIoTLetsAClientFindOutWhetherMessagesAreRetained(t *testing.T) {
	for _, retains := range []bool{false, true} {
		d := easyIoT(t, double.EasyIoTOptions{Retains: retains})
		c := join(t, d.Double, easy("a"))
		c.send("Bkgk2zXb4", 0, true, "probe:17")
		until(t, "the probe", func() bool { return len(d.Published("Bkgk2zXb4")) == 1 })
		late := join(t, d.Double, easy("late"))
		late.sub("Bkgk2zXb4", 0)
		late.send("Bkgk2zXb4", 0, false, "now") // by itself: after what it was handed
		late.hears("Bkgk2zXb4=now")
		if got := len(late.list()) == 2; got != retains {
			t.Errorf("retains=%v: heard %v", retains, late.list())
		}
		c.send("Bkgk2zXb4", 0, true, "") // cleans up
		until(t, "the end of the probe", func() bool { return len(d.Published("Bkgk2zXb4")) == 3 })
		clean(t, d.Double)
		c.send("Bkgk2zXb4", 0, true, "on")
		broken(t, d.Double, "to be retained")
	}
}

func TestEasyIoTMayOrMayNotTakeAWill(t *testing.T) {
	d := easyIoT(t, double.EasyIoTOptions{})
	join(t, d.Double, easy("a"), will("Bkgk2zXb4", 0, false))
	clean(t, d.Double)
	refused(t, d.Double, easy("b"), will("class/lamp/status", 0, false))
	broken(t, d.Double, "has a will on")
	d = easyIoT(t, double.EasyIoTOptions{RefusesWill: true})
	refused(t, d.Double, easy("a"), will("Bkgk2zXb4", 0, false))
	clean(t, d.Double)
}

func TestEasyIoTNotesMoreThanAMessageASecond(t *testing.T) {
	clock := double.NewClock()
	d := easyIoT(t, double.EasyIoTOptions{Now: clock.Now})
	c := join(t, d.Double, easy("a"))
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
	clean(t, d.Double)
	say()
	broken(t, d.Double, "more than one message a second")
}
