package ui

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// ListLine is one line of a LineList: a few canvas objects at fixed places.
type ListLine interface {
	// Box holds the line's objects; its layout is still.
	Box() *fyne.Container
	// Place puts them where they belong for a size of the line.
	Place(size fyne.Size)
	// Restyle takes colours and sizes of text anew.
	Restyle()
}

// Still is the layout of a line: its objects stand where they were put. Without
// it Fyne measures every text and reads every hidden icon anew at each frame.
type Still struct{}

func (Still) Layout([]fyne.CanvasObject, fyne.Size) {}

func (Still) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// LineList shows lines of one height, of which there may be millions: only
// those in view exist, and an update touches only what it is told to. Its
// position is a whole number, for Fyne's floats have no place for a millionth
// line.
type LineList struct {
	widget.BaseWidget
	count    func() int
	create   func() ListLine
	bind     func(i int, l ListLine, chosen bool) // must compare before it changes
	OnChoose func(i int)                          // a line was chosen; nil where lines can't be
	OnTap    func(i int, at fyne.Position) bool   // true = it was something else than choosing
	OnMenu   func(i int, at fyne.Position)
	OnKey    func(*fyne.KeyEvent) bool // true = done
	OnLetter func(rune)
	// OnResize is called when the lines have another width.
	OnResize func()

	Top, Current int
	rest         float32 // of a line, while scrolling
	focused      bool
	Lines        []ListLine
	bar          *lineBar
	ring         *canvas.Rectangle
}

var (
	_ fyne.Focusable         = (*LineList)(nil)
	_ fyne.Scrollable        = (*LineList)(nil)
	_ fyne.Draggable         = (*LineList)(nil)
	_ fyne.SecondaryTappable = (*LineList)(nil)
)

// NewLineList makes a list of count lines. Lines are made by create, as many as can be
// seen, and bind gives one the content at an index and whether it is the current line.
func NewLineList(count func() int, create func() ListLine, bind func(int, ListLine, bool)) *LineList {
	l := &LineList{count: count, create: create, bind: bind, Current: -1}
	l.bar = newLineBar(l)
	l.ring = canvas.NewRectangle(color.Transparent)
	l.ring.StrokeWidth, l.ring.CornerRadius = RingWidth, Unit/2
	l.ring.Hide()
	l.ExtendBaseWidget(l)
	return l
}

// lineHeight is a line at the present size of text and of targets.
func (l *LineList) lineHeight() float32 {
	return max(LeastRow(), float32(math.Round(float64(theme.TextSize()*1.75))))
}

// fits is how many whole lines are in view.
func (l *LineList) fits() int { return max(1, int(l.Size().Height/l.lineHeight())) }

// Update brings the lines in view up to date.
func (l *LineList) Update() {
	n := l.count()
	l.Top = max(0, min(l.Top, n-l.fits()))
	for k, line := range l.Lines {
		i := l.Top + k
		b := line.Box()
		if i >= n {
			SetVisible(b, false)
			continue
		}
		l.bind(i, line, i == l.Current)
		SetVisible(b, true)
	}
	l.bar.update(l.Top, l.fits(), n)
	l.showRing()
}

func (l *LineList) showRing() {
	k := l.Current - l.Top
	if !l.focused || k < 0 || k >= len(l.Lines) || l.Current >= l.count() {
		SetVisible(l.ring, false)
		return
	}
	at := fyne.NewPos(1, float32(k)*l.lineHeight())
	if l.ring.Position() != at || !l.ring.Visible() {
		l.ring.Move(at)
		SetVisible(l.ring, true)
		l.ring.Refresh()
	}
}

// SetCurrent moves the keyboard's place without choosing, into view.
func (l *LineList) SetCurrent(i int) {
	l.Current = i
	if i >= 0 {
		l.reveal(i)
	}
	l.Update()
}

// reveal scrolls a line into view.
func (l *LineList) reveal(i int) {
	if i < l.Top {
		l.Top = i
	}
	if fits := l.fits(); i >= l.Top+fits {
		l.Top = i - fits + 1
	}
}

