package views

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"lamplighter/views/textfit"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// linesOf are a label's lines at a width.
func linesOf(t *testing.T, text string, width float32) (lines []string) {
	t.Helper()
	l := ui.Body(text)
	w := test.NewTempWindow(t, l)
	w.Resize(fyne.NewSize(width, 400))
	for _, o := range test.LaidOutObjects(w.Content()) {
		if line, ok := o.(*canvas.Text); ok {
			lines = append(lines, viewtest.Unmarked(line.Text))
		}
	}
	return lines
}

func TestNoLineOfChineseBeginsWithACommaOrEndsEarlyBeforeAWord(t *testing.T) {
	viewtest.NewWindow(t, nil) // the program's own fonts
	text := "2. Windows 可能需要安装 USB 芯片的驱动：CH9102（掌控板 2.1 及以后）、CP210x（掌控板 2.0）或 CH340。板子厂商的软件里带有驱动，请在“设置”里看一看。"
	letter := fyne.MeasureText("中", 15, fyne.TextStyle{}).Width
	for width := float32(160); width < 700; width += 7 {
		lines := linesOf(t, text, width)
		if got := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); got != strings.ReplaceAll(text, " ", "") {
			t.Fatalf("%.0f wide it says %q", width, lines)
		}
		for i, line := range lines {
			runes := []rune(line)
			if textfit.Closes(runes[0]) || textfit.Opens(runes[len(runes)-1]) {
				t.Errorf("%.0f wide, line %d is %q", width, i+1, line)
			}
			// The longest that stays together is a word with its signs: "（掌控板" or "Windows".
			if room := width - 4*ui.Unit - fyne.MeasureText(line, 15, fyne.TextStyle{}).Width; i < len(lines)-1 && room > 6*letter {
				t.Errorf("%.0f wide, line %d, %q, ends %.0f early", width, i+1, line, room)
			}
		}
	}
}

func TestTheMarkOfABreakIsNotDrawn(t *testing.T) {
	viewtest.NewWindow(t, nil)
	text := "板子只支持 2.4 GHz，看不到 5 GHz 的网络。"
	marked := textfit.Breakable(text)
	if strings.Count(marked, string(textfit.BreakMark)) < 8 {
		t.Fatalf("%q has too few places for a break", marked)
	}
	if a, b := fyne.MeasureText(text, 15, fyne.TextStyle{}), fyne.MeasureText(marked, 15, fyne.TextStyle{}); a != b {
		t.Errorf("%v with marks, %v without", b, a)
	}
	if english := "Boards hear 2.4 GHz only."; textfit.Breakable(english) != english {
		t.Error("English is marked")
	}
}
