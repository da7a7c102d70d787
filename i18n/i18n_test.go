package i18n

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2/lang"
)

// texts reads all texts of a language: key → form → text. A text without forms
// has the form "".
func texts(t *testing.T, tag string) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	err := fs.WalkDir(files, path.Join(folder, tag), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		var flat map[string]any
		if err := json.Unmarshal(data, &flat); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for key, v := range flat {
			if all[key] != nil {
				t.Errorf("%s: the key %q is in another file too", name, key)
			}
			all[key] = forms(t, key, v)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func forms(t *testing.T, key string, v any) map[string]string {
	t.Helper()
	if s, ok := v.(string); ok {
		return map[string]string{"": s}
	}
	m := map[string]string{}
	by, ok := v.(map[string]any)
	if !ok {
		t.Errorf("%s: neither a text nor its forms", key)
	}
	for form, s := range by {
		m[form], _ = s.(string)
	}
	return m
}

var blank = regexp.MustCompile(`{{\s*\.\w+\s*}}`)

func blanks(forms map[string]string) []string {
	var all []string
	for _, s := range forms {
		for _, b := range blank.FindAllString(s, -1) {
			all = append(all, strings.ReplaceAll(b, " ", ""))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestEveryLanguageHasTheSameTextsWithTheSameBlanks(t *testing.T) {
	english := texts(t, "en")
	for _, l := range Languages() {
		own := texts(t, l.Tag)
		for key := range english {
			if own[key] == nil {
				t.Errorf("%s lacks %q", l.Tag, key)
			}
		}
		for key, forms := range own {
			if english[key] == nil {
				t.Errorf("%s has %q, which English lacks", l.Tag, key)
				continue
			}
			if got, want := blanks(forms), blanks(english[key]); !slices.Equal(got, want) {
				t.Errorf("%s: %q has the blanks %v, in English %v", l.Tag, key, got, want)
			}
			if _, a := forms[""]; a != has(english[key], "") {
				t.Errorf("%s: %q has forms in one language only", l.Tag, key)
			}
			for form, s := range forms {
				if strings.TrimSpace(s) == "" {
					t.Errorf("%s: %q %s is empty", l.Tag, key, form)
				}
				if left := blank.ReplaceAllString(s, ""); strings.ContainsAny(left, "{}") {
					t.Errorf("%s: %q has a broken blank: %s", l.Tag, key, s)
				}
			}
		}
	}
}

// TestEveryCountHasItsFormInEveryLanguage: how many forms a language has is its own
// affair, and one that is missing would show the key.
func TestEveryCountHasItsFormInEveryLanguage(t *testing.T) {
	t.Cleanup(func() { _ = SetLanguage("en") })
	counts := []int{0, 1, 2, 3, 5, 6, 11, 21, 100, 1_000_000} // one of each form that a language of CLDR has
	for _, l := range Languages() {
		if err := SetLanguage(l.Tag); err != nil {
			t.Fatal(err)
		}
		for key, forms := range texts(t, l.Tag) {
			if has(forms, "") {
				continue
			}
			for _, n := range counts {
				if N(key, n) == key {
					t.Errorf("%s: %q has no form for %d", l.Tag, key, n)
					break
				}
			}
		}
	}
}

func TestEveryFolderOfTextsIsALanguageThatCanBeChosen(t *testing.T) {
	entries, err := files.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.ContainsFunc(Languages(), func(l Lang) bool { return l.Tag == e.Name() }) {
			t.Errorf("%s is not in Languages", e.Name())
		}
	}
}

func has(m map[string]string, k string) bool { _, ok := m[k]; return ok }

// The words that stay as they are in Chinese: names, and terms that are learnt.
var sameEverywhere = regexp.MustCompile(`(?i)\b(sudo .*|https?://\S+|[\w.-]+/[\w./+#-]+|mqtt\S*|broker|` +
	`WiFi|USB|TLS|CA|PEM|BEGIN CERTIFICATE|BEGIN PRIVATE KEY|PKCS|WebSocket|Client ID|MicroPython|CircuitPython|Python|ESP\d*|ESP32-\w+|Pico W?|Lamplighter|` +
	`Mind\+|mPython|Thonny|Arduino|Linux|Windows|macOS|Arch|brltty|dialout|uucp|ufw|firewalld|CH\d+\w*|CP\d+\w*|Silicon Labs|` +
	`AP|GHz|dBm|KiB|KB|MB|GB|B|ms|s|IP|SSID|JSON\s?(Lines)?|CSV|PNG|UTF-8|QoS|hex|ID|PC|LED|RGB|GPIO|NeoPixel|OLED|WPA\d*|WEP|` +
	`SHA-?\w*|N|F\d+|Ctrl|Shift|Alt|Esc|Tab|Enter|Space|Fyne|Eclipse|Paho|EPL|EDL|BSD|MIT|SIL|OFL|bbolt|go-keyring|go-i18n|mochi-mqtt|` +
	`go\.bug\.st|Noto|Sans|CJK|Home Assistant|lamp-\d+|class|umqtt|main\.py|lamplighter|\w+\.(py|json|cn|com|crt|pem)|OTG|LAN|DNS|on|off|toggle|` +
	`online|offline|retained|payload|publish|subscribe|SYS|PUBACK|CONNACK|SUBACK|TCP|UDP|HTTP|ASCII|Unicode|Base64|COM\d*|tty\w*)\b`)

// TestChineseHasNoEnglishLeftIn: a text without a Chinese character, or with
// three English words in a row, was forgotten.
func TestChineseHasNoEnglishLeftIn(t *testing.T) {
	sentence := regexp.MustCompile(`[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}`)
	letters := regexp.MustCompile(`[A-Za-z]{2,}`)
	for key, forms := range texts(t, "zh-Hans") {
		for _, s := range forms {
			left := sameEverywhere.ReplaceAllString(blank.ReplaceAllString(s, ""), "")
			if sentence.MatchString(left) || letters.MatchString(left) && !strings.ContainsFunc(s, isHan) {
				t.Errorf("%s: English is left in %q", key, s)
			}
		}
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// TestChineseIsPunctuatedAsChinese: a narrow comma between Chinese characters
// is the first thing that a reader sees.
func TestChineseIsPunctuatedAsChinese(t *testing.T) {
	narrow := regexp.MustCompile(`\p{Han}[,;:?!()]|[,;:?!]\p{Han}|\)\p{Han}`)
	for key, forms := range texts(t, "zh-Hans") {
		for _, s := range forms {
			if m := narrow.FindString(s); m != "" {
				t.Errorf("%s: %q in %q wants full-width punctuation", key, m, s)
			}
		}
	}
}

// use is how the views use texts.
type use struct {
	asked    map[string]string // key that T or N is asked for → where
	literals []string          // every string in the program's text
}

func usedIn(t *testing.T, dir string) use {
	t.Helper()
	u := use{asked: map[string]string{}}
	set := token.NewFileSet()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := literal(n); ok {
				u.literals = append(u.literals, s)
			}
			if key, ok := askedFor(n); ok {
				u.asked[key] = set.Position(n.Pos()).String()
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func literal(n ast.Node) (string, bool) {
	l, ok := n.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

// askedFor is the literal key of a call of i18n.T or i18n.N.
func askedFor(n ast.Node) (string, bool) {
	c, ok := n.(*ast.CallExpr)
	if !ok || len(c.Args) == 0 {
		return "", false
	}
	f, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "T" && f.Sel.Name != "N" {
		return "", false
	}
	if p, ok := f.X.(*ast.Ident); !ok || p.Name != "i18n" {
		return "", false
	}
	return literal(c.Args[0])
}

// TestEveryTextIsUsedAndEveryUsedTextIsThere: a key is used where it stands as a
// string in the views, or where its beginning does, up to a point or a dash, for
// a key that is put together: "problem." and a name, "lamps.noanswer" and ".on".
func TestEveryTextIsUsedAndEveryUsedTextIsThere(t *testing.T) {
	english, u := texts(t, "en"), usedIn(t, "../views")
	for key, where := range u.asked {
		if english[key] == nil && !strings.HasSuffix(key, ".") && !strings.HasSuffix(key, "-") {
			t.Errorf("%s: there is no text %q", where, key)
		}
	}
	exact, families := map[string]bool{}, []string{}
	for _, s := range u.literals {
		exact[s] = true
		if area, _, ok := strings.Cut(s, "."); ok && area != "" {
			families = append(families, strings.TrimRight(s, ".-"))
		}
	}
	for key := range english {
		inFamily := slices.ContainsFunc(families, func(f string) bool {
			return strings.HasPrefix(key, f+".") || strings.HasPrefix(key, f+"-")
		})
		if !exact[key] && !inFamily {
			t.Errorf("nothing uses the text %q", key)
		}
	}
}

func TestALanguageIsChosenAtRunTime(t *testing.T) {
	t.Cleanup(func() { _ = SetLanguage("en") })
	for _, c := range []struct{ want, tag, text, toolkit string }{
		{"zh-Hans", "zh-Hans", "取消", "取消"},
		{"en", "en", "Cancel", "Cancel"},
		{"zh-CN", "zh-Hans", "取消", "取消"},
		{"zh-TW", "zh-Hans", "取消", "取消"},
		{"en-GB", "en", "Cancel", "Cancel"},
		{"sw", "en", "Cancel", "Cancel"},
	} {
		if err := SetLanguage(c.want); err != nil {
			t.Fatalf("Use(%q): %v", c.want, err)
		}
		if Language() != c.tag || T("common.cancel") != c.text {
			t.Errorf("Use(%q): language %q, %q", c.want, Language(), T("common.cancel"))
		}
		if got := lang.L("Cancel"); got != c.toolkit {
			t.Errorf("Use(%q): the toolkit says %q, want %q", c.want, got, c.toolkit)
		}
	}
}

func TestATagThatIsNoneChangesNothing(t *testing.T) {
	if err := SetLanguage("en"); err != nil {
		t.Fatal(err)
	}
	if err := SetLanguage("not a language!"); err == nil {
		t.Error("no error")
	}
	if Language() != "en" {
		t.Errorf("language is %q", Language())
	}
}

func TestBlanksAndPluralsAreFilledIn(t *testing.T) {
	t.Cleanup(func() { _ = SetLanguage("en") })
	for tag, want := range map[string][]string{
		"en":      {"1 board online", "2 boards online", "Broker: School · h:1"},
		"zh-Hans": {"1 块板子在线", "2 块板子在线", "服务器：School · h:1"},
	} {
		if err := SetLanguage(tag); err != nil {
			t.Fatal(err)
		}
		got := []string{N("status.boards", 1), N("status.boards", 2), T("status.up", "Broker", "School", "Address", "h:1")}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
}

func TestValuesAreNotReadAsTemplates(t *testing.T) {
	if got, want := T("status.up", "Broker", "{{.Address}}", "Address", "<%d>"), "Broker: {{.Address}} · <%d>"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheToolkitsWordsAreCompleteInEveryLanguage(t *testing.T) {
	t.Cleanup(func() { _ = SetLanguage("en") })
	words := func(tag string) map[string]any {
		data, err := toolkit.ReadFile("toolkit/" + tag + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	english := words("en")
	for _, l := range Languages() {
		own := words(l.Tag)
		for key := range english {
			if own[key] == nil {
				t.Errorf("%s lacks the toolkit's %q", l.Tag, key)
			}
		}
		if err := SetLanguage(l.Tag); err != nil {
			t.Fatal(err)
		}
		if got := lang.L(probe); got != own[probe] {
			t.Errorf("in %s the toolkit says %q, want %q", l.Tag, got, own[probe])
		}
	}
}
