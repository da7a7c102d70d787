package lamps

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/expiry"
	"lamplighter/app/lights"
	"lamplighter/app/roster"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/lamps/class"
	"lamplighter/views/lampview"
	"lamplighter/views/ui"
)

// lampPage is the panel of switches: all lamps, all on, all off, and find.
type lampPage struct {
	desk  *env
	panel *lights.Panel
	now   func() time.Time
	stop  []func()

	counts, result *widget.Label
	detail         *widget.Label // of the current tile
	find           *ui.Entry
	filter         *lampFilter
	on, off, more  *ui.Button
	undo           *ui.Button
	attention      *ui.Button // takes the switches from the pupils
	pupils         *ui.Button // leads to their page, while it is open
	held           *attention
	again          *again
	classPast      class.Past
	line           *fyne.Container // below the title: how many there are, and what goes for all
	summary        *summaryLayout  // of that line
	front          *widget.Label   // above lamps that lie as their pupils sit
	grid           *lampGrid
	header, body   *fyne.Container
	content        *fyne.Container
	empty, nothing fyne.CanvasObject
	owners         map[string][]roster.Pupil // of lamps, by base
	asked          time.Time                 // when the last "all" was, while its result is worth showing; else zero
	askedOn        bool                      // what they were asked
	before         []string                  // lamps that the last "all" changed
	inView         bool
}

// New builds the page of the lamps.
func New(s *ui.Shell, p *backend.Parts) ui.Page { return newLampPage(&env{Shell: s, Parts: p}) }

func newLampPage(d *env) *lampPage {
	p := &lampPage{desk: d, panel: d.Lights, now: time.Now}
	p.counts, p.result, p.detail = ui.Label(""), ui.OneLine(""), ui.OneLine("")
	p.counts.Importance = widget.MediumImportance
	p.filter = newLampFilter(p.update)
	p.undo = ui.QuietButton(i18n.T("lamps.undo"), ui.Icon("undo"), p.undoAll)
	p.attention = ui.QuietButton(i18n.T("attention.take"), ui.Icon("lock"), func() { p.desk.Lesson.SetAttention(true) })
	p.held, p.again, p.front = newAttention(d), newAgain(d), frontOfRoom()
	p.pupils = ui.QuietButton("", ui.Icon("people"), p.pupilsDialog)
	p.find = ui.NewEntry(i18n.T("lamps.find"))
	p.find.Icon = ui.Tinted("search", ui.ColorSoft)
	p.find.OnChanged = func(string) { p.update() }
	p.find.OnSubmitted = func(string) { p.focusGrid() }
	p.on = ui.PrimaryButton("", ui.Icon("lamp-on"), func() { p.all(true) })
	p.off = ui.NewButton("", ui.Icon("lamp"), func() { p.all(false) })
	p.more = ui.QuietButton("", ui.Icon("more"), p.pageMenu)
	p.grid = newLampGrid(func() time.Time { return p.now() })
	p.grid.Still = p.desk.Still
	p.grid.OnToggle = p.toggle
	p.grid.OnMenu = p.cardMenu
	p.grid.OnMove = p.showDetail
	p.grid.OnExpiry = func() { lampview.ShowExpiry(d.Shell, d.Settings.Values(), p.now()) }
	p.empty = ui.EmptyPlace("lamp", i18n.T("lamps.empty"),
		ui.PrimaryButton(i18n.T("lamps.empty.setup"), ui.Icon("setup"), func() { d.Visit(ui.PlaceSetup, "") }),
		ui.NewButton(i18n.T("lamps.empty.practice"), ui.Icon("play"), p.tryPractice))
	p.nothing = ui.EmptyPlace("search", i18n.T("lamps.find.nothing"),
		ui.NewButton(i18n.T("lamps.find.clear"), nil, func() { p.find.SetText("") }))
	p.layOut()
	p.stop = []func(){p.panel.Changed.Listen(p.update), d.Class.Changed.Listen(p.update), d.StatusChanged.Listen(p.update), d.Pupils.Changed.Listen(p.showPupils), d.Lesson.Changed.Listen(p.lessonChanged)} // a password's end is the status's
	p.update()
	return p
}

// layOut puts header and cards in their places.
func (p *lampPage) layOut() {
	findWidth := container.NewGridWrap(fyne.NewSize(ui.Unit*24, p.find.MinSize().Height), p.find)
	apart := container.NewGridWrap(fyne.NewSize(ui.Unit, 1)) // nobody hits "all off" for "all on"
	head := container.NewBorder(nil, nil, nil, ui.Centred(ui.Row(findWidth, p.on, apart, p.off, p.more)), ui.Rows(ui.Title(i18n.T("rail.lamps"))))
	p.summary = &summaryLayout{}
	p.line = container.New(p.summary, container.NewStack(p.filter.bar, ui.Centred(p.counts)), p.result, ui.Row(p.undo, p.pupils, p.attention))
	p.header = container.New(&ui.StackLayout{}, head, p.line, p.held.notice, p.again.box, p.front)
	p.body = container.NewStack(p.grid)
	foot := container.New(ui.TightLayout{Flush: true}, p.detail)
	p.content = container.NewBorder(nil, foot, nil, nil, container.New(ui.TopLayout{Gap: theme.Padding()}, p.header, p.body))
}

func (p *lampPage) Content() fyne.CanvasObject { return ui.Padded(ui.PageRoom, p.content) }

// layOutLine lays the line below the title out, and the whole page where that is higher or
// lower now.
func (p *lampPage) layOutLine() {
	was := p.line.MinSize().Height
	p.line.Refresh()
	if p.line.MinSize().Height != was {
		p.content.Refresh()
	}
}

func (p *lampPage) Shown() {
	p.inView = true
	p.update()
	p.summary.below = false
	p.layOutLine()
}

func (p *lampPage) Hidden() { p.inView = false; p.grid.stopBreathing() }

func (p *lampPage) Close() {
	for _, stop := range p.stop {
		stop()
	}
	p.grid.stopBreathing()
}

// FirstFocus is the cards: arrows and space work at once.
func (p *lampPage) FirstFocus() fyne.Focusable {
	if len(p.grid.lights) == 0 {
		return nil
	}
	return p.grid
}

// TypedKey and typedRune go to the cards from wherever nobody wants them.
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
	if p.find.Text == "" {
		return false
	}
	p.find.SetText("")
	p.focusGrid()
	return true
}

// Target shows one lamp.
func (p *lampPage) Target(base string) {
	p.find.SetText("")
	if i := p.grid.find(base); i >= 0 {
		p.grid.moveTo(i)
		p.focusGrid()
	}
}

func (p *lampPage) focusGrid() {
	if len(p.grid.lights) > 0 {
		p.desk.Window().Canvas().Focus(p.grid)
	}
}

// update pulls what is to be seen. A page out of view waits until it is shown.
func (p *lampPage) update() {
	all := p.panel.Lights()
	p.owners = p.desk.Boards.Owners()
	p.filter.count(all)
	found := p.matching(all)
	p.counts.SetText(p.countWords(all))
	ui.SetVisible(p.counts, len(all) < filterFrom)
	ui.SetVisible(p.undo, p.canUndo())
	p.showPupils()
	if words := p.resultWords(); words != p.result.Text { // its room stays, or the cards would jump under the pointer
		p.result.SetText(words)
		p.layOutLine()
	}
	p.labelButtons(len(all), len(found))
	spotlit := p.desk.Lesson.Spotlight() != ""
	ui.SetVisible(p.find, len(all) > 1 && !spotlit)
	for _, b := range []*ui.Button{p.on, p.off} {
		ui.SetVisible(b, len(found) > 0 && !spotlit)
	}
	ui.SetVisible(p.line, !spotlit)
	view := fyne.CanvasObject(p.grid)
	switch {
	case len(all) == 0:
		view = p.empty
	case len(found) == 0:
		view = p.nothing
	}
	p.grid.ends = expiry.ByBase(p.desk.Settings.Values(), p.now())
	p.grid.large = spotlit
	p.grid.names = p.namesOf(found)
	p.grid.setSeats(p.seatsOf(found))
	p.grid.setLights(found)
	ui.SetVisible(p.front, p.grid.seated())
	p.showDetail()
	if !p.inView {
		p.grid.stopBreathing()
	}
	if len(p.body.Objects) != 1 || p.body.Objects[0] != view {
		p.body.Objects = []fyne.CanvasObject{view}
		p.body.Refresh()
	}
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
	if l, ok := p.panel.Light(p.desk.Lesson.Spotlight()); ok {
		return []lights.Light{l}
	}
	want := strings.ToLower(strings.TrimSpace(p.find.Text))
	if want == "" && p.filter.chosen == showAll {
		return all
	}
	var found []lights.Light
	for _, l := range all {
		if shows(p.filter.chosen, l) && strings.Contains(strings.ToLower(l.Name+"\n"+l.Base+"\n"+l.Group+"\n"+p.ownerWords(l.Base)), want) {
			found = append(found, l)
		}
	}
	return found
}

// labelButtons says what "all" means now.
func (p *lampPage) labelButtons(all, found int) {
	on, off := i18n.T("lamps.all.on"), i18n.T("lamps.all.off")
	if found != all && found > 0 {
		on, off = i18n.N("lamps.found.on", found), i18n.N("lamps.found.off", found)
	}
	for b, text := range map[*ui.Button]string{p.on: on, p.off: off} {
		if b.Text != text {
			b.SetText(text)
		}
	}
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
		case lampview.Shines(l):
			on++
		}
	}
	parts := []string{i18n.N("lamps.count.all", len(all)), i18n.N("lamps.count.on", on)}
	if away > 0 {
		parts = append(parts, i18n.N("lamps.count.offline", away))
	}
	if out := p.panel.LeftOut(); out > 0 {
		parts = append(parts, i18n.N("lamps.count.leftout", out))
	}
	return strings.Join(parts, i18n.T("lamps.count.between"))
}

