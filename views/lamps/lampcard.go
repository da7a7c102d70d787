package lamps

import (
	"cmp"
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/expiry"
	"lamplighter/app/lights"
	"lamplighter/i18n"
	"lamplighter/views/lampview"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// A card's measures at scale 1.
const (
	cardWidth  = 272
	cardHeight = 206
	cardRoom   = 16
	lampSide   = 72
)

// cardState is what a card shows, and how.
type cardState struct {
	light   lights.Light
	pupils  string    // whose it is; "" = nobody's
	twin    string    // what tells it from another of its name; "" = nothing has to
	ends    time.Time // of its board's password, where that is worth a word
	ended   bool
	scale   float32
	tile    bool // small, and the whole of it the switch
	wall    bool // a tile of any size: name and picture, and the word where there is room
	current bool // the keyboard is here
}

// lampCard shows one lamp. It is reused for another when it scrolls out of
// view. Its scale makes everything on it larger, for few lamps fill the window.
type lampCard struct {
	widget.BaseWidget
	cardState
	now func() time.Time

	picture *lampview.Picture
	sw      *lampview.Switch
	dots    *cardDots
	fade    *fyne.Animation
	still   func() bool

	OnToggle func(base string)
	OnMenu   func(base string, at fyne.Position)
	OnExpiry func(base string)
	OnChoose func(base string)
}

var (
	_ fyne.Tappable          = (*lampCard)(nil)
	_ fyne.SecondaryTappable = (*lampCard)(nil)
)

func newLampCard(now func() time.Time, still func() bool) *lampCard {
	c := &lampCard{cardState: cardState{scale: 1}, now: now, still: still, picture: lampview.NewPicture()}
	c.sw = lampview.NewSwitch(func() { c.toggle() })
	c.dots = newCardDots(func(at fyne.Position) { c.menu(at) })
	c.ExtendBaseWidget(c)
	return c
}

// bind gives a card a lamp. The same lamp again is skipped where nothing
// changed, and fades where it was lit or put out.
func (c *lampCard) bind(next cardState) {
	next.ended = expiry.Expired(next.ends, c.now())
	if c.cardState == next {
		return
	}
	same := c.light.Base == next.light.Base
	c.cardState = next
	c.sw.SetLight(c.light)
	if c.dots.tile != c.tile {
		c.dots.tile = c.tile
		c.dots.Refresh()
	}
	c.picture.Light = c.light
	c.kindle(same)
	c.Refresh()
}

// kindle lights or darkens the lamp: at once for another lamp, else fading.
func (c *lampCard) kindle(fading bool) {
	want := float32(0)
	if lampview.IsLit(c.light) {
		want = 1
	}
	if c.fade != nil {
		c.fade.Stop()
		c.fade = nil
	}
	from := c.picture.Lit
	if !fading || from == want || c.still() {
		c.picture.Lit = want
		return
	}
	c.fade = &fyne.Animation{Duration: lampview.KindleTime, Curve: fyne.AnimationEaseOut, Tick: func(done float32) {
		c.picture.Lit = from + (want-from)*done
		c.picture.Paint()
	}}
	c.fade.Start()
}

func (c *lampCard) toggle() {
	if c.OnToggle != nil {
		c.OnToggle(c.light.Base)
	}
}

func (c *lampCard) menu(at fyne.Position) {
	if c.OnMenu != nil {
		c.OnMenu(c.light.Base, at)
	}
}

// Tapped on the lamp itself is as on its switch, and on what is said of its
// board's password shows what to do; elsewhere it brings the keyboard to the card.
func (c *lampCard) Tapped(e *fyne.PointEvent) {
	if !c.tile && c.warns() && c.OnExpiry != nil && e.Position.Y > c.Size().Height-(cardRoom+markRise)*c.scale {
		c.OnExpiry(c.light.Base)
		return
	}
	if c.OnChoose != nil {
		c.OnChoose(c.light.Base)
	}
	if c.tile {
		c.sw.Tapped(e)
		return
	}
	reach := (cardRoom + lampSide) * c.scale
	if e.Position.X < reach && e.Position.Y < reach {
		c.sw.Tapped(e)
	}
}

// TappedSecondary opens the card's menu.
func (c *lampCard) TappedSecondary(e *fyne.PointEvent) { c.menu(e.AbsolutePosition) }

// DebugText is what a test of the window reads.
func (c *lampCard) DebugText() string {
	w := lampview.Describe(c.light, c.now())
	text := c.name() + "\n" + w.Word + "\n" + w.Truth
	if c.warns() {
		text += "\n" + c.markWords() + "\n" + i18n.T("expiry.card.do")
	}
	return text
}

// name is whose the lamp is, or else what it is called, and what tells it from another.
func (c *lampCard) name() string { return shownName(cmp.Or(c.pupils, c.light.Name), c.twin) }

func shownName(name, twin string) string {
	if twin == "" {
		return name
	}
	return i18n.T("lamps.twin", "Name", name, "Level", twin)
}

// warns reports whether the card has to say that its board's password ends.
func (c *lampCard) warns() bool { return !c.ends.IsZero() }

// markWords are in the small mark: what makes this lamp another than most, "" =
// nothing.
func (c *lampCard) markWords() string {
	switch {
	case c.ended:
		return i18n.T("expiry.card.over")
	case c.warns():
		return i18n.T("expiry.card.soon")
	case c.light.Unlisted:
		return i18n.T("lamps.unlisted")
	case c.light.Practice:
		return i18n.T("lamps.practice")
	case c.pupils != "":
		return c.light.Name
	}
	return c.light.Source.String()
}

// CreateRenderer draws the card.
func (c *lampCard) CreateRenderer() fyne.WidgetRenderer {
	r := &lampCardRenderer{c: c, back: canvas.NewRectangle(color.Transparent), ring: canvas.NewRectangle(color.Transparent)}
	r.badge = canvas.NewRectangle(color.Transparent)
	for _, t := range []**canvas.Text{&r.name[0], &r.name[1], &r.name[2], &r.word, &r.truth[0], &r.truth[1], &r.changedBy, &r.badgeText} {
		*t = canvas.NewText("", color.Transparent)
	}
	r.All = append(r.All, r.back)
	r.All = append(r.All, c.picture.Objects...)
	r.All = append(r.All, r.name[0], r.name[1], r.name[2], r.word, r.truth[0], r.truth[1], r.changedBy, r.badge, r.badgeText, c.sw, c.dots, r.ring)
	r.Refresh()
	return r
}

type lampCardRenderer struct {
	ui.Drawing
	c                          *lampCard
	back, ring, badge          *canvas.Rectangle
	word, changedBy, badgeText *canvas.Text
	name                       [3]*canvas.Text
	truth                      [2]*canvas.Text
}

func (r *lampCardRenderer) MinSize() fyne.Size {
	if r.c.wall {
		return fyne.NewSize(1, 1)
	}
	if r.c.tile {
		return fyne.NewSize(tileWidth*r.c.scale, tileHeight*r.c.scale)
	}
	return fyne.NewSize(cardWidth*r.c.scale, cardHeight*r.c.scale)
}

func (r *lampCardRenderer) Layout(size fyne.Size) {
	u := r.c.scale
	r.back.Resize(size)
	r.ring.Resize(size)
	if r.c.wall {
		r.layWall(size)
		return
	}
	if r.c.tile {
		r.layTile(size)
		return
	}
	r.c.picture.Layout(fyne.NewPos(cardRoom*u, (cardRoom+4)*u), lampSide*u)
	dots := max(ui.Unit*6, 40*u)
	ui.SetBounds(r.c.dots, size.Width-dots, 0, dots, dots)
	sw := fyne.NewSize(96*u, 48*u)
	r.c.sw.Resize(sw)
	ui.SetVisible(r.c.sw, !r.c.light.ReadOnly)
	r.c.sw.Move(fyne.NewPos(size.Width-cardRoom*u-sw.Width, size.Height-cardRoom*u-sw.Height))
	r.texts(size)
}

// texts writes what the card says into the room that it has.
func (r *lampCardRenderer) texts(size fyne.Size) {
	c, u := r.c, r.c.scale
	w := lampview.Describe(c.light, c.now())
	left := (cardRoom + lampSide + 16) * u
	beside := size.Width - left - cardRoom*u
	foot := size.Width - (2*cardRoom+96+8)*u
	switch {
	case c.light.ReadOnly: // there is no switch, and the card says why
		foot, w.ChangedBy = size.Width-2*cardRoom*u, i18n.T("lamps.from.readonly")
	case c.warns():
		w.ChangedBy = i18n.T("expiry.card.do")
	}
	bold := fyne.TextStyle{Bold: true}

	r.writeName(fyne.NewPos(left, 22*u), beside-24*u, cardNames)
	word := 25 * u
	if wide := textfit.Width(w.Word, word, bold); wide > beside {
		word = max(15*u, word*beside/wide)
	}
	ui.WriteText(r.word, textfit.Line(w.Word, word, bold, beside), word, bold, wordColor(c.light))
	r.word.Move(fyne.NewPos(left, 48*u))

	lines := append(textfit.Wrap(w.Truth, 13*u, fyne.TextStyle{}, size.Width-2*cardRoom*u, 2), "", "")
	for i, t := range r.truth {
		ui.WriteText(t, lines[i], 13*u, fyne.TextStyle{}, theme.ColorNameForeground)
		t.Move(fyne.NewPos(cardRoom*u, (97+19*float32(i))*u))
	}
	ui.WriteText(r.changedBy, textfit.Line(w.ChangedBy, 13*u, fyne.TextStyle{}, foot), 13*u, fyne.TextStyle{}, ui.ColorSoft)
	r.changedBy.Move(fyne.NewPos(cardRoom*u, size.Height-(cardRoom+20)*u))
	r.mark(size)
}

// nameFace is a way to write a name: how large, in how many lines, how far apart those
// are, and how far the first stands above the place of a short name.
type nameFace struct {
	size        float32
	lines       int
	pitch, rise float32
}

// cardNames are a card's, the best first: the last takes 64 bytes, which is what a name
// may have.
var cardNames = []nameFace{{17, 1, 0, 0}, {14, 2, 17, 12}, {12, 3, 14.5, 18}}

// writeName writes the lamp's name whole in the best face in which that can be, and else
// cut in its middle in the last one, for names are told apart by their ends.
func (r *lampCardRenderer) writeName(at fyne.Position, room float32, faces []nameFace) {
	u, bold := r.c.scale, fyne.TextStyle{Bold: true}
	var lines []string
	var face nameFace
	for _, face = range faces {
		if textfit.Width(r.c.name(), face.size*u, bold) <= room { // as most
			lines = []string{r.c.name()}
			break
		}
		if lines = textfit.Wrap(r.c.name(), face.size*u, bold, room, face.lines+1); len(lines) <= face.lines {
			break
		}
	}
	if len(lines) > face.lines {
		lines = textfit.WrapMiddle(r.c.name(), face.size*u, bold, room, face.lines)
	}
	for i, t := range r.name {
		text := ""
		if i < len(lines) {
			text = lines[i]
		}
		ui.WriteText(t, text, face.size*u, bold, theme.ColorNameForeground)
		t.Move(at.AddXY(0, (face.pitch*float32(i)-face.rise)*u))
	}
}

// markRise is how far above a card's room at the bottom its mark begins.
const markRise = 46

// mark tells a board that lives in the program, a lamp of another system, and a
// password that ends.
func (r *lampCardRenderer) mark(size fyne.Size) {
	u := r.c.scale
	text := r.c.markWords()
	ui.SetVisible(r.badge, text != "")
	ui.SetVisible(r.badgeText, text != "")
	if text == "" {
		return
	}
	text = textfit.Line(text, 12*u, fyne.TextStyle{}, size.Width-(2*cardRoom+96+16+8)*u) // beside the switch
	ui.WriteText(r.badgeText, text, 12*u, fyne.TextStyle{}, theme.ColorNameForeground)
	m := r.badgeText.MinSize()
	at := fyne.NewPos(cardRoom*u, size.Height-(cardRoom+markRise)*u)
	r.badge.Move(at)
	r.badge.Resize(fyne.NewSize(m.Width+16*u, 22*u))
	r.badgeText.Move(at.AddXY(8*u, (22*u-m.Height)/2))
}

// wordColor lets trouble stand out, beside its word and its mark.
func wordColor(l lights.Light) fyne.ThemeColorName {
	switch l.Phase {
	case lights.NoAnswer, lights.NotSent, lights.Contradicted:
		return theme.ColorNameError
	case lights.Offline, lights.Returning, lights.Stale, lights.Unheard, lights.SentOnly:
		return ui.ColorSoft
	}
	return theme.ColorNameForeground
}

func (r *lampCardRenderer) Refresh() {
	c := r.c
	r.back.CornerRadius, r.ring.CornerRadius = ui.Unit*1.5*min(c.scale, 2), ui.Unit*1.5*min(c.scale, 2)
	r.back.FillColor, r.back.StrokeColor, r.back.StrokeWidth = ui.Color(ui.ColorCard), ui.Color(theme.ColorNameSeparator), 1
	if lampview.IsLit(c.light) {
		own := lampview.GlowColor(lampview.LampColor(c.light))
		r.back.FillColor, r.back.StrokeColor = ui.Mix(ui.Color(ui.ColorCard), own, 0.14), ui.Mix(ui.Color(theme.ColorNameSeparator), own, 0.7)
	}
	r.ring.StrokeColor, r.ring.StrokeWidth = ui.Color(ui.ColorRing), ui.RingWidth
	ui.SetVisible(r.ring, c.current)
	r.badge.FillColor, r.badge.CornerRadius, r.badge.StrokeWidth = ui.Color(ui.ColorNotice), canvas.RadiusMaximum, 0
	if c.warns() {
		r.badge.FillColor, r.badge.StrokeColor, r.badge.StrokeWidth = ui.Color(ui.ColorAlert), ui.Color(theme.ColorNameWarning), 1
	}
	r.Layout(c.Size())
	c.picture.Paint()
	r.back.Refresh()
	r.ring.Refresh()
	r.badge.Refresh()
}

// cardDots opens a card's menu. It takes no focus: the card's keys do the same.
type cardDots struct {
	widget.BaseWidget
	tile     bool
	OnTapped func(at fyne.Position)
}

func newCardDots(tapped func(fyne.Position)) *cardDots {
	d := &cardDots{OnTapped: tapped}
	d.ExtendBaseWidget(d)
	return d
}

// Tapped opens the menu.
func (d *cardDots) Tapped(e *fyne.PointEvent) { d.OnTapped(e.AbsolutePosition) }

// Cursor shows a hand.
func (d *cardDots) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer draws the three dots.
func (d *cardDots) CreateRenderer() fyne.WidgetRenderer {
	r := &dotsRenderer{d: d, wide: ui.IconImage(ui.Tinted("more", ui.ColorSoft), 22), tall: ui.IconImage(ui.Tinted("more-tall", ui.ColorSoft), 22)}
	r.All = []fyne.CanvasObject{r.wide, r.tall}
	return r
}

// dotsRenderer draws them beside each other, on a tile one above the other at its edge.
type dotsRenderer struct {
	ui.Drawing
	d          *cardDots
	wide, tall *canvas.Image
}

func (r *dotsRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(ui.Unit * 5) }

func (r *dotsRenderer) Layout(size fyne.Size) {
	ui.SetVisible(r.wide, !r.d.tile)
	ui.SetVisible(r.tall, r.d.tile)
	const side = 22
	middle := (size.Height - side) / 2
	ui.SetBounds(r.wide, (size.Width-side)/2, middle, side, side)
	ui.SetBounds(r.tall, size.Width-side, middle, side, side)
}

func (r *dotsRenderer) Refresh() {
	r.Layout(r.d.Size())
	r.wide.Refresh()
	r.tall.Refresh()
}
