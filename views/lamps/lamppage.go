package lamps

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/expiry"
	"lamplighter/app/lights"
	"lamplighter/app/settings"
	"lamplighter/app/watch"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/lamps/class"
	"lamplighter/views/lampview"
	"lamplighter/views/ui"
)

// lampPage is the panel of switches: all lamps, all on, all off, and find.
type lampPage struct {
	env   *env
	panel *lights.Panel
	now   func() time.Time
	stop  watch.Stops

	tools          *lampTools
	line           *lampLine
	filter         *lampFilter
	detail         *widget.Label // of the current tile
	attention      *attention
	restarted      *restartNotice
	classPast      class.Past
	front          *widget.Label // above lamps that lie as their pupils sit
	grid           *lampGrid
	header, body   *fyne.Container
	content        *fyne.Container
	empty, nothing fyne.CanvasObject
	owners         *lampOwners
	last           *lastAll
	menu           *lampMenu
	lesson         *lessonDialogs
	inView         bool
}

// New builds the page of the lamps.
func New(s *ui.Shell, p *backend.Parts) ui.Page { return newLampPage(&env{Shell: s, Parts: p}) }

func newLampPage(d *env) *lampPage {
	p := &lampPage{env: d, panel: d.Lights, now: time.Now, owners: &lampOwners{env: d}}
	now := func() time.Time { return p.now() }
	p.last = &lastAll{panel: p.panel, now: now}
	p.menu = &lampMenu{env: d, panel: p.panel, now: now, ask: p.ask}
	p.lesson = &lessonDialogs{env: d, panel: p.panel, now: now, owners: p.owners}
	p.filter = newLampFilter(p.update)
	p.line, p.tools = newLampLine(p), newLampTools(p)
	p.attention, p.restarted, p.front, p.detail = newAttention(d), newRestartNotice(d), frontOfRoom(), ui.OneLine("")
	p.grid = newLampGrid(now)
	p.grid.Still = p.env.Still
	p.grid.OnToggle = p.last.send
	p.grid.OnMenu = p.menu.cardMenu
	p.grid.OnMove = p.showDetail
	p.grid.OnExpiry = func() { lampview.ShowExpiry(d.Shell, d.Settings.Values(), p.now()) }
	p.empty = ui.EmptyPlace("lamp", i18n.T("lamps.empty"),
		ui.PrimaryButton(i18n.T("lamps.empty.setup"), ui.Icon("setup"), func() { d.Visit(ui.PlaceSetup, "") }),
		ui.NewButton(i18n.T("lamps.empty.practice"), ui.Icon("play"), p.tryPractice))
	p.nothing = ui.EmptyPlace("search", i18n.T("lamps.find.nothing"),
		ui.NewButton(i18n.T("lamps.find.clear"), nil, func() { p.tools.find.SetText("") }))
	p.layOut()
	p.stop = watch.Stops{p.panel.Changed.Listen(p.update), d.Class.Changed.Listen(p.update), d.StatusChanged.Listen(p.update), d.Pupils.Changed.Listen(p.showPupils), d.Lesson.Changed.Listen(p.lessonChanged)} // a password's end is the status's
	p.update()
	return p
}

// layOut puts header and cards in their places.
func (p *lampPage) layOut() {
	head := container.NewBorder(nil, nil, nil, ui.Centred(p.tools.row()), ui.Rows(ui.Title(i18n.T("rail.lamps"))))
	p.header = container.New(&ui.StackLayout{}, head, p.line.box, p.attention.notice, p.restarted.box, p.front)
	p.body = container.NewStack(p.grid)
	foot := container.New(ui.TightLayout{Flush: true}, p.detail)
	p.content = container.NewBorder(nil, foot, nil, nil, container.New(ui.TopLayout{Gap: theme.Padding()}, p.header, p.body))
}

func (p *lampPage) Content() fyne.CanvasObject { return ui.Padded(ui.PagePadding, p.content) }

