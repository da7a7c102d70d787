package lamps

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/apptest"
	"lamplighter/app/lights"
	"lamplighter/app/lights/codec"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/format"
	"lamplighter/views/lampview"
	"lamplighter/views/problem"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// lampWindow is the whole window at the lamps, with the room's boards.
func lampWindow(t *testing.T, fill func(*lampRoom)) (*lampPage, *lampRoom) {
	t.Helper()
	loop := apptest.NewLoop(t)
	room := newLampRoom(t, loop)
	fill(room)
	loop.Run()
	w, _ := viewtest.NewWindow(t, func(parts *backend.Parts) { parts.Lights = room.Panel })
	w.Win.Resize(viewtest.SmallScreen)
	p := w.PageAt(ui.PlaceLamps).(*lampPage)
	p.now = func() time.Time { return sceneTime }
	w.Visit(ui.PlaceLamps, "")
	return p, room
}

func (p *lampPage) card(t testing.TB, base string) *lampCard {
	t.Helper()
	for _, c := range p.grid.field.bound {
		if c.light.Base == base {
			return c
		}
	}
	t.Fatalf("no card for %s", base)
	return nil
}

func (r *lampRoom) saysNow(topic, payload string) { r.says(topic, payload); r.loop.Run() }

func TestATapAsksAndOnlyTheBoardsWordLightsTheLamp(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) { r.here("lamp-01", "Window", "off") })
	c := p.card(t, "class/lamp-01")
	test.Tap(c.sw)
	if len(room.sent) != 1 || room.sent[0] != "class/lamp-01/light/set on" {
		t.Fatalf("sent %q", room.sent)
	}
	if c.sw.KnobPosition() != 0.5 || c.picture.Lit != 0 || !c.picture.Ring.Visible() {
		t.Fatalf("a lamp that waits looks like another: %v %v", c.sw.KnobPosition(), c.picture.Lit)
	}
	room.saysNow("lamp-01/light/set", "on")
	if c.picture.Lit != 0 {
		t.Fatal("the command itself lit the lamp")
	}
	room.saysNow("lamp-01/light", "on")
	if c.sw.KnobPosition() != 1 || c.picture.Lit != 1 || c.picture.Ring.Visible() {
		t.Fatalf("a confirmed lamp is not lit: %v %v", c.sw.KnobPosition(), c.picture.Lit)
	}
	if w := c.DebugText(); !strings.Contains(w, "On, confirmed 09:41 by the board.") {
		t.Fatalf("card says %q", w)
	}
}

func TestATapOnTheLampItselfIsATapOnItsSwitch(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) { r.here("lamp-01", "Window", "off") })
	c := p.card(t, "class/lamp-01")
	test.TapAt(c, fyne.NewPos(c.Size().Width/2, c.Size().Height/2))
	if len(room.sent) != 0 {
		t.Fatalf("sent %q", room.sent)
	}
	test.TapAt(c, fyne.NewPos(cardRoom*c.scale+5, cardRoom*c.scale+5))
	if len(room.sent) != 1 {
		t.Fatalf("sent %q", room.sent)
	}
}

func TestATileIsASwitchAsAWhole(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) {
		for i := range 30 {
			r.here(fmt.Sprintf("lamp-%02d", i+1), "", "off")
		}
	})
	if n := len(p.grid.field.bound); n != 30 || p.grid.plan.total(30) > p.grid.scroll.Size().Height {
		t.Fatalf("%d of 30 lamps are in view", n)
	}
	c := p.card(t, "class/lamp-09")
	test.TapAt(c, fyne.NewPos(c.Size().Width/2, c.Size().Height/2))
	test.TapAt(c, fyne.NewPos(c.Size().Width/2, c.Size().Height/2)) // a hand that trembles
	if len(room.sent) != 1 || room.sent[0] != "class/lamp-09/light/set on" {
		t.Fatalf("sent %q", room.sent)
	}
	if text := p.detail.Text; !p.detail.Visible() || !strings.HasPrefix(text, "lamp-09: Switching on") {
		t.Errorf("below the tiles it says %q", text)
	}
	p.now = func() time.Time { return sceneTime.Add(time.Second) }
	test.TapAt(c, fyne.NewPos(c.Size().Width/2, c.Size().Height/2))
	if len(room.sent) != 2 {
		t.Errorf("a tap a second later is the same tap: %q", room.sent)
	}
}

