package views

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// pickRow is one of several things to choose from, as wide as its list. Space
// chooses, Enter chooses and goes on, the arrows walk.
type pickRow struct {
	widget.BaseWidget
	name, remark string
	icon         string
	right        []string // icons at the right end
	badge        string
	chosen       bool
	off          bool // can't be chosen; remark says why
	mark         bool // shows a ring for one of several
	focused      bool
	over         bool
	OnPick       func()
	OnEnter      func()
}

var (
	_ fyne.Tappable      = (*pickRow)(nil)
	_ fyne.Focusable     = (*pickRow)(nil)
	_ fyne.Disableable   = (*pickRow)(nil)
	_ desktop.Hoverable  = (*pickRow)(nil)
	_ desktop.Cursorable = (*pickRow)(nil)
)

func newPickRow(iconName, name, remark string, picked func()) *pickRow {
	p := &pickRow{icon: iconName, name: name, remark: remark, mark: true, OnPick: picked}
	p.ExtendBaseWidget(p)
	return p
}

// set shows other words, icons or another choice.
func (p *pickRow) set(name, remark string, chosen bool, right ...string) {
	if p.name == name && p.remark == remark && p.chosen == chosen && strings.Join(p.right, " ") == strings.Join(right, " ") {
		return
	}
	p.name, p.remark, p.chosen, p.right = name, remark, chosen, right
	p.Refresh()
}

// choose shows whether this is the one.
func (p *pickRow) choose(yes bool) { p.set(p.name, p.remark, yes, p.right...) }

