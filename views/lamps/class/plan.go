package class

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/roster"
	"lamplighter/i18n"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// seatPlan is the seats of a class, the front at the top, and below them those who
// have none. A pupil is dragged to a seat, or taken and put down with the keyboard.
type seatPlan struct {
	widget.BaseWidget
	class   *roster.Class
	change  func(func()) // does what can be undone
	scroll  *container.Scroll
	plan    roster.Plan
	seated  map[int]roster.Pupil // by place in the plan
	others  []roster.Pupil       // who have no seat
	current int                  // place of the keyboard: a seat, or beyond them one of others
	picked  string               // id of who was taken
	drag    fyne.Position        // where the pointer is
	dragged bool
	focused bool
}

var (
	_ fyne.Focusable = (*seatPlan)(nil)
	_ fyne.Draggable = (*seatPlan)(nil)
	_ fyne.Tappable  = (*seatPlan)(nil)
)

func newSeatPlan(c *roster.Class, change func(func())) *seatPlan {
	p := &seatPlan{class: c, change: change}
	p.ExtendBaseWidget(p)
	p.scroll = container.NewVScroll(p)
	return p
}

// update shows the class as it is now.
func (p *seatPlan) update() {
	p.plan, p.seated, p.others = p.class.Plan(), map[int]roster.Pupil{}, nil
	there := false
	for _, x := range p.class.Pupils() {
		there = there || x.ID == p.picked
		if at := p.plan.At(x.Seat); at >= 0 {
			p.seated[at] = x
		} else {
			p.others = append(p.others, x)
		}
	}
	if !there {
		p.picked = ""
	}
	p.current = min(p.current, p.cells()-1)
	p.Refresh()
}

// cells are seats, those without one, and one place more to lay somebody down.
func (p *seatPlan) cells() int { return p.seats() + len(p.others) + 1 }

func (p *seatPlan) seats() int { return p.plan.Rows * p.plan.Columns }

// pupil is who is in a cell.
func (p *seatPlan) pupil(cell int) (roster.Pupil, bool) {
	if cell < p.seats() {
		x, ok := p.seated[cell]
		return x, ok
	}
	if i := cell - p.seats(); i < len(p.others) {
		return p.others[i], true
	}
	return roster.Pupil{}, false
}

// place lays down whom the hand holds.
func (p *seatPlan) place(cell int) {
	id := p.picked
	p.picked, p.current = "", cell
	seat := roster.Seat{}
	if cell < p.seats() {
		seat = p.plan.Seat(cell)
	}
	p.change(func() { _ = p.class.SetSeat(id, seat) }) // who is gone meanwhile sits nowhere
	p.update()
}

// press takes who is in the current cell, or lays down who was taken.
func (p *seatPlan) press() {
	if p.picked != "" {
		p.place(p.current)
		return
	}
	if x, ok := p.pupil(p.current); ok {
		p.picked = x.ID
	}
	p.Refresh()
}

// Measures of the plan: the head says where the front is, and a gap where those begin
// who have no seat.
const (
	planCell = 44
	planGap  = 4
)

func (p *seatPlan) head() float32 { return theme.TextSize() * 2 }

func (p *seatPlan) height() float32 { return planCell * ui.TextFactor() }

// cell is where a cell lies.
func (p *seatPlan) cell(i int) (fyne.Position, fyne.Size) {
	wide := (p.Size().Width + planGap) / float32(max(p.plan.Columns, 1))
	row := i / p.plan.Columns
	y := p.head() + float32(row)*(p.height()+planGap)
	if i >= p.seats() {
		i -= p.seats()
		row = i / p.plan.Columns
		y = 2*p.head() + float32(p.plan.Rows+row)*(p.height()+planGap)
	}
	return fyne.NewPos(float32(i%p.plan.Columns)*wide, y), fyne.NewSize(wide-planGap, p.height())
}

// at is the cell at a point, or -1.
func (p *seatPlan) at(pos fyne.Position) int {
	for i := range p.cells() {
		at, size := p.cell(i)
		if pos.X >= at.X && pos.Y >= at.Y && pos.X < at.X+size.Width+planGap && pos.Y < at.Y+size.Height+planGap {
			return i
		}
	}
	if pos.Y > p.head()+float32(p.plan.Rows)*(p.height()+planGap) {
		return p.cells() - 1 // anywhere below the seats is none
	}
	return -1
}

