package class

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"lamplighter/app/apptest"
	"lamplighter/app/roster"
	"lamplighter/i18n"
	"lamplighter/views/viewtest"
)

// classWindow is a window with three lamps and the class's dialog open.
func classWindow(t *testing.T) (*viewtest.Window, *apptest.Loop, *dialog) {
	t.Helper()
	w, loop := viewtest.NewWindow(t, nil)
	w.Parts.Lights = lampsOf(t, loop, 3)
	d := newDialog(&env{Shell: w.Shell, Parts: w.Parts}, &Past{}, func() {})
	d.open()
	return w, loop, d
}

func namesIn(c *roster.Class) (all []string) {
	for _, p := range c.Pupils() {
		all = append(all, p.Name)
	}
	return all
}

func TestAListIsShownBeforeItIsTakenAndTakenBackWithOneClick(t *testing.T) {
	w, loop, d := classWindow(t)
	w.Shell.Clipboard().SetContent("姓名\t组\t座位\t板子\n李小明\t1\t1-1\tlamp-01\n\t2\t\t\n王芳\t2\t0-9\t\n")
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("class.paste"))
	loop.RunUntil(func() bool { return len(w.Shell.Dialogs) == 2 }, "the list")
	said := viewtest.DialogText(w)
	for _, want := range []string{"李小明", troubleLine("class.row.no-name", 3), troubleLine("class.row.seat", 4), i18n.T("class.import.tab", "Encoding", "UTF-8")} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
	if len(d.class.Pupils()) > 0 {
		t.Error("it was taken before anybody has asked for it")
	}
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.N("class.import.yes", 2))
	if got := namesIn(d.class); !slices.Equal(got, []string{"李小明", "王芳"}) {
		t.Fatalf("%q", got)
	}
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("class.undo"))
	if got := namesIn(d.class); len(got) > 0 || d.undo.Visible() {
		t.Errorf("%q are still there", got)
	}
}

func troubleLine(key string, row int) string {
	return i18n.T(key, "Row", row, "Other", 0, "Most", roster.MaxPupils)
}

func TestWhatIsNoListIsToldInWords(t *testing.T) {
	w, loop, d := classWindow(t)
	for text, key := range map[string]string{"": "class.list.empty", "PK\x03\x04 no Excel": "class.list.bad-excel", "a\x00b": "class.list.not-text"} {
		d.readFrom(io.NopCloser(bytes.NewBufferString(text)))
		loop.RunUntil(func() bool { return len(w.Shell.Dialogs) == 2 }, "what is wrong")
		if said := viewtest.DialogText(w); !strings.Contains(strings.ReplaceAll(said, "\u200b", ""), i18n.T(key)) {
			t.Errorf("%q: %s", text, said)
		}
		w.Shell.LeaveDialog()
	}
}

func TestSeatsAreArrangedWithTheMouseAndTheKeyboard(t *testing.T) {
	w, _, d := classWindow(t)
	d.class.SetPlan(roster.Plan{Rows: 2, Columns: 3})
	d.class.Replace([]roster.Pupil{{Name: "a", Seat: roster.Seat{Row: 1, Column: 1}}, {Name: "b"}, {Name: "c"}})
	d.show(true)
	where := func(name string) int {
		for _, p := range d.class.Pupils() {
			if p.Name == name {
				return d.class.Plan().At(p.Seat)
			}
		}
		return -2
	}
	drag := func(from, to int) {
		a, size := d.plan.cell(from)
		b, _ := d.plan.cell(to)
		middle := fyne.NewPos(size.Width/2, size.Height/2)
		a, b = a.Add(middle), b.Add(middle)
		half := fyne.NewPos((a.X+b.X)/2, (a.Y+b.Y)/2)
		d.plan.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: half}, Dragged: fyne.NewDelta(half.X-a.X, half.Y-a.Y)})
		d.plan.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: b}, Dragged: fyne.NewDelta(b.X-half.X, b.Y-half.Y)})
		d.plan.DragEnd()
	}
	drag(6, 4) // b, the first without a seat
	drag(0, 4) // a, onto b's
	if where("a") != 4 || where("b") != 0 || where("c") != -1 {
		t.Errorf("by mouse: a %d, b %d, c %d", where("a"), where("b"), where("c"))
	}
	w.Win.Canvas().Focus(d.plan)
	d.plan.current = 4
	d.plan.Refresh()
	for _, key := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyRight, fyne.KeyUp, fyne.KeyReturn} {
		viewtest.Press(w, key)
	}
	d.plan.current = 0
	viewtest.Press(w, fyne.KeyDelete)
	if where("a") != 2 || where("b") != -1 {
		t.Errorf("by keyboard: a %d, b %d", where("a"), where("b"))
	}
	viewtest.Press(w, fyne.KeyHome)
	viewtest.Press(w, fyne.KeyRight)
	viewtest.Press(w, fyne.KeyRight)
	d.plan.TypedRune(' ')
	viewtest.Press(w, fyne.KeyEscape)
	if d.plan.picked != "" || !w.Shell.InDialog() {
		t.Error("Esc lays nobody down, or leaves the dialog at once")
	}
	viewtest.Press(w, fyne.KeyHome)
	viewtest.Press(w, fyne.KeyRight)
	viewtest.Press(w, fyne.KeyRight)
	d.plan.TypedRune(' ')
	w.Win.Canvas().Unfocus()
	if d.plan.picked != "" {
		t.Error("who was taken is still in the hand when the keyboard has left")
	}
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("class.seat-all"))
	if where("b") != 0 || where("c") != 1 {
		t.Errorf("everyone: b %d, c %d", where("b"), where("c"))
	}
}

