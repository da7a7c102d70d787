package lamps

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app"
	"lamplighter/app/link"
	"lamplighter/app/roster"
	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// lessonPage is a page with lamps that answer when the test has them.
func lessonPage(t *testing.T, kept ...topics.RetainedMessage) (*viewtest.Window, *lampPage, *lampRoom) {
	t.Helper()
	var room *lampRoom
	w, loop := viewtest.NewWindow(t, nil)
	room = newLampRoom(t, loop)
	for _, board := range []string{"lamp-01", "lamp-02", "lamp-03"} {
		room.here(board, "", "on")
	}
	w.Parts.Lights = room.Panel
	w.Parts.Status = func() app.Status { return app.Status{Link: room.link} }
	w.Parts.Lesson = viewtest.NewLesson(loop, room.Panel, w.Parts.Pupils, nil, kept...)
	room.count, room.link = w.Parts.Lesson.Observe, link.Online
	p := newLampPage(envOf(w))
	t.Cleanup(p.Close)
	w.Win.Resize(fyne.NewSize(1024, 640))
	w.ShowPage(ui.PlaceLamps, p.Content())
	p.Shown()
	room.sent = nil
	return w, p, room
}

func TestTheSpotlightShowsOneLampAndEndsWithOneClick(t *testing.T) {
	_, p, room := lessonPage(t)
	p.env.Lesson.SetSpotlight("class/lamp-02")
	if len(p.grid.lights) != 1 || p.grid.lights[0].Base != "class/lamp-02" || p.tools.on.Visible() {
		t.Errorf("shown are %+v", p.grid.lights)
	}
	if want := []string{"class/lamp-01/light/set off", "class/lamp-03/light/set off"}; !slices.Equal(room.sent, want) {
		t.Errorf("sent %q", room.sent)
	}
	for _, board := range []string{"lamp-01", "lamp-03"} {
		room.says(board+"/light", "off")
	}
	room.sent = nil
	viewtest.PressNamed(t, p.header, i18n.T("attention.give"))
	if len(p.grid.lights) != 3 || p.attention.notice.Visible() || !p.tools.on.Visible() {
		t.Error("it has not ended")
	}
	if want := []string{"class/lamp-01/light/set on", "class/lamp-03/light/set on"}; !slices.Equal(room.sent, want) {
		t.Errorf("sent %q in the end", room.sent)
	}
}

func TestWhatGoesWithAttentionIsAskedForWhereItIsTold(t *testing.T) {
	_, p, room := lessonPage(t)
	test.Tap(p.line.attention)
	if len(room.sent) > 0 || p.attention.button.Text != i18n.T("attention.buttons.free") {
		t.Errorf("sent %q, said %q", room.sent, p.attention.button.Text)
	}
	test.Tap(p.attention.dark)
	if len(room.sent) != 3 {
		t.Errorf("sent %q", room.sent)
	}
	test.Tap(p.attention.buttons)
	if want := i18n.N("attention.buttons.unable", 3, "Held", 0, "All", 3); p.attention.button.Text != want {
		t.Errorf("said %q, want %q", p.attention.button.Text, want)
	}
}

func TestStartingAgainShowsWhatItChangesAndLeavesOutWhatIsNotWanted(t *testing.T) {
	w, p, room := lessonPage(t, topics.RetainedMessage{Topic: "class/scores", Payload: []byte("7")})
	p.lesson.startAgainDialog()
	said := viewtest.DialogText(w)
	for _, want := range []string{i18n.N("again.off", 3), "lamp-01", i18n.N("again.rubbish", 1), "class/scores"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %q", want, said)
		}
	}
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("common.cancel"))
	if _, started := p.env.Lesson.Restarted(); started || len(room.sent) > 0 {
		t.Errorf("cancelled, and sent %q", room.sent)
	}
	p.lesson.startAgainDialog()
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("again.yes"))
	if len(room.sent) != 3 || !p.restarted.box.Visible() {
		t.Errorf("sent %q", room.sent)
	}
	for _, board := range []string{"lamp-01", "lamp-02", "lamp-03"} {
		room.says(board+"/light", "off")
	}
	viewtest.PressNamed(t, p.header, i18n.T("lamps.undo"))
	if len(room.sent) != 6 || p.restarted.undo.Visible() {
		t.Errorf("undone: %q", room.sent)
	}
}

func TestWhoIsMissingIsToldWithNameAndReason(t *testing.T) {
	w, p, room := lessonPage(t)
	p.lesson.missingDialog()
	if !strings.Contains(viewtest.DialogText(w), i18n.T("missing.nobody")) {
		t.Errorf("said %q", viewtest.DialogText(w))
	}
	room.kept("lamp-02/info", `{"name":"Window","lost":"no-network"}`)
	room.says("lamp-02/status", "offline")
	room.loop.Run()
	said := viewtest.DialogText(w)
	if !strings.Contains(said, "Window") || !strings.Contains(said, lostWords("no-network")) || lostWords("no-network") == "" || lostWords("nonsense") != "" {
		t.Errorf("said %q", said)
	}
	room.link = link.Waiting
	p.env.Lesson.Changed.Raise()
	if said := viewtest.DialogText(w); strings.Contains(said, "Window") || !strings.Contains(said, i18n.T("missing.no-link")) {
		t.Errorf("without a connection it says %q", said)
	}
}

func TestTheClassroomIsNotCalledClearWhereNobodyKnows(t *testing.T) {
	w, p, room := lessonPage(t)
	for _, board := range []string{"lamp-01", "lamp-02", "lamp-03"} {
		room.says(board+"/light", "off")
	}
	p.lesson.startAgainDialog()
	if said := viewtest.DialogText(w); !strings.Contains(said, i18n.T("again.nothing")) {
		t.Errorf("all is known, and it says %q", said)
	}
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("common.cancel"))
	room.says("lamp-02/status", "offline")
	p.env.Lesson.SetAttention(true)
	p.lesson.startAgainDialog()
	if said := viewtest.DialogText(w); strings.Contains(said, i18n.T("again.nothing")) || !strings.Contains(said, i18n.N("again.unknown-lamps", 1)) {
		t.Errorf("one is offline, and it says %q", said)
	}
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("again.yes"))
	if p.env.Lesson.Attention() {
		t.Error("attention has not ended")
	}
}

func TestWhatHappenedIsCountedInTheTable(t *testing.T) {
	w, p, room := lessonPage(t)
	_ = room.Switch("class/lamp-01", false)
	room.says("lamp-01/light", "off")
	p.lesson.happenedDialog()
	row := p.env.Lesson.Rows()[0]
	if cells := p.lesson.happenedCells(row); !slices.Equal(cells[:2], []string{"lamp-01", "1"}) {
		t.Errorf("%q of %+v", cells, row)
	}
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("happened.anew"))
	if p.env.Lesson.Rows()[0].Commands != 0 {
		t.Error("it still counts what was before")
	}
}

func TestTheProjectorShowsAllLampsAtOnceWhereTheirPupilsSit(t *testing.T) {
	w, p, _ := lessonPage(t)
	p.env.Class.Replace([]roster.Pupil{{Name: "Zoe", Board: "class/lamp-03", Seat: roster.Seat{Row: 1, Column: 1}}})
	p.update()
	p.project()
	if !w.Shell.InDialog() || !strings.Contains(viewtest.DialogText(w), i18n.T("projector.seats")) {
		t.Fatalf("shown is %q", viewtest.DialogText(w))
	}
	if !w.Shell.LeaveDialog() || w.Shell.InDialog() {
		t.Error("it can't be left")
	}
	for _, n := range []int{1, 30, 200} {
		size := fyne.NewSize(1280, 720)
		plan := planWall(n, 0, size)
		if plan.total(n) > size.Height || plan.at(n-1).X+plan.width > size.Width {
			t.Errorf("%d lamps are not all in view: %+v", n, plan)
		}
	}
	if plan := planWall(30, 6, fyne.NewSize(1280, 720)); plan.columns != 6 {
		t.Errorf("a plan of six columns has %d", plan.columns)
	}
}
