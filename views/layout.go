package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
)

// gridLayout puts objects in columns of one width, as many as fit, and each row
// as high as its highest object.
type gridLayout struct {
	min, gap float32
	columns  int
	width    float32
}

// grid is a responsive grid: columns at least min wide, unit*2 apart.
func grid(min float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&gridLayout{min: min, gap: unit * 2, columns: 1}, objects...)
}

func (g *gridLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	shown := visible(objects)
	g.columns = max(1, int((size.Width+g.gap)/(g.min+g.gap)))
	g.width = (size.Width - g.gap*float32(g.columns-1)) / float32(g.columns)
	y := float32(0)
	for start := 0; start < len(shown); start += g.columns {
		row := shown[start:min(start+g.columns, len(shown))]
		h := rowHeight(row, g.width)
		for i, o := range row {
			o.Move(fyne.NewPos(float32(i)*(g.width+g.gap), y))
			o.Resize(fyne.NewSize(g.width, h))
		}
		y += h + g.gap
	}
}

// rowHeight is the height that a row needs. Wrapped text knows its height only
// at its width, so each object is first given that.
func rowHeight(row []fyne.CanvasObject, width float32) float32 {
	h := float32(0)
	for _, o := range row {
		if o.Size().Width != width {
			o.Resize(fyne.NewSize(width, o.MinSize().Height))
		}
		h = max(h, o.MinSize().Height)
	}
	return h
}

func (g *gridLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	shown := visible(objects)
	size := fyne.NewSize(0, 0)
	for start := 0; start < len(shown); start += g.columns {
		h := float32(0)
		for _, o := range shown[start:min(start+g.columns, len(shown))] {
			m := o.MinSize()
			size.Width = max(size.Width, m.Width)
			h = max(h, m.Height)
		}
		if start > 0 {
			size.Height += g.gap
		}
		size.Height += h
	}
	return size
}

func visible(objects []fyne.CanvasObject) []fyne.CanvasObject {
	shown := make([]fyne.CanvasObject, 0, len(objects))
	for _, o := range objects {
		if o.Visible() {
			shown = append(shown, o)
		}
	}
	return shown
}

// stackLayout puts objects under each other, gap apart, in a column that is at
// most wide units wide (0: as wide as there is room).
type stackLayout struct{ gap, wide float32 }

// rows puts objects under each other, unit apart.
func rows(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&stackLayout{gap: unit}, objects...)
}

// sections puts objects under each other, generously apart, in a column that is
// at most wide units wide, so that lines stay readable on a big screen.
func sections(wide float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&stackLayout{gap: unit * 2, wide: wide}, objects...)
}

func (s *stackLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := size.Width
	if s.wide > 0 {
		width = min(width, s.wide)
	}
	y := float32(0)
	for _, o := range visible(objects) {
		h := rowHeight([]fyne.CanvasObject{o}, width)
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(width, h))
		// A child may find only now how high it is at this width.
		if m := o.MinSize().Height; m != h {
			h = m
			o.Resize(fyne.NewSize(width, h))
		}
		y += h + s.gap
	}
}

func (s *stackLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, 0)
	for i, o := range visible(objects) {
		m := o.MinSize()
		size.Width = max(size.Width, m.Width)
		size.Height += m.Height
		if i > 0 {
			size.Height += s.gap
		}
	}
	return size
}

// scrolled is content that scrolls up and down where it is too high, with room
// around it. Content whose height depends on its width is measured at that width.
func scrolled(content fyne.CanvasObject) *fyne.Container {
	s := container.NewVScroll(padded(unit*3, content))
	return container.New(scrollLayout{}, s)
}

type scrollLayout struct{}

func (scrollLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	s := objects[0].(*container.Scroll)
	s.Content.Resize(fyne.NewSize(size.Width, s.Content.MinSize().Height))
	s.Resize(size)
	s.Refresh()
}

func (scrollLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

// padded gives content room on all sides.
func padded(by float32, content fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(by, by, by, by), content)
}

// row puts objects beside each other at their least width, in the middle of the
// row's height, unit apart.
func row(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(rowLayout{}, objects...)
}

type rowLayout struct{}

func (rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for _, o := range visible(objects) {
		m := o.MinSize()
		o.Resize(m)
		o.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		x += m.Width + unit
	}
}

func (rowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, 0)
	for i, o := range visible(objects) {
		m := o.MinSize()
		size = fyne.NewSize(size.Width+m.Width, max(size.Height, m.Height))
		if i > 0 {
			size.Width += unit
		}
	}
	return size
}

