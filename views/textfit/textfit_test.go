package textfit

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestTextIsCutInItsMiddleOnlyWhereItsLinesAreTooFew(t *testing.T) {
	test.NewTempApp(t)
	for _, text := range []string{"", "lamp-07", "Li Ming's lamp at the window", strings.Repeat("窗边的灯", 10), strings.Repeat("W", 64)} {
		for most := 1; most <= 3; most++ {
			lines := WrapMiddle(text, 12, fyne.TextStyle{}, 100, most)
			if len(lines) > most {
				t.Errorf("%q in %d lines: %q", text, most, lines)
			}
			whole := strings.Join(Wrap(text, 12, fyne.TextStyle{}, 100, 99), "\n")
			shown := strings.Join(lines, "\n")
			if fits := strings.Count(whole, "\n") < most; fits != (shown == whole) {
				t.Errorf("%q in %d lines: %q", text, most, shown)
			} else if !fits && (!strings.HasPrefix(shown, text[:3]) || !strings.HasSuffix(shown, text[len(text)-3:])) {
				t.Errorf("%q in %d lines has lost an end: %q", text, most, shown)
			}
			for _, line := range lines {
				if w := Width(line, 12, fyne.TextStyle{}); w > 100 {
					t.Errorf("%q is %.0f wide", line, w)
				}
			}
		}
	}
}
