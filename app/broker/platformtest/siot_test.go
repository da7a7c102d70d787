package platformtest_test

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"lamplighter/app/broker/platformtest"
)

func siot(id string) change { return login(id, platformtest.SIoTUser, platformtest.SIoTPassword) }

// get asks a web address.
func get(t testing.TB, address string, query url.Values) string {
	t.Helper()
	answer, err := http.Get(address + "?" + query.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSIoTTakesItsWellKnownLoginOnly(t *testing.T) {
	d := platformtest.SIoT(t, platformtest.SIoTOptions{})
	join(t, d.Server, siot("a"))
	refused(t, d.Server, login("b", "siot", "wrong"))
	refused(t, d.Server, login("c", "", ""))
	clean(t, d.Server)
}

func TestSIoTTakesTopicsOfTwoLevelsOnly(t *testing.T) {
	d := platformtest.SIoT(t, platformtest.SIoTOptions{})
	c := join(t, d.Server, siot("a"))
	c.sub("#", 0)
	for _, topic := range []string{"lamp", "class/lamp/light", "/lamp", "class/", "class//lamp"} {
		c.send(topic, 0, false, "on")
		broken(t, d.Server, "published to "+strconv.Quote(topic))
		if got := c.sub(topic, 0); got != 0x80 {
			t.Errorf("%s was granted with %d", topic, got)
		}
	}
	c.send("class/lamp", 0, false, "on")
	c.hears("class/lamp=on")
	if got := c.list(); len(got) != 1 {
		t.Errorf("heard %v", got)
	}
	join(t, d.Server, siot("b"), will("class/lamp/status", 0, false))
	broken(t, d.Server, "has a will on")
}

func TestSIoTDropsWhatIsPublishedAboveQoSZero(t *testing.T) {
	d := platformtest.SIoT(t, platformtest.SIoTOptions{})
	c := join(t, d.Server, siot("a"))
	if got := c.sub("class/lamp", 1); got != 0 {
		t.Errorf("granted %d", got)
	}
	broken(t, d.Server, `subscribed to "class/lamp" at QoS 1`)
	c.pub("class/lamp", "lost")
	broken(t, d.Server, `published to "class/lamp" at QoS 1`)
	c.send("class/lamp", 0, false, "on")
	c.hears("class/lamp=on")
	if got := c.list(); len(got) != 1 {
		t.Errorf("heard %v", got)
	}
	join(t, d.Server, siot("b"), will("class/lamp", 1, false))
	broken(t, d.Server, "will at QoS 1")
}

func TestSIoTRetainsSinceVersion12(t *testing.T) {
	d := platformtest.SIoT(t, platformtest.SIoTOptions{Retains: true})
	c := join(t, d.Server, siot("a"))
	c.send("class/lamp", 0, true, "on")
	until(t, "the message", func() bool { return len(d.Published("class/lamp")) == 1 })
	late := join(t, d.Server, siot("late"))
	late.sub("class/lamp", 0)
	late.hears("class/lamp=on!")
	clean(t, d.Server)
	old := platformtest.SIoT(t, platformtest.SIoTOptions{})
	join(t, old.Server, siot("a")).send("class/lamp", 0, true, "on")
	broken(t, old.Server, "to be retained")
}

func TestSIoTKicksAClientWithTheSameID(t *testing.T) {
	d := platformtest.SIoT(t, platformtest.SIoTOptions{})
	first := join(t, d.Server, siot("board"))
	join(t, d.Server, siot("board"))
	first.isLost()
	if got := d.TakenOver(); len(got) != 1 {
		t.Errorf("kicked %v", got)
	}
}

func TestSIoTsWebPublishesAndTellsTheLastMessage(t *testing.T) {
	d := platformtest.SIoT(t, platformtest.SIoTOptions{})
	c := join(t, d.Server, siot("a"))
	c.sub("xzr/001", 0)
	q := url.Values{"topic": {"xzr/001"}, "msg": {"on"}, "iname": {"siot"}, "ipwd": {"dfrobot"}}
	if got := get(t, d.Web()+"/publish", q); strings.TrimSpace(got) != `{"code":1,"msg":"数据已发送"}` {
		t.Errorf("published: %s", got)
	}
	c.hears("xzr/001=on")
	if got := get(t, d.Web()+"/lastmessage", q); !strings.Contains(got, `"data":[{"ID":1,"Topic":"xzr/001","Content":"on","Created":"`) {
		t.Errorf("the last message: %s", got)
	}
	q.Set("ipwd", "wrong")
	for _, page := range []string{"/publish", "/lastmessage"} {
		if got := get(t, d.Web()+page, q); !strings.Contains(got, `"code":0`) {
			t.Errorf("with a wrong password %s says %s", page, got)
		}
	}
	q.Set("ipwd", "dfrobot")
	for topic, text := range map[string]string{"class/lamp/light": "on", "xzr/001": strings.Repeat("字", 256)} {
		q.Set("topic", topic)
		q.Set("msg", text)
		if got := get(t, d.Web()+"/publish", q); !strings.Contains(got, `"code":0`) {
			t.Errorf("%s of %d bytes: %s", topic, len(text), got)
		}
	}
}