func TestUndoTakesBackTheLastChangeAloneAndNeverWhatOthersDid(t *testing.T) {
	w, _, d := classWindow(t)
	undo := func() { viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("class.undo")) }
	d.class.Replace([]roster.Pupil{{Name: "a"}, {Name: "b"}})
	d.show(true)
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("class.seat-all"))
	d.plan.picked = d.class.Pupils()[0].ID
	d.plan.place(5)
	undo()
	all := d.class.Pupils()
	if d.class.Plan().At(all[0].Seat) != 0 || d.class.Plan().At(all[1].Seat) != 1 {
		t.Errorf("more than the last seat was taken back: %+v", all)
	}
	d.plan.change(func() {}) // nothing
	undo()
	if all = d.class.Pupils(); all[0].Seat != (roster.Seat{}) {
		t.Errorf("the change before that was not taken back: %+v", all)
	}
	d.remove(all[1])
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("common.close"))
	d = newDialog(d.env, d.past, d.shift)
	d.open()
	undo()
	if got := namesIn(d.class); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("after the dialog was closed and opened: %q", got)
	}
	d.remove(all[1])
	if err := d.class.AssignBoard(all[0].ID, "b1"); err != nil { // a board is set up meanwhile
		t.Fatal(err)
	}
	if d.undo.Visible() {
		t.Error("what was done meanwhile can be undone with it")
	}
}

func TestRemovingAllPupilsAsksOnceAndCanBeUndone(t *testing.T) {
	w, _, d := classWindow(t)
	d.class.Replace([]roster.Pupil{{Name: "a"}, {Name: "b"}})
	d.clear()
	if len(d.class.Pupils()) != 2 || !strings.Contains(viewtest.DialogText(w), i18n.N("class.clear.sure", 2)) {
		t.Errorf("nobody was asked: %s", viewtest.DialogText(w))
	}
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("class.clear.yes"))
	if len(d.class.Pupils()) != 0 {
		t.Error("they are still there")
	}
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("class.undo"))
	if got := namesIn(d.class); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("%q", got)
	}
}

func TestAListThatTakesAClassesPlaceSaysSo(t *testing.T) {
	w, loop, d := classWindow(t)
	d.class.Replace([]roster.Pupil{{Name: "a"}, {Name: "b"}, {Name: "c"}})
	d.read([]byte("Name\nDora"))
	loop.RunUntil(func() bool { return len(w.Shell.Dialogs) == 2 }, "the list")
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.N("class.import.replace", 1, "Old", 3))
	if got := namesIn(d.class); !slices.Equal(got, []string{"Dora"}) {
		t.Errorf("%q", got)
	}
}

