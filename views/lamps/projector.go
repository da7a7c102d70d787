package lamps

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/lights"
	"lamplighter/app/roster"
	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// projector shows the lamps on the whole window, all in view at once, for a class
// that looks at it from afar.
type projector struct {
	page   *lampPage
	grid   *lampGrid
	filter *lampFilter
	counts *widget.Label
	seats  *ui.Check
	attend *ui.Button
	modal  *ui.Dialog
	stop   []func()
}

// project fills the window with the lamps. Esc leaves.
func (p *lampPage) project() {
	x := &projector{page: p, counts: ui.Label("")}
	x.filter = newLampFilter(x.update)
	x.seats = ui.NewCheck(i18n.T("projector.seats"), func(bool) { x.update() })
	x.grid = newLampGrid(func() time.Time { return p.now() })
	x.grid.wall, x.grid.Still, x.grid.OnToggle, x.grid.OnMenu = true, p.grid.Still, p.toggle, p.cardMenu
	x.grid.OnExpiry = func() {}
	x.attend = ui.NewButton("", ui.Icon("lock"), func() { p.desk.Lesson.SetAttention(!p.desk.Lesson.Attention()) })
	x.modal = &ui.Dialog{Shell: p.desk.Shell, Cancelled: x.close}
	end := ui.NewButton(i18n.T("projector.end"), ui.Icon("cross"), x.modal.Cancel)
	left := container.New(&ui.FlowLayout{Gap: ui.Unit}, ui.Centred(x.counts), x.filter.bar, x.seats)
	head := container.NewBorder(nil, nil, nil, ui.Centred(ui.Row(x.attend, end)), left)
	x.stop = []func(){p.panel.Changed.Listen(x.update), p.desk.Lesson.Changed.Listen(x.update)}
	x.seats.SetQuietly(x.hasSeats())
	ui.SetVisible(x.seats, x.hasSeats())
	x.update()
	x.modal.Fill(ui.Padded(ui.Unit, container.NewBorder(ui.Padded(ui.Unit/2, head), nil, nil, nil, x.grid)))
	p.desk.Window().Canvas().Focus(x.grid)
}

func (x *projector) close() {
	for _, stop := range x.stop {
		stop()
	}
	x.grid.stopBreathing()
	x.page.focusGrid()
}

// update shows the lamps that are wanted, where their pupils sit or in their order.
func (x *projector) update() {
	all := slices.DeleteFunc(x.page.panel.Lights(), func(l lights.Light) bool { return l.Unlisted })
	x.filter.count(all)
	x.counts.SetText(x.page.countWords(all))
	ui.SetVisible(x.counts, !x.filter.bar.Visible())
	held := x.page.desk.Lesson.Attention()
	x.attend.SetText(i18n.T(map[bool]string{true: "attention.give", false: "attention.take"}[held]))
	var shown []lights.Light
	spot, lit := x.page.panel.Light(x.page.desk.Lesson.Spotlight())
	for _, l := range all {
		if shows(x.filter.chosen, l) && (!lit || l.Base == spot.Base) {
			shown = append(shown, l)
		}
	}
	x.grid.seats = nil
	if x.seats.Checked && !lit {
		shown, x.grid.seats = x.arranged(shown)
	}
	x.grid.setLights(shown)
}

// seatOf is where the pupil sits who has a lamp's board.
func (x *projector) seatOf(base string) roster.Seat {
	if x.page.desk.PupilsOf == nil {
		return roster.Seat{}
	}
	for _, p := range x.page.desk.PupilsOf(base) {
		if p.Seat != (roster.Seat{}) {
			return p.Seat
		}
	}
	return roster.Seat{}
}

func (x *projector) hasSeats() bool {
	return slices.ContainsFunc(x.page.panel.Lights(), func(l lights.Light) bool { return x.seatOf(l.Base) != roster.Seat{} })
}

// arranged are the lamps in the order of their seats, and where they lie: those
// without a seat in rows of their own behind the others.
func (x *projector) arranged(all []lights.Light) ([]lights.Light, *seating) {
	s := &seating{columns: 1}
	if x.page.desk.Class != nil {
		s.columns = x.page.desk.Class.Plan().Columns
	}
	seats := map[string]roster.Seat{}
	last := 0
	for _, l := range x.page.panel.Lights() { // those that are not shown keep their seats empty
		seat := x.seatOf(l.Base)
		seats[l.Base] = seat
		last, s.columns = max(last, seat.Row), max(s.columns, seat.Column)
	}
	slices.SortStableFunc(all, func(a, b lights.Light) int {
		switch p, q := seats[a.Base], seats[b.Base]; {
		case p.Before(q):
			return -1
		case q.Before(p):
			return 1
		}
		return 0
	})
	next, taken := last*s.columns, map[int]bool{}
	for _, l := range all {
		seat := seats[l.Base]
		cell := (seat.Row-1)*s.columns + seat.Column - 1
		if (seat == roster.Seat{}) || taken[cell] { // two boards of one pupil
			cell = next
			next++
		}
		taken[cell] = true
		s.cells = append(s.cells, cell)
	}
	s.rows = (max(next, last*s.columns, 1) + s.columns - 1) / s.columns
	return all, s
}

// seating is where lamps lie that are shown by their seats.
type seating struct {
	rows, columns int
	cells         []int // of each lamp, counted row by row
}

// wallTile is as large as a tile is of use.
var wallTile = fyne.NewSize(320, 170)

// planWall takes the columns at which tiles are largest, all in view.
func planWall(n int, size fyne.Size, s *seating) gridPlan {
	const gap = ui.Unit * 0.5
	best := gridPlan{}
	for columns := 1; columns <= max(n, 1); columns++ {
		rows := (n + columns - 1) / columns
		if s != nil {
			columns, rows = s.columns, s.rows
		}
		rows = max(rows, 1)
		p := gridPlan{scale: 1, tile: true, wall: true, gap: gap, columns: columns}
		p.width = min((size.Width+gap)/float32(columns)-gap, wallTile.Width)
		p.height = min((size.Height+gap)/float32(rows)-gap, wallTile.Height)
		if s != nil {
			p.cells = s.cells
			return p.centred(size.Width)
		}
		if best.columns == 0 || min(p.width/2, p.height) > min(best.width/2, best.height) {
			best = p
		}
	}
	return best.centred(size.Width)
}

// centred puts the columns into the middle of a width.
func (p gridPlan) centred(width float32) gridPlan {
	p.left = max(0, (width-p.width*float32(p.columns)-p.gap*float32(p.columns-1))/2)
	return p
}
