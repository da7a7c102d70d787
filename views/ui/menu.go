package ui

import (
	"image/color"
	"slices"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/views/textfit"
)

// PopUp shows a menu at a place, inside the window and apart from its edges, and gives
// it the keyboard. Its items may be checked or disabled, and have an icon; one without an
// action is a heading for those below it.
func (s *Shell) PopUp(m *fyne.Menu, at fyne.Position) {
	newMenu(s.win.Canvas(), m.Items).show(menuLayout{at: at})
}

// PopUpAbove shows a menu above a widget.
func (s *Shell) PopUpAbove(m *fyne.Menu, over fyne.CanvasObject) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(over)
	newMenu(s.win.Canvas(), m.Items).show(menuLayout{at: at, above: true})
}

// PopUpUnder opens a menu under the button that it belongs to.
func (s *Shell) PopUpUnder(b *Button, items ...*fyne.MenuItem) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
	s.PopUp(fyne.NewMenu("", items...), at.AddXY(0, b.Size().Height+theme.Padding()))
}

// CloseMenus closes an open menu: what it was about is left.
func (s *Shell) CloseMenus() { closeMenus(s.win.Canvas()) }

func closeMenus(c fyne.Canvas) {
	for _, o := range c.Overlays().List() {
		if box, ok := o.(*fyne.Container); ok {
			if l, ok := box.Layout.(menuLayout); ok {
				l.menu.close()
			}
		}
	}
}

// menu is a list of things to do, or of a select's options, on a plate over the window.
// Esc, Tab and a click beside it close it.
type menu struct {
	widget.BaseWidget
	items   []*fyne.MenuItem
	current int // -1 = none
	canvas  fyne.Canvas
	scroll  *container.Scroll
	overlay *fyne.Container
}

func newMenu(c fyne.Canvas, items []*fyne.MenuItem) *menu {
	m := &menu{items: items, current: -1, canvas: c}
	m.ExtendBaseWidget(m)
	return m
}

// menuRoom is around a menu's rows.
const menuRoom = Unit / 2

// show closes any other menu: there is one at a time.
func (m *menu) show(l menuLayout) {
	closeMenus(m.canvas)
	m.scroll = container.NewVScroll(m)
	plate := NewSurface(theme.ColorNameMenuBackground, menuRoom, m.scroll)
	plate.Border = theme.ColorNameInputBorder
	veil := &menuVeil{close: m.close}
	veil.ExtendBaseWidget(veil)
	l.menu = m
	m.overlay = container.New(l, veil, plate)
	m.canvas.Overlays().Add(m.overlay)
	m.overlay.Resize(m.canvas.Size())
	m.canvas.Focus(m)
	m.goTo(m.current)
}

func (m *menu) close() { m.canvas.Overlays().Remove(m.overlay) }

// choose closes the menu and does what the current item says.
func (m *menu) choose() {
	if m.current < 0 || !m.can(m.current) {
		return
	}
	do := m.items[m.current].Action
	m.close()
	do()
}

// can reports whether an item can be chosen.
func (m *menu) can(i int) bool {
	return !m.items[i].IsSeparator && !m.items[i].Disabled && m.items[i].Action != nil
}

// goTo makes an item the current one and shows it.
func (m *menu) goTo(i int) {
	m.current = i
	if i >= 0 {
		scrollTo(m.scroll, fyne.NewPos(0, m.top(i)), fyne.NewSize(0, m.height(i)))
	}
	m.Refresh()
}

// step goes on by one item that can be chosen, and round at the end.
func (m *menu) step(from, by int) {
	n := len(m.items)
	for range n {
		from = (from + by + n) % n
		if m.can(from) {
			m.goTo(from)
			return
		}
	}
}

// FocusGained and FocusLost do nothing: an open menu has the keyboard.
func (m *menu) FocusGained() {}

func (m *menu) FocusLost() {}

// AcceptsTab keeps Tab from leaving an open menu behind.
func (m *menu) AcceptsTab() bool { return true }

// TypedKey walks, chooses and closes.
func (m *menu) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape, fyne.KeyTab:
		m.close()
	case fyne.KeyDown:
		m.step(m.current, 1)
	case fyne.KeyUp:
		m.step(max(m.current, 0), -1)
	case fyne.KeyHome:
		m.step(-1, 1)
	case fyne.KeyEnd:
		m.step(0, -1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		m.choose()
	}
}

// TypedRune goes to the next item that begins with a letter.
func (m *menu) TypedRune(r rune) {
	for i := range m.items {
		at := (m.current + 1 + i) % len(m.items)
		if first := []rune(m.items[at].Label); m.can(at) && len(first) > 0 && unicode.ToLower(first[0]) == unicode.ToLower(r) {
			m.goTo(at)
			return
		}
	}
}

// Tapped chooses what was tapped.
func (m *menu) Tapped(e *fyne.PointEvent) {
	m.current = m.at(e.Position.Y)
	m.choose()
}

// MouseIn makes what is under the pointer the current item.
func (m *menu) MouseIn(e *desktop.MouseEvent) { m.MouseMoved(e) }

// MouseMoved does the same.
func (m *menu) MouseMoved(e *desktop.MouseEvent) {
	if i := m.at(e.Position.Y); i != m.current && i >= 0 && m.can(i) {
		m.current = i
		m.Refresh()
	}
}

// MouseOut does nothing: the keyboard goes on from there.
func (m *menu) MouseOut() {}

// at is the item at a height; -1 = none.
func (m *menu) at(y float32) int {
	top := float32(0)
	for i := range m.items {
		top += m.height(i)
		if y >= 0 && y < top {
			return i
		}
	}
	return -1
}