// Tapped takes a pupil, or lays it down.
func (p *seatPlan) Tapped(e *fyne.PointEvent) {
	ui.TakeFocus(p)
	if i := p.at(e.Position); i >= 0 {
		p.current = i
		p.press()
	}
}

// Dragged takes the pupil along.
func (p *seatPlan) Dragged(e *fyne.DragEvent) {
	if !p.dragged {
		p.dragged, p.picked = true, ""
		if i := p.at(e.Position.Subtract(e.Dragged)); i >= 0 {
			p.current = i
			if x, ok := p.pupil(i); ok {
				p.picked = x.ID
			}
		}
	}
	p.drag = e.Position
	p.reveal(p.drag.Y-p.height()/2, p.height())
	p.Refresh()
}

// DragEnd lays the pupil down where the pointer is.
func (p *seatPlan) DragEnd() {
	cell := p.at(p.drag)
	p.dragged = false
	if p.picked != "" && cell >= 0 {
		p.place(cell)
		return
	}
	p.picked = ""
	p.Refresh()
}

// FocusGained shows where the keyboard is.
func (p *seatPlan) FocusGained() { p.focused = true; p.Refresh() }

// FocusLost lays down who was taken, where it was.
func (p *seatPlan) FocusLost() {
	p.focused = false
	if !p.dragged {
		p.picked = ""
	}
	p.Refresh()
}

// reveal scrolls a height of the plan into view.
func (p *seatPlan) reveal(top, height float32) {
	view, at := p.scroll.Size().Height, p.scroll.Offset.Y
	switch {
	case top < at:
		p.scroll.ScrollToOffset(fyne.NewPos(0, max(0, top-planGap)))
	case top+height > at+view:
		p.scroll.ScrollToOffset(fyne.NewPos(0, top+height+planGap-view))
	}
}

// TypedRune takes and lays down with a space.
func (p *seatPlan) TypedRune(r rune) {
	if r == ' ' {
		p.press()
	}
}

// TypedKey moves between the seats, takes, lays down, and takes a seat away.
func (p *seatPlan) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape && p.picked != "" {
		p.picked = ""
		p.Refresh()
		return
	}
	if ui.PassKey(p, e) {
		return
	}
	steps := map[fyne.KeyName]int{
		fyne.KeyLeft: -1, fyne.KeyRight: 1, fyne.KeyUp: -p.plan.Columns, fyne.KeyDown: p.plan.Columns,
		fyne.KeyHome: -p.current, fyne.KeyEnd: p.cells() - 1 - p.current,
	}
	if by, ok := steps[e.Name]; ok {
		next := p.current + by
		if e.Name == fyne.KeyDown && next >= p.cells() && p.current < p.seats() {
			next = p.cells() - 1
		}
		if next >= 0 && next < p.cells() {
			p.current = next
			at, size := p.cell(next)
			p.reveal(at.Y, size.Height)
			p.Refresh()
		}
		return
	}
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		p.press()
	case fyne.KeyDelete:
		if x, ok := p.pupil(p.current); ok {
			p.picked = x.ID
			p.place(p.current + p.cells()) // beyond all seats
			p.current = min(p.current, p.cells()-1)
		}
	}
}

// DebugText is what a test of the window reads.
func (p *seatPlan) DebugText() string {
	x, _ := p.pupil(p.current)
	return x.Name
}

// CreateRenderer draws the seats.
func (p *seatPlan) CreateRenderer() fyne.WidgetRenderer {
	r := &seatRenderer{p: p, front: canvas.NewText("", color.Transparent), none: canvas.NewText("", color.Transparent)}
	r.hand, r.handText = canvas.NewRectangle(color.Transparent), canvas.NewText("", color.Transparent)
	r.Refresh()
	return r
}

type seatRenderer struct {
	p           *seatPlan
	front, none *canvas.Text
	boxes       []*canvas.Rectangle
	names       []*canvas.Text
	hand        *canvas.Rectangle // who is dragged
	handText    *canvas.Text
}

