package ui

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/views/textfit"
)

// Mix is a colour between two, part of the way from a to b.
func Mix(a, b color.Color, part float32) color.NRGBA {
	x, y := color.NRGBAModel.Convert(a).(color.NRGBA), color.NRGBAModel.Convert(b).(color.NRGBA)
	part = min(max(part, 0), 1)
	between := func(u, v uint8) uint8 { return uint8(float32(u) + (float32(v)-float32(u))*part + 0.5) }
	return color.NRGBA{R: between(x.R, y.R), G: between(x.G, y.G), B: between(x.B, y.B), A: between(x.A, y.A)}
}

// PickRow is one of several things to choose from, as wide as its list. Space
// chooses, Enter chooses and goes on, the arrows walk.
type PickRow struct {
	widget.BaseWidget
	Name, Remark string
	Icon         string
	right        []string // icons at the right end
	Badge        string
	Chosen       bool
	Off          bool // can't be chosen; remark says why
	Mark         bool // shows a ring for one of several
	focused      bool
	hovered      bool
	OnPick       func()
	OnEnter      func()
}

var (
	_ fyne.Tappable      = (*PickRow)(nil)
	_ fyne.Focusable     = (*PickRow)(nil)
	_ fyne.Disableable   = (*PickRow)(nil)
	_ desktop.Hoverable  = (*PickRow)(nil)
	_ desktop.Cursorable = (*PickRow)(nil)
)

// NewPickRow makes a row with an icon, a name and a remark below it (or "").
func NewPickRow(iconName, name, remark string, picked func()) *PickRow {
	p := &PickRow{Icon: iconName, Name: name, Remark: remark, Mark: true, OnPick: picked}
	p.ExtendBaseWidget(p)
	return p
}

// Set shows other words, icons or another choice.
func (p *PickRow) Set(name, remark string, chosen bool, right ...string) {
	if p.Name == name && p.Remark == remark && p.Chosen == chosen && strings.Join(p.right, " ") == strings.Join(right, " ") {
		return
	}
	p.Name, p.Remark, p.Chosen, p.right = name, remark, chosen, right
	p.Refresh()
}

// Choose shows whether this is the one.
func (p *PickRow) Choose(yes bool) { p.Set(p.Name, p.Remark, yes, p.right...) }

// Tapped chooses, and brings the keyboard here.
func (p *PickRow) Tapped(*fyne.PointEvent) {
	if p.Off {
		return
	}
	TakeFocus(p)
	Call(p.OnPick)
}

// FocusGained shows that the keyboard is here.
func (p *PickRow) FocusGained() { p.focused = true; p.Refresh() }

// FocusLost shows that it left.
func (p *PickRow) FocusLost() { p.focused = false; p.Refresh() }

// TypedRune chooses with Space.
func (p *PickRow) TypedRune(r rune) {
	if r == ' ' && !p.Off {
		Call(p.OnPick)
	}
}

// TypedKey walks, chooses and goes on.
func (p *PickRow) TypedKey(e *fyne.KeyEvent) {
	if PassKey(p, e) {
		return
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(p)
	switch e.Name {
	case fyne.KeyDown:
		c.FocusNext()
	case fyne.KeyUp:
		c.FocusPrevious()
	case fyne.KeyReturn, fyne.KeyEnter:
		if !p.Off {
			Call(p.OnPick)
			Call(p.OnEnter)
		}
	}
}

// Disabled reports whether it can't be chosen.
func (p *PickRow) Disabled() bool { return p.Off }

// Enable lets it be chosen.
func (p *PickRow) Enable() { p.Off = false; p.Refresh() }

// Disable keeps it from being chosen; its remark should say why.
func (p *PickRow) Disable() { p.Off = true; p.Refresh() }

// MouseIn lights the row up.
func (p *PickRow) MouseIn(*desktop.MouseEvent) { p.hovered = true; p.Refresh() }

// MouseMoved does nothing.
func (p *PickRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (p *PickRow) MouseOut() { p.hovered = false; p.Refresh() }

// Cursor shows a hand.
func (p *PickRow) Cursor() desktop.Cursor {
	if p.Off {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

func (p *PickRow) DebugText() string { return strings.TrimSpace(p.Name + "\n" + p.Remark) }

// CreateRenderer draws the row.
func (p *PickRow) CreateRenderer() fyne.WidgetRenderer {
	r := &pickRowRenderer{p: p, back: canvas.NewRectangle(color.Transparent), dot: canvas.NewCircle(color.Transparent), ring: canvas.NewCircle(color.Transparent)}
	r.back.CornerRadius = Unit
	r.picture = IconImage(Icon(p.Icon), 24)
	r.name, r.remark, r.badge = Body(""), Body(""), Label("")
	r.name.TextStyle.Bold = true
	r.remark.SizeName, r.badge.SizeName = SizeSmall, SizeSmall
	r.right = Row()
	ring := container.NewGridWrap(fyne.NewSquareSize(22), container.NewStack(r.ring, Padded(5, r.dot)))
	r.left = Row(ring, r.picture)
	r.words = container.New(&TightLayout{}, r.name, r.remark)
	r.line = container.NewBorder(nil, nil, Centred(r.left), Centred(r.right), r.words)
	r.ringBox, r.All = ring, []fyne.CanvasObject{r.back, r.line}
	r.Refresh()
	return r
}

type pickRowRenderer struct {
	Drawing
	p                    *PickRow
	back                 *canvas.Rectangle
	ring, dot            *canvas.Circle
	picture              *canvas.Image
	name, remark, badge  *widget.Label
	left, right, ringBox *fyne.Container
	words, line          *fyne.Container
}

func (r *pickRowRenderer) MinSize() fyne.Size {
	m := r.line.MinSize()
	return fyne.NewSize(m.Width+Unit*2, max(m.Height, touch+Unit/2))
}

func (r *pickRowRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	SetBounds(r.line, Unit, 0, size.Width-2*Unit, size.Height)
}

func (r *pickRowRenderer) Refresh() {
	p := r.p
	r.back.FillColor, r.back.StrokeColor, r.back.StrokeWidth = Color(ColorCard), Color(theme.ColorNameSeparator), 1
	if p.Chosen {
		r.back.FillColor, r.back.StrokeColor = Color(ColorChosen), Color(theme.ColorNamePrimary)
	} else if p.hovered && !p.Off {
		r.back.FillColor = mixOver(Color(ColorCard), Color(theme.ColorNameHover))
	}
	if p.focused {
		r.back.StrokeColor, r.back.StrokeWidth = Color(ColorRing), RingWidth
	}
	r.ring.StrokeColor, r.ring.StrokeWidth = Color(theme.ColorNameInputBorder), 2
	r.dot.FillColor = color.Transparent
	if p.Chosen {
		r.ring.StrokeColor, r.dot.FillColor = Color(theme.ColorNamePrimary), Color(theme.ColorNamePrimary)
	}
	SetVisible(r.ringBox, p.Mark)
	r.picture.Resource = Icon(p.Icon)
	if p.Off {
		r.picture.Resource = Tinted(p.Icon, theme.ColorNameDisabled)
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
	if p.Off {
		r.name.Importance = widget.LowImportance
	}
	r.name.SetText(textfit.Breakable(p.Name))
	r.remark.SetText(textfit.Breakable(p.Remark))
	SetVisible(r.remark, p.Remark != "")
}

func (r *pickRowRenderer) rights() {
	r.right.Objects = nil
	if r.p.Badge != "" {
		r.badge.SetText(r.p.Badge)
		b := NewSurface(ColorNotice, 0, r.badge)
		r.right.Add(b)
	}
	for _, name := range r.p.right {
		r.right.Add(IconImage(Tinted(name, ColorSoft), 20))
	}
	r.right.Refresh()
}

// mixOver lays a see-through colour over another.
func mixOver(under, over color.Color) color.Color {
	o := color.NRGBAModel.Convert(over).(color.NRGBA)
	part := float32(o.A) / 255
	o.A = 255
	return Mix(under, o, part)
}
