package hosting_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/endpoint"
	"lamplighter/app/hosting"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device"
	"lamplighter/device/fault"
)

// login tries a login at the broker.
func (s *school) login(t *testing.T, user, password string) error {
	t.Helper()
	host, port := s.Shared().Broker().LocalAddr()
	return link.Test(t.Context(), link.Options{Endpoint: endpoint.Endpoint{Host: host, Port: port}, User: user, Password: password})
}

func TestTheBrokerRestartsAsTheSettingsSayAndStaysOpen(t *testing.T) {
	loop := apptest.NewLoop(t)
	s, _ := start(t, loop, t.TempDir())
	old := s.Shared().Broker()
	s.SetOpen(true)
	s.Settings.Update(func(v *settings.Values) { v.BuiltIn.WebSocket = true })
	if b, _, err := s.Broker(); b != nil || err != nil || !s.Starting() || s.LinkPhase() != link.Connecting {
		t.Fatal("who changed the settings waited for the broker")
	}
	if _, runs := s.Link(); runs {
		t.Error("the program would connect to a broker that does not run")
	}
	s.runs(loop)
	now, _, _ := s.Broker()
	if now == old || now.WebSocketPort() == 0 || s.Settings.Values().BuiltIn.WSPort != now.WebSocketPort() || s.started != 2 {
		t.Errorf("WebSocket port %d, kept %d, started %d times", now.WebSocketPort(), s.Settings.Values().BuiltIn.WSPort, s.started)
	}
	if !now.Open() {
		t.Error("the lesson is closed, and nobody said so")
	}
	if o, runs := s.Link(); !runs || s.login(t, o.User, o.Password) != nil {
		t.Error("the program itself is not let in")
	}
	s.Settings.Update(func(v *settings.Values) { v.BuiltIn.Off = true })
	if s.Starting() || s.Port() != 0 || s.Find() != (device.Find{}) || s.Retry() {
		t.Error("it was switched off, and does something")
	}
}

func TestABrokerThatCouldNotStartIsToldAndTriedAgain(t *testing.T) {
	loop := apptest.NewLoop(t)
	dir := t.TempDir()
	in := filepath.Join(dir, "broker")
	if err := os.WriteFile(in, nil, 0o600); err != nil { // a file where its folder should be
		t.Fatal(err)
	}
	s, _ := start(t, loop, dir)
	if b, _, err := s.Broker(); b != nil || err == nil {
		t.Fatalf("%v, %v", b, err)
	}
	var e *fault.Error
	if _, err := s.Shared().Login("class/lamp-01", "b1"); !errors.As(err, &e) || e.Fault != fault.BrokerDown || !errors.Is(err, hosting.ErrNoBroker) {
		t.Errorf("%v", err)
	}
	if err := os.Remove(in); err != nil {
		t.Fatal(err)
	}
	if !s.Retry() {
		t.Fatal("it is not tried again")
	}
	if s.runs(loop); s.Retry() {
		t.Error("a broker that runs is started again")
	}
}

func TestThePupilsPasswordThatIsShownIsTheOneThatIsLetIn(t *testing.T) {
	loop := apptest.NewLoop(t)
	s, _ := start(t, loop, t.TempDir())
	_, old := s.Pupils()
	told := 0
	for range 3 {
		s.NewPupilPassword(func(err error) {
			told++
			if err != nil {
				t.Error(err)
			}
		})
	}
	loop.RunUntil(func() bool { return told == 3 }, "the answers")
	user, password := s.Pupils()
	if err := s.login(t, user, password); err != nil {
		t.Error(err)
	}
	if s.login(t, user, old) == nil {
		t.Error("the old one is let in too")
	}
}

