package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// reveal scrolls what has got the focus into view, for who goes from field to
// field by Tab. Fyne's scrollers follow the mouse wheel only.
func reveal(o fyne.CanvasObject) {
	c := canvasOf(o)
	if c == nil {
		return
	}
	layers := append([]fyne.CanvasObject{c.Content()}, c.Overlays().List()...)
	for i := len(layers) - 1; i >= 0; i-- {
		if _, found := revealIn(layers[i], o); found {
			return
		}
	}
}

// revealIn finds o inside root, scrolls every scroller on the way, and tells
// where o is in root.
func revealIn(root, o fyne.CanvasObject) (at fyne.Position, found bool) {
	if root == nil || !root.Visible() {
		return at, false
	}
	if root == o {
		return at, true
	}
	for _, child := range inside(root) {
		at, found := revealIn(child, o)
		if !found {
			continue
		}
		if s, ok := root.(*container.Scroll); ok {
			scrollTo(s, at, o.Size())
		}
		return at.Add(child.Position()), true
	}
	return at, false
}

// inside is what a container of ours holds.
func inside(o fyne.CanvasObject) []fyne.CanvasObject {
	switch v := o.(type) {
	case *fyne.Container:
		return v.Objects
	case *container.Scroll:
		return []fyne.CanvasObject{v.Content}
	case *container.Split:
		return []fyne.CanvasObject{v.Leading, v.Trailing}
	case *surface:
		return []fyne.CanvasObject{v.content}
	}
	return nil
}

// scrollTo moves a scroller by the least that shows what is at a place of its
// content, with some room around it.
func scrollTo(s *container.Scroll, at fyne.Position, size fyne.Size) {
	const room = 2 * unit
	top, bottom := at.Y-room, at.Y+size.Height+room
	offset := s.Offset
	if bottom > offset.Y+s.Size().Height {
		offset.Y = bottom - s.Size().Height
	}
	if top < offset.Y {
		offset.Y = top
	}
	offset.Y = min(max(offset.Y, 0), max(0, s.Content.Size().Height-s.Size().Height))
	if offset != s.Offset {
		s.ScrollToOffset(offset)
	}
}