// resultWords says how many have confirmed what all were asked for.
func (p *lampPage) resultWords() string {
	g, ok := p.panel.Group()
	if !ok || p.asked.IsZero() || g.Asked+g.Sent+g.LeftOut+g.NotSent == 0 {
		return ""
	}
	key := "lamps.result.off"
	if g.On {
		key = "lamps.result.on"
	}
	parts := []string{ui.TimeWords(p.asked, p.now()), i18n.T(key, "Confirmed", g.Confirmed, "Asked", g.Asked)}
	if g.Asked == 0 { // none could be, as the others say
		parts[1] = i18n.T(map[bool]string{true: "lamps.all.on", false: "lamps.all.off"}[g.On])
	}
	for _, part := range []struct {
		Key string
		n   int
	}{
		{"lamps.result.queued", g.Queued},
		{"lamps.result.noanswer", g.NoAnswer},
		{"lamps.result.leftout", g.LeftOut},
		{"lamps.result.sent", g.Sent},
		{"lamps.result.notsent", g.NotSent},
	} {
		if part.n > 0 {
			parts = append(parts, i18n.N(part.Key, part.n))
		}
	}
	return strings.Join(parts, i18n.T("lamps.count.between"))
}

// toggle asks one lamp. What comes of it is told by its card, an error too.
func (p *lampPage) toggle(base string) {
	g, _ := p.panel.Group()
	if g.Queued == 0 { // who waits for a turn is told until nobody does
		p.asked = time.Time{}
	}
	_ = p.panel.Toggle(base)
}

// all asks every lamp that is to be seen, or would be by scrolling.
func (p *lampPage) all(on bool) {
	bases, others := []string{}, []string{} // never nil, which would be all
	for _, l := range p.grid.lights {
		if l.Unlisted {
			continue
		}
		bases = append(bases, l.Base)
		if on && l.State == lights.Off || !on && l.State == lights.On {
			others = append(others, l.Base)
		}
	}
	p.asked, p.askedOn, p.before = p.now(), on, others
	p.panel.AllOf(on, bases)
}

// lessonChanged shows the lesson, whose own commands are another matter than the
// last "all".
func (p *lampPage) lessonChanged() {
	p.asked, p.before = time.Time{}, nil
	p.update()
}

// canUndo reports whether the last "all" changed a lamp, and is still told of.
func (p *lampPage) canUndo() bool { return !p.asked.IsZero() && len(p.before) > 0 }

// undoAll asks the lamps that were otherwise before the last "all".
func (p *lampPage) undoAll() {
	others, on := p.before, !p.askedOn
	p.asked, p.askedOn, p.before = p.now(), on, nil
	p.panel.AllOf(on, others)
}

// tryPractice goes to the wizard with the practice board chosen.
func (p *lampPage) tryPractice() {
	s := p.desk.Setup()
	p.desk.Visit(ui.PlaceSetup, "")
	s.TryPractice()
}

// classDialog shows the class.
func (p *lampPage) classDialog() {
	class.Open(p.desk.Shell, p.desk.Parts, &p.classPast, p.toggleSeats)
}

// pageMenu is what is seldom needed.
func (p *lampPage) pageMenu() {
	items := []*fyne.MenuItem{
		fyne.NewMenuItemWithIcon(i18n.T("lamps.add"), ui.Icon("plus"), p.addDialog),
		fyne.NewMenuItemWithIcon(i18n.T("class.menu"), ui.Icon("group"), p.classDialog),
		fyne.NewMenuItemWithIcon(i18n.T("pupilpage.menu"), ui.Icon("people"), p.pupilsDialog),
		fyne.NewMenuItemWithIcon(i18n.T("lamps.empty.setup"), ui.Icon("setup"), func() { p.desk.Visit(ui.PlaceSetup, "") }),
	}
	if p.anySeat() {
		items = append(items, fyne.NewMenuItemWithIcon(class.InPlanWords(p.desk.Settings.Snapshot().Seats), ui.Icon("lamp"), p.toggleSeats))
	}
	menu := fyne.NewMenu("", append(append(items, p.lessonItems()...), p.hiddenItems()...)...)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.more)
	p.desk.PopUp(menu, at.AddXY(0, p.more.Size().Height+theme.Padding()))
}

// lessonItems are for the lesson as a whole.
func (p *lampPage) lessonItems() []*fyne.MenuItem {
	return []*fyne.MenuItem{
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItemWithIcon(i18n.T("projector.menu"), ui.Icon("sun"), p.project),
		fyne.NewMenuItemWithIcon(i18n.N("missing.menu", len(p.desk.Lesson.Missing())), ui.Icon("offline"), p.missingDialog),
		fyne.NewMenuItemWithIcon(i18n.T("happened.menu"), ui.Icon("chart"), p.happenedDialog),
		fyne.NewMenuItemWithIcon(i18n.T("again.menu"), ui.Icon("refresh"), p.startAgainDialog),
	}
}
