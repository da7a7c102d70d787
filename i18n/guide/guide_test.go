package guide

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lamplighter/i18n"
)

// maxPictures bounds what all pictures of a language add to a package, in bytes.
const maxPictures = 120 << 10

func chapters(t *testing.T, language string) []Chapter {
	t.Helper()
	all, err := Chapters(language)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryLanguageHasTheSameChaptersSectionsAndPictures(t *testing.T) {
	english := chapters(t, "en")
	for _, l := range i18n.Languages() {
		own := chapters(t, l.Tag)
		if len(own) != len(english) {
			t.Fatalf("%s has %d chapters, English %d", l.Tag, len(own), len(english))
		}
		for i, c := range own {
			if c.Name != english[i].Name || len(c.Sections) != len(english[i].Sections) {
				t.Errorf("%s: %s has %d sections, in English %s %d", l.Tag, c.Name, len(c.Sections), english[i].Name, len(english[i].Sections))
				continue
			}
			for j, s := range c.Sections {
				if a, b := kinds(s), kinds(english[i].Sections[j]); a != b {
					t.Errorf("%s: %s, %q has the blocks %s, in English %s", l.Tag, c.Name, s.Heading, a, b)
				}
			}
		}
	}
}

func kinds(s Section) string {
	var b strings.Builder
	for _, block := range s.Blocks {
		b.WriteByte("TICP"[block.Kind])
	}
	return b.String()
}

func TestEveryPictureIsShownAndAllAreSmall(t *testing.T) {
	for _, l := range i18n.Languages() {
		shown, bytes := 0, 0
		for _, c := range chapters(t, l.Tag) {
			for _, s := range c.Sections {
				for _, b := range s.Blocks {
					if b.Kind == Picture {
						shown++
						bytes += len(b.Picture)
						checkPicture(t, b)
					}
				}
			}
		}
		there, err := fs.Glob(files, path.Join(l.Tag, "*.png"))
		if err != nil || len(there) != shown || shown == 0 {
			t.Errorf("%s has the pictures %q, and shows %d (%v)", l.Tag, there, shown, err)
		}
		if bytes > maxPictures {
			t.Errorf("%s has %d bytes of pictures", l.Tag, bytes)
		}
	}
}

func checkPicture(t *testing.T, b Block) {
	t.Helper()
	if p, err := png.DecodeConfig(bytes.NewReader(b.Picture)); err != nil || p.Width > 1024 || b.Text == "" {
		t.Errorf("%q: %v, %+v", b.Text, err, p)
	}
}

func TestAFileThatIsNoChapterIsAnError(t *testing.T) {
	if _, err := Chapters("tlh"); err == nil {
		t.Error("a language without a guide has one")
	}
	none := func(string) ([]byte, error) { return nil, fs.ErrNotExist }
	for _, text := range []string{"", "no title\n", "# Title\n\n![it](missing)\n"} {
		if _, err := parse(text, none); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestAChapterIsReadBlockByBlock(t *testing.T) {
	c, err := parse("# T\n\nfirst\n\n## H\n\n- one\n- two\n\n    a\n      b\n\n![it](p)\n! text\n", func(name string) ([]byte, error) { return []byte(name), nil })
	if err != nil {
		t.Fatal(err)
	}
	if c.Title != "T" || len(c.Sections) != 2 || kinds(c.Sections[0]) != "T" || kinds(c.Sections[1]) != "IICPT" {
		t.Fatalf("%+v", c)
	}
	h := c.Sections[1]
	if h.Heading != "H" || h.Blocks[2].Text != "a\n  b" || string(h.Blocks[3].Picture) != "p" || h.Blocks[3].Text != "it" {
		t.Errorf("%+v", h)
	}
	if !h.Contains([]string{"ONE", "h"}) || h.Contains([]string{"one", "three"}) || !h.Contains(nil) {
		t.Error("words are not found as they stand there")
	}
}

func TestWhatTheLessonsQuoteIsWhatTheWindowSays(t *testing.T) {
	quoted := regexp.MustCompile(`“([^”]+)”`)
	for _, l := range i18n.Languages() {
		said := texts(t, l.Tag)
		for _, c := range chapters(t, l.Tag) {
			said = append(said, c.Title)
		}
		said = append(said, "专用", "公用") // Windows' own
		for _, name := range []string{"1-lesson", "2-class"} {
			text, err := fs.ReadFile(files, path.Join(l.Tag, name+".md"))
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range quoted.FindAllStringSubmatch(string(text), -1) {
				if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, q[1]) }) {
					t.Errorf("%s/%s quotes “%s”, which the window says nowhere", l.Tag, name, q[1])
				}
			}
		}
	}
}

// texts are all that the window says in a language.
func texts(t *testing.T, language string) (all []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", "translations", language, "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var values map[string]any
		if err := json.Unmarshal(text, &values); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if s, plain := v.(string); plain {
				all = append(all, s)
			} else if forms, many := v.(map[string]any); many {
				all = append(all, fmt.Sprint(forms["other"]))
			}
		}
	}
	return all
}
