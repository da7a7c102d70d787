package chart

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/topics"
)

// chartWords are the texts of a chart that can be seen.
func chartWords(c *Chart) (words []string) {
	for _, t := range slices.Concat(c.labels, c.legend, c.ends) {
		if t.Visible() && t.Text != "" {
			words = append(words, t.Text)
		}
	}
	return words
}

func TestNoTwoLinesOfAChartHaveTheSameNumber(t *testing.T) {
	test.NewTempApp(t)
	c := New()
	w := test.NewTempWindow(t, c)
	w.Resize(fyne.NewSize(400, 300))
	at := time.Now().UnixNano()
	for _, values := range [][]float64{{-501}, {0.001, 0.0012}, {1000, 1001}, {1e7, 2e7}, {-3, 3}, {1.7e9, 1.7e9 + 1}, {1e300}, {-math.MaxFloat64, math.MaxFloat64}, {5e-324, 0}} {
		var points []topics.Point
		for i, v := range values {
			points = append(points, topics.Point{At: at + int64(i)*int64(time.Second), V: v})
		}
		c.Set([]Line{{"x", points}})
		words := chartWords(c)[:gridLines+1]
		if n := len(slices.Compact(slices.Clone(words))); n != gridLines+1 {
			t.Errorf("%v has the lines %q", values, words)
		}
	}
}

func TestTheLinesOfAChartAreAtRoundNumbers(t *testing.T) {
	for _, c := range []struct{ low, high, bottom, top float64 }{{20.6, 22.4, 20.5, 22.5}, {-3.7, 3.7, -4, 4}, {0.2, 103, 0, 120}, {998.9, 1001.1, 998, 1002}} {
		bottom, top := roundSteps(c.low, c.high)
		if math.Abs(bottom-c.bottom) > 1e-9 || math.Abs(top-c.top) > 1e-9 {
			t.Errorf("%v to %v becomes %v to %v", c.low, c.high, bottom, top)
		}
	}
}

func TestCurvesAreToldApartWithoutTheirColours(t *testing.T) {
	test.NewTempApp(t)
	c := New()
	w := test.NewTempWindow(t, c)
	w.Resize(fyne.NewSize(400, 300))
	at := time.Now().UnixNano()
	line := func(v float64) Line {
		return Line{"a", []topics.Point{{At: at, V: v}, {At: at + int64(time.Minute), V: v}}}
	}
	c.Set([]Line{line(1), line(2)})
	words := chartWords(c)
	if !slices.Contains(words, "2 ● a = 2") || !slices.Contains(words, "2") || !(c.ends[0].Position().Y > c.ends[1].Position().Y) {
		t.Errorf("it says %q", words)
	}
	c.Set([]Line{line(1)})
	if words := chartWords(c); !slices.Contains(words, "● a = 1") || slices.Contains(words, "1 ● a = 1") {
		t.Errorf("one curve has a number: %q", words)
	}
}

func TestAPlotsPictureIsLargeWhateverTheWindowIs(t *testing.T) {
	test.NewTempApp(t)
	c := New()
	c.Set([]Line{{"a", []topics.Point{{At: 1, V: 1}, {At: 2, V: 2}}}})
	img := c.Picture()
	if size := img.Bounds().Size(); size.X < pictureWide || size.Y < pictureHigh {
		t.Errorf("it has %v points", size)
	}
	curve, tints := curveColor(0), 0
	for x := range img.Bounds().Dx() {
		for y := range img.Bounds().Dy() {
			if r, g, b, _ := img.At(x, y).RGBA(); r>>8 == uint32(curve.R) && g>>8 == uint32(curve.G) && b>>8 == uint32(curve.B) {
				tints++
			}
		}
	}
	if tints < pictureWide {
		t.Errorf("the curve has %d points", tints)
	}
}

func TestAChartOfAnyNumbersHasItsCurveInThePicture(t *testing.T) {
	test.NewTempApp(t)
	at := time.Now().UnixNano()
	for _, values := range [][]float64{{1e300}, {-math.MaxFloat64, math.MaxFloat64}, {0, 5e-324}, {1 << 60, 1<<60 + 1}, {-7}} {
		c := New()
		var points []topics.Point
		for i, v := range values {
			points = append(points, topics.Point{At: at + int64(i), V: v})
		}
		c.Set([]Line{{"x", points}})
		for _, p := range points {
			if x, y := c.width(p.At), c.height(p.V); !(x >= 0 && x <= 1 && y >= 0 && y <= 1) {
				t.Errorf("%v: %v is at %v, %v", values, p.V, x, y)
			}
		}
		for _, word := range chartWords(c) {
			if strings.Contains(word, "NaN") || strings.Contains(word, "Inf") {
				t.Errorf("%v: it says %q", values, word)
			}
		}
	}
}

func TestNoZoomLosesTheCurve(t *testing.T) {
	test.NewTempApp(t)
	c := New()
	at := int64(1_790_000_000_123_456_789)
	var points []topics.Point
	for i := range 100 {
		points = append(points, topics.Point{At: at + int64(i)*int64(time.Second), V: float64(i)})
	}
	c.Set([]Line{{"x", points}})
	all := func(key fyne.KeyName) {
		for range 300 {
			c.TypedKey(&fyne.KeyEvent{Name: key})
		}
	}
	touches := func(what string) {
		t.Helper()
		if c.first > c.newest || c.last < c.oldest || c.last-c.first < int64(time.Millisecond)*9/10 || c.last-c.first > 5*(c.newest-c.oldest) {
			t.Errorf("%s: %v of it is in view, from %v", what, time.Duration(c.last-c.first), time.Unix(0, c.first))
		}
	}
	all(fyne.KeyDown)
	touches("zoomed out")
	all(fyne.KeyUp)
	touches("zoomed in")
	all(fyne.KeyDown)
	all(fyne.KeyLeft)
	touches("moved back")
	all(fyne.KeyUp)
	all(fyne.KeyRight)
	touches("moved on")
	c.TypedRune('0')
	if c.first != c.oldest || c.last != c.newest {
		t.Error("0 does not show all")
	}
}