func TestAFilterShowsTheLampsThatItCounts(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) {
		for i := range 12 {
			r.here(fmt.Sprintf("lamp-%02d", i+1), "", []string{"on", "off", "off"}[i%3])
		}
		r.says("lamp-05/status", "offline")
	})
	f := p.filter
	if got := []string{f.buttons[showAll].Text, f.buttons[showOn].Text, f.buttons[showTrouble].Text}; fmt.Sprint(got) != "[All 12 On 4 Need a look 1]" {
		t.Errorf("filters say %q", got)
	}
	test.Tap(f.buttons[showTrouble])
	if len(p.grid.lights) != 1 || p.grid.lights[0].Name != "lamp-05" || p.tools.on.Text != "1 on" {
		t.Errorf("shown are %d lamps, and the button says %q", len(p.grid.lights), p.tools.on.Text)
	}
	room.saysNow("lamp-05/status", "online")
	if len(p.grid.lights) != 12 || f.chosen != showAll {
		t.Errorf("when nothing is wrong any more, %d lamps are shown", len(p.grid.lights))
	}
}

func TestAllOnCanBeUndoneForThoseThatWereOff(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) {
		r.here("lamp-01", "", "off")
		r.here("lamp-02", "", "on")
		r.here("lamp-03", "", "off")
	})
	if p.line.undo.Visible() {
		t.Error("there is something to undo")
	}
	test.Tap(p.tools.on)
	for _, lamp := range []string{"lamp-01", "lamp-02", "lamp-03"} {
		room.saysNow(lamp+"/light", "on")
	}
	room.sent = nil
	test.Tap(p.line.undo)
	if want := "[class/lamp-01/light/set off class/lamp-03/light/set off]"; fmt.Sprint(room.sent) != want || p.line.undo.Visible() {
		t.Errorf("sent %q, to be undone again: %v", room.sent, p.line.undo.Visible())
	}
}

func TestAnOfflineLampsSwitchSendsNothingButItsMenuDoes(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) {
		r.here("lamp-01", "Window", "off")
		r.says("lamp-01/status", "offline")
	})
	c := p.card(t, "class/lamp-01")
	test.Tap(c.sw)
	p.grid.TypedRune(' ')
	if len(room.sent) != 0 || !strings.Contains(c.DebugText(), "Offline since 09:41") {
		t.Fatalf("sent %q, card says %q", room.sent, c.DebugText())
	}
	p.ask("class/lamp-01", true)
	if len(room.sent) != 1 {
		t.Fatalf("sent %q", room.sent)
	}
}

func TestACardSaysWhichRuleKeptACommandBack(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) { r.here("lamp-01", "Window", "off") })
	room.refuse = &fault.Error{Fault: fault.NotAllowed, Op: "publish"}
	test.Tap(p.card(t, "class/lamp-01").sw)
	want := problem.Explain(room.refuse)
	if text := p.card(t, "class/lamp-01").DebugText(); !strings.Contains(text, want.Title) {
		t.Fatalf("card says %q, want %q", text, want.Title)
	}
	room.SetConnected(false)
	p.now = func() time.Time { return sceneTime.Add(time.Second) }
	test.Tap(p.card(t, "class/lamp-01").sw)
	if text := p.card(t, "class/lamp-01").DebugText(); strings.Contains(text, want.Title) || !strings.Contains(text, "Not connected") {
		t.Fatalf("card says %q", text)
	}
}

