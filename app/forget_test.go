package app_test

import (
	"slices"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/broker/presets"
	"lamplighter/app/link"
	"lamplighter/app/setup"
	"lamplighter/device"
)

func TestABoardThatMovesToAPlatformLosesItsPlaceOnTheBuiltInBrokerAndItsKeyIsNoPasswordThere(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	x := setUp(t, loop, a)
	b, _, _ := a.Hosting.Broker()
	row := a.Settings.Values().Boards[0]
	has := func() bool {
		return slices.ContainsFunc(b.Accounts(), func(acc broker.Account) bool { return acc.User == row.User })
	}
	if !has() {
		t.Fatal("it has no account to begin with")
	}
	x.Broker = setup.BrokerChoice{Preset: "onenet", Other: device.Broker{Host: "127.0.0.1", Port: 1, User: "product"}}
	x.Place = presets.BoardFields{Device: "lamp-07", Secret: "c2VjcmV0"}
	topics := device.Topics{Set: "onenet/lamp-07/light/set", State: "onenet/lamp-07/light"}
	if err := a.Classroom.Roster.Remember(x, device.Identity{ID: row.ID}, setup.Account{Topics: topics}); err != nil {
		t.Fatal(err)
	}
	loop.RunUntil(func() bool { return !has() }, "the end of its account")

	a.Connections.Use("")
	loop.RunUntil(func() bool { return a.Status().Link == link.Online }, "the link")
	login, err := a.Hosting.Shared().Login(x.Base, row.ID)
	if err != nil || login.Password == "" || login.Password == "c2VjcmV0" {
		t.Errorf("its password here is %q, %v", login.Password, err)
	}
}
