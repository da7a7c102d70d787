package frame

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// The window's sizes, in units of the screen.
const (
	firstWidth, firstHeight = 1180, 760
	railWidth               = 112
)

// Place is an entry of the rail.
type Place struct {
	ID    ui.Place
	Icon  string
	Build func() ui.Page
}

// Rail lists every place from the top, with what builds its page. The order is
// also that of Ctrl+1, Ctrl+2, …
func Rail(build map[ui.Place]func() ui.Page) []Place {
	all := []Place{
		{ID: ui.PlaceLamps, Icon: "lamp"},
		{ID: ui.PlaceSetup, Icon: "setup"},
		{ID: ui.PlaceTopics, Icon: "topics"},
		{ID: ui.PlaceLearn, Icon: "learn"},
		{ID: ui.PlaceSettings, Icon: "settings"},
		{ID: ui.PlaceGuide, Icon: "help"},
	}
	for i, p := range all {
		all[i].Build = build[p.ID]
	}
	return all
}

// Word is the place's name as the rail shows it.
func (p Place) Word() string { return i18n.T("rail." + string(p.ID)) }

// help is what F1 shows in the place.
func (p Place) help() string { return i18n.T("help." + string(p.ID)) }

// StatusLine is the line at the bottom of the window.
type StatusLine interface {
	fyne.CanvasObject
	// ChooseBroker lists the brokers.
	ChooseBroker()
	Close()
}

// Options are what the frame is built around.
type Options struct {
	Post     func(func()) // runs a function on the UI goroutine, later
	Settings *settings.Store
	Places   func(*ui.Shell) []Place // from the top, called once; the first one is home
	Status   func(*ui.Shell) StatusLine
	Problem  func(*ui.Shell, error) // explains an error in a dialog
	// First fills the window instead of everything else until done is called, with the
	// place to begin at; nil where this is not the first start.
	First  func(s *ui.Shell, done func(ui.Place)) fyne.CanvasObject
	Closed func() // the window was closed, and the settings are not yet
	// Closing is asked before a person closes the window, and reports whether that is
	// well; where it is not it asks, and then has yes close it. nil = it always is.
	Closing func(yes func()) bool
	// Splash has the first frame show the program's name alone, so that it comes as soon
	// as a frame can: what takes longer is built after it.
	Splash bool
	Built  func() // everything is there for the first time
}

// Window is the program's one window: rail, page, status line.
type Window struct {
	Win    fyne.Window
	Opts   Options
	Shell  *ui.Shell
	Places []Place

	Current   ui.Place
	Pages     map[ui.Place]ui.Page
	Items     map[ui.Place]*railItem
	area      *fyne.Container // holds the page in view
	root      *fyne.Container // holds the splash until there is more
	StatusBar StatusLine
	closed    bool
	dark      bool // how the system was when the content was built
}

// New makes the window with everything in it; Show or ShowAndRun brings it up.
func New(a fyne.App, o Options) *Window {
	w := &Window{Win: a.NewWindow(""), Opts: o, Pages: map[ui.Place]ui.Page{}}
	w.Shell = ui.NewShell(a, w.Win, o.Post)
	w.Shell.Visit, w.Shell.Restyle = w.Visit, w.restyle
	w.Shell.ShowProblem = func(err error) { o.Problem(w.Shell, err) }
	w.Places = o.Places(w.Shell)
	w.Current = w.Places[0].ID
	w.Win.SetIcon(ui.AppIcon())
	w.Win.SetPadded(false)
	w.Win.Resize(fyne.NewSize(firstWidth, firstHeight)) // before there is content: text that wraps in a narrower window is too high for it for ever
	w.applySettings()
	if o.Splash {
		w.splash(w.build)
	} else {
		w.build()
	}
	w.shortcuts()
	w.Win.SetOnClosed(o.Closed)
	w.Win.SetCloseIntercept(func() {
		if o.Closing == nil || o.Closing(w.Win.Close) {
			w.Win.Close()
		}
	})
	a.Settings().AddListener(func(fyne.Settings) { w.systemChanged() })
	return w
}

// Raise brings the window before the others, as when the program is started a
// second time.
func (w *Window) Raise() {
	w.unminimise()
	w.Win.Show()
	w.Win.RequestFocus()
}

// Close ends all pages. The window is not used again.
func (w *Window) Close() {
	w.closed = true
	w.dropPages()
}

// restyle changes how the window looks, at once.
func (w *Window) restyle(change func(*settings.Values)) {
	w.Opts.Settings.Update(change)
	w.apply()
}

// build makes all content for the first time.
func (w *Window) build() {
	w.Rebuild()
	if w.Opts.Built != nil {
		w.Opts.Built()
	}
}

// isBuilt reports whether there are places to go to, and not the splash or First alone.
func (w *Window) isBuilt() bool { return w.area != nil }

// apply makes the window look as the settings say, and builds its content anew.
func (w *Window) apply() {
	w.applySettings()
	w.Rebuild()
}

// applySettings takes the language and the theme of the settings.
func (w *Window) applySettings() {
	v := w.Opts.Settings.Values()
	if i18n.SetLanguage(v.Language) != nil {
		_ = i18n.SetLanguage("") // a tag from a damaged file: the computer's own language will do
	}
	w.dark = w.Shell.IsSystemDark()
	w.Shell.SetLook(v.Theme, v.TextScale, v.LargeTargets)
}

// systemChanged rebuilds the content when the system went dark or light, for
// colours outside widgets are taken when they are built.
func (w *Window) systemChanged() {
	if dark := w.Shell.IsSystemDark(); dark != w.dark && !w.closed {
		w.dark = dark
		if w.isBuilt() || w.Opts.First != nil {
			w.Rebuild()
		}
	}
}

// Rebuild makes all content anew, in the present language and look.
func (w *Window) Rebuild() {
	w.dropPages()
	w.Win.SetTitle(i18n.T("app.name"))
	if w.Opts.First != nil {
		w.Shell.Toasts = ui.NewToastLayer(w.Opts.Post)
		w.fill(container.NewStack(w.Opts.First(w.Shell, w.begin), w.Shell.Toasts))
		return
	}
	w.area = container.NewStack()
	w.StatusBar = w.Opts.Status(w.Shell)
	w.Shell.Toasts = ui.NewToastLayer(w.Opts.Post)
	w.fill(w.frameAround(w.area))
	w.Visit(w.Current, "")
}

// fill shows content in the whole window. It takes the splash's place without asking
// for more room than that had: a small screen has none.
func (w *Window) fill(content fyne.CanvasObject) {
	if w.root == nil || w.Win.Content() != w.root {
		w.Win.SetContent(content)
		return
	}
	w.root.Objects = []fyne.CanvasObject{content}
	w.root.Refresh()
	w.root = nil
}

// begin ends what First shows.
func (w *Window) begin(at ui.Place) {
	w.Opts.First = nil
	w.Rebuild()
	w.Visit(at, "")
}

// frameAround puts rail and status line around content.
func (w *Window) frameAround(content fyne.CanvasObject) fyne.CanvasObject {
	rail := ui.NewSurface(ui.ColorRail, ui.Unit, w.rail())
	rail.Radius = 0
	return container.NewStack(container.New(frameLayout{}, rail, content, w.StatusBar), w.Shell.Toasts)
}

// frameLayout puts the rail to the left, the status line to the bottom, and the
// page into all that is left.
type frameLayout struct{}

func (frameLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	rail, content, foot := objects[0], objects[1], objects[2]
	width, height := rail.MinSize().Width, foot.MinSize().Height
	rail.Resize(fyne.NewSize(width, size.Height-height))
	content.Move(fyne.NewPos(width, 0))
	content.Resize(fyne.NewSize(size.Width-width, size.Height-height))
	foot.Move(fyne.NewPos(0, size.Height-height))
	foot.Resize(fyne.NewSize(size.Width, height))
}

func (frameLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	rail, content, foot := objects[0].MinSize(), objects[1].MinSize(), objects[2].MinSize()
	return fyne.NewSize(max(rail.Width+content.Width, foot.Width), max(rail.Height, content.Height)+foot.Height)
}

// rail scrolls where a small screen with large text has no room for every place.
func (w *Window) rail() fyne.CanvasObject {
	w.Items = map[ui.Place]*railItem{}
	list := container.New(&ui.StackLayout{Gap: ui.Unit})
	for _, p := range w.Places {
		item := newRailItem(p.Icon, p.Word(), func() { w.Visit(p.ID, "") })
		w.Items[p.ID] = item
		list.Add(item)
	}
	width := canvas.NewRectangle(color.Transparent)
	width.SetMinSize(fyne.NewSize(railWidth-2*ui.Unit, 0))
	return container.NewStack(width, container.NewVScroll(list))
}

// Visit goes to a place and, if target is not "", to one thing of it.
func (w *Window) Visit(id ui.Place, target string) {
	if !w.isBuilt() {
		return
	}
	w.Shell.CloseMenus()
	if old, ok := w.Pages[w.Current]; ok && w.Current != id {
		old.Hidden()
	}
	p := w.PageAt(id)
	if p == nil {
		return
	}
	fresh := w.Current != id || len(w.area.Objects) == 0
	if fresh {
		w.ShowPage(id, p.Content())
		p.Shown()
	}
	if t, ok := p.(ui.Targeted); ok && target != "" {
		t.Target(target)
	}
	if f, ok := p.(ui.Focused); ok && f.FirstFocus() != nil {
		w.Win.Canvas().Focus(f.FirstFocus())
	}
}

// ShowPage shows content as that of a place.
func (w *Window) ShowPage(id ui.Place, content fyne.CanvasObject) {
	w.Current = id
	for i, item := range w.Items {
		if item.choose(i == id); i == id {
			ui.Reveal(item)
		}
	}
	w.area.Objects = []fyne.CanvasObject{content}
	w.area.Refresh()
}

// PageAt is the page of a place, built when it is needed; nil where there is none.
func (w *Window) PageAt(id ui.Place) ui.Page {
	if p, ok := w.Pages[id]; ok {
		return p
	}
	for _, p := range w.Places {
		if p.ID == id {
			w.Pages[id] = p.Build()
			return w.Pages[id]
		}
	}
	return nil
}

func (w *Window) dropPages() {
	if p, ok := w.Pages[w.Current]; ok {
		p.Hidden()
	}
	for id, p := range w.Pages {
		p.Close()
		delete(w.Pages, id)
	}
	if w.StatusBar != nil {
		w.StatusBar.Close()
	}
}

// shortcuts are the window's keys: Ctrl+1, Ctrl+2, … go to the places, Ctrl+B
// lists the brokers, Ctrl+Enter submits, F1 helps, F11 fills the screen, Esc leaves.
func (w *Window) shortcuts() {
	c := w.Win.Canvas()
	for i, p := range w.Places {
		key := fyne.KeyName(strconv.Itoa(i + 1))
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault},
			func(fyne.Shortcut) {
				if !w.Shell.InDialog() {
					w.Visit(p.ID, "")
				}
			})
	}
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyB, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) {
		if !w.Shell.InDialog() && w.isBuilt() {
			w.StatusBar.ChooseBroker()
		}
	})
	for _, key := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter} {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) {
			if p, ok := w.Pages[w.Current].(ui.Submitting); ok && w.Win.Canvas().Overlays().Top() == nil {
				p.Submit()
			}
		})
	}
	c.SetOnTypedKey(w.typedKey)
	c.SetOnTypedRune(func(r rune) {
		if p, ok := w.Pages[w.Current].(ui.Keyed); ok && !w.Shell.InDialog() {
			p.TypedRune(r)
		}
	})
}

func (w *Window) typedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyF1:
		w.help()
		return
	case fyne.KeyF11:
		w.Win.SetFullScreen(!w.Win.FullScreen())
		return
	case fyne.KeyEscape:
		w.Escape()
		return
	}
	if p, ok := w.Pages[w.Current].(ui.Keyed); ok && !w.Shell.InDialog() {
		p.TypedKey(e)
	}
}

// help shows what the place in view is for, and its keys; the guide is a key away.
func (w *Window) help() {
	for _, p := range w.Places {
		if p.ID == w.Current && w.isBuilt() {
			m := &ui.Dialog{Shell: w.Shell}
			ok := ui.PrimaryButton(i18n.T("common.close"), nil, m.Cancel)
			m.Show(ui.Question{Title: p.Word(), Text: p.help() + "\n\n" + i18n.T("help.keys"), ExtraButton: w.guideButton(m)}, ok)
			w.Win.Canvas().Focus(ok)
		}
	}
}

// guideButton leads from a dialog to the guide.
func (w *Window) guideButton(m *ui.Dialog) fyne.CanvasObject {
	return ui.NewButton(i18n.T("help.guide-open"), ui.Icon("help"), func() {
		m.Cancel()
		w.Visit(ui.PlaceGuide, "")
	})
}

// Escape leaves the innermost thing that can be left: a dialog, something on
// the page, the full screen.
func (w *Window) Escape() {
	if w.Shell.LeaveDialog() {
		return
	}
	if p, ok := w.Pages[w.Current].(ui.Escaping); ok && p.Escape() {
		return
	}
	w.Win.SetFullScreen(false)
}
