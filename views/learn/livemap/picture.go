package livemap

import (
	"image/color"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/lights"
	"lamplighter/app/livemap"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/lampview"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// Bounds of what is drawn at once.
const (
	maxDots   = 2 * (livemap.MaxPlaces + 1)
	maxLabels = 8   // dots whose topics can be read beside each other
	maxPins   = 16  // retained messages that are drawn one by one
	manyRate  = 4   // messages a second from which on they are counted at a line
	darkDisc  = 0.7 // of the radius has a lamp that is not lit, where there is no icon
	iconDisc  = 9   // the least radius of a circle in which an icon can be made out
)

// picture draws the map: the broker in the middle, clients around it, and a dot for
// each message on its way. What is drawn is used again from frame to frame.
type picture struct {
	widget.BaseWidget
	m     *livemap.Map
	names namer
	lamps *lights.Panel
	still func() bool // nothing moves
	pick  func(c *livemap.Client, line bool)

	clients  []*livemap.Client // of which plan was made
	plan     plan
	marks    []mark
	chosen   string // key of the client that is told beside the picture
	current  int    // the spot that has the keyboard
	focused  bool
	frozen   *frozen
	occupied []box // by what a label must not cover
	roomy    bool  // the broker's box has room for pins

	core     *canvas.Rectangle
	coreIcon *canvas.Image
	coreName *canvas.Text
	retained *canvas.Text
	pins     [maxPins]*canvas.Rectangle
	dots     [maxDots]dot
	ring     *canvas.Rectangle
	objects  []fyne.CanvasObject
}

// mark is what is drawn of one client.
type mark struct {
	line  *canvas.Line
	disc  *canvas.Rectangle // round for boards and lamps, a square for all others
	icon  *canvas.Image
	name  *canvas.Text
	rate  *canvas.Text
	will  *canvas.Circle
	drawn string // what the icon shows
}

// dot is what is drawn of messages on their way.
type dot struct {
	body   *canvas.Rectangle
	back   *canvas.Rectangle // behind label
	label  *canvas.Text
	serial uint64
}

func newPicture(m *livemap.Map, lamps *lights.Panel, still func() bool, pick func(*livemap.Client, bool)) *picture {
	p := &picture{m: m, names: namer{lamps}, lamps: lamps, still: still, pick: pick, current: -1}
	p.core, p.coreIcon = canvas.NewRectangle(nil), canvas.NewImageFromResource(nil)
	p.coreIcon.FillMode = canvas.ImageFillContain
	p.coreName, p.retained = canvas.NewText("", nil), canvas.NewText("", nil)
	for i := range p.pins {
		p.pins[i] = canvas.NewRectangle(nil)
	}
	for i := range p.dots {
		p.dots[i] = dot{body: canvas.NewRectangle(nil), back: canvas.NewRectangle(nil), label: canvas.NewText("", nil)}
		p.dots[i].body.Hide()
		p.dots[i].back.Hide()
		p.dots[i].label.Hide()
	}
	p.ring = canvas.NewRectangle(color.Transparent)
	p.ring.StrokeWidth, p.ring.CornerRadius = ui.RingWidth, ui.Unit
	p.ring.Hide()
	p.ExtendBaseWidget(p)
	return p
}

// MinSize leaves room for a few clients.
func (p *picture) MinSize() fyne.Size { return fyne.NewSize(ui.Unit*36, ui.Unit*18) }

// CreateRenderer draws what is there.
func (p *picture) CreateRenderer() fyne.WidgetRenderer { return &pictureRenderer{p} }

type pictureRenderer struct{ p *picture }

func (r *pictureRenderer) Destroy() {}

func (r *pictureRenderer) MinSize() fyne.Size { return r.p.MinSize() }

func (r *pictureRenderer) Layout(fyne.Size) { r.p.lay() }

func (r *pictureRenderer) Objects() []fyne.CanvasObject { return r.p.objects }

func (r *pictureRenderer) Refresh() { r.p.lay() }

// update draws what has changed of the clients; the dots are frame's.
func (p *picture) update() {
	if now := p.m.Clients(); !slices.Equal(now, p.clients) {
		p.lay()
		canvas.Refresh(p)
		return
	}
	p.write()
}

// light draws lamps as their boards have confirmed, which happens often where a class is
// at work: all else would cost twenty times as much.
func (p *picture) light() {
	for i, s := range p.plan.spots {
		p.writeDisc(&p.marks[i], s)
	}
}

// lay puts everything in its place.
func (p *picture) lay() {
	p.clients = slices.Clone(p.m.Clients())
	was := p.currentKey()
	p.plan = arrange(p.clients, p.Size(), p.widest)
	p.current = slices.IndexFunc(p.plan.spots, func(s spot) bool { return s.client.Key == was })
	for len(p.marks) < len(p.plan.spots) {
		m := mark{
			line: canvas.NewLine(nil), disc: canvas.NewRectangle(nil), icon: canvas.NewImageFromResource(nil),
			name: canvas.NewText("", nil), rate: canvas.NewText("", nil), will: canvas.NewCircle(color.Transparent),
		}
		m.icon.FillMode = canvas.ImageFillContain
		p.marks = append(p.marks, m)
	}
	p.gather()
	p.layCore()
	for i, s := range p.plan.spots {
		p.layMark(&p.marks[i], s)
	}
	p.write()
	p.ringAt()
	if p.frozen != nil {
		p.drawHeld()
	}
}

// widest is how wide the longest name is at a size of text.
func (p *picture) widest(text float32) (wide float32) {
	for _, c := range p.clients {
		wide = max(wide, textfit.Width(p.names.name(c, p.m.Gathered()), text, fyne.TextStyle{Bold: true}))
	}
	return wide
}

// gather lists what is drawn, from the bottom to the top.
func (p *picture) gather() {
	p.objects = p.objects[:0]
	n := len(p.plan.spots)
	for i := range n {
		p.objects = append(p.objects, p.marks[i].line)
	}
	p.objects = append(p.objects, p.core, p.coreIcon, p.coreName, p.retained)
	for _, x := range p.pins {
		p.objects = append(p.objects, x)
	}
	for i := range n {
		m := &p.marks[i]
		p.objects = append(p.objects, m.will, m.rate, m.disc, m.icon, m.name)
	}
	for i := range p.dots {
		p.objects = append(p.objects, p.dots[i].back)
	}
	for i := range p.dots {
		p.objects = append(p.objects, p.dots[i].body)
	}
	for i := range p.dots {
		p.objects = append(p.objects, p.dots[i].label)
	}
	p.objects = append(p.objects, p.ring)
}

func (p *picture) layCore() {
	at := p.plan.middle.SubtractXY(p.plan.core.Width/2, p.plan.core.Height/2)
	p.core.Move(at)
	p.core.Resize(p.plan.core)
	p.core.CornerRadius = ui.Unit * 1.5
	const pin, gap = 8, 3
	setText(p.coreName, i18n.T("map.broker"), theme.TextSize()*1.1, theme.ColorNameForeground, true)
	words := p.coreName.MinSize().Height + fyne.MeasureText("0", theme.CaptionTextSize(), fyne.TextStyle{}).Height
	side, pins := min(p.plan.core.Height*0.3, 36), float32(2*(pin+gap))+ui.Unit
	room := p.plan.core.Height - words
	p.roomy = room >= pins
	ui.SetVisible(p.coreIcon, room >= pins+side)
	if !p.coreIcon.Visible() {
		side = 0
	}
	top := at.Y + min(max(room-pins-side, 0)/2, ui.Unit)
	ui.SetBounds(p.coreIcon, p.plan.middle.X-side/2, top, side, side)
	if p.coreIcon.Resource == nil {
		p.coreIcon.Resource = ui.Tinted("broker", theme.ColorNameForeground)
	}
	p.coreIcon.Refresh()
	p.centre(p.coreName, top+side)
	left, bottom := p.plan.middle.X-(maxPins/2*(pin+gap)-gap)/2, at.Y+p.plan.core.Height-ui.Unit-2*(pin+gap)
	for i, x := range p.pins {
		column, row := float32(i%(maxPins/2)), float32(i/(maxPins/2))
		ui.SetBounds(x, left+column*(pin+gap), bottom+row*(pin+gap), pin, pin)
	}
}

func (p *picture) centre(t *canvas.Text, y float32) {
	t.Resize(t.MinSize())
	t.Move(fyne.NewPos(p.plan.middle.X-t.MinSize().Width/2, y))
}

func (p *picture) layMark(m *mark, s spot) {
	r := p.plan.radius
	m.disc.CornerRadius = r / 3
	if s.client.Kind == livemap.Board || s.client.Kind == livemap.Lamp {
		m.disc.CornerRadius = r
	}
	ui.SetVisible(m.icon, r >= iconDisc)
	m.icon.Move(s.at.SubtractXY(r*0.66, r*0.66))
	m.icon.Resize(fyne.NewSquareSize(r * 1.32))
	will := min(max(p.plan.row*0.12, 2.5), 5)
	w := p.plan.point(s, 0.94)
	m.will.Move(w.SubtractXY(will, will))
	m.will.Resize(fyne.NewSquareSize(2 * will))
}

// write says and colours what is there now.
func (p *picture) write() {
	p.writeCore()
	for i, s := range p.plan.spots {
		p.writeMark(&p.marks[i], s)
	}
}

func (p *picture) writeCore() {
	stroke, wide := theme.ColorNameSeparator, float32(2)
	if p.frozen != nil && p.frozen.step() == stepKeep {
		stroke, wide = theme.ColorNamePrimary, 5
	}
	paintRect(p.core, ui.ColorCard, stroke, wide)
	n, _ := p.m.Retained()
	setText(p.retained, i18n.N("map.kept.core", n), theme.CaptionTextSize(), ui.ColorSoft, false)
	p.retained.Text = textfit.Line(p.retained.Text, p.retained.TextSize, p.retained.TextStyle, p.plan.core.Width-ui.Unit)
	p.centre(p.retained, p.coreName.Position().Y+p.coreName.MinSize().Height)
	for i, x := range p.pins {
		ui.SetVisible(x, i < n && p.roomy)
		paintRect(x, ui.ColorLamp, theme.ColorNameForeground, 1)
	}
}

func (p *picture) writeMark(m *mark, s spot) {
	c := s.client
	line, wide := theme.ColorNameSeparator, float32(2)
	if p.frozen == nil && (c.Key == p.chosen || c.In.Rate+c.Out.Rate > 0) {
		line, wide = ui.ColorSoft, 2.5
	}
	if p.frozen != nil && p.frozen.takesPart(c.Key) {
		line, wide = theme.ColorNamePrimary, 4
	}
	paintLine(m.line, line, wide)
	p.writeDisc(m, s)
	name := ui.Either(c.Connected, theme.ColorNameForeground, ui.ColorSoft)
	size := p.plan.text
	text := p.names.name(c, p.m.Gathered())
	style := fyne.TextStyle{Bold: c.Key == p.chosen || c.Kind == livemap.ThisProgram}
	setText(m.name, textfit.Middle(text, size, style, p.plan.label-ui.Unit/2), size, name, style.Bold)
	p.beside(m.name, s, true)
	p.writeNote(m, s)
	p.beside(m.rate, s, false)
	p.layLine(m, s)
	p.writeWill(m, c)
}

// note is the word over a client's line, and the one that stands there where that has no
// room.
type note struct {
	text  string
	short func() string // nil = there is none
	color fyne.ThemeColorName
}

// writeNote writes the word over a client's line. Where there is no room for it before the
// broker's box it is shorter, then smaller, then cut.
func (p *picture) writeNote(m *mark, s spot) {
	n, room := p.note(s.client), p.plan.noteRoom(s)
	size := max(smallText, min(p.plan.row*0.5, theme.CaptionTextSize()))
	text := n.text
	if n.short != nil && textfit.Width(text, size, fyne.TextStyle{}) > room {
		text = n.short()
	}
	for size > smallText && textfit.Width(text, size, fyne.TextStyle{}) > room {
		size = max(smallText, size-1)
	}
	setText(m.rate, textfit.Line(text, size, fyne.TextStyle{}, room), size, n.color, false)
}

// layLine draws a client's line, which begins behind the word that stands there.
func (p *picture) layLine(m *mark, s spot) {
	a, b := p.plan.ends(s)
	if wide := m.rate.MinSize().Width + ui.Unit; m.rate.Text != "" {
		way := wide / max(abs(b.X-a.X), 1)
		if p.plan.under { // a steep line leaves the word's height before its width, and meets no other
			way = min(way, (m.rate.MinSize().Height/2+2)/max(abs(b.Y-a.Y), 1))
		}
		a = p.plan.point(s, min(way, 0.9))
	}
	if m.line.Position1 != a || m.line.Position2 != b {
		m.line.Position1, m.line.Position2 = a, b
		m.line.Refresh()
	}
}

// behind puts a plain ground behind a text, so that it can be read over a line.
func behind(back *canvas.Rectangle, t *canvas.Text) {
	ui.SetVisible(back, t.Visible() && t.Text != "")
	if ground := ui.Color(theme.ColorNameBackground); back.FillColor != ground {
		back.FillColor, back.CornerRadius = ground, 3
		back.Refresh()
	}
	const room = 3
	back.Move(t.Position().SubtractXY(room, 0))
	back.Resize(t.MinSize().AddWidthHeight(2*room, 0))
}

// beside puts a text at a client's circle: outside, where its name is, or inside, over
// its line.
func (p *picture) beside(t *canvas.Text, s spot, outside bool) {
	wide, gap := t.MinSize().Width, p.plan.radius+noteGap
	y := s.at.Y - t.MinSize().Height/2
	x := s.at.X + gap
	if s.left == outside {
		x = s.at.X - gap - wide
	}
	if p.plan.under && outside {
		x, y = s.at.X-wide/2, s.at.Y+p.plan.radius+1
	}
	t.Resize(t.MinSize())
	t.Move(fyne.NewPos(x, y))
}

// note is what is said over a client's line: its messages a second, or what the slow motion
// says of it.
func (p *picture) note(c *livemap.Client) note {
	switch n := c.In.Rate + c.Out.Rate; {
	case p.frozen != nil:
		return p.frozen.note(c.Key)
	case c.WillSent:
		return note{text: i18n.T("map.willsent"), color: theme.ColorNameWarning}
	case n >= manyRate:
		return note{i18n.N("map.rate", rounded(n)), func() string { return i18n.T("map.rate.short", "N", rounded(n)) }, ui.ColorSoft}
	}
	return note{color: ui.ColorSoft}
}

// rounded is a number of messages a second as it can be read while it changes: about.
func rounded(n int) int {
	step := 1
	for _, s := range []int{5, 10, 50, 100, 500, 1000} {
		if n >= 4*s {
			step = s
		}
	}
	return (n + step/2) / step * step
}

// writeDisc colours a client's circle; a lamp's is lit when its board has confirmed.
func (p *picture) writeDisc(m *mark, s spot) {
	c, r := s.client, p.plan.radius
	icon, tint := icons[c.Kind], theme.ColorNameForeground
	fill, stroke := ui.Color(ui.ColorCard), ui.Color(ui.ColorSoft)
	if l, ok := p.lamps.Light(c.Base); ok && c.Base != "" && c.Connected && lampview.IsLit(l) {
		icon, fill = "lamp-on", lampview.LampColor(l)
		tint = theme.ColorNameForegroundOnPrimary
	} else if c.Base != "" && r < iconDisc {
		r *= darkDisc
	}
	if at, size := s.at.SubtractXY(r, r), fyne.NewSquareSize(2*r); m.disc.Position() != at || m.disc.Size() != size {
		m.disc.Move(at)
		m.disc.Resize(size)
	}
	if !c.Connected {
		icon, tint, fill = "offline", ui.ColorSoft, color.Transparent
	}
	wide := float32(1.5)
	if c.Key == p.chosen {
		stroke, wide = ui.Color(ui.ColorRing), 3
	}
	if m.disc.FillColor != fill || m.disc.StrokeColor != stroke || m.disc.StrokeWidth != wide {
		m.disc.FillColor, m.disc.StrokeColor, m.disc.StrokeWidth = fill, stroke, wide
		m.disc.Refresh()
	}
	if drawn := icon + " " + string(tint); m.drawn != drawn {
		m.drawn, m.icon.Resource = drawn, ui.Tinted(icon, tint)
		m.icon.Refresh()
	}
}

// writeWill shows the will that the broker keeps for a client.
func (p *picture) writeWill(m *mark, c *livemap.Client) {
	s := c.Session()
	has := s != nil && s.Will != nil && c.Connected && p.frozen == nil
	ui.SetVisible(m.will, has)
	if stroke := ui.Color(theme.ColorNameWarning); has && m.will.StrokeColor != stroke {
		m.will.FillColor, m.will.StrokeColor, m.will.StrokeWidth = ui.Color(ui.ColorCard), stroke, 2
		m.will.Refresh()
	}
}

// frame draws the dots.
func (p *picture) frame(dots []livemap.Dot, now time.Time) {
	if p.frozen != nil {
		return // it stands still
	}
	if len(dots) <= maxLabels {
		p.standing()
	}
	labels := 0
	at := map[string]int{}
	for i, s := range p.plan.spots {
		at[s.client.Key] = i
	}
	told := map[string]bool{}
	n := 0
	for i := range dots {
		spot, ok := at[dots[i].Client.Key]
		if !ok || n == maxDots {
			continue
		}
		d := &p.dots[n]
		n++
		says := ""
		if key := dots[i].Topic + ui.Either(dots[i].Out, " out", " in"); len(dots) <= maxLabels && labels < maxLabels && !told[key] {
			told[key] = true
			labels++
			says = dotWords(&dots[i])
		}
		p.draw(d, &dots[i], p.plan.spots[spot], says, now)
	}
	p.hideDots(n)
}

func (p *picture) hideDots(from int) {
	for i := from; i < maxDots; i++ {
		p.dots[i].serial = 0
		ui.SetVisible(p.dots[i].body, false)
		ui.SetVisible(p.dots[i].label, false)
		ui.SetVisible(p.dots[i].back, false)
	}
}

// dotWords are a dot's topic, and how many messages it stands for.
func dotWords(d *livemap.Dot) string {
	topic := format.Cut(d.Topic, shownTopic)
	switch {
	case d.Refused == d.Count:
		return i18n.T("map.dot.refused", "Topic", topic)
	case d.Mixed:
		return i18n.N("map.dot.mixed", d.Count)
	case d.Count > 1:
		return i18n.T("map.dot.many", "Topic", topic, "N", d.Count)
	}
	return topic
}

func (p *picture) draw(d *dot, of *livemap.Dot, s spot, says string, now time.Time) {
	way := of.Progress(now)
	if p.still() {
		way = 0.5
	}
	if of.Out {
		way = 1 - way
	}
	look := dotLook{in: !of.Out, retained: of.Retained == of.Count, refused: of.Refused == of.Count, many: of.Count > 1}
	if d.serial != of.Serial {
		d.serial = of.Serial
		p.style(d, look, says)
	}
	p.place(d, p.plan.point(s, way), says != "")
}

// dotLook is what is to be seen of a dot besides its place.
type dotLook struct{ in, retained, refused, many bool }

// style gives a dot its colour and form: to the broker a round one, from it a round
// one in another colour, what was retained a square.
func (p *picture) style(d *dot, l dotLook, says string) {
	fill := theme.ColorNamePrimary
	side := p.dotSide(l.many)
	switch {
	case l.refused:
		fill = theme.ColorNameError
	case l.retained:
		fill = ui.ColorLamp
	case !l.in:
		fill = "curve2"
	}
	d.body.CornerRadius = side / 2
	if l.retained {
		d.body.CornerRadius = 2
	}
	d.body.Resize(fyne.NewSquareSize(side))
	paintRect(d.body, fill, theme.ColorNameForeground, 1)
	size := theme.TextSize()
	if p.Size().Width < 700 {
		size = theme.CaptionTextSize()
	}
	setText(d.label, textfit.Line(says, size, fyne.TextStyle{}, p.Size().Width*0.42), size, theme.ColorNameForeground, false)
	d.label.Resize(d.label.MinSize())
}

// dotSide is how large a dot is; one that stands for many messages is larger.
func (p *picture) dotSide(many bool) float32 {
	side := min(max(p.plan.radius*0.8, 9), 18)
	if many {
		side *= 1.35
	}
	return side
}

// place moves a dot, and its label above it.
func (p *picture) place(d *dot, at fyne.Position, labelled bool) {
	side := d.body.Size().Width
	d.body.Move(at.SubtractXY(side/2, side/2))
	ui.SetVisible(d.body, true)
	var b box
	if labelled {
		b, labelled = p.free(at, side, d.label.Size())
	}
	ui.SetVisible(d.label, labelled)
	ui.SetVisible(d.back, labelled)
	if labelled {
		d.label.Move(b.at)
		p.occupied = append(p.occupied, b)
		behind(d.back, d.label)
	}
}

// standing notes what no label may cover: the broker and the clients.
func (p *picture) standing() {
	p.occupied = append(p.occupied[:0], box{p.core.Position(), p.core.Size()})
	for i := range p.plan.spots {
		m := &p.marks[i]
		p.occupied = append(p.occupied, box{m.disc.Position(), m.disc.Size()}, box{m.name.Position(), m.name.Size()})
		if m.rate.Text != "" {
			p.occupied = append(p.occupied, box{m.rate.Position(), m.rate.Size()})
		}
	}
}

// box is where a label stands.
type box struct {
	at   fyne.Position
	size fyne.Size
}

func (b box) meets(o box) bool {
	return b.at.X < o.at.X+o.size.Width && o.at.X < b.at.X+b.size.Width && b.at.Y < o.at.Y+o.size.Height && o.at.Y < b.at.Y+b.size.Height
}

// free finds a place for a label at a dot where nothing is in the way, and reports
// whether there is one.
func (p *picture) free(at fyne.Position, side float32, size fyne.Size) (box, bool) {
	above, below := at.Y-side/2-size.Height, at.Y+side/2
	for _, y := range [...]float32{above, below, above - size.Height, below + size.Height, above - 2*size.Height, below + 2*size.Height} {
		for _, x := range [...]float32{at.X - size.Width/2, at.X - side, at.X + side - size.Width} {
			b := box{fyne.NewPos(min(max(x, 0), p.Size().Width-size.Width), min(max(y, 0), p.Size().Height-size.Height)), size}
			if !slices.ContainsFunc(p.occupied, b.meets) {
				return b, true
			}
		}
	}
	return box{}, false
}

func setText(t *canvas.Text, text string, size float32, tint fyne.ThemeColorName, bold bool) {
	c := ui.Color(tint)
	if t.Text == text && t.TextSize == size && t.Color == c && t.TextStyle.Bold == bold {
		return
	}
	t.Text, t.TextSize, t.Color, t.TextStyle.Bold = text, size, c, bold
	t.Refresh()
}

func paintRect(r *canvas.Rectangle, fill, stroke fyne.ThemeColorName, wide float32) {
	f, s := ui.Color(fill), ui.Color(stroke)
	if r.FillColor != f || r.StrokeColor != s || r.StrokeWidth != wide {
		r.FillColor, r.StrokeColor, r.StrokeWidth = f, s, wide
		r.Refresh()
	}
}

func paintLine(l *canvas.Line, tint fyne.ThemeColorName, wide float32) {
	if c := ui.Color(tint); l.StrokeColor != c || l.StrokeWidth != wide {
		l.StrokeColor, l.StrokeWidth = c, wide
		l.Refresh()
	}
}

// currentKey is the client that has the keyboard, or "".
func (p *picture) currentKey() string {
	if p.current < 0 || p.current >= len(p.plan.spots) {
		return ""
	}
	return p.plan.spots[p.current].client.Key
}

// ringAt puts the ring around the client that has the keyboard.
func (p *picture) ringAt() {
	ui.SetVisible(p.ring, p.focused && p.currentKey() != "")
	if p.currentKey() == "" {
		return
	}
	from, to := p.plan.around(p.plan.spots[p.current])
	p.ring.StrokeColor = ui.Color(ui.ColorRing)
	p.ring.Move(from)
	p.ring.Resize(fyne.NewSize(to.X-from.X, to.Y-from.Y))
	p.ring.Refresh()
}

// choose tells beside the picture of one client; "" of none.
func (p *picture) choose(key string) {
	p.chosen = key
	if i := slices.IndexFunc(p.plan.spots, func(s spot) bool { return s.client.Key == key }); i >= 0 {
		p.current = i
	}
	p.write()
	p.ringAt()
}

// Tapped chooses the client, or the line, that is met.
func (p *picture) Tapped(e *fyne.PointEvent) {
	ui.TakeFocus(p)
	if s, line, ok := p.plan.hit(e.Position); ok {
		p.pick(s.client, line)
	}
}

// FocusGained shows where the keyboard is.
func (p *picture) FocusGained() {
	p.focused = true
	if p.current < 0 && len(p.plan.spots) > 0 {
		p.current = 0
	}
	p.ringAt()
}

// FocusLost hides it.
func (p *picture) FocusLost() {
	p.focused = false
	p.ringAt()
}

// TypedKey goes from client to client, and chooses.
func (p *picture) TypedKey(e *fyne.KeyEvent) {
	switch {
	case ui.PassKey(p, e):
	case e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter || e.Name == fyne.KeySpace:
		if p.currentKey() != "" {
			p.pick(p.plan.spots[p.current].client, false)
		}
	default:
		p.current = p.plan.next(p.current, e.Name)
		p.ringAt()
	}
}

// TypedRune is nothing here.
func (p *picture) TypedRune(rune) {}

// DebugText tells a test what is on the picture.
func (p *picture) DebugText() string { return p.names.names(p.clients, p.m.Gathered()) }