// layOutLine lays the line below the title out, and the whole page where that is higher or
// lower now.
func (p *lampPage) layOutLine() {
	was := p.line.box.MinSize().Height
	p.line.box.Refresh()
	if p.line.box.MinSize().Height != was {
		p.content.Refresh()
	}
}

func (p *lampPage) Shown() {
	p.inView = true
	p.update()
	p.line.layout.below = false
	p.layOutLine()
}

func (p *lampPage) Hidden() { p.inView = false; p.grid.stopBreathing() }

func (p *lampPage) Close() {
	p.stop.Stop()
	p.grid.stopBreathing()
}

// FirstFocus is the cards: arrows and space work at once.
func (p *lampPage) FirstFocus() fyne.Focusable {
	if len(p.grid.lights) == 0 {
		return nil
	}
	return p.grid
}

// TypedKey and TypedRune go to the cards from wherever nobody wants them.
func (p *lampPage) TypedKey(e *fyne.KeyEvent) {
	if len(p.grid.lights) > 0 {
		p.focusGrid()
		p.grid.TypedKey(e)
	}
}

func (p *lampPage) TypedRune(r rune) {
	if len(p.grid.lights) > 0 {
		p.focusGrid()
		p.grid.TypedRune(r)
	}
}

// Escape clears what was searched for.
func (p *lampPage) Escape() bool {
	if p.tools.find.Text == "" {
		return false
	}
	p.tools.find.SetText("")
	p.focusGrid()
	return true
}

// Target shows one lamp.
func (p *lampPage) Target(base string) {
	p.tools.find.SetText("")
	if i := p.grid.find(base); i >= 0 {
		p.grid.moveTo(i)
		p.focusGrid()
	}
}

func (p *lampPage) focusGrid() {
	if len(p.grid.lights) > 0 {
		p.env.Window().Canvas().Focus(p.grid)
	}
}

// update pulls what is to be seen. A page out of view waits until it is shown.
func (p *lampPage) update() {
	all := p.panel.Lights()
	p.owners.update()
	p.filter.count(all)
	found := p.matching(all)
	p.line.counts.SetText(p.countWords(all))
	ui.SetVisible(p.line.counts, len(all) < filterFrom)
	ui.SetVisible(p.line.undo, p.last.canUndo())
	p.showPupils()
	if words := p.last.words(); words != p.line.result.Text { // its room stays, or the cards would jump under the pointer
		p.line.result.SetText(words)
		p.layOutLine()
	}
	p.tools.label(len(all), len(found))
	spotlit := p.env.Lesson.Spotlight() != ""
	ui.SetVisible(p.tools.find, len(all) > 1 && !spotlit)
	for _, b := range []*ui.Button{p.tools.on, p.tools.off} {
		ui.SetVisible(b, len(found) > 0 && !spotlit)
	}
	ui.SetVisible(p.line.box, !spotlit)
	view := fyne.CanvasObject(p.grid)
	switch {
	case len(all) == 0:
		view = p.empty
	case len(found) == 0:
		view = p.nothing
	}
	p.grid.ends = expiry.ByBase(p.env.Settings.Values(), p.now())
	p.grid.large = spotlit
	p.grid.names = p.owners.namesOf(found)
	p.grid.setSeats(p.owners.seatsOf(found))
	p.grid.setLights(found)
	ui.SetVisible(p.front, p.grid.seated())
	p.showDetail()
	if !p.inView {
		p.grid.stopBreathing()
	}
	ui.ShowOnly(p.body, view)
}

// showDetail says what the current tile has no room for.
func (p *lampPage) showDetail() {
	text := p.tileWords()
	ui.SetText(p.detail, text)
	ui.SetVisible(p.detail, p.grid.plan.tile && !tall(p.grid.plan.height, p.grid.plan.scale))
}

