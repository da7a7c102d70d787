package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// gridLayout puts objects in columns of one width, as many as fit, and each row
// as high as its highest object.
type gridLayout struct {
	min, gap float32
	columns  int
	width    float32
}

// Grid is a responsive grid: columns at least min wide, unit*2 apart.
func Grid(min float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&gridLayout{min: min, gap: Unit * 2, columns: 1}, objects...)
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
			SetBounds(o, float32(i)*(g.width+g.gap), y, g.width, h)
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

// SetBounds gives an object its place and its size within what holds it.
func SetBounds(o fyne.CanvasObject, x, y, width, height float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(width, height))
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

// edge is how far a label or a box to tick is put to the left, so that its words or its
// box stand where fields and buttons begin: Fyne leaves that much around them.
func edge(o fyne.CanvasObject) float32 {
	switch v := o.(type) {
	case *widget.Label:
		if v.Alignment == fyne.TextAlignLeading {
			return Unit
		}
	case *Check:
		return Unit
	}
	return 0
}

// StackLayout puts objects under each other, gap apart and at one left edge, in a
// column that is at most wide units wide (0: as wide as there is room).
type StackLayout struct{ Gap, wide float32 }

// Rows puts objects under each other, unit apart.
func Rows(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&StackLayout{Gap: Unit}, objects...)
}

// Sections puts objects under each other, generously apart, in a column that is
// at most wide units wide, so that lines stay readable on a big screen.
func Sections(wide float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&StackLayout{Gap: Unit * 2, wide: wide}, objects...)
}

func (s *StackLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := size.Width
	if s.wide > 0 {
		width = min(width, s.wide)
	}
	y := float32(0)
	for _, o := range visible(objects) {
		e := edge(o)
		h := rowHeight([]fyne.CanvasObject{o}, width+e)
		SetBounds(o, -e, y, width+e, h)
		// A child may find only now how high it is at this width.
		if m := o.MinSize().Height; m != h {
			h = m
			o.Resize(fyne.NewSize(width+e, h))
		}
		y += h + s.Gap
	}
}

func (s *StackLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, 0)
	for i, o := range visible(objects) {
		m := o.MinSize()
		size.Width = max(size.Width, m.Width)
		size.Height += m.Height
		if i > 0 {
			size.Height += s.Gap
		}
	}
	return size
}

// PagePadding is the room around a page: each begins at the same edge, with its title on
// the same line.
const PagePadding = Unit * 2

// Scrolled is content that scrolls up and down where it is too high, with room
// around it. Content whose height depends on its width is measured at that width.
func Scrolled(content fyne.CanvasObject) *fyne.Container {
	s := container.NewVScroll(Padded(PagePadding, content))
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

// Padded gives content room on all sides.
func Padded(by float32, content fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(by, by, by, by), content)
}

// Row puts objects beside each other at their least width, in the middle of the
// row's height, unit apart. The first begins at the row's left edge.
func Row(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(rowLayout{}, objects...)
}

type rowLayout struct{}

func (rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := -rowEdge(objects)
	for _, o := range visible(objects) {
		m := o.MinSize()
		o.Resize(m)
		o.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		x += m.Width + Unit
	}
}

func (rowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, 0)
	for i, o := range visible(objects) {
		m := o.MinSize()
		size = fyne.NewSize(size.Width+m.Width, max(size.Height, m.Height))
		if i > 0 {
			size.Width += Unit
		}
	}
	size.Width -= rowEdge(objects)
	return size
}

// rowEdge is how far a row's first object is put to the left.
func rowEdge(objects []fyne.CanvasObject) float32 {
	if shown := visible(objects); len(shown) > 0 {
		return edge(shown[0])
	}
	return 0
}

// Between puts left and right at the two ends of a row, and middle, if any,
// between them with all the room that is left; all in the middle of its height.
func Between(left, middle, right fyne.CanvasObject) *fyne.Container {
	if middle == nil {
		middle = layout.NewSpacer()
	}
	return container.NewBorder(nil, nil, Centred(left), Centred(right), container.New(LevelLayout{}, middle))
}

// Centred keeps an object at its own height, in the middle of the height that there is;
// nil stays nil.
func Centred(o fyne.CanvasObject) fyne.CanvasObject {
	if o == nil {
		return nil
	}
	return Row(o)
}

// LevelLayout gives one object all the width, in the middle of the height.
type LevelLayout struct{}

func (LevelLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h := rowHeight(objects, size.Width)
	SetBounds(objects[0], 0, (size.Height-h)/2, size.Width, h)
}

func (LevelLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

// FlowLayout puts objects beside each other, in as many rows as they need, all
// rows as high as the highest object.
type FlowLayout struct {
	Gap    float32
	height float32
}

// Place tells how high the rows are at a width, and calls put for each object.
func (f *FlowLayout) Place(objects []fyne.CanvasObject, width float32, put func(fyne.CanvasObject, fyne.Position, fyne.Size)) float32 {
	_, high := f.Line(objects)
	x, y := float32(0), float32(0)
	for _, o := range visible(objects) {
		wide := o.MinSize().Width
		if x > 0 && x+wide > width {
			x, y = 0, y+high+f.Gap
		}
		if put != nil {
			put(o, fyne.NewPos(x, y), fyne.NewSize(wide, high))
		}
		x += wide + f.Gap
	}
	return y + high
}

// Line is the room that all objects need in one row.
func (f *FlowLayout) Line(objects []fyne.CanvasObject) (wide, high float32) {
	for i, o := range visible(objects) {
		m := o.MinSize()
		if i > 0 {
			wide += f.Gap
		}
		wide, high = wide+m.Width, max(high, m.Height)
	}
	return wide, high
}

func (f *FlowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.height = f.Place(objects, size.Width, func(o fyne.CanvasObject, at fyne.Position, m fyne.Size) {
		o.Resize(m)
		o.Move(at)
	})
}

func (f *FlowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, f.height)
	for _, o := range visible(objects) {
		m := o.MinSize()
		size.Width = max(size.Width, m.Width)
		size.Height = max(size.Height, m.Height)
	}
	return size
}

// TopLayout gives its first object the height that it needs at this width, and
// the second one all that is left.
type TopLayout struct{ Gap float32 }

func (t TopLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	top, rest := objects[0], objects[1]
	h := rowHeight(objects[:1], size.Width)
	top.Resize(fyne.NewSize(size.Width, h))
	// As in a stack: it may know its height only now.
	if m := top.MinSize().Height; m != h {
		h = m
		top.Resize(fyne.NewSize(size.Width, h))
	}
	SetBounds(rest, 0, h+t.Gap, size.Width, max(0, size.Height-h-t.Gap))
}

func (t TopLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+t.Gap+b.Height)
}

// actionsLayout puts buttons beside a text, or below it where that needs less
// height: long buttons leave a narrow column of text.
type actionsLayout struct{ below bool }

func (l *actionsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	text, actions := objects[0], objects[1]
	flow := actions.(*fyne.Container).Layout.(*FlowLayout)
	wide, high := flow.Line(actions.(*fyne.Container).Objects)
	beside := size.Width - wide - Unit
	l.below = beside < size.Width/3
	if under := rowHeight(objects[:1], size.Width) + flow.Place(actions.(*fyne.Container).Objects, size.Width, nil); !l.below {
		l.below = under < max(rowHeight(objects[:1], beside), high)
	}
	if l.below {
		h := rowHeight(objects[:1], size.Width)
		SetBounds(text, 0, 0, size.Width, h)
		SetBounds(actions, 0, h, size.Width, max(0, size.Height-h))
		return
	}
	SetBounds(text, 0, 0, beside, max(size.Height, rowHeight(objects[:1], beside)))
	SetBounds(actions, size.Width-wide, max(0, (size.Height-high)/2), wide, high)
}

func (l *actionsLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	text, actions := objects[0].MinSize(), objects[1].MinSize()
	if l.below {
		return fyne.NewSize(max(text.Width, actions.Width), text.Height+actions.Height)
	}
	return fyne.NewSize(text.Width+Unit+actions.Width, max(text.Height, actions.Height))
}

// Form puts names to the left of controls: name, control, name, control, …
func Form(pairs ...fyne.CanvasObject) fyne.CanvasObject {
	return container.New(formLayout{layout.NewFormLayout()}, pairs...)
}

// formLayout is Fyne's with the names at the left edge.
type formLayout struct{ pairs fyne.Layout }

func (f formLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.pairs.Layout(objects, size)
	for i := 0; i < len(objects); i += 2 {
		objects[i].Move(objects[i].Position().SubtractXY(edge(objects[i]), 0))
	}
}

