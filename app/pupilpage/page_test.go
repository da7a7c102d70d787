package pupilpage

import (
	"bytes"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"lamplighter/app/lights"
)

func TestAPupilSwitchesWhatTheTeacherAllows(t *testing.T) {
	r := newRoom(t, 2)
	mei := r.enter("Mei")
	flip := func(i int) reply { return r.send("POST", "/switch", mei, request{Lamp: lampAt(i), On: true}) }
	r.wants(flip(0), notAllowed) // none was chosen
	r.wants(r.send("POST", "/pick", mei, request{Lamp: lampAt(0)}), "")
	r.wants(flip(0), "")
	r.wantsSent(lampAt(0) + "/light/set on")
	r.wants(flip(1), notAllowed)
	r.wantsSent()

	r.SetRule(RuleAll)
	mei = r.enter("Mei")
	r.wants(flip(1), "")
	r.wantsSent(lampAt(1) + "/light/set on")
	r.SetRule(RuleLook)
	r.wants(flip(1), notAllowed)
	r.wantsSent()
}

func TestAPageShowsWhatTheBoardConfirmedAndNothingElse(t *testing.T) {
	r := newRoom(t, 1)
	r.SetRule(RuleAll)
	mei := r.enter("")
	s := r.follow(mei, "zh-CN,zh;q=0.9")
	word := func(want string) func(event) bool {
		return func(e event) bool { return len(e.Lamps) == 1 && e.Lamps[0].Word == want }
	}
	first := r.until(s, word("zh-Hans 1 1"))
	if !slices.Equal(first.Order, []string{lampAt(0)}) || first.Rule != "all" || !first.Lamps[0].Able || first.Lamps[0].Look != "off" {
		t.Errorf("%+v", first)
	}
	r.wants(r.send("POST", "/switch", mei, request{Lamp: lampAt(0), On: true}), "")
	if e := r.until(s, word("zh-Hans 3 1")); e.Lamps[0].Look != "waiting" || !e.Lamps[0].On || e.Order != nil {
		t.Errorf("%+v", e)
	}
	r.says(0, "light", "on")
	if e := r.until(s, word("zh-Hans 1 2")); e.Lamps[0].Look != "on" {
		t.Errorf("%+v", e)
	}
	if l, _ := r.panel.Light(lampAt(0)); l.ChangedBy != lights.ActorPupil {
		t.Errorf("it was switched by %v", l.ChangedBy)
	}
	r.says(0, "status", "offline")
	if e := r.until(s, func(e event) bool { return len(e.Lamps) == 1 && e.Lamps[0].Look == "offline" }); e.Lamps[0].Able {
		t.Errorf("%+v", e)
	}
	r.wants(r.send("POST", "/switch", mei, request{Lamp: lampAt(0), On: true}), lampAway)
}

func TestAttentionTakesTheSwitchesUntilItIsGivenBackOrTheProgramEnds(t *testing.T) {
	r := newRoom(t, 1)
	r.SetRule(RuleAll)
	mei := r.enter("")
	s := r.follow(mei, "en")
	r.SetAttention(true)
	r.until(s, func(e event) bool { return e.Attention })
	r.wants(r.send("POST", "/switch", mei, request{Lamp: lampAt(0), On: true}), teacherHas)
	r.wantsSent()
	if err := r.panel.Switch(lampAt(0), true); err != nil { // the teacher's own
		t.Error(err)
	}
	r.wantsSent(lampAt(0) + "/light/set on")
	r.SetAttention(false)
	r.until(s, func(e event) bool { return !e.Attention })
	r.wants(r.send("POST", "/switch", mei, request{Lamp: lampAt(0)}), "")
	r.SetAttention(true)
	r.Shut()
	if want := []bool{true, false, true, false}; !slices.Equal(r.frozen, want) || r.Attention() {
		t.Errorf("the broker was told %v, want %v", r.frozen, want)
	}
}

func TestATokenOfAnotherLessonOpensNothing(t *testing.T) {
	r := newRoom(t, 1)
	r.SetRule(RuleAll)
	mei, code := r.enter("Mei"), r.State().Code
	s := r.follow(mei, "en")
	r.Open(plainSpeech{}) // another code
	r.during(func() { <-s.over })
	if r.State().Code == code {
		t.Error("the code is the same")
	}
	for _, path := range []string{"/switch", "/pick", "/events"} {
		r.wants(r.send("POST", path, mei, request{Lamp: lampAt(0), On: true}), lessonOver)
	}
	r.wants(r.send("POST", "/join", "", request{Code: code}), wrongCode)
	r.wantsSent()
	if len(r.Pupils()) != 0 {
		t.Errorf("who is here: %v", r.Pupils())
	}
	address := r.State().Address
	r.Close()
	if _, err := http.Get("http://" + address); err == nil {
		t.Error("it is closed, and answers")
	}
	if r.State().Open || r.State().Code != "" {
		t.Errorf("%+v", r.State())
	}
}

