package welcome

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/i18n"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.RegisterScene("welcome", ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
		e.Then(func() { e.Win.SetContent(New(e.Shell, func(bool) {})) })
		return New(e.Shell, func(bool) {})
	})
}

func TestPicturesOfAllScenesFitTheWindow(t *testing.T) { viewtest.CheckScenes(t) }

func TestAPersonChoosesWhatToBeginWith(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	var begun []bool
	w.Win.SetContent(New(w.Shell, func(practice bool) { begun = append(begun, practice) }))
	viewtest.PressNamed(t, w.Win.Content(), i18n.T("lamps.empty.setup"))
	viewtest.PressNamed(t, w.Win.Content(), i18n.T("lamps.empty.practice"))
	if len(begun) != 2 || begun[0] || !begun[1] {
		t.Errorf("begun with %v", begun)
	}
}

func TestTheLanguageIsChangedAtOnce(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	was := i18n.Language()
	t.Cleanup(func() { _ = i18n.SetLanguage(was) })
	content := New(w.Shell, func(bool) {})
	w.Win.SetContent(content)
	for _, o := range test.LaidOutObjects(content) {
		if list, ok := o.(*ui.Select); ok {
			if list.Selected != "English" {
				t.Errorf("%s is chosen", list.Selected)
			}
			list.SetSelected("简体中文")
		}
	}
	if got := w.Parts.Settings.Values().Language; got != "zh-Hans" || i18n.Language() != "zh-Hans" {
		t.Errorf("the settings have %q, the window %q", got, i18n.Language())
	}
}
