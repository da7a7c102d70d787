package status

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app"
	"lamplighter/app/broker"
	"lamplighter/app/link"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/lamps"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

var testNotices = []broker.Notice{
	{Kind: broker.BadLogin, User: "pupil", Addr: "192.168.1.57", Count: 12, At: time.Now()},
	{Kind: broker.Denied, User: "pupil", Addr: "192.168.1.57", Topic: "class/lamp-07/light", Count: 1, At: time.Now()},
	{Kind: broker.DuplicateClient, ClientID: "mpython\u202e-1", Addr: "192.168.1.58", Count: 3, At: time.Now()},
	{Kind: broker.BadPolicy, Path: "C:\\ProgramData\\Lamplighter\\policy.json", Topic: "broker.port, colour", Count: 1, At: time.Now()},
	{Kind: broker.StoreBroken, Path: "C:\\Users\\Lehrer\\AppData\\Roaming\\Lamplighter\\broker\\retained.db.broken-20260901-080000.000000000", Count: 1, At: time.Now()},
}

func init() {
	viewtest.RegisterScene("noticed", ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
		e.Status.Noticed = len(testNotices)
		e.Parts.Noticed = func() []broker.Notice { return append([]broker.Notice{}, testNotices...) }
		e.Then(envOf(e.Window).showNoticed)
		return lamps.New(e.Shell, e.Parts).Content()
	})
	viewtest.RegisterScene("status-unsaved", ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
		e.Status.Unsaved = &fault.Error{Fault: fault.Unknown, Op: "save settings", Err: syscall.ENOSPC}
		e.Status.Noticed = 2
		return lamps.New(e.Shell, e.Parts).Content()
	})
	viewtest.RegisterScene("status-port", ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
		e.Status.Port, e.Status.Wanted, e.Status.Address = 1884, 1883, "192.168.1.23:1884"
		e.Then(func() { statusOf(e.Window).askPort(*e.Status) })
		return lamps.New(e.Shell, e.Parts).Content()
	})
	viewtest.RegisterScene("status-local", ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
		e.Status.Local = true
		return lamps.New(e.Shell, e.Parts).Content()
	})
	viewtest.RegisterScene("status-no-network", ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
		e.Status.Address = ""
		return lamps.New(e.Shell, e.Parts).Content()
	})
}

func TestEveryNoticeHasWordsInEveryLanguage(t *testing.T) {
	was := i18n.Language()
	t.Cleanup(func() { _ = i18n.SetLanguage(was) })
	for _, l := range i18n.Languages() {
		if err := i18n.SetLanguage(l.Tag); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for k := broker.Denied; k <= broker.BadPolicy; k++ {
			words := problem.NoticeWords(broker.Notice{Kind: k, User: "u", ClientID: "c", Addr: "a", Topic: "t", Path: "p", Holder: "h", HolderAddr: "i"})
			if words == "" || strings.Contains(words, "noticed.") || strings.Contains(words, "<no value>") || seen[words] {
				t.Errorf("%s, %v: %q", l.Tag, k, words)
			}
			seen[words] = true
		}
	}
}

func TestWhatTheBrokerNoticedIsOneClickAwayAndCanBeForgotten(t *testing.T) {
	all := append([]broker.Notice{}, testNotices...)
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) {
		p.Status = func() app.Status { return app.Status{Link: link.Online, Address: "a:1", Noticed: len(all)} }
		p.Noticed = func() []broker.Notice { return append([]broker.Notice{}, all...) }
		p.ForgetNoticed = func() { all = nil }
	})
	if !viewtest.Shows(statusOf(w).content, "5 notices") {
		t.Fatal("the status line does not say so")
	}
	envOf(w).showNoticed()
	if len(w.Shell.Dialogs) != 1 {
		t.Fatal("no dialog")
	}
	if words := problem.NoticeWords(testNotices[2]); strings.Contains(words, "\u202e") {
		t.Errorf("a client turns the text round: %q", words)
	}
	for _, o := range test.LaidOutObjects(w.Shell.Dialogs[0].Overlay) {
		if b, ok := o.(*ui.Button); ok && b.Text == i18n.T("noticed.forget") {
			b.OnTapped()
		}
	}
	if len(all) != 0 || len(w.Shell.Dialogs) != 0 {
		t.Errorf("%d notices and %d dialogs are left", len(all), len(w.Shell.Dialogs))
	}
}

func TestWhatCannotBeSavedIsToldAsThisComputersDisk(t *testing.T) {
	st := app.Status{Link: link.Online, Address: "a:1", Unsaved: &fault.Error{Fault: fault.Unknown, Op: "save settings", Err: syscall.ENOSPC}}
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { p.Status = func() app.Status { return st } })
	got := statusOf(w).Describe(st)
	if got.kind != ui.Failure || got.Do == nil || !strings.Contains(got.Text, "This computer's disk is full") {
		t.Errorf("%+v", got)
	}
}

func TestAComputerWithoutANetworkSaysSoAndNoAddress(t *testing.T) {
	st := app.Status{Link: link.Online}
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { p.Status = func() app.Status { return st } })
	if got := statusOf(w).Describe(st); got.kind != ui.Remark || got.Text != i18n.T("status.no-network") {
		t.Errorf("%+v", got)
	}
}

func TestABrokerOnAnotherPortSaysWhyAndTheWayBackIsOneClickAway(t *testing.T) {
	st := app.Status{Link: link.Online, Address: "a:1884", Port: 1884, Wanted: 1883}
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { p.Status = func() app.Status { return st } })
	got := statusOf(w).Describe(st)
	if got.kind != ui.Warning || !strings.Contains(got.Text, "1884") || !strings.Contains(got.Text, "1883") || got.Do == nil {
		t.Fatalf("%+v", got)
	}
	got.Do()
	viewtest.PressNamed(t, w.Shell.Dialogs[0].Overlay, i18n.T("status.port.again", "Wanted", "1883"))
	if n := w.Parts.Broker.(*viewtest.App).Restarts; n != 1 || len(w.Shell.Dialogs) != 0 {
		t.Errorf("it was started %d times, %d dialogs are left", n, len(w.Shell.Dialogs))
	}
}
