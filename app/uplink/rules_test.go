package uplink_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/broker/platformtest"
	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/outbox"
	"lamplighter/app/settings"
	"lamplighter/app/uplink"
	"lamplighter/device"
	"lamplighter/device/devicetest"
)

var adaLamp = device.Topics{
	Set: "teacher/feeds/lamp-07-set", State: "teacher/feeds/lamp-07", Status: "teacher/feeds/lamp-07", RepublishSec: 300, MinIntervalMS: 2000,
}

// onAdafruit uses an Adafruit IO on which the class has a lamp.
func onAdafruit(t *testing.T, loop *apptest.Loop) (*class, *platformtest.AdafruitIO, string) {
	t.Helper()
	a, _ := start(t, loop, t.TempDir())
	d := platformtest.Adafruit(t, platformtest.AdafruitOptions{User: "teacher", Key: "aio_1"})
	id := useWithLamp(loop, a, d.Server, settings.Connection{Preset: "adafruit", User: "teacher"}, "aio_1", adaLamp)
	return a, d, id
}

// command sends a command, as for one lamp.
func command(a *class, topic, payload string) error {
	return a.Outbox.Send(outbox.Command{Topic: topic, Payload: []byte(payload), QoS: 1, Patience: 90 * time.Second}).Err
}

// useUp publishes until the platform's rate allows no more, to feeds of their
// own, and tells how many there were.
func useUp(t *testing.T, a *class) (sent int) {
	t.Helper()
	for sent = range 100 {
		err := a.Outbox.Publish(fmt.Sprint("teacher/feeds/own-", sent), []byte("1"), 1, false)
		var r *presets.RuleError
		if errors.As(err, &r) && r.Rule == presets.RateRule {
			return sent
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the rate was never used up")
	return sent
}

func TestARateThatIsUsedUpStaysUsedUpOverASwitchOfTheConnection(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, d, id := onAdafruit(t, loop)
	useUp(t, a)
	a.own = devicetest.StartMosquitto(t, devicetest.MosquittoConf{})
	again := []func(){
		func() { a.Connections.Use(""); online(loop, a); a.Connections.Use(id) },
		func() {
			a.Connections.Save(connectionOf(a, id), "aio_2")
			a.Connections.Save(connectionOf(a, id), "aio_1")
		},
	}
	for i, how := range again {
		how()
		onPlatform(loop, a)
		var r *presets.RuleError
		if err := a.Outbox.Publish("teacher/feeds/more", []byte("1"), 1, false); !errors.As(err, &r) || r.Rule != presets.RateRule {
			t.Errorf("way %d: after the reconnect the message went: %v", i, err)
		}
	}
	for _, v := range d.Violations() {
		t.Error(v)
	}
}

func TestWhatWaitsForThePlatformsRateIsNotKeptOverALostConnection(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	d := platformtest.EasyIoT(t, platformtest.EasyIoTOptions{ID: "id", Password: "pwd", Topics: []string{"one", "two", "three", "four", "five", "six", "seven"}})
	id := a.Connections.Save(settings.Connection{Preset: "easyiot", User: "id", Endpoint: endpoint.Endpoint{Host: d.Host(), Port: d.Port()}}, "pwd")
	a.Connections.Use(id)
	onPlatform(loop, a)
	for _, topic := range []string{"one", "two", "three", "four", "five"} {
		if err := command(a, topic, "on"); err != nil {
			t.Fatal(err)
		}
	}
	if n := a.Outbox.State().Waiting; n != 4 {
		t.Fatalf("%d messages wait", n)
	}
	d.Stop()
	loop.RunUntil(func() bool { return a.State().Phase != link.Online }, "the end of the connection")
	if s := a.Outbox.State(); s.Waiting != 0 || s.Dropped < 1 || s.Dropped > 5 { // on a slow machine some had their turn, or the first is still on its way
		t.Errorf("%d messages wait for a connection that is gone, %d were dropped", s.Waiting, s.Dropped)
	}
	d.Start()
	a.Retry()
	onPlatform(loop, a)
	if err := command(a, "six", "on"); err != nil {
		t.Fatal(err)
	}
	loop.RunUntil(func() bool { return len(d.Published("six")) == 1 }, "a new message")
	if all := d.Published("five"); len(all) != 0 {
		t.Errorf("the old one was sent all the same: %q", all)
	}
}

func TestAllLampsAreAskedOneAfterTheOtherAsTheirPlatformWantsIt(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	all := []string{"one", "two", "three", "four", "five", "six"}
	d := platformtest.EasyIoT(t, platformtest.EasyIoTOptions{ID: "id", Password: "pwd", Topics: all})
	a.Connections.Use(a.Connections.Save(settings.Connection{Preset: "easyiot", User: "id", RetainSupport: "no", Endpoint: endpoint.Endpoint{Host: d.Host(), Port: d.Port()}}, "pwd"))
	onPlatform(loop, a)
	for _, topic := range all {
		if err := a.Lights.Add(lights.Entry{Base: topic, Topics: device.Topics{Set: topic}}); err != nil {
			t.Fatal(err)
		}
	}
	if g := a.Lights.SwitchAll(true, nil); g.NotSent != 0 || g.Sent+g.Queued != len(all) {
		t.Fatalf("%+v", g)
	}
	if s := a.Outbox.State(); s.Waiting == 0 || s.Wait <= 0 {
		t.Errorf("%d wait for %v", s.Waiting, s.Wait)
	}
	loop.RunUntil(func() bool { g, _ := a.Lights.Group(); return g.Queued == 0 }, "everybody's turn")
	if g, _ := a.Lights.Group(); g.Sent != len(all) || g.NotSent != 0 {
		t.Errorf("%+v", g)
	}
	for _, topic := range all {
		loop.RunUntil(func() bool { return len(d.Published(topic)) > 0 }, "the command for lamp "+topic)
	}
	for _, v := range d.Violations() {
		t.Error(v)
	}
}

func TestALoginThatIsNotOfItsPlatformsFormIsNeverTried(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	d := platformtest.Adafruit(t, platformtest.AdafruitOptions{User: "teacher", Key: "aio_1"})
	// As an imported file may have it: the name would be read as a wildcard.
	id := a.Connections.Save(settings.Connection{Preset: "adafruit", User: "+", Endpoint: endpoint.Endpoint{Host: d.Host(), Port: d.Port()}}, "aio_1")
	a.Connections.Use(id)
	loop.Run()
	var field *presets.FieldError
	if s := a.State(); s.Phase != link.Closed || !errors.As(s.Err, &field) || field.Key != presets.User {
		t.Errorf("%+v", s)
	}
	if all := d.Clients(); len(all) != 0 {
		t.Errorf("it logged in: %q", all)
	}
}

func TestALampWhoseCommandWaitedAndWasNotSentSaysSo(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	d := easyIoT(t, false)
	id := useWithLamp(loop, a, d.Server, settings.Connection{Preset: "easyiot", User: "id", RetainSupport: "no"}, "pwd", easyOne)
	loop.RunUntil(func() bool { return connectionOf(a, id).RetainSupport != "" }, "what was found out")
	for a.Outbox.State().Waiting == 0 {
		if err := command(a, "Cw9x7Ykc1", "on"); err != nil {
			t.Fatal(err)
		}
	}
	if err := command(a, "third", "on"); err != nil { // so that the lamp's turn is seconds away
		t.Fatal(err)
	}
	if err := a.Lights.Switch("class/lamp-07", true); err != nil {
		t.Fatal(err)
	}
	lamp := func() lights.Light { l, _ := a.Lights.Light("class/lamp-07"); return l }
	if l := lamp(); l.Phase != lights.Queued || l.Turn.Ahead != 2 || a.Outbox.State().Waiting != 3 {
		t.Fatalf("%d wait, %+v", a.Outbox.State().Waiting, l)
	}
	d.Stop()
	loop.RunUntil(func() bool { return a.State().Phase != link.Online }, "the end of the connection")
	if l := lamp(); l.Phase != lights.NotSent || !errors.Is(l.Err, lights.ErrNoLink) {
		t.Errorf("nothing was sent, and the lamp says %v, %v", l.Phase, l.Err)
	}
	if all := d.Published("Bkgk2zXb4"); slices.ContainsFunc(all, func(p []byte) bool { return string(p) == "on" }) {
		t.Errorf("it was sent: %q", all)
	}
}

func TestWhereTopicsBeginWithTheClassroomAnotherClassroomIsHeardAtOnce(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	d := platformtest.SIoT(t, platformtest.SIoTOptions{})
	a.Connections.Use(a.Connections.Save(settings.Connection{Preset: "siot", User: "siot", Endpoint: endpoint.Endpoint{Host: d.Host(), Port: d.Port()}}, "dfrobot"))
	onPlatform(loop, a)
	a.Settings.Update(func(v *settings.Values) { v.Classroom = "room2" })
	before := a.received
	loop.RunUntil(func() bool {
		d.Send("room2/lamp-01", "on") // until the broker has the subscription
		return a.received > before
	}, "the new classroom")
}

func TestALampIsHeardWhereTheBrokerRefusesTheFilterThatStandsForIt(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	d := platformtest.SIoT(t, platformtest.SIoTOptions{Retains: true, NoWildcards: true})
	lamp := device.Topics{Set: "class/lamp-07-set", State: "class/lamp-07", Status: "class/lamp-07-status"}
	useWithLamp(loop, a, d.Server, settings.Connection{Preset: "siot", User: "siot"}, "dfrobot", lamp)
	for _, filter := range []string{"#", "class/lamp-09"} {
		if err := a.Subscribe(filter, 0); err != nil {
			t.Fatal(err)
		}
	}
	loop.RunUntil(func() bool {
		d.Send(lamp.State, "on") // until the broker has the subscription
		l, _ := a.Lights.Light("class/lamp-07")
		return l.State == lights.On
	}, "the lamp's word")
	told := func() bool {
		all := a.Subscriptions()
		return all[0].Answered && all[1].Answered
	}
	loop.RunUntil(told, "the broker's answers")
	for _, s := range a.Subscriptions() {
		if refused := s.Err != nil; refused != (s.Filter == "#") {
			t.Errorf("%+v", s)
		}
	}
	for _, v := range d.Violations() {
		t.Error(v)
	}
}

func TestARefusedSubscriptionSaysNothingOfOthers(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, d, _ := onAdafruit(t, loop)
	for _, filter := range []string{"#", "teacher/feeds/lamp-07"} {
		if err := a.Subscribe(filter, 1); err != nil {
			t.Fatal(err)
		}
	}
	told := func(filter string) uplink.Subscription {
		for _, s := range a.Subscriptions() {
			if s.Filter == filter {
				return s
			}
		}
		return uplink.Subscription{}
	}
	for range 50 { // the answers are in no order
		if s := told("teacher/feeds/lamp-07"); s.Err != nil {
			t.Fatalf("%+v", s)
		}
		if s := told("#"); s.Err == nil {
			t.Fatalf("%+v", s)
		}
	}
	loop.RunUntil(func() bool { return told("teacher/feeds/lamp-07").Answered }, "the platform's answer")
	a.Unsubscribe("#")
	if s := told("teacher/feeds/lamp-07"); s.Err != nil || !s.Answered {
		t.Errorf("%+v", s)
	}
	for _, v := range d.Violations() {
		t.Error(v)
	}
}