func TestAPupilIsChangedInWhatWasTypedAlone(t *testing.T) {
	w, _, d := classWindow(t)
	d.class.Replace([]roster.Pupil{{Name: "Ann", Planned: "7"}, {Name: "Bo"}})
	ann, bo := d.class.Pupils()[0], d.class.Pupils()[1]
	d.edit(ann)
	if err := d.class.AssignBoard(ann.ID, "b7"); err != nil { // her board is set up meanwhile
		t.Fatal(err)
	}
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("class.edit.yes"))
	if p, _ := d.class.Pupil(ann.ID); p.Board != "b7" {
		t.Errorf("her board is gone again: %+v", p)
	}
	d.edit(bo)
	d.class.Remove(bo.ID)
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("class.edit.yes"))
	if len(d.class.Pupils()) != 1 || !strings.Contains(viewtest.DialogText(w), i18n.T("class.wrong.gone")) {
		t.Errorf("whoever was removed is back: %q", namesIn(d.class))
	}
}

func TestABoardThatIsPlannedCanBeTakenBack(t *testing.T) {
	_, _, d := classWindow(t)
	planned, far := roster.Pupil{ID: "1", Name: "Ann", Planned: "7"}, roster.Pupil{ID: "2", Name: "Bo", Board: "elsewhere"}
	all, words := d.choices(planned)
	if len(all) != 5 || all[0] != (boardChoice{}) || all[1] != (boardChoice{"", "7"}) || words[1] != i18n.T("class.board.planned", "Board", "7") {
		t.Errorf("%+v %q", all, words)
	}
	all, _ = d.choices(far)
	if len(all) != 5 || all[4] != (boardChoice{"elsewhere", ""}) {
		t.Errorf("a board that is not here is lost: %+v", all)
	}
}

func TestAPupilIsChangedAddedAndRemovedWithTheKeyboard(t *testing.T) {
	w, _, d := classWindow(t)
	d.class.Replace([]roster.Pupil{{Name: "Ann"}, {Name: "Bo"}})
	d.focus()
	viewtest.Press(w, fyne.KeyDown)
	viewtest.Press(w, fyne.KeyReturn)
	if !strings.Contains(viewtest.DialogText(w), i18n.T("class.edit.title", "Name", "Bo")) {
		t.Fatalf("it says %s", viewtest.DialogText(w))
	}
	for _, r := range "by" {
		w.Win.Canvas().Focused().TypedRune(r)
	}
	viewtest.Press(w, fyne.KeyReturn)
	viewtest.Press(w, fyne.KeyUp)
	viewtest.Press(w, fyne.KeyDelete)
	if got := namesIn(d.class); len(got) != 1 || !strings.Contains(got[0], "by") {
		t.Errorf("%q", got)
	}
	d.edit(roster.Pupil{})
	viewtest.PressNamed(t, w.Win.Canvas().Overlays().Top(), i18n.T("class.add.yes"))
	if !strings.Contains(viewtest.DialogText(w), i18n.T("class.wrong.no-name")) {
		t.Error("a pupil without a name is taken")
	}
}

func TestLabelsAreInTheOrderOfSeatsAndSayWhatWasAskedFor(t *testing.T) {
	_, _, d := classWindow(t)
	d.class.Replace([]roster.Pupil{{Name: "a", Board: "class/lamp-03", Seat: roster.Seat{Row: 1, Column: 1}}})
	all := d.labels(true, true, true, "192.168.1.5:8100")
	if len(all) != 3 || all[0].Pupil != "a" || all[0].Board != "lamp-03" || all[0].Topic != "class/lamp-03/light" || all[0].Page != "http://192.168.1.5:8100/" || all[1].Pupil != "" {
		t.Errorf("%+v", all)
	}
	if all := d.labels(false, false, false, ""); all[0].Pupil+all[0].Topic+all[0].Page != "" {
		t.Errorf("%+v", all[0])
	}
}

func TestTheKeyboardsSeatStaysInView(t *testing.T) {
	w, _, d := classWindow(t)
	d.class.SetPlan(roster.Plan{Rows: 20, Columns: 3})
	d.class.Replace([]roster.Pupil{{Name: "a"}})
	d.show(true)
	w.Win.Canvas().Focus(d.plan)
	for _, key := range []fyne.KeyName{fyne.KeyEnd, fyne.KeyHome} {
		viewtest.Press(w, key)
		at, size := d.plan.cell(d.plan.current)
		if top := d.plan.scroll.Offset.Y; at.Y < top || at.Y+size.Height > top+d.plan.scroll.Size().Height {
			t.Errorf("after %s the seat at %v is out of view, %v to %v", key, at.Y, top, top+d.plan.scroll.Size().Height)
		}
	}
}
