package views

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/topics"
)

// chartWords are the texts of a chart that can be seen.
func chartWords(c *chart) (words []string) {
	for _, t := range slices.Concat(c.labels, c.legend, c.ends) {
		if t.Visible() && t.Text != "" {
			words = append(words, t.Text)
		}
	}
	return words
}

func TestNoTwoLinesOfAChartHaveTheSameNumber(t *testing.T) {
	test.NewTempApp(t)
	c := newChart()
	w := test.NewTempWindow(t, c)
	w.Resize(fyne.NewSize(400, 300))
	at := time.Now().UnixNano()
	for _, values := range [][]float64{{-501}, {0.001, 0.0012}, {1000, 1001}, {1e7, 2e7}, {-3, 3}} {
		var points []topics.Point
		for i, v := range values {
			points = append(points, topics.Point{At: at + int64(i)*int64(time.Second), V: v})
		}
		c.set([]chartLine{{"x", points}})
		words := chartWords(c)[:gridLines+1]
		if n := len(slices.Compact(slices.Clone(words))); n != gridLines+1 {
			t.Errorf("%v has the lines %q", values, words)
		}
	}
}

func TestCurvesAreToldApartWithoutTheirColours(t *testing.T) {
	test.NewTempApp(t)
	c := newChart()
	w := test.NewTempWindow(t, c)
	w.Resize(fyne.NewSize(400, 300))
	at := time.Now().UnixNano()
	line := func(v float64) chartLine {
		return chartLine{"a", []topics.Point{{At: at, V: v}, {At: at + int64(time.Minute), V: v}}}
	}
	c.set([]chartLine{line(1), line(2)})
	words := chartWords(c)
	if !slices.Contains(words, "2 ● a = 2") || !slices.Contains(words, "2") || !(c.ends[0].Position().Y > c.ends[1].Position().Y) {
		t.Errorf("it says %q", words)
	}
	c.set([]chartLine{line(1)})
	if words := chartWords(c); !slices.Contains(words, "● a = 1") || slices.Contains(words, "1 ● a = 1") {
		t.Errorf("one curve has a number: %q", words)
	}
}

func TestAPlotsPictureIsLargeWhateverTheWindowIs(t *testing.T) {
	test.NewTempApp(t)
	c := newChart()
	c.set([]chartLine{{"a", []topics.Point{{At: 1, V: 1}, {At: 2, V: 2}}}})
	img := c.picture()
	if size := img.Bounds().Size(); size.X < pictureWide || size.Y < pictureHigh {
		t.Errorf("it has %v points", size)
	}
	tints := 0
	for x := range img.Bounds().Dx() {
		for y := range img.Bounds().Dy() {
			if r, g, b, _ := img.At(x, y).RGBA(); r>>8 == uint32(chartTints[0].R) && g>>8 == uint32(chartTints[0].G) && b>>8 == uint32(chartTints[0].B) {
				tints++
			}
		}
	}
	if tints < pictureWide {
		t.Errorf("the curve has %d points", tints)
	}
}
