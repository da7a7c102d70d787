// Package livemap shows pupils a broker at work: who is connected, each message on its
// way, what is retained, and, slowly, what becomes of one message.
package livemap

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/livemap"
	"lamplighter/app/watch"
	"lamplighter/app/worker"
	"lamplighter/device/topic"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
)

// Times.
const (
	frameTime = 33 * time.Millisecond  // between two frames while something moves
	busyTime  = 60 * time.Millisecond  // the same while many things do
	restTime  = 250 * time.Millisecond // the same while something only waits
	writeTime = 500 * time.Millisecond // between two updates of words
)

// sideWidth is how wide the panel beside the picture is.
const sideWidth = 316

// page is the live map.
type page struct {
	shell *ui.Shell
	parts *backend.Parts
	m     *livemap.Map
	now   func() time.Time

	picture *picture
	panel   *clientPanel
	slow    *slowPanel
	waiting *fyne.Container
	side    *fyne.Container
	hold    *ui.Button
	filter  *ui.Entry
	wrong   *widget.Label
	counts  *widget.Label
	note    *fyne.Container
	noted   string
	wanted  string // base of the board that is to be told of; "" = none
	bar     fyne.CanvasObject
	below   fyne.CanvasObject
	root    fyne.CanvasObject

	inView  bool
	tick    func()    // stops the next frame; nil = none
	due     time.Time // when it was to be drawn, by the system's clock
	written time.Time
	stop    watch.Stops
}

// New builds the page.
func New(s *ui.Shell, parts *backend.Parts) ui.Page {
	p := &page{shell: s, parts: parts, m: parts.Map, now: parts.Map.Now}
	p.picture = newPicture(p.m, parts.Lights, parts.Still, p.choose)
	p.panel = newClientPanel(p.m, namer{parts.Lights}, p.now, func(topic string) { s.Visit(ui.PlaceTopics, topic) }, p.closePanel)
	p.slow = newSlowPanel(p.step, p.release)
	p.build()
	p.stop = append(p.stop,
		p.m.Changed.Listen(p.wake), parts.Lights.Changed.Listen(p.lit),
		parts.StatusChanged.Listen(func() { p.m.Follow(); p.watchHeld(); p.updateNotices() }), parts.Broker.Changed().Listen(p.updateNotices))
	return p
}

func (p *page) build() {
	p.hold = ui.PrimaryButton(i18n.T("map.hold"), ui.Icon("pause"), p.ask)
	p.filter = ui.NewEntry(i18n.T("map.hold.filter"))
	p.filter.OnSubmitted = func(string) { p.ask() }
	p.filter.OnChanged = func(string) { ui.SetOrHide(p.wrong, "") }
	p.wrong = ui.Small("")
	p.wrong.Importance = widget.DangerImportance
	p.wrong.Hide()
	p.counts = ui.OneLine("")
	p.bar = container.New(&ui.FlowLayout{Gap: ui.Unit}, p.hold, ui.Narrow(230*ui.TextFactor(), p.filter))
	p.note = ui.Rows()
	p.note.Hide()
	end := ui.NewButton(i18n.T("common.cancel"), nil, p.release)
	p.waiting = ui.Padded(ui.PagePadding, ui.Rows(ui.SubtitleWrapped(i18n.T("map.slow.waiting")), ui.Body(i18n.T("map.slow.waiting.text")), ui.Row(end)))
	p.side = container.New(&sideLayout{})
	p.side.Hide()
	p.below = container.New(&ui.StackLayout{}, p.counts, legend())
	middle := container.NewBorder(atEdge(ui.PagePadding, ui.Rows(p.bar, p.wrong, p.note)), atEdge(ui.Unit, p.below), nil, nil, p.picture)
	p.root = container.NewBorder(nil, nil, nil, p.side, middle)
}

// atEdge gives what is above and below the picture the page's edge.
func atEdge(top float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(top, ui.Unit, ui.PagePadding, ui.PagePadding), o)
}

// legend says what the signs on the picture mean.
func legend() fyne.CanvasObject {
	sign := func(fill, stroke fyne.ThemeColorName, round float32, text string) fyne.CanvasObject {
		const side = 12
		r := canvas.NewRectangle(ui.Color(fill))
		r.StrokeColor, r.StrokeWidth, r.CornerRadius = ui.Color(stroke), 1.5, round
		r.SetMinSize(fyne.NewSquareSize(side))
		l := ui.Label(text)
		l.SizeName, l.Importance = ui.SizeSmall, widget.LowImportance
		return ui.Row(container.NewCenter(r), container.New(tuck{}, l))
	}
	return container.New(&ui.FlowLayout{Gap: ui.Unit},
		sign(theme.ColorNamePrimary, theme.ColorNameForeground, 6, i18n.T("map.legend.in")), sign("curve2", theme.ColorNameForeground, 6, i18n.T("map.legend.out")),
		sign(ui.ColorLamp, theme.ColorNameForeground, 2, i18n.T("map.legend.kept")), sign(ui.ColorCard, theme.ColorNameWarning, 6, i18n.T("map.legend.will")))
}