func (f formLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return f.pairs.MinSize(objects) }

// BesideLayout puts two columns beside each other; Left is the part of the width that
// the first has, 0 to 1.
type BesideLayout struct{ Left float32 }

// Layout gives both the whole height.
func (l BesideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := size.Width * l.Left
	SetBounds(objects[0], 0, 0, left, size.Height)
	SetBounds(objects[1], left, 0, size.Width-left, size.Height)
}

// MinSize is that of both beside each other.
func (BesideLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(a.Width+b.Width, max(a.Height, b.Height))
}

// Beside puts a button to the right of an object, or below it where the object would be
// narrower than least. A button that is hidden takes no room.
func Beside(o, button fyne.CanvasObject, least func() float32) *fyne.Container {
	return container.New(&besideLayout{least: least}, o, button)
}

type besideLayout struct {
	least func() float32
	below bool
}

const besideGap = Unit / 2

func (l *besideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	o, button := objects[0], objects[1]
	o.Move(fyne.NewPos(0, 0))
	if l.below = false; !button.Visible() {
		o.Resize(size)
		return
	}
	b := button.MinSize()
	wide := size.Width - b.Width - besideGap
	if l.below = wide < l.least(); l.below {
		h := rowHeight(objects[:1], size.Width)
		o.Resize(fyne.NewSize(size.Width, h))
		button.Move(fyne.NewPos(0, h+besideGap))
		button.Resize(b)
		return
	}
	o.Resize(fyne.NewSize(wide, size.Height))
	button.Move(fyne.NewPos(wide+besideGap, (size.Height-b.Height)/2))
	button.Resize(b)
}

func (l *besideLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m, b := objects[0].MinSize(), objects[1].MinSize()
	switch {
	case !objects[1].Visible():
		return m
	case l.below:
		return fyne.NewSize(max(m.Width, b.Width), m.Height+besideGap+b.Height)
	}
	return fyne.NewSize(m.Width+besideGap+b.Width, max(m.Height, b.Height))
}

// Narrow is a control at most wide units wide.
func Narrow(wide float32, o fyne.CanvasObject) fyne.CanvasObject {
	strut := canvas.NewRectangle(color.Transparent)
	strut.SetMinSize(fyne.NewSize(wide, 0))
	return container.NewHBox(container.NewStack(strut, o))
}

// AtLeastHigh is an object at least high units high, as wide as there is room.
func AtLeastHigh(high float32, o fyne.CanvasObject) fyne.CanvasObject {
	strut := canvas.NewRectangle(color.Transparent)
	strut.SetMinSize(fyne.NewSize(0, high))
	return container.NewStack(strut, o)
}

// Labelled is a field with its name above it.
func Labelled(name string, o fyne.CanvasObject) fyne.CanvasObject {
	l := Label(name)
	l.SizeName = SizeSmall
	return container.New(&tightFieldLayout{}, l, o)
}

// tightFieldLayout puts a label close above its field.
type tightFieldLayout struct{}

func (tightFieldLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h := objects[0].MinSize().Height - Unit/2
	SetBounds(objects[0], -Unit, 0, size.Width+Unit, h)
	SetBounds(objects[1], 0, h, size.Width, max(objects[1].MinSize().Height, size.Height-h))
}

func (tightFieldLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height-Unit/2+b.Height)
}

// TightLayout puts a name and its remark close under each other, and centres
// them; with Flush at the left edge of what is above and below.
type TightLayout struct{ Flush bool }

const tight = Unit * 1.25 // what labels leave around their text

func (t TightLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	heights, all := make([]float32, len(objects)), float32(0)
	out := func(o fyne.CanvasObject) float32 {
		if t.Flush {
			return edge(o)
		}
		return 0
	}
	for i, o := range objects {
		if o.Visible() {
			heights[i] = rowHeight([]fyne.CanvasObject{o}, size.Width+out(o))
			all += heights[i] - tight
		}
	}
	y := (size.Height - all - tight) / 2
	for i, o := range objects {
		SetBounds(o, -out(o), y, size.Width+out(o), heights[i])
		if o.Visible() {
			y += heights[i] - tight
		}
	}
}

func (TightLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(120, tight)
	for _, o := range objects {
		if o.Visible() {
			size.Height += o.MinSize().Height - tight
		}
	}
	return size
}
