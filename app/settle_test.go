package app_test

import (
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/link"
	"lamplighter/app/settings"
)

func TestARenamedConnectionIsNotMadeAnew(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	d := easyIoT(t, true)
	id := useWithLamp(loop, a, d.Double, settings.Connection{Preset: "easyiot", Way: "one", User: "id"}, "pwd", easyOne)
	before := a.Status().Link
	c := connectionOf(a, id)
	c.Name = "Room 12"
	a.Connections.Save(c, "pwd")
	if now := a.Status(); now.Name != "Room 12" || now.Link.Phase != link.Online || !now.Link.Since.Equal(before.Since) {
		t.Errorf("after the rename %q is %+v, it was %+v", now.Name, now.Link, before)
	}
	c.Way = "two"
	a.Connections.Save(c, "pwd")
	if now := a.Status().Link; now.Phase == link.Online {
		t.Error("another way of making topics keeps the old connection")
	}
}
