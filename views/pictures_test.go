package views

import (
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/apptest"
	"lamplighter/app/lights"
	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/app/watch"
	"lamplighter/i18n"
)

// A scene is a view in one state that a person can meet: empty, busy, waiting,
// each error. Register every one, in the view's own _test.go:
//
//	func init() {
//		registerScene("lamps-empty", placeLamps, func(e *sceneEnv) fyne.CanvasObject {
//			return newLampPage(deskOf(e.testWindow)).Content()
//		})
//	}
//
// The builder gets a desk whose parts are doubles; it may change e.parts before
// it builds its page, and e.status for the status line. The content that it
// gives is put into a whole window, with rail and status line. What must happen
// with the window already there (a dialog, a focus) goes into e.then. A panic or
// an unknown text fails the test.
//
// Without LAMPLIGHTER_PICTURES each scene is built in both languages at 1024×640
// and checked: all of it fits into the window, and no text is cut. With it, a
// PNG of each scene, light and dark, in both languages and both sizes, is
// written into that folder: look at them.
func registerScene(name string, at placeID, build func(*sceneEnv) fyne.CanvasObject) {
	scenes = append(scenes, scene{name, at, build})
}

// forPictures registers scenes of which others are much the same but for their
// words. They are built where pictures are wanted, and not by every other test
// run, whose time is mostly that of its scenes.
func forPictures(register func()) {
	if os.Getenv("LAMPLIGHTER_PICTURES") != "" {
		register()
	}
}

type scene struct {
	name  string
	place placeID
	build func(*sceneEnv) fyne.CanvasObject
}

var scenes []scene

// sceneEnv is what a scene is built with.
type sceneEnv struct {
	*testing.T
	*testWindow
	status *Status
	loop   *apptest.Loop
	after  []func()
}

// then calls f once the scene is in the window.
func (e *sceneEnv) then(f func()) { e.after = append(e.after, f) }

// shot is one picture's circumstances.
type shot struct {
	language string
	mode     settings.Theme
	size     fyne.Size
	scale    float64
}

func (s shot) String() string {
	return fmt.Sprintf("%s-%s-%dx%d", s.language, s.mode, int(s.size.Width), int(s.size.Height))
}

var (
	smallScreen = fyne.NewSize(1024, 640)
	largeScreen = fyne.NewSize(1440, 900)
)

func shots(all bool) []shot {
	var list []shot
	for _, language := range []string{"en", "zh-Hans"} {
		list = append(list, shot{language, settings.LightTheme, smallScreen, 1})
		if all {
			list = append(list, shot{language, settings.DarkTheme, smallScreen, 1}, shot{language, settings.LightTheme, largeScreen, 1},
				shot{language, settings.DarkTheme, largeScreen, 1})
		}
	}
	return list
}

