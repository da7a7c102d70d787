package views

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	"lamplighter/i18n"
)

// The window's sizes, in units of the screen.
const (
	firstWidth, firstHeight = 1180, 760
	railWidth               = 112
)

// Window is the program's one window: rail, page, status line.
type Window struct {
	ui     fyne.App
	window fyne.Window
	parts  *Parts
	desk   *desk

	here    placeID
	pages   map[placeID]page
	items   map[placeID]*railItem
	area    *fyne.Container // holds the page in view
	status  *statusLine
	layer   *toastLayer
	dialogs []*modal
	closed  bool
	dark    bool // how the system was when the content was built
}

// New makes the window with everything in it; Show or ShowAndRun brings it up.
func New(ui fyne.App, parts Parts) *Window {
	w := &Window{ui: ui, window: ui.NewWindow(""), parts: &parts, here: placeLamps, pages: map[placeID]page{}}
	w.desk = &desk{Parts: w.parts, frame: w}
	w.window.SetIcon(AppIcon())
	w.window.SetPadded(false)
	w.apply()
	w.window.Resize(fyne.NewSize(firstWidth, firstHeight))
	w.shortcuts()
	w.window.SetOnClosed(w.desk.leave) // before the settings are closed
	ui.Settings().AddListener(func(fyne.Settings) { w.systemChanged() })
	startDebug(w)
	return w
}

// Fyne is the window itself, for showing, raising and closing it.
func (w *Window) Fyne() fyne.Window { return w.window }

// Close ends all pages. The window is not used again.
func (w *Window) Close() {
	w.closed = true
	w.dropPages()
}

// apply makes the window look as the settings say, and builds its content anew.
func (w *Window) apply() {
	v := w.parts.Settings.Values()
	if i18n.Use(v.Language) != nil {
		_ = i18n.Use("") // a tag from a damaged file: the computer's own language will do
	}
	w.dark = w.ui.Settings().ThemeVariant() == theme.VariantDark
	// Fyne reads all fonts anew after SetTheme.
	if wanted := newLook(v.Theme, v.TextScale); !sameLook(w.ui.Settings().Theme(), wanted) {
		w.ui.Settings().SetTheme(wanted)
	}
	w.rebuild()
}

// systemChanged rebuilds the content when the system went dark or light, for
// colours outside widgets are taken when they are built.
func (w *Window) systemChanged() {
	dark := w.ui.Settings().ThemeVariant() == theme.VariantDark
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
	w.status = newStatusLine(w.desk)
	w.layer = newToastLayer(w.parts.Post)
	w.window.SetContent(w.frameAround(w.area))
	w.visit(w.here, "")
}

// frameAround puts rail and status line around content.
func (w *Window) frameAround(content fyne.CanvasObject) fyne.CanvasObject {
	rail := newSurface(colorRail, unit, w.rail())
	rail.radius = 0
	return container.NewStack(container.New(frameLayout{}, rail, content, w.status), w.layer)
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
	for _, p := range places {
		if !p.built() {
			continue
		}
		item := newRailItem(p.icon, p.word(), func() { w.visit(p.id, "") })
		w.items[p.id] = item
		list.Add(item)
	}
	width := canvas.NewRectangle(color.Transparent)
	width.SetMinSize(fyne.NewSize(railWidth-2*unit, 0))
	return container.NewStack(width, list)
}

// visit goes to a place and, if target is not "", to one thing of it.
func (w *Window) visit(id placeID, target string) {
	if old, ok := w.pages[w.here]; ok && w.here != id {
		old.hidden()
	}
	fresh := w.here != id || len(w.area.Objects) == 0
	w.here = id
	p := w.page(id)
	if p == nil {
		return
	}
	for i, item := range w.items {
		item.choose(i == id)
	}
	if fresh {
		w.area.Objects = []fyne.CanvasObject{p.content()}
		w.area.Refresh()
		p.shown()
	}
	if t, ok := p.(targeted); ok && target != "" {
		t.target(target)
	}
	if f, ok := p.(focused); ok && f.firstFocus() != nil {
		w.window.Canvas().Focus(f.firstFocus())
	}
}

// page is the page of a place, built when it is needed; nil where there is none.
func (w *Window) page(id placeID) page {
	if p, ok := w.pages[id]; ok {
		return p
	}
	for _, pl := range places {
		if pl.id == id && pl.built() {
			w.pages[id] = pl.build(w.desk)
			return w.pages[id]
		}
	}
	return nil
}

func (w *Window) dropPages() {
	if p, ok := w.pages[w.here]; ok {
		p.hidden()
	}
	for id, p := range w.pages {
		p.close()
		delete(w.pages, id)
	}
	if w.status != nil {
		w.status.close()
	}
}

// shortcuts are the window's keys: Ctrl+1, Ctrl+2, … go to the places, Ctrl+B
// lists the brokers, F1 helps, F11 fills the screen, Esc leaves.
func (w *Window) shortcuts() {
	c := w.window.Canvas()
	for i, p := range places {
		key := fyne.KeyName(strconv.Itoa(i + 1))
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault},
			func(fyne.Shortcut) { w.visit(p.id, "") })
	}
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyB, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) {
		if len(w.dialogs) == 0 {
			w.status.chooseBroker()
		}
	})
	c.SetOnTypedKey(w.typedKey)
	c.SetOnTypedRune(func(r rune) {
		if p, ok := w.pages[w.here].(keyed); ok && len(w.dialogs) == 0 {
			p.typedRune(r)
		}
	})
}

func (w *Window) typedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyF1:
		w.desk.help()
		return
	case fyne.KeyF11:
		w.window.SetFullScreen(!w.window.FullScreen())
		return
	case fyne.KeyEscape:
		w.escape()
		return
	}
	if p, ok := w.pages[w.here].(keyed); ok && len(w.dialogs) == 0 {
		p.typedKey(e)
	}
}

// escape leaves the innermost thing that can be left: a dialog, something on
// the page, the full screen.
func (w *Window) escape() {
	if n := len(w.dialogs); n > 0 {
		w.dialogs[n-1].cancel()
		return
	}
	if p, ok := w.pages[w.here].(escaping); ok && p.escape() {
		return
	}
	w.window.SetFullScreen(false)
}