func (r *seatRenderer) Destroy() {}

func (r *seatRenderer) MinSize() fyne.Size {
	p := r.p
	if p.plan.Columns == 0 {
		return fyne.Size{}
	}
	at, size := p.cell(p.cells() - 1)
	return fyne.NewSize(float32(p.plan.Columns)*20, at.Y+size.Height)
}

func (r *seatRenderer) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{r.front, r.none}
	for i := range r.boxes {
		all = append(all, r.boxes[i], r.names[i])
	}
	return append(all, r.hand, r.handText)
}

func (r *seatRenderer) Layout(fyne.Size) { r.draw() }

func (r *seatRenderer) Refresh() {
	r.draw()
	canvas.Refresh(r.p)
}

// draw brings each cell up to date.
func (r *seatRenderer) draw() {
	p := r.p
	if p.plan.Columns == 0 {
		return
	}
	for len(r.boxes) < p.cells() {
		r.boxes, r.names = append(r.boxes, canvas.NewRectangle(color.Transparent)), append(r.names, canvas.NewText("", color.Transparent))
	}
	r.boxes, r.names = r.boxes[:p.cells()], r.names[:p.cells()]
	small := theme.TextSize() * 0.85
	ui.WriteText(r.front, i18n.T("class.front"), small, fyne.TextStyle{}, ui.ColorSoft)
	r.front.Move(fyne.NewPos((p.Size().Width-r.front.MinSize().Width)/2, 2))
	last, _ := p.cell(p.seats())
	ui.WriteText(r.none, i18n.T("class.no-seat"), small, fyne.TextStyle{}, ui.ColorSoft)
	r.none.Move(fyne.NewPos(0, last.Y-p.head()+6))
	for i := range r.boxes {
		r.cell(i)
	}
	x, holding := p.class.Pupil(p.picked)
	ui.SetVisible(r.hand, holding && p.dragged)
	ui.SetVisible(r.handText, holding && p.dragged)
	if holding && p.dragged {
		_, size := p.cell(0)
		r.hand.FillColor, r.hand.CornerRadius = ui.Color(theme.ColorNamePrimary), ui.Unit
		r.hand.Resize(size)
		r.hand.Move(p.drag.SubtractXY(size.Width/2, size.Height/2))
		r.name(r.handText, x.Name, r.hand.Position(), size, theme.ColorNameForegroundOnPrimary)
	}
}

// cell draws a seat and who sits there.
func (r *seatRenderer) cell(i int) {
	p, box := r.p, r.boxes[i]
	x, filled := p.pupil(i)
	at, size := p.cell(i)
	box.Resize(size)
	box.Move(at)
	box.CornerRadius, box.StrokeWidth, box.StrokeColor, box.FillColor = ui.Unit, 1, ui.Color(theme.ColorNameSeparator), color.Transparent
	ink := theme.ColorNameForeground
	if filled {
		box.FillColor = ui.Color(ui.ColorCard)
	}
	if filled && x.ID == p.picked {
		box.FillColor, ink = ui.Color(theme.ColorNameSelection), theme.ColorNameForeground
	}
	if p.focused && i == p.current {
		box.StrokeColor, box.StrokeWidth = ui.Color(ui.ColorRing), ui.RingWidth
	}
	r.name(r.names[i], x.Name, at, size, ink)
}

// name writes a name into a cell, smaller where it is long.
func (r *seatRenderer) name(t *canvas.Text, name string, at fyne.Position, size fyne.Size, ink fyne.ThemeColorName) {
	text := theme.TextSize()
	if textfit.Width(name, text, fyne.TextStyle{}) > size.Width-8 {
		text *= 0.8
	}
	ui.WriteText(t, textfit.Middle(name, text, fyne.TextStyle{}, size.Width-8), text, fyne.TextStyle{}, ink)
	m := t.MinSize()
	t.Move(at.AddXY((size.Width-m.Width)/2, (size.Height-m.Height)/2))
}

// Cursor shows a hand where somebody can be taken.
func (p *seatPlan) Cursor() desktop.Cursor { return desktop.PointerCursor }
