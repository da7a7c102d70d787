package views

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/settings"
	"lamplighter/i18n"
)

// The window's sizes, in units of the screen.
const (
	firstWidth, firstHeight = 1180, 760
	railWidth               = 112
)

// Place is an entry of the rail.
type Place struct {
	ID    placeID
	Icon  string
	Build func() Page
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
	Places   func(*shell) []Place // from the top, called once; the first one is home
	Status   func(*shell) StatusLine
	Problem  func(*shell, error) // explains an error in a dialog
	Closed   func()              // the window was closed, and the settings are not yet
}

// Window is the program's one window: rail, page, status line.
type Window struct {
	app    fyne.App
	window fyne.Window
	opts   Options
	shell  *shell
	places []Place

	here   placeID
	pages  map[placeID]Page
	items  map[placeID]*railItem
	area   *fyne.Container // holds the page in view
	status StatusLine
	closed bool
	dark   bool // how the system was when the content was built
}

// NewWindow makes the window with everything in it; Show or ShowAndRun brings it up.
func NewWindow(a fyne.App, o Options) *Window {
	w := &Window{app: a, window: a.NewWindow(""), opts: o, pages: map[placeID]Page{}}
	w.shell = newShell(a, w.window, o.Post)
	w.shell.Visit, w.shell.Restyle = w.visit, w.restyle
	w.shell.ShowProblem = func(err error) { o.Problem(w.shell, err) }
	w.places = o.Places(w.shell)
	w.here = w.places[0].ID
	w.window.SetIcon(AppIcon())
	w.window.SetPadded(false)
	w.apply()
	w.window.Resize(fyne.NewSize(firstWidth, firstHeight))
	w.shortcuts()
	w.window.SetOnClosed(o.Closed)
	a.Settings().AddListener(func(fyne.Settings) { w.systemChanged() })
	return w
}

// Fyne is the window itself, for showing, raising and closing it.
func (w *Window) Fyne() fyne.Window { return w.window }

// Raise brings the window before the others, as when the program is started a
// second time.
func (w *Window) Raise() {
	w.unminimise()
	w.window.Show()
	w.window.RequestFocus()
}

// Close ends all pages. The window is not used again.
func (w *Window) Close() {
	w.closed = true
	w.dropPages()
}

// restyle changes how the window looks, at once.
func (w *Window) restyle(change func(*settings.Values)) {
	w.opts.Settings.Update(change)
	w.apply()
}

// apply makes the window look as the settings say, and builds its content anew.
func (w *Window) apply() {
	v := w.opts.Settings.Values()
	if i18n.Use(v.Language) != nil {
		_ = i18n.Use("") // a tag from a damaged file: the computer's own language will do
	}
	w.dark = w.app.Settings().ThemeVariant() == theme.VariantDark
	// Fyne reads all fonts anew after SetTheme.
	if wanted := newLook(v.Theme, v.TextScale); !sameLook(w.app.Settings().Theme(), wanted) {
		w.app.Settings().SetTheme(wanted)
	}
	w.rebuild()
}

// systemChanged rebuilds the content when the system went dark or light, for
// colours outside widgets are taken when they are built.
func (w *Window) systemChanged() {
	dark := w.app.Settings().ThemeVariant() == theme.VariantDark
	if dark != w.dark && !w.closed {
		w.dark = dark
		w.rebuild()
	}
}

// rebuild makes all content anew, in the present language and look.
func (w *Window) rebuild() {
	w.dropPages()
	w.window.SetTitle(i18n.T("app.name"))
	w.area = container.NewStack()
	w.status = w.opts.Status(w.shell)
	w.shell.toasts = newToastLayer(w.opts.Post)
	w.window.SetContent(w.frameAround(w.area))
	w.visit(w.here, "")
}

// frameAround puts rail and status line around content.
func (w *Window) frameAround(content fyne.CanvasObject) fyne.CanvasObject {
	rail := newSurface(colorRail, unit, w.rail())
	rail.radius = 0
	return container.NewStack(container.New(frameLayout{}, rail, content, w.status), w.shell.toasts)
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

func (w *Window) rail() fyne.CanvasObject {
	w.items = map[placeID]*railItem{}
	list := container.New(&stackLayout{gap: unit})
	for _, p := range w.places {
		item := newRailItem(p.Icon, p.Word(), func() { w.visit(p.ID, "") })
		w.items[p.ID] = item
		list.Add(item)
	}
	width := canvas.NewRectangle(color.Transparent)
	width.SetMinSize(fyne.NewSize(railWidth-2*unit, 0))
	return container.NewStack(width, list)
}

// visit goes to a place and, if target is not "", to one thing of it.
func (w *Window) visit(id placeID, target string) {
	if old, ok := w.pages[w.here]; ok && w.here != id {
		old.Hidden()
	}
	p := w.page(id)
	if p == nil {
		return
	}
	fresh := w.here != id || len(w.area.Objects) == 0
	if fresh {
		w.put(id, p.Content())
		p.Shown()
	}
	if t, ok := p.(Targeted); ok && target != "" {
		t.Target(target)
	}
	if f, ok := p.(Focused); ok && f.FirstFocus() != nil {
		w.window.Canvas().Focus(f.FirstFocus())
	}
}

// put shows content as that of a place.
func (w *Window) put(id placeID, content fyne.CanvasObject) {
	w.here = id
	for i, item := range w.items {
		item.choose(i == id)
	}
	w.area.Objects = []fyne.CanvasObject{content}
	w.area.Refresh()
}

// page is the page of a place, built when it is needed; nil where there is none.
func (w *Window) page(id placeID) Page {
	if p, ok := w.pages[id]; ok {
		return p
	}
	for _, p := range w.places {
		if p.ID == id {
			w.pages[id] = p.Build()
			return w.pages[id]
		}
	}
	return nil
}

func (w *Window) dropPages() {
	if p, ok := w.pages[w.here]; ok {
		p.Hidden()
	}
	for id, p := range w.pages {
		p.Close()
		delete(w.pages, id)
	}
	if w.status != nil {
		w.status.Close()
	}
}

// shortcuts are the window's keys: Ctrl+1, Ctrl+2, … go to the places, Ctrl+B
// lists the brokers, F1 helps, F11 fills the screen, Esc leaves.
func (w *Window) shortcuts() {
	c := w.window.Canvas()
	for i, p := range w.places {
		key := fyne.KeyName(strconv.Itoa(i + 1))
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault},
			func(fyne.Shortcut) { w.visit(p.ID, "") })
	}
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyB, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) {
		if !w.shell.inDialog() {
			w.status.ChooseBroker()
		}
	})
	c.SetOnTypedKey(w.typedKey)
	c.SetOnTypedRune(func(r rune) {
		if p, ok := w.pages[w.here].(Keyed); ok && !w.shell.inDialog() {
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
		w.window.SetFullScreen(!w.window.FullScreen())
		return
	case fyne.KeyEscape:
		w.escape()
		return
	}
	if p, ok := w.pages[w.here].(Keyed); ok && !w.shell.inDialog() {
		p.TypedKey(e)
	}
}

// help shows what the place in view is for, and its keys.
func (w *Window) help() {
	for _, p := range w.places {
		if p.ID == w.here {
			w.shell.tell(p.Word(), p.help()+"\n\n"+i18n.T("help.keys"))
		}
	}
}

// escape leaves the innermost thing that can be left: a dialog, something on
// the page, the full screen.
func (w *Window) escape() {
	if w.shell.leaveDialog() {
		return
	}
	if p, ok := w.pages[w.here].(Escaping); ok && p.Escape() {
		return
	}
	w.window.SetFullScreen(false)
}