func TestTheKeyboardMovesSwitchesAndFinds(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) {
		for i := range 30 {
			r.here(fmt.Sprintf("lamp-%d", i+1), "", "off")
		}
		r.here("zoo", "", "off")
	})
	canvas := p.env.Window().Canvas()
	if canvas.Focused() != p.grid {
		t.Fatalf("the focus is on %T", canvas.Focused())
	}
	here := func() string { return p.grid.lights[p.grid.current].Name }
	columns := p.grid.plan.columns
	if columns != 5 || !p.grid.plan.tile {
		t.Fatalf("%d columns in a small window", columns)
	}
	for _, step := range []struct {
		Key  fyne.KeyName
		want string
	}{
		{fyne.KeyRight, "lamp-2"},
		{fyne.KeyDown, "lamp-7"},
		{fyne.KeyLeft, "lamp-6"},
		{fyne.KeyUp, "lamp-1"},
		{fyne.KeyUp, "lamp-1"},
		{fyne.KeyEnd, "zoo"},
		{fyne.KeyHome, "lamp-1"},
	} {
		p.grid.TypedKey(viewtest.Key(step.Key))
		if here() != step.want {
			t.Fatalf("%s leads to %s, want %s", step.Key, here(), step.want)
		}
		if c := p.card(t, "class/"+here()); !c.current {
			t.Fatalf("no ring around %s", here())
		}
	}
	p.grid.TypedRune('Z')
	if here() != "zoo" {
		t.Fatalf("Z leads to %s", here())
	}
	p.grid.TypedRune(' ')
	p.grid.TypedKey(viewtest.Key(fyne.KeyReturn))
	if want := []string{"class/zoo/light/set on", "class/zoo/light/set off"}; fmt.Sprint(room.sent) != fmt.Sprint(want) {
		t.Fatalf("sent %q", room.sent)
	}
	p.now = func() time.Time { return sceneTime.Add(time.Hour) }
	for _, r := range "lamp-2" {
		p.grid.TypedRune(r)
	}
	if here() != "lamp-2" {
		t.Fatalf("typing the name leads to %s", here())
	}
	p.grid.TypedKey(viewtest.Key(desktop.KeyMenu))
	if len(canvas.Overlays().List()) != 1 {
		t.Fatal("the menu key opens no menu")
	}
}

func TestHowManyWaitForTheirTurnIsSaidUntilNobodyDoes(t *testing.T) {
	p, r := lampWindow(t, func(r *lampRoom) {
		r.here("lamp-01", "", "off")
		r.here("lamp-02", "", "off")
		r.here("lamp-03", "", "off")
		r.paced = true
	})
	p.last.ask(true, p.grid.lights)
	if want := "09:41 · All on: 0 of 3 confirmed · 3 wait for their turn"; p.line.result.Text != want {
		t.Fatalf("says %q, want %q", p.line.result.Text, want)
	}
	p.last.send("class/lamp-01")
	if want := "09:41 · All on: 0 of 2 confirmed · 2 wait for their turn"; p.line.result.Text != want {
		t.Fatalf("after a click on one of them it says %q, want %q", p.line.result.Text, want)
	}
	r.paced = false
	for _, topic := range slices.Clone(r.queue) {
		r.Sent(topic, []byte("on"))
	}
	r.loop.Run()
	p.last.send("class/lamp-02")
	if p.line.result.Text != "" {
		t.Fatalf("the count of an earlier wish is still told: %q", p.line.result.Text)
	}
}

func TestAllOnTellsHowManyConfirmed(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) {
		r.here("lamp-1", "", "off")
		r.here("lamp-2", "", "off")
		r.here("lamp-3", "", "off")
		r.says("lamp-3/status", "offline")
	})
	test.Tap(p.tools.on)
	room.saysNow("lamp-2/light", "on")
	if want := "09:41 · All on: 1 of 2 confirmed · 1 is offline: nothing sent"; p.line.result.Text != want {
		t.Fatalf("says %q, want %q", p.line.result.Text, want)
	}
	if want := "3 lamps · 1 on · 1 offline"; p.line.counts.Text != want {
		t.Fatalf("says %q, want %q", p.line.counts.Text, want)
	}
	p.last.send("class/lamp-1")
	if p.line.result.Text != "" {
		t.Fatal("an old result is still there")
	}
}

