package ui

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

func TestALargePlateLooksLikeARoundedRectangle(t *testing.T) {
	test.NewTempApp(t)
	const half = 31 // and a little, of the way from one colour to the other, which a line between two pixels has
	fill, border := color.NRGBA{40, 50, 60, 255}, color.NRGBA{100, 80, 0, 255}
	for _, c := range []struct {
		border color.Color
		size   fyne.Size
	}{{border, fyne.NewSize(300, 400)}, {nil, fyne.NewSize(300, 400)}, {border, fyne.NewSize(900, 80)}} {
		pixels := func(whole bool) func(x, y int) color.NRGBA {
			p := newPlate()
			p.paint(12, fill, c.border)
			p.resize(c.size)
			if whole {
				for _, o := range p.all {
					SetVisible(o, o == p.whole)
				}
				p.whole.Resize(c.size)
			} else if p.whole.Visible() {
				t.Fatalf("%v is not large", c.size)
			}
			w := test.NewTempWindow(t, container.NewWithoutLayout(p.all...))
			w.SetPadded(false)
			w.Resize(c.size)
			picture := w.Canvas().Capture()
			return func(x, y int) color.NRGBA { return color.NRGBAModel.Convert(picture.At(x, y)).(color.NRGBA) }
		}
		got, want := pixels(false), pixels(true)
		differ := 0
		for y := range int(c.size.Height) {
			for x := range int(c.size.Width) {
				g, w := got(x, y), want(x, y)
				if abs(float32(g.R)-float32(w.R)) > half || abs(float32(g.B)-float32(w.B)) > half || abs(float32(g.A)-float32(w.A)) > 8*half {
					differ++
				}
			}
		}
		right, low := int(c.size.Width)-1, int(c.size.Height)-1
		for _, at := range [][2]int{{0, low / 2}, {right, low / 2}, {right / 2, 0}, {right / 2, low}} {
			if g := got(at[0], at[1]); c.border != nil && g != border || c.border == nil && g != fill {
				t.Errorf("border %v, %v: the edge at %v is %v", c.border != nil, c.size, at, g)
			}
		}
		if differ > 64 { // of the curves' soft edges
			t.Errorf("border %v, %v: %d pixels differ", c.border != nil, c.size, differ)
		}
	}
}
