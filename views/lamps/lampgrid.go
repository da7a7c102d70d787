package lamps

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/lights"
	"lamplighter/views/ui"
)

// lampGrid shows lamps as cards in columns, as large as the window allows, as
// tiles where there are more, and scrolls where even those are too many. There is a card only for a lamp in view, and an
// update touches only cards whose lamp changed. The keyboard has one place in
// it, which the arrows move.
type lampGrid struct {
	widget.BaseWidget
	lights  []lights.Light
	names   map[string]string    // of whose a lamp is, by base
	twins   map[string]string    // what tells a lamp from another of its name, by base
	cells   []int                // where each lamp lies in a seat plan; nil = one after the other
	across  int                  // columns of that plan
	ends    map[string]time.Time // when boards' passwords end, where that is worth a word, by base
	now     func() time.Time
	scroll  *container.Scroll
	field   *lampField
	plan    gridPlan
	large   bool // for a class that looks at it from afar
	wall    bool // the same, of all lamps
	current int
	focused bool
	typed   string // the letters of the name that is looked for
	typedAt time.Time
	last    tapped
	breath  *fyne.Animation

	OnToggle func(base string)
	OnMenu   func(base string, at fyne.Position)
	OnExpiry func()
	OnMove   func() // the current lamp is another
	// Still reports whether nothing may move, as the user wishes.
	Still func() bool
}

var _ fyne.Focusable = (*lampGrid)(nil)

func newLampGrid(now func() time.Time) *lampGrid {
	g := &lampGrid{now: now, Still: func() bool { return false }, OnMove: func() {}}
	g.field = &lampField{grid: g, bound: map[int]*lampCard{}}
	g.field.ExtendBaseWidget(g.field)
	g.scroll = container.NewVScroll(g.field)
	g.scroll.OnScrolled = func(fyne.Position) { g.bind() }
	g.ExtendBaseWidget(g)
	return g
}

// setLights shows these lamps. The keyboard stays with its lamp.
func (g *lampGrid) setLights(all []lights.Light) {
	var base string
	if g.current < len(g.lights) {
		base = g.lights[g.current].Base
	}
	g.lights = all
	g.twins = twins(all, g.names)
	if g.current >= len(all) || all[g.current].Base != base {
		g.current = max(0, g.find(base))
	}
	g.arrange()
}

// twins gives each lamp whose shown name another has too the last level of its topics,
// where that says anything that the name does not.
func twins(all []lights.Light, owners map[string]string) map[string]string {
	bearers := map[string]int{}
	for _, l := range all {
		bearers[cmp.Or(owners[l.Base], l.Name)]++
	}
	found := map[string]string{}
	for _, l := range all {
		name, level := cmp.Or(owners[l.Base], l.Name), path.Base(l.Base)
		if bearers[name] > 1 && level != name {
			found[l.Base] = level
		}
	}
	return found
}

// light is the current lamp: where the keyboard is, or was.
func (g *lampGrid) light() (l lights.Light, ok bool) {
	if g.current < len(g.lights) {
		return g.lights[g.current], true
	}
	return l, false
}

func (g *lampGrid) find(base string) int {
	return slices.IndexFunc(g.lights, func(l lights.Light) bool { return l.Base == base })
}

// edgeRoom is how far the edge of a card may be drawn beyond it.
const edgeRoom = 2

// arrange plans anew and brings what is in view up to date.
func (g *lampGrid) arrange() {
	size := g.scroll.Size()
	if size.Width <= 0 {
		return
	}
	// The ring of the card with the keyboard, the scroll bar and the last row's edge need room.
	size = size.SubtractWidthHeight(theme.ScrollBarSize(), edgeRoom)
	switch {
	case g.wall:
		g.plan = planWall(g.span(), g.across, size)
	case g.seated():
		g.plan = planSeats(g.span(), g.across, size, ui.TextFactor())
	default:
		g.plan = planGrid(len(g.lights), size, ui.TextFactor(), g.large)
	}
	g.field.setHeight(g.plan.total(g.span()))
	g.scroll.Refresh()
	g.bind()
}

