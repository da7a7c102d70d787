package views

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// listLine is one line of a lineList: a few canvas objects at fixed places.
type listLine interface {
	// box holds the line's objects; its layout is still.
	box() *fyne.Container
	// place puts them where they belong for a size of the line.
	place(size fyne.Size)
	// restyle takes colours and sizes of text anew.
	restyle()
}

// still is the layout of a line: its objects stand where they were put. Without
// it Fyne measures every text and reads every hidden icon anew at each frame.
type still struct{}

func (still) Layout([]fyne.CanvasObject, fyne.Size) {}
func (still) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// lineList shows lines of one height, of which there may be millions: only
// those in view exist, and an update touches only what it is told to. Its
// position is a whole number, for Fyne's floats have no place for a millionth
// line.
type lineList struct {
	widget.BaseWidget
	count  func() int
	create func() listLine
	bind   func(i int, l listLine, chosen bool) // must compare before it changes
	choose func(i int)                          // a line was chosen; nil where lines can't be
	tapped func(i int, at fyne.Position) bool   // true = it was something else than choosing
	menu   func(i int, at fyne.Position)
	key    func(*fyne.KeyEvent) bool // true = done
	letter func(rune)
	// resized is called when the lines have another width.
	resized func()

	top, current int
	rest         float32 // of a line, while scrolling
	focused      bool
	lines        []listLine
	bar          *lineBar
	ring         *canvas.Rectangle
}

var (
	_ fyne.Focusable         = (*lineList)(nil)
	_ fyne.Scrollable        = (*lineList)(nil)
	_ fyne.Draggable         = (*lineList)(nil)
	_ fyne.SecondaryTappable = (*lineList)(nil)
)

func newLineList(count func() int, create func() listLine, bind func(int, listLine, bool)) *lineList {
	l := &lineList{count: count, create: create, bind: bind, current: -1}
	l.bar = newLineBar(l)
	l.ring = canvas.NewRectangle(color.Transparent)
	l.ring.StrokeWidth, l.ring.CornerRadius = 2, unit/2
	l.ring.Hide()
	l.ExtendBaseWidget(l)
	return l
}

// lineHeight is a line at the present size of text.
func (l *lineList) lineHeight() float32 { return float32(math.Round(float64(theme.TextSize() * 1.75))) }

// fits is how many whole lines are in view.
func (l *lineList) fits() int { return max(1, int(l.Size().Height/l.lineHeight())) }

// update brings the lines in view up to date.
func (l *lineList) update() {
	n := l.count()
	l.top = max(0, min(l.top, n-l.fits()))
	for k, line := range l.lines {
		i := l.top + k
		b := line.box()
		if i >= n {
			show(b, false)
			continue
		}
		l.bind(i, line, i == l.current)
		show(b, true)
	}
	l.bar.update(l.top, l.fits(), n)
	l.showRing()
}

func (l *lineList) showRing() {
	k := l.current - l.top
	if !l.focused || k < 0 || k >= len(l.lines) || l.current >= l.count() {
		show(l.ring, false)
		return
	}
	at := fyne.NewPos(1, float32(k)*l.lineHeight())
	if l.ring.Position() != at || !l.ring.Visible() {
		l.ring.Move(at)
		show(l.ring, true)
		l.ring.Refresh()
	}
}

// setCurrent moves the keyboard's place without choosing, into view.
func (l *lineList) setCurrent(i int) {
	l.current = i
	if i >= 0 {
		l.reveal(i)
	}
	l.update()
}

// reveal scrolls a line into view.
func (l *lineList) reveal(i int) {
	if i < l.top {
		l.top = i
	}
	if fits := l.fits(); i >= l.top+fits {
		l.top = i - fits + 1
	}
}

func (l *lineList) moveTo(i int) {
	n := l.count()
	if n == 0 || l.choose == nil {
		l.scrollBy(i - l.current)
		return
	}
	l.setCurrent(min(max(i, 0), n-1))
	l.choose(l.current)
	l.update()
}

func (l *lineList) scrollBy(lines int) {
	l.top += lines
	l.update()
}

