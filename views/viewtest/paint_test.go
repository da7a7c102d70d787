package viewtest

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

var (
	red  = color.NRGBA{R: 255, A: 255}
	blue = color.NRGBA{B: 255, A: 255}
)

func TestAPictureIsCutAtEveryScrollAround(t *testing.T) {
	test.NewTempApp(t)
	inner := container.NewScroll(fill(red, 200, 200))
	inner.Resize(fyne.NewSize(100, 100))
	inner.Move(fyne.NewPos(0, 30)) // reaches out of the outer one
	outer := container.NewScroll(container.NewWithoutLayout(inner))
	outer.Resize(fyne.NewSize(60, 60))
	c := canvasOf(t, outer)
	for _, at := range []struct {
		x, y int
		red  bool
	}{{10, 40, true}, {59, 59, true}, {10, 20, false}, {10, 62, false}, {62, 40, false}} {
		if got := c.at(at.x, at.y) == red; got != at.red {
			t.Errorf("at %d,%d: red is %v", at.x, at.y, got)
		}
	}
}

func TestARoundedBoxKeepsItsPlaceAtTheEdgeOfAScroll(t *testing.T) {
	test.NewTempApp(t)
	box := fill(red, 40, 40)
	box.CornerRadius, box.StrokeColor, box.StrokeWidth = 8, blue, 4
	s := container.NewScroll(container.NewWithoutLayout(box))
	s.Resize(fyne.NewSize(100, 100))
	s.Move(fyne.NewPos(20, 20))
	c := canvasOf(t, s)
	if c.at(20, 40) != blue || c.at(25, 40) != red || c.at(59, 40) != blue || c.at(54, 40) != red {
		t.Errorf("the box has moved: %v %v %v %v", c.at(20, 40), c.at(25, 40), c.at(54, 40), c.at(59, 40))
	}
}

func fill(c color.Color, width, height float32) *canvas.Rectangle {
	r := canvas.NewRectangle(c)
	r.SetMinSize(fyne.NewSize(width, height))
	r.Resize(fyne.NewSize(width, height))
	return r
}

// painted is a picture of one object.
type painted struct{ at func(x, y int) color.Color }

func canvasOf(t *testing.T, o fyne.CanvasObject) painted {
	t.Helper()
	w := test.NewTempWindow(t, container.NewWithoutLayout(o))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(150, 150))
	img := paint(w.Canvas())
	return painted{img.At}
}
