package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Surface is content on a rounded background in a colour of the theme.
type Surface struct {
	widget.BaseWidget
	Fill, Border    fyne.ThemeColorName // border "" = none
	Radius, padding float32
	content         fyne.CanvasObject
}

// NewSurface lays content on a plane with rounded corners and padding around it,
// in units of the canvas.
func NewSurface(fill fyne.ThemeColorName, padding float32, content fyne.CanvasObject) *Surface {
	s := &Surface{Fill: fill, Radius: Unit * 1.5, padding: padding, content: content}
	s.ExtendBaseWidget(s)
	return s
}

// Card is content that belongs together, on a rounded card.
func Card(content fyne.CanvasObject) *Surface {
	s := NewSurface(ColorCard, Unit*2, content)
	s.Border = "separator"
	return s
}

// TitledCard is a card with a title and, if any, a line that says what it is for.
func TitledCard(name, purpose string, content ...fyne.CanvasObject) *Surface {
	return Card(Rows(append([]fyne.CanvasObject{Heading(name, purpose)}, content...)...))
}

// Heading is the name of a part of a page with, if any, a line close under it.
func Heading(name, purpose string) fyne.CanvasObject {
	head := container.New(&StackLayout{Gap: -Unit}, Subtitle(name))
	if purpose != "" {
		head.Add(Small(purpose))
	}
	return head
}

// CreateRenderer draws the background and the content on it.
func (s *Surface) CreateRenderer() fyne.WidgetRenderer {
	r := &surfaceRenderer{s: s, back: newPlate()}
	r.objects = append(r.back.all, s.content)
	r.Refresh()
	return r
}

type surfaceRenderer struct {
	s    *Surface
	back *plate

	objects []fyne.CanvasObject
}

func (r *surfaceRenderer) Destroy() {}

func (r *surfaceRenderer) Objects() []fyne.CanvasObject {
	r.objects[len(r.objects)-1] = r.s.content
	return r.objects
}

func (r *surfaceRenderer) MinSize() fyne.Size {
	return r.s.content.MinSize().AddWidthHeight(2*r.s.padding, 2*r.s.padding)
}

func (r *surfaceRenderer) Layout(size fyne.Size) {
	r.back.resize(size)
	r.s.content.Move(fyne.NewSquareOffsetPos(r.s.padding))
	r.s.content.Resize(size.SubtractWidthHeight(2*r.s.padding, 2*r.s.padding))
}

func (r *surfaceRenderer) Refresh() {
	var border color.Color
	if r.s.Border != "" {
		border = Color(r.s.Border)
	}
	r.back.paint(r.s.Radius, Color(r.s.Fill), border)
	r.s.content.Refresh()
}

// NoticeKind is a kind of notice, each with its own icon beside its own colour.
type NoticeKind int

const (
	Remark  NoticeKind = iota // good to know
	Success                   // went well
	Warning                   // works, but look at it
	Failure                   // does not work
)

// NoticeLooks are the icon and the colours of each kind. They never change.
var NoticeLooks = map[NoticeKind]struct {
	Icon       string
	Tint, Fill fyne.ThemeColorName
}{
	Remark:  {"info", ColorSoft, ColorNotice},
	Success: {"check", "success", ColorGood},
	Warning: {"warning", "warning", ColorAlert},
	Failure: {"cross", "error", ColorFail},
}

// Notice is a line in its place on the page: icon, text and, if any, buttons.
func Notice(kind NoticeKind, text string, actions ...fyne.CanvasObject) *Surface {
	return NoticeWith(kind, Body(text), actions...)
}

// NoticeWith is a notice of any content, with its buttons below it.
func NoticeWith(kind NoticeKind, content fyne.CanvasObject, actions ...fyne.CanvasObject) *Surface {
	l := NoticeLooks[kind]
	if len(actions) > 0 {
		content = container.New(&actionsLayout{}, content, container.New(&FlowLayout{Gap: Unit}, actions...))
	}
	picture := container.NewVBox(Padded(Unit, IconImage(Tinted(l.Icon, l.Tint), 22)))
	return NewSurface(l.Fill, Unit, container.NewBorder(nil, nil, picture, nil, content))
}

// EmptyPlace is what a page shows while it has nothing: a picture, a sentence
// and what to do.
func EmptyPlace(iconName, text string, actions ...fyne.CanvasObject) fyne.CanvasObject {
	words := Body(text)
	words.Alignment = fyne.TextAlignCenter
	all := []fyne.CanvasObject{container.NewCenter(IconImage(Tinted(iconName, "primary"), Unit*9)), words}
	if len(actions) > 0 {
		all = append(all, container.NewCenter(Row(actions...)))
	}
	return container.New(MiddleLayout{}, Rows(all...))
}

// MiddleLayout puts one object into the middle, at most 480 units wide.
type MiddleLayout struct{}

func (MiddleLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	o, width := objects[0], min(size.Width, 480)
	h := rowHeight(objects, width)
	o.Resize(fyne.NewSize(width, h))
	h = o.MinSize().Height
	SetBounds(o, (size.Width-width)/2, max(0, (size.Height-h)/2), width, h)
}

func (MiddleLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }
