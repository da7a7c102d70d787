package views

import (
	"testing"

	"fyne.io/fyne/v2"

	"lamplighter/app"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func TestClosingAsksOnceWhereItWouldCutSomethingOff(t *testing.T) {
	status, writing := app.Status{Link: link.Online}, false
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) {
		p.Status = func() app.Status { return status }
		p.Writing = func() bool { return writing }
	})
	l := &leaving{shell: w.Shell, parts: w.Parts}
	closed := 0
	yes := func() { closed++ }
	if !l.closing(yes) {
		t.Error("it asks though nobody is there")
	}
	status.Broker, status.Online = "School", 3
	if !l.closing(yes) {
		t.Error("it asks though the boards are on another broker")
	}
	status.Broker = ""
	for range 3 {
		if l.closing(yes) {
			t.Error("three boards are cut off without a question")
		}
	}
	if n := len(w.Shell.Dialogs); n != 1 || !viewtest.Shows(w.Shell.Dialogs[0].Overlay, i18n.N("leave.online.text", 3)) {
		t.Fatalf("%d questions", n)
	}
	w.Shell.Dialogs[0].Cancel()
	writing = true
	if l.closing(yes) || closed > 0 {
		t.Error("a board is cut off while it is written")
	}
	viewtest.PressNamed(t, w.Shell.Dialogs[0].Overlay, i18n.T("leave.writing.yes"))
	if closed != 1 {
		t.Error("the window stays, though it was closed anyway")
	}
}

func TestTheQuestionAtTheEndIsAboutWhatWouldBeCutOffNow(t *testing.T) {
	status, writing := app.Status{Link: link.Online, Online: 2}, true
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) {
		p.Status = func() app.Status { return status }
		p.Writing = func() bool { return writing }
	})
	l := &leaving{shell: w.Shell, parts: w.Parts}
	l.closing(func() { t.Error("the window was closed") })
	asks := func(text string) {
		t.Helper()
		if n := len(w.Shell.Dialogs); n != 1 || !viewtest.Shows(w.Shell.Dialogs[0].Overlay, text) {
			t.Fatalf("%d questions, none asks %q", n, text)
		}
	}
	asks(i18n.T("leave.writing.title"))
	writing = false
	w.Parts.Setup().Changed.Raise()
	asks(i18n.N("leave.online.text", 2))
	if w.Win.Canvas().Focused() == nil {
		t.Error("the keyboard is nowhere")
	}
	status.Online = 1
	w.Parts.StatusChanged.Raise()
	asks(i18n.N("leave.online.text", 1))
	status.Online = 0
	w.Parts.StatusChanged.Raise()
	if n := len(w.Shell.Dialogs); n != 0 {
		t.Errorf("%d questions stay, though nothing would be cut off", n)
	}
}

func TestAMenuIsLeftWithItsPlace(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	w.Visit(ui.PlaceTopics, "")
	w.Shell.PopUp(fyne.NewMenu("", fyne.NewMenuItem("Erase", func() {})), fyne.NewPos(10, 10))
	w.Shell.PopUp(fyne.NewMenu("", fyne.NewMenuItem("Copy", func() {})), fyne.NewPos(20, 20))
	if n := len(w.Win.Canvas().Overlays().List()); n != 1 {
		t.Errorf("%d menus are open at once", n)
	}
	w.Visit(ui.PlaceLamps, "")
	if n := len(w.Win.Canvas().Overlays().List()); n != 0 {
		t.Errorf("%d menus of another place are open", n)
	}
}

func TestAPageThatChangesTakesTheKeyboardFromNoDialog(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	w.Shell.Confirm("Close?", "", "Close", true, func() {})
	w.Shell.Unfocus()
	if w.Win.Canvas().Focused() == nil {
		t.Error("the dialog has lost the keyboard")
	}
	w.Shell.LeaveDialog()
	w.Shell.Unfocus()
	if w.Win.Canvas().Focused() != nil {
		t.Error("the page keeps the keyboard")
	}
}

func TestABoardThatWasInterruptedIsToldOnceAtTheNextStart(t *testing.T) {
	w, loop := viewtest.NewWindow(t, nil)
	store := w.Parts.Settings
	store.Update(func(v *settings.Values) { v.Interrupted = "lamp-07" })
	for range 2 {
		showInterrupted(w.Shell, store)
	}
	if n := len(w.Shell.Dialogs); n != 1 || !viewtest.Shows(w.Shell.Dialogs[0].Overlay, i18n.T("interrupted.title", "Name", "lamp-07")) {
		t.Fatalf("%d dialogs", n)
	}
	viewtest.PressNamed(t, w.Shell.Dialogs[0].Overlay, i18n.T("rail.setup"))
	loop.Run()
	if w.Current != ui.PlaceSetup {
		t.Errorf("it leads to %q", w.Current)
	}
}