func (m *menu) top(i int) (y float32) {
	for j := range i {
		y += m.height(j)
	}
	return y
}

// height is a row's, as high as a finger needs, or a line's between rows.
func (m *menu) height(i int) float32 {
	if m.items[i].IsSeparator {
		return Unit + theme.SeparatorThicknessSize()
	}
	return max(touch, theme.TextSize()*1.4+2*Unit)
}

// MinSize is as wide as the widest item and as high as all.
func (m *menu) MinSize() fyne.Size {
	wide := float32(0)
	for _, item := range m.items {
		wide = max(wide, textfit.Width(item.Label, theme.TextSize(), fyne.TextStyle{}))
	}
	return fyne.NewSize(m.textAt()+wide+2*Unit, m.top(len(m.items)))
}

// textAt is where the words begin: after a tick and an icon, where any item has one.
func (m *menu) textAt() float32 {
	x := float32(Unit)
	for _, has := range []func(*fyne.MenuItem) bool{
		func(i *fyne.MenuItem) bool { return i.Checked },
		func(i *fyne.MenuItem) bool { return i.Icon != nil },
	} {
		if slices.ContainsFunc(m.items, has) {
			x += theme.IconInlineSize() + Unit
		}
	}
	return x
}

// DebugText says nothing: each row is told.
func (m *menu) DebugText() string { return "" }

// CreateRenderer draws the rows.
func (m *menu) CreateRenderer() fyne.WidgetRenderer {
	r := &menuRenderer{m: m, back: canvas.NewRectangle(color.Transparent)}
	r.Refresh()
	return r
}

type menuRenderer struct {
	Drawing
	m    *menu
	back *canvas.Rectangle // of the current item
}

func (r *menuRenderer) MinSize() fyne.Size { return r.m.MinSize() }

func (r *menuRenderer) Layout(fyne.Size) { r.Refresh() }

// Refresh draws all anew: a menu is small, and seldom there.
func (r *menuRenderer) Refresh() {
	m := r.m
	r.All = append(r.All[:0:0], r.back)
	r.back.CornerRadius, r.back.StrokeWidth = Unit, RingWidth
	r.back.FillColor, r.back.StrokeColor = Color(theme.ColorNameHover), Color(ColorRing)
	SetVisible(r.back, m.current >= 0)
	for i, item := range m.items {
		y, high := m.top(i), m.height(i)
		if i == m.current {
			SetBounds(r.back, 0, y, m.Size().Width, high)
		}
		if item.IsSeparator {
			line := canvas.NewRectangle(Color(theme.ColorNameSeparator))
			SetBounds(line, 0, y+Unit/2, m.Size().Width, theme.SeparatorThicknessSize())
			r.All = append(r.All, line)
			continue
		}
		r.row(item, y, high)
	}
	canvas.Refresh(m)
}

// row draws one item: tick, icon, words.
func (r *menuRenderer) row(item *fyne.MenuItem, y, high float32) {
	picture := func(res fyne.Resource, x float32) {
		o := canvas.NewImageFromResource(res)
		o.FillMode = canvas.ImageFillContain
		SetBounds(o, x, y+(high-theme.IconInlineSize())/2, theme.IconInlineSize(), theme.IconInlineSize())
		r.All = append(r.All, o)
	}
	begin := r.m.textAt()
	if item.Checked {
		picture(Icon("check"), Unit)
	}
	if item.Icon != nil {
		picture(item.Icon, begin-theme.IconInlineSize()-Unit)
	}
	tint := theme.ColorNameForeground
	switch {
	case item.Disabled:
		tint = theme.ColorNameDisabled
	case item.Action == nil:
		tint = ColorSoft
	}
	room := r.m.Size().Width - begin - Unit
	t := canvas.NewText(textfit.Line(strings.TrimSpace(item.Label), theme.TextSize(), fyne.TextStyle{}, room), Color(tint))
	t.TextSize = theme.TextSize()
	t.Resize(t.MinSize())
	t.Move(fyne.NewPos(begin, y+(high-t.MinSize().Height)/2))
	r.All = append(r.All, t)
}

// menuVeil lies under a menu and over all else: what is beside a menu closes it.
type menuVeil struct {
	widget.BaseWidget
	close func()
}

// Tapped closes the menu, and so does the right button.
func (v *menuVeil) Tapped(*fyne.PointEvent) { v.close() }

// TappedSecondary does the same.
func (v *menuVeil) TappedSecondary(*fyne.PointEvent) { v.close() }

// CreateRenderer draws nothing.
func (v *menuVeil) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

// menuLayout puts a menu at a place, within the window.
type menuLayout struct {
	menu  *menu
	at    fyne.Position
	above bool      // at is its lower edge
	under fyne.Size // of the select that it hangs at: as wide at least, and never over it
}

func (l menuLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	m := l.menu.MinSize().AddWidthHeight(2*menuRoom, 2*menuRoom)
	m.Width = min(max(m.Width, l.under.Width), size.Width-2*Unit)
	m.Height = min(m.Height, size.Height-2*Unit)
	at := l.at
	if l.above {
		at.Y -= m.Height
	}
	if over := l.at.Y - l.under.Height; l.under.Height > 0 && at.Y+m.Height+Unit > size.Height { // on the side that has more room
		if below := size.Height - at.Y - Unit; below >= over-Unit {
			m.Height = below
		} else {
			m.Height = min(m.Height, over-Unit)
			at.Y = over - m.Height
		}
	}
	at.X = max(Unit, min(at.X, size.Width-m.Width-Unit))
	at.Y = max(Unit, min(at.Y, size.Height-m.Height-Unit))
	objects[1].Move(at)
	objects[1].Resize(m)
}

func (menuLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }
