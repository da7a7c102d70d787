package app_test

import (
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/settings"
	"lamplighter/device"
)

func TestAConnectionThatIsMadeAgainHasItsLampsAgain(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	c := settings.Connection{Preset: "easyiot", Host: "127.0.0.1", Port: 1, User: "id"}
	old := a.Connections.Save(c, "pwd")
	a.Settings.Update(func(v *settings.Values) {
		v.PutBoard(settings.Board{ID: "b7", Base: "class/lamp-07", Name: "window", Topics: device.Topics{Set: "Bkgk2zXb4", State: "Bkgk2zXb4", Prefix: "state:", Beat: 120}, Connection: old, Host: "127.0.0.1", Port: 1, User: "id"})
	})
	a.Connections.Use(old)
	a.Connections.Delete(old)
	if all := bases(a); len(all) != 0 {
		t.Fatalf("here there are %q", all)
	}
	c.User = "other"
	a.Connections.Use(a.Connections.Save(c, "pwd"))
	if all := bases(a); len(all) != 0 {
		t.Fatalf("another account has %q", all)
	}
	c.User = "id"
	a.Connections.Use(a.Connections.Save(c, "pwd"))
	if all := a.Lights.Lights(); len(all) != 1 || all[0].Name != "window" {
		t.Fatalf("again: %+v", all)
	}
}
