package wizard

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/roster"
	"lamplighter/app/setup"
	"lamplighter/app/setup/batch"
	"lamplighter/app/watch"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// stagedMany are boards that stand where a test puts them, and note what is asked.
type stagedMany struct {
	pupils  bool
	changed watch.Signal
	open    bool
	each    bool
	prefix  string
	shared  setup.Answers
	first   *setup.Finished
	rows    []batch.Row
	asked   []string
}

func (m *stagedMany) Listen(f func()) func()  { return m.changed.Listen(f) }
func (m *stagedMany) Close()                  { m.open = false; m.changed.Raise() }
func (m *stagedMany) IsOpen() bool            { return m.open }
func (m *stagedMany) Shared() setup.Answers   { return m.shared }
func (m *stagedMany) Rows() []batch.Row       { return m.rows }
func (m *stagedMany) StartsAtOnce() bool      { return m.each }
func (m *stagedMany) SetStartsAtOnce(on bool) { m.each = on; m.changed.Raise() }
func (m *stagedMany) Prefix() string          { return m.prefix }
func (m *stagedMany) Start(key int)           { m.asked = append(m.asked, fmt.Sprint("start ", key)) }
func (m *stagedMany) StartAll()               { m.asked = append(m.asked, "start all") }
func (m *stagedMany) Restart(key int)         { m.asked = append(m.asked, fmt.Sprint("again ", key)) }

func (m *stagedMany) Identify(key int) { m.asked = append(m.asked, fmt.Sprint("which ", key)) }

func (m *stagedMany) Open(a setup.Answers, first *setup.Finished) {
	m.open, m.shared, m.first = true, a, first
	m.changed.Raise()
}

func (m *stagedMany) ForPupils() bool { return m.pupils }

func (m *stagedMany) SetForPupils(on bool) { m.pupils = on }

func (m *stagedMany) SetPrefix(prefix string) error {
	err := batch.CheckPrefix(prefix)
	if err == nil {
		m.prefix = prefix
	}
	return err
}

func (m *stagedMany) Counts() (c batch.Counts) {
	for _, r := range m.rows {
		switch r.Phase {
		case batch.Done:
			c.Done++
		case batch.Failed, batch.Pulled:
			c.Failed++
		case batch.Ready:
			c.Ready++
		default:
			c.Working++
		}
	}
	return c
}

func manyRowAt(key int, p batch.Phase, part float64) batch.Row {
	return batch.Row{Key: key, Phase: p, Plugged: true, Part: part, Name: fmt.Sprintf("lamp-%02d", key), Port: device.Port{Name: fmt.Sprintf("/dev/ttyUSB%d", key)}}
}

// manyScenes are tables of boards.
func manyScenes() map[string]*stagedMany {
	shared, _ := setup.Shared(setup.Finished{Draft: wizardDraft()})
	table := func(rows ...batch.Row) *stagedMany {
		return &stagedMany{open: true, prefix: batch.Prefix, shared: shared, rows: rows}
	}
	done := manyRowAt(1, batch.Done, 1)
	done.Took = 11 * time.Second
	left := done
	left.Plugged = false
	fresh := manyRowAt(7, batch.Greeting, 0)
	fresh.Name = ""
	old := manyRowAt(6, batch.Ready, 0.1)
	old.Known = true
	busy := table(left, manyRowAt(2, batch.Writing, 0.43), manyRowAt(3, batch.Proving, 0.8), done, manyRowAt(5, batch.Ready, 0.1), old, fresh, manyRowAt(8, batch.Queued, 0.1))
	busy.rows[3].Key, busy.rows[3].Name = 4, "Window 窗边"
	var failed []batch.Row
	for i, f := range []fault.Fault{fault.DiskFull, fault.NoWiFi, fault.WiFiPassword, fault.NoAnswer, fault.PortBusy, fault.BoardSilent} {
		r := manyRowAt(i+1, batch.Failed, 0.5)
		r.Err, r.Plugged = wizardFault(f), i != 2
		failed = append(failed, r)
	}
	pulled := manyRowAt(8, batch.Pulled, 0.4)
	pulled.Plugged = false
	failed = append(failed, pulled, done)
	failed[7].Key = 9
	each := table(failed...)
	each.each = true
	return map[string]*stagedMany{"empty": table(), "busy": busy, "failures": each}
}

