package lamps

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/lights"
	"lamplighter/app/watch"
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
	front  *widget.Label
	seats  *ui.Check
	attend *ui.Button
	modal  *ui.Dialog
	stop   watch.Stops
}

// project fills the window with the lamps. Esc leaves.
func (p *lampPage) project() {
	x := &projector{page: p, counts: ui.Label(""), front: frontOfRoom()}
	x.filter = newLampFilter(x.update)
	x.seats = ui.NewCheck(i18n.T("projector.seats"), func(bool) { x.update() })
	x.grid = newLampGrid(func() time.Time { return p.now() })
	x.grid.wall, x.grid.Still, x.grid.OnToggle, x.grid.OnMenu = true, p.grid.Still, p.last.send, p.menu.cardMenu
	x.grid.OnExpiry = func() {}
	x.attend = ui.NewButton("", ui.Icon("lock"), func() { p.env.Lesson.SetAttention(!p.env.Lesson.Attention()) })
	x.modal = &ui.Dialog{Shell: p.env.Shell, Cancelled: x.close}
	end := ui.NewButton(i18n.T("projector.end"), ui.Icon("cross"), x.modal.Cancel)
	left := container.New(&ui.FlowLayout{Gap: ui.Unit}, ui.Centred(x.counts), x.filter.bar, x.seats)
	head := container.NewBorder(nil, nil, nil, ui.Centred(ui.Row(x.attend, end)), left)
	x.stop = watch.Stops{p.panel.Changed.Listen(x.update), p.env.Class.Changed.Listen(x.update), p.env.Lesson.Changed.Listen(x.update)}
	seated := x.page.owners.anySeat()
	x.seats.SetQuietly(seated)
	ui.SetVisible(x.seats, seated)
	x.update()
	x.modal.Fill(ui.Padded(ui.Unit, container.NewBorder(ui.Padded(ui.Unit/2, container.New(&ui.StackLayout{}, head, x.front)), nil, nil, nil, x.grid)))
	p.env.Window().Canvas().Focus(x.grid)
}

func (x *projector) close() {
	x.stop.Stop()
	x.grid.stopBreathing()
	x.page.focusGrid()
}

// update shows the lamps that are wanted, where their pupils sit or in their order.
func (x *projector) update() {
	all := slices.DeleteFunc(x.page.panel.Lights(), func(l lights.Light) bool { return l.Unlisted })
	x.filter.count(all)
	x.counts.SetText(x.page.countWords(all))
	ui.SetVisible(x.counts, !x.filter.bar.Visible())
	held := x.page.env.Lesson.Attention()
	x.attend.SetText(i18n.T(ui.Either(held, "attention.give", "attention.take")))
	var shown []lights.Light
	spot, lit := x.page.panel.Light(x.page.env.Lesson.Spotlight())
	for _, l := range all {
		if shows(x.filter.chosen, l) && (!lit || l.Base == spot.Base) {
			shown = append(shown, l)
		}
	}
	x.grid.names = x.page.owners.namesOf(shown)
	x.grid.setSeats(nil, 0)
	if x.seats.Checked && !lit {
		x.grid.setSeats(x.page.owners.cellsOf(all, shown))
	}
	x.grid.setLights(shown)
	ui.SetVisible(x.front, x.grid.seated())
}

// wallTile is as large as a tile is of use.
var wallTile = fyne.NewSize(320, 170)

// planWall makes tiles as large as all of them may be in view, in so many columns;
// 0 takes the best.
func planWall(n, columns int, size fyne.Size) (best gridPlan) {
	from, to := columns, columns
	if columns == 0 {
		from, to = 1, max(n, 1)
	}
	for columns := from; columns <= to; columns++ {
		rows := max(1, (n+columns-1)/columns)
		p := gridPlan{scale: 1, tile: true, wall: true, gap: ui.Unit * 0.5, columns: columns}
		p.width = min((size.Width+p.gap)/float32(columns)-p.gap, wallTile.Width)
		p.height = min((size.Height+p.gap)/float32(rows)-p.gap, wallTile.Height)
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
