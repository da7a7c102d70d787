package app_test

import (
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
)

func TestTwoAccountsThatAreToldBySecretAloneAreTwoConnections(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	colleague, _ := start(t, loop, t.TempDir())
	bemfa := settings.Connection{Preset: "bemfa", Host: "127.0.0.1", Port: 9501}
	mine := a.SaveConnection(bemfa, "aaaaaaaaaaaaaaaa")
	colleague.SaveConnection(bemfa, "bbbbbbbbbbbbbbbb")
	for range 2 {
		if _, err := a.ImportConnections(colleague.ConnectionItems(), false); err != nil {
			t.Fatal(err)
		}
	}
	third, _ := start(t, loop, t.TempDir())
	if n, err := third.ImportConnections(a.ConnectionItems(), false); n != 2 || err != nil {
		t.Errorf("%d came at once, %v", n, err)
	}
	if n := len(a.Settings.Values().Connections); n != 2 || a.ConnectionPassword(mine) != "aaaaaaaaaaaaaaaa" {
		t.Errorf("%d connections after the import", n)
	}
}

// choose keeps a broker that the wizard was given, as it does for each board.
func choose(a interface {
	KeepConnection(setup.BrokerChoice) settings.Connection
}, preset, host, password string,
) settings.Connection {
	return a.KeepConnection(setup.BrokerChoice{Preset: preset, Other: device.Broker{Host: host, Port: 1, Password: device.Text(password)}})
}

func TestTheWizardFindsTheConnectionOfTheSameAccountAndRoom(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	colleague, _ := start(t, loop, t.TempDir())

	first := choose(a, "bemfa", "127.0.0.1", "aaaaaaaaaaaaaaaa")
	if other := choose(a, "bemfa", "127.0.0.1", "bbbbbbbbbbbbbbbb"); other.ID == first.ID {
		t.Error("another account took the first one's place")
	}
	if again := choose(a, "bemfa", "127.0.0.1", "aaaaaaaaaaaaaaaa"); again.ID != first.ID || a.ConnectionPassword(first.ID) != "aaaaaaaaaaaaaaaa" {
		t.Error("the same account has two connections")
	}

	// On a broker for everybody the colleague's class has its own first level.
	hers := choose(colleague, "public", "127.0.0.1", "")
	his := choose(a, "public", "127.0.0.1", "")
	if hers.Room == his.Room || his.Room == "" {
		t.Fatalf("the rooms are %q and %q", hers.Room, his.Room)
	}
	if n, err := a.ImportConnections(colleague.ConnectionItems(), false); n != 1 || err != nil {
		t.Fatalf("%d came, %v", n, err)
	}
	for _, c := range a.Settings.Values().Connections {
		if c.Preset != "public" {
			continue
		}
		a.Use(c.ID) // of two at one host, the one in use counts
		if got := choose(a, "public", "127.0.0.1", ""); got.ID != c.ID || got.Room != c.Room {
			t.Errorf("the board went to %q, and %q is in use", got.Room, c.Room)
		}
	}
}

func TestTheAddressOfAPlatformsAPIIsKept(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	a.SaveConnection(settings.Connection{Preset: "onenet", Host: "127.0.0.1", Port: 1, API: "http://127.0.0.1:1"}, "")
	if all := a.Setup().State().Kept().Connections; len(all) != 1 || all[0].API != "http://127.0.0.1:1" {
		t.Errorf("%+v", all)
	}
}

func TestAConnectionThatIsMadeAgainHasItsLampsAgain(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	c := settings.Connection{Preset: "easyiot", Host: "127.0.0.1", Port: 1, User: "id"}
	old := a.SaveConnection(c, "pwd")
	a.Settings.Update(func(v *settings.Values) {
		v.PutBoard(settings.Board{ID: "b7", Base: "class/lamp-07", Name: "window", Topics: easyOne, Connection: old, Host: "127.0.0.1", Port: 1, User: "id"})
	})
	a.Use(old)
	a.DeleteConnection(old)
	if all := bases(a); len(all) != 0 {
		t.Fatalf("here there are %q", all)
	}
	c.User = "other"
	a.Use(a.SaveConnection(c, "pwd"))
	if all := bases(a); len(all) != 0 {
		t.Fatalf("another account has %q", all)
	}
	c.User = "id"
	a.Use(a.SaveConnection(c, "pwd"))
	if all := a.Lights.Lights(); len(all) != 1 || all[0].Name != "window" {
		t.Fatalf("again: %+v", all)
	}
}
