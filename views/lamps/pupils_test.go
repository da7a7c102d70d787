package lamps

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"lamplighter/app/lights"
	"lamplighter/i18n"
	"lamplighter/views/lampview"
	"lamplighter/views/viewtest"
)

func TestThePupilsPageIsOpenedShownAndClosedWithOneClickEach(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	p := newLampPage(envOf(w))
	defer p.Close()
	pupils := w.Parts.Pupils
	p.pupilsDialog()
	if pupils.State().Open || p.line.pupils.Visible() {
		t.Error("it is open before anybody has asked for it")
	}
	press := func(key string) {
		t.Helper()
		viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T(key))
	}
	press("pupilpage.open")
	s := pupils.State()
	if said := viewtest.DialogText(w); !s.Open || !strings.Contains(said, s.Address) || !strings.Contains(said, s.Code[:5]+" "+s.Code[5:]) {
		t.Errorf("%+v; the dialog says %s", s, said)
	}
	if !p.line.pupils.Visible() {
		t.Error("the page of the lamps does not say that it is open")
	}
	viewtest.Press(w, "Return") // a second one, in haste
	if !pupils.State().Open || w.Shell.InDialog() {
		t.Error("Enter closes the page, and not the dialog")
	}
	test.Tap(p.line.pupils)
	press("pupilpage.new-code")
	if again := pupils.State(); again.Code == s.Code || !strings.Contains(viewtest.DialogText(w), again.Code[:5]) {
		t.Error("the code is the old one")
	}
	press("pupilpage.show-names")
	if said := viewtest.DialogText(w); !strings.Contains(said, i18n.T("pupilpage.nobody")) {
		t.Errorf("the dialog says %s", said)
	}
	press("pupilpage.close")
	if pupils.State().Open || p.line.pupils.Visible() {
		t.Error("it is open")
	}
}

func TestAttentionIsTakenAndGivenBackWithOneClickEach(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	p := newLampPage(envOf(w))
	defer p.Close()
	if p.attention.notice.Visible() {
		t.Error("it is said before it is so")
	}
	test.Tap(p.line.attention)
	if !w.Parts.Pupils.Attention() || !p.attention.notice.Visible() || p.line.attention.Visible() {
		t.Error("it is not so, or not said")
	}
	viewtest.PressNamed(t, p.header, i18n.T("attention.give"))
	if w.Parts.Pupils.Attention() || p.attention.notice.Visible() {
		t.Error("it has not ended")
	}
}

// What the page's own program and the server ask for by name is there.
func TestThePupilsPageHasAllItsWordsInEveryLanguage(t *testing.T) {
	asked := regexp.MustCompile(`\bt\('([a-z-]+)'|data-text="([a-z-]+)"|notice\('([a-z-]+)'|leave\('([a-z-]+)'|return '([a-z-]+)'|refusal = "([a-z-]+)"|\? '([a-z-]+)' :|: '([a-z-]+)'\)`)
	names, all := map[string]bool{}, ""
	for _, file := range []string{"web/page.js", "web/index.html", "server.go"} {
		text, err := os.ReadFile(filepath.Join("../../app/pupilpage", file))
		if err != nil {
			t.Fatal(err)
		}
		all += string(text)
		for _, m := range asked.FindAllStringSubmatch(string(text), -1) {
			names[strings.Join(m[1:], "")] = true
		}
	}
	if len(names) < 25 {
		t.Errorf("only %d names were found", len(names))
	}
	speech := PupilSpeech{time.Now}
	for _, language := range speech.Languages() {
		texts := speech.Texts(language)
		for name := range names {
			if texts[name] == "" || strings.HasPrefix(texts[name], webArea) {
				t.Errorf("%s: there is no text for %q", language, name)
			}
		}
		for name := range texts {
			if !strings.Contains(all, "'"+name+"'") && !strings.Contains(all, `"`+name+`"`) {
				t.Errorf("nothing asks for %q", name)
			}
		}
	}
}

func TestThePupilsPageSaysOfALampWhatItsCardSays(t *testing.T) {
	speech := PupilSpeech{func() time.Time { return sceneTime }}
	was := i18n.Language()
	t.Cleanup(func() { _ = i18n.SetLanguage(was) })
	for _, l := range i18n.Languages() {
		for _, phase := range lights.Phases() {
			light := lights.Light{Name: "lamp-01", Phase: phase, State: lights.On, Target: lights.On, Confirmed: sceneTime, Since: sceneTime}
			_ = i18n.SetLanguage("en") // the window's, whatever the page's is
			word, truth := speech.Lamp(l.Tag, light)
			if i18n.Language() != "en" {
				t.Fatal("the window's language has changed")
			}
			_ = i18n.SetLanguage(l.Tag)
			if card := lampview.Describe(light, sceneTime); card.Word != word || card.Truth != truth || word == "" {
				t.Errorf("%s, %v: %q %q, the card says %q %q", l.Tag, phase, word, truth, card.Word, card.Truth)
			}
		}
	}
}