// bind gives every lamp in view a card.
func (g *lampGrid) bind() {
	p := g.plan
	if p.columns == 0 {
		return
	}
	step := p.height + p.gap
	first := max(0, int(g.scroll.Offset.Y/step)) * p.columns
	last := (int((g.scroll.Offset.Y+g.scroll.Size().Height)/step) + 1) * p.columns
	inView := func(i int) bool { return i < len(g.lights) && g.cell(i) >= first && g.cell(i) < last }
	changed := g.field.free(inView)
	waiting := false
	for i := range g.lights {
		if !inView(i) {
			continue
		}
		c, fresh := g.field.card(i)
		changed = changed || fresh
		c.Move(p.at(g.cell(i)))
		c.bind(cardState{light: g.lights[i], pupils: g.names[g.lights[i].Base], twin: g.twins[g.lights[i].Base], ends: g.ends[g.lights[i].Base], scale: p.scale, tile: p.tile, wall: p.wall, current: g.focused && i == g.current})
		c.Resize(fyne.NewSize(p.width, p.height))
		waiting = waiting || g.lights[i].Phase == lights.Waiting
	}
	if changed {
		g.field.Refresh()
	}
	g.breatheIf(waiting && !g.Still())
}

// breatheIf lets the lamps that wait breathe, and stops when none does.
func (g *lampGrid) breatheIf(waiting bool) {
	if waiting == (g.breath != nil) {
		return
	}
	if !waiting {
		g.stopBreathing()
		return
	}
	g.breath = &fyne.Animation{
		Duration: 900 * time.Millisecond, AutoReverse: true, RepeatCount: fyne.AnimationRepeatForever, Curve: fyne.AnimationEaseInOut,
		Tick: func(done float32) {
			for _, c := range g.field.bound {
				if c.light.Phase == lights.Waiting {
					c.picture.SetRingStrength(done)
				}
			}
		},
	}
	g.breath.Start()
}

func (g *lampGrid) stopBreathing() {
	if g.breath != nil {
		g.breath.Stop()
		g.breath = nil
	}
}

// secondTap is how soon a tap on the same lamp is the same tap: of a hand that
// trembles, or that double-clicks.
const secondTap = 300 * time.Millisecond

// tapped is the last tap that was taken.
type tapped struct {
	base string
	at   time.Time
}

// tap switches a lamp by hand.
func (g *lampGrid) tap(base string) {
	g.choose(base)
	now := g.now()
	again := base == g.last.base && now.Sub(g.last.at) < secondTap
	if g.last = (tapped{base, now}); !again {
		g.OnToggle(base)
	}
}

// choose brings the keyboard to a card.
func (g *lampGrid) choose(base string) {
	if i := g.find(base); i >= 0 {
		g.current = i
	}
	ui.TakeFocus(g)
	g.bind()
	g.OnMove()
}

// moveTo moves the keyboard's place and scrolls it into view.
func (g *lampGrid) moveTo(i int) {
	if len(g.lights) == 0 {
		return
	}
	g.current = min(max(i, 0), len(g.lights)-1)
	top := g.plan.at(g.cell(g.current)).Y
	bottom := top + g.plan.height
	switch {
	case top < g.scroll.Offset.Y:
		g.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case bottom > g.scroll.Offset.Y+g.scroll.Size().Height:
		g.scroll.ScrollToOffset(fyne.NewPos(0, bottom-g.scroll.Size().Height))
	}
	g.bind()
	g.OnMove()
}

// FocusGained shows where the keyboard is.
func (g *lampGrid) FocusGained() { g.focused = true; g.bind() }

// FocusLost hides it.
func (g *lampGrid) FocusLost() { g.focused = false; g.bind() }

// TypedKey moves between cards, switches, and opens the menu.
func (g *lampGrid) TypedKey(e *fyne.KeyEvent) {
	if ui.PassKey(g, e) || len(g.lights) == 0 {
		return
	}
	page := max(1, int(g.scroll.Size().Height/(g.plan.height+g.plan.gap))) * g.plan.columns
	steps := map[fyne.KeyName]int{
		fyne.KeyLeft: -1, fyne.KeyRight: 1, fyne.KeyUp: -g.plan.columns, fyne.KeyDown: g.plan.columns,
		fyne.KeyPageUp: -page, fyne.KeyPageDown: page, fyne.KeyHome: -toEnd, fyne.KeyEnd: toEnd,
	}
	if by, ok := steps[e.Name]; ok {
		g.moveTo(g.step(by))
		return
	}
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		g.toggle()
	case desktop.KeyMenu, fyne.KeyF10:
		g.menu()
	}
}