// tuck takes away what a label leaves around its text.
type tuck struct{}

func (tuck) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(-ui.Unit, -ui.Unit))
	objects[0].Resize(size.AddWidthHeight(2*ui.Unit, 2*ui.Unit))
}

func (tuck) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().SubtractWidthHeight(2*ui.Unit, 2*ui.Unit)
}

// sideLayout gives the panel its width, larger for larger text.
type sideLayout struct{}

func (sideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

func (sideLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(min(sideWidth*ui.TextFactor(), sideWidth*1.25), 0)
}

// Content is the page.
func (p *page) Content() fyne.CanvasObject { return p.root }

// Shown begins to follow the broker, or goes on waiting for the message that was asked
// for.
func (p *page) Shown() {
	p.inView = true
	p.m.Attach()
	p.watchHeld()
	p.updateNotices()
	p.wake()
}

// Hidden ends that: nothing of the map costs anything then, but while a message is
// waited for that comes of what is done elsewhere.
func (p *page) Hidden() {
	p.inView = false
	if p.picture.frozen != nil { // it was looked at
		p.m.Release()
		p.unfreeze()
	}
	p.m.Detach()
	p.halt()
}

// Close ends all listening.
func (p *page) Close() {
	p.halt()
	p.stop.Stop()
}

// Target tells of the line of the board whose topics are below base, once it is there,
// and no more of a message that was asked for before.
func (p *page) Target(base string) {
	if held, waits := p.m.Held(); held != nil || waits {
		p.m.Release()
		p.unfreeze()
	}
	p.wanted = base
	p.wake()
}

// FirstFocus is the picture, or what leads a held message on.
func (p *page) FirstFocus() fyne.Focusable {
	if p.isShown(p.slow.root) {
		return p.slow.next
	}
	return p.picture
}

// Escape leaves the slow motion, or the panel.
func (p *page) Escape() bool {
	switch held, waits := p.m.Held(); {
	case held != nil || waits:
		p.release()
	case p.side.Visible():
		p.closePanel()
	default:
		return false
	}
	return true
}

// wake has a frame drawn soon, where nothing else does already.
func (p *page) wake() {
	if p.inView && p.tick == nil {
		p.after(frameTime)
	}
}

// after has the next frame drawn.
func (p *page) after(pause time.Duration) {
	p.due = time.Now().Add(pause)
	p.tick = worker.After(pause, p.shell.Post, p.frame)
}

// mostLate is how much later than wished a frame is drawn on a computer that is slow.
const mostLate = 150 * time.Millisecond

// pause is how long the next frame waits: as much longer as this one came late, so that
// a slow computer has time for clicks and keys.
func (p *page) pause(wished time.Duration) time.Duration {
	return wished + min(max(time.Since(p.due), 0), mostLate)
}

func (p *page) halt() {
	if p.tick != nil {
		p.tick()
		p.tick = nil
	}
}

// frame draws what moves, and asks for the next frame while something does.
func (p *page) frame() {
	p.tick = nil
	if !p.inView {
		return
	}
	now := p.now()
	dots, more := p.m.Advance(now)
	p.watchHeld()
	p.picture.frame(dots, now)
	if now.Sub(p.written) >= writeTime || !more {
		p.written = now
		p.write()
	}
	switch {
	case len(dots) > maxLabels:
		p.after(p.pause(busyTime))
	case len(dots) > 0:
		p.after(p.pause(frameTime))
	case more:
		p.after(restTime)
	}
}

// lit has lamps drawn as their boards have confirmed, at once; what else has changed of
// them, as a name, comes with the next frame that writes.
func (p *page) lit() {
	if p.inView {
		p.picture.light()
		p.wake()
	}
}

// write says what has changed in words.
func (p *page) write() {
	p.picture.update()
	for _, c := range p.m.Clients() {
		if c.Base != "" && c.Base == p.wanted {
			p.wanted = ""
			p.choose(c, true)
		}
	}
	t := p.m.Totals()
	clients := p.m.ConnectedCount()
	n, _ := p.m.Retained()
	ui.SetText(p.counts, i18n.T("map.counts",
		"Clients", i18n.N("map.clients", clients), "Published", i18n.N("map.published", int(t.Published+t.Wills)), "Delivered", i18n.N("map.delivered", int(t.Delivered)), "Kept", i18n.N("map.kept", n)))
	if p.side.Visible() && p.picture.chosen != "" {
		p.panel.update()
	}
	p.updateNotices()
}

// updateNotices says above the picture what must be said of the whole map.
func (p *page) updateNotices() {
	if !p.inView {
		return
	}
	text, kind := "", ui.Remark
	state := p.parts.Broker.Status()
	switch lost := p.m.Totals().Lost; {
	case !p.m.BuiltIn():
		text = i18n.T("map.note.other")
	case !state.Running:
		text, kind = i18n.T("map.note.down"), ui.Warning
	case lost > 0:
		text, kind = i18n.N("map.note.lost", int(lost)), ui.Warning
	case p.m.Synced() && p.m.ConnectedCount() <= 1:
		text = i18n.T("map.empty")
	}
	ui.SetEnabled(p.hold, p.m.BuiltIn() && state.Running)
	if text == p.noted {
		return
	}
	p.noted = text
	p.note.RemoveAll()
	switch {
	case text == "":
	case text == i18n.T("map.empty"):
		p.note.Add(ui.Notice(kind, text, ui.NewButton(i18n.T("rail.setup"), ui.Icon("setup"), func() { p.shell.Visit(ui.PlaceSetup, "") })))
	default:
		p.note.Add(ui.Notice(kind, text))
	}
	ui.SetVisible(p.note, text != "")
	p.root.Refresh()
}

// choose tells of a client beside the picture: of its session, or of its messages.
func (p *page) choose(c *livemap.Client, line bool) {
	if held, waits := p.m.Held(); held != nil || waits {
		return
	}
	p.picture.choose(c.Key)
	p.panel.show(c.Key, line)
	p.beside(p.panel.root)
}

func (p *page) closePanel() {
	p.picture.choose("")
	p.beside(nil)
	p.shell.Window().Canvas().Focus(p.picture)
}

// beside shows something beside the picture, or nothing.
func (p *page) beside(o fyne.CanvasObject) {
	p.side.Objects = nil
	if o != nil {
		p.side.Objects = []fyne.CanvasObject{o}
	}
	ui.SetVisible(p.side, o != nil)
	slow := o != nil && o != p.panel.root
	ui.SetVisible(p.bar, !slow)
	ui.SetVisible(p.below, o == nil || ui.TextFactor() <= 1.2)
	p.side.Refresh()
	p.root.Refresh()
}

// ask holds the next message.
func (p *page) ask() {
	if p.hold.Disabled() {
		return
	}
	filter := p.filter.Text
	if filter != "" && !topic.ValidFilter(filter) {
		ui.SetOrHide(p.wrong, i18n.T("map.hold.wrong"))
		p.root.Refresh()
		return
	}
	p.picture.frozen = nil
	p.picture.choose("")
	p.m.Hold(filter)
	p.beside(p.waiting)
}

// watchHeld shows a message that has come to be held, that one is waited for, or
// neither.
func (p *page) watchHeld() {
	held, waits := p.m.Held()
	switch {
	case !p.inView:
	case waits:
		if !p.isShown(p.waiting) {
			p.beside(p.waiting)
		}
	case held == nil:
		if p.isShown(p.waiting) || p.isShown(p.slow.root) {
			p.unfreeze()
		}
	case p.picture.frozen == nil || p.picture.frozen.message != held:
		p.picture.frozen = &frozen{message: held, names: p.picture.names}
		p.slow.drawn = ""
		p.slow.show(p.picture.frozen)
		p.beside(p.slow.root)
		p.picture.update()
		p.picture.drawHeld()
		p.shell.Window().Canvas().Focus(p.slow.next)
	case p.slow.show(p.picture.frozen):
		p.picture.update()
		p.picture.drawHeld()
	}
}

// step goes to the next station of the message, or back.
func (p *page) step(by int) {
	if f := p.picture.frozen; f != nil && f.move(by) {
		p.slow.show(f)
		p.picture.update()
		p.picture.drawHeld()
		p.shell.Window().Canvas().Focus(p.slow.focus(by)) // a tap takes it away
	}
}

// release ends the slow motion.
func (p *page) release() {
	p.m.Release()
	p.unfreeze()
	p.shell.Window().Canvas().Focus(p.picture)
	p.wake()
}

// unfreeze has the picture move again, and nothing told beside it.
func (p *page) unfreeze() {
	p.picture.frozen = nil
	p.picture.hideDots(0)
	p.beside(nil)
	p.picture.update()
}

// isShown reports whether o is what is shown beside the picture.
func (p *page) isShown(o fyne.CanvasObject) bool {
	return p.side.Visible() && len(p.side.Objects) == 1 && p.side.Objects[0] == o
}
