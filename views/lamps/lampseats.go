package lamps

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/lights"
	"lamplighter/app/roster"
	"lamplighter/i18n"
	"lamplighter/views/lamps/class"
	"lamplighter/views/ui"
)

// lampOwners are whose the lamps are, and where these sit.
type lampOwners struct {
	env    *env
	pupils map[string][]roster.Pupil // by the lamp's base
}

func (o *lampOwners) update() { o.pupils = o.env.Boards.Owners() }

// seatsOf are where lamps lie, where they are shown in the class's seat plan.
func (o *lampOwners) seatsOf(all []lights.Light) (cells []int, across int) {
	if !o.env.Settings.Snapshot().Seats || o.env.Lesson.Spotlight() != "" {
		return nil, 0
	}
	return o.cellsOf(all, all)
}

// cellsOf are where the lamps lie that are shown, in the plan that has all: those that
// are not shown keep their seats empty. There is no plan where no lamp has a seat.
func (o *lampOwners) cellsOf(all, shown []lights.Light) (cells []int, across int) {
	plan := o.env.Class.Plan()
	byBase, seated := class.SeatCells(all, o.pupils, plan)
	if !seated {
		return nil, 0
	}
	for _, l := range shown {
		cells = append(cells, byBase[l.Base])
	}
	return cells, plan.Columns
}

// frontOfRoom says where the front is, above lamps that lie as their pupils sit.
func frontOfRoom() *widget.Label {
	l := ui.Small(i18n.T("class.front"))
	l.Alignment = fyne.TextAlignCenter
	return l
}

// anySeat reports whether a lamp has a seat.
func (o *lampOwners) anySeat() bool {
	_, seated := class.SeatCells(o.env.Lights.Lights(), o.pupils, o.env.Class.Plan())
	return seated
}

// namesOf are the names of those whose lamps these are.
func (o *lampOwners) namesOf(all []lights.Light) map[string]string {
	names := map[string]string{}
	for _, l := range all {
		if has := o.pupils[l.Base]; len(has) > 0 {
			names[l.Base] = class.PupilNames(has)
		}
	}
	return names
}

// nameOf is a lamp's name, with those of the pupils whose it is.
func (o *lampOwners) nameOf(base, name string) string {
	if has := o.pupils[base]; len(has) > 0 {
		return i18n.T("missing.pupil", "Name", name, "Pupil", class.PupilNames(has))
	}
	return name
}

// wordsOf are what a lamp is found by of those whose it is.
func (o *lampOwners) wordsOf(base string) (words string) {
	for _, x := range o.pupils[base] {
		words += x.Name + "\n" + x.Number + "\n" + x.Group + "\n"
	}
	return words
}

// setSeats shows lamps in a plan of so many columns; nil = one after the other. The
// lamps follow with setLights.
func (g *lampGrid) setSeats(cells []int, across int) { g.cells, g.across = cells, across }

// seated reports whether the lamps are shown in a plan.
func (g *lampGrid) seated() bool { return g.across > 0 && len(g.cells) == len(g.lights) }

// cell is where a lamp lies.
func (g *lampGrid) cell(i int) int {
	if g.seated() {
		return g.cells[i]
	}
	return i
}

// span is how many places there are, with those that are empty.
func (g *lampGrid) span() int {
	if g.seated() && len(g.cells) > 0 {
		return slices.Max(g.cells) + 1
	}
	return len(g.lights)
}

// toEnd is a step to the first lamp or the last, further than there are any.
const toEnd = 1 << 20

// step is the lamp that is so many places further; in a plan the next one on that way.
func (g *lampGrid) step(by int) int {
	if !g.seated() || by == 0 {
		return g.current + by
	}
	if by == toEnd || by == -toEnd {
		return g.edge(by > 0)
	}
	for at := g.cell(g.current) + by; at >= 0 && at < g.span(); at += by {
		if i := slices.Index(g.cells, at); i >= 0 {
			return i
		}
	}
	return g.current
}

// edge is the first lamp of the plan, or the last.
func (g *lampGrid) edge(last bool) int {
	if last {
		return slices.Index(g.cells, slices.Max(g.cells))
	}
	return slices.Index(g.cells, slices.Min(g.cells))
}

// planSeats makes the tiles of a plan as large as all of them may be in view, and as
// high as they must be where they are not.
func planSeats(n, columns int, size fyne.Size, text float32) gridPlan {
	p := gridPlan{scale: text, tile: true, gap: ui.Unit * 0.75, columns: columns}
	p.width = (size.Width+p.gap)/float32(columns) - p.gap
	rows := (n + columns - 1) / columns
	p.height = min(max((size.Height+p.gap)/float32(rows)-p.gap, tileHeight*text), tallTile*text*1.2)
	if p.width >= tileWidth*text {
		p.scale = max(text, min(p.width/tileWidth, p.height/tileHeight/1.1)*0.9)
		p.scale = min(p.scale, 1.7*text)
	}
	return p
}
