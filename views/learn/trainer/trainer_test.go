package trainer

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/course/trainer"
	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.Places[ui.PlaceLearn] = func(s *ui.Shell, p *backend.Parts) (func() ui.Page, func()) {
		return func() ui.Page { return newPage(s, p, 1) }, nil
	}
	scene := func(name string, prepare func(*page)) {
		viewtest.RegisterScene("learn-filters-"+name, ui.PlaceLearn, func(e *viewtest.Env) fyne.CanvasObject {
			p := newPage(e.Shell, e.Parts, 1)
			prepare(p)
			return p.Content()
		})
	}
	scene("wrong", func(p *page) {
		p.filter.SetText("/Sensor/+/temperature")
		p.check()
	})
	viewtest.ForPictures(func() {
		scene("begin", func(*page) {})
		scene("flaw", func(p *page) { p.filter.SetText("/Sensor/room#") })
		scene("right", func(p *page) {
			p.filter.SetText(p.t.Task().Answer)
			p.check()
		})
		scene("third", func(p *page) {
			p.filter.SetText("/Sensor/#")
			for range showAfter {
				p.check()
			}
		})
	})
}

func TestPicturesOfAllScenesFitTheWindow(t *testing.T) { viewtest.CheckScenes(t) }

func opened(t *testing.T) (*viewtest.Window, *page) {
	t.Helper()
	w, _ := viewtest.NewWindow(t, nil)
	w.Visit(ui.PlaceLearn, "")
	return w, w.PageAt(ui.PlaceLearn).(*page)
}

func text(p *page) string {
	return viewtest.Unmarked(strings.Join(viewtest.TextsIn(p.root), "\n"))
}

func TestTheFilterLightsUpLevelsAsItIsTyped(t *testing.T) {
	w, p := opened(t)
	w.Win.Resize(viewtest.SmallScreen)
	w.Win.Canvas().Focus(p.FirstFocus())
	test.Type(p.filter, "/Sensor/room1/#")
	matched := 0
	for _, r := range p.rows {
		if r.Mark == trainer.Matched {
			matched++
		}
	}
	if matched != 4 || !strings.Contains(text(p), i18n.N("learn.filters.count", len(p.t.Topics()), "Matched", 4)) {
		t.Errorf("%d are matched: %s", matched, text(p))
	}
	test.Type(p.filter, "x")
	if !strings.Contains(text(p), i18n.T("learn.flaw.hash-part")) {
		t.Errorf("what is wrong is not told: %s", text(p))
	}
	for typed, why := range map[string]string{"/Sensor/# ": i18n.T("learn.flaw.space"), "／Sensor": i18n.T("learn.flaw.wide")} {
		if p.filter.SetText(typed); !strings.Contains(text(p), viewtest.Unmarked(why)) {
			t.Errorf("%q: %s", typed, text(p))
		}
	}
	viewtest.Press(w, fyne.KeyEscape)
	if p.filter.Text != "" {
		t.Error("Esc does not empty the filter")
	}
}

func TestATaskIsSolvedByTheKeyboardAndTheNextIsSet(t *testing.T) {
	w, p := opened(t)
	w.Win.Canvas().Focus(p.FirstFocus())
	test.Type(p.filter, p.t.Task().Answer)
	viewtest.Press(w, fyne.KeyReturn)
	if !strings.Contains(text(p), i18n.N("learn.filters.right", 1)) {
		t.Fatalf("a right answer is not praised: %s", text(p))
	}
	before := p.task.Text
	viewtest.PressNamed(t, p.verdict, i18n.T("learn.filters.next"))
	if p.task.Text == before || p.filter.Text != "" || len(p.verdict.Objects) > 0 {
		t.Error("no other task is set")
	}
}

func TestAnAnswerIsShownAfterThreeWrongOnesOnly(t *testing.T) {
	_, p := opened(t)
	p.filter.SetText("no/such/topic")
	for i := range showAfter {
		if p.show.Visible() {
			t.Errorf("shown after %d", i)
		}
		p.check()
	}
	if !p.show.Visible() || !strings.Contains(text(p), "misses") {
		t.Errorf("%s", text(p))
	}
	test.Tap(p.show)
	p.check()
	if p.t.Solved() != 0 || !strings.Contains(text(p), i18n.T("learn.filters.shown")) {
		t.Error("the answer that is shown is wrong, or counted")
	}
}

