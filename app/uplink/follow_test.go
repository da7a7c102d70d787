package uplink_test

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
	id := useWithLamp(loop, a, d.Server, settings.Connection{Preset: "easyiot", TopicScheme: "one", User: "id"}, "pwd", easyOne)
	before := a.State()
	c := connectionOf(a, id)
	c.Name = "Room 12"
	a.Connections.Save(c, "pwd")
	if now := a.State(); connectionOf(a, id).Name != "Room 12" || now.Phase != link.Online || !now.Since.Equal(before.Since) {
		t.Errorf("after the rename it is %+v, it was %+v", now, before)
	}
	c.TopicScheme = "two"
	a.Connections.Save(c, "pwd")
	if now := a.State(); now.Phase == link.Online {
		t.Error("another way of making topics keeps the old connection")
	}
}
