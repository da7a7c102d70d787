package views

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func TestAnotherLanguageIsThereAtOnce(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	t.Cleanup(func() { _ = i18n.SetLanguage("en") })
	w.Visit(ui.PlaceSettings, "")
	w.Shell.Restyle(func(v *settings.Values) { v.Language = "zh-Hans" })
	if w.Current != ui.PlaceSettings || w.Items[ui.PlaceSettings].Word != "设置" || w.Win.Title() != "掌灯" {
		t.Errorf("at %s, the rail says %q, the title %q", w.Current, w.Items[ui.PlaceSettings].Word, w.Win.Title())
	}
	if got := lang.L("Cancel"); got != "取消" {
		t.Errorf("the toolkit says %q", got)
	}
	if got := w.Parts.Settings.Values().Language; got != "zh-Hans" {
		t.Errorf("kept: %q", got)
	}
}

// countingPage counts what the window does with it.
type countingPage struct {
	fyne.CanvasObject
	shows, hides, closes int
}

func (p *countingPage) Content() fyne.CanvasObject { return p.CanvasObject }

func (p *countingPage) Shown() { p.shows++ }

func (p *countingPage) Hidden() { p.hides++ }

func (p *countingPage) Close() { p.closes++ }

func TestAPageIsToldWhenItIsShownHiddenAndClosed(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	p := &countingPage{CanvasObject: ui.Label("")}
	w.Pages[ui.PlaceSettings] = p
	w.Visit(ui.PlaceSettings, "")
	w.Visit(ui.PlaceSettings, "")
	w.Visit(ui.PlaceLamps, "")
	w.Visit(ui.PlaceSettings, "")
	if *p != (countingPage{p.CanvasObject, 2, 1, 0}) {
		t.Errorf("%+v", p)
	}
	w.Rebuild()
	if *p != (countingPage{p.CanvasObject, 2, 2, 1}) {
		t.Errorf("after a rebuild: %+v", p)
	}
}

func TestADialogIsAnsweredOnce(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	done := 0
	m := w.Shell.Confirm("Sure?", "", "Yes", false, func() { done++ })
	viewtest.Press(w, fyne.KeyReturn) // the focus is on Yes
	if done != 1 || len(w.Shell.Dialogs) != 0 {
		t.Errorf("done %d times, %d dialogs", done, len(w.Shell.Dialogs))
	}
	m.Cancel() // closing what is closed does nothing
	w.Shell.Confirm("Delete?", "", "Delete", true, func() { done++ })
	viewtest.Press(w, fyne.KeyReturn) // what takes something away is not what Enter does
	if done != 1 || len(w.Shell.Dialogs) != 0 {
		t.Errorf("a dangerous dialog: done %d times, %d dialogs", done, len(w.Shell.Dialogs))
	}
}
