package labels_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/goregular"

	"lamplighter/app/roster/labels"
)

// fonts are a Latin one and that of the program.
func fonts(t *testing.T) *labels.Fonts {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	chinese, err := os.ReadFile(filepath.Join(filepath.Dir(here), "../../../assets/fonts/cjk.otf"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := labels.NewFonts(goregular.TTF, chinese)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func class(n int) (all []labels.Label) {
	pupils := []string{"李小明", "欧阳娜娜", "Zoë Müller", strings.Repeat("长", 60), "", "Maximilian Alexander von Hohenstein-Langenburg"}
	for i := range n {
		all = append(all, labels.Label{
			Board: fmt.Sprintf("lamp-%02d", i+1), Pupil: pupils[i%len(pupils)], Topic: fmt.Sprintf("class-3a/lamp-%02d/light", i+1),
			Page: "http://192.168.1.57:8100/",
		})
	}
	return all
}

func TestLabelsAreAPDFWithAPageForEach24(t *testing.T) {
	all := class(30)
	data, missing, err := labels.PDF(all, fonts(t))
	if err != nil || !bytes.HasPrefix(data, []byte("%PDF-")) {
		t.Fatalf("%v, %.20q", err, data)
	}
	if pages := bytes.Count(data, []byte("/Type /Page\n")); pages != 2 || missing != 0 {
		t.Errorf("%d pages, %d letters missing", pages, missing)
	}
	if len(data) > 400<<10 {
		t.Errorf("%d KB", len(data)>>10)
	}
	if dir := os.Getenv("LAMPLIGHTER_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "labels.pdf"), data, 0o600); err != nil {
			t.Error(err)
		}
	}
}

func TestLettersThatNoFontHasAreCountedAndLabelsBounded(t *testing.T) {
	f := fonts(t)
	if _, missing, err := labels.PDF([]labels.Label{{Pupil: "李\U00020BB7"}, {Board: "x"}}, f); err != nil || missing != 1 {
		t.Errorf("%d missing, %v", missing, err)
	}
	if _, _, err := labels.PDF(make([]labels.Label, labels.MaxLabels+1), f); !errors.Is(err, labels.ErrTooMany) {
		t.Error(err)
	}
	if _, _, err := labels.PDF([]labels.Label{{Page: "http://" + strings.Repeat("x", 9000)}}, f); err != nil {
		t.Errorf("a page's address that is too long: %v", err)
	}
	if _, err := labels.NewFonts([]byte("no font")); err == nil {
		t.Error("what is no font is taken")
	}
}