func TestABoardHasItsLoginUntilItIsLoggedOutAndGetsItBackAfterDamage(t *testing.T) {
	loop := apptest.NewLoop(t)
	dir := t.TempDir()
	s, stop := start(t, loop, dir)
	b, err := s.Shared().Login("class/lamp-01", "b1")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Shared().Login("class/lamp-01", "b1"); err != nil || again != b {
		t.Errorf("the same board has another login: %v", err)
	}
	s.Settings.Update(func(v *settings.Values) { v.SetBoard(settings.Board{ID: "b1", Base: "class/lamp-01"}) })
	stop()
	if err := os.WriteFile(filepath.Join(dir, "broker", "accounts.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, _ = start(t, loop, dir)
	if err := s.login(t, string(b.User), string(b.Password)); err != nil {
		t.Errorf("after its account was lost: %v", err)
	}
	loop.RunUntil(func() bool {
		return slices.ContainsFunc(s.Notices(), func(n broker.Notice) bool { return n.Kind == broker.StoreBroken })
	}, "the notice")
	s.Logout("b1")
	loop.RunUntil(func() bool { return s.login(t, string(b.User), string(b.Password)) != nil }, "the end of its account")
}

func TestOfManyNoticesTheLastAreKeptAndTheSameIsCounted(t *testing.T) {
	loop := apptest.NewLoop(t)
	s, _ := start(t, loop, t.TempDir())
	for i := range hosting.MaxNotices + 5 {
		s.Notice(broker.Notice{Kind: broker.StoreBroken, Path: strconv.Itoa(i), Count: 1})
	}
	s.Notice(broker.Notice{Kind: broker.StoreBroken, Path: "5", Count: 2})
	all := s.Notices()
	if last := all[len(all)-1]; len(all) != hosting.MaxNotices || last.Path != "5" || last.Count != 3 || all[0].Path != "6" {
		t.Errorf("%d, from %+v to %+v", len(all), all[0], last)
	}
	if s.ClearNotices(); len(s.Notices()) != 0 {
		t.Error("they are still there")
	}
}

func TestWhatOneProgramDoesAgainAndAgainIsOneNotice(t *testing.T) {
	loop := apptest.NewLoop(t)
	s, _ := start(t, loop, t.TempDir())
	for i := range 42 {
		s.Notice(broker.Notice{Kind: broker.Denied, User: "pupils", ClientID: strconv.Itoa(i), Addr: "192.0.2.7", Topic: []string{"a", "b", "c"}[i%3], Count: 1})
	}
	s.Notice(broker.Notice{Kind: broker.Denied, User: "pupils", Addr: "192.0.2.8", Topic: "a", Count: 1})
	for i := range 9 {
		s.Notice(broker.Notice{Kind: broker.BadLogin, User: strconv.Itoa(i), Addr: "192.0.2.7", Count: 1})
	}
	all := s.Notices()
	if len(all) != 3 || all[0].Count != 42 || all[0].Topics != 3 || all[1].Addr != "192.0.2.8" || all[2].Count != 9 || all[2].User != "8" {
		t.Errorf("%+v", all)
	}
}

func TestBoardsThatLookAtAnotherAddressAreTold(t *testing.T) {
	loop := apptest.NewLoop(t)
	s, _ := start(t, loop, t.TempDir())
	if len(s.Addresses()) == 0 {
		s.Settings.Update(func(v *settings.Values) { v.BuiltIn.Address = "192.0.2.1" })
		if s.BoardAddress() != "192.0.2.1" {
			t.Error(s.BoardAddress())
		}
		return // a computer without a network knows of no address that is another
	}
	own := s.BoardAddress()
	s.Settings.Update(func(v *settings.Values) {
		for id, at := range map[string]string{"b1": own, "b2": "192.0.2.7", "b3": "192.0.2.7", "b4": "192.0.2.8"} {
			v.SetBoard(settings.Board{ID: id, Base: "class/" + id, Host: at, Port: s.Port()})
		}
	})
	moved := s.StaleAddresses(func(base string) bool { return strings.HasSuffix(base, "b4") }) // found it all the same
	if want := net.JoinHostPort("192.0.2.7", strconv.Itoa(s.Port())); !slices.Equal(moved, []string{want}) {
		t.Errorf("%q, want %q", moved, want)
	}
}

func TestAnotherProgramsPortIsNotTaken(t *testing.T) {
	loop := apptest.NewLoop(t)
	s, _ := start(t, loop, t.TempDir())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	want := l.Addr().(*net.TCPAddr).Port
	s.Settings.Update(func(v *settings.Values) { v.BuiltIn.Port = want })
	s.runs(loop)
	if _, wanted, _ := s.Broker(); wanted != want || s.Port() == want || s.Settings.Values().BuiltIn.Port != want {
		t.Errorf("at %d, wanted %d, kept %d", s.Port(), wanted, s.Settings.Values().BuiltIn.Port)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	loop.RunUntil(func() bool { return s.Port() == want }, "the port, once it is free")
}
