package broker

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mochi-mqtt/server/v2/packets"

	"lamplighter/app/broker/retained"
	"lamplighter/app/link"
	"lamplighter/device/topic"
)

// fillShare leaves no room in a share of b.
func fillShare(t *testing.T, b *Broker, by retained.Owner) {
	t.Helper()
	size := 1 << 20
	for i := 0; size > 0; i++ {
		if _, ok := b.store.Retain(publishOf(fmt.Sprintf("filled/%d/%d", by.Share, i), strings.Repeat("x", size), 0, true), by); !ok {
			size /= 2
		}
	}
}

// A newcomer that heard the old value would see a lamp on whose board said off.
func TestQuotaThatIsFullErasesTheOldValueAndNamesWhoFillsIt(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	account(t, b, Account{User: "lamp", Role: Board, Base: "class/lamp"}, "secret")
	app := join(t, appOptions(b), "class/#")
	pupil, lamp := join(t, options(b, "pupil", "secret")), join(t, options(b, "lamp", "secret"))
	pupil.send(t, "class/mine", "on", 1, true)
	lamp.send(t, "class/lamp/light", "on", 1, true)
	app.hears(t, "class/mine", "on")
	app.hears(t, "class/lamp/light", "on")
	fillShare(t, b, retained.Owner{Share: retained.Guests, User: "mallory", Addr: "10.0.0.66"})
	pupil.send(t, "class/mine", "off "+strings.Repeat("x", 1000), 1, true)
	long := strings.Repeat("x", 3000)
	pupil.send(t, "class/new", long, 1, true)
	lamp.send(t, "class/lamp/light", "off", 1, true) // boards always fit
	app.hears(t, "class/new", long)
	app.hears(t, "class/lamp/light", "off")
	for _, topic := range []string{"class/mine", "class/new"} {
		n := notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == RetainedFull && n.Topic == topic })
		if n.User != "pupil" || n.Holder != "mallory" || n.HolderAddr != "10.0.0.66" {
			t.Errorf("%+v", n)
		}
	}
	late := join(t, appOptions(b), "class/#")
	late.hears(t, "class/lamp/light", "off")
	app.send(t, "class/end", "1", 1, false)
	late.hears(t, "class/end", "1")
	for _, m := range late.messages.list() {
		if m.Topic == "class/mine" || m.Topic == "class/new" {
			t.Errorf("a newcomer hears %s = %.10s", m.Topic, m.Payload)
		}
	}
}

func TestQuotaKeepsNoneOfGuestsUserProperties(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	c := connectRaw(t, b, connectAs("props", "pupil", "secret"))
	app := join(t, appOptions(b), "class/#")
	pk := publishOf("class/props", "1", 0, true)
	pk.Properties = packets.Properties{
		User: []packets.UserProperty{{Key: "secret", Val: strings.Repeat("u", 60_000)}}, ContentType: strings.Repeat("c", 1000),
		ResponseTopic: strings.Repeat("r", 2000), CorrelationData: make([]byte, 3000),
	}
	write(t, c, pk)
	app.hears(t, "class/props", "1")
	if kept, _ := b.server.Topics.Retained.Get("class/props"); len(kept.Properties.User) != 0 || len(kept.Properties.CorrelationData) != 3000 {
		t.Errorf("kept: %+v", kept.Properties)
	}
	user, password := b.App() // the program's own are kept
	own := connectRaw(t, b, connectAs("own", user, password))
	pk.TopicName = "class/own"
	write(t, own, pk)
	app.hears(t, "class/own", "1")
	if kept, _ := b.server.Topics.Retained.Get("class/own"); len(kept.Properties.User) != 1 {
		t.Errorf("kept: %+v", kept.Properties)
	}
}

func TestQuotaIsAskedForWillsToo(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	app := join(t, appOptions(b), "class/#")
	const all = 400 // of 60 KB, which is more than the share
	for i := range all {
		pk := connectAs("", "pupil", "secret")
		pk.Connect.ClientIdentifier, pk.Connect.WillFlag, pk.Connect.WillRetain = fmt.Sprint("w", i), true, true
		pk.Connect.WillTopic, pk.Connect.WillPayload = fmt.Sprint("class/will/", i), make([]byte, 60_000)
		_ = connectRaw(t, b, pk).Close()
	}
	for i := range all {
		app.messages.wait(t, "a will", func(m link.Message) bool { return m.Topic == fmt.Sprint("class/will/", i) })
	}
	notices.wait(t, "a notice", func(n Notice) bool {
		return n.Kind == RetainedFull && n.Holder == "pupil" && n.HolderAddr == "127.0.0.1"
	})
	topics, bytes := 0, 0
	for name, pk := range b.server.Topics.Retained.GetAll() {
		if topic.IsBelow(name, "class/will") {
			topics, bytes = topics+1, bytes+len(pk.Payload)
		}
	}
	if bytes > 16<<20 || topics < 200 {
		t.Errorf("%d topics, %d bytes", topics, bytes)
	}
}
