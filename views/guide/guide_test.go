package guide

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.Places[ui.PlaceGuide] = func(s *ui.Shell, _ *backend.Parts) (func() ui.Page, func()) {
		return func() ui.Page { return New(s) }, nil
	}
	scene := func(name string, prepare func(*page)) {
		viewtest.RegisterScene("guide-"+name, ui.PlaceGuide, func(e *viewtest.Env) fyne.CanvasObject {
			p := New(e.Shell).(*page)
			prepare(p)
			return p.Content()
		})
	}
	scene("lesson", func(*page) {})
	scene("it", func(p *page) { p.Target("5-it") })
	viewtest.ForPictures(func() {
		scene("messages", func(p *page) { p.Target("messages") })
		scene("found", func(p *page) { p.search.SetText("5 ghz") })
		scene("nothing", func(p *page) { p.search.SetText("qwertz") })
	})
}

func TestPicturesOfAllScenesFitTheWindow(t *testing.T) { viewtest.CheckScenes(t) }

func opened(t *testing.T) (*viewtest.Window, *page) {
	t.Helper()
	w, _ := viewtest.NewWindow(t, nil)
	w.Visit(ui.PlaceGuide, "")
	return w, w.PageAt(ui.PlaceGuide).(*page)
}

func text(p *page) string {
	return viewtest.Unmarked(strings.Join(viewtest.TextsIn(p.content), "\n"))
}

func TestASearchFindsWordsInEveryChapter(t *testing.T) {
	w, p := opened(t)
	p.search.SetText("5 GHZ board")
	got := text(p)
	for _, part := range []string{"The school's network", i18n.T("guide.messages"), i18n.T("problem.wifi-not-found.title")} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is not found: %s", part, got)
		}
	}
	p.search.SetText("e")
	if got := text(p); !strings.Contains(got, "more") || strings.Count(got, i18n.T("guide.messages")) > maxFound {
		t.Error("what is found is not bounded")
	}
	p.search.SetText(strings.Repeat("长", 10_000))
	if got := text(p); got != i18n.T("guide.nothing") {
		t.Error(got)
	}
	viewtest.Press(w, fyne.KeyEscape)
	if p.search.Text != "" || !strings.Contains(text(p), p.chapters[0].Title) {
		t.Errorf("after Esc: %q", p.search.Text)
	}
}

func TestTheGuideHasEveryMessageInTheWordsOfTheWindow(t *testing.T) {
	_, p := opened(t)
	p.Target("messages")
	got := strings.Split(text(p), "\n")
	for _, m := range problem.All() {
		if !slices.Contains(got, m.Title) || !strings.Contains(strings.Join(got, "\n"), m.Advice) {
			t.Errorf("the message %q is missing", m.Title)
		}
	}
	p.Target("nonsense")
	if p.chapters[p.chosen].Name != "messages" {
		t.Error("a chapter that is not there was opened")
	}
}

func TestF1LeadsToTheGuide(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	viewtest.Press(w, fyne.KeyF1)
	if !w.Shell.InDialog() {
		t.Fatal("F1 does nothing")
	}
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("help.guide-open"))
	if w.Current != ui.PlaceGuide || w.Shell.InDialog() {
		t.Errorf("it leads to %s", w.Current)
	}
}

func TestACommandIsCopiedWhole(t *testing.T) {
	w, p := opened(t)
	p.Target("5-it")
	viewtest.PressNamed(t, p.content, i18n.T("common.copy"))
	if got := w.Shell.Clipboard().Content(); !strings.HasPrefix(got, "netsh advfirewall firewall add rule") {
		t.Error(got)
	}
}