func init() {
	register := func(name string, build func(*viewtest.Env) *wizard) {
		viewtest.RegisterScene("wizard-many-"+name, ui.PlaceSetup, func(e *viewtest.Env) fyne.CanvasObject {
			w := build(e)
			e.Then(w.Shown)
			return w.Content()
		})
	}
	for name, m := range manyScenes() {
		register(name, func(e *viewtest.Env) *wizard {
			e.Parts.Several, e.Parts.Chime = m, func() {}
			return (&stagedSetup{state: setup.Choosing{}}).wizard(envOf(e.Window))
		})
	}
	register("pupils", func(e *viewtest.Env) *wizard {
		m := &stagedMany{pupils: true, open: true}
		for i, name := range []string{"李小明", "Zoe", "Maximilian Alexander von Hohenstein-Langenburg"} {
			r := manyRowAt(i+1, batch.Ready, 0.1)
			r.Pupil = name
			m.rows = append(m.rows, r)
			e.Parts.Class.Replace(append(e.Parts.Class.Pupils(), roster.Pupil{Name: name}))
		}
		e.Parts.Several = m
		return (&stagedSetup{state: setup.Choosing{}}).wizard(envOf(e.Window))
	})
	register("offer", func(e *viewtest.Env) *wizard {
		e.Parts.Several = &stagedMany{}
		return (&stagedSetup{state: choosingAgain()}).wizard(envOf(e.Window))
	})
	register("finished", func(e *viewtest.Env) *wizard {
		e.Parts.Several = &stagedMany{}
		return (&stagedSetup{state: wizardStates()["finished"]}).wizard(envOf(e.Window))
	})
}

// choosingAgain is the first page where an earlier board is known.
func choosingAgain() setup.Choosing {
	d := viewtest.WizardDefaults
	d.LastNetwork = d.WiFi[0].SSID
	return setup.Choosing{Draft: setup.Draft{Ports: []device.Port{boardPort, viewtest.PracticePort}, Port: boardPort, Defaults: d}}
}

// manyWizard is a wizard with several boards.
func manyWizard(t *testing.T, s setup.State, m *stagedMany) (*wizard, *stagedSetup) {
	win, _ := viewtest.NewWindow(t, nil)
	win.Parts.Several = m
	st := &stagedSetup{state: s}
	w := st.wizard(envOf(win))
	win.ShowPage(ui.PlaceSetup, w.Content())
	w.Shown()
	return w, st
}

func TestAFinishedBoardIsFollowedByMoreLikeIt(t *testing.T) {
	m := &stagedMany{prefix: batch.Prefix}
	w, st := manyWizard(t, wizardStates()["finished"], m)
	viewtest.PressNamed(t, w.Content(), i18n.T("wizard.many.more"))
	if !m.open || m.first == nil || m.first.Answers.Name != "lamp-07" || m.shared.WiFi != viewtest.WizardDefaults.WiFi[0] || m.shared.Name != "" {
		t.Fatalf("opened as %+v", m)
	}
	if _, ok := st.state.(setup.Choosing); !ok {
		t.Errorf("the wizard stands at %T", st.state)
	}
	if !viewtest.Shows(w.Content(), i18n.T("wizard.many.title")) {
		t.Error("the table is not there")
	}
	m.Close()
	if _, ok := w.page.(*boardPage); !ok {
		t.Errorf("after the table comes %T", w.page)
	}
}