// TypedRune switches with a space and finds by letters.
func (g *lampGrid) TypedRune(r rune) {
	if r == ' ' {
		g.toggle()
		return
	}
	if unicode.IsPrint(r) {
		g.jump(r)
	}
}

// jump goes to the next name that begins with what was typed within a second.
// The same letter again goes on to the next.
func (g *lampGrid) jump(r rune) {
	now := g.now()
	if now.Sub(g.typedAt) > time.Second {
		g.typed = ""
	}
	g.typedAt = now
	letter := strings.ToLower(string(r))
	from := g.current
	if g.typed == "" || strings.Trim(g.typed, letter) == "" {
		g.typed, from = letter, g.current+1
	} else {
		g.typed += letter
	}
	for i := range g.lights {
		at := (from + i) % len(g.lights)
		if strings.HasPrefix(strings.ToLower(cmp.Or(g.names[g.lights[at].Base], g.lights[at].Name)), g.typed) {
			g.moveTo(at)
			return
		}
	}
}

func (g *lampGrid) toggle() {
	if g.current < len(g.lights) && !g.lights[g.current].IsUnreachable() {
		g.OnToggle(g.lights[g.current].Base)
	}
}

func (g *lampGrid) menu() {
	if c, ok := g.field.bound[g.current]; ok {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(c)
		g.OnMenu(c.light.Base, at.AddXY(c.Size().Width/2, ui.Unit*6))
	}
}

// MinSize is small: the grid takes what it is given.
func (g *lampGrid) MinSize() fyne.Size { return fyne.NewSize(cardWidth, cardHeight/2) }

// Resize plans anew for the room.
func (g *lampGrid) Resize(size fyne.Size) {
	g.BaseWidget.Resize(size)
	g.scroll.Resize(size)
	g.arrange()
}

// Refresh follows a change of look or size of text.
func (g *lampGrid) Refresh() {
	g.arrange()
	g.BaseWidget.Refresh()
}

// CreateRenderer shows the scrolling field.
func (g *lampGrid) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(g.scroll) }

// lampField is what scrolls: as high as all cards, with those in view on it.
type lampField struct {
	widget.BaseWidget
	grid   *lampGrid
	height float32
	bound  map[int]*lampCard // by their lamp's place
	spare  []*lampCard
}

func (f *lampField) setHeight(h float32) { f.height = h }

// MinSize is as high as all cards together.
func (f *lampField) MinSize() fyne.Size { return fyne.NewSize(1, f.height) }

// free lets go of the cards that are out of view.
func (f *lampField) free(inView func(i int) bool) (changed bool) {
	for i, c := range f.bound {
		if !inView(i) {
			delete(f.bound, i)
			f.spare = append(f.spare, c)
			changed = true
		}
	}
	return changed
}

// card is the card for a place; fresh tells that it had none.
func (f *lampField) card(i int) (c *lampCard, fresh bool) {
	if c, ok := f.bound[i]; ok {
		return c, false
	}
	if n := len(f.spare); n > 0 {
		c, f.spare = f.spare[n-1], f.spare[:n-1]
	}
	if c == nil {
		c = newLampCard(f.grid.now, f.grid.Still)
		c.OnToggle = f.grid.tap
		c.OnMenu = func(base string, at fyne.Position) { f.grid.choose(base); f.grid.OnMenu(base, at) }
		c.OnExpiry = func(base string) { f.grid.choose(base); f.grid.OnExpiry() }
		c.OnChoose = f.grid.choose
	}
	f.bound[i] = c
	return c, true
}

// CreateRenderer shows the cards in view.
func (f *lampField) CreateRenderer() fyne.WidgetRenderer { return &lampFieldRenderer{f: f} }

type lampFieldRenderer struct {
	ui.Drawing
	f *lampField
}

func (r *lampFieldRenderer) Layout(fyne.Size) {}

func (r *lampFieldRenderer) MinSize() fyne.Size { return r.f.MinSize() }

// Refresh takes the cards in their order, so that a test finds them so.
func (r *lampFieldRenderer) Refresh() {
	r.All = r.All[:0:0]
	for i := range r.f.grid.lights {
		if c, ok := r.f.bound[i]; ok {
			r.All = append(r.All, c)
		}
	}
}