// matching are the lamps that are looked for, by name, group or topic, and how they
// are.
func (p *lampPage) matching(all []lights.Light) []lights.Light {
	if l, ok := p.panel.Light(p.env.Lesson.Spotlight()); ok {
		return []lights.Light{l}
	}
	want := strings.ToLower(strings.TrimSpace(p.tools.find.Text))
	if want == "" && p.filter.chosen == showAll {
		return all
	}
	var found []lights.Light
	for _, l := range all {
		if shows(p.filter.chosen, l) && strings.Contains(strings.ToLower(l.Name+"\n"+l.Base+"\n"+l.Group+"\n"+p.owners.wordsOf(l.Base)), want) {
			found = append(found, l)
		}
	}
	return found
}

// countWords says how many lamps there are, and how many of them are how.
func (p *lampPage) countWords(all []lights.Light) string {
	if len(all) == 0 {
		return i18n.T("lamps.count.none")
	}
	on, away := 0, 0
	for _, l := range all {
		switch {
		case l.Phase == lights.Offline:
			away++
		case lampview.IsLit(l):
			on++
		}
	}
	parts := []string{i18n.N("lamps.count.all", len(all)), i18n.N("lamps.count.on", on)}
	if away > 0 {
		parts = append(parts, i18n.N("lamps.count.offline", away))
	}
	if out := p.panel.Omitted(); out > 0 {
		parts = append(parts, i18n.N("lamps.count.leftout", out))
	}
	return strings.Join(parts, i18n.T("lamps.count.between"))
}

// ask asks a lamp whose card has no switch.
func (p *lampPage) ask(base string, on bool) {
	p.last.at = time.Time{}
	_ = p.panel.Switch(base, on)
}

// toggleSeats shows the lamps in the seat plan, or not any more.
func (p *lampPage) toggleSeats() {
	p.env.Settings.Update(func(v *settings.Values) { v.Seats = !v.Seats })
	p.update()
}

// lessonChanged shows the lesson, whose own commands are another matter than the
// last "all".
func (p *lampPage) lessonChanged() {
	p.last.forget()
	p.update()
}

// tryPractice goes to the wizard with the practice board chosen.
func (p *lampPage) tryPractice() {
	s := p.env.Setup()
	p.env.Visit(ui.PlaceSetup, "")
	s.TryPractice()
}

// classDialog shows the class.
func (p *lampPage) classDialog() {
	class.Open(p.env.Shell, p.env.Parts, &p.classPast, p.toggleSeats)
}

// pageMenu is what is seldom needed.
func (p *lampPage) pageMenu() {
	items := []*fyne.MenuItem{
		fyne.NewMenuItemWithIcon(i18n.T("lamps.add"), ui.Icon("plus"), p.menu.addDialog),
		fyne.NewMenuItemWithIcon(i18n.T("class.menu"), ui.Icon("group"), p.classDialog),
		fyne.NewMenuItemWithIcon(i18n.T("pupilpage.menu"), ui.Icon("people"), p.pupilsDialog),
		fyne.NewMenuItemWithIcon(i18n.T("lamps.empty.setup"), ui.Icon("setup"), func() { p.env.Visit(ui.PlaceSetup, "") }),
	}
	if p.owners.anySeat() {
		items = append(items, fyne.NewMenuItemWithIcon(class.InPlanWords(p.env.Settings.Snapshot().Seats), ui.Icon("lamp"), p.toggleSeats))
	}
	p.env.PopUpUnder(p.tools.menuButton, slices.Concat(items, p.lessonItems(), p.menu.hiddenItems())...)
}

// lessonItems are for the lesson as a whole.
func (p *lampPage) lessonItems() []*fyne.MenuItem {
	return []*fyne.MenuItem{
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItemWithIcon(i18n.T("projector.menu"), ui.Icon("sun"), p.project),
		fyne.NewMenuItemWithIcon(i18n.N("missing.menu", len(p.env.Lesson.Missing())), ui.Icon("offline"), p.lesson.missingDialog),
		fyne.NewMenuItemWithIcon(i18n.T("happened.menu"), ui.Icon("chart"), p.lesson.happenedDialog),
		fyne.NewMenuItemWithIcon(i18n.T("again.menu"), ui.Icon("refresh"), p.lesson.startAgainDialog),
	}
}
