package views

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// surface is content on a rounded background in a colour of the theme.
type surface struct {
	widget.BaseWidget
	fill, border fyne.ThemeColorName // border "" = none
	radius, room float32
	content      fyne.CanvasObject
}

func newSurface(fill fyne.ThemeColorName, room float32, content fyne.CanvasObject) *surface {
	s := &surface{fill: fill, radius: unit * 1.5, room: room, content: content}
	s.ExtendBaseWidget(s)
	return s
}

// card is content that belongs together, on a rounded card.
func card(content fyne.CanvasObject) *surface {
	s := newSurface(colorCard, unit*2, content)
	s.border = "separator"
	return s
}

// titledCard is a card with a title and, if any, a line that says what it is for.
func titledCard(name, purpose string, content ...fyne.CanvasObject) *surface {
	return card(rows(append([]fyne.CanvasObject{heading(name, purpose)}, content...)...))
}

// heading is the name of a part of a page with, if any, a line close under it.
func heading(name, purpose string) fyne.CanvasObject {
	head := container.New(&stackLayout{gap: -unit}, subtitle(name))
	if purpose != "" {
		head.Add(small(purpose))
	}
	return head
}

// CreateRenderer draws the background and the content on it.
func (s *surface) CreateRenderer() fyne.WidgetRenderer {
	r := &surfaceRenderer{s: s, back: newPlate()}
	r.objects = append(r.back.all, s.content)
	r.Refresh()
	return r
}

type surfaceRenderer struct {
	s    *surface
	back *plate

	objects []fyne.CanvasObject
}

func (r *surfaceRenderer) Destroy() {}

func (r *surfaceRenderer) Objects() []fyne.CanvasObject {
	r.objects[len(r.objects)-1] = r.s.content
	return r.objects
}

func (r *surfaceRenderer) MinSize() fyne.Size {
	return r.s.content.MinSize().AddWidthHeight(2*r.s.room, 2*r.s.room)
}

func (r *surfaceRenderer) Layout(size fyne.Size) {
	r.back.resize(size)
	r.s.content.Move(fyne.NewSquareOffsetPos(r.s.room))
	r.s.content.Resize(size.SubtractWidthHeight(2*r.s.room, 2*r.s.room))
}

func (r *surfaceRenderer) Refresh() {
	var border color.Color
	if r.s.border != "" {
		border = shade(r.s.border)
	}
	r.back.paint(r.s.radius, shade(r.s.fill), border)
	r.s.content.Refresh()
}

// The kinds of notice, each with its own icon beside its own colour.
type noticeKind int

const (
	remark  noticeKind = iota // good to know
	success                   // went well
	warning                   // works, but look at it
	failure                   // does not work
)

var noticeLooks = map[noticeKind]struct {
	icon       string
	tint, fill fyne.ThemeColorName
}{
	remark:  {"info", colorSoft, colorNotice},
	success: {"check", "success", colorGood},
	warning: {"warning", "warning", colorAlert},
	failure: {"cross", "error", colorFail},
}

// notice is a line in its place on the page: icon, text and, if any, buttons.
func notice(kind noticeKind, text string, actions ...fyne.CanvasObject) *surface {
	return noticeWith(kind, body(text), actions...)
}

func noticeWith(kind noticeKind, content fyne.CanvasObject, actions ...fyne.CanvasObject) *surface {
	l := noticeLooks[kind]
	if len(actions) > 0 {
		content = container.New(&actionsLayout{}, content, container.New(&flowLayout{gap: unit}, actions...))
	}
	picture := container.NewVBox(padded(unit, iconImage(tinted(l.icon, l.tint), 22)))
	return newSurface(l.fill, unit, container.NewBorder(nil, nil, picture, nil, content))
}

// emptyPlace is what a page shows while it has nothing: a picture, a sentence
// and what to do.
func emptyPlace(iconName, text string, actions ...fyne.CanvasObject) fyne.CanvasObject {
	words := body(text)
	words.Alignment = fyne.TextAlignCenter
	all := []fyne.CanvasObject{container.NewCenter(iconImage(tinted(iconName, "primary"), unit*9)), words}
	if len(actions) > 0 {
		all = append(all, container.NewCenter(row(actions...)))
	}
	return container.New(middleLayout{}, rows(all...))
}

// middleLayout puts one object into the middle, at most 480 units wide.
type middleLayout struct{}

func (middleLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	o, width := objects[0], min(size.Width, 480)
	h := rowHeight(objects, width)
	o.Resize(fyne.NewSize(width, h))
	h = o.MinSize().Height
	o.Resize(fyne.NewSize(width, h))
	o.Move(fyne.NewPos((size.Width-width)/2, max(0, (size.Height-h)/2)))
}

func (middleLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }
