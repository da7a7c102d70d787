package platformtest_test

import (
	"strconv"
	"strings"
	"testing"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"lamplighter/app/broker/platformtest"
)

const uid = "4d9ec352e0376f2110a0c601a2857225"

func bemfa(t testing.TB) *platformtest.BemfaBroker {
	return platformtest.Bemfa(t, platformtest.BemfaOptions{UID: uid, Topics: []string{"lamp002", "door006"}})
}

func key() change { return func(o *mqtt.ClientOptions) { o.SetClientID(uid) } }

func TestBemfaTakesTheKeyAsClientIDAndNothingElse(t *testing.T) {
	d := bemfa(t)
	join(t, d.Server, key())
	refused(t, d.Server, login("lamp-1", "", ""))
	clean(t, d.Server)
	refused(t, d.Server, login(uid, "teacher", "secret"))
	broken(t, d.Server, "besides its key")
}

func TestBemfaLetsManyConnectionsShareTheKey(t *testing.T) {
	d := bemfa(t)
	a, b := join(t, d.Server, key()), join(t, d.Server, key())
	a.sub("lamp002", 0)
	b.sub("lamp002", 0)
	d.Send("lamp002", "on")
	a.hears("lamp002=on")
	b.hears("lamp002=on")
	if got := d.Clients(); len(got) != 2 || len(d.TakenOver()) != 0 {
		t.Errorf("connected %v, kicked %v", got, d.TakenOver())
	}
}

func TestBemfaSendsSetToAllButTheSenderAndUpToNobody(t *testing.T) {
	d := bemfa(t)
	app, board := join(t, d.Server, key()), join(t, d.Server, key())
	app.sub("lamp002", 0)
	board.sub("lamp002", 0)
	board.pub("lamp002/up", "on")
	if got := d.Value("lamp002"); got != "on" {
		t.Errorf("after /up the cloud shows %q", got)
	}
	app.pub("lamp002/set", "off")
	board.hears("lamp002=off")
	if got := d.Value("lamp002"); got != "off" {
		t.Errorf("after /set the cloud shows %q", got)
	}
	app.pub("lamp002", "on#80")
	app.hears("lamp002=on#80")
	board.hears("lamp002=on#80")
	if a, b := app.list(), board.list(); len(a) != 1 || len(b) != 2 {
		t.Errorf("the app heard %v, the board %v", a, b)
	}
	clean(t, d.Server)
}

func TestBemfaHasOnlyTheTopicsOfItsConsole(t *testing.T) {
	d := bemfa(t)
	c := join(t, d.Server, key())
	for _, topic := range []string{"class/lamp", "lamp001", "lamp001/set"} {
		c.pub(topic, "on")
		broken(t, d.Server, "published to "+strconv.Quote(topic))
	}
	for _, filter := range []string{"#", "+", "lamp001", "lamp002/set", "lamp002/up"} {
		if got := c.sub(filter, 0); got != 0x80 {
			t.Errorf("%s was granted with %d", filter, got)
		}
	}
	join(t, d.Server, key(), will("class/lamp/status", 0, false))
	broken(t, d.Server, "has a will on")
	for _, v := range d.Violations() {
		if strings.Contains(v, uid) {
			t.Errorf("the key is repeated: %s", v)
		}
	}
}

func TestBemfaEndsAConnectionThatUsesQoS2(t *testing.T) {
	d := bemfa(t)
	a := join(t, d.Server, key())
	a.send("lamp002", 2, false, "on")
	a.isLost()
	broken(t, d.Server, `published to "lamp002" at QoS 2`)
	b := join(t, d.Server, key())
	b.Subscribe("lamp002", 2, nil)
	b.isLost()
	broken(t, d.Server, `subscribed to "lamp002" at QoS 2`)
	refused(t, d.Server, key(), will("lamp002", 2, false))
}

func TestBemfaKeepsARetainedMessage(t *testing.T) {
	d := bemfa(t)
	join(t, d.Server, key()).Publish("lamp002", 1, true, "on").Wait()
	late := join(t, d.Server, key())
	late.sub("lamp002", 1)
	late.hears("lamp002=on!")
	clean(t, d.Server)
}