func TestSeveralBoardsAreOfferedWhereAnEarlierOneIsKnown(t *testing.T) {
	practice := wizardStates()["finished"].(setup.Finished)
	practice.Port = viewtest.PracticePort
	for name, c := range map[string]struct {
		state setup.State
		want  bool
	}{
		"an earlier board":  {choosingAgain(), true},
		"none":              {wizardStates()["board-one"], false},
		"a finished board":  {wizardStates()["finished"], true},
		"a practice board":  {practice, false},
		"settings only":     {wizardStates()["finished-own"], false},
		"in the middle":     {wizardStates()["wifi"], false},
		"an untried WiFi":   {setup.Finished{Draft: func() setup.Draft { d := wizardDraft(); d.Untested = true; return d }()}, false},
		"a platform's keys": {setup.Finished{Draft: platformDraft("onenet")}, false},
	} {
		if _, got := setup.Shared(c.state); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	m := &stagedMany{}
	w, _ := manyWizard(t, choosingAgain(), m)
	pickNamed(w.Content(), i18n.T("wizard.many.title"))
	if !m.open || m.first != nil {
		t.Errorf("opened as %+v", m)
	}
}

func TestARowsButtonsDoWhatTheySay(t *testing.T) {
	scenes := manyScenes()
	busy := scenes["busy"]
	w, _ := manyWizard(t, setup.Choosing{}, busy)
	p := w.page.(*manyPage)
	test.Tap(p.rows[5].act)
	test.Tap(p.rows[4].which)
	viewtest.PressNamed(t, w.Content(), i18n.T("wizard.many.all"))
	if want := []string{"start 5", "which 4", "start all"}; !slices.Equal(busy.asked, want) {
		t.Errorf("asked %v, want %v", busy.asked, want)
	}
	same := p.rows[5]
	busy.rows[4].Phase, busy.rows[4].Part = batch.Writing, 0.2
	busy.changed.Raise()
	if p.rows[5] != same || same.act.Visible() || same.words != i18n.T("wizard.many.writing") {
		t.Errorf("the row shows %q", same.words)
	}

	bad := scenes["failures"]
	w, _ = manyWizard(t, setup.Choosing{}, bad)
	p = w.page.(*manyPage)
	test.Tap(p.rows[1].act)
	if p.rows[3].act.Visible() || p.rows[8].act.Visible() || !slices.Equal(bad.asked, []string{"again 1"}) {
		t.Errorf("asked %v", bad.asked)
	}
}

func TestASoundTellsOfEachBoardThatIsDoneIfWished(t *testing.T) {
	m := &stagedMany{open: true, prefix: batch.Prefix, rows: []batch.Row{manyRowAt(1, batch.Done, 1), manyRowAt(2, batch.Proving, 0.8)}}
	win, _ := viewtest.NewWindow(t, nil)
	rung := 0
	win.Parts.Several, win.Parts.Chime = m, func() { rung++ }
	w := (&stagedSetup{state: setup.Choosing{}}).wizard(envOf(win))
	win.ShowPage(ui.PlaceSetup, w.Content())
	w.Shown()
	finish := func(want int) {
		t.Helper()
		m.rows[1].Phase = batch.Proving
		m.changed.Raise()
		m.rows[1].Phase = batch.Done
		m.changed.Raise()
		m.changed.Raise()
		if rung != want {
			t.Fatalf("%d sounds, want %d", rung, want)
		}
	}
	finish(0)
	p := w.page.(*manyPage)
	p.chime.SetChecked(true)
	finish(1)
	if !win.Parts.Settings.Values().Chime {
		t.Error("the wish is not kept")
	}
}

func TestLeavingBoardsAtWorkIsAskedFirst(t *testing.T) {
	m := manyScenes()["busy"]
	w, _ := manyWizard(t, setup.Choosing{}, m)
	viewtest.PressNamed(t, w.Content(), i18n.T("wizard.many.leave"))
	if !m.open || !w.env.InDialog() {
		t.Fatal("it was left without a question")
	}
	w.env.LeaveDialog()
	m.rows = nil
	m.changed.Raise()
	viewtest.PressNamed(t, w.Content(), i18n.T("wizard.many.leave"))
	if m.open {
		t.Error("an empty table is not left")
	}
}

func TestAPrefixWithWhichNoBoardCanHaveANameIsTold(t *testing.T) {
	m := manyScenes()["busy"]
	w, _ := manyWizard(t, setup.Choosing{}, m)
	p := w.page.(*manyPage)
	p.prefix.In.SetText("bulb ")
	if m.prefix != "bulb " || w.foot.now.reason != "" {
		t.Errorf("the prefix is %q: %q", m.prefix, w.foot.now.reason)
	}
	long := make([]byte, 200)
	for i := range long {
		long[i] = 'x'
	}
	p.prefix.In.SetText(string(long))
	if m.prefix != "bulb " || w.foot.now.reason == "" {
		t.Errorf("the prefix is %q, and nothing is told", m.prefix)
	}
}
