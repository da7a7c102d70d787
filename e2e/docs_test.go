package e2e

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// docs are the documents that name places of this repository.
var docs = []string{"README.md", "CONTRIBUTING.md", "docs/SECURITY.md"}

var (
	quoted      = regexp.MustCompile("`([^`\n]+)`")
	placeholder = regexp.MustCompile(`<[^>]*>`)
	testName    = regexp.MustCompile(`^(Test|Benchmark|Fuzz)[A-Z]\w+$`)
	declared    = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz)\w+)\(`)
	target      = regexp.MustCompile(`(?m)^([a-z][a-z-]*):`)
)

// words are what stands between backticks in a document, and its links.
func words(t *testing.T, doc string) []string {
	t.Helper()
	var all []string
	for _, m := range quoted.FindAllStringSubmatch(read(t, doc), -1) {
		all = append(all, strings.Fields(m[1])...)
	}
	for _, m := range regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(read(t, doc), -1) {
		if link := m[1]; !strings.Contains(link, "://") {
			all = append(all, path.Join(path.Dir(doc), link))
		}
	}
	return all
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryPathThatADocumentNamesIsThere(t *testing.T) {
	roots, err := filepath.Glob("../*")
	if err != nil {
		t.Fatal(err)
	}
	inRoot := func(word string) bool {
		first, _, deeper := strings.Cut(word, "/")
		return (deeper || strings.Contains(first, ".")) && slices.Contains(roots, filepath.Join("..", first))
	}
	for _, doc := range docs {
		seen := 0
		for _, word := range words(t, doc) {
			word = placeholder.ReplaceAllString(strings.TrimSuffix(strings.TrimPrefix(word, "./"), "/..."), "*")
			if !inRoot(word) || strings.ContainsAny(word, "{}:'\"") {
				continue
			}
			seen++
			if found, err := filepath.Glob(filepath.Join("..", word)); err != nil || len(found) == 0 {
				t.Errorf("%s names %s, which is not there", doc, word)
			}
		}
		if seen == 0 {
			t.Errorf("no path was found in %s", doc)
		}
	}
}

func TestEveryTestThatADocumentNamesIsThere(t *testing.T) {
	have := map[string]bool{}
	for _, line := range goList(t, "-f", `{{.Dir}} {{join .TestGoFiles " "}} {{join .XTestGoFiles " "}}`, "lamplighter/...") {
		files := strings.Fields(line)
		for _, name := range files[1:] {
			text, err := os.ReadFile(filepath.Join(files[0], name))
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
				have[m[1]] = true
			}
		}
	}
	for _, doc := range docs {
		for _, word := range words(t, doc) {
			if testName.MatchString(word) && !beginsOne(have, word) {
				t.Errorf("%s names %s, which is not there", doc, word)
			}
		}
	}
}

// beginsOne reports whether a test has this name, or a longer one: go test -run
// takes the beginning.
func beginsOne(have map[string]bool, name string) bool {
	for test := range have {
		if strings.HasPrefix(test, name) {
			return true
		}
	}
	return false
}

func TestEveryMakeTargetThatADocumentNamesIsThere(t *testing.T) {
	var have []string
	for _, m := range target.FindAllStringSubmatch(read(t, "Makefile"), -1) {
		have = append(have, m[1])
	}
	named := regexp.MustCompile("(?m)(?:`|^)make ([a-z-]+)")
	for _, doc := range docs {
		for _, m := range named.FindAllStringSubmatch(read(t, doc), -1) {
			if !slices.Contains(have, m[1]) {
				t.Errorf("%s names make %s, which is not there", doc, m[1])
			}
		}
	}
}

// TestContributingNamesEveryPackage keeps the layout true when a package comes.
func TestContributingNamesEveryPackage(t *testing.T) {
	text := read(t, "CONTRIBUTING.md")
	for _, pkg := range goList(t, "lamplighter/...") {
		if strings.Contains(pkg, "/testdata") || pkg == "lamplighter" {
			continue
		}
		if name := path.Base(pkg) + "/"; !strings.Contains(text, name) {
			t.Errorf("CONTRIBUTING.md's layout does not name %s", pkg)
		}
	}
}