func TestTasksAreMadeFromTheClassesTopics(t *testing.T) {
	w, p := opened(t)
	for _, name := range []string{"class/lamp-01/light", "class/lamp-01/status", "class/lamp-02/light", "class/lamp-02/status"} {
		w.Parts.Topics.Insert(topics.Message{Topic: name, Payload: []byte("on")})
	}
	p.source.SetSelectedIndex(1)
	if p.none.Visible() {
		t.Error("the class is said to have no topics")
	}
	if got := p.t.Topics(); len(got) != 4 || got[0] != "class/lamp-01/light" {
		t.Errorf("%q", got)
	}
	task := p.task.Text
	p.Shown()
	if p.task.Text != task {
		t.Error("another task is set though no topic is new")
	}
	w.Parts.Topics.Insert(topics.Message{Topic: "class/lamp-03/light", Payload: []byte("on")})
	p.Shown()
	if len(p.t.Topics()) != 5 {
		t.Error("a new topic is not taken in")
	}
}

func TestEveryTaskAndEveryMistakeHasItsWords(t *testing.T) {
	for k := trainer.One; k <= trainer.Internal; k++ {
		if s := taskWords(trainer.Task{Kind: k, Prefix: "a/\x00", Suffix: "b", Levels: 2}); s == "" || strings.Contains(s, "\x00") {
			t.Errorf("kind %d: %q", k, s)
		}
	}
	for r := trainer.ByText; r <= trainer.BySame; r++ {
		if reasonWords[r] == "" || !i18n.Has(reasonWords[r]) {
			t.Errorf("reason %d has no words", r)
		}
	}
}

func TestAClassWithoutTopicsIsToldThatTheseAreTheTutorials(t *testing.T) {
	_, p := opened(t)
	p.source.SetSelectedIndex(1)
	if !p.none.Visible() {
		t.Error("it is not told")
	}
	p.source.SetSelectedIndex(0)
	if p.none.Visible() {
		t.Error("it is told of the tutorial's own")
	}
}

func TestWhatIsWrongWithAFilterIsToldOnce(t *testing.T) {
	_, p := opened(t)
	for filter, why := range map[string]string{"#/humidity": i18n.T("learn.flaw.hash-end"), " /Sensor/#": i18n.T("learn.flaw.space")} {
		p.filter.SetText(filter)
		p.check()
		if told := viewtest.TextsIn(p.verdict); len(told) > 0 || viewtest.Unmarked(p.flaw.Text()) != viewtest.Unmarked(why) {
			t.Errorf("%q: told twice, or not at all: %q, %q", filter, p.flaw.Text(), told)
		}
	}
}

func TestAnEmptyLevelAndTheLevelAboveAreSaidToCount(t *testing.T) {
	if s := viewtest.Unmarked(taskWords(trainer.Task{Kind: trainer.Below, Prefix: "a"})); !strings.Contains(s, "a and everything below it") {
		t.Error(s)
	}
	if s := taskWords(trainer.Task{Kind: trainer.Ending, Suffix: "b", Levels: 3, Wanted: []string{"a//b"}}); !strings.Contains(s, "empty level") {
		t.Error(s)
	}
}

func TestWhyASlashAtTheFrontMakesALevelMoreIsExplained(t *testing.T) {
	task := trainer.Task{Kind: trainer.Ending, Suffix: "humidity", Levels: 4, Wanted: []string{"/Sensor/room1/humidity"}}
	if s := viewtest.Unmarked(taskWords(task)); !strings.Contains(s, "that empty place is level 1: /Sensor/room1/humidity has 4 levels") {
		t.Error(s)
	}
	for _, c := range []struct{ filter, topic, want string }{
		{"Sensor/#", "/Sensor/outside", "/Sensor/outside begins with /. Nothing stands before it, and that empty place is level 1, so it has 3 levels."},
		{"/Sensor/+/temperature", "x/y", "/Sensor/+/temperature begins with /. Nothing stands before it, and that empty place is level 1, so it has 4 levels."},
		{"a/b", "x/y", ""},
	} {
		if got := viewtest.Unmarked(slashWords(c.filter, trainer.Verdict{Topic: c.topic, Reason: trainer.ByText})); got != c.want {
			t.Errorf("%q and %q: %q", c.filter, c.topic, got)
		}
	}
	if got := slashWords("Sensor/#", trainer.Verdict{Topic: "/Sensor/outside", Reason: trainer.ByLeading}); got != "" {
		t.Errorf("told twice: %s", got)
	}
	_, p := opened(t)
	for p.t.Task().Kind != trainer.Below || p.t.Task().Prefix != "/Sensor/room1" {
		p.another()
	}
	p.filter.SetText("/Sensor/room2/#")
	p.check()
	if told := viewtest.Unmarked(strings.Join(viewtest.TextsIn(p.verdict), " ")); !strings.Contains(told, "that empty place is level 1") {
		t.Errorf("the empty level is not explained beside the mistake: %s", told)
	}
}