// Tapped chooses, and brings the keyboard here.
func (p *pickRow) Tapped(*fyne.PointEvent) {
	if p.off {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(p); c != nil {
		c.Focus(p)
	}
	call(p.OnPick)
}

// FocusGained shows that the keyboard is here.
func (p *pickRow) FocusGained() { p.focused = true; p.Refresh() }

// FocusLost shows that it left.
func (p *pickRow) FocusLost() { p.focused = false; p.Refresh() }

// TypedRune chooses with Space.
func (p *pickRow) TypedRune(r rune) {
	if r == ' ' && !p.off {
		call(p.OnPick)
	}
}

// TypedKey walks, chooses and goes on.
func (p *pickRow) TypedKey(e *fyne.KeyEvent) {
	if passKey(p, e) {
		return
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(p)
	switch e.Name {
	case fyne.KeyDown:
		c.FocusNext()
	case fyne.KeyUp:
		c.FocusPrevious()
	case fyne.KeyReturn, fyne.KeyEnter:
		if !p.off {
			call(p.OnPick)
			call(p.OnEnter)
		}
	}
}

// Disabled tells whether it can't be chosen.
func (p *pickRow) Disabled() bool { return p.off }

// Enable lets it be chosen.
func (p *pickRow) Enable() { p.off = false; p.Refresh() }

// Disable keeps it from being chosen; its remark should say why.
func (p *pickRow) Disable() { p.off = true; p.Refresh() }

// MouseIn lights the row up.
func (p *pickRow) MouseIn(*desktop.MouseEvent) { p.over = true; p.Refresh() }

// MouseMoved does nothing.
func (p *pickRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (p *pickRow) MouseOut() { p.over = false; p.Refresh() }

// Cursor shows a hand.
func (p *pickRow) Cursor() desktop.Cursor {
	if p.off {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

func (p *pickRow) debugText() string { return strings.TrimSpace(p.name + "\n" + p.remark) }

// CreateRenderer draws the row.
func (p *pickRow) CreateRenderer() fyne.WidgetRenderer {
	r := &pickRowRenderer{p: p, back: canvas.NewRectangle(color.Transparent), dot: canvas.NewCircle(color.Transparent), ring: canvas.NewCircle(color.Transparent)}
	r.back.CornerRadius = unit
	r.picture = iconImage(icon(p.icon), 24)
	r.name, r.remark, r.badge = oneLine(""), body(""), label("")
	r.name.TextStyle.Bold = true
	r.remark.SizeName, r.badge.SizeName = sizeSmall, sizeSmall
	r.right = row()
	ring := container.NewGridWrap(fyne.NewSquareSize(22), container.NewStack(r.ring, padded(5, r.dot)))
	r.left = row(ring, r.picture)
	r.words = container.New(&tightLayout{}, r.name, r.remark)
	r.line = container.NewBorder(nil, nil, centred(r.left), centred(r.right), r.words)
	r.ringBox = ring
	r.Refresh()
	return r
}

// tightLayout puts a name and its remark close under each other, and centres
// them.
type tightLayout struct{}

const tight = unit * 1.25 // what labels leave around their text

func (tightLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	heights, all := make([]float32, len(objects)), float32(0)
	for i, o := range objects {
		if o.Visible() {
			heights[i] = rowHeight([]fyne.CanvasObject{o}, size.Width)
			all += heights[i] - tight
		}
	}
	y := (size.Height - all - tight) / 2
	for i, o := range objects {
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, heights[i]))
		if o.Visible() {
			y += heights[i] - tight
		}
	}
}

func (tightLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(120, tight)
	for _, o := range objects {
		if o.Visible() {
			size.Height += o.MinSize().Height - tight
		}
	}
	return size
}

type pickRowRenderer struct {
	p                    *pickRow
	back                 *canvas.Rectangle
	ring, dot            *canvas.Circle
	picture              *canvas.Image
	name, remark, badge  *widget.Label
	left, right, ringBox *fyne.Container
	words, line          *fyne.Container
}

func (r *pickRowRenderer) Destroy() {}

func (r *pickRowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.line}
}

func (r *pickRowRenderer) MinSize() fyne.Size {
	m := r.line.MinSize()
	return fyne.NewSize(m.Width+unit*2, max(m.Height, touch+unit/2))
}

func (r *pickRowRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	r.line.Move(fyne.NewPos(unit, 0))
	r.line.Resize(fyne.NewSize(size.Width-2*unit, size.Height))
}

func (r *pickRowRenderer) Refresh() {
	p := r.p
	r.back.FillColor, r.back.StrokeColor, r.back.StrokeWidth = shade(colorCard), shade(theme.ColorNameSeparator), 1
	if p.chosen {
		r.back.FillColor, r.back.StrokeColor = shade(colorChosen), shade(theme.ColorNamePrimary)
	} else if p.over && !p.off {
		r.back.FillColor = mixOver(shade(colorCard), shade(theme.ColorNameHover))
	}
	if p.focused {
		r.back.StrokeColor, r.back.StrokeWidth = shade(theme.ColorNamePrimary), 3
	}
	r.ring.StrokeColor, r.ring.StrokeWidth = shade(theme.ColorNameInputBorder), 2
	r.dot.FillColor = color.Transparent
	if p.chosen {
		r.ring.StrokeColor, r.dot.FillColor = shade(theme.ColorNamePrimary), shade(theme.ColorNamePrimary)
	}
	show(r.ringBox, p.mark)
	r.picture.Resource = icon(p.icon)
	if p.off {
		r.picture.Resource = tinted(p.icon, theme.ColorNameDisabled)
	}
	r.texts()
	r.rights()
	r.back.Refresh()
	r.line.Refresh()
	r.Layout(p.Size())
}

func (r *pickRowRenderer) texts() {
	p := r.p
	r.name.Importance, r.remark.Importance = widget.MediumImportance, widget.LowImportance
	if p.off {
		r.name.Importance = widget.LowImportance
	}
	r.name.SetText(p.name)
	r.remark.SetText(breakable(p.remark))
	show(r.remark, p.remark != "")
}

func (r *pickRowRenderer) rights() {
	r.right.Objects = nil
	if r.p.badge != "" {
		r.badge.SetText(r.p.badge)
		b := newSurface(colorNotice, 0, r.badge)
		r.right.Add(b)
	}
	for _, name := range r.p.right {
		r.right.Add(iconImage(tinted(name, colorSoft), 20))
	}
	r.right.Refresh()
}

// mixOver lays a see-through colour over another.
func mixOver(under, over color.Color) color.Color {
	o := color.NRGBAModel.Convert(over).(color.NRGBA)
	part := float32(o.A) / 255
	o.A = 255
	return mix(under, o, part)
}
