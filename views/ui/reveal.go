package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Reveal scrolls what has got the focus into view, for who goes from field to
// field by Tab. Fyne's scrollers follow the mouse wheel only.
func Reveal(o fyne.CanvasObject) {
	var at fyne.Position
	around := pathTo(o)
	for i := 1; i < len(around); i++ {
		if s, ok := around[i].(*container.Scroll); ok {
			scrollTo(s, at, o.Size())
		}
		at = at.Add(around[i-1].Position())
	}
}

// pathTo is o and what is around it, the innermost first; nil where it is not to
// be seen.
func pathTo(o fyne.CanvasObject) []fyne.CanvasObject {
	c := canvasOf(o)
	if c == nil {
		return nil
	}
	layers := append([]fyne.CanvasObject{c.Content()}, c.Overlays().List()...)
	for _, layer := range slices.Backward(layers) {
		if path := pathIn(layer, o); path != nil {
			return path
		}
	}
	return nil
}

func pathIn(root, o fyne.CanvasObject) []fyne.CanvasObject {
	if root == nil || !root.Visible() {
		return nil
	}
	if root == o {
		return []fyne.CanvasObject{o}
	}
	for _, child := range inside(root) {
		if path := pathIn(child, o); path != nil {
			return append(path, root)
		}
	}
	return nil
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
	case *Surface:
		return []fyne.CanvasObject{v.content}
	}
	return nil
}

// scrollTo moves a scroller by the least that shows what is at a place of its
// content, with some room around it.
func scrollTo(s *container.Scroll, at fyne.Position, size fyne.Size) {
	const room = 2 * Unit
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