// CheckScenes builds every registered scene, and checks that it fits.
func CheckScenes(t *testing.T) {
	dir := os.Getenv("LAMPLIGHTER_PICTURES")
	was, lang := plateLimit, i18n.Language()
	plateLimit = math.MaxFloat32
	t.Cleanup(func() { plateLimit, _ = was, i18n.Use(lang) })
	for _, sh := range shots(dir != "") {
		for _, s := range scenes {
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

// testWindow is a window with doubles for all parts that reach outside.
type testWindow struct {
	*Window
	parts *Parts
}

// newTestWindow makes one; change may replace some parts.
func newTestWindow(t *testing.T, change func(*Parts)) (*testWindow, *apptest.Loop) {
	t.Helper()
	parts, loop := testParts(t, shot{language: "en", mode: settings.LightTheme, scale: 1}, &Status{})
	if change != nil {
		change(&parts)
	}
	return newWindow(t, loop, &parts), loop
}

// deskOf is what a page of the window works with.
func deskOf(w *testWindow) *desk { return &desk{shell: w.shell, Parts: w.parts} }

// windows are all that were made.
var windows sync.Map

// windowOf is the window of a page.
func windowOf(s *shell) *testWindow {
	w, _ := windows.Load(s)
	return w.(*testWindow)
}

// statusOf is the window's status line.
func statusOf(w *testWindow) *statusLine { return w.status.(*statusLine) }

// TestPlace builds a place for a test's window: its page, and what is done when
// the window is closed, or nil.
type TestPlace func(*shell, *Parts) (page func() Page, closed func())

// What stands in a test's window. A package's tests set their own place in an
// init; the others are empty.
var (
	TestPlaces = map[placeID]TestPlace{}
	TestStatus = func(*shell, *Parts) StatusLine { return &emptyStatus{Label: label("")} }
	// BuildTestWindow makes the window itself.
	BuildTestWindow = buildTestWindow
)

func buildTestWindow(a fyne.App, post func(func()), parts *Parts) *Window {
	var leave []func()
	return NewWindow(a, Options{
		Post: post, Settings: parts.Settings, Problem: showProblem,
		Places: func(s *shell) (all []Place) {
			for _, p := range []Place{{ID: placeLamps, Icon: "lamp"}, {ID: placeSetup, Icon: "setup"}, {ID: placeTopics, Icon: "topics"}, {ID: placeSettings, Icon: "settings"}} {
				p.Build = func() Page { return emptyPage{container.NewStack()} }
				if place, ok := TestPlaces[p.ID]; ok {
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
		Status: func(s *shell) StatusLine { return TestStatus(s, parts) },
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

// testApp is one for all tests, for each one reads its fonts anew.
var testApp = sync.OnceValue(test.NewApp)

func newWindow(t *testing.T, loop *apptest.Loop, parts *Parts) *testWindow {
	t.Helper()
	fyne.SetCurrentApp(testApp()) // another test may have made its own
	w := BuildTestWindow(testApp(), loop.Post, parts)
	t.Cleanup(func() {
		w.Close()
		w.window.Close()
	})
	tw := &testWindow{w, parts}
	windows.Store(w.shell, tw)
	return tw
}

func testParts(t *testing.T, sh shot, status *Status) (Parts, *apptest.Loop) {
	t.Helper()
	loop := apptest.NewLoop(t)
	return Parts{
		Setup:         testSetup(t, loop),
		Lights:        lights.New(lights.Options{Post: loop.Post}),
		Settings:      testSettings(t, sh),
		House:         newTestHouse(),
		Topics:        topics.New(1 << 20),
		Traffic:       &fakeTraffic{},
		Status:        func() Status { return *status },
		StatusChanged: &watch.Signal{},
		ForgetSaid: func() {
			status.Said, status.Dropped = Said{}, 0
		},
	}, loop
}

// testSettings are real settings in a folder of the test.
func testSettings(t *testing.T, sh shot) *settings.Store {
	t.Helper()
	dir := t.TempDir()
	secrets, err := settings.OpenFile(dir)
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
	s.Update(func(v *settings.Values) { v.Language, v.Theme, v.TextScale = sh.language, sh.mode, sh.scale })
	return s
}

// stage puts a scene into a window.
func stage(t *testing.T, s scene, sh shot) *testWindow {
	t.Helper()
	status := &Status{Address: "192.168.1.23:1883", Link: LinkUp, Online: 3, Known: 4}
	parts, loop := testParts(t, sh, status)
	w := newWindow(t, loop, &parts)
	w.window.Resize(sh.size)
	e := &sceneEnv{T: t, testWindow: w, status: status, loop: loop}
	content := s.build(e)
	w.put(s.place, content)
	w.parts.StatusChanged.Raise()
	for _, f := range e.after {
		f()
	}
	// The real window lays out again after what changed; the test's does not.
	w.window.Resize(sh.size.AddWidthHeight(1, 0))
	w.window.Resize(sh.size)
	return w
}

func writePicture(t *testing.T, w *testWindow, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, w.window.Canvas().Capture()); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// checkFits fails where something does not fit into the window or a text is cut.
func checkFits(t *testing.T, w *testWindow, size fyne.Size) {
	t.Helper()
	if m := w.window.Content().MinSize(); m.Width > size.Width || m.Height > size.Height {
		t.Errorf("the content needs %v, the window has %v", m, size)
	}
	whole := area{0, 0, size.Width, size.Height}
	checkTexts(t, w.window.Content(), fyne.Position{}, whole, whole)
	for _, o := range w.window.Canvas().Overlays().List() {
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

func checkText(t *testing.T, v *canvas.Text, at fyne.Position, clip, room area) {
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