// MoveTo makes the line at index i the current one, or the nearest that there is, and
// scrolls it into view. A list without choice only scrolls.
func (l *LineList) MoveTo(i int) {
	n := l.count()
	if n == 0 || l.OnChoose == nil {
		l.scrollBy(i - l.Current)
		return
	}
	l.SetCurrent(min(max(i, 0), n-1))
	l.OnChoose(l.Current)
	l.Update()
}

func (l *LineList) scrollBy(lines int) {
	l.Top += lines
	l.Update()
}

func (l *LineList) scrolledBy(dy float32) {
	l.rest -= dy / l.lineHeight()
	whole := int(l.rest)
	l.rest -= float32(whole)
	if whole != 0 {
		l.scrollBy(whole)
	}
}

// Scrolled turns the wheel: three lines at least for each notch.
func (l *LineList) Scrolled(e *fyne.ScrollEvent) {
	dy := e.Scrolled.DY
	if dy != 0 && abs(dy) >= 5 && abs(dy) < 3*l.lineHeight() {
		dy = float32(math.Copysign(float64(3*l.lineHeight()), float64(dy)))
	}
	l.scrolledBy(dy)
}

func abs(v float32) float32 { return float32(math.Abs(float64(v))) }

// Dragged scrolls as a finger does.
func (l *LineList) Dragged(e *fyne.DragEvent) { l.scrolledBy(e.Dragged.DY) }

// DragEnd forgets the part of a line that was dragged.
func (l *LineList) DragEnd() { l.rest = 0 }

func (l *LineList) at(p fyne.Position) int {
	i := l.Top + int(p.Y/l.lineHeight())
	if p.Y < 0 || i >= l.count() {
		return -1
	}
	return i
}

// Tapped chooses the line.
func (l *LineList) Tapped(e *fyne.PointEvent) {
	TakeFocus(l)
	i := l.at(e.Position)
	if i < 0 || l.OnTap != nil && l.OnTap(i, e.Position) {
		return
	}
	l.MoveTo(i)
}

// TappedSecondary opens the line's menu.
func (l *LineList) TappedSecondary(e *fyne.PointEvent) {
	if i := l.at(e.Position); i >= 0 && l.OnMenu != nil {
		l.SetCurrent(i)
		l.OnMenu(i, e.AbsolutePosition)
	}
}

// FocusGained shows where the keyboard is.
func (l *LineList) FocusGained() {
	l.focused = true
	if l.Current < 0 && l.count() > 0 && l.OnChoose != nil {
		l.Current = l.Top
	}
	l.Update()
}

// FocusLost hides it.
func (l *LineList) FocusLost() { l.focused = false; l.Update() }

// TypedRune hands letters on.
func (l *LineList) TypedRune(r rune) {
	if l.OnLetter != nil {
		l.OnLetter(r)
	}
}

// TypedKey moves through the lines.
func (l *LineList) TypedKey(e *fyne.KeyEvent) {
	if PassKey(l, e) || l.OnKey != nil && l.OnKey(e) {
		return
	}
	from := l.Current
	if l.OnChoose == nil {
		from = l.Top
		l.Current = l.Top
	}
	steps := map[fyne.KeyName]int{
		fyne.KeyUp: -1, fyne.KeyDown: 1, fyne.KeyPageUp: -l.fits(), fyne.KeyPageDown: l.fits(),
		fyne.KeyHome: -l.count(), fyne.KeyEnd: l.count(),
	}
	if by, ok := steps[e.Name]; ok {
		l.MoveTo(from + by)
		return
	}
	if (e.Name == desktop.KeyMenu || e.Name == fyne.KeyF10) && l.OnMenu != nil && l.Current >= 0 {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(l)
		l.OnMenu(l.Current, at.AddXY(Unit*6, float32(l.Current-l.Top+1)*l.lineHeight()))
	}
}

// MinSize is small: the list takes what it is given.
func (l *LineList) MinSize() fyne.Size { return fyne.NewSize(Unit*16, l.lineHeight()*2) }