func (l *lineList) scrolledBy(dy float32) {
	l.rest -= dy / l.lineHeight()
	whole := int(l.rest)
	l.rest -= float32(whole)
	if whole != 0 {
		l.scrollBy(whole)
	}
}

// Scrolled turns the wheel: three lines at least for each notch.
func (l *lineList) Scrolled(e *fyne.ScrollEvent) {
	dy := e.Scrolled.DY
	if dy != 0 && abs(dy) >= 5 && abs(dy) < 3*l.lineHeight() {
		dy = float32(math.Copysign(float64(3*l.lineHeight()), float64(dy)))
	}
	l.scrolledBy(dy)
}

func abs(v float32) float32 { return float32(math.Abs(float64(v))) }

// Dragged scrolls as a finger does.
func (l *lineList) Dragged(e *fyne.DragEvent) { l.scrolledBy(e.Dragged.DY) }

// DragEnd forgets the part of a line that was dragged.
func (l *lineList) DragEnd() { l.rest = 0 }

func (l *lineList) at(p fyne.Position) int {
	i := l.top + int(p.Y/l.lineHeight())
	if p.Y < 0 || i >= l.count() {
		return -1
	}
	return i
}

// Tapped chooses the line.
func (l *lineList) Tapped(e *fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(l); c != nil {
		c.Focus(l)
	}
	i := l.at(e.Position)
	if i < 0 || l.tapped != nil && l.tapped(i, e.Position) {
		return
	}
	l.moveTo(i)
}

// TappedSecondary opens the line's menu.
func (l *lineList) TappedSecondary(e *fyne.PointEvent) {
	if i := l.at(e.Position); i >= 0 && l.menu != nil {
		l.setCurrent(i)
		l.menu(i, e.AbsolutePosition)
	}
}

// FocusGained shows where the keyboard is.
func (l *lineList) FocusGained() {
	l.focused = true
	if l.current < 0 && l.count() > 0 && l.choose != nil {
		l.current = l.top
	}
	l.update()
}

// FocusLost hides it.
func (l *lineList) FocusLost() { l.focused = false; l.update() }

// TypedRune hands letters on.
func (l *lineList) TypedRune(r rune) {
	if l.letter != nil {
		l.letter(r)
	}
}

// TypedKey moves through the lines.
func (l *lineList) TypedKey(e *fyne.KeyEvent) {
	if passKey(l, e) || l.key != nil && l.key(e) {
		return
	}
	from := l.current
	if l.choose == nil {
		from = l.top
		l.current = l.top
	}
	steps := map[fyne.KeyName]int{
		fyne.KeyUp: -1, fyne.KeyDown: 1, fyne.KeyPageUp: -l.fits(), fyne.KeyPageDown: l.fits(),
		fyne.KeyHome: -l.count(), fyne.KeyEnd: l.count(),
	}
	if by, ok := steps[e.Name]; ok {
		l.moveTo(from + by)
		return
	}
	if (e.Name == desktop.KeyMenu || e.Name == fyne.KeyF10) && l.menu != nil && l.current >= 0 {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(l)
		l.menu(l.current, at.AddXY(unit*6, float32(l.current-l.top+1)*l.lineHeight()))
	}
}

// MinSize is small: the list takes what it is given.
func (l *lineList) MinSize() fyne.Size { return fyne.NewSize(unit*16, l.lineHeight()*2) }

// CreateRenderer draws the lines in view and a bar.
func (l *lineList) CreateRenderer() fyne.WidgetRenderer { return &lineRenderer{l: l} }

type lineRenderer struct {
	l       *lineList
	objects []fyne.CanvasObject
	size    fyne.Size
}

func (r *lineRenderer) Destroy()                     {}
func (r *lineRenderer) MinSize() fyne.Size           { return r.l.MinSize() }
func (r *lineRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *lineRenderer) Layout(size fyne.Size) {
	l, h := r.l, r.l.lineHeight()
	n := max(0, int(size.Height/h)) // a container that is too small gives less than nothing
	for len(l.lines) < n {
		line := l.create()
		line.restyle()
		l.lines = append(l.lines, line)
	}
	l.lines = l.lines[:n]
	r.objects = r.objects[:0:0]
	wide := size.Width - theme.ScrollBarSize()
	for k, line := range l.lines {
		line.box().Move(fyne.NewPos(0, float32(k)*h))
		line.box().Resize(fyne.NewSize(wide, h))
		line.place(fyne.NewSize(wide, h))
		r.objects = append(r.objects, line.box())
	}
	l.ring.Resize(fyne.NewSize(wide-2, h))
	l.bar.Resize(fyne.NewSize(theme.ScrollBarSize(), size.Height))
	l.bar.Move(fyne.NewPos(wide, 0))
	r.objects = append(r.objects, l.ring, l.bar)
	wider := r.size.Width != size.Width
	r.size = size
	if wider && l.resized != nil {
		l.resized()
	}
	l.update()
}

// Refresh follows a change of look; lines themselves are brought up to date by
// update.
func (r *lineRenderer) Refresh() {
	r.l.ring.StrokeColor = shade(theme.ColorNamePrimary)
	for _, line := range r.l.lines {
		line.restyle()
	}
	r.Layout(r.l.Size())
	r.l.bar.Refresh()
}

// lineBar is the bar beside the lines.
type lineBar struct {
	widget.BaseWidget
	list         *lineList
	back, thumb  *canvas.Rectangle
	top, fits, n int
}

func newLineBar(l *lineList) *lineBar {
	b := &lineBar{list: l, back: canvas.NewRectangle(color.Transparent), thumb: canvas.NewRectangle(color.Transparent)}
	b.thumb.CornerRadius = unit / 2
	b.ExtendBaseWidget(b)
	return b
}

func (b *lineBar) update(top, fits, n int) {
	if b.top == top && b.fits == fits && b.n == n {
		return
	}
	b.top, b.fits, b.n = top, fits, n
	b.Refresh()
}

// span is where the thumb lies.
func (b *lineBar) span() (y, height float32) {
	room := b.Size().Height
	height = max(unit*3, room*float32(b.fits)/float32(max(b.n, 1)))
	if last := b.n - b.fits; last > 0 {
		y = (room - height) * float32(float64(b.top)/float64(last))
	}
	return y, height
}

// Dragged moves the thumb.
func (b *lineBar) Dragged(e *fyne.DragEvent) {
	_, height := b.span()
	if room := b.Size().Height - height; room > 0 {
		b.list.top = int(math.Round(float64(e.Position.Y-height/2) / float64(room) * float64(b.n-b.fits)))
		b.list.update()
	}
}

// DragEnd is nothing to do.
func (b *lineBar) DragEnd() {}

// Tapped moves by a page.
func (b *lineBar) Tapped(e *fyne.PointEvent) {
	if y, _ := b.span(); e.Position.Y < y {
		b.list.scrollBy(-b.list.fits())
	} else {
		b.list.scrollBy(b.list.fits())
	}
}

// CreateRenderer draws the thumb on its way.
func (b *lineBar) CreateRenderer() fyne.WidgetRenderer { return &barRenderer{b} }

type barRenderer struct{ b *lineBar }

func (r *barRenderer) Destroy()           {}
func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(theme.ScrollBarSize(), unit*3) }
func (r *barRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.b.back, r.b.thumb}
}
func (r *barRenderer) Layout(fyne.Size) { r.Refresh() }

func (r *barRenderer) Refresh() {
	b := r.b
	if b.n <= b.fits {
		show(b.thumb, false)
		show(b.back, false)
		return
	}
	y, height := b.span()
	b.back.FillColor, b.thumb.FillColor = shade(theme.ColorNameScrollBarBackground), shade(theme.ColorNameScrollBar)
	b.back.Resize(b.Size())
	b.thumb.Move(fyne.NewPos(3, y))
	b.thumb.Resize(fyne.NewSize(b.Size().Width-6, height))
	show(b.thumb, true)
	show(b.back, true)
	b.thumb.Refresh()
}
