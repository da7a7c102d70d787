package ui

import (
	"encoding/json"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"golang.org/x/text/encoding/simplifiedchinese"

	"lamplighter/app/settings"
	"lamplighter/assets"
	"lamplighter/i18n"
)

func TestMonospaceKeepsItsColumnsWithSpacesInThem(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewLook(settings.LightTheme, 1, false))
	mono := fyne.TextStyle{Monospace: true}
	letters, spaces := fyne.MeasureText("aaaaaaaaaa", 100, mono).Width, fyne.MeasureText("a        a", 100, mono).Width
	if d := letters - spaces; d > 3 || d < -3 {
		t.Errorf("ten letters are %v wide, with spaces %v", letters, spaces)
	}
}

func TestChineseIsDrawnInEveryStyleWithoutTheSystemsFonts(t *testing.T) {
	l := NewLook(settings.LightTheme, 1, false)
	for _, style := range []fyne.TextStyle{{}, {Bold: true}, {Italic: true}, {Bold: true, Italic: true}, {Monospace: true}, {Monospace: true, Bold: true}} {
		if name := l.Font(style).Name(); name != "cjk.otf" && name != "cjk-bold.otf" && name != "cjk-mono.otf" {
			t.Errorf("%+v is drawn with %s", style, name)
		}
	}
}

// allTexts reads every text of a language, a plural's forms in one.
func allTexts(t *testing.T, tag string) map[string]string {
	t.Helper()
	names, err := filepath.Glob("../../i18n/translations/" + tag + "/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no texts: %v", err)
	}
	all := map[string]string{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var flat map[string]any
		if err := json.Unmarshal(data, &flat); err != nil {
			t.Fatal(err)
		}
		for key, text := range flat {
			all[key] = fmt.Sprint(text)
		}
	}
	return all
}

// The font has the characters of GB 2312: a text with another one would show a
// box on a computer without Chinese fonts.
func TestEveryChineseTextIsInTheFont(t *testing.T) {
	gb := simplifiedchinese.HZGB2312
	for key, text := range allTexts(t, "zh-Hans") {
		for _, r := range text {
			if r < 0x2e80 {
				continue
			}
			if _, err := gb.NewEncoder().String(string(r)); err != nil {
				t.Errorf("%s: %q is not in the font", key, r)
			}
		}
	}
}

// Fyne's Noto Sans lacks most signs beyond Latin, Greek and Cyrillic; tools/font.sh
// adds some.
func TestEveryTextKeepsToSignsThatEveryFontHas(t *testing.T) {
	known := "·…–—“”‘’×°±µ•′″¹²³½" + "←↑→↓−≈≠≤≥∞■□▲△▼▽◆◇○●★☆℃"
	for _, l := range i18n.Languages() {
		for key, text := range allTexts(t, l.Tag) {
			for _, r := range text {
				if r < 0x80 || r >= 0x2e80 || unicode.IsLetter(r) {
					continue
				}
				if !strings.ContainsRune(known, r) {
					t.Errorf("%s %s: %q (U+%04X) may be a box on the screen", l.Tag, key, r, r)
				}
			}
		}
	}
}

// oneColour reports whether a picture is of one colour.
func oneColour(img image.Image) bool {
	b := img.Bounds()
	first := img.At(b.Min.X, b.Min.Y)
	for x := b.Min.X; x < b.Max.X; x++ {
		for y := b.Min.Y; y < b.Max.Y; y++ {
			if img.At(x, y) != first {
				return false
			}
		}
	}
	return true
}

func TestEveryIconIsDrawn(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewLook(settings.LightTheme, 1, false))
	w := test.NewTempWindow(t, nil)
	w.Resize(fyne.NewSize(64, 64))
	err := fs.WalkDir(assets.Icons, "icons", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := assets.Icons.ReadFile(name)
		if err != nil {
			return err
		}
		img := IconImage(fyne.NewStaticResource(d.Name(), data), 48)
		w.SetContent(img)
		if oneColour(w.Canvas().Capture()) {
			t.Errorf("%s draws nothing", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