// between puts left and right at the two ends of a row, and middle, if any,
// between them with all the room that is left; all in the middle of its height.
func between(left, middle, right fyne.CanvasObject) *fyne.Container {
	if middle == nil {
		middle = layout.NewSpacer()
	}
	return container.NewBorder(nil, nil, centred(left), centred(right), container.New(levelLayout{}, middle))
}

func centred(o fyne.CanvasObject) fyne.CanvasObject {
	if o == nil {
		return nil
	}
	return row(o)
}

// levelLayout gives one object all the width, in the middle of the height.
type levelLayout struct{}

func (levelLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h := rowHeight(objects, size.Width)
	objects[0].Resize(fyne.NewSize(size.Width, h))
	objects[0].Move(fyne.NewPos(0, (size.Height-h)/2))
}

func (levelLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

// flowLayout puts objects beside each other, in as many rows as they need, all
// rows as high as the highest object.
type flowLayout struct {
	gap    float32
	height float32
}

// place tells how high the rows are at a width, and calls put for each object.
func (f *flowLayout) place(objects []fyne.CanvasObject, width float32, put func(fyne.CanvasObject, fyne.Position, fyne.Size)) float32 {
	_, high := f.line(objects)
	x, y := float32(0), float32(0)
	for _, o := range visible(objects) {
		wide := o.MinSize().Width
		if x > 0 && x+wide > width {
			x, y = 0, y+high+f.gap
		}
		if put != nil {
			put(o, fyne.NewPos(x, y), fyne.NewSize(wide, high))
		}
		x += wide + f.gap
	}
	return y + high
}

// line is the room that all objects need in one row.
func (f *flowLayout) line(objects []fyne.CanvasObject) (wide, high float32) {
	for i, o := range visible(objects) {
		m := o.MinSize()
		if i > 0 {
			wide += f.gap
		}
		wide, high = wide+m.Width, max(high, m.Height)
	}
	return wide, high
}

func (f *flowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.height = f.place(objects, size.Width, func(o fyne.CanvasObject, at fyne.Position, m fyne.Size) {
		o.Resize(m)
		o.Move(at)
	})
}

func (f *flowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, f.height)
	for _, o := range visible(objects) {
		m := o.MinSize()
		size.Width = max(size.Width, m.Width)
		size.Height = max(size.Height, m.Height)
	}
	return size
}

// topLayout gives its first object the height that it needs at this width, and
// the second one all that is left.
type topLayout struct{ gap float32 }

func (t topLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	top, rest := objects[0], objects[1]
	h := rowHeight(objects[:1], size.Width)
	top.Resize(fyne.NewSize(size.Width, h))
	// As in a stack: it may know its height only now.
	if m := top.MinSize().Height; m != h {
		h = m
		top.Resize(fyne.NewSize(size.Width, h))
	}
	rest.Move(fyne.NewPos(0, h+t.gap))
	rest.Resize(fyne.NewSize(size.Width, max(0, size.Height-h-t.gap)))
}

func (t topLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+t.gap+b.Height)
}

// actionsLayout puts buttons beside a text, or below it where that needs less
// height: long buttons leave a narrow column of text.
type actionsLayout struct{ below bool }

func (l *actionsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	text, actions := objects[0], objects[1]
	flow := actions.(*fyne.Container).Layout.(*flowLayout)
	wide, high := flow.line(actions.(*fyne.Container).Objects)
	beside := size.Width - wide - unit
	l.below = beside < size.Width/3
	if under := rowHeight(objects[:1], size.Width) + flow.place(actions.(*fyne.Container).Objects, size.Width, nil); !l.below {
		l.below = under < max(rowHeight(objects[:1], beside), high)
	}
	if l.below {
		h := rowHeight(objects[:1], size.Width)
		text.Move(fyne.NewPos(0, 0))
		text.Resize(fyne.NewSize(size.Width, h))
		actions.Move(fyne.NewPos(0, h))
		actions.Resize(fyne.NewSize(size.Width, max(0, size.Height-h)))
		return
	}
	text.Move(fyne.NewPos(0, 0))
	text.Resize(fyne.NewSize(beside, max(size.Height, rowHeight(objects[:1], beside))))
	actions.Move(fyne.NewPos(size.Width-wide, max(0, (size.Height-high)/2)))
	actions.Resize(fyne.NewSize(wide, high))
}

func (l *actionsLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	text, actions := objects[0].MinSize(), objects[1].MinSize()
	if l.below {
		return fyne.NewSize(max(text.Width, actions.Width), text.Height+actions.Height)
	}
	return fyne.NewSize(text.Width+unit+actions.Width, max(text.Height, actions.Height))
}
