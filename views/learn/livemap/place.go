package livemap

import (
	"math"

	"fyne.io/fyne/v2"

	"lamplighter/app/livemap"
	"lamplighter/views/ui"
)

// spot is where one client stands on the picture.
type spot struct {
	client *livemap.Client
	at     fyne.Position // the middle of its circle
	left   bool          // it stands left of the broker
}

// plan is where everything stands.
type plan struct {
	spots  []spot
	middle fyne.Position // of the broker
	core   fyne.Size     // of the broker's box
	radius float32       // of a client's circle
	text   float32       // size of its name
	row    float32       // height of its row
	label  float32       // width that a name may have
	under  bool          // names are under the circles; else beside them
}

// Measures of the picture.
const (
	underRow  float32 = 62 // the least height of a row whose name is under its circle
	edge      float32 = ui.Unit
	smallText float32 = 11
	largeText float32 = 23
	smallDisc float32 = 7
	largeDisc float32 = 36
)

// arrange puts the broker in the middle, boards left and all others right of it, each
// side in a curve. A side that has more than half has the rest on the other. Widest is
// the width of the longest name at a size of text.
func arrange(clients []*livemap.Client, size fyne.Size, widest func(text float32) float32) plan {
	var boards, others []*livemap.Client
	for _, c := range clients {
		if c.Kind == livemap.Board || c.Kind == livemap.Lamp {
			boards = append(boards, c)
		} else {
			others = append(others, c)
		}
	}
	half := (len(clients) + 1) / 2
	left, right := boards[:min(len(boards), half)], others[:min(len(others), half)]
	left = append(left[:len(left):len(left)], others[len(right):]...)
	right = append(right[:len(right):len(right)], boards[min(len(boards), half):]...)

	rows := max(len(left), len(right), 3)
	p := plan{middle: fyne.NewPos(size.Width/2, size.Height/2)}
	p.core = fyne.NewSize(min(170*ui.TextFactor(), size.Width*0.22), min(124*ui.TextFactor(), size.Height*0.4))
	p.row = (size.Height - 2*edge) / float32(rows)
	if p.under = p.row >= underRow*ui.TextFactor(); p.under {
		p.radius = min(p.row*0.28, largeDisc)
		p.text = min(max(p.row*0.17, 14), largeText) * min(ui.TextFactor(), 1.2)
		p.label = min(size.Width*0.27, widest(p.text)+ui.Unit)
	} else {
		p.radius = min(max(p.row*0.36, smallDisc), largeDisc)
		p.text = min(max(p.row*0.74, smallText), largeText)
		p.label = min(size.Width*0.22, widest(p.text)+ui.Unit, (size.Width-p.core.Width)/2-edge-2*p.radius-2*noteGap-leastNote)
	}
	p.column(left, true, size)
	p.column(right, false, size)
	return p
}

// column puts clients under each other; those in the middle of the side stand farthest
// from the broker.
func (p *plan) column(list []*livemap.Client, left bool, size fyne.Size) {
	n := float32(len(list))
	row := min(p.row, (size.Height-2*edge)/max(n, 1))
	if n <= 3 {
		row = (size.Height - 2*edge) / max(n, 1) // few have all the height
	}
	// A curve of little depth where many stand close, so that no line runs over a name.
	out := edge + p.label + p.radius
	if p.under {
		out = edge + max(p.label/2, p.radius)
	}
	deep := min((size.Width-p.core.Width)/2-out-max(4*p.radius, p.radius+2*noteGap+leastNote), size.Width*0.07)
	for i, c := range list {
		t := (float64(i)+0.5)/float64(n)*2 - 1
		in := float32(1-math.Sqrt(max(0, 1-t*t))) * max(deep, 0)
		x := out + in
		if !left {
			x = size.Width - x
		}
		y := size.Height/2 + (float32(i)+0.5-n/2)*row
		if p.under {
			y -= p.row * 0.16
		}
		p.spots = append(p.spots, spot{client: c, at: fyne.NewPos(x, y), left: left})
	}
}

// ends are where a client's line begins, at its circle, and ends, at the broker's box.
func (p *plan) ends(s spot) (client, broker fyne.Position) {
	dx, dy := p.middle.X-s.at.X, p.middle.Y-s.at.Y
	far := float32(math.Hypot(float64(dx), float64(dy)))
	if far == 0 {
		return s.at, p.middle
	}
	client = s.at.AddXY(dx/far*p.radius, dy/far*p.radius)
	// As far as the edge of the box around the middle.
	k := min(p.core.Width/2/max(abs(dx), 1), p.core.Height/2/max(abs(dy), 1), 1)
	return client, p.middle.SubtractXY(dx*k, dy*k)
}

// point is a place on a client's line, from 0 at the client to 1 at the broker.
func (p *plan) point(s spot, way float32) fyne.Position {
	a, b := p.ends(s)
	return fyne.NewPos(a.X+(b.X-a.X)*way, a.Y+(b.Y-a.Y)*way)
}

// noteGap is between a client's circle and a text beside it, and at least between that
// and the broker's box.
const noteGap = ui.Unit / 2

// leastNote is the width that a short word over a line needs in small letters.
const leastNote = 36

// noteRoom is the width between a client's circle and the broker's box.
func (p *plan) noteRoom(s spot) float32 {
	return max(0, abs(p.middle.X-s.at.X)-p.radius-p.core.Width/2-2*noteGap)
}

func abs(f float32) float32 { return max(f, -f) }

// around is the box around a client's circle and its name.
func (p *plan) around(s spot) (from, to fyne.Position) {
	const room = ui.Unit / 2
	high, wide := max(p.radius, p.text*0.75), p.radius+room
	from, to = s.at.SubtractXY(wide, high+1), s.at.AddXY(wide, high+1)
	switch {
	case p.under:
		wide = max(wide, p.label/2)
		from, to = s.at.SubtractXY(wide, p.radius+room), s.at.AddXY(wide, p.radius+p.text*1.4+room)
	case s.left:
		from.X -= p.label
	default:
		to.X += p.label
	}
	return from, to
}

// reach is how far from a line or a circle one may click to mean it.
const reach = ui.Unit

// hit finds what lies at a place: the client whose circle or name it is, or whose line.
func (p *plan) hit(at fyne.Position) (s spot, line, ok bool) {
	best := float32(math.MaxFloat32)
	for _, x := range p.spots {
		from, to := p.around(x)
		if d := abs(at.Y - (from.Y+to.Y)/2); at.X >= from.X && at.X <= to.X && at.Y >= from.Y && at.Y <= to.Y && d < best {
			s, ok, best = x, true, d
		}
	}
	if ok {
		return s, false, true
	}
	for _, x := range p.spots {
		a, b := p.ends(x)
		if d := distance(at, a, b); d <= reach && d < best {
			s, line, ok, best = x, true, true, d
		}
	}
	return s, line, ok
}

// distance is how far a place is from a stretch of a line.
func distance(at, a, b fyne.Position) float32 {
	dx, dy := b.X-a.X, b.Y-a.Y
	t := float32(0)
	if l := dx*dx + dy*dy; l > 0 {
		t = min(max(((at.X-a.X)*dx+(at.Y-a.Y)*dy)/l, 0), 1)
	}
	return float32(math.Hypot(float64(at.X-a.X-dx*t), float64(at.Y-a.Y-dy*t)))
}

// next is the spot to which an arrow key leads from another, -1 for none.
func (p *plan) next(from int, key fyne.KeyName) int {
	if from < 0 || from >= len(p.spots) {
		if len(p.spots) == 0 {
			return -1
		}
		return 0
	}
	s := p.spots[from]
	switch key {
	case fyne.KeyUp, fyne.KeyDown:
		to := from + 1
		if key == fyne.KeyUp {
			to = from - 1
		}
		if to < 0 || to >= len(p.spots) || p.spots[to].left != s.left {
			return from
		}
		return to
	case fyne.KeyLeft, fyne.KeyRight:
		if s.left == (key == fyne.KeyLeft) {
			return from
		}
		best := from
		for i, x := range p.spots {
			if x.left != s.left && (best == from || abs(x.at.Y-s.at.Y) < abs(p.spots[best].at.Y-s.at.Y)) {
				best = i
			}
		}
		return best
	}
	return from
}
