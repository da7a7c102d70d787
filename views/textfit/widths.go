package textfit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// LineHeight is how high a line of such a text is; measuring "M" is remembered,
// where the text itself, which is another each time, is not.
func LineHeight(t *canvas.Text) float32 {
	return fyne.MeasureText("M", t.TextSize, t.TextStyle).Height
}

// Widths remembers how wide single characters are, so that lines which change
// thirty times a second are cut without shaping them.
type Widths struct {
	size  float32
	style fyne.TextStyle
	known map[rune]float32
}

// maxWidths keeps a hostile alphabet from filling the memory.
const maxWidths = 8192

// Fit cuts text to a width, with an ellipsis where something is missing.
func (w *Widths) Fit(s string, size float32, style fyne.TextStyle, width float32) string {
	if w.size != size || w.style != style || len(w.known) > maxWidths {
		*w = Widths{size, style, map[rune]float32{}}
	}
	room := width - w.of('…')
	used, cut := float32(0), -1
	for i, r := range s {
		used += w.of(r)
		if used > room && cut < 0 {
			cut = i
		}
		if used > width {
			if room < 0 {
				return ""
			}
			return s[:cut] + Ellipsis
		}
	}
	return s
}

// Width is about how wide text is.
func (w *Widths) Width(s string, size float32, style fyne.TextStyle) float32 {
	if w.size != size || w.style != style || len(w.known) > maxWidths {
		*w = Widths{size, style, map[rune]float32{}}
	}
	used := float32(0)
	for _, r := range s {
		used += w.of(r)
	}
	return used
}

func (w *Widths) of(r rune) float32 {
	v, ok := w.known[r]
	if !ok {
		v = Width(string(r), w.size, w.style)
		w.known[r] = v
	}
	return v
}
