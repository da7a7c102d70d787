package views

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/broker"
	"lamplighter/device"
	"lamplighter/i18n"
)

var testNotices = []broker.Notice{
	{Kind: broker.BadLogin, User: "pupil", Addr: "192.168.1.57", Count: 12, At: time.Now()},
	{Kind: broker.Denied, User: "pupil", Addr: "192.168.1.57", Topic: "class/lamp-07/light", Count: 1, At: time.Now()},
	{Kind: broker.DuplicateClient, ClientID: "mpython\u202e-1", Addr: "192.168.1.58", Count: 3, At: time.Now()},
	{Kind: broker.StoreBroken, Path: "C:\\Users\\Lehrer\\AppData\\Roaming\\Lamplighter\\broker\\retained.db.broken-20260901-080000.000000000", Count: 1, At: time.Now()},
}

func init() {
	registerScene("noticed", placeLamps, func(e *sceneEnv) fyne.CanvasObject {
		e.status.Noticed = len(testNotices)
		e.parts.Noticed = func() []broker.Notice { return append([]broker.Notice{}, testNotices...) }
		e.then(deskOf(e.testWindow).showNoticed)
		return NewLamps(e.shell, e.parts).Content()
	})
	registerScene("status-unsaved", placeLamps, func(e *sceneEnv) fyne.CanvasObject {
		e.status.Unsaved = &device.Error{Fault: device.Unknown, Op: "save settings", Err: syscall.ENOSPC}
		e.status.Noticed = 2
		return NewLamps(e.shell, e.parts).Content()
	})
	registerScene("status-no-network", placeLamps, func(e *sceneEnv) fyne.CanvasObject {
		e.status.Address = ""
		return NewLamps(e.shell, e.parts).Content()
	})
}

func TestEveryNoticeHasWordsInEveryLanguage(t *testing.T) {
	was := i18n.Language()
	t.Cleanup(func() { _ = i18n.Use(was) })
	for _, l := range i18n.Languages() {
		if err := i18n.Use(l.Tag); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for k := broker.Denied; k <= broker.WebFailed; k++ {
			words := noticedWords(broker.Notice{Kind: k, User: "u", ClientID: "c", Addr: "a", Topic: "t", Path: "p", Holder: "h", HolderAddr: "i"})
			if words == "" || strings.Contains(words, "noticed.") || strings.Contains(words, "<no value>") || seen[words] {
				t.Errorf("%s, %v: %q", l.Tag, k, words)
			}
			seen[words] = true
		}
	}
}

func TestWhatTheBrokerNoticedIsOneClickAwayAndCanBeForgotten(t *testing.T) {
	all := append([]broker.Notice{}, testNotices...)
	w, _ := newTestWindow(t, func(p *Parts) {
		p.Status = func() Status { return Status{Link: LinkUp, Address: "a:1", Noticed: len(all)} }
		p.Noticed = func() []broker.Notice { return append([]broker.Notice{}, all...) }
		p.ForgetNoticed = func() { all = nil }
	})
	if !shows(statusOf(w).content, "4 things to know") {
		t.Fatal("the status line does not say so")
	}
	deskOf(w).showNoticed()
	if len(w.shell.dialogs) != 1 {
		t.Fatal("no dialog")
	}
	if words := noticedWords(testNotices[2]); strings.Contains(words, "\u202e") {
		t.Errorf("a client turns the text round: %q", words)
	}
	for _, o := range test.LaidOutObjects(w.shell.dialogs[0].overlay) {
		if b, ok := o.(*button); ok && b.Text == i18n.T("noticed.forget") {
			b.OnTapped()
		}
	}
	if len(all) != 0 || len(w.shell.dialogs) != 0 {
		t.Errorf("%d notices and %d dialogs are left", len(all), len(w.shell.dialogs))
	}
}

func TestWhatCannotBeSavedIsToldAsThisComputersDisk(t *testing.T) {
	st := Status{Link: LinkUp, Address: "a:1", Unsaved: &device.Error{Fault: device.Unknown, Op: "save settings", Err: syscall.ENOSPC}}
	w, _ := newTestWindow(t, func(p *Parts) { p.Status = func() Status { return st } })
	got := statusOf(w).describe(st)
	if got.kind != failure || got.do == nil || !strings.Contains(got.text, "This computer's disk is full") {
		t.Errorf("%+v", got)
	}
}

func TestAComputerWithoutANetworkSaysSoAndNoAddress(t *testing.T) {
	st := Status{Link: LinkUp}
	w, _ := newTestWindow(t, func(p *Parts) { p.Status = func() Status { return st } })
	if got := statusOf(w).describe(st); got.kind != remark || got.text != i18n.T("status.no-network") {
		t.Errorf("%+v", got)
	}
}
