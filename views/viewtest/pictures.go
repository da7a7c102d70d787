package viewtest

import (
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app"
	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/course"
	"lamplighter/app/endpoint"
	"lamplighter/app/lesson"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/livemap"
	"lamplighter/app/outbox"
	"lamplighter/app/pupilpage"
	"lamplighter/app/roster"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/app/traffic"
	"lamplighter/app/watch"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/frame"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// RegisterScene adds a scene: a view in one state that a person can meet: empty, busy, waiting,
// each error. Register every one, in the view's own _test.go:
//
//	func init() {
//		viewtest.RegisterScene("lamps-empty", ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
//			return newLampPage(envOf(e.Window)).Content()
//		})
//	}
//
// The builder gets a window whose parts are doubles; it may change e.Parts before
// it builds its page, and e.Status for the status line. The content that it
// gives is put into a whole window, with rail and status line. What must happen
// with the window already there (a dialog, a focus) goes into e.Then. A panic or
// an unknown text fails the test.
//
// Without LAMPLIGHTER_PICTURES each scene is built at 1024×640, in Chinese with large targets and, with
// text at 150 %, in English, and checked: all of it fits into the window, and no text is cut. With it, a
// PNG of each scene, light and dark, in both languages and both sizes, is
// written into that folder: look at them.
func RegisterScene(name string, at ui.Place, build func(*Env) fyne.CanvasObject) {
	scenes = append(scenes, scene{name, at, build})
}

// ForPictures registers scenes of which others are much the same but for their
// words. They are built where pictures are wanted, and not by every other test
// run, whose time is mostly that of its scenes.
func ForPictures(register func()) {
	if os.Getenv("LAMPLIGHTER_PICTURES") != "" {
		register()
	}
}

type scene struct {
	name  string
	place ui.Place
	build func(*Env) fyne.CanvasObject
}

var scenes []scene

// Env is what a scene is built with.
type Env struct {
	*testing.T
	*Window
	Status *app.Status
	Loop   *apptest.Loop
	after  []func()
}

// Then calls f once the scene is in the window.
func (e *Env) Then(f func()) { e.after = append(e.after, f) }

// shot is one picture's circumstances.
type shot struct {
	language string
	mode     settings.Theme
	size     fyne.Size
	scale    float64
	large    bool // targets
}

func (s shot) String() string {
	name := fmt.Sprintf("%s-%s-%dx%d", s.language, s.mode, int(s.size.Width), int(s.size.Height))
	if s.large {
		name += "-large"
	}
	if s.scale != 1 {
		name += fmt.Sprintf("-%d%%", int(s.scale*100))
	}
	return name
}

var (
	SmallScreen = fyne.NewSize(1024, 640)
	largeScreen = fyne.NewSize(1440, 900)
)

func shots(all bool) []shot {
	var list []shot
	for _, l := range i18n.Languages() {
		if !all && l.Tag != "zh-Hans" { // the longer lines: what fits here fits at 100 % too
			list = append(list, shot{l.Tag, settings.LightTheme, SmallScreen, 1.5, false})
			continue
		}
		list = append(list, shot{l.Tag, settings.LightTheme, SmallScreen, 1, !all}) // what fits with large targets fits without
		if all {
			list = append(list, shot{l.Tag, settings.LightTheme, SmallScreen, 1.5, false}, shot{l.Tag, settings.DarkTheme, SmallScreen, 1, false},
				shot{l.Tag, settings.LightTheme, largeScreen, 1, false},
				shot{l.Tag, settings.DarkTheme, largeScreen, 1, false})
		}
	}
	return list
}

// CheckScenes builds every registered scene, and checks that it fits.
func CheckScenes(t *testing.T) {
	dir := os.Getenv("LAMPLIGHTER_PICTURES")
	was, lang := ui.PlateLimit, i18n.Language()
	ui.PlateLimit = math.MaxFloat32
	t.Cleanup(func() { ui.PlateLimit, _ = was, i18n.SetLanguage(lang) })
	list := shots(dir != "")
	for i, sh := range list {
		for j, s := range scenes {
			if dir == "" && j%len(list) != i {
				continue // every scene is built once; all its forms where pictures are wanted
			}
			t.Run(s.name+"/"+sh.String(), func(t *testing.T) {
				w := stage(t, s, sh)
				checkFits(t, w, sh.size)
				if dir != "" {
					writePicture(t, w, filepath.Join(dir, s.name+"-"+sh.String()+".png"))
				}
			})
		}
	}
}

// Window is a window with doubles for all parts that reach outside.
type Window struct {
	*frame.Window
	Parts *backend.Parts
}

// NewWindow makes one; change may replace some parts.
func NewWindow(t *testing.T, change func(*backend.Parts)) (*Window, *apptest.Loop) {
	t.Helper()
	parts, loop := testParts(t, shot{language: "en", mode: settings.LightTheme, scale: 1}, &app.Status{})
	if change != nil {
		change(&parts)
	}
	return OpenWindow(t, loop, &parts), loop
}

// windows are all that were made.
var windows sync.Map

// WindowOf is the window of a page.
func WindowOf(s *ui.Shell) *Window {
	w, _ := windows.Load(s)
	return w.(*Window)
}

// PlaceBuilder builds a place for a test's window: its page, and what is done when
// the window is closed, or nil.
type PlaceBuilder func(*ui.Shell, *backend.Parts) (page func() ui.Page, closed func())

// What stands in a test's window. A package's tests set their own place in an
// init; the others are empty.
var (
	Places = map[ui.Place]PlaceBuilder{}
	Status = func(*ui.Shell, *backend.Parts) frame.StatusLine { return &emptyStatus{Label: ui.Label("")} }
	// Build makes the window itself.
	Build = buildTestWindow
)

func buildTestWindow(a fyne.App, post func(func()), parts *backend.Parts) *frame.Window {
	var leave []func()
	return frame.New(a, frame.Options{
		Post: post, Settings: parts.Settings, Problem: problem.Show,
		Places: func(s *ui.Shell) (all []frame.Place) {
			for _, p := range frame.Rail(nil) {
				p.Build = func() ui.Page { return emptyPage{container.NewStack()} }
				if place, ok := Places[p.ID]; ok {
					build, closed := place(s, parts)
					p.Build = build
					if closed != nil {
						leave = append(leave, closed)
					}
				}
				all = append(all, p)
			}
			return all
		},
		Status: func(s *ui.Shell) frame.StatusLine { return Status(s, parts) },
		Closed: func() {
			for _, f := range leave {
				f()
			}
		},
	})
}

// emptyPage stands where a test is not about.
type emptyPage struct{ fyne.CanvasObject }

// Content is nothing.
func (p emptyPage) Content() fyne.CanvasObject { return p.CanvasObject }

// Shown does nothing.
func (emptyPage) Shown() {}

// Hidden does nothing.
func (emptyPage) Hidden() {}

// Close does nothing.
func (emptyPage) Close() {}

// emptyStatus stands for a status line.
type emptyStatus struct{ *widget.Label }

// ChooseBroker does nothing.
func (*emptyStatus) ChooseBroker() {}

// Close does nothing.
func (*emptyStatus) Close() {}

// TestApp is one for all tests, for each one reads its fonts anew.
var TestApp = sync.OnceValue(test.NewApp)

// OpenWindow opens the program's window at parts, until the test ends.
func OpenWindow(t *testing.T, loop *apptest.Loop, parts *backend.Parts) *Window {
	t.Helper()
	fyne.SetCurrentApp(TestApp()) // another test may have made its own
	w := Build(TestApp(), loop.Post, parts)
	t.Cleanup(func() {
		w.Close()
		w.Win.Close()
	})
	tw := &Window{w, parts}
	windows.Store(w.Shell, tw)
	return tw
}

func testParts(t *testing.T, sh shot, status *app.Status) (backend.Parts, *apptest.Loop) {
	t.Helper()
	loop := apptest.NewLoop(t)
	lamps := lights.New(lights.Options{Post: loop.Post})
	pupils := testPupils(t, loop, lamps)
	class := testClass(t)
	store := testSettings(t, sh)
	learning := NewCourse(t, loop, store)
	double := newTestApp()
	trace, tree := NewTrace(), topics.New(1<<20)
	return backend.Parts{
		Trace: trace,
		Map: livemap.New(livemap.Options{
			Trace: trace, Lamps: lamps, Topics: tree, BuiltIn: func() bool { return status.Broker == "" }, Now: func() time.Time { return trace.At },
		}),
		Still:         func() bool { return store.Snapshot().NoMotion },
		Class:         class,
		Boards:        classBoards{class},
		Setup:         TestSetup(t, loop),
		Lights:        lamps,
		Pupils:        pupils,
		Lesson:        NewLesson(loop, lamps, pupils, time.Now),
		Settings:      store,
		Course:        func() *course.Course { return learning },
		Broker:        double,
		Connections:   double,
		About:         double,
		Topics:        tree,
		Traffic:       &Traffic{},
		Status:        func() app.Status { return *status },
		Writing:       func() bool { return false },
		StatusChanged: &watch.Signal{},
		MarkRead: func() {
			status.PlatformMessage, status.Dropped = outbox.PlatformMessage{}, 0
		},
	}, loop
}

// NewLesson is a lesson with the lamps of a panel, at a broker that keeps these
// messages.
func NewLesson(loop *apptest.Loop, lamps *lights.Panel, pupils *pupilpage.Page, now func() time.Time, kept ...topics.RetainedMessage) *lesson.Lesson {
	return lesson.New(lesson.Options{
		Lamps: lamps, Post: loop.Post, Now: now, Freeze: pupils.SetAttention,
		Publish: func(string, []byte) error { return nil },
		BoardOf: func(user string) (string, bool) { return strings.CutPrefix(user, "board-") },
		Retained: func(done func([]topics.RetainedMessage, bool, error)) func() {
			done(kept, true, nil)
			return func() {}
		},
		FirstColor: func(string) (lights.RGB, bool) { return lights.RGB{R: 255, G: 255, B: 255}, true },
		Eraser:     traffic.NewEraser(&Traffic{}, topics.New(1<<20), loop.Post),
	}, settings.Attention{})
}

// NewCourse is the lessons, at a broker that is never there and tells nothing.
func NewCourse(t *testing.T, loop *apptest.Loop, store *settings.Store) *course.Course {
	c := course.New(course.Options{
		Settings: store, Dir: t.TempDir(), Post: loop.Post,
		Trace:    func(func([]broker.TraceEvent, int)) func() { return func() {} },
		Sessions: func() []broker.Session { return nil },
		Broker:   func() (endpoint.Endpoint, bool) { return endpoint.Endpoint{}, false },
		Pupil:    func() (string, string) { return "pupil", "password" },
	})
	t.Cleanup(c.Close)
	return c
}

// testClass is a real class in a folder of the test.
func testClass(t *testing.T) *roster.Class {
	t.Helper()
	c, err := roster.OpenClass(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// classBoards knows each board by the base of its lamp.
type classBoards struct{ class *roster.Class }

func (b classBoards) Owners() map[string][]roster.Pupil {
	all := map[string][]roster.Pupil{}
	for _, p := range b.class.Pupils() {
		if p.Board != "" {
			all[p.Board] = append(all[p.Board], p)
		}
	}
	return all
}

func (b classBoards) BoardOf(base string) string { return base }

func (b classBoards) Enrol(pupils []roster.Pupil) {
	b.class.Replace(b.class.Merge(pupils, func(string, string) bool { return false }))
}

// testPupils is a real page, on loopback once it is opened.
func testPupils(t *testing.T, loop *apptest.Loop, lamps *lights.Panel) *pupilpage.Page {
	p := pupilpage.New(pupilpage.Options{
		Lamps: lamps, Post: loop.Post, Host: "127.0.0.1", Address: func() string { return "192.168.1.23" }, Freeze: func(bool) {},
	})
	t.Cleanup(p.Shut)
	return p
}

// testSettings are real settings in a folder of the test.
func testSettings(t *testing.T, sh shot) *settings.Store {
	t.Helper()
	dir := t.TempDir()
	secrets, err := secrets.OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := settings.Open(dir, secrets)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Update(func(v *settings.Values) {
		v.Language, v.Theme, v.TextScale, v.LargeTargets, v.Welcomed = sh.language, sh.mode, sh.scale, sh.large, true
	})
	return s
}

// stage puts a scene into a window.
func stage(t *testing.T, s scene, sh shot) *Window {
	t.Helper()
	status := &app.Status{Address: "192.168.1.23:1883", Link: link.Online, Online: 3, Known: 4}
	parts, loop := testParts(t, sh, status)
	w := OpenWindow(t, loop, &parts)
	w.Win.Resize(sh.size)
	e := &Env{T: t, Window: w, Status: status, Loop: loop}
	content := s.build(e)
	w.ShowPage(s.place, content)
	w.Parts.StatusChanged.Raise()
	for _, f := range e.after {
		f()
	}
	// The real window lays out again after what changed; the test's does not.
	w.Win.Resize(sh.size.AddWidthHeight(1, 0))
	w.Win.Resize(sh.size)
	return w
}

func writePicture(t *testing.T, w *Window, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, paint(w.Win.Canvas())); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// checkFits fails where something does not fit into the window or a text is cut.
func checkFits(t *testing.T, w *Window, size fyne.Size) {
	t.Helper()
	if m := w.Win.Content().MinSize(); m.Width > size.Width || m.Height > size.Height {
		t.Errorf("the content needs %v, the window has %v", m, size)
	}
	whole := area{0, 0, size.Width, size.Height}
	checkTexts(t, w.Win.Content(), fyne.Position{}, whole, whole)
	for _, o := range w.Win.Canvas().Overlays().List() {
		checkTexts(t, o, fyne.Position{}, whole, whole)
	}
}

// area is a rectangle: left, top, right, bottom.
type area struct{ x1, y1, x2, y2 float32 }

func (a area) and(b area) area {
	return area{max(a.x1, b.x1), max(a.y1, b.y1), min(a.x2, b.x2), min(a.y2, b.y2)}
}

// checkTexts walks what is drawn. Clip is what can be seen at all; a scroller's
// content may reach out of it where it scrolls. Room is the innermost widget.
func checkTexts(t *testing.T, o fyne.CanvasObject, at fyne.Position, clip, room area) {
	if !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	own := area{at.X, at.Y, at.X + o.Size().Width, at.Y + o.Size().Height}
	if _, typed := o.(interface{ SetPlaceHolder(string) }); typed {
		if e, ok := o.(*ui.Entry); ok {
			checkPlaceholder(t, e)
		}
		return // what is typed scrolls inside its field
	}
	switch v := o.(type) {
	case *canvas.Text:
		checkText(t, v, at, clip, room)
	case *fyne.Container:
		for _, child := range v.Objects {
			checkTexts(t, child, at, clip, room)
		}
	case *container.Scroll:
		inside := clip.and(own)
		if v.Direction == container.ScrollVerticalOnly || v.Direction == container.ScrollBoth {
			inside.y1, inside.y2 = -1e6, 1e6
		}
		if v.Direction == container.ScrollHorizontalOnly || v.Direction == container.ScrollBoth {
			inside.x1, inside.x2 = -1e6, 1e6
		}
		checkTexts(t, v.Content, at, inside, inside)
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(v).Objects() {
			checkTexts(t, child, at, clip, own)
		}
	}
}

// checkPlaceholder fails where it is cut that a field of one line says what it is for.
func checkPlaceholder(t *testing.T, e *ui.Entry) {
	if wide := e.PlaceholderWidth(); !e.MultiLine && e.Text == "" && e.PlaceHolder != "" && wide > e.Size().Width {
		t.Errorf("the placeholder %q needs a field %.0f wide, not %.0f", e.PlaceHolder, wide, e.Size().Width)
	}
}

func checkText(t *testing.T, v *canvas.Text, at fyne.Position, clip, room area) {
	if strings.Contains(v.Text, "<no value>") {
		t.Errorf("%q has a blank that nothing fills", v.Text)
	}
	if strings.TrimSpace(v.Text) == "" {
		return
	}
	const slack = 1.5 // rounding
	left, right := at.X, at.X+v.MinSize().Width
	if spare := v.Size().Width - v.MinSize().Width; spare > 0 {
		switch v.Alignment {
		case fyne.TextAlignCenter:
			left, right = left+spare/2, right+spare/2
		case fyne.TextAlignTrailing:
			left, right = left+spare, right+spare
		}
	}
	bottom := at.Y + v.MinSize().Height
	if left < clip.x1-slack || right > clip.x2+slack || at.Y < clip.y1-slack || bottom > clip.y2+slack {
		t.Errorf("text %q at %v is outside of what can be seen (%v)", v.Text, at, clip)
		return
	}
	if right > room.x2+slack {
		t.Errorf("text %q is wider (to %.0f) than its place (to %.0f)", v.Text, right, room.x2)
	}
}
