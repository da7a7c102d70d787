package hosting_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/device"
)

func TestBoardsThatShareASecretAreToldOfUntilEachHasItsOwn(t *testing.T) {
	loop, dir := apptest.NewLoop(t), t.TempDir()
	told := func(s *school) bool {
		return slices.ContainsFunc(s.Notices(), func(n broker.Notice) bool { return n.Kind == broker.OldKeys })
	}
	s, stop := start(t, loop, dir)
	s.runs(loop)
	row := settings.Board{ID: "aa", Base: "class/lamp-01", Name: "lamp-01", SetUp: time.Now()}
	s.Settings.Update(func(v *settings.Values) { v.SetBoard(row) })
	if told(s) {
		t.Error("told of a secret that no board has")
	}
	s.secrets.Set(secrets.FindKey, device.Text(strings.Repeat("0f", 16))) // as an earlier version left it
	old, own := s.FindSecrets("aa")
	if old != strings.Repeat("0f", 16) || len(own) != 32 || own == old || s.Find().For("aa").Secret != own {
		t.Errorf("%q, %q, %+v", old, own, s.Find().For("aa"))
	}
	stop()
	s, stop = start(t, loop, dir)
	s.runs(loop)
	if !told(s) {
		t.Error("nobody was told")
	}
	if _, again := s.FindSecrets("aa"); again != own {
		t.Error("another secret after a restart")
	}
	row.OwnKey = true
	s.Settings.Update(func(v *settings.Values) { v.SetBoard(row) })
	stop()
	s, _ = start(t, loop, dir)
	s.runs(loop)
	if told(s) {
		t.Error("told although each board has its own")
	}
}