// CreateRenderer draws the lines in view and a bar.
func (l *LineList) CreateRenderer() fyne.WidgetRenderer { return &lineRenderer{l: l} }

type lineRenderer struct {
	Drawing
	l    *LineList
	size fyne.Size
}

func (r *lineRenderer) MinSize() fyne.Size { return r.l.MinSize() }

func (r *lineRenderer) Layout(size fyne.Size) {
	l, h := r.l, r.l.lineHeight()
	n := max(0, int(size.Height/h)) // a container that is too small gives less than nothing
	for len(l.Lines) < n {
		line := l.create()
		line.Restyle()
		l.Lines = append(l.Lines, line)
	}
	l.Lines = l.Lines[:n]
	r.All = r.All[:0:0]
	wide := size.Width - theme.ScrollBarSize()
	for k, line := range l.Lines {
		SetBounds(line.Box(), 0, float32(k)*h, wide, h)
		line.Place(fyne.NewSize(wide, h))
		r.All = append(r.All, line.Box())
	}
	l.ring.Resize(fyne.NewSize(wide-2, h))
	SetBounds(l.bar, wide, 0, theme.ScrollBarSize(), size.Height)
	r.All = append(r.All, l.ring, l.bar)
	wider := r.size.Width != size.Width
	r.size = size
	if wider && l.OnResize != nil {
		l.OnResize()
	}
	l.Update()
}

// Refresh follows a change of look; lines themselves are brought up to date by
// update.
func (r *lineRenderer) Refresh() {
	r.l.ring.StrokeColor = Color(ColorRing)
	for _, line := range r.l.Lines {
		line.Restyle()
	}
	r.Layout(r.l.Size())
	r.l.bar.Refresh()
}

// lineBar is the bar beside the lines.
type lineBar struct {
	widget.BaseWidget
	list         *LineList
	back, thumb  *canvas.Rectangle
	top, fits, n int
}

func newLineBar(l *LineList) *lineBar {
	b := &lineBar{list: l, back: canvas.NewRectangle(color.Transparent), thumb: canvas.NewRectangle(color.Transparent)}
	b.thumb.CornerRadius = Unit / 2
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
	height = max(Unit*3, room*float32(b.fits)/float32(max(b.n, 1)))
	if last := b.n - b.fits; last > 0 {
		y = (room - height) * float32(float64(b.top)/float64(last))
	}
	return y, height
}

// Dragged moves the thumb.
func (b *lineBar) Dragged(e *fyne.DragEvent) {
	_, height := b.span()
	if room := b.Size().Height - height; room > 0 {
		b.list.Top = int(math.Round(float64(e.Position.Y-height/2) / float64(room) * float64(b.n-b.fits)))
		b.list.Update()
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
func (b *lineBar) CreateRenderer() fyne.WidgetRenderer {
	return &barRenderer{Drawing{[]fyne.CanvasObject{b.back, b.thumb}}, b}
}

type barRenderer struct {
	Drawing
	b *lineBar
}

func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(theme.ScrollBarSize(), Unit*3) }

func (r *barRenderer) Layout(fyne.Size) { r.Refresh() }

func (r *barRenderer) Refresh() {
	b := r.b
	if b.n <= b.fits {
		SetVisible(b.thumb, false)
		SetVisible(b.back, false)
		return
	}
	y, height := b.span()
	b.back.FillColor, b.thumb.FillColor = Color(theme.ColorNameScrollBarBackground), Color(theme.ColorNameScrollBar)
	b.back.Resize(b.Size())
	SetBounds(b.thumb, 3, y, b.Size().Width-6, height)
	SetVisible(b.thumb, true)
	SetVisible(b.back, true)
	b.thumb.Refresh()
}

// HeadLine is the line above a table, which does not scroll.
func HeadLine(line ListLine) fyne.CanvasObject {
	return container.New(headLayout{line}, line.Box())
}

type headLayout struct{ line ListLine }

func (h headLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	size.Width -= theme.ScrollBarSize()
	objects[0].Resize(size)
	h.line.Place(size)
}

func (h headLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(1, theme.TextSize()*1.75)
}