func TestAllAsksOnlyTheLampsThatWereFound(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) {
		r.here("lamp-1", "", "off")
		r.here("other", "", "off")
	})
	p.tools.find.SetText("OTH")
	if p.tools.on.Text != "1 on" {
		t.Fatalf("the button says %q", p.tools.on.Text)
	}
	p.last.ask(true, p.grid.lights)
	p.tools.find.SetText("nobody")
	p.last.ask(false, p.grid.lights)
	if len(room.sent) != 1 || p.tools.on.Visible() {
		t.Fatalf("sent %q", room.sent)
	}
	if !p.Escape() || p.Escape() || len(p.grid.lights) != 2 {
		t.Fatal("Esc does not end the search")
	}
}

func TestOnlyLampsInViewHaveACardAndScrollingKeepsThemRight(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) {
		for i := range 200 {
			r.here(fmt.Sprintf("lamp-%d", i+1), "", "off")
		}
	})
	check := func() {
		t.Helper()
		if n := len(p.grid.field.bound) + len(p.grid.field.spare); n > 60 { // six columns of nine, and what was in view before
			t.Fatalf("%d cards for what is in view", n)
		}
		for i, c := range p.grid.field.bound {
			if c.light != p.grid.lights[i] || c.Position() != p.grid.plan.at(i) {
				t.Fatalf("card %d shows %+v", i, c.light)
			}
		}
	}
	for i := range 40 {
		p.grid.scroll.ScrollToOffset(fyne.NewPos(0, float32(i*37%20)*500))
		room.saysNow(fmt.Sprintf("lamp-%d/light", i*5+1), "on")
		check()
	}
	p.Target("class/lamp-150")
	if c := p.card(t, "class/lamp-150"); !c.current {
		t.Fatal("not shown")
	}
	room.saysNow("aaa/light", "on") // every place moves by one
	check()
	if p.grid.lights[p.grid.current].Base != "class/lamp-150" {
		t.Fatal("the keyboard lost its lamp")
	}
}

func TestAnUpdateTouchesOnlyTheCardsWhoseLampChanged(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) {
		for i := range 6 {
			r.here(fmt.Sprintf("lamp-%d", i+1), "", "off")
		}
	})
	word := func(base string) *string {
		return &test.WidgetRenderer(p.card(t, base)).(*lampCardRenderer).word.Text
	}
	*word("class/lamp-1"), *word("class/lamp-2") = "untouched", "untouched"
	room.saysNow("lamp-2/light", "on")
	if *word("class/lamp-1") != "untouched" || *word("class/lamp-2") != "On" {
		t.Fatalf("lamp-1 %q, lamp-2 %q", *word("class/lamp-1"), *word("class/lamp-2"))
	}
}

func TestANameThatABoardMayHaveIsWholeOnItsCard(t *testing.T) {
	long := strings.Repeat("某", 40)
	names := []string{strings.Repeat("窗", device.MaxName/3), "The lamp of Li Ming, at the second window on the left, 2nd row", long}
	p, _ := lampWindow(t, func(r *lampRoom) {
		for i := range names {
			_ = r.AddKnown(lights.Entry{Base: fmt.Sprintf("class/lamp-%d", i), Name: fmt.Sprint(i)})
		}
	})
	for i, name := range names {
		c := p.card(t, fmt.Sprintf("class/lamp-%d", i))
		next := c.cardState
		next.light.Name = name
		c.bind(next)
		shown := ""
		for _, line := range test.WidgetRenderer(c).(*lampCardRenderer).name {
			shown += strings.TrimSpace(line.Text)
		}
		whole := strings.ReplaceAll(shown, " ", "") == strings.ReplaceAll(name, " ", "")
		if name != long && !whole {
			t.Errorf("%q is shown as %q", name, shown)
		}
		if name == long && !strings.Contains(shown, textfit.Ellipsis+"某") {
			t.Errorf("40 characters are shown as %q: their end is missing", shown)
		}
	}
}

func TestLampsOfOneNameAreToldApartByTheirTopics(t *testing.T) {
	lamps := map[string]string{"lamp-01": "王小明的灯", "lamp-02": "王小明的灯", "window": "Window", "door": "door", "door-2": "door"}
	p, _ := lampWindow(t, func(r *lampRoom) {
		for level, name := range lamps {
			_ = r.AddKnown(lights.Entry{Base: "class/" + level, Name: name})
		}
	})
	for level, want := range map[string]string{
		"lamp-01": "王小明的灯 · lamp-01", "lamp-02": "王小明的灯 · lamp-02", "window": "Window", "door": "door", "door-2": "door · door-2",
	} {
		if got := p.card(t, "class/"+level).name(); got != want {
			t.Errorf("%s is shown as %q, want %q", level, got, want)
		}
	}
}

func TestNothingMovesUnlessALampInViewWaits(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) {
		r.here("lamp-1", "", "off")
		r.here("lamp-2", "", "off")
	})
	moves := func(want bool) {
		t.Helper()
		if (p.grid.breath != nil) != want {
			t.Fatalf("moves: %v, want %v", p.grid.breath != nil, want)
		}
	}
	moves(false)
	p.last.send("class/lamp-1")
	moves(true)
	p.Hidden()
	moves(false)
	room.saysNow("lamp-2/light", "on")
	moves(false)
	p.Shown()
	moves(true)
	room.saysNow("lamp-1/light", "on")
	moves(false)
}

func TestNothingMovesWhereTheUserWantsItStill(t *testing.T) {
	p, _ := lampWindow(t, func(r *lampRoom) { r.here("lamp-1", "", "off") })
	p.grid.Still = func() bool { return true }
	p.last.send("class/lamp-1")
	if p.grid.breath != nil {
		t.Fatal("a lamp breathes")
	}
}

func TestThePanelIsRenamedRemovedAndAddedToFromItsDialogs(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) { r.here("lamp-1", "Window", "off") })
	p.menu.renameDialog("class/lamp-1")
	field := p.env.Window().Canvas().Focused().(*ui.Entry)
	field.SetText("Door")
	field.OnSubmitted("Door")
	if l, _ := room.Light("class/lamp-1"); l.Name != "Door" || len(p.env.Dialogs) != 0 {
		t.Fatalf("%+v, %d dialogs", l, len(p.env.Dialogs))
	}
	if err := room.Add(lights.Entry{Base: "class/lamp-1"}); panelProblem(err) != i18n.T("lamps.error.taken") {
		t.Fatalf("error %v", err)
	}
	room.SetConnected(false)
	if why := panelProblem(room.Remove("class/lamp-1")); why != i18n.T("lamps.error.link") {
		t.Fatalf("says %q", why)
	}
	room.SetConnected(true)
	if why := panelProblem(errors.New("open settings.json: something in English")); strings.Contains(why, "English") {
		t.Fatalf("says %q", why)
	}
	if err := room.Remove("class/lamp-1"); err != nil || p.body.Objects[0] != p.empty {
		t.Fatalf("error %v, or no invitation", err)
	}
}

func TestAnEmptyPanelLeadsToThePracticeBoard(t *testing.T) {
	loop := apptest.NewLoop(t)
	begin := viewtest.TestSetup(t, loop)
	room := newLampRoom(t, loop)
	w, _ := viewtest.NewWindow(t, func(parts *backend.Parts) { parts.Lights, parts.Setup = room.Panel, begin })
	p := w.PageAt(ui.PlaceLamps).(*lampPage)
	p.tryPractice()
	if w.Current != ui.PlaceSetup {
		t.Fatalf("went to %v", w.Current)
	}
	loop.RunUntil(func() bool {
		_, choosing := begin().State().(setup.Choosing)
		return !choosing
	}, "the practice board is greeted")
}

func TestATopicToAddIsOneThatCanBePublishedTo(t *testing.T) {
	for topic, want := range map[string]bool{
		"led": true, "class/mei": true, "教室/灯": true, "": false, "a/+/b": false, "#": false, "$SYS/x": false, "a\x00": false, strings.Repeat("x", 257): false,
	} {
		if plainTopic(topic) != want {
			t.Errorf("%q: %v, want %v", topic, !want, want)
		}
	}
}

func TestEveryStateHasItsWordsInEveryLanguage(t *testing.T) {
	defer func() { _ = i18n.SetLanguage("en") }()
	for _, lang := range i18n.Languages() {
		if err := i18n.SetLanguage(lang.Tag); err != nil {
			t.Fatal(err)
		}
		for _, from := range codec.Sources() {
			checkLampWords(t, lang.Tag, from)
		}
	}
}

// checkLampWords sees that what is said of a lamp is there, and different for each phase.
func checkLampWords(t *testing.T, tag string, from lights.Source) {
	t.Helper()
	said := map[string]lights.Light{}
	for _, phase := range lights.Phases() {
		for _, state := range []lights.State{lights.Unknown, lights.On, lights.Off} {
			for _, since := range []time.Time{{}, sceneTime} {
				l := lights.Light{
					Source: from, Phase: phase, State: state, Target: state, Confirmed: sceneTime, Since: since, Waiting: phase == lights.Waiting || phase == lights.Queued,
					Retained: since.IsZero(),
				}
				w := lampview.Describe(l, sceneTime)
				for _, text := range append(systemWords(l), w.Word, w.Truth) {
					if text == "" || strings.Contains(text, "lamps.") || strings.Contains(text, "<no value>") {
						t.Errorf("%s, %v: phase %v state %v says %q", tag, from, phase, state, text)
					}
				}
				if other, twice := said[w.Word+w.Truth]; twice && other.Phase != phase {
					t.Errorf("%s, %v: phases %v and %v both say %q", tag, from, phase, other.Phase, w.Truth)
				}
				said[w.Word+w.Truth] = l
			}
		}
	}
}

func TestLampsAreToldApartByShapeAndNotOnlyByColour(t *testing.T) {
	test.NewTempApp(t)
	shape := func(l lights.Light) string {
		p := lampview.NewPicture()
		p.Light = l
		if lampview.IsLit(l) {
			p.Lit = 1
		}
		p.Paint()
		_, _, _, alpha := p.Bulb.FillColor.RGBA()
		return fmt.Sprint(p.Rays[0].Visible(), p.Ring.Visible(), p.Dashes[0].Visible(), p.Mark.Visible() && p.Mark.Resource != nil, lampview.Marks[l.Phase], alpha == 0)
	}
	seen := map[string]lights.Light{}
	for _, l := range []lights.Light{
		{Phase: lights.Confirmed, State: lights.On},
		{Phase: lights.Confirmed, State: lights.Off},
		{Phase: lights.Waiting, State: lights.Off, Waiting: true},
		{Phase: lights.Queued, State: lights.Off, Waiting: true},
		{Phase: lights.NoAnswer, State: lights.Off},
		{Phase: lights.Offline, State: lights.On},
		{Phase: lights.Stale, State: lights.On, Outdated: true},
		{Phase: lights.SentOnly, Target: lights.On},
		{Phase: lights.Unheard},
	} {
		if other, twice := seen[shape(l)]; twice {
			t.Errorf("%+v looks like %+v", l, other)
		}
		seen[shape(l)] = l
	}
}

func TestTextIsCutAndBrokenToItsWidth(t *testing.T) {
	test.NewTempApp(t)
	for _, text := range []string{"", "x", "The board does not answer. Is it plugged in? It was on at 09:41.", strings.Repeat("W", 64), "板子没有回应。它通电了吗？09:41 时它亮着。", "a 🙂 b"} {
		for _, width := range []float32{1, 20, 60, 140, 900} {
			lines := textfit.Wrap(text, 13, fyne.TextStyle{}, width, 2)
			if len(lines) > 2 {
				t.Fatalf("%q at %v: %q", text, width, lines)
			}
			for _, line := range lines {
				if !utf8.ValidString(line) || width >= 20 && textfit.Width(line, 13, fyne.TextStyle{}) > width {
					t.Errorf("%q at %v: line %q is %v wide", text, width, line, textfit.Width(line, 13, fyne.TextStyle{}))
				}
			}
			if width == 900 && strings.Join(lines, "") != text {
				t.Errorf("%q became %q", text, lines)
			}
		}
	}
	if got := textfit.Wrap("一二三四，五六", 13, fyne.TextStyle{}, textfit.Width("一二三四", 13, fyne.TextStyle{})+1, 2); got[0] != "一二三" {
		t.Errorf("a line begins with a comma: %q", got)
	}
}