func TestALampIsHeldForOnePupilAtATime(t *testing.T) {
	r := newRoom(t, 2)
	now := time.Now()
	r.now = func() time.Time { return now }
	mei, tom := r.enter("Mei"), r.enter("Tom")
	s := r.follow(mei, "en")
	r.wants(r.send("POST", "/pick", mei, request{Lamp: lampAt(0)}), "")
	r.until(s, func(e event) bool { return len(e.Lamps) > 0 && e.Lamps[0].Taken })
	r.wants(r.send("POST", "/pick", tom, request{Lamp: lampAt(0)}), lampTaken)
	r.wants(r.send("POST", "/pick", tom, request{Lamp: "class/none"}), lampGone)
	s.cancel()
	r.loop.RunUntil(func() bool { return r.State().Present == 0 }, "Mei to leave")
	r.wants(r.send("POST", "/pick", tom, request{Lamp: lampAt(0)}), lampTaken) // she may only have reloaded it
	now = now.Add(holdTime)
	r.wants(r.send("POST", "/pick", tom, request{Lamp: lampAt(0)}), "")
	r.wants(r.send("POST", "/switch", mei, request{Lamp: lampAt(0), On: true}), notAllowed)
	if all := r.Pupils(); len(all) != 2 || all[0].Name != "Mei" || all[1].Lamp != lampAt(0) {
		t.Errorf("%v", all)
	}
}

func TestLampsThatNobodySetUpAreNotForPupils(t *testing.T) {
	r := newRoom(t, 1)
	r.SetRule(RuleAll)
	r.panel.SetRosterOnly(true)
	mei := r.enter("")
	if e := r.until(r.follow(mei, "en"), func(e event) bool { return e.Empty }); len(e.Lamps) != 0 {
		t.Errorf("%+v", e)
	}
	r.wants(r.send("POST", "/switch", mei, request{Lamp: lampAt(0), On: true}), lampGone)
}

func TestANameIsCleanedAndNeverLogged(t *testing.T) {
	var log bytes.Buffer
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(was)
	r := newRoom(t, 1)
	r.SetRule(RuleAll)
	mei := r.enter("  Mei\u202e\n\x00  Xiaoming " + strings.Repeat("长", 50))
	r.wants(r.send("POST", "/switch", mei, request{Lamp: lampAt(0), On: true}), "")
	if name := r.Pupils()[0].Name; !strings.HasPrefix(name, "Mei Xiaoming ") || len([]rune(name)) != maxName {
		t.Errorf("%q", name)
	}
	all := log.String() + strings.Join(r.sent, "")
	for _, secret := range []string{"Xiaoming", r.State().Code, mei} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is told: %s", secret, all)
		}
	}
}

func TestAPageIsToldInItsBrowsersLanguage(t *testing.T) {
	r := newRoom(t, 0)
	for header, want := range map[string]string{"zh-CN,zh;q=0.9,en;q=0.8": "zh-Hans", "de-DE,de": "en", "": "en", "zh-TW": "zh-Hans", strings.Repeat("x-", 2000): "en"} {
		a := r.send("GET", "/texts", "", nil, func(q *http.Request) { q.Header.Set("Accept-Language", header) })
		if !strings.Contains(a.body, "title in "+want) {
			t.Errorf("%.40q: %d %s", header, a.status, a.body)
		}
	}
}

func TestOnlyLampsThatChangedAreSentAgain(t *testing.T) {
	r := newRoom(t, 30)
	mei := r.enter("")
	s := r.follow(mei, "en")
	if e := r.until(s, func(event) bool { return true }); len(e.Lamps) != 30 || len(e.Order) != 30 {
		t.Errorf("%d lamps at first, %d in order", len(e.Lamps), len(e.Order))
	}
	r.says(7, "light", "on")
	if e := r.until(s, func(event) bool { return true }); len(e.Lamps) != 1 || e.Lamps[0].ID != lampAt(7) || e.Order != nil {
		t.Errorf("%d lamps, %d in order", len(e.Lamps), len(e.Order))
	}
}