func TestTimesAreSaidAsPeopleSayThem(t *testing.T) {
	_ = i18n.SetLanguage("en")
	now := time.Date(2026, 3, 5, 9, 41, 0, 0, time.UTC)
	for at, want := range map[time.Time]string{
		now.Add(-9 * time.Hour):   "00:41",
		now.Add(-10 * time.Hour):  "yesterday 23:41",
		now.Add(-100 * time.Hour): "2026-03-01 05:41",
	} {
		if got := format.Time(at, now); got != want {
			t.Errorf("%v: %q, want %q", at, got, want)
		}
	}
}

// BenchmarkTwoHundredLampsSwitch reports what it takes to show that all 200
// lamps switched, as a ratio to showing that one did: about as much as cards
// are in view, and not 200.
func BenchmarkTwoHundredLampsSwitch(b *testing.B) {
	loop := apptest.NewLoop(b)
	room := newLampRoom(b, loop)
	for i := range 200 {
		room.here(fmt.Sprintf("lamp-%d", i+1), "", "off")
	}
	w := test.NewTempWindow(b, nil)
	grid := newLampGrid(func() time.Time { return sceneTime })
	w.SetContent(grid)
	w.Resize(viewtest.SmallScreen)
	room.Changed.Listen(func() { grid.setLights(room.Lights()) })
	loop.Run()
	words := []string{"on", "off"}
	var one, all time.Duration
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		room.saysNow("lamp-1/light", words[i%2])
		one += time.Since(start)
		for j := range 200 {
			room.says(fmt.Sprintf("lamp-%d/light", j+1), words[i%2])
		}
		start = time.Now()
		loop.Run()
		all += time.Since(start)
	}
	b.ReportMetric(float64(all)/float64(one), "ratio-to-one")
	b.ReportMetric(float64(len(grid.field.bound)), "cards")
}

func TestANameThatIsThereIsReplacedByTheFirstLetterTyped(t *testing.T) {
	p, _ := lampWindow(t, func(r *lampRoom) { r.here("lamp-01", "Window", "on") })
	p.menu.renameDialog("class/lamp-01")
	c := p.env.Window().Canvas()
	c.Focused().TypedRune('B')
	if name := c.Focused().(*ui.Entry); name.Text != "B" {
		t.Errorf("the name is %q", name.Text)
	}
}

func TestWhereNoLampCouldBeAskedNoneIsSaidToHaveConfirmed(t *testing.T) {
	p, room := lampWindow(t, func(r *lampRoom) { r.here("lamp-01", "Window", "on"); r.here("lamp-02", "Door", "on") })
	room.SetConnected(false)
	p.last.ask(false, p.grid.lights)
	if want := "09:41 · All off · 2 could not be sent"; p.line.result.Text != want {
		t.Errorf("it says %q, want %q", p.line.result.Text, want)
	}
}

func TestAResultThatIsTooLongForItsLineHasOneOfItsOwn(t *testing.T) {
	left, result, right := canvas.NewRectangle(nil), ui.OneLine("09:41 · All on: 0 of 9 confirmed"), canvas.NewRectangle(nil)
	left.SetMinSize(fyne.NewSize(200, 40))
	right.SetMinSize(fyne.NewSize(200, 40))
	l := &summaryLayout{}
	c := container.New(l, left, result, right)
	for _, x := range []struct {
		text  string
		lines float32 // of the whole
	}{
		{"09:41 · All on: 9 of 9 confirmed", 1},
		{"09:41 · All on: 0 of 9 confirmed · 1 is offline: nothing sent · 1 does not confirm · 3 wait for their turn", 2},
		{"", 2}, // its room stays
	} {
		result.SetText(x.text)
		c.Resize(fyne.NewSize(650, 80))
		c.Refresh()
		if high := c.MinSize().Height; high < 40*(x.lines-1)+20 || high > 40*x.lines {
			t.Errorf("%q makes it %v high", x.text, high)
		}
		if result.MinSize().Width > result.Size().Width {
			t.Errorf("%q is cut", x.text)
		}
	}
	l.below = false
	if result.SetText("09:41"); c.MinSize().Height != 40 {
		t.Error("its room stays when the page is shown again")
	}
}
